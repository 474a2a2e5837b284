package sortition

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// walk looks for panels by exchanging one unit for another at random, as simulated
// annealing does (Kirkpatrick, Gelatt, Vecchi, 1983). Where there are nearly as many types
// as people and many tight rows, branch and bound wanders long before it meets a panel,
// and exchanges meet one soon. It proves nothing and may find nothing.
type walk struct {
	m      *model
	rng    *rand.Rand
	mixed  bool     // some units are of several persons
	near   [][]swap // exchanges of each type for those most like it
	lo, hi []int32  // bounds of the types, then of the rows
	x, act []int32
	seats  []int32 // the types that sit, one entry a unit
	broken int     // by how much the rows are out of bounds
	price  []int8  // by how much more if a row had one less (2r), one more (2r+1)
	strict float64 // weight of what is broken
	cycles int     // tried before giving up
}

// swap puts a unit of another type in the place of one: an entry of price for each step of
// a row.
type swap struct {
	in    int32
	steps []int32
}

const (
	nearTypes = 24
	// In a cycle the weight of what is broken rises from leastStrict to mostStrict.
	walkCycle               = 40_000
	leastStrict, mostStrict = 1.2, 4.5
	fewCycles, manyCycles   = 2, 32
	// keen weighs costs, their spread over the types being 1.
	keen = 1.5
)

func newWalk(m *model) *walk {
	n := len(m.types)
	w := &walk{
		m: m, rng: rand.New(rand.NewPCG(7, uint64(n))), cycles: manyCycles, //nolint:gosec // no lot depends on it
		lo: make([]int32, n+len(m.rows)), hi: make([]int32, n+len(m.rows)),
		x: make([]int32, n), act: make([]int32, len(m.rows)), price: make([]int8, 2*len(m.rows)),
	}
	for _, c := range m.cols {
		w.mixed = w.mixed || c.coef[0] != 1
	}
	return w
}

// neighbours lists for each type the exchanges for those whose rows differ least.
func (w *walk) neighbours() {
	n := len(w.m.types)
	w.near = make([][]swap, n)
	far := make([]float64, n)
	row := make([]float64, len(w.m.rows))
	for t := range n {
		w.add(row, t, 1)
		order := make([]int32, 0, n)
		for u := range n {
			far[u] = 0
			c := &w.m.cols[u]
			for i, r := range c.row {
				far[u] += c.coef[i] - 2*min(c.coef[i], row[r])
			}
			if u != t {
				order = append(order, int32(u))
			}
		}
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(far[a], far[b]) })
		for _, u := range order[:min(nearTypes, len(order))] {
			s := swap{in: u}
			w.add(row, int(u), -1)
			for r, v := range row {
				for range int(math.Abs(v)) {
					s.steps = append(s.steps, 2*int32(r)+map[bool]int32{v < 0: 1}[true])
				}
			}
			w.add(row, int(u), 1)
			w.near[t] = append(w.near[t], s)
		}
		w.add(row, t, -1)
	}
}

func (w *walk) add(row []float64, t int, by float64) {
	for i, r := range w.m.cols[t].row {
		row[r] += by * w.m.cols[t].coef[i]
	}
}

// from puts the walk on a panel, or on random seats, within bounds.
func (w *walk) from(panel []int32, lo, hi []float64) {
	if w.near == nil {
		w.neighbours()
	}
	for j := range w.lo {
		w.lo[j], w.hi[j] = int32(lo[j]), int32(hi[j])
	}
	clear(w.x)
	clear(w.act)
	w.seats, w.broken = w.seats[:0], 0
	for r := range w.act {
		w.broken += w.off(r)
		w.reprice(r)
	}
	n := len(w.x)
	for t := range n {
		want := w.lo[t]
		if panel != nil {
			want = max(w.lo[t], min(w.hi[t], panel[t]))
		}
		for range want {
			w.sit(t)
		}
	}
	for tries := 0; w.act[0] < w.lo[n] && tries < 100*n; tries++ {
		if t := w.rng.IntN(n); w.x[t] < w.hi[t] {
			w.sit(t)
		}
	}
}

func (w *walk) sit(t int) {
	w.move(t, 1)
	w.seats = append(w.seats, int32(t))
}

// move adds or takes away a unit.
func (w *walk) move(t int, by int32) {
	w.x[t] += by
	c := &w.m.cols[t]
	for i, r := range c.row {
		w.broken -= w.off(int(r))
		w.act[r] += by * int32(c.coef[i])
		w.broken += w.off(int(r))
		w.reprice(int(r))
	}
}

