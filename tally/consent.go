package tally

import (
	"errors"
	"fmt"
	"math/big"
)

// Consent counts a decision by consent: it passes when someone answered and no objection stands.
// A concern is recorded and stops nothing. Objections the meeting has lifted are not counted.
type Consent struct {
	Agreed, Concerns, Objections, StoodAside int64
}

// Passes tells whether the decision is taken.
func (c Consent) Passes() bool { return c.Objections == 0 && c.Agreed+c.Concerns > 0 }

// Fists is the outcome of a fist-to-five: how many raised each number of fingers.
type Fists struct {
	Raised [6]int64 `json:"raised"`
	// Blocks are fists: one stops the decision.
	Blocks int64 `json:"blocks"`
	// Reserved raised fewer fingers than the bar and more than none: they are to be heard before
	// the decision is taken.
	Reserved int64  `json:"reserved"`
	Average  Number `json:"average"`
	Passed   bool   `json:"passed"`
}

// FistToFive counts raised fingers, 0 (a block) to 5. It passes when someone voted, nobody blocks
// and nobody is below the bar, commonly 3.
func FistToFive(raised [6]int64, bar int) (Fists, error) {
	if bar < 1 || bar > 5 {
		return Fists{}, fmt.Errorf("the bar is 1 to 5 fingers, not %d", bar)
	}
	f := Fists{Raised: raised, Blocks: raised[0]}
	var people, fingers int64
	for n, count := range raised {
		if count < 0 || count > MaxVotes {
			return Fists{}, errors.New("a number of people is out of bounds")
		}
		people += count
		fingers += int64(n) * count
		if n > 0 && n < bar {
			f.Reserved += count
		}
	}
	if people > 0 {
		f.Average = Frac(fingers, people)
	}
	f.Passed = people > 0 && f.Blocks == 0 && f.Reserved == 0
	return f, nil
}

// DotBallot is how many dots one person puts on each option, by number.
type DotBallot struct {
	Dots   []int
	Weight Number // 1 for one person
}

// DotCollege is a College whose ballots put dots.
type DotCollege struct {
	Name    string
	Share   *big.Rat
	Ballots []DotBallot
}

// JoinDotColleges is JoinColleges for dots: the weight of each ballot becomes what it is worth when
// every college weighs its share.
func JoinDotColleges(colleges []DotCollege) ([]DotBallot, error) {
	worth, err := joinShares(len(colleges), func(i int) (string, *big.Rat, []string, *big.Rat) {
		votes := new(big.Rat)
		for _, b := range colleges[i].Ballots {
			votes.Add(votes, b.Weight.Rat())
		}
		return colleges[i].Name, colleges[i].Share, nil, votes
	})
	if err != nil {
		return nil, err
	}
	var joined []DotBallot
	for i, c := range colleges {
		for _, b := range c.Ballots {
			joined = append(joined, DotBallot{b.Dots, Exact(new(big.Rat).Mul(b.Weight.Rat(), worth[i]))})
		}
	}
	return joined, nil
}

// DotRules bound what a person may do. 0 means no bound.
type DotRules struct {
	Each      int // dots a person has; they need not all be used
	PerOption int // dots a person may put on one option
}

// Dots counts a vote by dots: a ballot of weight 3 puts three times its dots; the options with most
// dots win.
func Dots(options []string, ballots []DotBallot, rules DotRules, o Options) (*Result, error) {
	if err := checkNames(options); err != nil {
		return nil, err
	}
	k, err := newCount("dots", options, int64(len(ballots)), o)
	if err != nil {
		return nil, err
	}
	totals := make([]*big.Rat, len(options))
	for c := range totals {
		totals[c] = new(big.Rat)
	}
	for i, b := range ballots {
		if err := rules.check(options, b); err != nil {
			return nil, fmt.Errorf("ballot %d: %w", i+1, err)
		}
		for c, n := range b.Dots {
			dots := new(big.Rat).SetInt64(int64(n))
			totals[c].Add(totals[c], dots.Mul(dots, b.Weight.Rat()))
		}
	}
	k.step(Scores{"dots", k.tallies(totals, nil)})
	return k.elect(byTotal(totals)), nil
}

func (r DotRules) check(options []string, b DotBallot) error {
	if len(b.Dots) != len(options) {
		return fmt.Errorf("it answers %d options out of %d", len(b.Dots), len(options))
	}
	if b.Weight.Rat().Sign() < 0 {
		return errors.New("its weight is less than nothing")
	}
	used := 0
	for c, n := range b.Dots {
		switch {
		case n < 0 || n > maxGrade:
			return fmt.Errorf("it puts %d dots on %s", n, options[c])
		case r.PerOption > 0 && n > r.PerOption:
			return fmt.Errorf("it puts %d dots on %s, %d at most are allowed", n, options[c], r.PerOption)
		}
		used += n
	}
	if r.Each > 0 && used > r.Each {
		return fmt.Errorf("it uses %d dots, a person has %d", used, r.Each)
	}
	return nil
}
