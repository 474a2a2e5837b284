package sortition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// crowdedProblem invents volunteers of whom no two are alike, couples and neighbours among
// them, and tight quotas in many categories.
func crowdedProblem(r *rand.Rand) *Problem {
	p := &Problem{Pool: &Pool{}, Size: 30}
	values := []int{2, 5, 6, 4, 5, 3, 4}
	for c, n := range values {
		p.Pool.Header = append(p.Pool.Header, fmt.Sprint("c", c))
		for v := range n {
			p.Quotas = append(p.Quotas, Quota{p.Pool.Header[c], fmt.Sprint(v), p.Size/n - 1, p.Size/n + 1, 0, NoLimit})
		}
	}
	for range 250 {
		var row []string
		for _, n := range values {
			row = append(row, fmt.Sprint(min(r.IntN(n), r.IntN(n+1))))
		}
		p.Pool.Rows = append(p.Pool.Rows, row)
	}
	p.Together = [][]int{{1, 2}, {30, 40, 50}}
	p.Apart = [][]int{{3, 4, 5}, {6, 7}, {7, 8}}
	p.Fixed = []int{100}
	return p
}

// What the walk finds are panels worth more than was asked.
func TestWalk(t *testing.T) {
	all := 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		p := crowdedProblem(r)
		m, err := compile(p)
		if err != nil {
			t.Fatal(err)
		}
		w := newWalk(m)
		lo, hi := m.bounds()
		cost := anyCost(len(m.types))
		cutoff, met := math.Inf(-1), 0
		w.from(nil, lo, hi)
		for range 5 {
			w.seek(context.Background(), cost, cutoff, func(x []int32) bool {
				met++
				worth := 0.0
				var panel []int
				for u, n := range x {
					worth += cost[u] * float64(n)
					for k := range n {
						panel = append(panel, m.types[u].units[k]...)
					}
				}
				if worth <= cutoff {
					t.Errorf("worth %g, asked for %g", worth, cutoff)
				}
				cutoff = worth
				obeysAll(t, p, panel)
				return true
			})
		}
		all += met
	}
	if all < 8 {
		t.Errorf("%d panels met in four pools", all)
	}
}

func obeysAll(t *testing.T, p *Problem, panel []int) {
	t.Helper()
	if err := checkPanel(p, slices.Sorted(slices.Values(panel))); err != nil {
		t.Error(err)
	}
}
