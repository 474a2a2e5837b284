package tally_test

import (
	"path/filepath"
	"slices"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

func TestVectors(t *testing.T) {
	for _, c := range []struct{ file, kind, method, want string }{
		{"schulze-2011-1.cvotes", format.CEF, "schulze", "E > A > C > B > D"},
		{"schulze-2011-1.cvotes", format.CEF, "schulze-margins", "E > A > C > B > D"},
		{"tennessee.cvotes", format.CEF, "plurality", "Memphis > Nashville > Knoxville > Chattanooga"},
		{"tennessee.cvotes", format.CEF, "borda", "Nashville > Chattanooga > Memphis > Knoxville"},
		{"tennessee.cvotes", format.CEF, "schulze", "Nashville > Chattanooga > Knoxville > Memphis"},
		{"tennessee.cvotes", format.CEF, "ranked-pairs", "Nashville > Chattanooga > Knoxville > Memphis"},
		{"tennessee.cvotes", format.CEF, "minimax", "Nashville > Memphis > Chattanooga > Knoxville"},
		{"tennessee.cvotes", format.CEF, "copeland", "Nashville > Chattanooga > Knoxville > Memphis"},
		{"tennessee.cvotes", format.CEF, "two-round", "Nashville > Memphis > Knoxville > Chattanooga"},
	} {
		e := read(t, c.kind, filepath.Join("testdata", c.file), format.Options{})
		r, err := tally.Count(c.method, tally.Ballots{Rankings: e.Rankings}, tally.Options{Seats: e.Seats})
		if err != nil {
			t.Fatal(err)
		}
		if got := same(r.Ranking); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.file, c.method, got, c.want)
		}
	}
}

func TestEarlierStage(t *testing.T) {
	e := read(t, format.BLT, filepath.Join("testdata", "earlier-stage.blt"), format.Options{})
	r, err := tally.Scottish(e.Rankings, tally.Options{Seats: e.Seats})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Winners, []string{"E", "D"}) {
		t.Errorf("elected %v", r.Winners)
	}
	broken := step[tally.TieBroken](t, r)
	if broken.Rule != "earlier-stage" || !slices.Equal(broken.Order, []string{"C", "B"}) {
		t.Errorf("tie broken: %+v", broken)
	}
}

// The rounds of Portland's mayoral election as RCTab 2.0.0 reports them, candidates in the order
// of the file, its ties being broken by that order.
func TestPortland2015(t *testing.T) {
	want := [][]string{
		{"6", "11", "9", "12", "10", "5", "3", "8", "7", "2", "13", "3", "2", "1", "6"},
		{"6", "11", "9", "12", "10", "5", "3", "8", "7", "2", "13", "3", "2", "7"},
		{"6", "11", "9", "12", "10", "5", "3", "8", "7", "2", "15", "3", "7"},
		{"6", "11", "9", "12", "10", "5", "3", "8", "7", "15", "5", "7"},
		{"6", "11", "9", "12", "10", "8", "8", "7", "15", "5", "7"},
		{"6", "11", "9", "12", "10", "8", "8", "7", "20", "7"},
		{"14", "11", "13", "10", "8", "8", "7", "20", "7"},
		{"14", "11", "13", "10", "8", "8", "7", "26"},
		{"14", "11", "13", "10", "8", "9", "32"},
		{"14", "12", "13", "15", "9", "34"},
		{"14", "12", "15", "15", "41"},
		{"23", "17", "15", "42"},
		{"24", "28", "45"},
		{"40", "54"},
	}
	e := read(t, format.CEF, filepath.Join("testdata", "portland-2015.cvotes"), format.Options{})
	r, err := tally.InstantRunoff(e.Rankings, tally.Options{
		TieBreak: tally.TieBreak{Rule: tally.Chair, Order: e.Candidates},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Winners, []string{"Mavodones Nicholas M. Jr."}) {
		t.Errorf("elected %v", r.Winners)
	}
	number := 0
	for _, s := range r.Steps {
		round, ok := s.(tally.Round)
		if !ok || number == len(want) {
			continue
		}
		var got []string
		for _, c := range round.Tallies {
			got = append(got, c.Votes.String())
		}
		if !slices.Equal(got, want[number]) {
			t.Errorf("round %d: %v, want %v", number+1, got, want[number])
		}
		number++
	}
	if number != len(want) {
		t.Errorf("%d rounds, want %d", number, len(want))
	}
}

// The majority judgment of the Belenios specification's example: four candidates' 100 grades, from
// the best to the worst, and their order.
func TestBeleniosMajorityJudgment(t *testing.T) {
	raw := [][]int{{30, 25, 20, 15, 10}, {25, 30, 20, 14, 11}, {6, 24, 40, 24, 6}, {10, 15, 20, 25, 30}}
	g, err := tally.NewGrades([]string{"0", "1", "2", "3"})
	if err != nil {
		t.Fatal(err)
	}
	ballots := make([][]tally.Grade, 100)
	for c, counts := range raw {
		at := 0
		for i, n := range counts {
			for range n {
				ballots[at] = append(ballots[at], tally.Grade{Candidate: c, Value: 5 - i})
				at++
			}
		}
	}
	for _, b := range ballots {
		if err := g.Add(b, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range []func(*tally.Grades, tally.Options) (*tally.Result, error){tally.MajorityJudgment, tally.MajorityJudgmentScore} {
		r, err := rule(g, tally.Options{})
		if err != nil || same(r.Ranking) != "0 > 1 > 2 > 3" {
			t.Errorf("%s %v", same(r.Ranking), err)
		}
	}
}
