package convocation

import (
	"context"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the convocation, for those who manage it.
func (c *Component) Tabs(_ *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	if !canManage(a) {
		return nil, nil
	}
	return []component.Tab{{Order: 88, Text: t("convocation.tab"), Href: a.Space.Path() + "/convocation"}}, nil
}

// Steps is sending, in a space's preparation.
func (c *Component) Steps(tx *db.Tx, a space.Access, t component.Translate) ([]component.PrepStep, error) {
	conv, err := find(tx, a.Space)
	if err != nil {
		return nil, err
	}
	return []component.PrepStep{{Order: 60, Text: t("convocation.step"), Done: conv.State != Draft, Href: a.Space.Path() + "/convocation"}}, nil
}

// Now tells organisers of the letters to print or to post. Sending itself is a step of the
// preparation: see [Component.Steps].
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if !canManage(a) {
		return nil, nil
	}
	conv, err := find(tx, a.Space)
	if err != nil || conv.State != Sent {
		return nil, err
	}
	counts, _, err := countFates(tx, a.Space.ID, conv.Call)
	n := counts[Letter] + counts[Refused]
	if err != nil || n == 0 || !conv.Held.After(tx.Now) {
		return nil, err
	}
	return []component.Now{{Urgency: 25, Title: site.T(ctx, "convocation.now.letters", "n", n), Text: site.T(ctx, "convocation.now.letters_text"),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "convocation.now.letters_go"), Href: a.Space.Path() + "/convocation/letters", Icon: ui.IconArrow}}}}, nil
}

// Blocks lead those who may read it to the convocation, once it has left.
func (c *Component) Blocks(_ context.Context, tx *db.Tx, a space.Access) ([]component.Block, error) {
	if !canRead(a) {
		return nil, nil
	}
	conv, err := find(tx, a.Space)
	if err != nil || conv.State == Draft {
		return nil, err
	}
	return []component.Block{{Order: 20, View: spaceBlock(a, conv)}}, nil
}
