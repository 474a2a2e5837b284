// Package scribe has a machine write what is said in a live session, where those who lead have switched
// it on: an engine at an address of the operator's choice (see package transcribe). Everybody is told
// on every page as long as it is on. What is sent is the voice of whoever is heard in plenary; what
// comes back are captions, which the stage keeps, and which people correct.
package scribe

import (
	"crypto/rand"
	"embed"
	"io/fs"
	"sync"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component is what machines write. It keeps in memory the voices that wait to be sent, and nothing else.
type Component struct {
	deps *component.Deps
	node string // tells this process from others that serve the same session

	mu   sync.Mutex
	ears map[int64]*ear // by space
}

// New makes the component.
func New(deps *component.Deps) *Component {
	return &Component{deps: deps, node: rand.Text(), ears: map[int64]*ear{}}
}

// Key is the component's name.
func (c *Component) Key() string { return "scribe" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who are told, and of those who lead.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/machine-captions", c.showScribe)
	r.Handle("POST /a/{slug}/machine-captions/start", c.act(c.start))
	r.Handle("POST /a/{slug}/machine-captions/stop", c.act(c.stop))
}
