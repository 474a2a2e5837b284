package sortition

import (
	"cmp"
	"math"
	"slices"
)

// Certificate proves how good a lottery is, in whole numbers, to someone who does not
// trust the program that found it (see Verify).
//
// A Stage carries prices μ, one per rule (seats, quotas, exclusions, cuts). With
// w_t = max(0, Σ_r μ_r·a_rt) for each type t, every panel x satisfies
//
//	Σ_t w_t·x_t ≤ B = Σ_r max(μ_r·lo_r, μ_r·hi_r) + Σ_t max over x_t of (w_t − μ·a_t)·x_t,
//
// hence so does every lottery's mean; if types F already have their chance p_t, the
// lowest chance of the types U still open is at most
// (B − Σ_F w_t·units_t·p_t) / Σ_U w_t·units_t. This is linear programming duality.
// Where a bound on x_t itself is binding, and for Nash and Goldilocks, the weights w are
// given: Weights. Goldilocks bounds Σ (w_t − u_t)·x_t, u being Upper: no lottery has
// W·min − U·max above B, W and U being the sums of w_t·units_t and u_t·units_t.
type Certificate struct {
	Types      [][][]int `json:"types"`                // type → units → persons (rows counted from 0)
	Exclusions [][][]int `json:"exclusions,omitempty"` // rule → groups of persons of whom one may sit
	Impossible *Cut      `json:"impossible,omitempty"` // types no panel contains
	Cuts       []*Cut    `json:"cuts,omitempty"`
	Stages     []Stage   `json:"stages"`
}

// Stage is one step of the proof.
type Stage struct {
	Fixed   []int   `json:"fixed,omitempty"`   // types that this stage settles
	Prices  []int64 `json:"prices"`            // in units of 1/PriceScale; of cuts divided by their largest coefficient
	Weights []int64 `json:"weights,omitempty"` // likewise, per type
	Upper   []int64 `json:"upper,omitempty"`   // Goldilocks: weights of the highest chance
}

// PriceScale is the unit of prices and weights.
const PriceScale = 1 << 40

func (s *solver) certificate(a *aim) Certificate {
	c := Certificate{Impossible: s.impossible, Cuts: s.r.cuts, Exclusions: s.m.exclusions}
	for _, t := range s.m.types {
		c.Types = append(c.Types, t.units)
	}
	for _, st := range a.stages {
		out := Stage{Fixed: st.fixed, Prices: quantise(st.prices, PriceScale)}
		if st.weights != nil {
			out.Weights = quantise(st.weights, PriceScale)
		}
		if st.upper != nil {
			out.Upper = quantise(st.upper, PriceScale)
		}
		c.Stages = append(c.Stages, out)
		if s.o == Maximin {
			break
		}
	}
	return c
}

// measure computes the objective of the chances per type and its bound. The bound is
// computed here in floating point, for the screen; Verify computes it exactly.
func (s *solver) measure(chance []float64, c *Certificate) (value, bound float64) {
	if len(c.Stages) == 0 { // every seat is fixed
		return 1, 1
	}
	st := &c.Stages[0]
	b, w := s.r.lagrangian(st)
	n, low, high, logs := 0, math.Inf(1), 0.0, 0.0
	up, down, at := 0.0, 0.0, 0.0
	for t, pt := range s.m.types {
		units := float64(len(pt.units))
		weight := w[t] * units
		if !s.r.free[t] {
			b -= weight * chance[t]
			continue
		}
		n += pt.persons()
		low, high = min(low, chance[t]), max(high, chance[t])
		logs += float64(pt.persons()) * math.Log(chance[t])
		at += weight * chance[t]
		up += weight
		if st.Upper != nil {
			over := float64(st.Upper[t]) / PriceScale * units
			up, down = up+over, down+over
		}
	}
	switch s.o {
	case Nash:
		// concavity: no lottery exceeds the value at p by more than g·(q − p)
		scale := float64(s.m.size) / float64(n)
		return logs / float64(n), logs/float64(n) + max(0, b-at)*scale
	case Goldilocks:
		big := float64(s.m.size) / float64(s.m.seats)
		return big*high + 1/(big*low), 2*math.Sqrt(up/down) - big*b/down
	}
	return low, min(1, b/up)
}

// lagrangian is B and w of a stage (see Certificate).
func (r *relaxation) lagrangian(st *Stage) (bound float64, w []float64) {
	bound, load := r.lagrangianLoad(st)
	w = make([]float64, len(load))
	for t, v := range load {
		w[t] = max(0, v)
		if st.Weights != nil {
			w[t] = float64(st.Weights[t]) / PriceScale
		}
		if st.Upper != nil {
			w[t] -= float64(st.Upper[t]) / PriceScale
		}
		bound += max((w[t]-v)*r.lo[t], (w[t]-v)*r.cap[t])
	}
	return bound, w
}

// lagrangianLoad is what the rows give of the bound, and what each type takes of the prices.
func (r *relaxation) lagrangianLoad(st *Stage) (bound float64, load []float64) {
	prices := make([]float64, len(st.Prices))
	for i, v := range st.Prices {
		prices[i] = float64(v) / PriceScale
	}
	for i, row := range r.m.rows {
		bound += max(prices[i]*float64(row.lo), prices[i]*float64(row.hi))
	}
	for i, k := range r.cuts {
		bound += max(0, prices[len(r.m.rows)+i]) * float64(k.RHS) / k.scale()
	}
	load = make([]float64, len(r.m.types))
	for t, c := range r.m.cols {
		for i, row := range c.row {
			load[t] += prices[row] * c.coef[i]
		}
		for i, k := range r.cuts {
			load[t] += max(0, prices[len(r.m.rows)+i]) * float64(k.Coef[t]) / k.scale()
		}
	}
	return bound, load
}

// QuotaPrice says what a quota costs: how much the lowest chance would rise if its
// binding bound moved by one seat, at most and to first order.
type QuotaPrice struct {
	Quota   int  // index in Problem.Quotas
	Maximum bool // the bound is the maximum; otherwise the minimum
	PerSeat float64
}

// QuotaPrices reads the prices of the quotas from the first stage of the proof of a
// leximin or maximin lottery, dearest first; quotas that cost nothing are left out.
func (l *Lottery) QuotaPrices() []QuotaPrice {
	if len(l.Proof.Stages) == 0 {
		return nil
	}
	st := &l.Proof.Stages[0]
	total := 0.0
	for t, c := range l.m.cols {
		w := 0.0
		for i, r := range c.row {
			w += float64(st.Prices[r]) / PriceScale * c.coef[i]
		}
		for i, k := range l.Proof.Cuts {
			w += max(0, float64(st.Prices[len(l.m.rows)+i])) / PriceScale * float64(k.Coef[t]) / k.scale()
		}
		if st.Weights != nil {
			w = float64(st.Weights[t]) / PriceScale
		}
		if pt := &l.m.types[t]; pt.cap > 0 && pt.lo < pt.cap {
			total += max(0, w) * float64(len(pt.units))
		}
	}
	var out []QuotaPrice
	for r, row := range l.m.rows {
		if v := float64(st.Prices[r]) / PriceScale / total; row.quota >= 0 && math.Abs(v) > 1e-9 {
			out = append(out, QuotaPrice{row.quota, v > 0, math.Abs(v)})
		}
	}
	slices.SortStableFunc(out, func(a, b QuotaPrice) int { return cmp.Compare(b.PerSeat, a.PerSeat) })
	return out
}
