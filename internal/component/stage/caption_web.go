package stage

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// captionView is what the captions' page and band are made of.
type captionView struct {
	access  space.Access
	tongues []Tongue // in use
	types   []Tongue // in which the viewer types
	lang    string   // whose lines are shown
	lines   []Caption
	screen  bool
	text    string // refused
	errs    map[string]string
}

func (v captionView) path() string { return v.access.Space.Path() + "/captions" }

// shownLines is how many lines the band shows.
const shownLines = 3

// loadCaptions reads the last lines of a language in use: the one asked for, or the page's.
func loadCaptions(ctx context.Context, tx *db.Tx, a space.Access, lang string, limit int) (v captionView, err error) {
	v.access = a
	if v.tongues, err = tonguesOf(tx, a.Space.ID); err != nil || len(v.tongues) == 0 {
		return v, err
	}
	v.lang = v.tongues[0].Code
	for _, t := range v.tongues {
		if t.Code == lang || lang == "" && t.Code == string(site.From(ctx).Lang) {
			v.lang = t.Code
		}
	}
	if v.lines, err = captions(tx, a.Space.ID, v.lang, limit); err != nil {
		return v, err
	}
	list, err := captioners(tx, a.Space.ID)
	v.types = typesIn(list, a)
	return v, err
}

func (c *Component) captionPanel(screen bool) func(context.Context, *db.Tx, space.Access, component.LiveSession) (templ.Component, error) {
	return func(ctx context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
		v, err := loadCaptions(ctx, tx, a, "", shownLines)
		if err != nil || len(v.tongues) == 0 {
			return nil, err
		}
		v.screen = screen
		return captionBand(v), nil
	}
}

func (c *Component) showCaptions(w http.ResponseWriter, r *http.Request) error {
	return c.renderCaptions(w, r, http.StatusOK, r.URL.Query().Get("lang"), "", nil)
}

// pageLines is how many lines the captions' page shows; the file has all.
const pageLines = 200

func (c *Component) renderCaptions(w http.ResponseWriter, r *http.Request, status int, lang, text string, errs map[string]string) error {
	var v captionView
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		v, err = loadCaptions(r.Context(), tx, a, lang, pageLines)
		return err
	})
	if err != nil {
		return err
	}
	v.text, v.errs = text, errs
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Status: status, Title: site.T(r.Context(), "stage.captions.title"), View: captionPage(v)})
}

func (c *Component) typeCaption(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.caption(tx, a, f) })
	if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
		return c.renderCaptions(w, r, http.StatusUnprocessableEntity, f.text("lang"), f.text("text"), errs)
	}
	if err != nil {
		return err
	}
	return component.Done(w, r, fmt.Sprintf("/a/%s/captions?lang=%s#stage-caption", r.PathValue("slug"), f.text("lang")))
}

// serveCaptions is the lines of a language as WebVTT: "fr.vtt".
func (c *Component) serveCaptions(w http.ResponseWriter, r *http.Request) error {
	lang, found := strings.CutSuffix(r.PathValue("file"), ".vtt")
	if !found || tongueName(lang) == "" {
		return db.ErrNotFound
	}
	var list []Caption
	slug := ""
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		slug = a.Space.Slug
		list, err = captions(tx, a.Space.ID, lang, 0)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/vtt; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", slug+"-"+lang+".vtt"))
	return writeVTT(w, list)
}
