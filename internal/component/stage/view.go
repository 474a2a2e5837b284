package stage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// view is what the pages and the panels are made of.
type view struct {
	access   space.Access
	now      Now
	time     time.Time
	presents bool // the viewer does
	screen   bool // of a hall: nothing to press
	alone    bool // the page is not the presenter's, one leafs alone

	deck Deck
	page Page // the zero page while the pictures are being made

	film       Film
	resolution component.ResolutionText
	changes    []Words // of the resolution since it was first written

	decks       []Deck
	films       []Film
	resolutions []component.ResolutionText
	captioners  []Captioner
	documents   []component.SpaceDocument

	names  []string // of those to whom something can be given, for who leads
	handed string   // the presenter's name
	words  string   // searched for
	found  []Page
	form   form
	errs   map[string]string
}

func (v view) path(rest string) string { return v.access.Space.Path() + "/stage" + rest }

// typed is what was typed in a field of a form that was refused, or else nothing.
func (v view) typed(field string) string {
	if v.errs == nil {
		return ""
	}
	return v.form.Get(field)
}

// busy tells whether pictures are being made.
func (v view) busy() bool {
	for _, d := range v.decks {
		if d.State == Waiting || d.State == Rendering {
			return true
		}
	}
	return false
}

// shows tells whether this is what everybody sees now.
func (v view) shows(what Showing, id int64) bool { return v.now.Showing == what && v.now.Subject == id }

func (c *Component) begin(tx *db.Tx, a space.Access, v *view) (err error) {
	v.access, v.time = a, tx.Now
	v.now, err = load(tx, a.Space.ID)
	v.presents = canPresent(a, v.now.Presenter)
	return err
}

// loadShown reads what everybody is shown.
func (c *Component) loadShown(tx *db.Tx, a space.Access, v *view) error {
	err := c.begin(tx, a, v)
	if err != nil {
		return err
	}
	switch v.now.Showing {
	case ShowDeck:
		return v.loadPage(tx, v.now.Subject, v.now.Page)
	case ShowFilm:
		v.film, err = findFilm(tx, a.Space.ID, v.now.Subject)
	case Resolution:
		v.resolution, err = c.resolution(tx, a.Space.ID, v.now.Subject)
		if errors.Is(err, db.ErrNotFound) { // a draft that was taken out meanwhile
			v.now.Showing, err = Nothing, nil
		}
		v.changes = c.changes.of(v.resolution.First, v.resolution.Text)
	}
	return err
}

// loadPage reads a page of a deck, once there is one.
func (v *view) loadPage(tx *db.Tx, deck int64, page int) (err error) {
	if v.deck, err = findDeck(tx, v.access.Space.ID, deck); err != nil || v.deck.State != Ready {
		return err
	}
	v.page, err = findPage(tx, deck, page)
	return err
}

// loadStage reads the page that shows what is shown; deck and page are what the viewer leafs to, 0
// for what everybody sees.
func (c *Component) loadStage(tx *db.Tx, a space.Access, v *view, deck int64, page int) error {
	if err := c.loadShown(tx, a, v); err != nil {
		return err
	}
	if deck != 0 && !(v.shows(ShowDeck, deck) && v.now.Page == page) {
		d, err := findDeck(tx, a.Space.ID, deck)
		if err != nil || !canRead(a, d.Shown(), v.now.Presenter) {
			return errors.Join(db.ErrNotFound, err)
		}
		v.alone = true
		if err := v.loadPage(tx, deck, max(page, 1)); err != nil {
			return err
		}
	}
	all, err := decks(tx, a.Space.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Shown() && d.State == Ready {
			v.decks = append(v.decks, d)
		}
	}
	if v.words != "" {
		v.found, err = searchPages(tx, a.Space.ID, v.words, mostFound)
	}
	return err
}

// mostFound is how many pages a search shows.
const mostFound = 50

// loadLead reads what those who lead choose from.
func (c *Component) loadLead(tx *db.Tx, a space.Access, v *view) error {
	if err := c.begin(tx, a, v); err != nil {
		return err
	}
	people, err := c.people(tx, a.Space.ID)
	if err != nil {
		return err
	}
	v.handed = people[v.now.Presenter]
	v.names = slices.Sorted(maps.Values(people))
	if v.decks, err = decks(tx, a.Space.ID); err != nil {
		return err
	}
	if v.films, err = films(tx, a.Space.ID); err != nil {
		return err
	}
	if v.documents, err = c.documents(tx, a.Space.ID); err != nil {
		return err
	}
	if v.captioners, err = captioners(tx, a.Space.ID); err != nil {
		return err
	}
	v.resolutions, err = c.resolutions(tx, a.Space.ID)
	return err
}

