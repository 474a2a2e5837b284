package tally

import (
	"math/big"
	"slices"
)

// Lock is the fate of one pairwise victory in ranked pairs: locked, unless it would close a
// cycle with victories at least as strong.
type Lock struct {
	Duel   Duel `json:"duel"`
	Locked bool `json:"locked"`
}

// Kind implements Step.
func (Lock) Kind() string { return "lock" }

// RankedPairs locks the pairwise victories in, strongest first, skipping those that would close
// a cycle, and ranks by what is locked (T. N. Tideman, "Independence of clones as a criterion for
// voting rules", Social Choice and Welfare 4, 1987). Of two victories as strong, the one with fewer
// votes against is stronger. Victories that are still equal are considered together: one is skipped if it is in a cycle with those locked and its equals. A declared
// tie-break orders the equals instead, by winner, then the least preferred loser first
// (Zavist and Tideman 1989).
func RankedPairs(p *Rankings, s Strength, o Options) (*Result, error) {
	return rankedPairs(s).count(p, nil, o)
}

func rankedPairs(s Strength) duelRule { return duelRule{"ranked-pairs", s, true, rankByLocks} }

func rankByLocks(k *count, m pairwise, _ Strength, levels []int) [][]int {
	reach := make([]bool, m.n*m.n) // a chain of locked victories leads from row to column
	locked := make([]bool, m.n*m.n)
	for level := slices.Max(append(levels, 0)); level > 0; level-- {
		var equals []int
		for at, l := range levels {
			if l == level {
				equals = append(equals, at)
			}
		}
		if len(equals) > 1 && k.tie.Rule != "" {
			for _, at := range m.order(k, equals) {
				m.lock(k, []int{at}, reach, locked)
			}
			continue
		}
		m.lock(k, equals, reach, locked)
	}
	return layers(m.n, func(a, b int) bool { return locked[a*m.n+b] })
}

// lock considers victories of equal strength together.
func (m pairwise) lock(k *count, equals []int, reach, locked []bool) {
	together := reach
	if len(equals) > 1 {
		together = slices.Clone(reach)
		for _, at := range equals {
			m.connect(together, at/m.n, at%m.n)
		}
	}
	for _, at := range equals {
		a, b := at/m.n, at%m.n
		if !together[b*m.n+a] {
			locked[at] = true
			m.connect(reach, a, b)
		}
		k.step(Lock{m.duel(a, b), locked[at]})
	}
}

// connect adds the arc from a to b to a transitive closure.
func (m pairwise) connect(reach []bool, a, b int) {
	for x := range m.n {
		if x != a && !reach[x*m.n+a] || reach[x*m.n+b] {
			continue
		}
		for y := range m.n {
			if y == b || reach[b*m.n+y] {
				reach[x*m.n+y] = true
			}
		}
	}
}

// order orders victories of equal strength by the declared tie-break.
func (m pairwise) order(k *count, pairs []int) []int {
	n := m.n
	order := k.tie.order(m.names)
	rank := make([]int, n)
	for c, name := range m.names {
		rank[c] = slices.Index(order, name)
	}
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(x, y int) int {
		if d := rank[x/n] - rank[y/n]; d != 0 {
			return d
		}
		return rank[y%n] - rank[x%n]
	})
	label := func(pairs []int) []string {
		list := make([]string, len(pairs))
		for i, at := range pairs {
			list[i] = m.names[at/n] + " > " + m.names[at%n]
		}
		return list
	}
	k.step(TieBroken{For: "pair", Tied: label(pairs), Rule: k.tie.Rule, Seed: k.tie.Seed, Order: label(sorted)})
	return sorted
}

// Defeat is a candidate's worst pairwise defeat; Duel is nil for who loses none.
type Defeat struct {
	Candidate string `json:"candidate"`
	Duel      *Duel  `json:"duel"`
}

// Kind implements Step.
func (Defeat) Kind() string { return "defeat" }

// Minimax ranks candidates by their worst pairwise defeat, the mildest first: by the votes for
// the victor, or by the margin (the Simpson–Kramer rule, winning votes and margins).
func Minimax(p *Rankings, s Strength, o Options) (*Result, error) { return minimax(s).count(p, nil, o) }

func minimax(s Strength) duelRule { return duelRule{"minimax", s, false, rankByDefeats} }

func rankByDefeats(k *count, m pairwise, s Strength, _ []int) [][]int {
	worst := make([]*big.Rat, m.n)
	for c := range m.n {
		worst[c] = new(big.Rat)
		defeat := Defeat{Candidate: m.names[c]}
		for d := range m.n {
			if d == c || !m.beats(d, c) {
				continue
			}
			size := m.over(d, c)
			if s == Margins {
				size = new(big.Rat).Sub(size, m.over(c, d))
			}
			if size.Cmp(worst[c]) > 0 {
				worst[c] = size
				duel := m.duel(d, c)
				defeat.Duel = &duel
			}
		}
		k.step(defeat)
	}
	return layers(m.n, func(a, b int) bool { return worst[a].Cmp(worst[b]) < 0 })
}

// Record is a candidate's duels won, lost and even.
type Record struct {
	Candidate string `json:"candidate"`
	Won       int    `json:"won"`
	Lost      int    `json:"lost"`
	Even      int    `json:"even"`
}

// Kind implements Step.
func (Record) Kind() string { return "record" }

func (m pairwise) records() []Record {
	list := make([]Record, m.n)
	for a := range m.n {
		list[a].Candidate = m.names[a]
		for b := range m.n {
			switch {
			case a == b:
			case m.beats(a, b):
				list[a].Won++
			case m.beats(b, a):
				list[a].Lost++
			default:
				list[a].Even++
			}
		}
	}
	return list
}

// Copeland ranks candidates by duels won minus duels lost.
func Copeland(p *Rankings, o Options) (*Result, error) { return copeland.count(p, nil, o) }

var copeland = duelRule{"copeland", WinningVotes, false, rankByRecords}

func rankByRecords(k *count, m pairwise, _ Strength, _ []int) [][]int {
	records := m.records()
	for _, r := range records {
		k.step(r)
	}
	return layers(m.n, func(a, b int) bool {
		return records[a].Won-records[a].Lost > records[b].Won-records[b].Lost
	})
}
