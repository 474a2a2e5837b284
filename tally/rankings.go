package tally

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

const (
	// MaxCandidates bounds the pairwise comparisons, which grow as its square, and their paths.
	MaxCandidates = 500

	// sharedBit marks a shared place in a preference, above any candidate's index.
	sharedBit = 1 << 15

	// MaxVotes bounds the weight of one ballot box, so that no counter of 64 bits overflows:
	// Borda multiplies it by twice the number of candidates.
	MaxVotes = int64(1) << 46
)

// Rankings holds ballots that order candidates, identical ones merged.
// It is not safe to add to it from several goroutines at once.
type Rankings struct {
	// Explicit tells what becomes of candidates a ballot leaves unranked: false, they come
	// together after the ranked ones; true, the ballot says nothing about them.
	Explicit bool

	names   []string
	boxes   []*box
	ballots int64
}

// box is the content of one ballot box. A preference is a candidate's index, with sharedBit set
// when the candidate shares the place of the one before.
type box struct {
	factor  *big.Rat // what one vote of this box is worth
	prefs   []uint16
	end     []int // ballot i is prefs[end[i-1]:end[i]]
	weight  []int64
	total   int64
	hashes  []uint64 // of each ballot
	slots   []int32  // open-addressed hash table of ballot numbers + 1
	scratch []uint16
	seen    []uint64 // seen[c] == stamp: the ballot being added ranks c already
	stamp   uint64
}

// NewRankings prepares an empty ballot box. Names must be distinct and not empty.
func NewRankings(candidates []string) (*Rankings, error) {
	if err := checkNames(candidates); err != nil {
		return nil, err
	}
	return &Rankings{
		names: append([]string(nil), candidates...),
		boxes: []*box{{factor: big.NewRat(1, 1), slots: make([]int32, 64), seen: make([]uint64, len(candidates))}},
	}, nil
}

func checkNames(names []string) error {
	if len(names) == 0 {
		return errors.New("no candidate")
	}
	if len(names) > MaxCandidates {
		return fmt.Errorf("%d candidates, more than the %d this program counts", len(names), MaxCandidates)
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if name == "" {
			return errors.New("a candidate without a name")
		}
		if seen[name] {
			return fmt.Errorf("two candidates named %q", name)
		}
		seen[name] = true
	}
	return nil
}

// checkEntry tells whether a candidate can join the others.
func checkEntry(names []string, name string) error {
	switch {
	case name == "":
		return errors.New("a candidate without a name")
	case slices.Contains(names, name):
		return fmt.Errorf("two candidates named %q", name)
	case len(names) == MaxCandidates:
		return fmt.Errorf("more than the %d candidates this program counts", MaxCandidates)
	}
	return nil
}

// Candidates returns the candidates' names, in the order given.
func (p *Rankings) Candidates() []string { return append([]string(nil), p.names...) }

// Enter adds a candidate whom no ballot so far has named.
func (p *Rankings) Enter(name string) error {
	if err := checkEntry(p.names, name); err != nil {
		return err
	}
	p.names = append(p.names, name)
	p.boxes[0].seen = append(p.boxes[0].seen, 0)
	return nil
}

// Rename gives the candidates their names when the ballots came first, under provisional ones.
func (p *Rankings) Rename(candidates []string) error {
	if len(candidates) != len(p.names) {
		return fmt.Errorf("%d names for %d candidates", len(candidates), len(p.names))
	}
	if err := checkNames(candidates); err != nil {
		return err
	}
	p.names = append([]string(nil), candidates...)
	return nil
}

// Ballots returns the number of ballots, blank ones included, whatever their weight.
func (p *Rankings) Ballots() int64 { return p.ballots }

// Add puts n ballots of the given weight each into the box. A ranking lists groups of candidate
// indices, best first, the members of a group being tied; an empty ranking is a blank ballot.
func (p *Rankings) Add(ranking [][]int, n, weight int64) error {
	b := p.boxes[0]
	b.scratch = b.scratch[:0]
	b.stamp++
	for _, group := range ranking {
		start := len(b.scratch)
		for _, c := range group {
			if c < 0 || c >= len(p.names) {
				return fmt.Errorf("no candidate number %d", c+1)
			}
			if b.seen[c] == b.stamp {
				return fmt.Errorf("%s is ranked twice", p.names[c])
			}
			b.seen[c] = b.stamp
			b.scratch = append(b.scratch, uint16(c))
		}
		if place := b.scratch[start:]; len(place) > 1 {
			slices.Sort(place) // so that identical ballots are merged
			for i := range place[1:] {
				place[1+i] |= sharedBit
			}
		}
	}
	if n < 0 || weight < 0 {
		return errors.New("a ballot cannot weigh less than nothing")
	}
	if n > MaxVotes-p.ballots || weight > 0 && n > (MaxVotes-b.total)/weight {
		return fmt.Errorf("more than %d votes", MaxVotes)
	}
	p.ballots += n
	if n*weight > 0 {
		b.add(b.scratch, n*weight)
	}
	return nil
}

