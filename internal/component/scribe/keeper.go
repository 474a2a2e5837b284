package scribe

import (
	"context"
	"errors"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room"
)

const (
	// patience is how long the server of rooms is waited for.
	patience = 3 * time.Second
	// beatEvery is how often a node says that it listens.
	beatEvery = 3 * time.Second
	// waiting is how many passages wait for the engine: what is older than a minute is of use to nobody.
	waiting = 7
)

// session is one in which a machine writes what is said.
type session struct {
	Settings
	room string
}

// ear is what listens in one session, on this node.
type ear struct {
	session
	stop context.CancelFunc
}

// Tick begins and ends the listening. ctx is that of the program, which ends with it: so does what is
// begun here.
func (c *Component) Tick(ctx context.Context) error {
	if c.deps.Engine == nil || !c.deps.Rooms.Hears() {
		return nil
	}
	var list []session
	if err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = c.wanted(tx); return err }); err != nil {
		return err
	}
	mine := map[int64]session{}
	var errs []error
	for _, s := range list {
		here, err := c.holds(ctx, s)
		if errs = append(errs, err); here {
			mine[s.Space] = s
			c.begin(ctx, s)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, e := range c.ears {
		if s, ok := mine[id]; !ok || s.Lang != e.Lang || s.room != e.room {
			e.stop()
		}
	}
	return errors.Join(errs...)
}

// end has nothing more heard or sent of a session, on this node and at once.
func (c *Component) end(spaceID int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.ears[spaceID]; e != nil {
		e.stop()
	}
}

// wanted lists the open sessions in which a machine is to write, and which have a room of voices.
func (c *Component) wanted(tx *db.Tx) (list []session, err error) {
	all, err := active(tx)
	for _, set := range all {
		s := session{Settings: set}
		live, err := c.deps.LiveSession(tx, set.Space)
		if err != nil {
			return nil, err
		}
		if !c.on(set) || !live.Open {
			continue
		}
		err = component.Ask(c.deps, func(k component.VoiceFinder) (err error) { s.room, err = k.VoiceRoom(tx, set.Space); return err })
		if err != nil {
			return nil, err
		}
		if s.room != "" {
			list = append(list, s)
		}
	}
	return list, err
}

// holds tells whether it is this node that listens: one in whose rooms there is somebody, and one alone.
func (c *Component) holds(ctx context.Context, s session) (bool, error) {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	in, err := c.deps.Rooms.Participants(asking, s.room)
	if err != nil || len(in) == 0 {
		return false, nil // a server of rooms that is away is no failure of ours
	}
	since := c.deps.Site.DB.Clock().Sub(s.beat)
	if s.node == c.node && since < beatEvery || s.node != c.node && s.node != "" && since < silent {
		return s.node == c.node, nil
	}
	var mine bool
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { mine, err = listens(tx, s.Space, c.node); return err })
	return mine, err
}

// begin listens, where nothing does yet.
func (c *Component) begin(ctx context.Context, s session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ears[s.Space] != nil {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	c.ears[s.Space] = &ear{s, stop}
	go func() {
		defer stop()
		c.listen(ctx, s)
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.ears, s.Space) // the next tick begins anew, if it is still to be
	}()
}

// listen cuts what is said into passages, which are written one after the other: captions come in their
// order. It ends when ctx does, or the room.
func (c *Component) listen(ctx context.Context, s session) {
	passages := make(chan passage, waiting)
	var writing sync.WaitGroup
	writing.Go(func() {
		for p := range passages {
			if err := c.write(ctx, s, p); err != nil && ctx.Err() == nil {
				c.deps.Site.Log.WarnContext(ctx, "a caption was not written", "error", err)
			}
		}
	})
	var cut cutter
	err := c.deps.Rooms.Listen(ctx, s.room, func(list []room.Sound) error {
		for _, sound := range list {
			if p, ok := cut.take(sound, c.deps.Site.DB.Clock()); ok {
				c.put(ctx, s, passages, p)
			}
		}
		return nil
	})
	close(passages)
	writing.Wait()
	if err != nil && ctx.Err() == nil && !errors.Is(err, room.ErrDown) && !errors.Is(err, room.ErrNotFound) {
		c.deps.Site.Log.WarnContext(ctx, "what is said was not heard", "error", err)
	}
}

// put has a passage wait for the engine. Where too many do, the oldest is dropped and counted: captions
// follow what is said, or are of no use.
func (c *Component) put(ctx context.Context, s session, passages chan passage, p passage) {
	if !push(passages, p) {
		return
	}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := settings(tx, s.Space)
		if err == nil {
			err = c.tell(tx, now, now.Trouble, 1)
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		c.deps.Site.Log.WarnContext(ctx, "a passage that was dropped was not counted", "error", err)
	}
}

// push puts a passage last, where nobody else puts any, and tells whether the first had to go.
func push(passages chan passage, p passage) (dropped bool) {
	for {
		select {
		case passages <- p:
			return dropped
		default:
		}
		select {
		case <-passages:
			dropped = true
		default: // the engine has just taken one
		}
	}
}

// write has the engine write a passage, and keeps what it wrote.
func (c *Component) write(ctx context.Context, s session, p passage) error {
	if ctx.Err() != nil {
		return nil
	}
	var who component.LivePerson
	var may bool
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { who, may, err = c.speaker(tx, s, p.who); return err })
	if err != nil || !may {
		return err
	}
	sound, err := p.sound()
	if err != nil {
		return err
	}
	text, failed := c.deps.Engine.Write(ctx, sound, s.Lang)
	if ctx.Err() != nil {
		return nil // it was switched off meanwhile
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := settings(tx, s.Space)
		if err != nil || !c.listening(now, s) {
			return err
		}
		if failed != nil {
			return c.tell(tx, now, troubleOf(failed), 1)
		}
		if now.Trouble != NoTrouble {
			if err := c.tell(tx, now, NoTrouble, 0); err != nil {
				return err
			}
		}
		if text == "" {
			return nil
		}
		line := component.MachineCaption{Lang: s.Lang, Text: text, Speaker: who, At: p.at}
		return component.Ask(c.deps, func(k component.CaptionKeeper) error { return k.KeepCaption(tx, s.Space, line) })
	})
	return errors.Join(failed, err)
}

// tell notes how the engine does, and tells those who lead.
func (c *Component) tell(tx *db.Tx, now Settings, t Trouble, lost int) error {
	c.deps.LiveChanged(tx, now.Space, changedLead)
	return note(tx, now.Space, t, lost)
}

// listening tells whether the settings are still those under which this node began to listen.
func (c *Component) listening(now Settings, s session) bool {
	return c.on(now) && now.node == c.node && now.Lang == s.Lang
}

// speaker is whose voice it is, and whether it may be sent at this moment.
func (c *Component) speaker(tx *db.Tx, s session, identity string) (who component.LivePerson, may bool, err error) {
	now, err := settings(tx, s.Space)
	if err != nil || !c.listening(now, s) {
		return who, false, err
	}
	live, err := c.deps.LiveSession(tx, s.Space)
	if err != nil {
		return who, false, err
	}
	err = component.Ask(c.deps, func(k component.VoiceFinder) (err error) { who, err = k.VoiceNamed(tx, live, identity); return err })
	if err != nil {
		return who, false, err
	}
	var table int64
	if who.Account != 0 {
		err = component.Ask(c.deps, func(k component.TableKeeper) (err error) {
			table, err = k.TableOf(tx, s.Space, who.Account)
			return err
		})
	}
	return who, maySend(live, who, table), err
}
