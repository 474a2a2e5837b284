package replay

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// settings are how the space's session is recorded; without a line, it is not.
func settings(tx *db.Tx, spaceID int64) (Settings, error) {
	s := Settings{Days: KeepDays[0]}
	err := tx.Row("SELECT recording, keep_days, legal, published_at FROM replay WHERE space_id = $1", []any{spaceID}, &s.Recording, &s.Days, &s.Legal, &s.Published)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return s, err
}

func (s Settings) save(tx *db.Tx, spaceID int64) error {
	_, err := tx.Exec(`INSERT INTO replay (space_id, recording, keep_days, legal, published_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (space_id) DO UPDATE SET recording = excluded.recording, keep_days = excluded.keep_days, legal = excluded.legal, published_at = excluded.published_at`,
		spaceID, s.Recording, s.Days, s.Legal, s.Published)
	return err
}

// answerOf is what the account answered in the space.
func answerOf(tx *db.Tx, spaceID, account int64) (answer, error) {
	var yes bool
	err := tx.Row("SELECT agrees FROM replay_answer WHERE space_id = $1 AND account_id = $2", []any{spaceID, account}, &yes)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return noAnswer, nil
	case yes:
		return agrees, err
	default:
		return refuses, err
	}
}

func saveAnswer(tx *db.Tx, spaceID, account int64, said answer) error {
	_, err := tx.Exec(`INSERT INTO replay_answer (space_id, account_id, agrees, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (space_id, account_id) DO UPDATE SET agrees = excluded.agrees, at = excluded.at`, spaceID, account, said == agrees, tx.Now)
	return err
}

// answers counts what people of the space answered.
func answers(tx *db.Tx, spaceID int64) (yes, no int, err error) {
	err = tx.Row("SELECT count(CASE WHEN agrees THEN 1 END), count(CASE WHEN agrees THEN NULL ELSE 1 END) FROM replay_answer WHERE space_id = $1", []any{spaceID}, &yes, &no)
	return yes, no, err
}

// answered are the accounts that have answered.
func answered(tx *db.Tx, spaceID int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := tx.Each("SELECT account_id FROM replay_answer WHERE space_id = $1", []any{spaceID}, func(scan func(...any) error) error {
		var account int64
		err := scan(&account)
		out[account] = true
		return err
	})
	return out, err
}

// recorded lists the spaces whose session is recorded.
func recorded(tx *db.Tx) ([]int64, error) {
	return db.All(tx, "SELECT space_id FROM replay WHERE recording ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
}

const speechQuery = "SELECT id, space_id, account_id, since, begun, lasts, file, file_key, size FROM replay_speech"

func scanSpeech(scan func(...any) error) (s Speech, err error) {
	var lasts int64
	err = scan(&s.ID, &s.Space, &s.Account, &s.Since, &s.Begun, &lasts, &s.File, &s.Key, &s.Size)
	s.Lasts = time.Duration(lasts) * time.Millisecond
	return s, err
}

// beingWritten lists the speeches that are being recorded, on any node.
func beingWritten(tx *db.Tx) ([]Speech, error) {
	return db.All(tx, speechQuery+" WHERE file_key = '' ORDER BY id", nil, scanSpeech)
}

// speeches lists the recorded speeches of a space, in their order.
func speeches(tx *db.Tx, spaceID int64) ([]Speech, error) {
	return db.All(tx, speechQuery+" WHERE space_id = $1 AND file_key <> '' ORDER BY begun, id", []any{spaceID}, scanSpeech)
}

// ownSpeeches lists the speeches of an account, those that are being written too.
func ownSpeeches(tx *db.Tx, spaceID, account int64) ([]Speech, error) {
	return db.All(tx, speechQuery+" WHERE space_id = $1 AND account_id = $2 ORDER BY id", []any{spaceID, account}, scanSpeech)
}

func findSpeech(tx *db.Tx, spaceID, id int64) (Speech, error) {
	list, err := db.All(tx, speechQuery+" WHERE space_id = $1 AND id = $2 AND file_key <> ''", []any{spaceID, id}, scanSpeech)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Speech{}, err
	}
	return list[0], nil
}

// insertSpeech notes that a speech begins to be written, unless another node does so.
func insertSpeech(tx *db.Tx, s Speech) (done bool, err error) {
	n, err := tx.Exec(`INSERT INTO replay_speech (id, space_id, account_id, since, begun, lasts, file, file_key, size)
		VALUES ($1, $2, $3, $4, $5, 0, $6, '', 0) ON CONFLICT DO NOTHING`, s.ID, s.Space, s.Account, s.Since, s.Begun, s.File)
	return n > 0, err
}

// keepSpeech notes where the finished file is; done is false when the speech was erased meanwhile.
func keepSpeech(tx *db.Tx, s Speech) (done bool, err error) {
	n, err := tx.Exec("UPDATE replay_speech SET lasts = $2, file = '', file_key = $3, size = $4 WHERE id = $1 AND file_key = ''", s.ID, s.Lasts.Milliseconds(), s.Key, s.Size)
	return n > 0, err
}

// dropSpeech forgets a speech that is being written.
func dropSpeech(tx *db.Tx, id int64) error {
	_, err := tx.Exec("DELETE FROM replay_speech WHERE id = $1 AND file_key = ''", id)
	return err
}

// tooOld lists the spaces that have speeches kept longer than was said, with the keys of their files.
func tooOld(tx *db.Tx) (map[int64][]Speech, error) {
	out := map[int64][]Speech{}
	list, err := db.All(tx, speechQuery+` WHERE file_key <> '' AND EXISTS (SELECT 1 FROM replay r
		WHERE r.space_id = replay_speech.space_id AND replay_speech.begun < $1 - r.keep_days * 86400000)`, []any{tx.Now.UnixMilli()}, scanSpeech)
	for _, s := range list {
		out[s.Space] = append(out[s.Space], s)
	}
	return out, err
}

func deleteSpeech(tx *db.Tx, id int64) error {
	_, err := tx.Exec("DELETE FROM replay_speech WHERE id = $1", id)
	return err
}
