package voice

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
)

type (
	// SettingsChanged is the event of a new way of holding the room.
	SettingsChanged struct {
		Mode    Mode `json:"mode"`
		Cameras bool `json:"cameras"`
		Locked  bool `json:"locked"`
	}
	// Muted is the event of somebody's microphone being closed by those who lead.
	Muted struct {
		Name string `json:"name"`
	}
	// AllMuted is the event of every other microphone being closed by those who lead.
	AllMuted struct{}
	// Removed is the event of somebody being sent out of a room; they may come back.
	Removed struct {
		Name string `json:"name"`
	}
	// Banned is the event of somebody being kept out of the rooms until they are readmitted.
	Banned struct {
		Name string `json:"name"`
	}
	// Readmitted is the event of the end of a ban.
	Readmitted struct {
		Name string `json:"name"`
	}
	// Rehearsed is the event of somebody having passed every step of the rehearsal.
	Rehearsed struct {
		Name string `json:"name"`
	}
)

func (SettingsChanged) EventKind() string { return "voice.settings_changed" }
func (Muted) EventKind() string           { return "voice.muted" }
func (AllMuted) EventKind() string        { return "voice.all_muted" }
func (Removed) EventKind() string         { return "voice.removed" }
func (Banned) EventKind() string          { return "voice.banned" }
func (Readmitted) EventKind() string      { return "voice.readmitted" }
func (Rehearsed) EventKind() string       { return "voice.rehearsed" }

// Kinds tells who may read these events: how the room is held, everybody; what was done to somebody
// and who has rehearsed, those who run the assembly.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who}
	}
	return []component.Kind{
		kind(SettingsChanged{}, component.ForPublic), kind(AllMuted{}, component.ForMembers),
		kind(Muted{}, component.ForOrganisers), kind(Removed{}, component.ForOrganisers),
		kind(Banned{}, component.ForOrganisers), kind(Readmitted{}, component.ForOrganisers),
		kind(Rehearsed{}, component.ForOrganisers),
	}
}
