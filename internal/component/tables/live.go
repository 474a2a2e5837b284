package tables

import (
	"context"
	"fmt"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// What a table does is told to its own browsers and, where they should know, to those who lead; what
// concerns one person, to theirs. Only what concerns everybody goes out on the session's topic.
func tableTopic(table int64) string { return fmt.Sprintf("tables/table/%d", table) }

func leadTopic(spaceID int64) string { return fmt.Sprintf("tables/lead/%d", spaceID) }

func personTopic(spaceID, account int64) string {
	return fmt.Sprintf("tables/person/%d/%d", spaceID, account)
}

// LiveTopics adds the viewer's own, their table's, and that of those who lead.
func (c *Component) LiveTopics(tx *db.Tx, a space.Access) (topics []string, err error) {
	if !canSit(a) {
		return nil, nil
	}
	topics = []string{personTopic(a.Space.ID, a.Viewer.Account)}
	if canLead(a) {
		topics = append(topics, leadTopic(a.Space.ID))
	}
	s, _, err := c.seatNow(tx, a.Space.ID, a.Viewer.Account)
	if table := s.at(); table != 0 {
		topics = append(topics, tableTopic(table))
	}
	return topics, err
}

// seatNow is the account's line of the last round in which people sat.
func (c *Component) seatNow(tx *db.Tx, spaceID, account int64) (s Seat, r Round, err error) {
	if r, err = lastHeld(tx, spaceID); err != nil || r.ID == 0 {
		return s, r, err
	}
	s, _, err = seatOf(tx, r.ID, account)
	return s, r, err
}

func (c *Component) publish(tx *db.Tx, topic, what string) {
	tx.AfterCommit(func() { c.deps.Live.Publish(topic, live.Message{Event: "changed", Data: what}) })
}

// tell tells those at a table what of its page has changed.
func (c *Component) tell(tx *db.Tx, table int64, what string) {
	c.publish(tx, tableTopic(table), what)
}

func (c *Component) tellLeaders(tx *db.Tx, spaceID int64, what string) {
	c.publish(tx, leadTopic(spaceID), what)
}

// tellMoved tells somebody where they are now, and those whom they leave and join.
func (c *Component) tellMoved(tx *db.Tx, spaceID, account, from, to int64) {
	c.publish(tx, personTopic(spaceID, account), "tables-place")
	for _, table := range []int64{from, to} {
		if table != 0 {
			c.tell(tx, table, "tables-table")
		}
	}
}

// tellCards tells a table of its cards; once everybody is back, those who lead too.
func (c *Component) tellCards(tx *db.Tx, spaceID int64, v at) {
	c.tell(tx, v.table.ID, "tables-cards")
	if v.round.Back(tx.Now) {
		c.tellLeaders(tx, spaceID, "tables-harvest")
	}
}

// countChosen tells everybody how many have chosen these tables.
func (c *Component) countChosen(tx *db.Tx, spaceID int64, tables ...int64) {
	tx.AfterCommit(func() {
		for _, id := range tables {
			if id == 0 {
				continue
			}
			var n int64
			err := c.deps.Site.DB.Read(context.WithoutCancel(tx.Context()), func(tx *db.Tx) error {
				return tx.Row("SELECT count(*) FROM tables_seat WHERE table_id = $1 AND part = ''", []any{id}, &n)
			})
			if err == nil { // the number comes with the next choice
				c.deps.Live.Count(component.LiveTopic(spaceID), chosenCount(id), n)
			}
		}
	})
}

func chosenCount(table int64) string { return fmt.Sprintf("tables-chosen-%d", table) }

// TableOf is the number of the table at which the account is now.
func (c *Component) TableOf(tx *db.Tx, spaceID, account int64) (int64, error) {
	s, r, err := c.seatNow(tx, spaceID, account)
	if err != nil || !r.Sits(tx.Now) || s.at() == 0 {
		return 0, err
	}
	t, err := tableByID(tx, s.at())
	return int64(t.Number), err
}

// AtTable lists the accounts that are at the table now.
func (c *Component) AtTable(tx *db.Tx, spaceID, table int64) (accounts []int64, err error) {
	r, err := lastHeld(tx, spaceID)
	if err != nil || !r.Sits(tx.Now) {
		return nil, err
	}
	t, err := findTable(tx, r.ID, int(table))
	if err != nil {
		return nil, nil //nolint:nilerr // nobody is at a table that there is not
	}
	seats, err := seatsAt(tx, t.ID)
	for _, s := range seats {
		if s.at() == t.ID {
			accounts = append(accounts, s.Account)
		}
	}
	return accounts, err
}

// LivePanels are the parts of the session's pages, and of the pages of tables, which hear the same stream.
func (c *Component) LivePanels() []component.LivePanel {
	member, chair, screen := []component.LivePage{component.LiveMember}, []component.LivePage{component.LiveChair}, []component.LivePage{component.LiveScreen}
	return []component.LivePanel{
		{Name: "tables-place", Pages: member, Place: component.LiveStage, Order: 10, On: "state tables-round tables-place", May: canSit, Show: c.showPlace},
		{Name: "tables-choice", Pages: member, Place: component.LiveAct, Order: 40, On: "tables-round", May: canSit, Show: c.showChoice},
		{Name: "tables-spot", Pages: member, Place: component.LiveStage, Order: 60, On: "tables-round tables-harvest", May: canFollow, Show: c.showSpot},
		{Name: "tables-harvest", Pages: member, Place: component.LiveTalk, Order: 80, On: "tables-round tables-harvest", Every: 60, May: canFollow, Show: c.showHarvestPart},
		{Name: "tables-screen", Pages: screen, Place: component.LiveStage, Order: 60, On: "tables-round tables-back tables-harvest", May: canFollow, Show: c.showScreen},
		{Name: "tables-calls", Pages: chair, Place: component.LiveStage, Order: 10, On: "tables-round tables-help", May: canLead, Show: c.showCalls},
		{Name: "tables-lead", Pages: chair, Place: component.LivePrepare, Order: 40, On: "state tables-round tables-back", May: canLead, Show: c.showLead},
		{Name: "tables-gather", Pages: chair, Place: component.LiveTalk, Order: 80, On: "tables-round tables-harvest", Every: 30, May: canLead, Show: c.showGather},
		// Of the pages of tables only.
		{Name: "tables-head", On: headOn, May: canSit, Show: c.showTablePart(headPart)},
		{Name: "tables-people", On: peopleOn, May: canSit, Show: c.showTablePart(peoplePart)},
		{Name: "tables-floor", On: floorOn, May: canSit, Show: c.showTablePart(floorPart)},
		{Name: "tables-cards", On: cardsOn, May: canSit, Show: c.showTablePart(cardsPart)},
		{Name: "tables-console", On: consoleOn, Every: consoleEvery, May: canLead, Show: c.showConsolePart},
	}
}

// What changes the parts of the pages of tables.
const (
	headOn    = "tables-round tables-back tables-message tables-head tables-help"
	peopleOn  = "tables-round tables-table"
	floorOn   = "tables-round tables-table tables-floor"
	cardsOn   = "tables-round tables-table tables-cards"
	consoleOn = "tables-round tables-back tables-help"

	consoleEvery = 5
)

// showTablePart draws a part of the page of the table at which the viewer is.
func (c *Component) showTablePart(part func(tableView) templ.Component) func(context.Context, *db.Tx, space.Access, component.LiveSession) (templ.Component, error) {
	return func(ctx context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
		seat, _, err := c.seatNow(tx, a.Space.ID, a.Viewer.Account)
		id := seat.Visit
		if id == 0 {
			id = seat.Table
		}
		if err != nil || id == 0 {
			return nil, err
		}
		t, err := tableByID(tx, id)
		if err != nil {
			return nil, err
		}
		v, err := c.tableView(tx, a, s, t.Number)
		if err != nil || !canRead(v.place) {
			return nil, err
		}
		return part(v), nil
	}
}
