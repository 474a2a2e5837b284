package format_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// dumpGraded lists the kept ballots, in words, sorted.
func dumpGraded(e *format.Election) string {
	var list []string
	e.Graded.Each(func(grades []tally.Grade, n, weight int64) {
		said := make([]string, len(grades))
		for i, g := range grades {
			said[i] = fmt.Sprintf("%s=%d", e.Candidates[g.Candidate], g.Value)
		}
		list = append(list, fmt.Sprintf("%s ^%d*%d", strings.Join(said, ","), weight, n))
	})
	slices.Sort(list)
	return strings.Join(list, " ")
}

// writtenAgain writes kept ballots as CSV, reads them again and expects the same; false if the
// format refuses to hold them.
func writtenAgain(t *testing.T, e *format.Election, want format.Want) bool {
	t.Helper()
	var out bytes.Buffer
	if format.WriteCSV(&out, e) != nil {
		return false
	}
	text := out.String()
	again, err := format.Read(format.CSV, &out, format.Options{Want: want, Scale: e.Grades.Scale, Keep: true})
	if err != nil {
		t.Fatalf("%q cannot be read again: %v", text, err)
	}
	if got, had := dumpGraded(again), dumpGraded(e); got != had || !slices.Equal(again.Candidates, e.Candidates) || again.Grades.Ballots() != e.Grades.Ballots() {
		t.Fatalf("%d ballots of %q, %s became %d of %q, %s", e.Grades.Ballots(), e.Candidates, had, again.Grades.Ballots(), again.Candidates, got)
	}
	return true
}

func TestWriteCSV(t *testing.T) {
	for _, c := range []struct {
		name, kind, text string
		want             format.Want
		written          string
	}{
		{"words of a scale", format.CSV, "id,Pizza,Pasta\n1,excellent,good\n2,,Poor\n3,Excellent,Good\n", format.Grades,
			"count,Pizza,Pasta\n2,Excellent,Good\n1,,Poor\n"},
		{"scores and weights, blanks and nothing", format.CSV, "A\tB\tpoids\n-1\t2\t3\n\t\t1\n4\t\t0\n-1\t2\t1\n", format.Grades,
			"count,weight,A,B\n1,3,-1,2\n1,1,,\n1,0,4,\n1,1,-1,2\n"},
		{"approvals", format.CSV, "A;B;nombre\nx;oui;2\n;non;3\n1;1;4\n", format.Approvals, "count,A,B\n6,1,1\n3,,0\n"},
		{"approvals from rankings", format.CEF, "#/Candidates: A ; B\nA > B\nB = A\nB\n", format.Approvals, "count,A,B\n2,1,1\n1,,1\n"},
		{"ratings, blanks first", format.ABIF, "5:\n4:A/5>B/1\n1:B/9\n", format.Grades, "count,A,B\n5,,\n4,5,1\n1,,9\n"},
		{"names with the format's own signs", format.BLT, "2 1\n1 1 0\n2 2 1 0\n0\n\"A, a\"\n\"B;;;;\"\n", format.Approvals, "count;A, a;\"B;;;;\"\n1;1;\n2;1;1\n"},
		{"a candidate called as a grade", format.CSV, "Bien,Passable\n1,2\n", format.Grades, "count,Bien,Passable\n1,1,2\n"},
	} {
		e, err := format.Read(c.kind, strings.NewReader(c.text), format.Options{Want: c.want, Keep: true})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var out bytes.Buffer
		if err := format.WriteCSV(&out, e); err != nil || out.String() != c.written {
			t.Errorf("%s: %q %v, want %q", c.name, out.String(), err, c.written)
		}
		if !writtenAgain(t, e, c.want) {
			t.Errorf("%s: not written", c.name)
		}
	}
}

func TestWriteCSVRefuses(t *testing.T) {
	read := func(kind, text string, o format.Options) *format.Election {
		e, err := format.Read(kind, strings.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for name, e := range map[string]*format.Election{
		"rankings":                  read(format.CSV, "A,B\n1,2\n", format.Options{Keep: true}),
		"ballots that only counted": read(format.CSV, "A,B\n1,2\n", format.Options{Want: format.Grades}),
		"a name that is a column":   read(format.CEF, "Poids > B\n", format.Options{Want: format.Approvals, Keep: true}),
		"a word said twice":         read(format.CSV, "A,B\nyes,no\n", format.Options{Want: format.Grades, Keep: true, Scale: []string{"no", "yes", "NO"}}),
	} {
		if err := format.WriteCSV(&bytes.Buffer{}, e); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}
