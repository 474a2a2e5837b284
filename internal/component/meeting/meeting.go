package meeting

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/journal"
)

// Person is somebody in the session. Account is 0 for somebody in the hall whom the chair named.
type Person struct {
	Account int64  `json:"account,string"`
	Name    string `json:"name"`
	College string `json:"college,omitempty"`
	Group   string `json:"group,omitempty"` // in which they count themselves, of [State.Groups]
}

// key tells people apart: by their account, or by the name the chair gave.
func (p Person) key() string {
	if p.Account != 0 {
		return fmt.Sprint(p.Account)
	}
	return "name:" + p.Name
}

// SpeechKind is what one asks the floor for.
type SpeechKind string

const (
	Question     SpeechKind = "question"
	Reply        SpeechKind = "reply"
	PointOfOrder SpeechKind = "order"      // on how the session is held: it goes before the others
	Interposed   SpeechKind = "interposed" // to whoever is speaking: it goes next, while they speak
)

// SpeechKinds lists the kinds, the usual first.
var SpeechKinds = []SpeechKind{Question, Reply, PointOfOrder, Interposed}

// Order is the rule by which those who wait come to speak.
type Order string

const (
	FirstCome  Order = "first"    // whoever asked first
	LeastFirst Order = "least"    // whoever has spoken least, then whoever asked first
	FirstTime  Order = "new"      // whoever has not spoken yet, then whoever asked first
	Colleges   Order = "colleges" // colleges in turn, whoever asked first in each
	InGroups   Order = "groups"   // groups in which people count themselves, in turn: women and men, places
)

// Orders lists the rules, the usual first.
var Orders = []Order{FirstCome, LeastFirst, FirstTime, Colleges, InGroups}

// Hand is a request for the floor. Number is that of the event that made it.
type Hand struct {
	Number int64
	Person
	Kind   SpeechKind
	Text   string // a written speech, which the chair reads
	At     time.Time
	On     int64         // of an interposed question: the request whose speech it is put to
	Place  int           // where it was put by hand among those that wait, from 1; 0: by the rule
	Reason string        // why
	Spoken time.Duration // of a speech that was interrupted: its first part
}

// Interrupted tells whether the request is a speech that waits to go on.
func (h Hand) Interrupted() bool { return h.Spoken > 0 }

// Floor is who speaks.
type Floor struct {
	Hand
	Since time.Time
}

// Talk is a speech that is over, or the part of it before an interruption.
type Talk struct {
	Person
	Kind    SpeechKind    `json:"speech"`
	Written bool          `json:"written,omitempty"`
	Text    string        `json:"-"`              // of a written speech; the journal has it
	Item    string        `json:"item,omitempty"` // of the agenda: its title
	At      time.Time     `json:"at"`
	Took    time.Duration `json:"-"`
	Seconds int           `json:"seconds"`
}

// Passage is an arrival to the live page, or a departure from it.
type Passage struct {
	Person
	At   time.Time `json:"at"`
	Left bool      `json:"left"`
}

// Incident is a quorum that was lost, or reached again after that; or, with Left, many people who left
// at once, of those who were there.
type Incident struct {
	At       time.Time `json:"at"`
	Lost     bool      `json:"lost"`
	Names    string    `json:"names"`
	Attended string    `json:"attended"`
	Required string    `json:"required"`
	Left     int       `json:"left,omitempty"`
	Of       int       `json:"of,omitempty"`
}

// Message is what those who lead told everybody.
type Message struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Sitting is a period in which the session is open; Closed is zero as long as it is.
type Sitting struct {
	Opened time.Time `json:"opened"`
	Closed time.Time `json:"closed,omitzero"`
}

// State is a session as its events have made it: the same on every node. Everything that is
// shown or decided is read from it.
type State struct {
	Seq       int64 // of the last event it knows
	Open      bool
	Sittings  []Sitting
	Item      int64
	ItemTitle string
	ItemSince time.Time
	Limit     time.Duration // per speech; 0: none
	Auto      bool          // the floor passes on by itself when a speech's time is over
	Order     Order
	Groups    []string // among which people choose, where the order asks for it
	Waiting   []Hand   // in the order in which they asked; see [State.Queue]
	Floor     *Floor
	Talks     []Talk
	Message   Message
	Messages  []Message
	Present   map[int64]Person
	Passages  []Passage
	Quorum    map[string]bool // reached, by the key of the quorum in the statutes
	Incidents []Incident

	seen *seen // what other components see of it; made anew with each event
}

