package minutes

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// lineQuery is every elector of space $1 with how they take part, as
// [electorate.EachParticipant] judges it: in the room before on paper before online, and
// represented only where they do not take part themselves.
const lineQuery = `SELECT e.member_id, e.number, e.name, e.sort_name, e.domicile, e.college, e.shares, e.votes, COALESCE(h.name, '') AS holder,
		COALESCE((SELECT CASE MIN(CASE a.mode WHEN 'room' THEN 1 WHEN 'paper' THEN 2 ELSE 3 END) WHEN 1 THEN 'room' WHEN 2 THEN 'paper' WHEN 3 THEN 'online' END
			FROM attendance a WHERE a.space_id = e.space_id AND a.member_id = e.member_id),
			CASE WHEN h.name IS NULL THEN 'absent' ELSE 'represented' END) AS mode
	FROM elector e
	LEFT JOIN proxy p ON p.space_id = e.space_id AND p.principal_id = e.member_id AND p.state = 'accepted'
	LEFT JOIN elector h ON h.space_id = p.space_id AND h.member_id = p.holder_id
	WHERE e.space_id = $1`

const lineColumns = "member_id, number, name, domicile, college, shares, votes, holder, mode"

// carried is what the principals of one holder bring.
type carried struct {
	n      int
	shares int64
	votes  statute.Frac
}

func lineScanner(mandates map[int64]carried) func(func(...any) error) (Line, error) {
	return func(scan func(...any) error) (l Line, err error) {
		var votes, holder, mode string
		if err = scan(&l.Member, &l.Number, &l.Name, &l.Domicile, &l.College, &l.Shares, &votes, &holder, &mode); err != nil {
			return l, err
		}
		if mode != "absent" {
			l.Mode = electorate.Mode(mode)
		}
		l.Given = holder
		if l.Mode == electorate.Represented {
			l.Holder = holder
		}
		c := mandates[l.Member]
		l.Mandates, l.MandateShares, l.MandateVotes = c.n, c.shares, c.votes
		l.Votes, err = statute.ParseFrac(votes)
		return l, err
	}
}

// mandates adds up what represented electors bring to each holder.
func mandates(tx *db.Tx, spaceID int64) (map[int64]carried, error) {
	out := map[int64]carried{}
	err := tx.Each(`SELECT p.holder_id, e.shares, e.votes FROM proxy p
			JOIN elector e ON e.space_id = p.space_id AND e.member_id = p.principal_id
			JOIN elector h ON h.space_id = p.space_id AND h.member_id = p.holder_id
		WHERE p.space_id = $1 AND p.state = 'accepted'
			AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.space_id = p.space_id AND a.member_id = p.principal_id)`,
		[]any{spaceID}, func(scan func(...any) error) error {
			var holder, shares int64
			var votes string
			if err := scan(&holder, &shares, &votes); err != nil {
				return err
			}
			v, err := statute.ParseFrac(votes)
			c := out[holder]
			out[holder] = carried{c.n + 1, c.shares + shares, c.votes.Add(v)}
			return err
		})
	return out, err
}

// searchLines lists electors, whose number was typed first, then by name: those whose name or number has the words, and who take
// part in that way (a [modeKey], "" for all).
func searchLines(tx *db.Tx, spaceID int64, words, mode string, offset, limit int) (list []Line, total int, err error) {
	carried, err := mandates(tx, spaceID)
	if err != nil {
		return nil, 0, err
	}
	from := " FROM (" + lineQuery + ") l WHERE EXISTS (SELECT 1 FROM member m WHERE m.id = l.member_id AND m.search LIKE $2) AND $3 IN ('', mode)"
	args := []any{spaceID, "%" + people.Fold(words) + "%", mode}
	if err := tx.Row("SELECT count(*)"+from, args, &total); err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, "SELECT "+lineColumns+from+" ORDER BY CASE WHEN number = $4 THEN 0 ELSE 1 END, sort_name, member_id LIMIT $5 OFFSET $6",
		append(args, strings.TrimSpace(words), limit, offset), lineScanner(carried))
	return list, total, err
}

