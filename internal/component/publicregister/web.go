package publicregister

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

const perPage = 50

// page is one page of the journal, newest first.
type page struct {
	path     string // its address
	space    *space.Space
	family   string
	families []string
	lines    []line
	newer    int64 // place behind which the newer page begins; 0: there is none
	older    int64 // place before which the older page begins; 0: there is none
	seq      int64 // the head of the chain
	hash     string
}

func (c *Component) showJournal(w http.ResponseWriter, r *http.Request) error {
	p := page{path: "/journal"}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { return c.load(r, tx, journal.Filter{}, &p) })
	if err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "publicregister.title")}, c.journalView(p))
}

func (c *Component) showSpaceJournal(w http.ResponseWriter, r *http.Request) error {
	var p page
	var a space.Access
	err := c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		p = page{path: a.Space.Path() + "/journal", space: &a.Space}
		return c.load(r, tx, journal.Filter{Space: a.Space.ID}, &p)
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "publicregister.tab"), View: c.journalView(p)})
}

// load reads the page that the address asks for: the newest, or what lies before or behind a place.
func (c *Component) load(r *http.Request, tx *db.Tx, f journal.Filter, p *page) (err error) {
	read := c.reader(r.Context(), tx)
	p.families = families(read.kinds)
	if asked := r.URL.Query().Get("family"); slices.Contains(p.families, asked) {
		p.family, f.Kinds = asked, ofFamily(read.kinds, asked)
	}
	if p.seq, p.hash, err = journal.Head(tx); err != nil {
		return err
	}
	f.Before, f.After = place(r, "before"), place(r, "after")
	f.Newest, f.Limit = f.After == 0, perPage+1
	events, err := journal.Read(tx, f)
	if err != nil {
		return err
	}
	more := len(events) > perPage
	events = events[:min(len(events), perPage)]
	if !f.Newest {
		slices.Reverse(events)
	}
	if n := len(events); n > 0 {
		if f.Newest && f.Before > 0 || !f.Newest && more {
			p.newer = events[0].Seq
		}
		if f.Newest && more || !f.Newest {
			p.older = events[n-1].Seq
		}
	}
	for _, e := range events {
		l, err := read.line(e)
		if err != nil {
			return err
		}
		p.lines = append(p.lines, l)
	}
	return nil
}

// place is a place of the chain in the address; 0 for none.
func place(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// event is one event with the place it has in the chain.
type event struct {
	line
	previous string // the hash before it
}

func (c *Component) showEvent(w http.ResponseWriter, r *http.Request) error {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return db.ErrNotFound
	}
	var e event
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		around, err := journal.Read(tx, journal.Filter{After: max(seq-2, 0), Before: seq + 1})
		if err != nil {
			return err
		}
		if len(around) == 0 || around[len(around)-1].Seq != seq {
			return db.ErrNotFound
		}
		if len(around) > 1 {
			e.previous = around[0].Hash
		}
		e.line, err = c.reader(r.Context(), tx).line(around[len(around)-1])
		return err
	})
	if err != nil {
		return err
	}
	title := site.T(r.Context(), "publicregister.event", "seq", seq)
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: title}, eventView(title, e))
}

// link is one line of the public chain. The id is written as a string, because it is longer than the
// numbers that some readers of JSON keep whole.
type link struct {
	Seq    int64  `json:"seq"`
	ID     int64  `json:"id,string"`
	At     int64  `json:"at"` // milliseconds since 1970, UTC
	Kind   string `json:"kind"`
	Digest string `json:"digest"`
	Hash   string `json:"hash"`
}

// chainChunk is how many lines are read in one transaction: a slow reader must not hold one open.
const chainChunk = 1000

// downloadChain streams the whole chain, from which anyone recomputes every hash.
func (c *Component) downloadChain(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Content-Disposition", `attachment; filename="chain.jsonl"`)
	out := json.NewEncoder(w)
	for after := int64(0); ; {
		var events []journal.Event
		err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			events, err = journal.Read(tx, journal.Filter{After: after, Limit: chainChunk})
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := out.Encode(link{e.Seq, e.ID, e.At.UnixMilli(), e.Kind, e.Digest, e.Hash}); err != nil {
				return nil // the reader went away
			}
			after = e.Seq
		}
		if len(events) < chainChunk {
			return nil
		}
	}
}

// verifier is a program of a few lines that verifies the chain, shown on the page: whoever
// does not believe us need not use ours.
//
//go:embed verify.py
var verifier string
