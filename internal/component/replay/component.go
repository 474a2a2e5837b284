// Package replay records a live session, for whom it says so and who agrees, and shows it again
// afterwards: the voices of those who had the floor, with what everybody saw and read meanwhile.
//
// Of a session only the voice of whoever has the floor is written, and only when they agree; who has
// not answered is not given the microphone (see [Component.Unsettled]). Everything else that a replay
// shows is in the journal.
package replay

import (
	"embed"
	"io/fs"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component        = (*Component)(nil)
	_ component.JournalKinds     = (*Component)(nil)
	_ component.Evidence         = (*Component)(nil)
	_ component.Exporter         = (*Component)(nil)
	_ component.PersonalData     = (*Component)(nil)
	_ component.SpaceNow         = (*Component)(nil)
	_ component.SpaceTabs        = (*Component)(nil)
	_ component.LivePanels       = (*Component)(nil)
	_ component.LiveFollower     = (*Component)(nil)
	_ component.Ticker           = (*Component)(nil)
	_ component.MicrophoneKeeper = (*Component)(nil)
	_ component.DebateKeeper     = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component is recordings and replays. What it keeps in memory only spares asking too often.
type Component struct {
	deps    *component.Deps
	looking sync.Mutex // held while recordings are begun and ended

	mu   sync.Mutex
	aged time.Time // when it was last looked for what is too old
}

// New makes the component.
func New(deps *component.Deps) *Component { return &Component{deps: deps} }

// Key is the component's name.
func (c *Component) Key() string { return "replay" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who are recorded, and of the bureau.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/replay", c.showReplay)
	r.Handle("GET /a/{slug}/replay/{speech}", c.serveSound)
	r.Handle("GET /a/{slug}/recording", c.showRecording)
	r.Handle("POST /a/{slug}/recording/answer", c.act(c.respond))
	r.Handle("POST /a/{slug}/recording/start", c.act(c.start))
	r.Handle("POST /a/{slug}/recording/stop", c.act(c.stop))
	r.Handle("POST /a/{slug}/recording/publish", c.act(c.publish))
	r.Handle("POST /a/{slug}/recording/withdraw", c.act(c.withdraw))
	r.Handle("POST /a/{slug}/recording/erase", c.act(c.eraseAll))
}
