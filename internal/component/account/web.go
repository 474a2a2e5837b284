package account

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

// signInPage is what the page of signing in shows. Errors are by field: "email" or "code".
type signInPage struct {
	Next     string
	Email    string
	Code     string
	Left     string // "here" or "everywhere": has just signed out
	Passkeys bool
	Demo     bool
	Errors   map[string]string
}

func (c *Component) origin(r *http.Request) origin {
	return origin{web.ClientNetwork(r, c.deps.Site.BehindProxy), Device(r.UserAgent())}
}

// next is where the form or the link leads after signing in: a path of this site.
func next(r *http.Request) string { return web.LocalPath(r.FormValue("next"), "/") }

func (c *Component) render(w http.ResponseWriter, r *http.Request, status int, title string, view templ.Component) error {
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), title)}, view)
}

// enter puts the session into the browser and leads on.
func (c *Component) enter(w http.ResponseWriter, r *http.Request, session, to string) error {
	c.deps.Site.SetSession(w, session)
	return site.Redirect(w, r, web.LocalPath(to, "/"))
}

func (c *Component) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if site.Viewer(r.Context()).SignedIn() {
		return site.Redirect(w, r, next(r))
	}
	return c.signInPage(w, r, http.StatusOK, signInPage{Next: next(r), Left: r.FormValue("left")})
}

func (c *Component) signInPage(w http.ResponseWriter, r *http.Request, status int, p signInPage) error {
	_, p.Passkeys = passkeyHost(c.deps.Site.URL)
	p.Demo = c.deps.Site.Demo
	return c.render(w, r, status, "account.sign_in.title", signInView(p))
}

// refuse shows the page of signing in again, with the refusal beside the field; whatever is
// no refusal of what was typed goes on.
func (c *Component) refuse(w http.ResponseWriter, r *http.Request, err error, field string, p signInPage) error {
	status := http.StatusUnprocessableEntity
	switch fault.CodeOf(err) {
	case fault.Invalid:
	case fault.TooMany:
		status = http.StatusTooManyRequests
	default:
		return err
	}
	p.Errors = map[string]string{field: site.Sentence(r, err)}
	return c.signInPage(w, r, status, p)
}

func (c *Component) askLink(w http.ResponseWriter, r *http.Request) error {
	email := r.FormValue("email")
	if err := c.AskLink(r.Context(), c.origin(r), email, next(r)); err != nil {
		return c.refuse(w, r, err, "email", signInPage{Next: next(r), Email: email})
	}
	return site.Redirect(w, r, "/sign-in/sent?next="+url.QueryEscape(next(r)))
}

func (c *Component) showSent(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, http.StatusOK, "account.sent.title", sentView(next(r)))
}

func (c *Component) showLink(w http.ResponseWriter, r *http.Request) error {
	return c.linkPage(w, r, http.StatusOK, nil)
}

func (c *Component) linkPage(w http.ResponseWriter, r *http.Request, status int, errs map[string]string) error {
	token := r.PathValue("token")
	persons, err := c.LinkPeople(r.Context(), token)
	if err != nil {
		return err
	}
	return c.render(w, r, status, "account.link.title", linkView(token, persons, errs["who"]))
}

func (c *Component) useLink(w http.ResponseWriter, r *http.Request) error {
	session, to, err := c.SignInByLink(r.Context(), c.origin(r), r.PathValue("token"), r.FormValue("who"))
	if errs := site.FieldErrors(r, err); errs != nil {
		return c.linkPage(w, r, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	return c.enter(w, r, session, to)
}

// showCode is where the picture on the letter leads: the code is filled in, the person confirms.
func (c *Component) showCode(w http.ResponseWriter, r *http.Request) error {
	code, err := people.ParseCode(r.PathValue("code"))
	if err != nil {
		return c.refuse(w, r, err, "code", signInPage{Next: next(r), Code: r.PathValue("code")})
	}
	return c.render(w, r, http.StatusOK, "account.code.title", codeView(people.FormatCode(code), next(r)))
}

func (c *Component) useCode(w http.ResponseWriter, r *http.Request) error {
	typed := r.FormValue("code")
	session, err := c.SignInByCode(r.Context(), c.origin(r), typed)
	if err != nil {
		return c.refuse(w, r, err, "code", signInPage{Next: next(r), Code: typed})
	}
	return c.enter(w, r, session, next(r))
}

func (c *Component) signOut(w http.ResponseWriter, r *http.Request) error {
	if v := site.Viewer(r.Context()); v.SignedIn() {
		err := c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.CloseSession(tx, v.Account, v.Session) })
		if err != nil {
			return err
		}
	}
	c.deps.Site.ClearSession(w)
	return site.Redirect(w, r, "/sign-in?left=here")
}

func (c *Component) showFirst(w http.ResponseWriter, r *http.Request) error {
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		_, err := people.FindLink(tx, people.ToBeFirst, r.PathValue("token"))
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "account.first.title", firstView(r.PathValue("token"), foundation{}, nil))
}

func (c *Component) becomeFirst(w http.ResponseWriter, r *http.Request) error {
	f := foundation{r.FormValue("organisation"), r.FormValue("name"), r.FormValue("email")}
	session, err := c.BecomeFirst(r.Context(), c.origin(r), r.PathValue("token"), f)
	if errs := site.FieldErrors(r, err); errs != nil {
		return c.render(w, r, http.StatusUnprocessableEntity, "account.first.title", firstView(r.PathValue("token"), f, errs))
	}
	if err != nil {
		return err
	}
	return c.enter(w, r, session, "/")
}

// summary lists the errors of a form in the order of its fields.
func summary(errs map[string]string, fields ...string) []ui.FieldError {
	var out []ui.FieldError
	for _, f := range fields {
		if errs[f] != "" {
			out = append(out, ui.FieldError{Field: f, Text: errs[f]})
		}
	}
	return out
}

func (c *Component) showPersonas(w http.ResponseWriter, r *http.Request) error {
	list, err := c.personas(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "account.demo.title", personasView(list))
}

func (c *Component) personas(r *http.Request) (list []people.Persona, err error) {
	if !c.deps.Site.Demo {
		return nil, db.ErrNotFound
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { list, err = people.Personas(tx); return err })
	return list, err
}

func (c *Component) becomePersona(w http.ResponseWriter, r *http.Request) error {
	list, err := c.personas(r)
	if err != nil {
		return err
	}
	account, err := parseID(r.PathValue("account"))
	if err == nil && !mayBecome(c.deps.Site.Demo, list, account) {
		err = db.ErrNotFound
	}
	if err != nil {
		return err
	}
	var session string
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		session, err = people.OpenSession(tx, account, people.ByDemo, Device(r.UserAgent()))
		return err
	})
	if err != nil && !errors.Is(err, db.ErrForeignKey) {
		return err
	}
	if err != nil {
		return db.ErrNotFound
	}
	return c.enter(w, r, session, next(r))
}
