// Package meeting is the live session of an assembly: people in a hall or at home follow the
// agenda, ask for the floor and speak in turn, on one page that changes in place.
package meeting

import (
	"embed"
	"io/fs"
	"sync"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.PersonalData = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.LiveKeeper   = (*Component)(nil)
	_ component.FloorKeeper  = (*Component)(nil)
	_ component.SpeechKeeper = (*Component)(nil)
	_ component.LiveReader   = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component holds live sessions. What it keeps in memory, any node makes again from the journal.
type Component struct {
	deps *component.Deps
	here presence

	mu       sync.Mutex
	states   map[int64]*State // as of the last look; never changed once kept
	counted  map[int64]countedQuorums
	before   map[int64]earlier
	allParts map[string]part // see [Component.parts]
}

// New makes the component.
func New(deps *component.Deps) *Component {
	return &Component{deps: deps, states: map[int64]*State{}, counted: map[int64]countedQuorums{}, before: map[int64]earlier{}}
}

// Key is the component's name.
func (c *Component) Key() string { return "meeting" }

// Migrations is the component's schema.
func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

// Locale is the component's words.
func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of those who take part, of those who lead, and of the hall's screen.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/live", c.showLive)
	r.Handle("GET /a/{slug}/live/events", c.follow)
	r.Handle("GET /a/{slug}/live/parts", c.showParts)
	r.Handle("POST /a/{slug}/live/hand", c.raiseHand)
	r.Handle("POST /a/{slug}/live/hand/withdraw", c.take(canSpeak, "mine", lower))
	r.Handle("POST /a/{slug}/live/finish", c.take(canSpeak, "mine", finish))
	r.Handle("POST /a/{slug}/live/attend", c.take(canAttend, "attendance", c.attend))
	r.Handle("POST /a/{slug}/live/depart", c.take(canAttend, "attendance", c.depart))
	r.Handle("GET /a/{slug}/live/screen", c.showScreen)

	r.Handle("GET /a/{slug}/meeting.ics", c.showFile)
	r.Handle("GET /calendar", c.showCalendar)
	r.Handle("POST /calendar", c.makeCalendar)
	r.Handle("POST /calendar/drop", c.dropCalendar)
	r.Handle("GET /calendar/{token}", c.feed)

	r.Handle("GET /a/{slug}/live/chair", c.showChair)
	r.Handle("POST /a/{slug}/live/chair/open", c.lead(canPreside, func(form) decision { return openSession }))
	r.Handle("POST /a/{slug}/live/chair/close", c.lead(canPreside, func(form) decision { return closeSession }))
	r.Handle("POST /a/{slug}/live/chair/next", c.lead(canLead, func(f form) decision { return giveNext(f.number("hand")) }))
	r.Handle("POST /a/{slug}/live/chair/give", c.lead(canLead, func(f form) decision { return give(f.number("hand")) }))
	r.Handle("POST /a/{slug}/live/chair/give-to", c.lead(canLead, func(f form) decision { return giveTo(f.text("name")) }))
	r.Handle("POST /a/{slug}/live/chair/end", c.lead(canLead, func(form) decision { return end }))
	r.Handle("POST /a/{slug}/live/chair/move", c.lead(canLead, func(f form) decision {
		return move(f.number("hand"), int(f.number("place")), f.text("reason"))
	}))
	r.Handle("POST /a/{slug}/live/chair/drop", c.lead(canLead, func(f form) decision { return drop(f.number("hand"), f.text("reason")) }))
	r.Handle("POST /a/{slug}/live/chair/item", c.lead(canLead, func(f form) decision { return c.begin(f.number("item")) }))
	r.Handle("POST /a/{slug}/live/chair/rules", c.lead(canLead, func(f form) decision {
		return setRules(int(f.number("seconds")), f.text("auto") != "", Order(f.text("order")), f.text("groups"))
	}))
	r.Handle("POST /a/{slug}/live/chair/message", c.lead(canLead, func(f form) decision { return post(f.text("message")) }))
}
