package people

import (
	"errors"
	"net/mail"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const (
	// LinkLife is how long a link sent by mail can be used.
	LinkLife = 30 * time.Minute
	// FirstLinkLife is how long the first administrator's link can be used.
	FirstLinkLife = 7 * 24 * time.Hour
)

// Purpose is what a link is for.
type Purpose string

const (
	ToSignIn  Purpose = "sign-in"
	ToBeFirst Purpose = "first-administrator"
)

// Link is a link that signs in, once.
type Link struct {
	Email string
	Next  string // where it leads, a path of this site
}

// LinkSent is the event of a link sent to a person. The address is not told.
type LinkSent struct{}

func (LinkSent) EventKind() string { return "people.link_sent" }

// Founded is the event of the first administrator taking charge of the organisation.
type Founded struct {
	Organisation string `json:"organisation"`
}

func (Founded) EventKind() string { return "people.founded" }

// CleanEmail trims an address as it was typed; ok tells whether it is one.
func CleanEmail(typed string) (email string, ok bool) {
	email = strings.ToLower(strings.TrimSpace(typed))
	a, err := mail.ParseAddress(email)
	return email, err == nil && a.Address == email
}

// LinkRequest is somebody's wish for a link, whoever the address belongs to.
type LinkRequest struct {
	ID    int64
	Email string
	Next  string
}

// RequestLink keeps the wish for a link. It does the same for an address that is known here
// and for one that is not, so that neither the answer nor its time tells them apart;
// [TakeLinkRequests] gives the wishes to the one that sends the mails.
func RequestLink(tx *db.Tx, email, next string) error {
	_, err := tx.Exec("INSERT INTO link_request (id, email, next) VALUES ($1, $2, $3)", tx.NewID(), email, next)
	return err
}

// AnyLinkRequest tells whether a link was asked for.
func AnyLinkRequest(tx *db.Tx) (any bool, err error) {
	err = tx.Row("SELECT EXISTS (SELECT 1 FROM link_request)", nil, &any)
	return any, err
}

// TakeLinkRequests removes up to limit wishes and returns them: of several nodes, one gets each.
func TakeLinkRequests(tx *db.Tx, limit int) ([]LinkRequest, error) {
	return db.All(tx, `DELETE FROM link_request WHERE id IN (SELECT id FROM link_request ORDER BY id LIMIT $1)
		RETURNING id, email, next`, []any{limit}, func(scan func(...any) error) (r LinkRequest, err error) {
		return r, scan(&r.ID, &r.Email, &r.Next)
	})
}

// IssueLink makes a link for the people of an address and returns its token, of which only
// the hash is kept.
func IssueLink(tx *db.Tx, email, next string) (string, error) {
	return insertLink(tx, ToSignIn, email, next, LinkLife)
}

// RecordLinkSent writes into the journal that the people of an address (as [AccountsByEmail]
// gives them) were sent a link.
func RecordLinkSent(tx *db.Tx, persons []Account) error {
	for _, a := range persons {
		subject := AccountSubject(a.ID)
		if a.ID == 0 {
			subject = MemberSubject(a.Member)
		}
		if _, err := journal.Append(tx, journal.About{Subject: subject}, LinkSent{}); err != nil {
			return err
		}
	}
	return nil
}

// IssueFirstAdministratorLink makes the link with which somebody becomes the first
// administrator of the organisation, and returns its token. Such links made before, and
// not used, stop working.
func IssueFirstAdministratorLink(tx *db.Tx) (string, error) {
	if _, err := tx.Exec("DELETE FROM sign_in_link WHERE purpose = $1 AND used_at IS NULL", ToBeFirst); err != nil {
		return "", err
	}
	return insertLink(tx, ToBeFirst, "", "/", FirstLinkLife)
}

func insertLink(tx *db.Tx, purpose Purpose, email, next string, life time.Duration) (string, error) {
	token, hash := NewToken()
	_, err := tx.Exec("INSERT INTO sign_in_link (token_hash, purpose, email, next, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
		hash, purpose, email, next, tx.Now, tx.Now.Add(life))
	return token, err
}

// FindLink looks at a link without using it up; it refuses those that are unknown, used or expired.
func FindLink(tx *db.Tx, purpose Purpose, token string) (Link, error) {
	var l Link
	var expires, used time.Time
	err := tx.Row("SELECT email, next, expires_at, used_at FROM sign_in_link WHERE token_hash = $1 AND purpose = $2",
		[]any{HashToken(token), purpose}, &l.Email, &l.Next, &expires, &used)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return l, fault.New(fault.NotFound, "people.link.unknown")
	case err != nil:
		return l, err
	case !used.IsZero():
		return l, fault.New(fault.Conflict, "people.link.used")
	case !expires.After(tx.Now):
		return l, fault.New(fault.Conflict, "people.link.expired")
	}
	return l, nil
}

// UseLink uses a link up. Of two uses at once, one succeeds.
func UseLink(tx *db.Tx, purpose Purpose, token string) (Link, error) {
	l, err := FindLink(tx, purpose, token)
	if err != nil {
		return l, err
	}
	n, err := tx.Exec("UPDATE sign_in_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL", HashToken(token), tx.Now)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.link.used")
	}
	return l, err
}

// MemberAccount is [OpenMemberAccount] for a member who signs in: it refuses an account that was closed.
func MemberAccount(tx *db.Tx, m Member) (Account, error) {
	a, err := OpenMemberAccount(tx, m)
	if err == nil && !a.ClosedAt.IsZero() {
		err = fault.New(fault.Forbidden, "people.account.closed")
	}
	return a, err
}

// Sweep removes what time has made useless: sessions, links, codes' attempts and ceremonies that
// are over. Codes on paper stay, to be told from unknown ones.
func Sweep(tx *db.Tx) error {
	for _, statement := range []string{
		"DELETE FROM session WHERE expires_at < $1",
		"DELETE FROM sign_in_link WHERE expires_at < $1",
		"DELETE FROM passkey_ceremony WHERE expires_at < $1",
		"DELETE FROM attempt WHERE since < $1",
	} {
		// A day later: until then a link says that it has expired, and attempts count.
		if _, err := tx.Exec(statement, tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		}
	}
	return nil
}
