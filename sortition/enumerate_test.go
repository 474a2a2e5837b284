package sortition

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	simplex "gonum.org/v1/gonum/optimize/convex/lp"
)

// randomProblem draws a small pool with quotas tight around one panel, so that the
// relaxation is often larger than the hull of the panels.
func randomProblem(r *rand.Rand) *Problem {
	cats := 2 + r.IntN(3)
	p := &Problem{Pool: &Pool{}, Size: 3 + r.IntN(4)}
	values := make([]int, cats)
	for c := range cats {
		p.Pool.Header = append(p.Pool.Header, fmt.Sprintf("c%d", c))
		values[c] = 2 + r.IntN(3)
	}
	for range p.Size + 4 + r.IntN(8) {
		row := make([]string, cats)
		for c := range cats {
			row[c] = fmt.Sprint(min(r.IntN(values[c]), r.IntN(values[c]+1)))
		}
		p.Pool.Rows = append(p.Pool.Rows, row)
	}
	count := map[[2]string]int{}
	for _, i := range r.Perm(len(p.Pool.Rows))[:p.Size] {
		for c, v := range p.Pool.Rows[i] {
			count[[2]string{p.Pool.Header[c], v}]++
		}
	}
	for c := range cats {
		for v := range values[c] {
			q := Quota{Category: p.Pool.Header[c], Feature: fmt.Sprint(v), MaxFlex: NoLimit}
			n := count[[2]string{q.Category, q.Feature}]
			q.Min, q.Max = max(0, n-r.IntN(2)), n+r.IntN(2)
			p.Quotas = append(p.Quotas, q)
		}
	}
	return p
}

// everyPanel lists all panels over persons that satisfy the rules, straight from the
// definition.
func everyPanel(p *Problem) [][]int {
	n := len(p.Pool.Rows)
	var out [][]int
	for set := range 1 << n {
		var panel []int
		for i := range n {
			if set>>i&1 == 1 {
				panel = append(panel, i)
			}
		}
		if len(panel) == p.Size && obeys(p, panel) {
			out = append(out, panel)
		}
	}
	return out
}

func obeys(p *Problem, panel []int) bool {
	in := map[int]bool{}
	for _, i := range panel {
		in[i] = true
	}
	for _, q := range p.Quotas {
		n := 0
		for _, i := range panel {
			if p.Pool.Rows[i][p.Pool.column(q.Category)] == q.Feature {
				n++
			}
		}
		if n < q.Min || n > q.Max {
			return false
		}
	}
	count := func(g []int) (n int) {
		for _, i := range g {
			if in[i] {
				n++
			}
		}
		return n
	}
	for _, g := range p.Together {
		if c := count(g); c != 0 && c != len(g) {
			return false
		}
	}
	for _, g := range p.Apart {
		if count(g) > 1 {
			return false
		}
	}
	home := map[string]int{}
	for _, i := range panel {
		for _, c := range p.AddressColumns {
			home[p.Pool.Rows[i][p.Pool.column(c)]]++
		}
	}
	for _, n := range home {
		if n > 1 {
			return false
		}
	}
	return count(p.Fixed) == len(p.Fixed) && count(p.Excluded) == 0
}

// bestMinimum is the largest z such that some lottery over the panels gives every
// person of open at least z and every other the floor; gonum's simplex decides (NaN when
// it cannot).
func bestMinimum(panels [][]int, open []int, floor map[int]float64) float64 {
	var rows []int
	rows = append(rows, open...)
	for i := range floor {
		rows = append(rows, i)
	}
	at := map[int]int{}
	for k, i := range rows {
		at[i] = k
	}
	m, n := len(rows)+1, len(panels)+1+len(rows)
	a := mat.NewDense(m, n, nil)
	b := make([]float64, m)
	c := make([]float64, n)
	for j, panel := range panels {
		for _, i := range panel {
			if k, ok := at[i]; ok {
				a.Set(k, j, 1)
			}
		}
		a.Set(m-1, j, 1)
	}
	for k, i := range rows {
		a.Set(k, len(panels)+1+k, -1)
		if f, ok := floor[i]; ok {
			b[k] = f
		} else {
			a.Set(k, len(panels), -1)
		}
	}
	b[m-1] = 1
	c[len(panels)] = -1
	z, _, err := simplex.Simplex(c, a, b, 1e-10, nil)
	if err != nil { // gonum's simplex meets singular bases on degenerate programmes
		return math.NaN()
	}
	return -z
}
