package sortition

import "math"

// goldilocks minimises R·max + 1/(R·min) over the relaxation, R = n/k. Which pairs of a
// least and a highest chance are possible is a convex set in the plane: for a pair that is
// not, the programme whose variables are bounded by it is infeasible, and its ray gives an
// inequality W·min − U·max ≤ B that all possible pairs obey (Benders, 1962). The best pair
// under the inequalities met so far is tried, until one is possible. The target is then
// the leximin point under the highest chance found; where more than mostCapped types reach
// that chance, it is any point of the best pair instead.
func (r *relaxation) goldilocks(seats int) (*aim, error) {
	ratio := float64(r.m.size) / float64(seats)
	lo, hi := r.rowBounds(append([]float64{}, r.lo...), append([]float64{}, r.cap...))
	box := newLP(len(lo)-len(r.m.types), r.columns(), lo, hi)
	copy(box.cost, anyCost(len(r.m.types)))
	pairs := r.plainPairs(box.m)
	var least, most, give float64
	var proof pairBound
	for {
		least, most, proof = bestPair(pairs, ratio)
		// What the objective would lose by the slack stays below what a proof may lack.
		give = min(slack, provenGap/10/(ratio+1/(ratio*least*least)))
		next, possible, err := r.tryPair(box, least-give, most+give)
		if err != nil {
			return nil, err
		}
		if possible {
			break
		}
		if next.w*least-next.u*most-next.b <= 0 {
			return nil, errNumerical
		}
		pairs = append(pairs, next)
	}
	first := stage{value: least, prices: proof.prices, weights: proof.weights, upper: proof.upper}
	target := make([]float64, len(r.m.types))
	for t := range target {
		target[t] = box.value(t) / float64(len(r.m.types[t].units))
	}
	if better, err := r.below(most, give); err == nil {
		target = better // otherwise the pair must do
	}
	return &aim{target, []stage{first}}, nil
}

// mostCapped is beyond how many types at the highest chance the programme becomes too large.
const mostCapped = 400

// below is the leximin point of the relaxation where no chance exceeds top.
func (r *relaxation) below(top, give float64) ([]float64, error) {
	capped := *r
	capped.slack = give
	capped.cap = append([]float64{}, r.cap...)
	for t := range r.free {
		if r.free[t] {
			capped.cap[t] = min(r.cap[t], (top+give)*float64(len(r.m.types[t].units)))
		}
	}
	s := newStager(&capped)
	for s.left > 0 {
		if r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		if _, err := s.next(); err != nil {
			return nil, err
		}
		if len(s.capped) > mostCapped {
			return nil, errNumerical
		}
	}
	return s.chance, nil
}

// pairBound is the inequality w·min − u·max ≤ b with its proof (see Certificate).
type pairBound struct {
	w, u, b                float64
	prices, weights, upper []float64
}

// plainPairs says that the least chance is not above the highest, nor above what a type may
// have at most.
func (r *relaxation) plainPairs(rows int) []pairBound {
	n := len(r.free)
	pair := func(t int, u, b float64) pairBound {
		k := pairBound{1, u, b, make([]float64, rows), make([]float64, n), make([]float64, n)}
		k.weights[t] = 1 / float64(len(r.m.types[t].units))
		k.upper[t] = u * k.weights[t]
		return k
	}
	lowest, at := math.Inf(1), 0
	for t, free := range r.free {
		if top := r.cap[t] / float64(len(r.m.types[t].units)); free && top < lowest {
			lowest, at = top, t
		}
	}
	return []pairBound{pair(at, 1, 0), pair(at, 0, lowest)}
}

