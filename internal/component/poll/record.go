package poll

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs is the page of polls, where something was asked, or may be.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	n, err := countPolls(tx, a.Space.ID)
	if err != nil || n[Open]+n[Closed] == 0 && !canLead(a) {
		return nil, err
	}
	return []component.Tab{{Order: 24, Text: t("poll.tab"), Href: pollsPath(a.Space, "")}}, nil
}

// Now is answering what is asked between sessions; in a session, its page asks.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) (out []component.Now, err error) {
	if !a.TakesPart() {
		return nil, nil
	}
	list, err := polls(tx, a.Space.ID, Open)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	s, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil || s.Open {
		return nil, err
	}
	for _, p := range list {
		answered, _, err := mine(tx, p, a.Viewer.Account)
		if err != nil {
			return nil, err
		}
		if answered || !p.openAt(tx.Now) {
			continue
		}
		v := view{Poll: p, access: a}
		out = append(out, component.Now{Urgency: 28, Title: p.Question, Text: site.T(ctx, "poll.now"),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "poll.now_go"), Href: v.path(""), Icon: ui.IconArrow}}})
	}
	return out, nil
}

// closedOf lists the closed polls of a space with their results, the first asked first.
func closedOf(tx *db.Tx, spaceID int64) (list []Poll, results []Result, err error) {
	if list, err = polls(tx, spaceID, Closed); err != nil {
		return nil, nil, err
	}
	for _, p := range list {
		b, err := box(tx, p)
		if err != nil {
			return nil, nil, err
		}
		r, err := p.result(b)
		if err != nil {
			return nil, nil, err
		}
		results = append(results, r)
	}
	return list, results, nil
}

// Contribute adds the results of those polls whose results were to go with the minutes.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	if d != component.Minutes {
		return nil, nil
	}
	list, results, err := closedOf(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	var blocks []doc.Block
	for i, p := range list {
		if p.Minutes {
			blocks = append(blocks, p.inMinutes(results[i], t)...)
		}
	}
	if len(blocks) == 0 {
		return nil, nil
	}
	title := doc.Heading{Level: 1, Text: doc.Plain(t("poll.minutes"))}
	return []component.Part{{Order: 42, Blocks: append([]doc.Block{title}, blocks...)}}, nil
}

// inMinutes is a poll as the minutes have it: a table, and of a ranking how it was counted.
func (p Poll) inMinutes(r Result, t component.Translate) []doc.Block {
	table := doc.Table{Caption: p.Question, Columns: []doc.Column{{Title: t("poll.minutes.answer"), Width: 3}, {Title: t("poll.times"), Align: doc.AlignEnd}}}
	if p.Kind == Ranking {
		table.Columns[1].Title = t("poll.minutes.place")
	}
	for _, row := range r.shown() {
		n := row.N
		if p.Kind == Ranking {
			n = int64(row.Place)
		}
		label := row.Label
		if row.Right {
			label += " (" + t("poll.right") + ")"
		}
		table.Rows = append(table.Rows, []doc.Inline{doc.Plain(label), doc.Plain(strconv.FormatInt(n, 10))})
	}
	out := []doc.Block{table, doc.Paragraph{Text: doc.Plain(t("poll.minutes.answered", "n", r.Answered))}}
	if reasons := r.reasons(t); len(reasons) > 0 {
		var list doc.List
		for _, text := range reasons {
			list.Items = append(list.Items, doc.ListItem{Text: doc.Plain(text)})
		}
		out = append(out, list)
	}
	return out
}

// line is a poll as files have it.
type line struct {
	ID        int64        `json:"id,string"`
	Question  string       `json:"question"`
	Kind      Kind         `json:"kind"`
	Options   []Option     `json:"options,omitempty"`
	Anonymous bool         `json:"anonymous"`
	Method    string       `json:"method,omitempty"`
	Opened    time.Time    `json:"opened_at,omitzero"`
	Closed    time.Time    `json:"closed_at,omitzero"`
	Answered  int64        `json:"answered"`
	Results   []resultLine `json:"results"`
	Answers   []answerLine `json:"answers,omitempty"` // of a poll by name, for those entitled
}

type resultLine struct {
	Answer string `json:"answer"`
	N      int64  `json:"n,omitempty"`
	Place  int    `json:"place,omitempty"`
}

