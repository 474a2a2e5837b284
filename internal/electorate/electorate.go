// Package electorate is who votes in a space and by which rules: the statutes in force, the
// electoral roll, the proxies and the attendance. Vote, convocation, minutes and meetings
// all stand on it.
package electorate

import (
	"embed"
	"errors"
	"io/fs"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the schema of the electorate.
func Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

//go:embed locale
var locale embed.FS

// Locale is this package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Elector is a member entitled to vote in a space, as the register stood when the roll was
// drawn up.
type Elector struct {
	Member   int64
	Number   string
	Name     string
	SortName string
	Domicile string
	College  string
	Shares   int64
	Votes    statute.Frac
}

// StatutesChanged is the event of new statutes; the whole text is kept.
type StatutesChanged struct {
	Text string `json:"text"`
}

func (StatutesChanged) EventKind() string { return "electorate.statutes_changed" }

// RollDrawn is the event of the electoral roll having been drawn up.
type RollDrawn struct {
	Electors int    `json:"electors"`
	Votes    string `json:"votes"`
	Refused  int    `json:"refused"`
	At       string `json:"at"` // the assembly's day
}

func (RollDrawn) EventKind() string { return "electorate.roll_drawn" }

// Text is the statutes in force for the space, as people edit them; "" before there are any.
func Text(tx *db.Tx, spaceID int64) (text string, err error) {
	err = tx.Row("SELECT text FROM statutes WHERE space_id = $1", []any{spaceID}, &text)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return text, err
}

// Rules are the statutes in force for the space; a space without any has the plain collective's.
func Rules(tx *db.Tx, spaceID int64) (statute.Rules, error) {
	text, err := Text(tx, spaceID)
	if err != nil {
		return statute.Rules{}, err
	}
	if text == "" {
		text = string(statute.Template(statute.Collective))
	}
	rules, _ := statute.Parse([]byte(text))
	return rules, nil
}

// SetStatutes puts new statutes in force, and draws the roll again where there is one that nobody
// has used. Contradictions that the checker calls errors are refused and returned with the
// warnings; so are colleges other than those that a roll in use counts by.
func SetStatutes(tx *db.Tx, actor int64, sp space.Space, text string) ([]statute.Finding, error) {
	rules, findings := statute.Parse([]byte(text))
	findings = append(findings, rules.Check()...)
	if statute.HasError(findings) {
		f := fault.Fields{}
		f.Add("text", "electorate.statutes.errors")
		return findings, f
	}
	_, err := tx.Exec(`INSERT INTO statutes (space_id, text, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (space_id) DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at`, sp.ID, text, tx.Now)
	if err != nil {
		return findings, err
	}
	if _, err := journal.Append(tx, journal.About{Space: sp.ID, Subject: sp.Subject(), Actor: actor}, StatutesChanged{text}); err != nil {
		return findings, err
	}
	return findings, rollFollows(tx, actor, sp, rules)
}

// rollFollows draws the roll up again by new rules, for the same day; a roll in use stays, and the
// rules must know its colleges.
func rollFollows(tx *db.Tx, actor int64, sp space.Space, rules statute.Rules) error {
	drawn, at, err := LastDraw(tx, sp.ID)
	if err != nil || at.IsZero() {
		return err
	}
	used, err := RollUsed(tx, sp.ID)
	if err != nil {
		return err
	}
	if !used {
		day, err := time.Parse(time.DateOnly, drawn.At)
		if err == nil {
			_, _, err = DrawRoll(tx, actor, sp, day)
		}
		return err
	}
	return tx.Each("SELECT DISTINCT college FROM elector WHERE space_id = $1", []any{sp.ID}, func(scan func(...any) error) error {
		var college string
		if err := scan(&college); err != nil {
			return err
		}
		if _, known := rules.College(college); known || len(rules.Colleges) == 0 && college == "" {
			return nil
		}
		f := fault.Fields{}
		f.Add("text", "electorate.statutes.colleges")
		return f
	})
}

const electorColumns = "member_id, number, name, sort_name, domicile, college, shares, votes"

func scanElector(scan func(...any) error) (e Elector, err error) {
	var votes string
	if err = scan(&e.Member, &e.Number, &e.Name, &e.SortName, &e.Domicile, &e.College, &e.Shares, &votes); err != nil {
		return e, err
	}
	e.Votes, err = statute.ParseFrac(votes)
	return e, err
}

// FindElector finds a member on the roll; [db.ErrNotFound] when not entitled.
func FindElector(tx *db.Tx, spaceID, member int64) (Elector, error) {
	list, err := db.All(tx, "SELECT "+electorColumns+" FROM elector WHERE space_id = $1 AND member_id = $2", []any{spaceID, member}, scanElector)
	if err != nil {
		return Elector{}, err
	}
	if len(list) == 0 {
		return Elector{}, db.ErrNotFound
	}
	return list[0], nil
}

// EachElector calls fn for every elector, by name.
func EachElector(tx *db.Tx, spaceID int64, fn func(Elector) error) error {
	return tx.Each("SELECT "+electorColumns+" FROM elector WHERE space_id = $1 ORDER BY sort_name, member_id", []any{spaceID},
		func(scan func(...any) error) error {
			e, err := scanElector(scan)
			if err != nil {
				return err
			}
			return fn(e)
		})
}

// SearchElectors lists up to limit electors whose name or number begins a word like text: first
// whose number it is, then by name.
func SearchElectors(tx *db.Tx, spaceID int64, text string, offset, limit int) (list []Elector, total int, err error) {
	where := ` FROM elector e JOIN member m ON m.id = e.member_id WHERE e.space_id = $1 AND m.search LIKE $2`
	args := []any{spaceID, "%" + people.Fold(text) + "%"}
	if err := tx.Row("SELECT count(*)"+where, args, &total); err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, `SELECT e.member_id, e.number, e.name, e.sort_name, e.domicile, e.college, e.shares, e.votes`+where+
		` ORDER BY CASE WHEN e.number = $3 THEN 0 ELSE 1 END, e.sort_name, e.member_id LIMIT $4 OFFSET $5`,
		append(args, strings.TrimSpace(text), limit, offset), scanElector)
	return list, total, err
}

