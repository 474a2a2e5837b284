package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/pages"
)

// maxAttempts is how often a deck's pictures are begun: one that brings the program down is not
// for ever taken up again.
const maxAttempts = 3

// Tick begins to make the pictures of a deck that waits for them.
func (c *Component) Tick(ctx context.Context) error {
	if !c.rendering.TryLock() {
		return nil
	}
	d, err := c.take(ctx)
	if err != nil {
		c.rendering.Unlock()
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		return err
	}
	go func() {
		defer c.rendering.Unlock()
		c.render(ctx, d)
	}()
	return nil
}

// take finds a deck and makes it this node's.
func (c *Component) take(ctx context.Context) (d Deck, err error) {
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { d, err = nextDeck(tx); return err })
	if err != nil {
		return d, err
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { d.run, err = beginDeck(tx, d); return err })
	return d, err
}

// render makes the pictures of a deck, page by page, and records what that came to. When ctx ends
// first, another attempt begins later.
func (c *Component) render(ctx context.Context, d Deck) {
	alive, stop := context.WithCancel(ctx)
	defer stop()
	go c.beat(alive, stop, d)
	err := errTired
	if d.attempts < maxAttempts {
		err = c.makePages(alive, d)
	}
	if alive.Err() != nil {
		return
	}
	to, failure := Ready, ""
	if err != nil {
		if failure = failures(err); failure == "" {
			failure = "stage.failed.other"
			c.deps.Site.Log.ErrorContext(ctx, "the pictures of slides could not be made", "deck", d.ID, "error", err)
		}
		to = Failed
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		c.deps.LiveChanged(tx, d.Space, "stage")
		return endDeck(tx, d, to, failure)
	})
	if err != nil {
		c.deps.Site.Log.ErrorContext(ctx, "the end of the making of slides was not recorded", "deck", d.ID, "error", err)
	}
}

var errTired = errors.New("stage: begun too often")

// failures is the sentence for what a document was refused for; "" for what is our fault.
func failures(err error) string {
	for known, key := range map[error]string{
		pages.ErrUnreadable: "stage.failed.unreadable", pages.ErrPassword: "stage.failed.password",
		pages.ErrTooMany: "stage.failed.many", pages.ErrTooSlow: "stage.failed.slow", errTired: "stage.failed.slow",
	} {
		if errors.Is(err, known) {
			return key
		}
	}
	return ""
}

func (c *Component) makePages(ctx context.Context, d Deck) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	content, err := c.deps.Blobs.Get(ctx, d.File)
	if err != nil {
		return err
	}
	defer content.Close()
	return c.deps.Pages.Render(ctx, content, func(p pages.Page) error {
		page := Page{Deck: d.ID, Number: p.Number, Width: p.Width, Height: p.Height, Text: p.Text}
		if page.Large, err = c.keep(ctx, p.Large); err != nil {
			return err
		}
		if page.Small, err = c.keep(ctx, p.Small); err != nil {
			return err
		}
		return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return addPage(tx, d, page, p.Total) })
	})
}

func (c *Component) keep(ctx context.Context, p pages.Picture) (Picture, error) {
	ref, err := c.deps.Blobs.Put(ctx, bytes.NewReader(p.Data))
	return Picture{ref.Key, p.MIME}, err
}

// beat says every second that the attempt is alive, and stops it when another has taken over.
func (c *Component) beat(ctx context.Context, stop func(), d Deck) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		var mine bool
		err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { mine, err = beatDeck(tx, d); return err })
		switch {
		case err != nil && ctx.Err() == nil:
			c.deps.Site.Log.WarnContext(ctx, "the making of slides could not say it is alive", "deck", d.ID, "error", err)
		case err == nil && !mine:
			stop()
			return
		}
	}
}
