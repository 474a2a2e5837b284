package talk

import (
	"encoding/json"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// LiveTopics adds those where what is not for everybody is told.
func (c *Component) LiveTopics(_ *db.Tx, a space.Access) (topics []string, err error) {
	if canWrite(a) {
		topics = append(topics, topicOf(a.Space.ID, a.Viewer.Account))
	}
	if canLead(a) {
		topics = append(topics, topicLead(a.Space.ID))
	}
	return topics, nil
}

// tell brings a message, as it stands, to those who may read it: the message itself travels.
func (c *Component) tell(tx *db.Tx, spaceID int64, m Message) error {
	text, err := json.Marshal(m.wire())
	if err != nil {
		return err
	}
	topics := []string{component.LiveTopic(spaceID)}
	switch m.Room {
	case Leaders:
		topics = []string{topicLead(spaceID), topicOf(spaceID, m.Party)}
	case Private:
		topics = []string{topicOf(spaceID, m.Author), topicOf(spaceID, m.Party)}
	}
	tx.AfterCommit(func() {
		for _, t := range topics {
			c.deps.Live.Publish(t, live.Message{Event: "talk", Data: string(text)})
		}
	})
	return nil
}

// tellLead tells those who lead that something of their own has changed.
func (c *Component) tellLead(tx *db.Tx, spaceID int64, word string) {
	tx.AfterCommit(func() { c.deps.Live.Publish(topicLead(spaceID), live.Message{Event: "changed", Data: word}) })
}

// post writes a message. party is whom those who lead write with, or the other of two.
func (c *Component) post(tx *db.Tx, a space.Access, room Room, party int64, text string) error {
	if err := component.Must(a, canWrite(a)); err != nil {
		return err
	}
	text = clean(text)
	if err := checkMessage(text); err != nil {
		return err
	}
	s, err := loadSettings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	session, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if err := c.mayPost(tx, a, s, session, room); err != nil {
		return err
	}
	m := Message{ID: tx.NewID(), Room: room, Author: a.Viewer.Account, Name: a.Viewer.Name, Text: text, At: tx.Now, State: Shown}
	if m.Party, m.PartyName, err = c.party(tx, a, session, room, party); err != nil {
		return err
	}
	if err := insertMessage(tx, a.Space.ID, m); err != nil {
		return err
	}
	return c.tell(tx, a.Space.ID, m)
}

// mayPost refuses a message where it cannot be written, or comes too soon after the last.
func (c *Component) mayPost(tx *db.Tx, a space.Access, s settings, session component.LiveSession, room Room) error {
	if reason, muted, err := mutedFor(tx, a.Space.ID, a.Viewer.Account); err != nil {
		return err
	} else if muted {
		return fault.New(fault.Forbidden, "talk.you_are_muted", "reason", reason)
	}
	switch {
	case !session.Open:
		return fault.New(fault.Conflict, "talk.chat.not_open")
	case room == Private && !s.Private:
		return fault.New(fault.Conflict, "talk.private.off")
	case room != Leaders && s.ChatClosed && !canLead(a):
		return fault.New(fault.Conflict, "talk.chat.is_closed")
	}
	n, last, err := lately(tx, a.Space.ID, a.Viewer.Account, tx.Now.Add(-maxSlow*time.Second).UnixMilli())
	if err != nil {
		return err
	}
	if wait := int64(s.Slow) - (tx.Now.UnixMilli()-last)/1000; last > 0 && wait > 0 && room == Everybody && !canLead(a) {
		return fault.New(fault.TooMany, "talk.chat.slow", "n", wait)
	}
	if n < chatPerMinute {
		return nil
	}
	n, _, err = lately(tx, a.Space.ID, a.Viewer.Account, tx.Now.Add(-time.Minute).UnixMilli())
	if err == nil && n >= chatPerMinute {
		err = fault.New(fault.TooMany, "talk.chat.too_many")
	}
	return err
}

// party is with whom a message is written: somebody who is present, or has written.
func (c *Component) party(tx *db.Tx, a space.Access, session component.LiveSession, room Room, account int64) (int64, string, error) {
	switch {
	case room == Everybody:
		return 0, "", nil
	case room == Leaders && !canLead(a):
		return a.Viewer.Account, a.Viewer.Name, nil
	case account == a.Viewer.Account:
		return 0, "", fault.New(fault.Conflict, "talk.party.self")
	}
	if p, here := session.Present[account]; here {
		return account, p.Name, nil
	}
	name, err := writerName(tx, a.Space.ID, account)
	if err == nil && name == "" {
		err = fault.New(fault.Conflict, "talk.party.unknown")
	}
	return account, name, err
}

// takeBack destroys the viewer's own message.
func (c *Component) takeBack(tx *db.Tx, a space.Access, m Message) error {
	if err := component.Must(a, canTakeBack(a, m)); err != nil {
		return err
	}
	m.State = Gone
	if err := judge(tx, m); err != nil {
		return err
	}
	c.tellLead(tx, a.Space.ID, "talk-reports")
	return c.tell(tx, a.Space.ID, m)
}

// report tells those who lead that a message is out of place.
func (c *Component) report(tx *db.Tx, a space.Access, m Message, reason string) error {
	if err := component.Must(a, canReport(a, m)); err != nil {
		return err
	}
	f := fault.Fields{}
	reason = clean(reason)
	checkText(f, "reason", reason, "talk.report.missing", maxReason)
	if err := f.Err(); err != nil {
		return err
	}
	c.tellLead(tx, a.Space.ID, "talk-reports")
	return insertReport(tx, m.ID, a.Viewer.Account, reason)
}

// moderate hides a message, shows it again, or finds that nothing is wrong with it.
func (c *Component) moderate(tx *db.Tx, a space.Access, m Message, act, reason string) error {
	reported, err := isReported(tx, m.ID)
	if err != nil {
		return err
	}
	if err := component.Must(a, canModerate(a, m, reported)); err != nil {
		return err
	}
	var e journal.Payload = MessageShown{m.Name}
	switch act {
	case "hide":
		f := fault.Fields{}
		reason = clean(reason)
		checkText(f, "reason", reason, "talk.reason.missing", maxReason)
		if err := f.Err(); err != nil {
			return err
		}
		m.State, m.Reason, e = Hidden, reason, MessageHidden{m.Name, reason}
	case "unhide":
		m.State, m.Reason = Shown, ""
	default:
		c.tellLead(tx, a.Space.ID, "talk-reports")
		return clearReports(tx, m.ID)
	}
	if err := judge(tx, m); err != nil {
		return err
	}
	c.tellLead(tx, a.Space.ID, "talk-reports")
	c.tellLead(tx, a.Space.ID, "talk-chat") // what they can do about it is not in the message
	if err := c.note(tx, a, e); err != nil {
		return err
	}
	return c.tell(tx, a.Space.ID, m)
}

func (c *Component) note(tx *db.Tx, a space.Access, e journal.Payload) error {
	_, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, e)
	return err
}

