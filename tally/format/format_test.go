package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// dump lists the ballots of an election, in words, sorted, runs of spaces being one space.
func dump(e *format.Election) string {
	var list []string
	if e.Rankings != nil {
		e.Rankings.Each(func(ranking [][]int, n int64) {
			groups := make([]string, len(ranking))
			for i, g := range ranking {
				var members []string
				for _, c := range g {
					members = append(members, strings.Join(strings.Fields(e.Candidates[c]), " "))
				}
				slices.Sort(members)
				groups[i] = strings.Join(members, "=")
			}
			list = append(list, fmt.Sprintf("%s*%d", strings.Join(groups, ">"), n))
		})
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestReadRankings(t *testing.T) {
	for _, c := range []struct{ name, kind, text, want string }{
		{"cef", format.CEF, "\ufeff# x\r\n#/Candidates: A; B ;C\r\n#/weight allowed: TRUE\r\n\r\n tag, t2 || A>B = C ^7 * 2 # why\r\nC\r\nC\r\n/EMPTY/ * 3\r\nZ > B\r\n",
			"*3 A>B=C*14 B*1 C*2"},
		{"cef, weight not allowed", format.CEF, "#/Candidates: A; B\nA > B ^7 * 2\n", "A>B*2"},
		{"cef, candidates from the votes", format.CEF, "A > B\nC\nB = A\n", "A=B*1 A>B*1 C*1"},
		{"blt", format.BLT, "4 2 # four, two\n-2\n3 1 2 3 0\n(id 7) 1 3=4 1 0\n2 - 4 0\n1 0\n0\n\"Ann  Lee\" \"Bob\"\n\"Cy\"\n\"Di\"\n\"Board\"\n",
			"*1 Ann Lee>Cy*3 Cy=Di>Ann Lee*1 Di*2"},
		{"debian", format.Debian, "  The format is:\n       \"V: vote \tLogin\tName\"\n   Option 1: One [needs 3:1]\n   |/ Option 2----->: Two\n  ||/ Option 3: Further Discussion\nV: 2-1\tme\nV: 1-1 \tyou\nV: --- \tthem\nV: 912\tus\n",
			"*1 Further Discussion=One [needs 3:1]*1 Further Discussion>One [needs 3:1]*1 Two>Further Discussion>One [needs 3:1]*1"},
		{"abif", format.ABIF, "{\"title\": \"T\"}\n# x\n=a:[Ann #1]\n=b:\"Bob\"\n3:a>b=c\n2:c/5,a/9,b/5\n1:[c]\n4:\n",
			"*4 Ann #1>Bob=c*5 c*1"},
		{"abif, blanks first, names to show, other programs' data", format.ABIF, "ABIF 1.0\n7:\n2:[Ann]>b: {\"precinct\": 51}\n=a:[Ann]\n1: a=b\n",
			"*7 Ann=b*1 Ann>b*2"},
		{"abif, a rating left out", format.ABIF, "1:a/3,b,c/4\n", "c>a*1"},
		{"abif, cumulative", format.ABIF, "6: A*1,B*2,D*4\n", "D>B>A*6"},
		{"blt, short names", format.BLT, "3 1\n[nick a b cc]\n-2\n4 cc=a b 0\n1 2 1 0\n0\n\"Ann\"\n\"Bob\"\n\"Cy\"\n", "Ann*1 Ann=Cy*4"},
		{"tsv with empty cells", format.CSV, "A\tB\tC\n1\t\t3\n\t\t1\n", "C*1 C>A*1"},
		{"cef, blanks before any name", format.CEF, "/EMPTY/ * 2\n/EMPTY/\nA > B\n", "*3 A>B*1"},
		{"csv", format.CSV, "id;Ann;Bob;Cy;nombre\n1;5;5;0;2\n2;;3;4;1\n", "Ann=Bob>Cy*2 Cy>Bob*1"},
	} {
		e, err := format.Read(c.kind, strings.NewReader(c.text), format.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := dump(e); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestReadParameters(t *testing.T) {
	e, err := format.Read(format.CEF, strings.NewReader("#/Candidates: A ; B\n#/Number of Seats: 3\n#/Implicit Ranking: false\nA\n"), format.Options{})
	if err != nil || e.Seats != 3 || !e.Rankings.Explicit {
		t.Errorf("%+v %v", e, err)
	}
	e, err = format.Read(format.Debian, strings.NewReader("Option 1: A [3:1]\nOption 2: None Of The Above\nV: 12\tx\n"), format.Options{})
	if err != nil || e.Conditions.Default != "None Of The Above" || e.Conditions.Majority["A [3:1]"].RatString() != "3" {
		t.Errorf("%+v %v", e.Conditions, err)
	}
	e, err = format.Read(format.BLT, strings.NewReader("2 1\n-1\n1 1 2 0\n0\n\"A\"\n\"B\"\n"), format.Options{})
	if err != nil || !slices.Equal(e.Withdrawn, []string{"A"}) || !slices.Equal(e.Candidates, []string{"B"}) {
		t.Errorf("%+v %v", e, err)
	}
}

func TestReadGrades(t *testing.T) {
	for _, c := range []struct {
		name, kind, text string
		want             format.Want
		method, winner   string
	}{
		{"words", format.CSV, ",Pizza, Chips,Pasta\n1, excellent,  good,poor\n2,very good,reject,Poor\n", format.Grades, "majority-judgment", "Pizza"},
		{"mentions", format.CSV, "A,B\nTrès bien,À rejeter\nbien,\n", format.Grades, "majority-judgment", "A"},
		{"scores", format.CSV, "A\tB\n-1\t2\n3\t1\n", format.Grades, "score", "B"},
		{"approvals", format.CSV, "A,B,poids\nx,oui,1\n,1,1\nnon,0,7\noui,,1\n1,,2\n", format.Approvals, "approval", "A"},
		{"approvals from rankings", format.CEF, "#/Candidates: A ; B\nA > B\nB\n", format.Approvals, "approval", "B"},
		{"ratings", format.ABIF, "5:\n4:A/5>B/1\n1:B/9\n", format.Grades, "score", "A"},
	} {
		e, err := format.Read(c.kind, strings.NewReader(c.text), format.Options{Want: c.want})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		r, err := tally.Count(c.method, tally.Ballots{Grades: e.Grades}, tally.Options{})
		if err != nil || !slices.Equal(r.Winners, []string{c.winner}) {
			t.Errorf("%s: %+v %v", c.name, r, err)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		kind, text   string
		line, column int
	}{
		{format.CEF, "#/Candidates: A ; B\n\nÉ > A > > B\n", 3, 9},
		{format.CEF, "#/Candidates: A ; A\n", 1, 19},
		{format.CEF, "A > B * many\n", 1, 9},
		{format.CEF, "A < B\n", 1, 3},
		{format.CEF, "A > B\n#/Number of Seats: 1\n", 2, 1},
		{format.CEF, "A * 8 ^7\n", 1, 5},
		{format.CEF, "A > /EMPTY/\n", 1, 5},
		{format.CEF, "# nothing\n", 1, 10},
		{format.CEF, "", 1, 1},
		{format.CEF, "  #/Implicit Ranking: false\n", 1, 3},
		{format.CEF, "#/Candidates: A\n#/Candidates: B\n", 2, 1},
		{format.ABIF, "100:\n", 1, 5},
		{format.ABIF, "3:A/x>B\n", 1, 5},
		{format.CSV, "Éé,B\nè,è\n", 2, 1},
		{format.CSV, "Éé,B\n1,2\n\"1\",è\n", 3, 5},
		{format.CSV, "É,É\n1,2\n", 1, 3},
		{format.BLT, "2 1\n1 1 2", 2, 6},
		{format.BLT, "2 1\n1 1 2 0\n1 1 1 0\n0\n\"A\"\n\"B\"\n", 3, 1},
		{format.BLT, "2 1\n1 1 0\n0\n\"A\"\n", 5, 1},
		{format.BLT, "two 1\n", 1, 1},
		{format.BLT, "2 1\n1 1 0\n0\n\"A\"\n\"A\"\n", 5, 1},
		{format.Debian, "Option 1: A\nOption 3: B\n", 2, 8},
		{format.Debian, "Option 1: A\nV: ?\tx\n", 2, 4},
		{format.Debian, "V: 1\tx\n", 1, 4},
		{format.CSV, "A,A\n1,2\n", 1, 3},
		{format.CSV, "A,B\n1,two\n", 2, 3},
		{format.CSV, "A,B\n1,\"2\n", 2, 6},
		{format.CSV, "", 1, 1},
		{format.ABIF, "3:A>B>A\n", 1, 7},
		{format.ABIF, "3:A>\n", 1, 5},
		{format.ABIF, "=a:[Ann\n", 1, 4},
	} {
		_, err := format.Read(c.kind, strings.NewReader(c.text), format.Options{})
		var at *format.SyntaxError
		if !errors.As(err, &at) {
			t.Errorf("%s %q: %v is no syntax error", c.kind, c.text, err)
			continue
		}
		if at.Line != c.line || at.Column != c.column {
			t.Errorf("%s %q: %v, want line %d, column %d", c.kind, c.text, err, c.line, c.column)
		}
	}
}

// FuzzRead: no file makes a reader panic, and what is read can be written and read again.
func FuzzRead(f *testing.F) {
	kinds := []string{format.CEF, format.BLT, format.Debian, format.CSV, format.ABIF}
	for i, text := range []string{
		"#/Candidates: A ; B\nx || A > B ^2 * 3\n/EMPTY/\n", "2 1\n-2\n3 1=2 0\n0\n\"A\"\n\"B\"\n\"t\"\n",
		"Option 1: A\nOption 2: Further discussion\nV: 21\tx\n", "id,A,B,weight\n1,x,,2\n2,\"3\",4,1\n", "{\"title\":\"x\"}\n=a:[A]\n3:a/5>b/2,c\n",
	} {
		f.Add(i, text)
	}
	f.Add(3, "\"A, b\";Bien;nombre;poids\n-3;;2;1\n;4;1;0\n;;5;3\n")
	f.Add(3, "Pizza\tTarte\nTrès bien\tà rejeter\n\tBien\n")
	f.Fuzz(func(t *testing.T, kind int, text string) {
		for want := range 3 {
			e, err := format.Read(kinds[uint(kind)%5], strings.NewReader(text), format.Options{Want: format.Want(want), Keep: true})
			if err != nil {
				continue
			}
			if e.Rankings == nil {
				writtenAgain(t, e, format.Want(want))
				continue
			}
			for name, write := range map[string]func(*bytes.Buffer) error{
				format.CEF: func(b *bytes.Buffer) error { return format.WriteCEF(b, e) },
				format.BLT: func(b *bytes.Buffer) error { return format.WriteBLT(b, e) },
			} {
				var out bytes.Buffer
				if write(&out) != nil {
					continue // a name the format cannot hold
				}
				again, err := format.Read(name, &out, format.Options{})
				if err != nil {
					t.Fatalf("%s does not read what it wrote: %v", name, err)
				}
				if dump(again) != dump(e) {
					t.Fatalf("%s: %s became %s", name, dump(e), dump(again))
				}
			}
		}
	})
}
