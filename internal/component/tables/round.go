package tables

import (
	"context"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// open sends everybody to their table. Where people chose, those who did not are seated now, if the
// round seats who comes late.
func (c *Component) open(tx *db.Tx, a space.Access) error {
	r, err := c.mine(tx, a, Draft)
	if err != nil {
		return err
	}
	s, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if !s.Open {
		return fault.New(fault.Conflict, "tables.no_session")
	}
	if r.Minutes > 0 {
		r.BackAt = tx.Now.Add(time.Duration(r.Minutes) * time.Minute)
	}
	if _, err := tx.Exec("UPDATE tables_round SET state = 'open', opened_at = $2, back_at = $3 WHERE id = $1", r.ID, tx.Now, r.BackAt); err != nil {
		return err
	}
	if r.Late {
		if err := c.seatWaiting(tx, a, r); err != nil {
			return err
		}
	}
	c.deps.LiveChanged(tx, a.Space.ID, "tables-round")
	c.deps.LiveMoved(tx, a.Space.ID)
	return c.record(tx, a, r, Opened{r.Number, r.Minutes})
}

// callBack sets the moment of the return, so many seconds from now.
func (c *Component) callBack(tx *db.Tx, a space.Access, seconds int) error {
	if seconds < 0 || seconds > 3600 {
		return fault.New(fault.Invalid, "tables.back.wrong")
	}
	r, err := c.mine(tx, a, Open)
	if err != nil {
		return err
	}
	return c.setBack(tx, a, r, tx.Now.Add(time.Duration(seconds)*time.Second), "tables-back")
}

// prolong gives so many minutes more.
func (c *Component) prolong(tx *db.Tx, a space.Access, minutes int) error {
	if minutes < 1 || minutes > 60 {
		return fault.New(fault.Invalid, "tables.back.wrong")
	}
	r, err := c.mine(tx, a, Open)
	if err != nil {
		return err
	}
	from := r.BackAt
	if from.IsZero() {
		from = tx.Now
	}
	return c.setBack(tx, a, r, from.Add(time.Duration(minutes)*time.Minute), "tables-back")
}

func (c *Component) setBack(tx *db.Tx, a space.Access, r Round, at time.Time, word string) error {
	if _, err := tx.Exec("UPDATE tables_round SET back_at = $2 WHERE id = $1", r.ID, at); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, word)
	return c.record(tx, a, r, CalledBack{r.Number, int(at.Sub(tx.Now).Round(time.Second).Seconds())})
}

