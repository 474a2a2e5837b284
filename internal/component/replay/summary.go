package replay

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// telling is what a summary is made of beside the timeline.
type telling struct {
	outcomes map[string][]string // by the subject of what was put to the room
	written  []component.WrittenSpeech
	voices   []Talk // how long each voice was heard, longest first
	t        component.Translate
}

// Debates is a summary of the debates in plain sentences, item by item: who spoke and how long, what
// was asked and answered, put to the room and to the vote and with what result, what disturbed the
// session; at its end how long each voice was heard. People edit it.
func (c *Component) Debates(tx *db.Tx, sp space.Space, lang i18n.Lang, written bool) (string, error) {
	line, err := c.timeline(tx, sp)
	if err != nil {
		return "", err
	}
	w := telling{outcomes: map[string][]string{}, t: func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }}
	err = component.Ask(c.deps, func(k component.OutcomeKeeper) error {
		more, err := k.Outcomes(tx, sp, lang)
		maps.Copy(w.outcomes, more)
		return err
	})
	if err != nil {
		return "", err
	}
	if written {
		err = component.Ask(c.deps, func(k component.SpeechKeeper) (err error) {
			w.written, err = k.WrittenSpeeches(tx, sp.ID)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	if w.voices, err = c.voices(tx, sp.ID); err != nil {
		return "", err
	}
	return w.summary(line), nil
}

// voices lists whose voice was heard, longest first.
func (c *Component) voices(tx *db.Tx, spaceID int64) (list []Talk, err error) {
	err = component.Ask(c.deps, func(k component.VoiceTimeKeeper) error {
		times, err := k.VoiceTimes(tx, spaceID)
		if err != nil {
			return err
		}
		for account, took := range times {
			a, err := people.FindAccount(tx, account)
			if err != nil {
				return err
			}
			list = append(list, Talk{Account: account, Name: a.Name, Took: took})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Talk) int { return cmp.Or(cmp.Compare(b.Took, a.Took), cmp.Compare(a.Name, b.Name)) })
	return list, err
}

// summary writes in the form in which minutes are typed: "## " before a title, "- " before a point.
func (w telling) summary(line Timeline) string {
	var out []string
	add := func(title string, points []string) {
		if len(points) > 0 {
			out = append(out, "## "+title+"\n- "+strings.Join(points, "\n- "))
		}
	}
	for _, c := range line.Chapters {
		var points []string
		if spoke := speakers(c.Talks, w.t); spoke != "" {
			points = append(points, w.t("replay.summary.spoke", "names", spoke))
		}
		for _, talk := range c.Talks {
			for _, s := range w.written {
				if s.Name == talk.Name && (line.at(s.At)-talk.At).Abs() < time.Second {
					points = append(points, w.t("replay.summary.written", "name", s.Name, "text", oneLine(s.Text)))
				}
			}
		}
		for _, e := range c.Events {
			if text := w.point(e); text != "" {
				points = append(points, text)
			}
		}
		title := c.Title
		if title == "" {
			title = w.t("replay.chapter.none")
		}
		add(title, points)
	}
	if len(w.voices) > 0 {
		add(w.t("replay.summary.voices"), []string{w.t("replay.summary.voices_text", "names", speakers(w.voices, w.t))})
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

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// point is an event in a sentence of its own, with what came of it; "" for what minutes do not tell.
func (w telling) point(e Event) string {
	p := e.said
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
	text := w.t(key, "text", oneLine(p.Text), "answer", oneLine(p.Answer), "reason", oneLine(p.Reason), "question", oneLine(p.Question), "title", p.Title, "n", p.Answered,
		"names", p.Names, "left", p.Left, "of", p.Of)
	if e.Kind == "vote.closed" || e.Kind == "poll.stopped" {
		for _, came := range w.outcomes[e.about] {
			text += " " + oneLine(came)
		}
	}
	return text
}
