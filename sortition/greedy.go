package sortition

import "math/rand/v2"

// Greedy estimates the chances that the usual stratified selection gives, for
// comparison: seats are filled one by one by lot among the persons of the value whose
// minimum is most pressing (wanted over available), starting again when stuck; it is
// the method that Flanigan et al. (2021) call LEGACY. It returns each person's share of
// the panels drawn; draws that stay stuck after 1,000 starts are left out, and all may
// be: the second result is how many panels the shares rest on.
func Greedy(p *Problem, draws int, seed string) ([]float64, int, error) {
	m, err := compile(p)
	if err != nil {
		return nil, 0, err
	}
	g := &greedy{m: m, rng: seeded(seed, "isegoria greedy")}
	share := make([]float64, m.size)
	done := 0
	for range draws {
		for range 1000 {
			if panel := g.draw(); panel != nil {
				done++
				for _, i := range panel {
					share[i]++
				}
				break
			}
		}
		if done == 0 {
			break // a thousand starts were not enough for one panel
		}
	}
	for i := range share {
		share[i] /= float64(max(1, done))
	}
	return share, done, nil
}

type greedy struct {
	m   *model
	rng *rand.Rand
}

// draw fills one panel, or returns nil when stuck. Rows are filled by units; a unit
// that no longer fits any row is set aside.
func (g *greedy) draw() []int {
	m := g.m
	act := make([]int, len(m.rows))
	left := make([][]int, len(m.types)) // units still available
	house := map[[2]int]bool{}
	var panel []int
	take := func(t, k int) {
		u := left[t][k]
		left[t] = append(left[t][:k], left[t][k+1:]...)
		panel = append(panel, m.types[t].units[u]...)
		house[[2]int{m.types[t].pattern, m.types[t].house[u]}] = true
		for i, r := range m.cols[t].row {
			act[r] += int(m.cols[t].coef[i])
		}
	}
	for t, pt := range m.types {
		if pt.cap == 0 {
			continue
		}
		for u := range pt.units {
			left[t] = append(left[t], u)
		}
		for range pt.lo {
			take(t, g.rng.IntN(len(left[t])))
		}
	}
	for act[0] < m.seats {
		r := g.pressing(act, left)
		if r < 0 {
			return nil
		}
		t, k, ok := g.pick(r, act, left, house)
		if !ok {
			return nil
		}
		take(t, k)
	}
	for r, row := range m.rows {
		if act[r] < row.lo {
			return nil
		}
	}
	return panel
}

// pressing is the row with the highest ratio of seats still wanted to units left; the
// row of seats when no minimum is open, -1 when some minimum can no longer be met.
func (g *greedy) pressing(act []int, left [][]int) int {
	have := make([]int, len(act))
	for t, units := range left {
		for i, r := range g.m.cols[t].row {
			have[r] += int(g.m.cols[t].coef[i]) * len(units)
		}
	}
	best, at := 0.0, 0
	for r, row := range g.m.rows {
		need := row.lo - act[r]
		if r == 0 || need <= 0 {
			continue
		}
		if have[r] < need {
			return -1
		}
		if v := float64(need) / float64(have[r]); v > best {
			best, at = v, r
		}
	}
	return at
}

// pick draws a unit of row r that fits every row, setting aside those that do not.
func (g *greedy) pick(r int, act []int, left [][]int, house map[[2]int]bool) (t, k int, ok bool) {
	total := 0
	for t, units := range left {
		c := g.m.cols[t]
		in, fits := r == 0, true
		for i, row := range c.row {
			in = in || int(row) == r
			fits = fits && act[row]+int(c.coef[i]) <= g.m.rows[row].hi
		}
		if !fits {
			left[t] = nil
			continue
		}
		if pt := &g.m.types[t]; pt.pattern >= 0 {
			free := units[:0]
			for _, u := range units {
				if !house[[2]int{pt.pattern, pt.house[u]}] {
					free = append(free, u)
				}
			}
			left[t] = free
		}
		if in {
			total += len(left[t])
		}
	}
	if total == 0 {
		return 0, 0, false
	}
	n := g.rng.IntN(total)
	for t, units := range left {
		in := r == 0
		for _, row := range g.m.cols[t].row {
			in = in || int(row) == r
		}
		if !in {
			continue
		}
		if n < len(units) {
			return t, n, true
		}
		n -= len(units)
	}
	return 0, 0, false
}
