package sortition

import (
	"math/rand/v2"
	"slices"
)

// seating names the units that sit, so that each unit of a type sits equally often.
type seating struct {
	m      *model
	turn   [][]int // units of a type in the order of their next turns
	panels [][]chair
}

// chair is where a unit of a type sits.
type chair struct{ t, u int }

func newSeating(m *model, rng *rand.Rand) *seating {
	s := &seating{m: m}
	for _, t := range m.types {
		s.turn = append(s.turn, rng.Perm(len(t.units)))
	}
	return s
}

// seat takes, for each type, the units whose turn it is; they go to the end of the
// queue. A unit whose household already gave a member keeps its place.
func (s *seating) seat(counts []TypeCount) {
	taken := map[[2]int]bool{} // households of a pattern that gave a member
	var panel []chair
	for _, c := range counts {
		pt := &s.m.types[c.Type]
		var sat, kept []int
		queue := s.turn[c.Type]
		for k, u := range queue {
			if len(sat) == c.Count {
				kept = append(kept, queue[k:]...)
				break
			}
			house := [2]int{pt.pattern, pt.house[u]}
			if pt.pattern >= 0 && taken[house] {
				kept = append(kept, u)
				continue
			}
			taken[house] = true
			sat = append(sat, u)
			panel = append(panel, chair{c.Type, u})
		}
		s.turn[c.Type] = append(kept, sat...)
	}
	s.panels = append(s.panels, panel)
}

// balance evens out what households kept from their turns: a unit that sits more often than
// another of its type gives it a chair, where the other's household allows.
func (s *seating) balance() {
	count := make([][]int, len(s.m.types))
	for t := range s.m.types {
		count[t] = make([]int, len(s.m.types[t].units))
	}
	for _, panel := range s.panels {
		for _, c := range panel {
			count[c.t][c.u]++
		}
	}
	for t, pt := range s.m.types {
		if pt.pattern < 0 {
			continue // turns are kept exactly
		}
		for s.evenOut(t, count[t]) {
		}
	}
}

// evenOut moves one chair from a unit that sits more often, by two or more, to another.
func (s *seating) evenOut(t int, count []int) bool {
	for k, panel := range s.panels {
		for i, c := range panel {
			if c.t != t {
				continue
			}
			for u, n := range count {
				if count[c.u]-n > 1 && s.free(panel, i, chair{t, u}) {
					s.panels[k][i].u = u
					count[c.u]--
					count[u]++
					return true
				}
			}
		}
	}
	return false
}

// free tells whether a unit may take the i-th chair: neither it nor its household sits on another.
func (s *seating) free(panel []chair, i int, to chair) bool {
	pt := &s.m.types[to.t]
	for j, c := range panel {
		other := &s.m.types[c.t]
		if j != i && (c == to || other.pattern == pt.pattern && other.house[c.u] == pt.house[to.u]) {
			return false
		}
	}
	return true
}

// persons lists the members of each panel, by row, rising.
func (s *seating) persons() [][]int {
	var out [][]int
	for _, panel := range s.panels {
		var rows []int
		for _, c := range panel {
			rows = append(rows, s.m.types[c.t].units[c.u]...)
		}
		slices.Sort(rows)
		out = append(out, rows)
	}
	return out
}
