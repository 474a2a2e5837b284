// Package mix seats people at tables: at random, or so that each table is as mixed as the whole,
// and so that those who have sat together before are apart. The same people, tables and seed give the
// same seats anywhere.
package mix

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Guest is somebody to seat. Values are what is known of them, one per category; every guest has as
// many. What is not known is "", a value like any other.
type Guest struct {
	ID     int64
	Values []string
}

// Pair is two people who have sat together.
type Pair struct{ A, B int64 }

// Sizes are those of so many tables for so many people, as equal as can be, the larger first.
func Sizes(people, tables int) []int {
	sizes := make([]int, tables)
	for i := range sizes {
		sizes[i] = people / tables
		if i < people%tables {
			sizes[i]++
		}
	}
	return sizes
}

// Tables is how many are needed when at most so many people sit at one.
func Tables(people, most int) int { return (people + most - 1) / most }

// Seat seats the guests at tables of these sizes, which add up to their number; the answer lists who
// sits at each.
//
// It minimises, over tables and values, the distance between how many of that value sit there and how
// many would if the table were the whole in small; and before that, how often people of met sit
// together again. It begins with dealing people out value by value, then swaps two people as long as
// this helps, from several beginnings where there are few: not always the best there is, never one that
// a swap would better.
func Seat(guests []Guest, sizes []int, met []Pair, seed uint64) [][]int64 {
	guests = slices.SortedFunc(slices.Values(guests), func(a, b Guest) int { return cmp.Compare(a.ID, b.ID) })
	r := rand.New(rand.NewPCG(seed, 0x15e6041a)) //nolint:gosec // a seed that is published is meant to be repeated
	p := newProblem(guests, sizes, met)
	best, bestCost := p.deal(r), int64(0)
	if p.free() {
		return p.answer(best)
	}
	n := max(len(guests), 1)
	for start := range min(max(work/(n*n), 1), starts) {
		at := best
		if start > 0 {
			at = p.deal(r)
		}
		s := p.search(at)
		if s.improve(r); start == 0 || s.cost < bestCost {
			best, bestCost = s.at, s.cost
		}
	}
	return p.answer(best)
}

const (
	starts = 20
	work   = 400_000 // pairs of people compared before another beginning is thought too long
	passes = 40
)

// problem is the same in numbers: value v of category c is values[i][c] of guest i.
type problem struct {
	guests []Guest
	sizes  []int
	values [][]int
	totals [][]int64 // by category and value
	met    map[[2]int]int64
	again  int64 // the cost of two people who sit together again
}

func newProblem(guests []Guest, sizes []int, met []Pair) *problem {
	p := &problem{guests: guests, sizes: sizes, values: make([][]int, len(guests)), met: map[[2]int]int64{}}
	categories := 0
	if len(guests) > 0 {
		categories = len(guests[0].Values)
	}
	known := make([]map[string]int, categories)
	p.totals = make([][]int64, categories)
	index := map[int64]int{}
	for i, g := range guests {
		index[g.ID] = i
		for c, text := range g.Values {
			if known[c] == nil {
				known[c] = map[string]int{}
			}
			v, seen := known[c][text]
			if !seen {
				v = len(known[c])
				known[c][text] = v
				p.totals[c] = append(p.totals[c], 0)
			}
			p.totals[c][v]++
			p.values[i] = append(p.values[i], v)
		}
	}
	for _, pair := range met {
		a, knownA := index[pair.A]
		b, knownB := index[pair.B]
		if knownA && knownB && a != b {
			p.met[[2]int{min(a, b), max(a, b)}]++
		}
	}
	// More than any swap can win in the mix.
	p.again = int64(len(guests)) * int64(4*categories+1)
	return p
}

// free tells that any seats are as good as any others.
func (p *problem) free() bool {
	mixed := slices.ContainsFunc(p.totals, func(values []int64) bool { return len(values) > 1 })
	return len(p.sizes) < 2 || !mixed && len(p.met) == 0
}

