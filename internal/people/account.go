package people

import (
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

// Account is a person who can sign in. Member is 0 for somebody who is not in the register
// (an employee of the secretariat, an expert).
type Account struct {
	ID        int64
	Member    int64
	Name      string
	Email     string
	Language  string
	CreatedAt time.Time
	ClosedAt  time.Time
}

// AccountSubject and MemberSubject are how the journal names them.
func AccountSubject(id int64) string { return fmt.Sprintf("account/%d", id) }

// MemberSubject is how the journal names a member.
func MemberSubject(id int64) string { return fmt.Sprintf("member/%d", id) }

// AccountOpened is the event of a new account.
type AccountOpened struct {
	Member int64  `json:"member,omitempty"`
	Name   string `json:"name"`
}

func (AccountOpened) EventKind() string { return "people.account_opened" }

const accountColumns = "id, COALESCE(member_id, 0), name, email, language, created_at, closed_at"

func scanAccount(scan func(...any) error) (a Account, err error) {
	return a, scan(&a.ID, &a.Member, &a.Name, &a.Email, &a.Language, &a.CreatedAt, &a.ClosedAt)
}

// FindAccount finds an account by its id.
func FindAccount(tx *db.Tx, id int64) (a Account, err error) {
	return findAccount(tx, "id = $1", id)
}

func findAccount(tx *db.Tx, where string, id int64) (a Account, err error) {
	err = tx.Row("SELECT "+accountColumns+" FROM account WHERE "+where, []any{id},
		&a.ID, &a.Member, &a.Name, &a.Email, &a.Language, &a.CreatedAt, &a.ClosedAt)
	return a, err
}

// OpenMemberAccount returns the member's account, opening it the first time: a member
// never has two.
func OpenMemberAccount(tx *db.Tx, m Member) (Account, error) {
	a, err := findAccount(tx, "member_id = $1", m.ID)
	if !errors.Is(err, db.ErrNotFound) {
		return a, err
	}
	a, err = openAccount(tx, Account{Member: m.ID, Name: m.Name(), Email: m.Email, Language: m.Language})
	if errors.Is(err, errOpened) {
		return findAccount(tx, "member_id = $1", m.ID)
	}
	return a, err
}

// OpenAccount opens an account for somebody who is not a member, or returns the one that
// the address already has.
func OpenAccount(tx *db.Tx, name, email, language string) (Account, error) {
	var id int64
	err := tx.Row("SELECT id FROM account WHERE email = $1 AND member_id IS NULL ORDER BY id LIMIT 1", []any{email}, &id)
	if err == nil {
		return FindAccount(tx, id)
	}
	if !errors.Is(err, db.ErrNotFound) {
		return Account{}, err
	}
	return openAccount(tx, Account{Name: name, Email: email, Language: language})
}

// errOpened says that the member has got an account at this very moment.
var errOpened = errors.New("the member has an account")

func openAccount(tx *db.Tx, a Account) (Account, error) {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now
	if a.Language == "" {
		a.Language = "fr"
	}
	var member any
	if a.Member != 0 {
		member = a.Member
	}
	n, err := tx.Exec("INSERT INTO account (id, member_id, name, email, language, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (member_id) DO NOTHING",
		a.ID, member, a.Name, a.Email, a.Language, a.CreatedAt)
	if err == nil && n == 0 {
		err = errOpened
	}
	if err != nil {
		return a, err
	}
	_, err = journal.Append(tx, journal.About{Subject: AccountSubject(a.ID), Actor: a.ID}, AccountOpened{a.Member, a.Name})
	return a, err
}

// AccountsByEmail lists the open accounts and the members that an address leads to: several
// where a household shares it. Members without an account come with Account.ID 0.
func AccountsByEmail(tx *db.Tx, email string) ([]Account, error) {
	if email == "" {
		return nil, nil
	}
	return db.All(tx, `SELECT COALESCE(a.id, 0), m.id, TRIM(m.first_name || ' ' || m.last_name), m.email, m.language, a.created_at, a.closed_at
			FROM member m LEFT JOIN account a ON a.member_id = m.id
			WHERE m.email = $1 AND m.erased_at IS NULL AND a.closed_at IS NULL
		UNION ALL
		SELECT `+accountColumns+` FROM account WHERE email = $1 AND member_id IS NULL AND closed_at IS NULL
		ORDER BY 3`, []any{email}, scanAccount)
}

// SetLanguage changes the language an account reads in.
func SetLanguage(tx *db.Tx, account int64, language string) error {
	_, err := tx.Exec("UPDATE account SET language = $2 WHERE id = $1", account, language)
	return err
}

// AccountOfMember is the account with which the member signs in, 0 for none.
func AccountOfMember(tx *db.Tx, member int64) (account int64, err error) {
	err = tx.Row("SELECT id FROM account WHERE member_id = $1", []any{member}, &account)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return account, err
}
