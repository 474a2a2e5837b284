package tally

import "math/big"

// papers are the ballots as the single transferable vote counts them: by the paper. Without weights
// a vote is a paper. Where the boxes of colleges weigh otherwise, each vote is as many equal papers
// as make all of them whole, and the fewest such: the count is that of an election in which each
// ballot had been cast so many times. Its figures are then told in votes.
type papers struct {
	piles []pile
	grain *big.Rat // what a paper is worth, in votes
}

// pile is the papers of one box.
type pile struct {
	b    *box
	each *big.Int // how many papers a vote of the box is
}

func (p *Rankings) papers() papers {
	all := papers{grain: big.NewRat(1, 1)}
	whole, common := big.NewInt(1), new(big.Int)
	for _, b := range p.boxes { // the least number by which all factors become whole
		gcd := new(big.Int).GCD(nil, nil, whole, b.factor.Denom())
		whole.Mul(whole, new(big.Int).Quo(b.factor.Denom(), gcd))
	}
	for _, b := range p.boxes {
		if b.factor.Sign() == 0 {
			continue // a college where nobody voted
		}
		each := new(big.Int).Quo(whole, b.factor.Denom())
		each.Mul(each, b.factor.Num())
		common.GCD(nil, nil, common, each)
		all.piles = append(all.piles, pile{b, each})
	}
	if len(all.piles) > 0 {
		for _, one := range all.piles {
			one.each.Quo(one.each, common)
		}
		all.grain.SetFrac(common, whole)
	}
	return all
}

// prefs is how many preferences there are to read.
func (p papers) prefs() int {
	n := 0
	for _, one := range p.piles {
		n += len(one.b.prefs)
	}
	return n
}
