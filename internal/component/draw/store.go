package draw

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

const drawColumns = `id, space_id, title, size, objective, panels, one_per_address, categories, consent, closes_at, erase_at, erased_at, revision, checked, created_at, constituencies, mailing, ties`

func scanDraw(scan func(...any) error) (d Draw, err error) {
	var categories, checked, constituencies, mailing, ties string
	err = scan(&d.ID, &d.Space, &d.Title, &d.Size, &d.Objective, &d.Panels, &d.OnePerAddress, &categories, &d.Consent, &d.ClosesAt,
		&d.EraseAt, &d.ErasedAt, &d.Revision, &checked, &d.CreatedAt, &constituencies, &mailing, &ties)
	if err != nil {
		return d, err
	}
	return d, errors.Join(fromJSON(categories, &d.Categories), fromJSON(checked, &d.Checked), fromJSON(constituencies, &d.Constituencies), fromJSON(mailing, &d.Mailing), fromJSON(ties, &d.Ties))
}

func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), v)
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs of plain values
	}
	return string(text)
}

func insertDraw(tx *db.Tx, d Draw) error {
	_, err := tx.Exec(`INSERT INTO draw (id, space_id, title, size, objective, panels, one_per_address, categories, consent, erase_at, revision, checked, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, '', $11)`,
		d.ID, d.Space, d.Title, d.Size, string(d.Objective), d.Panels, d.OnePerAddress, toJSON(d.Categories), d.Consent, d.EraseAt, d.CreatedAt)
	return err
}

// updateDraw writes what may change; the revision moves, so that an earlier check no longer holds.
func updateDraw(tx *db.Tx, d Draw) error {
	_, err := tx.Exec(`UPDATE draw SET title = $2, size = $3, objective = $4, panels = $5, one_per_address = $6, categories = $7,
		consent = $8, closes_at = $9, erase_at = $10, constituencies = $11, mailing = $12, ties = $13, revision = revision + 1 WHERE id = $1`,
		d.ID, d.Title, d.Size, string(d.Objective), d.Panels, d.OnePerAddress, toJSON(d.Categories), d.Consent, d.ClosesAt, d.EraseAt, toJSON(d.Constituencies), toJSON(d.Mailing), toJSON(d.Ties))
	return err
}

func touch(tx *db.Tx, drawID int64) error {
	_, err := tx.Exec("UPDATE draw SET revision = revision + 1 WHERE id = $1", drawID)
	return err
}

func keepCheck(tx *db.Tx, drawID int64, c Check) error {
	_, err := tx.Exec("UPDATE draw SET checked = $2 WHERE id = $1", drawID, toJSON(c))
	return err
}

func oneDraw(tx *db.Tx, where string, args ...any) (Draw, error) {
	list, err := db.All(tx, "SELECT "+drawColumns+" FROM draw WHERE "+where, args, scanDraw)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Draw{}, err
	}
	return list[0], nil
}

func findDraw(tx *db.Tx, spaceID, id int64) (Draw, error) {
	return oneDraw(tx, "id = $1 AND space_id = $2", id, spaceID)
}

func drawByID(tx *db.Tx, id int64) (Draw, error) { return oneDraw(tx, "id = $1", id) }

func drawsOf(tx *db.Tx, spaceID int64) ([]Draw, error) {
	return db.All(tx, "SELECT "+drawColumns+" FROM draw WHERE space_id = $1 ORDER BY id DESC", []any{spaceID}, scanDraw)
}

func allDraws(tx *db.Tx) ([]Draw, error) {
	return db.All(tx, "SELECT "+drawColumns+" FROM draw ORDER BY id", nil, scanDraw)
}

// dueErasures are the draws whose personal data are to go at now.
func dueErasures(tx *db.Tx, now time.Time) ([]Draw, error) {
	return db.All(tx, "SELECT "+drawColumns+" FROM draw WHERE erased_at IS NULL AND erase_at <= $1", []any{now}, scanDraw)
}

const roundColumns = `id, draw_id, ordinal, state, objective, panels, options, run, beat_at, gap, stop, failure, summary, method, published_at, COALESCE(number, 0), drawn_at`

func scanRound(scan func(...any) error) (r Round, err error) {
	var options, summary, method string
	err = scan(&r.ID, &r.Draw, &r.Ordinal, &r.State, &r.Objective, &r.Panels, &options, &r.run, &r.BeatAt, &r.Gap, &r.Stop, &r.Failure,
		&summary, &method, &r.PublishedAt, &r.Number, &r.DrawnAt)
	if err != nil {
		return r, err
	}
	return r, errors.Join(fromJSON(options, &r.Options), fromJSON(summary, &r.Summary), fromJSON(method, &r.Method))
}

func roundsOf(tx *db.Tx, drawID int64) ([]Round, error) {
	return db.All(tx, "SELECT "+roundColumns+" FROM draw_round WHERE draw_id = $1 ORDER BY ordinal", []any{drawID}, scanRound)
}

func findRound(tx *db.Tx, id int64) (Round, error) {
	list, err := db.All(tx, "SELECT "+roundColumns+" FROM draw_round WHERE id = $1", []any{id}, scanRound)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Round{}, err
	}
	return list[0], nil
}

