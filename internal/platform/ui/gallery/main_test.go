package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Every page of the gallery obeys the policy and holds together: no inline style
// or script, each id once, and every reference to an id leads to one.
func TestPagesHoldTogether(t *testing.T) {
	words, err := french()
	if err != nil {
		t.Fatal(err)
	}
	handler := routes(words)
	for _, s := range samples {
		path := strings.TrimSuffix(s.path, "{$}")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
			continue
		}
		if strings.Contains(w.Body.String(), "ui.") {
			t.Errorf("%s: a word is missing", path)
		}
		root, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range inspect(root) {
			t.Errorf("%s: %s", path, problem)
		}
	}
}

func inspect(root *html.Node) []string {
	var problems, references []string
	ids := map[string]bool{}
	headings := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "h1" {
			headings++
		}
		if (n.Data == "script" || n.Data == "style") && n.FirstChild != nil {
			problems = append(problems, "inline <"+n.Data+">")
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"):
				problems = append(problems, "inline "+a.Key+" on <"+n.Data+">")
			case a.Key == "id" && ids[a.Val]:
				problems = append(problems, "id "+a.Val+" twice")
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "for", a.Key == "aria-describedby", a.Key == "aria-labelledby":
				references = append(references, strings.Fields(a.Val)...)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				references = append(references, a.Val[1:])
			}
		}
	}
	for _, id := range references {
		if !ids[id] {
			problems = append(problems, "nothing has the id "+id)
		}
	}
	if headings != 1 {
		problems = append(problems, "not one heading of level 1")
	}
	return problems
}

func TestLongWorkEndsItsLiveFragment(t *testing.T) {
	progress := progressHandler()
	for call := 1; call <= 4; call++ {
		w := httptest.NewRecorder()
		progress(w, httptest.NewRequest(http.MethodGet, "/avancement", nil))
		if live := strings.Contains(w.Body.String(), "<live-fragment"); live != (call < 4) {
			t.Errorf("call %d: live %v", call, live)
		}
	}
}

func TestChoiceOfAppearanceShowsOnTheNextPage(t *testing.T) {
	words, err := french()
	if err != nil {
		t.Fatal(err)
	}
	handler := routes(words)
	form := url.Values{"theme": {"dark"}, "back": {"/listes"}}
	r := httptest.NewRequest(http.MethodPost, "/apparence", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	next := httptest.NewRequest(http.MethodGet, w.Header().Get("Location"), nil)
	for _, c := range w.Result().Cookies() {
		next.AddCookie(c)
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, next)
	if !strings.Contains(w.Body.String(), `data-theme="dark"`) {
		t.Error("the choice is lost")
	}
}
