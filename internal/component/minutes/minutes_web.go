package minutes

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// minutesPage is what the minutes' pages show.
type minutesPage struct {
	scene
	access  space.Access
	minutes *Minutes // nil before the first draft
	version Version  // the current one
	doc     doc.Document
	html    string
	notes   []Rectification
	need    requirement
	bureau  []space.RoleHolder
	note    string // a rectification as it was typed
	wrong   map[string]string

	refused string   // why the last act was refused
	stale   *Version // what somebody kept meanwhile
	changes []SectionChange
}

func (p minutesPage) path() string { return p.access.Space.Path() + "/minutes" }

func (p minutesPage) approved() bool { return p.minutes != nil && p.minutes.State == ApprovedState }

func (p minutesPage) submitted() bool { return p.minutes != nil && p.minutes.State == SubmittedState }

func (c *Component) loadMinutes(r *http.Request) (p minutesPage, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p, err = c.readMinutes(tx, a, site.From(r.Context()).Lang)
		return err
	})
	return p, err
}

// readMinutes reads the minutes as the viewer may; somebody who may not read them yet is told so.
func (c *Component) readMinutes(tx *db.Tx, a space.Access, lang i18n.Lang) (p minutesPage, err error) {
	p.access = a
	if p.minutes, err = findMinutes(tx, a.Space.ID); err != nil {
		return p, err
	}
	if err := must(a, canRead(a, p.approved(), p.minutes != nil && p.minutes.Published)); err != nil {
		if fault.CodeOf(err) == fault.Forbidden && a.CanSee() && canRead(a, true, true) {
			err = fault.New(fault.NotFound, "minutes.not_yet")
		}
		return p, err
	}
	if p.minutes != nil {
		if p.version, err = findVersion(tx, a.Space.ID, p.minutes.Version); err != nil {
			return p, err
		}
		lang = i18n.Lang(p.version.Content.Lang)
	}
	if p.scene, err = c.scene(tx, a.Space, lang); err != nil || p.minutes == nil {
		return p, err
	}
	p.need = required(p.rules)
	if p.bureau, err = space.RoleHolders(tx, a.Space.ID, people.Chair, people.Officer); err != nil {
		return p, err
	}
	if p.notes, err = listRectifications(tx, a.Space.ID); err != nil {
		return p, err
	}
	p.doc = p.version.Content.document(p.scene)
	if p.approved() {
		if p.doc, err = p.minutes.document(); err != nil {
			return p, err
		}
	}
	p.doc = withRectifications(p.doc, p.notes, p.t, a.Space.Zone())
	return p, nil
}

func (c *Component) showMinutes(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadMinutes(r)
	if err != nil {
		return err
	}
	return c.renderMinutes(w, r, p, http.StatusOK)
}

func (c *Component) renderMinutes(w http.ResponseWriter, r *http.Request, p minutesPage, status int) error {
	var html bytes.Buffer
	if p.minutes != nil {
		d := p.doc
		d.Title, d.Subject, d.Header, d.Footer = "", "", "", "" // the page's own head says them
		if err := doc.HTML(&html, d); err != nil {
			return err
		}
	}
	p.html = html.String()
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Status: status, Title: site.T(r.Context(), "minutes.title"), View: minutesView(p)})
}

func (c *Component) downloadMinutes(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadMinutes(r)
	if err != nil {
		return err
	}
	if p.minutes == nil {
		return fault.New(fault.NotFound, "minutes.none")
	}
	if !p.approved() {
		p.doc.Subject += " · " + p.t("minutes.doc.draft", "version", p.minutes.Version)
	}
	return download(w, "application/pdf", p.space.Slug+"-minutes.pdf", func(w io.Writer) error { return writePDF(w, p.doc) })
}

// act runs one of the acts whose form has no field to mend, and shows the minutes again: with the
// reason where it is refused by the state of things.
func (c *Component) act(fn func(r *http.Request, a space.Access) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := c.access(r)
		if err != nil {
			return err
		}
		err = fn(r, a)
		if err == nil {
			return site.Redirect(w, r, a.Space.Path()+"/minutes")
		}
		wrong := site.FieldErrors(r, err)
		if wrong == nil && fault.CodeOf(err) != fault.Conflict {
			return err
		}
		p, loadErr := c.loadMinutes(r)
		if loadErr != nil {
			return err // what was refused says more than why the page is not shown
		}
		if wrong != nil {
			p.wrong, p.note = wrong, r.PostFormValue("text")
			return c.renderMinutes(w, r, p, http.StatusUnprocessableEntity)
		}
		p.refused = site.Sentence(r, err)
		return c.renderMinutes(w, r, p, http.StatusConflict)
	}
}

