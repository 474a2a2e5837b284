package sortition

import "math"

// lp is a linear programme over bounded variables,
//
//	maximise c·x   subject to   A·x − s = 0,   lo ≤ (x, s) ≤ hi,
//
// solved by the dual simplex with bound flipping (Koberstein, "The dual simplex
// method: techniques for a fast and stable implementation", 2005). Every variable,
// structural (0..n-1) or row activity (n..n+m-1), is boxed: any basis is therefore
// made dual feasible by choosing at which bound each nonbasic variable stands, so
// changed costs and changed bounds both restart warm and no first phase exists.
// The few rows (at most about a hundred) let the inverse of the basis be dense.
type lp struct {
	m, n   int
	cols   []column
	lo, hi []float64
	cost   []float64 // structural only; row activities cost nothing

	basis  []int32   // variable basic in each row
	pos    []int32   // row of a basic variable, or -1
	atHi   []bool    // where a nonbasic variable stands
	binv   []float64 // m×m, row major
	xB     []float64
	d      []float64 // reduced costs, n+m
	pivots int       // since the last refactorisation
	limit  int       // pivots allowed to one solve
	wander bool      // degenerate pivots may be cycling: rows are chosen by lot
	lot    uint32

	ray   []float64 // after lpInfeasible: row multipliers that show it
	alpha []float64
	cand  []ratio
	colq  []float64
	acc   []float64
	some  []int32 // where acc, or the row of a pivot, is not 0
}

// column is one sparse column of small whole coefficients.
type column struct {
	row  []int32
	coef []float64
}

type ratio struct {
	j    int32
	t, w float64 // dual step, width the slope loses when j flips
}

type lpStatus int

const (
	lpOptimal lpStatus = iota
	lpInfeasible
	lpCut // the bound fell to the cutoff before the optimum
	lpStalled
)

const (
	lpFeasTol  = 1e-9
	lpPivotTol = 1e-7
	lpDualTol  = 1e-11
	lpRefactor = 64
)

func newLP(m int, cols []column, lo, hi []float64) *lp {
	n := len(cols)
	p := &lp{
		m: m, n: n, cols: cols, lo: lo, hi: hi,
		cost: make([]float64, n), basis: make([]int32, m), pos: make([]int32, n+m),
		atHi: make([]bool, n+m), binv: make([]float64, m*m), xB: make([]float64, m),
		d: make([]float64, n+m), alpha: make([]float64, n+m),
		colq: make([]float64, m), acc: make([]float64, m), limit: 50 * (m + 20),
	}
	p.slackBasis()
	return p
}

// nonbasic is the value of a nonbasic variable.
func (p *lp) nonbasic(j int) float64 {
	if p.atHi[j] {
		return p.hi[j]
	}
	return p.lo[j]
}

// multipliers returns y = c_B·B⁻¹, one per row.
func (p *lp) multipliers() []float64 {
	y := make([]float64, p.m)
	for k, j := range p.basis {
		if int(j) < p.n && p.cost[j] != 0 {
			for r, v := range p.binv[k*p.m : (k+1)*p.m] {
				y[r] += p.cost[j] * v
			}
		}
	}
	return y
}

// reprice recomputes every reduced cost from the present costs.
func (p *lp) reprice() {
	y := p.multipliers()
	for j, c := range p.cols {
		s := p.cost[j]
		for i, r := range c.row {
			s -= y[r] * c.coef[i]
		}
		p.d[j] = s
	}
	copy(p.d[p.n:], y)
	for j, k := range p.pos {
		if k >= 0 {
			p.d[j] = 0
		}
	}
	p.restand()
}

// restand puts each nonbasic variable at its dual feasible bound; where the reduced
// cost is nil both are.
func (p *lp) restand() {
	for j, k := range p.pos {
		if k < 0 && math.Abs(p.d[j]) > lpDualTol {
			p.atHi[j] = p.d[j] > 0
		}
	}
}

// place recomputes the basic variables from the nonbasic ones.
func (p *lp) place() {
	clear(p.acc)
	for j, k := range p.pos {
		if k >= 0 {
			continue
		}
		if v := p.nonbasic(j); v != 0 {
			p.addColumn(p.acc, j, v)
		}
	}
	p.some = nonzeros(p.acc, p.some)
	for k := range p.m {
		p.xB[k] = -dot(p.binv[k*p.m:(k+1)*p.m], p.acc, p.some)
	}
}

func (p *lp) addColumn(acc []float64, j int, v float64) {
	if j >= p.n {
		acc[j-p.n] -= v
		return
	}
	c := p.cols[j]
	for i, r := range c.row {
		acc[r] += v * c.coef[i]
	}
}

// bound is the value of the present dual solution: no feasible x exceeds it.
func (p *lp) bound() float64 {
	s := 0.0
	for j, k := range p.pos {
		if k < 0 {
			s += max(p.d[j]*p.lo[j], p.d[j]*p.hi[j])
		}
	}
	return s
}

// setBound changes the bounds of a variable; solve must follow.
func (p *lp) setBound(j int, lo, hi float64) { p.lo[j], p.hi[j] = lo, hi }

// solve runs the dual simplex from the present basis until the optimum, until
// infeasibility is shown, or until the bound is at most cutoff.
func (p *lp) solve(cutoff float64) lpStatus {
	p.restand() // a variable once fixed may stand at the wrong bound now
	p.place()
	last, still := math.Inf(1), 0
	for iter := 0; iter < p.limit; iter++ {
		if p.pivots >= lpRefactor {
			p.refactor()
			p.reprice()
			p.place()
		}
		b := p.bound()
		if b <= cutoff {
			return lpCut
		}
		if b < last-1e-12 {
			last, still = b, 0
		} else {
			still++
		}
		p.wander = still > 5*p.m
		r, delta := p.leaving()
		if r < 0 {
			return lpOptimal
		}
		if !p.pivot(r, delta) {
			if p.pivots == 0 {
				return lpInfeasible
			}
			p.pivots = lpRefactor // confirm with a fresh inverse
		}
	}
	return lpStalled
}

