// Package talk is what people write to each other around an assembly: the questions they ask, from
// before the session too, and support; the chat, with those who lead, and in private where that is
// allowed; reactions, which are counted.
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
	_ component.LiveTopics   = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds what is written.
type Component struct {
	deps  *component.Deps
	heard reactions
}

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
	r.Handle("GET /a/{slug}/chat", c.showChat)
	r.Handle("POST /a/{slug}/chat", c.postMessage)
	r.Handle("POST /a/{slug}/chat/{id}/delete", c.onMessage("delete"))
	r.Handle("POST /a/{slug}/chat/{id}/report", c.onMessage("report"))
	r.Handle("POST /a/{slug}/chat/{id}/hide", c.onMessage("hide"))
	r.Handle("POST /a/{slug}/chat/{id}/unhide", c.onMessage("unhide"))
	r.Handle("POST /a/{slug}/chat/{id}/dismiss", c.onMessage("dismiss"))
	r.Handle("POST /a/{slug}/chat/{id}/mute", c.onMessage("mute"))
	r.Handle("POST /a/{slug}/chat/unmute", c.unmuteAccount)
	r.Handle("POST /a/{slug}/chat/settings", c.saveChatSettings)
	r.Handle("GET /a/{slug}/chat.csv", c.chatFile("csv"))
	r.Handle("GET /a/{slug}/chat.json", c.chatFile("json"))
	r.Handle("POST /a/{slug}/reactions", c.react)
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
		kind(MessageHidden{}, "reason"), kind(MessageShown{}), kind(Muted{}, "reason"), kind(Unmuted{}), kind(ChatSet{}, "closed", "private", "slow"),
	}
}
