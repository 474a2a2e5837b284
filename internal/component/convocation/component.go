// Package convocation calls members to an assembly: one mail or one letter to each, the proof of
// each sending, and reminders to those who have not voted.
package convocation

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
	_ component.SpaceBlocks  = (*Component)(nil)
	_ component.Preparation  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.MailResult   = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component calls members to an assembly.
type Component struct{ deps *component.Deps }

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "convocation" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who convene, of those who read, and of the links in mails.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/convocation", c.showConvocation)
	r.Handle("POST /a/{slug}/convocation", c.saveText)
	r.Handle("GET /a/{slug}/convocation/preview", c.showPreview)
	r.Handle("GET /a/{slug}/convocation/send", c.showSend)
	r.Handle("POST /a/{slug}/convocation/send", c.send)
	r.Handle("GET /a/{slug}/convocation/progress", c.showProgress)
	r.Handle("GET /a/{slug}/convocation/text", c.showText)
	r.Handle("GET /a/{slug}/convocation/pdf", c.downloadText)

	r.Handle("GET /a/{slug}/convocation/proofs", c.showProofs)
	r.Handle("GET /a/{slug}/convocation/proofs.csv", c.downloadProofs)
	r.Handle("POST /a/{slug}/convocation/proofs/{member}/again", c.sendAgain)

	r.Handle("GET /a/{slug}/convocation/letters", c.showLetters)
	r.Handle("POST /a/{slug}/convocation/letters", c.makeBatches)
	r.Handle("POST /a/{slug}/convocation/letters/{batch}", c.downloadLetters)
	r.Handle("POST /a/{slug}/convocation/letters/{batch}/posted", c.markPosted)

	r.Handle("GET /a/{slug}/convocation/reminders", c.showReminders)
	r.Handle("POST /a/{slug}/convocation/reminders", c.remindNow)
	r.Handle("POST /a/{slug}/convocation/reminders/schedule", c.scheduleReminder)
	r.Handle("POST /a/{slug}/convocation/reminders/{id}/remove", c.removeReminder)
	r.Handle("GET /a/{slug}/convocation/reminders/paper.csv", c.downloadMissing)

	r.Handle("GET /invitation/{space}/{token}", c.showInvitation)
	r.Handle("POST /invitation/{space}/{token}", c.askLink)
	r.Handle("GET /unsubscribe/{token}", c.showUnsubscribe)
	r.Handle("POST /unsubscribe/{token}", c.unsubscribe)
}
