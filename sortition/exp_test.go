package sortition

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func load(t testing.TB, name string) *Problem {
	dir := "../../shared/data/sortition/" + name
	a, err := os.ReadFile(dir + "/respondents.csv")
	if err != nil {
		t.Skip(err)
	}
	b, _ := os.ReadFile(dir + "/categories.csv")
	pool, err := ParsePool(a)
	if err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuotas(b)
	if err != nil {
		t.Fatal(err)
	}
	i := strings.LastIndex(name, "_")
	var k int
	fmt.Sscan(name[i+1:], &k)
	return &Problem{Pool: pool, Quotas: q, Size: k}
}

func TestExp(t *testing.T) {
	for _, n := range strings.Fields(os.Getenv("INST")) {
		p := load(t, n)
		t0 := time.Now()
		l, err := Solve(context.Background(), p, Objective(os.Getenv("OBJ")), nil)
		if err != nil {
			t.Error(n, err)
			continue
		}
		t1 := time.Now()
		li, err := l.List(1000, "x")
		fmt.Println(err, li.MaxShift, time.Since(t1))
		t2 := time.Now()
		au, err := newAudit(ruled(p, l.Objective), &l.Proof, l.Support)
		if err != nil {
			t.Fatal(err)
		}
		me, err := au.measure(l.Objective)
		fmt.Println(err, me.Value, me.Bound, me.Gap(), len(me.Gaps), time.Since(t2))
		fmt.Println(n, l.Value, l.Bound, l.Bound-l.Value, l.Complete, len(l.Support), len(l.Proof.Cuts), len(l.Impossible), time.Since(t0))
	}
}
