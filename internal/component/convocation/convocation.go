package convocation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// State is where a convocation stands.
type State string

const (
	Draft   State = "draft"
	Sending State = "sending" // its mails are being written
	Sent    State = "sent"    // every mail is in the queue, every letter can be printed
)

// Convocation is one call of a space's assembly. Subject and Intro are empty while they are
// those proposed; paragraphs of Intro are separated by an empty line.
type Convocation struct {
	Space     int64
	Call      int // 1: first convocation
	Subject   string
	Intro     string
	State     State
	Reason    string    // why it left in spite of the notice, "" when it left in time
	Held      time.Time // the assembly it convenes to, once it has left
	StartedAt time.Time
	StartedBy int64
	SentAt    time.Time
}

// Fate is what became of the convocation of one member.
type Fate string

const (
	Waiting Fate = "waiting" // its mail is still to be written
	Queued  Fate = "queued"  // its mail waits for the server
	Taken   Fate = "sent"    // the server took the mail
	Refused Fate = "refused" // the server will not take it: a letter is due
	Outbox  Fate = "outbox"  // no server is set: nobody has sent it yet
	Letter  Fate = "letter"  // a letter is due
	Printed Fate = "printed" // the letter was posted
)

// Fates lists them in the order in which they happen.
var Fates = []Fate{Waiting, Queued, Taken, Refused, Outbox, Letter, Printed}

// Recipient is the proof of sending to one member. Posted and PostedBy are those of the letter.
type Recipient struct {
	Member   int64
	Number   string
	Name     string
	Mail     bool // convened by mail first
	Fate     Fate
	Address  string
	At       time.Time // when the server took or refused the mail
	Reply    string    // its words
	Batch    int64
	Posted   time.Time
	PostedBy string
	Email    string // in the register today
}

// Again tells whether the mail can be sent once more: it was refused, and the register has
// another address since.
func (r Recipient) Again() bool {
	return r.Fate == Refused && r.Email != "" && !strings.EqualFold(r.Email, r.Address)
}

// Counts is how many recipients stand in each fate.
type Counts map[Fate]int

// Total is everybody convened.
func (c Counts) Total() int {
	n := 0
	for _, k := range c {
		n += k
	}
	return n
}

// Busy tells whether mails are still on their way.
func (c Counts) Busy() bool { return c[Waiting]+c[Queued] > 0 }

const (
	maxSubject = 200
	maxIntro   = 20_000
)

// validateText says what of the text cannot be accepted.
func validateText(subject, intro string) fault.Fields {
	f := fault.Fields{}
	if subject == "" {
		f.Add("subject", "convocation.subject.missing")
	}
	if len([]rune(subject)) > maxSubject || strings.ContainsAny(subject, "\r\n") {
		f.Add("subject", "convocation.subject.long", "max", maxSubject)
	}
	if intro == "" {
		f.Add("intro", "convocation.intro.missing")
	}
	if len([]rune(intro)) > maxIntro {
		f.Add("intro", "convocation.intro.long", "max", maxIntro)
	}
	return f
}

// assembly is the date people are convened to: the start of the meeting to come, else the closing
// of the vote; zero when neither lies ahead of now.
func assembly(phases []space.Phase, vote component.Period, now time.Time) time.Time {
	closes := vote.Closes
	for _, p := range phases {
		if p.Key == space.PhaseMeeting && p.Start.After(now) {
			return p.Start
		}
		if p.Key == space.PhaseVote && closes.IsZero() {
			closes = p.End
		}
	}
	if closes.After(now) {
		return closes
	}
	return time.Time{}
}

// Batch is a file of letters.
type Batch struct {
	ID         int64
	Letters    int
	MadeAt     time.Time
	Downloads  int // how often it was downloaded, each time with new codes
	PostedOn   time.Time
	RecordedAt time.Time
	RecordedBy string
}

// MaxLetters is how many letters a file holds at most: what a printer takes at once, and
// 40 MB of memory.
const MaxLetters = 500

// Reminder is a reminder to come, so long before the vote closes.
type Reminder struct {
	ID     int64
	Space  int64
	Before time.Duration
	By     int64
	SentAt time.Time
}

// Units of the time before closing.
var units = map[string]time.Duration{"hours": time.Hour, "days": 24 * time.Hour}

// readBefore reads "3" "days" as a time before closing, of an hour to thirty days.
func readBefore(number, unit string) (time.Duration, error) {
	f := fault.Fields{}
	u, ok := units[unit]
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if d := time.Duration(n) * u; !ok || err != nil || n < 1 || n > 720 || d > 30*24*time.Hour {
		f.Add("before", "convocation.reminder.before")
	}
	return time.Duration(n) * u, f.Err()
}

// reference is what a mail of a convocation is known by.
func reference(spaceID int64, call int, member int64) string {
	return fmt.Sprintf("convocation/%d/%d/%d", spaceID, call, member)
}