func formVersion(r *http.Request, field string) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(field), 10, 64)
	if err != nil {
		return -1 // no version has it
	}
	return n
}

func (c *Component) showEdit(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadEdit(r)
	if err != nil {
		return err
	}
	return c.renderEdit(w, r, p, http.StatusOK)
}

// loadEdit is the page of the editor, for those who write minutes that can still change.
func (c *Component) loadEdit(r *http.Request) (minutesPage, error) {
	p, err := c.loadMinutes(r)
	switch {
	case err != nil:
	case must(p.access, canWrite(p.access)) != nil:
		err = must(p.access, canWrite(p.access))
	case p.minutes == nil:
		err = fault.New(fault.NotFound, "minutes.none")
	case p.approved():
		err = fault.New(fault.Conflict, "minutes.approved_already")
	}
	return p, err
}

func (c *Component) renderEdit(w http.ResponseWriter, r *http.Request, p minutesPage, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Status: status, Title: site.T(r.Context(), "minutes.edit.title"), View: editView(p)})
}

// saveEdit keeps what was typed. Where somebody else kept a version meanwhile, the page shows what they
// changed, keeps what was typed, and saving again replaces theirs.
func (c *Component) saveEdit(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	texts := map[string]string{}
	for _, key := range []string{Opening, Debates, Incidents, Closing} {
		if v, ok := r.PostForm["text-"+key]; ok {
			texts[key] = v[0]
		}
	}
	err = c.SaveTexts(r.Context(), a, formVersion(r, "version"), texts)
	if err == nil {
		return site.Redirect(w, r, a.Space.Path()+"/minutes")
	}
	var stale *Stale
	wrong := site.FieldErrors(r, err)
	if !errors.As(err, &stale) && wrong == nil {
		return err
	}
	p, err := c.loadEdit(r)
	if err != nil {
		return err
	}
	typed := p.version.Content.WithTexts(texts)
	if stale != nil {
		p.stale = &stale.Current
		if p.changes, err = compare(p.version.Content, typed); err != nil {
			return err
		}
	}
	p.version.Content, p.wrong = typed, wrong
	status := http.StatusUnprocessableEntity
	if stale != nil {
		status = http.StatusConflict
	}
	return c.renderEdit(w, r, p, status)
}

const versionsPerPage = 30

// versionsPage lists the versions, or compares two.
type versionsPage struct {
	minutesPage
	list        []Version
	total, page int
	from, to    Version
}

func (c *Component) loadVersions(r *http.Request) (p versionsPage, err error) {
	p.page = pageNumber(r)
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := must(a, canSeeAttendance(a)); err != nil {
			return err
		}
		if p.minutesPage, err = c.readMinutes(tx, a, site.From(r.Context()).Lang); err != nil {
			return err
		}
		if p.minutes == nil {
			return fault.New(fault.NotFound, "minutes.none")
		}
		if r.URL.Query().Get("from") == "" {
			p.list, p.total, err = listVersions(tx, a.Space.ID, (p.page-1)*versionsPerPage, versionsPerPage)
			return err
		}
		if p.from, err = queryVersion(tx, r, a.Space.ID, "from"); err != nil {
			return err
		}
		if p.to, err = queryVersion(tx, r, a.Space.ID, "to"); err != nil {
			return err
		}
		p.changes, err = compare(p.from.Content, p.to.Content)
		return err
	})
	return p, err
}

func queryVersion(tx *db.Tx, r *http.Request, spaceID int64, name string) (Version, error) {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return Version{}, fault.New(fault.NotFound, "minutes.version.unknown")
	}
	return findVersion(tx, spaceID, n)
}

func (c *Component) showVersions(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadVersions(r)
	if err != nil {
		return err
	}
	view := versionsView(p)
	if p.list == nil {
		view = compareView(p)
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "minutes.versions.title"), View: view})
}
