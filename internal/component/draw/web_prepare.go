package draw

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/sortition"
)

// maxFile is how big a file of volunteers may be, in bytes.
const maxFile = 8 << 20

// mayChange refuses changes once the first list is being made.
func mayChange(_ *db.Tx, v view) error {
	if !canChange(v.rounds) {
		return fault.New(fault.Conflict, "draw.frozen")
	}
	return nil
}

// desk is the organisers' page.
type desk struct {
	view
	counts tally
	free   int // seats to draw again
	sides  string
	chain  string
	beacon string
	words  string // of the invitation
	by     string

	alternates, dropout string
}

// newDesk is the page with what its forms propose.
func newDesk(r *http.Request) desk {
	return desk{sides: "10", chain: sortition.Quicknet.Name, words: site.T(r.Context(), "draw.invite.default"), dropout: "15"}
}

func (c *Component) showPrepare(w http.ResponseWriter, r *http.Request) error {
	return c.deskPage(w, r, newDesk(r))
}

// deskPage shows the organisers' page with what was typed in one of its forms.
func (c *Component) deskPage(w http.ResponseWriter, r *http.Request, p desk) error {
	errs := p.errs
	v, err := c.organise(r, func(tx *db.Tx, v view) (err error) {
		if p.counts, err = countVolunteers(tx, v.draw.ID); err != nil {
			return err
		}
		p.free, err = freeSeats(tx, v.draw, v.rounds)
		return err
	})
	if err != nil {
		return err
	}
	p.view = v
	p.errs = errs
	return c.render(w, r, v, p.status(), v.draw.Title, prepareView(p))
}

// showProgress is the part of the organisers' page that refreshes itself.
func (c *Component) showProgress(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, nil)
	if err != nil {
		return err
	}
	site.From(r.Context()).Zone = v.access.Space.Zone()
	return c.deps.Site.Fragment(w, r, progressPart(v))
}

func (c *Component) showCategories(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.categoriesPage(w, r, v)
}

func (c *Component) categoriesPage(w http.ResponseWriter, r *http.Request, v view) error {
	locked := false
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		t, err := countVolunteers(tx, v.draw.ID)
		locked = t.Confirmed+t.Unconfirmed > 0
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, v, v.status(), site.T(r.Context(), "draw.categories"), categoriesView(v, locked))
}

// maxCategories bounds the form.
const maxCategories = 12

// categoriesFrom reads the form: a category without name and values is none.
func categoriesFrom(r *http.Request) []Category {
	var out []Category
	for i := range maxCategories {
		c := Category{Name: plainLine(r.FormValue(fmt.Sprintf("name-%d", i)))}
		for line := range strings.Lines(r.FormValue(fmt.Sprintf("values-%d", i))) {
			if line = plainLine(line); line != "" {
				c.Values = append(c.Values, Value{Name: line})
			}
		}
		if c.Name != "" || len(c.Values) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func (c *Component) saveCategories(w http.ResponseWriter, r *http.Request) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return setCategories(tx, v.access, v.draw, categoriesFrom(r))
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.draw.Categories = categoriesFrom(r)
		return c.categoriesPage(w, r, v)
	}
	if err != nil {
		return err
	}
	if r.FormValue("do") == "more" {
		return site.Redirect(w, r, v.path()+"/categories")
	}
	return site.Redirect(w, r, v.path()+"/prepare")
}

func (c *Component) showApplication(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.application"), applicationView(v, c.deps.Site.URL))
}

func (c *Component) saveApplication(w http.ResponseWriter, r *http.Request) error {
	typed := func(v view) Draw {
		v.draw.ClosesAt = moment(r, "closes_at", v.access.Space)
		v.draw.Consent = strings.TrimSpace(strings.ReplaceAll(r.FormValue("consent"), "\r\n", "\n"))
		return v.draw
	}
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return openApplications(tx, v.access, typed(v))
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.draw = typed(v)
		return c.render(w, r, v, v.status(), site.T(r.Context(), "draw.application"), applicationView(v, c.deps.Site.URL))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/application")
}

func (c *Component) closeApplication(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "/prepare", func(tx *db.Tx, v view) error { return closeApplications(tx, v.access, v.draw) })
}

func (c *Component) showImport(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.import"), importView(v))
}

func (c *Component) upload(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange) // before a byte of the file is taken
	if err != nil {
		return err
	}
	web.AllowBody(w, r, maxFile+64<<10)
	content, err := readFile(r)
	if err == nil {
		_, err = c.change(r, func(tx *db.Tx, v view) error { return keepUpload(tx, v.draw, content) })
	}
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		return c.render(w, r, v, v.status(), site.T(r.Context(), "draw.import"), importView(v))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/import/columns")
}

