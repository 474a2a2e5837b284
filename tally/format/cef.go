package format

import (
	"bytes"
	"io"
	"strings"
)

// readCEF reads the Condorcet Election Format, version 1
// (https://github.com/CondorcetVote/CondorcetElectionFormat).
func readCEF(r io.Reader, b *builder) error {
	c := &cefReader{lines: newLines(r), b: b, index: map[string]int{}}
	for c.next() {
		if start := len(c.text) - len(bytes.TrimLeft(c.text, " \t")); bytes.HasPrefix(c.text[start:], []byte("#/")) {
			if start > 0 {
				return c.wrong(start, "a parameter is at the beginning of its line")
			}
			if err := c.parameter(); err != nil {
				return err
			}
			continue
		}
		text := c.text
		if i := bytes.IndexByte(text, '#'); i >= 0 {
			text = text[:i]
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if err := c.vote(text); err != nil {
			return err
		}
	}
	if err := c.err(); err != nil {
		return err
	}
	if len(c.index) == 0 {
		return c.wrong(len(c.text), "no candidate")
	}
	return nil
}

type cefReader struct {
	*lines
	b        *builder
	index    map[string]int
	declared bool // by #/Candidates: other names are no candidates
	voting   bool
	weighted bool
	groups   [][]int
	members  []int
	seen     []int // by candidate: the last line that ranks it
	recent   [recent]struct {
		name   string
		number int
	}
}

const recent = 256

// reserved are the signs that end a name in a ranking, or cannot be in one.
var reserved = [256]bool{'>': true, '=': true, '<': true, ';': true, ',': true, '/': true, '|': true}

func (c *cefReader) parameter() error {
	if c.voting {
		return c.wrong(0, "a parameter after the first vote")
	}
	name, value, ok := bytes.Cut(c.text[2:], []byte(":"))
	if !ok {
		return c.wrong(2, "a parameter without a colon")
	}
	s := trim(value, 3+len(name))
	switch strings.ToLower(strings.Join(strings.Fields(string(name)), " ")) {
	case "candidates":
		return c.candidates(s)
	case "number of seats", "number of seat":
		n, err := c.natural(s, "the number of seats")
		if err == nil && (n < 1 || n > 1<<20) {
			err = c.wrong(s.offset, "the number of seats is out of bounds")
		}
		c.b.election.Seats = int(n)
		return err
	case "implicit ranking":
		implicit, err := c.truth(s)
		if err == nil && !implicit {
			c.b.Explicit = true
		}
		return err
	case "weight allowed":
		weighted, err := c.truth(s)
		c.weighted = weighted
		return err
	}
	return nil // parameters of other programs are allowed
}

func (c *cefReader) truth(s span) (bool, error) {
	switch strings.ToLower(string(s.text)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, c.wrong(s.offset, "%q is neither true nor false", s.text)
}

func (c *cefReader) candidates(s span) error {
	if c.declared {
		return c.wrong(0, "the candidates are listed twice")
	}
	c.declared = true
	for _, part := range bytes.Split(s.text, []byte(";")) {
		name := trim(part, s.offset)
		if i := bytes.IndexAny(name.text, ">=,#/*^|<"); i >= 0 {
			return c.wrong(name.offset+i, "%q cannot be in a name", name.text[i:i+1])
		}
		if _, twice := c.index[string(name.text)]; twice {
			return c.wrong(name.offset, "%s is listed twice", name.text)
		}
		if len(name.text) == 0 {
			return c.wrong(name.offset, "a candidate without a name")
		}
		if err := c.enter(name); err != nil {
			return err
		}
		s.offset += len(part) + 1
	}
	return nil
}

func (c *cefReader) enter(name span) error {
	c.index[string(name.text)] = len(c.index)
	c.seen = append(c.seen, 0)
	return c.at(name.offset, c.b.enter(string(name.text)))
}

func (c *cefReader) vote(text []byte) error {
	c.voting = true
	offset := 0
	if i := bytes.Index(text, []byte("||")); i >= 0 {
		offset = i + 2
	}
	ranking, n, weight, err := c.multipliers(text[offset:], offset)
	if err != nil {
		return err
	}
	if err := c.ranking(ranking); err != nil {
		return err
	}
	return c.at(ranking.offset, c.b.rank(c.groups, n, weight))
}

// multipliers cuts "^weight" and "* quantifier" off the end of a vote.
func (c *cefReader) multipliers(text []byte, offset int) (s span, n, weight int64, err error) {
	n, weight = 1, 1
	if i := bytes.IndexByte(text, '*'); i >= 0 {
		if n, err = c.natural(trim(text[i+1:], offset+i+1), "the number of ballots"); err != nil {
			return s, 0, 0, err
		}
		text = text[:i]
	}
	if i := bytes.IndexByte(text, '^'); i >= 0 {
		if weight, err = c.natural(trim(text[i+1:], offset+i+1), "the weight"); err != nil {
			return s, 0, 0, err
		}
		if !c.weighted {
			weight = 1
		}
		text = text[:i]
	}
	return trim(text, offset), n, weight, nil
}

// ranking sets the groups of a vote.
func (c *cefReader) ranking(s span) error {
	c.groups, c.members = c.groups[:0], c.members[:0]
	if string(s.text) == "/EMPTY/" || string(s.text) == "/EMPTY_RANKING/" {
		return nil
	}
	start := 0
	for at := 0; ; {
		end := at
		for end < len(s.text) && !reserved[s.text[end]] {
			end++
		}
		if end < len(s.text) && s.text[end] != '>' && s.text[end] != '=' {
			return c.wrong(s.offset+end, "unexpected %q", s.text[end:end+1])
		}
		name := trim(s.text[at:end], s.offset+at)
		if len(name.text) == 0 {
			return c.wrong(name.offset, "a rank without a candidate")
		}
		candidate, stands, err := c.candidate(name)
		if err != nil {
			return err
		}
		if stands {
			if c.seen[candidate] == c.number {
				return c.wrong(name.offset, "%s is ranked twice", name.text)
			}
			c.seen[candidate] = c.number
			c.members = append(c.members, candidate)
		}
		if end == len(s.text) || s.text[end] == '>' {
			if len(c.members) > start {
				c.groups = append(c.groups, c.members[start:len(c.members):len(c.members)])
			}
			start = len(c.members)
		}
		if end == len(s.text) {
			return nil
		}
		at = end + 1
	}
}

// candidate returns the number of a name; one that is not declared is not a candidate, unless
// no candidates were declared at all.
func (c *cefReader) candidate(name span) (int, bool, error) {
	// Large files name few candidates millions of times: a place by two letters is cheaper than the map.
	last := len(name.text) - 1
	place := &c.recent[(uint(name.text[last])+31*uint(name.text[max(last-1, 0)]))%recent]
	if place.name == string(name.text) {
		return place.number, true, nil
	}
	if i, known := c.index[string(name.text)]; known || c.declared {
		if known {
			place.name, place.number = string(name.text), i
		}
		return i, known, nil
	}
	err := c.enter(name)
	return len(c.index) - 1, true, err
}
