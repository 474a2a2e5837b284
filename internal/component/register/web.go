package register

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
)

const pageSize = 50

func (c *Component) showList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(q.Get(name), 10, 64) // what is no number is the first page
		return n
	}
	p := listPage{Filter: people.MemberFilter{Text: q.Get("q"), College: q.Get("college"), State: people.MemberState(q.Get("state")),
		ByNumber: q.Get("sort") == "number"}}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if p.Identity, err = people.LoadIdentity(tx); err != nil {
			return err
		}
		p.Page, err = people.SearchMembers(tx, p.Filter, today(r.Context()), people.Place{After: number("after"), Before: number("before")}, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, site.T(r.Context(), "register.title"), listView(p))
}

// identifier is the id in the address.
func identifier(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return id, nil
}

// member reads the member whose id is in the address, and the organisation.
func (c *Component) member(r *http.Request) (m people.Member, id people.Identity, err error) {
	n, err := identifier(r)
	if err != nil {
		return m, id, err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if id, err = people.LoadIdentity(tx); err != nil {
			return err
		}
		m, err = people.FindMember(tx, n)
		return err
	})
	return m, id, err
}

func (c *Component) showMember(w http.ResponseWriter, r *http.Request) error {
	return c.memberPage(w, r, http.StatusOK, "", "")
}

// memberPage shows a member; leaveOn and leaveError are what was typed as the day of leaving
// and why it was refused.
func (c *Component) memberPage(w http.ResponseWriter, r *http.Request, status int, leaveOn, leaveError string) error {
	m, id, err := c.member(r)
	if err != nil {
		return err
	}
	p := memberPage{Member: m, Identity: id, LeaveOn: leaveOn, LeaveError: leaveError}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // what is no number is the first page
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		p.History, p.Older, err = history(tx, m.ID, before)
		return err
	})
	if err != nil {
		return err
	}
	if p.LeaveOn == "" {
		p.LeaveOn = today(r.Context()).Format(time.DateOnly)
	}
	return c.render(w, r, status, m.Name(), memberView(p))
}

func (c *Component) showNew(w http.ResponseWriter, r *http.Request) error {
	id, err := c.deps.Site.Identity(r.Context())
	if err != nil {
		return err
	}
	p := memberForm{Identity: id, Values: map[people.Field]string{people.FieldShares: "1", people.FieldKind: "person",
		people.FieldAdmittedOn: today(r.Context()).Format(time.DateOnly)}}
	return c.formPage(w, r, http.StatusOK, p)
}

func (c *Component) formPage(w http.ResponseWriter, r *http.Request, status int, p memberForm) error {
	title := site.T(r.Context(), "register.new.title")
	if p.Member.ID != 0 {
		title = site.T(r.Context(), "register.edit.title", "name", p.Member.Name())
	}
	return c.render(w, r, status, title, formView(p, title))
}

// typed reads a member's form into m; what cannot be read is refused by field.
func typed(r *http.Request, m *people.Member) (values map[people.Field]string, refused fault.Fields) {
	values, refused = map[people.Field]string{}, fault.Fields{}
	for _, f := range people.Fields {
		if f == people.FieldNumber && m.Number != "" {
			continue
		}
		values[f] = r.PostFormValue(string(f))
		if e := m.Set(f, values[f]); e != nil {
			refused[string(f)] = e
		}
	}
	if len(refused) > 0 {
		m.Normalise()
		for name, e := range m.Validate() {
			refused.Add(name, e.Key, e.Args...)
		}
	}
	return values, refused
}

func (c *Component) addMember(w http.ResponseWriter, r *http.Request) error {
	var m people.Member
	values, refused := typed(r, &m)
	err := refused.Err()
	if err == nil {
		m, err = c.AddMember(r.Context(), site.Viewer(r.Context()).Account, m)
	}
	return c.answerForm(w, r, err, memberForm{Values: values}, m)
}

