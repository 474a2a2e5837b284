package tables

import (
	"isegoria.org/isegoria/internal/component"
	"math/rand/v2"
	"strings"

	"isegoria.org/isegoria/internal/component/tables/mix"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Who is to sit.
const (
	whoPresent = "present" // those in the session now
	whoAll     = "all"     // whoever takes part in the space
	whoList    = "list"    // those of a list
)

// The two ways to say how many tables there are.
const (
	shapeSize  = "size"  // at most so many people at each
	shapeCount = "count" // so many tables
)

// plan is what those who lead ask for.
type plan struct {
	Mix      Mix
	Who      string
	List     string
	Shape    string
	N        int
	Topics   []string // one for each table; their number is that of the tables, where people choose
	Question string
	Minutes  int
	Turn     int
	Apart    bool
	Late     bool
}

// turns are the times per speech one can choose, in seconds; 0 is without limit.
var turns = []int{0, 60, 90, 120, 180, 300}

func (p plan) validate() fault.Fields {
	f := fault.Fields{}
	if !known(Mixes, p.Mix) {
		f.Add("mix", "tables.mix.missing")
	}
	if !known([]string{whoPresent, whoAll, whoList}, p.Who) {
		f.Add("who", "tables.who.missing")
	}
	if p.Mix == Choice {
		if len(p.Topics) < 2 {
			f.Add("topics", "tables.topics.missing")
		}
	} else if !known([]string{shapeSize, shapeCount}, p.Shape) {
		f.Add("shape", "tables.shape.missing")
	}
	if p.N < 1 || p.N > maxTables {
		f.Add("n", "tables.n.wrong", "max", maxTables)
	}
	if len(p.Topics) > maxTables {
		f.Add("topics", "tables.topics.many", "max", maxTables)
	}
	for _, t := range p.Topics {
		tooLong(f, "topics", t, maxTopic)
	}
	tooLong(f, "question", p.Question, maxQuestion)
	if p.Minutes < 0 || p.Minutes > maxMinutes {
		f.Add("minutes", "tables.minutes.wrong", "max", maxMinutes)
	}
	if !known(turns, p.Turn) {
		f.Add("turn", "tables.turn.wrong")
	}
	if p.Who == whoList && strings.TrimSpace(p.List) == "" {
		f.Add("list", "tables.list.missing")
	}
	return f
}

func known[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// drafted is a round as it will be written: reading and mixing are done before, so that nobody waits
// for them.
type drafted struct {
	round  Round
	tables []Table
	seats  []Seat // Table is the index of a table from 1, 0 for none
	people int
}

// draft makes a round of the plan: who sits where, and who facilitates.
func (c *Component) draft(tx *db.Tx, a space.Access, p plan) (d drafted, err error) {
	if err := p.validate().Err(); err != nil {
		return d, err
	}
	list, err := c.whom(tx, a.Space.ID, p)
	if err != nil {
		return d, err
	}
	d.round = Round{Space: a.Space.ID, State: Draft, Mix: p.Mix, Apart: p.Apart, Late: p.Late, Question: p.Question, Minutes: p.Minutes, Turn: p.Turn}
	var seated, guides []placed
	for _, one := range list {
		switch {
		case one.table > 0:
			seated = append(seated, one)
		case one.facilitates:
			guides = append(guides, one)
		case !one.presides:
			seated = append(seated, one)
		}
	}
	n := p.N
	switch {
	case p.Mix == Choice:
		n = len(p.Topics)
	case p.Shape == shapeSize:
		n = mix.Tables(len(seated), p.N)
	}
	for _, one := range seated {
		n = max(n, one.table)
	}
	if n == 0 || len(seated) == 0 && p.Mix != Choice {
		return d, fault.Fields{"who": fault.New(fault.Invalid, "tables.nobody")}
	}
	if n > maxTables {
		return d, fault.Fields{"n": fault.New(fault.Invalid, "tables.n.wrong", "max", maxTables)}
	}
	for i := range n {
		t := Table{Number: i + 1}
		if i < len(p.Topics) {
			t.Topic = p.Topics[i]
		}
		if p.Mix == Choice {
			t.Seats = p.N
		}
		d.tables = append(d.tables, t)
	}
	if err := c.fill(tx, &d, seated, rand.Int64()); err != nil { //nolint:gosec // the number is published, and need not be a secret before
		return d, err
	}
	for i, g := range guides {
		if i < 2*n {
			d.seats = append(d.seats, Seat{Account: g.account, Table: int64(i%n + 1), Part: []Part{Facilitator, CoFacilitator}[i/n]})
		}
	}
	d.people = len(d.seats)
	return d, nil
}

// whom lists the people of a plan.
func (c *Component) whom(tx *db.Tx, spaceID int64, p plan) (out []placed, err error) {
	var list []person
	if p.Who == whoPresent {
		s, err := c.deps.LiveSession(tx, spaceID)
		if err != nil {
			return nil, err
		}
		list, err = among(tx, spaceID, present(s))
		if err != nil {
			return nil, err
		}
	} else if list, err = everybody(tx, spaceID); err != nil {
		return nil, err
	}
	if p.Who == whoList {
		out, refused := readList(p.List, list)
		if refused != nil {
			return nil, fault.Fields{"list": refused}
		}
		return out, nil
	}
	for _, one := range list {
		out = append(out, placed{person: one})
	}
	return out, nil
}

// fill says who sits where.
func (c *Component) fill(tx *db.Tx, d *drafted, list []placed, seed int64) error {
	d.round.Seed = seed
	if d.round.Mix == Choice || d.round.Mix == List {
		for _, one := range list {
			d.seats = append(d.seats, Seat{Account: one.account, Table: int64(one.table)})
		}
		return nil
	}
	var free []person
	for _, one := range list {
		free = append(free, one.person)
	}
	guests, err := c.guests(tx, d.round.Space, free, d.round.Mix == Balanced)
	if err != nil {
		return err
	}
	var met []mix.Pair
	if d.round.Apart {
		if met, err = metBefore(tx, d.round.Space); err != nil {
			return err
		}
	}
	for i, ids := range mix.Seat(guests, mix.Sizes(len(guests), len(d.tables)), met, uint64(seed)) {
		for _, id := range ids {
			d.seats = append(d.seats, Seat{Account: id, Table: int64(i + 1)})
		}
	}
	return nil
}

// keep writes a drafted round: everybody stays in plenary until it is opened.
func (c *Component) keep(tx *db.Tx, a space.Access, d drafted) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	last, err := lastRound(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if last.State == Open && last.Back(tx.Now) {
		if err := c.close(tx, a.Space, last); err != nil {
			return err
		}
	}
	d.round.ID, d.round.Number = tx.NewID(), last.Number+1
	if err := insertRound(tx, d.round); err != nil {
		return err
	}
	for i := range d.tables {
		d.tables[i].ID, d.tables[i].Round = tx.NewID(), d.round.ID
		if err := insertTable(tx, d.tables[i]); err != nil {
			return err
		}
	}
	if err := d.seat(tx); err != nil {
		return err
	}
	if err := c.record(tx, a, d.round, Formed{Round: d.round.Number, Tables: len(d.tables), People: d.people, Mix: d.round.Mix, Seed: d.round.Seed, Apart: d.round.Apart}); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "tables-round")
	return nil
}

// seat writes who sits where.
func (d drafted) seat(tx *db.Tx) error {
	seats := make([]Seat, len(d.seats))
	for i, s := range d.seats {
		if s.Table > 0 {
			s.Table = d.tables[s.Table-1].ID
		}
		seats[i] = s
	}
	return sitMany(tx, d.round.ID, seats)
}

// otherwise mixes the people of the draft anew; facilitators stay where they are.
func (c *Component) otherwise(tx *db.Tx, a space.Access, apart bool) (d drafted, err error) {
	if d.round, err = lastRound(tx, a.Space.ID); err != nil {
		return d, err
	}
	if d.round.State != Draft || d.round.Mix != Random && d.round.Mix != Balanced {
		return d, fault.New(fault.Conflict, "tables.not_draft")
	}
	d.round.Apart = apart
	if d.tables, err = tablesOf(tx, d.round.ID); err != nil {
		return d, err
	}
	seats, err := seatsOf(tx, d.round.ID)
	if err != nil {
		return d, err
	}
	var list []placed
	for _, s := range seats {
		if s.Part == "" && s.Visit == 0 {
			list = append(list, placed{person: person{account: s.Account, college: s.College}})
		}
	}
	d.people = len(seats)
	return d, c.fill(tx, &d, list, rand.Int64()) //nolint:gosec // as above
}

// keepOtherwise writes what otherwise made.
func (c *Component) keepOtherwise(tx *db.Tx, a space.Access, d drafted) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	now, err := lockRound(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if now.ID != d.round.ID || now.State != Draft {
		return fault.New(fault.Conflict, "tables.not_draft")
	}
	if _, err := tx.Exec("DELETE FROM tables_seat WHERE round_id = $1 AND part = ''", now.ID); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_round SET seed = $2, apart = $3 WHERE id = $1", now.ID, d.round.Seed, d.round.Apart); err != nil {
		return err
	}
	if err := d.seat(tx); err != nil {
		return err
	}
	return c.record(tx, a, d.round, Formed{Round: now.Number, Tables: len(d.tables), People: d.people, Mix: now.Mix, Seed: d.round.Seed, Apart: d.round.Apart})
}

