package replay

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/space"
)

type (
	// RecordingStarted is the event of a session being recorded from now on.
	RecordingStarted struct {
		Days  int  `json:"days"` // for which it is kept
		Legal bool `json:"legal"`
	}
	// RecordingStopped is the event of its no longer being so.
	RecordingStopped struct{}
	// Answered is the event of somebody saying whether their voice may be recorded.
	Answered struct {
		Name   string `json:"name"`
		Agrees bool   `json:"agrees"`
	}
	// SpeechKept is the event of a recorded speech; SHA256 is that of its file.
	SpeechKept struct {
		Speech  int64  `json:"speech,string"`
		Seconds int    `json:"seconds"`
		SHA256  string `json:"sha256"`
	}
	// Erased is the event of recordings being destroyed.
	Erased struct {
		Count int     `json:"n"`
		Why   Erasure `json:"why"`
	}
	// Published is the event of the replay being opened to those who may see the space.
	Published struct{}
	// Withdrawn is the event of the replay being closed to them.
	Withdrawn struct{}
)

// Erasure is why recordings are destroyed.
type Erasure string

const (
	ByAge    Erasure = "age"    // they were kept as long as was said
	ByOwner  Erasure = "owner"  // the person no longer agrees
	ByBureau Erasure = "bureau" // those who run the assembly asked for it
)

func (RecordingStarted) EventKind() string { return "replay.recording_started" }
func (RecordingStopped) EventKind() string { return "replay.recording_stopped" }
func (Answered) EventKind() string         { return "replay.answered" }
func (SpeechKept) EventKind() string       { return "replay.speech_kept" }
func (Erased) EventKind() string           { return "replay.erased" }
func (Published) EventKind() string        { return "replay.published" }
func (Withdrawn) EventKind() string        { return "replay.withdrawn" }

// Kinds tells who may read these events: that a session was recorded, everybody; what each person
// answered, those who run the assembly.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who, PublicFields: fields}
	}
	return []component.Kind{
		kind(RecordingStarted{}, component.ForPublic, "days", "legal"), kind(RecordingStopped{}, component.ForPublic),
		kind(Answered{}, component.ForOrganisers), kind(SpeechKept{}, component.ForMembers, "seconds", "sha256"),
		kind(Erased{}, component.ForMembers, "n"), kind(Published{}, component.ForPublic), kind(Withdrawn{}, component.ForPublic),
	}
}

func about(spaceID, actor int64) journal.About {
	return journal.About{Space: spaceID, Subject: space.Space{ID: spaceID}.Subject(), Actor: actor}
}
