package sortition

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestClashes(t *testing.T) {
	pool := &Pool{Header: []string{"a", "street"}, Rows: [][]string{{"x", "1"}, {"x", "1"}, {"y", "2"}, {"x", "3"}, {"y", "3"}, {"x", "4"}}}
	base := Problem{Pool: pool, Size: 3, Quotas: []Quota{{"a", "x", 1, 2, 0, NoLimit}, {"a", "y", 1, 2, 0, NoLimit}}}
	for name, c := range map[string]struct {
		change func(*Problem)
		want   []string // words of each contradiction
	}{
		"none":          {func(p *Problem) { p.Together, p.Apart, p.Fixed = [][]int{{0, 2}}, [][]int{{0, 3}, {3, 5}}, []int{4} }, nil},
		"apart":         {func(p *Problem) { p.Together, p.Apart = [][]int{{0, 2}, {2, 4}}, [][]int{{4, 0}} }, []string{"volunteers 1, 5 sit together or not at all, and must not"}},
		"fixed apart":   {func(p *Problem) { p.Fixed, p.Apart = []int{0, 2}, [][]int{{0, 2, 4}} }, []string{"volunteers 1, 3"}},
		"home":          {func(p *Problem) { p.AddressColumns, p.Together = []string{"street"}, [][]int{{0, 1}} }, []string{"volunteers 1, 2 sit together or not at all, and share an address"}},
		"fixed at home": {func(p *Problem) { p.AddressColumns, p.Fixed = []string{"street"}, []int{3, 4} }, []string{"volunteers 4, 5"}},
		"excluded":      {func(p *Problem) { p.Fixed, p.Together, p.Excluded = []int{0}, [][]int{{0, 2}}, []int{2} }, []string{"somebody of them cannot sit"}},
		"seats":         {func(p *Problem) { p.Fixed = []int{0, 1, 2, 4} }, []string{"4 fixed members for 3 seats"}},
		"quota":         {func(p *Problem) { p.Fixed = []int{0, 1, 3} }, []string{"a x: 3 fixed members for at most 2"}},
	} {
		p := base
		c.change(&p)
		got, err := p.Clashes()
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %v %v", name, got, err)
			continue
		}
		for i, w := range c.want {
			if text := got[i].Text(&p); !strings.Contains(text, w) {
				t.Errorf("%s: %q, want %q", name, text, w)
			}
		}
		_, err = Solve(context.Background(), &p, Leximin, nil)
		var none *InfeasibleError
		if infeasible := errors.As(err, &none); len(p.Fixed) > 0 && len(c.want) > 0 != infeasible {
			t.Errorf("%s: solving says %v", name, err)
		} else if infeasible && !strings.Contains(none.Error(), c.want[0]) {
			t.Errorf("%s: the explanation %q does not say %q", name, none, c.want[0])
		}
	}
}
