package journal

import (
	"encoding/json"
	"io"

	"isegoria.org/isegoria/internal/platform/db"
)

// ExportSpace writes the events of a space as [Export] does: with what they say.
func ExportSpace(tx *db.Tx, w io.Writer, spaceID int64) error {
	return export(tx, w, " AND space_id = $1", spaceID)
}

// ExportChain writes every link of the chain without what the events say: place, id, date, kind, digest
// and hash, from which anyone recomputes each hash.
func ExportChain(tx *db.Tx, w io.Writer) error {
	out := json.NewEncoder(w)
	return tx.Each("SELECT seq, id, at, kind, digest, hash FROM journal WHERE seq IS NOT NULL ORDER BY seq", nil, func(scan func(dest ...any) error) error {
		var l struct {
			Seq    int64  `json:"seq"`
			ID     int64  `json:"id,string"`
			At     int64  `json:"at"` // milliseconds since 1970, UTC
			Kind   string `json:"kind"`
			Digest string `json:"digest"`
			Hash   string `json:"hash"`
		}
		if err := scan(&l.Seq, &l.ID, &l.At, &l.Kind, &l.Digest, &l.Hash); err != nil {
			return err
		}
		return out.Encode(l)
	})
}
