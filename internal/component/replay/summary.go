package replay

import (
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// Debates is a summary of the debates in plain sentences, item by item: who spoke and how long, what
// was asked and answered, put to the room and to the vote, what disturbed the session. People edit it.
func (c *Component) Debates(tx *db.Tx, sp space.Space, lang i18n.Lang) (string, error) {
	line, err := c.timeline(tx, sp)
	if err != nil {
		return "", err
	}
	return summary(line, func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }), nil
}

// summary writes in the form in which minutes are typed: "## " before a title, "- " before a point.
func summary(line Timeline, t component.Translate) string {
	var out []string
	for _, c := range line.Chapters {
		var points []string
		if spoke := speakers(c.Talks, t); spoke != "" {
			points = append(points, "- "+t("replay.summary.spoke", "names", spoke))
		}
		for _, e := range c.Events {
			if text := point(e, t); text != "" {
				points = append(points, "- "+text)
			}
		}
		if len(points) == 0 {
			continue
		}
		title := c.Title
		if title == "" {
			title = t("replay.chapter.none")
		}
		out = append(out, "## "+title+"\n"+strings.Join(points, "\n"))
	}
	return strings.Join(out, "\n\n")
}

// speakers lists who spoke, in the order in which they first did, with the time they had the floor.
func speakers(talks []Talk, t component.Translate) string {
	var sums []Talk
	at := map[string]int{}
	for _, talk := range talks {
		i, known := at[talk.Name]
		if !known {
			i = len(sums)
			at[talk.Name], sums = i, append(sums, Talk{Name: talk.Name})
		}
		sums[i].Took += talk.Took
	}
	var out []string
	for _, s := range sums {
		out = append(out, t("replay.summary.speaker", "name", s.Name, "took", clock(s.Took)))
	}
	return strings.Join(out, ", ")
}

// point is an event in a sentence of its own; "" for what minutes do not tell.
func point(e Event, t component.Translate) string {
	p := e.said
	oneLine := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	key := "replay.summary." + e.Kind
	switch e.Kind {
	case "talk.answered":
		if p.Answer == "" {
			key += ".aloud"
		}
	case "talk.set_aside", "poll.stopped", "vote.opened", "vote.closed", "meeting.quorum_lost", "meeting.quorum_reached", "meeting.many_left":
	default:
		return ""
	}
	return t(key, "text", oneLine(p.Text), "answer", oneLine(p.Answer), "reason", oneLine(p.Reason), "question", oneLine(p.Question), "title", p.Title, "n", p.Answered,
		"names", p.Names, "left", p.Left, "of", p.Of)
}
