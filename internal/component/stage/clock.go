package stage

import (
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// setClock starts a clock that everybody sees run down; 0 minutes takes it away.
func (c *Component) setClock(tx *db.Tx, a space.Access, f form) error {
	n, err := held(tx, a)
	if err != nil {
		return err
	}
	e := ClockSet{Text: strings.TrimSpace(f.text("text")), Minutes: int(f.number("minutes"))}
	wrong := fault.Fields{}
	if length := time.Duration(e.Minutes) * time.Minute; length < 0 || length > maxClock || f.text("minutes") == "" {
		wrong.Add("minutes", "stage.clock.wrong")
	}
	if utf8.RuneCountInString(e.Text) > maxClockText {
		wrong.Add("text", "stage.too_long", "max", maxClockText)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	n.ClockText, n.ClockEnds = e.Text, tx.Now.Add(time.Duration(e.Minutes)*time.Minute)
	if e.Minutes == 0 {
		e.Text, n.ClockText, n.ClockEnds = "", "", time.Time{}
	}
	if err := n.save(tx); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage-clock")
	_, err = journal.Append(tx, about(a, a.Space.Subject()), e)
	return err
}
