package child

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/livekit/livekit-server/pkg/rtc"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/sfu"
	"github.com/livekit/livekit-server/pkg/sfu/buffer"
	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
)

const (
	frame     = 20 * time.Millisecond
	late      = 400 * time.Millisecond // behind what is said: by then it is known who speaks, and what comes late has come
	tooLate   = time.Second            // of a voice that has fallen behind
	batch     = 10                     // sounds that are told at once, while there are no more
	kept      = 150                    // sounds for who asks late
	unheard   = 5 * time.Second        // without anybody asking, a station ends
	muchMore  = 2                      // times as loud as who is heard is who takes their place
	smallTalk = 3                      // a packet of so many bytes says that nothing is said
)

// stations are the rooms that are listened to, by name.
type stations struct {
	mu   sync.Mutex
	open map[string]*station
}

// of is the station of a room, begun when there is none; nil where there is no such room.
func (l *stations) of(rooms *service.RoomManager, name string) *station {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.open[name]; s != nil {
		return s
	}
	there := func() *rtc.Room { return rooms.GetRoom(context.Background(), livekit.RoomName(name)) }
	if there() == nil {
		return nil
	}
	s := &station{there: there, begun: time.Now(), asked: time.Now(), end: kept, said: make([]room.Sound, kept), more: make(chan struct{}), sources: map[sfu.TrackReceiver]*source{}}
	if l.open == nil {
		l.open = map[string]*station{}
	}
	l.open[name] = s
	go func() {
		s.run(func() bool { // nobody finds a station that ends
			l.mu.Lock()
			defer l.mu.Unlock()
			if s.left() {
				delete(l.open, name)
				return true
			}
			return false
		})
	}()
	return s
}

// station makes one voice of those of a room: that of the loudest, one after the other. It works as
// long as somebody asks.
type station struct {
	there func() *rtc.Room
	begun time.Time

	mu      sync.Mutex
	asked   time.Time
	sources map[sfu.TrackReceiver]*source
	now     *source
	loud    []voice       // who was heard to speak at the last look
	played  int64         // samples
	end     int64         // the place of the last sound
	said    []room.Sound  // the last ones
	more    chan struct{} // closed when there are
	told    int64         // the place up to which more was closed
}

// source is one microphone.
type source struct {
	who     string
	tap     *tap
	queue   []heardPacket
	playing bool
}

type heardPacket struct {
	number uint64
	at     time.Time
	opus   []byte
}

func (s *station) left() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.asked) > unheard
}

// run works until over says so.
func (s *station) run(over func() bool) {
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%int(every/frame) == 0 {
			if over() {
				break
			}
			s.look()
		}
		s.play(<-tick.C)
	}
	s.forget(nil)
}

// forget takes the taps out of the microphones that are not open, and tells which of the others have one.
func (s *station) forget(open map[sfu.TrackReceiver]string) (known map[sfu.TrackReceiver]bool) {
	known = map[sfu.TrackReceiver]bool{}
	var gone []*source
	s.mu.Lock()
	for from, one := range s.sources {
		if _, still := open[from]; still {
			known[from] = true
			continue
		}
		gone = append(gone, one)
		delete(s.sources, from)
	}
	s.mu.Unlock()
	for _, one := range gone { // a packet may be waiting for us meanwhile
		one.tap.leave()
	}
	return known
}

