// Package pages turns the pages of a PDF into pictures light enough for a slow line, with their
// text. PDFium does it, compiled to WebAssembly: a PDF made to do harm meets a sandbox that sees
// no file and no network and has [memory] bytes at most, in a process of its own, whose
// environment is empty and which is ended when it takes longer than [pageTime] for a page.
//
// Start with [Renderer.Render].
package pages

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

const (
	// MaxPages is how many pages a document may have.
	MaxPages = 200
	// maxText is how much of a page's text is kept, in characters.
	maxText = 20_000
	// memory is what the sandbox may use, in bytes.
	memory = 256 << 20
)

// pageTime is how long a page may take. The first also waits for PDFium to be compiled, once per
// version of the program.
const pageTime = 40 * time.Second

// What a document can be refused for.
var (
	ErrUnreadable = errors.New("pages: not a PDF that can be read")
	ErrPassword   = errors.New("pages: protected by a password")
	ErrTooMany    = errors.New("pages: too many pages")
	ErrTooSlow    = errors.New("pages: a page takes too long")
)

var refusals = []error{ErrUnreadable, ErrPassword, ErrTooMany, ErrTooSlow}

// Page is one page. Number counts from 1 to Total.
type Page struct {
	Number, Total int
	Width, Height int // of Large, in pixels
	Large, Small  Picture
	Text          string
}

// Picture is a PNG or a JPEG.
type Picture struct {
	MIME string
	Data []byte
}

// Renderer renders documents, one after the other.
type Renderer struct {
	// Command is the program and the arguments that run [Child] on its input and output. Without
	// it the pages are rendered in this process: in the sandbox still, but its memory is ours.
	Command []string
	// Cache is a folder in which PDFium is kept compiled; "" compiles it each time.
	Cache string
}

// answer is what the child says: a page, or why there is no next.
type answer struct {
	Page    *Page
	Refused string
	Done    bool
}

// Render hands every page to each, in order. Its errors are the package's own, that of each, or
// that of the context.
func (r Renderer) Render(ctx context.Context, pdf io.Reader, each func(Page) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out, wait, err := r.start(ctx, pdf)
	if err != nil {
		return err
	}
	defer wait()
	slow := time.AfterFunc(pageTime, func() { cancel(ErrTooSlow) })
	defer slow.Stop()
	answers := gob.NewDecoder(out)
	for {
		var a answer
		if err := answers.Decode(&a); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return errors.Join(ErrUnreadable, err) // the child came to its end without a word
		}
		slow.Stop()
		switch {
		case a.Done:
			return nil
		case a.Page == nil:
			return refusal(a.Refused)
		}
		if err := each(*a.Page); err != nil {
			cancel(err)
			return err
		}
		slow.Reset(pageTime)
	}
}

func refusal(text string) error {
	for _, known := range refusals {
		if known.Error() == text {
			return known
		}
	}
	return fmt.Errorf("%w: %s", ErrUnreadable, text)
}

// start gives the child's output, and what waits for its end.
func (r Renderer) start(ctx context.Context, pdf io.Reader) (out io.Reader, wait func(), err error) {
	read, write := io.Pipe()
	if len(r.Command) == 0 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			write.CloseWithError(Child(ctx, pdf, write, r.Cache))
		}()
		return read, func() { read.Close(); <-done }, nil
	}
	cmd := exec.CommandContext(ctx, r.Command[0], append(r.Command[1:], r.Cache)...) //nolint:gosec // our own program
	cmd.Stdin, cmd.Stdout, cmd.Env = pdf, write, []string{}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("pages: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		write.CloseWithError(cmd.Wait())
	}()
	return read, func() { read.Close(); <-done }, nil
}
