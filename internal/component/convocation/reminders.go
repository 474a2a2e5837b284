package convocation

import (
	"context"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// reminderPause is how long a member is left alone between two reminders, whatever the space.
const reminderPause = 24 * time.Hour

// missing are the electors who have not taken part in what is open.
func (c *Component) missing(tx *db.Tx, spaceID int64) (members []int64, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) error {
		more, err := v.Missing(tx, spaceID)
		members = append(members, more...)
		return err
	})
	return members, err
}

func (c *Component) period(tx *db.Tx, spaceID int64) (p component.Period, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) error { p, err = v.Period(tx, spaceID); return err })
	return p, err
}

// Remind writes to those who have not voted, have an address, want reminders, and had none for a
// day; it returns how many. The mails are written by [Component.Tick].
func (c *Component) Remind(ctx context.Context, a space.Access) (n int, err error) {
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if !canManage(a) {
			return site.Forbidden()
		}
		if n, err = c.remind(tx, a.Space, a.Viewer.Account); err == nil && n == 0 {
			err = fault.New(fault.Conflict, "convocation.reminder.nobody")
		}
		return err
	})
	return n, err
}

func (c *Component) remind(tx *db.Tx, sp space.Space, actor int64) (int, error) {
	missing, err := c.missing(tx, sp.ID)
	if err != nil {
		return 0, err
	}
	n, err := addReminded(tx, tx.NewID(), sp.ID, missing)
	if err != nil || n == 0 {
		return 0, err
	}
	_, err = journal.Append(tx, journal.About{Space: sp.ID, Subject: sp.Subject(), Actor: actor}, Reminded{n})
	return n, err
}

// ScheduleReminder sets a reminder to come, so long before the vote closes.
func (c *Component) ScheduleReminder(ctx context.Context, a space.Access, number, unit string) error {
	if !canManage(a) {
		return site.Forbidden()
	}
	before, err := readBefore(number, unit)
	if err != nil {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := c.period(tx, a.Space.ID)
		if err != nil {
			return err
		}
		f := fault.Fields{}
		if !p.Closes.IsZero() && !p.Closes.Add(-before).After(tx.Now) {
			f.Add("before", "convocation.reminder.past", "closes", p.Closes.In(a.Space.Zone()))
			return f
		}
		err = insertReminder(tx, a, before)
		if errors.Is(err, db.ErrConflict) {
			f.Add("before", "convocation.reminder.twice")
			return f
		}
		if err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a), ReminderSet{int(before.Hours())})
		return err
	})
}

// RemoveReminder takes back a reminder that was not sent.
func (c *Component) RemoveReminder(ctx context.Context, a space.Access, id int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if !canManage(a) {
			return site.Forbidden()
		}
		before, err := deleteReminder(tx, a.Space.ID, id)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.Conflict, "convocation.reminder.gone")
		}
		if err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a), ReminderRemoved{int(before.Hours())})
		return err
	})
}

// fireReminders sends the reminders whose time has come; those of a vote that is over are done
// with.
func (c *Component) fireReminders(ctx context.Context) (bool, error) {
	var due []Reminder
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := pendingReminders(tx)
		for _, r := range all {
			p, err := c.period(tx, r.Space)
			if err != nil {
				return err
			}
			if !p.Closes.IsZero() && !p.Closes.Add(-r.Before).After(tx.Now) {
				due = append(due, r)
			}
		}
		return err
	})
	for _, r := range due {
		if err == nil {
			err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
				mine, err := takeReminder(tx, r.ID)
				if err != nil || !mine {
					return err
				}
				sp, err := space.Find(tx, r.Space)
				if err != nil {
					return err
				}
				_, err = c.remind(tx, sp, 0)
				return err
			})
		}
	}
	return false, err
}

// writeReminders writes the next mails of a reminder.
func (c *Component) writeReminders(ctx context.Context) (more bool, err error) {
	var run int64
	var readers []reader
	var messages []mail.Message
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		var spaceID int64
		if run, spaceID, err = nextRun(tx); err != nil {
			return err
		}
		if readers, err = waitingReminded(tx, run, batchSize); err != nil {
			return err
		}
		messages, err = c.composeReminders(tx, spaceID, run, readers)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		for i, m := range messages {
			mine, err := takeReminded(tx, run, readers[i].member)
			if err != nil {
				return err
			}
			if !mine {
				continue
			}
			id, err := mail.Queue(tx, m)
			if fault.CodeOf(err) == fault.Invalid {
				continue // refused: the address is none
			}
			if err == nil {
				err = setReminded(tx, run, readers[i].member, id)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Component) composeReminders(tx *db.Tx, spaceID, run int64, readers []reader) ([]mail.Message, error) {
	sp, err := space.Find(tx, spaceID)
	if err != nil {
		return nil, err
	}
	s, err := c.loadScene(tx, sp)
	if err != nil {
		return nil, err
	}
	all := templates{make: func(lang i18n.Lang) (template, error) { return c.newTemplate(s, lang, c.reminder(s, lang), true) }}
	out := make([]mail.Message, len(readers))
	for i, r := range readers {
		tpl, err := all.in(r.language)
		if err != nil {
			return nil, err
		}
		out[i] = c.message(tpl, r)
		out[i].Kind, out[i].Ref = "reminder", reminderReference(run, r.member)
		out[i].UnsubscribeURL = c.unsubscribeURL(r.member)
	}
	return out, nil
}

// reminder is what a reminder says.
func (c *Component) reminder(s scene, lang i18n.Lang) doc.Document {
	t := c.words(lang)
	closes := s.vote.Closes.In(s.space.Zone())
	return doc.Document{Lang: string(lang), Title: t("convocation.reminder.subject", "title", s.space.Title), Header: s.identity.Name,
		Footer: joined(" · ", s.identity.Name, s.identity.LegalForm, s.identity.Registry),
		Blocks: doc.Blocks{
			doc.Paragraph{Text: doc.Plain(t("convocation.reminder.text", "title", s.space.Title, "closes", closes, "zone", space.ZoneName(s.space.TimeZone)))},
			doc.Paragraph{Text: doc.Plain(t("convocation.reminder.done"))},
		}}
}
