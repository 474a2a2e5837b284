package minutes

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// findMinutes are the minutes of the space with their approvals; nil before the first draft.
func findMinutes(tx *db.Tx, spaceID int64) (*Minutes, error) {
	m := Minutes{Space: spaceID}
	err := tx.Row("SELECT state, version, published, submitted_at, approved_at, hash, frozen FROM minutes WHERE space_id = $1", []any{spaceID},
		&m.State, &m.Version, &m.Published, &m.Submitted, &m.Approved, &m.Hash, &m.frozen)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m.Approvals, err = signatures(tx, "minutes_approval", spaceID)
	return &m, err
}

// lockMinutes are the minutes, held until the transaction ends: of two who write, the second sees
// what the first wrote.
func lockMinutes(tx *db.Tx, spaceID int64) (*Minutes, error) {
	if _, err := tx.Exec("UPDATE minutes SET version = version WHERE space_id = $1", spaceID); err != nil {
		return nil, err
	}
	return findMinutes(tx, spaceID)
}

func insertMinutes(tx *db.Tx, spaceID int64) error {
	_, err := tx.Exec("INSERT INTO minutes (space_id, state, version, published, hash, frozen) VALUES ($1, 'draft', 0, $2, '', '')", spaceID, false)
	if errors.Is(err, db.ErrConflict) {
		return fault.New(fault.Conflict, "minutes.just_drafted")
	}
	return err
}

// addVersion keeps a version and makes it the current one.
func addVersion(tx *db.Tx, a space.Access, number int64, kind, content string) error {
	_, err := tx.Exec("INSERT INTO minutes_version (space_id, number, at, account_id, author, kind, content) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		a.Space.ID, number, tx.Now, a.Viewer.Account, a.Viewer.Name, kind, content)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE minutes SET version = $2 WHERE space_id = $1 AND state <> 'approved'", a.Space.ID, number)
	return err
}

// findVersion is one version, whole.
func findVersion(tx *db.Tx, spaceID, number int64) (v Version, err error) {
	var text string
	err = tx.Row("SELECT number, at, author, kind, content FROM minutes_version WHERE space_id = $1 AND number = $2", []any{spaceID, number},
		&v.Number, &v.At, &v.Author, &v.Kind, &text)
	if errors.Is(err, db.ErrNotFound) {
		return v, fault.New(fault.NotFound, "minutes.version.unknown")
	}
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(text), &v.Content); err != nil {
		return v, fmt.Errorf("minutes of space %d, version %d: %w", spaceID, number, err)
	}
	return v, nil
}

// listVersions lists versions without their content, the newest first.
func listVersions(tx *db.Tx, spaceID int64, offset, limit int) (list []Version, total int, err error) {
	if err := tx.Row("SELECT count(*) FROM minutes_version WHERE space_id = $1", []any{spaceID}, &total); err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, "SELECT number, at, author, kind FROM minutes_version WHERE space_id = $1 ORDER BY number DESC LIMIT $2 OFFSET $3",
		[]any{spaceID, limit, offset}, func(scan func(...any) error) (v Version, err error) {
			return v, scan(&v.Number, &v.At, &v.Author, &v.Kind)
		})
	return list, total, err
}

// setState moves minutes that are not approved; anything but submitted voids the approvals.
func setState(tx *db.Tx, spaceID int64, state State) error {
	if _, err := tx.Exec("DELETE FROM minutes_approval WHERE space_id = $1", spaceID); err != nil {
		return err
	}
	var at any
	if state == SubmittedState {
		at = tx.Now
	}
	_, err := tx.Exec("UPDATE minutes SET state = $2, submitted_at = $3 WHERE space_id = $1 AND state <> 'approved'", spaceID, state, at)
	return err
}

func setPublished(tx *db.Tx, spaceID int64, shown bool) error {
	_, err := tx.Exec("UPDATE minutes SET published = $2 WHERE space_id = $1", spaceID, shown)
	return err
}

// freeze keeps the approved document for good.
func freeze(tx *db.Tx, spaceID int64, text, hash string) error {
	_, err := tx.Exec("UPDATE minutes SET state = 'approved', approved_at = $2, frozen = $3, hash = $4 WHERE space_id = $1 AND state <> 'approved'",
		spaceID, tx.Now, text, hash)
	return err
}

func listRectifications(tx *db.Tx, spaceID int64) ([]Rectification, error) {
	return db.All(tx, "SELECT number, at, author, text FROM minutes_rectification WHERE space_id = $1 ORDER BY number", []any{spaceID},
		func(scan func(...any) error) (r Rectification, err error) {
			return r, scan(&r.Number, &r.At, &r.Author, &r.Text)
		})
}

func insertRectification(tx *db.Tx, a space.Access, n int64, text string) error {
	_, err := tx.Exec("INSERT INTO minutes_rectification (space_id, number, at, account_id, author, text) VALUES ($1, $2, $3, $4, $5, $6)",
		a.Space.ID, n, tx.Now, a.Viewer.Account, a.Viewer.Name, text)
	return err
}

// writeVersions writes every version, one a line, the oldest first.
func writeVersions(tx *db.Tx, w io.Writer, spaceID int64) error {
	out := json.NewEncoder(w)
	return tx.Each("SELECT number, at, author, kind, content FROM minutes_version WHERE space_id = $1 ORDER BY number", []any{spaceID},
		func(scan func(...any) error) error {
			var v struct {
				Number  int64           `json:"version"`
				At      time.Time       `json:"at"`
				Author  string          `json:"author"`
				Kind    string          `json:"kind"`
				Content json.RawMessage `json:"content"`
			}
			var content string
			if err := scan(&v.Number, &v.At, &v.Author, &v.Kind, &content); err != nil {
				return err
			}
			v.Content = json.RawMessage(content)
			return out.Encode(v)
		})
}
