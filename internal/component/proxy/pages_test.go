package proxy

import (
	"testing"

	"isegoria.org/isegoria/internal/electorate"
)

// Two people of one name are told apart by their numbers, and nobody else's number is shown.
func TestNamesakes(t *testing.T) {
	person := func(member int64, name string) electorate.Candidate {
		return electorate.Candidate{Elector: electorate.Elector{Member: member, SortName: name}}
	}
	list := []electorate.Candidate{person(1, "berr bob"), person(2, "berr bob"), person(3, "berr bobby")}
	for i, want := range []bool{true, true, false} {
		if got := namesakes(list, list[i]); got != want {
			t.Errorf("person %d has a namesake: %v", i+1, got)
		}
	}
}
