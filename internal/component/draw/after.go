package draw

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// purpose is that of volunteers' personal links (see people.MemberToken).
const purpose = "draw volunteer"

// link is the address of a volunteer's own page; nobody else can make it.
func (c *Component) link(volunteer int64) string {
	return c.deps.Site.URL + "/volunteer/" + people.MemberToken(c.deps.Site.Secret, purpose, volunteer)
}

// write sends a volunteer a mail of ours: the words under the keys, with the link.
func (c *Component) write(tx *db.Tx, v Volunteer, subject, text string, args ...any) error {
	if v.Person.Email == "" {
		return nil
	}
	lang := i18n.French
	if v.Person.Language == string(i18n.English) {
		lang = i18n.English
	}
	words := c.deps.Site.Words
	args = append(args, "name", v.Person.Name, "number", Label(v.Number), "link", c.link(v.ID))
	_, err := mail.Queue(tx, mail.Message{To: mail.Address{Name: v.Person.Name, Address: v.Person.Email}, Kind: "draw", Ref: mailRef(v.Draw) + Label(v.Number),
		Subject: words.T(lang, subject, args...), Text: words.T(lang, text, args...)})
	return err
}

// mailRef begins the reference of every mail of a draw.
func mailRef(drawID int64) string { return fmt.Sprintf("draw/%d/", drawID) }

// inviteSeated writes to everybody drawn who was not yet invited; message is the organisers'.
func (c *Component) inviteSeated(tx *db.Tx, a space.Access, d Draw, message string, answerBy time.Time) (int, error) {
	f := fault.Fields{}
	if strings.TrimSpace(message) == "" {
		f.Add("message", "draw.invite.missing")
	}
	if !answerBy.After(tx.Now) {
		f.Add("answer_by", "draw.invite.past")
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	list, err := db.All(tx, "SELECT "+volunteerColumns+volunteerTables+" WHERE v.draw_id = $1 AND v.seated AND v.answer = '' AND v.invited_at IS NULL AND p.email <> ''",
		[]any{d.ID}, scanVolunteer)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, v := range list {
		err := c.write(tx, v, "draw.mail.invite.subject", "draw.mail.invite.text", "title", d.Title, "message", strings.TrimSpace(message), "by", answerBy.In(a.Space.Zone()))
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec("UPDATE draw_volunteer SET invited_at = $2 WHERE id = $1", v.ID, tx.Now); err != nil {
			return 0, err
		}
	}
	return len(list), record(tx, d, a.Viewer.Account, Invited{d.Title, len(list)})
}

// answer keeps what somebody drawn says, by their own link (actor 0) or as organisers heard it.
// Who declines leaves the panel; their seat is drawn again.
func answer(tx *db.Tx, d Draw, v Volunteer, to Answer, actor int64) error {
	if to != Yes && to != No {
		return fault.New(fault.Invalid, "draw.answer.unknown")
	}
	if !canAnswer(v, to) {
		return fault.New(fault.Conflict, "draw.answer.late")
	}
	_, err := tx.Exec("UPDATE draw_volunteer SET answer = $2, answered_at = $3, seated = $4 WHERE id = $1", v.ID, string(to), tx.Now, to == Yes)
	if err != nil {
		return err
	}
	if to == Yes {
		return record(tx, d, actor, Accepted{Label(v.Number)})
	}
	return record(tx, d, actor, Refused{Label(v.Number)})
}

// withdraw takes a volunteer out. Until the list is being made nothing of them is kept; later
// their number and categories stay in the list, and they cannot be drawn any more.
func withdraw(tx *db.Tx, d Draw, rounds []Round, v Volunteer) error {
	if canChange(rounds) {
		if err := deleteVolunteer(tx, v.ID); err != nil {
			return err
		}
		d.untie(v.Number) // the number may become somebody else's
		if err := updateDraw(tx, d); err != nil {
			return err
		}
		return record(tx, d, 0, Withdrawn{Label(v.Number)})
	}
	if v.Answer == No {
		return nil
	}
	_, err := tx.Exec("UPDATE draw_volunteer SET answer = $2, answered_at = $3, seated = $4 WHERE id = $1", v.ID, string(No), tx.Now, false)
	if err != nil {
		return err
	}
	return record(tx, d, 0, Refused{Label(v.Number)})
}

// freeSeats is how many seats of the panel are empty.
func freeSeats(tx *db.Tx, d Draw, rounds []Round) (int, error) {
	if len(rounds) == 0 || rounds[len(rounds)-1].State != Drawn {
		return 0, nil
	}
	t, err := countVolunteers(tx, d.ID)
	return rounds[0].Options.Size - t.Seated, err
}

// Replace puts the draw of the free seats in line: the same quotas bear on the whole panel.
// With reserve only the alternates can be drawn.
func (c *Component) Replace(ctx context.Context, a space.Access, d Draw, reserve bool) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		rounds, err := roundsOf(tx, d.ID)
		if err != nil {
			return err
		}
		free, err := freeSeats(tx, d, rounds)
		if err != nil {
			return err
		}
		if free == 0 {
			return fault.New(fault.Conflict, "draw.replace.full")
		}
		last := rounds[len(rounds)-1]
		f, err := filesOf(tx, last.ID)
		if err != nil {
			return err
		}
		// The working quotas may have been relaxed since.
		f.quotas, f.report, f.seed = string(sortition.FormatQuotas(d.quotas())), "", rand.Text()
		r, err := replacement(tx, d, rounds[0], f, reserve)
		if err != nil {
			return err
		}
		r.Ordinal = last.Ordinal + 1
		if err := insertRound(tx, r, f); err != nil {
			return err
		}
		return record(tx, d, a.Viewer.Account, Started{d.Title, r.Ordinal})
	})
}

// replacement states the next round under the rules of the first: who sits stays, who declined is out.
func replacement(tx *db.Tx, d Draw, first Round, f files, reserve bool) (Round, error) {
	p, err := sortition.Files{Pool: []byte(f.pool), Quotas: []byte(f.quotas)}.Problem(first.Options)
	if err != nil {
		return Round{}, err
	}
	now, err := standingRows(tx, d, numbersIn(p.Pool))
	if err != nil {
		return Round{}, err
	}
	q, err := sortition.Replacement(p, slices.Concat(now.seated, now.left), now.left, now.declined)
	if err != nil {
		return Round{}, err
	}
	if reserve {
		if len(now.reserve) == 0 {
			return Round{}, fault.New(fault.Conflict, "draw.replace.no_reserve")
		}
		q.Only(now.reserve)
	}
	o := first.Options
	o.Together, o.Fixed, o.Excluded = q.Together, q.Fixed, q.Excluded
	return Round{ID: tx.NewID(), Draw: d.ID, Objective: first.Objective, Panels: first.Panels, Options: o}, nil
}
