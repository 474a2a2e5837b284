package tally

import (
	"math/big"
	"slices"
)

// MeritProfile is the distribution of one candidate's grades.
type MeritProfile struct {
	Candidate string       `json:"candidate"`
	Grades    []GradeTally `json:"grades"` // worst grade first
	// Median is the majority grade: the middle grade, the lower of the two when the number of
	// grades is even.
	Median string `json:"median"`
	// Above and Below are the votes strictly above and below Median, and their percentages of all
	// the votes, rounded to one decimal.
	Above        Number `json:"above"`
	Below        Number `json:"below"`
	AbovePercent Number `json:"above-percent"`
	BelowPercent Number `json:"below-percent"`
}

// GradeTally is the votes that give one grade.
type GradeTally struct {
	Grade string `json:"grade"`
	Votes Number `json:"votes"`
}

// Kind implements Step.
func (MeritProfile) Kind() string { return "merit-profile" }

// Comparison says how two candidates with the same median, neighbours in the ranking, are told
// apart. In the order of Balinski and Laraki, a median grade is taken from each as long as the
// medians are equal: Removed grades later they are Ahead's and Behind's. In the score variant,
// Regraded steps later the grades and the groups are.
type Comparison struct {
	Ahead    string  `json:"ahead"`
	Behind   string  `json:"behind"`
	Removed  *Number `json:"removed,omitempty"`
	Regraded *int    `json:"regraded,omitempty"`
	Better   string  `json:"better"` // Ahead's grade at that point
	Worse    string  `json:"worse"`  // Behind's grade at that point
	// In the score variant: the larger of the groups above (positive) and below (negative).
	BetterGroup *Number `json:"better-group,omitempty"`
	WorseGroup  *Number `json:"worse-group,omitempty"`
}

// Kind implements Step.
func (Comparison) Kind() string { return "comparison" }

// MajorityJudgment elects those with the best median grade (M. Balinski and R. Laraki, Majority
// Judgment, MIT Press 2011). The median is the lower middle grade. Candidates of equal median are
// compared by their majority values: the grades met by removing the median grade again and again.
// Two candidates tie only if they got the same grades. Missing grades are the lowest of the
// scale, as in the authors' own experiments; in an explicit election they are left out, and every
// candidate's grades are then multiplied up to one common number (nobody's grade being the lowest).
func MajorityJudgment(g *Grades, o Options) (*Result, error) {
	return majorityJudgment("majority-judgment", g, o, (*profile).compareByRemoval)
}

// MajorityJudgmentScore is MajorityJudgment with ties of the median broken by the score of the
// Mieux Voter libraries: the median, then the larger of the groups above and below it (the one
// below if they are equal), counted for or against; then that median group joins the next grade
// in the larger group's direction, and the same again.
func MajorityJudgmentScore(g *Grades, o Options) (*Result, error) {
	return majorityJudgment("majority-judgment-score", g, o, (*profile).compareByScore)
}

// profile is one candidate's votes for each grade, worst first, on a common total.
type profile struct {
	votes []*big.Int
	total *big.Int
}

// verdict says whether a profile comes before (order < 0) or after (> 0) another, and where they
// part: at grades better and worse, of the first and of the second.
type verdict struct {
	order         int
	better, worse int
	why           Comparison
}

func majorityJudgment(method string, g *Grades, o Options, compare func(a, b *profile) verdict) (*Result, error) {
	k, err := newCount(method, g.names, g.ballots, o)
	if err != nil {
		return nil, err
	}
	values := g.Values()
	if len(values) == 0 {
		values = []int{0}
	}
	profiles, shares := g.profiles(values)
	order := make([]int, len(g.names))
	for c, p := range profiles {
		order[c] = c
		k.step(g.merit(c, p, values, shares[c]))
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(profiles[a], profiles[b]).order })
	var ranking [][]int
	for i, c := range order {
		if i == 0 {
			ranking = append(ranking, []int{c})
			continue
		}
		ahead := order[i-1]
		v := compare(profiles[ahead], profiles[c])
		if v.order == 0 {
			last := len(ranking) - 1
			ranking[last] = append(ranking[last], c)
			continue
		}
		ranking = append(ranking, []int{c})
		if profiles[ahead].median() == profiles[c].median() {
			v.why.Ahead, v.why.Behind = k.names[ahead], k.names[c]
			v.why.Better, v.why.Worse = g.gradeName(values[v.better]), g.gradeName(values[v.worse])
			k.step(v.why)
		}
	}
	return k.elect(ranking), nil
}

