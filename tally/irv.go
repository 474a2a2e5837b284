package tally

import (
	"math/big"
	"slices"
)

// InstantRunoff excludes, round after round, whoever the fewest ballots support, until someone
// has more than half of the votes that still support someone, or stays alone. A ballot supports its first running
// candidate; a place shared by several running candidates supports none of them. To rank
// everyone, and to fill several seats, the count goes on without the winner, the ballots that
// supported it passing on; the excluded come after, the last excluded first.
//
// When several are last, the declared tie-break chooses who is excluded; where none is declared,
// it is the one that is weakest in every respect (it beats none of the others in a
// duel, and no other has won fewer duels or has a worse balance of duels) or, failing one, all of
// them together: they then stay tied.
func InstantRunoff(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("irv", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	run := &runoff{k: k, p: p, running: make([]bool, len(p.names)), left: len(p.names)}
	for c := range run.running {
		run.running[c] = true
	}
	cast := p.votes()
	var top, bottom [][]int
	for run.left > 0 {
		votes, round := run.round(cast)
		half := sumOf(votes)
		half.Mul(half, big.NewRat(1, 2))
		leader := byTotal(votes)[0]
		if run.left == 1 {
			leader = run.only()
		}
		if run.left == 1 || votes[leader[0]].Cmp(half) > 0 {
			if len(top) < k.result.Seats {
				round.Elected = k.named(leader)
			} else {
				round.Ranked = k.named(leader)
			}
			k.step(round)
			top = append(top, leader)
			run.drop(leader)
			continue
		}
		last := run.last(votes)
		k.step(round)
		last = run.exclude(last)
		bottom = append(bottom, last)
		run.drop(last)
	}
	slices.Reverse(bottom)
	return k.elect(append(top, bottom...)), nil
}

type runoff struct {
	k        *count
	p        *Rankings
	running  []bool
	left     int
	number   int
	before   []*big.Rat
	excluded []int
	duels    *pairwise
}

func (r *runoff) round(cast *big.Rat) ([]*big.Rat, Round) {
	votes := r.p.supports(r.running)
	r.number++
	round := Round{
		Number: r.number, Tallies: r.k.tallies(votes, r.running),
		Exhausted: Exact(new(big.Rat).Sub(cast, sumOf(votes))), Excluded: r.k.named(r.excluded),
	}
	for c, v := range votes {
		if r.before != nil && r.running[c] && v.Cmp(r.before[c]) > 0 {
			gain := new(big.Rat).Sub(v, r.before[c])
			round.Transfers = append(round.Transfers, Tally{r.k.names[c], Exact(gain)})
		}
	}
	r.before, r.excluded = votes, nil
	return votes, round
}

func (r *runoff) only() []int { return []int{slices.Index(r.running, true)} }

// last returns the running candidates with the fewest votes.
func (r *runoff) last(votes []*big.Rat) []int {
	var last []int
	for c, is := range r.running {
		if !is {
			continue
		}
		order := -1
		if len(last) > 0 {
			order = votes[c].Cmp(votes[last[0]])
		}
		if order < 0 {
			last = last[:0]
		}
		if order <= 0 {
			last = append(last, c)
		}
	}
	return last
}

// exclude settles who among the last is excluded.
func (r *runoff) exclude(last []int) []int {
	if len(last) == 1 {
		return r.out(last)
	}
	if r.k.tie.Rule != "" {
		order := r.k.settle(last, "exclusion")
		return r.out(order[len(order)-1:])
	}
	if r.duels == nil {
		m := r.p.pairwise()
		r.duels = &m
	}
	weakest := r.weakest(last)
	if len(weakest) < len(last) {
		order := slices.DeleteFunc(slices.Clone(last), func(c int) bool { return slices.Contains(weakest, c) })
		r.k.step(TieBroken{
			For: "exclusion", Tied: r.k.named(last), Rule: "duels",
			Order: r.k.named(append(order, weakest...)),
		})
	}
	return r.out(weakest)
}

func (r *runoff) out(group []int) []int {
	r.excluded = group
	return group
}

// weakest narrows a tied group as long as some of it are weaker than the rest in every respect.
func (r *runoff) weakest(tied []int) []int {
	records := r.duels.records()
	for {
		var weak []int
		for _, a := range tied {
			if !slices.ContainsFunc(tied, func(b int) bool {
				return b != a && (r.duels.beats(a, b) || records[a].Won > records[b].Won ||
					records[a].Won-records[a].Lost > records[b].Won-records[b].Lost)
			}) {
				weak = append(weak, a)
			}
		}
		if len(weak) == 0 || len(weak) == len(tied) {
			return tied
		}
		tied = weak
	}
}

func (r *runoff) drop(group []int) {
	for _, c := range group {
		r.running[c] = false
		r.left--
	}
}

// supports counts, for each running candidate, the ballots it leads: those on which no other
// running candidate shares its place and none is placed before, places shared by several running
// candidates being passed over.
func (p *Rankings) supports(running []bool) []*big.Rat {
	return p.sum(len(p.names), func(b *box, counters []int64) {
		for i, w := range b.weight {
			if c := leads(b.ballot(i), running); c >= 0 {
				counters[c] += w
			}
		}
	})
}

// leads returns the candidate a ballot supports, or -1.
func leads(prefs []uint16, running []bool) int {
	leader, shared := -1, false
	for _, q := range prefs {
		if q&sharedBit == 0 {
			if leader >= 0 && !shared {
				return leader
			}
			leader, shared = -1, false
		}
		if c := int(q &^ sharedBit); running[c] {
			shared = leader >= 0
			leader = c
		}
	}
	if shared {
		return -1
	}
	return leader
}
