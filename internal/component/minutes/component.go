// Package minutes writes down what an assembly was: the attendance sheet that its bureau
// certifies, the minutes that it approves, and the legal file that holds both with all that they
// rest on.
package minutes

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component writes down what an assembly was.
type Component struct{ deps *component.Deps }

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "minutes" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of the door and the bureau.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/attendance", c.showAttendance)
	r.Handle("POST /a/{slug}/attendance/arrivals", c.signInAtDoor)
	r.Handle("POST /a/{slug}/attendance/arrivals/undo", c.undoSignIn)
	r.Handle("GET /a/{slug}/attendance.pdf", c.downloadSheetPDF)
	r.Handle("GET /a/{slug}/attendance.csv", c.downloadSheetCSV)
	r.Handle("GET /a/{slug}/attendance/sign", c.showSign)
	r.Handle("POST /a/{slug}/attendance/sign", c.signSheetPage)
	r.Handle("POST /a/{slug}/attendance/reopen", c.reopenSheet)
}