// close writes down that everybody is back: speeches and calls for help end.
func (c *Component) close(tx *db.Tx, sp space.Space, r Round) error {
	n, err := tx.Exec("UPDATE tables_round SET state = 'closed', closed_at = $2 WHERE id = $1 AND state = 'open'", r.ID, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	end := tx.Now
	if !r.BackAt.IsZero() && r.BackAt.Before(end) {
		end = r.BackAt
	}
	_, err = tx.Exec(`UPDATE tables_seat SET spoken = spoken + $2 - (SELECT t.since FROM tables_table t WHERE t.id = tables_seat.table_id)
		WHERE round_id = $1 AND account_id = (SELECT t.speaker_id FROM tables_table t WHERE t.id = tables_seat.table_id)`, r.ID, end)
	if err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE tables_table SET speaker_id = NULL, since = NULL, tour = $2 WHERE round_id = $1",
		"UPDATE tables_seat SET visit_id = NULL, hand_at = NULL, toured = $2 WHERE round_id = $1",
	} {
		if _, err := tx.Exec(query, r.ID, false); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("UPDATE tables_round SET spotlight = $2 WHERE id = $1", r.ID, allCards); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_call SET ended_at = $2 WHERE round_id = $1 AND ended_at IS NULL", r.ID, tx.Now); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, sp.ID, "tables-round")
	c.deps.LiveMoved(tx, sp.ID)
	return c.record(tx, space.Access{Space: sp}, r, Returned{r.Number})
}

// message tells every table something; "" takes it away.
func (c *Component) message(tx *db.Tx, a space.Access, text string) error {
	f := fault.Fields{}
	tooLong(f, "message", text, maxMessage)
	if err := f.Err(); err != nil {
		return err
	}
	r, err := c.mine(tx, a, Open)
	if err != nil || r.Message == text {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_round SET message = $2, message_at = $3 WHERE id = $1", r.ID, text, tx.Now); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "tables-message")
	return c.record(tx, a, r, Told{r.Number, text})
}

// Tick brings people back when it is time, or when the session is closed, and seats who has come late.
func (c *Component) Tick(ctx context.Context) error {
	var due []Round
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := db.All(tx, "SELECT "+roundColumns+" FROM tables_round WHERE state = 'open' ORDER BY id", nil, scanRound)
		for _, r := range list {
			s, err := c.deps.LiveSession(tx, r.Space)
			if err != nil {
				return err
			}
			late, err := c.latecomers(tx, r, s)
			if err != nil {
				return err
			}
			if r.Back(tx.Now) || !s.Open || len(late) > 0 {
				due = append(due, r)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range due {
		if err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.keepTime(tx, r.Space) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *Component) keepTime(tx *db.Tx, spaceID int64) error {
	r, err := lockRound(tx, spaceID)
	if err != nil || r.State != Open {
		return err
	}
	sp, err := space.Find(tx, spaceID)
	if err != nil {
		return err
	}
	s, err := c.deps.LiveSession(tx, spaceID)
	if err != nil {
		return err
	}
	if r.Back(tx.Now) || !s.Open {
		return c.close(tx, sp, r)
	}
	late, err := c.latecomers(tx, r, s)
	if err != nil || len(late) == 0 {
		return err
	}
	return c.seatLate(tx, space.Access{Space: sp}, r, late)
}

// latecomers are those in the session who may sit and have no seat, where the round seats them.
func (c *Component) latecomers(tx *db.Tx, r Round, s component.LiveSession) (late []person, err error) {
	if !r.Late || !r.Sits(tx.Now) {
		return nil, nil
	}
	seated := map[int64]bool{}
	err = tx.Each("SELECT account_id FROM tables_seat WHERE round_id = $1", []any{r.ID}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		seated[id] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	var accounts []int64
	for _, id := range present(s) {
		if !seated[id] {
			accounts = append(accounts, id)
		}
	}
	list, err := among(tx, r.Space, accounts)
	for _, p := range list {
		if !p.presides && !p.facilitates {
			late = append(late, p)
		}
	}
	return late, err
}

// seatWaiting seats those of the round who have no table yet.
func (c *Component) seatWaiting(tx *db.Tx, a space.Access, r Round) error {
	seats, err := seatsOf(tx, r.ID)
	if err != nil {
		return err
	}
	var waiting []person
	for _, s := range seats {
		if s.Table == 0 && s.Visit == 0 {
			waiting = append(waiting, person{account: s.Account, name: s.Name, college: s.College})
		}
	}
	return c.seatLate(tx, a, r, waiting)
}

// seatLate seats each at the smallest table that suits; when all are full they wait in plenary.
func (c *Component) seatLate(tx *db.Tx, a space.Access, r Round, late []person) error {
	list, err := tablesOf(tx, r.ID)
	if err != nil {
		return err
	}
	seats, err := seatsOf(tx, r.ID)
	if err != nil {
		return err
	}
	here := byTable(seats)
	numbers := map[int64]int{}
	for _, t := range list {
		numbers[t.ID] = t.Number
	}
	for _, p := range late {
		to := smallest(list, here, p.college)
		if err := sit(tx, r.ID, p.account, to, ""); err != nil {
			return err
		}
		here[to] = append(here[to], Seat{Account: p.account, College: p.college})
		if to == 0 {
			continue
		}
		c.tellMoved(tx, a.Space.ID, p.account, 0, to)
		if err := c.record(tx, a, r, Moved{r.Number, p.account, p.name, numbers[to]}); err != nil {
			return err
		}
	}
	if len(late) > 0 {
		c.deps.LiveMoved(tx, a.Space.ID)
	}
	return nil
}
