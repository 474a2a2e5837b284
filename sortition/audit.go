package sortition

import (
	"fmt"
	"math/big"
	"slices"
)

// audit checks the proof of a lottery in whole numbers. It shares with the search that
// found the lottery nothing but the description of the problem: rules, types and
// polytope are rebuilt here from the pool, the quotas and the certificate's claims.
type audit struct {
	p    *Problem
	c    *Certificate
	rows []auditRow
	lo   []int64   // per type
	cap  []int64   // per type
	coef [][]int64 // per type and row
	unit []int64   // units per type
	mean []int64   // counts per type times Whole
	lot  []Weighted
}

type auditRow struct{ lo, hi int64 }

// newAudit verifies that the certificate describes the problem: types are made of units
// nobody can tell apart, exclusions are true, impossible types and cuts are proven.
func newAudit(p *Problem, c *Certificate, lot []Weighted) (*audit, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	a := &audit{p: p, c: c, lot: lot}
	if err := a.checkUnits(); err != nil {
		return nil, err
	}
	if err := a.buildRows(); err != nil {
		return nil, err
	}
	if err := a.bounds(); err != nil {
		return nil, err
	}
	if k := c.Impossible; k != nil {
		if k.RHS != 0 || slices.Min(k.Coef) < 0 {
			return nil, fmt.Errorf("the claim of impossible persons is not one")
		}
		if err := a.checkCut(k); err != nil {
			return nil, fmt.Errorf("impossible persons: %w", err)
		}
		for t, v := range k.Coef {
			if v > 0 {
				a.cap[t] = 0
			}
		}
	}
	for i, k := range c.Cuts {
		if err := a.checkCut(k); err != nil {
			return nil, fmt.Errorf("inequality %d: %w", i+1, err)
		}
	}
	return a, a.checkLottery()
}

// checkUnits verifies that the types partition the persons, in units that the
// Together groups really join.
func (a *audit) checkUnits() error {
	seen := make([]bool, len(a.p.Pool.Rows))
	n := 0
	joined := a.joined()
	for t, units := range a.c.Types {
		if len(units) == 0 {
			return fmt.Errorf("type %d is empty", t)
		}
		a.unit = append(a.unit, int64(len(units)))
		for _, u := range units {
			if len(u) == 0 {
				return fmt.Errorf("type %d has an empty unit", t)
			}
			for _, i := range u {
				if i < 0 || i >= len(seen) || seen[i] {
					return fmt.Errorf("row %d is not in exactly one type", i+1)
				}
				seen[i] = true
				n++
			}
			if want := joined(u[0]); !slices.Equal(slices.Sorted(slices.Values(u)), want) {
				return fmt.Errorf("the unit of row %d is not the persons who come together", u[0]+1)
			}
		}
	}
	if n != len(seen) {
		return fmt.Errorf("%d rows are in no type", len(seen)-n)
	}
	return nil
}

// joined returns the persons whom the Together groups tie to a person, by spreading
// from group to group.
func (a *audit) joined() func(int) []int {
	groups := map[int][][]int{}
	for _, g := range a.p.Together {
		for _, i := range g {
			groups[i] = append(groups[i], g)
		}
	}
	return func(start int) []int {
		in := map[int]bool{start: true}
		for todo := []int{start}; len(todo) > 0; {
			i := todo[0]
			todo = todo[1:]
			for _, g := range groups[i] {
				for _, j := range g {
					if !in[j] {
						in[j] = true
						todo = append(todo, j)
					}
				}
			}
		}
		var out []int
		for i := range in {
			out = append(out, i)
		}
		slices.Sort(out)
		return out
	}
}

