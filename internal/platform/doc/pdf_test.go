package doc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// poppler runs one of Debian's poppler-utils on a file and gives what it says.
func poppler(t testing.TB, pdf []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed (Debian package poppler-utils)", tool)
	}
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, file)
	if tool == "pdftotext" {
		args = append(args, "-")
	}
	var stderr bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s", tool, err, stderr.String())
	}
	return string(out)
}

func makePDF(t testing.TB, d Document, tf *Typeface) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, d, PDFOptions{Typeface: tf}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustContain(t testing.TB, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestPDFText(t *testing.T) {
	t.Run("Go fonts", func(t *testing.T) { testPDFText(t, nil) })
	t.Run("fonts of the look", func(t *testing.T) { testPDFText(t, textTypeface(t)) })
}

func testPDFText(t *testing.T, tf *Typeface) {
	got := poppler(t, makePDF(t, minutes(), tf), "pdftotext")
	got = strings.NewReplacer("\u00a0", " ", "\u2009", " ", "\n", " ").Replace(got)
	mustContain(t, got, "Procès-verbal de l’assemblée générale ordinaire", "Éléonore Œuvrard", "Loïc Nuñez-Kovač",
		"« sans réserve » ! Coût : 1 250 €.", "Salarié·es", "1 512", "K7QF-9MTR-2XHD", "page 2 sur 3", "612 voix, 68,0 %",
		"Les sociétaires en sont informé·es")
}

func TestPDFMetadata(t *testing.T) {
	got := poppler(t, makePDF(t, minutes(), nil), "pdfinfo")
	got = strings.Join(strings.Fields(got), " ")
	mustContain(t, got, "Title: Procès-verbal de l’assemblée générale ordinaire", "Author: Coopérative Les Tisserands",
		"Tagged: yes", "Suspects: no", "Pages: 3", "595.28 x 841.89 pts (A4)", "Nov 22 18:30:00 2026", "JavaScript: no")
	if pdf := makePDF(t, minutes(), nil); !bytes.Contains(pdf, []byte("/Lang (fr)")) || !bytes.Contains(pdf, []byte("/DisplayDocTitle true")) {
		t.Error("no language, or no title in the window's bar")
	}
}

func TestPDFFontsAreEmbeddedSubsets(t *testing.T) {
	pdf := makePDF(t, minutes(), nil)
	lines := strings.Split(strings.TrimSpace(poppler(t, pdf, "pdffonts")), "\n")[2:]
	if len(lines) != 4 {
		t.Errorf("%d fonts, want 4", len(lines))
	}
	for _, l := range lines {
		if !strings.Contains(l, "yes yes yes") || !strings.Contains(l, "+Go") {
			t.Errorf("not an embedded subset with a map to Unicode: %s", l)
		}
	}
	if len(pdf) > 100_000 {
		t.Errorf("%d bytes", len(pdf))
	}
}

// The structure tree as a reader meets it: roles in order, with their texts.
func TestPDFStructure(t *testing.T) {
	pdf := makePDF(t, minutes(), nil)
	tree := poppler(t, pdf, "pdfinfo", "-struct-text")
	at := 0
	for _, want := range []string{
		"H1 (block)", `"Procès-verbal de l’assemblée générale ordinaire"`, "Lbl (block)", `"Présidence"`, "H2 (block)",
		"Link (inline)", `"publié sur la page de l’assemblée"`, "Object ", "L (block)", "H3 (block)", "Table", "Caption", "THead", "TH",
		"/Scope /Column", "TBody", "TD", `"Usager·ères et bénéficiaires de l’activité de la coopérative"`, "TFoot", "Figure", "H4 (block)",
	} {
		i := strings.Index(tree[at:], want)
		if i < 0 {
			t.Fatalf("no %s after\n%s", want, tree[:at])
		}
		at += i + len(want)
	}
	if strings.Contains(tree, "page 1 sur 3") || strings.Contains(tree, "SCIC SA") {
		t.Error("headers and page numbers are read as content")
	}
	mustContain(t, poppler(t, pdf, "pdfinfo", "-url"), "https://exemple.coop/ag/2026?x=1&y=(2)")
}

// Every row is on one page, under a repeated header that is read once.
func TestPDFLongTable(t *testing.T) {
	const n = 1000
	pdf := makePDF(t, attendance(n), nil)
	text := poppler(t, pdf, "pdftotext", "-layout")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) < 20 {
		t.Fatalf("%d pages", len(pages))
	}
	rows := 0
	for i, p := range pages {
		mustContain(t, p, "Domicile", fmt.Sprintf("page %d sur %d", i+1, len(pages)))
		rows += strings.Count(p, "Prénom")
		if strings.Count(p, "Prénom") != strings.Count(p, "69002") {
			t.Errorf("a row is broken on page %d", i+1)
		}
	}
	if rows != n {
		t.Errorf("%d rows, want %d", rows, n)
	}
	tree := poppler(t, pdf, "pdfinfo", "-struct")
	if h, r := strings.Count(tree, "TH:"), strings.Count(tree, "TR\n"); h != 6 || r != n+2 {
		t.Errorf("%d header cells and %d rows in the structure", h, r)
	}
}

