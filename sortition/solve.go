package sortition

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Objective says which lottery is fairest.
type Objective string

const (
	// Leximin raises the lowest chance as far as it goes, then the next lowest, and
	// so on (Flanigan, Gölz, Gupta, Hennig, Procaccia, Nature 596, 2021).
	Leximin Objective = "leximin"
	// Maximin raises the lowest chance only; its proof stops there.
	Maximin Objective = "maximin"
	// Nash maximises the product of the chances.
	Nash Objective = "nash"
	// Goldilocks minimises (n/k)·max + (k/n)/min of the chances (Baharav and
	// Flanigan, "Fair, Manipulation-Robust, and Transparent Sortition", 2024, γ = 1);
	// among the lotteries with that highest chance it takes the leximin one.
	Goldilocks Objective = "goldilocks"
	// Plain ignores the quotas: the most equal chances that addresses and groups allow.
	Plain Objective = "plain"
)

// Objectives lists the objectives in the order of their presentation.
func Objectives() []Objective { return []Objective{Leximin, Maximin, Nash, Goldilocks, Plain} }

// Lottery is a probability distribution over panels, with its proof.
type Lottery struct {
	Objective Objective
	// Chance is each person's probability to sit, by row of the pool.
	Chance []float64
	// Value is what the objective reaches, Bound what no lottery exceeds (for
	// Goldilocks: goes below): the lowest chance for leximin, maximin and plain, the
	// mean logarithm of the chances for Nash. Impossible persons and fixed members
	// are left out of it.
	Value, Bound float64
	// Complete is false when the context ended the work before the tolerance was
	// reached; the lottery is then the best so far.
	Complete bool
	// Impossible are the persons whom no panel under the rules can contain.
	Impossible []int
	// Support is the distribution, over counts per type.
	Support []Weighted
	Proof   Certificate

	m *model
}

// Weighted is a panel by counts per type and its weight: Weight/Whole is its
// probability.
type Weighted struct {
	Weight int64       `json:"weight"`
	Counts []TypeCount `json:"counts"`
}

// TypeCount is how many units of one type sit.
type TypeCount struct {
	Type  int `json:"t"`
	Count int `json:"n"`
}

// Whole is the sum of the weights of a lottery.
const Whole = 1_000_000_000_000

// tolerance is how far each chance may end from its target: far below the 1e-6 that the
// proof must show.
const tolerance = 5e-8

// closest is the smallest distance that is tried for.
const closest = 1e-9

// provenGap is the gap of a proof that counts as none.
const provenGap = 1e-6

// aimedAt is the tolerance to try for first: the bound of Nash moves with the inverse of
// the chances, which asks for more than a proven minimum does.
func (o Objective) aimedAt() float64 {
	if o == Nash {
		return closest
	}
	return tolerance
}

// Progress is the state of a solution under way.
type Progress struct {
	Panels int     // panels known
	Cuts   int     // inequalities added to the relaxation
	Gap    float64 // largest distance of a chance from its target
}

// Solve finds the fairest lottery of a problem. When the quotas admit no panel the
// error is an *InfeasibleError; when the problem is faulty, an *InputError. When ctx
// ends early the best lottery so far is returned with Complete false, or ctx's error
// if there is none. progress may be nil.
//
// The chances are first optimised over the relaxation (see relaxation), whose few
// rows make this exact and quick, and which bounds every lottery; the optimum is then
// written as a mean of whole panels (see decomposer). Where that fails the separating
// inequality, proven by branch and bound, sharpens the relaxation.
func Solve(ctx context.Context, p *Problem, o Objective, progress func(Progress)) (*Lottery, error) {
	if !slices.Contains(Objectives(), o) {
		return nil, inputErrorf(0, "“%s” is not an objective: choose among %v", o, Objectives())
	}
	p = ruled(p, o)
	m, err := compile(p)
	if err != nil {
		return nil, err
	}
	s := &solver{ctx: ctx, p: p, m: m, o: o}
	s.d = newDecomposer(ctx, m, func(worst float64) {
		if progress != nil {
			progress(Progress{len(s.d.panels), len(s.r.cuts), worst})
		}
	})
	return s.run()
}

