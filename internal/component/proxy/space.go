package proxy

import (
	"context"
	"errors"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are one's own proxies and, for those who manage them, all of the assembly's.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	if !canGive(a) && !canManage(a) {
		return nil, nil
	}
	rules, err := c.rules.Rules(tx, a.Space.ID)
	if err != nil || !rules.Proxies.Allowed {
		return nil, err
	}
	var tabs []component.Tab
	if canGive(a) {
		tabs = append(tabs, component.Tab{Order: 35, Text: t("proxy.tab"), Href: a.Space.Path() + "/proxy"})
	}
	if canManage(a) {
		tabs = append(tabs, component.Tab{Order: 88, Text: t("proxy.tab.all"), Href: a.Space.Path() + "/proxies"})
	}
	return tabs, nil
}

// Now is answering who offers a proxy, and giving one's own while that helps.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if a.Viewer.Member == 0 {
		return nil, nil
	}
	s, err := c.stage(tx, a.Space)
	if err != nil || s.Over {
		return nil, err
	}
	list, err := electorate.HeldBy(tx, a.Space.ID, a.Viewer.Member)
	if err != nil {
		return nil, err
	}
	var out []component.Now
	holds := false
	var offers []electorate.Proxy
	for _, p := range list {
		if p.State == electorate.ProxyOffered {
			offers = append(offers, p)
		}
		holds = holds || p.State == electorate.ProxyAccepted
	}
	href := a.Space.Path() + "/proxy"
	if len(offers) > 0 {
		out = append(out, component.Now{Urgency: 28, Title: site.T(ctx, "proxy.now.offered", "n", len(offers), "name", offers[0].PrincipalName),
			Text:    site.T(ctx, "proxy.now.offered_text", "n", len(offers)),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "proxy.now.answer"), Href: href, Icon: ui.IconArrow}}})
	}
	own, err := c.ownNow(ctx, tx, a, s, holds)
	if own != nil {
		out = append(out, *own)
	}
	return out, err
}

// ownNow is about the proxy one gives; nil when there is nothing to do about it.
func (c *Component) ownNow(ctx context.Context, tx *db.Tx, a space.Access, s stage, holds bool) (*component.Now, error) {
	if !canGive(a) {
		return nil, nil
	}
	href := a.Space.Path() + "/proxy"
	p, err := electorate.GivenBy(tx, a.Space.ID, a.Viewer.Member)
	switch {
	case err == nil && p.State == electorate.ProxyOffered:
		return &component.Now{Urgency: 18, Title: site.T(ctx, "proxy.now.waiting", "holder", p.HolderName), Text: site.T(ctx, "proxy.now.waiting_text"),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "proxy.now.see"), Href: href, Weight: ui.Quiet}}}, nil
	case err == nil && s.Opened: // the vote says so
		return nil, nil
	case err == nil:
		return &component.Now{Urgency: 11, Title: site.T(ctx, "proxy.now.given", "holder", p.HolderName),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "proxy.now.see"), Href: href, Weight: ui.Quiet}}}, nil
	case !errors.Is(err, db.ErrNotFound):
		return nil, err
	}
	rules, err := c.rules.Rules(tx, a.Space.ID)
	if err != nil || !rules.Proxies.Allowed || holds && !rules.Proxies.Chain {
		return nil, err
	}
	if took, err := electorate.TookPart(tx, a.Space.ID, a.Viewer.Member); err != nil || took {
		return nil, err
	}
	now := component.Now{Urgency: 20, Title: site.T(ctx, "proxy.now.give"), Text: site.T(ctx, "proxy.now.give_text"),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "proxy.now.give_go"), Href: href, Weight: ui.Quiet}}}
	if !s.Closes.IsZero() {
		now.Text = site.T(ctx, "proxy.now.give_until", "closes", s.Closes)
	}
	return &now, nil
}
