package tables

import (
	"cmp"
	"slices"
	"time"
)

// The floor of a table: those who ask wait in line; in a turn of the table, those who have not
// spoken in it come first, each for as long as the others.

// queue is who waits, in the order in which they will speak.
func queue(t Table, seats []Seat) (list []Seat) {
	for _, s := range seats {
		waits := !s.Hand.IsZero() || t.Tour && !s.Toured
		if waits && s.Account != t.Speaker && s.Table == t.ID && !s.Away {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b Seat) int {
		if inTour := cmp.Compare(turn(t, b), turn(t, a)); inTour != 0 {
			return inTour
		}
		if turn(t, a) == 1 {
			return 0 // by name, as seats come
		}
		return a.Hand.Compare(b.Hand)
	})
	return list
}

// turn is 1 for somebody whose turn of the table is to come.
func turn(t Table, s Seat) int {
	if t.Tour && !s.Toured {
		return 1
	}
	return 0
}

// spoken is how long somebody has spoken at the table, the speech under way included.
func spoken(t Table, s Seat, now time.Time) time.Duration {
	if t.Speaker == s.Account {
		return s.Spoken + now.Sub(t.Since)
	}
	return s.Spoken
}

// silent is who of those seated has not spoken yet.
func silent(t Table, seats []Seat) (list []Seat) {
	for _, s := range seats {
		if s.Table == t.ID && s.Spoken == 0 && s.Account != t.Speaker {
			list = append(list, s)
		}
	}
	return list
}
