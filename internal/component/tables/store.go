package tables

import (
	"errors"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const roundColumns = `id, space_id, number, state, mix, seed, apart, late, question, minutes, turn, message, message_at,
	COALESCE(spotlight, 0), opened_at, back_at, closed_at`

func scanRound(scan func(...any) error) (r Round, err error) {
	return r, scan(&r.ID, &r.Space, &r.Number, &r.State, &r.Mix, &r.Seed, &r.Apart, &r.Late, &r.Question, &r.Minutes, &r.Turn,
		&r.Message, &r.MessageAt, &r.Spotlight, &r.OpenedAt, &r.BackAt, &r.ClosedAt)
}

// lastRound is the space's last round, of number 0 when it never had one.
func lastRound(tx *db.Tx, spaceID int64) (Round, error) {
	return oneRound(tx, "WHERE space_id = $1 ORDER BY number DESC LIMIT 1", spaceID)
}

// lastHeld is the last round in which people sat.
func lastHeld(tx *db.Tx, spaceID int64) (Round, error) {
	return oneRound(tx, "WHERE space_id = $1 AND opened_at IS NOT NULL ORDER BY number DESC LIMIT 1", spaceID)
}

func oneRound(tx *db.Tx, where string, args ...any) (r Round, err error) {
	list, err := db.All(tx, "SELECT "+roundColumns+" FROM tables_round "+where, args, scanRound)
	if len(list) > 0 {
		r = list[0]
	}
	return r, err
}

// heldRounds lists the rounds in which people sat, in order.
func heldRounds(tx *db.Tx, spaceID int64) ([]Round, error) {
	return db.All(tx, "SELECT "+roundColumns+" FROM tables_round WHERE space_id = $1 AND opened_at IS NOT NULL ORDER BY number", []any{spaceID}, scanRound)
}

// lockRound makes the transaction the only one that changes the round, and reads it.
func lockRound(tx *db.Tx, spaceID int64) (r Round, err error) {
	if _, err := tx.Exec("UPDATE tables_round SET number = number WHERE space_id = $1 AND state <> 'closed'", spaceID); err != nil {
		return r, err
	}
	return lastRound(tx, spaceID)
}

func insertRound(tx *db.Tx, r Round) error {
	_, err := tx.Exec(`INSERT INTO tables_round (id, space_id, number, state, mix, seed, apart, late, question, minutes, turn, message, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12)`,
		r.ID, r.Space, r.Number, string(r.State), string(r.Mix), r.Seed, r.Apart, r.Late, r.Question, r.Minutes, r.Turn, tx.Now)
	if errors.Is(err, db.ErrConflict) {
		return fault.New(fault.Conflict, "tables.another")
	}
	return err
}

// deleteRound takes back a round in which nobody has sat.
func deleteRound(tx *db.Tx, id int64) error {
	for _, table := range []string{"tables_seat", "tables_table"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE round_id = $1", id); err != nil {
			return err
		}
	}
	_, err := tx.Exec("DELETE FROM tables_round WHERE id = $1", id)
	return err
}

const tableColumns = "id, round_id, number, topic, question, seats, COALESCE(speaker_id, 0), since, tour"

func scanTable(scan func(...any) error) (t Table, err error) {
	return t, scan(&t.ID, &t.Round, &t.Number, &t.Topic, &t.Question, &t.Seats, &t.Speaker, &t.Since, &t.Tour)
}

func tablesOf(tx *db.Tx, round int64) ([]Table, error) {
	return db.All(tx, "SELECT "+tableColumns+" FROM tables_table WHERE round_id = $1 ORDER BY number", []any{round}, scanTable)
}

func findTable(tx *db.Tx, round int64, number int) (t Table, err error) {
	list, err := db.All(tx, "SELECT "+tableColumns+" FROM tables_table WHERE round_id = $1 AND number = $2", []any{round, number}, scanTable)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "tables.unknown")
	}
	if err != nil {
		return t, err
	}
	return list[0], nil
}

