package meeting

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

var start = time.Date(2026, 6, 11, 18, 0, 0, 0, time.UTC)

// tape makes a session of events, each a number of seconds after the start.
type tape struct {
	t *testing.T
	s *State
}

func record(t *testing.T) *tape { return &tape{t, newState()} }

func (r *tape) at(second int, events ...journal.Payload) *tape {
	r.t.Helper()
	for _, p := range events {
		text, err := json.Marshal(p)
		if err != nil {
			r.t.Fatal(err)
		}
		before, err := json.Marshal(r.s)
		if err != nil {
			r.t.Fatal(err)
		}
		next := r.s.clone()
		e := journal.Event{At: start.Add(time.Duration(second) * time.Second), Kind: p.EventKind(), Payload: text}
		if err := next.apply(r.s.Seq+1, e); err != nil {
			r.t.Fatal(err)
		}
		// A state that others may be reading does not change.
		if after, err := json.Marshal(r.s); err != nil || string(after) != string(before) {
			r.t.Fatalf("%T changed the state before it (%v)", p, err)
		}
		r.s = next
	}
	return r
}

func who(account int64, name, college string) Person {
	return Person{Account: account, Name: name, College: college}
}

var (
	ana   = who(1, "Ana", "users")
	ben   = who(2, "Ben", "users")
	chloe = who(3, "Chloé", "staff")
	dan   = who(4, "Dan", "users")
)

func ask(p Person) HandRaised { return HandRaised{Person: p, Kind: Question} }

// queue is who waits, in order: "Ana Ben".
func (r *tape) queue() string {
	var names []string
	for _, h := range r.s.Queue() {
		names = append(names, h.Name)
	}
	return strings.Join(names, " ")
}

func (r *tape) want(queue string) *tape {
	r.t.Helper()
	if got := r.queue(); got != queue {
		r.t.Errorf("the queue is %q, want %q", got, queue)
	}
	return r
}

func TestFirstCome(t *testing.T) {
	r := record(t).at(0, Opened{}).at(1, ask(ana)).at(2, ask(ben)).at(3, ask(chloe)).want("Ana Ben Chloé")
	r.at(4, HandWithdrawn{Hand: 3, Name: "Ben"}).want("Ana Chloé")
	r.at(5, FloorGiven{ana, 2, Question}).want("Chloé")
	if f := r.s.Floor; f == nil || f.Name != "Ana" || !f.Since.Equal(start.Add(5*time.Second)) {
		t.Errorf("floor %+v", f)
	}
	r.at(35, FloorEnded{"Ana", 30})
	if r.s.Floor != nil || len(r.s.Talks) != 1 || r.s.Talks[0].Took != 30*time.Second {
		t.Errorf("floor %+v, talks %+v", r.s.Floor, r.s.Talks)
	}
}

func TestPointOfOrderJumps(t *testing.T) {
	r := record(t).at(0, Opened{}, ask(ana), ask(ben), HandRaised{Person: chloe, Kind: PointOfOrder}, HandRaised{Person: dan, Kind: PointOfOrder})
	r.want("Chloé Dan Ana Ben")
	r.at(1, HandMoved{3, "Ben", 1, "répond"}).want("Chloé Dan Ben Ana")
}

// A question put to whoever is speaking goes next; the speech goes on after it, with its time.
func TestInterposedQuestion(t *testing.T) {
	r := record(t).at(0, Opened{}, ask(ana), ask(ben)).at(10, FloorGiven{ana, 2, Question})
	r.at(20, HandRaised{Person: chloe, Kind: Interposed}).want("Chloé Ben")
	r.at(30, FloorGiven{chloe, 5, Interposed}).want("Ana Ben")
	if h := r.s.Queue()[0]; !h.Interrupted() || h.Spoken != 20*time.Second {
		t.Errorf("the interrupted speech is %+v", h)
	}
	r.at(40, FloorEnded{"Chloé", 10}).at(41, FloorGiven{ana, 2, Question}).want("Ben")
	if left, ok := r.s.left(start.Add(51 * time.Second)); !ok || left != 2*time.Minute-30*time.Second {
		t.Errorf("%v left", left)
	}
	r.at(61, FloorEnded{"Ana", 40})
	if got := r.s.spoken(byPerson)["1"]; got != 40*time.Second || len(r.s.Talks) != 3 {
		t.Errorf("Ana spoke %v in %d speeches", got, len(r.s.Talks))
	}
	// Once the speech is over, the question waits like any other.
	late := record(t).at(0, Opened{}, FloorGiven{Person: ana, Kind: Reply}, ask(ben), HandRaised{Person: chloe, Kind: Interposed}).want("Chloé Ben")
	late.at(9, FloorEnded{"Ana", 9}).want("Ben Chloé")
}

