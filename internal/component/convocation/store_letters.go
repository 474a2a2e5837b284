package convocation

import (
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

const letterMember = `SELECT m.id, m.first_name, m.last_name, m.address, m.postcode, m.city, m.country, m.language
	FROM convocation_recipient r JOIN member m ON m.id = r.member_id WHERE r.space_id = $1 AND r.call = $2`

func scanLetterMember(scan func(...any) error) (m people.Member, err error) {
	return m, scan(&m.ID, &m.FirstName, &m.LastName, &m.Address, &m.Postcode, &m.City, &m.Country, &m.Language)
}

// dueLetters are the members to whom a letter is due and in no file yet.
func dueLetters(tx *db.Tx, spaceID int64, call int, outbox bool) ([]people.Member, error) {
	states := "'letter', 'refused'"
	if outbox {
		states = "'letter', 'refused', 'outbox'"
	}
	return db.All(tx, letterMember+" AND r.batch_id IS NULL AND r.state IN ("+states+") ORDER BY m.sort_name, m.id",
		[]any{spaceID, call}, scanLetterMember)
}

// countDue says how many letters are due and in no file yet, in each fate.
func countDue(tx *db.Tx, spaceID int64, call int) (Counts, error) {
	c := Counts{}
	err := tx.Each(`SELECT state, count(*) FROM convocation_recipient WHERE space_id = $1 AND call = $2 AND batch_id IS NULL
		AND state IN ('letter', 'refused', 'outbox') GROUP BY state`, []any{spaceID, call}, func(scan func(...any) error) error {
		var f Fate
		var n int
		err := scan(&f, &n)
		c[f] = n
		return err
	})
	return c, err
}

// batchMembers are those whose letters stand in the batch, in the order of its file.
func batchMembers(tx *db.Tx, spaceID int64, call int, batch int64) ([]people.Member, error) {
	list, err := db.All(tx, letterMember+" AND r.batch_id = $3 ORDER BY m.sort_name, m.id", []any{spaceID, call, batch}, scanLetterMember)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "convocation.letters.unknown")
	}
	return list, err
}

func insertBatch(tx *db.Tx, a space.Access, call int) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec("INSERT INTO convocation_batch (id, space_id, call, made_at, made_by, downloads) VALUES ($1, $2, $3, $4, $5, 0)",
		id, a.Space.ID, call, tx.Now, a.Viewer.Account)
	return id, err
}

func putInBatch(tx *db.Tx, spaceID int64, call int, member, batch int64) error {
	_, err := tx.Exec("UPDATE convocation_recipient SET batch_id = $4 WHERE space_id = $1 AND call = $2 AND member_id = $3", spaceID, call, member, batch)
	return err
}

func countDownload(tx *db.Tx, batch int64) error {
	_, err := tx.Exec("UPDATE convocation_batch SET downloads = downloads + 1 WHERE id = $1", batch)
	return err
}

func setPosted(tx *db.Tx, a space.Access, batch int64, day time.Time) error {
	_, err := tx.Exec("UPDATE convocation_batch SET posted_on = $2, recorded_at = $3, recorded_by = $4 WHERE id = $1", batch, day, tx.Now, a.Viewer.Account)
	if err == nil {
		_, err = tx.Exec("UPDATE convocation_recipient SET state = 'printed' WHERE batch_id = $1", batch)
	}
	return err
}

const batchQuery = `SELECT b.id, (SELECT count(*) FROM convocation_recipient r WHERE r.batch_id = b.id), b.made_at, b.downloads, b.posted_on, b.recorded_at, COALESCE(a.name, '')
	FROM convocation_batch b LEFT JOIN account a ON a.id = b.recorded_by WHERE b.space_id = $1 AND b.call = $2`

func scanBatch(scan func(...any) error) (b Batch, err error) {
	return b, scan(&b.ID, &b.Letters, &b.MadeAt, &b.Downloads, &b.PostedOn, &b.RecordedAt, &b.RecordedBy)
}

// batches lists the files of letters, oldest first.
func batches(tx *db.Tx, spaceID int64, call int) ([]Batch, error) {
	return db.All(tx, batchQuery+" ORDER BY b.id", []any{spaceID, call}, scanBatch)
}

func findBatch(tx *db.Tx, spaceID int64, call int, id int64) (Batch, error) {
	list, err := db.All(tx, batchQuery+" AND b.id = $3", []any{spaceID, call, id}, scanBatch)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "convocation.letters.unknown")
	}
	if err != nil {
		return Batch{}, err
	}
	return list[0], nil
}
