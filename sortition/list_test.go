package sortition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// commune is the invented vector of testdata.
func commune(t *testing.T) (Files, *Problem) {
	t.Helper()
	var f Files
	var err error
	if f.Pool, err = os.ReadFile("testdata/commune.csv"); err != nil {
		t.Fatal(err)
	}
	if f.Quotas, err = os.ReadFile("testdata/commune-quotas.csv"); err != nil {
		t.Fatal(err)
	}
	p, err := f.Problem(Options{Size: 6})
	if err != nil {
		t.Fatal(err)
	}
	return f, p
}

func TestCommune(t *testing.T) {
	_, p := commune(t)
	for _, o := range []Objective{Leximin, Maximin, Nash, Goldilocks} {
		l, err := Solve(context.Background(), p, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range l.Chance {
			want := 0.25
			if i < 6 {
				want = 0.5
			}
			if math.Abs(c-want) > 1e-6 {
				t.Errorf("%s: volunteer %d has chance %g, want %g", o, i+1, c, want)
			}
		}
	}
	l, err := Solve(context.Background(), p, Plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range l.Chance {
		if math.Abs(c-1.0/3) > 1e-6 {
			t.Errorf("plain: volunteer %d has chance %g, want 1/3", i+1, c)
		}
	}
}

// 10,000 draws of a number by dice: each person's share is tested against their chance,
// χ² with one degree of freedom per person; the limit is exceeded once in ten million.
func TestDrawsMatchChances(t *testing.T) {
	_, p := commune(t)
	l, err := Solve(context.Background(), p, Leximin, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := l.List(1000, "chi")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 9))
	const draws = 10_000
	count := make([]int, len(l.Chance))
	for range draws {
		n, err := Combine(1000, list.Hash, []Contribution{
			{Kind: "dice", Sides: 10, Throws: []int{r.IntN(10), r.IntN(10), r.IntN(10)}},
			{Kind: "seed", Seed: "anything"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list.Panels[n] {
			count[i]++
		}
	}
	chi := 0.0
	for i, c := range l.Chance {
		e := c * draws
		chi += (float64(count[i]) - e) * (float64(count[i]) - e) / (e * (1 - c))
	}
	if chi > 70 {
		t.Errorf("χ² = %.1f over %d persons", chi, len(count))
	}
}

func TestListFollowsRulesAndHash(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	for n := range 40 {
		p := randomProblem(r)
		p.Pool.Header = append(p.Pool.Header, "home")
		for i := range p.Pool.Rows {
			p.Pool.Rows[i] = append(p.Pool.Rows[i], fmt.Sprint(i*2/3))
		}
		p.AddressColumns = []string{"home"}
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			continue // addresses may leave no panel
		}
		list, err := l.List(500, "x")
		if err != nil {
			t.Fatal(err)
		}
		for k, panel := range list.Panels {
			if !obeys(p, panel) || len(panel) != p.Size {
				t.Fatalf("problem %d: panel %d breaks a rule: %v", n, k, panel)
			}
		}
		if list.MaxShift > 0.01 {
			t.Errorf("problem %d: a chance moved by %g", n, list.MaxShift)
		}
	}
	if h := HashPanels([][]int{{0, 2}, {1}}); h != hash([]byte("0 1 3\n1 2\n")) {
		t.Error("the hash is not that of the text described")
	}
}

func TestGreedyIsLessFair(t *testing.T) {
	_, p := commune(t)
	share, done, err := Greedy(p, 2000, "s")
	if err != nil || done != 2000 {
		t.Fatalf("%d panels, %v", done, err)
	}
	sum := 0.0
	for _, s := range share {
		sum += s
	}
	if math.Abs(sum-6) > 1e-9 {
		t.Errorf("the shares add up to %g", sum)
	}
	again, _, _ := Greedy(p, 2000, "s")
	if fmt.Sprint(share) != fmt.Sprint(again) {
		t.Error("the same seed gave other panels")
	}
}

func TestExplanationInWords(t *testing.T) {
	_, p := commune(t)
	p.Quotas[2] = Quota{Category: "lieu", Feature: "bourg", Min: 5, Max: 6, MinFlex: 3, MaxFlex: 6}
	e, err := Explain(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if s := e.String(); !strings.Contains(s, "lieu: the minimums add up to 7, more than the 6 seats") || !strings.Contains(s, "minimum") || len(e.Changes) != 1 || !e.Within {
		t.Errorf("%s", s)
	}
	p.Fixed = []int{0, 1, 2, 3}
	p.Quotas[2] = Quota{Category: "lieu", Feature: "bourg", Min: 2, Max: 4, MaxFlex: NoLimit}
	if e, err = Explain(context.Background(), p); err != nil || len(e.Conflict) != 1 || e.Conflict[0] != 0 && e.Conflict[0] != 1 {
		t.Errorf("four fixed F for three seats: %+v %v", e, err)
	}
}

func TestEverySeatFixed(t *testing.T) {
	f, p := commune(t)
	p.Fixed = []int{0, 1, 2, 6, 7, 8}
	for _, o := range Objectives() {
		l, err := Solve(context.Background(), p, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		list, err := l.List(10, "s")
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReport(f, p, l, list, "s", []Contribution{{Kind: "seed", Seed: "s"}})
		if err != nil || r.Gap() != 0 || fmt.Sprint(r.Panel) != fmt.Sprint(p.Fixed) {
			t.Errorf("%s: %v %v", o, r, err)
		}
	}
}

func TestStoppedEarlyGivesTheBestSoFar(t *testing.T) {
	f, p := loadInstance(t, "syn_cca_75")
	ctx, stop := context.WithCancel(context.Background())
	l, err := Solve(ctx, p, Leximin, func(g Progress) {
		if g.Panels > 60 {
			stop()
		}
	})
	stop()
	if err != nil || l.Complete {
		t.Fatalf("complete %v, %v", l.Complete, err)
	}
	list, err := l.List(1000, "s")
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReport(f, p, l, list, "s", nil)
	if err != nil || r.Complete || r.Bound < 0.014571 || r.Value > r.Bound || r.Gap() < r.Bound-r.Value {
		t.Errorf("%+v %v", r.Measure, err)
	}
}
