package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

// SessionLife is how long a session lasts.
const SessionLife = 30 * 24 * time.Hour

// Method is a way of signing in.
type Method string

const (
	ByLink    Method = "link"
	ByCode    Method = "code"
	ByPasskey Method = "passkey"
	ByOIDC    Method = "oidc"
	ByDemo    Method = "demonstration"
)

// NewToken returns 256 random bits in URL-safe letters, and the hash kept of them.
func NewToken() (token, hash string) {
	var b [32]byte
	rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashToken(token)
}

// HashToken is what is kept of a token: nobody who reads the database can sign in with it.
func HashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// SignedIn is the event of a person having signed in.
type SignedIn struct {
	Method Method `json:"method"`
}

func (SignedIn) EventKind() string { return "people.signed_in" }

// SignedOut is the event of a person having signed out.
type SignedOut struct {
	Everywhere bool `json:"everywhere"`
}

func (SignedOut) EventKind() string { return "people.signed_out" }

// OpenSession signs the account in and returns the token of the new session. device is a short
// description that the person recognises ("Firefox, Linux").
func OpenSession(tx *db.Tx, account int64, method Method, device string) (string, error) {
	token, hash := NewToken()
	_, err := tx.Exec(`INSERT INTO session (token_hash, account_id, device, method, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, hash, account, device, method, tx.Now, tx.Now.Add(SessionLife))
	if err != nil {
		return "", err
	}
	_, err = journal.Append(tx, journal.About{Subject: AccountSubject(account), Actor: account}, SignedIn{method})
	return token, err
}

// ViewerOf finds who a session's token belongs to; the zero Viewer when it is unknown or over.
func ViewerOf(tx *db.Tx, token string) (Viewer, error) {
	var v Viewer
	var member *int64
	var college *string
	hash := HashToken(token)
	err := tx.Row(`SELECT a.id, a.member_id, a.name, a.email, a.language, m.college,
			EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.space_id = 0 AND r.role = 'administrator')
		FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN member m ON m.id = a.member_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.closed_at IS NULL`,
		[]any{hash, tx.Now}, &v.Account, &member, &v.Name, &v.Email, &v.Language, &college, &v.Admin)
	if errors.Is(err, db.ErrNotFound) {
		return Viewer{}, nil
	}
	if err != nil {
		return Viewer{}, err
	}
	if member != nil {
		v.Member = *member
	}
	if college != nil {
		v.College = *college
	}
	v.Session = hash
	return v, nil
}

// Session is one place where a person is signed in.
type Session struct {
	Hash      string
	Device    string
	Method    Method
	CreatedAt time.Time
}

// Sessions lists where an account is signed in, newest first.
func Sessions(tx *db.Tx, account int64) ([]Session, error) {
	return db.All(tx, `SELECT token_hash, device, method, created_at FROM session
		WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at DESC`, []any{account, tx.Now},
		func(scan func(...any) error) (s Session, err error) {
			return s, scan(&s.Hash, &s.Device, &s.Method, &s.CreatedAt)
		})
}

// CloseSession signs one of the account's sessions out; another's stays as it is.
func CloseSession(tx *db.Tx, account int64, hash string) error {
	n, err := tx.Exec("DELETE FROM session WHERE account_id = $1 AND token_hash = $2", account, hash)
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: AccountSubject(account), Actor: account}, SignedOut{})
	return err
}

// CloseSessions signs the account out everywhere.
func CloseSessions(tx *db.Tx, account int64) error {
	if _, err := tx.Exec("DELETE FROM session WHERE account_id = $1", account); err != nil {
		return err
	}
	_, err := journal.Append(tx, journal.About{Subject: AccountSubject(account), Actor: account}, SignedOut{Everywhere: true})
	return err
}
