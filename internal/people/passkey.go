package people

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// CeremonyLife is how long a person has to answer their device when it asks for a passkey.
const CeremonyLife = 5 * time.Minute

// Passkey is a credential of Web Authentication that signs an account in.
type Passkey struct {
	ID         string // the credential's, in base64url
	Account    int64
	Name       string // as its owner calls it
	Credential string // the credential record, in JSON
	CreatedAt  time.Time
	UsedAt     time.Time // zero: never
}

// PasskeyAdded and PasskeyRemoved are the events of an account's passkeys.
type PasskeyAdded struct {
	Name string `json:"name"`
}

func (PasskeyAdded) EventKind() string { return "people.passkey_added" }

// PasskeyRemoved is the event of a passkey that signs in no more.
type PasskeyRemoved struct {
	Name string `json:"name"`
}

func (PasskeyRemoved) EventKind() string { return "people.passkey_removed" }

const passkeyColumns = "credential_id, account_id, name, credential, created_at, used_at"

func scanPasskey(scan func(...any) error) (p Passkey, err error) {
	return p, scan(&p.ID, &p.Account, &p.Name, &p.Credential, &p.CreatedAt, &p.UsedAt)
}

// Passkeys lists an account's passkeys, oldest first.
func Passkeys(tx *db.Tx, account int64) ([]Passkey, error) {
	return db.All(tx, "SELECT "+passkeyColumns+" FROM passkey WHERE account_id = $1 ORDER BY created_at, credential_id", []any{account}, scanPasskey)
}

// AddPasskey keeps a new passkey.
func AddPasskey(tx *db.Tx, p Passkey) error {
	_, err := tx.Exec("INSERT INTO passkey (credential_id, account_id, name, credential, created_at) VALUES ($1, $2, $3, $4, $5)",
		p.ID, p.Account, p.Name, p.Credential, tx.Now)
	if errors.Is(err, db.ErrConflict) {
		return fault.New(fault.Conflict, "people.passkey.known")
	}
	if err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: AccountSubject(p.Account), Actor: p.Account}, PasskeyAdded{p.Name})
	return err
}

// PasskeyUsed keeps the credential record as it stands after a sign-in (its counter, its flags).
func PasskeyUsed(tx *db.Tx, id, credential string) error {
	_, err := tx.Exec("UPDATE passkey SET credential = $2, used_at = $3 WHERE credential_id = $1", id, credential, tx.Now)
	return err
}

// RemovePasskey removes one of the account's passkeys; [db.ErrNotFound] when it is not theirs.
func RemovePasskey(tx *db.Tx, account int64, id string) error {
	var name string
	err := tx.Row("DELETE FROM passkey WHERE account_id = $1 AND credential_id = $2 RETURNING name", []any{account, id}, &name)
	if err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: AccountSubject(account), Actor: account}, PasskeyRemoved{name})
	return err
}

// BeginCeremony keeps the server's side of a passkey's creation or use and returns the token
// under which [EndCeremony] gives it back, once.
func BeginCeremony(tx *db.Tx, state string) (string, error) {
	token, hash := NewToken()
	_, err := tx.Exec("INSERT INTO passkey_ceremony (token_hash, state, expires_at) VALUES ($1, $2, $3)", hash, state, tx.Now.Add(CeremonyLife))
	return token, err
}

// EndCeremony gives back what [BeginCeremony] kept and forgets it: an answer cannot be played again.
func EndCeremony(tx *db.Tx, token string) (state string, err error) {
	var expires time.Time
	err = tx.Row("DELETE FROM passkey_ceremony WHERE token_hash = $1 RETURNING state, expires_at", []any{HashToken(token)}, &state, &expires)
	if errors.Is(err, db.ErrNotFound) || err == nil && !expires.After(tx.Now) {
		return "", fault.New(fault.Conflict, "people.passkey.late")
	}
	return state, err
}
