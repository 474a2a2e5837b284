package tally

import "math/bits"

// scottishUnit is what one vote is in the units of the count: five decimals.
const scottishUnit = 100_000

// Scottish elects by the single transferable vote as the Scottish Local Government Elections
// Order 2007 (SSI 2007/42, schedule 1, rules 45 to 52) has it: the quota is the valid ballots
// divided by one more than the seats, rounded down, plus one; a surplus is transferred on all the
// ballots of the elected candidate, each worth surplus × its value ÷ the candidate's votes,
// rounded down to five decimals; ties go by the most recent stage at which the tied differ, then
// by the declared tie-break (by lot, in the Order). A ballot is spent at a place several
// candidates share. It counts ballots by the paper: a weight of 3 is three papers.
func Scottish(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("stv-scotland", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	b, err := p.oneBox()
	if err != nil {
		return nil, err
	}
	return k.conclude(b, func(choose chooser, silent bool) *stvCount {
		s := newScottish(k, b, choose)
		s.silent = silent
		s.run()
		return s.outcome()
	}), nil
}

type scottish struct {
	*stvState
	b     *box
	quota int64
	// the papers of each candidate, as ballot numbers; value and at are by ballot number
	papers [][]int32
	value  []int32 // of one paper, at most scottishUnit
	at     []uint16
}

func newScottish(k *count, b *box, choose chooser) *scottish {
	n := len(k.names)
	s := &scottish{
		stvState: &stvState{
			k: k, choose: choose, names: k.names, unit: scottishUnit,
			status: make([]status, n), votes: make([]int64, n),
		},
		b: b, papers: make([][]int32, n), value: make([]int32, len(b.weight)), at: make([]uint16, len(b.weight)),
	}
	valid := int64(0)
	for i, w := range b.weight {
		s.value[i] = scottishUnit
		prefs := singles(b.ballot(i))
		if len(prefs) == 0 {
			continue // a ballot without a first preference is not valid
		}
		valid += w
		c := prefs[0]
		s.papers[c] = append(s.papers[c], int32(i))
		s.votes[c] += w * scottishUnit
	}
	s.quota = (valid/int64(k.result.Seats+1) + 1) * scottishUnit
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
		s.move(c, func(value int32) int32 { return value })
		s.votes[c] = 0
	}
}

// largestSurplus returns the elected candidate whose surplus is next, or -1.
func (s *scottish) largestSurplus() int {
	var waiting []int
	for _, c := range s.with(pending) {
		if s.votes[c] > s.quota {
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
	surplus, total := uint64(s.votes[c]-s.quota), uint64(s.votes[c])
	factor := Frac(int64(surplus), int64(total))
	round.Surplus, round.Value = s.names[c], &factor
	s.status[c] = elected
	s.move(c, func(value int32) int32 {
		high, low := bits.Mul64(surplus, uint64(value))
		quotient, _ := bits.Div64(high, low, total) // surplus < total and value ≤ 10⁵: it fits
		return int32(quotient)
	})
	s.votes[c] = s.quota
}

// move passes the papers of a candidate to the next hopeful candidate each names, at a new value.
func (s *scottish) move(from int, revalue func(int32) int32) {
	had := s.votes[from]
	if s.status[from] == elected {
		had -= s.quota
	}
	moved := int64(0)
	for _, i := range s.papers[from] {
		s.value[i] = revalue(s.value[i])
		worth := int64(s.value[i]) * s.b.weight[i]
		moved += worth
		prefs := singles(s.b.ballot(int(i)))
		at := int(s.at[i]) + 1
		for at < len(prefs) && s.status[prefs[at]] != hopeful {
			at++
		}
		if at == len(prefs) {
			s.spent += worth
			continue
		}
		s.at[i] = uint16(at)
		to := prefs[at]
		s.papers[to] = append(s.papers[to], i)
		s.votes[to] += worth
	}
	s.papers[from] = nil
	s.lost += had - moved
}
