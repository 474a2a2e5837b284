package sortition

import (
	"context"
	"errors"
	"math"
	"slices"
)

// relaxation is the polytope of mean counts per type that satisfy every row of the
// model, without wholeness, sharpened by cuts. Every lottery's mean lies in it, so
// the best point of the relaxation bounds the best lottery; when that point is the
// mean of a lottery, it is the best one. Its few rows make it cheap to optimise.
type relaxation struct {
	ctx  context.Context // where it ends, the optimum is left less exact, and its bound with it
	m    *model
	free []bool // types whose chance the objective looks at
	lo   []float64
	cap  []float64 // bounds of each type: fixed members 1..1, impossible types 0..0
	cuts []*Cut
	// slack is what a settled chance may give way. Without it the later stages of leximin
	// would move in a sliver as thin as rounding errors wherever a cut passes close to a
	// vertex.
	slack float64
}

// stage is one step of a leximin solution: no point of the relaxation that leaves
// earlier types their chances gives all others more than value. prices are the
// multipliers of the rows, then of the cuts: they prove it (see Certificate).
type stage struct {
	value   float64
	fixed   []int
	prices  []float64
	weights []float64 // the linear function bounded, where the prices do not give it
	upper   []float64 // Goldilocks: weights of "x_t ≤ units_t·highest chance"
}

var errNumerical = errors.New("sortition: the relaxation could not be solved to its tolerance")

// leximin returns the leximin-optimal chance of each type over the relaxation and
// the stages that prove it.
func (r *relaxation) leximin() (p []float64, stages []stage, err error) {
	s := newStager(r)
	for s.left > 0 {
		st, err := s.next()
		if err != nil {
			return nil, nil, err
		}
		stages = append(stages, st)
	}
	return s.chance, stages, nil
}

// stager solves the successive programmes of leximin. Its variables are the counts
// above the common floor: x_t = units_t·z + s_t for types still free and
// x_t = units_t·chance_t + s_t for the others, so that the programme has the rows of
// the model and two more columns: z, and a constant carrying the fixed part.
type stager struct {
	r      *relaxation
	lp     *lp
	cols   []column // one per type, then z, then the constant, then the highest chance
	ratio  float64  // cost of z against the highest chance
	high   bool     // the highest chance is a variable too (Goldilocks)
	rows   int      // rows of the model and cuts
	capped []capRow // what needs a row: few types reach their cap
	isCap  map[capRow]bool
	open   []bool
	left   int
	chance []float64
	units  []float64
}

// capRow bounds a free type by its own cap, or by the highest chance.
type capRow struct {
	t    int
	high bool
}

func newStager(r *relaxation) *stager {
	n := len(r.m.types)
	s := &stager{
		r: r, rows: len(r.m.rows) + len(r.cuts), isCap: map[capRow]bool{},
		open: make([]bool, n), chance: make([]float64, n), units: make([]float64, n),
	}
	for t := range n {
		s.units[t] = float64(len(r.m.types[t].units))
		if r.free[t] {
			s.open[t] = true
			s.left++
		} else {
			s.chance[t] = r.lo[t] / s.units[t]
		}
	}
	s.build()
	return s
}

// build makes the programme anew, with a row for each capped type.
func (s *stager) build() {
	r, n := s.r, len(s.r.m.types)
	m := s.rows + len(s.capped)
	s.cols = make([]column, n+3)
	copy(s.cols, r.columns())
	for i, k := range s.capped {
		t := k.t
		s.cols[t].row = append(s.cols[t].row, int32(s.rows+i))
		s.cols[t].coef = append(s.cols[t].coef, 1)
	}
	all := make([]int32, m)
	for i := range all {
		all[i] = int32(i)
	}
	for j := n; j < n+3; j++ {
		s.cols[j] = column{all, make([]float64, m)}
	}
	lo, hi := make([]float64, n+3), make([]float64, n+3)
	hi[n], lo[n+1], hi[n+1], hi[n+2] = 1, 1, 1, 2 // chances stay below 1 by their caps
	lo, hi = r.rowBounds(lo, hi)
	for i, k := range s.capped {
		if k.high {
			s.cols[n+2].coef[s.rows+i] = -s.units[k.t]
			lo, hi = append(lo, -2*s.units[k.t]), append(hi, 0)
		} else {
			lo, hi = append(lo, 0), append(hi, r.cap[k.t])
		}
	}
	s.lp = newLP(m, s.cols, lo, hi)
	s.lp.cost[n], s.lp.cost[n+2] = 1, 0
	if s.high {
		s.lp.cost[n], s.lp.cost[n+2] = s.ratio, -1
	}
	s.refresh()
}

// columns are the types' columns over the model's rows and the cuts.
func (r *relaxation) columns() []column {
	out := make([]column, len(r.m.types))
	for t := range out {
		c := column{append([]int32{}, r.m.cols[t].row...), append([]float64{}, r.m.cols[t].coef...)}
		for i, k := range r.cuts {
			if k.Coef[t] != 0 {
				c.row, c.coef = append(c.row, int32(len(r.m.rows)+i)), append(c.coef, float64(k.Coef[t])/k.scale())
			}
		}
		out[t] = c
	}
	return out
}

