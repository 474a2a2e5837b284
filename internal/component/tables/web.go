package tables

import (
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// form is what was sent, and the act it was sent to.
type form struct {
	url.Values
	act string
}

// number is a field's number; -1, which nothing has, for what is none.
func (f form) number(field string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(f.Get(field)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func readForm(r *http.Request) (form, error) {
	if err := r.ParseForm(); err != nil {
		return form{}, fault.New(fault.Invalid, "tables.unreadable")
	}
	return form{r.PostForm, path.Base(r.URL.Path)}, nil
}

func pathNumber(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0 // nothing has it
	}
	return n
}

// act is what is done in one transaction.
type act func(tx *db.Tx, a space.Access) error

func home(r *http.Request) string { return "/a/" + r.PathValue("slug") + "/tables" }

// lead is the handler of an act of those who lead; a form that says where it stands ("from") goes back there.
func (c *Component) lead(anchor string, read func(form) act) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readForm(r)
		if err != nil {
			return err
		}
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return read(f)(tx, a) })
		console := f.Get("from") == "console"
		switch {
		case err == nil && console:
			return component.Done(w, r, home(r)+"/console")
		case err == nil:
			return component.Done(w, r, home(r)+anchor)
		case console:
			return c.consoleAgain(w, r, f, err)
		}
		return c.tablesAgain(w, r, f, err)
	}
}

func (c *Component) arranged(f form) act {
	var accounts []int64
	for _, text := range f.Values["who"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			accounts = append(accounts, id)
		}
	}
	return func(tx *db.Tx, a space.Access) error {
		return c.arrange(tx, a, f.Get("do"), accounts, int(f.number("table")))
	}
}

func (c *Component) described(f form) act {
	return func(tx *db.Tx, a space.Access) error {
		return c.describe(tx, a, int(f.number("table")), clean(f.Get("topic")), clean(f.Get("question")))
	}
}

func (c *Component) called(f form) act {
	return func(tx *db.Tx, a space.Access) error {
		if f.Get("do") == "more" {
			return c.prolong(tx, a, int(f.number("minutes")))
		}
		return c.callBack(tx, a, int(f.number("seconds")))
	}
}

func (c *Component) messaged(f form) act {
	return func(tx *db.Tx, a space.Access) error { return c.message(tx, a, clean(f.Get("message"))) }
}

// readPlan reads the form that forms tables.
func readPlan(f form) plan {
	p := plan{Mix: Mix(f.Get("mix")), Who: f.Get("who"), List: f.Get("list"), Shape: f.Get("shape"), N: int(f.number("n")), Question: clean(f.Get("question")),
		Turn: int(f.number("turn")), Apart: f.Get("apart") != "", Late: f.Get("late") != "wait"}
	if f.Get("minutes") != "" {
		p.Minutes = int(f.number("minutes"))
	}
	if !f.Has("turn") {
		p.Turn = 0
	}
	for line := range strings.SplitSeq(f.Get("topics"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			p.Topics = append(p.Topics, line)
		}
	}
	return p
}

// formTables reads and mixes first, then writes: nobody waits for the mixing.
func (c *Component) formTables(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	var d drafted
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		d, err = c.draft(tx, a, readPlan(f))
		return err
	})
	if err == nil {
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.keep(tx, a, d) })
	}
	if err != nil {
		return c.tablesAgain(w, r, f, err)
	}
	return component.Done(w, r, home(r))
}

// remix mixes the draft otherwise.
func (c *Component) remix(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	var d drafted
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		d, err = c.otherwise(tx, a, f.Get("apart") != "")
		return err
	})
	if err == nil {
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.keepOtherwise(tx, a, d) })
	}
	if err != nil {
		return err
	}
	return component.Done(w, r, home(r))
}

func (c *Component) chooseTable(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.choose(tx, a, int(f.number("table"))) })
	if err != nil {
		return c.tablesAgain(w, r, f, err)
	}
	return component.Done(w, r, home(r))
}

// showTables is the page where tables are formed, and where everybody finds theirs.
func (c *Component) showTables(w http.ResponseWriter, r *http.Request) error {
	return c.tablesPage(w, r, http.StatusOK, form{}, nil)
}

func (c *Component) tablesAgain(w http.ResponseWriter, r *http.Request, f form, err error) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	return c.tablesPage(w, r, http.StatusUnprocessableEntity, f, errs)
}

func (c *Component) tablesPage(w http.ResponseWriter, r *http.Request, status int, f form, errs map[string]string) error {
	var v roundView
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if v, err = c.roundView(tx, a, s); err != nil || v.round.ID == 0 {
			return err
		}
		held, err := heldRounds(tx, a.Space.ID)
		if err != nil {
			return err
		}
		v.held = len(held)
		return v.seated(tx)
	})
	if err != nil {
		return err
	}
	v.form, v.errs = f, errs
	view := seatedView(v)
	if canLead(v.access) {
		view = formingView(v)
	}
	return c.page(w, r, v.access, status, "tables.tab", view)
}

func (c *Component) page(w http.ResponseWriter, r *http.Request, a space.Access, status int, title string, view templ.Component) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), title), Status: status, View: view})
}

// showConsole is the page of those who lead while tables work.
func (c *Component) showConsole(w http.ResponseWriter, r *http.Request) error {
	return c.consolePage(w, r, http.StatusOK, form{}, nil)
}

func (c *Component) consoleAgain(w http.ResponseWriter, r *http.Request, f form, err error) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	return c.consolePage(w, r, http.StatusUnprocessableEntity, f, errs)
}

func (c *Component) consolePage(w http.ResponseWriter, r *http.Request, status int, f form, errs map[string]string) error {
	var v roundView
	after := c.deps.Live.Position()
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if v, err = c.heldView(tx, a, s); err != nil || v.round.ID == 0 {
			return err
		}
		return v.work(tx)
	})
	if err != nil {
		return err
	}
	v.form, v.errs = f, errs
	return c.page(w, r, v.access, status, "tables.console", consoleView(v, after))
}

// showHarvest is everything that the tables of the last round gave.
func (c *Component) showHarvest(w http.ResponseWriter, r *http.Request) error {
	var v roundView
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		var err error
		if v, err = c.heldView(tx, a, component.LiveSession{}); err != nil || !v.round.Back(tx.Now) {
			return err
		}
		return v.gathered(tx)
	})
	if err != nil {
		return err
	}
	return c.page(w, r, v.access, http.StatusOK, "tables.harvest", harvestView(v))
}

// gather is what those who lead do with a card in plenary.
func (c *Component) gather(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.harvestCard(tx, a, f) }); err != nil {
		return err
	}
	return component.Done(w, r, home(r)+"/harvest")
}

// cardsFile is the cards for a spreadsheet.
func (c *Component) cardsFile(w http.ResponseWriter, r *http.Request) error {
	var rounds []roundFile
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		last, err := lastHeld(tx, a.Space.ID)
		if err != nil {
			return err
		}
		rounds, err = fileOf(tx, a.Space.ID)
		if last.Sits(tx.Now) && len(rounds) > 0 { // what is being written stays at its table
			rounds = rounds[:len(rounds)-1]
		}
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("slug")+`-cartes.csv"`)
	return cardsCSV(w, rounds, func(key string, args ...any) string { return site.T(r.Context(), key, args...) })
}
