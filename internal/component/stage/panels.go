package stage

import (
	"context"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels are what everybody looks at, and what those who lead choose it with.
func (c *Component) LivePanels() []component.LivePanel {
	everywhere := []component.LivePage{component.LiveMember, component.LiveChair, component.LiveScreen}
	return []component.LivePanel{
		{Name: "stage-clock", Pages: everywhere, Place: component.LiveStage, Order: 5, On: "stage-clock", May: canFollow, Show: c.clockPanel},
		{Name: "stage-now", Pages: everywhere[:2], Place: component.LiveStage, Order: 10, On: "stage", May: canFollow, Show: c.nowPanel(false)},
		{Name: "stage-screen", Pages: everywhere[2:], Place: component.LiveStage, Order: 10, On: "stage", May: canFollow, Show: c.nowPanel(true)},
		{Name: "stage-captions", Pages: everywhere[:2], Place: component.LiveStage, Order: 20, On: "stage-captions", May: canFollow, Show: c.captionPanel(false)},
		{Name: "stage-captions-screen", Pages: everywhere[2:], Place: component.LiveStage, Order: 20, On: "stage-captions", May: canFollow, Show: c.captionPanel(true)},
		{Name: "stage-lead", Pages: everywhere[1:2], Place: component.LivePrepare, Order: 10, On: "stage stage-list stage-clock", Every: 30,
			May: canLead, Show: c.leadPanel},
	}
}

func (c *Component) clockPanel(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	var v view
	if err := c.begin(tx, a, &v); err != nil || v.now.ClockEnds.IsZero() {
		return nil, err
	}
	return clock(v), nil
}

func (c *Component) nowPanel(screen bool) func(context.Context, *db.Tx, space.Access, component.LiveSession) (templ.Component, error) {
	return func(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
		v := view{screen: screen}
		if err := c.loadShown(tx, a, &v); err != nil || v.now.Showing == Nothing {
			return nil, err
		}
		return shown(v), nil
	}
}

func (c *Component) leadPanel(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	var v view
	if err := c.loadLead(tx, a, &v); err != nil {
		return nil, err
	}
	return leadPanel(v), nil
}
