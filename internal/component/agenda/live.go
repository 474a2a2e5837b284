package agenda

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

var _ component.AgendaKeeper = (*Component)(nil)

// AgendaItems lists the items of a space's agenda, for the live session.
func (c *Component) AgendaItems(tx *db.Tx, spaceID int64) ([]component.AgendaItem, error) {
	list, err := items(tx, spaceID)
	out := make([]component.AgendaItem, len(list))
	for n, i := range list {
		out[n] = component.AgendaItem{ID: i.ID, Title: i.Title, Speaker: i.Speaker, Minutes: i.Minutes}
	}
	return out, err
}
