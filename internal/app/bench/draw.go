package bench

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"isegoria.org/isegoria/sortition"
)

// DrawLine is what one pool took to draw from, on one core.
type DrawLine struct {
	Pool       string  `json:"pool"`
	Volunteers int     `json:"volunteers"`
	Seats      int     `json:"seats"`
	Value      float64 `json:"value"` // of the objective: the lowest chance, for leximin
	Bound      float64 `json:"bound"` // that no lottery exceeds
	Gap        float64 `json:"gap"`   // largest of the whole proof
	Impossible int     `json:"impossible"`
	MaxShift   float64 `json:"max_shift"` // of a chance, in the list of 1,000 panels
	// CommandSeconds and ProcessorSeconds are the whole `isegoria draw`, a process of its own,
	// VerifySeconds its verification, and MemoryMB the most memory it held.
	CommandSeconds   float64 `json:"command_s"`
	ProcessorSeconds float64 `json:"processor_s"`
	VerifySeconds    float64 `json:"verify_s"`
	MemoryMB         float64 `json:"memory_mb"`
}

// Draw draws from each pool of a folder: subfolders named NAME_SEATS that hold respondents.csv
// and categories.csv. Without a folder it invents one.
func Draw(ctx context.Context, o Options, folder, objective string) ([]DrawLine, error) {
	if folder == "" {
		folder = filepath.Join(o.Data, "pools")
		if err := inventPool(filepath.Join(folder, "invented_60"), 700, 60); err != nil {
			return nil, err
		}
	}
	list, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []DrawLine
	for _, entry := range list {
		seats, err := strconv.Atoi(entry.Name()[strings.LastIndexByte(entry.Name(), '_')+1:])
		if err != nil || !entry.IsDir() {
			continue
		}
		l := DrawLine{Pool: entry.Name(), Seats: seats}
		if err := l.measure(ctx, o, filepath.Join(folder, entry.Name()), objective); err != nil {
			return out, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no pool in %s: a pool is a folder NAME_SEATS with respondents.csv and categories.csv", folder)
	}
	return out, nil
}

func (l *DrawLine) measure(ctx context.Context, o Options, dir, objective string) error {
	pool, quotas, report := filepath.Join(dir, "respondents.csv"), filepath.Join(dir, "categories.csv"), filepath.Join(o.Data, l.Pool+".json")
	files := []string{"--pool", pool, "--categories", quotas}
	used, err := spend(ctx, o.Program, append([]string{"draw", "--size", strconv.Itoa(l.Seats), "--objective", objective, "--seed", "bench", "--report", report}, files...)...)
	if err != nil {
		return err
	}
	l.CommandSeconds, l.ProcessorSeconds, l.MemoryMB = used.seconds, used.processor, used.memory
	if used, err = spend(ctx, o.Program, append([]string{"draw", "--verify", report}, files...)...); err != nil {
		return err
	}
	l.VerifySeconds = used.seconds
	text, err := os.ReadFile(report)
	if err != nil {
		return err
	}
	var r sortition.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	l.Volunteers, l.Value, l.Bound, l.Gap, l.Impossible, l.MaxShift = len(r.Chances), r.Value, r.Bound, r.Gap(), len(r.Impossible), r.List.MaxShift
	return nil
}

// inventPool writes a pool whose volunteers are unlike the population its quotas mirror.
func inventPool(dir string, volunteers, seats int) error {
	r := rand.New(rand.NewPCG(7, 60)) //nolint:gosec // an invented pool needs no secret
	categories := []struct {
		name      string
		pool, all []int // weights of the values
	}{{"gender", []int{58, 42}, []int{52, 48}}, {"age", []int{9, 18, 30, 43}, []int{20, 24, 26, 30}}, {"education", []int{6, 14, 17, 63}, []int{22, 24, 19, 35}},
		{"place", []int{45, 20, 15, 12, 8}, []int{30, 20, 20, 15, 15}}}
	rows, quotas := [][]string{nil}, [][]string{{"category", "feature", "min", "max"}}
	for _, c := range categories {
		rows[0] = append(rows[0], c.name)
		total := 0
		for _, w := range c.all {
			total += w
		}
		for v, w := range c.all {
			low := seats * w / total
			quotas = append(quotas, []string{c.name, fmt.Sprint("v", v), strconv.Itoa(low), strconv.Itoa(low + 1)})
		}
	}
	for range volunteers {
		var row []string
		for _, c := range categories {
			at, v := r.IntN(100), 0
			for at -= c.pool[0]; at >= 0; at -= c.pool[v] {
				v++
			}
			row = append(row, fmt.Sprint("v", v))
		}
		rows = append(rows, row)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(writeCSV(filepath.Join(dir, "respondents.csv"), rows), writeCSV(filepath.Join(dir, "categories.csv"), quotas))
}

func writeCSV(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	return errors.Join(w.WriteAll(rows), f.Close())
}
