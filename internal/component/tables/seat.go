package tables

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// at is a table as somebody acts at it: the round, the table, who is there, and what the viewer is to it.
type at struct {
	round Round
	table Table
	seats []Seat
	me    Seat
	place Place
}

// enter reads a table of the space's last held round for the viewer.
func (c *Component) enter(tx *db.Tx, a space.Access, number int) (v at, err error) {
	if err := component.Must(a, canSit(a)); err != nil {
		return v, err
	}
	if v.round, err = lastHeld(tx, a.Space.ID); err != nil {
		return v, err
	}
	if v.table, err = findTable(tx, v.round.ID, number); err != nil {
		return v, err
	}
	return v, v.who(tx, a)
}

// act is enter in a transaction that changes the table, which must be at work.
func (c *Component) act(tx *db.Tx, a space.Access, number int, may func(Place) bool) (v at, err error) {
	if v, err = c.enter(tx, a, number); err != nil {
		return v, err
	}
	if err := component.Must(a, may(v.place)); err != nil {
		return v, err
	}
	if !v.round.Sits(tx.Now) {
		return v, fault.New(fault.Conflict, "tables.not_open")
	}
	if v.table, err = lockTable(tx, v.round.ID, number); err != nil {
		return v, err
	}
	return v, v.who(tx, a)
}

func (v *at) who(tx *db.Tx, a space.Access) (err error) {
	if v.seats, err = seatsAt(tx, v.table.ID); err != nil {
		return err
	}
	if v.me, _, err = seatOf(tx, v.round.ID, a.Viewer.Account); err != nil {
		return err
	}
	v.place = v.me.place(v.table, v.seats)
	return nil
}

// place is what the person is to the table: who has gone to the plenary is still of it.
func (s Seat) place(t Table, seats []Seat) Place {
	p := Place{Visits: s.Visit == t.ID, Guided: guided(seats)}
	if s.Table == t.ID && s.Account != 0 {
		p.Part, p.Visits = s.Part, false
	}
	p.Here = s.Account != 0 && (s.Table == t.ID || s.Visit == t.ID)
	return p
}

// leave goes to the plenary; who visits ends the visit.
func (c *Component) leave(tx *db.Tx, a space.Access, number int) error {
	v, err := c.act(tx, a, number, canRead)
	if err != nil {
		return err
	}
	if v.me.Visit == v.table.ID {
		if _, err := tx.Exec("UPDATE tables_seat SET visit_id = NULL WHERE round_id = $1 AND account_id = $2", v.round.ID, v.me.Account); err != nil {
			return err
		}
	} else {
		if err := c.endSpeech(tx, a, v.round, v.me); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE tables_seat SET away = $3, hand_at = NULL WHERE round_id = $1 AND account_id = $2", v.round.ID, v.me.Account, true); err != nil {
			return err
		}
	}
	c.tellMoved(tx, a.Space.ID, v.me.Account, v.table.ID, 0)
	c.deps.LiveMoved(tx, a.Space.ID)
	return c.record(tx, a, v.round, Left{v.round.Number, number, v.me.Account, a.Viewer.Name})
}

// comeBack goes back to one's table.
func (c *Component) comeBack(tx *db.Tx, a space.Access, number int) error {
	v, err := c.act(tx, a, number, canWrite)
	if err != nil || !v.me.Away && v.me.Visit == 0 {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_seat SET away = $3, visit_id = NULL WHERE round_id = $1 AND account_id = $2", v.round.ID, v.me.Account, false); err != nil {
		return err
	}
	c.tellMoved(tx, a.Space.ID, v.me.Account, v.me.Visit, v.table.ID)
	c.deps.LiveMoved(tx, a.Space.ID)
	return c.record(tx, a, v.round, Joined{v.round.Number, number, v.me.Account, a.Viewer.Name})
}

// visit goes to see a table: those who sit there are shown it.
func (c *Component) visit(tx *db.Tx, a space.Access, number int) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	v, err := c.act(tx, a, number, func(Place) bool { return true })
	if err != nil || v.me.Table == v.table.ID && !v.me.Away && v.me.Visit == 0 {
		return err
	}
	_, err = tx.Exec(`INSERT INTO tables_seat (round_id, account_id, visit_id, part, away, toured, spoken) VALUES ($1, $2, $3, '', $4, $5, 0)
		ON CONFLICT (round_id, account_id) DO UPDATE SET visit_id = excluded.visit_id, hand_at = NULL`,
		v.round.ID, a.Viewer.Account, v.table.ID, false, false)
	if err != nil {
		return err
	}
	c.tellMoved(tx, a.Space.ID, a.Viewer.Account, v.me.at(), v.table.ID)
	c.deps.LiveMoved(tx, a.Space.ID)
	return c.record(tx, a, v.round, Visited{v.round.Number, number, a.Viewer.Name})
}

