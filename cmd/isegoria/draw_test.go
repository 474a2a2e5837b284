package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isegoria.org/isegoria/sortition"
)

// drawFiles writes a pool of 60 invented volunteers and quotas for 12.
func drawFiles(t *testing.T, quotas string) (dir string, c drawCmd) {
	t.Helper()
	dir = t.TempDir()
	var pool strings.Builder
	pool.WriteString("num;sexe;age;adresse\n")
	for i := range 60 {
		fmt.Fprintf(&pool, "%d;%s;%s;%d rue des Lilas\n", i+1, []string{"F", "M", "F"}[i%3], []string{"jeune", "adulte", "âgé", "adulte"}[i*7/3%4], i*9/10)
	}
	c = drawCmd{
		Pool: filepath.Join(dir, "pool.csv"), Categories: filepath.Join(dir, "categories.csv"),
		Size: 12, Objective: "leximin", Panels: 1000, Seed: "essai",
		Report: filepath.Join(dir, "report.json"), Out: filepath.Join(dir, "panel.csv"),
		AddressColumns: []string{"adresse"}, French: true,
	}
	writeFile(t, c.Pool, pool.String())
	writeFile(t, c.Categories, quotas)
	return dir, c
}

const fairQuotas = "category,feature,min,max\nsexe,F,6,6\nsexe,M,6,6\nage,jeune,2,4\nage,adulte,4,7\nage,âgé,2,4\n"

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func runDraw(t *testing.T, c drawCmd) (string, error) {
	t.Helper()
	var out, progress bytes.Buffer
	err := c.run(context.Background(), &out, &progress)
	return out.String(), err
}

func TestDrawThenVerify(t *testing.T) {
	_, c := drawFiles(t, fairQuotas)
	out, err := runDraw(t, c)
	if err != nil || !strings.Contains(out, "number drawn") {
		t.Fatalf("%v\n%s", err, out)
	}
	panel, err := os.ReadFile(c.Out)
	if err != nil || strings.Count(string(panel), "\n") != 13 {
		t.Fatalf("the panel is not a header and 12 lines: %v\n%s", err, panel)
	}
	again, _ := os.ReadFile(c.Report)
	if _, err := runDraw(t, c); err != nil {
		t.Fatal(err)
	}
	if second, _ := os.ReadFile(c.Report); !bytes.Equal(again, second) {
		t.Error("the same seed gave another report")
	}
	v := drawCmd{Pool: c.Pool, Categories: c.Categories, Verify: c.Report}
	if out, err := runDraw(t, v); err != nil || strings.Contains(out, "no   ") {
		t.Fatalf("a true report is refused: %v\n%s", err, out)
	}
}

