package voice

import (
	"context"
	"errors"
	"net/http"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Listening without WebRTC: the plenary as a sound that any player plays.

const (
	// stillMay is how often it is looked again whether a listener may listen.
	stillMay = 10 * time.Second
	// taking is how long a listener may take to accept a piece.
	taking = 10 * time.Second
)

// hearPlenary streams what is said in plenary for as long as one listens and may.
func (c *Component) hearPlenary(w http.ResponseWriter, r *http.Request) error {
	var name string
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := c.mayHear(tx, a); err != nil {
			return err
		}
		k, err := askRoom(tx, a.Space.ID, plenary)
		if err != nil {
			return err
		}
		name = k.Name
		_, err = enter(tx, a.Space.ID, a.Viewer.Account, a.TakesPart()) // a room that is locked later knows them
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
	pieces, leave, err := c.radio.join(c.deps.Rooms, name)
	if errors.Is(err, errFull) {
		return fault.New(fault.Conflict, "voice.listen.full")
	}
	if err != nil {
		return err
	}
	defer leave()
	w.Header().Set("Content-Type", `audio/ogg; codecs="opus"`)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	c.pass(w, r, pieces)
	return nil
}

// mayHear refuses whoever could not enter the plenary room now.
func (c *Component) mayHear(tx *db.Tx, a space.Access) error {
	if err := component.Must(a, canListen(a)); err != nil {
		return err
	}
	if why := c.unheard(); why != "" {
		return fault.New(fault.Conflict, why)
	}
	s, err := settings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	p, err := findPerson(tx, a.Space.ID, a.Viewer.Account)
	if err != nil {
		return err
	}
	return mayEnter(s, p, canLead(a))
}

// pass writes the pieces until there are no more, the listener has gone, or may no longer listen.
func (c *Component) pass(w http.ResponseWriter, r *http.Request, pieces <-chan []byte) {
	out := http.NewResponseController(w)
	look := time.NewTicker(stillMay)
	defer look.Stop()
	for {
		select {
		case piece, more := <-pieces:
			if !more {
				return
			}
			_ = out.SetWriteDeadline(time.Now().Add(taking)) // a connection without deadlines is dropped when it is late
			if _, err := w.Write(piece); err != nil {
				return
			}
			if err := out.Flush(); err != nil {
				return
			}
		case <-look.C:
			if c.deps.InSpace(r, c.mayHear) != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// unheard is why the sound cannot be had on its own; "" when it can.
func (c *Component) unheard() string {
	switch {
	case !c.deps.Rooms.Up():
		return c.downText()
	case !c.deps.Rooms.Hears(): // a server of others, whose sound this program does not have
		return "voice.listen.apart"
	}
	return ""
}

// showListen is a page with a player and who has the floor: it asks for nothing else, and is not
// loaded again while one listens.
func (c *Component) showListen(w http.ResponseWriter, r *http.Request) error {
	p := component.SpacePage{Title: site.T(r.Context(), "voice.listen")}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p.Access = a
		if err := component.Must(a, canListen(a)); err != nil {
			return err
		}
		session, err := c.deps.LiveSession(tx, a.Space.ID)
		p.View = listenPage(listenView{live: a.Space.Path() + "/live", sound: soundOf(a), why: c.unheard(), session: session})
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, p)
}

// listenView is the listening page.
type listenView struct {
	live, sound string
	why         string // the sound cannot be had; "" when it can
	session     component.LiveSession
}

// soundOf is the address of the plenary's sound.
func soundOf(a space.Access) string { return a.Space.Path() + "/voice/plenary.ogg" }
