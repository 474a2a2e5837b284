package sortition

import (
	"fmt"
	"math"
	"math/big"
)

// Measure is what a lottery reaches and what its proof shows, computed from whole
// numbers only and rounded once, at the end.
type Measure struct {
	Value float64 `json:"value"` // see Lottery.Value
	Bound float64 `json:"bound"` // see Lottery.Bound
	// Gaps are, stage by stage, how much higher the lowest chance still open could be at
	// most, the chances settled before being kept.
	Gaps []float64 `json:"gaps"`
}

// Gap is the largest of the gaps.
func (m *Measure) Gap() float64 {
	g := 0.0
	for _, v := range m.Gaps {
		g = max(g, v)
	}
	return g
}

// chance is a type's chance.
func (a *audit) chance(t int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(a.mean[t]), new(big.Int).Mul(big.NewInt(Whole), big.NewInt(a.unit[t])))
}

// free tells whether the objective looks at a type: it may sit and it need not.
func (a *audit) free(t int) bool { return a.cap[t] > 0 && a.lo[t] < a.cap[t] }

// chances lists each person's chance, by row.
func (a *audit) chances() []float64 {
	out := make([]float64, len(a.p.Pool.Rows))
	for t, units := range a.c.Types {
		f, _ := a.chance(t).Float64()
		for _, u := range units {
			for _, i := range u {
				out[i] = f
			}
		}
	}
	return out
}

// measure computes the objective and its proven bound.
func (a *audit) measure(o Objective) (*Measure, error) {
	open := make([]bool, len(a.unit))
	left := 0
	for t := range open {
		if open[t] = a.free(t); open[t] {
			left++
		}
	}
	if left == 0 { // every seat is fixed
		return &Measure{Value: 1, Bound: 1, Gaps: []float64{0}}, nil
	}
	if len(a.c.Stages) == 0 {
		return nil, fmt.Errorf("the proof has no stage")
	}
	switch o {
	case Nash:
		return a.nash()
	case Goldilocks:
		return a.goldilocks()
	}
	m := &Measure{}
	for k := range a.c.Stages {
		low, bound, err := a.stage(k, open)
		if err != nil {
			return nil, err
		}
		gap := new(big.Rat).Sub(bound, low)
		m.Gaps = append(m.Gaps, max(0, float(gap)))
		if k == 0 {
			m.Value, m.Bound = float(low), float(bound)
		}
		for _, t := range a.c.Stages[k].Fixed {
			if t < 0 || t >= len(open) || !open[t] {
				return nil, fmt.Errorf("stage %d settles a type twice", k+1)
			}
			open[t] = false
			left--
		}
		if o == Maximin {
			return m, nil
		}
	}
	if left > 0 {
		return nil, fmt.Errorf("the proof leaves %d types open", left)
	}
	return m, nil
}

// stage returns the lowest chance still open and the bound that the prices prove.
func (a *audit) stage(k int, open []bool) (low, bound *big.Rat, err error) {
	total, w, err := a.lagrangian(&a.c.Stages[k], nil)
	if err != nil {
		return nil, nil, err
	}
	b := new(big.Rat).SetInt(total)
	sum := new(big.Int)
	for t := range w {
		if open[t] {
			if c := a.chance(t); low == nil || c.Cmp(low) < 0 {
				low = c
			}
			sum.Add(sum, new(big.Int).Mul(w[t], big.NewInt(a.unit[t])))
		} else {
			b.Sub(b, new(big.Rat).SetFrac(new(big.Int).Mul(w[t], big.NewInt(a.mean[t])), big.NewInt(Whole)))
		}
	}
	if low == nil {
		return nil, nil, fmt.Errorf("stage %d has nothing open", k+1)
	}
	one := big.NewRat(1, 1)
	if sum.Sign() <= 0 {
		return low, one, nil
	}
	bound = b.Quo(b, new(big.Rat).SetInt(sum))
	if bound.Cmp(one) > 0 {
		bound = one
	}
	return low, bound, nil
}

// lagrangian computes B and w of a stage (see Certificate), both multiplied by
// PriceScale and by the product of the cuts' largest coefficients. given replaces the
// stage's weights.
func (a *audit) lagrangian(st *Stage, given []*big.Int) (*big.Int, []*big.Int, error) {
	if len(st.Prices) != len(a.rows)+len(a.c.Cuts) {
		return nil, nil, fmt.Errorf("a stage has %d prices for %d rules", len(st.Prices), len(a.rows)+len(a.c.Cuts))
	}
	if (st.Weights != nil && len(st.Weights) != len(a.unit)) || (st.Upper != nil && len(st.Upper) != len(a.unit)) {
		return nil, nil, fmt.Errorf("a stage has weights for other types")
	}
	l := a.common()
	prices := make([]*big.Int, len(st.Prices))
	total := new(big.Int)
	for r, v := range st.Prices {
		prices[r] = new(big.Int).Mul(big.NewInt(v), l)
		if r < len(a.rows) {
			total.Add(total, corner(prices[r], a.rows[r].lo, a.rows[r].hi))
			continue
		}
		cut := a.c.Cuts[r-len(a.rows)]
		prices[r].Div(prices[r], big.NewInt(int64(cut.scale())))
		if v < 0 {
			prices[r].SetInt64(0) // a cut bounds from above only
		}
		total.Add(total, new(big.Int).Mul(prices[r], big.NewInt(cut.RHS)))
	}
	w := make([]*big.Int, len(a.unit))
	for t := range w {
		load := new(big.Int)
		for r, v := range a.coef[t] {
			if v != 0 {
				load.Add(load, new(big.Int).Mul(prices[r], big.NewInt(v)))
			}
		}
		for i, k := range a.c.Cuts {
			load.Add(load, new(big.Int).Mul(prices[len(a.rows)+i], big.NewInt(k.Coef[t])))
		}
		switch {
		case given != nil:
			w[t] = new(big.Int).Mul(given[t], l)
		case st.Weights != nil:
			v := st.Weights[t]
			if st.Upper != nil {
				v -= st.Upper[t]
			}
			w[t] = new(big.Int).Mul(big.NewInt(v), l)
		case load.Sign() > 0:
			w[t] = new(big.Int).Set(load)
		default:
			w[t] = new(big.Int)
		}
		total.Add(total, corner(new(big.Int).Sub(w[t], load), a.lo[t], a.cap[t]))
	}
	return total, w, nil
}