// DrawRoll draws up the electoral roll from the register for an assembly held on the day:
// it replaces an earlier roll and is refused once somebody has voted or given a proxy.
func DrawRoll(tx *db.Tx, actor int64, sp space.Space, assembly time.Time) (electors, refused int, err error) {
	var used int
	err = tx.Row(`SELECT (SELECT count(*) FROM attendance WHERE space_id = $1) + (SELECT count(*) FROM proxy WHERE space_id = $1)`,
		[]any{sp.ID}, &used)
	if err != nil {
		return 0, 0, err
	}
	if used > 0 {
		return 0, 0, fault.New(fault.Conflict, "electorate.roll.used")
	}
	rules, err := Rules(tx, sp.ID)
	if err != nil {
		return 0, 0, err
	}
	members, refused, totals, err := entitled(tx, rules, assembly)
	if err != nil {
		return 0, 0, err
	}
	if len(rules.Colleges) == 0 { // those of the register count for nothing here
		for i := range members {
			members[i].College = ""
		}
	}
	if _, err := tx.Exec("DELETE FROM elector WHERE space_id = $1", sp.ID); err != nil {
		return 0, 0, err
	}
	var sum statute.Frac
	for _, m := range members {
		votes, _ := rules.VotesOf(facts(m), totals)
		sum = sum.Add(votes)
		_, err := tx.Exec(`INSERT INTO elector (space_id, member_id, number, name, sort_name, domicile, college, shares, votes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			sp.ID, m.ID, m.Number, m.Name(), people.Fold(m.SortName()), m.Domicile(), m.College, m.Shares, votes.String())
		if err != nil {
			return 0, 0, err
		}
	}
	_, err = journal.Append(tx, journal.About{Space: sp.ID, Subject: sp.Subject(), Actor: actor},
		RollDrawn{Electors: len(members), Votes: sum.String(), Refused: refused, At: assembly.Format(time.DateOnly)})
	return len(members), refused, err
}

// entitled reads the register and keeps who may vote.
func entitled(tx *db.Tx, rules statute.Rules, assembly time.Time) (members []people.Member, refused int, totals statute.Totals, err error) {
	day := assembly.Format(time.DateOnly)
	err = people.EachMember(tx, func(m people.Member) error {
		if !m.ErasedAt.IsZero() || m.LeftOn != "" && m.LeftOn <= day {
			return nil
		}
		if ok, _ := rules.Entitled(facts(m), assembly); !ok {
			refused++
			return nil
		}
		members = append(members, m)
		totals.Shares += m.Shares
		return nil
	})
	return members, refused, totals, err
}

func facts(m people.Member) statute.MemberFacts {
	f := statute.MemberFacts{College: m.College, Shares: m.Shares, PaidShares: m.Shares}
	if !m.PaidUp {
		f.PaidShares = 0
	}
	if t, err := time.Parse(time.DateOnly, m.AdmittedOn); err == nil {
		f.Admitted = t
	}
	return f
}
