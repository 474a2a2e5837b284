// Package agenda is what an assembly will speak about, in which order and for how long, and the
// documents put at everybody's disposal for it.
package agenda

import (
	"context"
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/space"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds agendas and documents.
type Component struct{ deps *component.Deps }

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceBlocks  = (*Component)(nil)
	_ component.Preparation  = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Successor    = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "agenda" }

// Migrations is the schema of agendas.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /a/{slug}/agenda", c.showAgenda)
	rt.Handle("GET /a/{slug}/agenda/new", c.showNewItem)
	rt.Handle("POST /a/{slug}/agenda/new", c.addItem)
	rt.Handle("GET /a/{slug}/agenda/{item}/edit", c.showItem)
	rt.Handle("POST /a/{slug}/agenda/{item}/edit", c.saveItem)
	rt.Handle("POST /a/{slug}/agenda/{item}/move", c.moveItem)
	rt.Handle("POST /a/{slug}/agenda/{item}/remove", c.removeItem)
	rt.Handle("GET /a/{slug}/documents/new", c.showNewDocument)
	rt.Handle("POST /a/{slug}/documents/new", c.addDocument)
	rt.Handle("GET /a/{slug}/documents/{document}", c.serveDocument)
	rt.Handle("POST /a/{slug}/documents/{document}/remove", c.removeDocument)
}

// Tabs adds the agenda.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	return []component.Tab{{Order: 10, Text: t("agenda.tab"), Href: a.Space.Path() + "/agenda"}}, nil
}

// Steps is the agenda's part of the preparation.
func (c *Component) Steps(tx *db.Tx, a space.Access, t component.Translate) ([]component.PrepStep, error) {
	var n int
	err := tx.Row("SELECT count(*) FROM agenda_item WHERE space_id = $1", []any{a.Space.ID}, &n)
	return []component.PrepStep{{Order: 40, Text: t("agenda.prepare"), Done: n > 0, Href: a.Space.Path() + "/agenda"}}, err
}

// Blocks shows the agenda on the space's first page.
func (c *Component) Blocks(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Block, error) {
	g, err := load(tx, a)
	if err != nil || g.empty() {
		return nil, err
	}
	return []component.Block{{Order: 60, View: blockView(g)}}, nil
}

// Kinds are the events of agendas and documents: whoever may see the space may read them.
func (c *Component) Kinds() []component.Kind {
	kind := func(name string, fields ...string) component.Kind {
		return component.Kind{Name: name, Audience: component.ForPublic, PublicFields: fields}
	}
	return []component.Kind{
		kind(ItemAdded{}.EventKind(), "title"), kind(ItemChanged{}.EventKind(), "title"),
		kind(ItemMoved{}.EventKind(), "title", "position"), kind(ItemRemoved{}.EventKind(), "title"),
		kind(DocumentAdded{}.EventKind(), "title", "name", "sha256"), kind(DocumentRemoved{}.EventKind(), "title", "name", "sha256"),
	}
}
