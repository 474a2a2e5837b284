package meeting

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

// screenQueue is how many of those who wait the hall's screen shows, and shown how many speakers
// the console lists.
const (
	screenQueue = 5
	shown       = 30
)

// errorList lists the refusals of the form that was sent, in the order of the fields.
func errorList(v view, order ...string) (out []ui.FieldError) {
	for _, field := range order {
		if text, ok := v.errs[field]; ok {
			at := field
			switch {
			case v.form.act == "move":
				at = field + "-" + v.form.text("hand")
			case v.form.act == "drop":
				at = "drop-" + v.form.text("hand")
			case field == "message":
				at = "message-text"
			}
			out = append(out, ui.FieldError{Field: at, Text: text})
		}
	}
	return out
}

// count is a number that changes while one looks, with its word.
func count(ctx context.Context, name string, n int64, word string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<span class="live-count"><b data-count="`+name+`">`+site.Number(ctx, n)+`</b> `+templ.EscapeString(word)+`</span>`)
		return err
	})
}

func notOpenText(ctx context.Context, v view) string {
	switch {
	case v.state.Held():
		return site.T(ctx, "meeting.closed_text", "at", v.state.Sittings[len(v.state.Sittings)-1].Closed)
	case v.date.IsZero():
		return site.T(ctx, "meeting.to_come_undated")
	default:
		return site.T(ctx, "meeting.to_come_text", "at", v.date)
	}
}

func openText(ctx context.Context, v view) string {
	if v.state.Held() {
		return site.T(ctx, "meeting.reopen")
	}
	return site.T(ctx, "meeting.open")
}

func waitText(ctx context.Context, v view) string {
	if h := v.state.mine(v.access.Viewer.Account); h != nil && h.Text != "" {
		return site.T(ctx, "meeting.mine.written_text")
	}
	return site.T(ctx, "meeting.mine.waiting_text")
}

// clockWord says that the time is nearly over, or over.
func clockWord(ctx context.Context, v view) string {
	left, limited := v.state.left(v.now)
	switch {
	case !limited || left > soon:
		return ""
	case left > 0:
		return site.T(ctx, "meeting.clock.soon")
	default:
		return site.T(ctx, "meeting.clock.over")
	}
}

// soon is when a speaker is warned, before the end of their time.
const soon = 30 * time.Second

func itemNote(ctx context.Context, i component.AgendaItem) string {
	var note []string
	if i.Speaker != "" {
		note = append(note, i.Speaker)
	}
	if i.Minutes > 0 {
		note = append(note, site.T(ctx, "meeting.minutes", "n", i.Minutes))
	}
	return strings.Join(note, ", ")
}

// currentItem is the title of the item the assembly is at, as the agenda has it now.
func currentItem(v view) string {
	for i, item := range v.agenda {
		if item.ID == v.state.Item {
			return strconv.Itoa(i+1) + ". " + item.Title
		}
	}
	return v.state.ItemTitle
}

func itemSaid(ctx context.Context, v view) string {
	if item := currentItem(v); item != "" {
		return site.T(ctx, "meeting.said.item", "title", item)
	}
	return ""
}

// nextItem is the item behind the one the assembly is at; nil behind the last.
func nextItem(v view) *component.AgendaItem {
	for i, item := range v.agenda {
		if item.ID == v.state.Item {
			if i+1 < len(v.agenda) {
				return &v.agenda[i+1]
			}
			return nil
		}
	}
	if v.state.Item != 0 { // it was taken off the agenda
		return nil
	}
	return &v.agenda[0]
}

func quorumVerdict(ctx context.Context, q quorum) ui.VerdictProps {
	if q.figures.Reached {
		return ui.VerdictProps{Kind: ui.Adopted, Text: site.T(ctx, "meeting.quorum.reached")}
	}
	return ui.VerdictProps{Kind: ui.Pending, Text: site.T(ctx, "meeting.quorum.not_reached")}
}

func quorumText(ctx context.Context, q quorum) string {
	return site.T(ctx, "meeting.quorum.text", "names", q.names[site.From(ctx).Lang], "attended", plainNumber(q.figures.Attended), "required", plainNumber(q.required()))
}

// kindOptions are what one can ask the floor for now.
func kindOptions(ctx context.Context, v view) (out []ui.Option) {
	for _, k := range SpeechKinds {
		if k == Interposed && v.state.Floor == nil {
			continue
		}
		out = append(out, ui.Option{Value: string(k), Label: site.T(ctx, kindWords[k]) + ", " + site.T(ctx, kindWords[k]+".hint")})
	}
	return out
}

// groupOptions are the groups in which one can count oneself; or none.
func groupOptions(ctx context.Context, groups []string) []ui.Option {
	out := []ui.Option{{Value: "", Label: site.T(ctx, "meeting.group.none")}}
	for _, g := range groups {
		out = append(out, ui.Option{Value: g, Label: g})
	}
	return out
}

func orderOptions(ctx context.Context) (out []ui.Option) {
	for _, o := range Orders {
		out = append(out, ui.Option{Value: string(o), Label: site.T(ctx, orderWords[o])})
	}
	return out
}

func limitOptions(ctx context.Context) (out []ui.Option) {
	for _, l := range limits {
		text := site.T(ctx, "meeting.time.none")
		if l > 0 {
			text = site.T(ctx, "meeting.time.of", "time", minutes(l))
		}
		out = append(out, ui.Option{Value: strconv.Itoa(seconds(l)), Label: text})
	}
	return out
}

// bars draws what each person had of the floor.
func bars(ctx context.Context, list []Share) (out []ui.Bar) {
	for _, s := range list[:min(len(list), shown)] {
		out = append(out, ui.Bar{Label: s.Name, Value: s.Took.Seconds(), Text: site.T(ctx, "meeting.shares.line", "time", minutes(s.Took), "n", s.Speeches)})
	}
	return out
}

// categoryBars draws the time that a category's shares had beneath the people they are.
func categoryBars(ctx context.Context, c component.SpeechCategory) (out []ui.Bar) {
	people, took := c.Totals()
	for _, s := range c.Shares {
		crowd, time := component.SpeechPercent(s.People, people), component.SpeechPercent(s.Took, took)
		out = append(out, ui.Bar{Label: s.Name, Value: float64(time), Text: site.T(ctx, "meeting.shares.time", "percent", time, "time", minutes(s.Took)),
			Beside: &ui.Bar{Value: float64(crowd), Text: site.T(ctx, "meeting.shares.crowd", "percent", crowd, "n", s.People)}})
	}
	return out
}

// namesText lists names, as many as one reads.
func namesText(ctx context.Context, names []string) string {
	text := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		text += " " + site.T(ctx, "meeting.shares.more", "n", more)
	}
	return text
}
