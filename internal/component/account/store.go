package account

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// accountFile is what account.json says of an account.
type accountFile struct {
	Name      string        `json:"name"`
	Email     string        `json:"email"`
	Language  string        `json:"language"`
	CreatedAt time.Time     `json:"created_at"`
	SignedIn  []sessionFile `json:"signed_in"`
	Passkeys  []passkeyFile `json:"passkeys"`
}

type sessionFile struct {
	Since  time.Time     `json:"since"`
	Method people.Method `json:"method"`
	Device string        `json:"device"`
}

type passkeyFile struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
}

func exportAccount(tx *db.Tx, id int64, add component.AddFile) error {
	a, err := people.FindAccount(tx, id)
	if err != nil {
		return err
	}
	file := accountFile{Name: a.Name, Email: a.Email, Language: a.Language, CreatedAt: a.CreatedAt,
		SignedIn: []sessionFile{}, Passkeys: []passkeyFile{}}
	sessions, err := people.Sessions(tx, id)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		file.SignedIn = append(file.SignedIn, sessionFile{s.CreatedAt, s.Method, s.Device})
	}
	passkeys, err := people.Passkeys(tx, id)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		file.Passkeys = append(file.Passkeys, passkeyFile{p.Name, p.CreatedAt, p.UsedAt})
	}
	return add("account.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(file)
	})
}

// ExportMember adds account.json: the member's account, where it is signed in and its passkeys.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	id, err := accountOf(tx, member)
	if errors.Is(err, db.ErrNotFound) {
		return nil // the member has never signed in
	}
	if err != nil {
		return err
	}
	return exportAccount(tx, id, add)
}

func accountOf(tx *db.Tx, member int64) (id int64, err error) {
	return id, tx.Row("SELECT id FROM account WHERE member_id = $1", []any{member}, &id)
}

// EraseMember closes the member's account and forgets its name, its address and every way to sign in.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	for _, statement := range []string{
		"DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE member_id = $1)",
		"DELETE FROM passkey WHERE account_id IN (SELECT id FROM account WHERE member_id = $1)",
		"DELETE FROM paper_code WHERE member_id = $1",
		`DELETE FROM sign_in_link WHERE email <> '' AND email IN
			(SELECT email FROM account WHERE member_id = $1 UNION SELECT email FROM member WHERE id = $1)`,
	} {
		if _, err := tx.Exec(statement, member); err != nil {
			return err
		}
	}
	_, err := tx.Exec("UPDATE account SET name = '', email = '', closed_at = COALESCE(closed_at, $2) WHERE member_id = $1", member, tx.Now)
	return err
}

// Export adds accounts.jsonl, one account a line, with the number of the member it belongs to.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	type line struct {
		ID        int64     `json:"id"`
		Member    string    `json:"member,omitempty"`
		Name      string    `json:"name"`
		Email     string    `json:"email"`
		Language  string    `json:"language"`
		CreatedAt time.Time `json:"created_at"`
		ClosedAt  time.Time `json:"closed_at,omitzero"`
	}
	return add("accounts.jsonl", func(w io.Writer) error {
		e := json.NewEncoder(w)
		return tx.Each(`SELECT a.id, COALESCE(m.number, ''), a.name, a.email, a.language, a.created_at, a.closed_at
			FROM account a LEFT JOIN member m ON m.id = a.member_id ORDER BY a.id`, nil, func(scan func(...any) error) error {
			var l line
			if err := scan(&l.ID, &l.Member, &l.Name, &l.Email, &l.Language, &l.CreatedAt, &l.ClosedAt); err != nil {
				return err
			}
			return e.Encode(l)
		})
	})
}
