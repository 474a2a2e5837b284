package voice

import (
	"context"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// A hall takes part as one: its screen hears and shows the assembly, and its microphone is open while
// the floor is with somebody in it, whom the chair has named.

// hallRights is what a hall may send.
func hallRights(s Settings, session component.LiveSession) []room.Source {
	if !inHall(session.Speaker) {
		return nil
	}
	if s.Cameras {
		return []room.Source{room.Microphone, room.Camera}
	}
	return []room.Source{room.Microphone}
}

// inHall tells whether somebody is heard by the hall's microphone.
func inHall(p *component.LivePerson) bool { return p != nil && p.Account == 0 && !p.Written }

// enterHall notes that the screen of a hall enters, connected by the account.
func enterHall(tx *db.Tx, spaceID, account int64) (identity string, err error) {
	err = tx.Row(`INSERT INTO voice_hall (space_id, account_id, identity, entered_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (space_id, account_id) DO UPDATE SET entered_at = excluded.entered_at RETURNING identity`,
		[]any{spaceID, account, opaque(), tx.Now}, &identity)
	return identity, err
}

// hall is a hall known in a space's room: who connected it, and its name there.
type hall struct {
	Account  int64
	Identity string
}

// halls lists them, the last that came in first.
func halls(tx *db.Tx, spaceID int64) ([]hall, error) {
	return db.All(tx, "SELECT account_id, identity FROM voice_hall WHERE space_id = $1 ORDER BY entered_at DESC, identity", []any{spaceID},
		func(scan func(...any) error) (h hall, err error) { return h, scan(&h.Account, &h.Identity) })
}

// admitHall lets the screen of a hall into the plenary room. Who leads connects it, and is in the room
// beside it or not.
func (c *Component) admitHall(tx *db.Tx, a space.Access) (name string, g room.Grant, err error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return "", g, err
	}
	if !c.deps.Rooms.Up() {
		return "", g, c.down()
	}
	p, err := findPerson(tx, a.Space.ID, a.Viewer.Account)
	if err != nil {
		return "", g, err
	}
	if !p.Banned.IsZero() {
		return "", g, fault.New(fault.Forbidden, "voice.banned")
	}
	s, err := settings(tx, a.Space.ID)
	if err != nil {
		return "", g, err
	}
	session, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return "", g, err
	}
	known, err := askRoom(tx, a.Space.ID, plenary)
	if err != nil {
		return "", g, err
	}
	c.deps.LiveChanged(tx, a.Space.ID, changedRoom)
	g = room.Grant{Room: known.Name, Publish: hallRights(s, session)}
	g.Identity, err = enterHall(tx, a.Space.ID, a.Viewer.Account)
	return known.Name, g, err
}

// nameHalls adds the halls among the identities to the names of people.
func nameHalls(ctx context.Context, tx *db.Tx, spaceID int64, asked []string, names map[string]string) error {
	list, err := halls(tx, spaceID)
	for _, h := range list {
		for _, id := range asked {
			if id == h.Identity {
				names[id] = site.T(ctx, "voice.hall.name")
			}
		}
	}
	return err
}
