package convocation

import (
	"fmt"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

func reminderReference(run, member int64) string { return fmt.Sprintf("reminder/%d/%d", run, member) }

func insertReminder(tx *db.Tx, a space.Access, before time.Duration) error {
	_, err := tx.Exec("INSERT INTO convocation_reminder (id, space_id, before_min, created_by) VALUES ($1, $2, $3, $4)",
		tx.NewID(), a.Space.ID, int64(before.Minutes()), a.Viewer.Account)
	return err
}

func deleteReminder(tx *db.Tx, spaceID, id int64) (before time.Duration, err error) {
	var minutes int64
	err = tx.Row("DELETE FROM convocation_reminder WHERE space_id = $1 AND id = $2 AND sent_at IS NULL RETURNING before_min", []any{spaceID, id}, &minutes)
	return time.Duration(minutes) * time.Minute, err
}

const reminderQuery = "SELECT id, space_id, before_min, created_by, sent_at FROM convocation_reminder"

func scanReminder(scan func(...any) error) (r Reminder, err error) {
	var minutes int64
	err = scan(&r.ID, &r.Space, &minutes, &r.By, &r.SentAt)
	r.Before = time.Duration(minutes) * time.Minute
	return r, err
}

// remindersOf lists those of a space, the earliest first.
func remindersOf(tx *db.Tx, spaceID int64) ([]Reminder, error) {
	return db.All(tx, reminderQuery+" WHERE space_id = $1 ORDER BY before_min DESC", []any{spaceID}, scanReminder)
}

// pendingReminders are those of every space that were not sent.
func pendingReminders(tx *db.Tx) ([]Reminder, error) {
	return db.All(tx, reminderQuery+" WHERE sent_at IS NULL ORDER BY before_min DESC", nil, scanReminder)
}

// takeReminder marks a reminder as sent; of several nodes, it is one's.
func takeReminder(tx *db.Tx, id int64) (mine bool, err error) {
	n, err := tx.Exec("UPDATE convocation_reminder SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL", id, tx.Now)
	return n == 1, err
}

// addReminded adds to the run those of the members who may be reminded, and returns how many.
func addReminded(tx *db.Tx, run, spaceID int64, members []int64) (total int, err error) {
	for some := range slices.Chunk(members, 500) {
		args := []any{run, spaceID, tx.Now, tx.Now.Add(-reminderPause)}
		for _, m := range some {
			args = append(args, m)
		}
		n, err := tx.Exec(`INSERT INTO convocation_reminded (run, space_id, member_id, state, at)
			SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), m.id, 'waiting', CAST($3 AS BIGINT) FROM member m
			WHERE m.email <> '' AND m.id IN (`+db.Marks(5, len(some))+`)
				AND NOT EXISTS (SELECT 1 FROM unsubscribed u WHERE u.member_id = m.id)
				AND NOT EXISTS (SELECT 1 FROM convocation_reminded d WHERE d.member_id = m.id AND d.at > $4)`, args...)
		if err != nil {
			return total, err
		}
		total += int(n)
	}
	return total, nil
}

// nextRun is a reminder whose mails are being written, [db.ErrNotFound] when there is none.
func nextRun(tx *db.Tx) (run, spaceID int64, err error) {
	err = tx.Row("SELECT run, space_id FROM convocation_reminded WHERE state = 'waiting' ORDER BY run, member_id LIMIT 1", nil, &run, &spaceID)
	return run, spaceID, err
}

func waitingReminded(tx *db.Tx, run int64, limit int) ([]reader, error) {
	return db.All(tx, "SELECT "+readerColumns+` FROM convocation_reminded r JOIN member m ON m.id = r.member_id
		WHERE r.run = $1 AND r.state = 'waiting' ORDER BY r.member_id LIMIT $2`, []any{run, limit}, scanReader)
}

// takeReminded marks the mail as none until [setReminded] says which; of several nodes, it is one's.
func takeReminded(tx *db.Tx, run, member int64) (mine bool, err error) {
	n, err := tx.Exec("UPDATE convocation_reminded SET state = 'refused' WHERE run = $1 AND member_id = $2 AND state = 'waiting'", run, member)
	return n == 1, err
}

func setReminded(tx *db.Tx, run, member, mailID int64) error {
	_, err := tx.Exec("UPDATE convocation_reminded SET state = 'queued', mail_id = $3 WHERE run = $1 AND member_id = $2", run, member, mailID)
	return err
}

func settleReminder(tx *db.Tx, mailID int64, fate Fate) error {
	_, err := tx.Exec("UPDATE convocation_reminded SET state = $2 WHERE mail_id = $1", mailID, fate)
	return err
}

// Run is one reminder that was sent.
type Run struct {
	At     time.Time
	Counts Counts
}

// runs lists the reminders sent in a space, newest first.
func runs(tx *db.Tx, spaceID int64) ([]Run, error) {
	var out []Run
	var last int64
	err := tx.Each(`SELECT run, min(at), state, count(*) FROM convocation_reminded WHERE space_id = $1 GROUP BY run, state ORDER BY run DESC`,
		[]any{spaceID}, func(scan func(...any) error) error {
			var run int64
			var at time.Time
			var f Fate
			var n int
			if err := scan(&run, &at, &f, &n); err != nil {
				return err
			}
			if run != last {
				out = append(out, Run{At: at, Counts: Counts{}})
				last = run
			}
			out[len(out)-1].Counts[f] = n
			return nil
		})
	return out, err
}

// countMissing says how many of the members a reminder reaches now, and how many have no address.
func countMissing(tx *db.Tx, members []int64) (reach, paper int, err error) {
	for some := range slices.Chunk(members, 500) {
		args := []any{tx.Now.Add(-reminderPause)}
		for _, m := range some {
			args = append(args, m)
		}
		var r, p int
		err := tx.Row(`SELECT COALESCE(sum(CASE WHEN m.email <> '' AND NOT EXISTS (SELECT 1 FROM unsubscribed u WHERE u.member_id = m.id)
				AND NOT EXISTS (SELECT 1 FROM convocation_reminded d WHERE d.member_id = m.id AND d.at > $1) THEN 1 ELSE 0 END), 0),
				COALESCE(sum(CASE WHEN m.email = '' THEN 1 ELSE 0 END), 0)
			FROM member m WHERE m.id IN (`+db.Marks(2, len(some))+")", args, &r, &p)
		if err != nil {
			return 0, 0, err
		}
		reach, paper = reach+r, paper+p
	}
	return reach, paper, nil
}