// newState is a session before anything has happened.
func newState() *State {
	return &State{seen: &seen{}, Order: FirstCome, Limit: 2 * time.Minute, Present: map[int64]Person{}, Quorum: map[string]bool{}}
}

// clone is a copy that may change while others read s.
func (s *State) clone() *State {
	c := *s
	c.seen = &seen{}
	c.Sittings, c.Waiting = slices.Clone(s.Sittings), slices.Clone(s.Waiting)
	c.Present, c.Quorum = maps.Clone(s.Present), maps.Clone(s.Quorum)
	if s.Floor != nil {
		f := *s.Floor
		c.Floor = &f
	}
	// The lists that only grow are cut to their length, so that one copy's next line is not another's.
	c.Talks, c.Messages = slices.Clip(s.Talks), slices.Clip(s.Messages)
	c.Passages, c.Incidents = slices.Clip(s.Passages), slices.Clip(s.Incidents)
	return &c
}

// apply is the reducer: s after the event of that number. An erased event leaves its number only.
func (s *State) apply(seq int64, e journal.Event) error {
	s.Seq, s.seen = seq, &seen{}
	if e.Erased() {
		return nil
	}
	read, known := reducers[e.Kind]
	if !known {
		return fmt.Errorf("a session has no event %q", e.Kind)
	}
	if err := read(s, seq, e.At, e.Payload); err != nil {
		return fmt.Errorf("event %d (%s): %w", e.ID, e.Kind, err)
	}
	return nil
}

type reducer func(s *State, seq int64, at time.Time, payload json.RawMessage) error

var reducers = map[string]reducer{}

// on makes fn the reducer of its events.
func on[P journal.Payload](fn func(s *State, seq int64, at time.Time, p P)) {
	var kind P
	reducers[kind.EventKind()] = func(s *State, seq int64, at time.Time, payload json.RawMessage) error {
		var p P
		if err := json.Unmarshal(payload, &p); err != nil {
			return err
		}
		fn(s, seq, at, p)
		return nil
	}
}

func init() {
	on(func(s *State, _ int64, at time.Time, _ Opened) {
		s.Open = true
		s.Sittings = append(s.Sittings, Sitting{Opened: at})
	})
	on((*State).closed)
	on(func(s *State, _ int64, at time.Time, e ItemBegun) {
		s.Item, s.ItemTitle, s.ItemSince = e.Item, e.Title, at
	})
	on((*State).handRaised)
	on(func(s *State, _ int64, _ time.Time, e HandWithdrawn) { s.take(e.Hand) })
	on((*State).handMoved)
	on((*State).floorGiven)
	on(func(s *State, _ int64, at time.Time, _ FloorEnded) { s.endTalk(at) })
	on(func(s *State, _ int64, _ time.Time, e TimeSet) { s.Limit = time.Duration(e.Seconds) * time.Second })
	on(func(s *State, _ int64, _ time.Time, e OrderSet) { s.Order, s.Groups = e.Order, e.Groups })
	on(func(s *State, _ int64, _ time.Time, e PassingSet) { s.Auto = e.Auto })
	on(func(s *State, _ int64, at time.Time, e MessagePosted) {
		s.Message = Message{e.Text, at}
		if e.Text != "" {
			s.Messages = append(s.Messages, s.Message)
		}
	})
	on((*State).presenceChanged)
	on(func(*State, int64, time.Time, Attended) {}) // the electorate's attendance counts it
	on(func(*State, int64, time.Time, Departed) {})
	on(func(s *State, _ int64, at time.Time, e QuorumReached) {
		if _, before := s.Quorum[e.Quorum]; before {
			s.Incidents = append(s.Incidents, Incident{At: at, Names: e.Names, Attended: e.Attended, Required: e.Required})
		}
		s.Quorum[e.Quorum] = true
	})
	on(func(s *State, _ int64, at time.Time, e QuorumLost) {
		s.Quorum[e.Quorum] = false
		s.Incidents = append(s.Incidents, Incident{At: at, Lost: true, Names: e.Names, Attended: e.Attended, Required: e.Required})
	})
	on(func(s *State, _ int64, at time.Time, e ManyLeft) {
		s.Incidents = append(s.Incidents, Incident{At: at, Left: e.Left, Of: e.Of})
	})
}

