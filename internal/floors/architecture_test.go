package floors

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ARCHITECTURE.md describes the house as it stands: every path it names exists, and every
// component and every top folder of Go is named.
func TestArchitecture(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	tops := map[string]bool{}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		tops[e.Name()] = true
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([^` ]+)`").FindAllStringSubmatch(string(page), -1) {
		named[m[1]] = true
		top, _, below := strings.Cut(m[1], "/")
		if !below || !tops[top] {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("ARCHITECTURE.md names %s, which is not there", m[1])
		}
	}
	for _, p := range list(t) {
		top, _, _ := strings.Cut(p.ImportPath, "/")
		if top != "internal" && top != "cmd" && !named[top] {
			t.Errorf("ARCHITECTURE.md does not name %s", top)
		}
	}
	components, err := os.ReadFile(filepath.Join(root, "internal", "app", "components.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`internal/component/([a-z]+)"`).FindAllStringSubmatch(string(components), -1) {
		if !named[m[1]] {
			t.Errorf("ARCHITECTURE.md does not name the component %s", m[1])
		}
	}
}
