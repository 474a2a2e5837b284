package format

import (
	"bufio"
	"bytes"
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

// Words are the scales of grades known without being given, worst first.
var Words = [][]string{
	{"À rejeter", "Insuffisant", "Passable", "Assez bien", "Bien", "Très bien", "Excellent"},
	{"Reject", "Poor", "Fair", "Good", "Very good", "Excellent"},
}

// readCSV reads a table whose first line names the candidates and each other line is a ballot:
// grades (numbers, or words of a scale), scores, or approvals (1, x, oui, yes; 0, non, no). An
// empty cell gives nothing. Fields are separated by commas, semicolons or tabs. A first column
// without a name, or called id, identifies the ballot and is not read; a column called weight or
// poids is the ballot's weight, one called count or nombre how many ballots there are.
func readCSV(r io.Reader, b *builder) error {
	in := bufio.NewReaderSize(r, 1<<16)
	if bom, err := in.Peek(3); err == nil && string(bom) == "\ufeff" {
		if _, err := in.Discard(3); err != nil {
			return err
		}
	}
	head, _ := in.Peek(csvHead) // less is fine: the file may be short
	c := &csvReader{Reader: csv.NewReader(in), b: b, scale: b.Scale, known: map[string]int{}}
	c.Comma = separator(head)
	if b.Want != Approvals && len(c.scale) == 0 {
		c.scale = guessScale(head, c.Comma)
	}
	c.ReuseRecord = true
	c.TrimLeadingSpace = c.Comma != '\t' // a tab is a space too, and an empty cell lies between two
	c.FieldsPerRecord = -1
	for first := true; ; first = false {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			if first {
				return &SyntaxError{1, 1, "the file is empty"}
			}
			return nil
		}
		if err == nil && first {
			err = c.heading(record)
		} else if err == nil {
			err = c.ballot(record)
		}
		if err != nil {
			return csvError(err)
		}
	}
}

// csvHead is how much of a file is looked at before it is read.
const csvHead = 1 << 15

var separators = []rune{',', ';', '\t'}

// separator looks at the first line.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, c := range separators {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// guessScale returns the known scale most of whose words are seen below the heading, nil if none is.
func guessScale(head []byte, comma rune) []string {
	_, body, _ := bytes.Cut(head, []byte("\n"))
	cells := strings.FieldsFunc(string(body), func(c rune) bool { return c == comma || c == '\n' })
	var best []string
	most := 0
	for _, scale := range Words {
		seen := 0
		for _, cell := range cells {
			if indexFold(scale, strings.Trim(cell, " \t\r\"")) >= 0 {
				seen++
			}
		}
		if seen > most {
			best, most = scale, seen
		}
	}
	return best
}

func indexFold(scale []string, word string) int {
	return slices.IndexFunc(scale, func(s string) bool { return strings.EqualFold(s, word) })
}

func csvError(err error) error {
	var e *csv.ParseError
	if errors.As(err, &e) {
		return &SyntaxError{e.Line, e.Column, e.Err.Error()}
	}
	return err
}

type csvReader struct {
	*csv.Reader
	b       *builder
	columns []int          // by field: candidate, or one of the roles below
	known   map[string]int // the grades read so far, by what a cell says
	scale   []string
	grades  []tally.Grade
}

const (
	ignored = -1 - iota
	weight
	count
)

// csvRoles are the columns that are no candidate's.
var csvRoles = map[string]int{"weight": weight, "poids": weight, "count": count, "nombre": count}

// wrong is a SyntaxError at a field. The library counts columns in bytes: what the fields before
// have more than characters is taken off.
func (c *csvReader) wrong(record []string, field int, format string, args ...any) error {
	line, column := c.FieldPos(field)
	for i, before := range record[:field] {
		if l, _ := c.FieldPos(i); l == line {
			column -= len(before) - utf8.RuneCountInString(before)
		}
	}
	return &SyntaxError{line, column, fmt.Sprintf(format, args...)}
}

func (c *csvReader) heading(record []string) error {
	var names []string
	for i, name := range record {
		name = strings.TrimSpace(string(decode([]byte(name))))
		key := strings.ToLower(name)
		role, taken := csvRoles[key]
		switch {
		case taken:
		case i == 0 && (key == "" || key == "id"):
			role = ignored
		case name == "":
			return c.wrong(record, i, "a column without a name")
		case slices.Contains(names, name):
			return c.wrong(record, i, "two columns called %q", name)
		default:
			role = len(names)
			names = append(names, name)
		}
		c.columns = append(c.columns, role)
	}
	if err := c.b.stand(names); err != nil {
		return c.wrong(record, 0, "%v", err)
	}
	if c.b.election.Grades != nil {
		c.b.election.Grades.Scale = c.scale
	}
	return nil
}

func (c *csvReader) ballot(record []string) error {
	if len(record) != len(c.columns) {
		return c.wrong(record, len(record)-1, "%d fields where the first line has %d", len(record), len(c.columns))
	}
	ballots, worth := int64(1), int64(1)
	c.grades = c.grades[:0]
	for i, text := range record {
		role := c.columns[i]
		if role >= 0 {
			value, known := 0, len(text) == 1 && text[0] >= '0' && text[0] <= '9' && len(c.scale) == 0
			if known { // the usual case of a large file
				value = int(text[0] - '0')
			} else {
				value, known = c.known[text]
			}
			if known {
				c.grades = append(c.grades, tally.Grade{Candidate: role, Value: value})
				continue
			}
		}
		cell := text
		text = strings.TrimSpace(string(decode([]byte(text))))
		switch {
		case role == ignored || text == "" && role >= 0:
		case role == weight || role == count:
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 0 {
				return c.wrong(record, i, "%q is not a whole number", text)
			}
			if role == weight {
				worth = n
			} else {
				ballots = n
			}
		default:
			value, problem := c.value(text)
			if problem != "" {
				return c.wrong(record, i, "%s", problem)
			}
			if len(c.known) < 1000 {
				c.known[strings.Clone(cell)] = value
			}
			c.grades = append(c.grades, tally.Grade{Candidate: role, Value: value})
		}
	}
	if err := c.b.grade(c.grades, ballots, worth); err != nil {
		return c.wrong(record, 0, "%v", err)
	}
	return nil
}

var (
	yes = []string{"x", "oui", "yes", "true", "vrai", "✓", "✔"}
	no  = []string{"non", "no", "false", "faux", "-"}
)

// value reads one cell, or says what is wrong with it.
func (c *csvReader) value(text string) (value int, problem string) {
	if len(c.scale) > 0 {
		if i := indexFold(c.scale, text); i >= 0 {
			return i, ""
		}
		return 0, fmt.Sprintf("%q is not a grade of the scale (%s)", text, strings.Join(c.scale, ", "))
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n, ""
	}
	if c.b.Want != Approvals {
		return 0, fmt.Sprintf("%q is neither a whole number nor a grade of a known scale", text)
	}
	switch key := strings.ToLower(text); {
	case slices.Contains(yes, key):
		return 1, ""
	case slices.Contains(no, key):
		return 0, ""
	}
	return 0, fmt.Sprintf("%q is neither an approval (1, x, oui, yes) nor a refusal (0, non, no)", text)
}
