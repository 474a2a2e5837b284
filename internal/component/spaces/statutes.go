package spaces

import (
	"context"
	"net/http"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// maxStatutes is the size of a text of statutes, in bytes; the templates have about 10,000.
const maxStatutes = 200_000

type statutesPage struct {
	access space.Access
	groups []ruleGroup
	frozen bool // a vote has opened: the rules stay
	own    bool // false: the space has no text and follows the plain collective's
}

func (c *Component) showStatutes(w http.ResponseWriter, r *http.Request) error {
	var p statutesPage
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p.access = a
		text, err := electorate.Text(tx, a.Space.ID)
		if err != nil {
			return err
		}
		p.own = text != ""
		rules, err := electorate.Rules(tx, a.Space.ID)
		if err != nil {
			return err
		}
		p.groups = tellRules(rules, translate(r.Context()), string(site.From(r.Context()).Lang))
		period, err := c.votePeriod(tx, a.Space.ID)
		p.frozen = period.Opened
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "spaces.tab.statutes"), View: statutesView(p)})
}

func translate(ctx context.Context) component.Translate {
	return func(key string, args ...any) string { return site.T(ctx, key, args...) }
}

// statutesEditor is the form in which the text is edited, with what the checker says of it.
type statutesEditor struct {
	action   string
	text     string
	findings []statute.Finding
	checked  bool // the findings are of a text that was not saved
	errs     formErrors
	saved    bool
	electors int // on the roll that the change drew up again
}

func checkText(text string) []statute.Finding {
	rules, findings := statute.Parse([]byte(text))
	if statute.HasError(findings) {
		return findings
	}
	return append(findings, rules.Check()...)
}

func (c *Component) editStatutes(w http.ResponseWriter, r *http.Request) error {
	var a space.Access
	e := statutesEditor{saved: r.URL.Query().Has("saved")}
	err := c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) (err error) {
		a = entered
		if err := c.mustEditStatutes(tx, a); err != nil {
			return err
		}
		if e.text, err = electorate.Text(tx, a.Space.ID); err != nil || !e.saved {
			return err
		}
		e.electors, err = electorate.RollFollowed(tx, a.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	return c.renderStatutes(w, r, http.StatusOK, a, e.start(r))
}

// start puts the text of a template into the form where the address asks for one, and checks it.
func (e statutesEditor) start(r *http.Request) statutesEditor {
	if t := statute.Template(statute.Kind(r.URL.Query().Get("template"))); t != nil {
		e.text, e.checked = string(t), true
	} else if e.text == "" {
		e.text = string(statute.Template(statute.Collective))
	}
	e.findings = checkText(e.text)
	return e
}

// mustEditStatutes: organisers change the statutes until a vote opens under them.
func (c *Component) mustEditStatutes(tx *db.Tx, a space.Access) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	period, err := c.votePeriod(tx, a.Space.ID)
	if err == nil && period.Opened {
		err = fault.New(fault.Conflict, "spaces.statutes.frozen")
	}
	return err
}

func (c *Component) renderStatutes(w http.ResponseWriter, r *http.Request, status int, a space.Access, e statutesEditor) error {
	e.action = a.Space.Path() + "/statutes/edit"
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "spaces.tab.statutes"), Status: status, View: spaceStatutesView(a, e)})
}

func (c *Component) saveStatutes(w http.ResponseWriter, r *http.Request) error {
	e, err := typedStatutes(r)
	if err != nil {
		return err
	}
	var a space.Access
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) (err error) {
		a = entered
		if err := c.mustEditStatutes(tx, a); err != nil || e.checked {
			return err
		}
		if old, err := electorate.Text(tx, a.Space.ID); err != nil || old == e.text {
			return err
		}
		e.findings, err = electorate.SetStatutes(tx, a.Viewer.Account, a.Space, e.text)
		return err
	})
	switch {
	case isFields(err):
		e.errs = errorsOf(r, err)
		return c.renderStatutes(w, r, http.StatusUnprocessableEntity, a, e)
	case err != nil:
		return err
	case e.checked:
		e.findings = checkText(e.text)
		return c.renderStatutes(w, r, http.StatusOK, a, e)
	}
	return site.Redirect(w, r, a.Space.Path()+"/statutes/edit?saved=1")
}

// typedStatutes reads the form: the text, and whether it is only to be checked.
func typedStatutes(r *http.Request) (statutesEditor, error) {
	e := statutesEditor{text: r.FormValue("text"), checked: r.FormValue("do") == "check"}
	if len(e.text) > maxStatutes {
		return e, fault.New(fault.Invalid, "spaces.statutes.long", "max", maxStatutes/1000)
	}
	return e, nil
}

func (c *Component) showDefaultStatutes(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.MustAdminister(r); err != nil {
		return err
	}
	e := statutesEditor{saved: r.URL.Query().Has("saved")}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { return people.LoadSetting(tx, defaultStatutes, &e.text) })
	if err != nil {
		return err
	}
	return c.renderDefaultStatutes(w, r, http.StatusOK, e.start(r))
}

func (c *Component) renderDefaultStatutes(w http.ResponseWriter, r *http.Request, status int, e statutesEditor) error {
	e.action = "/settings/statutes"
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "spaces.settings.statutes")}, defaultStatutesView(e))
}

func (c *Component) saveDefaultStatutes(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustAdminister(r)
	if err != nil {
		return err
	}
	e, err := typedStatutes(r)
	if err != nil {
		return err
	}
	e.findings = checkText(e.text)
	if e.checked {
		return c.renderDefaultStatutes(w, r, http.StatusOK, e)
	}
	if statute.HasError(e.findings) {
		e.errs = formErrors{"text": site.T(r.Context(), "electorate.statutes.errors")}
		return c.renderDefaultStatutes(w, r, http.StatusUnprocessableEntity, e)
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		if err := people.SaveSetting(tx, defaultStatutes, e.text); err != nil {
			return err
		}
		_, err := journal.Append(tx, journal.About{Actor: v.Account}, DefaultStatutesChanged{e.text})
		return err
	})
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/settings/statutes?saved=1")
}
