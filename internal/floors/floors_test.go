package floors

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "isegoria.org/isegoria/"

// pkg is a package as `go list` tells it; paths of the house are without the module's.
type pkg struct {
	ImportPath, Dir                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", module+"...")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, said.String())
	}
	var all []pkg
	d := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

var (
	science = []string{"sortition", "tally", "statute", "ballot", "opinion", "equalshares", "legistic"}
	core    = []string{"internal/journal", "internal/people", "internal/space", "internal/electorate", "internal/site"}
)

// under tells whether the path is the folder or below it.
func under(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}

// component is the folder of the component the package belongs to, or "".
func component(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[0] != "internal" || parts[1] != "component" {
		return ""
	}
	return strings.Join(parts[:3], "/")
}

// floor says what package p does wrong in importing the package of the house named path, or "".
func floor(p, path string) string {
	switch {
	case under(p, "legalfile"):
		if !under(path, "legalfile") && !under(path, science...) {
			return "what verifies a legal file runs on any machine: it stands on the science only"
		}
	case under(path, "legalfile"):
		return ""
	case under(p, science...):
		if !under(path, strings.Split(p, "/")[0]) {
			return "the science can be imported by anyone, and imports nothing of the house but its own folder"
		}
	case under(path, science...):
		return ""
	case under(p, "internal/platform"):
		if !under(path, "internal/platform") {
			return "the platform knows nothing of assemblies"
		}
	case under(p, core...):
		if !under(path, core...) && !under(path, "internal/platform") {
			return "the core stands on the platform only"
		}
	case p == "internal/component":
		if !under(path, core...) && !under(path, "internal/platform") {
			return "the contract between components imports none of them"
		}
	case component(p) != "":
		if under(path, "internal/app", "cmd") {
			return "a component is given what it needs, it does not reach for it"
		}
		if other := component(path); other != "" && other != component(p) {
			return "components never import one another: they meet through the contract or the journal"
		}
	case under(p, "internal/app"):
		if under(path, "cmd") {
			return "commands are above everything"
		}
	}
	if under(path, "internal/app") && !under(p, "cmd", "internal/app") {
		return "only commands stand above the app"
	}
	return ""
}

func TestFloors(t *testing.T) {
	for _, p := range list(t) {
		for _, path := range p.Imports {
			if own, ok := strings.CutPrefix(path, module); ok {
				if why := floor(p.ImportPath, own); why != "" {
					t.Errorf("%s imports %s: %s", p.ImportPath, own, why)
				}
			}
		}
		// A test of a component may run the whole program, and bring about by the acts of other
		// components what its own is about.
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			own, ok := strings.CutPrefix(path, module)
			if !ok || own == p.ImportPath || component(p.ImportPath) != "" && (own == "internal/app/apptest" || component(own) != "") {
				continue
			}
			if why := floor(p.ImportPath, own); why != "" {
				t.Errorf("a test of %s imports %s: %s", p.ImportPath, own, why)
			}
		}
	}
}

// The rule itself, where the house as it stands does not show it.
func TestFloorRefuses(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"tally", "statute"},
		{"tally", "internal/platform/db"},
		{"internal/platform/web", "internal/people"},
		{"internal/platform/web", "internal/component"},
		{"internal/journal", "internal/component"},
		{"internal/site", "internal/component/vote"},
		{"internal/component", "internal/component/vote"},
		{"internal/component/vote", "internal/component/minutes"},
		{"internal/component/vote", "internal/app"},
		{"internal/platform/ui/gallery", "internal/app"},
		{"internal/app/demo", "cmd/isegoria"},
	} {
		if floor(c.from, c.to) == "" {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
	for _, c := range []struct{ from, to string }{
		{"tally/format", "tally"},
		{"internal/component/register", "internal/component/register/sheet"},
		{"internal/component/vote", "internal/component"},
		{"internal/component/vote", "tally"},
		{"internal/site", "internal/people"},
		{"internal/app/demo", "internal/component/vote"},
		{"cmd/isegoria", "internal/app"},
	} {
		if why := floor(c.from, c.to); why != "" {
			t.Errorf("%s may not import %s: %s", c.from, c.to, why)
		}
	}
}

// forbidden are packages with which the science would read, write, or guess.
var forbidden = map[string]string{
	"database/sql": "I/O", "net": "I/O", "net/http": "I/O", "os": "I/O", "os/exec": "I/O", "io/ioutil": "I/O", "syscall": "I/O",
	"log": "its caller is to be told", "log/slog": "its caller is to be told",
	"math/rand": "a draw must be repeatable from its seed", "crypto/rand": "a draw must be repeatable from its seed",
	"unsafe": "nothing here needs it",
}

// seeded are what math/rand/v2 offers to draw from a given seed.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// The science does no I/O and knows neither the time of day nor chance but what it is given.
func TestScienceIsPure(t *testing.T) {
	for _, p := range list(t) {
		if !under(p.ImportPath, science...) {
			continue
		}
		for _, path := range p.Imports {
			if why, bad := forbidden[path]; bad {
				t.Errorf("%s imports %s: %s", p.ImportPath, path, why)
			}
		}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				from, ok := s.X.(*ast.Ident)
				if !ok || from.Obj != nil { // a variable of that name
					return true
				}
				switch {
				case from.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "Sleep"}, s.Sel.Name):
					t.Errorf("%s/%s: time.%s: the science has no clock", p.ImportPath, name, s.Sel.Name)
				case from.Name == "rand" && !slices.Contains(seeded, s.Sel.Name):
					t.Errorf("%s/%s: rand.%s: the science draws from a seed it is given", p.ImportPath, name, s.Sel.Name)
				}
				return true
			})
		}
	}
}