// deal deals the guests out, those who are alike one behind the other; it says the table of each.
func (p *problem) deal(r *rand.Rand) []int {
	order := r.Perm(len(p.guests))
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(p.values[a], p.values[b]) })
	at, left, t := make([]int, len(p.guests)), slices.Clone(p.sizes), 0
	for _, i := range order {
		for left[t] == 0 {
			t = (t + 1) % len(left)
		}
		at[i] = t
		left[t]--
		t = (t + 1) % len(left)
	}
	return at
}

func (p *problem) answer(at []int) [][]int64 {
	out := make([][]int64, len(p.sizes))
	for i, t := range at {
		out[t] = append(out[t], p.guests[i].ID)
	}
	return out
}

// search is seats on their way to better ones.
type search struct {
	*problem
	at    []int
	count [][][]int64 // by table, category and value
	knows [][]int64   // by guest and table: how often they have sat with those who are there now
	cost  int64
}

func (p *problem) search(at []int) *search {
	s := &search{problem: p, at: at, count: make([][][]int64, len(p.sizes))}
	for t := range s.count {
		for c := range p.totals {
			s.count[t] = append(s.count[t], make([]int64, len(p.totals[c])))
		}
	}
	for i, t := range at {
		for c, v := range p.values[i] {
			s.count[t][c][v]++
		}
	}
	for t := range s.count {
		for c := range p.totals {
			for v := range p.totals[c] {
				s.cost += s.off(t, c, v, 0)
			}
		}
	}
	if len(p.met) == 0 {
		return s
	}
	s.knows = make([][]int64, len(at))
	for i := range s.knows {
		s.knows[i] = make([]int64, len(p.sizes))
	}
	for pair, times := range p.met {
		a, b := pair[0], pair[1]
		s.knows[a][at[b]] += times
		s.knows[b][at[a]] += times
		if at[a] == at[b] {
			s.cost += times * p.again
		}
	}
	return s
}

// off is how far a table would be from the whole in a value, with so many more of it, in parts of a
// person: the number of guests is the whole.
func (s *search) off(t, c, v int, more int64) int64 {
	d := (s.count[t][c][v]+more)*int64(len(s.guests)) - int64(s.sizes[t])*s.totals[c][v]
	return max(d, -d)
}

// gain is what the cost loses when i and j change places.
func (s *search) gain(i, j int) (gain int64) {
	a, b := s.at[i], s.at[j]
	for c := range s.totals {
		v, w := s.values[i][c], s.values[j][c]
		if v != w {
			gain += s.off(a, c, v, 0) - s.off(a, c, v, -1) + s.off(a, c, w, 0) - s.off(a, c, w, 1)
			gain += s.off(b, c, w, 0) - s.off(b, c, w, -1) + s.off(b, c, v, 0) - s.off(b, c, v, 1)
		}
	}
	if s.knows != nil {
		both := s.met[[2]int{min(i, j), max(i, j)}]
		gain += s.again * (s.knows[i][a] + s.knows[j][b] - s.knows[i][b] - s.knows[j][a] + 2*both)
	}
	return gain
}

func (s *search) swap(i, j int, gain int64) {
	a, b := s.at[i], s.at[j]
	for c := range s.totals {
		v, w := s.values[i][c], s.values[j][c]
		s.count[a][c][v]--
		s.count[b][c][v]++
		s.count[b][c][w]--
		s.count[a][c][w]++
	}
	if s.knows != nil {
		for pair, times := range s.met {
			for _, m := range [2]struct{ who, from, to int }{{i, a, b}, {j, b, a}} {
				other := pair[0] + pair[1] - m.who
				if pair[0] == m.who || pair[1] == m.who {
					s.knows[other][m.from] -= times
					s.knows[other][m.to] += times
				}
			}
		}
	}
	s.at[i], s.at[j] = b, a
	s.cost -= gain
}

// improve swaps as long as a swap helps.
func (s *search) improve(r *rand.Rand) {
	order := r.Perm(len(s.at))
	for range passes {
		better := false
		for x, i := range order {
			for _, j := range order[:x] {
				if s.at[i] == s.at[j] {
					continue
				}
				if gain := s.gain(i, j); gain > 0 {
					s.swap(i, j, gain)
					better = true
				}
			}
		}
		if !better || s.cost == 0 {
			return
		}
	}
}