func tableByID(tx *db.Tx, id int64) (t Table, err error) {
	err = tx.Row("SELECT "+tableColumns+" FROM tables_table WHERE id = $1", []any{id},
		&t.ID, &t.Round, &t.Number, &t.Topic, &t.Question, &t.Seats, &t.Speaker, &t.Since, &t.Tour)
	return t, err
}

// lockTable is findTable in a transaction that is the only one to change the table.
func lockTable(tx *db.Tx, round int64, number int) (Table, error) {
	if _, err := tx.Exec("UPDATE tables_table SET number = number WHERE round_id = $1 AND number = $2", round, number); err != nil {
		return Table{}, err
	}
	return findTable(tx, round, number)
}

func insertTable(tx *db.Tx, t Table) error {
	_, err := tx.Exec("INSERT INTO tables_table (id, round_id, number, topic, question, seats, tour) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		t.ID, t.Round, t.Number, t.Topic, t.Question, t.Seats, false)
	return err
}

const seatQuery = `SELECT s.account_id, a.name, COALESCE(s.table_id, 0), COALESCE(s.visit_id, 0), s.part, s.away, s.hand_at, s.toured, s.spoken,
		COALESCE(e.college, '')
	FROM tables_seat s JOIN tables_round r ON r.id = s.round_id JOIN account a ON a.id = s.account_id
	LEFT JOIN elector e ON e.space_id = r.space_id AND e.member_id = a.member_id WHERE `

func scanSeat(scan func(...any) error) (s Seat, err error) {
	var spoken int64
	err = scan(&s.Account, &s.Name, &s.Table, &s.Visit, &s.Part, &s.Away, &s.Hand, &s.Toured, &spoken, &s.College)
	s.Spoken = milliseconds(spoken)
	return s, err
}

// seatsOf lists the people of a round by name.
func seatsOf(tx *db.Tx, round int64) ([]Seat, error) {
	return db.All(tx, seatQuery+"s.round_id = $1 ORDER BY a.name, s.account_id", []any{round}, scanSeat)
}

// seatsAt lists those of a table, and who visits it.
func seatsAt(tx *db.Tx, table int64) ([]Seat, error) {
	return db.All(tx, seatQuery+"(s.table_id = $1 OR s.visit_id = $1) ORDER BY a.name, s.account_id", []any{table}, scanSeat)
}

// seatOf is the account's line of a round; ok is false when it has none.
func seatOf(tx *db.Tx, round, account int64) (s Seat, ok bool, err error) {
	list, err := db.All(tx, seatQuery+"s.round_id = $1 AND s.account_id = $2", []any{round, account}, scanSeat)
	if err != nil || len(list) == 0 {
		return s, false, err
	}
	return list[0], true, nil
}

// sit puts somebody at a table, 0 for those who wait; who sat elsewhere moves, and is nobody's
// facilitator there.
func sit(tx *db.Tx, round, account, table int64, part Part) error {
	_, err := tx.Exec(`INSERT INTO tables_seat (round_id, account_id, table_id, part, away, toured, spoken) VALUES ($1, $2, $3, $4, $5, $6, 0)
		ON CONFLICT (round_id, account_id) DO UPDATE SET table_id = excluded.table_id, part = excluded.part, away = excluded.away, hand_at = NULL,
			toured = excluded.toured, visit_id = NULL`,
		round, account, orNull(table), string(part), false, false)
	return err
}

// sitMany puts many, who sit nowhere yet.
func sitMany(tx *db.Tx, round int64, seats []Seat) error {
	const columns = 7
	for bulk := range chunks(seats, tx.BulkRows(len(seats))) {
		args := make([]any, 0, len(bulk)*columns)
		for _, s := range bulk {
			args = append(args, round, s.Account, orNull(s.Table), string(s.Part), false, false, 0)
		}
		_, err := tx.Exec("INSERT INTO tables_seat (round_id, account_id, table_id, part, away, toured, spoken) VALUES "+db.Values(len(bulk), columns)+
			" ON CONFLICT DO NOTHING", args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
