package sortition

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// instances are the pools of the comparison in the literature and their optimal
// minimum chances; the last one only runs as a benchmark.
var instances = []struct {
	name    string
	optimum float64
}{
	{"example_small_20", 0.1},
	{"example_large_200", 0.1},
	{"sf_fixture_22", 0.090909},
	{"diversimax_exact_60", 0.108108},
	{"diversimax_wide_60", 0.186047},
	{"sfscaled750_112", 0.149333},
	{"syn_hd_30", 0.052122},
	{"syn_cca_75", 0.014572},
	{"syn_sfe_110", 0.011170},
}

// loadInstance reads a pool and its quotas from the data kept beside the repository.
func loadInstance(t testing.TB, name string) (Files, *Problem) {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", "sortition", name)
	var f Files
	var err error
	if f.Pool, err = os.ReadFile(filepath.Join(dir, "respondents.csv")); err != nil {
		t.Skipf("the test data is not there: %v", err)
	}
	if f.Quotas, err = os.ReadFile(filepath.Join(dir, "categories.csv")); err != nil {
		t.Fatal(err)
	}
	var size int
	if _, err := fmt.Sscan(name[strings.LastIndexByte(name, '_')+1:], &size); err != nil {
		t.Fatal(err)
	}
	p, err := f.Problem(Options{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return f, p
}

func TestInstances(t *testing.T) {
	for _, in := range instances[:len(instances)-1] {
		t.Run(in.name, func(t *testing.T) {
			f, p := loadInstance(t, in.name)
			l, err := Solve(context.Background(), p, Leximin, nil)
			if err != nil {
				t.Fatal(err)
			}
			list, err := l.List(1000, "test")
			if err != nil {
				t.Fatal(err)
			}
			r, err := NewReport(f, p, l, list, "test", []Contribution{{Kind: "seed", Seed: "test"}})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Complete || math.Abs(r.Value-in.optimum) > 1e-6 || r.Gap() > 1e-6 {
				t.Errorf("minimum %.9f, bound %.9f, gap %.2g, want %.6f proven", r.Value, r.Bound, r.Gap(), in.optimum)
			}
			if list.MaxShift >= 0.003 {
				t.Errorf("a chance moved by %.5f in the list", list.MaxShift)
			}
		})
	}
}

func BenchmarkInstances(b *testing.B) {
	for _, in := range instances {
		b.Run(in.name, func(b *testing.B) {
			_, p := loadInstance(b, in.name)
			before := processorSeconds()
			var l *Lottery
			for b.Loop() {
				var err error
				if l, err = Solve(context.Background(), p, Leximin, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((processorSeconds()-before)/float64(b.N), "cpu-s/op")
			b.ReportMetric(l.Value, "minimum")
			b.ReportMetric(l.Bound-l.Value, "gap")
		})
	}
}

// processorSeconds is the time this process has used, whatever else the machine does.
func processorSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return math.NaN()
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}
