// Package proxy lets electors give another the right to vote for them, answer those who ask them
// to, and take it back; officers enter the proxies that come on paper. What a proxy is and which
// may be given stands in electorate and statute.
package proxy

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component is the proxies.
type Component struct {
	deps  *component.Deps
	rules electorate.Rulebook
}

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "proxy" }

// Migrations are what is kept of papers; the proxies themselves are tables of the core.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of the electors, then of the officers.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/proxy", c.showOwn)
	r.Handle("POST /a/{slug}/proxy", c.giveOwn)
	r.Handle("GET /a/{slug}/proxy/form.pdf", c.showForm)
	r.Handle("POST /a/{slug}/proxy/{id}/withdraw", c.withdrawOwn)
	r.Handle("POST /a/{slug}/proxy/{id}/answer", c.answerOwn)
	r.Handle("POST /a/{slug}/proxy/{id}/return", c.returnOwn)

	r.Handle("GET /a/{slug}/proxies", c.showAll)
	r.Handle("GET /a/{slug}/proxies.csv", c.exportCSV)
	r.Handle("GET /a/{slug}/proxies/holders", c.showHolders)
	r.Handle("GET /a/{slug}/proxies/new", c.showPaper)
	r.Handle("POST /a/{slug}/proxies/new", c.enterPaper)
	r.Handle("GET /a/{slug}/proxies/{id}", c.showOne)
	r.Handle("GET /a/{slug}/proxies/{id}/scan", c.showScan)
	r.Handle("POST /a/{slug}/proxies/{id}/cancel", c.cancelPaper)
}

// Kinds are the events of papers; those of proxies are the core's.
func (c *Component) Kinds() []component.Kind {
	return []component.Kind{
		{Name: ScanKept{}.EventKind(), Audience: component.ForOrganisers},
		{Name: PaperCancelled{}.EventKind(), Audience: component.ForOrganisers},
	}
}
