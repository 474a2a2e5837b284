package mix

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		people, most int
		want         []int
	}{
		{50, 8, []int{8, 7, 7, 7, 7, 7, 7}}, {16, 8, []int{8, 8}}, {7, 3, []int{3, 2, 2}}, {1, 8, []int{1}}, {9, 8, []int{5, 4}},
	} {
		if got := Sizes(c.people, Tables(c.people, c.most)); !slices.Equal(got, c.want) {
			t.Errorf("%d people, at most %d: %v, want %v", c.people, c.most, got, c.want)
		}
	}
}

// crowd makes people whose values are drawn, the first of each category more often than the last.
func crowd(n int, seed uint64, categories ...int) (list []Guest) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		g := Guest{ID: int64(1000 + i)}
		for _, values := range categories {
			g.Values = append(g.Values, fmt.Sprint(min(r.IntN(values), r.IntN(values))))
		}
		list = append(list, g)
	}
	return list
}

// cost is what the seats cost, counted anew from the definition.
func cost(guests []Guest, sizes []int, met []Pair, seats [][]int64) (sum int64, again int) {
	p := newProblem(slices.Clone(guests), sizes, nil)
	at := make([]int, len(guests))
	table := map[int64]int{}
	for t, ids := range seats {
		for _, id := range ids {
			at[slices.IndexFunc(guests, func(g Guest) bool { return g.ID == id })] = t
			table[id] = t
		}
	}
	for _, m := range met {
		if table[m.A] == table[m.B] {
			again++
		}
	}
	return p.search(at).cost, again
}

// pairs are those who sit together.
func pairs(seats [][]int64) (list []Pair) {
	for _, ids := range seats {
		for x := range ids {
			for _, other := range ids[:x] {
				list = append(list, Pair{ids[x], other})
			}
		}
	}
	return list
}

// Everybody sits once, at tables of the sizes asked for; the order in which people come changes nothing.
func TestSeatSeatsEverybodyOnce(t *testing.T) {
	for n := 1; n <= 30; n++ {
		guests := crowd(n, uint64(n), 3, 2)
		sizes := Sizes(n, Tables(n, 8))
		seats := Seat(guests, sizes, nil, 7)
		seen := map[int64]bool{}
		for i, ids := range seats {
			if len(ids) != sizes[i] {
				t.Fatalf("%d people: table %d has %d seats, want %d", n, i, len(ids), sizes[i])
			}
			for _, id := range ids {
				seen[id] = true
			}
		}
		if len(seen) != n {
			t.Errorf("%d of %d are seated", len(seen), n)
		}
		slices.Reverse(guests)
		if again := Seat(guests, sizes, nil, 7); !reflect.DeepEqual(seats, again) {
			t.Errorf("%d people in another order sit elsewhere", n)
		}
	}
	many := crowd(40, 3, 1)
	if reflect.DeepEqual(Seat(many, Sizes(40, 5), nil, 1), Seat(many, Sizes(40, 5), nil, 2)) {
		t.Error("another seed seats the same")
	}
}

// least is the smallest cost there is, by trying everything.
func least(guests []Guest, sizes []int) int64 {
	p := newProblem(guests, sizes, nil)
	best, left, at := int64(1<<62), slices.Clone(sizes), make([]int, len(guests))
	var try func(i int)
	try = func(i int) {
		if i == len(guests) {
			best = min(best, p.search(slices.Clone(at)).cost)
			return
		}
		for t := range left {
			if left[t] > 0 {
				left[t]--
				at[i] = t
				try(i + 1)
				left[t]++
			}
		}
	}
	try(0)
	return best
}

// On what is small enough to try everything, nothing is better.
func TestSeatIsBestWhereItCanBeKnown(t *testing.T) {
	for seed := range uint64(12) {
		guests := crowd(9, seed, 3, 2, 2)
		sizes := Sizes(9, 3)
		if got, _ := cost(guests, sizes, nil, Seat(guests, sizes, nil, seed)); got != least(guests, sizes) {
			t.Errorf("crowd %d: %d, the best is %d", seed, got, least(guests, sizes))
		}
	}
}

// With one category, each table has its share of each value, rounded down or up.
func TestOneCategoryIsShared(t *testing.T) {
	for _, n := range []int{23, 60, 200} {
		guests := crowd(n, 5, 4)
		sizes := Sizes(n, Tables(n, 8))
		totals := map[string]int{}
		value := map[int64]string{}
		for _, g := range guests {
			totals[g.Values[0]]++
			value[g.ID] = g.Values[0]
		}
		for i, ids := range Seat(guests, sizes, nil, 9) {
			have := map[string]int{}
			for _, id := range ids {
				have[value[id]]++
			}
			for v, total := range totals {
				if low := sizes[i] * total / n; have[v] < low || have[v] > low+1 {
					t.Errorf("%d people: table %d has %d of %s, its share is %d/%d", n, i+1, have[v], v, sizes[i]*total, n)
				}
			}
		}
	}
}

// 1,000 people at 100 tables: three rounds in which nobody sits again with anybody, as mixed as by chance
// nobody is.
func TestRoundsOfAThousand(t *testing.T) {
	guests, sizes := crowd(1000, 1, 3, 2, 5), Sizes(1000, 100)
	var met []Pair
	for round := range uint64(3) {
		seats := Seat(guests, sizes, met, round)
		got, again := cost(guests, sizes, met, seats)
		if again > 0 {
			t.Errorf("round %d: %d pairs sit together again", round+1, again)
		}
		unmixed := make([]Guest, len(guests))
		for i, g := range guests {
			unmixed[i] = Guest{ID: g.ID}
		}
		if chance, _ := cost(guests, sizes, nil, Seat(unmixed, sizes, nil, round)); got*2 > chance {
			t.Errorf("round %d costs %d, chance %d", round+1, got, chance)
		}
		met = append(met, pairs(seats)...)
	}
}
