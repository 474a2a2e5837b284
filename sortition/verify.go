package sortition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Finding is the outcome of one check of a report, in words.
type Finding struct {
	Check string
	Err   error // nil: passed
}

// Verify recomputes a report from the files it names: inputs, proof, distribution,
// chances, list, number, panel. It does not solve anything again. The findings end at
// the first fault; the report is true when the last finding has no error.
func Verify(report []byte, f Files) []Finding {
	v := &verifier{f: f, text: report}
	dec := json.NewDecoder(bytes.NewReader(report))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v.r); err != nil {
		return []Finding{{"the report can be read", err}}
	}
	checks := []struct {
		name string
		run  func() error
	}{
		{"the report is whole, as it was written", v.whole},
		{"the files are those that the report names", v.files},
		{"types, exclusions, impossible persons and every panel of the distribution follow the rules", v.lottery},
		{"the optimum and its bound follow from the proof, in exact arithmetic", v.measure},
		{"each chance follows from the distribution", v.chances},
		{"the numbered panels follow the rules, and their hash and shares agree", v.list},
		{"the number comes from its sources, and the panel bears it", v.number},
	}
	var out []Finding
	for _, c := range checks {
		err := c.run()
		out = append(out, Finding{c.name, err})
		if err != nil {
			break
		}
	}
	return out
}

type verifier struct {
	text []byte
	f    Files
	r    Report
	p    *Problem
	a    *audit
}

func (v *verifier) whole() error {
	if v.r.Format != ReportFormat {
		return fmt.Errorf("its format is “%s”, this program knows “%s”", v.r.Format, ReportFormat)
	}
	if again, err := json.Marshal(&v.r); err != nil || !bytes.Equal(again, bytes.TrimSpace(v.text)) {
		return fmt.Errorf("it is not written as this program writes reports")
	}
	d, err := v.r.digest()
	if err == nil && d != v.r.Digest {
		err = fmt.Errorf("its digest is %s, its text gives %s", v.r.Digest, d)
	}
	return err
}

func (v *verifier) files() error {
	if h := hash(v.f.Pool); h != v.r.PoolHash {
		return fmt.Errorf("the pool's SHA-256 is %s, the report names %s", h, v.r.PoolHash)
	}
	if h := hash(v.f.Quotas); h != v.r.QuotasHash {
		return fmt.Errorf("the categories' SHA-256 is %s, the report names %s", h, v.r.QuotasHash)
	}
	var err error
	v.p, err = v.f.Problem(v.r.Options)
	return err
}

func (v *verifier) lottery() error {
	if !slices.Contains(Objectives(), v.r.Objective) {
		return fmt.Errorf("“%s” is not an objective", v.r.Objective)
	}
	a, err := newAudit(ruled(v.p, v.r.Objective), &v.r.Proof, v.r.Distribution)
	if err != nil {
		return err
	}
	v.a = a
	var impossible []int
	for t, units := range a.c.Types {
		if a.cap[t] == 0 {
			impossible = append(impossible, slices.Concat(units...)...)
		}
	}
	slices.Sort(impossible)
	if !slices.Equal(impossible, v.r.Impossible) {
		return fmt.Errorf("the proof shows %d impossible persons, the report lists %d", len(impossible), len(v.r.Impossible))
	}
	return nil
}

func (v *verifier) measure() error {
	m, err := v.a.measure(v.r.Objective)
	if err != nil {
		return err
	}
	if m.Value != v.r.Value || m.Bound != v.r.Bound || !slices.Equal(m.Gaps, v.r.Gaps) {
		return fmt.Errorf("the proof gives %.9g, bound %.9g, gap %.3g; the report says %.9g, %.9g, %.3g",
			m.Value, m.Bound, m.Gap(), v.r.Value, v.r.Bound, v.r.Gap())
	}
	return nil
}

