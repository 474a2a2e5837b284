package pages

import (
	"context"
	"encoding/gob"
	"errors"
	"image"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// The sides of a picture, in pixels, at most.
const (
	large = 1280
	small = 640
)

// Child renders the PDF on in and writes its pages to out, for [Renderer.Render].
func Child(ctx context.Context, in io.Reader, out io.Writer, cache string) error {
	answers := gob.NewEncoder(out)
	err := render(ctx, in, cache, func(p Page) error { return answers.Encode(answer{Page: &p}) })
	if err != nil {
		return answers.Encode(answer{Refused: err.Error()})
	}
	return answers.Encode(answer{Done: true})
}

func render(ctx context.Context, in io.Reader, cache string, each func(Page) error) error {
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	sandbox, end, err := open(ctx, cache)
	if err != nil {
		return err
	}
	defer end()
	d, err := sandbox.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return ErrPassword
	case err != nil:
		return ErrUnreadable
	}
	count, err := sandbox.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.Document})
	switch {
	case err != nil || count.PageCount < 1:
		return ErrUnreadable
	case count.PageCount > MaxPages:
		return ErrTooMany
	}
	for i := range count.PageCount {
		p, err := readPage(sandbox, d.Document, i)
		if err != nil {
			return err
		}
		p.Number, p.Total = i+1, count.PageCount
		if err := each(p); err != nil {
			return err
		}
	}
	return nil
}

// open starts PDFium with nothing around it: no folder, no clock but its own, bounded memory.
func open(ctx context.Context, cache string) (pdfium.Pdfium, func(), error) {
	config := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithCloseOnContextDone(true).WithMemoryLimitPages(memory / (64 << 10))
	if cache != "" {
		compiled, err := wazero.NewCompilationCacheWithDir(cache)
		if err != nil {
			return nil, nil, err
		}
		config = config.WithCompilationCache(compiled)
	}
	pool, err := webassembly.Init(webassembly.Config{Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, nil, err
	}
	sandbox, err := pool.GetInstance(time.Minute)
	if err != nil {
		return nil, nil, errors.Join(err, pool.Close())
	}
	return sandbox, func() { pool.Close() }, nil //nolint:errcheck // it closes what it opened, also when a page has ended it
}

func readPage(sandbox pdfium.Pdfium, d references.FPDF_DOCUMENT, index int) (p Page, err error) {
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: d, Index: index}}
	for _, size := range []struct {
		side   int
		budget int // bytes
		to     *Picture
	}{{large, 80_000, &p.Large}, {small, 30_000, &p.Small}} {
		r, err := sandbox.RenderPageInPixels(&requests.RenderPageInPixels{Page: page, Width: size.side, Height: size.side})
		if err != nil {
			return p, ErrUnreadable
		}
		picture, ok := r.Result.RenderedImage.(*image.RGBA)
		if !ok {
			r.Cleanup()
			return p, ErrUnreadable
		}
		if size.side == large {
			p.Width, p.Height = picture.Bounds().Dx(), picture.Bounds().Dy()
		}
		*size.to, err = encode(picture, size.budget)
		r.Cleanup()
		if err != nil {
			return p, err
		}
	}
	text, err := sandbox.GetPageText(&requests.GetPageText{Page: page})
	if err != nil {
		return p, ErrUnreadable
	}
	p.Text = clean(text.Text)
	return p, nil
}

// clean keeps what can be read of a page's text.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if n++; n > maxText || r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r == '\ufffe' || r == '\uffff') {
			return -1
		}
		return r
	}, text))
}