// A row taller than a page goes on over several, and nothing is lost.
func TestPDFRowTallerThanAPage(t *testing.T) {
	words := strings.Repeat("mot ", 9000)
	d := Document{Blocks: Blocks{Table{Columns: []Column{{Title: "A"}, {Title: "B"}}, Rows: [][]Inline{{Plain(words), Plain("un")}}}}}
	if got := strings.Count(poppler(t, makePDF(t, d, nil), "pdftotext"), "mot"); got != 9000 {
		t.Errorf("%d words, want 9000", got)
	}
}

func TestPDFLongWordsStayInside(t *testing.T) {
	word := strings.Repeat("abcdefghij", 60)
	d := Document{Title: word, Blocks: Blocks{Paragraph{Plain(word)}, Notice{Text: Plain(word)}, List{Items: []ListItem{{Text: Plain(word)}}},
		Definitions{[]Definition{{word, Plain(word)}}}, Table{Columns: []Column{{Title: word}, {}}, Rows: [][]Inline{{Plain(word)}}}}}
	for _, w := range wordBoxes(t, makePDF(t, d, nil)) {
		if w.XMin < left-1 || w.XMax > right+1 || w.YMax > pageH-10*mm {
			t.Fatalf("out of the margins: %+v", w)
		}
	}
}

func TestEmptyDocument(t *testing.T) {
	pdf := makePDF(t, Document{}, nil)
	mustContain(t, strings.Join(strings.Fields(poppler(t, pdf, "pdfinfo")), " "), "Pages: 1", "Tagged: yes")
	if got := render(t, HTML, Document{}); got != "<article class=\"document prose\">\n</article>\n" {
		t.Error(got)
	}
	if got := render(t, Text, Document{}); got != "" {
		t.Error(got)
	}
}

func TestMissingCharactersAreReported(t *testing.T) {
	var b bytes.Buffer
	err := PDF(&b, Document{Lang: "fr", Blocks: Blocks{Paragraph{Plain("Zoé 漢字 漢 😀, Ω Ж ❤\ufe0f e\u0301 a\u00adb")}}}, PDFOptions{})
	var missing *MissingCharacters
	if !errors.As(err, &missing) || missing.Count != 5 || string(missing.Runes) != "❤字漢😀" {
		t.Fatalf("got %v", err)
	}
	mustContain(t, poppler(t, b.Bytes(), "pdftotext"), "Zoé ?? ? ?, Ω Ж ? é ab")
}

// Several renderings at once share the parsed fonts; the bytes are the same.
func TestPDFIsReproducible(t *testing.T) {
	want := makePDF(t, minutes(), nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var b bytes.Buffer
			if err := PDF(&b, minutes(), PDFOptions{}); err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("another file, or %v", err)
			}
		})
	}
	wg.Wait()
}

func TestNewTypefaceRefusesWhatIsNotAFont(t *testing.T) {
	if _, err := NewTypeface(FontFiles{Regular: []byte("wOF2")}); err == nil {
		t.Error("accepted")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrorsComeOut(t *testing.T) {
	for name, err := range map[string]error{
		"HTML": HTML(failing{}, minutes()), "Text": Text(failing{}, minutes()), "PDF": PDF(failing{}, minutes(), PDFOptions{}),
		"Letters": Letters(failing{}, letters(1), LetterSet{}, PDFOptions{}),
	} {
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wordBox is where a word stands, in points from the top left.
type wordBox struct {
	Page int
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func wordBoxes(t testing.TB, pdf []byte) []wordBox {
	t.Helper()
	var doc struct {
		Pages []struct {
			Words []wordBox `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(poppler(t, pdf, "pdftotext", "-bbox")), &doc); err != nil {
		t.Fatal(err)
	}
	var out []wordBox
	for i, p := range doc.Pages {
		for _, w := range p.Words {
			w.Page = i + 1
			out = append(out, w)
		}
	}
	return out
}

func BenchmarkAttendance1000(b *testing.B) {
	d := attendance(1000)
	for b.Loop() {
		if err := PDF(io.Discard, d, PDFOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLetters1000(b *testing.B) {
	ls := letters(1000)
	for b.Loop() {
		if err := Letters(io.Discard, ls, LetterSet{Lang: "fr", Date: time.Unix(0, 0)}, PDFOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
