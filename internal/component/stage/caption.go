package stage

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Tongue is a language in which what is said can be typed, under its own name.
type Tongue struct{ Code, Name string }

// Tongues are those one can choose.
var Tongues = []Tongue{{"fr", "Français"}, {"en", "English"}, {"ar", "العربية"}, {"br", "Brezhoneg"}, {"de", "Deutsch"}, {"es", "Español"},
	{"it", "Italiano"}, {"nl", "Nederlands"}, {"pt", "Português"}, {"uk", "Українська"}}

func tongueName(code string) string {
	for _, t := range Tongues {
		if t.Code == code {
			return t.Name
		}
	}
	return ""
}

// Captioner is somebody who types what is said.
type Captioner struct {
	Lang    string
	Account int64
	Name    string
}

// Caption is a line of what was said.
type Caption struct {
	ID   int64     `json:"id,string"`
	Lang string    `json:"lang"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// maxCaption is the longest line, in characters.
const maxCaption = 300

// captions are the lines of a language, oldest first; the last ones when limit is not 0.
func captions(tx *db.Tx, spaceID int64, lang string, limit int) ([]Caption, error) {
	if limit == 0 {
		limit = 1_000_000
	}
	return db.All(tx, `SELECT id, lang, text, typed_at FROM (SELECT id, lang, text, typed_at FROM stage_caption
		WHERE space_id = $1 AND lang = $2 ORDER BY id DESC LIMIT $3) AS last ORDER BY id`, []any{spaceID, lang, limit},
		func(scan func(...any) error) (c Caption, err error) { return c, scan(&c.ID, &c.Lang, &c.Text, &c.At) })
}

// tonguesOf are the languages that somebody types, or has typed, in the space.
func tonguesOf(tx *db.Tx, spaceID int64) (list []Tongue, err error) {
	used := map[string]bool{}
	err = tx.Each(`SELECT lang FROM stage_captioner WHERE space_id = $1 UNION SELECT lang FROM stage_caption WHERE space_id = $1`, []any{spaceID},
		func(scan func(...any) error) error {
			var lang string
			err := scan(&lang)
			used[lang] = true
			return err
		})
	for _, t := range Tongues {
		if used[t.Code] {
			list = append(list, t)
		}
	}
	return list, err
}

func captioners(tx *db.Tx, spaceID int64) ([]Captioner, error) {
	return db.All(tx, `SELECT c.lang, c.account_id, a.name FROM stage_captioner c JOIN account a ON a.id = c.account_id
		WHERE c.space_id = $1 ORDER BY c.lang, a.name`, []any{spaceID},
		func(scan func(...any) error) (c Captioner, err error) { return c, scan(&c.Lang, &c.Account, &c.Name) })
}

// captions tells in which languages the viewer types.
func typesIn(list []Captioner, a space.Access) (tongues []Tongue) {
	for _, t := range Tongues {
		for _, c := range list {
			if c.Lang == t.Code && canCaption(a, c.Account) {
				tongues = append(tongues, t)
			}
		}
	}
	return tongues
}

// nameCaptioner lets somebody type what is said in a language.
func (c *Component) nameCaptioner(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	wrong := fault.Fields{}
	lang := f.text("lang")
	if tongueName(lang) == "" {
		wrong.Add("lang", "stage.captioner.lang_missing")
	}
	who, err := c.named(tx, a.Space.ID, f.text("captioner"))
	if err != nil {
		return err
	}
	if who.Account == 0 {
		wrong.Add("captioner", "stage.presenter.unknown")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	n, err := tx.Exec("INSERT INTO stage_captioner (space_id, lang, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", a.Space.ID, lang, who.Account)
	if err != nil || n == 0 {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage-captions")
	_, err = journal.Append(tx, about(a, a.Space.Subject()), CaptionerNamed{Name: who.Name, Lang: lang})
	return err
}

func (c *Component) removeCaptioner(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	list, err := captioners(tx, a.Space.ID)
	if err != nil {
		return err
	}
	for _, known := range list {
		if known.Account != f.number("account") || known.Lang != f.text("lang") {
			continue
		}
		if _, err := tx.Exec("DELETE FROM stage_captioner WHERE space_id = $1 AND lang = $2 AND account_id = $3", a.Space.ID, known.Lang, known.Account); err != nil {
			return err
		}
		c.deps.LiveChanged(tx, a.Space.ID, "stage-captions")
		_, err = journal.Append(tx, about(a, a.Space.Subject()), CaptionerRemoved{Name: known.Name, Lang: known.Lang})
		return err
	}
	return nil
}

// caption adds a line of what is said; the message carries it to everybody.
func (c *Component) caption(tx *db.Tx, a space.Access, f form) error {
	list, err := captioners(tx, a.Space.ID)
	if err != nil {
		return err
	}
	lang, may := f.text("lang"), false
	for _, t := range typesIn(list, a) {
		may = may || t.Code == lang
	}
	if err := component.Must(a, may); err != nil {
		return err
	}
	text := strings.Join(strings.Fields(f.text("text")), " ")
	switch {
	case text == "":
		return fault.Fields{"text": fault.New(fault.Invalid, "stage.caption.empty")}
	case utf8.RuneCountInString(text) > maxCaption:
		return fault.Fields{"text": fault.New(fault.Invalid, "stage.too_long", "max", maxCaption)}
	}
	line := Caption{tx.NewID(), lang, text, tx.Now}
	_, err = tx.Exec("INSERT INTO stage_caption (id, space_id, lang, text, typed_by, typed_at) VALUES ($1, $2, $3, $4, $5, $6)",
		line.ID, a.Space.ID, lang, text, a.Viewer.Account, tx.Now)
	if err != nil {
		return err
	}
	if err := c.say(tx, a.Space.ID, "stage-caption", line); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, a.Space.Subject()), CaptionTyped{lang, text})
	return err
}

// longestCue is how long a line stays when no other follows.
const longestCue = 7 * time.Second

// writeVTT writes lines as WebVTT, which players of films read: times count from the first line.
func writeVTT(w io.Writer, list []Caption) error {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	if len(list) > 0 {
		fmt.Fprintf(&b, "\nNOTE 00:00:00.000 is %s\n", list[0].At.UTC().Format(time.RFC3339Nano))
	}
	for i, c := range list {
		begin := c.At.Sub(list[0].At)
		end := begin + longestCue
		if i+1 < len(list) {
			end = min(end, list[i+1].At.Sub(list[0].At))
		}
		end = max(end, begin+time.Second/2)
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", cueTime(begin), cueTime(end), cueText.Replace(c.Text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cueText keeps a line from being marks of the format.
var cueText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func cueTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
