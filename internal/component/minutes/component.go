// Package minutes writes down what an assembly was: the attendance sheet that its bureau
// certifies, the minutes that it approves, and the legal file that holds both with all that they
// rest on.
package minutes

import (
	"embed"
	"io/fs"
	"net/http"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component writes down what an assembly was.
type Component struct {
	deps      *component.Deps
	verifying chan struct{} // as many legal files are verified at once as it holds
}

// New makes the component.
func New(deps *component.Deps) *Component {
	return &Component{deps: deps, verifying: make(chan struct{}, 2)}
}

// Key is the component's name.
func (c *Component) Key() string { return "minutes" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of the door, the bureau, those who write and those who read.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/attendance", c.showAttendance)
	r.Handle("POST /a/{slug}/attendance/arrivals", c.signInAtDoor)
	r.Handle("POST /a/{slug}/attendance/arrivals/undo", c.undoSignIn)
	r.Handle("GET /a/{slug}/attendance.pdf", c.downloadSheetPDF)
	r.Handle("GET /a/{slug}/attendance.csv", c.downloadSheetCSV)
	r.Handle("GET /a/{slug}/attendance/sign", c.showSign)
	r.Handle("POST /a/{slug}/attendance/sign", c.signSheetPage)
	r.Handle("POST /a/{slug}/attendance/reopen", c.reopenSheet)

	r.Handle("GET /a/{slug}/minutes", c.showMinutes)
	r.Handle("GET /a/{slug}/minutes.pdf", c.downloadMinutes)
	r.Handle("GET /a/{slug}/minutes/edit", c.showEdit)
	r.Handle("POST /a/{slug}/minutes/edit", c.saveEdit)
	r.Handle("GET /a/{slug}/minutes/versions", c.showVersions)
	r.Handle("POST /a/{slug}/minutes/draft", c.act(func(r *http.Request, a space.Access) error {
		return c.DraftMinutes(r.Context(), a, site.From(r.Context()).Lang)
	}))
	r.Handle("POST /a/{slug}/minutes/debates", c.act(func(r *http.Request, a space.Access) error {
		return c.AddDebates(r.Context(), a, r.PostFormValue("written") != "", r.PostFormValue("again") != "")
	}))
	r.Handle("POST /a/{slug}/minutes/restore", c.act(func(r *http.Request, a space.Access) error {
		return c.RestoreVersion(r.Context(), a, formVersion(r, "number"))
	}))
	r.Handle("POST /a/{slug}/minutes/show", c.act(func(r *http.Request, a space.Access) error {
		return c.ShowDraft(r.Context(), a, r.PostFormValue("shown") == "yes")
	}))
	r.Handle("POST /a/{slug}/minutes/submit", c.act(func(r *http.Request, a space.Access) error {
		return c.Submit(r.Context(), a, formVersion(r, "version"))
	}))
	r.Handle("POST /a/{slug}/minutes/withdraw", c.act(func(r *http.Request, a space.Access) error { return c.Withdraw(r.Context(), a) }))
	r.Handle("POST /a/{slug}/minutes/approve", c.act(func(r *http.Request, a space.Access) error {
		return c.Approve(r.Context(), a, formVersion(r, "version"))
	}))
	r.Handle("POST /a/{slug}/minutes/rectify", c.act(func(r *http.Request, a space.Access) error {
		return c.Rectify(r.Context(), a, r.PostFormValue("text"))
	}))

	r.Handle("GET /a/{slug}/legal-file", c.showLegalFile)
	r.Handle("POST /a/{slug}/legal-file", c.downloadLegalFile)
	r.Handle("GET /verify/file", c.showVerify)
	r.Handle("POST /verify/file", c.verifyUpload)
	r.Handle("GET /verify/key.pem", c.showKey)
}
