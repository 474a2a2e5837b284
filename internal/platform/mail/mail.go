// Package mail is the outgoing post: a queue in the database, the workers that empty it
// and the ways out of the house (an SMTP server, or an outbox to be read on the screen).
//
// Start with [Queue], in the transaction of the act that writes to somebody, and with one
// [Worker] per process. Delivery is at least once: a mail in flight when its process dies is
// sent once more when its lease has ended, with the same Message-ID, and never a third time.
// A mail is one message to one person; nothing here knows what an assembly is.
package mail

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Migrations is the schema of the queue.
func Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// MaxAttachments bounds the bytes attached to one mail, taken together.
const MaxAttachments = 5 << 20

// fileIdle is how long an attached file is kept after the last mail that named it.
const fileIdle = 24 * time.Hour

// Address is a person's name, which may be empty, and address.
type Address struct{ Name, Address string }

// Attachment is a small file sent with a mail.
type Attachment struct {
	Name    string
	Type    string // "application/pdf"
	Content []byte
}

// Message is one mail to one person.
type Message struct {
	To      Address
	ReplyTo Address // empty: answers go to the sender
	Subject string
	Text    string // always
	HTML    string // the same words laid out; optional
	Kind    string // the caller's label: "convocation"
	Ref     string // the caller's reference: "convocation/12/member/7"
	// UnsubscribeURL takes the person off the list by one POST (RFC 8058) when it is https.
	UnsubscribeURL string
	// Urgent mails (a link to sign in) overtake the others.
	Urgent      bool
	Attachments []Attachment
}

// Queue checks the message and puts it in the queue: it leaves if and only if the
// transaction is committed. Refusals: mail.address, mail.header (a line break or a control
// character where a header would be cut), mail.text (empty, or no text), mail.size.
func Queue(tx *db.Tx, m Message) (id int64, err error) {
	if m, err = m.checked(); err != nil {
		return 0, err
	}
	id = tx.NewID()
	_, err = tx.Exec(`INSERT INTO mail (id, kind, ref, urgent, to_name, to_address, reply_name, reply_address, subject,
		body_text, body_html, unsubscribe_url, message_key, state, queued_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)`,
		id, m.Kind, m.Ref, m.Urgent, m.To.Name, m.To.Address, m.ReplyTo.Name, m.ReplyTo.Address, m.Subject,
		m.Text, m.HTML, m.UnsubscribeURL, strings.ToLower(rand.Text()), string(Queued), tx.Now)
	if err != nil {
		return 0, err
	}
	for i, a := range m.Attachments {
		sum, err := keepFile(tx, a.Content)
		if err != nil {
			return 0, err
		}
		_, err = tx.Exec("INSERT INTO mail_attachment (mail_id, position, name, type, sha256) VALUES ($1, $2, $3, $4, $5)",
			id, i, a.Name, a.Type, sum)
		if err != nil {
			return 0, err
		}
	}
	return id, nil
}

// keepFile stores the content unless it is there. Half the time of idleness is left to a
// file found, so that a sweep running beside cannot take it away.
func keepFile(tx *db.Tx, content []byte) (sum string, err error) {
	h := sha256.Sum256(content)
	sum = hex.EncodeToString(h[:])
	var used time.Time
	err = tx.Row("SELECT used_at FROM mail_file WHERE sha256 = $1", []any{sum}, &used)
	if err == nil && tx.Now.Sub(used) < fileIdle/2 {
		return sum, nil
	}
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	_, err = tx.Exec(`INSERT INTO mail_file (sha256, content, used_at) VALUES ($1, $2, $3)
		ON CONFLICT (sha256) DO UPDATE SET used_at = excluded.used_at`,
		sum, base64.StdEncoding.EncodeToString(content), tx.Now)
	return sum, err
}

// maxHeader keeps a header's line within the 998 bytes of RFC 5322, section 2.1.1.
const maxHeader = 900

func (m Message) checked() (Message, error) {
	var err error
	if m.To.Address, err = CheckAddress(m.To.Address); err != nil {
		return m, err
	}
	if m.ReplyTo != (Address{}) {
		if m.ReplyTo.Address, err = CheckAddress(m.ReplyTo.Address); err != nil {
			return m, err
		}
	}
	headers := []string{m.To.Name, m.ReplyTo.Name, m.Subject, m.UnsubscribeURL}
	size := 0
	for _, a := range m.Attachments {
		headers = append(headers, a.Name, a.Type)
		size += len(a.Content)
	}
	for _, h := range headers {
		if len(h) > maxHeader || !utf8.ValidString(h) || strings.ContainsFunc(h, unicode.IsControl) {
			return m, fault.New(fault.Invalid, "mail.header")
		}
	}
	if m.UnsubscribeURL != "" && !webAddress.MatchString(m.UnsubscribeURL) {
		return m, fault.New(fault.Invalid, "mail.header")
	}
	if strings.TrimSpace(m.Text) == "" || !isText(m.Text) || !isText(m.HTML) {
		return m, fault.New(fault.Invalid, "mail.text")
	}
	if size > MaxAttachments {
		return m, fault.New(fault.Invalid, "mail.size", "max", MaxAttachments>>20)
	}
	return m, nil
}

// webAddress is what may stand between the angle brackets of List-Unsubscribe (RFC 2369).
var webAddress = regexp.MustCompile(`^https?://[!-;=?-~]+$`)

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
