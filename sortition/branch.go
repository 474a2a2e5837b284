package sortition

import (
	"context"
	"math"
)

// search maximises a linear function over the panels of a model, by depth-first
// branch and bound over the dual simplex. Row activities are whole numbers too and
// are branched on first: one split of a quota row decides far more than one split
// of a type.
type search struct {
	ctx context.Context
	lp  *lp

	cutoff float64 // subtrees that cannot exceed it are dropped
	step   float64 // what a better panel must gain
	// patience is how many nodes may follow the last better panel before the search
	// stops with it; 0 asks for the best panel.
	patience int
	limit    int // nodes after which a search that has no panel stops; 0 sets none
	since    int
	nodes    int
	stopped  bool // by the context, by found or by its patience: the bound is what is left open
	best     []int32
	value    float64
	found    func(x []int32, value float64) (enough bool) // each improving panel

	proof *treeWriter // when set, records the tree
}

const integerTol = 1e-6

// newSearch prepares the search over the panels of a model.
func newSearch(ctx context.Context, m *model) *search {
	lo, hi := m.bounds()
	return &search{ctx: ctx, lp: newLP(len(m.rows), m.cols, lo, hi)}
}

// bounds lists the bounds of the types, then of the rows.
func (m *model) bounds() (lo, hi []float64) {
	for _, pt := range m.types {
		lo, hi = append(lo, float64(pt.lo)), append(hi, float64(pt.cap))
	}
	for _, row := range m.rows {
		lo, hi = append(lo, float64(row.lo)), append(hi, float64(row.hi))
	}
	return lo, hi
}

// maximise looks for panels of value above cutoff under the given costs. It returns
// an upper bound on the value of every panel: the best value found or the cutoff
// when the search completed, more when it stopped. The best panel, if any, is in
// s.best and s.value. With whole costs (step 1), a panel must gain one to be kept.
func (s *search) maximise(cost []float64, cutoff, step float64) (bound float64) {
	copy(s.lp.cost, cost)
	s.lp.refactor()
	s.lp.reprice()
	s.cutoff, s.step, s.nodes, s.stopped = cutoff, step, 0, false
	s.best, s.value = nil, math.Inf(-1)
	return max(s.explore(math.Inf(1)), s.value)
}

// explore solves the present node and its subtree; it returns a bound on it.
func (s *search) explore(parent float64) float64 {
	s.nodes++
	s.since++
	status := s.lp.solve(s.cutoff)
	if status == lpStalled {
		status = s.shake()
	}
	switch status {
	case lpCut:
		s.proof.leaf(s.lp)
		return s.cutoff
	case lpInfeasible:
		s.proof.ray(s.lp)
		return math.Inf(-1)
	}
	z := min(parent, s.lp.bound())
	j, v := s.fractional()
	if status == lpStalled {
		j, v = s.anyOpen()
	}
	if j < 0 && status == lpStalled {
		return z
	}
	if j < 0 {
		s.keep(z)
		s.proof.leaf(s.lp)
		return z
	}
	if s.nodes%16 == 0 && s.ctx.Err() != nil || s.patience > 0 && s.best != nil && s.since > s.patience ||
		s.limit > 0 && s.best == nil && s.nodes > s.limit {
		s.stopped = true
	}
	if s.stopped {
		return z
	}
	return min(z, s.split(j, v, z))
}

// shake solves the present node again after a solution under perturbed costs: cycling
// among equal bases stops there.
func (s *search) shake() lpStatus {
	exact := append([]float64{}, s.lp.cost...)
	for t := range s.lp.cost {
		s.lp.cost[t] += 1e-6 * float64((t*7919+s.nodes*31)%1009) / 1009
	}
	s.lp.slackBasis()
	s.lp.reprice()
	s.lp.solve(math.Inf(-1))
	copy(s.lp.cost, exact)
	s.lp.refactor()
	s.lp.reprice()
	return s.lp.solve(s.cutoff)
}

// anyOpen picks a variable to split where the relaxation could not be solved: smaller
// boxes are easier. It returns -1 when the box is a point.
func (s *search) anyOpen() (int, float64) {
	for j := range s.lp.n {
		if lo, hi := s.lp.lo[j], s.lp.hi[j]; lo < hi {
			return j, math.Floor((lo+hi)/2) + 0.25
		}
	}
	s.stopped = true // not even a point: give up, the bound stays honest
	return -1, 0
}

// split explores both sides of a fractional variable, the nearer first.
func (s *search) split(j int, v, z float64) float64 {
	lo, hi := s.lp.lo[j], s.lp.hi[j]
	down := math.Floor(v)
	up := v-down > 0.5
	s.proof.split(j, down, up)
	bound := math.Inf(-1)
	for range 2 {
		if up {
			s.lp.setBound(j, down+1, hi)
		} else {
			s.lp.setBound(j, lo, down)
		}
		if s.stopped {
			bound = max(bound, z)
		} else {
			bound = max(bound, s.explore(z))
		}
		up = !up
	}
	s.lp.setBound(j, lo, hi)
	return bound
}

// fractional picks the branching variable: the row activity furthest from a whole
// number, otherwise the type; -1 when all are whole.
func (s *search) fractional() (int, float64) {
	best, at, value := 0.0, -1, 0.0
	bestRow := false
	for k, j := range s.lp.basis {
		v := s.lp.xB[k]
		f := math.Abs(v - math.Round(v))
		if f < integerTol {
			continue
		}
		isRow := int(j) >= s.lp.n
		if (isRow && !bestRow) || (isRow == bestRow && f > best) {
			best, at, value, bestRow = f, int(j), v, isRow
		}
	}
	return at, value
}

// keep records the whole solution of the present node.
func (s *search) keep(z float64) {
	x := make([]int32, s.lp.n)
	v := 0.0
	for j := range x {
		x[j] = int32(math.Round(s.lp.value(j)))
		v += s.lp.cost[j] * float64(x[j])
	}
	if v > s.value {
		s.best, s.value, s.since = x, v, 0
		s.cutoff = max(s.cutoff, v+s.step*0.99)
		if s.found != nil && s.found(x, v) {
			s.stopped = true
		}
	}
}
