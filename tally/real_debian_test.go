package tally_test

import (
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

var (
	debianOptionLine = regexp.MustCompile(`(?m)^\s*Option (\d+) "(.*)"$`)
	debianMatrixRow  = regexp.MustCompile(`(?m)^Option (\d+) {2,}([ \d]+)$`)
	debianMajority   = regexp.MustCompile(`(?m)^(Option|Dropping Option) (\d+) .*\((\d+)/(\d+)\) (>=|>|<|<=) ([\d.]+)`)
	debianQuorum     = regexp.MustCompile(`Reached quorum: \d+ > ([\d.]+)`)
	debianTotal      = regexp.MustCompile(`total numbers of votes tallied = (\d+)`)
)

func step[S tally.Step](t *testing.T, r *tally.Result) S {
	t.Helper()
	for _, s := range r.Steps {
		if found, ok := s.(S); ok {
			return found
		}
	}
	var none S
	t.Fatalf("no step %s", none.Kind())
	return none
}

func TestDebianVotes(t *testing.T) {
	reports, err := filepath.Glob(filepath.Join(shared(t, "debian"), "*", "*_results.txt"))
	if err != nil || len(reports) == 0 {
		t.Fatal("no report", err)
	}
	for _, report := range reports {
		t.Run(filepath.Base(filepath.Dir(report))+"/"+filepath.Base(report), func(t *testing.T) {
			data, err := os.ReadFile(report)
			if err != nil {
				t.Fatal(err)
			}
			e := read(t, format.Debian, strings.Replace(report, "_results", "_tally", 1), format.Options{})
			if m := debianTotal.FindSubmatch(data); m != nil && strconv.FormatInt(e.Rankings.Ballots(), 10) != string(m[1]) {
				t.Errorf("%d ballots, want %s", e.Rankings.Ballots(), m[1])
			}
			conditions := debianConditions(t, e, data)
			r, err := tally.Constitution(e.Rankings, conditions, tally.Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkMatrix(t, step[tally.PairwiseMatrix](t, r), data)
			for _, m := range debianMajority.FindAllSubmatch(data, -1) {
				checkMajority(t, r, e, m)
			}
			_, winners, _ := strings.Cut(string(data), "The winners are:")
			var want []string
			for _, m := range debianOptionLine.FindAllStringSubmatch(winners, -1) {
				want = append(want, m[2])
			}
			if !slices.Equal(r.Winners, want) {
				t.Errorf("winners %q, want %q", r.Winners, want)
			}
		})
	}
}

// debianConditions takes the quorum and the majorities from the report; those the sheet gives
// must be the same.
func debianConditions(t *testing.T, e *format.Election, report []byte) tally.Conditions {
	t.Helper()
	if e.Conditions == nil {
		t.Fatal("no default option found")
	}
	c := *e.Conditions
	if m := debianQuorum.FindSubmatch(report); m != nil {
		c.Quorum, _ = new(big.Rat).SetString(string(m[1]))
	}
	for _, m := range debianMajority.FindAllSubmatch(report, -1) {
		n, _ := strconv.Atoi(string(m[2]))
		ratio, _ := new(big.Rat).SetString(string(m[6]))
		name := e.Candidates[n-1]
		if given := c.Majority[name]; given != nil && given.Cmp(ratio) != 0 {
			t.Errorf("%s: the sheet asks for a majority of %s, the report of %s", name, given, ratio)
		}
		c.Majority[name] = ratio
	}
	return c
}

func checkMatrix(t *testing.T, matrix tally.PairwiseMatrix, report []byte) {
	t.Helper()
	rows := debianMatrixRow.FindAllStringSubmatch(string(report), -1)
	if len(rows) != len(matrix.Candidates) {
		t.Fatalf("%d rows in the report", len(rows))
	}
	for i, m := range rows {
		var got []string
		for j, n := range matrix.Matrix[i] {
			if i != j {
				got = append(got, n.String())
			}
		}
		if want := strings.Fields(m[2]); !slices.Equal(got, want) {
			t.Errorf("row %d is %v, want %v", i+1, got, want)
		}
	}
}

func checkMajority(t *testing.T, r *tally.Result, e *format.Election, m [][]byte) {
	t.Helper()
	n, _ := strconv.Atoi(string(m[2]))
	for _, s := range r.Steps {
		c, ok := s.(tally.Condition)
		if !ok || c.Option != e.Candidates[n-1] {
			continue
		}
		if c.For.String() != string(m[3]) || c.Against.String() != string(m[4]) {
			t.Errorf("%s: %s to %s, want %s to %s", c.Option, c.For, c.Against, m[3], m[4])
		}
		if dropped := string(m[1]) != "Option"; c.Passed == dropped {
			t.Errorf("%s: passed %t, want %t", c.Option, c.Passed, !dropped)
		}
		return
	}
	t.Errorf("option %d is not checked", n)
}

// These sheets come without a report; the leader elected and the constitution amended are known.
func TestDebianVotesOf2003(t *testing.T) {
	dir := shared(t, "debian")
	for file, want := range map[string]string{
		"leader2003_tally.txt": "Martin Michlmayr",
		"gr_voting_tally.txt":  "Clone Proof SSD Condorcet Amendment",
	} {
		e := read(t, format.Debian, filepath.Join(dir, "2003", file), format.Options{})
		r, err := tally.Count("schulze", tally.Ballots{Rankings: e.Rankings, Conditions: e.Conditions}, tally.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Winners, []string{want}) {
			t.Errorf("%s: winners %q, want %q", file, r.Winners, want)
		}
	}
}

func TestDebianQuorum(t *testing.T) {
	for developers, want := range map[int64]int64{1: 2, 4: 3, 928: 46, 1000: 48} {
		if got := tally.DebianQuorum(developers); got.Cmp(big.NewRat(want, 1)) != 0 {
			t.Errorf("%d developers: quorum %s, want %d", developers, got.RatString(), want)
		}
	}
}

func TestOrsay2007(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "orsay-2007"), "ballots", "*", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal("no polling station", err)
	}
	// The three polling stations are one election: their lines follow one heading.
	var all []byte
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			_, rest, _ := strings.Cut(string(data), "\n")
			data = []byte(rest)
		}
		all = append(append(all, data...), '\n')
	}
	e, err := format.Read(format.CSV, strings.NewReader(string(all)), format.Options{Want: format.Grades})
	if err != nil {
		t.Fatal(err)
	}
	if e.Grades.Ballots() != 1733 {
		t.Errorf("%d ballots, want 1733", e.Grades.Ballots())
	}
	for _, method := range []string{"majority-judgment", "majority-judgment-score"} {
		r, err := tally.Count(method, tally.Ballots{Grades: e.Grades}, tally.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := same(r.Ranking[:3]); got != "Bayrou > Royal > Sarkozy" {
			t.Errorf("%s: %s", method, got)
		}
		checkShares(t, r)
	}
}

// checkShares: the shares above and below "assez bien" published by Balinski and Laraki.
func checkShares(t *testing.T, r *tally.Result) {
	t.Helper()
	want := map[string]string{"Bayrou": "44.3 30.6", "Royal": "39.4 41.5", "Sarkozy": "38.9 46.9"}
	for _, s := range r.Steps {
		p, ok := s.(tally.MeritProfile)
		if !ok || want[p.Candidate] == "" {
			continue
		}
		if got := p.AbovePercent.String() + " " + p.BelowPercent.String(); got != want[p.Candidate] || p.Median != "4" {
			t.Errorf("%s: %s around %s, want %s around 4", p.Candidate, got, p.Median, want[p.Candidate])
		}
	}
}
