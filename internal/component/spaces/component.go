// Package spaces shows where people meet: the start page, the list of assemblies, the page of each
// with its steps and what one can do now, and what its organisers set: facts, steps, roles,
// statutes, electoral roll. It holds the organisation's own settings too.
package spaces

import (
	"context"
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/space"
)

//go:embed locale
var locale embed.FS

// Component shows spaces.
type Component struct{ deps *component.Deps }

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.Preparation  = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "spaces" }

// Migrations is nil: spaces, roles and electorates are tables of the core.
func (c *Component) Migrations() fs.FS { return nil }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /{$}", c.showHome)
	rt.Handle("GET /a", c.showList)
	rt.Handle("GET /a/new", c.showNew)
	rt.Handle("POST /a/new", c.createSpace)
	rt.Handle("GET /a/{slug}", c.showSpace)
	rt.Handle("GET /a/{slug}/edit", c.showFacts)
	rt.Handle("POST /a/{slug}/edit", c.saveFacts)
	rt.Handle("POST /a/{slug}/edit/archive", c.setArchived(true))
	rt.Handle("POST /a/{slug}/edit/reopen", c.setArchived(false))
	rt.Handle("GET /a/{slug}/second", c.showSecond)
	rt.Handle("POST /a/{slug}/second", c.createSecond)
	rt.Handle("GET /a/{slug}/edit/phases", c.showPhases)
	rt.Handle("POST /a/{slug}/edit/phases", c.savePhases)
	rt.Handle("GET /a/{slug}/edit/roles", c.showRoles)
	rt.Handle("POST /a/{slug}/edit/roles/give", c.giveRole)
	rt.Handle("POST /a/{slug}/edit/roles/take", c.takeRole)
	rt.Handle("GET /a/{slug}/statutes", c.showStatutes)
	rt.Handle("GET /a/{slug}/statutes/edit", c.editStatutes)
	rt.Handle("POST /a/{slug}/statutes/edit", c.saveStatutes)
	rt.Handle("GET /a/{slug}/roll", c.showRoll)
	rt.Handle("POST /a/{slug}/roll", c.drawRoll)
	rt.Handle("GET /a/{slug}/roll/refused", c.showRefused)

	rt.Handle("GET /settings", c.showSettings)
	rt.Handle("POST /settings", c.saveSettings)
	rt.Handle("GET /settings/statutes", c.showDefaultStatutes)
	rt.Handle("POST /settings/statutes", c.saveDefaultStatutes)
	rt.Handle("GET /settings/roles", c.showOrganisationRoles)
	rt.Handle("POST /settings/roles/give", c.giveOrganisationRole)
	rt.Handle("POST /settings/roles/take", c.takeOrganisationRole)

	for _, name := range statements {
		rt.Handle("GET /"+name, c.showStatement(name))
	}
}

// Tabs are the views of a space that are this component's.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	path := a.Space.Path()
	tabs := []component.Tab{
		{Order: 0, Text: t("spaces.tab.home"), Href: path},
		{Order: 68, Text: t("spaces.tab.statutes"), Href: path + "/statutes"},
	}
	if canSeeRoll(a) || a.Viewer.Member != 0 {
		tabs = append(tabs, component.Tab{Order: 72, Text: t("spaces.tab.roll"), Href: path + "/roll"})
	}
	if canEdit(a) {
		tabs = append(tabs, component.Tab{Order: 100, Text: t("spaces.tab.edit"), Href: path + "/edit"})
	}
	return tabs, nil
}

// Kinds are the events of spaces, roles, statutes, rolls and proxies: those of the core, which has no
// component of its own, and the organisation's settings.
func (c *Component) Kinds() []component.Kind {
	public := func(name string, fields ...string) component.Kind {
		return component.Kind{Name: name, Audience: component.ForPublic, PublicFields: fields}
	}
	organisers := func(name string) component.Kind {
		return component.Kind{Name: name, Audience: component.ForOrganisers}
	}
	return []component.Kind{
		// The title of a space that only its participants see is theirs, and so is the rest
		// of what it does: whoever may not see the space reads only that something happened.
		public(space.Created{}.EventKind(), "title"),
		public(space.Changed{}.EventKind(), "title", "visibility"),
		public(space.Archived{}.EventKind(), "title"),
		public(space.Reopened{}.EventKind(), "title"),
		public(space.PhasesChanged{}.EventKind()),
		public(space.RoleGiven{}.EventKind(), "role"),
		public(space.RoleTaken{}.EventKind(), "role"),
		public(electorate.StatutesChanged{}.EventKind()),
		public(electorate.RollDrawn{}.EventKind(), "electors", "votes"),
		organisers(electorate.ProxyGiven{}.EventKind()),
		organisers(electorate.ProxyAnswered{}.EventKind()),
		organisers(electorate.ProxyEnded{}.EventKind()),
		public(IdentityChanged{}.EventKind(), "name"),
		public(DefaultStatutesChanged{}.EventKind()),
	}
}

// Now tells organisers the next step of their preparation.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	return c.nextStep(ctx, tx, a)
}