// files are the inputs of a round and its report, byte for byte.
type files struct{ pool, quotas, report, seed string }

func filesOf(tx *db.Tx, roundID int64) (f files, err error) {
	return f, tx.Row("SELECT pool, quotas, report, seed FROM draw_round WHERE id = $1", []any{roundID}, &f.pool, &f.quotas, &f.report, &f.seed)
}

func insertRound(tx *db.Tx, r Round, f files) error {
	_, err := tx.Exec(`INSERT INTO draw_round (id, draw_id, ordinal, state, objective, panels, options, seed, pool, quotas, run, gap, stop, failure, report, summary, method, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 1, $11, '', '', '', '', $12)`,
		r.ID, r.Draw, r.Ordinal, string(Waiting), string(r.Objective), r.Panels, toJSON(r.Options), f.seed, f.pool, f.quotas, false, tx.Now)
	return err
}

// waitAgain puts a round back in line, with the quotas given.
func waitAgain(tx *db.Tx, roundID int64, quotas string) error {
	_, err := tx.Exec(`UPDATE draw_round SET state = $2, quotas = $3, gap = 1, stop = $4, failure = '', summary = '', run = 0 WHERE id = $1`,
		roundID, string(Waiting), quotas, false)
	return err
}

// claim takes the oldest round that waits; ok is false when there is none.
func claim(tx *db.Tx) (r Round, ok bool, err error) {
	list, err := db.All(tx, "SELECT "+roundColumns+" FROM draw_round WHERE state = $1 ORDER BY id LIMIT 1", []any{string(Waiting)}, scanRound)
	if err != nil || len(list) == 0 {
		return r, false, err
	}
	r = list[0]
	r.run = tx.NewID()
	n, err := tx.Exec("UPDATE draw_round SET state = $2, run = $3, beat_at = $4 WHERE id = $1 AND state = $5", r.ID, string(Computing), r.run, tx.Now, string(Waiting))
	return r, n == 1, err
}

func anyWaiting(tx *db.Tx) (yes bool, err error) {
	return yes, tx.Row("SELECT EXISTS (SELECT 1 FROM draw_round WHERE state = $1)", []any{string(Waiting)}, &yes)
}

// beat says that the computation is alive, and returns whether it was asked to stop.
func beat(tx *db.Tx, r Round, gap float64) (stop bool, err error) {
	return stop, tx.Row("UPDATE draw_round SET beat_at = $3, gap = $4 WHERE id = $1 AND run = $2 RETURNING stop", []any{r.ID, r.run, tx.Now, gap}, &stop)
}

// endRun records what a computation came to, unless another has taken over.
func endRun(tx *db.Tx, r Round, to State, failure, report string, s Summary) (bool, error) {
	n, err := tx.Exec("UPDATE draw_round SET state = $3, failure = $4, report = $5, summary = $6 WHERE id = $1 AND run = $2 AND state = $7",
		r.ID, r.run, string(to), failure, report, toJSON(s), string(Computing))
	return n == 1, err
}

func deleteRound(tx *db.Tx, roundID int64) error {
	for _, table := range []string{"draw_chance WHERE round_id", "draw_throw WHERE round_id", "draw_round WHERE id"} {
		if _, err := tx.Exec("DELETE FROM "+table+" = $1", roundID); err != nil {
			return err
		}
	}
	return nil
}

func throwsOf(tx *db.Tx, roundID int64) ([]Throw, error) {
	return db.All(tx, `SELECT t.id, t.shows, COALESCE(a.name, ''), t.at, t.struck FROM draw_throw t LEFT JOIN account a ON a.id = t.actor_id
		WHERE t.round_id = $1 ORDER BY t.id`, []any{roundID}, func(scan func(...any) error) (t Throw, err error) {
		return t, scan(&t.ID, &t.Shows, &t.By, &t.At, &t.Struck)
	})
}

// chanceRow is somebody's chance in a round.
type chanceRow struct {
	volunteer     int64
	place         int // line of the pool, from 0
	chance, usual float64
}

// insertChances writes everyone's chance, a few hundred lines at a time.
func insertChances(tx *db.Tx, roundID int64, rows []chanceRow) error {
	for batch := range slices.Chunk(rows, 150) {
		var values strings.Builder
		var args []any
		for i, row := range batch {
			if i > 0 {
				values.WriteString(", ")
			}
			n := len(args)
			fmt.Fprintf(&values, "($%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6)
			args = append(args, roundID, row.volunteer, row.place, row.chance, row.usual, false)
		}
		_, err := tx.Exec("INSERT INTO draw_chance (round_id, volunteer_id, place, chance, usual, drawn) VALUES "+values.String(), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// chancesOf lists the chances of those who could be drawn in the round, from the lowest.
func chancesOf(tx *db.Tx, r Round) (fair, usual []float64, err error) {
	read := func(column string) ([]float64, error) {
		return db.All(tx, "SELECT "+column+" FROM draw_chance WHERE round_id = $1 AND "+column+" >= 0 ORDER BY "+column, []any{r.ID},
			func(scan func(...any) error) (v float64, err error) { return v, scan(&v) })
	}
	if fair, err = read("chance"); err != nil {
		return nil, nil, err
	}
	usual, err = read("usual")
	return fair, usual, err
}
