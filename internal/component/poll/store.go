package poll

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

const pollColumns = `id, space_id, item_id, position, question, kind, options, fewest, most, steps, low, high, method, named = 1, held = 1, seconds,
	explanation, minutes = 1, hidden, state, shown = 1, opened_at, closes_at, closed_at`

func scanPoll(scan func(...any) error) (p Poll, err error) {
	var options, hidden string
	if err := scan(&p.ID, &p.Space, &p.Item, &p.Position, &p.Question, &p.Kind, &options, &p.Fewest, &p.Most, &p.Steps, &p.Low, &p.High, &p.Method,
		&p.Named, &p.Held, &p.Seconds, &p.Explanation, &p.Minutes, &hidden, &p.State, &p.Shown, &p.OpenedAt, &p.ClosesAt, &p.ClosedAt); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(options), &p.Options); err != nil {
		return p, fmt.Errorf("poll %d: %w", p.ID, err)
	}
	if err := json.Unmarshal([]byte(hidden), &p.Hidden); err != nil {
		return p, fmt.Errorf("poll %d: %w", p.ID, err)
	}
	return p, nil
}

// polls lists those of a space in a state, in their order.
func polls(tx *db.Tx, spaceID int64, state State) ([]Poll, error) {
	return db.All(tx, "SELECT "+pollColumns+" FROM poll WHERE space_id = $1 AND state = $2 ORDER BY position, id", []any{spaceID, state}, scanPoll)
}

// closedPolls lists closed ones, the latest first.
func closedPolls(tx *db.Tx, spaceID int64, limit, offset int) ([]Poll, error) {
	return db.All(tx, "SELECT "+pollColumns+" FROM poll WHERE space_id = $1 AND state = 'closed' ORDER BY closed_at DESC, id DESC LIMIT $2 OFFSET $3",
		[]any{spaceID, limit, offset}, scanPoll)
}

// shownPolls lists closed ones whose results are on everybody's page.
func shownPolls(tx *db.Tx, spaceID int64) ([]Poll, error) {
	return db.All(tx, "SELECT "+pollColumns+" FROM poll WHERE space_id = $1 AND state = 'closed' AND shown = 1 ORDER BY closed_at DESC, id DESC LIMIT 3",
		[]any{spaceID}, scanPoll)
}

// overdue lists open polls whose time is over.
func overdue(tx *db.Tx, now time.Time) ([]Poll, error) {
	return db.All(tx, "SELECT "+pollColumns+" FROM poll WHERE state = 'open' AND closes_at <= $1", []any{now}, scanPoll)
}