func TestAwaitThenPublicNumber(t *testing.T) {
	_, c := drawFiles(t, fairQuotas)
	c.Await = true
	if out, err := runDraw(t, c); err != nil || !strings.Contains(out, "has yet to be drawn") {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(c.Out); err == nil {
		t.Error("a panel was written before the number was drawn")
	}
	d := drawCmd{Pool: c.Pool, Categories: c.Categories, Drawn: c.Report, Out: c.Out, Dice: []string{"10:0,4,2"}}
	if out, err := runDraw(t, d); err != nil || !strings.Contains(out, "number drawn: 42;") {
		t.Fatalf("%v\n%s", err, out)
	}
	v := drawCmd{Pool: c.Pool, Categories: c.Categories, Verify: c.Report}
	if out, err := runDraw(t, v); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := runDraw(t, d); !isBad(err) {
		t.Errorf("a second number was drawn: %v", err)
	}
}

func isBad(err error) bool {
	var b badInput
	return errors.As(err, &b)
}

func TestDrawBadInput(t *testing.T) {
	for name, broken := range map[string]struct {
		quotas, want string
		change       func(*drawCmd)
	}{
		"quota":      {"category,feature,min,max\nsexe,F,6,5\n", "line 2: sexe: F: the minimum 6 is above the maximum 5", nil},
		"value":      {"category,feature,min,max\nsexe,F,1,5\n", "line 3: “M” is not a value of sexe", nil},
		"column":     {"category,feature,min,max\ntaille,F,1,5\n", "no column “taille”", nil},
		"header":     {"categorie;valeur\nsexe;F\n", "line 1: the quotas need a column", nil},
		"infeasible": {strings.Replace(fairQuotas, "âgé,2,4", "âgé,9,9", 1), "age: the minimums add up to 15", nil},
		"missing":    {fairQuotas, "no such file", func(c *drawCmd) { c.Pool += "x" }},
		"dice":       {fairQuotas, "--dice wants", func(c *drawCmd) { c.Dice = []string{"six"} }},
		"size":       {fairQuotas, "99 persons cannot be drawn", func(c *drawCmd) { c.Size = 99 }},
		"clash":      {fairQuotas, "volunteers 3, 5 sit together or not at all, and must not", func(c *drawCmd) { c.Together, c.Apart = []string{"3,4", "4,5"}, []string{"5,3"} }},
		"fixed":      {fairQuotas, "sexe F: 7 fixed members for at most 6", func(c *drawCmd) { c.Fixed = []int{1, 3, 7, 9, 13, 16, 21}; c.AddressColumns = nil }},
		"out":        {fairQuotas, "is a folder", func(c *drawCmd) { c.Out = filepath.Dir(c.Pool) }},
		"report":     {fairQuotas, "cannot be written", func(c *drawCmd) { c.Report = filepath.Join(c.Pool+"x", "report.json") }},
		"group":      {fairQuotas, "no volunteer number 61", func(c *drawCmd) { c.Fixed = []int{61} }},
	} {
		_, c := drawFiles(t, broken.quotas)
		if broken.change != nil {
			broken.change(&c)
		}
		if _, err := runDraw(t, c); !isBad(err) || !strings.Contains(err.Error(), broken.want) {
			t.Errorf("%s: %v, want %q and exit 2", name, err, broken.want)
		}
	}
}

func TestDrawByConstituency(t *testing.T) {
	_, c := drawFiles(t, "")
	var pool strings.Builder
	pool.WriteString("circo,sexe\n")
	for i := range 43 * 5 {
		fmt.Fprintf(&pool, "C%02d,%s\n", i%43, []string{"F", "M", "M"}[i/43*i%3])
	}
	writeFile(t, c.Pool, pool.String())
	c.AddressColumns, c.French, c.Size = nil, false, 0
	c.Constituency, c.Parity = "circo", "sexe=F,M"
	out, err := runDraw(t, c)
	if err != nil || !strings.Contains(out, "by constituency  43 seats") || !strings.Contains(out, "national         43 seats") {
		t.Fatalf("%v\n%s", err, out)
	}
	var r sortition.Report
	text, _ := os.ReadFile(c.Report)
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	for _, q := range r.Quotas {
		if !q.Met() {
			t.Errorf("%+v is not met", q)
		}
	}
	v := drawCmd{Pool: c.Pool, Categories: c.Categories, Verify: c.Report}
	if out, err := runDraw(t, v); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// After the draw: who stands ready, who replaces those who leave.
func TestAlternatesAndReplacement(t *testing.T) {
	dir, c := drawFiles(t, fairQuotas)
	if _, err := runDraw(t, c); err != nil {
		t.Fatal(err)
	}
	var first sortition.Report
	text, _ := os.ReadFile(c.Report)
	if err := json.Unmarshal(text, &first); err != nil {
		t.Fatal(err)
	}
	ready := drawCmd{Pool: c.Pool, Categories: c.Categories, After: c.Report, Alternates: 3, Dropout: 0.3, Out: filepath.Join(dir, "ready.csv")}
	out, err := runDraw(t, ready)
	again, _ := runDraw(t, ready)
	if err != nil || out != again || !strings.Contains(out, "alternates, in their order") {
		t.Fatalf("%v\n%s\n%s", err, out, again)
	}
	if lines, _ := os.ReadFile(ready.Out); strings.Count(string(lines), "\n") != 4 {
		t.Errorf("the alternates are not a header and 3 lines:\n%s", lines)
	}
	leaver := first.Panel[0] + 1
	r := drawCmd{Pool: c.Pool, Categories: c.Categories, After: c.Report, Leaving: []int{leaver}, Objective: "leximin", Panels: 100, Seed: "s", Report: filepath.Join(dir, "second.json")}
	if out, err := runDraw(t, r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var second sortition.Report
	text, _ = os.ReadFile(r.Report)
	if err := json.Unmarshal(text, &second); err != nil || len(second.Panel) != 12 {
		t.Fatalf("%v, %d seats", err, len(second.Panel))
	}
	kept := 0
	for _, i := range second.Panel {
		if i == leaver-1 {
			t.Error("who left sits again")
		}
		for _, j := range first.Panel {
			if i == j {
				kept++
			}
		}
	}
	if kept != 11 {
		t.Errorf("%d members kept their seats of 11", kept)
	}
	v := drawCmd{Pool: c.Pool, Categories: c.Categories, Verify: r.Report}
	if out, err := runDraw(t, v); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r.Leaving = []int{61}
	if _, err := runDraw(t, r); !isBad(err) {
		t.Errorf("somebody unknown leaves: %v", err)
	}
	ready.Dropout = 2
	if _, err := runDraw(t, ready); !isBad(err) {
		t.Errorf("a rate above 1: %v", err)
	}
}

func TestInviteCommand(t *testing.T) {
	dir := t.TempDir()
	c := inviteCmd{Register: filepath.Join(dir, "register.csv"), Population: filepath.Join(dir, "population.csv"), Out: filepath.Join(dir, "letters.csv"), Stratum: "commune", Letters: 20, Seed: "essai"}
	var register strings.Builder
	register.WriteString("adresse;commune\n")
	for i := range 200 {
		fmt.Fprintf(&register, "%d rue des Lilas;%s\n", i, []string{"Ville", "Bourg"}[i/100])
	}
	writeFile(t, c.Register, register.String())
	writeFile(t, c.Population, "commune;habitants\nVille;30 000\nBourg;10000\n")
	var out bytes.Buffer
	if err := c.run(&out); err != nil || !strings.Contains(out.String(), "15  Ville") || !strings.Contains(out.String(), "20 letters, seed essai") {
		t.Fatalf("%v\n%s", err, &out)
	}
	if lines, _ := os.ReadFile(c.Out); strings.Count(string(lines), "\n") != 21 || !strings.HasPrefix(string(lines), "code,adresse,commune\n") {
		t.Errorf("%s", lines)
	}
	c.Letters = 201
	if err := c.run(&out); !isBad(err) {
		t.Errorf("more letters than lines: %v", err)
	}
	c.Letters, c.Stratum = 20, "ville"
	if err := c.run(&out); !isBad(err) {
		t.Errorf("an unknown column: %v", err)
	}
}
