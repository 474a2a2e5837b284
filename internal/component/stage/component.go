// Package stage is what an assembly looks at together in its live session: slides whose pages are
// turned for everybody, with a pointer and drawings over them, a film played in step, a clock, the
// text of a resolution with what changed; and what is said, typed as it is said.
package stage

import (
	"embed"
	"io/fs"
	"sync"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.SlideKeeper  = (*Component)(nil)
	_ component.LiveTopics   = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)

	_ component.PresenterKeeper = (*Component)(nil)
	_ component.CaptionKeeper   = (*Component)(nil)
	_ component.PersonalData    = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds what sessions show.
type Component struct {
	deps *component.Deps

	rendering sync.Mutex // one deck at a time on this node
	pace      pace
	changes   compared
}

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "stage" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who follow, of who presents, and of those who lead.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/stage", c.showStage)
	r.Handle("GET /a/{slug}/stage/deck/{deck}/{page}", c.servePage)
	r.Handle("GET /a/{slug}/stage/deck/{deck}/{page}/{size}", c.servePicture)
	r.Handle("GET /a/{slug}/stage/deck/{deck}/file", c.serveDeck)
	r.Handle("POST /a/{slug}/stage/page", c.act(c.turnPage))
	r.Handle("POST /a/{slug}/stage/pointer", c.point)
	r.Handle("POST /a/{slug}/stage/stroke", c.act(c.draw))
	r.Handle("POST /a/{slug}/stage/erase", c.act(c.erase))

	r.Handle("GET /a/{slug}/stage/prepare", c.showPrepare)
	r.Handle("GET /a/{slug}/stage/prepare/progress", c.showProgress)
	r.Handle("POST /a/{slug}/stage/decks", c.uploadDeck)
	r.Handle("POST /a/{slug}/stage/decks/from", c.act(c.fromDocument))
	r.Handle("POST /a/{slug}/stage/decks/{deck}/remove", c.act(c.removeDeck))
	r.Handle("POST /a/{slug}/stage/show", c.act(c.show))
	r.Handle("POST /a/{slug}/stage/presenter", c.act(c.handOver))
	r.Handle("POST /a/{slug}/stage/clock", c.act(c.setClock))

	r.Handle("GET /a/{slug}/stage/film/{film}/{part}", c.serveFilm)
	r.Handle("GET /a/{slug}/stage/time", c.showTime)
	r.Handle("POST /a/{slug}/stage/film", c.act(c.playFilm))
	r.Handle("POST /a/{slug}/stage/films", c.addFilm)
	r.Handle("POST /a/{slug}/stage/films/{film}/remove", c.act(c.removeFilm))

	r.Handle("GET /a/{slug}/captions", c.showCaptions)
	r.Handle("GET /a/{slug}/captions/{file}", c.serveCaptions)
	r.Handle("POST /a/{slug}/captions", c.typeCaption)
	r.Handle("POST /a/{slug}/captions/{line}/correct", c.mend(c.correctCaption))
	r.Handle("POST /a/{slug}/captions/{line}/remove", c.mend(c.removeCaption))
	r.Handle("POST /a/{slug}/stage/captioners", c.act(c.nameCaptioner))
	r.Handle("POST /a/{slug}/stage/captioners/remove", c.act(c.removeCaptioner))
}
