package talk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

const (
	// pace is how long a change of the list may wait to be told: a thousand pages ask for it again.
	pace = time.Second
	// countPace is the same of a count, which travels in the message itself.
	countPace = 250 * time.Millisecond
	// perMinute is how many questions somebody may ask in a minute.
	perMinute = 5
)

func about(a space.Access, q Question) journal.About {
	return journal.About{Space: a.Space.ID, Subject: fmt.Sprintf("question/%d", q.ID), Actor: a.Viewer.Account}
}

// changed tells the open pages, soon after the commit, that the questions are no longer what they
// were. Words are those of the panels' On.
func (c *Component) changed(tx *db.Tx, spaceID int64, word string) {
	tx.AfterCommit(func() {
		c.deps.Live.Soon(fmt.Sprintf("%s/%d", word, spaceID), pace, func() {
			c.deps.Live.Publish(component.LiveTopic(spaceID), live.Message{Event: "changed", Data: word})
		})
	})
}

// counted tells the open pages, soon after the commit, how many support the question.
func (c *Component) counted(tx *db.Tx, spaceID, question int64) {
	tx.AfterCommit(func() {
		name := supportCount(question)
		c.deps.Live.Soon(name, countPace, func() {
			var n int64
			err := c.deps.Site.DB.Read(context.Background(), func(tx *db.Tx) (err error) { n, err = supportOf(tx, question); return err })
			if err != nil {
				c.deps.Site.Log.Error("counting support failed", "error", err)
				return
			}
			c.deps.Live.Count(component.LiveTopic(spaceID), name, n)
		})
	})
}

// supportCount is the name under which the support of a question is counted on open pages.
func supportCount(question int64) string { return "talk-q-" + strconv.FormatInt(question, 10) }

// ask puts a question, about an item of the agenda or none.
func (c *Component) ask(tx *db.Tx, a space.Access, item int64, text string) (q Question, err error) {
	if err := component.Must(a, canWrite(a)); err != nil {
		return q, err
	}
	f := fault.Fields{}
	text = clean(text)
	checkText(f, "text", text, "talk.question.missing", maxQuestion)
	items, err := c.agenda(tx, a.Space.ID)
	if err != nil {
		return q, err
	}
	if item != 0 && titleOf(items, item) == "" {
		f.Add("item", "talk.item.unknown")
	}
	if err := f.Err(); err != nil {
		return q, err
	}
	if err := c.mayAsk(tx, a); err != nil {
		return q, err
	}
	q = Question{ID: tx.NewID(), Item: item, Author: a.Viewer.Account, Name: a.Viewer.Name, Text: text, At: tx.Now, State: Open}
	e, err := journal.Append(tx, about(a, q), Asked{q.Text})
	if err != nil {
		return q, err
	}
	q.Event = e.ID
	c.changed(tx, a.Space.ID, "talk-questions")
	return q, insertQuestion(tx, a.Space.ID, q)
}

// mayAsk refuses a question where they are closed, or from somebody who may not write or asks too many.
func (c *Component) mayAsk(tx *db.Tx, a space.Access) error {
	if reason, muted, err := mutedFor(tx, a.Space.ID, a.Viewer.Account); err != nil {
		return err
	} else if muted {
		return fault.New(fault.Forbidden, "talk.you_are_muted", "reason", reason)
	}
	s, err := loadSettings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if s.QuestionsClosed {
		return fault.New(fault.Conflict, "talk.questions.are_closed")
	}
	n, err := askedSince(tx, a.Space.ID, a.Viewer.Account, tx.Now.Add(-time.Minute).UnixMilli())
	if err == nil && n >= perMinute {
		err = fault.New(fault.TooMany, "talk.question.too_many")
	}
	return err
}

// agenda lists the items of the space's agenda.
func (c *Component) agenda(tx *db.Tx, spaceID int64) (items []component.AgendaItem, err error) {
	err = component.Ask(c.deps, func(k component.AgendaKeeper) error {
		items, err = k.AgendaItems(tx, spaceID)
		return err
	})
	return items, err
}

// titleOf is the title of an item, "" for one that is not on the agenda.
func titleOf(items []component.AgendaItem, id int64) string {
	for _, i := range items {
		if i.ID == id {
			return i.Title
		}
	}
	return ""
}

