package format

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"isegoria.org/isegoria/tally"
)

// Graded are ballots of grades, scores or approvals as they were cast, identical ones merged:
// what tally.Grades, which counts, does not keep.
type Graded struct {
	ballots []gradedBallot // in the order of arrival
	known   map[string]int // their numbers, by what they say
	packed  []byte
}

type gradedBallot struct {
	said string // the weight, then each candidate and grade, packed
	n    int64
}

// add puts n ballots of the given weight each.
func (g *Graded) add(grades []tally.Grade, n, weight int64) {
	if n == 0 {
		return
	}
	inOrder := func(x, y tally.Grade) int { return cmp.Compare(x.Candidate, y.Candidate) }
	if !slices.IsSortedFunc(grades, inOrder) {
		grades = slices.Clone(grades)
		slices.SortFunc(grades, inOrder)
	}
	g.packed = binary.AppendVarint(g.packed[:0], weight)
	for _, grade := range grades {
		g.packed = binary.AppendUvarint(g.packed, uint64(grade.Candidate))
		g.packed = binary.AppendVarint(g.packed, int64(grade.Value))
	}
	if at, ok := g.known[string(g.packed)]; ok {
		g.ballots[at].n += n
		return
	}
	if g.known == nil {
		g.known = map[string]int{}
	}
	said := string(g.packed)
	g.known[said] = len(g.ballots)
	g.ballots = append(g.ballots, gradedBallot{said, n})
}

// Each calls f once for every distinct ballot, in the order of arrival: what it gives, in the order
// of the candidates, how many say so and what each weighs. The grades are f's until it returns.
func (g *Graded) Each(f func(grades []tally.Grade, n, weight int64)) {
	var grades []tally.Grade
	for _, b := range g.ballots {
		in, said := grades[:0], []byte(b.said)
		weight, size := binary.Varint(said)
		for said = said[size:]; len(said) > 0; {
			candidate, size := binary.Uvarint(said)
			value, more := binary.Varint(said[size:])
			in, said = append(in, tally.Grade{Candidate: int(candidate), Value: int(value)}), said[size+more:]
		}
		f(in, b.n, weight)
		grades = in
	}
}

// WriteCSV writes an election of grades, scores or approvals, read with Options.Keep, as CSV: a
// line says how many ballots give the same, and what each weighs where not all weigh 1. Grades of a
// scale are written in its words: a scale that is not among Words must be said again to read them,
// as must Explicit. It refuses names and words that would not be read back.
func WriteCSV(w io.Writer, e *Election) error {
	if e.Graded == nil {
		return errors.New("CSV holds grades, scores or approvals, and these ballots were not kept as such")
	}
	weighted := false
	e.Graded.Each(func(_ []tally.Grade, _, weight int64) { weighted = weighted || weight != 1 })
	heading := []string{"count"}
	if weighted {
		heading = append(heading, "weight")
	}
	before, names, scale := len(heading), e.Grades.Candidates(), e.Grades.Scale
	heading = append(heading, names...)
	if err := checkCSV(names, scale); err != nil {
		return err
	}
	comma, err := commaFor(heading)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = comma
	if err := out.Write(heading); err != nil {
		return err
	}
	row := make([]string, len(heading))
	e.Graded.Each(func(grades []tally.Grade, n, weight int64) {
		clear(row)
		row[0] = strconv.FormatInt(n, 10)
		if weighted {
			row[1] = strconv.FormatInt(weight, 10)
		}
		for _, g := range grades {
			row[before+g.Candidate] = strconv.Itoa(g.Value)
			if len(scale) > 0 {
				row[before+g.Candidate] = scale[g.Value]
			}
		}
		_ = out.Write(row) // Error tells after the last
	})
	out.Flush()
	return out.Error()
}

// checkCSV refuses the names and words that readCSV would take for something else.
func checkCSV(names, scale []string) error {
	plain := func(s string) bool {
		return s == strings.TrimSpace(s) && utf8.ValidString(s) && !strings.ContainsAny(s, "\r\n")
	}
	for _, name := range names {
		if _, taken := csvRoles[strings.ToLower(name)]; taken || !plain(name) {
			return fmt.Errorf("CSV cannot hold the name %q", name)
		}
	}
	for i, word := range scale {
		if word == "" || !plain(word) || indexFold(scale, word) != i {
			return fmt.Errorf("CSV cannot hold the grade %q", word)
		}
	}
	return nil
}

// commaFor is a separator that readCSV recognises in the heading.
func commaFor(heading []string) (rune, error) {
	for _, comma := range separators {
		var line bytes.Buffer
		out := csv.NewWriter(&line)
		out.Comma = comma
		if err := out.Write(heading); err != nil {
			return 0, err
		}
		out.Flush()
		if separator(line.Bytes()[:min(line.Len(), csvHead)]) == comma {
			return comma, nil
		}
	}
	return 0, errors.New("the names hold more commas, semicolons or tabs than CSV can tell apart")
}
