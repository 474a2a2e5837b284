package meeting

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

// lock makes the transaction the only one that changes the space's session, and tells the number
// of its last event.
func lock(tx *db.Tx, spaceID int64) (seq int64, err error) {
	err = tx.Row(`INSERT INTO meeting (space_id, seq) VALUES ($1, 0)
		ON CONFLICT (space_id) DO UPDATE SET seq = meeting.seq RETURNING seq`, []any{spaceID}, &seq)
	return seq, err
}

// lastSeq is the number of the session's last event, 0 before any.
func lastSeq(tx *db.Tx, spaceID int64) (seq int64, err error) {
	err = tx.Row("SELECT seq FROM meeting WHERE space_id = $1", []any{spaceID}, &seq)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return seq, err
}

// number gives an event its number in the session.
func number(tx *db.Tx, spaceID, seq, event int64) error {
	if _, err := tx.Exec("INSERT INTO meeting_event (space_id, seq, event_id) VALUES ($1, $2, $3)", spaceID, seq, event); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE meeting SET seq = $2 WHERE space_id = $1", spaceID, seq)
	return err
}

// eachEvent calls fn with the session's events behind that number, in order: those that the
// journal has not chained yet too.
func eachEvent(tx *db.Tx, spaceID, after int64, fn func(seq int64, e journal.Event) error) error {
	return tx.Each(`SELECT m.seq, j.id, j.at, j.kind, j.actor_id, j.payload FROM meeting_event m JOIN journal j ON j.id = m.event_id
		WHERE m.space_id = $1 AND m.seq > $2 ORDER BY m.seq`, []any{spaceID, after}, func(scan func(...any) error) error {
		e := journal.Event{Space: spaceID}
		var seq int64
		var payload *string
		if err := scan(&seq, &e.ID, &e.At, &e.Kind, &e.Actor, &payload); err != nil {
			return err
		}
		if payload != nil {
			e.Payload = []byte(*payload)
		}
		return fn(seq, e)
	})
}

// attends tells whether the elector has said that they are present, or was signed in at the door.
func attends(tx *db.Tx, spaceID, member int64) (yes bool, err error) {
	err = tx.Row("SELECT EXISTS (SELECT 1 FROM attendance WHERE space_id = $1 AND member_id = $2 AND mode = 'room')", []any{spaceID, member}, &yes)
	return yes, err
}

// inRoom is how many electors are present: in the hall, or in the session.
func inRoom(tx *db.Tx, spaceID int64) (n int64, err error) {
	err = tx.Row("SELECT count(*) FROM attendance WHERE space_id = $1 AND mode = 'room'", []any{spaceID}, &n)
	return n, err
}

// mark changes when who takes part, or who is entitled to, does.
type mark struct{ attending, represented, electors int }

func attendanceMark(tx *db.Tx, spaceID int64) (m mark, err error) {
	err = tx.Row(`SELECT (SELECT count(*) FROM attendance WHERE space_id = $1),
		(SELECT count(*) FROM proxy WHERE space_id = $1 AND state = 'accepted'), (SELECT count(*) FROM elector WHERE space_id = $1)`,
		[]any{spaceID}, &m.attending, &m.represented, &m.electors)
	return m, err
}

// college is the college in which the elector votes; "" for whoever is no elector.
func college(tx *db.Tx, spaceID, member int64) (key string, err error) {
	err = tx.Row("SELECT college FROM elector WHERE space_id = $1 AND member_id = $2", []any{spaceID, member}, &key)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return key, err
}

// keepSeats says that these people are here for a while longer, and lets go of those who are not.
func keepSeats(tx *db.Tx, spaceID int64, people []Person) error {
	if _, err := tx.Exec("DELETE FROM meeting_seat WHERE space_id = $1 AND until < $2", spaceID, tx.Now); err != nil {
		return err
	}
	until := tx.Now.Add(keeping + grace)
	for list := range slices.Chunk(people, 400) {
		args := []any{spaceID, until}
		var rows []string
		for _, p := range list {
			args = append(args, p.Account)
			rows = append(rows, fmt.Sprintf("($1, $%d, $2)", len(args)))
		}
		if _, err := tx.Exec("INSERT INTO meeting_seat (space_id, account_id, until) VALUES "+strings.Join(rows, ", ")+
			" ON CONFLICT (space_id, account_id) DO UPDATE SET until = excluded.until", args...); err != nil {
			return err
		}
	}
	return nil
}

// seatsOf are the accounts that some node has said are here.
func seatsOf(tx *db.Tx, spaceID int64) (map[int64]bool, error) {
	seats := map[int64]bool{}
	err := tx.Each("SELECT account_id FROM meeting_seat WHERE space_id = $1 AND until >= $2", []any{spaceID, tx.Now}, func(scan func(...any) error) error {
		var account int64
		err := scan(&account)
		seats[account] = true
		return err
	})
	return seats, err
}

// sessions lists the spaces that have a session.
func sessions(tx *db.Tx) ([]int64, error) {
	return db.All(tx, "SELECT space_id FROM meeting ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}
