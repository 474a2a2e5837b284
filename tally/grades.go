package tally

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Grades holds ballots that give each candidate a whole number: a grade, a score, an approval
// (0 or 1). Only how many times each candidate got each grade is kept: nothing links two grades
// of one ballot. It is not safe to add to it from several goroutines at once.
type Grades struct {
	// Scale names the grades, worst first: Scale[i] is the grade i. Empty: the grades are numbers.
	Scale []string
	// Explicit tells what becomes of candidates a ballot leaves without a grade: false, they get
	// the lowest grade of the scale (in Approval and Score, 0); true, that ballot does not count
	// for them.
	Explicit bool

	names   []string
	boxes   []*gradeBox
	ballots int64
}

type gradeBox struct {
	factor  *big.Rat
	counts  []gradeCounts // by candidate
	total   int64
	scratch []bool
}

// gradeCounts are the votes for each grade: the usual grades in an array, since a large election
// counts tens of millions of them, any other in a map.
type gradeCounts struct {
	usual [usualGrades]int64
	other map[int]int64
}

const usualGrades = 32

func (c *gradeCounts) add(value int, votes int64) {
	if value >= 0 && value < usualGrades {
		c.usual[value] += votes
		return
	}
	if c.other == nil {
		c.other = map[int]int64{}
	}
	c.other[value] += votes
}

func (c *gradeCounts) of(value int) int64 {
	if value >= 0 && value < usualGrades {
		return c.usual[value]
	}
	return c.other[value]
}

// values appends the grades given.
func (c *gradeCounts) values(to []int) []int {
	for v, votes := range c.usual {
		if votes > 0 {
			to = append(to, v)
		}
	}
	for v := range c.other {
		to = append(to, v)
	}
	return to
}

// NewGrades prepares an empty ballot box. Names must be distinct and not empty.
func NewGrades(candidates []string) (*Grades, error) {
	if err := checkNames(candidates); err != nil {
		return nil, err
	}
	b := &gradeBox{factor: big.NewRat(1, 1), counts: make([]gradeCounts, len(candidates)), scratch: make([]bool, len(candidates))}
	return &Grades{names: slices.Clone(candidates), boxes: []*gradeBox{b}}, nil
}

// Candidates returns the candidates' names, in the order given.
func (g *Grades) Candidates() []string { return slices.Clone(g.names) }

// Enter adds a candidate to whom no ballot so far has given a grade.
func (g *Grades) Enter(name string) error {
	if err := checkEntry(g.names, name); err != nil {
		return err
	}
	b := g.boxes[0]
	g.names, b.counts, b.scratch = append(g.names, name), append(b.counts, gradeCounts{}), append(b.scratch, false)
	return nil
}

// Rename gives the candidates their names when the ballots came first, under provisional ones.
func (g *Grades) Rename(candidates []string) error {
	if len(candidates) != len(g.names) {
		return fmt.Errorf("%d names for %d candidates", len(candidates), len(g.names))
	}
	if err := checkNames(candidates); err != nil {
		return err
	}
	g.names = slices.Clone(candidates)
	return nil
}

// Ballots returns the number of ballots, blank ones included, whatever their weight.
func (g *Grades) Ballots() int64 { return g.ballots }

// Grade is what a ballot gives one candidate.
type Grade struct{ Candidate, Value int }