func readFile(r *http.Request) (string, error) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return "", fault.Fields{"file": fault.New(fault.Invalid, "draw.import.too_big", "max", maxFile>>20)}
		}
		return "", fault.Fields{"file": fault.New(fault.Invalid, "draw.import.none")}
	}
	defer r.MultipartForm.RemoveAll() //nolint:errcheck // temporary files, which the system clears too
	f, _, err := r.FormFile("file")
	if err != nil {
		return "", fault.Fields{"file": fault.New(fault.Invalid, "draw.import.none")}
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return decode(data), err
}

// columns is the page where one says what the columns hold.
type columns struct {
	view
	pool *sortition.Pool
	uses []Use
}

func (c *Component) showColumns(w http.ResponseWriter, r *http.Request) error {
	return c.columnsPage(w, r, nil, nil)
}

func (c *Component) columnsPage(w http.ResponseWriter, r *http.Request, uses []Use, errs map[string]string) error {
	p := columns{uses: uses}
	v, err := c.organise(r, func(tx *db.Tx, v view) (err error) {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		p.pool, err = uploadOf(tx, v.draw)
		return err
	})
	if err != nil {
		return err
	}
	p.view, p.errs = v, errs
	if uses == nil {
		for _, h := range p.pool.Header {
			p.uses = append(p.uses, guess(v.draw, h))
		}
	}
	return c.render(w, r, v, p.status(), site.T(r.Context(), "draw.import"), columnsView(p))
}

func (c *Component) importColumns(w http.ResponseWriter, r *http.Request) error {
	var uses []Use
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		pool, err := uploadOf(tx, v.draw)
		if err != nil {
			return err
		}
		uses = nil
		for i := range pool.Header {
			uses = append(uses, Use(r.FormValue(fmt.Sprintf("use-%d", i))))
		}
		_, err = importVolunteers(tx, v.access, v.draw, uses)
		return err
	})
	if errs := site.FieldErrors(r, err); errs != nil {
		return c.columnsPage(w, r, uses, errs)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/quotas")
}

// quotasPage is the grid of quotas with the volunteers beside.
type quotasPage struct {
	view
	counts map[string]map[string]int
	total  int

	territory, margin string // chosen last
}

func (c *Component) showQuotas(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.quotasPage(w, r, v)
}

func (c *Component) quotasPage(w http.ResponseWriter, r *http.Request, v view) error {
	p := quotasPage{view: v, territory: r.FormValue("territory"), margin: cmp.Or(r.FormValue("margin"), "1")}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if p.counts, err = countTraits(tx, v.draw.ID); err != nil {
			return err
		}
		t, err := countVolunteers(tx, v.draw.ID)
		p.total = t.Confirmed
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, v, v.status(), site.T(r.Context(), "draw.quotas"), quotasView(p))
}

// quotasFrom reads the grid over the draw's categories.
func quotasFrom(r *http.Request, d Draw) Draw {
	for i := range d.Categories {
		c := &d.Categories[i]
		c.Source = plainLine(r.FormValue(fmt.Sprintf("source-%d", i)))
		for j := range c.Values {
			at := fmt.Sprintf("-%d-%d", i, j)
			c.Values[j].Min, c.Values[j].Max = whole(r.FormValue("min"+at)), whole(r.FormValue("max"+at))
			c.Values[j].Share = share(r.FormValue("share" + at))
		}
	}
	return d
}

// share reads per cent with a comma or a point; empty is not known, and what is no number is
// above what is accepted.
func share(s string) float64 {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if s == "" {
		return -1
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	if err != nil || v < 0 || v != v {
		return 1000
	}
	return v
}

func (c *Component) saveQuotas(w http.ResponseWriter, r *http.Request) error {
	do := r.FormValue("do")
	typed := func(d Draw) Draw {
		d = quotasFrom(r, d)
		switch do {
		case "suggest":
			d.propose(r.FormValue("territory"))
		case "fill":
			d.fill(min(max(whole(r.FormValue("margin")), 0), 5))
		}
		return d
	}
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return setQuotas(tx, v.access, typed(v.draw))
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.draw, v.typed = quotasFrom(r, v.draw), r.Form
		return c.quotasPage(w, r, v)
	}
	if err != nil {
		return err
	}
	return c.checked(w, r, v, url.Values{"territory": {r.FormValue("territory")}, "margin": {r.FormValue("margin")}})
}

// checked looks at the quotas and shows them, with the choices that were made.
func (c *Component) checked(w http.ResponseWriter, r *http.Request, v view, chosen url.Values) error {
	if _, err := c.CheckQuotas(r.Context(), v.draw.ID); err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/quotas?"+chosen.Encode()+"#check")
}

func (c *Component) checkQuotas(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.checked(w, r, v, nil)
}

func (c *Component) acceptChange(w http.ResponseWriter, r *http.Request) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		if v.draw.Checked.Revision != v.draw.Revision || len(v.draw.Checked.Changes) == 0 {
			return fault.New(fault.Conflict, "draw.no_change")
		}
		v.draw.accept(v.draw.Checked.Changes)
		return setQuotas(tx, v.access, v.draw)
	})
	if err != nil {
		return err
	}
	return c.checked(w, r, v, nil)
}
