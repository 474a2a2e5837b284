// Package journal is the spine: the append-only, hash-chained record of every act, written
// in the act's own transaction. Minutes, audit, activity, notices and open data are read
// from it; nothing keeps a second truth.
//
// The chain. For each event, with "‖" joining fields by a line feed:
//
//	digest = SHA-256(salt ‖ space ‖ subject ‖ actor ‖ payload)
//	hash   = SHA-256("isegoria-journal-1" ‖ previous hash ‖ seq ‖ id ‖ at (ms) ‖ kind ‖ digest)
//
// Hashes are written in lower-case hexadecimal; the hash before the first is empty. Erasing an
// event's payload and salt leaves its digest, so the chain verifies and says "erased".
package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the journal's schema.
func Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Payload is what an event says: a typed struct of the component it belongs to.
type Payload interface {
	// EventKind is "component.what_happened".
	EventKind() string
}

// About says what an event concerns: the space (0 for the organisation), the subject
// ("member/12") and the account that acted (0 for the program itself).
type About struct {
	Space   int64
	Subject string
	Actor   int64
}

// Event is one line of the journal. Payload is nil once erased; Seq is 0 and Hash is empty
// until the event has its place in the chain.
type Event struct {
	ID      int64
	Seq     int64
	At      time.Time
	Kind    string
	Space   int64
	Subject string
	Actor   int64
	Payload json.RawMessage
	Digest  string
	Hash    string
	salt    string
}

// Erased tells whether what the event said was erased.
func (e Event) Erased() bool { return e.Payload == nil }

// Append writes an event in the running transaction. On SQLite, where one writer takes
// its turn, it is chained at once; on PostgreSQL [Chain] gives it its place right after.
func Append(tx *db.Tx, a About, p Payload) (Event, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return Event{}, fmt.Errorf("journal %s: %w", p.EventKind(), err)
	}
	e := Event{ID: tx.NewID(), At: tx.Now, Kind: p.EventKind(), Space: a.Space, Subject: a.Subject, Actor: a.Actor, Payload: text}
	e.salt = rand.Text()
	e.Digest = digest(e)
	var seq, hash any
	if tx.Dialect == db.SQLite {
		last, prev, err := head(tx)
		if err != nil {
			return e, err
		}
		e.Seq = last + 1
		e.Hash = chainHash(prev, e)
		seq, hash = e.Seq, e.Hash
	}
	_, err = tx.Exec(`INSERT INTO journal (id, seq, at, kind, space_id, subject, actor_id, payload, salt, digest, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.ID, seq, e.At, e.Kind, e.Space, e.Subject, e.Actor, string(e.Payload), e.salt, e.Digest, hash)
	return e, err
}

// Head is the last place of the chain and its hash: 0 and "" for an empty journal.
func Head(tx *db.Tx) (seq int64, hash string, err error) { return head(tx) }

func head(tx *db.Tx) (seq int64, hash string, err error) {
	err = tx.Row("SELECT seq, hash FROM journal WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1", nil, &seq, &hash)
	if errors.Is(err, db.ErrNotFound) {
		return 0, "", nil
	}
	return seq, hash, err
}

func digest(e Event) string {
	return sum(e.salt, strconv.FormatInt(e.Space, 10), e.Subject, strconv.FormatInt(e.Actor, 10), string(e.Payload))
}

func chainHash(prev string, e Event) string {
	return sum("isegoria-journal-1", prev, strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.ID, 10),
		strconv.FormatInt(e.At.UnixMilli(), 10), e.Kind, e.Digest)
}

func sum(fields ...string) string {
	h := sha256.Sum256([]byte(strings.Join(fields, "\n")))
	return hex.EncodeToString(h[:])
}

// chainLock is the key of the advisory lock that makes one sequencer of many nodes.
const chainLock = 0x15e6041a

// ChainedAtOnce is how many events [Chain] gives their places at most.
const ChainedAtOnce = 2000

// Chain gives the stored events their places, oldest first, and returns how many it placed.
// It does nothing on SQLite, where Append has placed them.
func Chain(tx *db.Tx) (int, error) {
	if tx.Dialect == db.SQLite {
		return 0, nil
	}
	if _, err := tx.Exec("SELECT pg_advisory_xact_lock($1)", chainLock); err != nil {
		return 0, err
	}
	seq, prev, err := head(tx)
	if err != nil {
		return 0, err
	}
	events, err := db.All(tx, selectEvents+" WHERE seq IS NULL ORDER BY id LIMIT $1", []any{ChainedAtOnce}, scanEvent)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	var values strings.Builder
	args := make([]any, 0, 3*len(events))
	for i, e := range events {
		seq++
		e.Seq = seq
		e.Hash = chainHash(prev, e)
		prev = e.Hash
		if i > 0 {
			values.WriteString(", ")
		}
		fmt.Fprintf(&values, "($%d::bigint, $%d::bigint, $%d::text)", 3*i+1, 3*i+2, 3*i+3)
		args = append(args, e.ID, e.Seq, e.Hash)
	}
	_, err = tx.Exec("UPDATE journal SET seq = v.seq, hash = v.hash FROM (VALUES "+values.String()+
		") AS v (id, seq, hash) WHERE journal.id = v.id", args...)
	return len(events), err
}

// Erase removes what an event said; its digest stays.
func Erase(tx *db.Tx, id int64) error {
	_, err := tx.Exec("UPDATE journal SET payload = NULL, salt = NULL WHERE id = $1", id)
	return err
}
