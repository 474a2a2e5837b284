package bench

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// TallyLine is what one counting rule took, on one core.
type TallyLine struct {
	Method string `json:"method"`
	// ReadSeconds and CountSeconds are those of the package, in this process.
	ReadSeconds  float64 `json:"read_s"`
	CountSeconds float64 `json:"count_s"`
	// CommandSeconds and ProcessorSeconds are the whole `isegoria tally`, a process of its own, and
	// MemoryMB the most memory it held.
	CommandSeconds   float64 `json:"command_s"`
	ProcessorSeconds float64 `json:"processor_s"`
	MemoryMB         float64 `json:"memory_mb"`
}

// Tally counts as many random ballots, each of which ranks or grades every candidate, by each rule.
func Tally(ctx context.Context, o Options, methods []string, ballots, candidates, seats int) ([]TallyLine, error) {
	ranked, graded := filepath.Join(o.Data, "rankings.cvotes"), filepath.Join(o.Data, "grades.csv")
	if err := writeBallots(ranked, graded, ballots, candidates); err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	lines := make([]TallyLine, len(methods))
	each := func(measure func(l *TallyLine, m tally.Method, file string) error) error {
		for i, name := range methods {
			m, ok := tally.MethodByName(name)
			if !ok {
				return fmt.Errorf("no counting rule called %q", name)
			}
			file := ranked
			if m.Graded {
				file = graded
			}
			lines[i].Method = name
			if err := measure(&lines[i], m, file); err != nil {
				return err
			}
		}
		return nil
	}
	// The commands first: what a process holds before it becomes another counts as the other's.
	err := each(func(l *TallyLine, _ tally.Method, file string) error { return l.command(ctx, o.Program, file, seats) })
	if err != nil {
		return nil, err
	}
	return lines, each(func(l *TallyLine, m tally.Method, file string) error { return l.count(m, file, seats) })
}

// writeBallots writes the same ballots every time.
func writeBallots(ranked, graded string, ballots, candidates int) (err error) {
	files := [2]*bufio.Writer{}
	for i, name := range []string{ranked, graded} {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		files[i] = bufio.NewWriter(f)
	}
	names := make([]string, candidates)
	for c := range names {
		names[c] = fmt.Sprintf("Candidate %02d", c+1)
	}
	fmt.Fprintf(files[0], "#/Candidates: %s\n", strings.Join(names, " ; "))
	fmt.Fprintln(files[1], strings.Join(names, ","))
	r := rand.New(rand.NewPCG(1, 1))
	order, grades := make([]string, candidates), make([]string, candidates)
	for range ballots {
		for i, c := range r.Perm(candidates) {
			order[i], grades[i] = names[c], strconv.Itoa(r.IntN(7))
		}
		fmt.Fprintln(files[0], strings.Join(order, " > "))
		fmt.Fprintln(files[1], strings.Join(grades, ","))
	}
	for _, f := range files {
		if err := f.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (l *TallyLine) command(ctx context.Context, program, file string, seats int) error {
	used, err := spend(ctx, program, "tally", "--method", l.Method, "--seats", strconv.Itoa(seats), "--json", file)
	if err != nil {
		return fmt.Errorf("%s: %w", l.Method, err)
	}
	l.CommandSeconds, l.ProcessorSeconds, l.MemoryMB = used.seconds, used.processor, used.memory
	return nil
}

// spent is what a command took, on one core, and the most memory it held, in MB.
type spent struct{ seconds, processor, memory float64 }

// spend runs a command of the program in a process of its own.
func spend(ctx context.Context, program string, args ...string) (s spent, err error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return s, fmt.Errorf("%w: %.200s", err, out)
	}
	s.seconds = time.Since(begun).Seconds()
	s.processor = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = float64(used.Maxrss) / 1024
	}
	return s, nil
}

func (l *TallyLine) count(m tally.Method, file string, seats int) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	kind, want := format.CEF, format.Rankings
	if m.Graded {
		kind, want = format.CSV, format.Grades
	}
	begun := time.Now()
	e, err := format.Read(kind, f, format.Options{Want: want})
	if err != nil {
		return err
	}
	l.ReadSeconds = time.Since(begun).Seconds()
	begun = time.Now()
	if _, err := tally.Count(m.Name, tally.Ballots{Rankings: e.Rankings, Grades: e.Grades}, tally.Options{Seats: seats}); err != nil {
		return err
	}
	l.CountSeconds = time.Since(begun).Seconds()
	return nil
}
