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

// refactor rebuilds the inverse from the basis columns by Gauss-Jordan elimination
// with partial pivoting; a singular basis falls back to the row activities.
func (p *lp) refactor() {
	m := p.m
	a := make([]float64, m*m)
	for k, j := range p.basis {
		if int(j) >= p.n {
			a[(int(j)-p.n)*m+k] = -1
			continue
		}
		c := p.cols[j]
		for i, r := range c.row {
			a[int(r)*m+k] = c.coef[i]
		}
	}
	inv := make([]float64, m*m)
	for i := range m {
		inv[i*m+i] = 1
	}
	if !invert(a, inv, m) {
		p.slackBasis()
		return
	}
	copy(p.binv, inv)
	p.pivots = 0
}

// invert reduces a to the identity, applying the same row operations to inv.
func invert(a, inv []float64, m int) bool {
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
		for r := range m {
			g := a[r*m+c]
			if r == c || g == 0 {
				continue
			}
			ar, ac := a[r*m:r*m+m], a[c*m:c*m+m]
			for k, v := range ac {
				ar[k] -= g * v
			}
			ir, ic := inv[r*m:r*m+m], inv[c*m:c*m+m]
			for k, v := range ic {
				ir[k] -= g * v
			}
		}
	}
	return true
}
