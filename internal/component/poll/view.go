package poll

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// view is a poll as somebody sees it.
type view struct {
	Poll
	access   space.Access
	item     string // its title
	now      time.Time
	answered bool
	mine     Answer  // of a poll by name
	total    int64   // who have answered
	result   *Result // nil when it may not be read yet

	names []named
	page  int
	more  bool // there are more names

	typed   map[string][]string
	refused string
}

// named is who answered what.
type named struct{ name, answer string }

// see reads what the viewer may of a poll.
func (c *Component) see(tx *db.Tx, a space.Access, items []component.AgendaItem, p Poll) (v view, err error) {
	v = view{Poll: p, access: a, now: tx.Now}
	for _, i := range items {
		if i.ID == p.Item {
			v.item = i.Title
		}
	}
	if p.State == Draft {
		return v, nil
	}
	if a.Viewer.SignedIn() {
		if v.answered, v.mine, err = mine(tx, p, a.Viewer.Account); err != nil {
			return v, err
		}
	}
	b, err := box(tx, p)
	if err != nil {
		return v, err
	}
	v.total = b.Answered
	if canReadResults(a, p) {
		r, err := p.result(b)
		v.result = &r
		return v, err
	}
	return v, nil
}

func (c *Component) seeAll(tx *db.Tx, a space.Access, list []Poll, err error) (out []view, _ error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	items, err := c.agenda(tx, a.Space.ID)
	for _, p := range list {
		if err != nil {
			return nil, err
		}
		var v view
		v, err = c.see(tx, a, items, p)
		out = append(out, v)
	}
	return out, err
}

// board is a space's polls as somebody sees them.
type board struct {
	access               space.Access
	open, drafts, closed []view
	page, pages          int
}

const perPage = 20

// load reads the polls that are going on, those of a page of closed ones and, for who leads, drafts.
func (c *Component) load(tx *db.Tx, a space.Access, page int) (b board, err error) {
	b = board{access: a, page: page}
	counts, err := countPolls(tx, a.Space.ID)
	if err != nil {
		return b, err
	}
	b.pages = (counts[Closed] + perPage - 1) / perPage
	list, err := polls(tx, a.Space.ID, Open)
	if b.open, err = c.seeAll(tx, a, list, err); err != nil {
		return b, err
	}
	if canLead(a) {
		list, err = polls(tx, a.Space.ID, Draft)
		if b.drafts, err = c.seeAll(tx, a, list, err); err != nil {
			return b, err
		}
	}
	list, err = closedPolls(tx, a.Space.ID, perPage, (page-1)*perPage)
	b.closed, err = c.seeAll(tx, a, list, err)
	return b, err
}

func pollsPath(s space.Space, rest string) string { return s.Path() + "/polls" + rest }

func (v view) path(rest string) string {
	return pollsPath(v.access.Space, "/"+strconv.FormatInt(v.ID, 10)+rest)
}

// id tells the elements of one poll from another's.
func (v view) id(part string) string { return fmt.Sprintf("poll-%d-%s", v.ID, part) }

// can tells whether the viewer may answer now.
func (v view) can() bool { return canAnswer(v.access, v.Poll, v.answered, v.now) }

// chosen tells whether the viewer has typed, or else answered, that.
func (v view) chosen(key string) bool {
	list := []string(v.mine)
	if v.typed != nil {
		list = v.typed["choice"]
	}
	for _, k := range list {
		if k == key {
			return true
		}
	}
	return false
}

// rank is the rank the viewer has given an option, "" for none.
func (v view) rank(key string) string {
	if typed, ok := v.typed["rank-"+key]; ok {
		return typed[0]
	}
	for i, k := range v.mine {
		if k == key {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

// wordAt is the viewer's n-th word.
func (v view) wordAt(n int) string {
	list := []string(v.mine)
	if v.typed != nil {
		list = v.typed["word"]
	}
	if n < len(list) {
		return list[n]
	}
	return ""
}

// left is how many milliseconds are left to answer.
func (v view) left() string {
	return strconv.FormatInt(max(0, v.ClosesAt.Sub(v.now).Milliseconds()), 10)
}

// leftText is the same as a clock shows it.
func (v view) leftText() string {
	s := int(max(0, v.ClosesAt.Sub(v.now)).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// kicker says what kind of question it is, and to what it belongs.
func (v view) kicker(ctx context.Context) string {
	key := "poll.poll"
	if v.Quiz() {
		key = "poll.quiz"
	}
	out := []string{site.T(ctx, key)}
	if v.Named {
		out = append(out, site.T(ctx, "poll.named"))
	} else {
		out = append(out, site.T(ctx, "poll.anonymous"))
	}
	if v.item != "" {
		out = append(out, v.item)
	}
	return strings.Join(out, " · ")
}

func (v view) choices() (out []ui.Choice) {
	for i, o := range v.Options {
		out = append(out, ui.Choice{Value: key(i), Label: o.Label, Checked: v.chosen(key(i))})
	}
	return out
}

func (v view) choiceHint(ctx context.Context) string {
	switch {
	case v.Kind != Multiple:
		return ""
	case v.Fewest == v.Most:
		return site.T(ctx, "poll.choose_exactly", "n", v.Most)
	case v.Fewest > 1:
		return site.T(ctx, "poll.choose_between", "min", v.Fewest, "max", v.Most)
	default:
		return site.T(ctx, "poll.choose_up_to", "n", v.Most)
	}
}

// average says the mean and the median of a scale.
func (r Result) average(ctx context.Context) string {
	comma := ","
	if site.From(ctx).Lang == "en" {
		comma = "."
	}
	mean := fmt.Sprintf("%d%s%d", r.Mean10/10, comma, r.Mean10%10)
	median := strconv.FormatInt(r.Median2/2, 10)
	if r.Median2%2 == 1 {
		median += comma + "5"
	}
	return site.T(ctx, "poll.middle", "mean", mean, "median", median)
}

func (r Result) why(ctx context.Context) (out []ui.Reason) {
	for _, text := range r.reasons(func(key string, args ...any) string { return site.T(ctx, key, args...) }) {
		out = append(out, ui.Reason{Text: text})
	}
	return out
}

func percent(n int64) string { return strconv.FormatInt(n, 10) + "%" }

// class parts the words of a cloud in three sizes of ink.
func (w placed) class() string {
	switch {
	case w.size > (smallest+biggest)/2:
		return "cloud-big"
	case w.size > smallest+6:
		return "cloud-mid"
	default:
		return "cloud-small"
	}
}
