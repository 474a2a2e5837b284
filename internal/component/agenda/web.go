package agenda

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// maxFile is the largest file kept; maxUpload bounds the request that brings one, a little more.
const (
	maxFile   = 50 << 20
	maxUpload = maxFile + 1<<20
)

func (c *Component) showAgenda(w http.ResponseWriter, r *http.Request) error {
	var g Agenda
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { g, err = load(tx, a); return err })
	if err != nil {
		return err
	}
	return c.render(w, r, g.Access, http.StatusOK, "agenda.tab", agendaView(g))
}

func (c *Component) render(w http.ResponseWriter, r *http.Request, a space.Access, status int, title string, view templ.Component) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), title), Status: status, View: view})
}

// form is an item as typed, with what was refused of it.
type form struct {
	access  space.Access
	id      int64 // 0: a new item
	item    Item
	minutes string
	errs    map[string]string
}

func (c *Component) showNewItem(w http.ResponseWriter, r *http.Request) error {
	a, err := c.enterToEdit(r)
	if err != nil {
		return err
	}
	return c.render(w, r, a, http.StatusOK, "agenda.item.new", itemView(form{access: a}))
}

func (c *Component) enterToEdit(r *http.Request) (a space.Access, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		return mustEdit(a)
	})
	return a, err
}

func (c *Component) showItem(w http.ResponseWriter, r *http.Request) error {
	f := form{id: pathID(r, "item")}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		f.access = a
		if err := mustEdit(a); err != nil {
			return err
		}
		f.item, err = findItem(tx, a.Space.ID, f.id)
		return err
	})
	if err != nil {
		return err
	}
	if f.item.Minutes > 0 {
		f.minutes = strconv.Itoa(f.item.Minutes)
	}
	return c.render(w, r, f.access, http.StatusOK, "agenda.item.edit", itemView(f))
}

func (c *Component) addItem(w http.ResponseWriter, r *http.Request) error { return c.keepItem(w, r, 0) }
func (c *Component) saveItem(w http.ResponseWriter, r *http.Request) error {
	return c.keepItem(w, r, pathID(r, "item"))
}

// keepItem adds the item typed, or changes the one with the id.
func (c *Component) keepItem(w http.ResponseWriter, r *http.Request, id int64) error {
	f := form{id: id, minutes: r.FormValue("minutes"), item: Item{
		Title: strings.TrimSpace(r.FormValue("title")), Speaker: strings.TrimSpace(r.FormValue("speaker")),
		Text: strings.TrimSpace(strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n")), Minutes: parseMinutes(r.FormValue("minutes")),
	}}
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		f.access = a
		if id != 0 {
			return changeItem(tx, a, id, f.item)
		}
		_, err := addItem(tx, a, f.item)
		return err
	})
	if f.errs = site.FieldErrors(r, err); f.errs != nil {
		title := "agenda.item.edit"
		if id == 0 {
			title = "agenda.item.new"
		}
		return c.render(w, r, f.access, http.StatusUnprocessableEntity, title, itemView(f))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, f.access.Space.Path()+"/agenda")
}

func (c *Component) moveItem(w http.ResponseWriter, r *http.Request) error {
	by := map[string]int{"up": -1, "down": 1}[r.FormValue("do")]
	return c.change(w, r, func(tx *db.Tx, a space.Access) error { return moveItem(tx, a, pathID(r, "item"), by) })
}

func (c *Component) removeItem(w http.ResponseWriter, r *http.Request) error {
	return c.change(w, r, func(tx *db.Tx, a space.Access) error { return removeItem(tx, a, pathID(r, "item")) })
}

func (c *Component) removeDocument(w http.ResponseWriter, r *http.Request) error {
	return c.change(w, r, func(tx *db.Tx, a space.Access) error { return removeDocument(tx, a, pathID(r, "document")) })
}

// change does one act and shows the agenda.
func (c *Component) change(w http.ResponseWriter, r *http.Request, act func(*db.Tx, space.Access) error) error {
	if err := c.deps.ChangeSpace(r, act); err != nil {
		return err
	}
	return site.Redirect(w, r, "/a/"+r.PathValue("slug")+"/agenda")
}

// documentForm is a document being added.
type documentForm struct {
	agenda Agenda
	item   int64
	title  string
	errs   map[string]string
}

func (c *Component) showNewDocument(w http.ResponseWriter, r *http.Request) error {
	f, err := c.documentForm(r)
	if err != nil {
		return err
	}
	f.item, _ = strconv.ParseInt(r.URL.Query().Get("item"), 10, 64) // whatever it is, the form offers what exists
	return c.render(w, r, f.agenda.Access, http.StatusOK, "agenda.document.new", documentView(f))
}

func (c *Component) documentForm(r *http.Request) (f documentForm, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := mustEdit(a); err != nil {
			return err
		}
		f.agenda, err = load(tx, a)
		return err
	})
	return f, err
}

func (c *Component) addDocument(w http.ResponseWriter, r *http.Request) error {
	f, err := c.documentForm(r) // before a byte of the file is taken
	if err != nil {
		return err
	}
	web.AllowBody(w, r, maxUpload)
	if err = r.ParseMultipartForm(1 << 20); err != nil {
		err = badUpload(err)
	} else {
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // temporary files, which the system clears too
		f.title = strings.TrimSpace(r.FormValue("title"))
		f.item, _ = strconv.ParseInt(r.FormValue("item"), 10, 64) // what is no number is the whole assembly
		err = c.takeFile(r, f)
	}
	if f.errs = site.FieldErrors(r, err); f.errs != nil {
		return c.render(w, r, f.agenda.Access, http.StatusUnprocessableEntity, "agenda.document.new", documentView(f))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, f.agenda.Access.Space.Path()+"/agenda")
}

func (c *Component) takeFile(r *http.Request, f documentForm) error {
	content, header, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || err == nil && header.Filename == "" {
		return fault.Fields{"file": fault.New(fault.Invalid, "agenda.document.missing")}
	}
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = c.AddDocument(r.Context(), f.agenda.Access, Document{Item: f.item, Title: f.title},
		Upload{Name: header.Filename, Size: header.Size, Content: content})
	return err
}

// badUpload tells a file that is too big, which the form says, from a form that cannot be read.
func badUpload(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return fault.Fields{"file": fault.New(fault.Invalid, "blob.size", "max", maxFile>>20)}
	}
	return fault.New(fault.Invalid, "agenda.document.unreadable")
}

// serveDocument hands a document to whoever may see the space.
func (c *Component) serveDocument(w http.ResponseWriter, r *http.Request) error {
	var d Document
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		d, err = findDocument(tx, a.Space.ID, pathID(r, "document"))
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Blobs.Serve(w, r, blob.File{Key: d.File, Name: d.Name, MIME: d.MIME})
}

func pathID(r *http.Request, name string) int64 {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0 // no row has it
	}
	return id
}

func documentPath(s space.Space, d Document) string {
	return s.Path() + "/documents/" + strconv.FormatInt(d.ID, 10)
}

// summary lists errors in the order of the fields.
func summary(errs map[string]string, order ...string) []ui.FieldError {
	var out []ui.FieldError
	for _, field := range order {
		if text, ok := errs[field]; ok {
			out = append(out, ui.FieldError{Field: field, Text: text})
		}
	}
	return out
}
