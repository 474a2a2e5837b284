package sortition

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLeximinAgainstEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	cuts, impossible := 0, 0
	for n := range 500 {
		p := randomProblem(r)
		if n%3 == 1 {
			p.Apart = [][]int{{0, 1, 2}, {2, 3}}
			p.Together = [][]int{{4, 5}}
		}
		if n%5 == 1 {
			p.Fixed = []int{6}
		}
		if n%4 == 2 {
			p.AddressColumns = []string{"home"}
			p.Pool.Header = append(p.Pool.Header, "home")
			for i := range p.Pool.Rows {
				p.Pool.Rows[i] = append(p.Pool.Rows[i], fmt.Sprint(i/2%4+i%3))
			}
		}
		if n%7 == 3 {
			p.Excluded = []int{3, 7}
		}
		panels := everyPanel(p)
		l, err := Solve(context.Background(), p, Leximin, nil)
		var inf *InfeasibleError
		if len(panels) == 0 {
			if !errors.As(err, &inf) {
				t.Fatalf("problem %d has no panel, but the answer is %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("problem %d: %v", n, err)
		}
		cuts += len(l.Proof.Cuts)
		impossible += len(l.Impossible)
		checkLeximin(t, p, l, panels, n)
	}
	t.Logf("%d cuts, %d impossible persons", cuts, impossible)
	if cuts == 0 {
		t.Error("no instance needed a cut: the test has lost its point")
	}
}

// checkLeximin recomputes the leximin chances stage by stage over all panels.
func checkLeximin(t *testing.T, p *Problem, l *Lottery, panels [][]int, n int) {
	t.Helper()
	if !l.Complete {
		t.Errorf("problem %d: not complete", n)
	}
	a, err := newAudit(p, &l.Proof, l.Support)
	if err != nil {
		t.Fatalf("problem %d: audit: %v", n, err)
	}
	if m, err := a.measure(Leximin); err != nil || m.Gap() > 1e-6 {
		t.Fatalf("problem %d: proof: %+v %v", n, m, err)
	}
	possible := map[int]bool{}
	for _, panel := range panels {
		for _, i := range panel {
			possible[i] = true
		}
	}
	floor := map[int]float64{}
	var open []int
	for i := range p.Pool.Rows {
		if possible[i] {
			open = append(open, i)
		} else if l.Chance[i] != 0 {
			t.Errorf("problem %d: person %d is impossible but has chance %g", n, i, l.Chance[i])
		}
	}
	for len(open) > 0 {
		low := math.Inf(1)
		for _, i := range open {
			low = min(low, l.Chance[i])
		}
		z := bestMinimum(panels, open, floor)
		if math.IsNaN(z) {
			return
		}
		if math.Abs(z-low) > 2e-6 {
			t.Fatalf("problem %d: minimum %.9f where %.9f is possible (%d open)", n, low, z, len(open))
		}
		var rest []int
		for _, i := range open {
			if l.Chance[i] < low+1e-5 {
				floor[i] = l.Chance[i] - 2e-8
			} else {
				rest = append(rest, i)
			}
		}
		open = rest
	}
}

func TestCheapestChangeAgainstEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	seen := 0
	for n := range 60 {
		p := randomProblem(r)
		for i := range p.Quotas { // shift some bounds until the quotas contradict the pool
			if r.IntN(3) == 0 {
				q := &p.Quotas[i]
				q.Min, q.Max = q.Min+1, q.Max+1
				q.MinFlex, q.MaxFlex = max(0, q.Min-1-r.IntN(2)), q.Max+r.IntN(2)
			}
		}
		e, err := Explain(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		want := cheapestByEnumeration(p, true)
		if want == 0 {
			if len(e.Changes) > 0 || len(e.Reasons) > 0 {
				t.Errorf("problem %d has a panel, yet: %s", n, e)
			}
			continue
		}
		seen++
		if want < 0 {
			want = cheapestByEnumeration(p, false)
			if e.Within {
				t.Errorf("problem %d: the flexibility is not enough, yet: %s", n, e)
			}
		}
		got, relaxed := 0, *p
		relaxed.Quotas = append([]Quota{}, p.Quotas...)
		for _, c := range e.Changes {
			if c.Maximum {
				got += c.To - c.From
				relaxed.Quotas[c.Quota].Max, relaxed.Quotas[c.Quota].MaxFlex = c.To, NoLimit
			} else {
				got += c.From - c.To
				relaxed.Quotas[c.Quota].Min, relaxed.Quotas[c.Quota].MinFlex = c.To, 0
			}
		}
		if got != want {
			t.Errorf("problem %d: %d seats moved where %d suffice: %s", n, got, want, e)
		}
		if cheapestByEnumeration(&relaxed, true) != 0 {
			t.Errorf("problem %d: the change does not work: %s", n, e)
		}
		if len(e.Reasons) == 0 {
			t.Errorf("problem %d: no reason given", n)
		}
	}
	if seen < 20 {
		t.Errorf("only %d problems were infeasible", seen)
	}
}

// cheapestByEnumeration is the least total by which bounds must move for some panel,
// over all sets of the right size; -1 when none is within the flexibility.
func cheapestByEnumeration(p *Problem, within bool) int {
	best := -1
	n := len(p.Pool.Rows)
	for set := range 1 << n {
		if bits.OnesCount(uint(set)) != p.Size {
			continue
		}
		cost := 0
		for _, q := range p.Quotas {
			at, have := p.Pool.column(q.Category), 0
			for i := range n {
				if set>>i&1 == 1 && p.Pool.Rows[i][at] == q.Feature {
					have++
				}
			}
			if within && (have < q.MinFlex || have > q.MaxFlex) {
				cost = 1 << 20
			}
			cost += max(0, q.Min-have) + max(0, have-q.Max)
		}
		if cost < 1<<20 && (best < 0 || cost < best) {
			best = cost
		}
	}
	return best
}

func TestObjectivesAreProven(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 3))
	var problems []*Problem
	for range 60 {
		problems = append(problems, randomProblem(r))
	}
	for range 3 {
		problems = append(problems, largeProblem(r))
	}
	for n, p := range problems {
		for _, o := range Objectives() {
			l, err := Solve(context.Background(), p, o, nil)
			if err != nil {
				t.Fatalf("problem %d, %s: %v", n, o, err)
			}
			a, err := newAudit(ruled(p, o), &l.Proof, l.Support)
			if err != nil {
				t.Fatalf("problem %d, %s: %v", n, o, err)
			}
			m, err := a.measure(o)
			if err != nil || m.Gap() > provenGap || !l.Complete {
				t.Errorf("problem %d, %s: %+v %v", n, o, m, err)
			}
			sum := 0.0
			for _, c := range l.Chance {
				sum += c
			}
			if math.Abs(sum-float64(p.Size)) > 1e-6 {
				t.Errorf("problem %d, %s: the chances add up to %g, not %d", n, o, sum, p.Size)
			}
		}
	}
}

