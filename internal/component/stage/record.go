package stage

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// showing is a time at which something was put before everybody.
type showing struct {
	At time.Time `json:"at"`
	Shown
}

// showings are all of them, in order, as the journal has them.
func showings(tx *db.Tx, spaceID int64) (list []showing, err error) {
	events, err := journal.Read(tx, journal.Filter{Space: spaceID, Kinds: []string{Shown{}.EventKind()}})
	for _, e := range events {
		s := showing{At: e.At}
		if e.Erased() {
			continue
		}
		if err := json.Unmarshal(e.Payload, &s.Shown); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, err
}

// Contribute tells the minutes what was shown, and when first.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	if d != component.Minutes {
		return nil, nil
	}
	all, err := showings(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	seen := map[Shown]bool{}
	var list doc.List
	for _, s := range all {
		if !seen[s.Shown] {
			seen[s.Shown] = true
			list.Items = append(list.Items, doc.ListItem{Text: doc.Plain(t("stage.minutes."+string(s.Showing), "title", s.Title, "at", s.At.In(sp.Zone())))})
		}
	}
	tongues, err := tonguesOf(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	for _, tongue := range tongues {
		var typed, machine int
		if err := tx.Row("SELECT count(CASE WHEN made = 'person' THEN 1 END), count(CASE WHEN made <> 'person' THEN 1 END) FROM stage_caption WHERE space_id = $1 AND lang = $2",
			[]any{sp.ID, tongue.Code}, &typed, &machine); err != nil {
			return nil, err
		}
		for _, told := range []struct {
			key string
			n   int
		}{{"stage.minutes.captions", typed}, {"stage.minutes.machine", machine}} {
			if told.n > 0 {
				list.Items = append(list.Items, doc.ListItem{Text: doc.Inline{{Text: t(told.key, "lang", tongue.Name, "n", told.n),
					Link: c.deps.Site.URL + sp.Path() + "/captions/" + tongue.Code + ".vtt"}}})
			}
		}
	}
	if len(list.Items) == 0 {
		return nil, nil
	}
	return []component.Part{{Order: 35, Blocks: []doc.Block{doc.Heading{Level: 1, Text: doc.Plain(t("stage.minutes"))}, list}}}, nil
}

// ShownSlides lists the slides that people of the space were shown.
func (c *Component) ShownSlides(tx *db.Tx, sp space.Space) (out []component.Slides, err error) {
	list, err := decks(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if !d.Shown() || d.State != Ready {
			continue
		}
		pages, err := pagesOf(tx, d.ID)
		if err != nil {
			return nil, err
		}
		s := component.Slides{Deck: d.ID, File: d.File, Title: d.Title, Path: d.path(sp)}
		for _, p := range pages {
			s.Texts = append(s.Texts, p.Text)
		}
		out = append(out, s)
	}
	return out, nil
}

// record is what a session showed, as the legal file and the export have it.
type record struct {
	Space string       `json:"space"`
	Shown []showing    `json:"shown"`
	Decks []deckRecord `json:"decks"`
	Films []Film       `json:"films,omitempty"`
}

// deckRecord is a deck with what was said and drawn on its pages.
type deckRecord struct {
	Deck
	Pages []pageRecord `json:"page"`
}

type pageRecord struct {
	Number   int      `json:"number"`
	Text     string   `json:"text"`
	Drawings []Stroke `json:"drawings,omitempty"`
}

// Evidence puts what was shown into the legal file: the slides as they were brought, when they were
// shown, and what was drawn over them.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	return c.write(tx, sp, "stage/", false, add)
}

