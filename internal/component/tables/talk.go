package tables

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// hand asks for the floor of a table, or takes the request back.
func (c *Component) hand(tx *db.Tx, a space.Access, number int, raise bool) error {
	v, err := c.act(tx, a, number, canWrite)
	if err != nil || raise == !v.me.Hand.IsZero() || raise && v.table.Speaker == v.me.Account {
		return err
	}
	var when any
	if raise {
		when = tx.Now
	}
	if _, err := tx.Exec("UPDATE tables_seat SET hand_at = $3 WHERE round_id = $1 AND account_id = $2", v.round.ID, v.me.Account, when); err != nil {
		return err
	}
	c.tell(tx, v.table.ID, "tables-floor")
	if !raise {
		return c.record(tx, a, v.round, HandLowered{v.round.Number, number, a.Viewer.Name})
	}
	return c.record(tx, a, v.round, HandRaised{v.round.Number, number, a.Viewer.Name})
}

// floor gives the floor of a table: to the next who waits, to somebody, to nobody, or to each in turn.
// Whoever speaks passes it on as well.
func (c *Component) floor(tx *db.Tx, a space.Access, number int, do string, to int64) error {
	speaks := false
	v, err := c.act(tx, a, number, canWrite)
	if err == nil {
		speaks = v.table.Speaker == a.Viewer.Account && (do == "next" && v.table.Tour || do == "end")
		err = component.Must(a, canGuide(v.place) || speaks)
	}
	if err != nil {
		return err
	}
	if do == "tour" {
		if _, err := tx.Exec("UPDATE tables_seat SET toured = $2 WHERE table_id = $1", v.table.ID, false); err != nil {
			return err
		}
		v.table.Tour = true
		for i := range v.seats {
			v.seats[i].Toured = false
		}
	}
	if err := c.stopSpeech(tx, a, v.round, v.table, v.seats); err != nil {
		return err
	}
	next, err := v.next(do, to)
	if err != nil {
		return err
	}
	if next == nil {
		_, err = tx.Exec("UPDATE tables_table SET speaker_id = NULL, since = NULL, tour = $2 WHERE id = $1", v.table.ID, v.table.Tour && do == "end")
	} else if _, err = tx.Exec("UPDATE tables_table SET speaker_id = $2, since = $3, tour = $4 WHERE id = $1", v.table.ID, next.Account, tx.Now, v.table.Tour); err == nil {
		if _, err = tx.Exec("UPDATE tables_seat SET hand_at = NULL, toured = $3 WHERE round_id = $1 AND account_id = $2", v.round.ID, next.Account, v.table.Tour); err == nil {
			err = c.record(tx, a, v.round, FloorGiven{v.round.Number, number, next.Name})
		}
	}
	c.tell(tx, v.table.ID, "tables-floor")
	return err
}

// next is who speaks now, nil for nobody.
func (v at) next(do string, to int64) (*Seat, error) {
	t := v.table
	for i := range v.seats {
		if v.seats[i].Account == t.Speaker {
			v.seats[i].Toured = t.Tour && do != "tour"
		}
	}
	t.Speaker = 0
	switch do {
	case "end":
		return nil, nil
	case "tour", "next":
		if waiting := queue(t, v.seats); len(waiting) > 0 {
			return &waiting[0], nil
		}
		return nil, nil
	case "give":
		for _, s := range v.seats {
			if s.Account == to && s.Table == t.ID && !s.Away {
				return &s, nil
			}
		}
		return nil, fault.New(fault.Conflict, "tables.floor.gone")
	}
	return nil, fault.New(fault.Invalid, "tables.arrange.what")
}

// stopSpeech ends the speech under way at a table, and counts it.
func (c *Component) stopSpeech(tx *db.Tx, a space.Access, r Round, t Table, seats []Seat) error {
	for _, s := range seats {
		if s.Account == t.Speaker {
			took := tx.Now.Sub(t.Since)
			if _, err := tx.Exec("UPDATE tables_seat SET spoken = spoken + $3 WHERE round_id = $1 AND account_id = $2", r.ID, s.Account, took.Milliseconds()); err != nil {
				return err
			}
			return c.record(tx, a, r, FloorEnded{r.Number, t.Number, s.Name, int(took.Round(1e9).Seconds())})
		}
	}
	return nil
}

// endSpeech ends the speech of somebody who leaves their table.
func (c *Component) endSpeech(tx *db.Tx, a space.Access, r Round, s Seat) error {
	if s.Table == 0 {
		return nil
	}
	t, err := tableByID(tx, s.Table)
	if err != nil || t.Speaker != s.Account {
		return err
	}
	if err := c.stopSpeech(tx, a, r, t, []Seat{s}); err != nil {
		return err
	}
	c.tell(tx, t.ID, "tables-floor")
	_, err = tx.Exec("UPDATE tables_table SET speaker_id = NULL, since = NULL WHERE id = $1", t.ID)
	return err
}
