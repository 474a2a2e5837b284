package tally

import (
	"math/rand/v2"
	"slices"
)

// An undeclared tie is explored by counting again: at most maxOutcomes times, and fewer, down to
// minOutcomes, as the work of one count grows to exploration.
const (
	maxOutcomes = 720
	minOutcomes = 8
	exploration = 20_000_000 // preferences read and totals compared
)

// Outcomes says that a count met ties that no declared tie-break settles, and how many ways it
// could go on were counted. When there are more than the program counts, they are a sample, and
// what all of them agree on is likely but not certain: only a declared tie-break settles it.
type Outcomes struct {
	Counted int  `json:"counted"`
	All     bool `json:"all"`
}

// Kind implements Step.
func (Outcomes) Kind() string { return "outcomes" }

// chooser breaks the ties a count meets, one call per tie: it returns an index into tied.
type chooser func(tied []int, purpose string) int

// stvCount is one way a count can go.
type stvCount struct {
	steps   []Step
	elected []int
	ranking [][]int // everyone, the elected first, then the last excluded first
}

// stvRun makes a count; silent, without its steps.
type stvRun func(choose chooser, silent bool) *stvCount

// conclude runs a count. With a declared tie-break, once. Without one, a tie that the rule does
// not settle opens one outcome per tied candidate: all are counted. If they elect the same
// candidates, the tie does not matter; otherwise those whom only some outcomes elect are reported
// tied. The ranking keeps what all outcomes agree on; the steps are those of the first outcome.
func (k *count) conclude(p papers, run stvRun) *Result {
	n := len(k.names)
	g := &agreement{names: n, above: make([]int, n*n), elected: make([]int, n)}
	if k.tie.Rule == "" {
		k.explore(g, run, min(maxOutcomes, max(minOutcomes, exploration/(p.prefs()+n*n))))
		return k.agreed(g)
	}
	g.add(run(func(tied []int, purpose string) int {
		order := k.settle(tied, purpose)
		if purpose == "exclusion" {
			return slices.Index(tied, order[len(order)-1])
		}
		return slices.Index(tied, order[0])
	}, false))
	return k.agreed(g)
}

// explore counts every way to break the ties met; or, if there are more than limit, a sample,
// drawn from a fixed sequence so that the same ballots give the same result.
func (k *count) explore(g *agreement, run stvRun, limit int) {
	var script, sizes []int // the choices made at the ties met, and how many there were
	for more := true; more && g.outcomes < limit; {
		met := 0
		g.add(run(func(tied []int, _ string) int {
			if met == len(script) {
				script, sizes = append(script, 0), append(sizes, len(tied))
			}
			met++
			return script[met-1]
		}, g.outcomes > 0))
		last := len(script) - 1
		for last >= 0 && script[last]+1 == sizes[last] {
			last--
		}
		if more = last >= 0; more {
			script[last]++
			script, sizes = script[:last+1], sizes[:last+1]
		}
		if more && g.outcomes == limit {
			sample := &agreement{names: g.names, above: make([]int, len(g.above)), elected: make([]int, len(g.elected))}
			for i := range limit {
				draw := rand.New(rand.NewPCG(uint64(i), 0))
				sample.add(run(func(tied []int, _ string) int { return draw.IntN(len(tied)) }, i > 0))
			}
			*g = *sample
			k.step(Outcomes{limit, false})
			return
		}
	}
	if g.outcomes > 1 {
		k.step(Outcomes{g.outcomes, true})
	}
}

// agreement is what the ways a count can go have in common.
type agreement struct {
	names    int
	outcomes int
	above    []int // outcomes that rank row above column
	elected  []int // outcomes that elect the candidate
	steps    []Step
}

func (g *agreement) add(one *stvCount) {
	if g.outcomes++; g.outcomes == 1 {
		g.steps = one.steps
	}
	place := make([]int, g.names)
	for i, group := range one.ranking {
		for _, c := range group {
			place[c] = i
		}
	}
	for a := range g.names {
		for b := range g.names {
			if place[a] < place[b] {
				g.above[a*g.names+b]++
			}
		}
	}
	for _, c := range one.elected {
		g.elected[c]++
	}
}

// agreed makes the result: the certainly elected come before the possibly elected, tied, and
// these before the others.
func (k *count) agreed(g *agreement) *Result {
	class := func(c int) int {
		switch g.elected[c] {
		case g.outcomes:
			return 2
		case 0:
			return 0
		}
		return 1
	}
	ranking := layers(g.names, func(a, b int) bool {
		if class(a) != class(b) {
			return class(a) > class(b)
		}
		return class(a) != 1 && g.above[a*g.names+b] == g.outcomes
	})
	r := k.result
	r.Steps = append(r.Steps, g.steps...)
	for _, group := range ranking {
		names := k.named(group)
		r.Ranking = append(r.Ranking, names)
		if class(group[0]) > 0 {
			r.Winners = append(r.Winners, names...)
		}
		if len(group) > 1 {
			r.Ties = append(r.Ties, names)
		}
	}
	return r
}

// singles lists the strict preferences of a ballot: it stops where several candidates share a
// place, since nothing says who comes next.
func singles(prefs []uint16) []uint16 {
	for i, q := range prefs {
		if q&sharedBit != 0 {
			return prefs[:i-1]
		}
	}
	return prefs
}