// bestPair is the best pair under the inequalities, and the mean of those that prove it,
// scaled to u = 1. Along the least chance the objective is convex: its slope changes sign
// once.
func bestPair(pairs []pairBound, ratio float64) (least, most float64, proof pairBound) {
	low, high := 0.0, 1.0
	var wall *pairBound // bounds the least chance alone
	for i := range pairs {
		if k := &pairs[i]; k.u == 0 && k.b/k.w < high {
			high, wall = k.b/k.w, k
		}
	}
	steepest := func(at float64) (k *pairBound) {
		for i := range pairs {
			if p := &pairs[i]; p.u > 0 && (k == nil || p.above(at) > k.above(at)) {
				k = p
			}
		}
		return k
	}
	top := high
	for range 200 {
		mid := (low + high) / 2
		if k := steepest(mid); k.w/k.u < 1/(ratio*ratio*mid*mid) {
			low = mid
		} else {
			high = mid
		}
	}
	least = high
	left, right := steepest(low), steepest(high)
	wanted := 1 / (ratio * ratio * least * least)
	proof = left.scaled(1 / left.u)
	if high == top && wall != nil {
		proof = proof.plus(wall.scaled(max(0, wanted-proof.w) / wall.w))
	} else if a, b := left.w/left.u, right.w/right.u; a < wanted && wanted < b {
		share := (wanted - a) / (b - a)
		proof = proof.scaled(1 - share).plus(right.scaled(share / right.u))
	} else if right.w/right.u <= wanted {
		proof = right.scaled(1 / right.u)
	}
	return least, steepest(least).above(least), proof
}

// above is the least highest chance where the least is at.
func (k *pairBound) above(at float64) float64 { return (k.w*at - k.b) / k.u }

func (k *pairBound) scaled(by float64) pairBound {
	zero := pairBound{prices: make([]float64, len(k.prices)), weights: make([]float64, len(k.weights)), upper: make([]float64, len(k.upper))}
	return zero.sum(*k, by)
}

func (k pairBound) plus(o pairBound) pairBound { return k.sum(o, 1) }

// sum adds a multiple of another, in place.
func (k pairBound) sum(o pairBound, by float64) pairBound {
	k.w, k.u, k.b = k.w+by*o.w, k.u+by*o.u, k.b+by*o.b
	for i, v := range o.prices {
		k.prices[i] += by * v
	}
	for t := range o.weights {
		k.weights[t] += by * o.weights[t]
		k.upper[t] += by * o.upper[t]
	}
	return k
}

// tryPair tells whether some point of the relaxation has all chances between least and
// most, which box then holds, or gives an inequality that the pair breaks.
func (r *relaxation) tryPair(box *lp, least, most float64) (next pairBound, possible bool, err error) {
	for t, pt := range r.m.types {
		if r.free[t] {
			units := float64(len(pt.units))
			top := max(r.lo[t], min(r.cap[t], most*units))
			box.setBound(t, min(top, max(r.lo[t], least*units)), top)
		}
	}
	for range 2 {
		box.refactor()
		box.reprice()
		switch box.solve(math.Inf(-1)) {
		case lpOptimal:
			return next, true, nil
		case lpInfeasible:
			a, b := r.pairFrom(box.ray, 1, most), r.pairFrom(box.ray, -1, most)
			if b.w*least-b.u*most-b.b > a.w*least-a.u*most-a.b {
				a = b
			}
			return a, false, nil
		}
		box.slackBasis()
	}
	return next, false, errNumerical
}

// pairFrom reads a ray as prices: what a type takes of them is weight where positive and
// upper weight where negative, unless the type's own cap is below the highest chance.
func (r *relaxation) pairFrom(ray []float64, sign, most float64) pairBound {
	n := len(r.free)
	k := pairBound{prices: make([]float64, len(ray)), weights: make([]float64, n), upper: make([]float64, n)}
	scale := 0.0
	for _, v := range ray {
		scale = max(scale, math.Abs(v))
	}
	for i, v := range ray {
		k.prices[i] = sign * v / scale
	}
	for i := range r.cuts { // they bound from above only
		k.prices[len(r.m.rows)+i] = max(0, k.prices[len(r.m.rows)+i])
	}
	st := Stage{Prices: quantise(k.prices, PriceScale)}
	_, load := r.lagrangianLoad(&st)
	for t, v := range load {
		units := float64(len(r.m.types[t].units))
		if !r.free[t] {
			continue
		}
		if v > 0 {
			k.weights[t] = v
		} else if most*units < r.cap[t] {
			k.upper[t] = -v
		}
		k.w += k.weights[t] * units
		k.u += k.upper[t] * units
	}
	st.Weights, st.Upper = quantise(k.weights, PriceScale), quantise(k.upper, PriceScale)
	k.b, _ = r.lagrangian(&st)
	return k
}
