package electorate

import (
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// ProxyFilter names proxies; empty fields do not narrow. Text is a number or words of the name of
// the principal or the holder.
type ProxyFilter struct {
	State ProxyState
	Text  string
}

// SearchProxies lists the proxies of a space that the filter names, the latest first; total counts
// them all.
func SearchProxies(tx *db.Tx, spaceID int64, f ProxyFilter, offset, limit int) (list []Proxy, total int, err error) {
	args := []any{spaceID, string(f.State)}
	where := " WHERE p.space_id = $1 AND ($2 = '' OR p.state = $2)"
	if text := strings.TrimSpace(f.Text); text != "" {
		args = append(args, text)
		who := []string{fmt.Sprintf("$%d IN (pe.number, he.number)", len(args))}
		if words := nameWords(text); len(words) > 0 {
			who = append(who, wordsIn("pe.sort_name", words, &args), wordsIn("he.sort_name", words, &args))
		}
		where += " AND (" + strings.Join(who, " OR ") + ")"
	}
	if err := tx.Row("SELECT count(*)"+proxySource+where, append([]any(nil), args...), &total); err != nil {
		return nil, 0, err
	}
	args = append(args, limit, offset)
	list, err = db.All(tx, fmt.Sprintf("%s%s ORDER BY p.id DESC LIMIT $%d OFFSET $%d", proxyQuery, where, len(args)-1, len(args)), args, scanProxy)
	return list, total, err
}

// CountProxies counts the proxies of a space by state.
func CountProxies(tx *db.Tx, spaceID int64) (map[ProxyState]int, error) {
	out := map[ProxyState]int{}
	err := tx.Each("SELECT state, count(*) FROM proxy WHERE space_id = $1 GROUP BY state", []any{spaceID}, func(scan func(...any) error) error {
		var s ProxyState
		var n int
		if err := scan(&s, &n); err != nil {
			return err
		}
		out[s] = n
		return nil
	})
	return out, err
}

// Holding is what one person holds: so many accepted proxies, of so many votes, and so many offers
// not answered yet.
type Holding struct {
	Member  int64
	Name    string
	College string
	Held    int
	Offered int
	Votes   statute.Frac
}

// Holdings lists those to whom proxies stand, who hold most first; total counts them all.
func Holdings(tx *db.Tx, spaceID int64, offset, limit int) (list []Holding, total int, err error) {
	const standing = " FROM proxy p WHERE p.space_id = $1 AND p.state IN ('offered', 'accepted')"
	if err := tx.Row("SELECT count(DISTINCT p.holder_id)"+standing, []any{spaceID}, &total); err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, `SELECT h.holder_id, COALESCE(e.name, m.first_name || ' ' || m.last_name), COALESCE(e.college, m.college), h.held, h.offered
		FROM (SELECT p.holder_id, sum(CASE WHEN p.state = 'accepted' THEN 1 ELSE 0 END) AS held,
				sum(CASE WHEN p.state = 'offered' THEN 1 ELSE 0 END) AS offered`+standing+` GROUP BY p.holder_id) h
			JOIN member m ON m.id = h.holder_id LEFT JOIN elector e ON e.space_id = $1 AND e.member_id = h.holder_id
		ORDER BY h.held DESC, h.offered DESC, h.holder_id LIMIT $2 OFFSET $3`, []any{spaceID, limit, offset},
		func(scan func(...any) error) (h Holding, err error) {
			return h, scan(&h.Member, &h.Name, &h.College, &h.Held, &h.Offered)
		})
	for i := range list {
		held, err := Mandates(tx, spaceID, list[i].Member)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range held {
			list[i].Votes = list[i].Votes.Add(e.Votes)
		}
	}
	return list, total, err
}