type solver struct {
	ctx        context.Context
	p          *Problem
	m          *model
	o          Objective
	d          *decomposer
	r          *relaxation
	covered    bool
	impossible *Cut
}

func (s *solver) run() (*Lottery, error) {
	if err := s.feasible(); err != nil {
		return nil, err
	}
	s.relax()
	if s.o == Nash || s.o == Goldilocks { // worth nothing, even stopped early, while somebody has no chance
		if err := s.cover(); err != nil {
			return nil, err
		}
	}
	var a *aim
	tol := s.o.aimedAt()
	for done := false; !done; {
		next, err := s.aim()
		if errors.Is(err, errNumerical) && a != nil {
			break
		}
		if err != nil {
			return nil, err
		}
		if a = next; s.violated(a.target) {
			break // the relaxation's own precision is exhausted
		}
		if !s.covered && len(a.stages) > 0 && a.stages[0].value < 1e-9 {
			if err := s.cover(); err != nil {
				return nil, err
			}
			continue
		}
		switch s.d.decompose(a.target, tol) {
		case reached:
			if done = tol <= closest || s.proven(a); !done {
				tol = closest // a later stage of the proof multiplies what the chances lack
			}
		case interrupted:
			done = true
		case outside:
			if !s.covered {
				if err := s.cover(); err != nil {
					return nil, err
				}
				continue
			}
			if s.proven(a) {
				done = true // the arithmetic brings the mean no nearer, and the proof holds
				break
			}
			cut := s.d.separate(a.target)
			if cut == nil {
				done = true
				break
			}
			s.r.cuts = append(s.r.cuts, cut)
		}
	}
	return s.lottery(a), nil
}

// violated tells whether the relaxation failed to respect a cut.
func (s *solver) violated(target []float64) bool {
	for _, k := range s.r.cuts {
		at := -float64(k.RHS)
		for t, c := range k.Coef {
			at += float64(c) * target[t] * float64(len(s.m.types[t].units))
		}
		if at > 1e-6*k.scale() {
			return true
		}
	}
	return false
}

// feasible finds a first panel or explains why there is none.
func (s *solver) feasible() error {
	for _, t := range s.m.types {
		if t.lo > t.cap {
			return s.infeasible()
		}
	}
	s.d.seek(anyCost(len(s.m.types)), math.Inf(-1), 0, 1, s.d.learn)
	switch {
	case len(s.d.panels) > 0:
		return nil
	case s.d.search.stopped:
		return cmp.Or(s.ctx.Err(), errNumerical)
	}
	return s.infeasible()
}

// anyCost is a fixed irregular cost: without one, every basis of the search would be
// as good as any other and the simplex would wander.
func anyCost(n int) []float64 {
	cost := make([]float64, n)
	for t := range cost {
		cost[t] = float64((t*7919+13)%1009) / 1009
	}
	return cost
}

func (s *solver) infeasible() error {
	e, err := Explain(s.ctx, s.p)
	if err != nil {
		return err
	}
	return &InfeasibleError{*e}
}

func (s *solver) relax() {
	n := len(s.m.types)
	s.r = &relaxation{ctx: s.ctx, m: s.m, free: make([]bool, n), lo: make([]float64, n), cap: make([]float64, n), slack: slack}
	for t, pt := range s.m.types {
		s.r.lo[t], s.r.cap[t] = float64(pt.lo), float64(pt.cap)
		s.r.free[t] = pt.cap > 0 && pt.lo < pt.cap
	}
}

