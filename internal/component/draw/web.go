package draw

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// view is a draw as somebody sees it.
type view struct {
	access space.Access
	draw   Draw
	rounds []Round
	errs   map[string]string
	typed  url.Values // in a form that was refused
}

// kept is a field as it was typed where its form was refused, else its value.
func (v view) kept(field, value string) string {
	if typed, ok := v.typed[field]; ok {
		return typed[0]
	}
	return value
}

func (v view) path() string { return drawPath(v.access.Space, v.draw) }

func drawPath(s space.Space, d Draw) string {
	return s.Path() + "/draws/" + strconv.FormatInt(d.ID, 10)
}

// last is the newest round; the zero Round when there is none.
func (v view) last() Round {
	if len(v.rounds) == 0 {
		return Round{}
	}
	return v.rounds[len(v.rounds)-1]
}

// load reads the draw of the address; one that does not concern the viewer is as if it were not.
func load(tx *db.Tx, a space.Access, r *http.Request) (v view, err error) {
	v.access = a
	if v.draw, err = findDraw(tx, a.Space.ID, number(r.PathValue("id"))); err != nil {
		return v, err
	}
	if v.rounds, err = roundsOf(tx, v.draw.ID); err != nil {
		return v, err
	}
	if !canRead(a, v.draw, v.rounds) {
		return v, db.ErrNotFound
	}
	return v, nil
}

// number reads an id; what is none is 0, which no row has.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// read gathers a page's view for whoever may read the draw; more, where given, adds to it.
func (c *Component) read(r *http.Request, more func(tx *db.Tx, v view) error) (v view, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if v, err = load(tx, a, r); err != nil || more == nil {
			return err
		}
		return more(tx, v)
	})
	return v, err
}

// organise is read for those who organise.
func (c *Component) organise(r *http.Request, more func(tx *db.Tx, v view) error) (view, error) {
	return c.read(r, func(tx *db.Tx, v view) error {
		if err := mustPrepare(v.access); err != nil || more == nil {
			return err
		}
		return more(tx, v)
	})
}

// change does an act of those who organise.
func (c *Component) change(r *http.Request, act func(tx *db.Tx, v view) error) (v view, err error) {
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		if v, err = load(tx, a, r); err != nil {
			return err
		}
		if err := mustPrepare(a); err != nil {
			return err
		}
		return act(tx, v)
	})
	return v, err
}

// act does an act of those who organise and shows the page under the draw that follows.
func (c *Component) act(w http.ResponseWriter, r *http.Request, next string, act func(tx *db.Tx, v view) error) error {
	v, err := c.change(r, act)
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+next)
}

func (c *Component) render(w http.ResponseWriter, r *http.Request, v view, status int, title string, body templ.Component) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: title, Status: status, View: body})
}

// status is 422 where something was refused.
func (v view) status() int {
	if len(v.errs) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// summary lists what was refused, the named fields first, in their order.
func (v view) summary(order ...string) []ui.FieldError {
	var out []ui.FieldError
	for _, field := range order {
		if text, ok := v.errs[field]; ok {
			out = append(out, ui.FieldError{Field: field, Text: text})
		}
	}
	return out
}

func (c *Component) showDraws(w http.ResponseWriter, r *http.Request) error {
	var list []view
	var a space.Access
	err := c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) (err error) {
		a = entered
		list, err = visible(tx, a)
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, view{access: a}, http.StatusOK, site.T(r.Context(), "draw.tab"), listView(a, list))
}

// visible are the draws of a space that the viewer may read, newest first.
func visible(tx *db.Tx, a space.Access) (out []view, err error) {
	draws, err := drawsOf(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range draws {
		rounds, err := roundsOf(tx, d.ID)
		if err != nil {
			return nil, err
		}
		if canRead(a, d, rounds) {
			out = append(out, view{access: a, draw: d, rounds: rounds})
		}
	}
	return out, nil
}

const localForm = "2006-01-02T15:04"

// moment reads a datetime-local field in the space's zone; what is no date is the zero time.
func moment(r *http.Request, field string, s space.Space) time.Time {
	typed := r.FormValue(field)
	t, err := time.ParseInLocation(localForm, typed, s.Zone())
	if err != nil {
		if t, err = time.ParseInLocation("2006-01-02T15:04:05", typed, s.Zone()); err != nil {
			return time.Time{}
		}
	}
	return t.UTC()
}

func local(t time.Time, s space.Space) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Zone()).Format(localForm)
}

// rulesFrom reads the form of a draw's rules.
func rulesFrom(r *http.Request, d Draw, s space.Space) Draw {
	d.Title = plainLine(r.FormValue("title"))
	d.Size = whole(r.FormValue("size"))
	d.Objective = sortition.Objective(r.FormValue("objective"))
	d.Panels = whole(r.FormValue("panels"))
	d.OnePerAddress = r.FormValue("one_per_address") != ""
	d.EraseAt = moment(r, "erase_at", s)
	return d
}

// whole reads a whole number; what is none is -1, which no field accepts.
func whole(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

func (c *Component) showNew(w http.ResponseWriter, r *http.Request) error {
	v := view{draw: Draw{Objective: sortition.Leximin, Panels: 1000}}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		v.access = a
		v.draw.EraseAt = tx.Now.AddDate(0, 6, 0).Truncate(time.Hour)
		return mustPrepare(a)
	})
	if err != nil {
		return err
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.new"), rulesView(v))
}

func (c *Component) create(w http.ResponseWriter, r *http.Request) error {
	var v view
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		v.access = a
		v.draw = rulesFrom(r, Draw{Consent: site.T(r.Context(), "draw.consent.default")}, a.Space)
		v.draw, err = createDraw(tx, a, v.draw)
		return err
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.typed = r.Form
		return c.render(w, r, v, http.StatusUnprocessableEntity, site.T(r.Context(), "draw.new"), rulesView(v))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/prepare")
}

func (c *Component) showEdit(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, mayChange)
	if err != nil {
		return err
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.edit"), rulesView(v))
}

func (c *Component) edit(w http.ResponseWriter, r *http.Request) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return changeDraw(tx, v.access, rulesFrom(r, v.draw, v.access.Space))
	})
	if v.errs = site.FieldErrors(r, err); v.errs != nil {
		v.draw, v.typed = rulesFrom(r, v.draw, v.access.Space), r.Form
		return c.render(w, r, v, http.StatusUnprocessableEntity, site.T(r.Context(), "draw.edit"), rulesView(v))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/prepare")
}