// drop takes the draft back.
func (c *Component) drop(tx *db.Tx, a space.Access) error {
	r, err := c.mine(tx, a, Draft)
	if err != nil {
		return err
	}
	if err := deleteRound(tx, r.ID); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "tables-round")
	return c.record(tx, a, r, Dropped{r.Number})
}

// mine is the round of whoever leads, which must be in that state.
func (c *Component) mine(tx *db.Tx, a space.Access, state State) (r Round, err error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return r, err
	}
	if r, err = lockRound(tx, a.Space.ID); err != nil {
		return r, err
	}
	switch {
	case state == Draft && r.State != Draft:
		return r, fault.New(fault.Conflict, "tables.not_draft")
	case state == Open && !r.Sits(tx.Now):
		return r, fault.New(fault.Conflict, "tables.not_open")
	case state == "" && r.State != Draft && !r.Sits(tx.Now):
		return r, fault.New(fault.Conflict, "tables.none")
	}
	return r, nil
}

// describe says what a table, of the draft or at work, is to talk about.
func (c *Component) describe(tx *db.Tx, a space.Access, number int, topic, question string) error {
	f := fault.Fields{}
	tooLong(f, "topic", topic, maxTopic)
	tooLong(f, "question", question, maxQuestion)
	if err := f.Err(); err != nil {
		return err
	}
	r, err := c.mine(tx, a, "")
	if err != nil {
		return err
	}
	t, err := findTable(tx, r.ID, number)
	if err != nil || t.Topic == topic && t.Question == question {
		return err
	}
	if _, err := tx.Exec("UPDATE tables_table SET topic = $2, question = $3 WHERE id = $1", t.ID, topic, question); err != nil {
		return err
	}
	c.tell(tx, t.ID, "tables-head")
	return c.record(tx, a, r, Described{number, topic, question})
}