// Add puts n ballots of the given weight each into the box.
func (g *Grades) Add(ballot []Grade, n, weight int64) error {
	b := g.boxes[0]
	clear(b.scratch)
	for _, grade := range ballot {
		switch {
		case grade.Candidate < 0 || grade.Candidate >= len(g.names):
			return fmt.Errorf("no candidate number %d", grade.Candidate+1)
		case b.scratch[grade.Candidate]:
			return fmt.Errorf("%s is graded twice", g.names[grade.Candidate])
		case len(g.Scale) > 0 && (grade.Value < 0 || grade.Value >= len(g.Scale)):
			return fmt.Errorf("no grade number %d", grade.Value)
		case grade.Value > maxGrade || grade.Value < -maxGrade:
			return fmt.Errorf("the score %d is out of bounds", grade.Value)
		}
		b.scratch[grade.Candidate] = true
	}
	if n < 0 || weight < 0 {
		return errors.New("a ballot cannot weigh less than nothing")
	}
	if n > MaxVotes-g.ballots || weight > 0 && n > (MaxVotes-b.total)/weight {
		return fmt.Errorf("more than %d votes", MaxVotes)
	}
	g.ballots += n
	b.total += n * weight
	if n*weight == 0 {
		return nil
	}
	for _, grade := range ballot {
		b.counts[grade.Candidate].add(grade.Value, n*weight)
	}
	return nil
}

// maxGrade keeps a sum of scores within 64 bits.
const maxGrade = 1 << 16

// Values returns the grades in use, lowest first: the whole scale if it is named.
func (g *Grades) Values() []int {
	if len(g.Scale) > 0 {
		values := make([]int, len(g.Scale))
		for i := range values {
			values[i] = i
		}
		return values
	}
	var values []int
	for _, b := range g.boxes {
		for c := range b.counts {
			values = b.counts[c].values(values)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func (g *Grades) gradeName(v int) string {
	if v >= 0 && v < len(g.Scale) {
		return g.Scale[v]
	}
	return fmt.Sprint(v)
}

// given returns how many votes give candidate c each of the values, without the missing grades.
func (g *Grades) given(c int, values []int) []*big.Rat {
	sums := make([]*big.Rat, len(values))
	for i, v := range values {
		sums[i] = new(big.Rat)
		for _, b := range g.boxes {
			part := new(big.Rat).SetInt64(b.counts[c].of(v))
			sums[i].Add(sums[i], part.Mul(part, b.factor))
		}
	}
	return sums
}

// votes is the total weight, blank ballots included.
func (g *Grades) votes() *big.Rat {
	total := new(big.Rat)
	for _, b := range g.boxes {
		part := new(big.Rat).SetInt64(b.total)
		total.Add(total, part.Mul(part, b.factor))
	}
	return total
}

// Approval elects those whom most ballots approve: give a grade above 0.
func Approval(g *Grades, o Options) (*Result, error) {
	k, err := newCount("approval", g.names, g.ballots, o)
	if err != nil {
		return nil, err
	}
	values := g.Values()
	approvals := make([]*big.Rat, len(g.names))
	for c := range g.names {
		approvals[c] = new(big.Rat)
		for i, votes := range g.given(c, values) {
			if values[i] > 0 {
				approvals[c].Add(approvals[c], votes)
			}
		}
	}
	k.step(Scores{"approvals", k.tallies(approvals, nil)})
	return k.elect(byTotal(approvals)), nil
}

// Score elects those with the highest sum of scores; or, if missing scores do not count
// (Explicit), the highest average, nobody's score being an average of 0.
func Score(g *Grades, o Options) (*Result, error) {
	k, err := newCount("score", g.names, g.ballots, o)
	if err != nil {
		return nil, err
	}
	totals := g.totals(g.Explicit)
	unit := "points"
	if g.Explicit {
		unit = "average"
	}
	k.step(Scores{unit, k.tallies(totals, nil)})
	return k.elect(byTotal(totals)), nil
}

// totals sums, or averages over those who gave one, the scores of each candidate.
func (g *Grades) totals(average bool) []*big.Rat {
	values := g.Values()
	totals := make([]*big.Rat, len(g.names))
	for c := range g.names {
		totals[c] = new(big.Rat)
		given := g.given(c, values)
		for i, votes := range given {
			totals[c].Add(totals[c], votes.Mul(votes, new(big.Rat).SetInt64(int64(values[i]))))
		}
		if !average {
			continue
		}
		if n := sumOf(g.given(c, values)); n.Sign() > 0 {
			totals[c].Quo(totals[c], n)
		}
	}
	return totals
}
