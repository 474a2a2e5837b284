package sortition

import "math"

// minNorm finds the point nearest to a target in the convex hull of a growing set of
// panels (Wolfe, "Finding the nearest point in a polytope", Mathematical Programming
// 11, 1976). The set in use stays affinely independent; l is the Cholesky factor of
// G + 11ᵀ, G being its Gram matrix around the target, updated as points come and go.
type minNorm struct {
	target []float64 // chance wanted of each coordinate
	points []point   // every panel known
	use    []int     // the panels in use, aligned with the rows of l
	weight []float64
	l      [][]float64
	resid  []float64 // target − mean
	norm2  float64   // |resid|²
	least  float64   // the smallest norm2 reached for this target
	idle   int       // steps since then
}

// point is a panel in the coordinates of the target.
type point struct {
	at   []int32
	val  []float64
	dotT float64 // ⟨point, target⟩
}

func newMinNorm(target []float64) *minNorm {
	return &minNorm{target: target, resid: append([]float64{}, target...)}
}

func (m *minNorm) retarget(target []float64) {
	m.target = target
	copy(m.resid, target)
	m.refresh()
	for i := range m.points {
		m.points[i].dotT = m.points[i].dot(target)
	}
	use, weight := m.use, m.weight
	m.use, m.l, m.weight = nil, nil, nil
	sum := 0.0
	for k, i := range use {
		if m.enter(i) {
			m.weight[len(m.weight)-1] = weight[k]
			sum += weight[k]
		}
	}
	if len(m.use) == 0 {
		return
	}
	for k := range m.weight {
		m.weight[k] /= sum
	}
	m.descend()
	m.least = m.norm2
}

func (p *point) dot(v []float64) float64 {
	s := 0.0
	for i, t := range p.at {
		s += p.val[i] * v[t]
	}
	return s
}

// gram is the inner product of two panels around the target, plus one.
func (m *minNorm) gram(a, b *point, tt float64) float64 {
	s, j := 0.0, 0
	for i, t := range a.at {
		for j < len(b.at) && b.at[j] < t {
			j++
		}
		if j < len(b.at) && b.at[j] == t {
			s += a.val[i] * b.val[j]
		}
	}
	return s - a.dotT - b.dotT + tt + 1
}

func (m *minNorm) tt() float64 {
	s := 0.0
	for _, v := range m.target {
		s += v * v
	}
	return s
}

// add makes a panel known.
func (m *minNorm) add(p point) {
	p.dotT = p.dot(m.target)
	m.points = append(m.points, p)
}

// level is ⟨resid, mean⟩, and mean = target − resid: a panel gains by exceeding it.
func (m *minNorm) level() float64 {
	s := 0.0
	for t, r := range m.resid {
		s += r * (m.target[t] - r)
	}
	return s
}

// idleSteps is how many moves in a row may bring nothing before the precision of
// the arithmetic counts as exhausted; halfway the factor is built anew.
const idleSteps = 40

// step takes a panel into use and moves. It reports false when moves have long brought
// nothing.
func (m *minNorm) step(i int) bool {
	if m.enter(i) {
		m.descend()
	}
	if len(m.use) == 1 || m.norm2 < m.least*(1-1e-9) {
		m.least, m.idle = m.norm2, 0
		return true
	}
	if m.idle++; m.idle == idleSteps/2 {
		m.retarget(m.target)
	}
	return m.idle < idleSteps
}

// enter appends a known panel to those in use, at weight 0 (1 for the first). It
// reports false when the panel depends on those in use.
func (m *minNorm) enter(i int) bool {
	tt := m.tt()
	p := &m.points[i]
	row := make([]float64, len(m.use)+1)
	diag := m.gram(p, p, tt)
	for k, u := range m.use {
		s := m.gram(p, &m.points[u], tt)
		lk := m.l[k]
		for j := range k {
			s -= lk[j] * row[j]
		}
		row[k] = s / lk[k]
		diag -= row[k] * row[k]
	}
	if diag < 1e-12 {
		return false
	}
	row[len(m.use)] = math.Sqrt(diag)
	m.l = append(m.l, row)
	m.use = append(m.use, i)
	w := 0.0
	if len(m.use) == 1 {
		w = 1
	}
	m.weight = append(m.weight, w)
	return true
}