func TestLeastSpokenFirst(t *testing.T) {
	r := record(t).at(0, Opened{}, OrderSet{Order: LeastFirst}, ask(ana), FloorGiven{ana, 3, Question}).at(60, FloorEnded{"Ana", 60})
	r.at(61, ask(ben), FloorGiven{ben, 6, Question}).at(71, FloorEnded{"Ben", 10})
	r.at(80, ask(ana)).at(81, ask(ben)).at(82, ask(chloe)).want("Chloé Ben Ana")
	r.at(83, OrderSet{Order: FirstCome}).want("Ana Ben Chloé")
}

func TestCollegesInTurn(t *testing.T) {
	r := record(t).at(0, Opened{}, OrderSet{Order: Colleges}, ask(ana), ask(ben), ask(dan), ask(chloe)).want("Ana Chloé Ben Dan")
	r.at(1, FloorGiven{ana, 3, Question}).want("Chloé Ben Dan")
	r.at(9, FloorEnded{"Ana", 8}).want("Chloé Ben Dan")
}

func TestThoseWhoHaveNotSpokenFirst(t *testing.T) {
	r := record(t).at(0, Opened{}, OrderSet{Order: FirstTime}, ask(ana), FloorGiven{ana, 3, Question}).at(60, FloorEnded{"Ana", 60})
	r.at(61, ask(ben), FloorGiven{ben, 6, Question}).at(71, FloorEnded{"Ben", 10})
	r.at(80, ask(ana)).at(81, ask(ben)).at(82, ask(chloe)).want("Chloé Ana Ben")
}

func TestGroupsInTurn(t *testing.T) {
	in := func(p Person, group string) HandRaised { p.Group = group; return ask(p) }
	r := record(t).at(0, Opened{}, OrderSet{InGroups, []string{"F", "H"}}, in(ben, "H"), in(dan, "H"), in(ana, "F"), in(chloe, "F"))
	r.want("Ben Ana Dan Chloé")
	r.at(1, OrderSet{Order: FirstCome}).want("Ben Dan Ana Chloé")
}

// The floor passes on ten seconds behind the time, where the rules say so and somebody waits.
func TestPassingOn(t *testing.T) {
	r := record(t).at(0, Opened{}, TimeSet{60}, FloorGiven{Person: ana, Kind: Reply})
	passed := func(second int) bool {
		events, err := passOn(&db.Tx{Now: start.Add(time.Duration(second) * time.Second)}, space.Access{}, r.s)
		if err != nil {
			t.Fatal(err)
		}
		return len(events) == 2 && events[1].(FloorGiven).Name == "Ben" && events[0].(FloorEnded).Seconds == second
	}
	r.at(1, ask(ben))
	if passed(75) {
		t.Error("the rules do not say so")
	}
	if r.at(2, PassingSet{true}); passed(69) || !passed(70) {
		t.Error("passes on at 69 s, or does not at 70 s")
	}
	if r.at(3, HandWithdrawn{Hand: r.s.Waiting[0].Number}); passed(90) {
		t.Error("nobody waits")
	}
}

