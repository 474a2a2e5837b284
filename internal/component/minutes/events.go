package minutes

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// Arrived and ArrivalUndone are the events of an elector signed in at the door, and of a
// mistake taken back.
type Arrived struct {
	Member int64 `json:"member"`
}

func (Arrived) EventKind() string { return "minutes.arrived" }

// ArrivalUndone is the event of a mistaken arrival taken back.
type ArrivalUndone struct {
	Member int64 `json:"member"`
}

func (ArrivalUndone) EventKind() string { return "minutes.arrival_undone" }

// SheetClosed is the event of the attendance sheet being closed to be signed: how many members
// it counts, and the SHA-256 of what is signed.
type SheetClosed struct {
	Present     int    `json:"present"`
	Represented int    `json:"represented"`
	Distance    int    `json:"distance"`
	Hash        string `json:"hash"`
}

func (SheetClosed) EventKind() string { return "minutes.sheet_closed" }

// SheetSigned is the event of a signature by a member of the bureau.
type SheetSigned struct {
	Name string      `json:"name"`
	Role people.Role `json:"role"`
	Hash string      `json:"hash"`
}

func (SheetSigned) EventKind() string { return "minutes.sheet_signed" }

// SheetCertified is the event of the last signature needed: from here on the sheet does not change.
type SheetCertified struct {
	Hash string `json:"hash"`
}

func (SheetCertified) EventKind() string { return "minutes.sheet_certified" }

// SheetReopened is the event of a closed sheet opened again before it was certified: its
// signatures are void.
type SheetReopened struct {
	Reason string `json:"reason"`
}

func (SheetReopened) EventKind() string { return "minutes.sheet_reopened" }

// VersionKept is the event of a version of the minutes; How is "drafted", "edited" or
// "restored", From the version restored. Hash is the SHA-256 of its content.
type VersionKept struct {
	Version int64  `json:"version"`
	How     string `json:"how"`
	From    int64  `json:"from,omitempty"`
	Hash    string `json:"hash"`
}

func (VersionKept) EventKind() string { return "minutes.version_kept" }

// DraftShown is the event of the draft being shown to members, or no longer.
type DraftShown struct {
	Shown bool `json:"shown"`
}

func (DraftShown) EventKind() string { return "minutes.draft_shown" }

// Submitted is the event of a version put before the bureau.
type Submitted struct {
	Version int64 `json:"version"`
}

func (Submitted) EventKind() string { return "minutes.submitted" }

// Withdrawn is the event of a version no longer before the bureau: its approvals are void.
type Withdrawn struct {
	Version int64 `json:"version"`
}

func (Withdrawn) EventKind() string { return "minutes.withdrawn" }

// ApprovalGiven is the event of one member of the bureau approving a version.
type ApprovalGiven struct {
	Version int64       `json:"version"`
	Name    string      `json:"name"`
	Role    people.Role `json:"role"`
}

func (ApprovalGiven) EventKind() string { return "minutes.approval_given" }

// Approved is the event of the last approval needed: from here on the minutes do not change.
// Hash is the SHA-256 of the whole document.
type Approved struct {
	Version int64  `json:"version"`
	Hash    string `json:"hash"`
}

func (Approved) EventKind() string { return "minutes.approved" }

// Rectified is the event of a note added to approved minutes.
type Rectified struct {
	Number int64  `json:"number"`
	Text   string `json:"text"`
}

func (Rectified) EventKind() string { return "minutes.rectified" }

// LegalFileTaken is the event of somebody taking the legal file, which holds everything by name.
type LegalFileTaken struct{}

func (LegalFileTaken) EventKind() string { return "minutes.legal_file_taken" }

// Kinds tells who may read these events.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who, PublicFields: fields}
	}
	return []component.Kind{
		kind(Arrived{}, component.ForOrganisers),
		kind(ArrivalUndone{}, component.ForOrganisers),
		kind(SheetClosed{}, component.ForPublic, "present", "represented", "distance", "hash"),
		kind(SheetSigned{}, component.ForMembers, "name", "role", "hash"),
		kind(SheetCertified{}, component.ForPublic, "hash"),
		kind(SheetReopened{}, component.ForMembers, "reason"),
		kind(VersionKept{}, component.ForOrganisers),
		kind(DraftShown{}, component.ForMembers, "shown"),
		kind(Submitted{}, component.ForMembers, "version"),
		kind(Withdrawn{}, component.ForOrganisers),
		kind(ApprovalGiven{}, component.ForMembers, "version", "name", "role"),
		kind(Approved{}, component.ForPublic, "version", "hash"),
		kind(Rectified{}, component.ForMembers, "number", "text"),
		kind(LegalFileTaken{}, component.ForOrganisers),
	}
}

func about(sp space.Space, actor int64) journal.About {
	return journal.About{Space: sp.ID, Subject: sp.Subject(), Actor: actor}
}
