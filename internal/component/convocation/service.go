package convocation

import (
	"context"
	"errors"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func about(a space.Access) journal.About {
	return journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}
}

// SaveText keeps the subject and the introduction of a convocation that has not left. What is proposed in
// the writer's language is kept as proposed, so that each reader has it in their own.
func (c *Component) SaveText(ctx context.Context, a space.Access, lang i18n.Lang, subject, intro string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.saveTextIn(tx, a, lang, subject, intro) })
}

func (c *Component) saveTextIn(tx *db.Tx, a space.Access, lang i18n.Lang, subject, intro string) error {
	conv, err := c.lock(tx, a)
	if err != nil {
		return err
	}
	if conv.State != Draft {
		return fault.New(fault.Conflict, "convocation.left")
	}
	subject, intro = strings.TrimSpace(subject), strings.TrimSpace(strings.ReplaceAll(intro, "\r\n", "\n"))
	if err := validateText(subject, intro).Err(); err != nil {
		return err
	}
	old := conv
	conv.Subject, conv.Intro = subject, intro
	proposed, proposedIntro := c.text(Convocation{Call: conv.Call}, a.Space, lang)
	if subject == proposed {
		conv.Subject = ""
	}
	if intro == proposedIntro {
		conv.Intro = ""
	}
	if conv == old {
		return nil
	}
	if err := saveConvocation(tx, conv); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a), TextChanged{conv.Call, subject, intro})
	return err
}

// lock is the convocation of the space, held until the transaction ends.
func (c *Component) lock(tx *db.Tx, a space.Access) (Convocation, error) {
	if !canManage(a) {
		return Convocation{}, site.Forbidden()
	}
	return lockConvocation(tx, a.Space.ID, a.Space.Call)
}

// Late is the explicit decision to send in spite of the notice of the statutes.
type Late struct {
	Confirmed bool
	Reason    string
}

// Send convenes every elector who is not convened yet: their mails are written by
// [Component.Tick], their letters are there to print. Twice is once.
func (c *Component) Send(ctx context.Context, a space.Access, late Late) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.sendIn(tx, a, late) })
}

func (c *Component) sendIn(tx *db.Tx, a space.Access, late Late) error {
	conv, err := c.lock(tx, a)
	if err != nil {
		return err
	}
	s, err := c.loadScene(tx, a.Space)
	if err != nil {
		return err
	}
	who, err := countAudience(tx, a.Space.ID, conv.Call)
	switch {
	case err != nil:
		return err
	case who.Electors == 0:
		return fault.New(fault.Conflict, "convocation.no_roll")
	case who.New == 0:
		return fault.New(fault.Conflict, "convocation.already")
	case s.held.IsZero():
		return fault.New(fault.Conflict, "convocation.no_date")
	}
	zone := a.Space.Zone()
	notice := s.rules.CheckNotice(conv.Call, tx.Now.In(zone), s.held.In(zone))
	late.Reason = strings.TrimSpace(late.Reason)
	if notice.OK {
		late = Late{}
	} else if f := late.check(); f != nil {
		return f
	}
	if _, err := addRecipients(tx, a.Space.ID, conv.Call); err != nil {
		return err
	}
	if conv.State == Draft {
		if err := c.freeze(tx, s, conv); err != nil {
			return err
		}
		conv.Held = s.held
	}
	if late.Reason != "" {
		conv.Reason = late.Reason
	}
	conv.State, conv.StartedAt, conv.StartedBy = Sending, tx.Now, a.Viewer.Account
	if err := saveConvocation(tx, conv); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a), Started{Call: conv.Call, People: who.New, Held: s.held.UnixMilli(),
		Days: notice.Days, Needed: notice.Needed, Kept: notice.OK, Reason: late.Reason})
	return err
}

func (l Late) check() error {
	f := fault.Fields{}
	if !l.Confirmed {
		f.Add("confirm", "convocation.late.confirm")
	}
	if l.Reason == "" {
		f.Add("reason", "convocation.late.reason")
	}
	return f.Err()
}

// freeze keeps what the convocation says as it leaves.
func (c *Component) freeze(tx *db.Tx, s scene, conv Convocation) error {
	for _, lang := range i18n.Langs {
		d, err := c.document(tx, s, conv, lang)
		if err != nil {
			return err
		}
		if err := insertDocument(tx, conv.Space, conv.Call, lang, d); err != nil {
			return err
		}
	}
	return nil
}

// tickTime is how long one tick may write mails: other components wait their turn meanwhile.
const tickTime = 300 * time.Millisecond

// batchSize is how many mails one transaction puts into the queue.
const batchSize = 100

