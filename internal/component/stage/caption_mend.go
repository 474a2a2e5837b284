package stage

import (
	"encoding/json"
	"io"
	"slices"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// KeepCaption adds a line that a machine has written; the message carries it to everybody.
func (c *Component) KeepCaption(tx *db.Tx, spaceID int64, m component.MachineCaption) error {
	known, err := tonguesOf(tx, spaceID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(known, func(t component.Tongue) bool { return t.Code == m.Lang }) {
		c.deps.LiveChanged(tx, spaceID, "stage-captions") // pages that showed none, or not this language
	}
	line := Caption{tx.NewID(), m.Lang, shorten(m.Text), m.At, ByMachine, m.Speaker.Name}
	_, err = tx.Exec(`INSERT INTO stage_caption (id, space_id, lang, text, typed_by, typed_at, made, speaker_id, speaker) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)`,
		line.ID, spaceID, line.Lang, line.Text, line.At, line.Made, m.Speaker.Account, line.Who)
	if err != nil {
		return err
	}
	if err := c.say(tx, spaceID, "stage-caption", line); err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: spaceID, Subject: line.subject()},
		CaptionWritten{line.ID, line.Lang, line.Text, m.Speaker.Account, line.Who, line.At})
	return err
}

// shorten cuts what is longer than a line: a machine that has lost its way repeats itself.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxCaption {
		return text
	}
	return string([]rune(text)[:maxCaption-1]) + "…"
}

// mendable is the line of the address, for whoever may correct it.
func mendable(tx *db.Tx, a space.Access, id int64) (Caption, error) {
	list, err := captioners(tx, a.Space.ID)
	if err != nil {
		return Caption{}, err
	}
	types := typesIn(list, a)
	if err := component.Must(a, canMend(a, len(types) > 0)); err != nil {
		return Caption{}, err
	}
	line, err := findCaption(tx, a.Space.ID, id)
	if err != nil {
		return line, err
	}
	return line, component.Must(a, canMend(a, slices.ContainsFunc(types, func(t component.Tongue) bool { return t.Code == line.Lang })))
}

// correctCaption puts another text in a line's place.
func (c *Component) correctCaption(tx *db.Tx, a space.Access, f form) error {
	line, err := mendable(tx, a, f.id("line"))
	if err != nil {
		return err
	}
	text, err := typedCaption(f)
	if err != nil || text == line.Text {
		return err
	}
	line.Text = text
	if line.Made == ByMachine {
		line.Made = Corrected
	}
	if _, err := tx.Exec("UPDATE stage_caption SET text = $2, made = $3 WHERE id = $1", line.ID, line.Text, line.Made); err != nil {
		return err
	}
	if err := c.say(tx, a.Space.ID, "stage-caption", line); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, line.subject()), CaptionCorrected{line.ID, line.Lang, line.Text})
	return err
}

// removeCaption takes a line off, and erases what it said.
func (c *Component) removeCaption(tx *db.Tx, a space.Access, f form) error {
	line, err := mendable(tx, a, f.id("line"))
	if err != nil {
		return err
	}
	if err := eraseCaption(tx, line); err != nil {
		return err
	}
	line.Text, line.Who = "", ""
	if err := c.say(tx, a.Space.ID, "stage-caption", line); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, line.subject()), CaptionRemoved{line.ID, line.Lang})
	return err
}

func eraseCaption(tx *db.Tx, line Caption) error {
	if _, err := tx.Exec("DELETE FROM stage_caption WHERE id = $1", line.ID); err != nil {
		return err
	}
	ids, err := db.All(tx, "SELECT id FROM journal WHERE subject = $1", []any{line.subject()}, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	for _, id := range ids {
		if err := journal.Erase(tx, id); err != nil {
			return err
		}
	}
	return err
}

// spoken are the lines that machines wrote of what the member said.
func spoken(tx *db.Tx, member int64) ([]Caption, error) {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return nil, err
	}
	return db.All(tx, "SELECT "+captionColumns+" FROM stage_caption WHERE speaker_id = $1 ORDER BY id", []any{account}, scanCaption)
}

// ExportMember adds what machines wrote of what the member said.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	list, err := spoken(tx, member)
	if err != nil || len(list) == 0 {
		return err
	}
	return add("captions.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	})
}

// EraseMember destroys it: no law keeps it.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	list, err := spoken(tx, member)
	for _, line := range list {
		if err := eraseCaption(tx, line); err != nil {
			return err
		}
	}
	return err
}
