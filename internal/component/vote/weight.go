package vote

import (
	"context"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/legalfile/rule"
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

// weighs tells whether the viewer may think that votes or colleges weigh.
func (b board) weighs() bool {
	return b.elector != nil && b.elector.Votes.Cmp(statute.Int(1)) != 0 ||
		slices.ContainsFunc(b.rules.Colleges, func(c statute.College) bool { return c.Weight != nil })
}

// weightLine says what the colleges weigh under the counting rule of a resolution; or, for a proposal
// that people answer, that they are counted and not their votes.
func weightLine(ctx context.Context, b board, r Resolution) string {
	switch {
	case !r.Method.Set():
		return ""
	case r.Method.Method().Proposal() && b.weighs():
		return site.T(ctx, "vote.weights.people")
	case !rule.Weighs(b.rules, r.Rule):
		return ""
	}
	var parts []string
	for _, c := range b.rules.Colleges {
		if c.Weight != nil {
			parts = append(parts, b.collegeName(c.Key)+" "+statute.FormatPercent(*c.Weight, lang(ctx)))
		}
	}
	return site.T(ctx, "vote.weights.colleges", "parts", strings.Join(parts, ", "))
}
