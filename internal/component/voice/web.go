package voice

import (
	"net/http"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// showVoice is the page of how the room is held; those who do not lead are shown where the room is.
func (c *Component) showVoice(w http.ResponseWriter, r *http.Request) error {
	return c.page(w, r, http.StatusOK, nil)
}

func (c *Component) page(w http.ResponseWriter, r *http.Request, status int, errs map[string]string) error {
	var p component.SpacePage
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p = component.SpacePage{Access: a, Title: site.T(r.Context(), "voice.title"), Status: status}
		if !canLead(a) {
			p.View = memberPage(a.Space.Path() + "/live")
			return nil
		}
		v, err := c.lead(r.Context(), tx, a, r.URL.Query().Get("q"))
		if v.errs = errs; errs != nil {
			v.mode = r.PostForm.Get("mode")
		}
		p.View = leadPage(v)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, p)
}
