package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestPathSaysStatesInWords(t *testing.T) {
	root := render(t, Path("Étapes", []Step{{Name: "Questions", When: "3 juin", State: StepDone}, {Name: "Vote", State: StepNow, Href: "/vote"}, {Name: "Résultats", State: StepNext}}))
	var got []string
	for _, li := range all(root, "li") {
		got = append(got, attr(li, "aria-current")+"|"+text(li))
	}
	if want := []string{"|Terminé : Questions 3 juin", "step|En cours : Vote", "|À venir : Résultats"}; !slices.Equal(got, want) {
		t.Errorf("steps %q", got)
	}
	if a := one(t, root, "a"); attr(a, "href") != "/vote" {
		t.Errorf("link %v", a.Attr)
	}
}

func TestNoticesAreAnnouncedAsTheyDeserve(t *testing.T) {
	for kind, role := range map[Kind]string{Info: "", Success: "status", Warning: "status", Alarm: "alert"} {
		root := render(t, Notice(kind, "Titre"))
		found := ""
		for _, div := range all(root, "div") {
			found += attr(div, "role")
		}
		if found != role {
			t.Errorf("%s: role %q, want %q", kind, found, role)
		}
	}
}

func TestBreadcrumbsEndHere(t *testing.T) {
	root := render(t, Breadcrumbs([]Link{{Text: "Accueil", Href: "/"}, {Text: "Vote", Href: "/vote"}}))
	if links := all(root, "a"); len(links) != 1 || attr(links[0], "href") != "/" {
		t.Errorf("%d links", len(links))
	}
	if span := one(t, root, "span"); attr(span, "aria-current") != "page" || text(span) != "Vote" {
		t.Errorf("here: %v %q", span.Attr, text(span))
	}
}

func TestDataTableStaysATableOnAPhone(t *testing.T) {
	root := render(t, DataTable(TableProps{
		Caption: "Sociétaires",
		Columns: []Column{{Label: "Nom", SortHref: "?tri=-nom", Sort: Ascending}, {Label: "Parts", Numeric: true}},
		Rows:    [][]templ.Component{{Text("Inès"), Text("12")}, {Text("Théo"), Text("3")}},
	}))
	for tag, role := range map[string]string{"table": "table", "tr": "row", "th": "columnheader", "td": "cell"} {
		for _, n := range all(root, tag) {
			if attr(n, "role") != role {
				t.Errorf("<%s> has role %q: display:block takes its own away", tag, attr(n, "role"))
			}
		}
	}
	if th := all(root, "th"); attr(th[0], "aria-sort") != "ascending" || has(th[1], "aria-sort") {
		t.Errorf("sort of the headers: %v, %v", th[0].Attr, th[1].Attr)
	}
	cells := all(root, "td")
	if len(cells) != 4 || attr(cells[3], "data-label") != "Parts" || attr(cells[3], "class") != "num" || text(cells[3]) != "3" {
		t.Errorf("last of %d cells: %v", len(cells), cells[len(cells)-1].Attr)
	}
}

func TestDataTableWithoutRowsSaysWhatToDo(t *testing.T) {
	root := render(t, DataTable(TableProps{Caption: "x", Columns: []Column{{Label: "Nom"}}, Empty: EmptyState("Personne encore", "Importez le registre.")}))
	if len(all(root, "table")) != 0 || !strings.Contains(text(root), "Importez le registre.") {
		t.Errorf("reads %q", text(root))
	}
}

func TestPagination(t *testing.T) {
	href := func(n int) string { return "?page=" + itoa(n) }
	root := render(t, Pagination(PaginationProps{Page: 1, Pages: 9, Href: href, Summary: "1 à 20 sur 180"}))
	links := all(root, "a")
	if attr(links[0], "aria-current") != "page" || attr(links[0], "aria-label") != "Page 1" {
		t.Errorf("first link %v", links[0].Attr)
	}
	if last := links[len(links)-1]; attr(last, "rel") != "next" || attr(last, "href") != "?page=2" {
		t.Errorf("last link %v", last.Attr)
	}
	root = render(t, Pagination(PaginationProps{Page: 1, Pages: 1, Href: href, Summary: "3 personnes"}))
	if len(all(root, "nav")) != 0 || text(root) != "3 personnes" {
		t.Errorf("a single page reads %q", text(root))
	}
}

func TestDerivationCites(t *testing.T) {
	root := render(t, Derivation("Pourquoi", []Reason{{Text: "Le quorum est atteint.", Cite: Link{Text: "art. 19", Href: "/statuts#19"}}, {Text: "Adoptée."}}))
	if items := all(root, "li"); len(items) != 2 || text(items[0]) != "Le quorum est atteint. art. 19" {
		t.Errorf("%d reasons", len(items))
	}
	if a := one(t, one(t, root, "cite"), "a"); attr(a, "href") != "/statuts#19" {
		t.Errorf("cite %v", a.Attr)
	}
}

func TestThemeIsKeptAndReturnsHere(t *testing.T) {
	for _, c := range []struct{ theme, back, kept, to string }{
		{"dark", "/assemblees/7?page=2", "dark", "/assemblees/7?page=2"},
		{"light", "", "light", "/"},
		{"", "/a", "", "/a"},
		{"purple", "//evil.example", "", "/"},
		{"dark", "https://evil.example", "dark", "/"},
		{"dark", `/\evil.example`, "dark", "/"},
	} {
		form := url.Values{"theme": {c.theme}, "back": {c.back}}
		r := httptest.NewRequest(http.MethodPost, "/apparence", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		ThemeHandler().ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.to {
			t.Errorf("%+v: %d to %q", c, w.Code, w.Header().Get("Location"))
		}
		next := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, cookie := range w.Result().Cookies() {
			if cookie.MaxAge > 0 {
				next.AddCookie(cookie)
			}
		}
		if got := ThemeOf(next); got != c.kept {
			t.Errorf("%+v: keeps %q", c, got)
		}
	}
}