// rowBounds appends the bounds of the model's rows and of the cuts.
func (r *relaxation) rowBounds(lo, hi []float64) ([]float64, []float64) {
	for _, row := range r.m.rows {
		lo, hi = append(lo, float64(row.lo)), append(hi, float64(row.hi))
	}
	for _, k := range r.cuts {
		lo, hi = append(lo, cutFloor(r, k)), append(hi, float64(k.RHS)/k.scale())
	}
	return lo, hi
}

// cutFloor is a lower bound on coef·x, so that the cut's activity is boxed.
func cutFloor(r *relaxation, k *Cut) float64 {
	s := 0.0
	for t, c := range k.Coef {
		s += min(float64(c)*r.lo[t], float64(c)*r.cap[t])
	}
	return s/k.scale() - 1
}

// slack is the usual slack of a relaxation.
const slack = 2e-8

// refresh rewrites the columns of z and of the constant, and the bounds of the types.
func (s *stager) refresh() {
	n := len(s.open)
	z, one := s.cols[n].coef, s.cols[n+1].coef
	clear(z)
	clear(one)
	for t := range n {
		c := &s.cols[t]
		if s.open[t] {
			for i, row := range c.row {
				z[row] += c.coef[i] * s.units[t]
			}
			s.lp.setBound(t, 0, s.r.cap[t])
			continue
		}
		base := s.floor(t) * s.units[t]
		for i, row := range c.row {
			one[row] += c.coef[i] * base
		}
		s.lp.setBound(t, 0, max(0, s.r.cap[t]-base))
	}
	s.lp.refactor()
	s.lp.reprice()
}

// next solves one stage and fixes the types that its prices show to be at their best.
func (s *stager) next() (stage, error) {
	n := len(s.open)
	if err := s.solve(); err != nil {
		return stage{}, err
	}
	z := s.lp.value(n)
	st := stage{value: z, prices: s.lp.multipliers()[:s.rows], weights: s.explicit()}
	for t := range n {
		if s.open[t] && (s.weight(t)*s.units[t] > 1e-6 || z >= 1-1e-12) {
			st.fixed = append(st.fixed, t)
		}
	}
	if len(st.fixed) == 0 {
		return st, errNumerical
	}
	for _, t := range st.fixed {
		s.open[t], s.chance[t] = false, z
		s.left--
	}
	if s.left == 0 {
		s.settle(z, st.fixed)
	} else {
		s.refresh()
	}
	return st, nil
}

// solve optimises, adding rows for the caps that the solution exceeds.
func (s *stager) solve() error {
	for {
		if !s.optimise() {
			return errNumerical
		}
		if !s.capTypes() {
			return nil
		}
		s.build()
	}
}

// settle reads the chances off the solution of the last stage.
func (s *stager) settle(z float64, last []int) {
	for t := range s.chance {
		if slices.Contains(last, t) {
			s.chance[t] = z
		} else {
			s.chance[t] = s.floor(t)
		}
		s.chance[t] += s.lp.value(t) / s.units[t]
	}
}

// floor is what a settled type keeps at least.
func (s *stager) floor(t int) float64 {
	if s.r.free[t] {
		return max(0, s.chance[t]-s.r.slack)
	}
	return s.chance[t]
}

// optimise solves the programme. All costs but that of z are 0, and the dual simplex
// could turn for ever among equal ratios: it first solves a programme whose costs are
// perturbed, then starts from that basis with the true ones.
func (s *stager) optimise() bool {
	n := len(s.open)
	var status lpStatus
	for try := range 3 {
		for t := range n {
			s.lp.cost[t] = -1e-6 * (1 + float64((t*7919+try*104729)%1000)/1000)
		}
		s.lp.reprice()
		s.lp.solve(math.Inf(-1))
		clear(s.lp.cost[:n])
		for range 2 { // the second time from a fresh inverse, to undo any drift
			s.lp.refactor()
			s.lp.reprice()
			status = s.lp.solve(math.Inf(-1))
		}
		if status == lpOptimal {
			return true
		}
		s.lp.slackBasis()
	}
	return false
}

// weight is the dual weight of "x_t ≥ units_t·z" (or of "x_t ≥ units_t·chance_t").
func (s *stager) weight(t int) float64 {
	if s.lp.pos[t] >= 0 {
		return 0
	}
	return max(0, -s.lp.d[t])
}

// explicit lists the weights when a cap is binding: they then differ from what the
// prices alone give.
func (s *stager) explicit() []float64 {
	y := s.lp.multipliers()[s.rows:]
	if !slices.ContainsFunc(y, func(v float64) bool { return math.Abs(v) > 1e-12 }) {
		return nil
	}
	w := make([]float64, len(s.open))
	for t := range w {
		w[t] = s.weight(t)
	}
	return w
}

// capTypes adds a row for each bound that the solution puts an open type above.
func (s *stager) capTypes() bool {
	n := len(s.open)
	before := len(s.capped)
	z, top := s.lp.value(n), s.lp.value(n+2)
	for t := range n {
		if !s.open[t] {
			continue
		}
		x := s.units[t]*z + s.lp.value(t)
		for _, k := range []capRow{{t, false}, {t, true}} {
			bound := s.r.cap[t]
			if k.high {
				bound = s.units[t] * top
			}
			if x > bound+1e-9 && (s.high || !k.high) && !s.isCap[k] {
				s.isCap[k] = true
				s.capped = append(s.capped, k)
			}
		}
	}
	return len(s.capped) > before
}