func TestObjectivesAreTheBestOfTheirKind(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 5))
	for n := range 30 {
		p := randomProblem(r)
		of := map[Objective]*Lottery{}
		for _, o := range []Objective{Leximin, Nash, Goldilocks} {
			l, err := Solve(context.Background(), p, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			of[o] = l
		}
		for _, l := range of {
			low, high, logs := 1.0, 0.0, 0.0
			for i, c := range l.Chance {
				if c == 0 || slices.Contains(l.Impossible, i) {
					continue
				}
				low, high, logs = min(low, c), max(high, c), logs+math.Log(c)
			}
			big := float64(len(l.Chance)) / float64(p.Size)
			people := float64(len(l.Chance) - len(l.Impossible))
			if low > of[Leximin].Value+1e-6 || logs/people > of[Nash].Value+1e-6 || big*high+1/(big*low) < of[Goldilocks].Value-1e-5 {
				t.Errorf("problem %d: %s beats an objective at its own aim", n, l.Objective)
			}
		}
	}
}

func TestOrderOfThePoolChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 42))
	for range 40 {
		p := randomProblem(r)
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		perm := r.Perm(len(p.Pool.Rows))
		q := *p
		q.Pool = &Pool{Header: p.Pool.Header, Rows: make([][]string, len(perm))}
		for i, j := range perm {
			q.Pool.Rows[j] = p.Pool.Rows[i]
		}
		k, err := Solve(context.Background(), &q, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, j := range perm {
			if math.Abs(l.Chance[i]-k.Chance[j]) > 1e-6 {
				t.Fatalf("person %d had chance %.9f and has %.9f after moving to line %d", i, l.Chance[i], k.Chance[j], j)
			}
		}
	}
}