type answerLine struct {
	Name   string `json:"name"`
	Answer string `json:"answer"`
}

// lines are the closed polls of a space; names tells whose answers by name are with them.
func lines(tx *db.Tx, spaceID int64, names func(Poll) bool) ([]line, error) {
	list, results, err := closedOf(tx, spaceID)
	if err != nil {
		return nil, err
	}
	out := make([]line, len(list))
	for i, p := range list {
		out[i] = line{ID: p.ID, Question: p.Question, Kind: p.Kind, Options: p.Options, Anonymous: !p.Named, Method: p.Method, Opened: p.OpenedAt, Closed: p.ClosedAt, Answered: results[i].Answered}
		for _, row := range results[i].shown() {
			out[i].Results = append(out[i].Results, resultLine{row.Label, row.N, row.Place})
		}
		if names(p) {
			err := eachAnswer(tx, p, func(name string, a Answer) { out[i].Answers = append(out[i].Answers, answerLine{name, p.said(a)}) })
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

func (c *Component) write(tx *db.Tx, sp space.Space, name string, names bool, add component.AddFile) error {
	list, err := lines(tx, sp.ID, func(p Poll) bool { return names && p.Named })
	if err != nil || len(list) == 0 {
		return err
	}
	return add(name, writeJSON(list))
}

// Evidence is the results of the polls, without names.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	return c.write(tx, sp, "live/polls.json", false, add)
}

// Export writes the polls of every space.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := spacesWithPolls(tx)
	if err != nil {
		return err
	}
	for _, id := range list {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		if err := c.write(tx, sp, sp.Slug+"/live/polls.json", true, add); err != nil {
			return err
		}
	}
	return nil
}

// file answers with the closed polls, and with names to those who may read them.
func (c *Component) file(w http.ResponseWriter, r *http.Request, mime, ending string, write func(io.Writer, []line) error) error {
	var list []line
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		list, err = lines(tx, a.Space.ID, func(p Poll) bool { return canReadNames(a, p) })
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("slug")+"-polls."+ending+`"`)
	return write(w, list)
}

func (c *Component) exportJSON(w http.ResponseWriter, r *http.Request) error {
	return c.file(w, r, "application/json", "json", func(w io.Writer, list []line) error { return writeJSON(list)(w) })
}

func (c *Component) exportCSV(w http.ResponseWriter, r *http.Request) error {
	return c.file(w, r, "text/csv; charset=utf-8", "csv", func(w io.Writer, list []line) error {
		out := csv.NewWriter(w)
		_ = out.Write([]string{"question", "kind", "anonymous", "answered", "answer", "n", "place"}) // Error says it
		for _, p := range list {
			for _, r := range p.Results {
				_ = out.Write([]string{p.Question, string(p.Kind), strconv.FormatBool(p.Anonymous), strconv.FormatInt(p.Answered, 10), r.Answer, strconv.FormatInt(r.N, 10), strconv.Itoa(r.Place)})
			}
		}
		out.Flush()
		return out.Error()
	})
}

// ExportMember adds what the member answered by name, and which anonymous polls they took part in.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	type own struct {
		Question string          `json:"question"`
		Answer   json.RawMessage `json:"answer,omitempty"` // nobody knows it of an anonymous poll
	}
	list, err := db.All(tx, `SELECT p.question, a.answer FROM poll_answer a JOIN poll p ON p.id = a.poll_id WHERE a.account_id = $1
		UNION ALL SELECT p.question, '' FROM poll_taker t JOIN poll p ON p.id = t.poll_id WHERE t.account_id = $1 ORDER BY 1`,
		[]any{account}, func(scan func(...any) error) (o own, err error) {
			var answer string
			err = scan(&o.Question, &answer)
			o.Answer = json.RawMessage(answer)
			return o, err
		})
	if err != nil || len(list) == 0 {
		return err
	}
	return add("polls.json", writeJSON(list))
}

// EraseMember takes the member's name off what they answered: how often each answer was given stays.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	if _, err := tx.Exec("DELETE FROM poll_taker WHERE account_id = $1", account); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE poll_answer SET name = '' WHERE account_id = $1", account)
	return err
}
