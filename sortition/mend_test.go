package sortition

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// A list far from its lottery is mended under all rules.
func TestMending(t *testing.T) {
	p := crowdedProblem(rand.New(rand.NewPCG(1, 5)))
	m, err := compile(p)
	if err != nil {
		t.Fatal(err)
	}
	d := newDecomposer(context.Background(), m, func(float64) {})
	cost := anyCost(len(m.types))
	d.seek(cost, math.Inf(-1), 0, patience, d.learn)
	if len(d.panels) == 0 {
		t.Fatal("no panel")
	}
	var panels [][]TypeCount
	for range 200 {
		var panel []TypeCount
		for u, n := range d.panels[0] {
			if n > 0 {
				panel = append(panel, TypeCount{u, int(n)})
			}
		}
		panels = append(panels, panel)
	}
	wanted := make([]float64, len(m.types))
	for u := range wanted { // too many of who sits, too few of the others
		wanted[u] = 200 * float64(d.panels[0][u]) * 0.97 / float64(len(m.types[u].units))
		if d.panels[0][u] == 0 && m.types[u].cap > 0 {
			wanted[u] = 0.8
		}
	}
	before := newMending(m, panels, wanted)
	sum := func(d *mending) (s float64) {
		for u := range wanted {
			s = max(s, 0) + max(0, d.off(u, 0)-1)
		}
		return s
	}
	first := sum(before)
	before.run(1)
	if last := sum(newMending(m, panels, wanted)); last > 0.8*first {
		t.Errorf("off by %g, then by %g", first, last)
	}
	for _, counts := range panels {
		var panel []int
		for _, c := range counts {
			for k := range c.Count {
				panel = append(panel, m.types[c.Type].units[k]...)
			}
		}
		obeysAll(t, p, panel)
	}
}