// cover looks for a panel with each type not met so far; those left are impossible,
// which the last search proves.
func (s *solver) cover() error {
	coef := make([]int64, len(s.m.types))
	left := 0
	for t := range coef {
		if s.r.free[t] {
			coef[t] = 1
			left++
		}
	}
	meet := func(x []int32) {
		for t, v := range x {
			if v > 0 && coef[t] != 0 {
				coef[t] = 0
				left--
			}
		}
	}
	for _, x := range s.d.panels {
		meet(x)
	}
	s.d.release()
	for left > 0 {
		cost := make([]float64, len(coef))
		for t, c := range coef {
			cost[t] = float64(c)
		}
		before := left
		s.d.seek(cost, 0.5, 1, patience, func(x []int32) bool { // any panel that meets somebody new serves
			s.d.learn(x)
			meet(x)
			return true
		})
		if left == before {
			break
		}
	}
	s.covered = true
	if left == 0 {
		return s.ctx.Err()
	}
	cut, ok := s.d.search.prove(coef, 0)
	if !ok {
		return cmp.Or(s.ctx.Err(), errNumerical)
	}
	s.impossible = cut
	for t, c := range coef {
		if c != 0 {
			s.r.free[t], s.r.cap[t], s.m.types[t].cap = false, 0, 0
		}
	}
	s.d.release()
	return nil
}

// aim is the optimum of an objective over the relaxation, with its proof.
type aim struct {
	target []float64 // chance per type
	stages []stage
}

func (s *solver) aim() (*aim, error) {
	switch {
	case !slices.Contains(s.r.free, true): // every seat is fixed
	case s.o == Nash:
		return s.r.nash()
	case s.o == Goldilocks:
		return s.r.goldilocks(s.m.seats)
	}
	target, stages, err := s.r.leximin()
	return &aim{target, stages}, err
}

// proven tells whether the weights in use make a lottery whose proof leaves no gap.
func (s *solver) proven(a *aim) bool {
	gap, _ := s.gap(a)
	return gap <= provenGap
}

// gap is that of the proof for the weights in use, and the value it leaves in doubt.
func (s *solver) gap(a *aim) (gap, value float64) {
	if len(s.d.mn.use) == 0 || s.d.mn.worst() > provenGap {
		return math.Inf(1), 0
	}
	proof := s.certificate(a)
	check, err := newAudit(s.p, &proof, s.support())
	if err != nil {
		return math.Inf(1), 0
	}
	m, err := check.measure(s.o)
	if err != nil {
		return math.Inf(1), 0
	}
	return m.Gap(), m.Value
}

// lottery gathers the result. The weights are rounded to whole numbers, so that
// whoever checks can do so exactly.
func (s *solver) lottery(a *aim) *Lottery {
	l := &Lottery{Objective: s.o, m: s.m}
	// What the arithmetic cannot settle further is complete too, its gap being stated.
	gap, value := s.gap(a)
	if l.Complete = gap <= provenGap*max(1, math.Abs(value)); !l.Complete {
		s.d.salvage(a.target)
	}
	l.Support = s.support()
	chance := make([]float64, len(s.m.types))
	for _, w := range l.Support {
		for _, c := range w.Counts {
			chance[c.Type] += float64(w.Weight) / Whole * float64(c.Count)
		}
	}
	l.Chance = make([]float64, s.m.size)
	for t, pt := range s.m.types {
		chance[t] /= float64(len(pt.units))
		for _, u := range pt.units {
			for _, i := range u {
				l.Chance[i] = chance[t]
				if pt.cap == 0 {
					l.Impossible = append(l.Impossible, i)
				}
			}
		}
	}
	slices.Sort(l.Impossible)
	l.Proof = s.certificate(a)
	l.Value, l.Bound = s.measure(chance, &l.Proof)
	return l
}

// support lists the panels in use, by falling weight.
func (s *solver) support() []Weighted {
	var out []Weighted
	total := int64(0)
	for k, i := range s.d.mn.use {
		w := int64(math.Round(s.d.mn.weight[k] * Whole))
		if w <= 0 {
			continue
		}
		total += w
		var counts []TypeCount
		for t, v := range s.d.panels[i] {
			if v != 0 {
				counts = append(counts, TypeCount{t, int(v)})
			}
		}
		out = append(out, Weighted{w, counts})
	}
	slices.SortStableFunc(out, func(a, b Weighted) int { return cmp.Compare(b.Weight, a.Weight) })
	out[0].Weight += Whole - total
	return out
}

// InfeasibleError says that no panel satisfies the rules, and why.
type InfeasibleError struct{ Explanation }

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("no panel can meet these quotas: %s", e.Explanation)
}