// choose takes a seat at a table, in a round where people choose; again elsewhere, to change.
func (c *Component) choose(tx *db.Tx, a space.Access, number int) error {
	if err := component.Must(a, canSit(a)); err != nil {
		return err
	}
	r, err := lastRound(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if r.State != Draft || r.Mix != Choice {
		return fault.New(fault.Conflict, "tables.choice.over")
	}
	t, err := lockTable(tx, r.ID, number)
	if err != nil {
		return fault.Fields{"table": fault.New(fault.Invalid, "tables.choice.missing")}
	}
	seats, err := seatsAt(tx, t.ID)
	if err != nil {
		return err
	}
	me, _, err := seatOf(tx, r.ID, a.Viewer.Account)
	switch {
	case err != nil || me.Table == t.ID:
		return err
	case t.Seats > 0 && guests(seats) >= t.Seats:
		return fault.Fields{"table": fault.New(fault.Invalid, "tables.choice.full", "number", number)}
	}
	if err := sit(tx, r.ID, a.Viewer.Account, t.ID, ""); err != nil {
		return err
	}
	c.countChosen(tx, a.Space.ID, t.ID, me.Table)
	return c.record(tx, a, r, Chosen{r.Number, number, a.Viewer.Account, a.Viewer.Name})
}

// volunteer offers oneself to facilitate one's table, where nobody does.
func (c *Component) volunteer(tx *db.Tx, a space.Access, number int, part Part) error {
	v, err := c.act(tx, a, number, canWrite)
	if err != nil {
		return err
	}
	if part != Facilitator && part != CoFacilitator {
		return fault.New(fault.Invalid, "tables.arrange.what")
	}
	for _, s := range v.seats {
		if s.Part == part && s.Account != v.me.Account {
			return fault.New(fault.Conflict, "tables.part.taken", "name", s.Name)
		}
	}
	return c.setPart(tx, a, v.round, v.me, part)
}

// help calls for help, or takes the call back.
func (c *Component) help(tx *db.Tx, a space.Access, number int, call bool) error {
	v, err := c.act(tx, a, number, canWrite)
	if err != nil {
		return err
	}
	calls, err := openCalls(tx, v.round.ID)
	if err != nil {
		return err
	}
	standing := callOf(calls, v.table.ID)
	switch {
	case call == (standing != nil):
		return nil
	case call:
		_, err = tx.Exec("INSERT INTO tables_call (id, round_id, table_id, account_id, at) VALUES ($1, $2, $3, $4, $5)", tx.NewID(), v.round.ID, v.table.ID, a.Viewer.Account, tx.Now)
	default:
		_, err = tx.Exec("UPDATE tables_call SET ended_at = $2 WHERE id = $1", standing.ID, tx.Now)
	}
	if err != nil {
		return err
	}
	c.tell(tx, v.table.ID, "tables-help")
	c.tellLeaders(tx, a.Space.ID, "tables-help")
	if call {
		return c.record(tx, a, v.round, HelpCalled{v.round.Number, number, a.Viewer.Name})
	}
	return c.record(tx, a, v.round, HelpEnded{v.round.Number, number, a.Viewer.Name})
}

// answer says that the viewer comes (done: that the call is answered and over).
func (c *Component) answer(tx *db.Tx, a space.Access, number int, done bool) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	v, err := c.act(tx, a, number, func(Place) bool { return true })
	if err != nil {
		return err
	}
	calls, err := openCalls(tx, v.round.ID)
	if err != nil {
		return err
	}
	call := callOf(calls, v.table.ID)
	switch {
	case call == nil:
		return nil // taken back meanwhile
	case done:
		_, err = tx.Exec("UPDATE tables_call SET ended_at = $2 WHERE id = $1", call.ID, tx.Now)
	case call.By != 0 && call.By != a.Viewer.Account:
		return fault.New(fault.Conflict, "tables.help.taken", "name", call.Answered)
	default:
		_, err = tx.Exec("UPDATE tables_call SET answered_by = $2 WHERE id = $1", call.ID, a.Viewer.Account)
	}
	if err != nil {
		return err
	}
	c.tell(tx, v.table.ID, "tables-help")
	c.tellLeaders(tx, a.Space.ID, "tables-help")
	if done {
		return c.record(tx, a, v.round, HelpEnded{v.round.Number, number, a.Viewer.Name})
	}
	return c.record(tx, a, v.round, HelpAnswered{v.round.Number, number, a.Viewer.Name})
}
