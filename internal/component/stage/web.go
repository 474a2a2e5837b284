package stage

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// form is what was sent, with the ids of its address.
type form struct {
	url.Values
	path func(string) string
}

// text is a field without the character that no database keeps.
func (f form) text(field string) string { return strings.ReplaceAll(f.Get(field), "\x00", "") }

// number is a field's number; 0, which nothing has, for what is none.
func (f form) number(field string) int64 { return number(f.Get(field)) }

// id is an id of the address.
func (f form) id(name string) int64 { return number(f.path(name)) }

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func readForm(r *http.Request) (form, error) {
	if err := r.ParseForm(); err != nil {
		return form{}, fault.New(fault.Invalid, "stage.unreadable")
	}
	return form{r.PostForm, r.PathValue}, nil
}

// act is the handler of a form; do checks who may. What is refused of a field is said beside it on
// the page of those who lead.
func (c *Component) act(do func(*db.Tx, space.Access, form) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readForm(r)
		if err != nil {
			return err
		}
		leads := false
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
			leads = canLead(a)
			return do(tx, a, f)
		})
		if errs := site.FieldErrors(r, err); errs != nil && leads && !web.WantsJSON(r) {
			return c.renderPrepare(w, r, f, errs)
		}
		if err != nil {
			return err
		}
		to := "/a/" + r.PathValue("slug") + "/stage"
		if leads && f.text("back") == "prepare" {
			to += "/prepare"
		}
		return component.Done(w, r, to)
	}
}

// showStage is what is shown, for whoever follows without a script, and the slides that were shown:
// one leafs through them alone (?deck=…&page=…) and searches their words (?q=…).
func (c *Component) showStage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := view{words: strings.TrimSpace(q.Get("q"))}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		return c.loadStage(tx, a, &v, number(q.Get("deck")), int(number(q.Get("page"))))
	})
	if err != nil {
		return err
	}
	web.AllowMedia(w)
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "stage.title"), View: stageView(v)})
}

// readDeck is the deck of the address, for whoever may read it.
func readDeck(tx *db.Tx, a space.Access, r *http.Request) (Deck, error) {
	d, err := findDeck(tx, a.Space.ID, number(r.PathValue("deck")))
	if err != nil {
		return d, err
	}
	n, err := load(tx, a.Space.ID)
	if err == nil && !canRead(a, d.Shown(), n.Presenter) {
		err = db.ErrNotFound // slides that nobody was shown are as if they were not
	}
	return d, err
}

func readPage(tx *db.Tx, a space.Access, r *http.Request) (Page, error) {
	d, err := readDeck(tx, a, r)
	if err != nil {
		return Page{}, err
	}
	return findPage(tx, d.ID, int(number(r.PathValue("page"))))
}

// servePage is what a script asks of a page: its size, its text, what is drawn on it.
func (c *Component) servePage(w http.ResponseWriter, r *http.Request) error {
	var p Page
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { p, err = readPage(tx, a, r); return err })
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"page": p.Number, "width": p.Width, "height": p.Height, "headline": p.headline(),
		"text": p.Text, "strokes": append([]Stroke{}, p.Strokes...)})
}

// servePicture is a page's picture, "large" or "small". It never changes: the browser keeps it.
func (c *Component) servePicture(w http.ResponseWriter, r *http.Request) error {
	var p Page
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { p, err = readPage(tx, a, r); return err })
	if err != nil {
		return err
	}
	of := map[string]Picture{"large": p.Large, "small": p.Small}
	picture, known := of[r.PathValue("size")]
	if !known {
		return db.ErrNotFound
	}
	return c.deps.Blobs.Serve(w, r, blob.File{Key: picture.Key, MIME: picture.MIME, Name: "page", Lasting: true})
}

// serveDeck is the whole file.
func (c *Component) serveDeck(w http.ResponseWriter, r *http.Request) error {
	var d Deck
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { d, err = readDeck(tx, a, r); return err })
	if err != nil {
		return err
	}
	return c.deps.Blobs.Serve(w, r, blob.File{Key: d.File, Name: d.Name, MIME: "application/pdf"})
}

// prepare reads the page of those who lead.
func (c *Component) prepare(r *http.Request) (v view, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		return c.loadLead(tx, a, &v)
	})
	return v, err
}

func (c *Component) showPrepare(w http.ResponseWriter, r *http.Request) error {
	return c.renderPrepare(w, r, form{}, nil)
}

func (c *Component) renderPrepare(w http.ResponseWriter, r *http.Request, f form, errs map[string]string) error {
	v, err := c.prepare(r)
	if err != nil {
		return err
	}
	v.form, v.errs = f, errs
	status := http.StatusOK
	if errs != nil {
		status = http.StatusUnprocessableEntity
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Status: status, Title: site.T(r.Context(), "stage.prepare.title"), View: prepareView(v)})
}

func (c *Component) showProgress(w http.ResponseWriter, r *http.Request) error {
	v, err := c.prepare(r)
	if err != nil {
		return err
	}
	return c.deps.Site.Fragment(w, r, deckList(v))
}

// maxUpload bounds the request that brings a file, a little more than the largest file kept.
const maxUpload = 51 << 20

func (c *Component) uploadDeck(w http.ResponseWriter, r *http.Request) error {
	v, err := c.prepare(r) // before a byte of the file is taken
	if err != nil {
		return err
	}
	if err := readUpload(w, r, maxUpload); err != nil {
		return err
	}
	defer r.MultipartForm.RemoveAll() //nolint:errcheck // temporary files, which the system clears too
	err = c.takeDeck(r, v.access)
	if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
		return c.renderPrepare(w, r, form{r.PostForm, r.PathValue}, errs)
	}
	if err != nil {
		return err
	}
	return component.Done(w, r, v.path("/prepare"))
}

func (c *Component) takeDeck(r *http.Request, a space.Access) error {
	u, end, err := upload(r, "file")
	if err != nil {
		return err
	}
	defer end()
	if u == nil {
		return fault.Fields{"file": fault.New(fault.Invalid, "stage.deck.missing")}
	}
	_, err = c.AddDeck(r.Context(), a, strings.TrimSpace(r.FormValue("title")), *u)
	return err
}
