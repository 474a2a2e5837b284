package doc

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func makeLetters(t testing.TB, ls []Letter, set LetterSet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Letters(&b, ls, set, PDFOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The window of a DL envelope (220 mm by 110 mm) is 100 mm by 45 mm, 20 mm from
// its right and bottom edges. The folded sheet (210 mm by 99 mm) can slide 10 mm
// sideways and 11 mm up or down: what shows in every case is between 100 mm and
// 190 mm from the sheet's left, 45 mm and 79 mm from its top; what can show is
// between 90 mm and 200 mm, 34 mm and 90 mm, and there must be nothing but the
// address.
func TestLetterAddressIsInTheWindow(t *testing.T) {
	l := letters(1)[0]
	l.Recipient = []string{"Madame Éléonore Œuvrard", "Appartement 3, escalier B", "Résidence des Tilleuls", "27 rue de la République", "BP 12345", "69002 LYON"}
	var inWindow []string
	for _, w := range wordBoxes(t, makeLetters(t, []Letter{l}, LetterSet{Lang: "fr"})) {
		x0, x1, y0, y1 := w.XMin/mm, w.XMax/mm, w.YMin/mm, w.YMax/mm
		if x1 > 90 && x0 < 200 && y1 > 34 && y0 < 90 {
			inWindow = append(inWindow, w.Text)
			if x0 < 109.9 || x1 > 190 || y0 < 49 || y1 > 79 {
				t.Errorf("%s at %.1f to %.1f mm, %.1f to %.1f mm", w.Text, x0, x1, y0, y1)
			}
		}
	}
	if got, want := strings.Join(inWindow, " "), strings.Join(l.Recipient, " "); got != want {
		t.Errorf("in the window: %s", got)
	}
}

// Page numbers and sheets are each letter's own.
func TestLettersPages(t *testing.T) {
	ls := letters(3)
	ls[1].Blocks = append(ls[1].Blocks, Paragraph{Plain(strings.Repeat("Un long paragraphe. ", 300))})
	pages := func(set LetterSet) []string {
		return strings.Split(strings.TrimSuffix(poppler(t, makeLetters(t, ls, set), "pdftotext"), "\f"), "\f")
	}
	got := pages(LetterSet{Lang: "fr"})
	if len(got) != 5 {
		t.Fatalf("%d pages, want 1 + 3 + 1", len(got))
	}
	for i, want := range []string{"Œuvrard 1", "Œuvrard 2", "page 2 sur 3", "page 3 sur 3", "Œuvrard 3"} {
		mustContain(t, got[i], want)
	}
	if strings.Contains(got[0]+got[4], "page 1") {
		t.Error("a letter of one page is numbered")
	}
	got = pages(LetterSet{Lang: "fr", Duplex: true})
	if len(got) != 8 || !strings.Contains(got[6], "Œuvrard 3") || got[1] != "" {
		t.Errorf("on both sides: %d pages", len(got))
	}
}

func TestLettersOneCodeEach(t *testing.T) {
	text := poppler(t, makeLetters(t, letters(50), LetterSet{Lang: "fr", Title: "Convocations"}), "pdftotext")
	for i, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		if strings.Count(page, "K7QF-9MTR-") != 1 {
			t.Errorf("page %d: not one code", i+1)
		}
		mustContain(t, page, fmt.Sprintf("K7QF-9MTR-%04d", i), fmt.Sprintf("Œuvrard %d\n", i+1))
	}
}

func TestLettersThatCannotBeSet(t *testing.T) {
	ls := letters(4)
	ls[1].Recipient = nil
	ls[2].Recipient = []string{"1", "2", "3", "4", "5", "6", "7"}
	ls[3].Blocks = Blocks{Table{}}
	var b bytes.Buffer
	err := Letters(&b, ls, LetterSet{}, PDFOptions{})
	want := "letter 2: the postal address is empty\n" +
		"letter 3: the postal address takes 7 lines, the window has room for 6\n" +
		"letter 4: block 1: the table has no columns"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if b.Len() > 0 {
		t.Error("something was written")
	}
}
