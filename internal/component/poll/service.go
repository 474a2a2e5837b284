package poll

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

const (
	// countPace is how often, at most, what was answered is counted and told: the numbers travel in
	// the message itself.
	countPace = 250 * time.Millisecond
	// redrawPace is how often, at most, those who lead and the hall's screen are told to ask for a
	// drawing that numbers do not change by themselves: a cloud of words, a ranking.
	redrawPace = time.Second
)

func (c *Component) record(tx *db.Tx, p Poll, actor int64, e journal.Payload) error {
	_, err := journal.Append(tx, journal.About{Space: p.Space, Subject: p.subject(), Actor: actor}, e)
	return err
}

// put adds a poll, or changes one that nobody has been asked yet.
func (c *Component) put(tx *db.Tx, a space.Access, p Poll) (Poll, error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return p, err
	}
	f := p.validate()
	if known, err := c.onAgenda(tx, a.Space.ID, p.Item); err != nil {
		return p, err
	} else if !known {
		f.Add("item", "poll.item.unknown")
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "poll-prep")
	p = p.trimmed()
	p.Space = a.Space.ID
	if p.ID == 0 {
		p.ID, p.State = tx.NewID(), Draft
		return p, insertPoll(tx, p)
	}
	old, err := findPoll(tx, a.Space.ID, p.ID)
	if err != nil {
		return p, err
	}
	if old.State != Draft {
		return p, fault.New(fault.Conflict, "poll.not_draft")
	}
	p.State, p.Position = old.State, old.Position
	return p, updatePoll(tx, p)
}

func (c *Component) onAgenda(tx *db.Tx, spaceID, item int64) (bool, error) {
	if item == 0 {
		return true, nil
	}
	items, err := c.agenda(tx, spaceID)
	return slices.ContainsFunc(items, func(i component.AgendaItem) bool { return i.ID == item }), err
}

// agenda lists the items of the space's agenda.
func (c *Component) agenda(tx *db.Tx, spaceID int64) (items []component.AgendaItem, err error) {
	err = component.Ask(c.deps, func(k component.AgendaKeeper) error {
		items, err = k.AgendaItems(tx, spaceID)
		return err
	})
	return items, err
}

// act is what those who lead do with a poll; value is what their form adds.
type act func(c *Component, tx *db.Tx, a space.Access, p Poll, value string) error

// acts by the last part of their address.
var acts = map[string]act{
	"start": (*Component).start,
	"stop": func(c *Component, tx *db.Tx, a space.Access, p Poll, _ string) error {
		return c.stop(tx, p, a.Viewer.Account)
	},
	"show":   func(c *Component, tx *db.Tx, a space.Access, p Poll, _ string) error { return c.show(tx, p, true) },
	"hide":   func(c *Component, tx *db.Tx, a space.Access, p Poll, _ string) error { return c.show(tx, p, false) },
	"up":     func(c *Component, tx *db.Tx, a space.Access, p Poll, _ string) error { return c.move(tx, p, -1) },
	"down":   func(c *Component, tx *db.Tx, a space.Access, p Poll, _ string) error { return c.move(tx, p, 1) },
	"remove": (*Component).remove,
	"word":   (*Component).word,
}

func (c *Component) start(tx *db.Tx, a space.Access, p Poll, _ string) error {
	if p.State != Draft {
		return fault.New(fault.Conflict, "poll.not_draft")
	}
	p.State, p.OpenedAt = Open, tx.Now
	if p.Seconds > 0 {
		p.ClosesAt = tx.Now.Add(time.Duration(p.Seconds) * time.Second)
	}
	c.deps.LiveChanged(tx, p.Space, "poll")
	if err := updatePoll(tx, p); err != nil {
		return err
	}
	return c.record(tx, p, a.Viewer.Account, Started{p.Question})
}

// stop closes the poll and shows its results to everybody. actor is 0 where its time was over.
func (c *Component) stop(tx *db.Tx, p Poll, actor int64) error {
	if err := lockBox(tx, p.ID); err != nil {
		return err
	}
	p, err := findPoll(tx, p.Space, p.ID) // as it stands now that nobody answers any more
	if err != nil || p.State != Open {
		return err
	}
	b, err := box(tx, p)
	if err != nil {
		return err
	}
	p.State, p.Shown, p.ClosedAt = Closed, true, tx.Now
	c.deps.LiveChanged(tx, p.Space, "poll")
	if err := updatePoll(tx, p); err != nil {
		return err
	}
	return c.record(tx, p, actor, Stopped{p.Question, b.Answered})
}

// show puts the results on everybody's page, or takes them away.
func (c *Component) show(tx *db.Tx, p Poll, on bool) error {
	if p.State != Closed {
		return fault.New(fault.Conflict, "poll.not_closed")
	}
	p.Shown = on
	c.deps.LiveChanged(tx, p.Space, "poll")
	return updatePoll(tx, p)
}

