package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// State is where a mail stands.
type State string

const (
	Queued  State = "queued"  // waits for its turn
	Sending State = "sending" // a worker has it
	Later   State = "later"   // failed for now; will be tried again
	Sent    State = "sent"    // the server took it
	Refused State = "refused" // the server will not take it, or was tried long enough
	Outbox  State = "outbox"  // no server is set: it is there to be read
)

// Key is the state's name in the locale files.
func (s State) Key() string { return "mail.state." + string(s) }

func (s State) final() bool { return s == Sent || s == Refused || s == Outbox }

// Stored is a mail of the queue. What it said (Text, HTML, UnsubscribeURL, Attachments) is
// there only from [Get], and is erased once the mail is sent or refused.
type Stored struct {
	ID int64
	Message
	State    State
	Attempts int64     // how many times it was taken out to be sent
	Reply    string    // the server's last words, or what kept us from it
	QueuedAt time.Time // also its Date header
	DueAt    time.Time // the next attempt, or when the running one is given up; zero once done
	DoneAt   time.Time // zero until sent, refused or put in the outbox

	key         string // left part of its Message-ID
	interrupted bool   // a process died sending it
	lost        bool   // … twice: it is not known whether it arrived
}

const (
	headColumns = `id, kind, ref, urgent, to_name, to_address, reply_name, reply_address, subject,
		state, attempts, interrupted, reply, queued_at, due_at, done_at, message_key`
	bodyColumns = headColumns + ", body_text, body_html, unsubscribe_url"
)

func (m *Stored) head() []any {
	return []any{&m.ID, &m.Kind, &m.Ref, &m.Urgent, &m.To.Name, &m.To.Address, &m.ReplyTo.Name, &m.ReplyTo.Address, &m.Subject,
		&m.State, &m.Attempts, &m.interrupted, &m.Reply, &m.QueuedAt, &m.DueAt, &m.DoneAt, &m.key}
}

func (m *Stored) body() []any { return append(m.head(), &m.Text, &m.HTML, &m.UnsubscribeURL) }

// Filter names mails; zero fields do not narrow.
type Filter struct {
	States    []State
	Kind      string
	RefPrefix string // "convocation/12/"
	To        string // the address
	Until     time.Time
	Before    int64 // only mails whose id is smaller: the last one of the page before
	Limit     int   // 0: 100
}

func (f Filter) where() (string, []any) {
	where := []string{"1 = 1"}
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, s := range f.States {
			args = append(args, string(s))
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where = append(where, "state IN ("+strings.Join(marks, ", ")+")")
	}
	if f.Kind != "" {
		add("kind = $%d", f.Kind)
	}
	if f.RefPrefix != "" {
		add(`ref LIKE $%d ESCAPE '\'`, likePrefix.Replace(f.RefPrefix)+"%")
	}
	if f.To != "" {
		add("to_address = $%d", f.To)
	}
	if !f.Until.IsZero() {
		add("queued_at < $%d", f.Until)
	}
	if f.Before > 0 {
		add("id < $%d", f.Before)
	}
	return strings.Join(where, " AND "), args
}

var likePrefix = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// List returns the mails the filter names, newest first, without what they say.
func List(tx *db.Tx, f Filter) ([]Stored, error) {
	where, args := f.where()
	if f.Limit <= 0 {
		f.Limit = 100
	}
	args = append(args, f.Limit)
	query := fmt.Sprintf("SELECT %s FROM mail WHERE %s ORDER BY id DESC LIMIT $%d", headColumns, where, len(args))
	return db.All(tx, query, args, func(scan func(dest ...any) error) (Stored, error) {
		var m Stored
		return m, scan(m.head()...)
	})
}

// Count says how many of the mails the filter names stand in each state.
func Count(tx *db.Tx, f Filter) (map[State]int64, error) {
	where, args := f.where()
	counts := map[State]int64{}
	err := tx.Each("SELECT state, count(*) FROM mail WHERE "+where+" GROUP BY state", args, func(scan func(dest ...any) error) error {
		var s State
		var n int64
		err := scan(&s, &n)
		counts[s] = n
		return err
	})
	return counts, err
}

