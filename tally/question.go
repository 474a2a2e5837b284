package tally

import (
	"errors"
	"fmt"
	"math/big"
)

// Question counts the answers to one question. The votes are weights, whole or not; none is
// below 0 and nil is 0.
type Question struct {
	For, Against, Abstain, Blank, Invalid *big.Rat
	// Entitled and Present are the votes of those who could vote and of those present or
	// represented; they are needed only as denominators.
	Entitled, Present *big.Rat
}

// Denominator is what a majority is a share of.
type Denominator string

// The denominators in use. Each includes the ones before it.
const (
	Expressed     Denominator = "expressed"      // for and against
	WithAbstained Denominator = "with-abstained" // and abstentions
	WithBlank     Denominator = "with-blank"     // and blank ballots
	Cast          Denominator = "cast"           // and invalid ballots
	Present       Denominator = "present"        // all the present and represented
	Entitled      Denominator = "entitled"       // all those who could vote
)

// Majority is what a question needs to pass: a share of a denominator.
type Majority struct {
	Of    Denominator
	Share *big.Rat // such as 1/2 or 2/3
	// AtLeast accepts exactly Share; otherwise the votes for must be more than it. A simple
	// majority is more than 1/2; "the two-thirds majority" usually at least 2/3.
	AtLeast bool
}

// Passed is the decision on a question. It is the only step of its derivation: with the votes of
// Question, it says everything.
type Passed struct {
	For         Number      `json:"for"`
	Of          Denominator `json:"of"`
	Denominator Number      `json:"denominator"`
	Share       Number      `json:"share"` // needed
	AtLeast     bool        `json:"at-least"`
	Passed      bool        `json:"passed"`
	// Tied: the votes for and against are equal and so the question fails; a chair's casting vote,
	// where the statutes give one, is theirs to apply.
	Tied bool `json:"tied"`
}

// Kind implements Step.
func (Passed) Kind() string { return "passed" }

// Decide tells whether the question passes. Without any vote in the denominator, it does not.
func (q Question) Decide(m Majority) (Passed, error) {
	if m.Share == nil || m.Share.Sign() < 0 || m.Share.Cmp(big.NewRat(1, 1)) > 0 {
		return Passed{}, errors.New("a majority is a share from 0 to 1")
	}
	denominator, err := q.denominator(m.Of)
	if err != nil {
		return Passed{}, err
	}
	votesFor := orZero(q.For)
	needed := new(big.Rat).Mul(m.Share, denominator)
	order := votesFor.Cmp(needed)
	return Passed{
		For: Exact(votesFor), Of: m.Of, Denominator: Exact(denominator), Share: Exact(m.Share), AtLeast: m.AtLeast,
		Passed: denominator.Sign() > 0 && (order > 0 || m.AtLeast && order == 0),
		Tied:   votesFor.Sign() > 0 && votesFor.Cmp(orZero(q.Against)) == 0,
	}, nil
}

func orZero(r *big.Rat) *big.Rat {
	if r == nil {
		return new(big.Rat)
	}
	return r
}

func (q Question) denominator(of Denominator) (*big.Rat, error) {
	answers := []*big.Rat{q.For, q.Against, q.Abstain, q.Blank, q.Invalid}
	cast := new(big.Rat)
	for _, votes := range answers {
		if orZero(votes).Sign() < 0 {
			return nil, errors.New("a number of votes is below 0")
		}
		cast.Add(cast, orZero(votes))
	}
	switch of {
	case Expressed, WithAbstained, WithBlank, Cast:
		kinds := map[Denominator]int{Expressed: 2, WithAbstained: 3, WithBlank: 4, Cast: 5}[of]
		sum := new(big.Rat)
		for _, votes := range answers[:kinds] {
			sum.Add(sum, orZero(votes))
		}
		return sum, nil
	case Present, Entitled:
		all := q.Present
		if of == Entitled {
			all = q.Entitled
		}
		if all == nil {
			return nil, fmt.Errorf("the number of votes %s is not known", of)
		}
		if all.Cmp(cast) < 0 {
			return nil, fmt.Errorf("more votes are cast (%s) than are %s (%s)", Exact(cast), of, Exact(all))
		}
		return all, nil
	}
	return nil, fmt.Errorf("no denominator called %q", of)
}

// QuestionCollege is what one college answers, and the share of the whole it weighs.
type QuestionCollege struct {
	Name    string
	Share   *big.Rat // more than 0
	Answers Question
}

// JoinQuestion weighs the answers of colleges: each college weighs its share of all the votes cast
// to the question, spread over its answers as its members' votes are. With block, the whole
// college goes to whichever of for and against it gave more votes to (to abstention if they are
// equal). Colleges where nobody voted do not count. Shares are of the votes cast: the joined
// Question has no Present nor Entitled.
func JoinQuestion(colleges []QuestionCollege, block bool) (Question, error) {
	shares, cast := new(big.Rat), new(big.Rat)
	totals := make([]*big.Rat, len(colleges))
	for i, c := range colleges {
		if c.Share == nil || c.Share.Sign() <= 0 {
			return Question{}, fmt.Errorf("the share of college %s is not more than 0", c.Name)
		}
		total, err := c.Answers.denominator(Cast)
		if err != nil {
			return Question{}, fmt.Errorf("college %s: %w", c.Name, err)
		}
		totals[i] = total
		if total.Sign() > 0 {
			shares.Add(shares, c.Share)
			cast.Add(cast, total)
		}
	}
	joined := Question{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), nil, nil}
	for i, c := range colleges {
		if totals[i].Sign() == 0 {
			continue
		}
		weight := new(big.Rat).Quo(c.Share, shares)
		weight.Mul(weight, cast)
		if block {
			to := []*big.Rat{joined.Against, joined.Abstain, joined.For}[orZero(c.Answers.For).Cmp(orZero(c.Answers.Against))+1]
			to.Add(to, weight)
			continue
		}
		weight.Quo(weight, totals[i])
		parts := [][2]*big.Rat{
			{joined.For, c.Answers.For}, {joined.Against, c.Answers.Against}, {joined.Abstain, c.Answers.Abstain},
			{joined.Blank, c.Answers.Blank}, {joined.Invalid, c.Answers.Invalid},
		}
		for _, p := range parts {
			p[0].Add(p[0], new(big.Rat).Mul(weight, orZero(p[1])))
		}
	}
	return joined, nil
}
