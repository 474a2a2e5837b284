package talk

import (
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// ExportMember adds what the member asked, supported and wrote, and what was written to them in private.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	type own struct {
		Text string    `json:"text"`
		At   time.Time `json:"at"`
		Mine bool      `json:"asked"` // or supported
	}
	list, err := db.All(tx, `SELECT text, asked_at, author_id = $1 FROM talk_question q
		WHERE author_id = $1 OR EXISTS (SELECT 1 FROM talk_support s WHERE s.question_id = q.id AND s.account_id = $1) ORDER BY asked_at`,
		[]any{account}, func(scan func(...any) error) (o own, err error) { return o, scan(&o.Text, &o.At, &o.Mine) })
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if err := add("questions.json", writeJSON(list)); err != nil {
			return err
		}
	}
	messages, err := db.All(tx, "SELECT room, name, party_name, at, text, state, reason FROM talk_message WHERE author_id = $1 OR room = 'private' AND party_id = $1 ORDER BY id",
		[]any{account}, func(scan func(...any) error) (m said, err error) {
			return m, scan(&m.Room, &m.Name, &m.To, &m.At, &m.Text, &m.State, &m.Reason)
		})
	if err != nil || len(messages) == 0 {
		return err
	}
	return add("chat.json", writeJSON(messages))
}

// EraseMember destroys the questions of the member that nobody took up, what they supported, and
// their messages. The questions that the assembly settled stay: its minutes say them.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	if _, err := tx.Exec("DELETE FROM talk_support WHERE account_id = $1", account); err != nil {
		return err
	}
	events, err := db.All(tx, "SELECT event_id FROM talk_question WHERE author_id = $1 AND state = 'open'", []any{account},
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range events {
		if err := journal.Erase(tx, id); err != nil {
			return err
		}
	}
	for _, query := range []string{
		"UPDATE talk SET screen_question = 0 WHERE screen_question IN (SELECT id FROM talk_question WHERE author_id = $1 AND state = 'open')",
		"DELETE FROM talk_support WHERE question_id IN (SELECT id FROM talk_question WHERE author_id = $1 AND state = 'open')",
		"DELETE FROM talk_question WHERE author_id = $1 AND state = 'open'",
		"DELETE FROM talk_report WHERE account_id = $1 OR message_id IN (SELECT id FROM talk_message WHERE author_id = $1)",
		"UPDATE talk_message SET text = '', name = '', reason = '', state = 'gone' WHERE author_id = $1",
		"UPDATE talk_message SET party_name = '' WHERE party_id = $1",
		"DELETE FROM talk_mute WHERE account_id = $1",
	} {
		if _, err := tx.Exec(query, account); err != nil {
			return err
		}
	}
	return nil
}
