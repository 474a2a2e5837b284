package tables

import (
	"net/http"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// sent is what somebody sends to a table.
type sent struct {
	form
	table int
	card  int64
}

// atTable is the handler of what one does at a table.
func (c *Component) atTable(anchor string, do func(tx *db.Tx, a space.Access, s sent) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readForm(r)
		if err != nil {
			return err
		}
		s := sent{f, int(pathNumber(r, "table")), pathNumber(r, "card")}
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return do(tx, a, s) })
		if err == nil {
			to := home(r) + "/" + strconv.Itoa(s.table) + anchor
			if s.act == "place" && f.Get("do") == "leave" {
				to = "/a/" + r.PathValue("slug") + "/live"
			}
			return component.Done(w, r, to)
		}
		errs := site.FieldErrors(r, err)
		if errs == nil || web.WantsJSON(r) {
			return err
		}
		return c.tablePage(w, r, http.StatusUnprocessableEntity, s, errs)
	}
}

func (c *Component) placed(tx *db.Tx, a space.Access, s sent) error {
	switch s.Get("do") {
	case "leave":
		return c.leave(tx, a, s.table)
	case "return":
		return c.comeBack(tx, a, s.table)
	case "visit":
		return c.visit(tx, a, s.table)
	}
	return fault.New(fault.Invalid, "tables.arrange.what")
}

func (c *Component) parted(tx *db.Tx, a space.Access, s sent) error {
	return c.volunteer(tx, a, s.table, Part(s.Get("part")))
}

func (c *Component) helped(tx *db.Tx, a space.Access, s sent) error {
	return c.help(tx, a, s.table, s.Get("do") == "call")
}

func (c *Component) handed(tx *db.Tx, a space.Access, s sent) error {
	return c.hand(tx, a, s.table, s.Get("do") == "raise")
}

func (c *Component) floored(tx *db.Tx, a space.Access, s sent) error {
	return c.floor(tx, a, s.table, s.Get("do"), s.number("who"))
}

func (c *Component) carded(tx *db.Tx, a space.Access, s sent) error {
	return c.addCard(tx, a, s.table, clean(s.Get("text")))
}

func (c *Component) recarded(tx *db.Tx, a space.Access, s sent) error {
	return c.change(tx, a, s.table, s.card, s.form)
}

func (c *Component) summed(tx *db.Tx, a space.Access, s sent) error {
	return c.synthesis(tx, a, s.table, clean(s.Get("text")), int(s.number("revision")))
}

// answerCall is for who leads, from any page.
func (c *Component) answerCall(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		return c.answer(tx, a, int(pathNumber(r, "table")), f.Get("do") == "done")
	})
	if err != nil {
		return err
	}
	return component.Done(w, r, home(r)+"/console")
}

func (c *Component) showTable(w http.ResponseWriter, r *http.Request) error {
	return c.tablePage(w, r, http.StatusOK, sent{table: int(pathNumber(r, "table"))}, nil)
}

// tablePage is a table for those who sit or visit there; who sits elsewhere is taken there, and who
// leads may visit.
func (c *Component) tablePage(w http.ResponseWriter, r *http.Request, status int, s sent, errs map[string]string) error {
	var v tableView
	var theirs Table
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		session, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if v, err = c.tableView(tx, a, session, s.table); err != nil {
			return err
		}
		if canRead(v.place) {
			if err := component.Ask(c.deps, func(l component.LiveReader) error { return l.ReadsLive(tx, a) }); err != nil {
				return err
			}
			return v.withVoice(r.Context(), tx, c)
		}
		if id := v.me.at(); id != 0 && !canLead(a) {
			theirs, err = tableByID(tx, id)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case theirs.ID != 0:
		return site.Redirect(w, r, theirs.path(v.access.Space))
	case !canRead(v.place) && !canLead(v.access):
		return fault.New(fault.Forbidden, "tables.not_yours")
	}
	v.form, v.errs = s.form, errs
	view := tablePageView(v)
	if !canRead(v.place) {
		view = visitView(v)
	}
	title := site.T(r.Context(), "tables.name", "number", v.table.Number)
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: title, Status: status, View: view})
}
