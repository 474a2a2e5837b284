package journal

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"isegoria.org/isegoria/internal/platform/db"
)

// Entry is an event to be written with others.
type Entry struct {
	About
	Payload Payload
	// Digest is that of the event once [AppendAll] has written it.
	Digest string
}

const insertEvents = "INSERT INTO journal (id, seq, at, kind, space_id, subject, actor_id, payload, salt, digest, hash) VALUES "

// AppendAll writes the events in their order, as [Append] does one by one, at a fraction
// of the cost: for acts that concern thousands at once.
func AppendAll(tx *db.Tx, entries []Entry) error {
	var last int64
	var prev string
	if tx.Dialect == db.SQLite {
		var err error
		if last, prev, err = head(tx); err != nil {
			return err
		}
	}
	rows, statement := 0, ""
	for len(entries) > 0 {
		n := tx.BulkRows(len(entries))
		if n != rows {
			rows, statement = n, insertEvents+db.Values(n, 11)
		}
		args := make([]any, 0, 11*n)
		for i, entry := range entries[:n] {
			text, err := json.Marshal(entry.Payload)
			if err != nil {
				return fmt.Errorf("journal %s: %w", entry.Payload.EventKind(), err)
			}
			e := Event{ID: tx.NewID(), At: tx.Now, Kind: entry.Payload.EventKind(), Space: entry.Space,
				Subject: entry.Subject, Actor: entry.Actor, Payload: text, salt: rand.Text()}
			e.Digest = digest(e)
			entries[i].Digest = e.Digest
			var seq, hash any
			if tx.Dialect == db.SQLite {
				last++
				e.Seq = last
				e.Hash = chainHash(prev, e)
				prev = e.Hash
				seq, hash = e.Seq, e.Hash
			}
			args = append(args, e.ID, seq, e.At, e.Kind, e.Space, e.Subject, e.Actor, string(e.Payload), e.salt, e.Digest, hash)
		}
		if _, err := tx.Exec(statement, args...); err != nil {
			return err
		}
		entries = entries[n:]
	}
	return nil
}
