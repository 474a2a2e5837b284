package tally

import (
	"math/big"
	"slices"
)

// PairwiseMatrix says, for each row, how many votes rank it above each column.
type PairwiseMatrix struct {
	Candidates []string   `json:"candidates"`
	Matrix     [][]Number `json:"matrix"` // the diagonal is 0
}

// Kind implements Step.
func (PairwiseMatrix) Kind() string { return "pairwise" }

// Duel is one pairwise victory.
type Duel struct {
	Winner  string `json:"winner"`
	Loser   string `json:"loser"`
	For     Number `json:"for"`
	Against Number `json:"against"`
}

// Duels are the pairwise victories, strongest first. Pairs with equal votes have no winner.
type Duels struct {
	Victories []Duel `json:"victories"`
}

// Kind implements Step.
func (Duels) Kind() string { return "duels" }

// Strength compares pairwise victories.
type Strength int

const (
	// WinningVotes: the more votes for the winner, the stronger.
	WinningVotes Strength = iota
	// Margins: the larger the difference, the stronger.
	Margins
)

// pairwise holds the votes that prefer row to column. Candidates a ballot leaves unranked are
// below its ranked ones, or absent from it if the election is explicit.
type pairwise struct {
	names []string
	n     int
	votes []*big.Rat // row*n + column
}

func (p *Rankings) pairwise() pairwise {
	n := len(p.names)
	votes := p.sum(n*n, func(b *box, counters []int64) {
		below := make([]bool, n)
		for i, w := range b.weight {
			prefs := b.ballot(i)
			for at, q := range prefs {
				if q&sharedBit == 0 {
					row := counters[int(q)*n:]
					addBelow(prefs[at+1:], row, w)
					continue
				}
				addBelow(prefs[at+1:], counters[int(q&^sharedBit)*n:], w)
			}
			if !p.Explicit && len(prefs) < n {
				addUnranked(prefs, below, counters, w)
			}
		}
	})
	return pairwise{p.names, n, votes}
}

// addBelow gives w to row's owner over each candidate of the places after its own; prefs follow
// the owner in its ballot.
func addBelow(prefs []uint16, row []int64, w int64) {
	at := 0
	for at < len(prefs) && prefs[at]&sharedBit != 0 {
		at++
	}
	for _, q := range prefs[at:] {
		row[q&^sharedBit] += w
	}
}

// addUnranked gives w to each ranked candidate over each unranked one. ranked is scratch space.
func addUnranked(prefs []uint16, ranked []bool, counters []int64, w int64) {
	clear(ranked)
	for _, q := range prefs {
		ranked[q&^sharedBit] = true
	}
	n := len(ranked)
	for d, is := range ranked {
		if is {
			continue
		}
		for _, q := range prefs {
			counters[int(q&^sharedBit)*n+d] += w
		}
	}
}

func (m pairwise) over(a, b int) *big.Rat { return m.votes[a*m.n+b] }

// beats tells whether a wins its duel with b.
func (m pairwise) beats(a, b int) bool { return m.over(a, b).Cmp(m.over(b, a)) > 0 }

// levels ranks the pairwise victories by strength: 0 for no victory, then 1, 2 … by increasing
// strength, equal strengths having equal levels. Rules that only compare strengths use levels.
// With fewest, of two victories equally strong the one with fewer votes against is stronger.
func (m pairwise) levels(s Strength, fewest bool) []int {
	type victory struct {
		at            int
		first, second *big.Rat
	}
	var list []victory
	for a := range m.n {
		for b := range m.n {
			if a == b || !m.beats(a, b) {
				continue
			}
			v := victory{a*m.n + b, m.over(a, b), new(big.Rat).Neg(m.over(b, a))}
			if s == Margins {
				v.first = new(big.Rat).Add(v.first, v.second)
			}
			if !fewest {
				v.second = new(big.Rat)
			}
			list = append(list, v)
		}
	}
	compare := func(x, y victory) int {
		if c := x.first.Cmp(y.first); c != 0 {
			return c
		}
		return x.second.Cmp(y.second)
	}
	slices.SortStableFunc(list, compare)
	levels := make([]int, m.n*m.n)
	level := 0
	for i, v := range list {
		if i == 0 || compare(list[i-1], v) != 0 {
			level++
		}
		levels[v.at] = level
	}
	return levels
}

// steps opens the derivation: the matrix and the victories are its first steps.
func (m pairwise) steps(k *count, levels []int) {
	matrix := PairwiseMatrix{Candidates: slices.Clone(m.names), Matrix: make([][]Number, m.n)}
	var duels []int
	for a := range m.n {
		matrix.Matrix[a] = make([]Number, m.n)
		for b := range m.n {
			matrix.Matrix[a][b] = Exact(m.over(a, b))
			if levels[a*m.n+b] > 0 {
				duels = append(duels, a*m.n+b)
			}
		}
	}
	slices.SortStableFunc(duels, func(x, y int) int { return levels[y] - levels[x] })
	victories := make([]Duel, len(duels))
	for i, at := range duels {
		victories[i] = m.duel(at/m.n, at%m.n)
	}
	k.step(matrix)
	k.step(Duels{victories})
}

func (m pairwise) duel(a, b int) Duel {
	return Duel{m.names[a], m.names[b], Exact(m.over(a, b)), Exact(m.over(b, a))}
}

// among keeps some candidates and forgets the others.
func (m pairwise) among(members []int) pairwise {
	n := len(members)
	sub := pairwise{make([]string, n), n, make([]*big.Rat, n*n)}
	for i, a := range members {
		sub.names[i] = m.names[a]
		for j, b := range members {
			sub.votes[i*n+j] = m.over(a, b)
		}
	}
	return sub
}

// duelRule is a rule that ranks by the duels alone. In its levels of strength, fewest tells two
// victories with as many votes for apart by the votes against.
type duelRule struct {
	name     string
	strength Strength
	fewest   bool
	rank     func(k *count, m pairwise, s Strength, levels []int) [][]int
}

func (d duelRule) method() string {
	if d.strength == Margins {
		return d.name + "-margins"
	}
	return d.name
}

// count elects by the duels; with conditions, among the options that meet them.
func (d duelRule) count(p *Rankings, c *Conditions, o Options) (*Result, error) {
	k, err := newCount(d.method(), p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if err := c.check(p.names); err != nil {
			return nil, err
		}
	}
	m := p.pairwise()
	levels := m.levels(d.strength, d.fewest)
	m.steps(k, levels)
	if c == nil {
		return k.elect(d.rank(k, m, d.strength, levels)), nil
	}
	return d.conditioned(k, m, *c), nil
}
