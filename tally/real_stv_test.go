package tally_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// droopStage is one stage of a reference report.
type droopStage struct {
	votes    map[string]string
	spent    string
	lost     string
	excluded string
	surplus  string
}

var (
	droopVotes  = regexp.MustCompile(`^\t(?:Elected|Pending|Hopeful|Defeated): +(.*) \(([0-9.]+)\)$`)
	droopAction = regexp.MustCompile(`^Action: (.*)$`)
)

// readDroop reads the votes at the end of each stage and the elected of a droop report.
func readDroop(t *testing.T, path string) (stages []droopStage, elected []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var stage *droopStage
	final := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if m := droopAction.FindStringSubmatch(line); m != nil {
			stage = nil
			switch {
			case m[1] == "Begin Count", strings.HasPrefix(m[1], "Surplus transferred"), strings.HasPrefix(m[1], "Transfer defeated"):
				stages = append(stages, droopStage{votes: map[string]string{}})
				stage = &stages[len(stages)-1]
				if name, ok := strings.CutPrefix(m[1], "Transfer defeated: "); ok {
					stage.excluded = strings.TrimSpace(name)
				}
				if name, ok := strings.CutPrefix(m[1], "Surplus transferred: "); ok {
					stage.surplus = strings.TrimSpace(name[:strings.LastIndex(name, " (")])
				}
			case m[1] == "Count Complete":
				final = true
			}
			continue
		}
		if final {
			if name, ok := strings.CutPrefix(line, "\tElected:  "); ok {
				elected = append(elected, strings.TrimSpace(name[:strings.LastIndex(name, " (")]))
			}
		}
		if stage == nil {
			continue
		}
		if m := droopVotes.FindStringSubmatch(line); m != nil {
			for _, name := range strings.Split(m[1], ", ") {
				stage.votes[strings.TrimSpace(name)] = m[2]
			}
		}
		fmt.Sscanf(line, "\tNontransferable votes: %s", &stage.spent)
		fmt.Sscanf(line, "\tResidual: %s", &stage.lost)
	}
	return stages, elected
}

func decimals(n tally.Number) string { return n.Rat().FloatString(5) }

func TestGlasgowWards(t *testing.T) {
	dir := shared(t, "glasgow-2007")
	files, err := filepath.Glob(filepath.Join(dir, "*.blt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no ward", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			e := read(t, format.BLT, file, format.Options{})
			r, err := tally.Scottish(e.Rankings, tally.Options{Seats: e.Seats})
			if err != nil {
				t.Fatal(err)
			}
			stages, elected := readDroop(t, strings.TrimSuffix(file, ".blt")+".report.txt")
			slices.Sort(elected)
			winners := slices.Clone(r.Winners)
			slices.Sort(winners)
			if !slices.Equal(winners, elected) {
				t.Errorf("elected %v, want %v", winners, elected)
			}
			var rounds []tally.Round
			for _, s := range r.Steps {
				if round, ok := s.(tally.Round); ok {
					rounds = append(rounds, round)
				}
			}
			if len(rounds) != len(stages) {
				t.Fatalf("%d stages, want %d", len(rounds), len(stages))
			}
			for i, round := range rounds {
				want := stages[i]
				if round.Surplus != want.surplus || strings.Join(round.Excluded, ",") != want.excluded {
					t.Errorf("stage %d: surplus %q, excluded %q; want %q, %q", i, round.Surplus, round.Excluded, want.surplus, want.excluded)
				}
				for _, c := range round.Tallies {
					if got := decimals(c.Votes); got != want.votes[c.Candidate] {
						t.Errorf("stage %d: %s has %s, want %s", i, c.Candidate, got, want.votes[c.Candidate])
					}
				}
				if got := decimals(round.Exhausted); got != want.spent {
					t.Errorf("stage %d: %s not transferable, want %s", i, got, want.spent)
				}
				if got := decimals(*round.Lost); got != want.lost {
					t.Errorf("stage %d: %s lost, want %s", i, got, want.lost)
				}
			}
		})
	}
}
