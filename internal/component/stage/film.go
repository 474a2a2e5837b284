package stage

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Film is a film played in step for everybody.
type Film struct {
	ID        int64     `json:"id,string"`
	Space     int64     `json:"space,string"`
	Title     string    `json:"title"`
	Name      string    `json:"name,omitempty"` // of the file
	MIME      string    `json:"mime,omitempty"`
	File      string    `json:"sha256,omitempty"`
	URL       string    `json:"url,omitempty"`       // where there is no file
	Subtitles string    `json:"subtitles,omitempty"` // SHA-256 of a WebVTT file
	Lang      string    `json:"lang,omitempty"`      // of the subtitles
	AddedBy   int64     `json:"-"`
	AddedAt   time.Time `json:"added_at"`
	ShownAt   time.Time `json:"shown_at,omitzero"`
}

// Shown tells whether people have seen it.
func (f Film) Shown() bool { return !f.ShownAt.IsZero() }

func (f Film) subject() string { return fmt.Sprintf("film/%d", f.ID) }

// maxFilm is the size of the largest film kept, in bytes.
const maxFilm = 500 << 20

// longestFilm bounds the places of a film.
const longestFilm = 24 * time.Hour

const filmQuery = "SELECT id, space_id, title, name, mime, file_key, url, subtitles, lang, added_by, added_at, shown_at FROM stage_film"

func scanFilm(scan func(...any) error) (f Film, err error) {
	return f, scan(&f.ID, &f.Space, &f.Title, &f.Name, &f.MIME, &f.File, &f.URL, &f.Subtitles, &f.Lang, &f.AddedBy, &f.AddedAt, &f.ShownAt)
}

func films(tx *db.Tx, spaceID int64) ([]Film, error) {
	return db.All(tx, filmQuery+" WHERE space_id = $1 ORDER BY id", []any{spaceID}, scanFilm)
}

