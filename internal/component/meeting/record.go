package meeting

import (
	"context"
	"encoding/json"
	"io"
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

// Tabs is the live page, where the space meets or has met.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	seq, err := lastSeq(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	if seq == 0 {
		if date, err := meetingDate(tx, a.Space.ID); err != nil || date.IsZero() && !canLead(a) {
			return nil, err
		}
	}
	return []component.Tab{{Order: 25, Text: t("meeting.tab"), Href: a.Space.Path() + "/live"}}, nil
}

// near is how long before its date the chair is offered to open the session.
const near = 3 * time.Hour

// Now is joining the open session, or opening it when its hour comes.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	s, err := c.state(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	if s.Open {
		n := component.Now{Urgency: 29, Title: site.T(ctx, "meeting.now"), Text: site.T(ctx, "meeting.now_text"),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "meeting.now_go"), Href: a.Space.Path() + "/live", Icon: ui.IconArrow}}}
		if s.ItemTitle != "" {
			n.Facts = append(n.Facts, ui.Fact{Icon: ui.IconSpeech, Lead: site.T(ctx, "meeting.agenda.now"), Text: s.ItemTitle})
		}
		return []component.Now{n}, nil
	}
	date, err := meetingDate(tx, a.Space.ID)
	if err != nil || s.Held() || !canPreside(a) || date.IsZero() || date.Sub(tx.Now).Abs() > near {
		return nil, err
	}
	return []component.Now{{Urgency: 27, Title: site.T(ctx, "meeting.now_open"), Text: site.T(ctx, "meeting.to_come_text", "at", date),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "meeting.chair.go"), Href: a.Space.Path() + "/live/chair", Icon: ui.IconArrow}}}}, nil
}

// Contribute tells the minutes who spoke on what and for how long, beside the resolutions and
// before them (the components are asked in the order of the house), and what quorum was lost.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	if d != component.Minutes {
		return nil, nil
	}
	s, err := c.state(tx, sp.ID)
	if err != nil || !s.Held() {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	var out []component.Part
	if len(s.Talks) > 0 {
		shares, err := c.shareBlocks(tx, sp.ID, s, t)
		if err != nil {
			return nil, err
		}
		out = append(out, component.Part{Order: 40, Blocks: append(speechBlocks(s, t), shares...)})
	}
	if len(s.Incidents) > 0 {
		var list doc.List
		for _, i := range s.Incidents {
			key := "meeting.minutes.quorum_again"
			switch {
			case i.Lost:
				key = "meeting.minutes.quorum_lost"
			case i.Left > 0:
				key = "meeting.minutes.many_left"
			}
			list.Items = append(list.Items, doc.ListItem{Text: doc.Plain(t(key, "at", i.At.In(sp.Zone()), "names", i.Names, "attended", i.Attended, "required", i.Required, "n", i.Left, "of", i.Of))})
		}
		out = append(out, component.Part{Order: 70, Blocks: []doc.Block{list}})
	}
	return out, nil
}

// speechBlocks is a table per item of the agenda, in the order in which the assembly came to them.
func speechBlocks(s *State, t component.Translate) []doc.Block {
	blocks := []doc.Block{doc.Heading{Level: 1, Text: doc.Plain(t("meeting.minutes.speeches"))}}
	var order []string
	by := map[string]*State{}
	for _, talk := range s.Talks {
		if by[talk.Item] == nil {
			by[talk.Item] = &State{}
			order = append(order, talk.Item)
		}
		by[talk.Item].Talks = append(by[talk.Item].Talks, talk)
	}
	for _, item := range order {
		caption := item
		if caption == "" {
			caption = t("meeting.minutes.no_item")
		}
		table := doc.Table{Caption: caption, Columns: []doc.Column{{Title: t("meeting.minutes.who"), Width: 3},
			{Title: t("meeting.minutes.times"), Align: doc.AlignEnd}, {Title: t("meeting.minutes.took"), Align: doc.AlignEnd}}}
		for _, share := range by[item].shares(byPerson) {
			table.Rows = append(table.Rows, []doc.Inline{doc.Plain(share.Name), doc.Plain(strconv.Itoa(share.Speeches)), doc.Plain(minutes(share.Took))})
		}
		blocks = append(blocks, table)
	}
	return blocks
}

// shareBlocks tell how the time was shared between categories of people, so that nobody is exposed.
func (c *Component) shareBlocks(tx *db.Tx, spaceID int64, s *State, t component.Translate) (blocks []doc.Block, err error) {
	times, err := c.speechTimes(tx, spaceID, s)
	if err != nil {
		return nil, err
	}
	list, err := c.SpeechByCategory(tx, spaceID, times, t)
	for _, whole := range list {
		category, ok := whole.Public(t("meeting.shares.others"))
		if !ok {
			continue
		}
		table := doc.Table{Caption: category.Name, Columns: []doc.Column{{Title: t("meeting.minutes.part"), Width: 3},
			{Title: t("meeting.minutes.crowd"), Align: doc.AlignEnd, Width: 2}, {Title: t("meeting.minutes.time"), Align: doc.AlignEnd, Width: 2}}}
		people, took := category.Totals()
		for _, share := range category.Shares {
			table.Rows = append(table.Rows, []doc.Inline{doc.Plain(share.Name),
				doc.Plain(t("meeting.minutes.crowd_of", "n", share.People, "percent", component.SpeechPercent(share.People, people))),
				doc.Plain(t("meeting.minutes.time_of", "time", minutes(share.Took), "percent", component.SpeechPercent(share.Took, took)))})
		}
		blocks = append(blocks, table)
		if category.Note != "" {
			blocks = append(blocks, doc.Paragraph{Text: doc.Plain(category.Note)})
		}
	}
	return blocks, err
}

// file is a session as the legal file and the export have it.
type file struct {
	Space     string     `json:"space"`
	Sittings  []Sitting  `json:"sittings"`
	Talks     []Talk     `json:"speeches"`
	Messages  []Message  `json:"messages"`
	Passages  []Passage  `json:"passages"` // arrivals to the live page and departures from it
	Incidents []Incident `json:"incidents"`
}

// Evidence is the session: when it was open, who spoke, who came and went, what disturbed it.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	return c.write(tx, sp, "live/session.json", add)
}

func (c *Component) write(tx *db.Tx, sp space.Space, name string, add component.AddFile) error {
	s, err := c.state(tx, sp.ID)
	if err != nil || !s.Held() {
		return err
	}
	return add(name, writeJSON(file{sp.Slug, s.Sittings, s.Talks, s.Messages, s.Passages, s.Incidents}))
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// Export writes every session of the organisation.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := sessions(tx)
	if err != nil {
		return err
	}
	for _, id := range list {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		if err := c.write(tx, sp, "live/"+sp.Slug+".json", add); err != nil {
			return err
		}
	}
	return nil
}
