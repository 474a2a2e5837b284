package sortition

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// linear is a programme in the LP format, one term a line.
type linear struct{ objective, rows, bounds, whole strings.Builder }

func (l *linear) row(terms []string, relation string, value int) {
	fmt.Fprintf(&l.rows, " %s\n %s %d\n", strings.Join(terms, "\n "), relation, value)
}

func (l *linear) text(direction string) string {
	return direction + "\n obj:\n" + l.objective.String() + "Subject To\n" + l.rows.String() + "Bounds\n" + l.bounds.String() + "General\n" + l.whole.String() + "End\n"
}

// panelRows are the rules of a panel over persons x0, x1 …, straight from the definition; with
// slack, each bound of a quota may give way.
func (l *linear) panelRows(p *Problem, slack bool) {
	all := func(in func(int) bool) (terms []string) {
		for i := range p.Pool.Rows {
			if in(i) {
				terms = append(terms, fmt.Sprintf("+ x%d", i))
			}
		}
		return terms
	}
	for i := range p.Pool.Rows {
		fmt.Fprintf(&l.bounds, " 0 <= x%d <= 1\n", i)
		fmt.Fprintf(&l.whole, " x%d\n", i)
	}
	l.row(all(func(int) bool { return true }), "=", p.Size)
	for k, q := range p.Quotas {
		at := p.Pool.column(q.Category)
		terms := all(func(i int) bool { return p.Pool.Rows[i][at] == q.Feature })
		low, high := terms, terms
		if slack {
			low = append(append([]string{}, terms...), fmt.Sprintf("+ d%d", k))
			high = append(append([]string{}, terms...), fmt.Sprintf("- u%d", k))
			fmt.Fprintf(&l.objective, " + d%d\n + u%d\n", k, k)
		}
		if len(low) > 0 {
			l.row(low, ">=", q.Min)
		}
		if len(high) > 0 {
			l.row(high, "<=", q.Max)
		}
	}
}

// bestMean asks for the largest minimum of the chances over all panels, listed.
func bestMean(panels [][]int, people int) string {
	var l linear
	l.objective.WriteString(" z\n")
	terms := make([][]string, people)
	var sum []string
	for j, panel := range panels {
		sum = append(sum, fmt.Sprintf("+ w%d", j))
		for _, i := range panel {
			terms[i] = append(terms[i], fmt.Sprintf("+ w%d", j))
		}
	}
	l.row(sum, "=", 1)
	for _, t := range terms {
		if len(t) > 0 { // the others are impossible
			l.row(append(t, "- z"), ">=", 0)
		}
	}
	return l.text("Maximize")
}

// heaviest asks for the panel that weighs most under the first prices of a proof: no lottery
// gives everybody more than that weight over the sum of all.
func heaviest(p *Problem, l *Lottery) string {
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
	var out linear
	for i, w := range weight {
		fmt.Fprintf(&out.objective, " + %.12f x%d\n", w/total, i)
	}
	out.panelRows(p, false)
	return out.text("Maximize")
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
	if err := exec.Command("node", "-e", `require.resolve("highs")`).Run(); err != nil {
		t.Skip("node or its package highs is not there")
	}
	var programmes []string
	var checks []func(status string, value float64)
	ask := func(text string, check func(string, float64)) {
		programmes, checks = append(programmes, text), append(checks, check)
	}
	r := rand.New(rand.NewPCG(3, 14))
	for n := range 60 {
		p := randomProblem(r)
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask(bestMean(everyPanel(p), len(p.Pool.Rows)), func(status string, value float64) {
			if status != "Optimal" || math.Abs(value-l.Value) > 1e-6 {
				t.Errorf("problem %d: HiGHS says %s %.9f, here %.9f", n, status, value, l.Value)
			}
		})
	}
	for n := range 6 {
		p := largeProblem(r)
		l, err := Solve(context.Background(), p, Leximin, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask(heaviest(p, l), func(status string, value float64) {
			if status != "Optimal" || value > l.Bound+1e-6 || value < l.Value-1e-6 {
				t.Errorf("pool %d: no panel weighs more than %.9f, says HiGHS (%s); here %.9f, bound %.9f", n, value, status, l.Value, l.Bound)
			}
		})
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
		var change linear
		change.panelRows(p, true)
		ask(change.text("Minimize"), func(status string, value float64) {
			if status != "Optimal" || math.Abs(value-float64(moved)) > 1e-6 || moved == 0 {
				t.Errorf("pool %d: HiGHS moves %v seats (%s), here %d: %v", n, value, status, moved, e.Changes)
			}
		})
	}
	solved(t, programmes, checks)
}

// solved gives HiGHS all programmes at once.
func solved(t *testing.T, programmes []string, checks []func(string, float64)) {
	t.Helper()
	in, err := json.Marshal(programmes)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/highs.mjs")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	var answers []struct {
		Status string  `json:"status"`
		Value  float64 `json:"value"`
	}
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil || len(answers) != len(checks) {
		t.Fatalf("%d answers for %d programmes: %v", len(answers), len(checks), err)
	}
	for i, a := range answers {
		checks[i](a.Status, a.Value)
	}
}