// add merges one ballot of the given total weight into the box.
func (b *box) add(prefs []uint16, weight int64) {
	b.total += weight
	h := hash(prefs)
	slot := h & uint64(len(b.slots)-1)
	for ; b.slots[slot] != 0; slot = (slot + 1) & uint64(len(b.slots)-1) {
		if i := int(b.slots[slot] - 1); b.hashes[i] == h && slices.Equal(b.ballot(i), prefs) {
			b.weight[i] += weight
			return
		}
	}
	b.prefs = append(b.prefs, prefs...)
	b.end = append(b.end, len(b.prefs))
	b.weight = append(b.weight, weight)
	b.hashes = append(b.hashes, h)
	b.slots[slot] = int32(len(b.weight))
	if len(b.weight)*2 > len(b.slots) {
		b.grow()
	}
}

// grow doubles the hash table.
func (b *box) grow() {
	b.slots = make([]int32, 2*len(b.slots))
	mask := uint64(len(b.slots) - 1)
	for i, h := range b.hashes {
		slot := h & mask
		for b.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		b.slots[slot] = int32(i + 1)
	}
}

func hash(prefs []uint16) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, q := range prefs {
		h = (h ^ uint64(q)) * 1099511628211
	}
	return h ^ h>>32
}

func (b *box) ballot(i int) []uint16 {
	start := 0
	if i > 0 {
		start = b.end[i-1]
	}
	return b.prefs[start:b.end[i]]
}

// Each calls f once for every distinct ballot with its total weight, in the order of arrival.
func (p *Rankings) Each(f func(ranking [][]int, weight int64)) {
	for _, b := range p.boxes {
		for i, w := range b.weight {
			f(unpack(b.ballot(i)), w)
		}
	}
}

func unpack(prefs []uint16) [][]int {
	var ranking [][]int
	for _, q := range prefs {
		c := int(q &^ sharedBit)
		if q&sharedBit != 0 {
			last := len(ranking) - 1
			ranking[last] = append(ranking[last], c)
			continue
		}
		ranking = append(ranking, []int{c})
	}
	return ranking
}

// sum adds up the boxes: f fills n integer counters from one box, and each box's counters are
// multiplied by the worth of its votes.
func (p *Rankings) sum(n int, f func(b *box, counters []int64)) []*big.Rat {
	sums := make([]*big.Rat, n)
	for i := range sums {
		sums[i] = new(big.Rat)
	}
	counters := make([]int64, n)
	for _, b := range p.boxes {
		clear(counters)
		f(b, counters)
		for i, c := range counters {
			if c != 0 {
				v := new(big.Rat).SetInt64(c)
				sums[i].Add(sums[i], v.Mul(v, b.factor))
			}
		}
	}
	return sums
}

// votes is the total weight of all boxes, blank ballots included.
func (p *Rankings) votes() *big.Rat {
	return p.sum(1, func(b *box, counters []int64) { counters[0] = b.total })[0]
}

// firsts counts, for each running candidate, the ballots whose first running place it holds.
// A place shared by k running candidates gives each of them 1/k. A nil running means everyone.
func (p *Rankings) firsts(running []bool) []*big.Rat {
	type share struct{ candidate, holders int }
	shared := make([]map[share]int64, len(p.boxes))
	at := -1
	votes := p.sum(len(p.names), func(b *box, counters []int64) {
		at++
		shared[at] = map[share]int64{}
		holders := make([]int, 0, len(p.names))
		for i, w := range b.weight {
			holders = firstHolders(b.ballot(i), running, holders[:0])
			for _, c := range holders {
				if len(holders) == 1 {
					counters[c] += w
				} else {
					shared[at][share{c, len(holders)}] += w
				}
			}
		}
	})
	for at, b := range p.boxes {
		for s, w := range shared[at] {
			v := big.NewRat(w, int64(s.holders))
			votes[s.candidate].Add(votes[s.candidate], v.Mul(v, b.factor))
		}
	}
	return votes
}

// firstHolders appends to holders the running candidates of the first place that has any.
func firstHolders(prefs []uint16, running []bool, holders []int) []int {
	for _, q := range prefs {
		if q&sharedBit == 0 && len(holders) > 0 {
			break
		}
		if c := int(q &^ sharedBit); running == nil || running[c] {
			holders = append(holders, c)
		}
	}
	return holders
}
