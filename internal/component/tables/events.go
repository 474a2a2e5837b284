package tables

import (
	"fmt"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// The events of tables. Round and Table are their numbers.
type (
	// Formed is the event of people being split into tables, before they move: the people, in the order
	// of their accounts, the sizes and the seed give the seats again.
	Formed struct {
		Round  int   `json:"round"`
		Tables int   `json:"tables"`
		People int   `json:"people"`
		Mix    Mix   `json:"mix"`
		Seed   int64 `json:"seed,string"`
		Apart  bool  `json:"apart"`
	}
	// Dropped is the event of a preparation taken back.
	Dropped struct {
		Round int `json:"round"`
	}
	// Described is the event of what a table is to talk about.
	Described struct {
		Table    int    `json:"table"`
		Topic    string `json:"topic"`
		Question string `json:"question"`
	}
	// Opened is the event of people going to their tables; Minutes is for how long, 0 when not said.
	Opened struct {
		Round   int `json:"round"`
		Minutes int `json:"minutes"`
	}
	// Chosen is the event of somebody choosing a table.
	Chosen struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
	}
	// Moved is the event of somebody being seated at a table.
	Moved struct {
		Round   int    `json:"round"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
		Table   int    `json:"table"`
	}
	// Unseated is the event of somebody being told to wait in plenary.
	Unseated struct {
		Round   int    `json:"round"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
	}
	// Guides is the event of somebody facilitating a table.
	Guides struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
		Part    Part   `json:"part"`
	}
	// GuidesNoLonger is the event of somebody no longer facilitating it.
	GuidesNoLonger struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
	}
	// Left is the event of somebody going from their table to the plenary.
	Left struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
	}
	// Joined is the event of somebody going back to their table.
	Joined struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Account int64  `json:"account,string"`
		Name    string `json:"name"`
	}
	// Visited is the event of somebody who leads visiting a table.
	Visited struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// Told is the event of a message to every table; "" takes it away.
	Told struct {
		Round int    `json:"round"`
		Text  string `json:"text"`
	}
	// CalledBack is the event of a moment set for the return, in seconds from then.
	CalledBack struct {
		Round   int `json:"round"`
		Seconds int `json:"seconds"`
	}
	// Returned is the event of everybody being back in plenary.
	Returned struct {
		Round int `json:"round"`
	}
	// HelpCalled is the event of a table calling for help.
	HelpCalled struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// HelpAnswered is the event of somebody coming.
	HelpAnswered struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// HelpEnded is the event of a call that is over, or was taken back.
	HelpEnded struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// HandRaised and HandLowered are the events of somebody asking for the floor of their table.
	HandRaised struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// HandLowered: see [HandRaised].
	HandLowered struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// FloorGiven is the event of somebody having the floor of their table.
	FloorGiven struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Name  string `json:"name"`
	}
	// FloorEnded is the event of a speech's end at a table.
	FloorEnded struct {
		Round   int    `json:"round"`
		Table   int    `json:"table"`
		Name    string `json:"name"`
		Seconds int    `json:"seconds"`
	}
	// CardWritten is the event of a new card.
	CardWritten struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Card  int64  `json:"card,string"`
		Text  string `json:"text"`
	}
	// CardChanged is the event of a card as it reads from now on.
	CardChanged struct {
		Round int    `json:"round"`
		Table int    `json:"table"`
		Card  int64  `json:"card,string"`
		Text  string `json:"text"`
	}
	// CardShifted is the event of a card's new place, from 1.
	CardShifted struct {
		Round int   `json:"round"`
		Table int   `json:"table"`
		Card  int64 `json:"card,string"`
		Place int   `json:"place"`
	}
	// CardRemoved is the event of a card taken away.
	CardRemoved struct {
		Round int   `json:"round"`
		Table int   `json:"table"`
		Card  int64 `json:"card,string"`
	}
	// CardPassed is the event of an idea handed from a table to another.
	CardPassed struct {
		Round int   `json:"round"`
		From  int   `json:"from"`
		Table int   `json:"table"`
		Card  int64 `json:"card,string"`
		Copy  int64 `json:"copy,string"`
	}
	// Shown is the event of a card shown to all in plenary.
	Shown struct {
		Round int   `json:"round"`
		Table int   `json:"table"`
		Card  int64 `json:"card,string"`
	}
	// ShownAll is the event of every card being shown to the hall.
	ShownAll struct {
		Round int `json:"round"`
	}
	// Hidden is the event of no card being shown any more.
	Hidden struct {
		Round int `json:"round"`
	}
	// ForMinutes is the event of a card being chosen for the minutes, or no longer.
	ForMinutes struct {
		Round  int   `json:"round"`
		Table  int   `json:"table"`
		Card   int64 `json:"card,string"`
		Chosen bool  `json:"chosen"`
	}
)

