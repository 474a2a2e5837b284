package people

import (
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const memberColumns = `id, number, kind, last_name, first_name, email, address, postcode, city, country, phone,
	college, shares, paid_up, admitted_on, left_on, language, updated_at, erased_at`

func scanMember(scan func(...any) error) (m Member, err error) {
	return m, scan(&m.ID, &m.Number, &m.Kind, &m.LastName, &m.FirstName, &m.Email, &m.Address, &m.Postcode, &m.City, &m.Country, &m.Phone,
		&m.College, &m.Shares, &m.PaidUp, &m.AdmittedOn, &m.LeftOn, &m.Language, &m.UpdatedAt, &m.ErasedAt)
}

// MemberChanged is the event of a line of the register as it stands from now on. New tells
// that the line is new; Import is the import that brought it, 0 for a change by hand.
type MemberChanged struct {
	New    bool   `json:"new,omitempty"`
	Import int64  `json:"import,omitempty"`
	Member Member `json:"member"`
}

func (MemberChanged) EventKind() string { return "people.member_changed" }

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "’", "'")

// Fold writes s without accents and in lower case, for searching.
func Fold(s string) string {
	s = strings.ToLower(s)
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(ligatures.Replace(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (m Member) searchText() string {
	return Fold(strings.Join([]string{m.Number, m.LastName, m.FirstName, m.LastName, m.Email, m.City}, " "))
}

// longest is how many characters a field may have.
const longest = 500

// Normalise trims what was typed; Validate then says what cannot be accepted.
func (m *Member) Normalise() {
	for _, s := range []*string{&m.Number, &m.LastName, &m.FirstName, &m.Email, &m.Address, &m.Postcode, &m.City, &m.Country,
		&m.Phone, &m.College, &m.AdmittedOn, &m.LeftOn, &m.Language} {
		*s = strings.TrimSpace(*s)
	}
	m.Address = strings.ReplaceAll(m.Address, "\r\n", "\n")
	m.Email = strings.ToLower(m.Email)
	if m.Kind == "" {
		m.Kind = Person
	}
	if m.Language == "" {
		m.Language = "fr"
	}
}

// Validate says what of the line cannot be accepted, by field.
func (m Member) Validate() fault.Fields {
	f := fault.Fields{}
	if m.Number == "" {
		f.Add("number", "people.member.number")
	}
	if m.LastName == "" {
		f.Add("last_name", "people.member.name")
	}
	if m.Email != "" {
		if a, err := mail.ParseAddress(m.Email); err != nil || a.Address != m.Email {
			f.Add("email", "people.member.email", "value", m.Email)
		}
	}
	if m.Shares < 0 {
		f.Add("shares", "people.member.shares")
	}
	if m.Kind != Person && m.Kind != Organisation {
		f.Add("kind", "people.member.kind", "value", string(m.Kind))
	}
	for field, day := range map[string]string{"admitted_on": m.AdmittedOn, "left_on": m.LeftOn} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			f.Add(field, "people.member.date", "value", day)
		}
	}
	for _, field := range Fields {
		switch text := m.Get(field); {
		case utf8.RuneCountInString(text) > longest:
			f.Add(string(field), "people.member.long", "max", longest)
		case strings.ContainsFunc(text, func(r rune) bool {
			return r == utf8.RuneError || unicode.IsControl(r) && (r != '\n' || field != FieldAddress)
		}):
			f.Add(string(field), "people.member.unreadable")
		}
	}
	if m.Language != "fr" && m.Language != "en" {
		f.Add("language", "people.member.language", "value", m.Language)
	}
	return f
}

// FindMember finds a line of the register.
func FindMember(tx *db.Tx, id int64) (Member, error) {
	return oneMember(tx, "id = $1", id)
}

// FindMemberByNumber finds a line of the register by its number.
func FindMemberByNumber(tx *db.Tx, number string) (Member, error) {
	return oneMember(tx, "number = $1", number)
}

func oneMember(tx *db.Tx, where string, arg any) (Member, error) {
	list, err := db.All(tx, "SELECT "+memberColumns+" FROM member WHERE "+where, []any{arg}, scanMember)
	if err != nil {
		return Member{}, err
	}
	if len(list) == 0 {
		return Member{}, db.ErrNotFound
	}
	return list[0], nil
}

// SaveMember adds the line, or changes the one with the same number, and returns it with its
// id. A line that changes nothing leaves no trace; one that was erased is not filled again.
func SaveMember(tx *db.Tx, actor int64, m Member) (Member, error) {
	m.Normalise()
	if err := m.Validate().Err(); err != nil {
		return m, err
	}
	old, err := FindMemberByNumber(tx, m.Number)
	isNew := errors.Is(err, db.ErrNotFound)
	if err != nil && !isNew {
		return m, err
	}
	if isNew {
		m.ID = tx.NewID()
	} else {
		if !old.ErasedAt.IsZero() {
			return m, fault.New(fault.Conflict, "people.member.erased")
		}
		m.ID, m.UpdatedAt, m.ErasedAt = old.ID, old.UpdatedAt, old.ErasedAt
		if m == old {
			return m, nil
		}
	}
	m.UpdatedAt, m.ErasedAt = tx.Now, time.Time{}
	if err := writeMember(tx, m); err != nil {
		return m, err
	}
	if !isNew {
		if _, err := tx.Exec("UPDATE account SET name = $2, email = $3 WHERE member_id = $1", m.ID, m.Name(), m.Email); err != nil {
			return m, err
		}
	}
	_, err = journal.Append(tx, journal.About{Subject: MemberSubject(m.ID), Actor: actor}, MemberChanged{New: isNew, Member: m})
	return m, err
}

func writeMember(tx *db.Tx, m Member) error { return upsertMembers(tx, []Member{m}) }

// EachMember calls fn for every line of the register, by number.
func EachMember(tx *db.Tx, fn func(Member) error) error {
	return tx.Each("SELECT "+memberColumns+" FROM member ORDER BY number", nil, func(scan func(...any) error) error {
		m, err := scanMember(scan)
		if err != nil {
			return err
		}
		return fn(m)
	})
}
