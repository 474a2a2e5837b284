// Package register is the register of members as administrators keep it: the list, each
// member's page with its history, imports and exports, and what the law gives each person over
// their data.
package register

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

//go:embed locale
var locale embed.FS

// Component keeps the register.
type Component struct {
	deps *component.Deps
	// jobs are the imports at work on this node, by id: their progress, to the line. The
	// database knows it to the second.
	jobs      sync.Map
	nextPurge atomic.Int64 // milliseconds since 1970
}

var (
	_ component.Component    = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
)

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "register" }

// Migrations is nil: the register belongs to package people.
func (c *Component) Migrations() fs.FS { return nil }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes registers the pages. All are for administrators of the organisation.
func (c *Component) Routes(rt *web.Router) {
	rt.Handle("GET /register", administrators(c.showList))
	rt.Handle("GET /register/new", administrators(c.showNew))
	rt.Handle("POST /register/new", administrators(c.addMember))
	rt.Handle("GET /register/export.csv", administrators(c.exportCSV))
	rt.Handle("GET /register/export.json", administrators(c.exportJSON))
	rt.Handle("GET /register/member/{id}", administrators(c.showMember))
	rt.Handle("GET /register/member/{id}/edit", administrators(c.showEdit))
	rt.Handle("POST /register/member/{id}/edit", administrators(c.changeMember))
	rt.Handle("POST /register/member/{id}/leave", administrators(c.leave))
	rt.Handle("GET /register/member/{id}/data.zip", administrators(c.downloadData))
	rt.Handle("GET /register/member/{id}/erase", administrators(c.showErase))
	rt.Handle("POST /register/member/{id}/erase", administrators(c.erase))
	rt.Handle("GET /register/import", administrators(c.showImports))
	rt.Handle("POST /register/import", administrators(c.upload))
	rt.Handle("GET /register/import/{id}", administrators(c.showImport))
	rt.Handle("POST /register/import/{id}", administrators(c.setMapping))
	rt.Handle("POST /register/import/{id}/colleges", administrators(c.setColleges))
	rt.Handle("POST /register/import/{id}/apply", administrators(c.applyImport))
	rt.Handle("POST /register/import/{id}/drop", administrators(c.dropImport))
	rt.Handle("GET /register/import/{id}/progress", administrators(c.showProgress))
	rt.Handle("GET /register/import/{id}/refused.csv", administrators(c.downloadRefused))
}

// administrators lets only them in.
func administrators(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := site.MustAdminister(r); err != nil {
			return err
		}
		return h(w, r)
	}
}

// Kinds are the events of the register and of accounts that this component tells.
func (c *Component) Kinds() []component.Kind {
	counts := []string{"lines", "added", "changed", "unchanged", "refused", "sha256"}
	return []component.Kind{
		{Name: people.SignedIn{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.SignedOut{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.AccountOpened{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.MemberChanged{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.MemberErased{}.EventKind(), Audience: component.ForOrganisers},
		{Name: people.RegisterImported{}.EventKind(), Audience: component.ForMembers, PublicFields: counts},
	}
}

// Tick forgets old imports once an hour: their files and lists hold personal data.
func (c *Component) Tick(ctx context.Context) error {
	now := c.deps.Site.DB.Clock()
	next := c.nextPurge.Load()
	if now.UnixMilli() < next || !c.nextPurge.CompareAndSwap(next, now.Add(time.Hour).UnixMilli()) {
		return nil
	}
	return c.deps.Site.DB.Write(ctx, people.PurgeImports)
}

// french gives words where there is no reader whose language could be asked.
func (c *Component) french(key string, args ...any) string {
	return c.deps.Site.Words.T(i18n.French, key, args...)
}