// buildRows lists seats, quotas and exclusions, and what a unit of each type takes of
// them; it verifies that all units of a type take the same.
func (a *audit) buildRows() error {
	a.rows = []auditRow{{int64(a.p.Size), int64(a.p.Size)}}
	for _, q := range a.p.Quotas {
		a.rows = append(a.rows, auditRow{int64(q.Min), int64(min(q.Max, a.p.Size))})
	}
	times := map[int]map[int]int64{} // person → exclusion → groups
	for e, groups := range a.c.Exclusions {
		a.rows = append(a.rows, auditRow{0, int64(len(groups))})
		for _, g := range groups {
			if err := a.exclusive(g); err != nil {
				return err
			}
			for _, i := range g {
				if times[i] == nil {
					times[i] = map[int]int64{}
				}
				times[i][e]++
			}
		}
	}
	for t, units := range a.c.Types {
		for k, u := range units {
			take := make([]int64, len(a.rows))
			for _, i := range u {
				take[0]++
				for q, quota := range a.p.Quotas {
					if a.p.Pool.Rows[i][a.p.Pool.column(quota.Category)] == quota.Feature {
						take[1+q]++
					}
				}
				for e, n := range times[i] {
					take[1+len(a.p.Quotas)+e] += n
				}
			}
			if k == 0 {
				a.coef = append(a.coef, take)
			} else if !slices.Equal(a.coef[t], take) {
				return fmt.Errorf("rows %d and %d are not alike under the rules", units[0][0]+1, u[0]+1)
			}
		}
	}
	return nil
}

// exclusive verifies that the rules forbid two persons of a group to sit together.
func (a *audit) exclusive(group []int) error {
	for _, i := range group {
		if i < 0 || i >= len(a.p.Pool.Rows) {
			return fmt.Errorf("an exclusion names row %d", i+1)
		}
	}
	if slices.ContainsFunc(a.p.Apart, func(apart []int) bool {
		return !slices.ContainsFunc(group, func(i int) bool { return !slices.Contains(apart, i) })
	}) {
		return nil
	}
	if len(a.p.AddressColumns) == 0 {
		return fmt.Errorf("rows %v may sit together", group)
	}
	var first string
	for k, i := range group {
		key, err := a.p.addressKey(i)
		if err != nil {
			return err
		}
		if k == 0 {
			first = key
		} else if key != first {
			return fmt.Errorf("rows %d and %d do not share an address", group[0]+1, i+1)
		}
	}
	return nil
}

// bounds computes how many units of each type may sit by one rule alone.
func (a *audit) bounds() error {
	for t, units := range a.c.Types {
		top := int64(len(units))
		for r, v := range a.coef[t] {
			if v > 0 {
				top = min(top, a.rows[r].hi/v)
			}
		}
		fixed, out := int64(0), 0
		for _, u := range units {
			if slices.ContainsFunc(u, func(i int) bool { return slices.Contains(a.p.Excluded, i) }) {
				out++
			}
			if slices.ContainsFunc(u, func(i int) bool { return slices.Contains(a.p.Fixed, i) }) {
				fixed++
			}
		}
		if fixed > 0 && len(units) > 1 {
			return fmt.Errorf("the type of row %d mixes fixed members with others", units[0][0]+1)
		}
		switch out {
		case 0:
		case len(units):
			top = 0
		default:
			return fmt.Errorf("the type of row %d mixes excluded persons with others", units[0][0]+1)
		}
		a.lo, a.cap = append(a.lo, fixed), append(a.cap, top)
	}
	return nil
}

