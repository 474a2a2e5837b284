package sortition

import "math"

// slackBasis starts again from the basis of row activities.
func (p *lp) slackBasis() {
	for j := range p.pos {
		p.pos[j] = -1
	}
	clear(p.binv)
	for r := range p.m {
		p.basis[r] = int32(p.n + r)
		p.pos[p.n+r] = int32(r)
		p.binv[r*p.m+r] = -1
	}
	p.pivots = 0
}

// fewRows is up to how many rows an inverse is built whole.
const fewRows = 128

// refactor rebuilds the inverse from the basis columns; a singular basis falls back to the
// row activities. Where rows are many, only those whose activity is not basic need
// elimination: the others follow from them.
func (p *lp) refactor() {
	m := p.m
	place := make([]int, m) // of a row among those to eliminate, or -1
	var at []int            // which rows of the inverse come of it
	for k, j := range p.basis {
		if int(j) < p.n || m <= fewRows {
			at = append(at, k)
		} else {
			place[int(j)-p.n] = -1
		}
	}
	var rows []int
	for r := range place {
		if place[r] == 0 {
			place[r] = len(rows)
			rows = append(rows, r)
		}
	}
	q := len(at)
	a, inv := make([]float64, q*q), make([]float64, q*q)
	for i, k := range at {
		inv[i*q+i] = 1
		j := int(p.basis[k])
		if j >= p.n {
			a[place[j-p.n]*q+i] = -1
			continue
		}
		for e, r := range p.cols[j].row {
			if to := place[r]; to >= 0 {
				a[to*q+i] = p.cols[j].coef[e]
			}
		}
	}
	if !invert(a, inv, q) {
		p.slackBasis()
		return
	}
	clear(p.binv)
	for i, k := range at {
		part := inv[i*q : i*q+q]
		p.spread(k, 1, part, rows)
		if j := int(p.basis[k]); j < p.n {
			for e, r := range p.cols[j].row {
				if place[r] < 0 {
					p.spread(int(p.pos[p.n+int(r)]), p.cols[j].coef[e], part, rows)
				}
			}
		}
	}
	for r, to := range place {
		if to < 0 {
			p.binv[int(p.pos[p.n+r])*m+r] = -1
		}
	}
	p.pivots = 0
}

// spread adds a multiple of a row over some columns to a row of the inverse.
func (p *lp) spread(k int, by float64, part []float64, columns []int) {
	row := p.binv[k*p.m : (k+1)*p.m]
	for i, v := range part {
		if v != 0 {
			row[columns[i]] += by * v
		}
	}
}

// invert reduces a to the identity, applying the same row operations to inv.
func invert(a, inv []float64, m int) bool {
	var inA, inInv []int32
	for c := range m {
		best, piv := 1e-11, -1
		for r := c; r < m; r++ {
			if v := math.Abs(a[r*m+c]); v > best {
				best, piv = v, r
			}
		}
		if piv < 0 {
			return false
		}
		if piv != c {
			for k := range m {
				a[c*m+k], a[piv*m+k] = a[piv*m+k], a[c*m+k]
				inv[c*m+k], inv[piv*m+k] = inv[piv*m+k], inv[c*m+k]
			}
		}
		f := 1 / a[c*m+c]
		for k := range m {
			a[c*m+k] *= f
			inv[c*m+k] *= f
		}
		ac, ic := a[c*m:c*m+m], inv[c*m:c*m+m]
		inA, inInv = nonzeros(ac, inA), nonzeros(ic, inInv)
		for r := range m {
			if g := a[r*m+c]; r != c && g != 0 {
				subtract(a[r*m:r*m+m], g, ac, inA)
				subtract(inv[r*m:r*m+m], g, ic, inInv)
			}
		}
	}
	return true
}

// Where addresses make hundreds of rows, nearly all of a basis and of its inverse is 0:
// what follows goes by the places that are not.

// nonzeros lists where v is not 0, in the space of at.
func nonzeros(v []float64, at []int32) []int32 {
	at = at[:0]
	for i, x := range v {
		if x != 0 {
			at = append(at, int32(i))
		}
	}
	return at
}

// dot is the inner product of two vectors, the second being 0 but at some places.
func dot(a, b []float64, at []int32) (s float64) {
	if 2*len(at) > len(b) {
		for i, v := range a {
			s += v * b[i]
		}
		return s
	}
	for _, i := range at {
		s += a[i] * b[i]
	}
	return s
}

// subtract takes g·b from a, b being 0 but at some places.
func subtract(a []float64, g float64, b []float64, at []int32) {
	if 2*len(at) > len(b) {
		for i, v := range b {
			a[i] -= g * v
		}
		return
	}
	for _, i := range at {
		a[i] -= g * b[i]
	}
}
