// Package outbox shows the organisation's administrators the mails of the queue: what left, what was
// refused and why, and, where no mail server is set, what they say.
package outbox

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

//go:embed locale
var locale embed.FS

// Component shows the mails of the queue.
type Component struct{ deps *component.Deps }

var _ component.Component = (*Component)(nil)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "outbox" }

// Migrations is nil: the queue belongs to package mail.
func (c *Component) Migrations() fs.FS { return nil }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /outbox", c.showList)
	rt.Handle("GET /outbox/{id}", c.showMail)
	rt.Handle("GET /outbox/{id}/page", c.showPage)
}
