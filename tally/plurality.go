package tally

import "math/big"

// Plurality elects those whom most ballots place first. A first place shared by k candidates
// gives each of them 1/k of the ballot.
func Plurality(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("plurality", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	votes := p.firsts(nil)
	k.step(Scores{"votes", k.tallies(votes, nil)})
	return k.elect(byTotal(votes)), nil
}

// TwoRound elects who has more than half of the votes cast for someone; failing that, a second
// round is held between the first two, each ballot going to the one it ranks higher. Candidates
// tied for the second place all go to the second round unless a tie-break is declared.
func TwoRound(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("two-round", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	votes := p.firsts(nil)
	total := sumOf(votes)
	first := byTotal(votes)
	round := Round{Number: 1, Tallies: k.tallies(votes, nil), Exhausted: Exact(new(big.Rat).Sub(p.votes(), total))}
	half := new(big.Rat).Mul(total, big.NewRat(1, 2))
	if len(first[0]) == 1 && votes[first[0][0]].Cmp(half) > 0 {
		round.Elected = k.named(first[0])
		k.step(round)
		return k.elect(first), nil
	}
	k.step(round)

	running, rest := k.finalists(first)
	second := p.firsts(running)
	last := Round{Number: 2, Tallies: k.tallies(second, running)}
	last.Exhausted = Exact(new(big.Rat).Sub(p.votes(), sumOf(second)))
	var ranking [][]int
	for _, group := range byTotal(second) {
		var kept []int
		for _, c := range group {
			if running[c] {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			ranking = append(ranking, kept)
		}
	}
	if len(ranking[0]) == 1 {
		last.Elected = k.named(ranking[0])
	}
	k.step(last)
	return k.elect(append(ranking, rest...)), nil
}

// finalists returns who goes to the second round, and the others as ranked by the first.
func (k *count) finalists(first [][]int) (running []bool, rest [][]int) {
	running = make([]bool, len(k.names))
	admitted := 0
	for _, group := range first {
		if admitted >= 2 {
			rest = append(rest, group)
			continue
		}
		if admitted+len(group) > 2 && k.tie.Rule != "" {
			order := k.settle(group, "runoff")
			group = order[:2-admitted]
			for _, c := range order[2-admitted:] {
				rest = append(rest, []int{c})
			}
		}
		for _, c := range group {
			running[c] = true
		}
		admitted += len(group)
	}
	return running, rest
}

func sumOf(votes []*big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, v := range votes {
		total.Add(total, v)
	}
	return total
}

// Borda gives a candidate one point for each candidate a ballot ranks below it and one more for
// being ranked; those who share a place share its points. Candidates left unranked come last
// together, or get nothing if the election is explicit.
func Borda(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("borda", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	n := len(p.names)
	twice := p.sum(n, func(b *box, counters []int64) {
		points := make([]int64, n)
		for i, w := range b.weight {
			bordaPoints(b.ballot(i), p.Explicit, points)
			for c, pt := range points {
				counters[c] += pt * w
			}
		}
	})
	for _, v := range twice {
		v.Mul(v, big.NewRat(1, 2))
	}
	k.step(Scores{"points", k.tallies(twice, nil)})
	return k.elect(byTotal(twice)), nil
}

// bordaPoints sets twice the points each candidate gets from one ballot.
func bordaPoints(prefs []uint16, explicit bool, points []int64) {
	n := int64(len(points))
	unranked := n - int64(len(prefs)) + 1 // the last place's points, doubled and shared out
	if explicit {
		unranked = 0
	}
	for c := range points {
		points[c] = unranked
	}
	for i := 0; i < len(prefs); {
		j := i + 1
		for j < len(prefs) && prefs[j]&sharedBit != 0 {
			j++
		}
		// places i to j-1 are worth n-i … n-j+1: twice their mean is 2n-i-j+1
		for _, q := range prefs[i:j] {
			points[q&^sharedBit] = 2*n - int64(i) - int64(j) + 1
		}
		i = j
	}
}
