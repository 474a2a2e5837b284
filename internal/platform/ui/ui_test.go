package ui

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// render parses what a component writes, with its words in French.
func render(t *testing.T, c templ.Component) *html.Node {
	t.Helper()
	words := localeWords(t, "fr")
	var text strings.Builder
	ctx := WithWords(context.Background(), func(key string, _ ...any) string { return words[key] })
	if err := c.Render(ctx, &text); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func localeWords(t *testing.T, lang string) map[string]string {
	t.Helper()
	text, err := fs.ReadFile(Locale, "locale/"+lang+".json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]string
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// all gives the elements of a tag, in order.
func all(root *html.Node, tag string) []*html.Node {
	var list []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			list = append(list, n)
		}
	}
	return list
}

func one(t *testing.T, root *html.Node, tag string) *html.Node {
	t.Helper()
	list := all(root, tag)
	if len(list) != 1 {
		t.Fatalf("%d <%s>, want one", len(list), tag)
	}
	return list[0]
}

func byID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// text is what n reads, with runs of spaces made one.
func text(n *html.Node) string {
	var parts []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			parts = append(parts, d.Data)
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, "")), " ")
}

func TestEveryWordExistsInBothLanguages(t *testing.T) {
	fr, en := localeWords(t, "fr"), localeWords(t, "en")
	if frKeys, enKeys := slices.Sorted(maps.Keys(fr)), slices.Sorted(maps.Keys(en)); !slices.Equal(frKeys, enKeys) {
		t.Errorf("keys differ:\nfr %v\nen %v", frKeys, enKeys)
	}
	used := map[string]bool{}
	for _, state := range []StepState{StepDone, StepNow, StepNext} {
		used["ui.step_"+string(state)] = true // asked for by state
	}
	call := regexp.MustCompile(`word\(ctx, "(\w+)"\)`)
	files, err := fs.Glob(os.DirFS("."), "*.templ")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(source), -1) {
			used["ui."+m[1]] = true
		}
	}
	for key := range used {
		if fr[key] == "" || en[key] == "" {
			t.Errorf("%s is used and has no text", key)
		}
	}
	for key := range fr {
		if !used[key] {
			t.Errorf("%s has a text and is not used", key)
		}
	}
}

func TestMissingWordsShowTheirKey(t *testing.T) {
	if got := word(context.Background(), "skip"); got != "ui.skip" {
		t.Errorf("word without a translation: %q", got)
	}
}

func TestLayout(t *testing.T) {
	p := Page{
		Lang: "fr", Title: "Vote", Brand: "Les Deux Rives", Path: "/assemblees/7", Theme: "dark", ThemeAction: "/apparence",
		Nav:    []Link{{Text: "Accueil", Href: "/"}, {Text: "Assemblées", Href: "/assemblees"}, {Text: "Assem", Href: "/assem"}},
		Viewer: &Viewer{Name: "<Camille>", SignOut: "/sortie"},
		T:      func(key string, _ ...any) string { return "[" + key + "]" },
	}
	root := render(t, Layout(p))
	page := one(t, root, "html")
	if attr(page, "lang") != "fr" || attr(page, "data-theme") != "dark" {
		t.Errorf("html: %v", page.Attr)
	}
	if got := text(one(t, root, "title")); got != "Vote · Les Deux Rives" {
		t.Errorf("title: %q", got)
	}
	if main := one(t, root, "main"); attr(main, "id") != "content" || attr(all(root, "a")[0], "href") != "#content" {
		t.Error("the first link does not lead to the content")
	}
	var current []string
	for _, a := range all(root, "a") {
		if has(a, "aria-current") {
			current = append(current, text(a)+"="+attr(a, "aria-current"))
		}
	}
	if !slices.Equal(current, []string{"Assemblées=true"}) {
		t.Errorf("current navigation: %v", current)
	}
	if got := text(one(t, root, "summary")); got != "<Camille>" {
		t.Errorf("viewer: %q", got)
	}
	for _, b := range all(root, "button") {
		if has(b, "aria-pressed") && (attr(b, "aria-pressed") == "true") != (attr(b, "value") == "dark") {
			t.Errorf("theme button %q pressed: %s", attr(b, "value"), attr(b, "aria-pressed"))
		}
	}
}

func TestLayoutWithoutViewerOffersSignIn(t *testing.T) {
	p := Page{Lang: "fr", SignIn: Link{Text: "Se connecter", Href: "/entree"}, T: func(key string, _ ...any) string { return key }}
	root := render(t, Layout(p))
	if len(all(root, "summary")) != 0 {
		t.Error("a menu without a viewer")
	}
	if !slices.ContainsFunc(all(root, "a"), func(a *html.Node) bool { return attr(a, "href") == "/entree" }) {
		t.Error("no way to sign in")
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	source, err := os.ReadFile("icon.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`IconName = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 30 {
		t.Fatalf("only %d icons found in icon.go", len(names))
	}
	for _, m := range names {
		if iconPaths[IconName(m[1])] == "" {
			t.Errorf("icon %q is not drawn", m[1])
		}
	}
	if len(Icons()) != len(names) {
		t.Errorf("%d icons drawn, %d named", len(Icons()), len(names))
	}
}