func (Formed) EventKind() string         { return "tables.formed" }
func (Dropped) EventKind() string        { return "tables.dropped" }
func (Described) EventKind() string      { return "tables.described" }
func (Opened) EventKind() string         { return "tables.opened" }
func (Chosen) EventKind() string         { return "tables.chosen" }
func (Moved) EventKind() string          { return "tables.moved" }
func (Guides) EventKind() string         { return "tables.guides" }
func (Left) EventKind() string           { return "tables.left" }
func (Joined) EventKind() string         { return "tables.joined" }
func (Visited) EventKind() string        { return "tables.visited" }
func (Told) EventKind() string           { return "tables.told" }
func (CalledBack) EventKind() string     { return "tables.called_back" }
func (Returned) EventKind() string       { return "tables.returned" }
func (HelpCalled) EventKind() string     { return "tables.help_called" }
func (HelpAnswered) EventKind() string   { return "tables.help_answered" }
func (HelpEnded) EventKind() string      { return "tables.help_ended" }
func (HandRaised) EventKind() string     { return "tables.hand_raised" }
func (HandLowered) EventKind() string    { return "tables.hand_lowered" }
func (FloorGiven) EventKind() string     { return "tables.floor_given" }
func (FloorEnded) EventKind() string     { return "tables.floor_ended" }
func (CardWritten) EventKind() string    { return "tables.card_written" }
func (CardChanged) EventKind() string    { return "tables.card_changed" }
func (CardShifted) EventKind() string    { return "tables.card_shifted" }
func (CardRemoved) EventKind() string    { return "tables.card_removed" }
func (CardPassed) EventKind() string     { return "tables.card_passed" }
func (Shown) EventKind() string          { return "tables.card_shown" }
func (ShownAll) EventKind() string       { return "tables.cards_shown" }
func (Hidden) EventKind() string         { return "tables.card_hidden" }
func (Unseated) EventKind() string       { return "tables.unseated" }
func (GuidesNoLonger) EventKind() string { return "tables.guides_no_longer" }
func (ForMinutes) EventKind() string     { return "tables.card_for_minutes" }

// Kinds tells who may read these events: what concerns all, whoever may see the space; who sat where
// and who spoke, those who run it; what a table wrote, its own pages show when everybody is back.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who, PublicFields: fields}
	}
	return []component.Kind{
		kind(Formed{}, component.ForPublic, "round", "tables", "people", "seed"), kind(Dropped{}, component.ForPublic, "round"),
		kind(Described{}, component.ForMembers, "table", "topic"), kind(Opened{}, component.ForPublic, "round"),
		kind(Chosen{}, component.ForOrganisers, "name", "table"), kind(Moved{}, component.ForOrganisers, "name", "table"),
		kind(Guides{}, component.ForOrganisers, "name", "table"), kind(Left{}, component.ForOrganisers, "name", "table"),
		kind(Joined{}, component.ForOrganisers, "name", "table"), kind(Visited{}, component.ForOrganisers, "name", "table"),
		kind(Told{}, component.ForMembers, "text"), kind(CalledBack{}, component.ForPublic, "seconds"), kind(Returned{}, component.ForPublic, "round"),
		kind(HelpCalled{}, component.ForOrganisers, "name", "table"), kind(HelpAnswered{}, component.ForOrganisers, "name", "table"),
		kind(HelpEnded{}, component.ForOrganisers, "name", "table"), kind(HandRaised{}, component.ForOrganisers, "name", "table"),
		kind(HandLowered{}, component.ForOrganisers, "name", "table"), kind(FloorGiven{}, component.ForOrganisers, "name", "table"),
		kind(FloorEnded{}, component.ForOrganisers, "name", "table", "seconds"),
		kind(CardWritten{}, component.Sealed, "table"), kind(CardChanged{}, component.Sealed, "table"),
		kind(CardShifted{}, component.Sealed, "table"), kind(CardRemoved{}, component.Sealed, "table"),
		kind(CardPassed{}, component.ForMembers, "from", "table"), kind(Shown{}, component.ForMembers, "table"),
		kind(ShownAll{}, component.ForMembers), kind(Hidden{}, component.ForMembers),
		kind(Unseated{}, component.ForOrganisers, "name"), kind(GuidesNoLonger{}, component.ForOrganisers, "name", "table"),
		kind(ForMinutes{}, component.ForMembers, "table"),
	}
}

// record writes an event about a round.
func (c *Component) record(tx *db.Tx, a space.Access, r Round, p journal.Payload) error {
	_, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: fmt.Sprintf("tables-round/%d", r.ID), Actor: a.Viewer.Account}, p)
	return err
}
