package sortition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// ReportFormat names the layout of Report.
const ReportFormat = "isegoria-draw-1"

// Report is a draw that anyone can check with the files it names. It holds rows of the
// pool by number only (counted from 0), never a name or an address.
type Report struct {
	Format     string    `json:"format"`
	PoolHash   string    `json:"pool_sha256"`
	QuotasHash string    `json:"quotas_sha256"`
	Options    Options   `json:"options"`
	Objective  Objective `json:"objective"`
	Complete   bool      `json:"complete"` // false: stopped before the optimum
	Measure
	Chances      []float64  `json:"chances"` // per row
	Impossible   []int      `json:"impossible,omitempty"`
	Distribution []Weighted `json:"distribution"` // over counts per type of the proof
	List         List       `json:"list"`
	Seed         string     `json:"seed,omitempty"`
	// Contributions made the number drawn; without any the list awaits its draw, and
	// Number and Panel mean nothing.
	Contributions []Contribution `json:"contributions,omitempty"`
	Number        int            `json:"number"`
	Panel         []int          `json:"panel,omitempty"`
	Quotas        []QuotaMet     `json:"quotas"`
	Proof         Certificate    `json:"proof"`
	// Digest is the SHA-256 of the report's JSON without it.
	Digest string `json:"digest"`
}

// Options are the rules beyond the quotas.
type Options struct {
	Size           int      `json:"size"`
	AddressColumns []string `json:"address_columns,omitempty"`
	French         bool     `json:"french_addresses,omitempty"`
	Together       [][]int  `json:"together,omitempty"`
	Apart          [][]int  `json:"apart,omitempty"`
	Fixed          []int    `json:"fixed,omitempty"`
	Excluded       []int    `json:"excluded,omitempty"`
}

// QuotaMet is a quota beside the pool and the panel.
type QuotaMet struct {
	Category string `json:"category"`
	Feature  string `json:"feature"`
	Min      int    `json:"min"`
	Max      int    `json:"max"`
	InPool   int    `json:"in_pool"`
	InPanel  int    `json:"in_panel"`
}

// Met tells whether the panel meets the quota.
func (q QuotaMet) Met() bool { return q.Min <= q.InPanel && q.InPanel <= q.Max }

// Files are the inputs of a draw, byte for byte.
type Files struct{ Pool, Quotas []byte }

// Problem reads the files under the options of a report.
func (f Files) Problem(o Options) (*Problem, error) {
	pool, err := ParsePool(f.Pool)
	if err != nil {
		return nil, fmt.Errorf("pool: %w", err)
	}
	quotas, err := ParseQuotas(f.Quotas)
	if err != nil {
		return nil, fmt.Errorf("categories: %w", err)
	}
	pool.harmonise(quotas)
	return &Problem{
		Pool: pool, Quotas: quotas, Size: o.Size, AddressColumns: o.AddressColumns, French: o.French,
		Together: o.Together, Apart: o.Apart, Fixed: o.Fixed, Excluded: o.Excluded,
	}, nil
}

// NewReport writes the report of a lottery and its list; the number is drawn from the
// contributions unless there are none yet. p is the problem given to Solve.
func NewReport(f Files, p *Problem, l *Lottery, list *List, seed string, contributions []Contribution) (*Report, error) {
	r := &Report{
		Format: ReportFormat, PoolHash: hash(f.Pool), QuotasHash: hash(f.Quotas),
		Options:   Options{p.Size, p.AddressColumns, p.French, p.Together, p.Apart, p.Fixed, p.Excluded},
		Objective: l.Objective, Complete: l.Complete, Impossible: l.Impossible, Distribution: l.Support,
		List: *list, Seed: seed, Contributions: contributions, Proof: l.Proof,
	}
	a, err := newAudit(ruled(p, l.Objective), &r.Proof, r.Distribution)
	if err != nil {
		return nil, fmt.Errorf("sortition: the lottery does not pass its own audit: %w", err)
	}
	m, err := a.measure(l.Objective)
	if err != nil {
		return nil, fmt.Errorf("sortition: the lottery does not pass its own audit: %w", err)
	}
	r.Measure, r.Chances = *m, a.chances()
	if len(contributions) > 0 {
		if r.Number, err = Combine(len(list.Panels), list.Hash, contributions); err != nil {
			return nil, err
		}
		r.Panel = list.Panels[r.Number]
	}
	r.Quotas = quotasMet(p, r.Panel)
	r.Digest, err = r.digest()
	return r, err
}

// ruled is the problem under the rules that the objective keeps.
func ruled(p *Problem, o Objective) *Problem {
	if o != Plain {
		return p
	}
	q := *p
	q.Quotas = nil
	return &q
}

func quotasMet(p *Problem, panel []int) []QuotaMet {
	var out []QuotaMet
	in := make([]bool, len(p.Pool.Rows))
	for _, i := range panel {
		in[i] = true
	}
	for _, q := range p.Quotas {
		at := p.Pool.column(q.Category)
		m := QuotaMet{Category: q.Category, Feature: q.Feature, Min: q.Min, Max: q.Max}
		for i, row := range p.Pool.Rows {
			if row[at] == q.Feature {
				m.InPool++
				if in[i] {
					m.InPanel++
				}
			}
		}
		out = append(out, m)
	}
	return out
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (r *Report) digest() (string, error) {
	c := *r
	c.Digest = ""
	text, err := json.Marshal(&c)
	if err != nil {
		return "", fmt.Errorf("sortition: %w", err)
	}
	return hash(text), nil
}

// Of tells whether the report is of this pool, byte for byte.
func (r *Report) Of(pool []byte) bool { return r.PoolHash == hash(pool) }

// AlternatesSeed decides the lots among equal alternates of a draw (see Alternates): nobody
// could foresee it before the number was drawn, and anybody can use it again.
func (r *Report) AlternatesSeed() string { return fmt.Sprintf("%s %d", r.List.Hash, r.Number) }

// Draw adds the number drawn in public to a report that awaited it.
func (r *Report) Draw(f Files, contributions []Contribution) error {
	if len(r.Contributions) > 0 {
		return inputErrorf(0, "the number of this report was drawn already: it is %d", r.Number)
	}
	p, err := f.Problem(r.Options)
	if err != nil {
		return err
	}
	if hash(f.Pool) != r.PoolHash || hash(f.Quotas) != r.QuotasHash {
		return inputErrorf(0, "the pool or the categories are not those of the report")
	}
	if r.Number, err = Combine(len(r.List.Panels), r.List.Hash, contributions); err != nil {
		return err
	}
	r.Contributions, r.Panel = contributions, r.List.Panels[r.Number]
	r.Quotas = quotasMet(p, r.Panel)
	r.Digest, err = r.digest()
	return err
}
