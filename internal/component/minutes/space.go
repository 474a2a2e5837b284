package minutes

import (
	"context"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the attendance sheet, for those who keep it.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	if !canSeeAttendance(a) {
		return nil, nil
	}
	var electors int
	if err := tx.Row("SELECT count(*) FROM elector WHERE space_id = $1", []any{a.Space.ID}, &electors); err != nil || electors == 0 {
		return nil, err
	}
	return []component.Tab{{Order: 65, Text: t("minutes.sheet.tab"), Href: a.Space.Path() + "/attendance"}}, nil
}

// Now is signing the sheet.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if !canSign(a) {
		return nil, nil
	}
	signed, err := findSigned(tx, a.Space.ID)
	if err != nil || signed != nil && (!signed.Certified.IsZero() || hasSigned(signed.Signatures, a.Viewer.Account)) {
		return nil, err
	}
	period, err := c.votePeriod(tx, a.Space.ID)
	if err != nil || !period.Closed {
		return nil, err
	}
	return []component.Now{{Urgency: 25, Title: site.T(ctx, "minutes.now.sign"), Text: site.T(ctx, "minutes.now.sign_text"),
		Actions: []ui.ActionLink{{Text: site.T(ctx, "minutes.sign.go"), Href: a.Space.Path() + "/attendance/sign", Icon: ui.IconArrow}}}}, nil
}
