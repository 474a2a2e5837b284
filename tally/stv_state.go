package tally

import (
	"math/big"
	"slices"
)

// stvState is what both kinds of STV keep.
type stvState struct {
	k        *count
	choose   chooser
	names    []string
	status   []status
	votes    []*big.Int // of the candidates, in units of the count, as all votes are here
	spent    *big.Int   // votes that no candidate can receive any more
	lost     *big.Int   // by rounding
	worth    *big.Rat   // what one unit is, in votes
	elected  [][]int    // in order; those elected at once with equal votes together
	seated   int
	excluded [][]int // in order; interchangeable ones together
	idle     []int   // the rest of an interchangeable group, to be excluded next
	steps    []Step
	silent   bool         // no steps are wanted
	history  [][]*big.Int // votes at the end of each stage
}

// newState begins a count of the papers, each being so many units.
func newState(k *count, p papers, units int64, choose chooser) *stvState {
	n := len(k.names)
	return &stvState{
		k: k, choose: choose, names: k.names, status: make([]status, n), votes: zeros(n),
		spent: new(big.Int), lost: new(big.Int), worth: new(big.Rat).Quo(p.grain, new(big.Rat).SetInt64(units)),
	}
}

func zeros(n int) []*big.Int {
	list := make([]*big.Int, n)
	for i := range list {
		list[i] = new(big.Int)
	}
	return list
}

type status byte

const (
	hopeful status = iota
	pending        // elected, surplus not yet transferred
	elected
	excluded
)

// finished elects those who remain when they are no more than the vacancies.
func (s *stvState) finished(round *Round) bool {
	seats := s.k.result.Seats
	if s.seated >= seats {
		return true
	}
	rest := s.with(hopeful)
	if len(rest) > seats-s.seated {
		return false
	}
	s.elect(rest, elected, round)
	return true
}

func (s *stvState) with(want status) []int {
	var list []int
	for c, is := range s.status {
		if is == want {
			list = append(list, c)
		}
	}
	return list
}

// elect declares candidates elected, most votes first.
func (s *stvState) elect(group []int, as status, round *Round) {
	for _, equals := range s.byVotes(group) {
		s.elected = append(s.elected, equals)
		s.seated += len(equals)
		round.Elected = append(round.Elected, s.k.named(equals)...)
		for _, c := range equals {
			s.status[c] = as
		}
	}
}

// byVotes groups candidates by votes, most first.
func (s *stvState) byVotes(group []int) [][]int {
	sorted := slices.Clone(group)
	slices.SortStableFunc(sorted, func(a, b int) int { return s.votes[b].Cmp(s.votes[a]) })
	var groups [][]int
	for i, c := range sorted {
		if i > 0 && s.votes[sorted[i-1]].Cmp(s.votes[c]) == 0 {
			groups[len(groups)-1] = append(groups[len(groups)-1], c)
			continue
		}
		groups = append(groups, []int{c})
	}
	return groups
}

func (s *stvState) electReaching(quota *big.Int, round *Round) {
	var reached []int
	for _, c := range s.with(hopeful) {
		if s.votes[c].Cmp(quota) >= 0 {
			reached = append(reached, c)
		}
	}
	s.elect(reached, pending, round)
}

// settle returns the one with the most votes (sign 1) or the fewest (sign -1), ties going by the
// most recent stage where they differ and then by the declared tie-break.
func (s *stvState) settle(among []int, sign int, purpose string) int {
	tied := extremes(among, s.votes, sign)
	if len(tied) == 1 && len(s.idle) == 0 {
		return tied[0]
	}
	if sign < 0 {
		if c, ok := s.interchangeable(tied); ok {
			return c
		}
	}
	narrowed := tied
	for i := len(s.history) - 1; i >= 0 && len(narrowed) > 1; i-- {
		narrowed = extremes(narrowed, s.history[i], sign)
	}
	if len(narrowed) == 1 {
		s.steps = append(s.steps, TieBroken{
			For: purpose, Tied: s.k.named(tied), Rule: "earlier-stage", Order: s.chosen(tied, narrowed[0], sign),
		})
		return narrowed[0]
	}
	return s.draw(narrowed, sign, purpose)
}

