package rule

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// FileFormat is the format in which the ballots of the rule can leave: the Condorcet Election
// Format for what is chosen or ranked, CSV for grades and points; "" for the answers to a proposal.
func (r Rule) FileFormat() string {
	switch r.Method().Family {
	case Rank, One, Approve:
		return format.CEF
	case Grade, Score, Dots:
		return format.CSV
	}
	return ""
}

// Write writes the ballots of one box without names: how many votes say each thing, ordered by
// what they say. Blank ballots, which take no part in the count, are left out. Unit is Counted.Unit.
func (r Rule) Write(w io.Writer, title string, options []Option, seats int, b Box, unit int64) error {
	names := Names(options)
	lines := r.lines(options, b, unit)
	if r.FileFormat() == format.CSV {
		return r.writeCSV(w, names, lines)
	}
	p, err := r.rankings(names, lines)
	if err != nil {
		return err
	}
	return format.WriteCEF(w, &format.Election{Title: title, Candidates: names, Seats: max(seats, 1), Rankings: p})
}

func (r Rule) writeCSV(w io.Writer, names []string, lines []line) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"nombre"}, names...)); err != nil {
		return err
	}
	for _, l := range lines {
		row := make([]string, len(names)+1)
		row[0] = strconv.FormatInt(l.units, 10)
		for _, v := range l.ballot.Values {
			row[v.Candidate+1] = strconv.Itoa(v.Value)
			if len(r.Grades) > 0 {
				row[v.Candidate+1] = r.Grades[v.Value]
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Command is how anyone counts the file again with this program. Dots are scores whose sum is fixed.
func (c Counted) Command(file string) string {
	name := c.Rule.Name
	if c.Rule.Method().Family == Dots {
		name = "score"
	}
	args := []string{"isegoria", "tally", "--method", name, "--format", c.Rule.FileFormat(), "--seats", strconv.Itoa(c.Seats)}
	if len(c.Rule.Grades) > 0 {
		args = append(args, "--grades", quote(strings.Join(c.Rule.Grades, ",")))
	}
	args = append(args, c.conditionArgs()...)
	switch {
	case c.Pending:
	case c.Rule.TieBreak == tally.Lot && c.Seed != "":
		args = append(args, "--tie-break", tally.Lot, "--seed", quote(c.Seed))
	case len(c.Order) > 0:
		args = append(args, "--tie-break", c.Rule.TieBreak, "--order", quote(strings.Join(c.Order, ";")))
	}
	return strings.Join(append(args, file), " ")
}

func quote(s string) string { return fmt.Sprintf("'%s'", strings.ReplaceAll(s, "'", `'\''`)) }
