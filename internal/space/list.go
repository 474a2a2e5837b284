package space

import (
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// Season is where a whole space stands in time.
type Season string

const (
	Open   Season = "open"   // its first step has begun, its last is not over
	Coming Season = "coming" // nothing has begun
	Closed Season = "closed" // every step is over, or the space is archived
)

// Listed is a space as a list shows it. First and Last are the ends of its steps; zero
// without dates.
type Listed struct {
	Space
	Season      Season
	First, Last time.Time
}

// listing is every space the viewer may see with its season; $1 to $3 are the viewer, $4 is now.
const listing = `SELECT s.*, p.first_at, p.last_at,
		CASE WHEN s.archived_at IS NOT NULL OR p.undated = 0 AND p.last_at <= $4 THEN 'closed'
			WHEN p.first_at IS NULL OR p.first_at > $4 THEN 'coming' ELSE 'open' END AS season
	FROM space s LEFT JOIN (SELECT space_id, MIN(starts_at) AS first_at, MAX(COALESCE(ends_at, starts_at)) AS last_at,
			SUM(CASE WHEN starts_at IS NULL THEN 1 ELSE 0 END) AS undated FROM phase GROUP BY space_id) p ON p.space_id = s.id
	WHERE s.visibility = 'public'
		OR $1 = 1
		OR s.visibility = 'members' AND CAST($2 AS BIGINT) <> 0
		OR EXISTS (SELECT 1 FROM role r WHERE r.account_id = $3 AND r.space_id IN (s.id, 0))
		OR EXISTS (SELECT 1 FROM elector e WHERE e.member_id = $2 AND e.space_id = s.id)`

// List lists the spaces the viewer may see, of one season or of all but the archived (""): what
// is open first, then what comes soonest, then what closed last. total counts them all.
func List(tx *db.Tx, v people.Viewer, season Season, offset, limit int) (list []Listed, total int, err error) {
	from := ` FROM (` + listing + `) l WHERE $5 = season OR $5 = '' AND archived_at IS NULL`
	args := []any{flag(v.Admin), v.Member, v.Account, tx.Now, string(season)}
	if err := tx.Row("SELECT count(*)"+from, append([]any(nil), args...), &total); err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, `SELECT `+columns+`, season, first_at, last_at`+from+`
		ORDER BY CASE season WHEN 'open' THEN 1 WHEN 'coming' THEN 2 ELSE 3 END,
			CASE season WHEN 'closed' THEN -last_at ELSE COALESCE(first_at, 9000000000000) END, id DESC
		LIMIT $6 OFFSET $7`, append(args, limit, offset), func(scan func(...any) error) (l Listed, err error) {
		return l, scan(&l.ID, &l.Slug, &l.Kind, &l.Parent, &l.Call, &l.Title, &l.Kicker, &l.Summary, &l.Place, &l.Visibility, &l.TimeZone,
			&l.CreatedAt, &l.ArchivedAt, &l.Season, &l.First, &l.Last)
	})
	return list, total, err
}
