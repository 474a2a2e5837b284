// Package tables splits those who meet into small groups and brings them back: each table has its
// question, its floor, its cards and somebody to call for help; what it wrote comes to the plenary.
//
// A round is one such splitting; the space's last is the one that counts. Nothing is kept in memory:
// who sits where is in the rows, and the moment of the return is read from the clock.
package tables

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.LiveTopics   = (*Component)(nil)
	_ component.TableKeeper  = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds the tables of spaces.
type Component struct{ deps *component.Deps }

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "tables" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who lead, and of those who sit.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/tables", c.showTables)
	r.Handle("POST /a/{slug}/tables/new", c.formTables)
	r.Handle("POST /a/{slug}/tables/remix", c.remix)
	r.Handle("POST /a/{slug}/tables/drop", c.lead("", func(f form) act { return c.drop }))
	r.Handle("POST /a/{slug}/tables/arrange", c.lead("#people", func(f form) act { return c.arranged(f) }))
	r.Handle("POST /a/{slug}/tables/describe", c.lead("#people", func(f form) act { return c.described(f) }))
	r.Handle("POST /a/{slug}/tables/start", c.lead("", func(form) act { return c.open }))
	r.Handle("POST /a/{slug}/tables/back", c.lead("", func(f form) act { return c.called(f) }))
	r.Handle("POST /a/{slug}/tables/message", c.lead("", func(f form) act { return c.messaged(f) }))
	r.Handle("POST /a/{slug}/tables/choose", c.chooseTable)
	r.Handle("GET /a/{slug}/tables/console", c.showConsole)
	r.Handle("GET /a/{slug}/tables/harvest", c.showHarvest)
	r.Handle("POST /a/{slug}/tables/harvest", c.gather)
	r.Handle("GET /a/{slug}/tables/cards.csv", c.cardsFile)

	r.Handle("GET /a/{slug}/tables/{table}", c.showTable)
	r.Handle("POST /a/{slug}/tables/{table}/place", c.atTable("", c.placed))
	r.Handle("POST /a/{slug}/tables/{table}/part", c.atTable("#tables-people", c.parted))
	r.Handle("POST /a/{slug}/tables/{table}/help", c.atTable("", c.helped))
	r.Handle("POST /a/{slug}/tables/{table}/answer", c.answerCall)
	r.Handle("POST /a/{slug}/tables/{table}/hand", c.atTable("#tables-floor", c.handed))
	r.Handle("POST /a/{slug}/tables/{table}/floor", c.atTable("#tables-floor", c.floored))
	r.Handle("POST /a/{slug}/tables/{table}/cards", c.atTable("#tables-cards", c.carded))
	r.Handle("POST /a/{slug}/tables/{table}/cards/{card}", c.atTable("#tables-cards", c.recarded))
	r.Handle("POST /a/{slug}/tables/{table}/synthesis", c.atTable("#tables-cards", c.summed))
}