func TestMovedByTheChair(t *testing.T) {
	r := record(t).at(0, Opened{}, ask(ana), ask(ben), ask(chloe), ask(dan))
	r.at(1, HandMoved{5, "Dan", 2, "parle pour l'atelier"}).want("Ana Dan Ben Chloé")
	if h := r.s.Queue()[1]; h.Reason != "parle pour l'atelier" {
		t.Errorf("reason %q", h.Reason)
	}
	r.at(2, FloorGiven{ana, 2, Question}).want("Dan Ben Chloé") // the place moves up with the queue
	r.at(3, ask(who(5, "Eva", "staff"))).want("Dan Ben Chloé Eva")
	r.at(4, HandMoved{4, "Chloé", 1, "a été oubliée"}).want("Chloé Dan Ben Eva")
	r.at(5, HandWithdrawn{Hand: 99}).want("Chloé Dan Ben Eva")
}

func TestClosingEndsEverything(t *testing.T) {
	r := record(t).at(0, Opened{}, ask(ana), ask(ben), FloorGiven{ana, 2, Question}, MessagePosted{"Pause"}, PresenceChanged{Arrived: []Person{ana, ben}})
	r.at(7, PresenceChanged{Arrived: []Person{ana}, Left: []Person{ben, chloe}}).at(9, Closed{})
	s := r.s
	if s.Open || s.Floor != nil || len(s.Waiting) != 0 || len(s.Present) != 0 || s.Message.Text != "" || len(s.Messages) != 1 {
		t.Errorf("%+v", s)
	}
	if len(s.Talks) != 1 || s.Talks[0].Seconds != 9 || len(s.Passages) != 4 || !s.Passages[3].Left {
		t.Errorf("talks %+v, passages %+v", s.Talks, s.Passages)
	}
	if r.at(20, Opened{}); !r.s.Open || len(r.s.Sittings) != 2 || !r.s.Sittings[1].Closed.IsZero() {
		t.Errorf("sittings %+v", r.s.Sittings)
	}
}

func TestQuorumIncidents(t *testing.T) {
	q := func(kind string, reached bool) journal.Payload {
		if reached {
			return QuorumReached{kind, "Décisions", "12", "10"}
		}
		return QuorumLost{kind, "Décisions", "9", "10"}
	}
	r := record(t).at(0, Opened{}, q("a", true))
	if len(r.s.Incidents) != 0 {
		t.Error("reaching a quorum is no incident")
	}
	r.at(5, q("a", false)).at(9, q("a", true))
	if len(r.s.Incidents) != 2 || !r.s.Incidents[0].Lost || r.s.Incidents[1].Lost {
		t.Errorf("incidents %+v", r.s.Incidents)
	}
}

// An erased event leaves its number, and what refers to it does no harm; a kind of no session is refused.
func TestErasedAndForeignEvents(t *testing.T) {
	s := newState()
	if err := s.apply(1, journal.Event{Kind: HandRaised{}.EventKind()}); err != nil || s.Seq != 1 || len(s.Waiting) != 0 {
		t.Errorf("%v %+v", err, s)
	}
	if err := s.apply(2, journal.Event{Kind: HandMoved{}.EventKind(), Payload: []byte(`{"hand":1,"place":1}`)}); err != nil {
		t.Error(err)
	}
	if err := s.apply(3, journal.Event{Kind: "vote.ballot_cast", Payload: []byte(`{}`)}); err == nil {
		t.Error("an event of a vote was taken for one of a session")
	}
	if err := s.apply(4, journal.Event{Kind: Opened{}.EventKind(), Payload: []byte(`[`)}); err == nil {
		t.Error("a broken event passed")
	}
}

func TestEveryKindHasItsReducer(t *testing.T) {
	kinds := (&Component{}).Kinds()
	if len(kinds) != len(reducers) {
		t.Errorf("%d kinds, %d reducers", len(kinds), len(reducers))
	}
	for _, k := range kinds {
		if reducers[k.Name] == nil {
			t.Errorf("%s has no reducer", k.Name)
		}
	}
}