func (v *verifier) chances() error {
	c := v.a.chances()
	if len(c) != len(v.r.Chances) {
		return fmt.Errorf("the report has %d chances for %d rows", len(v.r.Chances), len(c))
	}
	for i := range c {
		if c[i] != v.r.Chances[i] {
			return fmt.Errorf("row %d has chance %v, the report says %v", i+1, c[i], v.r.Chances[i])
		}
	}
	return nil
}

func (v *verifier) list() error {
	l := &v.r.List
	if h := HashPanels(l.Panels); h != l.Hash {
		return fmt.Errorf("the panels' SHA-256 is %s, the report says %s", h, l.Hash)
	}
	n := len(v.p.Pool.Rows)
	count := make([]int, n)
	for k, panel := range l.Panels {
		if err := checkPanel(ruled(v.p, v.r.Objective), panel); err != nil {
			return fmt.Errorf("panel %d: %w", k, err)
		}
		for _, i := range panel {
			count[i]++
		}
	}
	shift := 0.0
	for i, c := range v.r.Chances {
		shift = max(shift, math.Abs(float64(count[i])/float64(len(l.Panels))-c))
	}
	if math.Abs(shift-l.MaxShift) > 1e-12 {
		return fmt.Errorf("the largest shift of a chance is %v, the report says %v", shift, l.MaxShift)
	}
	return nil
}

func (v *verifier) number() error {
	r := &v.r
	if len(r.Contributions) == 0 {
		if r.Number != 0 || r.Panel != nil {
			return fmt.Errorf("a panel is named but no number was drawn")
		}
	} else {
		n, err := Combine(len(r.List.Panels), r.List.Hash, r.Contributions)
		if err != nil {
			return err
		}
		if n != r.Number {
			return fmt.Errorf("the sources give the number %d, the report says %d", n, r.Number)
		}
		if !slices.Equal(r.Panel, r.List.Panels[n]) {
			return fmt.Errorf("the panel is not that of number %d", n)
		}
	}
	if !slices.Equal(r.Quotas, quotasMet(v.p, r.Panel)) {
		return fmt.Errorf("the counts per quota are not those of the panel")
	}
	return nil
}

// checkPanel holds a panel of persons to every rule, from its definition.
func checkPanel(p *Problem, panel []int) error {
	if len(panel) != p.Size {
		return fmt.Errorf("%d persons for %d seats", len(panel), p.Size)
	}
	in := make(map[int]bool, len(panel))
	lives := map[string]int{}
	for k, i := range panel {
		if i < 0 || i >= len(p.Pool.Rows) || in[i] || (k > 0 && panel[k-1] > i) {
			return fmt.Errorf("row %d is unknown, repeated or out of order", i+1)
		}
		in[i] = true
		if slices.Contains(p.Excluded, i) {
			return fmt.Errorf("row %d is excluded", i+1)
		}
		if len(p.AddressColumns) > 0 {
			key, err := p.addressKey(i)
			if err != nil {
				return err
			}
			if j, ok := lives[key]; ok {
				return fmt.Errorf("rows %d and %d share an address", j+1, i+1)
			}
			lives[key] = i
		}
	}
	for _, q := range p.Quotas {
		at, n := p.Pool.column(q.Category), 0
		for _, i := range panel {
			if p.Pool.Rows[i][at] == q.Feature {
				n++
			}
		}
		if n < q.Min || n > q.Max {
			return fmt.Errorf("%s %s: %d persons for %d–%d", q.Category, q.Feature, n, q.Min, q.Max)
		}
	}
	sitting := func(group []int) (n int) {
		for _, i := range group {
			if in[i] {
				n++
			}
		}
		return n
	}
	for _, g := range p.Together {
		if n := sitting(g); n != 0 && n != len(g) {
			return fmt.Errorf("%d of %d persons who come together", n, len(g))
		}
	}
	for _, g := range p.Apart {
		if n := sitting(g); n > 1 {
			return fmt.Errorf("%d persons who must be apart", n)
		}
	}
	if n := sitting(p.Fixed); n != len(p.Fixed) {
		return fmt.Errorf("%d of %d fixed members", n, len(p.Fixed))
	}
	return nil
}
