package vote

import (
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/statute"
)

// weight is what an elector's vote counts for, as it is said before voting.
type weight struct {
	votes   statute.Frac
	n       int // the votes rounded up, for the plural
	college string
}

type elector electorate.Elector

func (e elector) weight() weight {
	n := 2
	if e.Votes.Cmp(statute.Int(1)) <= 0 {
		n = 1
	}
	return weight{e.Votes, n, e.College}
}