func findPoll(tx *db.Tx, spaceID, id int64) (Poll, error) {
	list, err := db.All(tx, "SELECT "+pollColumns+" FROM poll WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanPoll)
	if err != nil {
		return Poll{}, err
	}
	if len(list) == 0 {
		return Poll{}, db.ErrNotFound
	}
	return list[0], nil
}

// countPolls is how many polls of the space are in each state.
func countPolls(tx *db.Tx, spaceID int64) (map[State]int, error) {
	n := map[State]int{}
	return n, tx.Each("SELECT state, count(*) FROM poll WHERE space_id = $1 GROUP BY state", []any{spaceID}, func(scan func(...any) error) error {
		var s State
		var k int
		err := scan(&s, &k)
		n[s] = k
		return err
	})
}

// spacesWithPolls lists the spaces where something was asked.
func spacesWithPolls(tx *db.Tx) ([]int64, error) {
	return db.All(tx, "SELECT DISTINCT space_id FROM poll ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// text is a list as a column has it.
func text[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // lists of texts and flags are always JSON
	}
	return string(b)
}

// insertPoll writes a new one behind the others, with its empty box.
func insertPoll(tx *db.Tx, p Poll) error {
	_, err := tx.Exec(`INSERT INTO poll (id, space_id, item_id, position, question, kind, options, fewest, most, steps, low, high, method, named, held, seconds, explanation, minutes, state)
		VALUES ($1, $2, $3, (SELECT COALESCE(MAX(position), 0) + 1 FROM poll WHERE space_id = $2), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		p.ID, p.Space, p.Item, p.Question, p.Kind, text(p.Options), p.Fewest, p.Most, p.Steps, p.Low, p.High, p.Method, flag(p.Named), flag(p.Held), p.Seconds, p.Explanation, flag(p.Minutes), p.State)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO poll_box (poll_id, answered, counts) VALUES ($1, 0, '{}')", p.ID)
	return err
}

func updatePoll(tx *db.Tx, p Poll) error {
	_, err := tx.Exec(`UPDATE poll SET item_id = $2, question = $3, kind = $4, options = $5, fewest = $6, most = $7, steps = $8, low = $9, high = $10, method = $11, named = $12, held = $13,
		seconds = $14, explanation = $15, minutes = $16, hidden = $17, state = $18, shown = $19, opened_at = $20, closes_at = $21, closed_at = $22, position = $23 WHERE id = $1`,
		p.ID, p.Item, p.Question, p.Kind, text(p.Options), p.Fewest, p.Most, p.Steps, p.Low, p.High, p.Method, flag(p.Named), flag(p.Held), p.Seconds, p.Explanation, flag(p.Minutes),
		text(p.Hidden), p.State, flag(p.Shown), p.OpenedAt, p.ClosesAt, p.ClosedAt, p.Position)
	return err
}

func deletePoll(tx *db.Tx, id int64) error {
	for _, table := range []string{"poll_box WHERE poll_id", "poll WHERE id"} {
		if _, err := tx.Exec("DELETE FROM "+table+" = $1", id); err != nil {
			return err
		}
	}
	return nil
}

// lockBox makes the transaction the only one that answers or closes the poll.
func lockBox(tx *db.Tx, poll int64) error {
	_, err := tx.Exec("UPDATE poll_box SET answered = answered WHERE poll_id = $1", poll)
	return err
}

// box is what was answered.
func box(tx *db.Tx, p Poll) (b Box, err error) {
	if !p.Named {
		var counts string
		if err := tx.Row("SELECT answered, counts FROM poll_box WHERE poll_id = $1", []any{p.ID}, &b.Answered, &counts); err != nil {
			return b, err
		}
		err = json.Unmarshal([]byte(counts), &b.Counts)
		return b, err
	}
	err = eachAnswer(tx, p, func(_ string, a Answer) { b.put(p, a) })
	return b, err
}

func saveBox(tx *db.Tx, poll int64, b Box) error {
	counts, err := json.Marshal(b.Counts) // its keys are sorted
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE poll_box SET answered = $2, counts = $3 WHERE poll_id = $1", poll, b.Answered, string(counts))
	return err
}

// eachAnswer calls fn for every answer to a poll by name, by the order of names.
func eachAnswer(tx *db.Tx, p Poll, fn func(name string, a Answer)) error {
	return tx.Each("SELECT name, answer FROM poll_answer WHERE poll_id = $1 ORDER BY name, account_id", []any{p.ID}, func(scan func(...any) error) error {
		var name, answer string
		if err := scan(&name, &answer); err != nil {
			return err
		}
		var a Answer
		if err := json.Unmarshal([]byte(answer), &a); err != nil {
			return fmt.Errorf("poll %d: %w", p.ID, err)
		}
		fn(name, a)
		return nil
	})
}

// take notes that the account answers an anonymous poll; false when it has already.
func take(tx *db.Tx, poll, account int64) (bool, error) {
	n, err := tx.Exec("INSERT INTO poll_taker (poll_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", poll, account)
	return n > 0, err
}

func saveAnswer(tx *db.Tx, poll, account int64, name string, a Answer) error {
	_, err := tx.Exec(`INSERT INTO poll_answer (poll_id, account_id, name, answer) VALUES ($1, $2, $3, $4)
		ON CONFLICT (poll_id, account_id) DO UPDATE SET name = $3, answer = $4`, poll, account, name, text(a))
	return err
}

// mine is whether the account has answered, and, by name, what.
func mine(tx *db.Tx, p Poll, account int64) (answered bool, a Answer, err error) {
	if !p.Named {
		err = tx.Row("SELECT EXISTS (SELECT 1 FROM poll_taker WHERE poll_id = $1 AND account_id = $2)", []any{p.ID, account}, &answered)
		return answered, nil, err
	}
	var answer string
	err = tx.Row("SELECT answer FROM poll_answer WHERE poll_id = $1 AND account_id = $2", []any{p.ID, account}, &answer)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	err = json.Unmarshal([]byte(answer), &a)
	return true, a, err
}

const namesPerPage = 100

// namesPage is a page of who answered what, from 1; more tells that there is another.
func namesPage(tx *db.Tx, p Poll, page int) (list []named, more bool, err error) {
	list, err = db.All(tx, "SELECT name, answer FROM poll_answer WHERE poll_id = $1 ORDER BY name, account_id LIMIT $2 OFFSET $3",
		[]any{p.ID, namesPerPage + 1, (page - 1) * namesPerPage}, func(scan func(...any) error) (n named, err error) {
			var answer string
			if err := scan(&n.name, &answer); err != nil {
				return n, err
			}
			var a Answer
			err = json.Unmarshal([]byte(answer), &a)
			n.answer = p.said(a)
			return n, err
		})
	if len(list) > namesPerPage {
		return list[:namesPerPage], true, err
	}
	return list, false, err
}