// profiles returns each candidate's votes as whole numbers with a common total, and the share of
// all votes that one of those units stands for.
func (g *Grades) profiles(values []int) (list []*profile, given [][]*big.Rat) {
	all := g.votes()
	scale := big.NewInt(1) // common multiple of all denominators
	given = make([][]*big.Rat, len(g.names))
	for c := range g.names {
		given[c] = g.given(c, values)
		total := sumOf(given[c])
		if !g.Explicit || total.Sign() == 0 {
			given[c][0].Add(given[c][0], new(big.Rat).Sub(all, total))
		} else if total.Cmp(all) != 0 {
			for _, v := range given[c] {
				v.Mul(v, new(big.Rat).Quo(all, total))
			}
		}
		for _, v := range given[c] {
			gcd := new(big.Int).GCD(nil, nil, scale, v.Denom())
			scale.Mul(scale, new(big.Int).Quo(v.Denom(), gcd))
		}
	}
	for c := range g.names {
		p := &profile{total: new(big.Int)}
		for _, v := range given[c] {
			n := new(big.Int).Mul(v.Num(), scale)
			n.Quo(n, v.Denom())
			p.votes = append(p.votes, n)
			p.total.Add(p.total, n)
		}
		list = append(list, p)
	}
	return list, given
}

func (g *Grades) merit(c int, p *profile, values []int, votes []*big.Rat) MeritProfile {
	m := MeritProfile{Candidate: g.names[c]}
	median := p.median()
	above, below := new(big.Rat), new(big.Rat)
	for i, v := range values {
		m.Grades = append(m.Grades, GradeTally{g.gradeName(v), Exact(votes[i])})
		switch {
		case i > median:
			above.Add(above, votes[i])
		case i < median:
			below.Add(below, votes[i])
		}
	}
	m.Median = g.gradeName(values[median])
	m.Above, m.Below = Exact(above), Exact(below)
	total := sumOf(votes)
	m.AbovePercent, m.BelowPercent = percent(above, total), percent(below, total)
	return m
}

// percent is part ÷ total in percent, rounded to one decimal, halves up; 0 of nothing.
func percent(part, total *big.Rat) Number {
	if total.Sign() == 0 {
		return Int(0)
	}
	tenths := new(big.Rat).Quo(part, total)
	tenths.Mul(tenths, big.NewRat(1000, 1)).Add(tenths, big.NewRat(1, 2))
	return Number{new(big.Rat).SetFrac(new(big.Int).Quo(tenths.Num(), tenths.Denom()), big.NewInt(10))}
}

// median returns the index of the lower middle grade; 0 if there is no vote.
func (p *profile) median() int {
	reach := new(big.Int)
	for i, n := range p.votes {
		reach.Add(reach, n)
		if n.Sign() > 0 && new(big.Int).Lsh(reach, 1).Cmp(p.total) >= 0 {
			return i
		}
	}
	return 0
}

// run is a stretch of equal grades met in one direction from the middle.
type run struct {
	grade int
	left  *big.Int
}

// runs lists the grades of the lower half downwards from the middle one, itself included, and
// those of the upper half upwards.
func (p *profile) runs() (down, up []run) {
	lower := new(big.Int).Add(p.total, big.NewInt(1))
	lower.Rsh(lower, 1)
	for grade, n := range p.votes {
		below := lesser(n, lower)
		if below.Sign() > 0 {
			down = append(down, run{grade, below})
		}
		if above := new(big.Int).Sub(n, below); above.Sign() > 0 {
			up = append(up, run{grade, above})
		}
		lower.Sub(lower, below)
	}
	slices.Reverse(down)
	return down, up
}

