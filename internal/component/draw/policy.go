package draw

import (
	"time"

	"isegoria.org/isegoria/internal/space"
)

// canPrepare: who makes draws, reads who the volunteers are, runs and publishes, enters the
// dice, invites and records answers.
func canPrepare(a space.Access) bool { return a.Organises() }

// canRead: whoever sees the space reads a draw once it concerns them: its application form
// was opened, or its list published.
func canRead(a space.Access, d Draw, rounds []Round) bool {
	if canPrepare(a) {
		return true
	}
	return a.CanSee() && (!d.ClosesAt.IsZero() || anyPublic(rounds))
}

// canReadRound: a list is its organisers' until it is published.
func canReadRound(a space.Access, r Round) bool {
	return canPrepare(a) || a.CanSee() && r.Public()
}

func anyPublic(rounds []Round) bool {
	for _, r := range rounds {
		if r.Public() {
			return true
		}
	}
	return false
}

// canChange: volunteers, quotas and rules change until the first list is being made.
func canChange(rounds []Round) bool { return len(rounds) == 0 }

// canApply: whoever has the address of the form, until it closes or the list is being made.
func canApply(d Draw, rounds []Round, now time.Time) bool {
	return canChange(rounds) && d.ErasedAt.IsZero() && now.Before(d.ClosesAt)
}

// canAnswer: who sits in the panel as drawn; an answer may be changed to a refusal, not back,
// since the seat may have been given away.
func canAnswer(v Volunteer, answer Answer) bool {
	return v.Seated && v.Answer != No && v.Answer != answer
}
