package apptest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// CheckWords fails the test for every key with the prefix ("agenda.") that a .go or .templ file of
// the current folder names and no locale file has, and for every such key, or event of
// that name, that one language has and another has not.
func (h *House) CheckWords(prefix string) {
	h.T.Helper()
	for _, m := range h.Site.Words.Missing() {
		if strings.Contains(m, ": "+prefix) || strings.Contains(m, ": event."+prefix) {
			h.T.Error(m)
		}
	}
	literal := regexp.MustCompile(`"(` + regexp.QuoteMeta(prefix) + `[a-z0-9_.]*[a-z0-9_])"`)
	events := regexp.MustCompile(`EventKind\(\) +string +\{ return "([a-z0-9_.]+)" \}`)
	for _, pattern := range []string{"*.go", "*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			h.T.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				h.T.Fatal(err)
			}
			kinds := map[string]bool{}
			for _, m := range events.FindAllStringSubmatch(string(text), -1) {
				kinds[m[1]] = true
				if !h.Site.Words.Has("event." + m[1]) {
					h.T.Errorf("%s: there is no sentence for the event %s", file, m[1])
				}
			}
			for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
				if !kinds[m[1]] && !strings.HasSuffix(m[1], ".json") && !h.Site.Words.Has(m[1]) {
					h.T.Errorf("%s: there is no word for %q", file, m[1])
				}
			}
		}
	}
}
