package journal

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// line is an event as an export has it: everything its digest and its hash are made of. The
// id is written as a string, because it is longer than the numbers that some readers of JSON
// keep whole; so is the payload, a JSON text whose digest wants it to the byte.
type line struct {
	Seq     int64   `json:"seq"`
	ID      int64   `json:"id,string"`
	At      int64   `json:"at"` // milliseconds since 1970, UTC
	Kind    string  `json:"kind"`
	Space   int64   `json:"space,string"`
	Subject string  `json:"subject"`
	Actor   int64   `json:"actor,string"`
	Payload *string `json:"payload"` // null once erased
	Salt    *string `json:"salt"`
	Digest  string  `json:"digest"`
	Hash    string  `json:"hash"`
}

// Export writes the whole chain, one JSON object per line: every digest and every hash can be
// recomputed from it as the package says.
func Export(tx *db.Tx, w io.Writer) error { return export(tx, w, "") }

// export writes the chained events that the condition, which begins with AND, leaves.
func export(tx *db.Tx, w io.Writer, and string, args ...any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return tx.Each(selectEvents+" WHERE seq IS NOT NULL"+and+" ORDER BY seq", args, func(scan func(dest ...any) error) error {
		e, err := scanEvent(scan)
		if err != nil {
			return err
		}
		l := line{Seq: e.Seq, ID: e.ID, At: e.At.UnixMilli(), Kind: e.Kind, Space: e.Space, Subject: e.Subject, Actor: e.Actor, Digest: e.Digest, Hash: e.Hash}
		if !e.Erased() {
			said := string(e.Payload)
			l.Payload, l.Salt = &said, &e.salt
		}
		return out.Encode(l)
	})
}

// ChainMoved gives the events that came unchained from PostgreSQL to SQLite their places.
func ChainMoved(tx *db.Tx) error {
	if tx.Dialect != db.SQLite {
		return nil
	}
	seq, prev, err := head(tx)
	if err != nil {
		return err
	}
	waiting, err := db.All(tx, selectEvents+" WHERE seq IS NULL ORDER BY id", nil, scanEvent)
	for _, e := range waiting {
		seq++
		e.Seq = seq
		prev = chainHash(prev, e)
		if _, err := tx.Exec("UPDATE journal SET seq = $2, hash = $3 WHERE id = $1", e.ID, e.Seq, prev); err != nil {
			return err
		}
	}
	return err
}

const erase = "UPDATE journal SET payload = NULL, salt = NULL, subject = '', actor_id = 0"

// EraseWhole removes what every event said, and whom it was about; the chain still verifies.
func EraseWhole(tx *db.Tx) error {
	_, err := tx.Exec(erase)
	return err
}

// EraseOld removes what the events of the given kinds said before the moment, and whom they
// were about; it returns how many. It reads beside the writer and writes little at a time:
// nobody waits for it.
func EraseOld(ctx context.Context, d *db.DB, before time.Time, kinds ...string) (erased int, err error) {
	args := []any{before}
	for _, k := range kinds {
		args = append(args, k)
	}
	query := "SELECT id FROM journal WHERE at < $1 AND payload IS NOT NULL AND seq IS NOT NULL AND kind IN (" + db.Marks(2, len(kinds)) + ") LIMIT 500"
	for {
		var ids []any
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			ids, err = db.All(tx, query, args, func(scan func(...any) error) (any, error) {
				var id int64
				err := scan(&id)
				return id, err
			})
			return err
		})
		if err != nil || len(ids) == 0 {
			return erased, err
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(erase+" WHERE id IN ("+db.Marks(1, len(ids))+")", ids...)
			return err
		})
		if err != nil {
			return erased, err
		}
		erased += len(ids)
	}
}
