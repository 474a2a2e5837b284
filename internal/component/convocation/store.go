package convocation

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

const convocationColumns = "space_id, call, subject, intro, state, reason, held_at, started_at, started_by, sent_at"

func scanConvocation(scan func(...any) error) (c Convocation, err error) {
	return c, scan(&c.Space, &c.Call, &c.Subject, &c.Intro, &c.State, &c.Reason, &c.Held, &c.StartedAt, &c.StartedBy, &c.SentAt)
}

// find is the convocation of the space; one that nobody has touched is a draft.
func find(tx *db.Tx, sp space.Space) (Convocation, error) {
	list, err := db.All(tx, "SELECT "+convocationColumns+" FROM convocation WHERE space_id = $1 AND call = $2", []any{sp.ID, sp.Call}, scanConvocation)
	if err != nil || len(list) == 0 {
		return Convocation{Space: sp.ID, Call: sp.Call, State: Draft}, err
	}
	return list[0], nil
}

// lockConvocation makes the row where there is none, and holds it until the transaction ends.
func lockConvocation(tx *db.Tx, spaceID int64, call int) (Convocation, error) {
	list, err := db.All(tx, `INSERT INTO convocation (space_id, call, subject, intro, state, reason, started_by) VALUES ($1, $2, '', '', 'draft', '', 0)
		ON CONFLICT (space_id, call) DO UPDATE SET state = convocation.state RETURNING `+convocationColumns, []any{spaceID, call}, scanConvocation)
	if err != nil {
		return Convocation{}, err
	}
	return list[0], nil
}

func saveConvocation(tx *db.Tx, c Convocation) error {
	_, err := tx.Exec(`UPDATE convocation SET subject = $3, intro = $4, state = $5, reason = $6, held_at = $7, started_at = $8, started_by = $9, sent_at = $10
		WHERE space_id = $1 AND call = $2`, c.Space, c.Call, c.Subject, c.Intro, c.State, c.Reason, c.Held, c.StartedAt, c.StartedBy, c.SentAt)
	return err
}

// nextSending is a convocation whose mails are being written, [db.ErrNotFound] when there is none.
func nextSending(tx *db.Tx) (c Convocation, err error) {
	list, err := db.All(tx, "SELECT "+convocationColumns+" FROM convocation WHERE state = 'sending' ORDER BY space_id, call LIMIT 1", nil, scanConvocation)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return c, err
	}
	return list[0], nil
}

func insertDocument(tx *db.Tx, spaceID int64, call int, lang i18n.Lang, d doc.Document) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO convocation_document (space_id, call, lang, document) VALUES ($1, $2, $3, $4)", spaceID, call, lang, string(text))
	return err
}

// sentDocument is what the convocation said as it left.
func sentDocument(tx *db.Tx, spaceID int64, call int, lang i18n.Lang) (d doc.Document, err error) {
	var text string
	err = tx.Row("SELECT document FROM convocation_document WHERE space_id = $1 AND call = $2 AND lang = $3", []any{spaceID, call, lang}, &text)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("convocation %d/%d/%s: %w", spaceID, call, lang, err)
	}
	return d, nil
}

// audience is how many electors there are, how many of them a mail can reach, and how many are not
// convened by this call yet.
type audience struct{ Electors, Mail, New int }

func (a audience) Letters() int { return a.Electors - a.Mail }

func countAudience(tx *db.Tx, spaceID int64, call int) (a audience, err error) {
	err = tx.Row(`SELECT count(*), COALESCE(sum(CASE WHEN m.email <> '' THEN 1 ELSE 0 END), 0), COALESCE(sum(CASE WHEN r.member_id IS NULL THEN 1 ELSE 0 END), 0)
		FROM elector e JOIN member m ON m.id = e.member_id
		LEFT JOIN convocation_recipient r ON r.space_id = e.space_id AND r.call = $2 AND r.member_id = e.member_id
		WHERE e.space_id = $1`, []any{spaceID, call}, &a.Electors, &a.Mail, &a.New)
	return a, err
}

// addRecipients convenes every elector that is not convened yet and returns how many.
func addRecipients(tx *db.Tx, spaceID int64, call int) (int64, error) {
	return tx.Exec(`INSERT INTO convocation_recipient (space_id, call, member_id, channel, state, address, reply)
		SELECT e.space_id, CAST($2 AS BIGINT), e.member_id, CASE WHEN m.email = '' THEN 'letter' ELSE 'mail' END,
			CASE WHEN m.email = '' THEN 'letter' ELSE 'waiting' END, '', ''
		FROM elector e JOIN member m ON m.id = e.member_id WHERE e.space_id = $1
		ON CONFLICT DO NOTHING`, spaceID, call)
}

func scanReader(scan func(...any) error) (r reader, err error) {
	var m people.Member
	err = scan(&m.ID, &m.FirstName, &m.LastName, &m.Email, &m.Language)
	return reader{m.ID, m.Name(), m.Email, i18n.Lang(m.Language)}, err
}

const readerColumns = "m.id, m.first_name, m.last_name, m.email, m.language"

// waitingReaders are up to limit members whose mail is still to be written.
func waitingReaders(tx *db.Tx, spaceID int64, call, limit int) ([]reader, error) {
	return db.All(tx, "SELECT "+readerColumns+` FROM convocation_recipient r JOIN member m ON m.id = r.member_id
		WHERE r.space_id = $1 AND r.call = $2 AND r.state = 'waiting' ORDER BY r.member_id LIMIT $3`, []any{spaceID, call, limit}, scanReader)
}

