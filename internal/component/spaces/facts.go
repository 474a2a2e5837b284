package spaces

import (
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func (c *Component) showFacts(w http.ResponseWriter, r *http.Request) error {
	a, err := c.enterToEdit(r)
	if err != nil {
		return err
	}
	return c.renderFacts(w, r, http.StatusOK, a, a.Space, nil)
}

func (c *Component) renderFacts(w http.ResponseWriter, r *http.Request, status int, a space.Access, typed space.Space, refused error) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "spaces.tab.edit"), Status: status,
		View: factsView(a, typed, errorsOf(r, refused), r.URL.Query().Has("saved"))})
}

func (c *Component) saveFacts(w http.ResponseWriter, r *http.Request) error {
	var a space.Access
	var typed space.Space
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		if err := mustEdit(a); err != nil {
			return err
		}
		typed = a.Space
		typed.Title, typed.Kicker = strings.TrimSpace(r.FormValue("title")), strings.TrimSpace(r.FormValue("kicker"))
		typed.Summary, typed.Place = strings.TrimSpace(r.FormValue("summary")), strings.TrimSpace(r.FormValue("place"))
		typed.TimeZone, typed.Visibility = r.FormValue("time_zone"), space.Visibility(r.FormValue("visibility"))
		refused := typed.Validate()
		checkFacts(typed, refused)
		if err := refused.Err(); err != nil {
			return err
		}
		return space.Update(tx, a.Viewer.Account, typed)
	})
	if isFields(err) {
		return c.renderFacts(w, r, http.StatusUnprocessableEntity, a, typed, err)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/edit?saved=1")
}

// checkFacts refuses what a page could not show.
func checkFacts(s space.Space, refused fault.Fields) {
	for field, v := range map[string]string{"kicker": s.Kicker, "place": s.Place} {
		if len([]rune(v)) > 200 {
			refused.Add(field, "spaces.too_long", "max", 200)
		}
	}
	if len([]rune(s.Summary)) > 2000 {
		refused.Add("summary", "spaces.too_long", "max", 2000)
	}
}