// write adds the record of a space under a folder; all takes what nobody was shown too, and the
// pictures of the pages.
func (c *Component) write(tx *db.Tx, sp space.Space, folder string, all bool, add component.AddFile) error {
	r := record{Space: sp.Slug}
	var err error
	if r.Shown, err = showings(tx, sp.ID); err != nil {
		return err
	}
	list, err := decks(tx, sp.ID)
	if err != nil {
		return err
	}
	for n, d := range list {
		if !all && !d.Shown() {
			continue
		}
		name := fmt.Sprintf("%s%02d-%s", folder, n+1, fileName(d.Title))
		if err := c.copyFile(tx, d.File, name+".pdf", add); err != nil {
			return err
		}
		entry := deckRecord{Deck: d}
		pages, err := pagesOf(tx, d.ID)
		if err != nil {
			return err
		}
		for _, p := range pages {
			drawn, err := strokes(tx, d.ID, p.Number)
			if err != nil {
				return err
			}
			entry.Pages = append(entry.Pages, pageRecord{p.Number, p.Text, drawn})
			if !all {
				continue
			}
			for size, picture := range map[string]Picture{"": p.Large, "-small": p.Small} {
				if err := c.copyFile(tx, picture.Key, fmt.Sprintf("%s-%03d%s%s", name, p.Number, size, strings.Replace(picture.MIME, "image/", ".", 1)), add); err != nil {
					return err
				}
			}
		}
		r.Decks = append(r.Decks, entry)
	}
	if err := c.writeFilms(tx, sp, folder, all, &r, add); err != nil {
		return err
	}
	if err := writeCaptions(tx, sp, folder, add); err != nil {
		return err
	}
	if len(r.Shown)+len(r.Decks)+len(r.Films) == 0 {
		return nil
	}
	return add(folder+"stage.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}

// writeFilms adds the films that have a file here.
func (c *Component) writeFilms(tx *db.Tx, sp space.Space, folder string, all bool, r *record, add component.AddFile) error {
	list, err := films(tx, sp.ID)
	if err != nil {
		return err
	}
	for n, f := range list {
		if !all && !f.Shown() {
			continue
		}
		r.Films = append(r.Films, f)
		name := fmt.Sprintf("%sfilm-%02d-%s", folder, n+1, fileName(f.Title))
		if f.File != "" {
			if err := c.copyFile(tx, f.File, name+strings.Replace(f.MIME, "video/", ".", 1), add); err != nil {
				return err
			}
		}
		if f.Subtitles != "" {
			if err := c.copyFile(tx, f.Subtitles, name+"."+f.Lang+".vtt", add); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCaptions adds what was typed of what was said, a file per language.
func writeCaptions(tx *db.Tx, sp space.Space, folder string, add component.AddFile) error {
	tongues, err := tonguesOf(tx, sp.ID)
	if err != nil {
		return err
	}
	for _, t := range tongues {
		lines, err := captions(tx, sp.ID, t.Code, 0)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			continue
		}
		if err := add(folder+"captions-"+t.Code+".vtt", func(w io.Writer) error { return writeVTT(w, lines) }); err != nil {
			return err
		}
	}
	return nil
}

// Export writes what every session of the organisation showed.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT id FROM space ORDER BY id", nil, func(scan func(...any) error) (n int64, err error) { return n, scan(&n) })
	if err != nil {
		return err
	}
	for _, n := range ids {
		sp, err := space.Find(tx, n)
		if err != nil {
			return err
		}
		if err := c.write(tx, sp, "stage/"+sp.Slug+"/", true, add); err != nil {
			return err
		}
	}
	return nil
}

// copyFile writes a kept file into an archive.
func (c *Component) copyFile(tx *db.Tx, key, name string, add component.AddFile) error {
	return add(name, func(w io.Writer) error {
		content, err := c.deps.Blobs.Get(tx.Context(), key)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer content.Close()
		_, err = io.Copy(w, content)
		return err
	})
}

// fileName is a name that every archive and file system takes, made of a title.
func fileName(title string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, people.Fold(title))
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' }), "-")
	if len(name) > 60 {
		name = strings.Trim(name[:60], "-")
	}
	if name == "" {
		return "document"
	}
	return name
}
