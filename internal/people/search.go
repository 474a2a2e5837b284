package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// MemberFilter narrows and orders a list of members; zero fields do not narrow.
type MemberFilter struct {
	Text     string // words of the number, the name, the address or the town
	College  string // key of a college; NoCollege for those that have none
	State    MemberState
	ByNumber bool // instead of by name
}

// NoCollege as MemberFilter.College asks for the members without a college.
const NoCollege = "-"

// MemberState tells members apart by whether they have left.
type MemberState string

const (
	AnyState MemberState = ""
	Present  MemberState = "present"
	Gone     MemberState = "left"
)

// Place is where a page of a list begins: behind the member After, before the member Before,
// or at the start.
type Place struct{ After, Before int64 }

// MemberPage is one page of a list. Earlier and Later tell whether there are more lines on
// either side; Total counts the whole list.
type MemberPage struct {
	Members        []Member
	Earlier, Later bool
	Total          int
}

// conditions gives the WHERE clause of the filter and its arguments.
func (f MemberFilter) conditions(today string) (where []string, args []any) {
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	for _, word := range strings.Fields(Fold(f.Text)) {
		add(`search LIKE $%d ESCAPE '\'`, "%"+likeEscape.Replace(word)+"%")
	}
	switch f.College {
	case "":
	case NoCollege:
		add("college = $%d", "")
	default:
		add("college = $%d", f.College)
	}
	switch f.State {
	case Present:
		add("(left_on = '' OR left_on > $%d)", today)
	case Gone:
		add("(left_on <> '' AND left_on <= $%d)", today)
	}
	return where, args
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// SearchMembers gives a page of up to limit members as of the day. The page is found by the
// place of its first line, so that the last page of a long register costs what the first does.
// A member whose number is the text looked for stands first on the first page, and where they belong.
func SearchMembers(tx *db.Tx, f MemberFilter, day time.Time, p Place, limit int) (MemberPage, error) {
	var page MemberPage
	where, args := f.conditions(day.Format(time.DateOnly))
	key := "sort_name"
	if f.ByNumber {
		key = "sort_number"
	}
	pageWhere, pageArgs, order := where, args, "%[1]s, id"
	anchor, from := p.After, ">"
	if p.Before != 0 {
		anchor, from, order = p.Before, "<", "%[1]s DESC, id DESC"
	}
	started, err := false, error(nil)
	if anchor != 0 {
		var at string
		err = tx.Row("SELECT "+key+" FROM member WHERE id = $1", []any{anchor}, &at)
		if started = err == nil; started {
			pageArgs = append(slices.Clone(args), at, anchor)
			pageWhere = append(slices.Clone(where), fmt.Sprintf("(%s, id) %s ($%d, $%d)", key, from, len(pageArgs)-1, len(pageArgs)))
		} else if !errors.Is(err, db.ErrNotFound) {
			return page, err
		}
	}
	order = fmt.Sprintf(order, key)
	// The inner query is answered by an index alone; only the lines shown are then read.
	page.Members, err = db.All(tx, "SELECT "+memberColumns+" FROM member WHERE id IN (SELECT id FROM member"+whereText(pageWhere)+
		" ORDER BY "+order+fmt.Sprintf(" LIMIT %d", limit+1)+") ORDER BY "+order, slices.Clone(pageArgs), scanMember)
	if err != nil {
		return page, err
	}
	more := len(page.Members) > limit
	if more {
		page.Members = page.Members[:limit]
	}
	page.Earlier, page.Later = started, more
	if p.Before != 0 {
		slices.Reverse(page.Members)
		page.Earlier, page.Later = more, started
	}
	if !started {
		if err := page.numberFirst(tx, f.Text, where, args); err != nil {
			return page, err
		}
	}
	page.Total = len(page.Members)
	if page.Earlier || page.Later { // otherwise the page is the whole list
		err = tx.Row("SELECT count(*) FROM member"+whereText(where), args, &page.Total)
	}
	return page, err
}

// numberFirst puts the member whose number is what was looked for before the others.
func (p *MemberPage) numberFirst(tx *db.Tx, text string, where []string, args []any) error {
	number := strings.TrimSpace(text)
	if number == "" {
		return nil
	}
	args = append(slices.Clone(args), number)
	where = append(slices.Clone(where), fmt.Sprintf("number = $%d", len(args)))
	found, err := db.All(tx, "SELECT "+memberColumns+" FROM member"+whereText(where), args, scanMember)
	if err != nil || len(found) == 0 {
		return err
	}
	rest := slices.DeleteFunc(p.Members, func(m Member) bool { return m.ID == found[0].ID })
	p.Members = slices.Concat(found, rest)
	return nil
}

func whereText(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// CountMembers counts the lines of the register.
func CountMembers(tx *db.Tx) (n int, err error) {
	return n, tx.Row("SELECT count(*) FROM member", nil, &n)
}

// MembersAfter gives up to limit members behind the number, in the order of [EachMember]: a
// long reading in several short transactions.
func MembersAfter(tx *db.Tx, number string, limit int) ([]Member, error) {
	return db.All(tx, "SELECT "+memberColumns+" FROM member WHERE number > $1 ORDER BY number LIMIT $2", []any{number, limit}, scanMember)
}
