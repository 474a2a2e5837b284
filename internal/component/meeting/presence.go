package meeting

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// grace is how long somebody whose stream ended is still taken for present: a page is loaded
// again, a line is lost for a moment.
const grace = 30 * time.Second

// presence is who has a stream open on this node, by space and account. It is only what this node
// sees; the session's events hold who is present.
type presence struct {
	mu    sync.Mutex
	rooms map[int64]map[int64]*seat
}

type seat struct {
	person  Person
	streams int
	left    time.Time // since when there is no stream
}

// enter notes a stream; the function it returns notes its end.
func (p *presence) enter(spaceID int64, who Person) (gone func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms == nil {
		p.rooms = map[int64]map[int64]*seat{}
	}
	room := p.rooms[spaceID]
	if room == nil {
		room = map[int64]*seat{}
		p.rooms[spaceID] = room
	}
	s := room[who.Account]
	if s == nil {
		s = &seat{person: who}
		room[who.Account] = s
	}
	s.streams++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		s.streams--
		s.left = time.Now()
	}
}

// spaces lists the spaces where this node has seen somebody.
func (p *presence) spaces() (list []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.rooms {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// change is who has come, and who has gone for good, compared with who is said to be present.
func (p *presence) change(spaceID int64, present map[int64]Person, now time.Time) (e PresenceChanged) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for account, s := range p.rooms[spaceID] {
		_, here := present[account]
		switch {
		case s.streams > 0 && !here:
			e.Arrived = append(e.Arrived, s.person)
		case s.streams == 0 && here && now.Sub(s.left) >= grace:
			e.Left = append(e.Left, s.person)
		}
	}
	byAccount := func(a, b Person) int { return cmp.Compare(a.Account, b.Account) }
	slices.SortFunc(e.Arrived, byAccount)
	slices.SortFunc(e.Left, byAccount)
	e.Arrivals, e.Leavings = len(e.Arrived), len(e.Left)
	return e
}

// forget lets go of those who are no longer here and are not said to be.
func (p *presence) forget(spaceID int64, present map[int64]Person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for account, s := range p.rooms[spaceID] {
		if _, here := present[account]; s.streams == 0 && !here {
			delete(p.rooms[spaceID], account)
		}
	}
	if len(p.rooms[spaceID]) == 0 {
		delete(p.rooms, spaceID)
	}
}

// Tick writes down who came and went since the last, and watches the quorum, where somebody on
// this node follows a session.
func (c *Component) Tick(ctx context.Context) error {
	for _, id := range c.here.spaces() {
		if err := c.keepPresence(ctx, id); err != nil {
			return err
		}
		if err := c.watchQuorum(ctx, id); err != nil {
			return err
		}
		if err := c.watchTime(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// watchTime passes the floor on where a speech's time is over.
func (c *Component) watchTime(ctx context.Context, spaceID int64) error {
	var over bool
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := c.look(tx, spaceID)
		if err == nil {
			left, limited := s.left(tx.Now)
			over = s.Auto && limited && left <= -passing && len(s.Waiting) > 0
		}
		return err
	})
	if err != nil || !over {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Find(tx, spaceID)
		if err != nil {
			return err
		}
		return c.record(tx, space.Access{Space: sp}, passOn)
	})
}

func (c *Component) keepPresence(ctx context.Context, spaceID int64) error {
	var s *State
	if err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { s, err = c.look(tx, spaceID); return err }); err != nil {
		return err
	}
	c.here.forget(spaceID, s.Present)
	if !s.Open {
		return nil
	}
	if e := c.here.change(spaceID, s.Present, time.Now()); e.Arrivals+e.Leavings == 0 {
		return nil
	}
	var present int
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Find(tx, spaceID)
		if err != nil {
			return err
		}
		return c.record(tx, space.Access{Space: sp}, func(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
			e := c.here.change(spaceID, s.Present, time.Now())
			present = len(s.Present) + e.Arrivals - e.Leavings
			if !s.Open || e.Arrivals+e.Leavings == 0 {
				return nil, nil
			}
			return []journal.Payload{e}, nil
		})
	})
	if err == nil {
		c.deps.Live.Count(component.LiveTopic(spaceID), "present", int64(present))
	}
	return err
}
