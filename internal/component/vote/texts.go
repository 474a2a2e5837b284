package vote

import (
	"encoding/json"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

var _ component.ResolutionKeeper = (*Component)(nil)

// ResolutionTexts lists the resolutions of a space, with the text that the journal has of each first.
func (c *Component) ResolutionTexts(tx *db.Tx, spaceID int64) ([]component.ResolutionText, error) {
	list, err := db.All(tx, `SELECT r.id, r.number, r.title, r.text FROM vote_resolution r
		WHERE r.space_id = $1 ORDER BY r.series_id, r.number`, []any{spaceID},
		func(scan func(...any) error) (r component.ResolutionText, err error) {
			return r, scan(&r.ID, &r.Number, &r.Title, &r.Text)
		})
	if err != nil {
		return nil, err
	}
	events, err := journal.Read(tx, journal.Filter{Space: spaceID, Kinds: []string{ResolutionSet{}.EventKind()}})
	if err != nil {
		return nil, err
	}
	first := map[string]string{}
	for _, e := range events {
		if _, known := first[e.Subject]; known || e.Erased() {
			continue
		}
		var set ResolutionSet
		if err := json.Unmarshal(e.Payload, &set); err != nil {
			return nil, err
		}
		first[e.Subject] = set.Text
	}
	for i, r := range list {
		list[i].First = r.Text
		if text, known := first[Resolution{ID: r.ID}.Subject()]; known {
			list[i].First = text
		}
	}
	return list, nil
}
