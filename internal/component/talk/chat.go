package talk

import (
	"fmt"
	"regexp"
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
)

// Room is who reads a message.
type Room string

const (
	Everybody Room = "all"
	Leaders   Room = "lead"    // those who lead, and the person they write with
	Private   Room = "private" // two people
)

// MessageState is whether a message is read.
type MessageState string

const (
	Shown  MessageState = "shown"
	Hidden MessageState = "hidden" // by those who lead, for a reason that is said
	Gone   MessageState = "gone"   // taken back by its author
)

// Message is something written in a session. Party is the person those who lead write with, or the
// other of two.
type Message struct {
	ID        int64
	Room      Room
	Author    int64
	Name      string
	Party     int64
	PartyName string
	Text      string
	At        time.Time
	State     MessageState
	Reason    string
}

// Report is somebody finding that a message should not be there.
type Report struct {
	Message
	Reasons []string
}

// Mute is somebody who may not write for the time being.
type Mute struct {
	Account int64
	Name    string
	Reason  string
}

const (
	maxMessage = 800
	// chatPerMinute is how many messages somebody may write in a minute, whatever the pace asked for.
	chatPerMinute = 15
	// maxSlow is the slowest pace, in seconds between two messages of one person.
	maxSlow = 300
)

// wire is a message as the stream carries it. Numbers are texts: a browser's are too small.
type wire struct {
	ID     string       `json:"id"`
	Room   Room         `json:"room"`
	Author string       `json:"author"`
	Party  string       `json:"party"`
	Name   string       `json:"name"`
	To     string       `json:"to,omitempty"`
	Text   string       `json:"text"`
	At     time.Time    `json:"at"`
	State  MessageState `json:"state"`
	Reason string       `json:"reason,omitempty"`
}

func (m Message) wire() wire {
	w := wire{fmt.Sprint(m.ID), m.Room, fmt.Sprint(m.Author), fmt.Sprint(m.Party), m.Name, m.PartyName, m.Text, m.At, m.State, m.Reason}
	if m.State != Shown {
		w.Text = "" // it is no longer for everybody to read
	}
	return w
}

// between tells whether the account is one of the two that a message is between.
func (m Message) between(account int64) bool {
	return account != 0 && (m.Author == account || m.Party == account)
}

var address = regexp.MustCompile(`https?://[^\s<>"«»]*[^\s<>"«».,;:!?')\]]`)

// piece is a part of a text: plain, or an address to follow.
type piece struct {
	text string
	link bool
}

// pieces parts a text at the addresses in it.
func pieces(text string) (out []piece) {
	at := 0
	for _, m := range address.FindAllStringIndex(text, -1) {
		if m[0] > at {
			out = append(out, piece{text: text[at:m[0]]})
		}
		out = append(out, piece{text[m[0]:m[1]], true})
		at = m[1]
	}
	if at < len(text) {
		out = append(out, piece{text: text[at:]})
	}
	return out
}

// checkMessage refuses a message without a text, or too long a one.
func checkMessage(text string) error {
	f := fault.Fields{}
	checkText(f, "message", text, "talk.message.missing", maxMessage)
	return f.Err()
}

// topicLead is where those who lead a space listen, topicOf where one person does.
func topicLead(spaceID int64) string { return fmt.Sprintf("talk/%d/lead", spaceID) }

func topicOf(spaceID, account int64) string { return fmt.Sprintf("talk/%d/of/%d", spaceID, account) }

// The events of moderation.
type (
	// MessageHidden is the event of a message being hidden.
	MessageHidden struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
	}
	// MessageShown is the event of a hidden message being shown again.
	MessageShown struct {
		Name string `json:"name"`
	}
	// Muted is the event of somebody no longer being let write.
	Muted struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
	}
	// Unmuted is the event of somebody being let write again.
	Unmuted struct {
		Name string `json:"name"`
	}
	// ChatSet is the event of the chat's rules as they are from now on; Slow is in seconds.
	ChatSet struct {
		Closed  bool `json:"closed"`
		Private bool `json:"private"`
		Slow    int  `json:"slow"`
	}
)

func (MessageHidden) EventKind() string { return "talk.message_hidden" }
func (MessageShown) EventKind() string  { return "talk.message_shown" }
func (Muted) EventKind() string         { return "talk.muted" }
func (Unmuted) EventKind() string       { return "talk.unmuted" }
func (ChatSet) EventKind() string       { return "talk.chat_set" }
