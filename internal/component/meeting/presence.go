package meeting

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

const (
	// grace is how long somebody whose stream ended is still taken for present: a page is loaded
	// again, a line is lost for a moment, a node is started again.
	grace = 30 * time.Second
	// keeping is how often a node says again who is on it.
	keeping = 15 * time.Second
	// reading is how long somebody who has read a page of the session without a script is here: such a
	// page asks for itself anew every twenty seconds (see [refresh]).
	reading = 30 * time.Second
	// looking is how often it is looked who has left.
	looking = 5 * time.Second
)

// presence is who has a stream open on this node, or has read a page a moment ago, by space and
// account. It is only what this node
// sees: the table of seats holds what all nodes see, and the session's events who is present.
type presence struct {
	mu    sync.Mutex
	rooms map[int64]*room
}

type room struct {
	people map[int64]*seat
	kept   time.Time // when this node last said who is here
	looked time.Time // when it last looked who has left
}

type seat struct {
	person  Person
	streams int
	read    time.Time // when they last read a page
}

// seat is somebody's seat in a room; the presence is locked.
func (p *presence) seat(spaceID int64, who Person) (*room, *seat) {
	if p.rooms == nil {
		p.rooms = map[int64]*room{}
	}
	r := p.rooms[spaceID]
	if r == nil {
		r = &room{people: map[int64]*seat{}}
		p.rooms[spaceID] = r
	}
	s := r.people[who.Account]
	if s == nil {
		s = &seat{person: who}
		r.people[who.Account] = s
	}
	return r, s
}

// enter notes a stream; the function it returns notes its end. Whoever has one is no longer taken for
// a reader without a script: when it ends they are gone.
func (p *presence) enter(spaceID int64, who Person) (gone func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, s := p.seat(spaceID, who)
	s.streams++
	s.read = time.Time{}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if s.streams--; s.streams == 0 && s.read.IsZero() && r.people[who.Account] == s {
			delete(r.people, who.Account)
		}
	}
}

// renew notes that somebody whom this node knows to be here has read a page; known is false when it
// does not.
func (p *presence) renew(spaceID, account int64, now time.Time) (known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[spaceID]
	if r == nil || r.people[account] == nil {
		return false
	}
	r.people[account].read = now
	return true
}

// reads notes that somebody has read a page.
func (p *presence) reads(spaceID int64, who Person, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, s := p.seat(spaceID, who)
	s.read = now
}

// spaces lists the spaces where this node has seen somebody since it last looked.
func (p *presence) spaces() (list []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.rooms {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// here is who is on this node. keep tells whether it is time to say so again, look whether it is
// time to see who has left; both count as done.
func (p *presence) here(spaceID int64, now time.Time) (people map[int64]Person, keep, look bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[spaceID]
	if r == nil {
		return nil, false, false
	}
	people = map[int64]Person{}
	for account, s := range r.people {
		if s.streams == 0 && now.Sub(s.read) > reading {
			delete(r.people, account)
			continue
		}
		people[account] = s.person
	}
	if keep = now.Sub(r.kept).Abs() >= keeping; keep {
		r.kept = now
	}
	if look = now.Sub(r.looked).Abs() >= looking; look {
		r.looked = now
	}
	return people, keep, look
}

// forget lets go of a room that nobody on this node is in.
func (p *presence) forget(spaceID int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.rooms[spaceID]; r != nil && len(r.people) == 0 {
		delete(p.rooms, spaceID)
	}
}

// comings is who is here and is not said to be present.
func comings(here, present map[int64]Person) (list []Person) {
	for account, p := range here {
		if _, known := present[account]; !known {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, byAccount)
	return list
}

// leavings is who is said to be present and neither is here nor has a seat on another node.
func leavings(here, present map[int64]Person, seats map[int64]bool) (list []Person) {
	for account, p := range present {
		if _, stays := here[account]; !stays && !seats[account] {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, byAccount)
	return list
}

func byAccount(a, b Person) int { return cmp.Compare(a.Account, b.Account) }

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

// ReadsLive notes that the viewer has read a page of the session. It is written down with all others, by
// [Component.Tick].
func (c *Component) ReadsLive(tx *db.Tx, a space.Access) error {
	if !a.Viewer.SignedIn() || c.here.renew(a.Space.ID, a.Viewer.Account, tx.Now) {
		return nil
	}
	who, err := person(tx, a)
	if err == nil {
		c.here.reads(a.Space.ID, who, tx.Now)
	}
	return err
}

// keepPresence writes down who came and who left, and, now and then, who is on this node.
func (c *Component) keepPresence(ctx context.Context, spaceID int64) error {
	var move, keep bool
	var people map[int64]Person
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := c.look(tx, spaceID)
		if err != nil {
			return err
		}
		var look bool
		people, keep, look = c.here.here(spaceID, tx.Now)
		if len(people) == 0 && len(s.Present) == 0 || !s.Open {
			c.here.forget(spaceID)
			return nil
		}
		move = keep || len(comings(people, s.Present)) > 0
		if move || !look {
			return nil
		}
		seats, err := seatsOf(tx, spaceID)
		move = len(leavings(people, s.Present, seats)) > 0
		return err
	})
	if err != nil || !move {
		return err
	}
	present := -1
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Find(tx, spaceID)
		if err != nil {
			return err
		}
		return c.record(tx, space.Access{Space: sp}, func(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
			arrived := comings(people, s.Present)
			if !s.Open {
				return nil, nil
			}
			kept := arrived
			if keep {
				kept = slices.Collect(maps.Values(people))
			}
			if err := keepSeats(tx, spaceID, kept); err != nil {
				return nil, err
			}
			seats, err := seatsOf(tx, spaceID)
			if err != nil {
				return nil, err
			}
			left := leavings(people, s.Present, seats)
			if len(arrived)+len(left) == 0 {
				return nil, nil
			}
			present = len(s.Present) + len(arrived) - len(left)
			events := []journal.Payload{PresenceChanged{arrived, left, len(arrived), len(left)}}
			if massive(len(left), len(s.Present)) {
				events = append(events, ManyLeft{len(left), len(s.Present)})
			}
			return events, nil
		})
	})
	if err == nil && present >= 0 {
		c.deps.Live.Count(component.LiveTopic(spaceID), "present", int64(present))
	}
	return err
}

// massive tells whether so many leaving at once is an incident: a fifth of those present, and ten
// at least.
func massive(left, of int) bool { return left >= 10 && left*5 >= of }
