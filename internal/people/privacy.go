package people

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// MemberErased is the event of a member's personal data having been destroyed.
type MemberErased struct{}

func (MemberErased) EventKind() string { return "people.member_erased" }

// erasedName stands where a list wants a name.
const erasedName = "—"

// ExportMember adds the files that hold what the register knows of a member, and what the
// journal says of them and of their account.
func ExportMember(tx *db.Tx, member int64, add func(name string, write func(io.Writer) error) error) error {
	m, err := FindMember(tx, member)
	if err != nil {
		return err
	}
	if err := add("member.json", jsonFile(m)); err != nil {
		return err
	}
	history, err := aboutMember(tx, member)
	if err != nil {
		return err
	}
	events := make([]eventFile, len(history))
	for i, e := range history {
		events[i] = eventFile{e.At, e.Kind, e.Payload}
	}
	return add("history.json", jsonFile(events))
}

type eventFile struct {
	At   time.Time       `json:"at"`
	Kind string          `json:"kind"`
	Said json.RawMessage `json:"said"`
}

func jsonFile(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// aboutMember lists what the journal says of the member and of their account.
func aboutMember(tx *db.Tx, member int64) ([]journal.Event, error) {
	events, err := journal.Read(tx, journal.Filter{Subject: MemberSubject(member)})
	if err != nil {
		return nil, err
	}
	var account int64
	err = tx.Row("SELECT id FROM account WHERE member_id = $1", []any{member}, &account)
	if errors.Is(err, db.ErrNotFound) {
		return events, nil
	}
	if err != nil {
		return nil, err
	}
	more, err := journal.Read(tx, journal.Filter{Subject: AccountSubject(account)})
	return append(events, more...), err
}

// MayErase tells why a member's data cannot be erased: the register is an obligation while
// they are a member, and an administrator must hand that role over first.
func MayErase(tx *db.Tx, m Member) error {
	switch {
	case !m.ErasedAt.IsZero():
		return fault.New(fault.Conflict, "people.member.erased")
	case m.LeftOn == "" || m.LeftOn > tx.Now.Format(time.DateOnly):
		return fault.New(fault.Conflict, "people.erase.present")
	}
	var administers bool
	err := tx.Row(`SELECT EXISTS (SELECT 1 FROM role r JOIN account a ON a.id = r.account_id
		WHERE a.member_id = $1 AND r.role = 'administrator')`, []any{m.ID}, &administers)
	if err == nil && administers {
		err = fault.New(fault.Conflict, "people.erase.administrator")
	}
	return err
}

// EraseMember destroys what the register holds of somebody who has left: name and addresses,
// roles, and what the journal says of them here. The number, the kind, the college, the shares
// and the dates stay, without a name. Components erase theirs before, in the same transaction.
func EraseMember(tx *db.Tx, actor, member int64) error {
	m, err := FindMember(tx, member)
	if err != nil {
		return err
	}
	if err := MayErase(tx, m); err != nil {
		return err
	}
	if err := eraseEvents(tx, member); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM role WHERE account_id IN (SELECT id FROM account WHERE member_id = $1)", m.ID); err != nil {
		return err
	}
	bare := Member{ID: m.ID, Number: m.Number, Kind: m.Kind, LastName: erasedName, College: m.College, Shares: m.Shares,
		PaidUp: m.PaidUp, AdmittedOn: m.AdmittedOn, LeftOn: m.LeftOn, Language: m.Language, UpdatedAt: tx.Now, ErasedAt: tx.Now}
	if err := writeMember(tx, bare); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE register_import_issue SET cells = '', reasons = '' WHERE number = $1", m.Number); err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: MemberSubject(member), Actor: actor}, MemberErased{})
	return err
}

// eraseEvents empties the events of the register and of accounts; those of an assembly are
// for its components.
func eraseEvents(tx *db.Tx, member int64) error {
	for { // what is stored but not chained yet would not be read
		if n, err := journal.Chain(tx); err != nil {
			return err
		} else if n == 0 {
			break
		}
	}
	events, err := aboutMember(tx, member)
	if err != nil {
		return err
	}
	for _, e := range events {
		if strings.HasPrefix(e.Kind, "people.") {
			if err := journal.Erase(tx, e.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