// Get returns a mail with what it says; the refusal mail.unknown when there is none.
func Get(tx *db.Tx, id int64) (Stored, error) {
	var m Stored
	err := tx.Row("SELECT "+bodyColumns+" FROM mail WHERE id = $1", []any{id}, m.body()...)
	if errors.Is(err, db.ErrNotFound) {
		return m, fault.New(fault.NotFound, "mail.unknown")
	}
	if err != nil {
		return m, err
	}
	m.Attachments, err = attachments(tx, id)
	return m, err
}

func attachments(tx *db.Tx, id int64) ([]Attachment, error) {
	return db.All(tx, `SELECT a.name, a.type, f.content FROM mail_attachment a JOIN mail_file f ON f.sha256 = a.sha256
		WHERE a.mail_id = $1 ORDER BY a.position`, []any{id}, func(scan func(dest ...any) error) (a Attachment, err error) {
		var content string
		if err = scan(&a.Name, &a.Type, &content); err == nil {
			a.Content, err = base64.StdEncoding.DecodeString(content)
		}
		return a, err
	})
}

// Delete removes the mails the filter names, sent or not (Limit does not count), except
// those being sent at this moment; it returns how many.
func Delete(tx *db.Tx, f Filter) (int64, error) {
	where, args := f.where()
	return tx.Exec("DELETE FROM mail WHERE state <> 'sending' AND "+where, args...)
}

// due tells whether a mail waits to be taken.
func due(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.Row("SELECT count(*) FROM (SELECT 1 FROM mail WHERE due_at <= $1 LIMIT 1) AS waiting", []any{tx.Now}, &n)
	return n > 0, err
}

// claim takes the next mail out for the length of the lease. The end of the lease is also
// the proof of holding it: see [settle].
func claim(tx *db.Tx, lease time.Duration) (m Stored, found bool, err error) {
	query := "SELECT " + bodyColumns + " FROM mail WHERE due_at <= $1 ORDER BY urgent DESC, due_at, id LIMIT 1"
	if tx.Dialect == db.Postgres {
		query += " FOR UPDATE SKIP LOCKED" // SQLite has one writer
	}
	err = tx.Row(query, []any{tx.Now}, m.body()...)
	if errors.Is(err, db.ErrNotFound) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	if m.State == Sending { // whoever had it is gone
		m.lost = m.interrupted
		m.interrupted = true
	}
	m.State, m.DueAt = Sending, tx.Now.Add(lease)
	m.Attempts++
	_, err = tx.Exec("UPDATE mail SET state = $2, due_at = $3, attempts = $4, interrupted = $5 WHERE id = $1",
		m.ID, string(m.State), m.DueAt, m.Attempts, m.interrupted)
	if err != nil {
		return m, false, err
	}
	m.Attachments, err = attachments(tx, m.ID)
	return m, true, err
}

// settle writes down what became of a mail that was claimed; held is false, and nothing is
// written, when its lease had ended and somebody else took it.
func settle(tx *db.Tx, m Stored, lease time.Time) (held bool, err error) {
	n, err := tx.Exec(`UPDATE mail SET state = $3, reply = $4, attempts = $5, due_at = $6, done_at = $7
		WHERE id = $1 AND state = 'sending' AND due_at = $2`,
		m.ID, lease, string(m.State), m.Reply, m.Attempts, m.DueAt, m.DoneAt)
	if err != nil || n == 0 {
		return false, err
	}
	if m.State == Sent || m.State == Refused {
		if _, err := tx.Exec("UPDATE mail SET body_text = '', body_html = '', unsubscribe_url = '' WHERE id = $1", m.ID); err != nil {
			return true, err
		}
		if _, err := tx.Exec("DELETE FROM mail_attachment WHERE mail_id = $1", m.ID); err != nil {
			return true, err
		}
	}
	return true, nil
}

// sweep removes the files that no mail needs any longer.
func sweep(tx *db.Tx) error {
	_, err := tx.Exec(`DELETE FROM mail_file WHERE used_at < $1
		AND NOT EXISTS (SELECT 1 FROM mail_attachment a WHERE a.sha256 = mail_file.sha256)`, tx.Now.Add(-fileIdle))
	return err
}
