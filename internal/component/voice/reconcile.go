package voice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/platform/room"
)

const (
	// compareEvery is how often the rooms are compared with the sessions.
	compareEvery = 3 * time.Second
	// roomIdle is how long a room that nobody asks for and nobody is in stays known.
	roomIdle = 2 * time.Hour
)

// Tick compares what people may send with what they should be able to, and writes down who was
// heard. It does so on every node: what is right already is left alone.
func (c *Component) Tick(ctx context.Context) error {
	up := c.deps.Rooms.Up()
	c.mu.Lock()
	turned := up != c.up
	c.up = up
	due := up && time.Since(c.checked) >= compareEvery
	if due {
		c.checked = time.Now()
	}
	c.mu.Unlock()
	if !turned && !due {
		return nil
	}
	var list []roomKey
	if err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = rooms(tx); return err }); err != nil {
		return err
	}
	if turned {
		c.tellTurn(list)
	}
	if !due {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var errs []error
	for _, k := range list {
		errs = append(errs, c.keepRoom(ctx, k))
	}
	return errors.Join(errs...)
}

// tellTurn tells the pages that voice and video are back, or gone.
func (c *Component) tellTurn(list []roomKey) {
	for _, k := range list {
		if k.Place == plenary {
			c.deps.Live.Publish(component.LiveTopic(k.Space), live.Message{Event: "changed", Data: "voice"})
		}
	}
}

// keepRoom does for one room what time brings. A server of rooms that is away is no failure of ours.
func (c *Component) keepRoom(ctx context.Context, k roomKey) error {
	in, err := c.deps.Rooms.Participants(ctx, k.Name)
	if err == nil && len(in) == 0 {
		return c.leaveRoom(ctx, k)
	}
	if err == nil {
		err = c.reconcile(ctx, k, in)
	}
	if err == nil {
		err = c.listen(ctx, k)
	}
	if errors.Is(err, room.ErrDown) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// leaveRoom lets go of an empty room that nobody has asked for in a long time.
func (c *Component) leaveRoom(ctx context.Context, k roomKey) error {
	if c.deps.Site.DB.Clock().Sub(k.Asked) < roomIdle {
		return nil
	}
	var done bool
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { done, err = forgetRoom(tx, k); return err })
	if err != nil || !done {
		return err
	}
	if err := c.deps.Rooms.Close(ctx, k.Name); err != nil && !errors.Is(err, room.ErrDown) {
		return err
	}
	return nil
}

// reconcile makes what the people in a room may send what it should be.
func (c *Component) reconcile(ctx context.Context, k roomKey, in []room.Participant) error {
	// One after the other: who began earlier must not have the last word.
	c.comparing.Lock()
	defer c.comparing.Unlock()
	var wanted map[string][]room.Source
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { wanted, err = c.wanted(tx, k, in); return err })
	if err != nil {
		return err
	}
	for _, d := range differences(c.asTold(k.Name, in), wanted) {
		if d.away {
			err = c.deps.Rooms.Remove(ctx, k.Name, d.identity)
		} else {
			err = c.deps.Rooms.Allow(ctx, k.Name, d.identity, d.publish...)
		}
		if err != nil && !errors.Is(err, room.ErrNotFound) { // who has left meanwhile is no difference any more
			return fmt.Errorf("rights in a room: %w", err)
		}
		if err == nil && !d.away {
			c.tell(k.Name, d)
		}
	}
	return nil
}

// wanted is what each of the people in a room should be able to send; who does not belong there is
// not in it.
func (c *Component) wanted(tx *db.Tx, k roomKey, in []room.Participant) (map[string][]room.Source, error) {
	identities := make([]string, len(in))
	for i, p := range in {
		identities[i] = p.Identity
	}
	list, err := persons(tx, k.Space, identities)
	if err != nil {
		return nil, err
	}
	s, err := settings(tx, k.Space)
	if err != nil {
		return nil, err
	}
	lead, err := leaders(tx, k.Space)
	if err != nil {
		return nil, err
	}
	session, err := c.deps.LiveSession(tx, k.Space)
	if err != nil {
		return nil, err
	}
	seated, err := c.atTable(tx, k)
	if err != nil {
		return nil, err
	}
	unsettled, err := c.unsettled(tx, k.Space)
	if err != nil {
		return nil, err
	}
	presenter, err := c.presenter(tx, k.Space)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]room.Source{}
	for _, p := range list {
		at := standingOf(p, lead[p.Account], session)
		at.seated, at.unsettled = slices.Contains(seated, p.Account), unsettled(p.Account)
		at.presents = p.Account == presenter
		if at.banned || k.Place != plenary && !at.seated && !at.leads {
			continue
		}
		wanted[p.Identity] = rights(k.Place, s, at)
	}
	if k.Place != plenary {
		return wanted, nil
	}
	known, err := halls(tx, k.Space)
	for _, h := range known {
		if lead[h.Account] {
			wanted[h.Identity] = hallRights(s, session)
		}
	}
	return wanted, err
}

// atTable lists the accounts that are at the room's table now; none in plenary.
func (c *Component) atTable(tx *db.Tx, k roomKey) (list []int64, err error) {
	if k.Place == plenary {
		return nil, nil
	}
	err = component.Ask(c.deps, func(t component.TableKeeper) error {
		list, err = t.AtTable(tx, k.Space, k.Place)
		return err
	})
	return list, err
}

// settled is when what the server of rooms says of rights has caught up with what it was told.
const settled = 5 * time.Second

// told is what the server of rooms was told of a person.
type told struct {
	publish []room.Source
	at      time.Time
}

func (c *Component) tell(roomName string, d change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, t := range c.told {
		if time.Since(t.at) > settled {
			delete(c.told, key)
		}
	}
	c.told[[2]string{roomName, d.identity}] = told{d.publish, time.Now()}
}

// asTold is who is in a room, with the rights that they were last given even where the server does not
// say so yet: two changes may come on each other's heels.
func (c *Component) asTold(roomName string, in []room.Participant) []room.Participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(in)
	for i, p := range out {
		if t, ok := c.told[[2]string{roomName, p.Identity}]; ok && time.Since(t.at) < settled && p.Entered.Before(t.at) {
			out[i].May = t.publish
		}
	}
	return out
}

// LiveMoved compares a space's rooms at once: the floor has changed hands, or people their seats.
func (c *Component) LiveMoved(spaceID int64) {
	if c.deps.Rooms.Up() {
		c.deps.Live.Soon(fmt.Sprintf("voice/%d", spaceID), 0, func() { c.follow(spaceID) })
	}
}

// follow compares the rooms of a space. It runs beside everything; what fails is done by the next tick.
func (c *Component) follow(spaceID int64) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var list []roomKey
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = roomsOf(tx, spaceID); return err })
	for _, k := range list {
		if err != nil {
			break
		}
		var in []room.Participant
		if in, err = c.deps.Rooms.Participants(ctx, k.Name); err == nil {
			err = c.reconcile(ctx, k, in)
		}
	}
	if err != nil {
		c.deps.Site.Log.DebugContext(ctx, "rooms were not compared at once", "error", err)
	}
}
