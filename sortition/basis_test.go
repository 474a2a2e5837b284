package sortition

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The inverse built anew is that of the basis, whichever activities are in it.
func TestRefactor(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for k := range 50 {
		m, n := 12, 30
		if k%10 == 0 {
			m, n = fewRows+5, 300
		}
		cols := make([]column, n)
		lo, hi := make([]float64, n+m), make([]float64, n+m)
		for j := range cols {
			for row := range m {
				if r.IntN(m/3) == 0 {
					cols[j].row, cols[j].coef = append(cols[j].row, int32(row)), append(cols[j].coef, float64(1+r.IntN(3)))
				}
			}
		}
		p := newLP(m, cols, lo, hi)
		for k, j := range r.Perm(n)[:m] {
			if r.IntN(2) == 0 {
				p.pos[p.basis[k]], p.pos[j], p.basis[k] = -1, int32(k), int32(j)
			}
		}
		p.refactor()
		for k := range m {
			for i, j := range p.basis {
				column := make([]float64, m)
				p.addColumn(column, int(j), 1)
				got, want := 0.0, 0.0
				for row, v := range column {
					got += p.binv[k*m+row] * v
				}
				if k == i {
					want = 1
				}
				if math.Abs(got-want) > 1e-9 {
					t.Fatalf("row %d times column %d is %g, not %g", k, i, got, want)
				}
			}
		}
	}
}
