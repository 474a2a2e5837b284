package people

import (
	"strings"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

const memberInsert = "INSERT INTO member (" + memberColumns + ", search, sort_name, sort_number) VALUES "

const memberUpdate = ` ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, last_name = excluded.last_name, first_name = excluded.first_name,
	email = excluded.email, address = excluded.address, postcode = excluded.postcode, city = excluded.city,
	country = excluded.country, phone = excluded.phone, college = excluded.college, shares = excluded.shares,
	paid_up = excluded.paid_up, admitted_on = excluded.admitted_on, left_on = excluded.left_on, language = excluded.language,
	updated_at = excluded.updated_at, erased_at = excluded.erased_at, search = excluded.search,
	sort_name = excluded.sort_name, sort_number = excluded.sort_number`

func upsertMembers(tx *db.Tx, list []Member) error {
	rows, statement := 0, ""
	for len(list) > 0 {
		if n := tx.BulkRows(len(list)); n != rows {
			rows, statement = n, memberInsert+db.Values(n, 22)+memberUpdate
		}
		args := make([]any, 0, 22*rows)
		for _, m := range list[:rows] {
			args = append(args, m.ID, m.Number, string(m.Kind), m.LastName, m.FirstName, m.Email, m.Address, m.Postcode, m.City,
				m.Country, m.Phone, m.College, m.Shares, m.PaidUp, m.AdmittedOn, m.LeftOn, m.Language, m.UpdatedAt, m.ErasedAt,
				m.searchText(), Fold(m.SortName()), sortNumber(m.Number))
		}
		if _, err := tx.Exec(statement, args...); err != nil {
			return err
		}
		list = list[rows:]
	}
	return nil
}

// sortNumber orders numbers as people do: each run of digits is written with twelve.
func sortNumber(number string) string {
	var b strings.Builder
	for i := 0; i < len(number); {
		end := i
		for end < len(number) && number[end] >= '0' && number[end] <= '9' {
			end++
		}
		if end == i {
			b.WriteByte(number[i])
			i++
			continue
		}
		digits := strings.TrimLeft(number[i:end], "0")
		b.WriteString(strings.Repeat("0", max(0, 12-len(digits))))
		b.WriteString(digits)
		i = end
	}
	return Fold(b.String())
}

// together is how many lines are looked up or made ready at once: it bounds the memory they
// take, and the parameters of a statement, which SQLite looks through for each of them.
const together = 250

// SaveMembers writes many lines at once, each with its event. The caller has validated them
// and has looked them up: New lines get their id here, the others carry it. said is told
// how many are written from time to time.
func SaveMembers(tx *db.Tx, actor int64, changes []MemberChanged, said func(done int)) error {
	members := make([]Member, 0, together)
	entries := make([]journal.Entry, 0, together)
	for done := 0; done < len(changes); {
		members, entries = members[:0], entries[:0]
		for _, c := range changes[done:min(done+together, len(changes))] {
			if c.New {
				c.Member.ID = tx.NewID()
			}
			c.Member.UpdatedAt = tx.Now
			members = append(members, c.Member)
			entries = append(entries, journal.Entry{About: journal.About{Subject: MemberSubject(c.Member.ID), Actor: actor}, Payload: c})
		}
		if err := upsertMembers(tx, members); err != nil {
			return err
		}
		if err := journal.AppendAll(tx, entries); err != nil {
			return err
		}
		done += len(members)
		said(done)
	}
	_, err := tx.Exec(`UPDATE account SET name = TRIM(m.first_name || ' ' || m.last_name), email = m.email
		FROM member m WHERE m.id = account.member_id AND m.updated_at = $1`, tx.Now)
	return err
}

// MembersByNumber finds the lines that have these numbers.
func MembersByNumber(tx *db.Tx, numbers []string) (map[string]Member, error) {
	found := make(map[string]Member, len(numbers))
	for len(numbers) > 0 {
		n := min(together, len(numbers))
		list, err := db.All(tx, "SELECT "+memberColumns+" FROM member WHERE number IN ("+db.Marks(1, n)+")", anys(numbers[:n]), scanMember)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			found[m.Number] = m
		}
		numbers = numbers[n:]
	}
	return found, nil
}

// NumbersByEmail tells which numbers each of these addresses belongs to in the register.
func NumbersByEmail(tx *db.Tx, emails []string) (map[string][]string, error) {
	found := map[string][]string{}
	for len(emails) > 0 {
		n := min(together, len(emails))
		err := tx.Each("SELECT email, number FROM member WHERE email IN ("+db.Marks(1, n)+") ORDER BY number", anys(emails[:n]),
			func(scan func(...any) error) error {
				var email, number string
				err := scan(&email, &number)
				found[email] = append(found[email], number)
				return err
			})
		if err != nil {
			return nil, err
		}
		emails = emails[n:]
	}
	return found, nil
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// Mark is a state of the whole register: it is another after any change.
type Mark struct{ lines, sum int64 }

// RegisterMark is the register's state now.
func RegisterMark(tx *db.Tx) (m Mark, err error) {
	return m, tx.Row("SELECT count(*), CAST(COALESCE(sum(updated_at), 0) AS BIGINT) FROM member", nil, &m.lines, &m.sum)
}

// HoldRegister keeps others from changing the register until the transaction ends, and tells
// whether it is still as it was at the mark.
func HoldRegister(tx *db.Tx, mark Mark) (same bool, err error) {
	if tx.Dialect == db.Postgres { // SQLite has one writer
		if _, err := tx.Exec("LOCK TABLE member IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return false, err
		}
	}
	now, err := RegisterMark(tx)
	return now == mark, err
}
