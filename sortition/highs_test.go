package sortition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// programme is a linear one over columns of at least 0.
type programme struct {
	maximise  bool
	cost, top []float64 // of each column
	whole     bool      // all columns are whole numbers
	rows      []sum
}

// sum bounds a sum of columns.
type sum struct {
	lo, hi float64
	at     []int
	coef   []float64
}

func (l *programme) column(cost, top float64) int {
	l.cost, l.top = append(l.cost, cost), append(l.top, top)
	return len(l.cost) - 1
}

func (s *sum) add(column int, coef float64) {
	s.at, s.coef = append(s.at, column), append(s.coef, coef)
}

// panel writes the rules of a panel over persons, columns 0 to n-1, straight from the
// definition; with slack, each bound of a quota may give way at cost 1 a seat.
func (l *programme) panel(p *Problem, weight []float64, slack bool) {
	l.whole = true
	seats := sum{lo: float64(p.Size), hi: float64(p.Size)}
	for i := range p.Pool.Rows {
		seats.add(l.column(weight[i], 1), 1)
	}
	l.rows = append(l.rows, seats)
	for _, q := range p.Quotas {
		at := p.Pool.column(q.Category)
		s := sum{lo: float64(q.Min), hi: float64(q.Max)}
		for i, row := range p.Pool.Rows {
			if row[at] == q.Feature {
				s.add(i, 1)
			}
		}
		if slack {
			s.add(l.column(1, float64(p.Size)), 1)
			s.add(l.column(1, float64(p.Size)), -1)
		}
		l.rows = append(l.rows, s)
	}
}

// bestMean asks for the largest minimum of the chances over all panels, listed.
func bestMean(panels [][]int, people int) *programme {
	l := &programme{maximise: true}
	z := l.column(1, 1)
	all := sum{lo: 1, hi: 1}
	chance := make([]sum, people)
	for _, panel := range panels {
		w := l.column(0, 1)
		all.add(w, 1)
		for _, i := range panel {
			chance[i].add(w, 1)
		}
	}
	l.rows = append(l.rows, all)
	for _, s := range chance {
		if len(s.at) > 0 { // the others are impossible
			s.hi = 1
			s.add(z, -1)
			l.rows = append(l.rows, s)
		}
	}
	return l
}

// heaviest asks for the panel that weighs most under the first prices of a proof: no lottery
// gives everybody more than that weight over the sum of all.
func heaviest(p *Problem, l *Lottery) *programme {
	weight, total := make([]float64, len(p.Pool.Rows)), 0.0
	st := &l.Proof.Stages[0]
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
		if l.m.types[t].cap == 0 {
			continue
		}
		for _, u := range l.m.types[t].units {
			weight[u[0]] = max(0, w)
			total += max(0, w)
		}
	}
	for i := range weight {
		weight[i] /= total
	}
	out := &programme{maximise: true}
	out.panel(p, weight, false)
	return out
}

// largeProblem invents 300 volunteers and quotas that their panel cannot mirror evenly.
func largeProblem(r *rand.Rand) *Problem {
	p := &Problem{Pool: &Pool{Header: []string{"a", "b", "c", "d"}}, Size: 30}
	values := []int{2, 4, 5, 3}
	for range 300 {
		var row []string
		for _, n := range values {
			row = append(row, fmt.Sprint(min(r.IntN(n), r.IntN(n))))
		}
		p.Pool.Rows = append(p.Pool.Rows, row)
	}
	for c, n := range values {
		for v := range n {
			p.Quotas = append(p.Quotas, Quota{p.Pool.Header[c], fmt.Sprint(v), p.Size / n, (p.Size + n - 1) / n, 0, NoLimit})
		}
	}
	return p
}

// What this package finds is what HiGHS finds: the optimum over all panels of small pools, the
// bound that the proof claims on larger ones, and the least change of quotas that cannot be met.
func TestAgainstHiGHS(t *testing.T) {
	solver := startHiGHS(t)
	r := rand.New(rand.NewPCG(3, 14))
	for n := range 60 {
		p := randomProblem(r)
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		if value := solver.optimum(bestMean(everyPanel(p), len(p.Pool.Rows))); math.Abs(value-l.Value) > 1e-6 {
			t.Errorf("problem %d: HiGHS says %.9f, here %.9f", n, value, l.Value)
		}
	}
	for n := range 6 {
		p := largeProblem(r)
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		if value := solver.optimum(heaviest(p, l)); value > l.Bound+1e-6 || value < l.Value-1e-6 {
			t.Errorf("pool %d: no panel weighs more than %.9f, says HiGHS; here %.9f, bound %.9f", n, value, l.Value, l.Bound)
		}
		p.Quotas[0].Min, p.Quotas[0].Max = 24, 24 // with the rarest of b, c and d at their minimum, not enough are left
		p.Quotas[5].Min, p.Quotas[5].Max = 19+n, 20+n
		e, err := Explain(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		moved := 0
		for _, c := range e.Changes {
			moved += max(c.To-c.From, c.From-c.To)
		}
		change := &programme{}
		change.panel(p, make([]float64, len(p.Pool.Rows)), true)
		if value := solver.optimum(change); math.Abs(value-float64(moved)) > 1e-6 || moved == 0 {
			t.Errorf("pool %d: HiGHS moves %v seats, here %d: %v", n, value, moved, e.Changes)
		}
	}
}