// closed ends the speech under way and everybody's presence; who waits, waits no more.
func (s *State) closed(_ int64, at time.Time, _ Closed) {
	s.endTalk(at)
	s.Open, s.Waiting, s.Message = false, nil, Message{}
	s.Sittings[len(s.Sittings)-1].Closed = at
	for _, account := range slices.Sorted(maps.Keys(s.Present)) {
		s.Passages = append(s.Passages, Passage{s.Present[account], at, true})
	}
	clear(s.Present)
}

func (s *State) handRaised(seq int64, at time.Time, e HandRaised) {
	h := Hand{Number: seq, Person: e.Person, Kind: e.Kind, Text: e.Text, At: at}
	if e.Kind == Interposed && s.Floor != nil {
		h.On = s.Floor.Number
	}
	s.Waiting = append(s.Waiting, h)
}

// handMoved puts a request at its place; those put at a place before stay in their order around it.
func (s *State) handMoved(_ int64, _ time.Time, e HandMoved) {
	i := s.find(e.Hand)
	if i < 0 {
		return
	}
	order := slices.DeleteFunc(s.ordinary(), func(h Hand) bool { return h.Number == e.Hand })
	s.Waiting[i].Place, s.Waiting[i].Reason = e.Place, e.Reason
	order = slices.Insert(order, min(e.Place-1, len(order)), s.Waiting[i])
	for place, h := range order {
		if h.Place > 0 {
			s.Waiting[s.find(h.Number)].Place = place + 1
		}
	}
}

// floorGiven ends the speech under way. One that an interposed question interrupts goes back to
// wait, to go on with what is left of its time.
func (s *State) floorGiven(seq int64, at time.Time, e FloorGiven) {
	h := Hand{Number: seq, Person: e.Person, Kind: e.Kind, At: at}
	if i := s.find(e.Hand); i >= 0 {
		h = s.take(e.Hand)
	}
	if f := s.Floor; f != nil && h.Kind == Interposed && h.On == f.Number {
		f.Spoken += at.Sub(f.Since)
		f.Place, f.Reason = 0, ""
		s.Waiting = append(s.Waiting, f.Hand)
	}
	s.endTalk(at)
	s.Floor = &Floor{h, at}
}

func (s *State) endTalk(at time.Time) {
	if f := s.Floor; f != nil {
		took := at.Sub(f.Since)
		s.Talks = append(s.Talks, Talk{f.Person, f.Kind, f.Text != "", f.Text, s.ItemTitle, f.Since, took, int(took.Round(time.Second).Seconds())})
	}
	s.Floor = nil
}

func (s *State) presenceChanged(_ int64, at time.Time, e PresenceChanged) {
	for _, p := range e.Arrived {
		if _, here := s.Present[p.Account]; !here {
			s.Present[p.Account] = p
			s.Passages = append(s.Passages, Passage{p, at, false})
		}
	}
	for _, p := range e.Left {
		if known, here := s.Present[p.Account]; here {
			delete(s.Present, p.Account)
			s.Passages = append(s.Passages, Passage{known, at, true})
		}
	}
}

// find is the index of a request among those that wait, -1 for none.
func (s *State) find(number int64) int {
	return slices.IndexFunc(s.Waiting, func(h Hand) bool { return h.Number == number })
}

// take takes a request out of those that wait; the places given by hand behind it move up.
func (s *State) take(number int64) (h Hand) {
	for place, waiting := range s.ordinary() {
		if waiting.Number != number {
			continue
		}
		for i := range s.Waiting {
			if s.Waiting[i].Place > place+1 {
				s.Waiting[i].Place--
			}
		}
	}
	if i := s.find(number); i >= 0 {
		h = s.Waiting[i]
		s.Waiting = slices.Delete(s.Waiting, i, i+1)
	}
	return h
}

// mine is the account's own request, nil for none: those of an interrupted speech too.
func (s *State) mine(account int64) *Hand {
	for i := range s.Waiting {
		if account != 0 && s.Waiting[i].Account == account {
			return &s.Waiting[i]
		}
	}
	return nil
}

// speaks tells whether the account has the floor.
func (s *State) speaks(account int64) bool {
	return account != 0 && s.Floor != nil && s.Floor.Account == account
}

// Held tells whether the session has ever been open.
func (s *State) Held() bool { return len(s.Sittings) > 0 }

// left is what remains of the time of a speech; zero or less when it is over, and ok false
// without a limit.
func (s *State) left(now time.Time) (left time.Duration, ok bool) {
	if s.Floor == nil || s.Limit == 0 {
		return 0, false
	}
	return s.Limit - s.Floor.Spoken - now.Sub(s.Floor.Since), true
}
