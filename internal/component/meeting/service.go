package meeting

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// state is the session as the transaction sees it. What a read has made of it is kept for the
// next: only what has happened since is read again.
func (c *Component) state(tx *db.Tx, spaceID int64) (*State, error) {
	c.mu.Lock()
	s, known := c.states[spaceID]
	c.mu.Unlock()
	if !known {
		s = newState()
	}
	last, err := lastSeq(tx, spaceID)
	if err != nil || last == s.Seq {
		return s, err
	}
	if last < s.Seq { // the database was restored to what it was before
		s = newState()
	}
	s = s.clone()
	return s, eachEvent(tx, spaceID, s.Seq, func(seq int64, e journal.Event) error { return s.apply(seq, e) })
}

// look is [Component.state] in a transaction that only reads: what it sees is on disk, and kept.
func (c *Component) look(tx *db.Tx, spaceID int64) (*State, error) {
	s, err := c.state(tx, spaceID)
	if err == nil {
		c.mu.Lock()
		if known := c.states[spaceID]; known == nil || known.Seq != s.Seq {
			c.states[spaceID] = s
		}
		c.mu.Unlock()
	}
	return s, err
}

// LiveSession is the session of a space as the transaction sees it, for the other components.
func (c *Component) LiveSession(tx *db.Tx, spaceID int64) (component.LiveSession, error) {
	s, err := c.state(tx, spaceID)
	if err != nil {
		return component.LiveSession{Space: spaceID}, err
	}
	return s.session(spaceID), nil
}

// changes says what of the pages an event changes. Who comes and who goes changes nothing but
// numbers, which travel as counts: one message for each would be one too many.
func changes(p journal.Payload) string {
	switch p.(type) {
	case Opened, Closed:
		return "state"
	case ItemBegun:
		return "agenda"
	case MessagePosted:
		return "message"
	case QuorumLost, QuorumReached:
		return "quorum"
	case PresenceChanged, ManyLeft, Attended, Departed:
		return ""
	default:
		return "floor"
	}
}

// decision says what an act brings about, or why it cannot be. s is the session as it stands, and
// nobody else changes it meanwhile.
type decision func(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error)

// act does what is decided, if the policy lets the viewer: the events are written in the
// transaction, and told to the browsers after its commit.
func (c *Component) act(tx *db.Tx, a space.Access, may func(space.Access) bool, decide decision) error {
	if err := component.Must(a, may(a)); err != nil {
		return err
	}
	return c.record(tx, a, decide)
}

func (c *Component) record(tx *db.Tx, a space.Access, decide decision) error {
	seq, err := lock(tx, a.Space.ID)
	if err != nil {
		return err
	}
	s, err := c.state(tx, a.Space.ID)
	if err != nil {
		return err
	}
	events, err := decide(tx, a, s)
	if err != nil || len(events) == 0 {
		return err
	}
	changed := map[string]bool{}
	for _, p := range events {
		e, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, p)
		if err != nil {
			return err
		}
		seq++
		if err := number(tx, a.Space.ID, seq, e.ID); err != nil {
			return err
		}
		changed[changes(p)] = true
	}
	delete(changed, "")
	for what := range changed {
		c.deps.LiveChanged(tx, a.Space.ID, what)
	}
	if changed["state"] || changed["floor"] {
		c.deps.LiveMoved(tx, a.Space.ID)
	}
	return nil
}

// person is the viewer as the session knows them.
func person(tx *db.Tx, a space.Access) (Person, error) {
	p := Person{Account: a.Viewer.Account, Name: a.Viewer.Name}
	var err error
	p.College, err = college(tx, a.Space.ID, a.Viewer.Member)
	return p, err
}

// The longest texts people write, in characters.
const (
	maxSpeech  = 3000
	maxMessage = 500
	maxReason  = 300
	maxName    = 200
)

func tooLong(f fault.Fields, field, text string, limit int) {
	if utf8.RuneCountInString(text) > limit {
		f.Add(field, "meeting.too_long", "max", limit)
	}
}

func notOpen() error { return fault.New(fault.Conflict, "meeting.not_open") }