// move puts a draft before or behind its neighbour.
func (c *Component) move(tx *db.Tx, p Poll, by int) error {
	list, err := polls(tx, p.Space, Draft)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(other Poll) bool { return other.ID == p.ID })
	to := at + by
	if at < 0 || to < 0 || to >= len(list) {
		return nil
	}
	list[at].Position, list[to].Position = list[to].Position, list[at].Position
	c.deps.LiveChanged(tx, p.Space, "poll-prep")
	if err := updatePoll(tx, list[at]); err != nil {
		return err
	}
	return updatePoll(tx, list[to])
}

// remove takes away a poll that nobody was asked.
func (c *Component) remove(tx *db.Tx, _ space.Access, p Poll, _ string) error {
	if p.State != Draft {
		return fault.New(fault.Conflict, "poll.not_draft")
	}
	c.deps.LiveChanged(tx, p.Space, "poll-prep")
	return deletePoll(tx, p.ID)
}

// word takes a word out of what is shown, or puts it back.
func (c *Component) word(tx *db.Tx, a space.Access, p Poll, w string) error {
	if p.Kind != Words {
		return fault.New(fault.Conflict, "poll.no_words")
	}
	var e journal.Payload = WordHidden{p.Question, w}
	if i := slices.Index(p.Hidden, w); i >= 0 {
		p.Hidden = slices.Delete(p.Hidden, i, i+1)
		e = WordShown{p.Question, w}
	} else {
		p.Hidden = append(p.Hidden, w)
	}
	c.deps.LiveChanged(tx, p.Space, "poll")
	if err := updatePoll(tx, p); err != nil {
		return err
	}
	return c.record(tx, p, a.Viewer.Account, e)
}

// reply notes what the viewer answers. Of an anonymous poll, who and what are kept apart, and the
// journal says neither.
func (c *Component) reply(tx *db.Tx, a space.Access, id int64, values []string, ranks map[string]string) error {
	if err := component.Must(a, a.TakesPart()); err != nil {
		return err
	}
	if err := lockBox(tx, id); err != nil {
		return err
	}
	p, err := findPoll(tx, a.Space.ID, id)
	if err != nil {
		return err
	}
	if !canRead(a, p) {
		return db.ErrNotFound
	}
	answered, _, err := mine(tx, p, a.Viewer.Account)
	if err != nil {
		return err
	}
	switch {
	case !p.openAt(tx.Now):
		return fault.New(fault.Conflict, "poll.is_closed")
	case !canAnswer(a, p, answered, tx.Now):
		return fault.New(fault.Conflict, "poll.already")
	}
	answer, refused := p.read(values, ranks)
	if refused != nil {
		return fault.Fields{"answer": refused}
	}
	c.counted(tx, p)
	if p.Named {
		return saveAnswer(tx, p.ID, a.Viewer.Account, a.Viewer.Name, answer)
	}
	if first, err := take(tx, p.ID, a.Viewer.Account); err != nil || !first {
		return err
	}
	b, err := box(tx, p)
	if err != nil {
		return err
	}
	b.put(p, answer)
	return saveBox(tx, p.ID, b)
}

// counted tells the open pages, soon after the commit, what was answered so far: one message for all
// who answer meanwhile.
func (c *Component) counted(tx *db.Tx, p Poll) {
	tx.AfterCommit(func() {
		c.deps.Live.Soon(countName(p.ID, ""), countPace, func() {
			var b Box
			var r Result
			err := c.deps.Site.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
				if b, err = box(tx, p); err == nil {
					r, err = p.result(b)
				}
				return err
			})
			if err != nil {
				c.deps.Site.Log.Error("counting a poll failed", "error", err)
				return
			}
			topic := component.LiveTopic(p.Space)
			c.deps.Live.Count(topic, countName(p.ID, ""), b.Answered)
			if p.Held || p.Kind == Words || p.Kind == Ranking {
				return
			}
			for _, row := range r.Rows {
				c.deps.Live.Count(topic, countName(p.ID, row.Key), row.N)
			}
		})
		if !p.Held && (p.Kind == Words || p.Kind == Ranking) {
			c.deps.Live.Soon(fmt.Sprintf("poll-redraw/%d", p.Space), redrawPace, func() {
				c.deps.Live.Publish(component.LiveTopic(p.Space), live.Message{Event: "changed", Data: "poll-redraw"})
			})
		}
	})
}

// countName is the name under which a poll's answers, or one of them, are counted on open pages.
func countName(poll int64, key string) string {
	return strings.TrimSuffix(fmt.Sprintf("poll-%d-%s", poll, key), "-")
}

// Tick closes the polls whose time is over.
func (c *Component) Tick(ctx context.Context) error {
	var due []Poll
	if err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { due, err = overdue(tx, tx.Now); return err }); err != nil {
		return err
	}
	for _, p := range due {
		if err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.stop(tx, p, 0) }); err != nil {
			return err
		}
	}
	return nil
}
