package sortition

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestSx(t *testing.T) {
	for _, n := range []string{"syn_hd_30", "syn_cca_75", "syn_sfe_110"} {
		p := load(t, n)
		for _, d := range []float64{0.01, .2, 1, 5, 15} {
			ctx, f := context.WithTimeout(context.Background(), time.Duration(d*float64(time.Second)))
			t0 := time.Now()
			l, err := Solve(ctx, p, Maximin, nil)
			if err != nil {
				fmt.Println(n, d, err)
			} else {
				fmt.Println(n, d, l.Value, l.Bound, l.Complete, len(l.Support), time.Since(t0))
			}
			f()
			if err == nil && l.Complete {
				break
			}
		}
	}
}
