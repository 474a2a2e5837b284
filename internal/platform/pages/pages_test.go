package pages_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/pages"
)

// TestMain makes of the test's own program the child.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "pages" {
		if err := pages.Child(context.Background(), os.Stdin, os.Stdout, os.Args[2]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// cache keeps PDFium compiled from one run of the tests to the next.
func cache() string { return filepath.Join(os.TempDir(), "isegoria-test-pdfium") }

func deck(t *testing.T, titles ...string) []byte {
	t.Helper()
	var blocks doc.Blocks
	for i, title := range titles {
		if i > 0 {
			blocks = append(blocks, doc.PageBreak{})
		}
		blocks = append(blocks, doc.Heading{Level: 1, Text: doc.Plain(title)}, doc.Paragraph{Text: doc.Plain("L’excédent est de 23 180 €.")})
	}
	var b bytes.Buffer
	if err := doc.PDF(&b, doc.Document{Lang: "fr", Blocks: blocks}, doc.PDFOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func render(r pages.Renderer, pdf []byte) (list []pages.Page, err error) {
	err = r.Render(context.Background(), bytes.NewReader(pdf), func(p pages.Page) error { list = append(list, p); return nil })
	return list, err
}

func TestPagesBecomePictures(t *testing.T) {
	here := pages.Renderer{Cache: cache()}
	child := pages.Renderer{Command: []string{os.Args[0], "pages"}, Cache: cache()}
	pdf := deck(t, "Comptes 2025", "Élection")
	for name, r := range map[string]pages.Renderer{"here": here, "child": child} {
		list, err := render(r, pdf)
		if err != nil || len(list) != 2 {
			t.Fatalf("%s: %d pages, %v", name, len(list), err)
		}
		for i, want := range []string{"Comptes 2025", "Élection"} {
			p := list[i]
			if p.Number != i+1 || p.Total != 2 || !strings.Contains(p.Text, want) || !strings.Contains(p.Text, "23") {
				t.Errorf("%s: page %d of %d: %q", name, p.Number, p.Total, p.Text)
			}
			if n := len(p.Large.Data); n == 0 || n > 80_000 {
				t.Errorf("%s: a large picture of %d bytes", name, n)
			}
			m, kind, err := image.Decode(bytes.NewReader(p.Large.Data))
			if err != nil || "image/"+kind != p.Large.MIME || m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height || p.Height != 1280 {
				t.Errorf("%s: %v %s, said to be %s %d × %d: %v", name, m.Bounds(), kind, p.Large.MIME, p.Width, p.Height, err)
			}
			if n := len(p.Small.Data); n == 0 || n > 30_000 {
				t.Errorf("%s: a small picture of %d bytes", name, n)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	r := pages.Renderer{Command: []string{os.Args[0], "pages"}, Cache: cache()}
	many := make([]string, pages.MaxPages+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, c := range map[string]struct {
		pdf  []byte
		want error
	}{
		"nothing":    {nil, pages.ErrUnreadable},
		"no PDF":     {[]byte("%PDF-1.7\nnothing\n%%EOF\n"), pages.ErrUnreadable},
		"too long":   {deck(t, many...), pages.ErrTooMany},
		"cut in two": {deck(t, "Comptes")[:900], pages.ErrUnreadable},
	} {
		if _, err := render(r, c.pdf); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A child that dies, and one that cannot be started, are errors and nothing more.
func TestAChildThatDies(t *testing.T) {
	if _, err := render(pages.Renderer{Command: []string{"/bin/false"}}, deck(t, "Comptes")); !errors.Is(err, pages.ErrUnreadable) {
		t.Error(err)
	}
	if _, err := render(pages.Renderer{Command: []string{"/nowhere"}}, nil); err == nil {
		t.Error("started from nowhere")
	}
}

func TestTheCallerEndsIt(t *testing.T) {
	r := pages.Renderer{Command: []string{os.Args[0], "pages"}, Cache: cache()}
	enough := errors.New("enough")
	err := r.Render(context.Background(), bytes.NewReader(deck(t, "a", "b")), func(pages.Page) error { return enough })
	if !errors.Is(err, enough) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Render(ctx, bytes.NewReader(deck(t, "a")), func(pages.Page) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Slides made by our own documents are as wide as a screen.
func TestOurOwnSlides(t *testing.T) {
	var b bytes.Buffer
	d := doc.Document{Lang: "fr", Blocks: doc.Blocks{doc.Heading{Level: 1, Text: doc.Plain("Comptes 2025")}}}
	if err := doc.PDF(&b, d, doc.PDFOptions{Slides: true}); err != nil {
		t.Fatal(err)
	}
	list, err := render(pages.Renderer{Cache: cache()}, b.Bytes())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d pages, %v", len(list), err)
	}
	p := list[0]
	if ratio := float64(p.Width) / float64(p.Height); p.Width < 1270 || p.Width > 1280 || ratio < 1.76 || ratio > 1.79 || !strings.Contains(p.Text, "Comptes 2025") {
		t.Errorf("%d × %d: %q", p.Width, p.Height, p.Text)
	}
}
