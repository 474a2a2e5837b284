package poll

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// form is a poll as it is written.
type form struct {
	access  space.Access
	items   []component.AgendaItem
	poll    Poll
	options string // as typed
	errs    map[string]string
}

// newForm is the form of a new poll, with what is usual.
func (c *Component) newForm(tx *db.Tx, a space.Access) (f form, err error) {
	f = form{access: a, poll: Poll{Kind: Single, Most: 3, Fewest: 1, Steps: 5, Method: "borda", Minutes: true}}
	f.items, err = c.agenda(tx, a.Space.ID)
	return f, err
}

// number reads a number as typed; what is none is -1, which no field accepts.
func number(s string) int {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// readPoll reads a poll from the form sent. Numbers of kinds that are not chosen do not matter.
func readPoll(r *http.Request) Poll {
	clean := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.FormValue(name), "\r\n", "\n"))
	}
	p := Poll{Question: clean("question"), Kind: Kind(r.FormValue("kind")), Options: parseOptions(r.FormValue("options")), Item: pathID(r.FormValue("item")),
		Fewest: number(r.FormValue("fewest")), Most: number(r.FormValue("most")), Steps: number(r.FormValue("steps")), Low: clean("low"), High: clean("high"),
		Method: r.FormValue("method"), Named: r.FormValue("named") == "named", Held: r.FormValue("held") != "", Seconds: number(r.FormValue("seconds")),
		Explanation: clean("explanation"), Minutes: r.FormValue("minutes") != ""}
	if p.Kind == Words {
		p.Most = number(r.FormValue("words"))
	}
	return p
}

// pathID reads an id; what is none is 0, which no row has.
func pathID(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f form) action() string {
	if f.poll.ID == 0 {
		return pollsPath(f.access.Space, "/new")
	}
	return pollsPath(f.access.Space, "/"+strconv.FormatInt(f.poll.ID, 10)+"/edit")
}

func (f form) summary() (out []ui.FieldError) {
	for _, field := range []string{"question", "kind", "options", "most", "words", "steps", "low", "high", "method", "seconds", "explanation", "item"} {
		if text, ok := f.errs[field]; ok {
			out = append(out, ui.FieldError{Field: "poll-" + field, Text: text})
		}
	}
	return out
}

func itoa(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func kindOptions(ctx context.Context) (out []ui.Option) {
	for _, k := range Kinds {
		out = append(out, ui.Option{Value: string(k), Label: site.T(ctx, "poll.kind."+string(k)), Hint: site.T(ctx, "poll.kind."+string(k)+".hint")})
	}
	return out
}

func methodOptions(ctx context.Context) (out []ui.Option) {
	for _, m := range Methods {
		out = append(out, ui.Option{Value: m, Label: site.T(ctx, "poll.method."+m), Hint: site.T(ctx, "poll.method."+m+".hint")})
	}
	return out
}

func namedOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "anonymous", Label: site.T(ctx, "poll.form.anonymous"), Hint: site.T(ctx, "poll.form.anonymous_hint")},
		{Value: "named", Label: site.T(ctx, "poll.form.named"), Hint: site.T(ctx, "poll.form.named_hint")},
	}
}

func namedValue(p Poll) string {
	if p.Named {
		return "named"
	}
	return "anonymous"
}

func (f form) itemOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "0", Label: site.T(ctx, "poll.form.no_item")}}
	for i, item := range f.items {
		out = append(out, ui.Option{Value: strconv.FormatInt(item.ID, 10), Label: strconv.Itoa(i+1) + ". " + item.Title})
	}
	return out
}

// secondsOptions are the times after which a poll may close by itself.
func secondsOptions(ctx context.Context, now int) []ui.Option {
	out := []ui.Option{{Value: "0", Label: site.T(ctx, "poll.form.by_hand")}}
	known := now == 0
	for _, s := range []int{15, 30, 60, 120, 300, 600} {
		known = known || s == now
		out = append(out, ui.Option{Value: strconv.Itoa(s), Label: clockText(s)})
	}
	if !known {
		out = append(out, ui.Option{Value: strconv.Itoa(now), Label: clockText(now)})
	}
	return out
}

func clockText(s int) string {
	return strconv.Itoa(s/60) + ":" + strconv.Itoa(s%60/10) + strconv.Itoa(s%10)
}
