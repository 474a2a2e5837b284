package voice

import (
	"context"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// before is how long before the meeting the rehearsal is offered on the space's page.
const before = 15 * 24 * time.Hour

// Now offers the rehearsal before the meeting, to who has not done it, and to those who call the
// others the list of whom to call.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	date, err := meetingDate(tx, a.Space.ID)
	if err != nil || date.IsZero() || tx.Now.After(date) || date.Sub(tx.Now) > before || !canRehearse(a) {
		return nil, err
	}
	done, err := tries(tx, a.Space.ID, a.Viewer.Account)
	if err != nil || whole(done) {
		return nil, err
	}
	title, text := "voice.now", "voice.now_text"
	if _, off := c.deps.Rooms.(room.Off); off {
		title, text = "voice.now_off", "voice.now_off_text"
	}
	return []component.Now{{Urgency: 12, Title: site.T(ctx, title), Text: site.T(ctx, text),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "voice.now_go"), Href: a.Space.Path() + "/rehearsal", Weight: ui.Quiet, Icon: ui.IconMic}}}}, nil
}

// meetingDate is when people meet; the zero time when the space does not say.
func meetingDate(tx *db.Tx, spaceID int64) (time.Time, error) {
	phases, err := space.Phases(tx, spaceID)
	for _, p := range phases {
		if p.Key == space.PhaseMeeting {
			return p.Start, err
		}
	}
	return time.Time{}, err
}

// Tabs leads those who call the others to the list of who has rehearsed.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	if !canHelp(a) {
		return nil, nil
	}
	date, err := meetingDate(tx, a.Space.ID)
	if err != nil || date.IsZero() {
		return nil, err
	}
	return []component.Tab{{Order: component.BureauTabs + 12, Text: t("voice.people"), Href: a.Space.Path() + "/rehearsal/people"}}, nil
}

// Export writes for every space how long each voice was heard.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := db.All(tx, "SELECT DISTINCT space_id FROM voice_heard ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range list {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		if err := writeSpoken(tx, sp, "voice/"+sp.Slug+".json", add); err != nil {
			return err
		}
	}
	return nil
}

// personal is what is held of a member: how long they were heard, and what they tried.
type personal struct {
	Heard     []heardIn `json:"heard"`
	Rehearsed []triedIn `json:"rehearsal"`
}

type heardIn struct {
	Space   string `json:"space"`
	Seconds int64  `json:"seconds"`
}

type triedIn struct {
	Space  string    `json:"space"`
	Step   Step      `json:"step"`
	Passed bool      `json:"passed"`
	Note   string    `json:"note,omitempty"`
	At     time.Time `json:"at"`
}

// ExportMember adds how long the member was heard in each space, and what they tried in rehearsals.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) (err error) {
	var p personal
	p.Heard, err = db.All(tx, `SELECT s.slug, CAST(SUM(h.counted) / 1000 AS BIGINT) FROM voice_heard h JOIN space s ON s.id = h.space_id
		JOIN account a ON a.id = h.account_id WHERE a.member_id = $1 GROUP BY s.slug ORDER BY s.slug`, []any{member},
		func(scan func(...any) error) (h heardIn, err error) { return h, scan(&h.Space, &h.Seconds) })
	if err != nil {
		return err
	}
	p.Rehearsed, err = db.All(tx, `SELECT s.slug, t.step, t.passed, t.note, t.at FROM voice_rehearsal t JOIN space s ON s.id = t.space_id
		JOIN account a ON a.id = t.account_id WHERE a.member_id = $1 ORDER BY s.slug, t.at, t.step`, []any{member},
		func(scan func(...any) error) (t triedIn, err error) {
			return t, scan(&t.Space, &t.Step, &t.Passed, &t.Note, &t.At)
		})
	if err != nil || len(p.Heard)+len(p.Rehearsed) == 0 {
		return err
	}
	return add("voice.json", writeJSON(p))
}

// EraseMember destroys all of it: no law asks for it, and the speeches are in the minutes.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	var errs []error
	for _, table := range []string{"voice_heard", "voice_rehearsal", "voice_person", "voice_hall"} {
		_, err := tx.Exec("DELETE FROM "+table+" WHERE account_id IN (SELECT id FROM account WHERE member_id = $1)", member)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
