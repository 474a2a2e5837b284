package component

import (
	"net/http"
	"sort"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/platform/pages"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/transcribe"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Deps is what the house gives every component.
type Deps struct {
	Site *site.Site
	// Blobs keeps the files people bring.
	Blobs *blob.Store
	// Live tells open pages what has changed.
	Live *live.Hub
	// Rooms is voice and video; it may be off or out of order ([room.Server.Up]).
	Rooms room.Server
	// Pages makes pictures of the pages of a PDF.
	Pages pages.Renderer
	// Scratch is a folder of this node for what is being written: it outlives the program, no backup has it.
	Scratch string
	// All lists every component, in the order of the house: what each has to say is asked
	// through the optional interfaces (see [Ask]).
	All func() []Component
	// MailServer tells whether mails leave the house; without a server they stay in the outbox.
	MailServer bool
	// Drand is the address of a drand relay from which the round announced for a draw may be
	// fetched; "" for none.
	Drand string
	// Engine writes what is said; nil for none.
	Engine *transcribe.Engine
}

// Ask calls fn for every component that fulfils T.
func Ask[T any](d *Deps, fn func(T) error) error {
	for _, c := range d.All() {
		if t, ok := c.(T); ok {
			if err := fn(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// InSpace runs fn in a read transaction with what the viewer may do in the space whose slug
// is in the address ("{slug}").
func (d *Deps) InSpace(r *http.Request, fn func(tx *db.Tx, a space.Access) error) error {
	return d.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		a, err := space.Enter(tx, r.PathValue("slug"), site.Viewer(r.Context()))
		if err != nil {
			return err
		}
		return fn(tx, a)
	})
}

// ChangeSpace is [Deps.InSpace] in a transaction that writes.
func (d *Deps) ChangeSpace(r *http.Request, fn func(tx *db.Tx, a space.Access) error) error {
	return d.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		a, err := space.Enter(tx, r.PathValue("slug"), site.Viewer(r.Context()))
		if err != nil {
			return err
		}
		return fn(tx, a)
	})
}

// SpacePage is a page of a space.
type SpacePage struct {
	Access space.Access
	Title  string
	Status int // 200 when zero
	View   templ.Component
	Again  int // seconds after which a browser without scripts asks for it anew; 0: never
}

// RenderSpace shows a page of a space under its name and its tabs. Call it outside any
// transaction.
func (d *Deps) RenderSpace(w http.ResponseWriter, r *http.Request, p SpacePage) error {
	site.From(r.Context()).Zone = p.Access.Space.Zone()
	var tabs []Tab
	t := func(key string, args ...any) string { return site.T(r.Context(), key, args...) }
	err := d.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		return Ask(d, func(c SpaceTabs) error {
			more, err := c.Tabs(tx, p.Access, t)
			tabs = append(tabs, more...)
			return err
		})
	})
	if err != nil {
		return err
	}
	sort.SliceStable(tabs, func(i, j int) bool { return tabs[i].Order < tabs[j].Order })
	status := p.Status
	if status == 0 {
		status = http.StatusOK
	}
	title := p.Access.Space.Title
	if p.Title != "" {
		title = p.Title + " · " + title
	}
	return d.Site.Render(w, r, status, site.Page{Title: title, Again: p.Again, Zone: p.Access.Space.Zone()},
		spaceFrame(p, tabs, r.URL.Path))
}