// support lets the viewer stand behind a question, or no longer.
func (c *Component) support(tx *db.Tx, a space.Access, q Question, on bool) error {
	if err := component.Must(a, canWrite(a)); err != nil {
		return err
	}
	if !canSupport(a, q) {
		return fault.New(fault.Conflict, "talk.support.settled")
	}
	c.counted(tx, a.Space.ID, q.ID)
	if !on {
		return removeSupport(tx, q.ID, a.Viewer.Account)
	}
	_, err := addSupport(tx, q.ID, a.Viewer.Account)
	return err
}

// answered notes that the question was answered: in writing, or aloud where the text is empty.
func (c *Component) answered(tx *db.Tx, a space.Access, q Question, writing bool, text string) error {
	f := fault.Fields{}
	if text = clean(text); writing {
		checkText(f, "answer", text, "talk.answer.missing", maxAnswer)
	} else {
		text = ""
	}
	if err := f.Err(); err != nil {
		return err
	}
	q.State, q.Answer, q.Reason, q.Into = Replied, text, "", 0
	return c.settled(tx, a, q, Answered{q.Text, text})
}

func (c *Component) aside(tx *db.Tx, a space.Access, q Question, reason string) error {
	f := fault.Fields{}
	reason = clean(reason)
	checkText(f, "reason", reason, "talk.reason.missing", maxReason)
	if err := f.Err(); err != nil {
		return err
	}
	q.State, q.Answer, q.Reason, q.Into = Aside, "", reason, 0
	return c.settled(tx, a, q, SetAside{q.Text, reason})
}

// merge joins the question to another that asks the same: whoever asked or supported it supports
// the other.
func (c *Component) merge(tx *db.Tx, a space.Access, q Question, into int64) error {
	other, err := findQuestion(tx, a.Space.ID, 0, into)
	if errors.Is(err, db.ErrNotFound) || err == nil && (other.ID == q.ID || other.State != Open) {
		return fault.Fields{"into": fault.New(fault.Invalid, "talk.merge.which")}
	}
	if err != nil {
		return err
	}
	c.counted(tx, a.Space.ID, other.ID)
	if err := moveSupport(tx, q, other); err != nil {
		return err
	}
	q.State, q.Answer, q.Reason, q.Into = Joined, "", "", other.ID
	return c.settled(tx, a, q, Merged{q.Text, other.Text})
}

func (c *Component) reopen(tx *db.Tx, a space.Access, q Question) error {
	if q.State == Open {
		return nil
	}
	q.State, q.Answer, q.Reason, q.Into = Open, "", "", 0
	return c.settled(tx, a, q, Reopened{q.Text})
}

// settled writes what has become of the question. One that is no longer open leaves the screen.
func (c *Component) settled(tx *db.Tx, a space.Access, q Question, p journal.Payload) error {
	q.By, q.Settled = a.Viewer.Name, tx.Now
	if err := settle(tx, q); err != nil {
		return err
	}
	if _, err := journal.Append(tx, about(a, q), p); err != nil {
		return err
	}
	c.changed(tx, a.Space.ID, "talk-questions")
	if q.State == Open {
		return nil
	}
	return c.screen(tx, a, q, false)
}

// screen shows the question to everybody, or takes it away where it is shown.
func (c *Component) screen(tx *db.Tx, a space.Access, q Question, on bool) error {
	s, err := loadSettings(tx, a.Space.ID)
	if err != nil || !on && s.ScreenQuestion != q.ID {
		return err
	}
	s.ScreenQuestion = 0
	if on {
		s.ScreenQuestion = q.ID
	}
	c.deps.LiveChanged(tx, a.Space.ID, "talk-screen")
	return saveSettings(tx, a.Space.ID, s)
}

// giveFloor gives the floor to whoever asked the question.
func (c *Component) giveFloor(tx *db.Tx, a space.Access, q Question) error {
	return component.Ask(c.deps, func(k component.FloorKeeper) error {
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		to, here := s.Present[q.Author]
		if !here {
			to = component.LivePerson{Account: q.Author, Name: q.Name}
		}
		return k.GiveFloor(tx, a, to)
	})
}

// set changes how questions are asked in the space.
func (c *Component) set(tx *db.Tx, a space.Access, closed, minutes bool) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	s, err := loadSettings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if s.QuestionsClosed != closed {
		if _, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, QuestionsSet{closed}); err != nil {
			return err
		}
		c.deps.LiveChanged(tx, a.Space.ID, "talk-ask")
	}
	s.QuestionsClosed, s.MinutesQuestions = closed, minutes
	return saveSettings(tx, a.Space.ID, s)
}
