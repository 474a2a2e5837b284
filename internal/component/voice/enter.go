package voice

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/space"
)

// patience is how long the server of rooms is waited for.
const patience = 3 * time.Second

// down is the refusal of what needs voice and video while there are none.
func (c *Component) down() error { return fault.New(fault.Conflict, c.downText()) }

// downText is why there is neither voice nor video: this site has none, or they do not work now.
func (c *Component) downText() string {
	if _, off := c.deps.Rooms.(room.Off); off {
		return "voice.off"
	}
	return "voice.down"
}

// entry is the way into a room, as the browser gets it.
type entry struct {
	Token    string `json:"token"`
	Identity string `json:"identity"`
}

// enterRoom gives the viewer the token of a place's room. The token gives no more than the rights of
// this moment.
func (c *Component) enterRoom(w http.ResponseWriter, r *http.Request) error {
	place, err := placeIn(r.PostFormValue("place"))
	if err != nil {
		return err
	}
	var name string
	var grant room.Grant
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if r.PostFormValue("hall") != "" {
			name, grant, err = c.admitHall(tx, a)
		} else {
			name, grant, err = c.admit(tx, a, place)
		}
		return err
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if err := c.deps.Rooms.Create(ctx, name, room.Options{}); err != nil {
		return c.refused(r, err)
	}
	token, err := c.deps.Rooms.Token(grant)
	if err != nil {
		return c.refused(r, err)
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(entry{token, grant.Identity})
}

// refused is what the server of rooms could not do, in a sentence; the log has why.
func (c *Component) refused(r *http.Request, err error) error {
	if !errors.Is(err, room.ErrDown) {
		c.deps.Site.Log.WarnContext(r.Context(), "the server of rooms refused", "error", err)
	}
	return c.down()
}

// placeIn reads a place; nothing is the plenary.
func placeIn(text string) (int64, error) {
	if text == "" {
		return plenary, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "voice.place.unknown")
	}
	return n, nil
}

// admit lets the viewer into the room of a place, or says why not.
func (c *Component) admit(tx *db.Tx, a space.Access, place int64) (name string, g room.Grant, err error) {
	if err := component.Must(a, canListen(a)); err != nil {
		return "", g, err
	}
	if !c.deps.Rooms.Up() {
		return "", g, c.down()
	}
	s, err := settings(tx, a.Space.ID)
	if err != nil {
		return "", g, err
	}
	p, err := findPerson(tx, a.Space.ID, a.Viewer.Account)
	if err != nil {
		return "", g, err
	}
	if place != plenary {
		s.Locked = time.Time{} // it is the plenary that is
	}
	if err := mayEnter(s, p, canLead(a)); err != nil {
		return "", g, err
	}
	first := p.Identity == ""
	p.Account, p.TakesPart = a.Viewer.Account, a.TakesPart()
	at, err := c.standing(tx, a, place, p)
	if err != nil {
		return "", g, err
	}
	if place != plenary && !at.seated && !at.leads {
		return "", g, fault.New(fault.Forbidden, "voice.place.other")
	}
	if first && (at.leads || at.speaks || at.next) { // pages that show them do not know them yet
		c.deps.LiveChanged(tx, a.Space.ID, changedRoom)
	}
	known, err := askRoom(tx, a.Space.ID, place)
	if err != nil {
		return "", g, err
	}
	g = room.Grant{Room: known.Name, Publish: rights(place, s, at)}
	g.Identity, err = enter(tx, a.Space.ID, p.Account, p.TakesPart)
	return known.Name, g, err
}

// mayEnter refuses who was banned, and who comes new to a locked room.
func mayEnter(s Settings, p person, leads bool) error {
	switch {
	case !p.Banned.IsZero():
		return fault.New(fault.Forbidden, "voice.banned")
	case !s.admits(p, leads):
		return fault.New(fault.Forbidden, "voice.locked")
	}
	return nil
}

// standing is where the viewer stands at a place.
func (c *Component) standing(tx *db.Tx, a space.Access, place int64, p person) (standing, error) {
	if place != plenary {
		at, err := c.tableOf(tx, a.Space.ID, a.Viewer.Account)
		return standing{leads: canLead(a), takesPart: p.TakesPart, seated: at == place}, err
	}
	session, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return standing{}, err
	}
	unsettled, err := c.unsettled(tx, a.Space.ID)
	at := standingOf(p, canLead(a), session)
	at.unsettled = unsettled(p.Account)
	if err != nil {
		return at, err
	}
	presenter, err := c.presenter(tx, a.Space.ID)
	at.presents = presenter == p.Account
	return at, err
}

// unsettled tells who has not said yet what is asked before they are given a microphone.
func (c *Component) unsettled(tx *db.Tx, spaceID int64) (func(account int64) bool, error) {
	var all []func(int64) bool
	err := component.Ask(c.deps, func(k component.MicrophoneKeeper) error {
		one, err := k.Unsettled(tx, spaceID)
		if one != nil {
			all = append(all, one)
		}
		return err
	})
	return func(account int64) bool {
		return slices.ContainsFunc(all, func(one func(int64) bool) bool { return one(account) })
	}, err
}

// VoiceOf is under what names the server of rooms knows the account in plenary.
func (c *Component) VoiceOf(tx *db.Tx, spaceID, account int64) (roomName, identity string, err error) {
	p, err := findPerson(tx, spaceID, account)
	if err != nil || p.Identity == "" {
		return "", "", err
	}
	roomName, err = c.VoiceRoom(tx, spaceID)
	if err != nil || roomName == "" {
		return "", "", err
	}
	return roomName, p.Identity, nil
}

// VoiceRoom is the plenary's room.
func (c *Component) VoiceRoom(tx *db.Tx, spaceID int64) (string, error) {
	known, err := roomsOf(tx, spaceID)
	if err != nil || len(known) == 0 || known[0].Place != plenary {
		return "", err
	}
	return known[0].Name, nil
}

// VoiceNamed is whose voice it is.
func (c *Component) VoiceNamed(tx *db.Tx, s component.LiveSession, identity string) (component.LivePerson, error) {
	p, err := personNamed(tx, s.Space, identity)
	if err != nil || p.Account != 0 {
		return component.LivePerson{Account: p.Account, Name: p.Name}, err
	}
	known, err := halls(tx, s.Space)
	for _, h := range known {
		if h.Identity == identity && inHall(s.Speaker) {
			return *s.Speaker, nil
		}
	}
	return component.LivePerson{}, err
}

// presenter is the account to which the slides were given, 0 for none.
func (c *Component) presenter(tx *db.Tx, spaceID int64) (account int64, err error) {
	err = component.Ask(c.deps, func(k component.PresenterKeeper) error {
		account, err = k.Presenter(tx, spaceID)
		return err
	})
	return account, err
}

// tableOf is the table at which the account is now, 0 for none.
func (c *Component) tableOf(tx *db.Tx, spaceID, account int64) (table int64, err error) {
	err = component.Ask(c.deps, func(k component.TableKeeper) error {
		table, err = k.TableOf(tx, spaceID, account)
		return err
	})
	return table, err
}

// mostNames is how many names are told at once.
const mostNames = 100

// tellNames tells the names of people in the room, to whoever may be in it with them.
func (c *Component) tellNames(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query()["i"]
	names := map[string]string{}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canListen(a)); err != nil {
			return err
		}
		list, err := persons(tx, a.Space.ID, asked[:min(len(asked), mostNames)])
		for _, p := range list {
			names[p.Identity] = p.Name
		}
		if err != nil {
			return err
		}
		return nameHalls(r.Context(), tx, a.Space.ID, asked, names)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(names)
}
