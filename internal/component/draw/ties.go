package draw

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// Tie binds volunteers, known by their numbers, beyond the quotas. It is public, as its reason is.
type Tie struct {
	Kind    TieKind `json:"kind"`
	Numbers []int64 `json:"numbers"`
	Reason  string  `json:"reason,omitempty"`
}

// TieKind is what a tie asks of the panel.
type TieKind string

const (
	Together TieKind = "together" // drawn all or none: a couple, a person and who assists them
	Apart    TieKind = "apart"    // at most one is drawn: a conflict of interest
	Fixed    TieKind = "fixed"    // sits in any case: a co-chair by the rules
)

// TieKinds lists them as they are offered.
var TieKinds = []TieKind{Together, Apart, Fixed}

// maxTies bounds what one draw holds.
const maxTies = 200

// Labels names the volunteers in public.
func (t Tie) Labels() string {
	var out []string
	for _, n := range t.Numbers {
		out = append(out, Label(n))
	}
	return strings.Join(out, ", ")
}

// fixedNumbers are the members who sit in any case.
func (d Draw) fixedNumbers() []int64 {
	var out []int64
	for _, t := range d.Ties {
		if t.Kind == Fixed {
			out = append(out, t.Numbers...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// untie forgets a volunteer who is gone. A tie that binds nobody any more goes too.
func (d *Draw) untie(number int64) {
	var left []Tie
	for _, t := range d.Ties {
		t.Numbers = slices.DeleteFunc(slices.Clone(t.Numbers), func(n int64) bool { return n == number })
		if len(t.Numbers) > 1 || t.Kind == Fixed && len(t.Numbers) == 1 {
			left = append(left, t)
		}
	}
	d.Ties = left
}

// tied puts the ties into the options, the volunteers being the lines of the pool.
func (d Draw) tied(o sortition.Options, numbers []int64) sortition.Options {
	at := map[int64]int{}
	for i, n := range numbers {
		at[n] = i
	}
	for _, t := range d.Ties {
		var rows []int
		for _, n := range t.Numbers {
			if row, ok := at[n]; ok {
				rows = append(rows, row)
			}
		}
		switch {
		case t.Kind == Fixed:
			o.Fixed = append(o.Fixed, rows...)
		case len(rows) < 2: // the others have not confirmed
		case t.Kind == Together:
			o.Together = append(o.Together, rows)
		case t.Kind == Apart:
			o.Apart = append(o.Apart, rows)
		}
	}
	slices.Sort(o.Fixed)
	o.Fixed = slices.Compact(o.Fixed)
	return o
}

// Clash is a contradiction between ties, addresses, seats and quotas.
type Clash struct {
	Kind     sortition.ClashKind `json:"kind"`
	Numbers  []int64             `json:"numbers"`
	Category string              `json:"category,omitempty"`
	Value    string              `json:"value,omitempty"`
	Count    int                 `json:"count,omitempty"`
	Max      int                 `json:"max,omitempty"`
}

// clashes are those of a draw, in the volunteers' numbers.
func clashes(p *sortition.Problem, numbers []int64) ([]Clash, error) {
	found, err := p.Clashes()
	var out []Clash
	for _, c := range found {
		one := Clash{Kind: c.Kind, Count: c.Count, Max: p.Size}
		for _, i := range c.Persons {
			one.Numbers = append(one.Numbers, numbers[i])
		}
		if c.Kind == sortition.ClashQuota {
			q := p.Quotas[c.Quota]
			one.Category, one.Value, one.Max = q.Category, q.Feature, q.Max
		}
		out = append(out, one)
	}
	return out, err
}

// words are the key and arguments of the sentence that says the contradiction.
func (c Clash) words() (key string, args []any) {
	return "draw.clash." + string(c.Kind), []any{"who", Tie{Numbers: c.Numbers}.Labels(), "category", c.Category, "value", c.Value, "n", c.Count, "max", c.Max}
}

// addTie binds volunteers, who are named by number or by e-mail address.
func addTie(tx *db.Tx, a space.Access, d Draw, kind TieKind, who, reason string) error {
	f := fault.Fields{}
	if !slices.Contains(TieKinds, kind) {
		f.Add("kind", "draw.tie.kind_wrong")
	}
	if len([]rune(reason)) > 120 {
		f.Add("reason", "draw.too_long", "max", 120)
	}
	if len(d.Ties) >= maxTies {
		f.Add("who", "draw.tie.many", "max", maxTies)
	}
	numbers, err := named(tx, d, who)
	var refused fault.Fields
	switch {
	case errors.As(err, &refused):
		for field, e := range refused {
			f[field] = e
		}
	case err != nil:
		return err
	case len(numbers) == 0 || kind != Fixed && len(numbers) < 2:
		f.Add("who", "draw.tie.few."+map[bool]string{true: "fixed", false: "group"}[kind == Fixed])
	}
	if err := f.Err(); err != nil {
		return err
	}
	d.Ties = append(slices.Clone(d.Ties), Tie{kind, numbers, reason})
	if err := consistent(tx, d); err != nil {
		return err
	}
	return saveTies(tx, a, d)
}

// named reads numbers and e-mail addresses of confirmed volunteers, separated by anything.
func named(tx *db.Tx, d Draw, typed string) ([]int64, error) {
	var out []int64
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }) {
		v, err := volunteerNamed(tx, d, word)
		if errors.Is(err, db.ErrNotFound) || err == nil && !v.Confirmed {
			return nil, fault.Fields{"who": fault.New(fault.Invalid, "draw.tie.unknown", "who", word)}
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, v.Number) {
			out = append(out, v.Number)
		}
	}
	return out, nil
}

func volunteerNamed(tx *db.Tx, d Draw, word string) (Volunteer, error) {
	if strings.Contains(word, "@") {
		return volunteerByEmail(tx, d.ID, strings.ToLower(word))
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(word), "V-"), 10, 64)
	if err != nil {
		return Volunteer{}, db.ErrNotFound
	}
	return oneVolunteer(tx, "v.draw_id = $1 AND v.number = $2", d.ID, n)
}

// consistent refuses a tie that contradicts the others, the addresses, the seats or a quota.
func consistent(tx *db.Tx, d Draw) error {
	pool, err := loadRoster(tx, d)
	if err != nil || len(pool.volunteers) < d.Size || len(d.Categories) == 0 {
		return err // told by the check of the quotas, once there is something to check
	}
	p, err := problem(pool.csv, sortition.FormatQuotas(d.quotas()), options(d, pool.numbers))
	if err != nil {
		return err
	}
	found, err := clashes(p, pool.numbers)
	if err != nil || len(found) == 0 {
		return err
	}
	key, args := found[0].words()
	return fault.Fields{"who": fault.New(fault.Invalid, key, args...)}
}

// dropTie takes a tie away; nth counts from 0.
func dropTie(tx *db.Tx, a space.Access, d Draw, nth int) error {
	if nth < 0 || nth >= len(d.Ties) {
		return db.ErrNotFound
	}
	d.Ties = slices.Delete(slices.Clone(d.Ties), nth, nth+1)
	return saveTies(tx, a, d)
}

func saveTies(tx *db.Tx, a space.Access, d Draw) error {
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	var words []string
	for _, t := range d.Ties {
		words = append(words, fmt.Sprintf("%s %s", t.Kind, t.Labels()))
	}
	return record(tx, d, a.Viewer.Account, TiesSet{d.Title, strings.Join(words, "; ")})
}

// tiesPage is where organisers bind volunteers, with what was typed.
type tiesPage struct {
	view
	kind        TieKind
	who, reason string
	total       int // confirmed volunteers
}

func (c *Component) showTies(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.tiesPage(w, r, tiesPage{view: v})
}

func (c *Component) tiesPage(w http.ResponseWriter, r *http.Request, p tiesPage) error {
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		t, err := countVolunteers(tx, p.draw.ID)
		p.total = t.Confirmed
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, p.view, p.status(), site.T(r.Context(), "draw.ties"), tiesView(p))
}

func (c *Component) addTie(w http.ResponseWriter, r *http.Request) error {
	p := tiesPage{kind: TieKind(r.FormValue("kind")), who: strings.TrimSpace(r.FormValue("who")), reason: plainLine(r.FormValue("reason"))}
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return addTie(tx, v.access, v.draw, p.kind, p.who, p.reason)
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		p.view = v
		return c.tiesPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return c.tiesChecked(w, r, v)
}

// tiesChecked looks whether the quotas can still be met, and shows the ties.
func (c *Component) tiesChecked(w http.ResponseWriter, r *http.Request, v view) error {
	if _, err := c.CheckQuotas(r.Context(), v.draw.ID); err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/ties")
}

func (c *Component) dropTie(w http.ResponseWriter, r *http.Request) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return dropTie(tx, v.access, v.draw, whole(r.PathValue("nth")))
	})
	if err != nil {
		return err
	}
	return c.tiesChecked(w, r, v)
}
