package sortition

import (
	"fmt"
	"slices"
)

// Replacement states the draw that fills the seats of members who leave: those who
// stay sit already, those who left or declined cannot be drawn again, and the quotas
// bear on the whole panel, hence on what is missing. Solve it, list it and draw as the
// first time; its report records the step. A Together group that a leaver breaks up no
// longer binds.
func Replacement(p *Problem, panel, leaving, declined []int) (*Problem, error) {
	gone := slices.Concat(leaving, declined)
	for _, i := range leaving {
		if !slices.Contains(panel, i) {
			return nil, inputErrorf(0, "volunteer %d cannot leave a panel where they do not sit", i+1)
		}
	}
	q := *p
	q.Fixed = without(panel, gone)
	q.Excluded = slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.Excluded, gone))))
	q.Together = nil
	for _, g := range p.Together {
		if !slices.ContainsFunc(g, func(i int) bool { return slices.Contains(gone, i) }) {
			q.Together = append(q.Together, g)
		}
	}
	return &q, nil
}

// Only keeps every seat that is not fixed for these persons: all others are excluded.
func (p *Problem) Only(persons []int) {
	for i := range p.Pool.Rows {
		if !slices.Contains(persons, i) && !slices.Contains(p.Fixed, i) && !slices.Contains(p.Excluded, i) {
			p.Excluded = append(p.Excluded, i)
		}
	}
	slices.Sort(p.Excluded)
}

func without(list, drop []int) []int {
	return slices.DeleteFunc(slices.Clone(list), func(i int) bool { return slices.Contains(drop, i) })
}

// alternateScenarios is how many drop-outs Alternates foresees.
const alternateScenarios = 400

// Alternates chooses n persons who stand ready to replace members, before anyone drops
// out. rate is each member's probability to drop out (by row of the pool, independent).
// Drop-outs are imagined by lot from the seed; alternates are taken one after the other,
// each the one who most lowers the expected distance to the quotas when vacancies are
// filled (the greedy counterpart of "Alternates, Assemble!", Assos, Baharav, Flanigan,
// Procaccia, 2025: a good choice, not a proven one). Equal candidates are chosen by lot.
func Alternates(p *Problem, panel []int, rate []float64, n int, seed string) ([]int, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if len(rate) != len(p.Pool.Rows) {
		return nil, inputErrorf(0, "%d drop-out rates for %d volunteers", len(rate), len(p.Pool.Rows))
	}
	rng := seeded(seed, "isegoria alternates")
	takes := quotasTaken(p)
	var futures []future
	for range alternateScenarios {
		f := future{count: make([]int, len(p.Quotas))}
		for _, i := range panel {
			if rng.Float64() < rate[i] {
				f.vacant++
				continue
			}
			for _, q := range takes[i] {
				f.count[q]++
			}
		}
		futures = append(futures, f)
	}
	candidates := without(rng.Perm(len(p.Pool.Rows)), slices.Concat(panel, p.Excluded))
	var out []int
	lives := map[string]bool{}
	for len(out) < n && len(candidates) > 0 {
		best, at := -1, -1
		tried := map[string]int{} // gain of each kind of candidate
		for k, i := range candidates {
			kind := fmt.Sprint(takes[i])
			gain, ok := tried[kind]
			if !ok {
				for s := range futures {
					gain += futures[s].gain(p, takes[i])
				}
				tried[kind] = gain
			}
			if gain > best {
				best, at = gain, k
			}
		}
		i := candidates[at]
		candidates = slices.Delete(candidates, at, at+1)
		if len(p.AddressColumns) > 0 {
			key, err := p.addressKey(i)
			if err != nil {
				return nil, err
			}
			if lives[key] {
				continue
			}
			lives[key] = true
		}
		out = append(out, i)
		for s := range futures {
			futures[s].take(p, takes[i])
		}
	}
	return out, nil
}

// quotasTaken lists the quotas each person counts for.
func quotasTaken(p *Problem) [][]int {
	out := make([][]int, len(p.Pool.Rows))
	for k, q := range p.Quotas {
		at := p.Pool.column(q.Category)
		for i, row := range p.Pool.Rows {
			if row[at] == q.Feature {
				out[i] = append(out[i], k)
			}
		}
	}
	return out
}

// future is a panel after imagined drop-outs and the alternates who filled in.
type future struct {
	count  []int // members per quota
	vacant int
}

// gain is by how much one more member lowers the distance to the quotas and to the size.
func (f *future) gain(p *Problem, takes []int) int {
	if f.vacant == 0 {
		return 0
	}
	g := 1 // a seat filled
	for _, q := range takes {
		switch {
		case f.count[q] < p.Quotas[q].Min:
			g++
		case f.count[q] >= p.Quotas[q].Max:
			g--
		}
	}
	return max(0, g)
}

func (f *future) take(p *Problem, takes []int) {
	if f.gain(p, takes) == 0 {
		return
	}
	f.vacant--
	for _, q := range takes {
		f.count[q]++
	}
}
