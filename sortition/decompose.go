package sortition

import (
	"context"
	"math"
)

// decomposer writes a point of the relaxation as the mean of panels, or separates it
// from them. It keeps every panel met, for the next target.
type decomposer struct {
	ctx    context.Context
	m      *model
	search *search
	walk   *walk
	mn     *minNorm
	panels [][]int32 // counts per type, aligned with mn.points
	known  map[string]bool
	trust  int // how often in a row to let the walk try first, as it served where branch and bound did not
	turns  int // left of these
	onFace bool
	sharp  bool // the target is known to be outside: go on to its true projection
	report func(worst float64)
}

type decomposition int

const (
	reached decomposition = iota
	outside
	interrupted
)

func newDecomposer(ctx context.Context, m *model, report func(float64)) *decomposer {
	return &decomposer{
		ctx: ctx, m: m, search: newSearch(ctx, m), walk: newWalk(m), mn: newMinNorm(make([]float64, len(m.types))),
		known: map[string]bool{}, report: report,
	}
}

// learn adds a panel unless it is known; it reports whether it was new.
func (d *decomposer) learn(x []int32) bool {
	key := make([]byte, 0, len(x))
	var p point
	for t, v := range x {
		key = append(key, byte(v), byte(v>>8))
		if v != 0 {
			p.at = append(p.at, int32(t))
			p.val = append(p.val, float64(v)/float64(len(d.m.types[t].units)))
		}
	}
	if d.known[string(key)] {
		return false
	}
	d.known[string(key)] = true
	d.mn.add(p)
	d.panels = append(d.panels, x)
	return true
}

// decompose approaches the target (a chance per type) until every chance is within
// tol, until no panel leads further, or until the context ends. Each step solves the
// pricing problem for the residual: a panel whose gain along it is at least the
// squared distance left exists whenever the target is the mean of panels, so when
// none has even half of it, the residual separates the target from every lottery. The
// steps then go on to the projection of the target, whose residual cuts deepest.
func (d *decomposer) decompose(target []float64, tol float64) decomposition {
	d.restrict(target)
	d.sharp = false
	d.mn.idle = 0
	d.mn.retarget(target)
	for {
		if len(d.mn.use) > 0 {
			d.report(d.mn.worst())
			if d.mn.worst() <= tol {
				return reached
			}
		}
		if d.ctx.Err() != nil {
			return interrupted
		}
		i := d.pooled()
		if i < 0 {
			if i = d.priced(); i < 0 {
				if d.search.stopped {
					return interrupted
				}
				if d.onFace {
					d.release()
					continue
				}
				if !d.sharp {
					d.sharp = true
					continue
				}
				return outside
			}
		}
		if !d.mn.step(i) {
			return outside
		}
	}
}

// pooled is the known panel that gains most, if that is worth a step.
func (d *decomposer) pooled() int {
	best, at := 0.05*d.mn.norm2, -1
	if d.sharp {
		best = 1e-6 * d.mn.norm2
	}
	if len(d.mn.use) == 0 {
		best = math.Inf(-1)
	}
	level := d.mn.level()
	for i := range d.mn.points {
		if g := d.mn.points[i].dot(d.mn.resid) - level; g > best {
			best, at = g, i
		}
	}
	return at
}

// patience is how long a pricing search that has a useful panel looks for a better one;
// quickNodes is when one that has none lets the walk try.
const (
	patience   = 10
	quickNodes = 300
	mostTrust  = 31
)

// seek looks for panels worth more than cutoff and offers them to take, which says
// whether one serves: by branch and bound, which soon finds good ones in most pools or
// shows that there are none, and by the walk where it does not, in turn and with growing
// patience. The search's stopped tells whether the end was reached.
func (d *decomposer) seek(cost []float64, cutoff, step float64, patience int, take func(x []int32) bool) {
	if d.turns--; d.turns >= 0 && d.wander(cost, cutoff, take) {
		return
	}
	s := d.search
	serves := false
	s.found = func(x []int32, _ float64) bool {
		serves = take(x) || serves
		return false
	}
	s.patience = patience
	defer func() { s.patience, s.limit = 0, 0 }()
	for s.limit = quickNodes; ; s.limit *= 8 {
		s.maximise(cost, cutoff, step)
		if serves || !s.stopped || d.ctx.Err() != nil {
			d.trust = 0
			return
		}
		if d.wander(cost, cutoff, take) {
			d.trust = min(mostTrust, 2*d.trust+1)
			d.turns = d.trust
			return
		}
	}
}

func (d *decomposer) wander(cost []float64, cutoff float64, take func(x []int32) bool) bool {
	d.walk.from(d.worthiest(cost), d.search.lp.lo, d.search.lp.hi)
	return d.walk.seek(d.ctx, cost, cutoff, take)
}

// worthiest is the known panel worth most, or nil.
func (d *decomposer) worthiest(cost []float64) []int32 {
	best, at := math.Inf(-1), []int32(nil)
	for _, x := range d.panels {
		v := 0.0
		for t, n := range x {
			v += cost[t] * float64(n)
		}
		if v > best {
			best, at = v, x
		}
	}
	return at
}