// draw asks the tie-break, and records what it says.
func (s *stvState) draw(tied []int, sign int, purpose string) int {
	before := len(s.k.result.Steps)
	c := tied[s.choose(tied, purpose)]
	if made := s.k.result.Steps[before:]; len(made) > 0 { // the declared tie-break wrote its step
		s.steps = append(s.steps, made...)
		s.k.result.Steps = s.k.result.Steps[:before]
	} else {
		s.steps = append(s.steps, TieBroken{
			For: purpose, Tied: s.k.named(tied), Rule: "unsettled", Order: s.chosen(tied, c, sign),
		})
	}
	return c
}

// exclude excludes a candidate.
func (s *stvState) exclude(c int) {
	s.status[c] = excluded
	if at := slices.Index(s.idle, c); at >= 0 {
		s.idle = slices.Delete(s.idle, at, at+1)
		last := len(s.excluded) - 1
		s.excluded[last] = append(s.excluded[last], c)
		return
	}
	s.excluded = append(s.excluded, []int{c})
}

// interchangeable tells whether the order in which the tied are excluded matters to nobody: they
// have no vote to pass on, so that all of them go one after the other, and enough others remain.
// It then returns the first of them. Where a tie-break is declared, it orders them.
func (s *stvState) interchangeable(tied []int) (int, bool) {
	if len(s.idle) > 0 {
		return s.idle[0], true
	}
	voted := func(c int) bool { return s.votes[c].Sign() != 0 }
	if s.k.tie.Rule != "" || slices.ContainsFunc(tied, voted) || len(s.with(hopeful))-len(tied) < s.k.result.Seats-s.seated {
		return 0, false
	}
	s.idle = slices.Clone(tied[1:])
	return tied[0], true
}

// chosen lists a tied group with the chosen one first if preferred, last if excluded.
func (s *stvState) chosen(tied []int, c int, sign int) []string {
	order := slices.DeleteFunc(slices.Clone(tied), func(d int) bool { return d == c })
	if sign > 0 {
		return s.k.named(append([]int{c}, order...))
	}
	return s.k.named(append(order, c))
}

// extremes keeps the candidates with the most votes (sign 1) or the fewest (sign -1).
func extremes(among []int, votes []*big.Int, sign int) []int {
	var best []int
	for _, c := range among {
		order := 1
		if len(best) > 0 {
			order = sign * votes[c].Cmp(votes[best[0]])
		}
		switch {
		case order > 0:
			best = append(best[:0:0], c)
		case order == 0:
			best = append(best, c)
		}
	}
	return best
}

// number is a number of units as votes.
func (s *stvState) number(units *big.Int) Number {
	r := new(big.Rat).SetInt(units)
	return Number{r.Mul(r, s.worth)}
}

// open starts a stage.
func (s *stvState) open(quota *big.Int) Round {
	q := s.number(quota)
	return Round{Number: len(s.history) + 1, Quota: &q}
}

// close ends a stage: what each candidate has then, and what it gained.
func (s *stvState) close(round Round) {
	now := zeros(len(s.votes))
	for c, v := range s.votes {
		now[c].Set(v)
	}
	s.history = append(s.history, now)
	if s.silent {
		return
	}
	lost := s.number(s.lost)
	round.Exhausted, round.Lost = s.number(s.spent), &lost
	for c, v := range now {
		round.Tallies = append(round.Tallies, Tally{s.names[c], s.number(v)})
		if n := len(s.history) - 1; n > 0 && v.Cmp(s.history[n-1][c]) > 0 {
			round.Transfers = append(round.Transfers, Tally{s.names[c], s.number(new(big.Int).Sub(v, s.history[n-1][c]))})
		}
	}
	s.steps = append(s.steps, round)
}

// outcome ranks the elected in order, then who was never excluded, then the last excluded first.
func (s *stvState) outcome() *stvCount {
	ranking := append(slices.Clone(s.elected), s.byVotes(s.with(hopeful))...)
	for _, group := range slices.Backward(s.excluded) {
		ranking = append(ranking, group)
	}
	return &stvCount{steps: s.steps, elected: slices.Concat(s.elected...), ranking: ranking}
}
