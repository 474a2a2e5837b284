// Package account is how people sign in (a link by mail, a personal code on paper, a passkey)
// and the page on which they see and mend what the house knows of their sign-ins.
package account

import (
	"context"
	"embed"
	"io/fs"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/web"
)

//go:embed locale
var locale embed.FS

// Component signs people in.
type Component struct {
	deps      *component.Deps
	nextSweep atomic.Int64 // milliseconds since 1970
}

var (
	_ component.Component    = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "account" }

// Migrations is nil: the tables of sign-in belong to package people.
func (c *Component) Migrations() fs.FS { return nil }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /sign-in", c.showSignIn)
	rt.Handle("POST /sign-in/link", c.askLink)
	rt.Handle("GET /sign-in/sent", c.showSent)
	rt.Handle("GET /sign-in/link/{token}", c.showLink)
	rt.Handle("POST /sign-in/link/{token}", c.useLink)
	rt.Handle("GET /code/{code}", c.showCode)
	rt.Handle("POST /sign-in/code", c.useCode)
	rt.Handle("POST /sign-in/passkey/begin", c.beginPasskeySignIn)
	rt.Handle("POST /sign-in/passkey", c.endPasskeySignIn)
	rt.Handle("POST /sign-out", c.signOut)
	rt.Handle("GET /first/{token}", c.showFirst)
	rt.Handle("POST /first/{token}", c.becomeFirst)

	rt.Handle("GET /account", c.showAccount)
	rt.Handle("POST /account/language", c.chooseLanguage)
	rt.Handle("POST /account/sessions/close", c.closeSession)
	rt.Handle("POST /account/sessions/close-all", c.closeSessions)
	rt.Handle("POST /account/passkeys/begin", c.beginPasskey)
	rt.Handle("POST /account/passkeys", c.endPasskey)
	rt.Handle("POST /account/passkeys/remove", c.removePasskey)
	rt.Handle("GET /account/data", c.downloadData)

	rt.Handle("GET /demo", c.showPersonas)
	rt.Handle("POST /demo/{account}", c.becomePersona)
}

// Kinds are the events of links, codes and passkeys, which are no affair of other members.
func (c *Component) Kinds() []component.Kind {
	return []component.Kind{
		{Name: people.LinkSent{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.CodeIssued{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.CodesRevoked{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.PasskeyAdded{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.PasskeyRemoved{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.Founded{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"organisation"}},
	}
}

// Tick sends the links that were asked for and, once an hour, sweeps what is over.
func (c *Component) Tick(ctx context.Context) error {
	if err := c.sendLinks(ctx); err != nil {
		return err
	}
	now := c.deps.Site.DB.Clock()
	next := c.nextSweep.Load()
	if now.UnixMilli() < next || !c.nextSweep.CompareAndSwap(next, now.Add(time.Hour).UnixMilli()) {
		return nil
	}
	return c.deps.Site.DB.Write(ctx, people.Sweep)
}
