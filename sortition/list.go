package sortition

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// List is a lottery made drawable in public: numbered panels of which one is drawn,
// each with the same chance (Flanigan, Kehne, Procaccia, "Fair Sortition Made
// Transparent", NeurIPS 2021). Panels are numbered from 0 and may repeat.
type List struct {
	Panels [][]int `json:"panels"` // persons by row, rising
	// MaxShift is the largest distance between a person's share of the panels and
	// their chance in the lottery.
	MaxShift float64 `json:"max_shift"`
	Hash     string  `json:"hash"` // see HashPanels
}

// HashPanels is the SHA-256, in hexadecimal, of the panels' text: one line per panel,
// its number and the rows (from 1) of its members separated by spaces.
func HashPanels(panels [][]int) string {
	var b strings.Builder
	for n, panel := range panels {
		fmt.Fprint(&b, n)
		for _, i := range panel {
			fmt.Fprintf(&b, " %d", i+1)
		}
		b.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// seeded is the generator of a seed phrase; the purpose keeps uses apart.
func seeded(seed, purpose string) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256([]byte(purpose + "\x00" + seed))))
}

// List rounds the lottery to m numbered panels and names the persons of each. The
// seed decides which of several equal persons sits where; nobody's chance depends on it
// by more than 1/m.
func (l *Lottery) List(m int, seed string) (*List, error) {
	if m < 1 || m > 1_000_000 {
		return nil, inputErrorf(0, "the number of panels must lie between 1 and 1 000 000")
	}
	if l.m == nil {
		return nil, errors.New("sortition: only a lottery that Solve returned can be listed")
	}
	rng := seeded(seed, "isegoria list")
	panels := l.round(m)
	rng.Shuffle(len(panels), func(i, j int) { panels[i], panels[j] = panels[j], panels[i] })
	s := newSeating(l.m, rng)
	for _, counts := range panels {
		s.seat(counts)
	}
	s.balance()
	out := &List{Panels: s.persons()}
	share := make([]float64, l.m.size)
	for _, panel := range out.Panels {
		for _, i := range panel {
			share[i] += 1 / float64(m)
		}
	}
	for i, c := range l.Chance {
		out.MaxShift = max(out.MaxShift, math.Abs(share[i]-c))
	}
	out.Hash = HashPanels(out.Panels)
	return out, nil
}

// SmallShift is what a list should change anybody's chance by less than.
const SmallShift = 0.003

// maxShift is what the rounding aims at.
const maxShift = 0.97 * SmallShift

// round turns the weights into m panels.
func (l *Lottery) round(m int) [][]TypeCount {
	r := newRounding(l, m)
	best, least := slices.Clone(r.times), math.Inf(1)
	for k := range 400 {
		if k >= 40 && (least < maxShift*float64(m) || m < 1000) {
			break // near enough, or a list too short to come near
		}
		for range 20 * len(r.times) {
			if !r.exchange() {
				break
			}
		}
		worst := r.worst()
		if worst < least {
			best, least = slices.Clone(r.times), worst
		}
		r.stress(worst)
	}
	var panels [][]TypeCount
	for i, n := range best {
		for range n {
			panels = append(panels, r.panels[i])
		}
	}
	if least >= maxShift*float64(m) {
		newMending(l.m, panels, r.wanted).run(max(1, maxShift*float64(m)))
	}
	return panels
}

// rounding starts from largest remainders and exchanges one panel for another as long
// as that lowers the weighted squares of how far each type is off. Between two such
// descents the types that are furthest off gain weight.
type rounding struct {
	panels [][]TypeCount
	val    [][]float64 // counts per unit, aligned with panels
	times  []int
	wanted []float64 // numbered panels per unit of each type
	off    []float64 // how many too many
	weight []float64
}

func newRounding(l *Lottery, m int) *rounding {
	n := len(l.Support)
	r := &rounding{times: make([]int, n), wanted: make([]float64, len(l.m.types)), off: make([]float64, len(l.m.types)), weight: make([]float64, len(l.m.types))}
	for t := range r.weight {
		r.weight[t] = 1
	}
	order := make([]int, n)
	left := m
	for i, w := range l.Support {
		order[i] = i
		r.times[i] = int(w.Weight * int64(m) / Whole)
		left -= r.times[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return -cmp.Compare(l.Support[a].Weight*int64(m)%Whole, l.Support[b].Weight*int64(m)%Whole)
	})
	for _, i := range order[:left] {
		r.times[i]++
	}
	for i, w := range l.Support {
		val := make([]float64, len(w.Counts))
		for k, c := range w.Counts {
			val[k] = float64(c.Count) / float64(len(l.m.types[c.Type].units))
			wanted := float64(w.Weight) / Whole * float64(m)
			r.wanted[c.Type] += val[k] * wanted
			r.off[c.Type] += val[k] * (float64(r.times[i]) - wanted)
		}
		r.panels, r.val = append(r.panels, w.Counts), append(r.val, val)
	}
	return r
}

// shift is how many panels too many or too few some unit of a type sits on: its units take
// turns, so that each sits as often as another or once more.
func (r *rounding) shift(t int) float64 { return shift(r.wanted[t], r.wanted[t]+r.off[t]) }

func shift(wanted, sat float64) float64 {
	return max(math.Ceil(sat-1e-6)-wanted, wanted-math.Floor(sat+1e-6))
}

func (r *rounding) worst() float64 {
	w := 0.0
	for t := range r.off {
		w = max(w, r.shift(t))
	}
	return w
}

func (r *rounding) stress(worst float64) {
	for t := range r.off {
		if r.shift(t) > 0.8*worst {
			r.weight[t] *= 1.5
		}
	}
}

// exchange makes the best exchange among the most promising panels, if one helps.
func (r *rounding) exchange() bool {
	type move struct {
		i     int
		delta float64
	}
	var drops, adds []move
	for i, p := range r.panels {
		dot, self := 0.0, 0.0
		for k, c := range p {
			v := r.val[i][k] * r.weight[c.Type]
			dot += v * r.off[c.Type]
			self += v * r.val[i][k]
		}
		adds = append(adds, move{i, 2*dot + self})
		if r.times[i] > 0 {
			drops = append(drops, move{i, -2*dot + self})
		}
	}
	byDelta := func(a, b move) int { return cmp.Compare(a.delta, b.delta) }
	slices.SortFunc(adds, byDelta)
	slices.SortFunc(drops, byDelta)
	best, from, to := -1e-9, -1, -1
	for _, a := range adds[:min(8, len(adds))] {
		for _, d := range drops[:min(8, len(drops))] {
			if a.i == d.i {
				continue
			}
			if v := a.delta + d.delta - 2*r.cross(a.i, d.i); v < best {
				best, from, to = v, d.i, a.i
			}
		}
	}
	if from < 0 {
		return false
	}
	for k, i := range []int{from, to} {
		step := 2*k - 1
		r.times[i] += step
		for j, c := range r.panels[i] {
			r.off[c.Type] += float64(step) * r.val[i][j]
		}
	}
	return true
}

// cross is the weighted inner product of two panels.
func (r *rounding) cross(i, j int) float64 {
	s, k := 0.0, 0
	b := r.panels[j]
	for x, c := range r.panels[i] {
		for k < len(b) && b[k].Type < c.Type {
			k++
		}
		if k < len(b) && b[k].Type == c.Type {
			s += r.val[i][x] * r.val[j][k] * r.weight[c.Type]
		}
	}
	return s
}
