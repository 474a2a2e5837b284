package talk

import (
	"context"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels are the questions on the pages of a session and the one that everybody looks at, the
// chat, and reactions.
func (c *Component) LivePanels() []component.LivePanel {
	both := []component.LivePage{component.LiveMember, component.LiveChair}
	return []component.LivePanel{
		{Name: "talk-screen", Pages: append([]component.LivePage{component.LiveScreen}, both...), Place: component.LiveStage, Order: 40,
			On: "talk-screen", May: canRead, Show: c.showScreen},
		{Name: "talk-questions", Pages: both, Place: component.LiveTalk, Order: 20,
			On: "state agenda talk-questions", Every: 45, May: canRead, Show: c.showPanel},
		{Name: "talk-ask", Pages: []component.LivePage{component.LiveMember}, Place: component.LiveTalk, Order: 21,
			On: "agenda talk-ask", May: canWrite, Show: c.showAsk},
		{Name: "talk-chat", Pages: both, Place: component.LiveTalk, Order: 10, On: "state talk-chat", May: canRead, Show: c.showChatPanel},
		{Name: "talk-reports", Pages: []component.LivePage{component.LiveChair}, Place: component.LiveTalk, Order: 11, On: "talk-reports", May: canLead, Show: c.showModeration},
		{Name: "talk-reactions", Pages: both, Place: component.LiveAct, Order: 90, On: "state", May: canRead, Show: c.showReactions(true)},
		{Name: "talk-reactions-screen", Pages: []component.LivePage{component.LiveScreen}, Place: component.LiveAct, Order: 90, On: "state", May: canRead, Show: c.showReactions(false)},
	}
}

func (c *Component) showScreen(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	set, err := loadSettings(tx, a.Space.ID)
	if err != nil || set.ScreenQuestion == 0 {
		return nil, err
	}
	q, err := findQuestion(tx, a.Space.ID, a.Viewer.Account, set.ScreenQuestion)
	return screenView(q), err
}

func (c *Component) showPanel(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	b, err := c.load(tx, a, s, Open, 1, perPanel)
	return panelView(b), err
}

func (c *Component) showAsk(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	b := board{access: a, session: s}
	var err error
	if b.settings, err = loadSettings(tx, a.Space.ID); err != nil || b.settings.QuestionsClosed {
		return nil, err
	}
	b.items, err = c.agenda(tx, a.Space.ID)
	return askPanel(b), err
}

func (c *Component) showChatPanel(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	if !s.Open {
		return nil, nil
	}
	v, err := c.loadChat(tx, a, s, thread{room: Everybody})
	return roomView(v), err
}

func (c *Component) showModeration(_ context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	v := chat{access: a}
	var err error
	if v.reports, err = reports(tx, a.Space.ID); err != nil {
		return nil, err
	}
	v.mutes, err = mutes(tx, a.Space.ID)
	return moderation(v), err
}
