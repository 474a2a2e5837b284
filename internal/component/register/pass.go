package register

import (
	"errors"
	"fmt"
	"io"

	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// batch is how many rows are compared with the register at once.
const batch = 250

// pass is one reading of a file against the register: what each row would change, and which
// rows are refused or deserve a look. Nothing is written to the register.
type pass struct {
	tx      *db.Tx
	id      int64
	plan    *plan
	counts  people.ImportCounts
	keep    bool // collect the changes
	changes []people.MemberChanged
	// found is given the rows refused, and those with a warning, some at a time.
	found func([]people.ImportIssue) error

	fresh  bool           // the register has no line yet
	lines  map[string]int // number → line of the file that has it
	emails map[string]string
	issues []people.ImportIssue
}

// pieceReader reads an import's file in the transaction, one piece at a time.
type pieceReader struct {
	tx   *db.Tx
	id   int64
	next int
	rest []byte
	said func(read int)
}

func (r *pieceReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		piece, err := people.ImportPiece(r.tx, r.id, r.next)
		if errors.Is(err, db.ErrNotFound) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		r.rest = piece
		r.next++
		r.said(len(piece))
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// run reads the whole file. said is told how many more bytes were read.
func (p *pass) run(said func(read int)) error {
	n, err := people.CountMembers(p.tx)
	if err != nil {
		return err
	}
	p.fresh, p.lines, p.emails = n == 0, map[string]int{}, map[string]string{}
	o := p.plan.options
	reader := sheet.NewReader(&pieceReader{tx: p.tx, id: p.id, said: said}, sheet.Encoding(o.Encoding), sheet.DelimiterNamed(o.Delimiter))
	rows := make([]sheet.Row, 0, batch)
	for nth := 1; ; nth++ {
		row, err := reader.Next()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && nth > o.HeaderRow {
			rows = append(rows, row)
		}
		if len(rows) == batch || err == io.EOF {
			if err := p.compare(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
		if err == io.EOF {
			break
		}
	}
	p.counts.Colleges = p.plan.unknown
	if len(p.plan.unknown) == maxColleges {
		return fault.New(fault.Invalid, "register.import.too_many_colleges")
	}
	return p.found(p.issues)
}

// compare reads a batch of rows and compares them with the lines that have their numbers.
func (p *pass) compare(rows []sheet.Row) error {
	numbers := make([]string, 0, len(rows))
	for _, row := range rows {
		if n := p.plan.number(row.Cells); n != "" {
			numbers = append(numbers, n)
		}
	}
	var known map[string]people.Member
	if !p.fresh {
		var err error
		if known, err = people.MembersByNumber(p.tx, numbers); err != nil {
			return err
		}
	}
	var moved []addressed
	for _, row := range rows {
		p.counts.Lines++
		m, reasons := p.line(row, known)
		if len(reasons) > 0 {
			p.counts.Refused++
			p.issues = append(p.issues, people.ImportIssue{Line: row.Line, Refused: true, Number: m.Number, Reasons: reasons, Cells: row.Cells})
			continue
		}
		p.lines[m.Number] = row.Line
		old, exists := known[m.Number]
		switch {
		case !exists:
			p.counts.Added++
		case m == old:
			p.counts.Unchanged++
		default:
			p.counts.Changed++
		}
		if p.keep && (!exists || m != old) {
			p.changes = append(p.changes, people.MemberChanged{New: !exists, Import: p.id, Member: m})
		}
		if m.Email != "" && m.Email != old.Email {
			moved = append(moved, addressed{row, m.Number, m.Email})
		}
	}
	if err := p.shared(moved); err != nil {
		return err
	}
	if len(p.issues) < batch {
		return nil
	}
	issues := p.issues
	p.issues = nil
	return p.found(issues)
}

// line is the member as the row would have it, or why the row is refused.
func (p *pass) line(row sheet.Row, known map[string]people.Member) (people.Member, []people.Reason) {
	if refused := p.plan.refusal(row); refused != nil {
		return people.Member{}, []people.Reason{people.ReasonOf(refused)}
	}
	number := p.plan.number(row.Cells)
	m, exists := known[number]
	if exists && !m.ErasedAt.IsZero() {
		return m, []people.Reason{{Key: "people.member.erased"}}
	}
	reasons := p.plan.fill(&m, row.Cells)
	if before, twice := p.lines[number]; twice && number != "" {
		reasons = append(reasons, people.Reason{Key: "register.row.twice", Args: []any{"number", number, "line", fmt.Sprint(before)}})
	}
	return m, reasons
}

// addressed is a row that gives a member a new address.
type addressed struct {
	row           sheet.Row
	number, email string
}

// shared warns of addresses that another member has too: in a household that is right, but
// each of them must then choose whose account is opened.
func (p *pass) shared(moved []addressed) error {
	var owners map[string][]string
	if !p.fresh && len(moved) > 0 {
		emails := make([]string, len(moved))
		for i, a := range moved {
			emails[i] = a.email
		}
		var err error
		if owners, err = people.NumbersByEmail(p.tx, emails); err != nil {
			return err
		}
	}
	for _, a := range moved {
		other, shared := p.emails[a.email]
		p.emails[a.email] = a.number
		for _, n := range owners[a.email] {
			if n != a.number {
				other, shared = n, true
			}
		}
		if shared {
			p.counts.Warnings++
			p.issues = append(p.issues, people.ImportIssue{Line: a.row.Line, Number: a.number, Cells: a.row.Cells,
				Reasons: []people.Reason{{Key: "register.row.shared_email", Args: []any{"value", a.email, "number", other}}}})
		}
	}
	return nil
}
