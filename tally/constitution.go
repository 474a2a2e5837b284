package tally

import (
	"fmt"
	"maps"
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
	// Quorums are, by option, the votes it needs instead of Quorum.
	Quorums map[string]*big.Rat
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
// rest is ranked by Schulze with winning votes and, at equal votes for, fewest against (A.6.6).
// The default option comes after those that defeat it, and the dropped ones last, as Schulze ranks
// them.
func Constitution(p *Rankings, c Conditions, o Options) (*Result, error) {
	return debian.count(p, &c, o)
}

var debian = duelRule{"schulze", WinningVotes, true, rankByPaths}

// check tells whether the conditions are about what is on the ballot.
func (c Conditions) check(names []string) error {
	if !slices.Contains(names, c.Default) {
		return fmt.Errorf("the default option %q is not on the ballot", c.Default)
	}
	for _, asked := range []struct {
		what string
		of   map[string]*big.Rat
	}{{"majority", c.Majority}, {"quorum", c.Quorums}} {
		for _, name := range slices.Sorted(maps.Keys(asked.of)) {
			if !slices.Contains(names, name) {
				return fmt.Errorf("a %s is asked of %q, which is not on the ballot", asked.what, name)
			}
			if name == c.Default {
				return fmt.Errorf("the default option needs no %s over itself", asked.what)
			}
		}
	}
	return nil
}

// conditioned elects among the options that meet their conditions. The default option, which all of
// them defeat, is elected when there is none; those that do not meet theirs are never elected.
func (d duelRule) conditioned(k *count, m pairwise, c Conditions) *Result {
	def := slices.Index(m.names, c.Default)
	var kept, dropped []int
	for a := range m.n {
		if a == def {
			kept = append(kept, a)
			continue
		}
		of := c.judge(m, a, def)
		k.step(of)
		if of.Passed {
			kept = append(kept, a)
		} else {
			dropped = append(dropped, a)
		}
	}
	eligible := d.among(k, m, kept)
	after := [][]int{{def}}
	for i, group := range eligible {
		eligible[i] = slices.DeleteFunc(group, func(a int) bool { return a == def })
	}
	if eligible = slices.DeleteFunc(eligible, func(g []int) bool { return len(g) == 0 }); len(eligible) == 0 {
		eligible, after = after, nil
	}
	r := k.elect(eligible)
	aside := &count{names: k.names, tie: k.tie, result: &Result{}} // how the dropped are ranked is no step of the count
	for _, group := range append(after, d.among(aside, m, dropped)...) {
		r.Ranking = append(r.Ranking, k.named(group))
		if len(group) > 1 {
			r.Ties = append(r.Ties, k.named(group))
		}
	}
	return r
}

// among ranks some of the options by the rule, forgetting the others.
func (d duelRule) among(k *count, m pairwise, members []int) [][]int {
	sub := m.among(members)
	ranking := d.rank(k, sub, d.strength, sub.levels(d.strength, d.fewest))
	for _, group := range ranking {
		for i, c := range group {
			group[i] = members[c]
		}
	}
	return ranking
}

// judge checks option a against the default option.
func (c Conditions) judge(m pairwise, a, def int) Condition {
	above, below := m.over(a, def), m.over(def, a)
	ratio, quorum := big.NewRat(1, 1), c.Quorum
	if r := c.Majority[m.names[a]]; r != nil {
		ratio = r
	}
	if q := c.Quorums[m.names[a]]; q != nil {
		quorum = q
	}
	of := Condition{Option: m.names[a], For: Exact(above), Against: Exact(below), Majority: Exact(ratio), Passed: true}
	if quorum != nil {
		needed := Exact(quorum)
		of.Quorum = &needed
		if above.Cmp(quorum) < 0 {
			of.Passed, of.Reason = false, "quorum"
			return of
		}
	}
	needed := new(big.Rat).Mul(below, ratio).Cmp(above)
	if above.Cmp(below) <= 0 || needed > 0 || c.Strict && needed == 0 {
		of.Passed, of.Reason = false, "majority"
	}
	return of
}
