package sortition

import "slices"

// mending brings a list of panels nearer to its lottery than whole numbers of the lottery's
// own panels do: where a type sits too often or too rarely, one of its units is exchanged
// for a unit of another type in some panel, under all rules.
type mending struct {
	m      *model
	panels [][]TypeCount
	act    [][]int   // per panel and row
	wanted []float64 // panels per unit of each type
	sat    []float64
}

func newMending(m *model, panels [][]TypeCount, wanted []float64) *mending {
	d := &mending{m: m, panels: panels, wanted: wanted, sat: make([]float64, len(m.types))}
	for _, panel := range panels {
		act := make([]int, len(m.rows))
		for _, c := range panel {
			d.sat[c.Type] += float64(c.Count) / float64(len(m.types[c.Type].units))
			for i, r := range m.cols[c.Type].row {
				act[r] += c.Count * int(m.cols[c.Type].coef[i])
			}
		}
		d.act = append(d.act, act)
	}
	return d
}

// run exchanges until no type is off by enough panels, or none that is can be mended. What
// could not be is tried again as long as other exchanges may have made room.
func (d *mending) run(enough float64) {
	for again := true; again; {
		again = false
		tried := make([]bool, len(d.sat))
		for {
			worst, at := enough, -1
			for t := range d.sat {
				if s := d.off(t, 0); s >= worst && !tried[t] {
					worst, at = s, t
				}
			}
			if at < 0 {
				break
			}
			mend := d.place
			if d.sat[at] > d.wanted[at] {
				mend = d.replace
			}
			if mend(at, worst) {
				again = true
			} else {
				tried[at] = true
			}
		}
	}
}

// off is how far a type would be off with some units' turns more.
func (d *mending) off(t, more int) float64 {
	return shift(d.wanted[t], d.sat[t]+float64(more)/float64(len(d.m.types[t].units)))
}

// exchange is one that leaves the other type off by less.
type exchange struct {
	panel, out, in int
	off            float64
}

// replace takes a type from a panel, for the type that is best served.
func (d *mending) replace(out int, worst float64) bool {
	best := exchange{off: worst - 1e-9}
	for k, panel := range d.panels {
		if i := at(panel, out); i < 0 || panel[i].Count <= d.m.types[out].lo {
			continue
		}
		for in := range d.sat {
			if off := d.off(in, 1); off < best.off && d.allowed(k, out, in) {
				best = exchange{k, out, in, off}
			}
		}
	}
	return d.make(best, worst)
}

// place adds a type to a panel, for the type that can best be spared.
func (d *mending) place(in int, worst float64) bool {
	best := exchange{off: worst - 1e-9}
	for k, panel := range d.panels {
		for _, c := range panel {
			if off := d.off(c.Type, -1); off < best.off && c.Count > d.m.types[c.Type].lo && d.allowed(k, c.Type, in) {
				best = exchange{k, c.Type, in, off}
			}
		}
	}
	return d.make(best, worst)
}

// allowed tells whether a panel keeps the rules in an exchange.
func (d *mending) allowed(k, out, in int) bool {
	if i := at(d.panels[k], in); in == out || i >= 0 && d.panels[k][i].Count >= d.m.types[in].cap || d.m.types[in].cap == 0 {
		return false
	}
	act := d.act[k]
	d.shift(act, out, in)
	ok := true
	for _, t := range []int{out, in} {
		for _, r := range d.m.cols[t].row {
			ok = ok && act[r] >= d.m.rows[r].lo && act[r] <= d.m.rows[r].hi
		}
	}
	d.shift(act, in, out)
	return ok
}

func (d *mending) shift(act []int, out, in int) {
	for i, r := range d.m.cols[out].row {
		act[r] -= int(d.m.cols[out].coef[i])
	}
	for i, r := range d.m.cols[in].row {
		act[r] += int(d.m.cols[in].coef[i])
	}
}

// make does an exchange, if one was found.
func (d *mending) make(x exchange, worst float64) bool {
	if x.off >= worst-1e-9 {
		return false
	}
	d.shift(d.act[x.panel], x.out, x.in)
	panel := slices.Clone(d.panels[x.panel]) // others of the list may be the same
	panel[at(panel, x.out)].Count--
	if i := at(panel, x.in); i >= 0 {
		panel[i].Count++
	} else {
		panel = append(panel, TypeCount{x.in, 1})
	}
	panel = slices.DeleteFunc(panel, func(c TypeCount) bool { return c.Count == 0 })
	slices.SortFunc(panel, func(a, b TypeCount) int { return a.Type - b.Type })
	d.panels[x.panel] = panel
	d.sat[x.out] -= 1 / float64(len(d.m.types[x.out].units))
	d.sat[x.in] += 1 / float64(len(d.m.types[x.in].units))
	return true
}

// at finds a type in a panel, whose types rise; -1 when it does not sit.
func at(panel []TypeCount, t int) int {
	i, ok := slices.BinarySearchFunc(panel, t, func(c TypeCount, t int) int { return c.Type - t })
	if !ok {
		return -1
	}
	return i
}
