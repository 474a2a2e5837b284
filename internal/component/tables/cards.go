package tables

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// canStillWrite: what one began to write at a table may be finished once everybody is back, until the
// next round opens.
func (c *Component) write(tx *db.Tx, a space.Access, number int) (v at, err error) {
	if v, err = c.enter(tx, a, number); err != nil {
		return v, err
	}
	if err := component.Must(a, canWrite(v.place)); err != nil {
		return v, err
	}
	if _, err := lockTable(tx, v.round.ID, number); err != nil {
		return v, err
	}
	return v, nil
}

func checkText(text string) error {
	f := fault.Fields{}
	if text == "" {
		f.Add("text", "tables.card.empty")
	}
	tooLong(f, "text", text, maxText)
	return f.Err()
}

// addCard writes a card of a table.
func (c *Component) addCard(tx *db.Tx, a space.Access, number int, text string) error {
	v, err := c.write(tx, a, number)
	if err != nil {
		return err
	}
	if err := checkText(text); err != nil {
		return err
	}
	k := Card{ID: tx.NewID(), Table: v.table.ID, Author: a.Viewer.Account, Text: text}
	if err := insertCard(tx, v.round.ID, k); err != nil {
		return err
	}
	c.tellCards(tx, a.Space.ID, v)
	return c.record(tx, a, v.round, CardWritten{v.round.Number, number, k.ID, text})
}

// synthesis writes the one card that sums the others up: it is its facilitators'.
func (c *Component) synthesis(tx *db.Tx, a space.Access, number int, text string, revision int) error {
	v, err := c.write(tx, a, number)
	if err != nil {
		return err
	}
	if err := component.Must(a, canGuide(v.place)); err != nil {
		return err
	}
	if err := checkText(text); err != nil {
		return err
	}
	cards, err := cardsAt(tx, v.table.ID)
	if err != nil {
		return err
	}
	for _, k := range cards {
		if k.Synthesis {
			return c.rewrite(tx, a, v, k, text, revision)
		}
	}
	if revision != 0 {
		return fault.New(fault.Conflict, "tables.card.changed")
	}
	k := Card{ID: tx.NewID(), Table: v.table.ID, Author: a.Viewer.Account, Text: text, Synthesis: true}
	if err := insertCard(tx, v.round.ID, k); err != nil {
		return err
	}
	c.tellCards(tx, a.Space.ID, v)
	return c.record(tx, a, v.round, CardWritten{v.round.Number, number, k.ID, text})
}

// rewrite changes what a card says, unless somebody else has meanwhile.
func (c *Component) rewrite(tx *db.Tx, a space.Access, v at, k Card, text string, revision int) error {
	switch {
	case k.Revision != revision:
		return fault.New(fault.Conflict, "tables.card.changed")
	case k.Text == text:
		return nil
	}
	if _, err := tx.Exec("UPDATE tables_card SET text = $2, revision = revision + 1 WHERE id = $1", k.ID, text); err != nil {
		return err
	}
	c.tellCards(tx, a.Space.ID, v)
	return c.record(tx, a, v.round, CardChanged{v.round.Number, v.table.Number, k.ID, text})
}

// change is what one does with a card: its author and the facilitators write it again or take it away,
// the facilitators order them and pass them on.
func (c *Component) change(tx *db.Tx, a space.Access, number int, card int64, f form) error {
	v, err := c.write(tx, a, number)
	if err != nil {
		return err
	}
	k, err := findCard(tx, v.round.ID, card)
	if err == nil && k.Table != v.table.ID {
		err = fault.New(fault.NotFound, "tables.card.gone")
	}
	if err != nil {
		return err
	}
	own := k.Author == a.Viewer.Account
	switch do := f.Get("do"); do {
	case "save", "remove":
		if err := component.Must(a, own || canGuide(v.place)); err != nil {
			return err
		}
		if do == "remove" {
			return c.remove(tx, a, v, k)
		}
		text := clean(f.Get("text"))
		if err := checkText(text); err != nil {
			return err
		}
		return c.rewrite(tx, a, v, k, text, int(f.number("revision")))
	case "up", "down", "pass":
		if err := component.Must(a, canGuide(v.place)); err != nil {
			return err
		}
		if do == "pass" {
			return c.pass(tx, a, v.round, k, int(f.number("to")))
		}
		return c.shift(tx, a, v, k, map[string]int{"up": -1, "down": 1}[do])
	}
	return fault.New(fault.Invalid, "tables.arrange.what")
}

// remove takes a card away; copies that were passed on keep their own life.
func (c *Component) remove(tx *db.Tx, a space.Access, v at, k Card) error {
	if _, err := tx.Exec("UPDATE tables_card SET origin_id = NULL WHERE origin_id = $1", k.ID); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_round SET spotlight = NULL WHERE spotlight = $1", k.ID); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM tables_card WHERE id = $1", k.ID); err != nil {
		return err
	}
	c.tellCards(tx, a.Space.ID, v)
	return c.record(tx, a, v.round, CardRemoved{v.round.Number, v.table.Number, k.ID})
}

