package voice

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

// sendsText says what is heard and seen of somebody.
func sendsText(ctx context.Context, p inside) string {
	list := []string{site.T(ctx, "voice.sends.no_microphone")}
	if p.Microphone {
		list[0] = site.T(ctx, "voice.sends.microphone")
	}
	if p.Camera {
		list = append(list, site.T(ctx, "voice.sends.camera"))
	}
	if p.Screen {
		list = append(list, site.T(ctx, "voice.sends.screen"))
	}
	return strings.Join(list, ", ")
}

// tryState says in a word what came of a step.
func tryState(ctx context.Context, t Try) string {
	switch {
	case t.At.IsZero():
		return site.T(ctx, "voice.rehearsal.todo")
	case t.Passed:
		return "✓ " + site.T(ctx, "voice.rehearsal.passed")
	default:
		return site.T(ctx, "voice.rehearsal.failed")
	}
}

// tryResult says what was measured in a step, or what went wrong.
func tryResult(ctx context.Context, t Try) string {
	if f, ok := readFigures(t.Note); ok {
		return site.T(ctx, "voice.figures."+f.verdict()) + " " +
			site.T(ctx, "voice.figures.all", "trip", f.Trip, "loss", tenths(ctx, f.Loss), "jitter", f.Jitter)
	}
	if t.Note == "" || t.At.IsZero() {
		return ""
	}
	return site.T(ctx, "voice.trouble."+t.Note)
}

// tenths writes thousandths as a percentage: 1,2.
func tenths(ctx context.Context, n int) string {
	mark := ","
	if site.From(ctx).Lang == i18n.English {
		mark = "."
	}
	return strconv.Itoa(n/10) + mark + strconv.Itoa(n%10)
}

func peopleSummary(ctx context.Context, v peopleView) string {
	return site.T(ctx, "voice.people.summary", "ready", v.counts[Ready], "all", v.all(), "none", v.counts[Nothing], "trouble", v.counts[Trouble])
}

func stateOptions(ctx context.Context, v peopleView) []ui.Option {
	out := []ui.Option{{Value: "", Label: site.T(ctx, "voice.people.state.all", "n", v.all())}}
	for _, r := range Readinesses {
		out = append(out, ui.Option{Value: string(r), Label: site.T(ctx, "voice.people.state."+string(r), "n", v.counts[r])})
	}
	return out
}

func peopleRows(ctx context.Context, v peopleView) (rows [][]templ.Component) {
	for _, p := range v.list {
		rows = append(rows, []templ.Component{ui.Text(p.Name), ui.Text(readinessText(ctx, p)), ui.Text(stepsText(ctx, v.tries[p.Account])), phone(p.Phone)})
	}
	return rows
}

func readinessText(ctx context.Context, p rehearser) string {
	if p.Help {
		return site.T(ctx, "voice.people.help")
	}
	return site.T(ctx, "voice.people.is."+string(p.readiness()))
}

// stepsText lists what was tried, with what came of it.
func stepsText(ctx context.Context, done map[Step]Try) string {
	var list []string
	for _, s := range Steps {
		t, tried := done[s]
		if !tried {
			continue
		}
		text := site.T(ctx, "voice.people.step."+string(s))
		switch f, ok := readFigures(t.Note); {
		case ok:
			text += " (" + site.T(ctx, "voice.people.figures", "trip", f.Trip, "loss", tenths(ctx, f.Loss)) + ")"
		case !t.Passed && t.Note != "":
			text += " (" + site.T(ctx, "voice.trouble.short."+t.Note) + ")"
		}
		if t.Passed {
			text = "✓ " + text
		} else {
			text = "✗ " + text
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// telNumber keeps of a number what a telephone dials.
func telNumber(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, text)
}
