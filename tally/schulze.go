package tally

import "slices"

// Path is the strongest chain of pairwise victories from one candidate to another. It is as
// strong as its weakest link.
type Path struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Via     []string `json:"via"` // the whole chain, From and To included
	Weakest Duel     `json:"weakest"`
}

// Paths are the strongest paths between every two candidates that have one.
type Paths struct {
	Paths []Path `json:"paths"`
}

// Kind implements Step.
func (Paths) Kind() string { return "paths" }

// Schulze ranks a above b when the strongest path from a to b is stronger than the strongest
// path from b to a (M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
// Condorcet-consistent single-winner election method", Social Choice and Welfare 36, 2011).
func Schulze(p *Rankings, s Strength, o Options) (*Result, error) {
	return schulze(s).count(p, nil, o)
}

func schulze(s Strength) duelRule { return duelRule{"schulze", s, false, rankByPaths} }

func rankByPaths(k *count, m pairwise, _ Strength, levels []int) [][]int {
	strength, next := widestPaths(m.n, levels)
	k.step(m.paths(levels, strength, next))
	return layers(m.n, func(a, b int) bool { return strength[a*m.n+b] > strength[b*m.n+a] })
}

// widestPaths returns, for each ordered pair, the level of the weakest link of the strongest
// path (0: no path) and the candidate that follows the first on that path.
func widestPaths(n int, levels []int) (strength, next []int) {
	strength = slices.Clone(levels)
	next = make([]int, n*n)
	for at := range next {
		next[at] = at % n
	}
	for via := range n {
		for a := range n {
			for b := range n {
				if a == b || a == via || b == via {
					continue
				}
				if w := min(strength[a*n+via], strength[via*n+b]); w > strength[a*n+b] {
					strength[a*n+b] = w
					next[a*n+b] = next[a*n+via]
				}
			}
		}
	}
	return strength, next
}

func (m pairwise) paths(levels, strength, next []int) Paths {
	list := Paths{Paths: []Path{}}
	for a := range m.n {
		for b := range m.n {
			if a == b || strength[a*m.n+b] == 0 {
				continue
			}
			path := Path{From: m.names[a], To: m.names[b], Via: []string{m.names[a]}}
			for at, weakest := a, 0; at != b; {
				to := next[at*m.n+b]
				path.Via = append(path.Via, m.names[to])
				if level := levels[at*m.n+to]; weakest == 0 || level < weakest {
					weakest = level
					path.Weakest = m.duel(at, to)
				}
				at = to
			}
			list.Paths = append(list.Paths, path)
		}
	}
	return list
}
