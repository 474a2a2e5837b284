package scribe

import (
	"context"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels tell everybody, on every page, that voices are sent to a machine; and let those who lead
// switch it on and off.
func (c *Component) LivePanels() []component.LivePanel {
	return []component.LivePanel{
		{Name: "scribe-told", Pages: []component.LivePage{component.LiveMember, component.LiveChair, component.LiveScreen}, Place: component.LiveStage, Order: 2,
			On: "state " + changed, May: canFollow, Show: c.showTold},
		{Name: "scribe-lead", Pages: []component.LivePage{component.LiveChair}, Place: component.LivePrepare, Order: 12,
			On: changed + " " + changedLead, May: canLead, Show: c.showLead},
	}
}

// view is what is said of a machine that writes.
type view struct {
	access   space.Access
	settings Settings
	on, open bool
	engine   bool   // there is one here
	host     string // where it is
	langs    []string
	hears    bool // voices can be heard here

	lang string // as chosen
	errs map[string]string
}

func (v view) path(act string) string { return v.access.Space.Path() + "/machine-captions" + act }

// load reads it.
func (c *Component) load(tx *db.Tx, a space.Access, s component.LiveSession) (v view, err error) {
	v = view{access: a, open: s.Open, hears: c.deps.Rooms.Hears()}
	if v.settings, err = settings(tx, a.Space.ID); err != nil {
		return v, err
	}
	v.on = c.on(v.settings)
	if engine := c.deps.Engine; engine != nil {
		v.engine, v.host, v.langs, v.lang = true, engine.Host(), engine.Languages(), engine.Languages()[0]
	}
	return v, nil
}

func (v view) options() (out []ui.Option) {
	for _, code := range v.langs {
		out = append(out, ui.Option{Value: code, Label: component.TongueName(code)})
	}
	return out
}

func (c *Component) showTold(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.load(tx, a, s)
	if err != nil || !v.on {
		return nil, err
	}
	return told(v), nil
}

func (c *Component) showLead(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.load(tx, a, s)
	if err != nil || !v.engine {
		return nil, err
	}
	return leadPanel(v), nil
}
