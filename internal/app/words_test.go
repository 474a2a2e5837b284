package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
)

// Both languages have every word, with the same arguments.
func TestWordsInBothLanguages(t *testing.T) {
	h := apptest.Start(t)
	for _, m := range h.Site.Words.Missing() {
		t.Error(m)
	}
}

// Every kind of event that a component declares has its sentence.
func TestEverySentenceOfTheJournal(t *testing.T) {
	h := apptest.Start(t)
	for _, c := range h.Components {
		kinds, ok := c.(component.JournalKinds)
		if !ok {
			continue
		}
		for _, k := range kinds.Kinds() {
			if key := "event." + k.Name; !h.Site.Words.Has(key) && !h.Site.Words.Has(key+".sealed") {
				t.Errorf("%s: there is no sentence under %s", c.Key(), key)
			}
		}
	}
}

// asking are the functions and methods whose text arguments are keys: T(ctx, "vote.title"),
// fault.New(fault.Invalid, "vote.title.missing"), fields.Add("title", "vote.title.missing").
var asking = map[string]bool{"T": true, "t": true, "New": true, "Add": true, "french": true, "Term": true, "heading": true, "title": true, "words": true}

var keyForm = regexp.MustCompile(`^[a-z_]+(\.[a-z0-9_-]+)+\.?$`)

// Every key that the program's source asks for exists; one that it completes ("vote.choice." +
// choice) begins some that exist.
func TestEveryWordAskedForExists(t *testing.T) {
	h := apptest.Start(t)
	words, prefixes := map[string]bool{}, map[string]bool{}
	for _, key := range h.Site.Words.Keys() {
		words[key] = true
		prefixes[strings.SplitN(key, ".", 2)[0]] = true
	}
	begins := func(part string) bool {
		for key := range words {
			if strings.HasPrefix(key, part) {
				return true
			}
		}
		return false
	}
	asked := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !asking[called(call)] {
				return true
			}
			for _, arg := range call.Args {
				key, whole := keyIn(arg)
				if !keyForm.MatchString(key) || !prefixes[strings.SplitN(key, ".", 2)[0]] {
					continue
				}
				asked++
				if whole && !h.Site.Words.Has(key) || !whole && !begins(key) {
					t.Errorf("%s: no locale has %q", files.Position(arg.Pos()), key)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked < 1000 {
		t.Errorf("only %d keys were found in the source: the test no longer sees them", asked)
	}
}

// called is the name of the function or method called.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// keyIn is the text of an argument, or its beginning where the program completes it.
func keyIn(arg ast.Expr) (key string, whole bool) {
	whole = true
	for {
		sum, ok := arg.(*ast.BinaryExpr)
		if !ok || sum.Op != token.ADD {
			break
		}
		arg, whole = sum.X, false
	}
	text, ok := arg.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return "", false
	}
	key, err := strconv.Unquote(text.Value)
	return key, err == nil && whole
}
