package replay

import (
	"net/http"
	"net/url"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// form is what was sent.
type form struct{ url.Values }

// number is a field's number; 0, which no choice is, for what is none.
func (f form) number(field string) int64 { return number(f.Get(field)) }

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// act is the handler of a form; do checks who may.
func (c *Component) act(do func(*db.Tx, space.Access, form) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := r.ParseForm(); err != nil {
			return fault.New(fault.Invalid, "replay.unreadable")
		}
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return do(tx, a, form{r.PostForm}) })
		if err == nil {
			return component.Done(w, r, "/a/"+r.PathValue("slug")+"/recording")
		}
		errs := site.FieldErrors(r, err)
		if errs == nil || web.WantsJSON(r) {
			return err
		}
		return c.renderRecording(w, r, http.StatusUnprocessableEntity, errs)
	}
}

// showRecording is how the session is recorded, with the question whether one agrees.
func (c *Component) showRecording(w http.ResponseWriter, r *http.Request) error {
	return c.renderRecording(w, r, http.StatusOK, nil)
}

func (c *Component) renderRecording(w http.ResponseWriter, r *http.Request, status int, errs map[string]string) error {
	var v view
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		v, err = c.load(tx, a, s)
		return err
	})
	if err != nil {
		return err
	}
	if v.errs = errs; errs != nil {
		v.days, v.legal = r.PostForm.Get("days"), r.PostForm.Get("legal") != ""
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Status: status, Title: site.T(r.Context(), "replay.recording"), View: recordingPage(v)})
}
