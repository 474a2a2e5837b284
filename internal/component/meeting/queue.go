package meeting

import (
	"cmp"
	"slices"
	"time"
)

// rank puts what goes before the rule: points of order first, then questions put to whoever is
// speaking, then a speech that was interrupted.
func (s *State) rank(h Hand) int {
	switch {
	case h.Kind == PointOfOrder && !h.Interrupted():
		return 0
	case h.Kind == Interposed && s.Floor != nil && h.On == s.Floor.Number:
		return 1
	case h.Interrupted():
		return 2
	default:
		return 3
	}
}

// Queue is who waits, in the order in which they will speak: those that go before the rule, then
// the others by the rule, except those the chair has put at a place.
func (s *State) Queue() []Hand {
	var before []Hand
	for _, h := range s.Waiting {
		if s.rank(h) < 3 {
			before = append(before, h)
		}
	}
	slices.SortStableFunc(before, func(a, b Hand) int { return cmp.Compare(s.rank(a), s.rank(b)) })
	return append(before, s.ordinary()...)
}

// ordinary is the part of the queue that the rule and the chair order.
func (s *State) ordinary() []Hand {
	var free, placed []Hand
	for _, h := range s.Waiting {
		switch {
		case s.rank(h) < 3:
		case h.Place > 0:
			placed = append(placed, h)
		default:
			free = append(free, h)
		}
	}
	switch s.Order {
	case LeastFirst:
		spoken := s.spoken(Person.key)
		slices.SortStableFunc(free, func(a, b Hand) int { return cmp.Compare(spoken[a.key()], spoken[b.key()]) })
	case FirstTime:
		spoken := s.spoken(Person.key)
		slices.SortStableFunc(free, func(a, b Hand) int { return cmp.Compare(min(spoken[a.key()], 1), min(spoken[b.key()], 1)) })
	case Colleges:
		free = s.inTurn(free, byCollege)
	case InGroups:
		free = s.inTurn(free, byGroup)
	}
	slices.SortStableFunc(placed, func(a, b Hand) int { return cmp.Compare(a.Place, b.Place) })
	for _, h := range placed {
		free = slices.Insert(free, min(h.Place-1, len(free)), h)
	}
	return free
}

// inTurn lets groups of people speak in turn: the next is always of the group, among those that
// wait, that spoke longest ago. Those that have not spoken come first, in the order of their
// first request.
func (s *State) inTurn(waiting []Hand, group func(Person) string) []Hand {
	last := map[string]int{} // the turn in which a group last spoke, from 1
	turn := 0
	spoke := func(p Person) { turn++; last[group(p)] = turn }
	for _, t := range s.Talks {
		spoke(t.Person)
	}
	if s.Floor != nil {
		spoke(s.Floor.Person)
	}
	waiting = slices.Clone(waiting)
	var out []Hand
	for len(waiting) > 0 {
		next := 0
		for i, h := range waiting {
			if last[group(h.Person)] < last[group(waiting[next].Person)] {
				next = i
			}
		}
		out = append(out, waiting[next])
		spoke(waiting[next].Person)
		waiting = slices.Delete(waiting, next, next+1)
	}
	return out
}

// spoken sums up how long each has spoken, in speeches that are over.
func (s *State) spoken(key func(Person) string) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, t := range s.Talks {
		out[key(t.Person)] += t.Took
	}
	return out
}

// Share is how long a person or a college has spoken, and how often.
type Share struct {
	Person
	Took     time.Duration
	Speeches int
}

// shares lists who has spoken, longest first; key tells them apart.
func (s *State) shares(key func(Person) string) []Share {
	at := map[string]int{}
	var out []Share
	for _, t := range s.Talks {
		i, known := at[key(t.Person)]
		if !known {
			i = len(out)
			at[key(t.Person)] = i
			out = append(out, Share{Person: t.Person})
		}
		out[i].Took += t.Took
		out[i].Speeches++
	}
	slices.SortStableFunc(out, func(a, b Share) int { return cmp.Compare(b.Took, a.Took) })
	return out
}

// byPerson and byCollege tell speakers apart.
func byPerson(p Person) string { return p.key() }

func byCollege(p Person) string { return p.College }

func byGroup(p Person) string { return p.Group }
