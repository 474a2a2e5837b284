package minutes

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

var _ component.SheetKeeper = (*Component)(nil)

// SheetOpen refuses what would change a closed sheet; it waits for, and holds up, its closing.
func (c *Component) SheetOpen(tx *db.Tx, spaceID int64) error {
	if err := lockSheet(tx, spaceID, false); err != nil {
		return err
	}
	return mustBeOpen(tx, spaceID)
}
