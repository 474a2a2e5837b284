package doc

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestJSONKeepsEveryKind(t *testing.T) {
	d := minutes()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Document
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, back) {
		t.Errorf("the document changed:\n%#v\n%#v", d, back)
	}
	seen := map[string]bool{}
	for _, b := range d.Blocks {
		seen[b.kind()] = true
	}
	for k := range kinds {
		if !seen[k] {
			t.Errorf("the sample has no %s", k)
		}
	}
	if !strings.Contains(string(data), `{"kind":"rule"}`) {
		t.Errorf("no rule in %s", data)
	}
}

func TestJSONRefusesUnknownKinds(t *testing.T) {
	var bs Blocks
	err := json.Unmarshal([]byte(`[{"kind":"rule"},{"kind":"script"}]`), &bs)
	if err == nil || err.Error() != `block 2: unknown kind "script"` {
		t.Errorf("got %v", err)
	}
}

func TestBlocksThatCannotBeShown(t *testing.T) {
	two := []Column{{Title: "a"}, {Title: "b"}}
	three := []Inline{Plain("1"), Plain("2"), Plain("3")}
	for want, b := range map[string]Block{
		"block 1: the table has no columns":                     Table{},
		"block 1: row 1 of the table has 3 cells for 2 columns": Table{Columns: two, Rows: [][]Inline{three}},
		"block 1: the table's footer has 3 cells for 2 columns": Table{Columns: two, Footer: three},
		"block 1: is nil": nil,
		"block 1: is a *doc.Rule: blocks are values": &Rule{},
	} {
		d := Document{Blocks: Blocks{b}}
		for name, err := range map[string]error{
			"HTML": HTML(io.Discard, d), "Text": Text(io.Discard, d), "PDF": PDF(io.Discard, d, PDFOptions{}),
		} {
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
	}
	big := Document{Blocks: Blocks{QR{Content: strings.Repeat("x", 3000)}}}
	if HTML(io.Discard, big) == nil || PDF(io.Discard, big, PDFOptions{}) == nil {
		t.Error("a QR code of 3,000 bytes was accepted")
	}
}

func render(t testing.TB, f func(io.Writer, Document) error, d Document) string {
	t.Helper()
	var b strings.Builder
	if err := f(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements parses HTML, which is well-formed here, and counts its elements.
func elements(t testing.TB, s string) map[string]int {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(s))
	dec.Strict, dec.AutoClose, dec.Entity = false, []string{"br", "hr"}, xml.HTMLEntity
	count := map[string]int{}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %s", err, s)
		}
		if el, ok := tok.(xml.StartElement); ok {
			count[el.Name.Local]++
			for _, a := range el.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("inline %s on %s", a.Name.Local, el.Name.Local)
				}
			}
		}
	}
}

func TestHTML(t *testing.T) {
	got := render(t, HTML, minutes())
	count := elements(t, got)
	for el, n := range map[string]int{"article": 1, "h1": 1, "h2": 1, "h3": 1, "h4": 1, "table": 1, "caption": 1,
		"th": 4, "tr": 4, "tfoot": 1, "dl": 1, "dt": 3, "ol": 2, "cite": 2, "hr": 1, "a": 1, "figure": 2} {
		if count[el] != n {
			t.Errorf("%d %s elements, want %d", count[el], el, n)
		}
	}
	for _, s := range []string{`lang="fr"`, `href="https://exemple.coop/ag/2026?x=1&amp;y=(2)"`, "<strong>joint</strong>",
		"<em>annexe 2</em>", `<td role="cell" class="num" data-label="Pour"><div>1` + "\u202f" + `200</div></td>`, `aria-label="La page de l’assemblée"`} {
		if !strings.Contains(got, s) {
			t.Errorf("no %s", s)
		}
	}
}

