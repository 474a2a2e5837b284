package tables

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/tables/mix"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// person is somebody who may sit at a table.
type person struct {
	account     int64
	name        string
	email       string
	number      string // of the register
	college     string
	presides    bool // chair or officer: they stay in plenary, unless they are put somewhere
	facilitates bool
}

const takesPart = "('chair', 'officer', 'scrutineer', 'facilitator', 'expert', 'assistant', 'participant')"

const personQuery = `SELECT a.id, a.name, a.email, COALESCE(m.number, ''), COALESCE(e.college, ''),
		EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.space_id IN ($1, 0) AND r.role IN ('chair', 'officer')),
		EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.space_id IN ($1, 0) AND r.role = 'facilitator')
	FROM account a LEFT JOIN member m ON m.id = a.member_id LEFT JOIN elector e ON e.space_id = $1 AND e.member_id = a.member_id
	WHERE a.closed_at IS NULL AND (e.member_id IS NOT NULL OR EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.space_id IN ($1, 0) AND r.role IN ` + takesPart + `)`

func scanPerson(scan func(...any) error) (p person, err error) {
	return p, scan(&p.account, &p.name, &p.email, &p.number, &p.college, &p.presides, &p.facilitates)
}

// everybody lists who takes part in the space and has an account.
func everybody(tx *db.Tx, spaceID int64) ([]person, error) {
	return db.All(tx, personQuery+") ORDER BY a.name, a.id", []any{spaceID}, scanPerson)
}

// among lists who of these accounts, which are in the session, may sit at a table: members without a
// vote too.
func among(tx *db.Tx, spaceID int64, accounts []int64) (list []person, err error) {
	for bulk := range chunks(accounts, 500) {
		args := []any{spaceID}
		for _, id := range bulk {
			args = append(args, id)
		}
		more, err := db.All(tx, personQuery+" OR a.member_id IS NOT NULL) AND a.id IN ("+db.Marks(2, len(bulk))+")", args, scanPerson)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].name < list[j].name || list[i].name == list[j].name && list[i].account < list[j].account
	})
	return list, nil
}

// present lists the accounts in the session.
func present(s component.LiveSession) (accounts []int64) {
	for id := range s.Present {
		accounts = append(accounts, id)
	}
	return accounts
}

// guests are the people as the mix takes them: college, and what others know of them.
func (c *Component) guests(tx *db.Tx, spaceID int64, list []person, balanced bool) ([]mix.Guest, error) {
	traits := map[string]map[int64]string{}
	if balanced {
		err := component.Ask(c.deps, func(k component.TraitKeeper) error {
			more, err := k.Traits(tx, spaceID)
			for category, values := range more {
				traits[category] = values
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var categories []string
	for category := range traits {
		categories = append(categories, category)
	}
	sort.Strings(categories)
	out := make([]mix.Guest, len(list))
	for i, p := range list {
		out[i].ID = p.account
		if !balanced {
			continue
		}
		out[i].Values = append(out[i].Values, p.college)
		for _, category := range categories {
			out[i].Values = append(out[i].Values, traits[category][p.account])
		}
	}
	return out, nil
}

// metBefore are those who have sat together in earlier rounds.
func metBefore(tx *db.Tx, spaceID int64) (pairs []mix.Pair, err error) {
	tables := map[int64][]int64{}
	err = tx.Each(`SELECT s.table_id, s.account_id FROM tables_seat s JOIN tables_round r ON r.id = s.round_id
		WHERE r.space_id = $1 AND r.opened_at IS NOT NULL AND s.table_id IS NOT NULL ORDER BY s.table_id, s.account_id`, []any{spaceID}, func(scan func(...any) error) error {
		var table, account int64
		err := scan(&table, &account)
		tables[table] = append(tables[table], account)
		return err
	})
	for _, seated := range tables {
		for i := range seated {
			for _, other := range seated[:i] {
				pairs = append(pairs, mix.Pair{A: other, B: seated[i]})
			}
		}
	}
	return pairs, err
}

// placed is a line of a list: somebody, and the table they are put at, 0 for none.
type placed struct {
	person
	table int
}

// readList finds the people of a list, a line each: a name, an address or a member's number, and after
// a semicolon or a tabulation the number of their table, if wanted. A first line of titles is passed over.
func readList(text string, all []person) ([]placed, *fault.Error) {
	known := map[string][]person{}
	for _, p := range all {
		for _, key := range []string{people.Fold(p.name), strings.ToLower(p.email), p.number} {
			if key != "" && !slices.Contains(known[key], p) {
				known[key] = append(known[key], p)
			}
		}
	}
	var out []placed
	var unknown []string
	twice := map[int64]bool{}
	for n, line := range strings.Split(text, "\n") {
		cells := strings.FieldsFunc(strings.TrimSpace(line), func(r rune) bool { return r == ';' || r == '\t' })
		if len(cells) == 0 || strings.TrimSpace(cells[0]) == "" {
			continue
		}
		who := strings.TrimSpace(cells[0])
		found := known[people.Fold(who)]
		if len(found) == 0 {
			found = known[strings.ToLower(who)]
		}
		table, err := 0, error(nil)
		if len(cells) > 1 {
			table, err = strconv.Atoi(strings.TrimSpace(cells[1]))
		}
		switch {
		case n == 0 && len(found) == 0 && (err != nil || len(cells) > 1 && table == 0):
			// titles
		case len(found) != 1 || err != nil || table < 0 || table > maxTables:
			unknown = append(unknown, fmt.Sprintf("« %s »", who))
		case !twice[found[0].account]:
			twice[found[0].account] = true
			out = append(out, placed{found[0], table})
		}
	}
	if len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "tables.list.unknown", "names", strings.Join(unknown[:min(len(unknown), 5)], ", "), "n", len(unknown))
	}
	return out, nil
}
