// Package poll asks everybody a question, prepared or improvised: quizzes and polls, which decide
// nothing. What is decided is put to the vote by the vote component.
//
// An anonymous poll keeps apart who has answered and what was answered: the answers are counts alone,
// one line per poll. What is not promised: whoever reads the database's own files while people
// answer one at a time could compare the counts between two answers. A secret vote is another thing.
package poll

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
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds quizzes and polls.
type Component struct{ deps *component.Deps }

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "poll" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who answer, and of those who lead.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/polls", c.showPolls)
	r.Handle("GET /a/{slug}/polls/new", c.showNew)
	r.Handle("POST /a/{slug}/polls/new", c.add)
	r.Handle("GET /a/{slug}/polls/{id}", c.showPoll)
	r.Handle("GET /a/{slug}/polls/{id}/edit", c.showEdit)
	r.Handle("POST /a/{slug}/polls/{id}/edit", c.save)
	r.Handle("POST /a/{slug}/polls/{id}/answer", c.answer)
	for act, do := range acts {
		r.Handle("POST /a/{slug}/polls/{id}/"+act, c.lead(do))
	}
	r.Handle("GET /a/{slug}/polls.csv", c.exportCSV)
	r.Handle("GET /a/{slug}/polls.json", c.exportJSON)
}

// Kinds tells who may read these events: what is asked, the assembly's members. No event says an
// answer, nor that somebody answered.
// A word that was taken out is read by organisers alone.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: component.ForMembers, PublicFields: []string{"question", "answered"}}
	}
	return []component.Kind{kind(Started{}), kind(Stopped{}), kind(WordHidden{}), kind(WordShown{})}
}
