package rule

import (
	"slices"
	"testing"

	"isegoria.org/isegoria/tally"
)

// The examples by which the guide shows where each rule fails, counted.
func TestTheGuidesExamples(t *testing.T) {
	abc := []Option{{Key: "a", Label: "A"}, {Key: "b", Label: "B"}, {Key: "c", Label: "C"}, {Key: "d", Label: "C'"}}
	for _, c := range []struct {
		rule    string
		seats   int
		ballots []string
		want    []string
	}{
		{"approval", 1, []string{"a,b*60", "b*40"}, []string{"B"}},
		{"majority-judgment", 1, []string{"a:5,b:4*1", "a:3,b:2*1", "a:0,b:5*1"}, []string{"B"}},
		{"copeland", 1, []string{"a>b>c*1", "b>c>a*1", "c>a>b*1"}, []string{"A", "B", "C"}},
		{"borda", 1, []string{"a>b>c*51", "b>c>a*49"}, []string{"B"}},
		{"score", 1, []string{"a:3,b:2*60", "a:0,b:5*40"}, []string{"B"}},
		{"irv", 1, []string{"a>b*40", "c>b*35", "b*25"}, []string{"A"}},
		{"schulze", 1, []string{"a>b*40", "c>b*35", "b*25"}, []string{"B"}},
		{"ranked-pairs", 1, []string{"a>b>c*4", "b>c>a*3", "c>a>b*2"}, []string{"A"}},
		{"minimax", 1, []string{"d>a>b>c*1", "d>b>c>a*1", "d>c>a>b*2", "a>b>c>d*2", "b>c>a>d*2", "c>a>b>d*1"}, []string{"C'"}},
		{"two-round", 1, []string{"a*34", "b*30", "c>d*19", "d>c*17"}, []string{"A"}},
		{"plurality", 1, []string{"a*40", "b*35", "d*25"}, []string{"A"}},
		{"stv-scotland", 2, []string{"d*11", "a>b*8", "b>c*7", "c>a*6"}, []string{"C'", "A"}},
		{"stv-scotland", 2, []string{"d*11", "a>b*8", "a>b>c*2", "b>c*5", "c>a*6"}, []string{"C'", "C"}},
		{"stv-meek", 2, []string{"d*11", "a>b*8", "b>c*7", "c>a*6"}, []string{"C'", "A"}},
		{"stv-meek", 2, []string{"d*11", "a>b*8", "a>b>c*2", "b>c*5", "c>a*6"}, []string{"C'", "C"}},
		{"hare", 10, []string{"a*6", "b*6", "c*2"}, []string{"A", "B", "A", "B", "A", "B", "C", "A", "B", "C"}},
		{"hare", 11, []string{"a*6", "b*6", "c*2"}, []string{"A", "B", "A", "B", "A", "B", "A", "B", "C", "A", "B"}},
		{"dhondt", 3, []string{"a*60", "b*40"}, []string{"A", "B", "A"}},
		{"dhondt", 3, []string{"a*76", "b*24"}, []string{"A", "A", "A"}},
		{"sainte-lague", 3, []string{"a*51", "b*25", "c*24"}, []string{"A", "B", "C"}},
	} {
		r := of(c.rule)
		box := castFor(t, r, abc, c.ballots...)
		counted, err := r.Count(abc, c.seats, []Box{box}, Draw{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(counted.Tally.Winners, c.want) {
			t.Errorf("%s %v: %v, want %v", c.rule, c.ballots, counted.Tally.Winners, c.want)
		}
	}
}

// The figures that the guide gives of a transfer under each rule of the single transferable vote.
func TestTheGuidesTransfers(t *testing.T) {
	abcd := []Option{{Key: "a", Label: "A"}, {Key: "b", Label: "B"}, {Key: "c", Label: "C"}, {Key: "d", Label: "D"}}
	rounds := func(name string, ballots ...string) []tally.Round {
		r := of(name)
		counted, err := r.Count(abcd, 2, []Box{castFor(t, r, abcd, ballots...)}, Draw{})
		if err != nil {
			t.Fatal(err)
		}
		var out []tally.Round
		for _, s := range counted.Tally.Steps {
			if round, ok := s.(tally.Round); ok {
				out = append(out, round)
			}
		}
		return out
	}
	scottish := rounds("stv-scotland", "d*11", "a>b*8", "b>c*7", "c>a*6")
	if last := scottish[1]; scottish[0].Quota.String() != "11" || last.Excluded[0] != "C" || last.Tallies[0].Votes.String() != "14" {
		t.Errorf("%+v", scottish)
	}
	scottish = rounds("stv-scotland", "d*11", "a>b*8", "a>b>c*2", "b>c*5", "c>a*6")
	if last := scottish[1]; last.Excluded[0] != "B" || last.Elected[0] != "C" {
		t.Errorf("%+v", scottish)
	}
	meek := rounds("stv-meek", "a>b*6", "b>a*2", "c*2")
	last := meek[slices.IndexFunc(meek, func(r tally.Round) bool { return len(r.Transfers) > 0 })]
	if last.Keep[0].Votes.String() != "0.555555556" || last.Transfers[0].Votes.String() != "2.666666664" {
		t.Errorf("%+v", meek)
	}
}
