package component

import "isegoria.org/isegoria/internal/platform/db"

// AgendaKeeper holds a space's agenda; the live session follows it.
type AgendaKeeper interface {
	// AgendaItems lists the items in their order.
	AgendaItems(tx *db.Tx, spaceID int64) ([]AgendaItem, error)
}

// AgendaItem is an item of an agenda. Minutes is 0 when its length is not said.
type AgendaItem struct {
	ID      int64
	Title   string
	Speaker string
	Minutes int
}

// SheetKeeper holds a space's attendance sheet.
type SheetKeeper interface {
	// SheetOpen refuses what would change a sheet that is closed, and keeps it from being closed
	// before the transaction has ended.
	SheetOpen(tx *db.Tx, spaceID int64) error
}
