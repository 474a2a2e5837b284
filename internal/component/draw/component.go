// Package draw draws panels by lot in a space: volunteers apply or are imported, quotas are
// checked, the lottery is computed, its list published, its number drawn in public, and the
// seats of those who decline are drawn again. The science is package sortition.
package draw

import (
	"embed"
	"io/fs"
	"sync"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component draws panels by lot.
type Component struct {
	deps *component.Deps
	busy sync.Mutex // held while a lottery is computed: one at a time on a node
}

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "draw" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of everybody, of those who organise, and of the volunteers' links.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/draws", c.showDraws)
	r.Handle("GET /a/{slug}/draws/{id}", c.showCeremony)
	r.Handle("GET /a/{slug}/draws/{id}/live/{round}", c.showLive)
	r.Handle("GET /a/{slug}/draws/{id}/files/{round}/{file}", c.serveFile)

	r.Handle("GET /a/{slug}/draws/new", c.showNew)
	r.Handle("POST /a/{slug}/draws/new", c.create)
	r.Handle("GET /a/{slug}/draws/{id}/edit", c.showEdit)
	r.Handle("POST /a/{slug}/draws/{id}/edit", c.edit)
	r.Handle("GET /a/{slug}/draws/{id}/prepare", c.showPrepare)
	r.Handle("GET /a/{slug}/draws/{id}/categories", c.showCategories)
	r.Handle("POST /a/{slug}/draws/{id}/categories", c.saveCategories)
	r.Handle("GET /a/{slug}/draws/{id}/application", c.showApplication)
	r.Handle("POST /a/{slug}/draws/{id}/application", c.saveApplication)
	r.Handle("POST /a/{slug}/draws/{id}/application/close", c.closeApplication)
	r.Handle("GET /a/{slug}/draws/{id}/import", c.showImport)
	r.Handle("POST /a/{slug}/draws/{id}/import", c.upload)
	r.Handle("GET /a/{slug}/draws/{id}/import/columns", c.showColumns)
	r.Handle("POST /a/{slug}/draws/{id}/import/columns", c.importColumns)
	r.Handle("GET /a/{slug}/draws/{id}/quotas", c.showQuotas)
	r.Handle("POST /a/{slug}/draws/{id}/quotas", c.saveQuotas)
	r.Handle("POST /a/{slug}/draws/{id}/quotas/check", c.checkQuotas)
	r.Handle("POST /a/{slug}/draws/{id}/quotas/accept", c.acceptChange)

	r.Handle("GET /a/{slug}/draws/{id}/ties", c.showTies)
	r.Handle("POST /a/{slug}/draws/{id}/ties", c.addTie)
	r.Handle("POST /a/{slug}/draws/{id}/ties/{nth}/drop", c.dropTie)
	r.Handle("GET /a/{slug}/draws/{id}/constituencies", c.showConstituencies)
	r.Handle("POST /a/{slug}/draws/{id}/constituencies", c.saveConstituencies)
	r.Handle("GET /a/{slug}/draws/{id}/letters", c.showLetters)
	r.Handle("POST /a/{slug}/draws/{id}/letters", c.sendRegister)
	r.Handle("GET /a/{slug}/draws/{id}/letters/choose", c.showLettersChoice)
	r.Handle("POST /a/{slug}/draws/{id}/letters/choose", c.drawTheLetters)
	r.Handle("GET /a/{slug}/draws/{id}/letters/{file}", c.serveLetters)

	r.Handle("POST /a/{slug}/draws/{id}/compute", c.compute)
	r.Handle("GET /a/{slug}/draws/{id}/progress", c.showProgress)
	r.Handle("POST /a/{slug}/draws/{id}/stop", c.stop)
	r.Handle("POST /a/{slug}/draws/{id}/restart", c.restart)
	r.Handle("POST /a/{slug}/draws/{id}/discard", c.discard)
	r.Handle("POST /a/{slug}/draws/{id}/relax", c.relax)
	r.Handle("POST /a/{slug}/draws/{id}/publish", c.publish)
	r.Handle("POST /a/{slug}/draws/{id}/die", c.enterDie)
	r.Handle("POST /a/{slug}/draws/{id}/strike", c.strikeDie)
	r.Handle("POST /a/{slug}/draws/{id}/beacon", c.enterBeacon)
	r.Handle("POST /a/{slug}/draws/{id}/beacon/fetch", c.fetchBeacon)
	r.Handle("POST /a/{slug}/draws/{id}/proclaim", c.proclaim)

	r.Handle("GET /a/{slug}/draws/{id}/volunteers", c.showVolunteers)
	r.Handle("GET /a/{slug}/draws/{id}/volunteers.csv", c.exportVolunteers)
	r.Handle("POST /a/{slug}/draws/{id}/volunteers/{volunteer}/answer", c.recordAnswer)
	r.Handle("POST /a/{slug}/draws/{id}/invite", c.invite)
	r.Handle("POST /a/{slug}/draws/{id}/alternates", c.nameAlternates)
	r.Handle("POST /a/{slug}/draws/{id}/replace", c.replace)

	r.Handle("GET /apply/{id}", c.showApply)
	r.Handle("POST /apply/{id}", c.apply)
	r.Handle("GET /apply/{id}/link", c.showLink)
	r.Handle("POST /apply/{id}/link", c.askLink)
	r.Handle("GET /volunteer/{token}", c.showOwn)
	r.Handle("POST /volunteer/{token}/{act}", c.actOwn)
}
