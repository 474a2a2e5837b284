// Package format reads and writes ballot files: BLT, Condorcet Election Format, Debian tally
// sheets, CSV of grades, scores or approvals, ABIF. Files are read as a stream, identical ballots
// merged as they come.
package format

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"isegoria.org/isegoria/tally"
)

// The formats, by the names Read knows.
const (
	BLT    = "blt"
	CEF    = "cef"
	Debian = "debian"
	CSV    = "csv"
	ABIF   = "abif"
)

// Election is what a ballot file says.
type Election struct {
	Title      string
	Candidates []string // those who stand: the withdrawn are left out
	Withdrawn  []string
	Seats      int // 0 if the file does not say
	// Rankings or Grades holds the ballots, whichever was asked for.
	Rankings *tally.Rankings
	Grades   *tally.Grades
	// Graded holds the ballots of Grades as they were cast, if Options.Keep asked for them.
	Graded *Graded
	// Conditions are those a Debian tally sheet puts on its options; nil if it has no default.
	Conditions *tally.Conditions
}

// Want says what the ballots are read as.
type Want int

const (
	// Rankings: candidates in order. Grades are read as a ranking, highest first.
	Rankings Want = iota
	// Approvals: 1 or 0. A ranking approves those it ranks.
	Approvals
	// Grades: a whole number, or a word of the scale, per candidate. Rankings have none.
	Grades
)

// Options say how to read.
type Options struct {
	Want Want
	// Explicit ignores the candidates a ballot leaves out, whatever the file says.
	Explicit bool
	// Scale lists the words of the grades, worst first; empty, the scales of Words are tried.
	Scale []string
	// Keep keeps the ballots of grades, scores or approvals as they were cast, for WriteCSV: a count
	// does without.
	Keep bool
}

// A SyntaxError says where a file goes wrong. Lines and columns count from 1, columns in characters.
type SyntaxError struct {
	Line, Column int
	Message      string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Read reads a ballot file. What is wrong with its content is a *SyntaxError.
func Read(format string, r io.Reader, o Options) (*Election, error) {
	read, ok := map[string]func(io.Reader, *builder) error{
		BLT: readBLT, CEF: readCEF, Debian: readDebian, CSV: readCSV, ABIF: readABIF,
	}[format]
	if !ok {
		return nil, fmt.Errorf("no format called %q: blt, cef, debian, csv or abif", format)
	}
	b := &builder{Options: o, election: &Election{}}
	if err := read(r, b); err != nil {
		return nil, err
	}
	if b.election.Rankings != nil {
		b.election.Candidates, b.election.Rankings.Explicit = b.election.Rankings.Candidates(), b.Explicit
	} else {
		b.election.Candidates, b.election.Grades.Explicit = b.election.Grades.Candidates(), b.Explicit
	}
	return b.election, nil
}

// builder receives the content of a file.
type builder struct {
	Options
	election *Election
	grades   []tally.Grade
	blanks   []blank
}

// stand declares who can be voted for, before any ballot.
func (b *builder) stand(names []string) (err error) {
	if b.Want == Rankings {
		b.election.Rankings, err = tally.NewRankings(names)
		return err
	}
	if b.Keep {
		b.election.Graded = &Graded{}
	}
	b.election.Grades, err = tally.NewGrades(names)
	return err
}

// rename gives the candidates their full names, in their order.
func (b *builder) rename(names []string) error {
	if b.election.Rankings != nil {
		return b.election.Rankings.Rename(names)
	}
	return b.election.Grades.Rename(names)
}

// enter declares one more candidate, where ballots are what names them.
func (b *builder) enter(name string) error {
	switch e := b.election; {
	case e.Rankings != nil:
		return e.Rankings.Enter(name)
	case e.Grades != nil:
		return e.Grades.Enter(name)
	}
	if err := b.stand([]string{name}); err != nil {
		return err
	}
	for _, blank := range b.blanks {
		if err := b.nobody(blank.n, blank.weight); err != nil {
			return err
		}
	}
	return nil
}

// blank is ballots that name nobody, read before any candidate is known.
type blank struct{ n, weight int64 }

// nobody adds n ballots that name nobody, or keeps them until a candidate is known.
func (b *builder) nobody(n, weight int64) error {
	switch e := b.election; {
	case e.Rankings != nil:
		return e.Rankings.Add(nil, n, weight)
	case e.Grades != nil:
		return b.give(nil, n, weight)
	}
	if len(b.blanks) == 0 || b.blanks[len(b.blanks)-1].weight != weight {
		b.blanks = append(b.blanks, blank{0, weight})
	}
	last := &b.blanks[len(b.blanks)-1]
	if n > tally.MaxVotes-last.n {
		return fmt.Errorf("more than %d votes", tally.MaxVotes)
	}
	last.n += n
	return nil
}

// rank adds n ballots that order candidates.
func (b *builder) rank(groups [][]int, n, weight int64) error {
	if len(groups) == 0 {
		return b.nobody(n, weight)
	}
	switch b.Want {
	case Rankings:
		return b.election.Rankings.Add(groups, n, weight)
	case Approvals:
		b.grades = b.grades[:0]
		for _, group := range groups {
			for _, c := range group {
				b.grades = append(b.grades, tally.Grade{Candidate: c, Value: 1})
			}
		}
		return b.give(b.grades, n, weight)
	}
	return errors.New("these ballots rank the candidates: they hold no grades")
}

// grade adds n ballots that grade candidates.
func (b *builder) grade(grades []tally.Grade, n, weight int64) error {
	if len(grades) == 0 {
		return b.nobody(n, weight)
	}
	if b.Want != Rankings {
		return b.give(grades, n, weight)
	}
	return b.election.Rankings.Add(ranked(grades), n, weight)
}

// give adds n ballots to those that grade.
func (b *builder) give(grades []tally.Grade, n, weight int64) error {
	if err := b.election.Grades.Add(grades, n, weight); err != nil {
		return err
	}
	if b.Keep {
		b.election.Graded.add(grades, n, weight)
	}
	return nil
}

// ranked orders graded candidates, highest first.
func ranked(grades []tally.Grade) [][]int {
	sorted := slices.Clone(grades)
	slices.SortStableFunc(sorted, func(x, y tally.Grade) int { return y.Value - x.Value })
	var groups [][]int
	for i, g := range sorted {
		if i > 0 && sorted[i-1].Value == g.Value {
			groups[len(groups)-1] = append(groups[len(groups)-1], g.Candidate)
			continue
		}
		groups = append(groups, []int{g.Candidate})
	}
	return groups
}

// lines reads a text line by line, without byte order mark nor line ends. A line that is not UTF-8
// is taken for Latin-1, as in old Debian sheets.
type lines struct {
	scanner *bufio.Scanner
	number  int
	text    []byte
}

const longestLine = 1 << 24

func newLines(r io.Reader) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<16), longestLine)
	return &lines{scanner: s}
}