func findFilm(tx *db.Tx, spaceID, id int64) (Film, error) {
	return only(db.All(tx, filmQuery+" WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanFilm))
}

func markFilm(tx *db.Tx, id int64) error {
	_, err := tx.Exec("UPDATE stage_film SET shown_at = $2 WHERE id = $1 AND shown_at IS NULL", id, tx.Now)
	return err
}

// checkAddress refuses what is not the https address of a film's file.
func checkAddress(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(text) > 2000 ||
		!slices.Contains([]string{".mp4", ".webm"}, strings.ToLower(path.Ext(u.Path))) {
		return fault.New(fault.Invalid, "stage.film.address")
	}
	return nil
}

// AddFilm keeps a film: a file, or the address in f.URL; subtitles may be nil. What cannot be
// accepted is returned by its field.
func (c *Component) AddFilm(ctx context.Context, a space.Access, f Film, file, subtitles *Upload) (Film, error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return f, err
	}
	wrong := fault.Fields{}
	switch {
	case file != nil:
		kind, err := blob.SniffFilm(file.Name, file.Content, file.Size)
		if err != nil {
			wrong.Add("film", "stage.film.type")
		}
		f.Name, f.MIME, f.URL = file.Name, kind.MIME, ""
	case f.URL == "":
		wrong.Add("film", "stage.film.missing")
	default:
		if err := checkAddress(f.URL); err != nil {
			wrong.Add("url", "stage.film.address")
		}
	}
	if subtitles != nil {
		if _, err := blob.SniffFilm(subtitles.Name, subtitles.Content, subtitles.Size); err != nil || !strings.EqualFold(path.Ext(subtitles.Name), ".vtt") {
			wrong.Add("subtitles", "stage.film.subtitles_type")
		}
	}
	if f.Title == "" {
		f.Title = strings.TrimSuffix(path.Base(f.Name+f.URL), path.Ext(f.Name+f.URL))
	}
	if utf8.RuneCountInString(f.Title) > maxTitle {
		wrong.Add("film_title", "stage.too_long", "max", maxTitle)
	}
	if err := wrong.Err(); err != nil {
		return f, err
	}
	if err := c.keepFilm(ctx, &f, file, subtitles); err != nil {
		return f, err
	}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		f.ID, f.Space, f.AddedBy, f.AddedAt = tx.NewID(), a.Space.ID, a.Viewer.Account, tx.Now
		_, err := tx.Exec(`INSERT INTO stage_film (id, space_id, title, name, mime, file_key, url, subtitles, lang, added_by, added_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, f.ID, f.Space, f.Title, f.Name, f.MIME, f.File, f.URL, f.Subtitles, f.Lang, f.AddedBy, f.AddedAt)
		if err != nil {
			return err
		}
		c.deps.LiveChanged(tx, a.Space.ID, "stage-list")
		_, err = journal.Append(tx, about(a, f.subject()), FilmAdded{f.Title, f.File, f.URL})
		return err
	})
	return f, err
}

// keepFilm puts the files into the store.
func (c *Component) keepFilm(ctx context.Context, f *Film, file, subtitles *Upload) error {
	if file != nil {
		ref, err := c.deps.Blobs.PutUpTo(ctx, file.Content, maxFilm)
		if err != nil {
			return refusedAs("film", err)
		}
		f.File = ref.Key
	}
	if subtitles != nil {
		ref, err := c.deps.Blobs.Put(ctx, subtitles.Content)
		if err != nil {
			return refusedAs("subtitles", err)
		}
		f.Subtitles = ref.Key
	}
	return nil
}

// removeFilm takes a film away that nobody was shown.
func (c *Component) removeFilm(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	film, err := findFilm(tx, a.Space.ID, f.id("film"))
	switch {
	case err != nil:
		return err
	case film.Shown():
		return fault.New(fault.Conflict, "stage.film.was_shown")
	}
	if _, err := tx.Exec("DELETE FROM stage_film WHERE id = $1", film.ID); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage-list")
	_, err = journal.Append(tx, about(a, film.subject()), FilmRemoved{film.Title})
	return err
}

// filmPlace is what everybody's player follows: where the film was at a moment of the server's
// clock, in milliseconds, and whether it runs.
type filmPlace struct {
	Film     int64 `json:"film,string"`
	Playing  bool  `json:"playing"`
	Position int64 `json:"position"`
	At       int64 `json:"at"`
}

func (n Now) place() filmPlace {
	return filmPlace{n.Subject, n.Playing, n.Position.Milliseconds(), n.PlayedAt.UnixMilli()}
}

// playFilm plays the film, stops it or moves it for everybody, for whoever presents. Without a
// position (no script says it) it goes on from where it is.
func (c *Component) playFilm(tx *db.Tx, a space.Access, f form) error {
	n, err := hold(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if err := component.Must(a, canPresent(a, n.Presenter)); err != nil {
		return err
	}
	if n.Showing != ShowFilm || n.Subject != f.number("film") {
		return fault.New(fault.Conflict, "stage.not_shown")
	}
	if n.Playing {
		n.Position += tx.Now.Sub(n.PlayedAt)
	}
	if f.text("position") != "" {
		n.Position = time.Duration(f.number("position")) * time.Millisecond
	}
	n.Position = min(max(n.Position, 0), longestFilm)
	switch f.text("do") {
	case "play":
		n.Playing = true
	case "pause":
		n.Playing = false
	case "seek":
	default:
		return fault.New(fault.Invalid, "stage.unreadable")
	}
	n.PlayedAt = tx.Now
	if err := n.save(tx); err != nil {
		return err
	}
	if err := c.say(tx, a.Space.ID, "stage-film", n.place()); err != nil {
		return err
	}
	film, err := findFilm(tx, a.Space.ID, n.Subject)
	if err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, film.subject()), FilmMoved{film.ID, n.Playing, n.Position.Seconds()})
	return err
}
