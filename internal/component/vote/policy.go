package vote

import (
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// canPrepare: who writes resolutions and sets the dates.
func canPrepare(a space.Access) bool { return a.Organises() }

// canRunVote: who opens and closes a vote in session: those who preside over it.
func canRunVote(a space.Access) bool { return a.Has(people.Chair, people.Officer) }

// canCountPaper: who enters paper voters and counts paper ballots. The organisation's
// administrator does not, unless named scrutineer.
func canCountPaper(a space.Access) bool {
	return a.Roles[people.Scrutineer]
}

// canMarkPaper: who notes that an elector has voted on paper.
func canMarkPaper(a space.Access) bool {
	return a.Has(people.Scrutineer, people.Officer, people.Chair)
}

// canBreakTie: who gives the casting vote or publishes the seed of a draw.
func canBreakTie(a space.Access) bool { return a.Roles[people.Chair] }

// canSeeBallots: an open vote is published, by name, to those entitled, once the results may
// be seen.
func canSeeBallots(a space.Access, s Series, resultsVisible bool) bool {
	return s.Names && resultsVisible && (a.Elector || a.Organises() || a.Has(people.Scrutineer))
}

// canTakeBallots: the ballots without their names, to count them again. Where names are not
// published, what a ballot weighs could give its voter away: then scrutineers and the bureau only.
func canTakeBallots(a space.Access, s Series, resultsVisible bool) bool {
	return canSeeBallots(a, s, resultsVisible) || resultsVisible && (a.Organises() || a.Has(people.Scrutineer))
}

// resultsVisible tells whether the results of s may be seen: never while it is open; with the
// others where the statutes wait for the last of the space's series.
func resultsVisible(rule statute.Results, s Series, all []Series, decided map[int64]bool, now time.Time) bool {
	if s.State(now, decided[s.ID]) != Decided {
		return false
	}
	if rule != statute.ResultsSeries {
		return true
	}
	for _, o := range all {
		if st := o.State(now, decided[o.ID]); o.Call == s.Call && st != Decided && st != Draft && st != Waiting {
			return false
		}
	}
	return true
}

// canEdit tells whether a resolution may still be changed: until the vote opens.
func canEdit(a space.Access, s Series, now time.Time) bool {
	st := s.State(now, false)
	return canPrepare(a) && (st == Draft || st == Announced || st == Waiting)
}