// off is how far a row is out of its bounds.
func (w *walk) off(r int) int {
	n := len(w.x)
	return int(max(0, w.act[r]-w.hi[n+r], w.lo[n+r]-w.act[r]))
}

func (w *walk) reprice(r int) {
	was := w.off(r)
	w.act[r]--
	w.price[2*r] = int8(w.off(r) - was)
	w.act[r] += 2
	w.price[2*r+1] = int8(w.off(r) - was)
	w.act[r]--
}

// seek walks until a cycle met panels worth more than cutoff, of which it takes the best,
// that take accepts, or until its cycles are spent.
func (w *walk) seek(ctx context.Context, cost []float64, cutoff float64, take func(x []int32) bool) bool {
	weight := w.keenness(cost)
	value := 0.0
	for t, v := range w.x {
		value += cost[t] * float64(v)
	}
	for range w.cycles {
		best, at := cutoff+1e-9, []int32(nil)
		for i := range walkCycle {
			w.strict = leastStrict + (mostStrict-leastStrict)*float64(i)/walkCycle
			gain, moved := w.try(cost, weight)
			value += gain
			if moved && w.broken == 0 && value > best {
				best, at = value, append(at[:0], w.x...)
			}
		}
		if at != nil && take(at) {
			w.cycles = min(manyCycles, w.cycles*2)
			return true
		}
		if ctx.Err() != nil {
			return false
		}
	}
	w.cycles = max(fewCycles, w.cycles/2)
	return false
}

// keenness is the weight of costs by their spread.
func (w *walk) keenness(cost []float64) float64 {
	sum, square, n := 0.0, 0.0, 0.0
	for t, v := range cost {
		if w.hi[t] > 0 {
			sum, square, n = sum+v, square+v*v, n+1
		}
	}
	spread := math.Sqrt(max(0, square/n-sum*sum/n/n))
	if n == 0 || spread < 1e-9 {
		return 0
	}
	return keen / spread
}

// try makes one exchange if chance will have it; it returns what that gained.
func (w *walk) try(cost []float64, weight float64) (gain float64, moved bool) {
	if w.mixed && w.rng.IntN(4) == 0 {
		return w.resize(cost, weight)
	}
	at, out := w.anySeat()
	if out < 0 {
		return 0, false
	}
	var in, broken int
	near := w.near[out]
	if pick := w.rng.IntN(len(near)*9/8 + 1); pick < len(near) {
		s := &near[pick]
		if in = int(s.in); w.x[in] >= w.hi[in] {
			return 0, false
		}
		for _, k := range s.steps {
			broken += int(w.price[k])
		}
	} else if in = w.rng.IntN(len(w.x)); in == out || w.x[in] >= w.hi[in] {
		return 0, false
	} else {
		broken = w.compare(out, in)
	}
	if gain = cost[in] - cost[out]; !w.lucky(broken, weight*gain) {
		return 0, false
	}
	w.move(out, -1)
	w.move(in, 1)
	w.seats[at] = int32(in)
	return gain, true
}

// compare is what an exchange breaks; the rows of a column rise.
func (w *walk) compare(out, in int) (broken int) {
	a, b := w.m.cols[out].row, w.m.cols[in].row
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			broken += int(w.price[2*a[0]])
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			broken += int(w.price[2*b[0]+1])
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return broken
}

func (w *walk) lucky(broken int, gain float64) bool {
	loss := w.strict*float64(broken) - gain
	return loss <= 0 || loss < w.rng.ExpFloat64()
}

// anySeat is a seat and who sits there, or -1 when that cannot change.
func (w *walk) anySeat() (at, out int) {
	if len(w.seats) == 0 {
		return 0, -1
	}
	at = w.rng.IntN(len(w.seats))
	if out = int(w.seats[at]); w.x[out] <= w.lo[out] {
		return at, -1
	}
	return at, out
}

// resize adds a unit or takes one away.
func (w *walk) resize(cost []float64, weight float64) (gain float64, moved bool) {
	before := w.broken
	if w.rng.IntN(2) == 0 {
		in := w.rng.IntN(len(w.x))
		if w.x[in] >= w.hi[in] {
			return 0, false
		}
		if w.move(in, 1); !w.lucky(w.broken-before, weight*cost[in]) {
			w.move(in, -1)
			return 0, false
		}
		w.seats = append(w.seats, int32(in))
		return cost[in], true
	}
	at, out := w.anySeat()
	if out < 0 {
		return 0, false
	}
	if w.move(out, -1); !w.lucky(w.broken-before, -weight*cost[out]) {
		w.move(out, 1)
		return 0, false
	}
	w.seats[at] = w.seats[len(w.seats)-1]
	w.seats = w.seats[:len(w.seats)-1]
	return -cost[out], true
}
