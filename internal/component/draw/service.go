package draw

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// mustPrepare refuses whoever does not organise the space.
func mustPrepare(a space.Access) error {
	switch {
	case canPrepare(a):
		return nil
	case !a.Viewer.SignedIn():
		return fault.New(fault.Unauthenticated, "site.error.sign_in")
	default:
		return site.Forbidden()
	}
}

func about(d Draw, actor int64) journal.About {
	return journal.About{Space: d.Space, Subject: fmt.Sprintf("draw/%d", d.ID), Actor: actor}
}

// record writes an event of the draw.
func record(tx *db.Tx, d Draw, actor int64, p journal.Payload) error {
	_, err := journal.Append(tx, about(d, actor), p)
	return err
}

// CreateDraw prepares a draw in a space.
func (c *Component) CreateDraw(ctx context.Context, a space.Access, d Draw) (Draw, error) {
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { d, err = createDraw(tx, a, d); return err })
	return d, err
}

func createDraw(tx *db.Tx, a space.Access, d Draw) (Draw, error) {
	if err := mustPrepare(a); err != nil {
		return d, err
	}
	if err := d.validate(tx.Now).Err(); err != nil {
		return d, err
	}
	d.ID, d.Space, d.CreatedAt = tx.NewID(), a.Space.ID, tx.Now
	if err := insertDraw(tx, d); err != nil {
		return d, err
	}
	return d, record(tx, d, a.Viewer.Account, Created{d.Title, d.Size})
}

// changeDraw writes the rules of a draw whose first list is not being made. Bounds above a
// smaller size come down to it.
func changeDraw(tx *db.Tx, a space.Access, d Draw) error {
	if err := d.validate(tx.Now).Err(); err != nil {
		return err
	}
	for i := range d.Categories {
		for j := range d.Categories[i].Values {
			v := &d.Categories[i].Values[j]
			v.Min, v.Max = min(v.Min, d.Size), min(v.Max, d.Size)
		}
	}
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, Changed{d.Title, d.Size, string(d.Objective)})
}

// setCategories says by what the panel is balanced, while nobody has volunteered yet. What a
// value kept of its quota stays.
func setCategories(tx *db.Tx, a space.Access, d Draw, list []Category) error {
	t, err := countVolunteers(tx, d.ID)
	if err != nil {
		return err
	}
	if t.Confirmed+t.Unconfirmed > 0 {
		return fault.New(fault.Conflict, "draw.category.late")
	}
	if err := validateCategories(list).Err(); err != nil {
		return err
	}
	d.Categories = merge(d.Categories, list, d.Size)
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	var names []string
	for _, c := range d.Categories {
		names = append(names, c.Name)
	}
	return record(tx, d, a.Viewer.Account, CategoriesSet{d.Title, strings.Join(names, ", ")})
}

// merge gives the new categories the quotas that the old ones had; a new value has none.
func merge(old, list []Category, size int) []Category {
	known := map[[2]string]Value{}
	source := map[string]string{}
	for _, c := range old {
		source[c.Name] = c.Source
		for _, v := range c.Values {
			known[[2]string{c.Name, v.Name}] = v
		}
	}
	for i, c := range list {
		list[i].Source = source[c.Name]
		for j, v := range c.Values {
			if k, ok := known[[2]string{c.Name, v.Name}]; ok {
				list[i].Values[j] = k
			} else {
				list[i].Values[j] = Value{Name: v.Name, Max: size, Share: -1}
			}
		}
	}
	return list
}

// openApplications opens the form, or moves its closing.
func openApplications(tx *db.Tx, a space.Access, d Draw) error {
	f := fault.Fields{}
	if !d.ClosesAt.After(tx.Now) {
		f.Add("closes_at", "draw.closes.past")
	}
	if strings.TrimSpace(d.Consent) == "" {
		f.Add("consent", "draw.consent.missing")
	}
	if len(d.Categories) == 0 {
		f.Add("closes_at", "draw.closes.categories")
	}
	if !d.EraseAt.After(d.ClosesAt) {
		f.Add("closes_at", "draw.closes.erased")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, ApplicationsOpened{d.Title, d.ClosesAt.UnixMilli()})
}

