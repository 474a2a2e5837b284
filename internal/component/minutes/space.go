package minutes

import (
	"context"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the attendance sheet for those who keep it, the minutes for those who may read them or write
// them, and the legal file for those who take it.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	var electors bool
	if err := tx.Row("SELECT EXISTS (SELECT 1 FROM elector WHERE space_id = $1)", []any{a.Space.ID}, &electors); err != nil || !electors {
		return nil, err
	}
	var tabs []component.Tab
	if canSeeAttendance(a) {
		tabs = append(tabs, component.Tab{Order: 92, Text: t("minutes.sheet.tab"), Href: a.Space.Path() + "/attendance"})
	}
	m, err := findMinutes(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	if m == nil && canWrite(a) || m != nil && canRead(a, m.State == ApprovedState, m.Published) {
		tabs = append(tabs, component.Tab{Order: 70, Text: t("minutes.tab"), Href: a.Space.Path() + "/minutes"})
	}
	if canTakeLegalFile(a) {
		tabs = append(tabs, component.Tab{Order: 94, Text: t("minutes.legal.tab"), Href: a.Space.Path() + "/legal-file"})
	}
	return tabs, nil
}

// Now is signing the sheet, then writing, approving and reading the minutes.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	period, err := c.votePeriod(tx, a.Space.ID)
	if err != nil || !period.Closed {
		return nil, err
	}
	m, err := findMinutes(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	out, err := sheetNow(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	path := a.Space.Path() + "/minutes"
	add := func(urgency int, key, text, href string) {
		out = append(out, component.Now{Urgency: urgency, Title: site.T(ctx, "minutes.now."+key), Text: site.T(ctx, "minutes.now."+key+"_text"),
			Actions: []ui.ActionLink{{Text: text, Href: href, Icon: ui.IconArrow}}})
	}
	switch {
	case m == nil && canWrite(a):
		add(24, "start", site.T(ctx, "minutes.start.go"), path)
	case m == nil:
	case m.State == DraftState && canWrite(a):
		add(24, "edit", site.T(ctx, "minutes.edit.go"), path+"/edit")
	case m.State == SubmittedState && canSign(a) && !hasSigned(m.Approvals, a.Viewer.Account):
		add(26, "approve", site.T(ctx, "minutes.now.read_go"), path)
	case m.State == ApprovedState && canRead(a, true, m.Published):
		add(16, "read", site.T(ctx, "minutes.now.read_go"), path)
	}
	return out, nil
}

// sheetNow is signing the attendance sheet, for the bureau once the vote is closed.
func sheetNow(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if !canSign(a) {
		return nil, nil
	}
	signed, err := findSigned(tx, a.Space.ID)
	if err != nil || signed != nil && (!signed.Certified.IsZero() || hasSigned(signed.Signatures, a.Viewer.Account)) {
		return nil, err
	}
	return []component.Now{{Urgency: 25, Title: site.T(ctx, "minutes.now.sign"), Text: site.T(ctx, "minutes.now.sign_text"),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "minutes.sign.go"), Href: a.Space.Path() + "/attendance/sign", Icon: ui.IconArrow}}}}, nil
}