// Tick writes the mails of convocations and reminders that were decided on, and sends the
// reminders whose time has come.
func (c *Component) Tick(ctx context.Context) error {
	until := time.Now().Add(tickTime)
	for _, work := range []func(context.Context) (more bool, err error){c.writeMails, c.fireReminders, c.writeReminders} {
		for more := true; more && time.Now().Before(until); {
			var err error
			if more, err = work(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeMails writes the next mails of a convocation being sent: they are composed before the
// transaction, which only stores them.
func (c *Component) writeMails(ctx context.Context) (more bool, err error) {
	var conv Convocation
	var messages []mail.Message
	var readers []reader
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if conv, err = nextSending(tx); err != nil {
			return err
		}
		if readers, err = waitingReaders(tx, conv.Space, conv.Call, batchSize); err != nil {
			return err
		}
		messages, err = c.compose(tx, conv, readers)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		conv, err := lockConvocation(tx, conv.Space, conv.Call)
		if err != nil || conv.State != Sending {
			return err
		}
		if len(messages) == 0 {
			return c.finish(tx, conv)
		}
		for i, m := range messages {
			if still, err := isWaiting(tx, conv.Space, conv.Call, readers[i].member); err != nil {
				return err
			} else if !still { // another node was faster
				continue
			}
			if err := c.queue(tx, conv, readers[i].member, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// compose writes the mails of a convocation that has left.
func (c *Component) compose(tx *db.Tx, conv Convocation, readers []reader) ([]mail.Message, error) {
	sp, err := space.Find(tx, conv.Space)
	if err != nil {
		return nil, err
	}
	s, err := c.loadScene(tx, sp)
	if err != nil {
		return nil, err
	}
	all := templates{make: func(lang i18n.Lang) (template, error) {
		d, err := sentDocument(tx, conv.Space, conv.Call, lang)
		if err != nil {
			return template{}, err
		}
		return c.newTemplate(s, lang, d, false)
	}}
	out := make([]mail.Message, len(readers))
	for i, r := range readers {
		tpl, err := all.in(r.language)
		if err != nil {
			return nil, err
		}
		out[i] = c.message(tpl, r)
		out[i].Kind, out[i].Ref = "convocation", reference(conv.Space, conv.Call, r.member)
	}
	return out, nil
}

// queue puts one mail into the queue; an address that no mail reaches counts as refused.
func (c *Component) queue(tx *db.Tx, conv Convocation, member int64, m mail.Message) error {
	id, err := mail.Queue(tx, m)
	reply := ""
	if fault.CodeOf(err) == fault.Invalid {
		var f *fault.Error
		errors.As(err, &f)
		id, reply = 0, c.words(i18n.French)(f.Key, f.Args...)
	} else if err != nil {
		return err
	}
	if err := setQueued(tx, conv.Space, conv.Call, member, m.To.Address, id, reply); err != nil || id != 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: conv.Space, Subject: people.MemberSubject(member)}, MailRefused{conv.Call, m.To.Address, reply})
	return err
}

// finish notes that the convocation has left, and moves its step on the space's path.
func (c *Component) finish(tx *db.Tx, conv Convocation) error {
	counts, mails, err := countFates(tx, conv.Space, conv.Call)
	if err != nil || counts[Waiting] > 0 { // more were convened meanwhile
		return err
	}
	first := conv.SentAt.IsZero()
	conv.State, conv.SentAt = Sent, tx.Now
	if err := saveConvocation(tx, conv); err != nil {
		return err
	}
	if first {
		if err := space.MovePhase(tx, conv.Space, space.PhaseConvocation, space.Phase{Start: conv.StartedAt}); err != nil {
			return err
		}
	}
	sp, err := space.Find(tx, conv.Space)
	if err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: sp.ID, Subject: sp.Subject()}, WasSent{conv.Call, mails, counts.Total() - mails})
	return err
}

// SendAgain sends a refused mail to the address that the register has since.
func (c *Component) SendAgain(ctx context.Context, a space.Access, member int64) error {
	call := a.Space.Call
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		conv, err := c.lock(tx, a)
		if err != nil {
			return err
		}
		r, err := findRecipient(tx, a.Space.ID, call, member)
		if err != nil {
			return err
		}
		if !r.Again() {
			return fault.New(fault.Conflict, "convocation.again.same")
		}
		m, err := people.FindMember(tx, member)
		if err != nil {
			return err
		}
		messages, err := c.compose(tx, conv, []reader{{m.ID, m.Name(), m.Email, i18n.Lang(m.Language)}})
		if err != nil {
			return err
		}
		return c.queue(tx, conv, member, messages[0])
	})
}

// MailResult keeps the proof of what became of a convocation's mail, and of a reminder's.
func (c *Component) MailResult(tx *db.Tx, m mail.Stored) error {
	fate := map[mail.State]Fate{mail.Sent: Taken, mail.Refused: Refused, mail.Outbox: Outbox}[m.State]
	switch m.Kind {
	case "reminder":
		return settleReminder(tx, m.ID, fate)
	case "convocation":
	default:
		return nil
	}
	spaceID, call, member, found, err := settleMail(tx, m.ID, fate, m.Reply)
	if err != nil || !found {
		return err
	}
	where := journal.About{Space: spaceID, Subject: people.MemberSubject(member)}
	switch fate {
	case Taken:
		_, err = journal.Append(tx, where, MailSent{call, m.To.Address, m.Reply})
	case Refused:
		_, err = journal.Append(tx, where, MailRefused{call, m.To.Address, m.Reply})
	}
	return err
}

// read is the document of a convocation: as it left, or as it would leave now.
func (c *Component) read(tx *db.Tx, s scene, conv Convocation, lang i18n.Lang) (doc.Document, error) {
	if conv.State != Draft {
		return sentDocument(tx, conv.Space, conv.Call, lang)
	}
	return c.document(tx, s, conv, lang)
}
