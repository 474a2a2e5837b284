package tally

import (
	"errors"
	"math/big"
	"slices"
)

// SeatWon is a seat going to a list. Under a highest-averages rule, Average is the list's votes
// divided by its next divisor; under largest remainder, it is nil for a seat won by a whole quota
// and the remainder, in votes, for the others.
type SeatWon struct {
	Seat      int     `json:"seat"`
	List      string  `json:"list"`
	Average   *Number `json:"average,omitempty"`
	Remainder *Number `json:"remainder,omitempty"`
}

// Kind implements Step.
func (SeatWon) Kind() string { return "seat" }

// HareLists shares the seats by the Hare quota (votes ÷ seats) and the largest remainders, the
// lists' votes being the first preferences.
func HareLists(p *Rankings, o Options) (*Result, error) {
	return lists("hare", p, o, nil)
}

// DHondtLists shares the seats by the highest averages of d'Hondt: votes ÷ 1, 2, 3 …
func DHondtLists(p *Rankings, o Options) (*Result, error) {
	return lists("dhondt", p, o, func(seats int64) int64 { return seats + 1 })
}

// SainteLagueLists shares the seats by the highest averages of Sainte-Laguë: votes ÷ 1, 3, 5 …
func SainteLagueLists(p *Rankings, o Options) (*Result, error) {
	return lists("sainte-lague", p, o, func(seats int64) int64 { return 2*seats + 1 })
}

func lists(method string, p *Rankings, o Options, divisor func(seats int64) int64) (*Result, error) {
	k, err := newCount(method, p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	votes := p.firsts(nil)
	k.step(Scores{"votes", k.tallies(votes, nil)})
	if sumOf(votes).Sign() == 0 {
		return nil, errors.New("no vote to share the seats by")
	}
	a := &apportionment{count: k, votes: votes, seats: make([]int64, len(votes))}
	if divisor == nil {
		a.largestRemainders()
	} else {
		a.highestAverages(divisor)
	}
	return a.result, nil
}

type apportionment struct {
	*count
	votes []*big.Rat
	seats []int64 // by list
}

func (a *apportionment) highestAverages(divisor func(int64) int64) {
	averages := make([]*big.Rat, len(a.votes))
	for len(a.result.Winners) < a.result.Seats {
		for c, v := range a.votes {
			averages[c] = new(big.Rat).Quo(v, new(big.Rat).SetInt64(divisor(a.seats[c])))
		}
		if !a.award(byTotal(averages)[0], func(c int, s *SeatWon) {
			n := Exact(averages[c])
			s.Average = &n
		}) {
			return
		}
	}
}

func (a *apportionment) largestRemainders() {
	quota := new(big.Rat).Quo(sumOf(a.votes), new(big.Rat).SetInt64(int64(a.result.Seats)))
	left := make([]*big.Rat, len(a.votes))
	for c, v := range a.votes {
		left[c] = new(big.Rat).Set(v)
	}
	whole := func(int, *SeatWon) {}
	for len(a.result.Winners) < a.result.Seats {
		top := byTotal(left)[0]
		if left[top[0]].Cmp(quota) < 0 {
			whole = func(c int, s *SeatWon) {
				n := Exact(left[c])
				s.Remainder = &n
			}
		}
		before := slices.Clone(a.seats)
		if !a.award(top, whole) {
			return
		}
		for c := range left {
			if won := a.seats[c] - before[c]; won > 0 {
				left[c].Sub(left[c], quota)
			}
		}
	}
}

// award gives one seat to each of the lists that have the same claim to the next seats, if there
// are enough seats; else to those the tie-break prefers. It returns false when nobody declared
// one: the tie is then reported.
func (a *apportionment) award(top []int, tell func(int, *SeatWon)) bool {
	left := a.result.Seats - len(a.result.Winners)
	if len(top) > left {
		if a.tie.Rule == "" {
			names := a.named(top)
			a.result.Winners = append(a.result.Winners, names...)
			a.result.Ranking = append(a.result.Ranking, names)
			a.result.Ties = append(a.result.Ties, names)
			return false
		}
		top = a.settle(top, "seat")[:left]
	}
	for _, c := range top {
		won := SeatWon{Seat: len(a.result.Winners) + 1, List: a.names[c]}
		tell(c, &won)
		a.step(won)
		a.seats[c]++
		a.result.Winners = append(a.result.Winners, a.names[c])
		a.result.Ranking = append(a.result.Ranking, []string{a.names[c]})
	}
	return true
}
