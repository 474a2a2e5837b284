package sortition

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Explanation says why no panel meets the quotas, and what would.
type Explanation struct {
	// Reasons are short sentences, from the plainest cause found.
	Reasons []string
	// Conflict is a smallest set of quotas (indices) that cannot be met together: drop
	// any one of them and the others can.
	Conflict []int
	// Changes is a cheapest relaxation of the quotas: no other one moves fewer seats
	// in all. Within is false when it had to leave the declared flexibility; it is
	// empty when no change of quotas helps (too few persons under the other rules).
	Changes []Change
	Within  bool
}

// Change moves one bound of a quota.
type Change struct {
	Quota    int // index in Problem.Quotas
	Category string
	Feature  string
	Maximum  bool // the maximum moves up; otherwise the minimum moves down
	From, To int
}

func (c Change) String() string {
	bound := "minimum"
	if c.Maximum {
		bound = "maximum"
	}
	return fmt.Sprintf("%s %s: %s %d → %d", c.Category, c.Feature, bound, c.From, c.To)
}

func (e Explanation) String() string {
	parts := slices.Clone(e.Reasons)
	if len(e.Changes) > 0 {
		var words []string
		for _, c := range e.Changes {
			words = append(words, c.String())
		}
		how := "the cheapest change that works"
		if !e.Within {
			how = "the declared flexibility is not enough; the cheapest change beyond it"
		}
		parts = append(parts, fmt.Sprintf("%s: %s", how, strings.Join(words, "; ")))
	}
	return strings.Join(parts, ". ")
}

// Explain finds why a problem has no panel and the cheapest change of its quotas, by
// branch and bound over the quotas' slack: the least number of seats moved, proven. For
// a problem that has panels the explanation is empty.
func Explain(ctx context.Context, p *Problem) (*Explanation, error) {
	m, err := compile(p)
	if err != nil {
		return nil, err
	}
	if ok, err := m.hasPanel(ctx); ok || err != nil {
		return &Explanation{}, err
	}
	e := &Explanation{Reasons: plainReasons(p, m)}
	for _, within := range []bool{true, false} {
		if e.Changes, err = m.cheapest(ctx, p, within); err != nil {
			return nil, err
		}
		if e.Within = within; len(e.Changes) > 0 {
			break
		}
	}
	if len(e.Changes) == 0 {
		e.Reasons = append(e.Reasons, "no change of the quotas helps: fixed members, addresses and groups leave no panel of this size")
		return e, nil
	}
	if e.Conflict, err = m.conflict(ctx); err != nil {
		return nil, err
	}
	if len(e.Reasons) == 0 {
		var names []string
		for _, i := range e.Conflict {
			q := p.Quotas[i]
			names = append(names, fmt.Sprintf("%s %s (%d–%d)", q.Category, q.Feature, q.Min, q.Max))
		}
		e.Reasons = append(e.Reasons, "these quotas cannot be met together: "+strings.Join(names, ", "))
	}
	return e, nil
}

// plainReasons lists what simple counting shows.
func plainReasons(p *Problem, m *model) []string {
	var out []string
	have := make([]int, len(p.Quotas))
	for t, c := range m.cols {
		for i, r := range c.row {
			if q := m.rows[r].quota; q >= 0 {
				have[q] += int(c.coef[i]) * m.types[t].cap
			}
		}
	}
	sumMin, sumMax := map[string]int{}, map[string]int{}
	var order []string
	for i, q := range p.Quotas {
		if have[i] < q.Min {
			out = append(out, fmt.Sprintf("%s %s: at least %d are wanted and at most %d can come", q.Category, q.Feature, q.Min, have[i]))
		}
		if _, ok := sumMin[q.Category]; !ok {
			order = append(order, q.Category)
		}
		sumMin[q.Category] += q.Min
		sumMax[q.Category] += min(q.Max, p.Size)
	}
	for _, c := range order {
		if sumMin[c] > p.Size {
			out = append(out, fmt.Sprintf("%s: the minimums add up to %d, more than the %d seats", c, sumMin[c], p.Size))
		}
		if sumMax[c] < p.Size {
			out = append(out, fmt.Sprintf("%s: the maximums add up to %d, fewer than the %d seats", c, sumMax[c], p.Size))
		}
	}
	if clashes, err := p.Clashes(); err == nil {
		for _, c := range clashes {
			out = append(out, c.Text(p))
		}
	}
	return out
}

