package format

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
)

// readBLT reads the format of Hill, Wichmann and Woodall (Algorithm 123) with the extensions in
// use: "#" comments, "(ballot identifiers)", "[options]", "1=2" for a shared place, and "[nick a b c]"
// to name the candidates in ballots otherwise than by number. A negative number after the heading
// withdraws a candidate; "-" in a ballot skips a place. Runs of spaces in names are one space.
func readBLT(r io.Reader, b *builder) error {
	t := &bltReader{in: bufio.NewReaderSize(r, 1<<16), b: b, line: 1}
	return t.read()
}

type bltReader struct {
	in           *bufio.Reader
	b            *builder
	line, column int // of the next character
	atLine, at   int // of the token
	token        []byte
	quoted       bool
	pending      bool  // the token is to be read again
	standing     []int // candidate number → index among those who stand, or -1
	nicks        map[string]int
}

func (t *bltReader) wrong(format string, args ...any) error {
	return &SyntaxError{t.atLine, t.at, fmt.Sprintf(format, args...)}
}

func (t *bltReader) byte() (byte, error) {
	c, err := t.in.ReadByte()
	if err != nil {
		return 0, err
	}
	switch {
	case c == '\n':
		t.line, t.column = t.line+1, 0
	case c&0xC0 != 0x80: // not the continuation of a character
		t.column++
	}
	return c, nil
}

func (t *bltReader) back(c byte) {
	_ = t.in.UnreadByte() // always follows a ReadByte
	if c == '\n' {
		t.line--
	} else if c&0xC0 != 0x80 {
		t.column--
	}
}

// next reads a word, a quoted string, or a bracketed option, which it skips. It returns io.EOF at
// the end of the file.
func (t *bltReader) next() error {
	if t.pending {
		t.pending = false
		return nil
	}
	for {
		c, err := t.byte()
		if err != nil {
			t.atLine, t.at = t.line, t.column+1
			return err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xEF, 0xBB, 0xBF: // spaces, byte order mark
			continue
		}
		t.atLine, t.at = t.line, t.column
		t.token, t.quoted = t.token[:0], false
		switch c {
		case '#':
			err = t.until('\n')
		case '[':
			if err = t.until(']'); err == nil {
				t.option()
			}
		case '"':
			t.quoted = true
			if t.until('"') != nil {
				return t.wrong("a name that does not end")
			}
			return nil
		default:
			return t.word(c)
		}
		if err != nil {
			return t.wrong("what opens here does not end")
		}
	}
}

// option takes the short names of "[nick a b c]"; other options concern other programs.
func (t *bltReader) option() {
	words := strings.Fields(string(t.token))
	if len(words) == 0 || words[0] != "nick" {
		return
	}
	t.nicks = map[string]int{}
	for i, word := range words[1:] {
		t.nicks[word] = i + 1
	}
}

func (t *bltReader) until(end byte) error {
	for {
		c, err := t.byte()
		if err != nil && end == '\n' {
			return nil
		}
		if err != nil {
			return err
		}
		if c == end {
			return nil
		}
		t.token = append(t.token, c)
	}
}

func (t *bltReader) word(c byte) error {
	for {
		t.token = append(t.token, c)
		var err error
		if c, err = t.byte(); err != nil {
			return nil // the end of the file ends the word; the next token reports it
		}
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"' || c == '#' {
			t.back(c)
			return nil
		}
	}
}

// integer reads the token as a whole number.
func (t *bltReader) integer(what string) (int64, error) {
	if err := t.next(); err != nil {
		return 0, t.missing(what, err)
	}
	digits, negative := bytes.CutPrefix(t.token, []byte("-"))
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' || n > tally.MaxVotes {
			return 0, t.wrong("expected %s, found %q", what, t.token)
		}
		n = 10*n + int64(c-'0')
	}
	if len(digits) == 0 || t.quoted {
		return 0, t.wrong("expected %s, found %q", what, t.token)
	}
	if negative {
		n = -n
	}
	return n, nil
}

func (t *bltReader) missing(what string, err error) error {
	if errors.Is(err, io.EOF) {
		return t.wrong("the file ends before %s", what)
	}
	return err
}

func (t *bltReader) read() error {
	n, err := t.integer("the number of candidates")
	if err != nil {
		return err
	}
	if n < 1 || n > tally.MaxCandidates {
		return t.wrong("%d candidates: the count holds 1 to %d", n, tally.MaxCandidates)
	}
	seats, err := t.integer("the number of seats")
	if err != nil {
		return err
	}
	if seats < 1 || seats > 1<<20 {
		return t.wrong("%d seats", seats)
	}
	t.b.election.Seats = int(seats)
	t.standing = make([]int, n)
	weight, err := t.withdrawals()
	if err != nil {
		return err
	}
	if err := t.ballots(weight); err != nil {
		return err
	}
	return t.names()
}

