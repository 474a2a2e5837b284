package tally

import (
	"errors"
	"math/bits"
)

const (
	// meekUnit is what one vote is in the units of the count: nine decimals.
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
// several candidates share.
func Meek(p *Rankings, o Options) (*Result, error) {
	k, err := newCount("stv-meek", p.names, p.ballots, o)
	if err != nil {
		return nil, err
	}
	b, err := p.oneBox()
	if err != nil {
		return nil, err
	}
	if b.total > meekVotes {
		return nil, errors.New("more votes than the nine decimals of this rule leave room for")
	}
	return k.conclude(b, func(choose chooser, silent bool) *stvCount {
		m := newMeek(k, b, choose)
		m.silent = silent
		m.run()
		return m.outcome()
	}), nil
}

type meek struct {
	*stvState
	b       *box
	keep    []uint64
	quota   int64
	surplus int64
}

func newMeek(k *count, b *box, choose chooser) *meek {
	n := len(k.names)
	m := &meek{
		stvState: &stvState{
			k: k, choose: choose, names: k.names, unit: meekUnit,
			status: make([]status, n), votes: make([]int64, n),
		},
		b: b, keep: make([]uint64, n),
	}
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
				round.Keep = append(round.Keep, Tally{m.names[c], m.decimal(int64(keep))})
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
	for previous := int64(-1); ; previous = m.surplus {
		total := m.distribute()
		m.quota = total/int64(m.k.result.Seats+1) + 1
		m.surplus = 0
		var reached []int
		for c, v := range m.votes {
			if m.status[c] == hopeful && v >= m.quota {
				reached = append(reached, c)
			}
			if m.status[c] == elected || m.status[c] == hopeful && v >= m.quota {
				m.surplus += v - m.quota
			}
		}
		m.surplus = max(m.surplus, 0)
		if len(reached) > 0 || m.surplus < meekOmega || previous >= 0 && m.surplus >= previous {
			return reached
		}
		for _, c := range m.with(elected) {
			kept := mulUp(m.keep[c], uint64(m.quota), meekUnit)
			m.keep[c] = mulUp(kept, meekUnit, uint64(m.votes[c]))
		}
	}
}

// distribute shares every ballot out by the keep factors and returns the votes received.
func (m *meek) distribute() (total int64) {
	clear(m.votes)
	m.spent = 0
	for i, w := range m.b.weight {
		left := uint64(meekUnit)
		for _, c := range singles(m.b.ballot(i)) {
			kept := min(left, mulUp(left, m.keep[c], meekUnit))
			m.votes[c] += int64(kept) * w
			if left -= kept; left == 0 {
				break
			}
		}
		m.spent += int64(left) * w
	}
	for _, v := range m.votes {
		total += v
	}
	return total
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
	low := m.votes[hopefuls[0]]
	for _, c := range hopefuls {
		low = min(low, m.votes[c])
	}
	var tied []int
	for _, c := range hopefuls {
		if m.votes[c] <= low+m.surplus {
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
