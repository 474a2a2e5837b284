package journal

import (
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
)

const selectEvents = `SELECT id, seq, at, kind, space_id, subject, actor_id, payload, salt, digest, hash FROM journal`

func scanEvent(scan func(dest ...any) error) (Event, error) {
	var e Event
	var seq *int64
	var payload, salt, hash *string
	if err := scan(&e.ID, &seq, &e.At, &e.Kind, &e.Space, &e.Subject, &e.Actor, &payload, &salt, &e.Digest, &hash); err != nil {
		return e, err
	}
	if seq != nil {
		e.Seq = *seq
	}
	if payload != nil {
		e.Payload = []byte(*payload)
	}
	if salt != nil {
		e.salt = *salt
	}
	if hash != nil {
		e.Hash = *hash
	}
	return e, nil
}

// Filter narrows a reading; zero fields do not.
type Filter struct {
	Space   int64 // only this space; use Organisation for what concerns no space
	Subject string
	Kinds   []string
	After   int64 // only events whose place is behind this one
	Before  int64 // only events whose place is before this one
	Newest  bool  // last first
	Limit   int
}

// Organisation as Filter.Space asks for the events of no space.
const Organisation = -1

// Read returns the chained events the filter names, in the order of the chain.
func Read(tx *db.Tx, f Filter) ([]Event, error) {
	where := []string{"seq IS NOT NULL"}
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	switch {
	case f.Space == Organisation:
		add("space_id = $%d", 0)
	case f.Space != 0:
		add("space_id = $%d", f.Space)
	}
	if f.Subject != "" {
		add("subject = $%d", f.Subject)
	}
	if len(f.Kinds) > 0 {
		marks := make([]string, len(f.Kinds))
		for i, k := range f.Kinds {
			args = append(args, k)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where = append(where, "kind IN ("+strings.Join(marks, ", ")+")")
	}
	if f.After > 0 {
		add("seq > $%d", f.After)
	}
	if f.Before > 0 {
		add("seq < $%d", f.Before)
	}
	query := selectEvents + " WHERE " + strings.Join(where, " AND ") + " ORDER BY seq"
	if f.Newest {
		query += " DESC"
	}
	if f.Limit > 0 {
		args = append(args, f.Limit)
		query += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return db.All(tx, query, args, scanEvent)
}

// Next returns up to limit chained events behind the reader's cursor and moves the cursor
// behind them: a reader that does its work in the same transaction misses none and sees none
// twice.
func Next(tx *db.Tx, reader string, limit int, kinds ...string) ([]Event, error) {
	var after int64
	err := tx.Row("SELECT seq FROM journal_cursor WHERE reader = $1", []any{reader}, &after)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	last, _, err := head(tx)
	if err != nil || last == after {
		return nil, err
	}
	events, err := Read(tx, Filter{After: after, Kinds: kinds, Limit: limit})
	if err != nil {
		return nil, err
	}
	if len(events) == limit {
		last = events[len(events)-1].Seq
	}
	_, err = tx.Exec(`INSERT INTO journal_cursor (reader, seq) VALUES ($1, $2)
		ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq`, reader, last)
	return events, err
}