// checkCut verifies the tree of an inequality: the leaves cover every panel, and at
// each the prices show Coef·x ≤ RHS (being whole, < RHS+1) or that no panel is there.
func (a *audit) checkCut(k *Cut) error {
	if len(k.Coef) != len(a.unit) {
		return fmt.Errorf("%d coefficients for %d types", len(k.Coef), len(a.unit))
	}
	lo, hi := slices.Clone(a.lo), slices.Clone(a.cap)
	for _, r := range a.rows {
		lo, hi = append(lo, r.lo), append(hi, r.hi)
	}
	at := 0
	var walk func(depth int) error
	walk = func(depth int) error {
		if at >= len(k.Tree) || depth > 100_000 {
			return fmt.Errorf("the proof is cut short")
		}
		node := &k.Tree[at]
		at++
		if node.Prices != nil {
			return a.checkLeaf(k, node, lo, hi)
		}
		if node.Var < 0 || node.Var >= len(lo) {
			return fmt.Errorf("the proof splits an unknown quantity")
		}
		l, h := lo[node.Var], hi[node.Var]
		for side := range 2 {
			if (side == 0) == node.UpFirst {
				lo[node.Var], hi[node.Var] = max(l, int64(node.At)+1), h
			} else {
				lo[node.Var], hi[node.Var] = l, min(h, int64(node.At))
			}
			if err := walk(depth + 1); err != nil {
				return err
			}
		}
		lo[node.Var], hi[node.Var] = l, h
		return nil
	}
	if err := walk(0); err != nil {
		return err
	}
	if at != len(k.Tree) {
		return fmt.Errorf("the proof has %d loose nodes", len(k.Tree)-at)
	}
	return nil
}

// checkLeaf bounds Coef·x (a ray: 0) over the box by the prices, exactly.
func (a *audit) checkLeaf(k *Cut, node *TreeNode, lo, hi []int64) error {
	if len(node.Prices) != len(a.rows) {
		return fmt.Errorf("a leaf has %d prices for %d rules", len(node.Prices), len(a.rows))
	}
	n := len(a.unit)
	for j := range lo {
		if lo[j] > hi[j] {
			return nil // an empty box
		}
	}
	cost := int64(TreeScale)
	if node.Ray {
		cost = 0
	}
	sum := new(big.Int)
	add := func(price *big.Int, lo, hi int64) {
		v := hi
		if price.Sign() < 0 {
			v = lo
		}
		sum.Add(sum, new(big.Int).Mul(price, big.NewInt(v)))
	}
	for r, y := range node.Prices {
		add(big.NewInt(y), lo[n+r], hi[n+r])
	}
	for t := range n {
		c := new(big.Int).Mul(big.NewInt(k.Coef[t]), big.NewInt(cost))
		for r, v := range a.coef[t] {
			if v != 0 {
				c.Sub(c, new(big.Int).Mul(big.NewInt(node.Prices[r]), big.NewInt(v)))
			}
		}
		add(c, lo[t], hi[t])
	}
	limit := new(big.Int)
	if !node.Ray {
		limit.Mul(big.NewInt(k.RHS+1), big.NewInt(TreeScale))
	}
	if sum.Cmp(limit) >= 0 {
		return fmt.Errorf("a leaf of the proof does not hold")
	}
	return nil
}

// checkLottery verifies each panel of the distribution and adds up the means.
func (a *audit) checkLottery() error {
	a.mean = make([]int64, len(a.unit))
	total := int64(0)
	for k, w := range a.lot {
		if w.Weight <= 0 || w.Weight > Whole {
			return fmt.Errorf("panel %d of the distribution has weight %d", k+1, w.Weight)
		}
		total += w.Weight
		act := make([]int64, len(a.rows))
		x := make([]int64, len(a.unit))
		for _, c := range w.Counts {
			if c.Type < 0 || c.Type >= len(x) || x[c.Type] != 0 || c.Count < 1 || int64(c.Count) > a.unit[c.Type] {
				return fmt.Errorf("panel %d of the distribution is malformed", k+1)
			}
			x[c.Type] = int64(c.Count)
		}
		for t, v := range x {
			if v < a.lo[t] || v > a.cap[t] {
				return fmt.Errorf("panel %d of the distribution breaks a bound of row %d", k+1, a.c.Types[t][0][0]+1)
			}
			a.mean[t] += w.Weight * v
			for r, c := range a.coef[t] {
				act[r] += c * v
			}
		}
		for r, v := range act {
			if v < a.rows[r].lo || v > a.rows[r].hi {
				return fmt.Errorf("panel %d of the distribution breaks rule %d", k+1, r)
			}
		}
	}
	if total != Whole {
		return fmt.Errorf("the weights add up to %d, not %d", total, int64(Whole))
	}
	return nil
}
