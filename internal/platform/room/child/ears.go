package child

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/livekit/livekit-server/pkg/rtc"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/platform/room"
)

// every is how often it is looked at who speaks.
const every = 200 * time.Millisecond

// ears count who speaks in the rooms that are watched.
type ears struct {
	mu    sync.Mutex
	rooms map[string]*record
}

// record is what was heard in one room.
type record struct {
	room   *rtc.Room // a room of the same name made anew is another one
	since  time.Time
	spoken map[string]time.Duration
	now    []string
}

// voice is somebody being heard.
type voice struct {
	identity string
	level    float64
}

// voices are those heard in a room, the loudest first.
func voices(r *rtc.Room) []voice {
	var all []voice
	for _, p := range r.GetLocalParticipants() {
		if level, active := p.GetAudioLevel(); active {
			all = append(all, voice{string(p.Identity()), level})
		}
	}
	slices.SortFunc(all, func(a, b voice) int { return cmp.Compare(b.level, a.level) })
	return all
}

// watch begins to listen in a room, which is there.
func (e *ears) watch(name string, there *rtc.Room) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rooms == nil {
		e.rooms = map[string]*record{}
	}
	if e.rooms[name] == nil {
		e.rooms[name] = &record{room: there, since: time.Now(), spoken: map[string]time.Duration{}}
	}
}

// listen looks around for ever.
func (e *ears) listen(rooms *service.RoomManager) {
	last := time.Now()
	for now := range time.Tick(every) {
		e.look(now, min(now.Sub(last), 2*every), rooms)
		last = now
	}
}

// look counts the time that has passed for those who are heard, and forgets rooms that have gone.
func (e *ears) look(now time.Time, passed time.Duration, rooms *service.RoomManager) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, r := range e.rooms {
		there := rooms.GetRoom(context.Background(), livekit.RoomName(name))
		if there == nil {
			delete(e.rooms, name)
			continue
		}
		if r.room != there {
			*r = record{room: there, since: now, spoken: map[string]time.Duration{}}
		}
		r.now = r.now[:0]
		for _, v := range voices(there) {
			r.spoken[v.identity] += passed
			r.now = append(r.now, v.identity)
		}
	}
}

func (e *ears) heard(name string) room.Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.rooms[name]
	if r == nil {
		return room.Heard{}
	}
	h := room.Heard{Since: r.since, Spoken: map[string]time.Duration{}, Now: slices.Clone(r.now)}
	for k, v := range r.spoken {
		h.Spoken[k] = v
	}
	return h
}
