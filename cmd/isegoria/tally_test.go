package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"isegoria.org/isegoria/tally"
)

// runTally parses and runs the command as the program does.
func runTally(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	var cli struct {
		Tally tallyCmd `cmd:""`
	}
	parser, err := kong.New(&cli)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"tally"}, args...)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = cli.Tally.run(strings.NewReader(stdin), &out, &bytes.Buffer{})
	return out.String(), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const capital = `#/Candidates: Memphis ; Nashville ; Knoxville
Memphis > Nashville * 42
Nashville > Knoxville * 26
Knoxville > Nashville * 32
`

func TestTallyJSON(t *testing.T) {
	file := write(t, "capital.cvotes", capital)
	out, err := runTally(t, "", "--method", "schulze", "--seats", "1", "--format", "cef", "--json", file)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Method  string
		Seats   int
		Ballots int
		Winners []string
		Ranking [][]string
		Ties    [][]string
		Steps   []struct{ Kind string }
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Method != "schulze" || r.Seats != 1 || r.Ballots != 100 || r.Ties == nil || len(r.Steps) == 0 || r.Steps[0].Kind != "pairwise" {
		t.Errorf("%s", out)
	}
	if !slices.Equal(r.Winners, []string{"Nashville"}) || len(r.Ranking) != 3 {
		t.Errorf("winners %v, ranking %v", r.Winners, r.Ranking)
	}
}

func TestTallyText(t *testing.T) {
	out, err := runTally(t, capital, "--method", "irv", "--format", "cef", "-")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"irv, 100 ballots, 1 to elect", "Round 2, without Nashville", "Elected: Knoxville"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// Every rule the package knows prints a table and JSON, and is named by the help.
func TestTallyEveryMethod(t *testing.T) {
	help, _ := os.ReadFile("tally.go")
	grades := "A,B,C\n5,3,0\n4,4,1\n0,5,2\n"
	for _, m := range tally.Methods() {
		if !bytes.Contains(help, []byte(m.Name+",")) && !bytes.Contains(help, []byte(m.Name+".")) {
			t.Errorf("the help leaves out %s", m.Name)
		}
		out, err := runTally(t, grades, "--method", m.Name, "--seats", "2", "--format", "csv", "-")
		if err != nil || !strings.Contains(out, "Elected: ") {
			t.Errorf("%s: %v\n%s", m.Name, err, out)
		}
		if out, err = runTally(t, grades, "--method", m.Name, "--json", "--format", "csv", "-"); err != nil || !json.Valid([]byte(out)) {
			t.Errorf("%s: %v\n%s", m.Name, err, out)
		}
	}
}

func TestTallyBadInput(t *testing.T) {
	for _, c := range []struct {
		name, file string
		args       []string
		want       string
	}{
		{"a.cvotes", "#/Candidates: A ; B\nA > B > A\n", []string{"--method", "irv"}, "line 2, column 9: A is ranked twice"},
		{"a.blt", "2 1\n1 3 0\n0\n\"A\"\n\"B\"\n", []string{"--method", "irv"}, "line 2, column 3: no candidate number \"3\""},
		{"a.csv", "A,B\n1,2\n1\n", []string{"--method", "score"}, "line 3, column 1"},
		{"a_tally.txt", "  Option 1: A\n  Option 2: B\nV: 12x\tme\n", []string{"--method", "schulze"}, "line 3, column 4: 3 marks for 2 options"},
		{"a.abif", "12 A>B\n", []string{"--method", "irv"}, "line 1, column 4: expected a colon"},
		{"a.cvotes", capital, []string{"--method", "fairest"}, "no counting rule"},
		{"a.cvotes", capital, []string{"--method", "score"}, "hold no grades"},
		{"a.cvotes", capital, []string{"--method", "irv", "--tie-break", "lot"}, "published seed"},
		{"a.cvotes", capital, []string{"--method", "schulze", "--quorum", "3"}, "--default"},
		{"a.ballots", capital, []string{"--method", "irv"}, "--format"},
	} {
		file := write(t, c.name, c.file)
		_, err := runTally(t, "", append(c.args, file)...)
		var bad interface{ ExitCode() int }
		if !errors.As(err, &bad) || bad.ExitCode() != 2 {
			t.Errorf("%s: %v, want exit code 2", c.name, err)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q does not say %q", c.name, err, c.want)
		}
	}
	if _, err := runTally(t, "", "--method", "irv", "nowhere.blt"); err == nil {
		t.Error("a file that does not exist")
	}
}

func TestTallyConditions(t *testing.T) {
	text := "#/Candidates: Change ; Status quo\nChange > Status quo * 20\nStatus quo > Change * 10\n"
	for _, c := range []struct{ args, want string }{
		{"--default=Status quo", "Elected: Change"},
		{"--default=Status quo|--majority=Change=2", "Elected: Change"},
		{"--default=Status quo|--majority=Change=3", "Elected: Status quo"},
		{"--default=Status quo|--quorum=20.5", "Elected: Status quo"},
		{"--default=Status quo|--quorum=20.5|--quorum=Change=20", "Elected: Change"},
		{"--default=Status quo|--quorum=Change=21", "Elected: Status quo"},
	} {
		for _, method := range []string{"schulze", "schulze-margins", "ranked-pairs", "minimax", "copeland"} {
			args := append([]string{"--method", method, "--format", "cef"}, strings.Split(c.args, "|")...)
			out, err := runTally(t, text, append(args, "-")...)
			if err != nil || !strings.Contains(out, c.want) {
				t.Errorf("%s, %s: %v\n%s", method, c.args, err, out)
			}
		}
	}
	if _, err := runTally(t, text, "--method", "irv", "--format", "cef", "--default", "Status quo", "-"); err == nil || !strings.Contains(err.Error(), "in duels") {
		t.Errorf("conditions under irv: %v", err)
	}
}
