package component

import (
	"context"
	"fmt"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// AgendaKeeper holds a space's agenda; the live session follows it.
type AgendaKeeper interface {
	// AgendaItems lists the items in their order.
	AgendaItems(tx *db.Tx, spaceID int64) ([]AgendaItem, error)
}

// AgendaItem is an item of an agenda. Minutes is 0 when its length is not said.
type AgendaItem struct {
	ID      int64
	Title   string
	Speaker string
	Minutes int
}

// SheetKeeper holds a space's attendance sheet.
type SheetKeeper interface {
	// SheetOpen refuses what would change a sheet that is closed, and keeps it from being closed
	// before the transaction has ended.
	SheetOpen(tx *db.Tx, spaceID int64) error
}

// LiveKeeper holds the live sessions of spaces: the meeting component fulfils it.
type LiveKeeper interface {
	// LiveSession is the session of a space as the transaction sees it.
	LiveSession(tx *db.Tx, spaceID int64) (LiveSession, error)
}

// LiveSession is a live session at one moment, in plenary. It is read only: others read it too.
type LiveSession struct {
	Space     int64
	Open      bool
	Held      bool      // it has been open at least once
	Since     time.Time // of its last opening
	Item      int64     // of the agenda, 0 for none
	ItemTitle string
	Speaker   *LivePerson // who has the floor; nil for nobody
	Floor     time.Time   // since when they have it
	Queue     []LivePerson
	Present   map[int64]LivePerson // by account: whoever has a page of the session open, or reads it without a script
}

// LiveReader is told who reads a page of a session: without a script, reading it is being there. The
// meeting component fulfils it.
type LiveReader interface {
	ReadsLive(tx *db.Tx, a space.Access) error
}

// FloorKeeper gives the floor: the meeting component fulfils it.
type FloorKeeper interface {
	// GiveFloor gives the floor to somebody who has not asked for it, if the viewer leads.
	GiveFloor(tx *db.Tx, a space.Access, to LivePerson) error
}

// LivePerson is somebody in a live session. Account is 0 for somebody in the hall whom the chair named.
type LivePerson struct {
	Account int64
	Name    string
	College string // its key
	Written bool   // of the speaker and of who waits: they wrote what the chair reads out
}

// LivePanels adds parts to the pages of a live session: slides, a chat, a poll.
type LivePanels interface {
	LivePanels() []LivePanel
}

// LivePanel is a part of the pages of a live session that changes in place. It is rendered by the
// server, for one viewer; the browser asks for it again when one of the words in On is published
// (see [Deps.LiveChanged]). Forms in it are sent without leaving the page, and the panel is then
// asked for again; a refused form shows its sentence beside it.
//
// A panel whose only element is a custom element with a method update(next: HTMLElement) is never
// replaced: the script hands it what the server says now.
type LivePanel struct {
	Name  string // its id on the page; no other has it
	Pages []LivePage
	Place LivePlace
	Order int    // among the panels of its place
	On    string // what changes it, separated by blanks: "state" (open, closed), "agenda", "floor", or words of one's own
	Every int    // seconds after which it is asked for anyway; 0: never
	May   func(space.Access) bool
	// Show reads and draws it; nil when there is nothing to show.
	Show func(ctx context.Context, tx *db.Tx, a space.Access, s LiveSession) (templ.Component, error)
}

// LivePage is one of the pages of a live session.
type LivePage int

const (
	LiveMember LivePage = iota // of those who take part
	LiveChair                  // of those who lead: the chair and the facilitators
	LiveScreen                 // of a hall's screen: nothing to press
)

// LivePlace is where on its page a panel stands.
type LivePlace int

const (
	LiveStage   LivePlace = iota // first, wide: what everybody looks at
	LiveAct                      // what the viewer can do now: an open vote, a poll
	LiveTalk                     // what is written together: chat, questions
	LiveFollow                   // what one looks up: documents, reports
	LivePrepare                  // of the chair's page: what is made ready beforehand
)

// LiveTopics adds topics to a viewer's stream of a session: those of a group, or their own.
type LiveTopics interface {
	LiveTopics(tx *db.Tx, a space.Access) ([]string, error)
}

// LiveFollower is told, after the commit, that a session was opened or closed, that the floor has
// changed hands, who presents, or who is seated where. It returns at once.
type LiveFollower interface {
	LiveMoved(spaceID int64)
}

// TableKeeper tells who deliberates in which small group.
type TableKeeper interface {
	// TableOf is the number of the table at which the account is now, as one of the group or on a
	// visit; 0: in plenary.
	TableOf(tx *db.Tx, spaceID, account int64) (int64, error)
	// AtTable lists the accounts that are at the table now.
	AtTable(tx *db.Tx, spaceID, table int64) ([]int64, error)
}

// TraitKeeper knows categories of people, beside their college: what was asked of those drawn by lot.
// They serve to mix people, and are shown of nobody.
type TraitKeeper interface {
	// Traits is what is known of accounts of the space, by category.
	Traits(tx *db.Tx, spaceID int64) (map[string]map[int64]string, error)
}

// PresenterKeeper tells who shows something to the whole session.
type PresenterKeeper interface {
	// Presenter is the account to which those who lead gave the slides; 0 for nobody.
	Presenter(tx *db.Tx, spaceID int64) (int64, error)
}

// VoiceKeeper gives voice and video to a page.
type VoiceKeeper interface {
	// VoiceAtTable is what a table's page shows, so that those at it hear and see each other.
	VoiceAtTable(ctx context.Context, tx *db.Tx, a space.Access, table int64) (templ.Component, error)
}

// VoiceFinder knows under what names the server of rooms knows people: the voice component fulfils it.
type VoiceFinder interface {
	// VoiceOf is the plenary's room and the account's identity in it; "" for whoever has never entered.
	VoiceOf(tx *db.Tx, spaceID, account int64) (room, identity string, err error)
	// VoiceRoom is the plenary's room; "" as long as nobody has asked for it.
	VoiceRoom(tx *db.Tx, spaceID int64) (room string, err error)
	// VoiceNamed is whose voice bears the identity in plenary; in a hall, that of whoever has the floor.
	// Nobody's is the zero person's.
	VoiceNamed(tx *db.Tx, s LiveSession, identity string) (LivePerson, error)
}

// DebateKeeper tells what was said in a space's session: the replay component fulfils it.
type DebateKeeper interface {
	// Debates is a summary to be edited, in the form in which minutes are typed; "" for nothing to tell.
	// written tells whether what the chair read out for others is in it word for word.
	Debates(tx *db.Tx, sp space.Space, lang i18n.Lang, written bool) (string, error)
}

// OutcomeKeeper tells what came of what a session was asked: the vote and poll components fulfil it.
type OutcomeKeeper interface {
	// Outcomes are sentences about what is over and may be told to everybody, by the subject of the events
	// that opened and closed it.
	Outcomes(tx *db.Tx, sp space.Space, lang i18n.Lang) (map[string][]string, error)
}

// SlideKeeper keeps the slides of sessions: the stage component fulfils it.
type SlideKeeper interface {
	// ShownSlides lists the slides that people of the space were shown.
	ShownSlides(tx *db.Tx, sp space.Space) ([]Slides, error)
}

// Slides are slides that were shown. The picture of a page is at Path/number/large.
type Slides struct {
	Deck  int64
	File  string // the SHA-256 of what was brought
	Title string
	Path  string
	Texts []string // of the pages, the first at 0
}

// MicrophoneKeeper holds microphones back until something is settled: whether one may be recorded.
type MicrophoneKeeper interface {
	// Unsettled tells of whom; nil: of nobody.
	Unsettled(tx *db.Tx, spaceID int64) (func(account int64) bool, error)
}

// LiveTopic is where the browsers that show a space's session listen.
func LiveTopic(spaceID int64) string { return fmt.Sprintf("meeting/%d", spaceID) }

// LiveChanged tells, after the commit, the browsers that show the space's session what of it has
// changed: the panels that name the word in On are asked for again.
func (d *Deps) LiveChanged(tx *db.Tx, spaceID int64, what string) {
	tx.AfterCommit(func() { d.Live.Publish(LiveTopic(spaceID), live.Message{Event: "changed", Data: what}) })
}

// LiveMoved tells every [LiveFollower], after the commit.
func (d *Deps) LiveMoved(tx *db.Tx, spaceID int64) {
	tx.AfterCommit(func() {
		for _, c := range d.All() {
			if f, ok := c.(LiveFollower); ok {
				f.LiveMoved(spaceID)
			}
		}
	})
}

// LiveSession asks whoever keeps it for the session of a space.
func (d *Deps) LiveSession(tx *db.Tx, spaceID int64) (s LiveSession, err error) {
	s.Space = spaceID
	err = Ask(d, func(k LiveKeeper) error { s, err = k.LiveSession(tx, spaceID); return err })
	return s, err
}