// leave drops the k-th panel in use and restores the triangle by Givens rotations.
func (m *minNorm) leave(k int) {
	n := len(m.use)
	for i := k + 1; i < n; i++ {
		a, b := m.l[i][i-1], m.l[i][i]
		// rotate columns i-1 and i of the rows below so that row i loses column i
		h := math.Hypot(a, b)
		c, s := a/h, b/h
		for r := i; r < n; r++ {
			x, y := m.l[r][i-1], m.l[r][i]
			m.l[r][i-1], m.l[r][i] = c*x+s*y, c*y-s*x
		}
	}
	copy(m.l[k:], m.l[k+1:])
	m.l = m.l[:n-1]
	for i := k; i < n-1; i++ {
		m.l[i] = m.l[i][:i+1]
	}
	m.use = append(m.use[:k], m.use[k+1:]...)
	m.weight = append(m.weight[:k], m.weight[k+1:]...)
}

// solve returns (G + 11ᵀ)⁻¹ v, in place.
func (m *minNorm) solve(v []float64) []float64 {
	for i, li := range m.l {
		s := v[i]
		for j, a := range li[:i] {
			s -= a * v[j]
		}
		v[i] = s / li[i]
	}
	for i := len(m.l) - 1; i >= 0; i-- {
		li := m.l[i]
		v[i] /= li[i]
		f := v[i]
		for j, a := range li[:i] {
			v[j] -= a * f
		}
	}
	return v
}

// affine returns the weights of the point nearest the target in the affine hull of
// the panels in use, and their sum before scaling.
func (m *minNorm) affine() []float64 {
	u := make([]float64, len(m.use))
	for i := range u {
		u[i] = 1
	}
	m.solve(u)
	sum := total(u)
	for i := range u {
		u[i] /= sum
	}
	return u
}

// refine improves the present weights by one step of iterative refinement: at the
// optimum every panel in use has the same product with the residual. Weights that the
// correction would turn negative are left as they are.
func (m *minNorm) refine() {
	v := make([]float64, len(m.use))
	for k, i := range m.use {
		v[k] = m.points[i].dot(m.resid)
	}
	mean := total(v) / float64(len(v))
	for k := range v {
		v[k] -= mean
	}
	m.solve(v)
	w := m.affine()
	shift := total(v)
	for k := range v {
		v[k] -= shift * w[k]
		if m.weight[k]+v[k] < 0 {
			return
		}
	}
	for k := range v {
		m.weight[k] += v[k]
	}
	m.refresh()
}

func total(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

// descend moves to the nearest point over the panels in use, dropping those whose
// weight would be negative.
func (m *minNorm) descend() {
	for {
		u := m.affine()
		step, drop := 1.0, -1
		for i, w := range m.weight {
			if u[i] < 1e-13 && w-u[i] > 0 {
				if f := w / (w - u[i]); f < step {
					step, drop = f, i
				}
			}
		}
		for i := range m.weight {
			m.weight[i] += step * (u[i] - m.weight[i])
		}
		if drop < 0 {
			break
		}
		m.leave(drop)
	}
	m.refresh()
	if m.norm2 < 1e-8 {
		m.refine()
	}
}

// refresh recomputes the residual.
func (m *minNorm) refresh() {
	copy(m.resid, m.target)
	for k, i := range m.use {
		p := &m.points[i]
		for j, t := range p.at {
			m.resid[t] -= m.weight[k] * p.val[j]
		}
	}
	m.norm2 = 0
	for _, r := range m.resid {
		m.norm2 += r * r
	}
}

// worst is the largest gap between a target and its mean.
func (m *minNorm) worst() float64 {
	s := 0.0
	for _, r := range m.resid {
		s = max(s, math.Abs(r))
	}
	return s
}