// findLine finds one elector's line; [db.ErrNotFound] for somebody not on the roll.
func findLine(tx *db.Tx, spaceID, member int64) (Line, error) {
	carried, err := mandates(tx, spaceID)
	if err != nil {
		return Line{}, err
	}
	list, err := db.All(tx, "SELECT "+lineColumns+" FROM ("+lineQuery+") l WHERE member_id = $2", []any{spaceID, member}, lineScanner(carried))
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Line{}, err
	}
	return list[0], nil
}

// eachLine calls fn for every elector, by name.
func eachLine(tx *db.Tx, spaceID int64, fn func(Line) error) error {
	carried, err := mandates(tx, spaceID)
	if err != nil {
		return err
	}
	read := lineScanner(carried)
	return tx.Each("SELECT "+lineColumns+" FROM ("+lineQuery+") l ORDER BY sort_name, member_id", []any{spaceID}, func(scan func(...any) error) error {
		l, err := read(scan)
		if err != nil {
			return err
		}
		return fn(l)
	})
}

// findSigned is the closed sheet; nil while it is open.
func findSigned(tx *db.Tx, spaceID int64) (*Signed, error) {
	var s Signed
	var text string
	err := tx.Row("SELECT closed_at, certified_at, hash, snapshot FROM attendance_sheet WHERE space_id = $1", []any{spaceID},
		&s.Closed, &s.Certified, &s.Hash, &text)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if digest(text) != s.Hash {
		return nil, fmt.Errorf("attendance sheet of space %d: what is stored is not what was signed", spaceID)
	}
	if err := json.Unmarshal([]byte(text), &s.Sheet); err != nil {
		return nil, fmt.Errorf("attendance sheet of space %d: %w", spaceID, err)
	}
	s.Signatures, err = signatures(tx, "attendance_signature", spaceID)
	return &s, err
}

// signatures reads those of the sheet or of the minutes, oldest first.
func signatures(tx *db.Tx, table string, spaceID int64) ([]Signature, error) {
	return db.All(tx, "SELECT account_id, name, role, at FROM "+table+" WHERE space_id = $1 ORDER BY at, account_id", []any{spaceID},
		func(scan func(...any) error) (s Signature, err error) {
			return s, scan(&s.Account, &s.Name, &s.Role, &s.At)
		})
}

func insertSignature(tx *db.Tx, table string, spaceID int64, s Signature) error {
	_, err := tx.Exec("INSERT INTO "+table+" (space_id, account_id, name, role, at) VALUES ($1, $2, $3, $4, $5)",
		spaceID, s.Account, s.Name, s.Role, s.At)
	return err
}

func insertSheet(tx *db.Tx, spaceID int64, hash, text string) error {
	_, err := tx.Exec("INSERT INTO attendance_sheet (space_id, closed_at, hash, snapshot) VALUES ($1, $2, $3, $4)", spaceID, tx.Now, hash, text)
	return err
}

func certifySheet(tx *db.Tx, spaceID int64) error {
	_, err := tx.Exec("UPDATE attendance_sheet SET certified_at = $2 WHERE space_id = $1 AND certified_at IS NULL", spaceID, tx.Now)
	return err
}

func deleteSheet(tx *db.Tx, spaceID int64) error {
	if _, err := tx.Exec("DELETE FROM attendance_signature WHERE space_id = $1", spaceID); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM attendance_sheet WHERE space_id = $1 AND certified_at IS NULL", spaceID)
	return err
}

// snapshotText is the closed sheet as it was signed, to the byte.
func snapshotText(tx *db.Tx, spaceID int64) (text string, err error) {
	return text, tx.Row("SELECT snapshot FROM attendance_sheet WHERE space_id = $1", []any{spaceID}, &text)
}

// eachElector calls fn with each line of the electoral roll, by name, as a table has it.
func eachElector(tx *db.Tx, spaceID int64, fn func(row []string) error) error {
	return electorate.EachElector(tx, spaceID, func(e electorate.Elector) error {
		return fn([]string{fmt.Sprint(e.Member), e.Number, e.Name, e.Domicile, e.College, fmt.Sprint(e.Shares), e.Votes.String()})
	})
}
