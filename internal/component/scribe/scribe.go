package scribe

import (
	"errors"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/transcribe"
	"isegoria.org/isegoria/internal/space"
)

// Settings are how a machine writes what is said in a space's session.
type Settings struct {
	Space   int64
	Active  bool
	Lang    string
	Host    string // where voices are sent, as people were told
	Trouble Trouble
	Lost    int // passages that were not written since it was switched on

	node string
	beat time.Time
}

// Trouble is why nothing is written.
type Trouble string

const (
	NoTrouble Trouble = ""
	Down      Trouble = "down"    // the engine does not answer
	Refusal   Trouble = "refused" // it does not take what it is sent
)

func troubleOf(err error) Trouble {
	var refused *transcribe.Refused
	switch {
	case err == nil:
		return NoTrouble
	case errors.As(err, &refused):
		return Refusal
	default:
		return Down
	}
}

// on tells whether voices are sent: it was switched on, and for the engine that is configured now.
func (c *Component) on(s Settings) bool {
	return s.Active && c.deps.Engine != nil && s.Host == c.deps.Engine.Host()
}

// The words that tell pages what has changed.
const (
	changed     = "scribe"
	changedLead = "scribe-lead"
)

// start has voices sent to the engine from now on.
func (c *Component) start(tx *db.Tx, a space.Access, lang string) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	engine := c.deps.Engine
	switch {
	case engine == nil:
		return fault.New(fault.Conflict, "scribe.no_engine")
	case !c.deps.Rooms.Hears():
		return fault.New(fault.Conflict, "scribe.no_voices")
	case !slices.Contains(engine.Languages(), lang):
		return fault.Fields{"lang": fault.New(fault.Invalid, "scribe.lang.missing")}
	}
	if err := (Settings{Space: a.Space.ID, Active: true, Lang: lang, Host: engine.Host()}).save(tx); err != nil {
		return err
	}
	return c.switched(tx, a, Started{engine.Host(), lang})
}

// stop has none sent any more.
func (c *Component) stop(tx *db.Tx, a space.Access, _ string) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	s, err := settings(tx, a.Space.ID)
	if err != nil || !s.Active {
		return err
	}
	s.Active = false
	if err := s.save(tx); err != nil {
		return err
	}
	return c.switched(tx, a, Stopped{})
}

// switched ends what listens under the settings from before, and tells everybody.
func (c *Component) switched(tx *db.Tx, a space.Access, event journal.Payload) error {
	tx.AfterCommit(func() { c.end(a.Space.ID) })
	c.deps.LiveChanged(tx, a.Space.ID, changed)
	_, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, event)
	return err
}

type (
	// Started is the event of voices being sent to a machine from now on.
	Started struct {
		Host string `json:"host"`
		Lang string `json:"lang"`
	}
	// Stopped is the event of their no longer being so.
	Stopped struct{}
)

func (Started) EventKind() string { return "scribe.started" }
func (Stopped) EventKind() string { return "scribe.stopped" }

// Kinds tells who may read these events: everybody.
func (c *Component) Kinds() []component.Kind {
	return []component.Kind{{Name: Started{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"host", "lang"}},
		{Name: Stopped{}.EventKind(), Audience: component.ForPublic}}
}