// arrange does what the ticked people are told: sit at a table, wait, or facilitate where they sit.
func (c *Component) arrange(tx *db.Tx, a space.Access, do string, accounts []int64, number int) error {
	r, err := c.mine(tx, a, "")
	if err != nil {
		return err
	}
	if len(accounts) == 0 {
		return fault.Fields{"who": fault.New(fault.Invalid, "tables.arrange.nobody")}
	}
	to := Table{}
	if do == "move" {
		if to, err = findTable(tx, r.ID, number); err != nil {
			return fault.Fields{"table": fault.New(fault.Invalid, "tables.arrange.table")}
		}
	}
	for _, account := range accounts {
		s, sits, err := seatOf(tx, r.ID, account)
		if err != nil {
			return err
		}
		if !sits {
			continue
		}
		switch do {
		case "move", "wait":
			err = c.move(tx, a, r, s, to)
		case "facilitator", "co-facilitator", "none":
			err = c.setPart(tx, a, r, s, Part(strings.TrimPrefix(do, "none")))
		default:
			err = fault.New(fault.Invalid, "tables.arrange.what")
		}
		if err != nil {
			return err
		}
	}
	if r.State == Open {
		c.deps.LiveMoved(tx, a.Space.ID)
	}
	return nil
}

// move seats somebody at another table, of id 0 to wait in plenary.
func (c *Component) move(tx *db.Tx, a space.Access, r Round, s Seat, to Table) error {
	if s.Table == to.ID && !s.Away {
		return nil
	}
	if err := c.endSpeech(tx, a, r, s); err != nil {
		return err
	}
	if err := sit(tx, r.ID, s.Account, to.ID, ""); err != nil {
		return err
	}
	c.tellMoved(tx, a.Space.ID, s.Account, s.Table, to.ID)
	if to.ID == 0 {
		return c.record(tx, a, r, Unseated{r.Number, s.Account, s.Name})
	}
	return c.record(tx, a, r, Moved{r.Number, s.Account, s.Name, to.Number})
}

// setPart names somebody to facilitate where they sit, in the place of whoever did.
func (c *Component) setPart(tx *db.Tx, a space.Access, r Round, s Seat, part Part) error {
	if s.Table == 0 || s.Part == part {
		return nil
	}
	if part != "" {
		if _, err := tx.Exec("UPDATE tables_seat SET part = '' WHERE table_id = $1 AND part = $2", s.Table, string(part)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("UPDATE tables_seat SET part = $3 WHERE round_id = $1 AND account_id = $2", r.ID, s.Account, string(part)); err != nil {
		return err
	}
	t, err := tableByID(tx, s.Table)
	if err != nil {
		return err
	}
	c.tell(tx, t.ID, "tables-table")
	if part == "" {
		return c.record(tx, a, r, GuidesNoLonger{r.Number, t.Number, s.Account, s.Name})
	}
	return c.record(tx, a, r, Guides{r.Number, t.Number, s.Account, s.Name, part})
}
