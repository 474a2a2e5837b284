package replay

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels are the mark that everybody sees while a session is recorded, with the question whether
// one agrees, and for the bureau how it is recorded.
func (c *Component) LivePanels() []component.LivePanel {
	return []component.LivePanel{
		{Name: "replay-ask", Pages: []component.LivePage{component.LiveMember, component.LiveChair}, Place: component.LiveStage, Order: 1,
			On: "state floor " + changed, May: canFollow, Show: c.showAsk},
		{Name: "replay-mark", Pages: []component.LivePage{component.LiveScreen}, Place: component.LiveStage, Order: 1,
			On: "state floor " + changed, May: canFollow, Show: c.showMark},
		{Name: "replay-lead", Pages: []component.LivePage{component.LiveChair}, Place: component.LivePrepare, Order: 11,
			On: "state " + changed, May: canRecord, Show: c.showLead},
	}
}

// view is what is said of a recording.
type view struct {
	access   space.Access
	settings Settings
	session  component.LiveSession
	hears    bool // voices can be recorded here
	mine     answer
	left     bool // whoever has the floor is not recorded
	speaking bool // the viewer has the floor

	// For the bureau.
	yes, no int
	list    []Speech

	days  string // as typed
	legal bool
	errs  map[string]string
}

func (v view) path(act string) string { return v.access.Space.Path() + "/recording" + act }

// ask tells whether the viewer is to answer.
func (v view) ask() bool { return canAnswer(v.access) && v.mine == noAnswer }

// load reads what is said of a recording.
func (c *Component) load(tx *db.Tx, a space.Access, s component.LiveSession) (v view, err error) {
	v = view{access: a, session: s}
	_, v.hears = c.deps.Rooms.(*room.Embedded)
	if v.settings, err = settings(tx, a.Space.ID); err != nil {
		return v, err
	}
	v.days, v.legal = strconv.Itoa(v.settings.Days), v.settings.Legal
	if a.Viewer.SignedIn() {
		if v.mine, err = answerOf(tx, a.Space.ID, a.Viewer.Account); err != nil {
			return v, err
		}
	}
	if s.Speaker != nil {
		said, err := answerOf(tx, a.Space.ID, s.Speaker.Account)
		if err != nil {
			return v, err
		}
		_, recorded := wanted(v.settings, s, said)
		v.left = !recorded
		v.speaking = a.Viewer.SignedIn() && s.Speaker.Account == a.Viewer.Account
	}
	if !canRecord(a) {
		return v, nil
	}
	if v.yes, v.no, err = answers(tx, a.Space.ID); err != nil {
		return v, err
	}
	v.list, err = speeches(tx, a.Space.ID)
	return v, err
}

func (c *Component) showAsk(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.load(tx, a, s)
	if err != nil || !v.settings.Recording {
		return nil, err
	}
	return askPanel(v), nil
}

func (c *Component) showMark(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.load(tx, a, s)
	if err != nil || !v.settings.Recording {
		return nil, err
	}
	return mark(v), nil
}

func (c *Component) showLead(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.load(tx, a, s)
	return leadPanel(v), err
}

// Tabs leads to the replay once there is one to see.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	s, err := settings(tx, a.Space.ID)
	if err != nil || !canWatch(a, !s.Published.IsZero()) {
		return nil, err
	}
	session, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil || !session.Held {
		return nil, err
	}
	return []component.Tab{{Order: 26, Text: t("replay.tab"), Href: a.Space.Path() + "/replay"}}, nil
}

// Now asks before the session, and leads to the replay afterwards.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	s, err := settings(tx, a.Space.ID)
	if err != nil || !s.Recording && s.Published.IsZero() {
		return nil, err
	}
	session, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	if !s.Published.IsZero() && !session.Open && canWatch(a, true) {
		return []component.Now{{Urgency: 10, Title: site.T(ctx, "replay.now"), Text: site.T(ctx, "replay.now_text"),
			Actions: []ui.ActionLink{{Text: site.T(ctx, "replay.now_go"), Href: a.Space.Path() + "/replay", Icon: ui.IconArrow}}}}, nil
	}
	if !s.Recording || !canAnswer(a) {
		return nil, nil
	}
	mine, err := answerOf(tx, a.Space.ID, a.Viewer.Account)
	if err != nil || mine != noAnswer {
		return nil, err
	}
	return []component.Now{{Urgency: 24, InLive: true, Title: site.T(ctx, "replay.ask.now"), Text: site.T(ctx, "replay.ask.now_text", "days", s.Days),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "replay.ask.go"), Href: a.Space.Path() + "/recording", Icon: ui.IconArrow, Weight: ui.Quiet}}}}, nil
}
