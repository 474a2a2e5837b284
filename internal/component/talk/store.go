package talk

import (
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

func loadSettings(tx *db.Tx, spaceID int64) (s settings, err error) {
	s.MinutesQuestions = true
	err = tx.Row(`SELECT questions_closed = 1, minutes_questions = 1, screen_question, chat_closed = 1, private = 1, slow, minutes_chat = 1
		FROM talk WHERE space_id = $1`, []any{spaceID}, &s.QuestionsClosed, &s.MinutesQuestions, &s.ScreenQuestion, &s.ChatClosed, &s.Private, &s.Slow, &s.MinutesChat)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return s, err
}

func saveSettings(tx *db.Tx, spaceID int64, s settings) error {
	_, err := tx.Exec(`INSERT INTO talk (space_id, questions_closed, minutes_questions, screen_question, chat_closed, private, slow, minutes_chat)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (space_id) DO UPDATE
		SET questions_closed = $2, minutes_questions = $3, screen_question = $4, chat_closed = $5, private = $6, slow = $7, minutes_chat = $8`,
		spaceID, flag(s.QuestionsClosed), flag(s.MinutesQuestions), s.ScreenQuestion, flag(s.ChatClosed), flag(s.Private), s.Slow, flag(s.MinutesChat))
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const questionColumns = `q.id, q.item_id, q.author_id, q.name, q.text, q.asked_at, q.event_id, q.state, q.merged_into, q.answer, q.reason, q.settled_by, q.settled_at,
	(SELECT count(*) FROM talk_support s WHERE s.question_id = q.id) AS support,
	EXISTS (SELECT 1 FROM talk_support s WHERE s.question_id = q.id AND s.account_id = $2) AS mine`

func scanQuestion(scan func(...any) error) (q Question, err error) {
	return q, scan(&q.ID, &q.Item, &q.Author, &q.Name, &q.Text, &q.At, &q.Event, &q.State, &q.Into, &q.Answer, &q.Reason, &q.By, &q.Settled, &q.Support, &q.Mine)
}

// ask is which questions of a space are read.
type ask struct {
	space, viewer int64
	state         State
	// items orders the open ones by the agenda, those of the item the assembly is at (now) first,
	// then those of no item.
	items         []component.AgendaItem
	now           int64
	limit, offset int
}

// questions reads them: open ones by the agenda, then by support, then by age; settled ones, the
// latest first.
func questions(tx *db.Tx, k ask) ([]Question, error) {
	args := []any{k.space, k.viewer, k.state, k.limit, k.offset}
	order := "q.settled_at DESC, q.id DESC"
	if k.state == Open {
		var b strings.Builder
		b.WriteString("CASE q.item_id WHEN 0 THEN 1")
		for i, item := range k.items {
			rank := i + 2
			if item.ID == k.now {
				rank = 0
			}
			args = append(args, item.ID)
			fmt.Fprintf(&b, " WHEN $%d THEN %d", len(args), rank)
		}
		b.WriteString(" ELSE 1 END, support DESC, q.asked_at, q.id")
		order = b.String()
	}
	return db.All(tx, "SELECT "+questionColumns+" FROM talk_question q WHERE q.space_id = $1 AND q.state = $3 ORDER BY "+order+" LIMIT $4 OFFSET $5", args, scanQuestion)
}

func findQuestion(tx *db.Tx, spaceID, viewer, id int64) (Question, error) {
	list, err := db.All(tx, "SELECT "+questionColumns+" FROM talk_question q WHERE q.space_id = $1 AND q.id = $3", []any{spaceID, viewer, id}, scanQuestion)
	if err == nil && len(list) == 0 {
		return Question{}, db.ErrNotFound
	}
	if err != nil {
		return Question{}, err
	}
	return list[0], nil
}

// allQuestions lists every question of the space, as they were asked.
func allQuestions(tx *db.Tx, spaceID int64) ([]Question, error) {
	return db.All(tx, "SELECT "+questionColumns+" FROM talk_question q WHERE q.space_id = $1 ORDER BY q.asked_at, q.id", []any{spaceID, 0}, scanQuestion)
}

// countStates is how many questions of the space are in each state.
func countStates(tx *db.Tx, spaceID int64) (map[State]int, error) {
	n := map[State]int{}
	return n, tx.Each("SELECT state, count(*) FROM talk_question WHERE space_id = $1 GROUP BY state", []any{spaceID}, func(scan func(...any) error) error {
		var s State
		var k int
		err := scan(&s, &k)
		n[s] = k
		return err
	})
}

func insertQuestion(tx *db.Tx, spaceID int64, q Question) error {
	_, err := tx.Exec("INSERT INTO talk_question (id, space_id, item_id, author_id, name, text, asked_at, event_id, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		q.ID, spaceID, q.Item, q.Author, q.Name, q.Text, q.At, q.Event, q.State)
	return err
}

// settle writes what has become of the question.
func settle(tx *db.Tx, q Question) error {
	_, err := tx.Exec("UPDATE talk_question SET state = $2, merged_into = $3, answer = $4, reason = $5, settled_by = $6, settled_at = $7 WHERE id = $1",
		q.ID, q.State, q.Into, q.Answer, q.Reason, q.By, q.Settled)
	return err
}

// addSupport returns whether it is new.
func addSupport(tx *db.Tx, question, account int64) (bool, error) {
	n, err := tx.Exec("INSERT INTO talk_support (question_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", question, account)
	return n > 0, err
}

func removeSupport(tx *db.Tx, question, account int64) error {
	_, err := tx.Exec("DELETE FROM talk_support WHERE question_id = $1 AND account_id = $2", question, account)
	return err
}

// moveSupport makes those who asked or supported one question support another, unless it is theirs.
func moveSupport(tx *db.Tx, from, to Question) error {
	_, err := tx.Exec(`INSERT INTO talk_support (question_id, account_id)
		SELECT CAST($1 AS BIGINT), account_id FROM (SELECT account_id FROM talk_support WHERE question_id = $2 UNION SELECT CAST($3 AS BIGINT)) AS who
		WHERE account_id <> $4 ON CONFLICT DO NOTHING`, to.ID, from.ID, from.Author, to.Author)
	return err
}

func supportOf(tx *db.Tx, question int64) (n int64, err error) {
	err = tx.Row("SELECT count(*) FROM talk_support WHERE question_id = $1", []any{question}, &n)
	return n, err
}

// askedSince is how many questions the account has put in the space since a time, in milliseconds.
func askedSince(tx *db.Tx, spaceID, account, since int64) (n int, err error) {
	err = tx.Row("SELECT count(*) FROM talk_question WHERE space_id = $1 AND author_id = $2 AND asked_at > $3", []any{spaceID, account, since}, &n)
	return n, err
}

// spacesWithTalk lists the spaces where something was written.
func spacesWithTalk(tx *db.Tx) ([]int64, error) {
	return db.All(tx, "SELECT space_id FROM talk_question UNION SELECT space_id FROM talk_message ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}
