package tally

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Conditions are what an option must meet against the default option, the one that changes
// nothing ("further discussion", "none of the above"), to be eligible.
type Conditions struct {
	// Default is the name of the default option.
	Default string
	// Quorum is the number of votes that must rank an option above the default; nil means none.
	Quorum *big.Rat
	// Majority is, by option, how many times more votes must rank it above the default than
	// below; an option that is not named needs more votes above than below.
	Majority map[string]*big.Rat
	// Strict asks for strictly more than Majority, as the constitution did until 2007.
	Strict bool
}

// Condition is the check of one option against the default option.
type Condition struct {
	Option   string  `json:"option"`
	For      Number  `json:"for"`     // votes that rank it above the default
	Against  Number  `json:"against"` // votes that rank the default above it
	Quorum   *Number `json:"quorum,omitempty"`
	Majority Number  `json:"majority"`
	Passed   bool    `json:"passed"`
	Reason   string  `json:"reason,omitempty"` // why it was dropped: "quorum" or "majority"
}

// Kind implements Step.
func (Condition) Kind() string { return "condition" }

// DebianQuorum returns the quorum of a general resolution of the Debian project, three times half
// the square root of the number of developers (constitution 4.2.7), as the least whole number of
// votes that reaches it.
func DebianQuorum(developers int64) *big.Rat {
	// v ≥ 3√d/2 ⇔ 4v² ≥ 9d
	nine := new(big.Int).Mul(big.NewInt(9), big.NewInt(developers))
	v := new(big.Int).Sqrt(nine)
	v.Rsh(v, 1)
	for new(big.Int).Lsh(new(big.Int).Mul(v, v), 2).Cmp(nine) < 0 {
		v.Add(v, big.NewInt(1))
	}
	return new(big.Rat).SetInt(v)
}

// Constitution counts as the Debian constitution does (appendix A.6): options that miss the
// quorum, then those that do not defeat the default option by their majority, are dropped; the
// rest is ranked by Schulze with winning votes and, at equal votes for, fewest against (A.6.6). Dropped options follow, as Schulze ranks them.
func Constitution(p *Rankings, c Conditions, o Options) (*Result, error) {
	k, err := newCount("schulze", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	def := slices.Index(p.names, c.Default)
	if def < 0 {
		return nil, fmt.Errorf("the default option %q is not on the ballot", c.Default)
	}
	for name := range c.Majority {
		if !slices.Contains(p.names, name) {
			return nil, fmt.Errorf("a majority is asked of %q, which is not on the ballot", name)
		}
		if name == c.Default {
			return nil, errors.New("the default option needs no majority over itself")
		}
	}
	m := p.pairwise()
	levels := m.levels(WinningVotes, true)
	m.steps(k, levels)
	dropped := make([]bool, m.n)
	for a := range m.n {
		if a == def {
			continue
		}
		check := c.check(m, k.names, a, def)
		dropped[a] = !check.Passed
		k.step(check)
	}
	kept, out := k.schulzeAmong(m, levels, dropped, false), k.schulzeAmong(m, levels, dropped, true)
	return k.elect(append(kept, out...)), nil
}

func (c Conditions) check(m pairwise, names []string, a, def int) Condition {
	above, below := m.over(a, def), m.over(def, a)
	ratio := big.NewRat(1, 1)
	if r := c.Majority[names[a]]; r != nil {
		ratio = r
	}
	check := Condition{Option: names[a], For: Exact(above), Against: Exact(below), Majority: Exact(ratio), Passed: true}
	if c.Quorum != nil {
		quorum := Exact(c.Quorum)
		check.Quorum = &quorum
		if above.Cmp(c.Quorum) < 0 {
			check.Passed, check.Reason = false, "quorum"
			return check
		}
	}
	needed := new(big.Rat).Mul(below, ratio).Cmp(above)
	if above.Cmp(below) <= 0 || needed > 0 || c.Strict && needed == 0 {
		check.Passed, check.Reason = false, "majority"
	}
	return check
}

// schulzeAmong ranks by Schulze the options whose mark is as asked, forgetting the others.
func (k *count) schulzeAmong(m pairwise, levels []int, mark []bool, want bool) [][]int {
	var members []int
	for c, is := range mark {
		if is == want {
			members = append(members, c)
		}
	}
	n := len(members)
	sub := pairwise{n, make([]*big.Rat, n*n)}
	subLevels := make([]int, n*n)
	for i, a := range members {
		for j, b := range members {
			sub.votes[i*n+j] = m.over(a, b)
			subLevels[i*n+j] = levels[a*m.n+b]
		}
	}
	strength, next := widestPaths(n, subLevels)
	if !want {
		k.step(sub.paths(k.named(members), subLevels, strength, next))
	}
	ranking := layers(n, func(a, b int) bool { return strength[a*n+b] > strength[b*n+a] })
	for _, group := range ranking {
		for i, c := range group {
			group[i] = members[c]
		}
	}
	return ranking
}
