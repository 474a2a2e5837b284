package stage

import (
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// load is what the space's session shows.
func load(tx *db.Tx, spaceID int64) (Now, error) {
	list, err := db.All(tx, `SELECT showing, subject, page, presenter, clock_text, clock_ends, playing, position, played_at FROM stage WHERE space_id = $1`,
		[]any{spaceID}, func(scan func(...any) error) (n Now, err error) {
			var position int64
			err = scan(&n.Showing, &n.Subject, &n.Page, &n.Presenter, &n.ClockText, &n.ClockEnds, &n.Playing, &position, &n.PlayedAt)
			n.Position = time.Duration(position) * time.Millisecond
			return n, err
		})
	var n Now
	if len(list) > 0 {
		n = list[0]
	}
	n.Space = spaceID
	return n, err
}

// hold is [load], and nobody else changes it before the transaction has ended.
func hold(tx *db.Tx, spaceID int64) (Now, error) {
	_, err := tx.Exec(`INSERT INTO stage (space_id, seq, showing, subject, page, presenter, clock_text)
		VALUES ($1, 1, '', 0, 0, 0, '') ON CONFLICT (space_id) DO UPDATE SET seq = stage.seq + 1`, spaceID)
	if err != nil {
		return Now{}, err
	}
	return load(tx, spaceID)
}

func (n Now) save(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE stage SET showing = $2, subject = $3, page = $4, presenter = $5, clock_text = $6, clock_ends = $7,
		playing = $8, position = $9, played_at = $10 WHERE space_id = $1`,
		n.Space, n.Showing, n.Subject, n.Page, n.Presenter, n.ClockText, n.ClockEnds, n.Playing, n.Position.Milliseconds(), n.PlayedAt)
	return err
}

const deckQuery = `SELECT id, space_id, title, name, file_key, size, state, failure, attempts, run, done, total, added_by, added_at, shown_at FROM stage_deck`

func scanDeck(scan func(...any) error) (d Deck, err error) {
	return d, scan(&d.ID, &d.Space, &d.Title, &d.Name, &d.File, &d.Size, &d.State, &d.Failure, &d.attempts, &d.run, &d.Done, &d.Total, &d.AddedBy, &d.AddedAt, &d.ShownAt)
}

func decks(tx *db.Tx, spaceID int64) ([]Deck, error) {
	return db.All(tx, deckQuery+" WHERE space_id = $1 ORDER BY id", []any{spaceID}, scanDeck)
}

func findDeck(tx *db.Tx, spaceID, id int64) (Deck, error) {
	return only(db.All(tx, deckQuery+" WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanDeck))
}

func only[T any](list []T, err error) (T, error) {
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

func insertDeck(tx *db.Tx, d Deck) error {
	_, err := tx.Exec(`INSERT INTO stage_deck (id, space_id, title, name, file_key, size, state, failure, attempts, run, done, total, added_by, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', 0, 0, 0, 0, $7, $8)`, d.ID, d.Space, d.Title, d.Name, d.File, d.Size, d.AddedBy, d.AddedAt)
	return err
}

func deleteDeck(tx *db.Tx, id int64) error {
	for _, table := range []string{"stage_stroke WHERE deck_id", "stage_page WHERE deck_id", "stage_deck WHERE id"} {
		if _, err := tx.Exec("DELETE FROM "+table+" = $1", id); err != nil {
			return err
		}
	}
	return nil
}

func markShown(tx *db.Tx, deck int64) error {
	_, err := tx.Exec("UPDATE stage_deck SET shown_at = $2 WHERE id = $1 AND shown_at IS NULL", deck, tx.Now)
	return err
}

// silence is after how long without a sign of life an attempt is taken to be dead.
const silence = 20 * time.Second

// nextDeck is a deck whose pictures are to be made: one that waits, or whose attempt is silent.
func nextDeck(tx *db.Tx) (Deck, error) {
	return only(db.All(tx, deckQuery+" WHERE state = 'waiting' OR state = 'rendering' AND beat_at < $1 ORDER BY id LIMIT 1",
		[]any{tx.Now.Add(-silence)}, scanDeck))
}

// beginDeck starts an attempt, unless another node has.
func beginDeck(tx *db.Tx, d Deck) (run int64, err error) {
	run = tx.NewID()
	n, err := tx.Exec(`UPDATE stage_deck SET state = 'rendering', run = $2, beat_at = $3, attempts = attempts + 1, done = 0, total = 0
		WHERE id = $1 AND run = $4 AND (state = 'waiting' OR beat_at < $5)`, d.ID, run, tx.Now, d.run, tx.Now.Add(-silence))
	if err == nil && n == 0 {
		err = db.ErrNotFound
	}
	if err == nil {
		_, err = tx.Exec("DELETE FROM stage_page WHERE deck_id = $1", d.ID)
	}
	return run, err
}

// beatDeck says that the attempt is alive; ok is false when another has taken over.
func beatDeck(tx *db.Tx, d Deck) (ok bool, err error) {
	n, err := tx.Exec("UPDATE stage_deck SET beat_at = $3 WHERE id = $1 AND run = $2 AND state = 'rendering'", d.ID, d.run, tx.Now)
	return n > 0, err
}

// addPage keeps a page of the attempt.
func addPage(tx *db.Tx, d Deck, p Page, total int) error {
	n, err := tx.Exec("UPDATE stage_deck SET beat_at = $3, done = $4, total = $5 WHERE id = $1 AND run = $2 AND state = 'rendering'",
		d.ID, d.run, tx.Now, p.Number, total)
	if err == nil && n == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO stage_page (deck_id, number, width, height, large_key, large_mime, small_key, small_mime, text, folded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.ID, p.Number, p.Width, p.Height, p.Large.Key, p.Large.MIME, p.Small.Key, p.Small.MIME, p.Text, people.Fold(p.Text))
	return err
}

// endDeck records what the attempt came to.
func endDeck(tx *db.Tx, d Deck, to DeckState, failure string) error {
	_, err := tx.Exec("UPDATE stage_deck SET state = $3, failure = $4, beat_at = NULL WHERE id = $1 AND run = $2 AND state = 'rendering'",
		d.ID, d.run, to, failure)
	return err
}

const pageQuery = `SELECT deck_id, number, width, height, large_key, large_mime, small_key, small_mime, text FROM stage_page`

func scanPage(scan func(...any) error) (p Page, err error) {
	return p, scan(&p.Deck, &p.Number, &p.Width, &p.Height, &p.Large.Key, &p.Large.MIME, &p.Small.Key, &p.Small.MIME, &p.Text)
}

// findPage is a page with what is drawn on it.
func findPage(tx *db.Tx, deck int64, number int) (Page, error) {
	p, err := only(db.All(tx, pageQuery+" WHERE deck_id = $1 AND number = $2", []any{deck, number}, scanPage))
	if err != nil {
		return p, err
	}
	p.Strokes, err = strokes(tx, deck, number)
	return p, err
}

func pagesOf(tx *db.Tx, deck int64) ([]Page, error) {
	return db.All(tx, pageQuery+" WHERE deck_id = $1 ORDER BY number", []any{deck}, scanPage)
}

func strokes(tx *db.Tx, deck int64, page int) ([]Stroke, error) {
	return db.All(tx, "SELECT id, points FROM stage_stroke WHERE deck_id = $1 AND page = $2 ORDER BY id", []any{deck, page},
		func(scan func(...any) error) (s Stroke, err error) { return s, scan(&s.ID, &s.Points) })
}

func insertStroke(tx *db.Tx, deck int64, page int, s Stroke, by int64) error {
	_, err := tx.Exec("INSERT INTO stage_stroke (id, deck_id, page, points, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6)",
		s.ID, deck, page, s.Points, by, tx.Now)
	return err
}

func deleteStrokes(tx *db.Tx, deck int64, page int) (int64, error) {
	return tx.Exec("DELETE FROM stage_stroke WHERE deck_id = $1 AND page = $2", deck, page)
}

// searchPages are the pages of shown decks that say the words, for a space's page.
func searchPages(tx *db.Tx, spaceID int64, words string, limit int) ([]Page, error) {
	return db.All(tx, pageQuery+` WHERE deck_id IN (SELECT id FROM stage_deck WHERE space_id = $1 AND shown_at IS NOT NULL)
		AND folded LIKE $2 ESCAPE '!' ORDER BY deck_id, number LIMIT $3`, []any{spaceID, "%" + like.Replace(people.Fold(words)) + "%", limit}, scanPage)
}

// like keeps the signs of a pattern from being one.
var like = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