// Words of the pages.

func place(ctx context.Context, page, pages int) string {
	return site.T(ctx, "stage.place", "page", page, "pages", pages)
}

// alt is the name of a page's picture; its text stands beside it.
func (v view) alt(ctx context.Context) string {
	if h := v.page.headline(); h != "" {
		return place(ctx, v.page.Number, v.deck.Total) + " : " + h
	}
	return place(ctx, v.page.Number, v.deck.Total)
}

// picture is the address of a page's picture.
func (v view) picture(size string) string {
	return fmt.Sprintf("%s/%d/%s", v.deck.path(v.access.Space), v.page.Number, size)
}

func (v view) pictures() string {
	return v.picture("small") + " 640w, " + v.picture("large") + " 1280w"
}

// sizes is how wide the picture is shown.
func (v view) sizes() string {
	if v.screen {
		return "100vw"
	}
	return "(min-width: 56rem) 58vw, 96vw"
}

// leaf is the address at which one reads a page alone.
func leaf(s space.Space, deck int64, page int) string {
	return fmt.Sprintf("%s/stage?deck=%d&page=%d#slides", s.Path(), deck, page)
}

func (v view) attrs() templ.Attributes {
	a := templ.Attributes{"data-deck": id(v.deck.ID), "data-page": strconv.Itoa(v.page.Number), "data-pages": strconv.Itoa(v.deck.Total),
		"data-base": v.deck.path(v.access.Space), "data-send": v.path(""),
		// What a tool chosen or a volume set must not keep from being taken over.
		"data-state": fmt.Sprintf("%d/%d/%d", v.deck.ID, v.page.Number, v.now.Presenter)}
	if v.presents && !v.screen {
		a["data-presents"] = true
	}
	if v.screen {
		a["data-screen"] = true
	}
	return a
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func deckNote(ctx context.Context, d Deck) string {
	switch d.State {
	case Failed:
		return site.T(ctx, d.Failure, "max", maxPages)
	case Ready:
		return site.T(ctx, "stage.deck.pages", "n", d.Total)
	default:
		return site.T(ctx, "stage.deck.waiting")
	}
}

func deckProgress(ctx context.Context, d Deck) ui.ProgressProps {
	p := ui.ProgressProps{ID: "deck-" + id(d.ID), Label: site.T(ctx, "stage.deck.waiting"), Value: d.Done, Max: d.Total}
	if d.Total > 0 {
		p.Text = site.T(ctx, "stage.deck.done", "done", d.Done, "total", d.Total)
	}
	return p
}

// clockLeft is how long a clock still runs.
func (v view) clockLeft() time.Duration { return max(v.now.ClockEnds.Sub(v.time), 0) }

// minutes writes a duration as a clock does: 1:05.
func minutes(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func summary(errs map[string]string, fields ...string) (list []ui.FieldError) {
	for _, field := range fields {
		if text, ok := errs[field]; ok {
			list = append(list, ui.FieldError{Field: "stage-" + field, Text: text})
		}
	}
	return list
}

// filmAttrs say where everybody's film is.
func (v view) filmAttrs() templ.Attributes {
	p := v.now.place()
	a := templ.Attributes{"data-film": id(p.Film), "data-playing": strconv.FormatBool(p.Playing), "data-position": id(p.Position), "data-at": id(p.At),
		"data-send": v.path(""), "data-time": v.path("/time"),
		"data-state": fmt.Sprintf("%d/%d/%t/%d", p.Film, p.At, p.Playing, v.now.Presenter)}
	if v.presents && !v.screen {
		a["data-presents"] = true
	}
	return a
}

func (v view) filmPath(part string) string { return v.path("/film/" + id(v.film.ID) + "/" + part) }

func (v view) filmAddress() string {
	if v.film.URL != "" {
		return v.film.URL
	}
	return v.filmPath("file")
}

func documentOptions(list []component.SpaceDocument) (out []ui.Option) {
	for _, d := range list {
		out = append(out, ui.Option{Value: id(d.ID), Label: d.Title})
	}
	return out
}

func tongueOptions(list []component.Tongue) (out []ui.Option) {
	for _, t := range list {
		out = append(out, ui.Option{Value: t.Code, Label: t.Name})
	}
	return out
}

func captionErrors(v captionView) (list []ui.FieldError) {
	if v.typed.wrong != "" {
		list = append(list, ui.FieldError{Field: "stage-caption", Text: v.typed.wrong})
	}
	if v.mending.wrong != "" {
		list = append(list, ui.FieldError{Field: "stage-mend-text", Text: v.mending.wrong})
	}
	return list
}
