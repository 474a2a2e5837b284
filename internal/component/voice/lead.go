package voice

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// What those who lead do.

// What of the pages an act changes: what everybody is shown of the room, or the list of those who lead.
const (
	changedRoom   = "voice"
	changedPeople = "voice-people"
)

// record writes an act into the journal; the pages that show what it changed ask for it again.
func (c *Component) record(tx *db.Tx, a space.Access, e journal.Payload, changed string) error {
	_, err := journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, e)
	c.deps.LiveChanged(tx, a.Space.ID, changed)
	return err
}

// changeSettings sets how the room is held.
func (c *Component) changeSettings(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "voice.unreadable")
	}
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		return c.set(tx, a, Mode(r.PostForm.Get("mode")), r.PostForm.Get("cameras") != "", r.PostForm.Get("locked") != "")
	})
	if err == nil {
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/voice")
	}
	return c.again(w, r, err)
}

func (c *Component) set(tx *db.Tx, a space.Access, mode Mode, cameras, locked bool) error {
	if !slices.Contains(Modes, mode) {
		f := fault.Fields{}
		f.Add("mode", "voice.mode.missing")
		return f
	}
	before, err := settings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	now := Settings{Mode: mode, Cameras: cameras}
	if locked {
		now.Locked = before.Locked
		if now.Locked.IsZero() {
			now.Locked = tx.Now
		}
	}
	if now == before {
		return nil
	}
	if err := saveSettings(tx, a.Space.ID, now); err != nil {
		return err
	}
	tx.AfterCommit(func() { c.LiveMoved(a.Space.ID) })
	return c.record(tx, a, SettingsChanged{now.Mode, now.Cameras, locked}, changedRoom)
}

// act is what is done to one person: in the transaction, then in the rooms where they are.
type act struct {
	changes string
	write   func(tx *db.Tx, spaceID int64, p person) error
	event   func(name string) journal.Payload
	then    func(ctx context.Context, rooms room.Server, roomName, identity string) error
}

var (
	mute = act{
		changes: changedPeople,
		event:   func(name string) journal.Payload { return Muted{name} },
		then: func(ctx context.Context, rooms room.Server, name, identity string) error {
			return rooms.Mute(ctx, name, identity, room.Microphone)
		},
	}
	remove = act{
		changes: changedPeople,
		write:   func(tx *db.Tx, spaceID int64, p person) error { return sendAway(tx, spaceID, p, p.Banned) },
		event:   func(name string) journal.Payload { return Removed{name} },
		then:    removeFrom,
	}
	ban = act{
		changes: changedRoom,
		write:   func(tx *db.Tx, spaceID int64, p person) error { return sendAway(tx, spaceID, p, tx.Now) },
		event:   func(name string) journal.Payload { return Banned{name} },
		then:    removeFrom,
	}
	readmit = act{
		changes: changedRoom,
		write:   readmitPerson,
		event:   func(name string) journal.Payload { return Readmitted{name} },
	}
)

func removeFrom(ctx context.Context, rooms room.Server, name, identity string) error {
	return rooms.Remove(ctx, name, identity)
}

// toPerson is the handler of an act on the person whose identity is in the form. What is written
// stands even where the server of rooms is away: the rooms are compared with it when it is back.
func (c *Component) toPerson(act act) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var p person
		var in []roomKey
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
			if err := component.Must(a, canLead(a)); err != nil {
				return err
			}
			if act.write == nil && !c.deps.Rooms.Up() {
				return c.down()
			}
			if p, err = personNamed(tx, a.Space.ID, r.PostFormValue("person")); err != nil {
				return err
			}
			if p.Identity == "" {
				return fault.New(fault.NotFound, "voice.person.unknown")
			}
			if act.write != nil {
				if err := act.write(tx, a.Space.ID, p); err != nil {
					return err
				}
			}
			if in, err = roomsOf(tx, a.Space.ID); err != nil {
				return err
			}
			return c.record(tx, a, act.event(p.Name), act.changes)
		})
		if err != nil {
			return err
		}
		if act.then != nil {
			if err := c.inRooms(r.Context(), in, func(ctx context.Context, name string) error { return act.then(ctx, c.deps.Rooms, name, p.Identity) }); err != nil && !errors.Is(err, room.ErrDown) {
				return c.refused(r, err)
			}
		}
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/voice")
	}
}

// inRooms does something in each room; where the person is not, there is nothing to do.
func (c *Component) inRooms(ctx context.Context, list []roomKey, do func(ctx context.Context, name string) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, k := range list {
		if err := do(ctx, k.Name); err != nil && !errors.Is(err, room.ErrNotFound) {
			return err
		}
	}
	return nil
}

// muteAll closes every open microphone of the plenary but that of whoever asks.
func (c *Component) muteAll(w http.ResponseWriter, r *http.Request) error {
	var me person
	var in []roomKey
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canLead(a)); err != nil {
			return err
		}
		if !c.deps.Rooms.Up() {
			return c.down()
		}
		if me, err = findPerson(tx, a.Space.ID, a.Viewer.Account); err != nil {
			return err
		}
		if in, err = roomsOf(tx, a.Space.ID); err != nil {
			return err
		}
		in = slices.DeleteFunc(in, func(k roomKey) bool { return k.Place != plenary })
		return c.record(tx, a, AllMuted{}, changedPeople)
	})
	if err != nil {
		return err
	}
	if err := c.inRooms(r.Context(), in, func(ctx context.Context, name string) error { return c.muteOthers(ctx, name, me.Identity) }); err != nil {
		return c.refused(r, err)
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/voice")
}

func (c *Component) muteOthers(ctx context.Context, name, me string) error {
	list, err := c.deps.Rooms.Participants(ctx, name)
	for _, p := range list {
		if p.Identity == me || !sends(p, room.Microphone) {
			continue
		}
		if err := c.deps.Rooms.Mute(ctx, name, p.Identity, room.Microphone); err != nil && !errors.Is(err, room.ErrNotFound) {
			return err
		}
	}
	return err
}

// sends tells whether what the person sends of the source is heard or seen.
func sends(p room.Participant, s room.Source) bool {
	for _, t := range p.Sends {
		if t.Source == s && !t.Muted {
			return true
		}
	}
	return false
}

// again shows the page with what was refused of a form; other errors are the site's to show.
func (c *Component) again(w http.ResponseWriter, r *http.Request, err error) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	return c.page(w, r, http.StatusUnprocessableEntity, errs)
}
