package stage

import (
	"net/http"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// draw puts a line over a page, for everybody.
func (c *Component) draw(tx *db.Tx, a space.Access, f form) error {
	_, d, page, err := presented(tx, a, f)
	if err != nil {
		return err
	}
	s := Stroke{ID: tx.NewID()}
	if s.Points, err = readPoints(f.text("points")); err != nil {
		return err
	}
	list, err := strokes(tx, d.ID, page)
	switch {
	case err != nil:
		return err
	case len(list) >= maxStrokes:
		return fault.New(fault.Conflict, "stage.ink.full")
	}
	if err := insertStroke(tx, d.ID, page, s, a.Viewer.Account); err != nil {
		return err
	}
	e := Drawn{d.ID, page, s.Points}
	if err := c.say(tx, a.Space.ID, "stage-stroke", drawnStroke{d.ID, page, s.ID, s.Points}); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, d.subject()), e)
	return err
}

// drawnStroke is a stroke as the browsers are told of it.
type drawnStroke struct {
	Deck   int64  `json:"deck,string"`
	Page   int    `json:"page"`
	ID     int64  `json:"id,string"`
	Points string `json:"points"`
}

// erase takes every drawing off a page.
func (c *Component) erase(tx *db.Tx, a space.Access, f form) error {
	_, d, page, err := presented(tx, a, f)
	if err != nil {
		return err
	}
	if n, err := deleteStrokes(tx, d.ID, page); err != nil || n == 0 {
		return err
	}
	e := Erased{d.ID, page}
	if err := c.say(tx, a.Space.ID, "stage-erased", e); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, d.subject()), e)
	return err
}

// point tells everybody where on the page the presenter points, "" for nowhere. It is kept nowhere,
// and more than a few times a second it is not told either.
func (c *Component) point(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	var spaceID int64
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		spaceID = a.Space.ID
		n, err := load(tx, a.Space.ID)
		if err != nil {
			return err
		}
		return component.Must(a, canPresent(a, n.Presenter))
	})
	if err != nil {
		return err
	}
	at := f.text("at")
	if at != "" {
		if _, _, err := readPoint(at); err != nil {
			return err
		}
	}
	if at == "" || c.pace.may(spaceID, time.Now()) {
		c.deps.Live.Publish(topic(spaceID), live.Message{Event: "stage-pointer", Data: at})
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// pointerPause is the least time between two places of the pointer.
const pointerPause = 150 * time.Millisecond

// pace remembers when each space's pointer was last told, on this node.
type pace struct {
	mu   sync.Mutex
	last map[int64]time.Time
}

func (p *pace) may(spaceID int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.last[spaceID]) < pointerPause {
		return false
	}
	if p.last == nil {
		p.last = map[int64]time.Time{}
	}
	p.last[spaceID] = now
	return true
}
