package vote

import (
	"context"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the vote and the results; those who prepare and those who count see theirs too.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	var series, open, over int
	err := tx.Row(`SELECT count(*), COALESCE(sum(CASE WHEN opens_at IS NOT NULL AND closes_at > $2 THEN 1 ELSE 0 END), 0),
		COALESCE(sum(CASE WHEN closed_at IS NOT NULL THEN 1 ELSE 0 END), 0) FROM vote_series WHERE space_id = $1`,
		[]any{a.Space.ID, tx.Now}, &series, &open, &over)
	if err != nil {
		return nil, err
	}
	var tabs []component.Tab
	if series > 0 {
		tabs = append(tabs, component.Tab{Order: 30, Text: t("vote.tab"), Href: a.Space.Path() + "/vote"})
	}
	if over > 0 {
		tabs = append(tabs, component.Tab{Order: 60, Text: t("vote.results.tab"), Href: a.Space.Path() + "/results"})
	}
	if canPrepare(a) {
		tabs = append(tabs, component.Tab{Order: 90, Text: t("vote.prepare.tab"), Href: a.Space.Path() + "/prepare/vote"})
	}
	return tabs, nil
}

// Now is voting, counting papers, or preparing the vote.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	b, err := c.loadBoard(tx, a)
	if err != nil {
		return nil, err
	}
	var out []component.Now
	for _, s := range b.series {
		switch {
		case s.state == Open && b.elector != nil && !s.onPaper:
			out = append(out, b.voteNow(ctx, s))
		case s.state == Waiting && b.elector != nil:
			out = append(out, component.Now{Urgency: 11, Title: site.T(ctx, "vote.now.session"), Text: site.T(ctx, "vote.now.soon_text", "n", len(s.resolutions)),
				Actions: []ui.ActionLink{{Text: site.T(ctx, "vote.now.read"), Href: a.Space.Path() + "/vote"}}})
		case s.state == Announced && b.elector != nil:
			out = append(out, component.Now{Urgency: 12,
				Title:   site.T(ctx, "vote.now.soon", "opens", s.Opens),
				Text:    site.T(ctx, "vote.now.soon_text", "n", len(s.resolutions)),
				Actions: []ui.ActionLink{{Text: site.T(ctx, "vote.now.read"), Href: a.Space.Path() + "/vote"}}})
		case s.visible:
			out = append(out, component.Now{Urgency: 15, Title: site.T(ctx, "vote.now.results"), Text: site.T(ctx, "vote.now.results_text", "n", len(s.resolutions)),
				Actions: []ui.ActionLink{{Text: site.T(ctx, "vote.now.results_read"), Href: a.Space.Path() + "/results", Icon: ui.IconArrow}}})
		}
		if s.state == Decided && lacksQuorum(s) && canPrepare(a) {
			if _, err := space.NextCall(tx, a.Space); errors.Is(err, db.ErrNotFound) {
				out = append(out, component.Now{Urgency: 17, Title: site.T(ctx, "vote.second.now"), Text: site.T(ctx, "vote.second.text"),
					Actions: []ui.ActionLink{{Text: site.T(ctx, "vote.second.make"), Href: a.Space.Path() + "/second"}}})
			} else if err != nil {
				return nil, err
			}
		}
		if s.Paper && (s.state == Open || s.state == Counting) && a.Roles[people.Scrutineer] {
			out = append(out, component.Now{Urgency: 25, Title: site.T(ctx, "vote.now.paper"), Text: site.T(ctx, "vote.now.paper_text"),
				Actions: []ui.ActionLink{{Text: site.T(ctx, "vote.now.paper_go"), Href: paperPath(a.Space, s.ID)}}})
		}
	}
	return out, nil
}

func (b board) voteNow(ctx context.Context, s seriesView) component.Now {
	voted, all := b.voted(s), len(s.resolutions)
	path := b.access.Space.Path() + "/vote"
	n := component.Now{Urgency: 30, InLive: s.InSession, Title: site.T(ctx, "vote.now.title"), Text: site.T(ctx, "vote.now.text", "n", all, "closes", s.Closes)}
	first := ui.ActionLink{Text: site.T(ctx, "vote.now.begin"), Href: path, Icon: ui.IconArrow}
	switch {
	case b.proxyTo != "":
		n.Urgency, n.Title, n.Text = 14, site.T(ctx, "vote.now.given"), site.T(ctx, "vote.now.given_text", "holder", b.proxyTo)
		first = ui.ActionLink{Text: site.T(ctx, "vote.now.read"), Href: path, Weight: ui.Quiet}
	case voted == all && all > 0:
		n.Urgency, n.Title = 13, site.T(ctx, "vote.now.done")
		n.Text = site.T(ctx, "vote.now.done_text", "closes", s.Closes)
		first = ui.ActionLink{Text: site.T(ctx, "vote.now.again"), Href: path, Weight: ui.Quiet}
	case voted > 0:
		first.Text = site.T(ctx, "vote.now.continue")
	}
	n.Actions = []ui.ActionLink{first}
	n.Facts = append(n.Facts, ui.Fact{Icon: ui.IconCheck, Lead: site.T(ctx, "vote.now.progress", "voted", voted, "n", all), Text: site.T(ctx, "vote.now.already")})
	for i, m := range b.mandates {
		if i == 3 {
			n.Facts = append(n.Facts, ui.Fact{Icon: ui.IconProxy, Text: site.T(ctx, "vote.now.mandates_more", "n", len(b.mandates)-3)})
			break
		}
		n.Facts = append(n.Facts, ui.Fact{Icon: ui.IconProxy, Text: site.T(ctx, "vote.now.mandate", "name", m.Name)})
	}
	n.Facts = append(n.Facts, ui.Fact{Icon: ui.IconClock, Body: closingFact(s.Closes)})
	return n
}

// Blocks are the participation, beside the title, and the list of resolutions.
func (c *Component) Blocks(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Block, error) {
	b, err := c.loadBoard(tx, a)
	if err != nil {
		return nil, err
	}
	if b.identity, err = people.LoadIdentity(tx); err != nil {
		return nil, err
	}
	var out []component.Block
	for _, s := range b.series {
		if s.state == Draft && !canPrepare(a) || len(s.resolutions) == 0 {
			continue
		}
		if s.state != Draft && s.state != Announced && s.state != Waiting && len(out) == 0 {
			out = append(out, component.Block{Order: 1, Hero: true, View: participationPicture(s)})
		}
		out = append(out, component.Block{Order: 40, View: seriesBlock(b, s)})
	}
	return out, nil
}

// remaining is how long there is until t, in words.
func remaining(ctx context.Context, t time.Time) string {
	d := t.Sub(site.From(ctx).Now)
	switch {
	case d >= 48*time.Hour:
		return site.T(ctx, "vote.remaining.days", "n", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return site.T(ctx, "vote.remaining.hours", "n", int(d.Hours()))
	default:
		return site.T(ctx, "vote.remaining.minutes", "n", max(int(d.Minutes()), 0))
	}
}

func lang(ctx context.Context) string { return string(site.From(ctx).Lang) }
