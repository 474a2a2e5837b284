package draw

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// Constituencies is the rule of a draw of candidates where they applied.
type Constituencies struct {
	Category string    `json:"category"` // whose values are the constituencies
	Seats    int       `json:"seats"`    // in each
	Parity   string    `json:"parity,omitempty"`
	Values   [2]string `json:"values,omitzero"` // of Parity, kept even over the whole country
}

// Side is one of the two ways to draw the same candidates.
type Side struct {
	Seats  int       `json:"seats"`
	Chance []float64 `json:"chance"` // from the lowest, thinned out
	Places float64   `json:"places"` // constituencies with a seat, on average
}

func (c Constituencies) rule() sortition.Constituencies {
	return sortition.Constituencies{Column: c.Category, Seats: c.Seats, ParityColumn: c.Parity, Parity: c.Values}
}

// apply makes the size and the quotas of the draw those of the rule. A constituency where
// nobody applied has no seat.
func (c Constituencies) apply(d *Draw, pool []byte) error {
	parsed, err := sortition.ParsePool(pool)
	if err != nil {
		return fault.Fields{"category": fault.New(fault.Invalid, "draw.constituencies.nobody")}
	}
	quotas, size, err := c.rule().Quotas(parsed)
	if err != nil {
		return fault.Fields{"parity": fault.New(fault.Invalid, "draw.constituencies.parity_wrong")}
	}
	d.Size, d.Constituencies = size, c
	bounds := map[[2]string]sortition.Quota{}
	for _, q := range quotas {
		bounds[[2]string{q.Category, q.Feature}] = q
	}
	for i, k := range d.Categories {
		for j, v := range k.Values {
			q, ok := bounds[[2]string{k.Name, v.Name}]
			switch to := &d.Categories[i].Values[j]; {
			case ok:
				to.Min, to.Max = q.Min, q.Max
			case k.Name == c.Category:
				to.Min, to.Max = 0, 0
			default:
				to.Min, to.Max = 0, size
			}
		}
	}
	return nil
}

// sides sets the draw by constituency beside the national one; nil when there is no time.
func (c Constituencies) sides(ctx context.Context, p *sortition.Problem) ([]Side, error) {
	local, national, err := c.rule().Compare(ctx, p)
	var none *sortition.InfeasibleError
	if errors.As(err, &none) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []Side{{local.Seats, thinned(local.Chance), local.Places}, {national.Seats, thinned(national.Chance), national.Places}}, nil
}

// thinned keeps at most 201 of the sorted chances, the lowest and the highest among them.
func thinned(sorted []float64) []float64 {
	const most = 200
	if len(sorted) <= most+1 {
		return sorted
	}
	var out []float64
	for i := range most + 1 {
		out = append(out, sorted[int(math.Round(float64(i)*float64(len(sorted)-1)/most))])
	}
	return out
}

// parityChoice is a pair of values of a category, as the form names it.
type parityChoice struct {
	category string
	values   [2]string
}

func (p parityChoice) key() string {
	return strings.Join([]string{p.category, p.values[0], p.values[1]}, " | ")
}

// parities are the pairs offered: those of the categories of two or three values.
func (d Draw) parities() []parityChoice {
	var out []parityChoice
	for _, c := range d.Categories {
		if len(c.Values) > 3 {
			continue
		}
		for i, a := range c.Values {
			for _, b := range c.Values[i+1:] {
				out = append(out, parityChoice{c.Name, [2]string{a.Name, b.Name}})
			}
		}
	}
	return out
}

// constituenciesFrom reads the form.
func constituenciesFrom(r *http.Request, d Draw) (Constituencies, fault.Fields) {
	f := fault.Fields{}
	c := Constituencies{Category: r.FormValue("category"), Seats: whole(r.FormValue("seats"))}
	if !slices.ContainsFunc(d.Categories, func(k Category) bool { return k.Name == c.Category }) {
		f.Add("category", "draw.constituencies.missing")
	}
	if c.Seats < 1 || c.Seats > 100 {
		f.Add("seats", "draw.constituencies.seats_wrong")
	}
	for _, p := range d.parities() {
		if p.key() == r.FormValue("parity") {
			c.Parity, c.Values = p.category, p.values
		}
	}
	if c.Parity != "" && c.Parity == c.Category {
		f.Add("parity", "draw.constituencies.same")
	}
	return c, f
}

func (c *Component) showConstituencies(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	rule := v.draw.Constituencies
	if rule.Category == "" {
		rule.Seats = 1
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.constituencies"), constituenciesView(v, rule))
}

func (c *Component) saveConstituencies(w http.ResponseWriter, r *http.Request) error {
	var rule Constituencies
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return setConstituencies(tx, v.access, v.draw, func(d Draw) (Constituencies, fault.Fields) {
			var f fault.Fields
			rule, f = constituenciesFrom(r, d)
			return rule, f
		})
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.typed = r.Form
		return c.render(w, r, v, v.status(), site.T(r.Context(), "draw.constituencies"), constituenciesView(v, rule))
	}
	if err != nil {
		return err
	}
	if _, err := c.CheckQuotas(r.Context(), v.draw.ID); err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/constituencies#sides")
}

// setConstituencies sets size and quotas by the rule.
func setConstituencies(tx *db.Tx, a space.Access, d Draw, read func(Draw) (Constituencies, fault.Fields)) error {
	rule, f := read(d)
	if err := f.Err(); err != nil {
		return err
	}
	pool, err := loadRoster(tx, d)
	if err != nil {
		return err
	}
	if err := rule.apply(&d, pool.csv); err != nil {
		return err
	}
	if d.Size > 10_000 {
		return fault.Fields{"seats": fault.New(fault.Invalid, "draw.size.wrong")}
	}
	if err := setQuotas(tx, a, d); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, Changed{d.Title, d.Size, string(d.Objective)})
}

// byConstituency tells whether the quotas are those that the rule made: since changed by hand, the draw
// is one like any other.
func (d Draw) byConstituency() bool {
	for _, c := range d.Categories {
		if c.Name != d.Constituencies.Category {
			continue
		}
		for _, v := range c.Values {
			if v.Min != v.Max || v.Max != 0 && v.Max != d.Constituencies.Seats {
				return false
			}
		}
		return true
	}
	return false
}

// sideRows are the two ways in figures.
func sideRows(ctx context.Context, sides []Side) (columns []string, rows [][]string) {
	columns = []string{site.T(ctx, "draw.sides.what"), site.T(ctx, "draw.sides.local"), site.T(ctx, "draw.sides.national")}
	line := func(key string, say func(Side) string) {
		rows = append(rows, []string{site.T(ctx, key), say(sides[0]), say(sides[1])})
	}
	line("draw.sides.seats", func(s Side) string { return site.Number(ctx, s.Seats) })
	line("draw.sides.places", func(s Side) string { return fmt.Sprintf("%.0f", s.Places) })
	line("draw.chances.lowest", func(s Side) string { return chance(ctx, s.Chance[0]) })
	line("draw.chances.median", func(s Side) string { return chance(ctx, s.Chance[len(s.Chance)/2]) })
	line("draw.chances.highest", func(s Side) string { return chance(ctx, s.Chance[len(s.Chance)-1]) })
	return columns, rows
}