// lesser returns a copy of the smaller number.
func lesser(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return new(big.Int).Set(a)
	}
	return new(big.Int).Set(b)
}

// take removes n grades from the front of the runs.
func take(runs []run, n *big.Int) []run {
	if len(runs) == 0 {
		return runs
	}
	runs[0].left.Sub(runs[0].left, n)
	if runs[0].left.Sign() == 0 {
		return runs[1:]
	}
	return runs
}

// compareByRemoval compares the majority values of two profiles with the same total. Removing the
// median again and again from an even number of grades meets its two halves in turn: one grade
// down, one up, and so on. From an odd number, the very middle comes first, then the same.
func (p *profile) compareByRemoval(q *profile) verdict {
	pDown, pUp := p.runs()
	qDown, qUp := q.runs()
	removed := new(big.Int)
	at := func(more int64, a, b int) verdict {
		n := Exact(new(big.Rat).SetInt(removed.Add(removed, big.NewInt(more))))
		return verdict{b - a, a, b, Comparison{Removed: &n}}
	}
	if p.total.Bit(0) == 1 {
		if a, b := pDown[0].grade, qDown[0].grade; a != b {
			return at(0, a, b)
		}
		one := big.NewInt(1)
		pDown, qDown = take(pDown, one), take(qDown, one)
		removed.Set(one)
	}
	for len(pDown) > 0 {
		if a, b := pDown[0].grade, qDown[0].grade; a != b {
			return at(0, a, b)
		}
		if a, b := pUp[0].grade, qUp[0].grade; a != b {
			return at(1, a, b)
		}
		n := lesser(lesser(pDown[0].left, qDown[0].left), lesser(pUp[0].left, qUp[0].left))
		pDown, qDown, pUp, qUp = take(pDown, n), take(qDown, n), take(pUp, n), take(qUp, n)
		removed.Add(removed, n.Lsh(n, 1))
	}
	return verdict{}
}

// compareByScore compares the scores of two profiles with the same total.
func (p *profile) compareByScore(q *profile) verdict {
	a, b := p.clone(), q.clone()
	for regraded := range a.votes {
		medianA, sideA, groupA := a.larger()
		medianB, sideB, groupB := b.larger()
		order := medianB - medianA
		if order == 0 {
			order = groupB.Cmp(groupA)
		}
		if order != 0 {
			n, x, y := regraded, Exact(new(big.Rat).SetInt(groupA)), Exact(new(big.Rat).SetInt(groupB))
			return verdict{order, medianA, medianB, Comparison{Regraded: &n, BetterGroup: &x, WorseGroup: &y}}
		}
		a.regrade(medianA, sideA)
		b.regrade(medianB, sideB)
	}
	return verdict{}
}

func (p *profile) clone() *profile {
	c := &profile{total: p.total, votes: make([]*big.Int, len(p.votes))}
	for i, v := range p.votes {
		c.votes[i] = new(big.Int).Set(v)
	}
	return c
}

// larger returns the median, the nearest grade given on the side of the larger group, and the
// size of that group, negative if it is below the median.
func (p *profile) larger() (median, side int, group *big.Int) {
	median = p.median()
	above, below := new(big.Int), new(big.Int)
	up, down := median, median
	for i, n := range p.votes {
		switch {
		case n.Sign() == 0:
		case i < median:
			below.Add(below, n)
			down = i
		case i > median:
			above.Add(above, n)
			if up == median {
				up = i
			}
		}
	}
	if above.Cmp(below) > 0 {
		return median, up, above
	}
	return median, down, below.Neg(below)
}

// regrade moves the votes of one grade to another.
func (p *profile) regrade(from, to int) {
	if from != to {
		p.votes[to].Add(p.votes[to], p.votes[from])
		p.votes[from].SetInt64(0)
	}
}
