package talk

import (
	"errors"

	"isegoria.org/isegoria/internal/platform/db"
)

const messageColumns = "m.id, m.room, m.author_id, m.name, m.party_id, m.party_name, m.text, m.at, m.state, m.reason"

func scanMessage(scan func(...any) error) (m Message, err error) {
	return m, scan(&m.ID, &m.Room, &m.Author, &m.Name, &m.Party, &m.PartyName, &m.Text, &m.At, &m.State, &m.Reason)
}

// thread is what messages of a room are read: of Leaders, those with the party (0: with anybody); of
// Private, those between the viewer and the party.
type thread struct {
	space, viewer int64
	room          Room
	party         int64
	before        int64 // the number they come before; 0: the latest
}

// messages reads a page of a thread, the oldest first; more tells that there are older ones.
func messages(tx *db.Tx, k thread, size int) (list []Message, more bool, err error) {
	args := []any{k.space, k.room, k.before, size + 1}
	where := ""
	switch {
	case k.room == Leaders && k.party != 0:
		args, where = append(args, k.party), " AND m.party_id = $5"
	case k.room == Private:
		args, where = append(args, k.viewer, k.party), " AND (m.author_id = $5 AND m.party_id = $6 OR m.author_id = $6 AND m.party_id = $5)"
	}
	list, err = db.All(tx, "SELECT "+messageColumns+` FROM talk_message m WHERE m.space_id = $1 AND m.room = $2 AND m.state <> 'gone'
		AND (CAST($3 AS BIGINT) = 0 OR m.id < $3)`+where+" ORDER BY m.id DESC LIMIT $4", args, scanMessage)
	if more = len(list) > size; more {
		list = list[:size]
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, more, err
}

func findMessage(tx *db.Tx, spaceID, id int64) (Message, error) {
	list, err := db.All(tx, "SELECT "+messageColumns+" FROM talk_message m WHERE m.space_id = $1 AND m.id = $2 AND m.state <> 'gone'", []any{spaceID, id}, scanMessage)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Message{}, err
	}
	return list[0], nil
}

// written lists what was written to everybody and to those who lead and is still there, as it came.
func written(tx *db.Tx, spaceID int64) ([]Message, error) {
	return db.All(tx, "SELECT "+messageColumns+" FROM talk_message m WHERE m.space_id = $1 AND m.room <> 'private' AND m.state <> 'gone' ORDER BY m.id", []any{spaceID}, scanMessage)
}

func insertMessage(tx *db.Tx, spaceID int64, m Message) error {
	_, err := tx.Exec("INSERT INTO talk_message (id, space_id, room, author_id, name, party_id, party_name, text, at, state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')",
		m.ID, spaceID, m.Room, m.Author, m.Name, m.Party, m.PartyName, m.Text, m.At, m.State)
	return err
}

// judge writes whether a message is read. One that is gone has no text any more, and no reports.
func judge(tx *db.Tx, m Message) error {
	if m.State == Gone {
		m.Text = ""
	}
	if _, err := tx.Exec("UPDATE talk_message SET state = $2, reason = $3, text = $4 WHERE id = $1", m.ID, m.State, m.Reason, m.Text); err != nil {
		return err
	}
	return clearReports(tx, m.ID)
}

// lately is how many messages the account has written in the space since a time in milliseconds, and
// when the last was.
func lately(tx *db.Tx, spaceID, account, since int64) (n int, last int64, err error) {
	err = tx.Row("SELECT count(*), COALESCE(MAX(at), 0) FROM talk_message WHERE author_id = $1 AND at > $2 AND space_id = $3", []any{account, since, spaceID}, &n, &last)
	return n, last, err
}

// correspondents lists with whom the account has exchanged private messages, by name.
func correspondents(tx *db.Tx, spaceID, account int64) ([]Mute, error) {
	return db.All(tx, `SELECT account, MAX(name) FROM (
			SELECT party_id AS account, party_name AS name FROM talk_message WHERE space_id = $1 AND room = 'private' AND author_id = $2
			UNION SELECT author_id, name FROM talk_message WHERE space_id = $1 AND room = 'private' AND party_id = $2) AS others
		GROUP BY account ORDER BY 2 LIMIT 50`, []any{spaceID, account},
		func(scan func(...any) error) (p Mute, err error) { return p, scan(&p.Account, &p.Name) })
}

// writerName is the name under which the account has written in the space, "" for one that has not.
func writerName(tx *db.Tx, spaceID, account int64) (name string, err error) {
	err = tx.Row("SELECT name FROM talk_message WHERE space_id = $1 AND author_id = $2 ORDER BY id DESC LIMIT 1", []any{spaceID, account}, &name)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return name, err
}

func insertReport(tx *db.Tx, message, account int64, reason string) error {
	_, err := tx.Exec("INSERT INTO talk_report (message_id, account_id, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", message, account, reason)
	return err
}

func clearReports(tx *db.Tx, message int64) error {
	_, err := tx.Exec("DELETE FROM talk_report WHERE message_id = $1", message)
	return err
}

func isReported(tx *db.Tx, message int64) (yes bool, err error) {
	return yes, tx.Row("SELECT EXISTS (SELECT 1 FROM talk_report WHERE message_id = $1)", []any{message}, &yes)
}

// reports lists the messages that were found out of place, with why.
func reports(tx *db.Tx, spaceID int64) (out []Report, err error) {
	err = tx.Each("SELECT "+messageColumns+", r.reason FROM talk_message m JOIN talk_report r ON r.message_id = m.id WHERE m.space_id = $1 ORDER BY m.id, r.account_id LIMIT 200",
		[]any{spaceID}, func(scan func(...any) error) error {
			var m Message
			var why string
			if err := scan(&m.ID, &m.Room, &m.Author, &m.Name, &m.Party, &m.PartyName, &m.Text, &m.At, &m.State, &m.Reason, &why); err != nil {
				return err
			}
			if len(out) == 0 || out[len(out)-1].ID != m.ID {
				out = append(out, Report{Message: m})
			}
			out[len(out)-1].Reasons = append(out[len(out)-1].Reasons, why)
			return nil
		})
	return out, err
}

func mutes(tx *db.Tx, spaceID int64) ([]Mute, error) {
	return db.All(tx, "SELECT account_id, name, reason FROM talk_mute WHERE space_id = $1 ORDER BY name LIMIT 200", []any{spaceID},
		func(scan func(...any) error) (m Mute, err error) { return m, scan(&m.Account, &m.Name, &m.Reason) })
}

// mutedFor is why the account may not write, ok false where it may.
func mutedFor(tx *db.Tx, spaceID, account int64) (reason string, ok bool, err error) {
	err = tx.Row("SELECT reason FROM talk_mute WHERE space_id = $1 AND account_id = $2", []any{spaceID, account}, &reason)
	if errors.Is(err, db.ErrNotFound) {
		return "", false, nil
	}
	return reason, err == nil, err
}

func insertMute(tx *db.Tx, spaceID int64, m Mute) error {
	_, err := tx.Exec("INSERT INTO talk_mute (space_id, account_id, name, reason) VALUES ($1, $2, $3, $4) ON CONFLICT (space_id, account_id) DO UPDATE SET reason = $4",
		spaceID, m.Account, m.Name, m.Reason)
	return err
}

// deleteMute returns the name of who may write again, "" where nobody was kept from it.
func deleteMute(tx *db.Tx, spaceID, account int64) (name string, err error) {
	err = tx.Row("DELETE FROM talk_mute WHERE space_id = $1 AND account_id = $2 RETURNING name", []any{spaceID, account}, &name)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return name, err
}