// look puts taps into the microphones that are there, and finds who is loudest.
func (s *station) look() {
	var loud []voice
	open := map[sfu.TrackReceiver]string{}
	if there := s.there(); there != nil {
		loud = voices(there)
		for _, p := range there.GetLocalParticipants() {
			for _, track := range p.GetPublishedTracks() {
				if track.Source() != livekit.TrackSource_MICROPHONE && track.Source() != livekit.TrackSource_SCREEN_SHARE_AUDIO {
					continue
				}
				if from := opus(track); from != nil {
					open[from] = string(p.Identity())
				}
			}
		}
	}
	known := s.forget(open)
	for from, who := range open {
		if known[from] {
			continue
		}
		one := &source{who: who}
		one.tap = listen(from, func(p *buffer.ExtPacket) { s.take(one, p) })
		if one.tap != nil {
			s.mu.Lock()
			s.sources[from] = one
			s.mu.Unlock()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loud = loud
	s.choose(loud)
}

// choose decides whose voice is heard: the same as before unless they are silent or drowned out.
func (s *station) choose(loud []voice) {
	if len(loud) == 0 {
		s.chooseQuiet()
		return
	}
	if s.now != nil {
		i := slices.IndexFunc(loud, func(v voice) bool { return v.identity == s.now.who })
		if i >= 0 && loud[0].level < muchMore*loud[i].level && s.holds(s.now) {
			return
		}
	}
	for _, one := range s.sources {
		if one.who == loud[0].identity && (s.now == nil || s.now.who != one.who || !s.holds(s.now)) {
			s.now = one
			return
		}
	}
}

// chooseQuiet takes, while nobody is known to speak, whoever sends something.
func (s *station) chooseQuiet() {
	if s.now != nil && len(s.now.queue) > 0 && s.holds(s.now) {
		return
	}
	for _, one := range s.sources {
		if len(one.queue) > 0 {
			s.now = one
			return
		}
	}
}

func (s *station) holds(one *source) bool {
	for _, other := range s.sources {
		if other == one {
			return true
		}
	}
	return false
}

// take puts a packet into its source's queue, by its number.
func (s *station) take(from *source, p *buffer.ExtPacket) {
	if len(p.Packet.Payload) <= smallTalk {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, known := slices.BinarySearchFunc(from.queue, p.ExtSequenceNumber, func(h heardPacket, n uint64) int { return int(h.number - n) })
	if known {
		return
	}
	from.queue = slices.Insert(from.queue, i, heardPacket{p.ExtSequenceNumber, time.Now(), bytes.Clone(p.Packet.Payload)})
	for len(from.queue) > 0 && (from != s.now && time.Since(from.queue[0].at) > late || time.Since(from.queue[0].at) > tooLate) {
		from.queue = from.queue[1:]
	}
}

// play says what is due.
func (s *station) play(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := int64(now.Sub(s.begun) * ogg.Rate / time.Second)
	for s.played < due {
		next := room.Sound{}
		length := int64(ogg.Rate * frame / time.Second)
		if packet, ok := s.pop(now); ok {
			next = room.Sound{Who: s.now.who, Opus: packet, Loud: slices.ContainsFunc(s.loud, func(v voice) bool { return v.identity == s.now.who })}
			length = ogg.Length(packet)
		}
		s.played += length
		s.end++
		s.said[s.end%kept] = next
	}
	if s.end-s.told >= batch {
		s.told = s.end
		close(s.more)
		s.more = make(chan struct{})
	}
}

// pop takes the next packet of who is heard; a voice that begins anew is let come a while.
func (s *station) pop(now time.Time) ([]byte, bool) {
	one := s.now
	if one == nil {
		return nil, false
	}
	for len(one.queue) > 0 {
		first := one.queue[0]
		if !one.playing && now.Sub(first.at) < late {
			return nil, false
		}
		one.playing, one.queue = true, one.queue[1:]
		if ogg.Length(first.opus) > 0 {
			return first.opus, true
		}
	}
	one.playing = false
	return nil, false
}

// hear waits for what is said after a place, a second at most.
func (s *station) hear(after int64) room.Hearing {
	s.mu.Lock()
	s.asked = time.Now()
	more := s.more
	if after == 0 {
		after = s.end
	}
	s.mu.Unlock()
	if s.since(after) < batch {
		select {
		case <-more:
		case <-time.After(time.Second):
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = time.Now()
	h := room.Hearing{At: s.end}
	for at := max(after, s.end-kept) + 1; at <= s.end; at++ {
		h.Sounds = append(h.Sounds, s.said[at%kept])
	}
	return h
}

func (s *station) since(after int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end - after
}
