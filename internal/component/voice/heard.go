package voice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room"
)

// listen writes down how long each voice of a room has been heard. Two nodes that do it write the
// same: a reading that is known already changes nothing.
func (c *Component) listen(ctx context.Context, k roomKey) error {
	speech, err := c.deps.Rooms.Spoken(ctx, k.Name)
	if errors.Is(err, room.ErrUnmeasured) || errors.Is(err, room.ErrNotFound) || err == nil && len(speech.Spoken) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	var changed map[int64]time.Duration
	var open bool
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		if changed, err = unwritten(tx, k, speech); err != nil || len(changed) == 0 {
			return err
		}
		session, err := c.deps.LiveSession(tx, k.Space)
		open = session.Open
		return err
	})
	if err != nil || len(changed) == 0 {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		for account, heard := range changed {
			if err := writeHeard(tx, k, account, speech.Since, heard, open); err != nil {
				return err
			}
		}
		return nil
	})
}

// coarse is the least speech that is worth a line; what is less waits for more.
const coarse = time.Second

// unwritten is what of the speech is not written yet, by account.
func unwritten(tx *db.Tx, k roomKey, speech room.Speech) (map[int64]time.Duration, error) {
	identities := make([]string, 0, len(speech.Spoken))
	for id := range speech.Spoken {
		identities = append(identities, id)
	}
	list, err := persons(tx, k.Space, identities)
	if err != nil {
		return nil, err
	}
	known := map[int64]time.Duration{}
	err = tx.Each("SELECT account_id, heard FROM voice_heard WHERE space_id = $1 AND place = $2 AND since = $3", []any{k.Space, k.Place, speech.Since},
		func(scan func(...any) error) error {
			var account, heard int64
			err := scan(&account, &heard)
			known[account] = time.Duration(heard) * time.Millisecond
			return err
		})
	if err != nil {
		return nil, err
	}
	changed := map[int64]time.Duration{}
	for _, p := range list {
		if heard := speech.Spoken[p.Identity]; heard-known[p.Account] >= coarse {
			changed[p.Account] = heard
		}
	}
	return changed, nil
}

// writeHeard adds what was heard since the last line; it counts while the session is open.
func writeHeard(tx *db.Tx, k roomKey, account int64, since time.Time, heard time.Duration, open bool) error {
	_, err := tx.Exec(`INSERT INTO voice_heard (space_id, place, account_id, since, heard, counted) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (space_id, account_id, place, since) DO UPDATE SET
			counted = voice_heard.counted + CASE WHEN $7 = 1 THEN excluded.heard - voice_heard.heard ELSE 0 END, heard = excluded.heard
		WHERE excluded.heard > voice_heard.heard`,
		k.Space, k.Place, account, since, heard.Milliseconds(), countedFirst(heard, open), flag(open))
	return err
}

func countedFirst(heard time.Duration, open bool) int64 {
	if open {
		return heard.Milliseconds()
	}
	return 0
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// share is how long somebody's voice was heard in the open session.
type share struct {
	Account int64         `json:"-"`
	Name    string        `json:"name"`
	College string        `json:"college,omitempty"`
	Heard   time.Duration `json:"-"`
	Seconds int64         `json:"seconds"`
}

// shares lists whose voice was heard, who spoke longest first: in plenary, or at tables.
func shares(tx *db.Tx, spaceID int64, tables bool) ([]share, error) {
	op := "="
	if tables {
		op = "<>"
	}
	return db.All(tx, fmt.Sprintf(`SELECT h.account_id, a.name, COALESCE(e.college, ''), CAST(SUM(h.counted) AS BIGINT) AS total
		FROM voice_heard h JOIN account a ON a.id = h.account_id
		LEFT JOIN elector e ON e.space_id = h.space_id AND e.member_id = a.member_id
		WHERE h.space_id = $1 AND h.place %s 0 GROUP BY h.account_id, a.name, e.college
		HAVING SUM(h.counted) > 0 ORDER BY total DESC, a.name, h.account_id`, op), []any{spaceID},
		func(scan func(...any) error) (s share, err error) {
			var ms int64
			err = scan(&s.Account, &s.Name, &s.College, &ms)
			s.Heard, s.Seconds = time.Duration(ms)*time.Millisecond, (ms+500)/1000
			return s, err
		})
}