// setQueued notes that the member's mail is in the queue, refused when id is 0.
func setQueued(tx *db.Tx, spaceID int64, call int, member int64, address string, mailID int64, reply string) error {
	if mailID == 0 {
		_, err := tx.Exec(`UPDATE convocation_recipient SET state = 'refused', address = $4, mail_id = NULL, at = $5, reply = $6
			WHERE space_id = $1 AND call = $2 AND member_id = $3`, spaceID, call, member, address, tx.Now, reply)
		return err
	}
	_, err := tx.Exec(`UPDATE convocation_recipient SET state = 'queued', address = $4, mail_id = $5, at = NULL, reply = ''
		WHERE space_id = $1 AND call = $2 AND member_id = $3`, spaceID, call, member, address, mailID)
	return err
}

// isWaiting tells whether the member's mail is still to be written.
func isWaiting(tx *db.Tx, spaceID int64, call int, member int64) (yes bool, err error) {
	err = tx.Row("SELECT EXISTS (SELECT 1 FROM convocation_recipient WHERE space_id = $1 AND call = $2 AND member_id = $3 AND state = 'waiting')",
		[]any{spaceID, call, member}, &yes)
	return yes, err
}

// settleMail notes what became of a mail; found is false when it is none of ours.
func settleMail(tx *db.Tx, mailID int64, fate Fate, reply string) (spaceID int64, call int, member int64, found bool, err error) {
	err = tx.Row(`UPDATE convocation_recipient SET state = $2, at = $3, reply = $4 WHERE mail_id = $1 AND state = 'queued'
		RETURNING space_id, call, member_id`, []any{mailID, fate, tx.Now, reply}, &spaceID, &call, &member)
	if errors.Is(err, db.ErrNotFound) {
		return 0, 0, 0, false, nil
	}
	return spaceID, call, member, err == nil, err
}

// countFates says how many recipients stand where, and how many were to get a mail.
func countFates(tx *db.Tx, spaceID int64, call int) (c Counts, mails int, err error) {
	c = Counts{}
	err = tx.Each("SELECT state, channel, count(*) FROM convocation_recipient WHERE space_id = $1 AND call = $2 GROUP BY state, channel", []any{spaceID, call},
		func(scan func(...any) error) error {
			var f Fate
			var channel string
			var n int
			err := scan(&f, &channel, &n)
			c[f] += n
			if channel == "mail" {
				mails += n
			}
			return err
		})
	return c, mails, err
}

// search narrows the list of proofs; zero fields do not.
type search struct {
	Text string // name, number, address, town
	Fate Fate
}

const recipientQuery = `SELECT r.member_id, m.number, m.first_name, m.last_name, r.channel = 'mail', r.state, r.address, r.at, r.reply,
		COALESCE(r.batch_id, 0), b.posted_on, COALESCE(a.name, ''), m.email
	FROM convocation_recipient r JOIN member m ON m.id = r.member_id
	LEFT JOIN convocation_batch b ON b.id = r.batch_id LEFT JOIN account a ON a.id = b.recorded_by
	WHERE r.space_id = $1 AND r.call = $2`

func scanRecipient(scan func(...any) error) (r Recipient, err error) {
	var m people.Member
	err = scan(&r.Member, &m.Number, &m.FirstName, &m.LastName, &r.Mail, &r.Fate, &r.Address, &r.At, &r.Reply, &r.Batch, &r.Posted, &r.PostedBy, &r.Email)
	r.Number, r.Name = m.Number, m.Name()
	return r, err
}

const recipientWhere = ` AND ($3 = '' OR m.search LIKE $4 ESCAPE '\') AND ($5 = '' OR r.state = $5)`

func (s search) args(spaceID int64, call int) []any {
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(people.Fold(s.Text)) + "%"
	return []any{spaceID, call, s.Text, like, string(s.Fate)}
}

// recipients lists the proofs the search names, by name, and counts them all.
func recipients(tx *db.Tx, spaceID int64, call int, s search, offset, limit int) (list []Recipient, total int, err error) {
	err = tx.Row(`SELECT count(*) FROM convocation_recipient r JOIN member m ON m.id = r.member_id WHERE r.space_id = $1 AND r.call = $2`+recipientWhere,
		s.args(spaceID, call), &total)
	if err != nil {
		return nil, 0, err
	}
	list, err = db.All(tx, recipientQuery+recipientWhere+" ORDER BY m.sort_name, m.id LIMIT $6 OFFSET $7",
		append(s.args(spaceID, call), limit, offset), scanRecipient)
	return list, total, err
}

// eachRecipient calls fn for every proof, by the members' number.
func eachRecipient(tx *db.Tx, spaceID int64, call int, fn func(Recipient) error) error {
	return tx.Each(recipientQuery+" ORDER BY m.number, m.id", []any{spaceID, call}, func(scan func(...any) error) error {
		r, err := scanRecipient(scan)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

func findRecipient(tx *db.Tx, spaceID int64, call int, member int64) (Recipient, error) {
	list, err := db.All(tx, recipientQuery+" AND r.member_id = $3", []any{spaceID, call, member}, scanRecipient)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Recipient{}, err
	}
	return list[0], nil
}
