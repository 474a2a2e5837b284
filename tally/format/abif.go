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
// order of their ratings when separated by commas.
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
	b       *builder
	index   map[string]int // by short name
	names   []string       // to show
	ballots []abifBallot
}

type abifBallot struct {
	groups [][]int
	grades []tally.Grade
	n      int64
	line   int
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
	a.names[a.numberOf(short)] = full
	return nil
}

func (a *abifReader) numberOf(short string) int {
	if i, known := a.index[short]; known {
		return i
	}
	a.index[short] = len(a.names)
	a.names = append(a.names, short)
	return len(a.names) - 1
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
	if i := bytes.IndexAny(text[start:], ">=,/:"); i >= 0 {
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
	ballot := abifBallot{n: n, line: a.number}
	if err := a.choices(&ballot, rest.text[1:], rest.offset+1); err != nil {
		return err
	}
	a.ballots = append(a.ballots, ballot)
	return nil
}

// choices reads the candidates of a vote line, their ratings and their order.
func (a *abifReader) choices(ballot *abifBallot, text []byte, offset int) error {
	delimiters := map[byte]bool{}
	var last byte = '>'
	for len(bytes.TrimSpace(text)) > 0 {
		name, at, err := a.candidate(text, offset)
		if err != nil {
			return err
		}
		c := a.numberOf(name)
		for _, group := range ballot.groups {
			if slices.Contains(group, c) {
				return a.wrong(offset, "%s is ranked twice", name)
			}
		}
		text, offset = text[at:], offset+at
		if s := trim(text, offset); len(s.text) > 0 && s.text[0] == '/' {
			digits := bytes.IndexFunc(s.text[1:], func(c rune) bool { return c < '0' || c > '9' })
			if digits < 0 {
				digits = len(s.text) - 1
			}
			rating, err := a.natural(span{s.text[1 : 1+digits], s.offset + 1}, "the rating")
			if err != nil {
				return err
			}
			ballot.grades = append(ballot.grades, tally.Grade{Candidate: c, Value: int(rating)})
			text, offset = s.text[1+digits:], s.offset+1+digits
		}
		if last == '>' {
			ballot.groups = append(ballot.groups, []int{c})
		} else {
			end := len(ballot.groups) - 1
			ballot.groups[end] = append(ballot.groups[end], c)
		}
		s := trim(text, offset)
		if len(s.text) == 0 {
			break
		}
		last = s.text[0]
		if last != '>' && last != '=' && last != ',' {
			return a.wrong(s.offset, "unexpected %q", s.text[:1])
		}
		delimiters[last] = true
		text, offset = s.text[1:], s.offset+1
		if len(bytes.TrimSpace(text)) == 0 {
			return a.wrong(offset, "expected a name")
		}
	}
	if delimiters[','] && !delimiters['>'] && !delimiters['='] && len(ballot.grades) == len(ballot.groups[0]) {
		ballot.groups = ranked(ballot.grades)
	}
	return nil
}

func (a *abifReader) finish() error {
	if err := a.b.stand(a.names); err != nil {
		return a.wrong(len(a.text), "%v", err)
	}
	for _, ballot := range a.ballots {
		var err error
		if a.b.Want != Rankings && (len(ballot.grades) > 0 || len(ballot.groups) == 0) {
			err = a.b.grade(ballot.grades, ballot.n, 1)
		} else {
			err = a.b.rank(ballot.groups, ballot.n, 1)
		}
		if err != nil {
			return &SyntaxError{ballot.line, 1, err.Error()}
		}
	}
	return nil
}
