package format

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"isegoria.org/isegoria/tally"
)

// readABIF reads the Aggregated Ballot Information Format (https://electowiki.org/wiki/ABIF):
//
//	{"title": "…"}        what is known of the election
//	=Memph:[Memphis, TN]  a candidate's short name, and the name to show
//	42:Memph/5>Nash/2=Chat/2
//
// A vote line is a number of ballots, then candidates, in order when separated by > and =, in the
// order of their ratings when separated by commas (those without a rating are then left unranked).
// Candidates may be given by the name to show, between brackets. A line "ABIF 1.0", and data of
// other programs after a vote (": {…}"), are passed over; "A*3", as cumulative ballots have it, is
// a rating too.
func readABIF(r io.Reader, b *builder) error {
	a := &abifReader{lines: newLines(r), b: b, index: map[string]int{}}
	for a.next() {
		text := a.text
		if i := bytes.IndexByte(text, '#'); i >= 0 && !bytes.ContainsAny(text[:i], `["`) {
			text = text[:i]
		}
		var err error
		switch s := trim(text, 0); {
		case len(s.text) == 0:
		case s.text[0] == '{':
			a.about(s)
		case s.text[0] == '=':
			err = a.name(s)
		case bytes.HasPrefix(s.text, []byte("ABIF")):
		default:
			err = a.vote(s)
		}
		if err != nil {
			return err
		}
	}
	if err := a.err(); err != nil {
		return err
	}
	return a.finish()
}

type abifReader struct {
	*lines
	b      *builder
	index  map[string]int // by short name, and by the name to show
	names  []string       // to show
	groups [][]int        // of the ballot being read
	grades []tally.Grade
}

// about reads the title; other properties concern other programs.
func (a *abifReader) about(s span) {
	var property struct{ Title string }
	if json.Unmarshal(s.text, &property) == nil && property.Title != "" {
		a.b.election.Title = property.Title
	}
}

func (a *abifReader) name(s span) error {
	short, at, err := a.candidate(s.text[1:], s.offset+1)
	if err != nil {
		return err
	}
	rest := trim(s.text[1+at:], s.offset+1+at)
	if len(rest.text) == 0 || rest.text[0] != ':' {
		return a.wrong(rest.offset, "expected a colon and the name of %s", short)
	}
	full, at, err := a.candidate(rest.text[1:], rest.offset+1)
	if err != nil {
		return err
	}
	if extra := trim(rest.text[1+at:], rest.offset+1+at); len(extra.text) > 0 {
		return a.wrong(extra.offset, "unexpected %q", extra.text)
	}
	if known, ok := a.index[full]; ok && a.unknown(short) {
		a.index[short] = known // ballots named it already, by the name to show
	}
	c, err := a.numberOf(short, s.offset)
	if err != nil {
		return err
	}
	a.names[c] = full
	if _, known := a.index[full]; !known {
		a.index[full] = c
	}
	return nil
}

func (a *abifReader) unknown(short string) bool { _, known := a.index[short]; return !known }

func (a *abifReader) numberOf(short string, offset int) (int, error) {
	if i, known := a.index[short]; known {
		return i, nil
	}
	a.index[short] = len(a.names)
	a.names = append(a.names, short)
	return len(a.names) - 1, a.at(offset, a.b.enter(short))
}

// candidate reads a name, bare, or between brackets or quotes, and returns where it ends.
func (a *abifReader) candidate(text []byte, offset int) (string, int, error) {
	start := len(text) - len(bytes.TrimLeft(text, " \t"))
	if start == len(text) {
		return "", 0, a.wrong(offset, "expected a name")
	}
	if end := map[byte]byte{'[': ']', '"': '"'}[text[start]]; end != 0 {
		length := bytes.IndexByte(text[start+1:], end)
		if length < 1 {
			return "", 0, a.wrong(offset+start, "a name that is empty or does not end")
		}
		return strings.TrimSpace(string(text[start+1 : start+1+length])), start + length + 2, nil
	}
	end := start + len(text[start:])
	if i := bytes.IndexAny(text[start:], ">=,/*:"); i >= 0 {
		end = start + i
	}
	name := strings.TrimSpace(string(text[start:end]))
	if name == "" {
		return "", 0, a.wrong(offset+start, "expected a name")
	}
	return name, end, nil
}