func closeApplications(tx *db.Tx, a space.Access, d Draw) error {
	if !d.ClosesAt.After(tx.Now) {
		return nil
	}
	d.ClosesAt = tx.Now
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, ApplicationsClosed{d.Title})
}

func setQuotas(tx *db.Tx, a space.Access, d Draw) error {
	if err := d.validateQuotas().Err(); err != nil {
		return err
	}
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	var words []string
	for _, q := range d.quotas() {
		words = append(words, fmt.Sprintf("%s %s %d–%d", q.Category, q.Feature, q.Min, q.Max))
	}
	return record(tx, d, a.Viewer.Account, QuotasSet{d.Title, strings.Join(words, ", ")})
}

// patience is how long a check of the quotas may take while somebody waits for its page.
const patience = 4 * time.Second

// CheckQuotas looks whether the quotas can be met, what the lowest chance can be and what
// each quota costs, and keeps what it found with the draw.
func (c *Component) CheckQuotas(ctx context.Context, drawID int64) (Check, error) {
	var d Draw
	var pool roster
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if d, err = drawByID(tx, drawID); err != nil {
			return err
		}
		pool, err = loadRoster(tx, d)
		return err
	})
	if err != nil {
		return Check{}, err
	}
	check, err := examine(ctx, d, pool)
	if err != nil {
		return check, err
	}
	return check, c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return keepCheck(tx, d.ID, check) })
}

func examine(ctx context.Context, d Draw, pool roster) (Check, error) {
	check := Check{Revision: d.Revision, Volunteers: len(pool.volunteers)}
	if len(pool.volunteers) < d.Size || len(d.Categories) == 0 {
		return check, nil
	}
	p, err := problem(pool.csv, sortition.FormatQuotas(d.quotas()), options(d, pool.numbers))
	if err != nil {
		return check, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := sortition.Solve(ctx, p, sortition.Maximin, nil)
	var none *sortition.InfeasibleError
	switch {
	case errors.As(err, &none):
		check.Conflict, check.Changes = conflict(p, none.Explanation), none.Changes
		check.Clashes, err = clashes(p, pool.numbers)
		return check, err
	case errors.Is(err, context.DeadlineExceeded):
		check.Unfinished = true
	case err != nil:
		return check, err
	default:
		check.Feasible, check.Unfinished, check.Lowest = true, !l.Complete, l.Value
		check.Prices = prices(p, l)
		if d.byConstituency() {
			if check.Sides, err = d.Constituencies.sides(ctx, p); err != nil {
				return check, err
			}
		}
		for _, i := range l.Impossible {
			check.Impossible = append(check.Impossible, pool.numbers[i])
		}
	}
	return check, nil
}

// options are the rules beyond the quotas; numbers are those of the pool's lines.
func options(d Draw, numbers []int64) sortition.Options {
	o := sortition.Options{Size: d.Size}
	if d.OnePerAddress {
		o.AddressColumns = []string{houseColumn}
	}
	return d.tied(o, numbers)
}

func problem(pool, quotas []byte, o sortition.Options) (*sortition.Problem, error) {
	p, err := sortition.Files{Pool: pool, Quotas: quotas}.Problem(o)
	if err != nil {
		return nil, err
	}
	return p, p.Validate()
}

// conflict names the quotas that cannot be met together, with how many volunteers there are.
func conflict(p *sortition.Problem, e sortition.Explanation) []Bound {
	var out []Bound
	for _, i := range e.Conflict {
		q := p.Quotas[i]
		out = append(out, Bound{q.Category, q.Feature, q.Min, q.Max, inPool(p.Pool, q)})
	}
	return out
}

func inPool(pool *sortition.Pool, q sortition.Quota) int {
	at, n := -1, 0
	for i, h := range pool.Header {
		if h == q.Category {
			at = i
		}
	}
	for _, row := range pool.Rows {
		if row[at] == q.Feature {
			n++
		}
	}
	return n
}

// prices are those of the first stage of the proof, dearest first.
func prices(p *sortition.Problem, l *sortition.Lottery) []Price {
	if l.Objective != sortition.Leximin && l.Objective != sortition.Maximin {
		return nil
	}
	var out []Price
	for _, q := range l.QuotaPrices() {
		of := p.Quotas[q.Quota]
		out = append(out, Price{of.Category, of.Feature, q.Maximum, q.PerSeat})
	}
	return out
}
