package draw

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

var _ component.TraitKeeper = (*Component)(nil)

// Traits are the categories of those who sit in the space's panels and have an account under the
// address they gave, until a draw's personal data is erased.
func (c *Component) Traits(tx *db.Tx, spaceID int64) (map[string]map[int64]string, error) {
	out := map[string]map[int64]string{}
	err := tx.Each(`SELECT t.category, a.id, t.value
		FROM draw d JOIN draw_volunteer v ON v.draw_id = d.id JOIN draw_person p ON p.volunteer_id = v.id
		JOIN account a ON LOWER(a.email) = LOWER(p.email) AND a.closed_at IS NULL JOIN draw_trait t ON t.volunteer_id = v.id
		WHERE d.space_id = $1 AND v.seated AND p.email <> '' ORDER BY d.id, t.category, a.id`, []any{spaceID}, func(scan func(...any) error) error {
		var category, value string
		var account int64
		if err := scan(&category, &account, &value); err != nil {
			return err
		}
		if out[category] == nil {
			out[category] = map[int64]string{}
		}
		out[category][account] = value
		return nil
	})
	return out, err
}
