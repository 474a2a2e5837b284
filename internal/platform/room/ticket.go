package room

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/livekit/protocol/auth"
)

const (
	usualLife   = 2 * time.Minute
	longestLife = time.Hour
	// leeway is how late LiveKit takes a token.
	leeway = time.Minute
)

// Token makes the token with which one browser enters one room.
func (a *api) Token(g Grant) (string, error) {
	if g.Room == "" || g.Identity == "" {
		return "", errors.New("room: a token needs a room and an identity")
	}
	if a.base() == "" {
		return "", ErrDown
	}
	life := g.For
	if life == 0 {
		life = usualLife
	}
	v := &auth.VideoGrant{RoomJoin: true, Room: g.Room, Hidden: g.Hidden}
	v.UpdateFromPermission(permission(g.Publish))
	v.Hidden = g.Hidden
	from := a.tickets.from(g.Room, g.Identity, time.Now())
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{Issuer: a.key, Subject: g.Identity, NotBefore: jwt.NewNumericDate(from), ExpiresAt: jwt.NewNumericDate(from.Add(min(life, longestLife)))},
		ClaimGrants:      auth.ClaimGrants{Identity: g.Identity, Video: v},
	}).SignedString([]byte(a.secret))
}

// claims are what a token says, in LiveKit's form.
type claims struct {
	jwt.RegisteredClaims
	auth.ClaimGrants
}

// ticket is a token that was verified.
type ticket struct {
	room, identity string
	made           time.Time
	publish        []Source
}

var errTicket = errors.New("room: the token does not open this door")

// verify reads a token that [api.Token] or the server (which renews them) has made.
func (a *api) verify(token string) (ticket, error) {
	v, err := auth.ParseAPIToken(token)
	if err != nil || v.APIKey() != a.key {
		return ticket{}, errTicket
	}
	claims, grants, err := v.Verify(a.secret)
	if err != nil || grants.Video == nil || !grants.Video.RoomJoin || grants.Video.Room == "" || grants.Identity == "" || claims.NotBefore == nil {
		return ticket{}, errTicket
	}
	t := ticket{room: grants.Video.Room, identity: grants.Identity, made: claims.NotBefore.Time, publish: sources(grants.Video.ToPermission())}
	if !a.tickets.valid(t) {
		return ticket{}, fmt.Errorf("%w: it was withdrawn", errTicket)
	}
	return t, nil
}

// tickets remembers whose rights have changed, so that a token made before does not bring them back:
// LiveKit itself takes any token until it expires.
type tickets struct {
	mu      sync.Mutex
	changes map[[2]string]change
	swept   time.Time
}

type change struct {
	at      time.Time // whole seconds, as tokens have them
	publish []Source
	removed bool
}

func (t *tickets) change(room, identity string, publish []Source) {
	t.put(room, identity, change{publish: slices.Sorted(slices.Values(publish))})
}

func (t *tickets) remove(room, identity string) { t.put(room, identity, change{removed: true}) }

func (t *tickets) put(room, identity string, c change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	c.at = now.Truncate(time.Second)
	if t.changes == nil {
		t.changes = map[[2]string]change{}
	}
	if now.Sub(t.swept) > longestLife {
		for k, old := range t.changes {
			if now.Sub(old.at) > longestLife+leeway {
				delete(t.changes, k)
			}
		}
		t.swept = now
	}
	t.changes[[2]string{room, identity}] = c
}

// from is the moment a token made now is of: the second after a change when that is this very second, so
// that it is not taken for an older one. LiveKit is not so strict about a second.
func (t *tickets) from(room, identity string, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.changes[[2]string{room, identity}]
	if ok && !now.After(c.at.Add(time.Second)) {
		return c.at.Add(time.Second)
	}
	return now
}

// valid tells whether nothing has changed since the token was made. One made in the second of the
// change must say what the change said.
func (t *tickets) valid(k ticket) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.changes[[2]string{k.room, k.identity}]
	switch {
	case !ok || k.made.After(c.at):
		return true
	case k.made.Before(c.at) || c.removed:
		return false
	}
	return slices.Equal(slices.Sorted(slices.Values(k.publish)), c.publish)
}
