package sortition

import "math"

// nash maximises Σ persons_t·log(chance_t) over the relaxation by Newton's method: at
// chances p the quadratic model is largest at the point of the relaxation nearest to
// 2p in the metric persons/p², which minNorm finds, its panels being vertices of the
// relaxation.
func (r *relaxation) nash() (*aim, error) {
	p, stages, err := r.leximin()
	if err != nil || stages[0].value < 1e-9 { // someone is impossible: to be proven first
		return &aim{p, stages}, err
	}
	lo, hi := append([]float64{}, r.lo...), append([]float64{}, r.cap...)
	lo, hi = r.rowBounds(lo, hi)
	o := &oracle{r: r, lp: newLP(len(lo)-len(r.m.types), r.columns(), lo, hi)}
	for k := range 60 {
		if k > 0 && r.ctx.Err() != nil {
			break
		}
		q, err := o.project(p)
		if err != nil {
			return nil, err
		}
		step, gain := r.ascend(p, q)
		if gain < 1e-14 {
			break
		}
		for t := range p {
			p[t] += step * (q[t] - p[t])
		}
	}
	w := make([]float64, len(p))
	for t := range p {
		if r.free[t] {
			w[t] = float64(r.m.types[t].persons()) / p[t] / float64(len(r.m.types[t].units)) / float64(r.m.size)
		}
	}
	if _, err := o.vertex(w); err != nil {
		return nil, err
	}
	return &aim{p, []stage{{value: stages[0].value, prices: o.lp.multipliers(), weights: w}}}, nil
}

// ascend finds how far to go from p towards q, and the gain it brings.
func (r *relaxation) ascend(p, q []float64) (step, gain float64) {
	welfare := func(f float64) float64 {
		s := 0.0
		for t := range p {
			if r.free[t] {
				v := p[t] + f*(q[t]-p[t])
				if v <= 0 {
					return math.Inf(-1)
				}
				s += float64(r.m.types[t].persons()) * math.Log(v/p[t])
			}
		}
		return s
	}
	best := 0.0
	for f := 1.0; f > 1e-9; f /= 2 {
		if g := welfare(f); g > gain {
			best, gain = f, g
		} else if gain > 0 {
			break
		}
	}
	return best, gain
}

// oracle optimises linear functions over the relaxation.
type oracle struct {
	r        *relaxation
	lp       *lp
	vertices [][]float64 // counts per type
}

// vertex maximises cost·x; the multipliers stay in lp.
func (o *oracle) vertex(cost []float64) ([]float64, error) {
	copy(o.lp.cost, cost)
	o.lp.refactor()
	o.lp.reprice()
	if o.lp.solve(math.Inf(-1)) != lpOptimal {
		o.lp.slackBasis()
		o.lp.reprice()
		if o.lp.solve(math.Inf(-1)) != lpOptimal {
			return nil, errNumerical
		}
	}
	x := make([]float64, o.lp.n)
	for t := range x {
		x[t] = o.lp.value(t)
	}
	return x, nil
}

// project finds the point of the relaxation nearest to 2p in the metric of Newton's
// method at p.
func (o *oracle) project(p []float64) ([]float64, error) {
	n := len(p)
	unit := make([]float64, n) // scaled coordinate of one count
	target := make([]float64, n)
	for t := range n {
		if o.r.free[t] {
			root := math.Sqrt(float64(o.r.m.types[t].persons()))
			unit[t] = root / p[t] / float64(len(o.r.m.types[t].units))
			target[t] = 2 * root
		}
	}
	mn := newMinNorm(target)
	learn := func(x []float64) {
		var pt point
		for t, v := range x {
			if v*unit[t] != 0 {
				pt.at = append(pt.at, int32(t))
				pt.val = append(pt.val, v*unit[t])
			}
		}
		mn.add(pt)
	}
	for _, v := range o.vertices {
		learn(v)
	}
	cost := make([]float64, n)
	for len(mn.use) == 0 || o.r.ctx.Err() == nil {
		level := mn.level()
		best, at := 1e-10*float64(n), -1
		for i := range mn.points {
			if g := mn.points[i].dot(mn.resid) - level; g > best || len(mn.use) == 0 {
				best, at = g, i
			}
		}
		if at < 0 {
			for t, v := range mn.resid {
				cost[t] = v * unit[t]
			}
			x, err := o.vertex(cost)
			if err != nil {
				return nil, err
			}
			o.vertices = append(o.vertices, x)
			learn(x)
			at = len(mn.points) - 1
			if mn.points[at].dot(mn.resid)-level <= best && len(mn.use) > 0 {
				break
			}
		}
		if !mn.step(at) {
			break
		}
	}
	q := make([]float64, n)
	for t := range n {
		q[t] = p[t]
		if o.r.free[t] {
			q[t] = (target[t] - mn.resid[t]) / unit[t] / float64(len(o.r.m.types[t].units))
		}
	}
	return q, nil
}
