package talk

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs is the page of questions, where people meet or have asked something.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	phases, err := space.Phases(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	shown := false
	for _, p := range phases {
		shown = shown || p.Key == space.PhaseMeeting || p.Key == space.PhaseQuestions
	}
	if !shown {
		n, err := countStates(tx, a.Space.ID)
		if err != nil || len(n) == 0 {
			return nil, err
		}
	}
	return []component.Tab{{Order: 22, Text: t("talk.questions"), Href: a.Space.Path() + "/questions"}}, nil
}

// Now is asking questions, in the step that is for them.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if !canWrite(a) {
		return nil, nil
	}
	phases, err := space.Phases(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range phases {
		if p.Key != space.PhaseQuestions || p.State(tx.Now) != 0 || p.End.IsZero() {
			continue
		}
		s, err := loadSettings(tx, a.Space.ID)
		if err != nil || s.QuestionsClosed {
			return nil, err
		}
		return []component.Now{{Urgency: 20, Title: site.T(ctx, "talk.now"), Text: site.T(ctx, "talk.now_text", "end", p.End),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "talk.now_go"), Href: a.Space.Path() + "/questions", Icon: ui.IconArrow}}}}, nil
	}
	return nil, nil
}

// Contribute adds to the minutes the questions and their answers, where those who lead have not
// chosen otherwise, and what was written to everybody, where they have chosen so.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) (out []component.Part, err error) {
	if d != component.Minutes {
		return nil, nil
	}
	s, err := loadSettings(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	if s.MinutesQuestions {
		list, err := allQuestions(tx, sp.ID)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			out = append(out, component.Part{Order: 41, Blocks: questionBlocks(list, t)})
		}
	}
	if s.MinutesChat {
		list, err := transcript(tx, sp.ID, false)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			out = append(out, component.Part{Order: 43, Blocks: chatBlocks(list, sp, lang, t)})
		}
	}
	return out, nil
}

// chatBlocks are what was written to everybody, as it came.
func chatBlocks(list []said, sp space.Space, lang i18n.Lang, t component.Translate) []doc.Block {
	var items doc.List
	for _, m := range list {
		if m.State == Shown {
			items.Items = append(items.Items, doc.ListItem{Text: doc.Plain(i18n.Clock(lang, m.At.In(sp.Zone())) + " · " + m.Name + " · " + m.Text)})
		}
	}
	return []doc.Block{doc.Heading{Level: 1, Text: doc.Plain(t("talk.minutes.chat"))}, items}
}

// questionBlocks are the questions, each with what has become of it.
func questionBlocks(list []Question, t component.Translate) []doc.Block {
	var items doc.List
	for _, q := range list {
		if q.State == Joined {
			continue
		}
		items.Items = append(items.Items, doc.ListItem{Text: doc.Plain(q.Text), Sub: []doc.Inline{
			doc.Plain(t("talk.minutes.by", "name", q.Name, "n", q.Support)), doc.Plain(fate(t, q))}})
	}
	return []doc.Block{doc.Heading{Level: 1, Text: doc.Plain(t("talk.minutes.questions"))}, items}
}

// fate says what has become of a question.
func fate(t component.Translate, q Question) string {
	switch {
	case q.State == Replied && q.Answer != "":
		return t("talk.minutes.answer", "answer", q.Answer)
	case q.State == Replied:
		return t("talk.minutes.aloud")
	case q.State == Aside:
		return t("talk.minutes.aside", "reason", q.Reason)
	default:
		return t("talk.minutes.open")
	}
}

// line is a question as files have it.
type line struct {
	Number  int64     `json:"id,string"`
	Item    string    `json:"item,omitempty"`
	Name    string    `json:"name"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	Support int64     `json:"support"`
	State   State     `json:"state"`
	Into    int64     `json:"merged_into,omitempty,string"`
	Answer  string    `json:"answer,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Settled time.Time `json:"settled_at,omitzero"`
}

func (c *Component) lines(tx *db.Tx, spaceID int64) ([]line, error) {
	items, err := c.agenda(tx, spaceID)
	if err != nil {
		return nil, err
	}
	list, err := allQuestions(tx, spaceID)
	out := make([]line, len(list))
	for i, q := range list {
		out[i] = line{q.ID, titleOf(items, q.Item), q.Name, q.Text, q.At, q.Support, q.State, q.Into, q.Answer, q.Reason, q.Settled}
	}
	return out, err
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// write adds the questions, and, where chat says so, what was written to everybody and to those who
// lead. What two people wrote in private is in no file but their own.
func (c *Component) write(tx *db.Tx, sp space.Space, folder string, chat, lead bool, add component.AddFile) error {
	list, err := c.lines(tx, sp.ID)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if err := add(folder+"questions.json", writeJSON(list)); err != nil {
			return err
		}
	}
	if !chat {
		return nil
	}
	talk, err := transcript(tx, sp.ID, lead)
	if err != nil || len(talk) == 0 {
		return err
	}
	return add(folder+"chat.json", writeJSON(talk))
}

// Evidence is the questions and what has become of them, and the chat where it goes with the minutes.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	s, err := loadSettings(tx, sp.ID)
	if err != nil {
		return err
	}
	return c.write(tx, sp, "live/", s.MinutesChat, false, add)
}

// Export writes what was written in every space.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := spacesWithTalk(tx)
	if err != nil {
		return err
	}
	for _, id := range list {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		if err := c.write(tx, sp, sp.Slug+"/live/", true, true, add); err != nil {
			return err
		}
	}
	return nil
}

// file answers with the questions to whoever reads them.
func (c *Component) file(w http.ResponseWriter, r *http.Request, mime, name string, write func(io.Writer, []line) error) error {
	var list []line
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canRead(a)); err != nil {
			return err
		}
		list, err = c.lines(tx, a.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("slug")+"-"+name+`"`)
	return write(w, list)
}

func (c *Component) exportJSON(w http.ResponseWriter, r *http.Request) error {
	return c.file(w, r, "application/json", "questions.json", func(w io.Writer, list []line) error { return writeJSON(list)(w) })
}

func (c *Component) exportCSV(w http.ResponseWriter, r *http.Request) error {
	return c.file(w, r, "text/csv; charset=utf-8", "questions.csv", func(w io.Writer, list []line) error {
		out := csv.NewWriter(w)
		_ = out.Write([]string{"id", "item", "name", "text", "at", "support", "state", "merged_into", "answer", "reason"}) // Error says it
		for _, q := range list {
			_ = out.Write([]string{strconv.FormatInt(q.Number, 10), q.Item, q.Name, q.Text, q.At.Format(time.RFC3339), strconv.FormatInt(q.Support, 10),
				string(q.State), strconv.FormatInt(q.Into, 10), q.Answer, q.Reason})
		}
		out.Flush()
		return out.Error()
	})
}
