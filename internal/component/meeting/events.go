package meeting

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
)

// The events of a session; its [State] is made of them alone.
type (
	// Opened is the event of the session being opened, or taken up again.
	Opened struct{}
	// Closed is the event of the session's end, or of its suspension.
	Closed struct{}
	// ItemBegun is the event of the assembly turning to an item of its agenda; Item 0: to none.
	ItemBegun struct {
		Item  int64  `json:"item,string"`
		Title string `json:"title"`
	}
	// HandRaised is the event of somebody asking for the floor; Text is a written speech.
	HandRaised struct {
		Person
		Kind SpeechKind `json:"speech"`
		Text string     `json:"text,omitempty"`
	}
	// HandWithdrawn is the event of a request taken back by its author, or set aside by those who
	// lead, who say why.
	HandWithdrawn struct {
		Hand   int64  `json:"hand"`
		Name   string `json:"name"`
		Reason string `json:"reason"`
	}
	// HandMoved is the event of a request being put at a place among those that wait, from 1.
	HandMoved struct {
		Hand   int64  `json:"hand"`
		Name   string `json:"name"`
		Place  int    `json:"place"`
		Reason string `json:"reason"`
	}
	// FloorGiven is the event of the floor being given: to a request, or (Hand 0) to somebody who
	// has made none.
	FloorGiven struct {
		Person
		Hand int64      `json:"hand"`
		Kind SpeechKind `json:"speech"`
	}
	// FloorEnded is the event of a speech's end; Seconds is how long it lasted.
	FloorEnded struct {
		Name    string `json:"name"`
		Seconds int    `json:"seconds"`
	}
	// TimeSet is the event of a new time per speech, in seconds; 0: without limit.
	TimeSet struct {
		Seconds int `json:"seconds"`
	}
	// OrderSet is the event of a new rule for the order of speech.
	OrderSet struct {
		Order  Order    `json:"order"`
		Groups []string `json:"groups,omitempty"`
	}
	// PassingSet is the event of the floor passing on by itself at the end of a speech's time, or not.
	PassingSet struct {
		Auto bool `json:"auto"`
	}
	// MessagePosted is the event of a message of those who lead to everybody; "" takes it away.
	MessagePosted struct {
		Text string `json:"text"`
	}
	// PresenceChanged is the event of people having come to the live page, or left it. It is
	// coarse: one event holds what happened since the last, a second or more ago.
	PresenceChanged struct {
		Arrived  []Person `json:"arrived,omitempty"`
		Left     []Person `json:"left,omitempty"`
		Arrivals int      `json:"arrivals"`
		Leavings int      `json:"leavings"`
	}
	// ManyLeft is the incident of many people leaving at once: a line that many share was cut.
	ManyLeft struct {
		Left int `json:"left"`
		Of   int `json:"of"`
	}
	// Attended is the event of an elector saying that they are present: they count for the quorum.
	Attended struct {
		Person
		Member int64 `json:"member,string"`
	}
	// Departed is the event of an elector saying that they leave: they no longer count.
	Departed struct {
		Person
		Member int64 `json:"member,string"`
	}
	// QuorumReached is the event of a quorum reached in session; figures as the statutes count.
	QuorumReached struct {
		Quorum   string `json:"quorum"`
		Names    string `json:"names"`
		Attended string `json:"attended"`
		Required string `json:"required"`
	}
	// QuorumLost is the incident of a quorum that was reached and no longer is.
	QuorumLost struct {
		Quorum   string `json:"quorum"`
		Names    string `json:"names"`
		Attended string `json:"attended"`
		Required string `json:"required"`
	}
)

func (Opened) EventKind() string          { return "meeting.opened" }
func (Closed) EventKind() string          { return "meeting.closed" }
func (ItemBegun) EventKind() string       { return "meeting.item_begun" }
func (HandRaised) EventKind() string      { return "meeting.hand_raised" }
func (HandWithdrawn) EventKind() string   { return "meeting.hand_withdrawn" }
func (HandMoved) EventKind() string       { return "meeting.hand_moved" }
func (FloorGiven) EventKind() string      { return "meeting.floor_given" }
func (FloorEnded) EventKind() string      { return "meeting.floor_ended" }
func (TimeSet) EventKind() string         { return "meeting.time_set" }
func (OrderSet) EventKind() string        { return "meeting.order_set" }
func (PassingSet) EventKind() string      { return "meeting.passing_set" }
func (MessagePosted) EventKind() string   { return "meeting.message_posted" }
func (PresenceChanged) EventKind() string { return "meeting.presence_changed" }
func (ManyLeft) EventKind() string        { return "meeting.many_left" }
func (Attended) EventKind() string        { return "meeting.attended" }
func (Departed) EventKind() string        { return "meeting.departed" }
func (QuorumReached) EventKind() string   { return "meeting.quorum_reached" }
func (QuorumLost) EventKind() string      { return "meeting.quorum_lost" }

// Kinds tells who may read these events: what is said before the assembly, its members; who came
// and went, those who run it.
func (c *Component) Kinds() []component.Kind {
	kind := func(p journal.Payload, who component.Audience, fields ...string) component.Kind {
		return component.Kind{Name: p.EventKind(), Audience: who, PublicFields: fields}
	}
	return []component.Kind{
		kind(Opened{}, component.ForPublic), kind(Closed{}, component.ForPublic),
		kind(ItemBegun{}, component.ForPublic, "title"),
		kind(HandRaised{}, component.ForMembers, "name"), kind(HandWithdrawn{}, component.ForMembers, "name", "reason"),
		kind(HandMoved{}, component.ForMembers, "name", "place", "reason"),
		kind(FloorGiven{}, component.ForMembers, "name"), kind(FloorEnded{}, component.ForMembers, "name", "seconds"),
		kind(TimeSet{}, component.ForPublic, "seconds"), kind(OrderSet{}, component.ForPublic), kind(PassingSet{}, component.ForPublic),
		kind(MessagePosted{}, component.ForMembers, "text"),
		kind(PresenceChanged{}, component.ForOrganisers), kind(Attended{}, component.ForOrganisers), kind(Departed{}, component.ForOrganisers),
		kind(ManyLeft{}, component.ForMembers, "left", "of"),
		kind(QuorumReached{}, component.ForPublic, "quorum", "names", "attended", "required"),
		kind(QuorumLost{}, component.ForPublic, "quorum", "names", "attended", "required"),
	}
}
