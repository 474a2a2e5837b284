// Package voice is the voice and video of a live session: who may be heard and seen follows from the
// session (who leads, who has the floor) and from what those who lead have set. It also holds the
// rehearsal room, and measures how long each voice was heard.
//
// What anybody may send is a pure function ([rights]); every node compares it every few seconds with
// what the server of rooms lets people send, and mends the difference. Nothing else depends on it.
package voice

import (
	"embed"
	"io/fs"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.LiveFollower = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.VoiceKeeper  = (*Component)(nil)
	_ component.VoiceFinder  = (*Component)(nil)

	_ component.VoiceTimeKeeper = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component is voice and video. What it keeps in memory only spares asking too often.
type Component struct {
	deps *component.Deps

	radio radio

	comparing sync.Mutex // held while the rights in a room are compared and mended

	mu      sync.Mutex
	up      bool                // as of the last tick
	checked time.Time           // when the rooms were last compared with the sessions
	told    map[[2]string]told  // by room and identity: what the server of rooms was told a moment ago
	words   map[string][]string // the keys of the words that scripts say, by their prefix
}

// New makes the component.
func New(deps *component.Deps) *Component {
	return &Component{deps: deps, told: map[[2]string]told{}, words: map[string][]string{}}
}

// Key is the component's name.
func (c *Component) Key() string { return "voice" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who enter, and of those who lead.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/voice", c.showVoice)
	r.Handle("POST /a/{slug}/voice/enter", c.enterRoom)
	r.Handle("GET /a/{slug}/voice/listen", c.showListen)
	r.Handle("GET /a/{slug}/voice/plenary.ogg", c.hearPlenary)
	r.Handle("GET /a/{slug}/voice/names", c.tellNames)
	r.Handle("GET /a/{slug}/voice/heard", c.showHeardPage)
	r.Handle("GET /a/{slug}/voice/heard.csv", c.downloadHeard)
	r.Handle("POST /a/{slug}/voice/settings", c.changeSettings)
	r.Handle("POST /a/{slug}/voice/mute", c.toPerson(mute))
	r.Handle("POST /a/{slug}/voice/mute-all", c.muteAll)
	r.Handle("POST /a/{slug}/voice/remove", c.toPerson(remove))
	r.Handle("POST /a/{slug}/voice/ban", c.toPerson(ban))
	r.Handle("POST /a/{slug}/voice/readmit", c.toPerson(readmit))
	r.Handle("GET /a/{slug}/rehearsal", c.showRehearsal)
	r.Handle("POST /a/{slug}/rehearsal/step", c.recordStep)
	r.Handle("POST /a/{slug}/rehearsal/mirror", c.openMirror)
	r.Handle("GET /a/{slug}/rehearsal/people", c.showPeople)
}
