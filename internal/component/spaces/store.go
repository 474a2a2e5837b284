package spaces

import (
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// prepared is how far the preparation of a space has come.
type prepared struct {
	roles    map[people.Role]int
	statutes bool // a text of its own
	paper    bool // its statutes admit paper ballots
	electors int
}

func loadPreparation(tx *db.Tx, spaceID int64) (prepared, error) {
	p := prepared{roles: map[people.Role]int{}}
	err := tx.Each("SELECT role, count(*) FROM role WHERE space_id = $1 GROUP BY role", []any{spaceID}, func(scan func(...any) error) error {
		var r people.Role
		var n int
		err := scan(&r, &n)
		p.roles[r] = n
		return err
	})
	if err != nil {
		return p, err
	}
	text, err := electorate.Text(tx, spaceID)
	if err != nil {
		return p, err
	}
	p.statutes = text != ""
	rules, err := electorate.Rules(tx, spaceID)
	if err != nil {
		return p, err
	}
	p.paper = rules.Ballot.Paper
	return p, tx.Row("SELECT count(*) FROM elector WHERE space_id = $1", []any{spaceID}, &p.electors)
}

// collegeCount is how many electors of a college there are, and their votes together.
type collegeCount struct {
	College string
	Members int
	Votes   statute.Frac
}

// countRoll counts the electoral roll by college, in the order of their keys.
func countRoll(tx *db.Tx, spaceID int64) ([]collegeCount, error) {
	var out []collegeCount
	err := tx.Each("SELECT college, votes, count(*) FROM elector WHERE space_id = $1 GROUP BY college, votes ORDER BY college", []any{spaceID},
		func(scan func(...any) error) error {
			var college, votes string
			var n int
			if err := scan(&college, &votes, &n); err != nil {
				return err
			}
			each, err := statute.ParseFrac(votes)
			if err != nil {
				return err
			}
			if len(out) == 0 || out[len(out)-1].College != college {
				out = append(out, collegeCount{College: college})
			}
			last := &out[len(out)-1]
			last.Members += n
			last.Votes = last.Votes.Add(each.Mul(statute.Int(int64(n))))
			return nil
		})
	return out, err
}
