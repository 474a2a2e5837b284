package poll

import (
	"time"

	"isegoria.org/isegoria/internal/space"
)

// canLead: who leads prepares polls, opens and closes them, shows their results.
func canLead(a space.Access) bool { return a.Leads() }

// canRead: whoever may see the space reads its polls, once they have been opened.
func canRead(a space.Access, p Poll) bool { return a.CanSee() && (p.State != Draft || canLead(a)) }

// canAnswer: who takes part, while it is open. Of an anonymous poll, once: which answer was
// theirs, nobody knows.
func canAnswer(a space.Access, p Poll, answered bool, now time.Time) bool {
	return a.TakesPart() && p.openAt(now) && (p.Named || !answered)
}

// canReadResults: whoever reads a poll, as it goes or when it is closed; results that are held back
// are held back from everybody.
func canReadResults(a space.Access, p Poll) bool {
	return canRead(a, p) && (p.State == Closed || p.State == Open && !p.Held)
}

// canReadNames: who takes part, as with a show of hands.
func canReadNames(a space.Access, p Poll) bool {
	return p.Named && a.TakesPart() && canReadResults(a, p)
}
