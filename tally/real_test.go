package tally_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// shared returns the folder of real elections, kept beside the repository.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", "tally", path)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the folder of real elections is not here: %v", err)
	}
	return dir
}

func read(t *testing.T, kind, path string, o format.Options) *format.Election {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := format.Read(kind, f, o)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return e
}

var spaces = regexp.MustCompile(` +`)

// same writes a ranking with the members of each group in alphabetical order.
func same(ranking [][]string) string {
	groups := make([]string, len(ranking))
	for i, g := range ranking {
		g = slices.Clone(g)
		slices.Sort(g)
		groups[i] = strings.Join(g, " = ")
	}
	return spaces.ReplaceAllString(strings.Join(groups, " > "), " ")
}

// tiedSeats replaces the last seats of the reference, which it awards at random when lists are
// tied for them, by the tie, provided they go to lists of the tie.
func tiedSeats(r *tally.Result, expected [][]string) [][]string {
	if len(r.Ties) != 1 {
		return expected
	}
	at := len(r.Ranking) - 1
	for _, seat := range expected[at:] {
		if !strings.Contains(" = "+same(r.Ties)+" = ", " = "+same([][]string{seat})+" = ") {
			return expected
		}
	}
	return append(slices.Clone(expected[:at]), r.Ties[0])
}

func TestTidemanElections(t *testing.T) {
	dir := shared(t, "tideman")
	methods := map[string]string{
		"BordaCount": "borda", "Copeland": "copeland", "First-past-the-post voting": "plurality",
		"Instant-runoff": "irv", "Minimax Margin": "minimax-margins", "Minimax Winning": "minimax",
		"Multiple Rounds System": "two-round", "Ranked Pairs Margin": "ranked-pairs-margins",
		"Ranked Pairs Winning": "ranked-pairs", "Schulze Margin": "schulze-margins",
		"Schulze Winning": "schulze", "Largest Remainder": "hare", "Jefferson": "dhondt",
		"Sainte-Laguë": "sainte-lague",
	}
	for _, explicit := range []bool{false, true} {
		name := map[bool]string{false: "expected-implicit.json", true: "expected-explicit.json"}[explicit]
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var elections map[string]map[string]string
		if err := json.Unmarshal(data, &elections); err != nil {
			t.Fatal(err)
		}
		for id, want := range elections {
			e := read(t, format.CEF, filepath.Join(dir, "votes", id+".cvotes"), format.Options{Explicit: explicit})
			if strconv.Itoa(e.Seats) != want["Number of Seats"] {
				t.Errorf("%s: %d seats, want %s", id, e.Seats, want["Number of Seats"])
			}
			for key, method := range methods {
				r, err := tally.Count(method, tally.Ballots{Rankings: e.Rankings}, tally.Options{Seats: e.Seats})
				if err != nil {
					t.Errorf("%s %s: %v", id, method, err)
					continue
				}
				var expected [][]string
				for _, g := range strings.Split(want[key], " > ") {
					expected = append(expected, strings.Split(g, " = "))
				}
				if lists[method] {
					expected = tiedSeats(r, expected)
				}
				if got, want := same(r.Ranking), same(expected); got != want {
					t.Errorf("%s %s explicit=%t:\n got %s\nwant %s", id, method, explicit, got, want)
				}
			}
		}
	}
}
