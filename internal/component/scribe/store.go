package scribe

import (
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

const query = "SELECT space_id, active, lang, host, node, beat_at, trouble, lost FROM scribe"

func scan(scan func(...any) error) (s Settings, err error) {
	return s, scan(&s.Space, &s.Active, &s.Lang, &s.Host, &s.node, &s.beat, &s.Trouble, &s.Lost)
}

// settings are those of a space; without a line, no machine writes.
func settings(tx *db.Tx, spaceID int64) (Settings, error) {
	list, err := db.All(tx, query+" WHERE space_id = $1", []any{spaceID}, scan)
	if err != nil || len(list) == 0 {
		return Settings{Space: spaceID}, err
	}
	return list[0], nil
}

// active lists the spaces in which it is switched on.
func active(tx *db.Tx) ([]Settings, error) {
	return db.All(tx, query+" WHERE active ORDER BY space_id", nil, scan)
}

// save switches it on or off: who listens begins anew.
func (s Settings) save(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO scribe (space_id, active, lang, host, node, trouble, lost) VALUES ($1, $2, $3, $4, '', '', 0)
		ON CONFLICT (space_id) DO UPDATE SET active = excluded.active, lang = excluded.lang, host = excluded.host,
			node = '', beat_at = NULL, trouble = '', lost = 0`, s.Space, s.Active, s.Lang, s.Host)
	return err
}

// listens says that the node listens, unless another one does.
func listens(tx *db.Tx, spaceID int64, node string) (mine bool, err error) {
	n, err := tx.Exec(`UPDATE scribe SET node = $2, beat_at = $3 WHERE space_id = $1 AND active AND (node = $2 OR beat_at IS NULL OR beat_at < $4)`,
		spaceID, node, tx.Now, tx.Now.Add(-silent))
	return n > 0, err
}

// silent is after how long without a sign of life another node listens.
const silent = 10 * time.Second

// note notes how the engine does, and how many passages more were not written.
func note(tx *db.Tx, spaceID int64, t Trouble, lost int) error {
	_, err := tx.Exec("UPDATE scribe SET trouble = $2, lost = lost + $3 WHERE space_id = $1", spaceID, t, lost)
	return err
}