// withdrawals reads the withdrawn candidates and returns the number that follows them, the weight
// of the first ballot. Names come after the ballots, so numbers stand for them meanwhile.
func (t *bltReader) withdrawals() (int64, error) {
	for {
		n, err := t.weight()
		if err != nil {
			return 0, err
		}
		if n >= 0 {
			var numbers []string
			for i := range t.standing {
				if t.standing[i] == 0 {
					t.standing[i] = len(numbers)
					numbers = append(numbers, strconv.Itoa(i+1))
				}
			}
			if len(numbers) == 0 {
				return 0, t.wrong("every candidate is withdrawn")
			}
			return n, t.b.stand(numbers)
		}
		if -n > int64(len(t.standing)) {
			return 0, t.wrong("no candidate number %d", -n)
		}
		t.standing[-n-1] = -1
	}
}

// weight reads the number that opens a ballot, after its identifier if it has one.
func (t *bltReader) weight() (int64, error) {
	if err := t.next(); err != nil {
		return 0, t.missing("the 0 that ends the ballots", err)
	}
	for len(t.token) > 0 && t.token[0] == '(' && !t.quoted {
		for !bytes.HasSuffix(t.token, []byte(")")) {
			if err := t.next(); err != nil {
				return 0, t.missing("the end of an identifier", err)
			}
		}
		if err := t.next(); err != nil {
			return 0, t.missing("the ballot of an identifier", err)
		}
	}
	t.pending = true
	return t.integer("the number of ballots")
}

// ballots reads ballots up to the 0 that ends them; weight opens the first.
func (t *bltReader) ballots(weight int64) (err error) {
	var groups [][]int
	var members []int
	for ; weight != 0; weight, err = t.weight() {
		if err != nil {
			return err
		}
		if weight < 0 {
			return t.wrong("a ballot cannot count %d times", weight)
		}
		line, column := t.atLine, t.at
		groups, members = groups[:0], members[:0]
		for {
			if err := t.next(); err != nil {
				return t.missing("the 0 that ends a ballot", err)
			}
			if !t.quoted && len(t.token) == 1 && t.token[0] == '0' {
				break
			}
			start := len(members)
			if members, err = t.place(members); err != nil {
				return err
			}
			if len(members) > start {
				groups = append(groups, members[start:len(members):len(members)])
			}
		}
		if err := t.b.rank(groups, weight, 1); err != nil {
			return &SyntaxError{line, column, err.Error()}
		}
	}
	return err
}

// place appends the candidates of one place, "3" or "1=2", that stand.
func (t *bltReader) place(members []int) ([]int, error) {
	if !t.quoted && len(t.token) == 1 && t.token[0] == '-' {
		return members, nil
	}
	rest, shared := t.token, true
	for shared {
		var part []byte
		part, rest, shared = bytes.Cut(rest, []byte("="))
		n := t.number(part)
		if n < 1 || n > len(t.standing) || t.quoted {
			return nil, t.wrong("no candidate number %q", t.token)
		}
		if c := t.standing[n-1]; c >= 0 {
			members = append(members, c)
		}
	}
	return members, nil
}

// number is that of a candidate, given by it or by a short name; 0 if it is neither.
func (t *bltReader) number(part []byte) (n int) {
	if nick, ok := t.nicks[string(part)]; ok {
		return nick
	}
	for _, c := range part {
		if c < '0' || c > '9' || n > len(t.standing) {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// names reads the candidates' names, then the title if there is one.
func (t *bltReader) names() error {
	e := t.b.election
	e.Candidates = nil
	for i, at := range t.standing {
		if err := t.next(); err != nil {
			return t.missing(fmt.Sprintf("the name of candidate %d", i+1), err)
		}
		if !t.quoted {
			return t.wrong("expected a name between quotes, found %q", t.token)
		}
		name := strings.Join(strings.Fields(string(decode(t.token))), " ")
		if at < 0 {
			e.Withdrawn = append(e.Withdrawn, name)
			continue
		}
		if name == "" || slices.Contains(e.Candidates, name) {
			return t.wrong("the name %q is empty or given twice", name)
		}
		e.Candidates = append(e.Candidates, name)
	}
	switch err := t.next(); {
	case err == nil && t.quoted:
		e.Title = strings.Join(strings.Fields(string(decode(t.token))), " ")
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	return t.b.rename(e.Candidates)
}
