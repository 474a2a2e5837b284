package stage

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Captioner is somebody who types what is said.
type Captioner struct {
	Lang    string
	Account int64
	Name    string
}

// Maker is who wrote a line.
type Maker string

const (
	ByPerson  Maker = "person"
	ByMachine Maker = "machine"
	Corrected Maker = "corrected" // a machine's, which somebody has corrected
)

// Caption is a line of what was said. Without a text it was taken off.
type Caption struct {
	ID   int64     `json:"id,string"`
	Lang string    `json:"lang"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
	Made Maker     `json:"made"`
	Who  string    `json:"who,omitempty"` // whose voice a machine wrote
}

func (c Caption) subject() string { return fmt.Sprintf("caption/%d", c.ID) }

// maxCaption is the longest line, in characters.
const maxCaption = 300

// captions are the lines of a language, oldest first; the last ones when limit is not 0.
func captions(tx *db.Tx, spaceID int64, lang string, limit int) ([]Caption, error) {
	if limit == 0 {
		limit = 1_000_000
	}
	return db.All(tx, "SELECT "+captionColumns+" FROM (SELECT "+captionColumns+` FROM stage_caption
		WHERE space_id = $1 AND lang = $2 ORDER BY id DESC LIMIT $3) AS last ORDER BY id`, []any{spaceID, lang, limit}, scanCaption)
}

const captionColumns = "id, lang, text, typed_at, made, speaker"

func scanCaption(scan func(...any) error) (c Caption, err error) {
	return c, scan(&c.ID, &c.Lang, &c.Text, &c.At, &c.Made, &c.Who)
}

func findCaption(tx *db.Tx, spaceID, id int64) (Caption, error) {
	return only(db.All(tx, "SELECT "+captionColumns+" FROM stage_caption WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanCaption))
}

// tonguesOf are the languages that somebody types, or has typed, in the space.
func tonguesOf(tx *db.Tx, spaceID int64) (list []component.Tongue, err error) {
	used := map[string]bool{}
	err = tx.Each(`SELECT lang FROM stage_captioner WHERE space_id = $1 UNION SELECT lang FROM stage_caption WHERE space_id = $1`, []any{spaceID},
		func(scan func(...any) error) error {
			var lang string
			err := scan(&lang)
			used[lang] = true
			return err
		})
	for _, t := range component.Tongues {
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

// typesIn tells in which languages the viewer types.
func typesIn(list []Captioner, a space.Access) (tongues []component.Tongue) {
	for _, t := range component.Tongues {
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
	if component.TongueName(lang) == "" {
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
	text, err := typedCaption(f)
	if err != nil {
		return err
	}
	line := Caption{ID: tx.NewID(), Lang: lang, Text: text, At: tx.Now, Made: ByPerson}
	_, err = tx.Exec("INSERT INTO stage_caption (id, space_id, lang, text, typed_by, typed_at) VALUES ($1, $2, $3, $4, $5, $6)",
		line.ID, a.Space.ID, lang, text, a.Viewer.Account, tx.Now)
	if err != nil {
		return err
	}
	if err := c.say(tx, a.Space.ID, "stage-caption", line); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, line.subject()), CaptionTyped{line.ID, lang, text})
	return err
}

// typedCaption is a line as it was typed.
func typedCaption(f form) (string, error) {
	text := strings.Join(strings.Fields(f.text("text")), " ")
	switch {
	case text == "":
		return "", fault.Fields{"text": fault.New(fault.Invalid, "stage.caption.empty")}
	case utf8.RuneCountInString(text) > maxCaption:
		return "", fault.Fields{"text": fault.New(fault.Invalid, "stage.too_long", "max", maxCaption)}
	}
	return text, nil
}
