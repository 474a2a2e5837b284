// Package talk is what people write to each other around an assembly: the questions they ask, from
// before the session too, and support.
package talk

import (
	"embed"
	"io/fs"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds what is written.
type Component struct{ deps *component.Deps }

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "talk" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who ask, and of those who lead.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/questions", c.showQuestions)
	r.Handle("POST /a/{slug}/questions", c.askQuestion)
	r.Handle("POST /a/{slug}/questions/{id}/support", c.onQuestion("support"))
	r.Handle("POST /a/{slug}/questions/{id}/unsupport", c.onQuestion("unsupport"))
	r.Handle("POST /a/{slug}/questions/{id}/answer", c.onQuestion("answer"))
	r.Handle("POST /a/{slug}/questions/{id}/aside", c.onQuestion("aside"))
	r.Handle("POST /a/{slug}/questions/{id}/reopen", c.onQuestion("reopen"))
	r.Handle("POST /a/{slug}/questions/{id}/merge", c.onQuestion("merge"))
	r.Handle("POST /a/{slug}/questions/{id}/screen", c.onQuestion("screen"))
	r.Handle("POST /a/{slug}/questions/{id}/unscreen", c.onQuestion("unscreen"))
	r.Handle("POST /a/{slug}/questions/{id}/floor", c.onQuestion("floor"))
	r.Handle("POST /a/{slug}/questions/settings", c.saveQuestionSettings)
	r.Handle("GET /a/{slug}/questions.csv", c.exportCSV)
	r.Handle("GET /a/{slug}/questions.json", c.exportJSON)
}

// Kinds tells who may read these events: what is asked, the assembly's members.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: component.ForMembers, PublicFields: fields}
	}
	return []component.Kind{
		kind(Asked{}, "text"), kind(Answered{}, "text", "answer"), kind(SetAside{}, "text", "reason"),
		kind(Merged{}, "text", "into"), kind(Reopened{}, "text"), kind(QuestionsSet{}, "closed"),
	}
}