func TestPresence(t *testing.T) {
	var p presence
	now := start
	one, two := p.enter(7, ana), p.enter(7, ana)
	here, keep, look := p.here(7, now)
	if got := comings(here, map[int64]Person{}); len(got) != 1 || got[0] != ana || !keep || !look {
		t.Errorf("%v %v %v", got, keep, look)
	}
	one()
	if here, keep, look = p.here(7, now.Add(looking)); len(here) != 1 || keep || !look {
		t.Errorf("of two pages one is left: %v %v %v", here, keep, look)
	}
	two()
	here, _, _ = p.here(7, now.Add(keeping))
	present := map[int64]Person{1: ana, 2: ben, 3: chloe}
	if got := leavings(here, present, map[int64]bool{1: true, 2: true}); len(got) != 1 || got[0] != chloe {
		t.Errorf("only Chloé has no seat any more: %v", got)
	}
	p.reads(7, ben, now)
	if !p.renew(7, ben.Account, now.Add(reading)) || p.renew(7, chloe.Account, now) || p.renew(8, ben.Account, now) {
		t.Error("who reads is known, and nobody else")
	}
	if here, _, _ = p.here(7, now.Add(2*reading)); len(here) != 1 || here[ben.Account] != ben {
		t.Errorf("Ben has just read the page: %v", here)
	}
	if here, _, _ = p.here(7, now.Add(2*reading+time.Second)); len(here) != 0 {
		t.Errorf("Ben no longer reads: %v", here)
	}
	p.reads(7, ben, now)
	p.enter(7, ben)()
	if here, _, _ = p.here(7, now); len(here) != 0 {
		t.Errorf("Ben's page was followed, and left: %v", here)
	}
	p.forget(7)
	if len(p.spaces()) != 0 {
		t.Error("an empty room is remembered")
	}
	for _, c := range []struct {
		left, of int
		want     bool
	}{{9, 12, false}, {10, 50, true}, {10, 51, false}, {200, 1000, true}} {
		if massive(c.left, c.of) != c.want {
			t.Errorf("%d of %d: %v", c.left, c.of, !c.want)
		}
	}
}

// The table says who may do what: follow, speak, attend, lead, preside.
func TestPolicy(t *testing.T) {
	in := func(v space.Visibility, viewer people.Viewer, elector bool, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: v}, Viewer: viewer, Roles: map[people.Role]bool{}, Elector: elector}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	someone, member, admin := people.Viewer{Account: 1}, people.Viewer{Account: 2, Member: 2}, people.Viewer{Account: 3, Admin: true}
	for _, c := range []struct {
		name   string
		access space.Access
		want   string // of "follow speak attend lead preside"
	}{
		{"a visitor of a public space", in(space.Public, people.Viewer{}, false), "follow"},
		{"a visitor", in(space.Members, people.Viewer{}, false), ""},
		{"an account without a role", in(space.Public, someone, false), "follow"},
		{"a member", in(space.Members, member, false), "follow speak"},
		{"an elector", in(space.Participants, member, true), "follow speak attend"},
		{"an observer", in(space.Participants, someone, false, people.Observer), "follow"},
		{"a participant", in(space.Participants, someone, false, people.Participant), "follow speak"},
		{"an expert", in(space.Participants, someone, false, people.Expert), "follow speak"},
		{"an assistant", in(space.Participants, someone, false, people.Assistant), "follow speak"},
		{"a scrutineer", in(space.Participants, someone, false, people.Scrutineer), "follow speak"},
		{"a facilitator", in(space.Participants, someone, false, people.Facilitator), "follow speak lead"},
		{"an officer", in(space.Participants, someone, false, people.Officer), "follow speak lead preside"},
		{"the chair", in(space.Participants, someone, false, people.Chair), "follow speak lead preside"},
		{"an administrator of the space", in(space.Participants, someone, false, people.Administrator), "follow"},
		{"an administrator of the organisation", in(space.Participants, admin, false), "follow"},
	} {
		var got []string
		for _, may := range []struct {
			word string
			yes  func(space.Access) bool
		}{{"follow", canFollow}, {"speak", canSpeak}, {"attend", canAttend}, {"lead", canLead}, {"preside", canPreside}} {
			if may.yes(c.access) {
				got = append(got, may.word)
			}
		}
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("%s may %v, want %v", c.name, got, want)
		}
	}
}
