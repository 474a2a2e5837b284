package stage

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func (c *Component) addFilm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.prepare(r) // before a byte of the file is taken
	if err != nil {
		return err
	}
	if err := readUpload(w, r, maxFilm+2<<20); err != nil {
		return err
	}
	defer r.MultipartForm.RemoveAll() //nolint:errcheck // temporary files, which the system clears too
	err = c.takeFilm(r, v.access)
	if errs := site.FieldErrors(r, err); errs != nil && !web.WantsJSON(r) {
		return c.renderPrepare(w, r, form{r.PostForm, r.PathValue}, errs)
	}
	if err != nil {
		return err
	}
	return component.Done(w, r, v.path("/prepare"))
}

// readUpload reads a form that brings files, of that many bytes at most.
func readUpload(w http.ResponseWriter, r *http.Request, most int64) error {
	web.AllowBody(w, r, most)
	err := r.ParseMultipartForm(1 << 20)
	var tooBig *http.MaxBytesError
	if err != nil && !errors.As(err, &tooBig) {
		return fault.New(fault.Invalid, "stage.unreadable")
	}
	return err
}

// upload is a file of the form; nil where none was chosen. The caller closes it.
func upload(r *http.Request, field string) (u *Upload, end func(), err error) {
	content, header, err := r.FormFile(field)
	switch {
	case errors.Is(err, http.ErrMissingFile):
		return nil, func() {}, nil
	case err != nil:
		return nil, nil, err
	case header.Filename == "":
		content.Close()
		return nil, func() {}, nil
	}
	return &Upload{header.Filename, header.Size, content}, func() { content.Close() }, nil
}

func (c *Component) takeFilm(r *http.Request, a space.Access) error {
	file, end, err := upload(r, "film")
	if err != nil {
		return err
	}
	defer end()
	subtitles, endSubtitles, err := upload(r, "subtitles")
	if err != nil {
		return err
	}
	defer endSubtitles()
	lang := r.FormValue("film_lang")
	if component.TongueName(lang) == "" {
		lang = string(site.From(r.Context()).Lang)
	}
	_, err = c.AddFilm(r.Context(), a, Film{Title: strings.TrimSpace(r.FormValue("film_title")), URL: strings.TrimSpace(r.FormValue("url")), Lang: lang}, file, subtitles)
	return err
}

// refusedAs puts a refusal of a file beside its field.
func refusedAs(field string, err error) error {
	var e *fault.Error
	if errors.As(err, &e) && e.Code == fault.Invalid {
		return fault.Fields{field: e}
	}
	return err
}

func readFilm(tx *db.Tx, a space.Access, r *http.Request) (Film, error) {
	film, err := findFilm(tx, a.Space.ID, number(r.PathValue("film")))
	if err != nil {
		return film, err
	}
	n, err := load(tx, a.Space.ID)
	if err == nil && !canRead(a, film.Shown(), n.Presenter) {
		err = db.ErrNotFound
	}
	return film, err
}

// serveFilm is the film, whole or in ranges, or its subtitles.
func (c *Component) serveFilm(w http.ResponseWriter, r *http.Request) error {
	var film Film
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { film, err = readFilm(tx, a, r); return err })
	if err != nil {
		return err
	}
	file := blob.File{Key: film.File, Name: film.Name, MIME: film.MIME, Lasting: true}
	if r.PathValue("part") == "subtitles" {
		file = blob.File{Key: film.Subtitles, Name: "subtitles.vtt", MIME: "text/vtt; charset=utf-8", Lasting: true}
	}
	return c.deps.Blobs.Serve(w, r, file)
}

// showTime is the server's clock: players compare theirs with it.
func (c *Component) showTime(w http.ResponseWriter, r *http.Request) error {
	var now int64
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		now = tx.Now.UnixMilli()
		return component.Must(a, canFollow(a))
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]int64{"now": now})
}