// mute keeps the author of a message from writing.
func (c *Component) mute(tx *db.Tx, a space.Access, m Message, reason string) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	f := fault.Fields{}
	reason = clean(reason)
	checkText(f, "reason", reason, "talk.reason.missing", maxReason)
	if err := f.Err(); err != nil {
		return err
	}
	if err := insertMute(tx, a.Space.ID, Mute{m.Author, m.Name, reason}); err != nil {
		return err
	}
	c.tellLead(tx, a.Space.ID, "talk-reports")
	tx.AfterCommit(func() {
		c.deps.Live.Publish(topicOf(a.Space.ID, m.Author), live.Message{Event: "changed", Data: "talk-chat"})
	})
	return c.note(tx, a, Muted{m.Name, reason})
}

func (c *Component) unmute(tx *db.Tx, a space.Access, account int64) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	name, err := deleteMute(tx, a.Space.ID, account)
	if err != nil || name == "" {
		return err
	}
	c.tellLead(tx, a.Space.ID, "talk-reports")
	tx.AfterCommit(func() {
		c.deps.Live.Publish(topicOf(a.Space.ID, account), live.Message{Event: "changed", Data: "talk-chat"})
	})
	return c.note(tx, a, Unmuted{name})
}

// setChat changes how people write to each other in the space.
func (c *Component) setChat(tx *db.Tx, a space.Access, closed, private, minutes bool, slow int) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	if slow < 0 || slow > maxSlow {
		return fault.Fields{"slow": fault.New(fault.Invalid, "talk.slow.wrong", "max", maxSlow)}
	}
	s, err := loadSettings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if s.ChatClosed != closed || s.Private != private || s.Slow != slow {
		if err := c.note(tx, a, ChatSet{closed, private, slow}); err != nil {
			return err
		}
	}
	s.ChatClosed, s.Private, s.MinutesChat, s.Slow = closed, private, minutes, slow
	c.deps.LiveChanged(tx, a.Space.ID, "talk-chat")
	return saveSettings(tx, a.Space.ID, s)
}
