package tally

import "math/big"

// scottishUnit is what one paper is in the units of the count: five decimals.
const scottishUnit = 100_000

// Scottish elects by the single transferable vote as the Scottish Local Government Elections
// Order 2007 (SSI 2007/42, schedule 1, rules 45 to 52) has it: the quota is the valid ballots
// divided by one more than the seats, rounded down, plus one; a surplus is transferred on all the
// ballots of the elected candidate, each worth surplus × its value ÷ the candidate's votes,
// rounded down to five decimals; ties go by the most recent stage at which the tied differ, then
// by the declared tie-break (by lot, in the Order). A ballot is spent at a place several
// candidates share. It counts ballots by the paper: a weight of 3 is three papers, and the votes of
// colleges are as many papers as make their weights whole, which is what the quota is rounded to.
func Scottish(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("stv-scotland", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	papers := p.papers()
	return k.conclude(papers, func(choose chooser, silent bool) *stvCount {
		s := newScottish(k, papers, choose)
		s.silent = silent
		s.run()
		return s.outcome()
	}), nil
}

type scottish struct {
	*stvState
	quota *big.Int
	held  []holding // one for each pile
}

// holding is where the papers of a pile are.
type holding struct {
	pile
	papers [][]int32 // of each candidate, as ballot numbers
	value  []int32   // of one paper, by ballot number; at most scottishUnit
	at     []uint16  // the preference each ballot supports
}

func newScottish(k *count, p papers, choose chooser) *scottish {
	s := &scottish{stvState: newState(k, p, scottishUnit, choose)}
	valid := new(big.Int)
	for _, pile := range p.piles {
		h := holding{pile, make([][]int32, len(k.names)), make([]int32, len(pile.b.weight)), make([]uint16, len(pile.b.weight))}
		firsts := make([]int64, len(k.names))
		for i, w := range h.b.weight {
			h.value[i] = scottishUnit
			if prefs := singles(h.b.ballot(i)); len(prefs) > 0 { // a ballot without a first preference is not valid
				h.papers[prefs[0]] = append(h.papers[prefs[0]], int32(i))
				firsts[prefs[0]] += w
			}
		}
		for c, votes := range firsts {
			count := new(big.Int).Mul(big.NewInt(votes), h.each)
			valid.Add(valid, count)
			s.votes[c].Add(s.votes[c], count.Mul(count, big.NewInt(scottishUnit)))
		}
		s.held = append(s.held, h)
	}
	s.quota = valid.Quo(valid, big.NewInt(int64(k.result.Seats+1)))
	s.quota.Add(s.quota, big.NewInt(1)).Mul(s.quota, big.NewInt(scottishUnit))
	return s
}

func (s *scottish) run() {
	round := s.open(s.quota)
	for {
		s.electReaching(s.quota, &round)
		if s.finished(&round) {
			s.close(round)
			return
		}
		s.close(round)
		round = s.open(s.quota)
		if c := s.largestSurplus(); c >= 0 {
			s.transferSurplus(c, &round)
			continue
		}
		c := s.lowest()
		s.exclude(c)
		round.Excluded = []string{s.names[c]}
		s.move(c, new(big.Int).Set(s.votes[c]), func(value int32) int32 { return value })
		s.votes[c].SetInt64(0)
	}
}

// largestSurplus returns the elected candidate whose surplus is next, or -1.
func (s *scottish) largestSurplus() int {
	var waiting []int
	for _, c := range s.with(pending) {
		if s.votes[c].Cmp(s.quota) > 0 {
			waiting = append(waiting, c)
		} else {
			s.status[c] = elected
		}
	}
	if len(waiting) == 0 {
		return -1
	}
	return s.settle(waiting, 1, "surplus")
}

func (s *scottish) lowest() int { return s.settle(s.with(hopeful), -1, "exclusion") }

func (s *scottish) transferSurplus(c int, round *Round) {
	surplus, total := new(big.Int).Sub(s.votes[c], s.quota), s.votes[c]
	factor := Number{new(big.Rat).SetFrac(surplus, total)}
	round.Surplus, round.Value = s.names[c], &factor
	s.status[c] = elected
	known := map[int32]int32{} // papers have few values, and many papers each
	s.move(c, surplus, func(value int32) int32 {
		lower, ok := known[value]
		if !ok {
			part := new(big.Int).Mul(surplus, big.NewInt(int64(value)))
			lower = int32(part.Quo(part, total).Int64())
			known[value] = lower
		}
		return lower
	})
	s.votes[c].Set(s.quota)
}

// move passes the papers of a candidate, worth what had says, to the next hopeful candidate each
// names, at a new value.
func (s *scottish) move(from int, had *big.Int, revalue func(int32) int32) {
	s.lost.Add(s.lost, had)
	for _, h := range s.held {
		gains := make([]int64, len(s.names)+1) // the last is nobody's
		for _, i := range h.papers[from] {
			h.value[i] = revalue(h.value[i])
			prefs := singles(h.b.ballot(int(i)))
			at := int(h.at[i]) + 1
			for at < len(prefs) && s.status[prefs[at]] != hopeful {
				at++
			}
			to := len(s.names)
			if at < len(prefs) {
				h.at[i] = uint16(at)
				to = int(prefs[at])
				h.papers[to] = append(h.papers[to], i)
			}
			gains[to] += int64(h.value[i]) * h.b.weight[i]
		}
		h.papers[from] = nil
		for to, gain := range gains {
			worth := new(big.Int).Mul(big.NewInt(gain), h.each)
			s.lost.Sub(s.lost, worth)
			if to < len(s.names) {
				s.votes[to].Add(s.votes[to], worth)
			} else {
				s.spent.Add(s.spent, worth)
			}
		}
	}
}
