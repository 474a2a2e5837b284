package agenda

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

var (
	_ component.AgendaKeeper   = (*Component)(nil)
	_ component.DocumentKeeper = (*Component)(nil)
)

// SpaceDocuments lists the documents of a space, for what shows them.
func (c *Component) SpaceDocuments(tx *db.Tx, spaceID int64) ([]component.SpaceDocument, error) {
	return db.All(tx, "SELECT id, title, name, mime, file_key, size FROM agenda_document WHERE space_id = $1 ORDER BY id", []any{spaceID},
		func(scan func(...any) error) (d component.SpaceDocument, err error) {
			return d, scan(&d.ID, &d.Title, &d.Name, &d.MIME, &d.File, &d.Size)
		})
}

// AgendaItems lists the items of a space's agenda, for the live session.
func (c *Component) AgendaItems(tx *db.Tx, spaceID int64) ([]component.AgendaItem, error) {
	list, err := items(tx, spaceID)
	out := make([]component.AgendaItem, len(list))
	for n, i := range list {
		out[n] = component.AgendaItem{ID: i.ID, Title: i.Title, Speaker: i.Speaker, Minutes: i.Minutes}
	}
	return out, err
}