func (a *abifReader) vote(s span) error {
	digits := bytes.IndexFunc(s.text, func(c rune) bool { return c < '0' || c > '9' })
	if digits < 1 {
		return a.wrong(s.offset, "expected a number of ballots and a colon")
	}
	n, err := a.natural(span{s.text[:digits], s.offset}, "the number of ballots")
	if err != nil {
		return err
	}
	rest := trim(s.text[digits:], s.offset+digits)
	if len(rest.text) == 0 || rest.text[0] != ':' && rest.text[0] != '*' {
		return a.wrong(rest.offset, "expected a colon after the number of ballots")
	}
	if err := a.choices(rest.text[1:], rest.offset+1); err != nil {
		return err
	}
	return a.at(s.offset, a.cast(n))
}

// cast adds n times the ballot that was read.
func (a *abifReader) cast(n int64) error {
	if a.b.Want != Rankings && (len(a.grades) > 0 || len(a.groups) == 0) {
		return a.b.grade(a.grades, n, 1)
	}
	return a.b.rank(a.groups, n, 1)
}

// choices reads the candidates of a vote line, their ratings and their order.
func (a *abifReader) choices(text []byte, offset int) error {
	a.groups, a.grades = a.groups[:0], a.grades[:0]
	ordered := false
	var last byte = '>'
	for len(bytes.TrimSpace(text)) > 0 {
		name, at, err := a.candidate(text, offset)
		if err != nil {
			return err
		}
		c, err := a.numberOf(name, offset)
		if err != nil {
			return err
		}
		for _, group := range a.groups {
			if slices.Contains(group, c) {
				return a.wrong(offset, "%s is ranked twice", name)
			}
		}
		rest, err := a.rating(c, trim(text[at:], offset+at))
		if err != nil {
			return err
		}
		if last == '>' {
			a.groups = append(a.groups, []int{c})
		} else {
			end := len(a.groups) - 1
			a.groups[end] = append(a.groups[end], c)
		}
		if len(rest.text) == 0 || rest.text[0] == ':' {
			break
		}
		last = rest.text[0]
		if last != '>' && last != '=' && last != ',' {
			return a.wrong(rest.offset, "unexpected %q", rest.text[:1])
		}
		ordered = ordered || last != ','
		text, offset = rest.text[1:], rest.offset+1
		if len(bytes.TrimSpace(text)) == 0 {
			return a.wrong(offset, "expected a name")
		}
	}
	if !ordered && len(a.grades) > 0 {
		a.groups = ranked(a.grades)
	}
	return nil
}

// rating reads "/5" or "*5" after a candidate, if it is there, and returns what follows.
func (a *abifReader) rating(candidate int, s span) (span, error) {
	if len(s.text) == 0 || s.text[0] != '/' && s.text[0] != '*' {
		return s, nil
	}
	s = trim(s.text[1:], s.offset+1)
	digits := bytes.IndexFunc(s.text, func(c rune) bool { return c < '0' || c > '9' })
	if digits < 0 {
		digits = len(s.text)
	}
	rating, err := a.natural(span{s.text[:digits], s.offset}, "the rating")
	if err != nil {
		return s, err
	}
	a.grades = append(a.grades, tally.Grade{Candidate: candidate, Value: int(rating)})
	return trim(s.text[digits:], s.offset+digits), nil
}

func (a *abifReader) finish() error {
	if len(a.names) == 0 {
		return a.wrong(len(a.text), "no candidate")
	}
	return a.at(len(a.text), a.b.rename(a.names))
}
