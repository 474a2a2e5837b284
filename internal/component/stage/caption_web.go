package stage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	tongues []component.Tongue // in use
	types   []component.Tongue // in which the viewer types
	lang    string             // whose lines are shown
	lines   []Caption
	screen  bool
	page    bool    // all the lines, on a page of their own
	mends   bool    // the viewer may correct these lines
	mend    Caption // the line being corrected; ID 0 for none
	typed   captionText
	mending captionText
}

// captionText is what stands in a form's field, and what is wrong with it.
type captionText struct{ text, wrong string }

func (v captionView) path() string { return v.access.Space.Path() + "/captions" }

// mendPath is where a line is corrected, up to its number.
func (v captionView) mendPath() string { return v.path() + "?lang=" + v.lang + "&line=" }

// mendAttrs and markAttrs are the words with which a page's script adds lines.
func (v captionView) mendAttrs(ctx context.Context) templ.Attributes {
	a := markAttrs(ctx)
	if v.mends {
		a["data-mend"], a["data-mend-word"] = v.mendPath(), site.T(ctx, "stage.caption.mend")
	}
	return a
}

func markAttrs(ctx context.Context) templ.Attributes {
	return templ.Attributes{"data-machine": mark(ctx, ByMachine), "data-corrected": mark(ctx, Corrected)}
}

// mark says of a line that a machine wrote it; "" of others.
func mark(ctx context.Context, made Maker) string {
	switch made {
	case ByMachine:
		return site.T(ctx, "stage.caption.machine")
	case Corrected:
		return site.T(ctx, "stage.caption.corrected")
	default:
		return ""
	}
}

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
	v.mends = canMend(a, slices.ContainsFunc(v.types, func(t component.Tongue) bool { return t.Code == v.lang }))
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
	q := r.URL.Query()
	return c.renderCaptions(w, r, shownCaptions{lang: q.Get("lang"), line: number(q.Get("line"))})
}

// shownCaptions is what the captions' page shows: a language, the line being corrected (0 for none), and
// what was typed where it was refused.
type shownCaptions struct {
	lang    string
	line    int64
	refused captionText
}

// pageLines is how many lines the captions' page shows; the file has all.
const pageLines = 200

func (c *Component) renderCaptions(w http.ResponseWriter, r *http.Request, as shownCaptions) error {
	var v captionView
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		v, err = loadCaptions(r.Context(), tx, a, as.lang, pageLines)
		if v.page = true; err != nil || as.line == 0 {
			return err
		}
		v.mend, err = mendable(tx, a, as.line)
		if errors.Is(err, db.ErrNotFound) { // taken off meanwhile
			err = nil
		}
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	v.mending.text = v.mend.Text
	if as.refused.wrong != "" {
		status = http.StatusUnprocessableEntity
		if as.line == 0 {
			v.typed = as.refused
		} else {
			v.mending = as.refused
		}
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Status: status, Title: site.T(r.Context(), "stage.captions.title"), View: captionPage(v)})
}

func (c *Component) typeCaption(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.caption(tx, a, f) })
	if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
		return c.renderCaptions(w, r, shownCaptions{f.text("lang"), 0, captionText{f.text("text"), errs["text"]}})
	}
	if err != nil {
		return err
	}
	return component.Done(w, r, fmt.Sprintf("/a/%s/captions?lang=%s#stage-caption", r.PathValue("slug"), f.text("lang")))
}

// mend is the handler of a line's forms.
func (c *Component) mend(do func(*db.Tx, space.Access, form) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readForm(r)
		if err != nil {
			return err
		}
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return do(tx, a, f) })
		if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
			return c.renderCaptions(w, r, shownCaptions{f.text("lang"), f.id("line"), captionText{f.text("text"), errs["text"]}})
		}
		if err != nil {
			return err
		}
		return component.Done(w, r, fmt.Sprintf("/a/%s/captions?lang=%s#stage-lines", r.PathValue("slug"), f.text("lang")))
	}
}

// serveCaptions is the lines of a language as WebVTT: "fr.vtt".
func (c *Component) serveCaptions(w http.ResponseWriter, r *http.Request) error {
	lang, found := strings.CutSuffix(r.PathValue("file"), ".vtt")
	if !found || component.TongueName(lang) == "" {
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
