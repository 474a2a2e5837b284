package rule

import (
	"slices"
	"testing"
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
		{"two-round", 1, []string{"a*34", "b*30", "c>d*19", "d>c*17"}, []string{"A"}},
		{"plurality", 1, []string{"a*40", "b*35", "d*25"}, []string{"A"}},
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