// common is the product of the cuts' largest coefficients, each once.
func (a *audit) common() *big.Int {
	l := big.NewInt(1)
	seen := map[int64]bool{}
	for _, k := range a.c.Cuts {
		if s := int64(k.scale()); !seen[s] {
			seen[s] = true
			l.Mul(l, big.NewInt(s))
		}
	}
	return l
}

// corner is the largest of price·v for lo ≤ v ≤ hi.
func corner(price *big.Int, lo, hi int64) *big.Int {
	if price.Sign() < 0 {
		hi = lo
	}
	return new(big.Int).Mul(price, big.NewInt(hi))
}

// nash bounds the mean logarithm by concavity: at chances p no lottery q exceeds it by
// more than the mean of q/p − 1, a linear function that the prices bound.
func (a *audit) nash() (*Measure, error) {
	logs, persons := 0.0, 0
	given := make([]*big.Int, len(a.unit))
	for t := range given {
		given[t] = new(big.Int)
		if !a.free(t) {
			continue
		}
		if a.mean[t] == 0 {
			return &Measure{Value: math.Inf(-1), Bound: 0, Gaps: []float64{math.Inf(1)}}, nil
		}
		n := len(a.c.Types[t]) * len(a.c.Types[t][0])
		persons += n
		logs += float64(n) * math.Log(float(a.chance(t)))
		// persons/(chance·units) per count, over the size of the pool, rounded up
		num := new(big.Int).Mul(big.NewInt(int64(n)), big.NewInt(Whole))
		num.Mul(num, big.NewInt(PriceScale))
		den := new(big.Int).Mul(big.NewInt(a.mean[t]), big.NewInt(int64(len(a.p.Pool.Rows))))
		given[t].Add(num.Quo(num, den), big.NewInt(1))
	}
	total, _, err := a.lagrangian(&a.c.Stages[0], given)
	if err != nil {
		return nil, err
	}
	best := new(big.Rat).SetFrac(total, new(big.Int).Mul(a.common(), big.NewInt(PriceScale)))
	best.Mul(best, big.NewRat(int64(len(a.p.Pool.Rows)), int64(persons)))
	gap := max(0, float(best.Sub(best, big.NewRat(1, 1))))
	m := &Measure{Value: logs / float64(persons), Gaps: []float64{gap}}
	m.Bound = m.Value + gap
	return m, nil
}

// goldilocks bounds R·max + 1/(R·min) from below: the prices show W·min − U·max ≤ B for
// every lottery, under which it is at least 2√(W/U) − R·B/U.
func (a *audit) goldilocks() (*Measure, error) {
	st := &a.c.Stages[0]
	if st.Weights == nil || st.Upper == nil {
		return nil, fmt.Errorf("the proof lacks its weights")
	}
	total, _, err := a.lagrangian(st, nil)
	if err != nil {
		return nil, err
	}
	l := a.common()
	b := new(big.Rat).SetInt(total)
	w, u := new(big.Int), new(big.Int)
	var low, high *big.Rat
	for t := range a.unit {
		if st.Weights[t] < 0 || st.Upper[t] < 0 || (!a.free(t) && (st.Weights[t] != 0 || st.Upper[t] != 0)) {
			return nil, fmt.Errorf("a weight of the proof is out of place")
		}
		if !a.free(t) {
			continue
		}
		c := a.chance(t)
		if low == nil || c.Cmp(low) < 0 {
			low = c
		}
		if high == nil || c.Cmp(high) > 0 {
			high = c
		}
		w.Add(w, new(big.Int).Mul(big.NewInt(st.Weights[t]), big.NewInt(a.unit[t])))
		u.Add(u, new(big.Int).Mul(big.NewInt(st.Upper[t]), big.NewInt(a.unit[t])))
	}
	if low.Sign() == 0 || u.Sign() == 0 {
		return nil, fmt.Errorf("the proof bounds nothing")
	}
	ratio := big.NewRat(int64(len(a.p.Pool.Rows)), int64(a.p.Size))
	value := new(big.Rat).Mul(ratio, high)
	value.Add(value, new(big.Rat).Inv(new(big.Rat).Mul(ratio, low)))
	root := new(big.Float).SetPrec(200).SetRat(new(big.Rat).SetFrac(w, u))
	root.Sqrt(root).Mul(root, big.NewFloat(2))
	b.Quo(b.Mul(b, ratio), new(big.Rat).SetInt(new(big.Int).Mul(u, l)))
	bound, _ := root.Sub(root, new(big.Float).SetPrec(200).SetRat(b)).Float64()
	m := &Measure{Value: float(value), Bound: bound}
	m.Gaps = []float64{max(0, m.Value-m.Bound)}
	return m, nil
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}
