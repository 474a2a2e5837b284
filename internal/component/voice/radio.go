package voice

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
)

const (
	mostListeners = 3000 // of a node
	behind        = 25   // pieces of a fifth of a second that a listener may be late by

	// Chromium plays nothing of what it has been sent until it has 32 KiB, and then the next 32. So who
	// comes gets as much of what was said just before, and silence takes as much room as a voice:
	// otherwise it would be heard a minute later.
	block = 32 << 10
	even  = 120 // bytes of a packet: some 50 kb/s in all
)

// radio sends what is said in rooms to those who listen without entering them. A room is listened to
// once, however many they are, and not at all when there is nobody.
type radio struct {
	mu        sync.Mutex
	waves     map[string]*wave // by room
	listeners int
}

var errFull = errors.New("voice: too many listen")

// wave is what is made of one room: one stream of Opus in Ogg, whose pages everybody gets.
type wave struct {
	end       context.CancelFunc
	out       *ogg.Writer
	piece     bytes.Buffer // what out has just written
	at        int64        // samples
	head      []byte       // what a listener gets first
	recent    [][]byte     // what they get next: the last pieces
	held      int          // bytes of recent
	listeners map[chan []byte]bool
}

// join returns the stream of a room, piece by piece: its head, then what is said from now on. It is
// closed when the room can no longer be heard, or the listener is too slow. Call leave at the end.
func (r *radio) join(rooms room.Server, name string) (heard <-chan []byte, leave func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listeners >= mostListeners {
		return nil, nil, errFull
	}
	w := r.waves[name]
	if w == nil {
		ctx, end := context.WithCancel(context.Background())
		if w, err = newWave(end); err != nil {
			end()
			return nil, nil, err
		}
		if r.waves == nil {
			r.waves = map[string]*wave{}
		}
		r.waves[name] = w
		go func() {
			_ = rooms.Listen(ctx, name, func(list []room.Sound) error { return r.send(w, list) }) // however it ends, it ends for all
			end()
			r.close(name, w)
		}()
	}
	one := make(chan []byte, behind)
	one <- slices.Concat(append([][]byte{w.head}, w.recent...)...)
	w.listeners[one] = true
	r.listeners++
	return one, func() { r.leave(name, w, one) }, nil
}

func newWave(end context.CancelFunc) (*wave, error) {
	w := &wave{end: end, listeners: map[chan []byte]bool{}}
	var serial [4]byte
	rand.Read(serial[:])
	out, err := ogg.NewWriter(&w.piece, binary.LittleEndian.Uint32(serial[:]))
	w.out, w.head = out, bytes.Clone(w.piece.Bytes())
	w.piece.Reset()
	return w, err
}

// send makes a piece of what was said, and hands it to everybody.
func (r *radio) send(w *wave, list []room.Sound) error {
	for _, s := range list {
		packet := s.Opus
		if len(packet) == 0 {
			packet = ogg.Silence
		}
		if err := w.out.Write(w.at, pad(packet)); err != nil {
			return err
		}
		w.at += ogg.Length(packet)
	}
	err := w.out.Flush()
	piece := bytes.Clone(w.piece.Bytes())
	w.piece.Reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	w.recent, w.held = append(w.recent, piece), w.held+len(piece)
	for w.held-len(w.recent[0]) >= block {
		w.recent, w.held = w.recent[1:], w.held-len(w.recent[0])
	}
	for one := range w.listeners {
		select {
		case one <- piece:
		default:
			r.drop(w, one)
		}
	}
	return err
}

// pad makes a packet of one frame as long as others, by what decoders leave out (RFC 6716, 3.2.5).
func pad(packet []byte) []byte {
	more := even - len(packet) - 2
	if packet[0]&3 != 0 || more < 1 {
		return packet
	}
	out := make([]byte, even)
	out[0], out[1], out[2] = packet[0]|3, 0x41, byte(more)
	copy(out[3:], packet[1:])
	return out
}

// drop lets a listener go; the radio is held.
func (r *radio) drop(w *wave, one chan []byte) {
	if w.listeners[one] {
		delete(w.listeners, one)
		r.listeners--
		close(one)
	}
}

func (r *radio) leave(name string, w *wave, one chan []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(w, one)
	if len(w.listeners) == 0 {
		r.forget(name, w)
	}
}

// close ends a stream for all.
func (r *radio) close(name string, w *wave) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for one := range w.listeners {
		r.drop(w, one)
	}
	r.forget(name, w)
}

// forget ends the listening in a room: who comes next begins another; the radio is held.
func (r *radio) forget(name string, w *wave) {
	w.end()
	if r.waves[name] == w {
		delete(r.waves, name)
	}
}