// priced searches for the panel that gains most; the panels met on the way are kept.
func (d *decomposer) priced() int {
	scale := 0.0
	for _, v := range d.mn.resid {
		scale = max(scale, math.Abs(v))
	}
	cost := make([]float64, len(d.m.types))
	for t, v := range d.mn.resid {
		cost[t] = v / scale / float64(len(d.m.types[t].units))
	}
	cutoff := math.Inf(-1)
	if len(d.mn.use) > 0 {
		enough := 0.5
		if d.sharp {
			enough = 1e-6
		}
		cutoff = (d.mn.level() + enough*d.mn.norm2) / scale
	}
	at := -1
	d.seek(cost, cutoff, 0, patience, func(x []int32) bool {
		if d.learn(x) {
			at = len(d.panels) - 1
			return true
		}
		return false
	})
	return at
}

// restrict confines the search to the face of the relaxation on which the target
// lies: every panel of a decomposition stands where the target touches a bound.
func (d *decomposer) restrict(target []float64) {
	d.release()
	d.onFace = true
	n := len(d.m.types)
	act := make([]float64, len(d.m.rows))
	for t, c := range d.m.cols {
		x := target[t] * float64(len(d.m.types[t].units))
		for i, r := range c.row {
			act[r] += c.coef[i] * x
		}
		d.touch(t, x)
	}
	for r, v := range act {
		d.touch(n+r, v)
	}
}

func (d *decomposer) touch(j int, v float64) {
	p := d.search.lp
	if v <= p.lo[j]+1e-9 {
		p.setBound(j, p.lo[j], p.lo[j])
	} else if v >= p.hi[j]-1e-9 {
		p.setBound(j, p.hi[j], p.hi[j])
	}
}

// release gives the search all panels again.
func (d *decomposer) release() {
	d.onFace = false
	lo, hi := d.m.bounds()
	copy(d.search.lp.lo, lo)
	copy(d.search.lp.hi, hi)
}

// separate turns the residual into a proven inequality that the target violates, or
// returns nil when rounding leaves nothing to gain.
func (d *decomposer) separate(target []float64) *Cut {
	d.release()
	most := 0.0
	dir := make([]float64, len(d.m.types))
	for t, v := range d.mn.resid {
		dir[t] = v / float64(len(d.m.types[t].units))
		most = max(most, math.Abs(dir[t]))
	}
	coef := wholeDirection(dir, most)
	floor := int64(math.MinInt64 / 4)
	for _, x := range d.panels {
		floor = max(floor, value(coef, x))
	}
	cut, ok := d.search.prove(coef, floor)
	if !ok {
		return nil
	}
	if d.search.best != nil {
		d.learn(d.search.best)
	}
	at := 0.0
	for t, c := range coef {
		at += float64(c) * target[t] * float64(len(d.m.types[t].units))
	}
	if at <= float64(cut.RHS)+1e-8*cut.scale() {
		return nil
	}
	return cut
}

// wholeDirection turns a direction into whole coefficients: small ones when it is a
// multiple of some (as facets are), otherwise a fine rounding.
func wholeDirection(dir []float64, most float64) []int64 {
	for d := 1.0; d <= 60; d++ {
		off := 0.0
		for _, v := range dir {
			v *= d / most
			off = max(off, math.Abs(v-math.Round(v)))
		}
		if off < 1e-5 {
			return quantise(dir, d/most)
		}
	}
	return quantise(dir, cutScale/most)
}

func value(coef []int64, x []int32) int64 {
	var s int64
	for t, v := range x {
		s += coef[t] * int64(v)
	}
	return s
}

// salvage replaces the weights by ones that bring every chance as near to its target,
// in proportion, as the known panels allow in a few rounds of multiplicative weights
// (Arora, Hazan, Kale, 2012), if that serves the worst-off better: what a lottery
// stopped early should be.
func (d *decomposer) salvage(target []float64) {
	const rounds, rate = 2000, 4.0
	n := len(target)
	got := make([]float64, n)
	times := make([]int, len(d.mn.points))
	urge := make([]float64, n)
	for k := range rounds {
		least := math.Inf(1)
		for t, want := range target {
			if want > 1e-9 {
				least = min(least, got[t]/want)
			}
		}
		for t, want := range target {
			urge[t] = 0
			if want > 1e-9 {
				urge[t] = math.Exp(-rate*math.Sqrt(float64(n)/float64(k+1))*(got[t]/want-least)) / want
			}
		}
		best, at := math.Inf(-1), 0
		for i := range d.mn.points {
			if v := d.mn.points[i].dot(urge); v > best {
				best, at = v, i
			}
		}
		times[at]++
		for i, t := range d.mn.points[at].at {
			got[t] += d.mn.points[at].val[i]
		}
	}
	before, after := math.Inf(1), math.Inf(1)
	for t, want := range target {
		if want > 1e-9 {
			before = min(before, (want-d.mn.resid[t])/want)
			after = min(after, got[t]/rounds/want)
		}
	}
	if len(d.mn.use) > 0 && before >= after {
		return
	}
	d.mn.use, d.mn.weight, d.mn.l = nil, nil, nil
	for i, v := range times {
		if v > 0 {
			d.mn.use = append(d.mn.use, i)
			d.mn.weight = append(d.mn.weight, float64(v)/rounds)
		}
	}
	d.mn.refresh()
}
