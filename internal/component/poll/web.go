package poll

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func (c *Component) page(w http.ResponseWriter, r *http.Request, a space.Access, status int, title string, view templ.Component) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: title, Status: status, View: view})
}

func pageOf(r *http.Request) int { return max(1, min(number(r.URL.Query().Get("page")), 10_000)) }

func (c *Component) showPolls(w http.ResponseWriter, r *http.Request) error {
	var b board
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { b, err = c.load(tx, a, pageOf(r)); return err })
	if err != nil {
		return err
	}
	return c.page(w, r, b.access, http.StatusOK, site.T(r.Context(), "poll.tab"), pollsPage(b))
}

// read is the poll of the address, for whoever may read it.
func (c *Component) read(r *http.Request) (v view, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p, err := findPoll(tx, a.Space.ID, pathID(r.PathValue("id")))
		if err != nil {
			return err
		}
		if !canRead(a, p) {
			return db.ErrNotFound
		}
		items, err := c.agenda(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if v, err = c.see(tx, a, items, p); err != nil || !canReadNames(a, p) {
			return err
		}
		v.page = pageOf(r)
		v.names, v.more, err = namesPage(tx, p, v.page)
		return err
	})
	return v, err
}

func (c *Component) showPoll(w http.ResponseWriter, r *http.Request) error {
	v, err := c.read(r)
	if err != nil {
		return err
	}
	return c.page(w, r, v.access, http.StatusOK, v.Question, pollPage(v))
}

// answer takes an answer; one that is refused is shown again on the poll's own page.
func (c *Component) answer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	values, ranks := r.PostForm["choice"], map[string]string{}
	values = append(values, r.PostForm["word"]...)
	for name := range r.PostForm {
		if key, ok := strings.CutPrefix(name, "rank-"); ok {
			ranks[key] = r.PostForm.Get(name)
		}
	}
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.reply(tx, a, pathID(r.PathValue("id")), values, ranks) })
	if err == nil {
		return component.Done(w, r, r.URL.Path[:strings.LastIndex(r.URL.Path, "/")])
	}
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	v, err := c.read(r)
	if err != nil {
		return err
	}
	v.refused, v.typed = errs["answer"], r.PostForm
	return c.page(w, r, v.access, http.StatusUnprocessableEntity, v.Question, pollPage(v))
}

// lead is the handler of an act of those who lead.
func (c *Component) lead(do act) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
			if err := component.Must(a, canLead(a)); err != nil {
				return err
			}
			p, err := findPoll(tx, a.Space.ID, pathID(r.PathValue("id")))
			if err != nil {
				return err
			}
			return do(c, tx, a, p, r.FormValue("word"))
		})
		if err != nil {
			return err
		}
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/polls#poll-"+r.PathValue("id"))
	}
}

func (c *Component) showNew(w http.ResponseWriter, r *http.Request) error { return c.showForm(w, r, 0) }

func (c *Component) showEdit(w http.ResponseWriter, r *http.Request) error {
	return c.showForm(w, r, pathID(r.PathValue("id")))
}

func (c *Component) showForm(w http.ResponseWriter, r *http.Request, id int64) error {
	f, err := c.form(r, id)
	if err != nil {
		return err
	}
	return c.page(w, r, f.access, http.StatusOK, site.T(r.Context(), "poll.prepare"), formPage(f))
}

// form is that of the poll with the id, or of a new one.
func (c *Component) form(r *http.Request, id int64) (f form, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		if f, err = c.newForm(tx, a); err != nil || id == 0 {
			return err
		}
		usual := f.poll
		if f.poll, err = findPoll(tx, a.Space.ID, id); err != nil {
			return err
		}
		f.options = typeOptions(f.poll.Options)
		if f.poll.Kind != Multiple && f.poll.Kind != Words {
			f.poll.Most = usual.Most
		}
		if f.poll.Steps == 0 {
			f.poll.Steps = usual.Steps
		}
		if f.poll.Method == "" {
			f.poll.Method = usual.Method
		}
		return nil
	})
	return f, err
}

func (c *Component) add(w http.ResponseWriter, r *http.Request) error { return c.keep(w, r, 0) }

func (c *Component) save(w http.ResponseWriter, r *http.Request) error {
	return c.keep(w, r, pathID(r.PathValue("id")))
}

// keep adds the poll typed, or changes the one with the id; it is opened at once where that was asked.
func (c *Component) keep(w http.ResponseWriter, r *http.Request, id int64) error {
	p := readPoll(r)
	p.ID = id
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		kept, err := c.put(tx, a, p)
		if err != nil || r.FormValue("then") != "start" {
			return err
		}
		if kept, err = findPoll(tx, a.Space.ID, kept.ID); err != nil {
			return err
		}
		return c.start(tx, a, kept, "")
	})
	if err == nil {
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/polls")
	}
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	f, err := c.form(r, id)
	if err != nil {
		return err
	}
	f.poll, f.options, f.errs = p, r.FormValue("options"), errs
	return c.page(w, r, f.access, http.StatusUnprocessableEntity, site.T(r.Context(), "poll.prepare"), formPage(f))
}
