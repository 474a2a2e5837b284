package people

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// Limit slows guessing down. Free tries may follow each other; after them one waits First,
// then twice as long after each further try, Max at most. One try is forgotten after every
// Forget that passes without another.
type Limit struct {
	Free               int64
	Forget, First, Max time.Duration
}

// level is how many tries still count at now, and wait how long the next has to wait.
func (l Limit) level(count int64, last, now time.Time) (level int64, wait time.Duration) {
	level = max(0, count-int64(now.Sub(last)/l.Forget))
	if level < l.Free {
		return level, 0
	}
	pause := l.First
	for n := l.Free; n < count && pause < l.Max; n++ {
		pause *= 2
	}
	return level, max(0, last.Add(min(pause, l.Max)).Sub(now))
}

// MayTry refuses, with the time to wait, when there were too many tries under key. It holds
// the key's row until the transaction ends, so that several nodes count as one.
func MayTry(tx *db.Tx, l Limit, key string) error {
	count, last, err := tries(tx, key)
	if err != nil {
		return err
	}
	return l.judge(count, last, tx.Now)
}

// MayPass is [MayTry] for an act that will count no try. Those who pass go side by side, where tries
// take turns; both look at what the tries under way have counted.
func MayPass(tx *db.Tx, l Limit, key string) error {
	query := "SELECT count, since FROM attempt WHERE key = $1"
	if tx.Dialect == db.Postgres {
		query += " FOR SHARE"
	}
	var count int64
	var last time.Time
	if err := tx.Row(query, []any{key}, &count, &last); err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	return l.judge(count, last, tx.Now)
}

// judge refuses, with the time to wait, what comes too soon after too many tries.
func (l Limit) judge(count int64, last, now time.Time) error {
	_, wait := l.level(count, last, now)
	switch {
	case wait <= 0:
		return nil
	case wait <= 90*time.Second:
		return fault.New(fault.TooMany, "people.attempt.seconds", "n", int64((wait+time.Second-1)/time.Second))
	default:
		return fault.New(fault.TooMany, "people.attempt.minutes", "n", int64((wait+time.Minute-1)/time.Minute))
	}
}

// CountTry counts one try under key.
func CountTry(tx *db.Tx, l Limit, key string) error {
	count, last, err := tries(tx, key)
	if err != nil {
		return err
	}
	level, _ := l.level(count, last, tx.Now)
	_, err = tx.Exec("UPDATE attempt SET count = $2, since = $3 WHERE key = $1", key, level+1, tx.Now)
	return err
}

// tries reads and locks the row of a key: an update that changes nothing locks in both
// engines, where SELECT … FOR UPDATE is only PostgreSQL's.
func tries(tx *db.Tx, key string) (count int64, last time.Time, err error) {
	err = tx.Row(`INSERT INTO attempt (key, count, since) VALUES ($1, 0, $2)
		ON CONFLICT (key) DO UPDATE SET count = attempt.count RETURNING count, since`, []any{key, tx.Now}, &count, &last)
	return count, last, err
}
