// Package publicregister shows the journal as each may read it: that something happened and
// when is everybody's to know, what it says is for those the act concerns. Anyone may take the
// chain away and recompute it.
package publicregister

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/space"
)

//go:embed locale
var locale embed.FS

// Component shows the journal.
type Component struct{ deps *component.Deps }

var (
	_ component.Component = (*Component)(nil)
	_ component.SpaceTabs = (*Component)(nil)
)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "publicregister" }

// Migrations is nil: the journal is a table of the core.
func (c *Component) Migrations() fs.FS { return nil }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /journal", c.showJournal)
	rt.Handle("GET /journal/chain.jsonl", c.downloadChain)
	rt.Handle("GET /journal/{seq}", c.showEvent)
	rt.Handle("GET /a/{slug}/journal", c.showSpaceJournal)
}

// Tabs adds the space's journal.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	return []component.Tab{{Order: 76, Text: t("publicregister.tab"), Href: a.Space.Path() + "/journal"}}, nil
}