func TestHTMLIsSafe(t *testing.T) {
	nasty := `"><script>alert(1)</script>`
	for _, link := range []string{"javascript:alert(1)", "JavaScript:alert(1)", " javascript:x", "data:text/html,x", "//evil.example/x", nasty} {
		got := render(t, HTML, Document{Lang: nasty, Title: nasty, Header: nasty, Blocks: Blocks{
			Paragraph{Inline{{Text: nasty, Link: link}}}, Definitions{[]Definition{{nasty, Plain(nasty)}}},
			VoteBar{Shares: []Share{{nasty, 1, nasty, Tone(nasty)}}, Alt: nasty}, QR{nasty, nasty}, Code{nasty, nasty, "", nasty},
			Table{Caption: nasty, Columns: []Column{{nasty, 1, Align(nasty)}}, Rows: [][]Inline{{Plain(nasty)}}},
		}})
		count := elements(t, got)
		if count["script"] > 0 || strings.Contains(got, "javascript:") || strings.Contains(got, `href="//`) || strings.Contains(got, `href="data`) {
			t.Errorf("link %q: %s", link, got)
		}
	}
	if got := render(t, HTML, Document{Blocks: Blocks{Paragraph{Inline{{Text: "x", Link: "/espaces/3#vote"}}}}}); !strings.Contains(got, `<a href="/espaces/3#vote">x</a>`) {
		t.Errorf("a link inside the site is gone: %s", got)
	}
}

func TestText(t *testing.T) {
	got := render(t, Text, minutes())
	for _, l := range strings.Split(got, "\n") {
		if textWidth(l) > columns {
			t.Errorf("%d columns: %s", textWidth(l), l)
		}
	}
	for _, want := range []string{
		"est publié sur la\npage de l’assemblée <https://exemple.coop/ag/2026?x=1&y=(2)>\u202f; il",
		"1\u202f200     200", "Ensemble  ", "    K7QF-9MTR-2XHD\n", " 1. Premièrement.\n", "    - avant le 15",
		"    [statuts, article 18]", "Présidence\u00a0: Éléonore Œuvrard\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// A table of many columns, or of words longer than its columns, stays readable.
func TestTextWideTables(t *testing.T) {
	long := Table{Columns: []Column{{Title: "Nom"}, {Title: "Rang", Align: AlignEnd}}, Rows: [][]Inline{{Plain(strings.Repeat("x", 100)), Plain("7")}}}
	got := render(t, Text, Document{Blocks: Blocks{long}})
	if strings.Count(got, "x") != 100 || !strings.Contains(got, "x     7\n") {
		t.Errorf("long word:\n%s", got)
	}
	var wide Table
	row := make([]Inline, 12)
	for i := range row {
		wide.Columns = append(wide.Columns, Column{Title: "Colonne " + string(rune('A'+i))})
		row[i] = Plain("valeur")
	}
	wide.Rows = [][]Inline{row}
	if got := render(t, Text, Document{Blocks: Blocks{wide}}); !strings.Contains(got, "Colonne L: valeur\n") {
		t.Errorf("wide table:\n%s", got)
	}
}

// The tokens of a bar cover the shares exactly, gaps aside.
func TestVoteBarPieces(t *testing.T) {
	v := VoteBar{Shares: []Share{{Value: 612, Tone: ToneFor}, {Value: 208, Tone: ToneAgainst}, {Value: 80, Tone: ToneAbstention}}, Threshold: &Threshold{At: 600}}
	length := map[Tone]float64{}
	for _, p := range v.pieces() {
		length[p.tone] += p.w
		if p.x < 0 || p.x+p.w > 1 {
			t.Errorf("piece %+v is out of the bar", p)
		}
	}
	for _, s := range v.Shares {
		got, want := length[s.Tone]/(1-tokenGap), s.Value/900
		if d := got - want; d > .005 || d < -.005 {
			t.Errorf("%s takes %.4f of the bar, want %.4f", s.Tone, got, want)
		}
	}
	if at, ok := v.mark(); !ok || at != 600.0/900 {
		t.Errorf("threshold at %v", at)
	}
	if len(VoteBar{}.pieces()) != 0 || len((VoteBar{Shares: []Share{{Value: -1}}}).pieces()) != 0 {
		t.Error("tokens without votes")
	}
}

func TestZeroDateIsLeftOut(t *testing.T) {
	data, err := json.Marshal(Document{})
	if err != nil || string(data) != `{"blocks":[]}` {
		t.Errorf("%s, %v", data, err)
	}
	if s := info(Document{Date: time.Time{}}); s != "<<>>" {
		t.Error(s)
	}
}
