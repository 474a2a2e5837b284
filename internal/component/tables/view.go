package tables

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// roundView is a round as those who lead see it, and everybody in part.
type roundView struct {
	access  space.Access
	session component.LiveSession
	now     time.Time
	round   Round
	tables  []Table
	seats   map[int64][]Seat // by table; 0: who waits
	me      Seat
	calls   []Call
	cards   []Card // of all tables
	counts  map[int64]int
	held    int // rounds in which people sat, before this one

	form form
	errs map[string]string
}

// tableView is a table as those who sit or visit there see it.
type tableView struct {
	at
	access  space.Access
	session component.LiveSession
	now     time.Time
	tables  []Table // of the round
	cards   []Card
	call    *Call
	voice   []templ.Component
	after   string

	form form
	errs map[string]string
}

// roundView reads the space's last round.
func (c *Component) roundView(tx *db.Tx, a space.Access, s component.LiveSession) (v roundView, err error) {
	r, err := lastRound(tx, a.Space.ID)
	if err != nil {
		return v, err
	}
	return c.viewOf(tx, a, s, r)
}

// heldView reads the last round in which people sat.
func (c *Component) heldView(tx *db.Tx, a space.Access, s component.LiveSession) (v roundView, err error) {
	r, err := lastHeld(tx, a.Space.ID)
	if err != nil {
		return v, err
	}
	return c.viewOf(tx, a, s, r)
}

func (c *Component) viewOf(tx *db.Tx, a space.Access, s component.LiveSession, r Round) (v roundView, err error) {
	v = roundView{access: a, session: s, now: tx.Now, round: r, seats: map[int64][]Seat{}}
	if r.ID == 0 {
		return v, nil
	}
	v.tables, err = tablesOf(tx, r.ID)
	return v, err
}

// seated reads who sits where.
func (v *roundView) seated(tx *db.Tx) error {
	list, err := seatsOf(tx, v.round.ID)
	for _, s := range list {
		if s.Table != 0 || s.Visit == 0 {
			v.seats[s.Table] = append(v.seats[s.Table], s)
		}
		if s.Account == v.access.Viewer.Account {
			v.me = s
		}
	}
	return err
}

// work reads what a console shows of tables at work.
func (v *roundView) work(tx *db.Tx) (err error) {
	if err = v.seated(tx); err != nil {
		return err
	}
	if v.calls, err = openCalls(tx, v.round.ID); err != nil {
		return err
	}
	v.counts, err = cardCounts(tx, v.round.ID)
	return err
}

// gathered reads the cards.
func (v *roundView) gathered(tx *db.Tx) (err error) {
	if v.round.ID != 0 {
		v.cards, err = cardsOf(tx, v.round.ID)
	}
	return err
}

func (v roundView) path(rest string) string { return v.access.Space.Path() + "/tables" + rest }

// of are the cards of a table.
func (v roundView) of(t Table) (list []Card) {
	for _, k := range v.cards {
		if k.Table == t.ID {
			list = append(list, k)
		}
	}
	return list
}

// shown is the card in the spotlight, nil for none.
func (v roundView) shown() *Card {
	for i := range v.cards {
		if v.cards[i].ID == v.round.Spotlight {
			return &v.cards[i]
		}
	}
	return nil
}

// people is how many have a seat.
func (v roundView) people() (n int) {
	for table, list := range v.seats {
		if table != 0 {
			n += len(list)
		}
	}
	return n
}

// here is how many of a table are there now: in the session, and not in plenary.
func (v roundView) here(t Table) (n int) {
	for _, s := range v.seats[t.ID] {
		if s.at() == t.ID && online(v.session, s) {
			n++
		}
	}
	return n
}

func online(session component.LiveSession, s Seat) bool {
	_, yes := session.Present[s.Account]
	return yes
}

// typed is what was typed in a field of a form that was refused, or else the value as it stands.
func typed(f form, field, current string) string {
	if f.Values != nil && f.Has(field) {
		return f.Get(field)
	}
	return current
}

// tableView reads a table for the viewer.
func (c *Component) tableView(tx *db.Tx, a space.Access, s component.LiveSession, number int) (v tableView, err error) {
	v = tableView{access: a, session: s, now: tx.Now, after: c.deps.Live.Position()}
	if v.at, err = c.enter(tx, a, number); err != nil {
		return v, err
	}
	if v.tables, err = tablesOf(tx, v.round.ID); err != nil {
		return v, err
	}
	if v.cards, err = cardsAt(tx, v.table.ID); err != nil {
		return v, err
	}
	calls, err := openCalls(tx, v.round.ID)
	v.call = callOf(calls, v.table.ID)
	return v, err
}

// withVoice asks whoever gives voice to tables for what the page shows.
func (v *tableView) withVoice(ctx context.Context, tx *db.Tx, c *Component) error {
	if !v.round.Sits(tx.Now) {
		return nil
	}
	return component.Ask(c.deps, func(k component.VoiceKeeper) error {
		part, err := k.VoiceAtTable(ctx, tx, v.access, int64(v.table.Number))
		if part != nil {
			v.voice = append(v.voice, part)
		}
		return err
	})
}

func (v tableView) path(rest string) string { return v.table.path(v.access.Space) + rest }

// question is what the table talks about.
func (v tableView) question() string {
	if v.table.Question != "" {
		return v.table.Question
	}
	return v.round.Question
}

// writes tells whether the viewer may write cards now.
func (v tableView) writes() bool { return canWrite(v.place) }

func (v tableView) sits() bool { return v.round.Sits(v.now) }

// guides tells whether the viewer leads the talk now.
func (v tableView) guides() bool { return canGuide(v.place) && v.sits() }

// speaker is who has the floor, nil for nobody.
func (v tableView) speaker() *Seat {
	for i := range v.seats {
		if v.seats[i].Account == v.table.Speaker {
			return &v.seats[i]
		}
	}
	return nil
}

// members are those who sit at the table; visitors, who visits it.
func (v tableView) members() (list []Seat) {
	for _, s := range v.seats {
		if s.Table == v.table.ID {
			list = append(list, s)
		}
	}
	return list
}

func (v tableView) visitors() (list []Seat) {
	for _, s := range v.seats {
		if s.Visit == v.table.ID && s.Table != v.table.ID {
			list = append(list, s)
		}
	}
	return list
}

// vacant tells whether nobody has the part at the table.
func (v tableView) vacant(p Part) bool {
	for _, s := range v.members() {
		if s.Part == p {
			return false
		}
	}
	return true
}

func (v tableView) sum() Card {
	if len(v.cards) > 0 && v.cards[0].Synthesis {
		return v.cards[0]
	}
	return Card{}
}
