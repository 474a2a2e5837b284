package poll

import (
	"context"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels are the polls on the pages of a session.
func (c *Component) LivePanels() []component.LivePanel {
	read := func(a space.Access) bool { return a.CanSee() }
	return []component.LivePanel{
		{Name: "poll-now", Pages: []component.LivePage{component.LiveMember}, Place: component.LiveAct, Order: 10, On: "poll", May: read, Show: c.showNow},
		{Name: "poll-screen", Pages: []component.LivePage{component.LiveScreen}, Place: component.LiveStage, Order: 50, On: "poll poll-redraw", May: read, Show: c.showScreen},
		{Name: "poll-prep", Pages: []component.LivePage{component.LiveChair}, Place: component.LivePrepare, Order: 10, On: "poll poll-prep poll-redraw", May: canLead, Show: c.showPrep},
		{Name: "poll-new", Pages: []component.LivePage{component.LiveChair}, Place: component.LivePrepare, Order: 11, On: "agenda", May: canLead, Show: c.showImprovise},
	}
}

// current are the polls that everybody sees now: those that are open, and results that are shown.
func (c *Component) current(tx *db.Tx, a space.Access) (out []view, err error) {
	list, err := polls(tx, a.Space.ID, Open)
	if err != nil {
		return nil, err
	}
	shown, err := shownPolls(tx, a.Space.ID)
	return c.seeAll(tx, a, append(list, shown...), err)
}

func (c *Component) showNow(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	list, err := c.current(tx, a)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return nowPanel(list), nil
}

func (c *Component) showScreen(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	list, err := c.current(tx, a)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return screenPanel(list), nil
}

func (c *Component) showPrep(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	b, err := c.load(tx, a, 1)
	return prepPanel(b), err
}

func (c *Component) showImprovise(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	f, err := c.newForm(tx, a)
	f.poll.Item = s.Item
	return improvisePanel(f), err
}