// leaving picks the basic variable furthest outside its bounds, measured by the
// exact dual steepest edge norm; delta is the signed distance to the bound missed.
func (p *lp) leaving() (int, float64) {
	best, row, dist := 0.0, -1, 0.0
	for k, j := range p.basis {
		delta := 0.0
		if v := p.xB[k]; v < p.lo[j]-lpFeasTol {
			delta = p.lo[j] - v
		} else if v > p.hi[j]+lpFeasTol {
			delta = p.hi[j] - v
		} else {
			continue
		}
		norm := 0.0
		for _, v := range p.binv[k*p.m : (k+1)*p.m] {
			norm += v * v
		}
		score := delta * delta / norm
		if p.wander {
			p.lot = p.lot*1664525 + 1013904223
			score = float64(p.lot>>8) + 1
		}
		if score > best {
			best, row, dist = score, k, delta
		}
	}
	return row, dist
}

// pivot moves the variable basic in row r to the bound it misses by delta. It
// reports false when no column can: the rows and bounds are then contradictory.
func (p *lp) pivot(r int, delta float64) bool {
	rho := p.binv[r*p.m : (r+1)*p.m]
	p.cand = p.cand[:0]
	for j, k := range p.pos {
		if k >= 0 {
			continue
		}
		a := 0.0
		if j >= p.n {
			a = -rho[j-p.n]
		} else {
			c := &p.cols[j]
			for i, row := range c.row {
				a += rho[row] * c.coef[i]
			}
		}
		p.alpha[j] = a
		w := p.hi[j] - p.lo[j]
		if w <= 0 || math.Abs(a) < lpPivotTol {
			continue
		}
		// raising x_j moves the basic variable by −a
		if (a*delta < 0) != p.atHi[j] {
			p.cand = append(p.cand, ratio{int32(j), math.Abs(p.d[j] / a), w * math.Abs(a)})
		}
	}
	q := p.entering(math.Abs(delta))
	if q < 0 {
		p.restand()
		p.ray = append(p.ray[:0], rho...)
		if delta < 0 {
			for i := range p.ray {
				p.ray[i] = -p.ray[i]
			}
		}
		return false
	}
	p.exchange(r, q, delta < 0)
	return true
}

// entering performs the bound flipping ratio test over the candidates, flips the
// variables passed, and returns the one that enters, or -1.
func (p *lp) entering(slope float64) int {
	clear(p.acc)
	flipped := false
	for len(p.cand) > 0 {
		k := 0
		for i := range p.cand {
			c, b := &p.cand[i], &p.cand[k]
			if c.t < b.t-1e-12 || (c.t <= b.t+1e-12 && math.Abs(p.alpha[c.j]) > math.Abs(p.alpha[b.j])) {
				k = i
			}
		}
		c := p.cand[k]
		if slope-c.w <= 0 || (slope-c.w < lpFeasTol && len(p.cand) == 1) {
			if flipped {
				p.shift()
			}
			return int(c.j)
		}
		slope -= c.w
		j := int(c.j)
		step := p.hi[j] - p.lo[j]
		if p.atHi[j] {
			step = -step
		}
		p.atHi[j] = !p.atHi[j]
		p.addColumn(p.acc, j, step)
		flipped = true
		p.cand[k] = p.cand[len(p.cand)-1]
		p.cand = p.cand[:len(p.cand)-1]
	}
	return -1
}

// shift applies the accumulated bound flips to the basic variables.
func (p *lp) shift() {
	p.some = nonzeros(p.acc, p.some)
	for k := range p.m {
		p.xB[k] -= dot(p.binv[k*p.m:(k+1)*p.m], p.acc, p.some)
	}
}

// exchange makes q basic in row r; the leaving variable goes to the bound it missed.
func (p *lp) exchange(r, q int, above bool) {
	m := p.m
	clear(p.acc)
	p.addColumn(p.acc, q, 1)
	p.some = nonzeros(p.acc, p.some)
	for k := range m {
		p.colq[k] = dot(p.binv[k*m:(k+1)*m], p.acc, p.some)
	}
	theta := p.d[q] / p.alpha[q]
	for j, k := range p.pos {
		if k < 0 {
			p.d[j] -= theta * p.alpha[j]
		}
	}
	out := p.basis[r]
	p.d[out], p.d[q] = -theta, 0
	p.atHi[out] = above
	t := (p.xB[r] - p.nonbasic(int(out))) / p.colq[r]
	for k := range m {
		p.xB[k] -= t * p.colq[k]
	}
	p.xB[r] = p.nonbasic(q) + t
	p.basis[r], p.pos[q], p.pos[out] = int32(q), int32(r), -1
	f := 1 / p.colq[r]
	pr := p.binv[r*m : (r+1)*m]
	for i := range pr {
		pr[i] *= f
	}
	p.some = nonzeros(pr, p.some)
	for k, g := range p.colq {
		if k != r && g != 0 {
			subtract(p.binv[k*m:(k+1)*m], g, pr, p.some)
		}
	}
	p.pivots++
}

// value returns the present value of a variable.
func (p *lp) value(j int) float64 {
	if k := p.pos[j]; k >= 0 {
		return p.xB[k]
	}
	return p.nonbasic(j)
}