// hasPanel tells whether some panel satisfies the model.
func (m *model) hasPanel(ctx context.Context) (bool, error) {
	for _, t := range m.types {
		if t.lo > t.cap {
			return false, nil
		}
	}
	s := newSearch(ctx, m)
	s.found = func([]int32, float64) bool { return true }
	s.maximise(anyCost(len(m.types)), math.Inf(-1), 0)
	if s.best == nil && s.stopped {
		return false, cmp.Or(ctx.Err(), errNumerical)
	}
	return s.best != nil, nil
}

// cheapest solves for the least number of seats by which bounds move: each quota row
// gets a column that lends it seats and one that takes seats away, at cost 1 each.
func (m *model) cheapest(ctx context.Context, p *Problem, within bool) ([]Change, error) {
	loose := *m
	loose.types = slices.Clone(m.types)
	loose.cols = slices.Clone(m.cols)
	for t := range loose.types { // a quota of 0 had closed the type: the slack opens it
		pt := &loose.types[t]
		pt.cap = len(pt.units)
		if pt.out {
			pt.cap = 0
		}
		for i, r := range m.cols[t].row {
			if m.rows[r].quota < 0 {
				pt.cap = min(pt.cap, m.rows[r].hi/int(m.cols[t].coef[i]))
			}
		}
		if pt.lo > pt.cap {
			return nil, nil
		}
	}
	n := len(m.types)
	cost := make([]float64, n)
	var changes []Change
	for r, row := range m.rows {
		if row.quota < 0 {
			continue
		}
		q := p.Quotas[row.quota]
		lower, raise := q.Min-q.MinFlex, min(q.MaxFlex, p.Size)-q.Max
		if !within {
			lower, raise = q.Min, p.Size-q.Max
		}
		for _, side := range []struct {
			sign float64
			room int
		}{{1, lower}, {-1, raise}} {
			if side.room <= 0 {
				continue
			}
			loose.cols = append(loose.cols, column{[]int32{int32(r)}, []float64{side.sign}})
			loose.types = append(loose.types, ptype{cap: side.room})
			cost = append(cost, -1)
			changes = append(changes, Change{Quota: row.quota, Category: q.Category, Feature: q.Feature, Maximum: side.sign < 0})
		}
	}
	s := newSearch(ctx, &loose)
	s.maximise(cost, math.Inf(-1), 1)
	if s.stopped {
		return nil, cmp.Or(ctx.Err(), errNumerical)
	}
	if s.best == nil {
		return nil, nil
	}
	var out []Change
	for i, c := range changes {
		v := int(s.best[n+i])
		q := p.Quotas[c.Quota]
		if v == 0 {
			continue
		}
		if c.Maximum {
			c.From, c.To = q.Max, q.Max+v
		} else {
			c.From, c.To = q.Min, q.Min-v
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Quota, b.Quota) })
	return out, nil
}

// conflict finds an irreducible set of quotas by deletion: each quota in turn is set
// free, for good if the rest still cannot be met.
func (m *model) conflict(ctx context.Context) ([]int, error) {
	free := *m
	free.rows = slices.Clone(m.rows)
	free.types = slices.Clone(m.types)
	var kept []int
	for r, row := range m.rows {
		if row.quota < 0 {
			continue
		}
		free.rows[r].lo, free.rows[r].hi = 0, m.seats
		free.recap()
		ok, err := free.hasPanel(ctx)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, row.quota)
			free.rows[r] = row
		}
	}
	return kept, nil
}
