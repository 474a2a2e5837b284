package stage

import (
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/space"
)

// The events of what is shown.
type (
	// DeckAdded is the event of slides brought; people see them once they are shown.
	DeckAdded struct {
		Title  string `json:"title"`
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	}
	// DeckRemoved is the event of slides taken away before anybody was shown them.
	DeckRemoved struct {
		Title string `json:"title"`
	}
	// Shown is the event of something being put before everybody. SHA256 is that of a file.
	Shown struct {
		Showing Showing `json:"showing"`
		Title   string  `json:"title"`
		SHA256  string  `json:"sha256,omitempty"`
	}
	// Hidden is the event of nothing being shown any more.
	Hidden struct{}
	// PageTurned is the event of a page turned for everybody.
	PageTurned struct {
		Deck int64 `json:"deck,string"`
		Page int   `json:"page"`
	}
	// PresenterNamed is the event of the slides being handed to somebody; Account 0: taken back.
	PresenterNamed struct {
		Account int64  `json:"account"`
		Name    string `json:"name"`
	}
	// Drawn is the event of a line drawn over a page, Erased that of all of them taken off.
	Drawn struct {
		Deck   int64  `json:"deck,string"`
		Page   int    `json:"page"`
		Points string `json:"points"`
	}
	// Erased is the event of a page's drawings taken off.
	Erased struct {
		Deck int64 `json:"deck,string"`
		Page int   `json:"page"`
	}
	// ClockSet is the event of a clock started for everybody; Minutes 0: taken away.
	ClockSet struct {
		Text    string `json:"text"`
		Minutes int    `json:"minutes"`
	}
	// FilmAdded is the event of a film brought, FilmRemoved that of one taken away unseen.
	FilmAdded struct {
		Title  string `json:"title"`
		SHA256 string `json:"sha256,omitempty"`
		URL    string `json:"url,omitempty"`
	}
	// FilmRemoved is the event of a film taken away before anybody was shown it.
	FilmRemoved struct {
		Title string `json:"title"`
	}
	// FilmMoved is the event of the film being played or stopped at a place, in seconds.
	FilmMoved struct {
		Film    int64   `json:"film,string"`
		Playing bool    `json:"playing"`
		Seconds float64 `json:"seconds"`
	}
	// CaptionerNamed and CaptionerRemoved are the events of who types what is said.
	CaptionerNamed struct {
		Name string `json:"name"`
		Lang string `json:"lang"`
	}
	// CaptionerRemoved is the event of somebody no longer typing.
	CaptionerRemoved struct {
		Name string `json:"name"`
		Lang string `json:"lang"`
	}
	// CaptionTyped is the event of a line of what is said.
	CaptionTyped struct {
		ID   int64  `json:"id,string"`
		Lang string `json:"lang"`
		Text string `json:"text"`
	}
	// CaptionWritten is the event of a line that a machine has written of what somebody said, beginning
	// at that moment.
	CaptionWritten struct {
		ID      int64     `json:"id,string"`
		Lang    string    `json:"lang"`
		Text    string    `json:"text"`
		Account int64     `json:"account,string"`
		Name    string    `json:"name"`
		At      time.Time `json:"at"`
	}
	// CaptionCorrected is the event of a line being corrected.
	CaptionCorrected struct {
		ID   int64  `json:"id,string"`
		Lang string `json:"lang"`
		Text string `json:"text"`
	}
	// CaptionRemoved is the event of a line taken off: what the events before said of it is erased.
	CaptionRemoved struct {
		ID   int64  `json:"id,string"`
		Lang string `json:"lang"`
	}
)

func (DeckAdded) EventKind() string        { return "stage.deck_added" }
func (DeckRemoved) EventKind() string      { return "stage.deck_removed" }
func (Shown) EventKind() string            { return "stage.shown" }
func (Hidden) EventKind() string           { return "stage.hidden" }
func (PageTurned) EventKind() string       { return "stage.page_turned" }
func (PresenterNamed) EventKind() string   { return "stage.presenter_named" }
func (Drawn) EventKind() string            { return "stage.drawn" }
func (Erased) EventKind() string           { return "stage.erased" }
func (ClockSet) EventKind() string         { return "stage.clock_set" }
func (FilmAdded) EventKind() string        { return "stage.film_added" }
func (FilmRemoved) EventKind() string      { return "stage.film_removed" }
func (FilmMoved) EventKind() string        { return "stage.film_moved" }
func (CaptionerNamed) EventKind() string   { return "stage.captioner_named" }
func (CaptionerRemoved) EventKind() string { return "stage.captioner_removed" }
func (CaptionTyped) EventKind() string     { return "stage.caption_typed" }
func (CaptionWritten) EventKind() string   { return "stage.caption_written" }
func (CaptionCorrected) EventKind() string { return "stage.caption_corrected" }
func (CaptionRemoved) EventKind() string   { return "stage.caption_removed" }

// Kinds tells who may read these events: what everybody was shown, everybody; what is being
// prepared, those who prepare.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who, PublicFields: fields}
	}
	return []component.Kind{
		kind(DeckAdded{}, component.ForOrganisers), kind(DeckRemoved{}, component.ForOrganisers),
		kind(Shown{}, component.ForPublic, "title", "sha256"), kind(Hidden{}, component.ForPublic),
		kind(PageTurned{}, component.ForPublic, "page"), kind(PresenterNamed{}, component.ForMembers, "name"),
		kind(Drawn{}, component.ForMembers, "page"), kind(Erased{}, component.ForMembers, "page"),
		kind(ClockSet{}, component.ForPublic, "text", "minutes"),
		kind(FilmAdded{}, component.ForOrganisers), kind(FilmRemoved{}, component.ForOrganisers),
		kind(FilmMoved{}, component.ForPublic, "playing", "seconds"),
		kind(CaptionerNamed{}, component.ForMembers, "name", "lang"), kind(CaptionerRemoved{}, component.ForMembers, "name", "lang"),
		kind(CaptionTyped{}, component.ForPublic, "lang", "text"), kind(CaptionWritten{}, component.ForMembers, "lang", "text", "name"),
		kind(CaptionCorrected{}, component.ForMembers, "lang", "text"), kind(CaptionRemoved{}, component.ForPublic, "lang"),
	}
}

func about(a space.Access, subject string) journal.About {
	return journal.About{Space: a.Space.ID, Subject: subject, Actor: a.Viewer.Account}
}
