package tally

import (
	"errors"
	"fmt"
	"math/big"
)

// College is the ballot box of one college and the share of the whole it weighs.
type College struct {
	Name    string
	Share   *big.Rat // more than 0; shares are compared with their sum
	Ballots *Rankings
}

// JoinColleges makes one election of the boxes of several colleges: each college weighs its share
// whatever its turnout, each of its votes weighing the same. Colleges where nobody voted do not
// count. The colleges must have the same candidates in the same order. The total weight is the
// number of votes cast, so that the counts stay of the size of votes.
func JoinColleges(colleges []College) (*Rankings, error) {
	joined, err := joinShares(len(colleges), func(i int) (string, *big.Rat, []string, *big.Rat) {
		c := colleges[i]
		return c.Name, c.Share, c.Ballots.names, c.Ballots.votes()
	})
	if err != nil {
		return nil, err
	}
	p := &Rankings{names: colleges[0].Ballots.names, Explicit: colleges[0].Ballots.Explicit}
	for i, c := range colleges {
		p.ballots += c.Ballots.ballots
		if c.Ballots.Explicit != p.Explicit {
			return nil, errors.New("some colleges count unranked candidates as last and others ignore them")
		}
		for _, b := range c.Ballots.boxes {
			weighed := *b
			weighed.factor = new(big.Rat).Mul(b.factor, joined[i])
			p.boxes = append(p.boxes, &weighed)
		}
	}
	return p, nil
}

// GradedCollege is a College whose ballots give grades.
type GradedCollege struct {
	Name    string
	Share   *big.Rat
	Ballots *Grades
}

// JoinGradedColleges is JoinColleges for grades.
func JoinGradedColleges(colleges []GradedCollege) (*Grades, error) {
	joined, err := joinShares(len(colleges), func(i int) (string, *big.Rat, []string, *big.Rat) {
		c := colleges[i]
		return c.Name, c.Share, c.Ballots.names, c.Ballots.votes()
	})
	if err != nil {
		return nil, err
	}
	first := colleges[0].Ballots
	g := &Grades{names: first.names, Explicit: first.Explicit, Scale: first.Scale}
	for i, c := range colleges {
		g.ballots += c.Ballots.ballots
		if c.Ballots.Explicit != g.Explicit {
			return nil, errors.New("some colleges count missing grades as the lowest and others ignore them")
		}
		for _, b := range c.Ballots.boxes {
			weighed := *b
			weighed.factor = new(big.Rat).Mul(b.factor, joined[i])
			g.boxes = append(g.boxes, &weighed)
		}
	}
	return g, nil
}

// joinShares returns what a vote of each college is worth: its share of all the votes cast,
// divided by its own votes.
func joinShares(n int, college func(i int) (name string, share *big.Rat, candidates []string, votes *big.Rat)) ([]*big.Rat, error) {
	if n == 0 {
		return nil, errors.New("no college")
	}
	_, _, names, _ := college(0)
	shares, cast := new(big.Rat), new(big.Rat)
	for i := range n {
		name, share, candidates, votes := college(i)
		if share == nil || share.Sign() <= 0 {
			return nil, fmt.Errorf("the share of college %s is not more than 0", name)
		}
		if len(candidates) != len(names) {
			return nil, fmt.Errorf("college %s does not vote on the same candidates", name)
		}
		for c := range names {
			if candidates[c] != names[c] {
				return nil, fmt.Errorf("college %s does not vote on the same candidates", name)
			}
		}
		if votes.Sign() > 0 {
			shares.Add(shares, share)
			cast.Add(cast, votes)
		}
	}
	worth := make([]*big.Rat, n)
	for i := range n {
		_, share, _, votes := college(i)
		worth[i] = new(big.Rat)
		if votes.Sign() > 0 {
			worth[i].Quo(share, shares)
			worth[i].Mul(worth[i], cast).Quo(worth[i], votes)
		}
	}
	return worth, nil
}
