package vote

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// parsedRules are statutes read once and kept until they change.
type parsedRules struct {
	changed time.Time
	rules   statute.Rules
}

// rules are the statutes of the space: pages ask for them thousands of times between two changes.
func (c *Component) rules(tx *db.Tx, spaceID int64) (statute.Rules, error) {
	var changed time.Time
	err := tx.Row("SELECT changed_at FROM statutes WHERE space_id = $1", []any{spaceID}, &changed)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return statute.Rules{}, err
	}
	c.mu.Lock()
	known, ok := c.parsed[spaceID]
	c.mu.Unlock()
	if ok && known.changed.Equal(changed) {
		return known.rules, nil
	}
	rules, err := electorate.Rules(tx, spaceID)
	if err != nil {
		return rules, err
	}
	c.mu.Lock()
	c.parsed[spaceID] = parsedRules{changed, rules}
	c.mu.Unlock()
	return rules, nil
}

// Period is when the space's votes are open.
func (c *Component) Period(tx *db.Tx, spaceID int64) (component.Period, error) {
	var p component.Period
	list, err := listSeries(tx, spaceID)
	if err != nil {
		return p, err
	}
	for _, s := range list {
		if st := s.State(tx.Now, false); st == Draft || st == Waiting {
			continue
		}
		if p.Opens.IsZero() || s.Opens.Before(p.Opens) {
			p.Opens = s.Opens
		}
		if s.Closes.After(p.Closes) {
			p.Closes = s.Closes
		}
	}
	p.Opened = !p.Opens.IsZero() && !tx.Now.Before(p.Opens)
	p.Closed = !p.Closes.IsZero() && !tx.Now.Before(p.Closes)
	return p, nil
}

// VotedFor tells whether a holder has cast a ballot for the principal.
func (c *Component) VotedFor(tx *db.Tx, spaceID, principal int64) (bool, error) {
	var n int
	err := tx.Row(`SELECT count(*) FROM vote_ballot WHERE member_id = $1 AND by_proxy
		AND resolution_id IN (SELECT id FROM vote_resolution WHERE space_id = $2)`, []any{principal, spaceID}, &n)
	return n > 0, err
}

// Missing lists the electors without any ballot or paper in a series that is open now.
func (c *Component) Missing(tx *db.Tx, spaceID int64) ([]int64, error) {
	return db.All(tx, `SELECT e.member_id FROM elector e WHERE e.space_id = $1 AND EXISTS (
			SELECT 1 FROM vote_series s WHERE s.space_id = e.space_id AND s.opens_at <= $2 AND s.closes_at > $2
				AND NOT EXISTS (SELECT 1 FROM vote_paper_voter p WHERE p.series_id = s.id AND p.member_id = e.member_id)
				AND NOT EXISTS (SELECT 1 FROM vote_ballot b JOIN vote_resolution r ON r.id = b.resolution_id
					WHERE b.member_id = e.member_id AND r.series_id = s.id))
		ORDER BY e.sort_name, e.member_id`, []any{spaceID, tx.Now}, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
}
