package proxy

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// paperNote is what an officer added to a paper proxy.
type paperNote struct {
	Mime      string // of the scan
	Cancelled string // why it was entered by mistake
}

func findNote(tx *db.Tx, proxy int64) (n paperNote, err error) {
	err = tx.Row("SELECT scan_mime, cancelled FROM proxy_paper WHERE proxy_id = $1", []any{proxy}, &n.Mime, &n.Cancelled)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return n, err
}

func saveNote(tx *db.Tx, proxy int64, n paperNote) error {
	_, err := tx.Exec(`INSERT INTO proxy_paper (proxy_id, scan_mime, cancelled) VALUES ($1, $2, $3)
		ON CONFLICT (proxy_id) DO UPDATE SET scan_mime = excluded.scan_mime, cancelled = excluded.cancelled`, proxy, n.Mime, n.Cancelled)
	return err
}

// spacesWithProxies lists the spaces in which a proxy was ever given.
func spacesWithProxies(tx *db.Tx) ([]int64, error) {
	return db.All(tx, "SELECT DISTINCT space_id FROM proxy ORDER BY space_id", nil,
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
}

// record is a proxy as the tables of the legal file and of the officers have it.
type record struct {
	ID                       int64
	Space                    int64
	Principal, PrincipalName string // number and name
	College, Votes           string
	Holder, HolderName       string
	State, Origin            string
	Blank                    bool
	Given, Answered, Ended   time.Time
	EndReason, Cancelled     string
	Scan, ScanMime           string
}

// eachRecord calls fn for every proxy of the space (0: of all), in the order they were given; with a
// member, for those that the member gave or held.
func eachRecord(tx *db.Tx, spaceID, member int64, fn func(record) error) error {
	return tx.Each(`SELECT p.id, p.space_id, pe.number, pe.name, pe.college, pe.votes, COALESCE(hm.number, ''), COALESCE(he.name, ''),
			p.state, p.origin, p.blank, p.given_at, p.answered_at, p.ended_at, p.end_reason, COALESCE(n.cancelled, ''), p.scan, COALESCE(n.scan_mime, '')
		FROM proxy p JOIN elector pe ON pe.space_id = p.space_id AND pe.member_id = p.principal_id
			LEFT JOIN elector he ON he.space_id = p.space_id AND he.member_id = p.holder_id
			LEFT JOIN member hm ON hm.id = p.holder_id
			LEFT JOIN proxy_paper n ON n.proxy_id = p.id
		WHERE (CAST($1 AS BIGINT) = 0 OR p.space_id = $1) AND (CAST($2 AS BIGINT) = 0 OR p.principal_id = $2 OR p.holder_id = $2) ORDER BY p.id`,
		[]any{spaceID, member}, func(scan func(...any) error) error {
			var r record
			err := scan(&r.ID, &r.Space, &r.Principal, &r.PrincipalName, &r.College, &r.Votes, &r.Holder, &r.HolderName,
				&r.State, &r.Origin, &r.Blank, &r.Given, &r.Answered, &r.Ended, &r.EndReason, &r.Cancelled, &r.Scan, &r.ScanMime)
			if err != nil {
				return err
			}
			return fn(r)
		})
}