// answerForm leads to the member's page, or shows the form again with what was refused.
func (c *Component) answerForm(w http.ResponseWriter, r *http.Request, err error, p memberForm, m people.Member) error {
	if p.Errors = site.FieldErrors(r, err); p.Errors != nil {
		if p.Identity, err = c.deps.Site.Identity(r.Context()); err != nil {
			return err
		}
		return c.formPage(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, memberPath(m))
}

func (c *Component) showEdit(w http.ResponseWriter, r *http.Request) error {
	m, id, err := c.member(r)
	if err != nil {
		return err
	}
	if !m.ErasedAt.IsZero() {
		return fault.New(fault.Conflict, "people.member.erased")
	}
	p := memberForm{Identity: id, Member: m, Values: map[people.Field]string{}}
	for _, f := range people.Fields {
		p.Values[f] = m.Get(f)
	}
	return c.formPage(w, r, http.StatusOK, p)
}

func (c *Component) changeMember(w http.ResponseWriter, r *http.Request) error {
	old, _, err := c.member(r)
	if err != nil {
		return err
	}
	m := old
	values, refused := typed(r, &m)
	if err = refused.Err(); err == nil {
		err = c.ChangeMember(r.Context(), site.Viewer(r.Context()).Account, old.ID, func(now *people.Member) {
			for f, text := range values {
				now.Set(f, text) //nolint:errcheck // typed has accepted it
			}
		})
	}
	return c.answerForm(w, r, err, memberForm{Member: old, Values: values}, old)
}

func (c *Component) leave(w http.ResponseWriter, r *http.Request) error {
	id, err := identifier(r)
	if err != nil {
		return err
	}
	on := r.PostFormValue("left_on")
	refused := fault.Fields{}
	if e := new(people.Member).Set(people.FieldLeftOn, on); on == "" || e != nil {
		refused.Add("left_on", "people.member.date", "value", on)
	}
	if err = refused.Err(); err == nil {
		err = c.ChangeMember(r.Context(), site.Viewer(r.Context()).Account, id, func(m *people.Member) {
			m.Set(people.FieldLeftOn, on) //nolint:errcheck // accepted above
		})
	}
	if errors := site.FieldErrors(r, err); errors["left_on"] != "" {
		return c.memberPage(w, r, http.StatusUnprocessableEntity, on, errors["left_on"])
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, fmt.Sprintf("/register/member/%d", id))
}

func (c *Component) exportCSV(w http.ResponseWriter, r *http.Request) error {
	id, err := c.deps.Site.Identity(r.Context())
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", site.T(r.Context(), "register.file_name")+".csv")
	return writeCSV(w, words(r.Context()), id, func(fn func(people.Member) error) error { return c.eachMember(r.Context(), fn) })
}

func (c *Component) exportJSON(w http.ResponseWriter, r *http.Request) error {
	attach(w, "application/json", site.T(r.Context(), "register.file_name")+".json")
	return writeJSON(w, func(fn func(people.Member) error) error { return c.eachMember(r.Context(), fn) })
}

// attach says that the answer is a file to keep; its name is plain ASCII.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

func (c *Component) downloadData(w http.ResponseWriter, r *http.Request) error {
	id, err := identifier(r)
	if err != nil {
		return err
	}
	file, err := c.PersonalData(r.Context(), id)
	if err != nil {
		return err
	}
	attach(w, "application/zip", fmt.Sprintf("%s-%d.zip", site.T(r.Context(), "register.data.file_name"), id))
	_, err = w.Write(file)
	return err
}

// showErase explains what erasing does, then asks for the number: two steps before anything
// is destroyed.
func (c *Component) showErase(w http.ResponseWriter, r *http.Request) error {
	return c.erasePage(w, r, http.StatusOK, erasePage{Sure: r.URL.Query().Get("step") == "2"})
}

func (c *Component) erasePage(w http.ResponseWriter, r *http.Request, status int, p erasePage) error {
	var err error
	if p.Member, _, err = c.member(r); err != nil {
		return err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { return people.MayErase(tx, p.Member) })
	switch {
	case fault.CodeOf(err) == fault.Conflict:
		p.Refused = site.Sentence(r, err)
	case err != nil:
		return err
	}
	title := site.T(r.Context(), "register.erase.title", "name", p.Member.Name())
	return c.render(w, r, status, title, eraseView(p, title))
}

func (c *Component) erase(w http.ResponseWriter, r *http.Request) error {
	id, err := identifier(r)
	if err != nil {
		return err
	}
	number := r.PostFormValue("number")
	err = c.EraseEverywhere(r.Context(), site.Viewer(r.Context()).Account, id, number)
	if errors := site.FieldErrors(r, err); errors != nil {
		return c.erasePage(w, r, http.StatusUnprocessableEntity, erasePage{Sure: true, Number: number, Error: errors["number"]})
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, fmt.Sprintf("/register/member/%d", id))
}
