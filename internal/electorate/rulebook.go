package electorate

import (
	"errors"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// Rulebook reads the statutes of spaces and keeps them parsed until they change: pages ask for
// them thousands of times between two changes. The zero value is ready; it may be used from
// several goroutines.
type Rulebook struct {
	mu    sync.Mutex
	known map[int64]datedRules
}

type datedRules struct {
	changed time.Time
	rules   statute.Rules
}

// Rules is [Rules]. What it gives is shared: it must not be changed.
func (b *Rulebook) Rules(tx *db.Tx, spaceID int64) (statute.Rules, error) {
	var changed time.Time
	err := tx.Row("SELECT changed_at FROM statutes WHERE space_id = $1", []any{spaceID}, &changed)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return statute.Rules{}, err
	}
	b.mu.Lock()
	known, ok := b.known[spaceID]
	b.mu.Unlock()
	if ok && known.changed.Equal(changed) {
		return known.rules, nil
	}
	rules, err := Rules(tx, spaceID)
	if err != nil {
		return rules, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[int64]datedRules{}
	}
	b.known[spaceID] = datedRules{changed, rules}
	return rules, nil
}
