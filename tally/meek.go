package tally

import (
	"errors"
	"math/big"
	"math/bits"
)

const (
	// meekUnit is what one paper is in the units of the count: nine decimals.
	meekUnit = 1_000_000_000
	// meekOmega is the total surplus, in those units, small enough to stop iterating: 10⁻⁶.
	meekOmega = meekUnit / 1_000_000
	// meekVotes bounds the votes so that their units fit in 64 bits.
	meekVotes = 9_000_000_000
)

// Meek elects by Meek's single transferable vote (B. L. Meek 1969; Hill, Wichmann and Woodall,
// Algorithm 123, Computer Journal 30, 1987), as the reference rule of the Proportional
// Representation Foundation fixes its arithmetic: nine decimals, keep factors rounded up, quota
// rounded down plus 10⁻⁹, iterations until the surplus is below 10⁻⁶. Each elected candidate
// keeps of every ballot the share that leaves it the quota, and passes on the rest. Candidates
// within the total surplus of the lowest are tied for exclusion. A ballot is spent at a place
// several candidates share. The votes of colleges are as many papers as make their weights whole.
func Meek(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("stv-meek", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	papers := p.papers()
	for _, pile := range papers.piles {
		if pile.b.total > meekVotes {
			return nil, errors.New("more votes than the nine decimals of this rule leave room for")
		}
	}
	return k.conclude(papers, func(choose chooser, silent bool) *stvCount {
		m := newMeek(k, papers, choose)
		m.silent = silent
		m.run()
		return m.outcome()
	}), nil
}

type meek struct {
	*stvState
	papers  papers
	keep    []uint64
	quota   *big.Int
	surplus *big.Int
}

func newMeek(k *count, p papers, choose chooser) *meek {
	m := &meek{stvState: newState(k, p, meekUnit, choose), papers: p, keep: make([]uint64, len(k.names))}
	for c := range m.keep {
		m.keep[c] = meekUnit
	}
	return m
}

func (m *meek) run() {
	out := -1
	for {
		reached := m.iterate()
		round := m.open(m.quota)
		if out >= 0 {
			round.Excluded = []string{m.names[out]}
		}
		m.elect(reached, elected, &round)
		for c, keep := range m.keep {
			if m.status[c] == elected {
				round.Keep = append(round.Keep, Tally{m.names[c], Frac(int64(keep), meekUnit)})
			}
		}
		done := m.finished(&round)
		m.close(round)
		if done {
			return
		}
		out = -1
		if len(reached) == 0 {
			out = m.excludeLowest()
		}
	}
}

// iterate lowers the keep factors of the elected until their surplus is negligible, or someone
// reaches the quota: it returns them.
func (m *meek) iterate() []int {
	for previous := (*big.Int)(nil); ; previous = m.surplus {
		m.quota = m.distribute()
		m.quota.Quo(m.quota, big.NewInt(int64(m.k.result.Seats+1))).Add(m.quota, big.NewInt(1))
		m.surplus = new(big.Int)
		var reached []int
		for c, v := range m.votes {
			reaches := m.status[c] == hopeful && v.Cmp(m.quota) >= 0
			if reaches {
				reached = append(reached, c)
			}
			if reaches || m.status[c] == elected {
				m.surplus.Add(m.surplus, v).Sub(m.surplus, m.quota)
			}
		}
		if m.surplus.Sign() < 0 {
			m.surplus.SetInt64(0)
		}
		if len(reached) > 0 || m.surplus.Cmp(big.NewInt(meekOmega)) < 0 || previous != nil && m.surplus.Cmp(previous) >= 0 {
			return reached
		}
		for _, c := range m.with(elected) {
			kept := ratioUp(new(big.Int).SetUint64(m.keep[c]), m.quota, big.NewInt(meekUnit))
			m.keep[c] = ratioUp(kept, big.NewInt(meekUnit), m.votes[c]).Uint64()
		}
	}
}

// distribute shares every ballot out by the keep factors and returns the votes received.
func (m *meek) distribute() *big.Int {
	m.votes, m.spent = zeros(len(m.names)), new(big.Int)
	for _, pile := range m.papers.piles {
		gains, spent := make([]int64, len(m.names)), int64(0)
		for i, w := range pile.b.weight {
			left := uint64(meekUnit)
			for _, c := range singles(pile.b.ballot(i)) {
				kept := min(left, mulUp(left, m.keep[c], meekUnit))
				gains[c] += int64(kept) * w
				if left -= kept; left == 0 {
					break
				}
			}
			spent += int64(left) * w
		}
		for c, gain := range gains {
			m.votes[c].Add(m.votes[c], new(big.Int).Mul(big.NewInt(gain), pile.each))
		}
		m.spent.Add(m.spent, new(big.Int).Mul(big.NewInt(spent), pile.each))
	}
	total := new(big.Int)
	for _, v := range m.votes {
		total.Add(total, v)
	}
	return total
}

// ratioUp is a × b ÷ by, rounded up.
func ratioUp(a, b, by *big.Int) *big.Int {
	product := new(big.Int).Mul(a, b)
	product.Add(product, by).Sub(product, big.NewInt(1))
	return product.Quo(product, by)
}

// mulUp is a × b ÷ by, rounded up; the result must fit in 64 bits.
func mulUp(a, b, by uint64) uint64 {
	high, low := bits.Mul64(a, b)
	low, carry := bits.Add64(low, by-1, 0)
	quotient, _ := bits.Div64(high+carry, low, by)
	return quotient
}

func (m *meek) excludeLowest() int {
	hopefuls := m.with(hopeful)
	bar := new(big.Int).Add(m.votes[extremes(hopefuls, m.votes, -1)[0]], m.surplus)
	var tied []int
	for _, c := range hopefuls {
		if m.votes[c].Cmp(bar) <= 0 {
			tied = append(tied, c)
		}
	}
	c := tied[0]
	if len(tied) > 1 || len(m.idle) > 0 {
		var ok bool
		if c, ok = m.interchangeable(tied); !ok {
			c = m.draw(tied, -1, "exclusion")
		}
	}
	m.exclude(c)
	m.keep[c] = 0
	return c
}