// shift moves a card by one place among its table's.
func (c *Component) shift(tx *db.Tx, a space.Access, v at, k Card, by int) error {
	cards, err := cardsAt(tx, v.table.ID)
	if err != nil {
		return err
	}
	for i, other := range cards {
		to := i + by
		if other.ID != k.ID || to < 0 || to >= len(cards) || cards[to].Synthesis {
			continue
		}
		cards[i], cards[to] = cards[to], cards[i]
		for n, card := range cards {
			if _, err := tx.Exec("UPDATE tables_card SET position = $2 WHERE id = $1", card.ID, n+1); err != nil {
				return err
			}
		}
		c.tellCards(tx, a.Space.ID, v)
		return c.record(tx, a, v.round, CardShifted{v.round.Number, v.table.Number, k.ID, to + 1})
	}
	return nil
}

// pass hands a card on to another table (0: to all others), which gets a copy of its own with where it
// came from. What a table has already is not given twice.
func (c *Component) pass(tx *db.Tx, a space.Access, r Round, k Card, to int) error {
	list, err := tablesOf(tx, r.ID)
	if err != nil {
		return err
	}
	origin := k.Origin
	if origin == 0 {
		origin = k.ID
	}
	if to != 0 {
		t, err := findTable(tx, r.ID, to)
		if err != nil || t.ID == k.Table {
			return fault.Fields{"to": fault.New(fault.Invalid, "tables.card.to")}
		}
		list = []Table{t}
	}
	for _, t := range list {
		var has bool
		if err := tx.Row("SELECT EXISTS (SELECT 1 FROM tables_card WHERE table_id = $1 AND (origin_id = $2 OR id = $2))", []any{t.ID, origin}, &has); err != nil {
			return err
		}
		if has {
			continue
		}
		copied := Card{ID: tx.NewID(), Table: t.ID, Author: k.Author, Origin: origin, Text: k.Text}
		if err := insertCard(tx, r.ID, copied); err != nil {
			return err
		}
		c.tell(tx, t.ID, "tables-cards")
		if err := c.record(tx, a, r, CardPassed{r.Number, k.Number, t.Number, k.ID, copied.ID}); err != nil {
			return err
		}
	}
	return nil
}

// harvestCard is what those who lead do with a card in plenary: show it to all, put it into the
// minutes, pass it on.
func (c *Component) harvestCard(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	r, err := lastHeld(tx, a.Space.ID)
	if err != nil {
		return err
	}
	switch f.Get("do") {
	case "hide":
		return c.spotlight(tx, a, r, 0, Hidden{r.Number})
	case "show-all":
		return c.spotlight(tx, a, r, allCards, ShownAll{r.Number})
	case "all":
		return c.choseAll(tx, a, r)
	}
	k, err := findCard(tx, r.ID, f.number("card"))
	if err != nil {
		return err
	}
	switch do := f.Get("do"); do {
	case "show":
		return c.spotlight(tx, a, r, k.ID, Shown{r.Number, k.Number, k.ID})
	case "minutes", "not-minutes":
		return c.chose(tx, a, r, k, do == "minutes")
	case "pass":
		return c.pass(tx, a, r, k, int(f.number("to")))
	}
	return fault.New(fault.Invalid, "tables.arrange.what")
}

// allCards in the place of the card that everybody is shown: the hall's screen shows them all. So it
// does when people come back.
const allCards = -1

func (c *Component) spotlight(tx *db.Tx, a space.Access, r Round, card int64, e journal.Payload) error {
	if r.Spotlight == card {
		return nil
	}
	if _, err := tx.Exec("UPDATE tables_round SET spotlight = $2 WHERE id = $1", r.ID, orNull(card)); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "tables-harvest")
	return c.record(tx, a, r, e)
}

func (c *Component) chose(tx *db.Tx, a space.Access, r Round, k Card, yes bool) error {
	if k.Minutes == yes {
		return nil
	}
	if _, err := tx.Exec("UPDATE tables_card SET minutes = $2 WHERE id = $1", k.ID, yes); err != nil {
		return err
	}
	c.tellLeaders(tx, a.Space.ID, "tables-harvest")
	return c.record(tx, a, r, ForMinutes{r.Number, k.Number, k.ID, yes})
}

// choseAll puts every card into the minutes.
func (c *Component) choseAll(tx *db.Tx, a space.Access, r Round) error {
	cards, err := cardsOf(tx, r.ID)
	for _, k := range cards {
		if err == nil {
			err = c.chose(tx, a, r, k, true)
		}
	}
	return err
}
