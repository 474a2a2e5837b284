package tally

import (
	"math/rand/v2"
	"slices"
)

// maxOutcomes bounds the counts made to tell what undeclared ties decide.
const maxOutcomes = 720

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

// conclude runs a count. With a declared tie-break, once. Without one, a tie that the rule does
// not settle opens one outcome per tied candidate: all are counted. If they elect the same
// candidates, the tie does not matter; otherwise those whom only some outcomes elect are reported
// tied. The ranking keeps what all outcomes agree on; the steps are those of the first outcome.
func (k *count) conclude(run func(choose chooser) (*stvCount, error)) (*Result, error) {
	if k.tie.Rule == "" {
		return k.concludeUndeclared(run)
	}
	one, err := run(func(tied []int, purpose string) int {
		order := k.settle(tied, purpose)
		if purpose == "exclusion" {
			return slices.Index(tied, order[len(order)-1])
		}
		return slices.Index(tied, order[0])
	})
	if err != nil {
		return nil, err
	}
	return k.agree([]*stvCount{one}), nil
}

func (k *count) concludeUndeclared(run func(choose chooser) (*stvCount, error)) (*Result, error) {
	var outcomes []*stvCount
	var script, sizes []int // the choices made at the ties met, and how many there were
	for {
		met := 0
		one, err := run(func(tied []int, _ string) int {
			if met == len(script) {
				script, sizes = append(script, 0), append(sizes, len(tied))
			}
			met++
			return script[met-1]
		})
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, one)
		last := len(script) - 1
		for ; last >= 0 && script[last]+1 == sizes[last]; last-- {
		}
		if last < 0 {
			break
		}
		if len(outcomes) == maxOutcomes {
			return k.sample(run)
		}
		script[last]++
		script, sizes = script[:last+1], sizes[:last+1]
	}
	if len(outcomes) > 1 {
		k.step(Outcomes{len(outcomes), true})
	}
	return k.agree(outcomes), nil
}

// sample counts maxOutcomes of the ways a count can go, the choices being drawn from a fixed
// sequence, so that the same ballots give the same result.
func (k *count) sample(run func(choose chooser) (*stvCount, error)) (*Result, error) {
	k.step(Outcomes{maxOutcomes, false})
	outcomes := make([]*stvCount, maxOutcomes)
	for i := range outcomes {
		draw := rand.New(rand.NewPCG(uint64(i), 0))
		one, err := run(func(tied []int, _ string) int { return draw.IntN(len(tied)) })
		if err != nil {
			return nil, err
		}
		outcomes[i] = one
	}
	return k.agree(outcomes), nil
}

// agree makes the result of all the ways the count can go.
func (k *count) agree(outcomes []*stvCount) *Result {
	n := len(k.names)
	above := make([]int, n*n) // outcomes that rank row above column
	elected := make([]int, n)
	for _, one := range outcomes {
		for i, group := range one.ranking {
			for _, a := range group {
				for _, b := range slices.Concat(one.ranking[i+1:]...) {
					above[a*n+b]++
				}
			}
		}
		for _, c := range one.elected {
			elected[c]++
		}
	}
	k.result.Steps = append(k.result.Steps, outcomes[0].steps...)
	always := len(outcomes)
	// The certainly elected come before the possibly elected, and these before the others.
	class := func(c int) int {
		switch elected[c] {
		case always:
			return 2
		case 0:
			return 0
		}
		return 1
	}
	ranking := layers(n, func(a, b int) bool {
		if class(a) != class(b) {
			return class(a) > class(b)
		}
		return class(a) != 1 && above[a*n+b] == always
	})
	r := k.result
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