func (l *lines) next() bool {
	if !l.scanner.Scan() {
		return false
	}
	l.number++
	l.text = bytes.TrimSuffix(l.scanner.Bytes(), []byte("\r"))
	if l.number == 1 {
		l.text = bytes.TrimPrefix(l.text, []byte("\ufeff"))
	}
	l.text = decode(l.text)
	return true
}

// decode returns text as UTF-8: Latin-1 is what it is taken for if it is not.
func decode(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	runes := make([]rune, len(text))
	for i, c := range text {
		runes[i] = rune(c)
	}
	return []byte(string(runes))
}

// err reports a failed reading.
func (l *lines) err() error {
	if errors.Is(l.scanner.Err(), bufio.ErrTooLong) {
		return &SyntaxError{l.number + 1, longestLine, "the line is too long"}
	}
	return l.scanner.Err()
}

// wrong is a SyntaxError at a byte offset of the current line; of the first in an empty file.
func (l *lines) wrong(offset int, format string, args ...any) error {
	column := utf8.RuneCount(l.text[:min(offset, len(l.text))]) + 1
	return &SyntaxError{max(l.number, 1), column, fmt.Sprintf(format, args...)}
}

// at makes an error of the counting package a SyntaxError of the current line.
func (l *lines) at(offset int, err error) error {
	if err == nil {
		return nil
	}
	return l.wrong(offset, "%v", err)
}

// span is a trimmed part of a line and its byte offset there.
type span struct {
	text   []byte
	offset int
}

// trim cuts spaces, tabs and no-break spaces off a span.
func trim(text []byte, offset int) span {
	for {
		switch {
		case len(text) > 0 && (text[0] == ' ' || text[0] == '\t'):
			text, offset = text[1:], offset+1
		case len(text) > 1 && text[0] == 0xC2 && text[1] == 0xA0:
			text, offset = text[2:], offset+2
		default:
			return span{trimRight(text), offset}
		}
	}
}

func trimRight(text []byte) []byte {
	for n := len(text); ; n = len(text) {
		switch {
		case n > 0 && (text[n-1] == ' ' || text[n-1] == '\t'):
			text = text[:n-1]
		case n > 1 && text[n-2] == 0xC2 && text[n-1] == 0xA0:
			text = text[:n-2]
		default:
			return text
		}
	}
}

// natural reads a whole number not below 0.
func (l *lines) natural(s span, what string) (int64, error) {
	var n int64
	for _, c := range s.text {
		if c < '0' || c > '9' || n > tally.MaxVotes {
			return 0, l.wrong(s.offset, "%s is not a whole number the count can hold: %q", what, s.text)
		}
		n = 10*n + int64(c-'0')
	}
	if len(s.text) == 0 {
		return 0, l.wrong(s.offset, "%s is missing", what)
	}
	return n, nil
}