// raise asks for the floor; text is a written speech, "" for one that is spoken. group is that in
// which they count themselves, where the order of speech asks for it.
func raise(kind SpeechKind, text, group string) decision {
	return func(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
		f := fault.Fields{}
		if _, known := kindWords[kind]; !known {
			f.Add("kind", "meeting.kind.missing")
		}
		tooLong(f, "text", text, maxSpeech)
		if s.Order != InGroups {
			group = ""
		} else if group != "" && !slices.Contains(s.Groups, group) {
			f.Add("group", "meeting.group.unknown")
		}
		if err := f.Err(); err != nil {
			return nil, err
		}
		switch {
		case !s.Open:
			return nil, notOpen()
		case s.mine(a.Viewer.Account) != nil:
			return nil, nil // it stands already: asking twice changes nothing
		case kind == Interposed && (s.Floor == nil || s.speaks(a.Viewer.Account)):
			return nil, fault.New(fault.Conflict, "meeting.interposed.nobody")
		}
		p, err := person(tx, a)
		p.Group = group
		return []journal.Payload{HandRaised{p, kind, strings.TrimSpace(text)}}, err
	}
}

// lower takes the viewer's own request back.
func lower(_ *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	h := s.mine(a.Viewer.Account)
	if h == nil {
		return nil, nil
	}
	return []journal.Payload{HandWithdrawn{Hand: h.Number, Name: h.Name}}, nil
}

// finish ends the viewer's own speech.
func finish(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	if !s.speaks(a.Viewer.Account) {
		return nil, nil
	}
	return end(tx, a, s)
}

// attend notes that the viewer is present: they count for the quorum. Where the statutes let
// whoever takes part in person take their proxy back, this does so.
func (c *Component) attend(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	if !s.Open {
		return nil, notOpen()
	}
	if err := c.mayAttend(tx, a.Space.ID); err != nil {
		return nil, err
	}
	here, err := attends(tx, a.Space.ID, a.Viewer.Member)
	if err != nil || here {
		return nil, err
	}
	rules, err := electorate.Rules(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	if rules.Proxies.InPerson {
		if err := electorate.VotedInPerson(tx, a.Viewer.Account, a.Space.ID, a.Viewer.Member); err != nil {
			return nil, err
		}
	}
	if err := electorate.Attend(tx, a.Space.ID, a.Viewer.Member, electorate.InRoom); err != nil {
		return nil, err
	}
	p, err := person(tx, a)
	if err != nil {
		return nil, err
	}
	return []journal.Payload{Attended{p, a.Viewer.Member}}, c.countRoom(tx, a.Space.ID)
}

// depart notes that the viewer leaves: they no longer count as present.
func (c *Component) depart(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	if err := c.mayAttend(tx, a.Space.ID); err != nil {
		return nil, err
	}
	here, err := attends(tx, a.Space.ID, a.Viewer.Member)
	if err != nil || !here {
		return nil, err
	}
	if err := electorate.Unattend(tx, a.Space.ID, a.Viewer.Member, electorate.InRoom); err != nil {
		return nil, err
	}
	p, err := person(tx, a)
	if err != nil {
		return nil, err
	}
	return []journal.Payload{Departed{p, a.Viewer.Member}}, c.countRoom(tx, a.Space.ID)
}

// countRoom tells the browsers how many electors are present, after the commit.
func (c *Component) countRoom(tx *db.Tx, spaceID int64) error {
	n, err := inRoom(tx, spaceID)
	if err == nil {
		tx.AfterCommit(func() { c.deps.Live.Count(component.LiveTopic(spaceID), "room", n) })
	}
	return err
}

// mayAttend asks whoever keeps the attendance sheet whether it can still change.
func (c *Component) mayAttend(tx *db.Tx, spaceID int64) error {
	return component.Ask(c.deps, func(k component.SheetKeeper) error { return k.SheetOpen(tx, spaceID) })
}

// seconds is a duration as events have it.
func seconds(d time.Duration) int { return int(d.Round(time.Second).Seconds()) }
