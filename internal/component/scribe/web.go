package scribe

import (
	"net/http"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// act is the handler of a form; do checks who may.
func (c *Component) act(do func(tx *db.Tx, a space.Access, lang string) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return do(tx, a, r.PostFormValue("lang")) })
		if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
			return c.render(w, r, http.StatusUnprocessableEntity, errs)
		}
		if err != nil {
			return err
		}
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/machine-captions")
	}
}

// showScribe says whether voices are sent to a machine; those who lead switch it on and off.
func (c *Component) showScribe(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, http.StatusOK, nil)
}

func (c *Component) render(w http.ResponseWriter, r *http.Request, status int, errs map[string]string) error {
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
		v.lang = r.PostFormValue("lang")
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Status: status, Title: site.T(r.Context(), "scribe.title"), View: scribePage(v)})
}
