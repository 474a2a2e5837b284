package stage

import (
	"context"
	"fmt"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/site"
)

var toolWords = map[string]string{"none": "stage.tool.none", "pointer": "stage.tool.pointer", "pen": "stage.tool.pen", "line": "stage.tool.line"}

// frameAttrs make the page something that the keyboard reaches: arrows turn its pages.
func frameAttrs(ctx context.Context, v view) templ.Attributes {
	if v.screen {
		return templ.Attributes{}
	}
	return templ.Attributes{"tabindex": "0", "role": "group", "aria-label": site.T(ctx, "stage.frame")}
}

func viewBox(p Page) string { return fmt.Sprintf("0 0 %d %d", p.Width, p.Height) }

func clockText(ctx context.Context, v view) string {
	if v.now.ClockText != "" {
		return v.now.ClockText
	}
	return site.T(ctx, "stage.clock")
}

func presenterText(ctx context.Context, v view) string {
	switch {
	case v.now.Presenter == 0:
		return site.T(ctx, "stage.presenter.none")
	case v.handed == "":
		return site.T(ctx, "stage.presenter.away")
	default:
		return site.T(ctx, "stage.presenter.is", "name", v.handed)
	}
}

func deckTitle(v view, deck int64) string {
	for _, d := range v.decks {
		if d.ID == deck {
			return d.Title
		}
	}
	return ""
}
