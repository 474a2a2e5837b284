package child

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/sfu/buffer"
	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
)

// pens write voices into files, by file.
type pens struct {
	mu   sync.Mutex
	open map[string]*pen
}

// begin writes a voice, unless it is being written into this file already.
func (p *pens) begin(rooms *service.RoomManager, r room.Recording) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[r.File] != nil {
		return nil
	}
	file, err := os.OpenFile(r.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var serial [4]byte
	rand.Read(serial[:])
	w, err := ogg.NewWriter(file, binary.LittleEndian.Uint32(serial[:]))
	if err != nil {
		return errors.Join(err, file.Close())
	}
	n := &pen{Recording: r, begun: time.Now(), file: file, out: w, heard: make(chan sound, 200), stop: make(chan struct{}), done: make(chan error, 1)}
	if p.open == nil {
		p.open = map[string]*pen{}
	}
	p.open[r.File] = n
	go n.write(rooms)
	return nil
}

// end ends a file; ok tells whether there was one.
func (p *pens) end(file string) (ok bool, err error) {
	p.mu.Lock()
	n := p.open[file]
	delete(p.open, file)
	p.mu.Unlock()
	if n == nil {
		return false, nil
	}
	close(n.stop)
	return true, <-n.done
}

// pen writes what one person's microphone sends into one file.
type pen struct {
	room.Recording
	begun time.Time
	file  *os.File
	out   *ogg.Writer
	heard chan sound
	stop  chan struct{}
	done  chan error
	tap   *tap // in the track that is being sent; nil for none

	known  bool
	offset int64 // from the clock of the track to the file's
}

// sound is a packet at its place in the file.
type sound struct {
	at   int64
	data []byte
}

// write goes on until the end is asked for. What is sent is looked for again and again: a microphone
// that is opened again is another track.
func (n *pen) write(rooms *service.RoomManager) {
	look := time.NewTicker(every)
	defer look.Stop()
	var err error
	for more := true; more; {
		n.listen(rooms)
		select {
		case s := <-n.heard:
			err = errors.Join(err, n.out.Write(s.at, s.data))
		case <-look.C:
		case <-n.stop:
			more = false
		}
		more = more && err == nil
	}
	if n.tap != nil {
		n.tap.leave()
	}
	for {
		select {
		case s := <-n.heard:
			err = errors.Join(err, n.out.Write(s.at, s.data))
			continue
		default:
		}
		break
	}
	n.done <- errors.Join(err, n.out.Close(), n.file.Sync(), n.file.Close())
}

// listen puts a tap into the track of the person's microphone, where there is none.
func (n *pen) listen(rooms *service.RoomManager) {
	if n.tap != nil && !n.tap.from.IsClosed() {
		return
	}
	n.tap = nil
	there := rooms.GetRoom(context.Background(), livekit.RoomName(n.Room))
	if there == nil {
		return
	}
	who := there.GetParticipant(livekit.ParticipantIdentity(n.Identity))
	if who == nil {
		return
	}
	for _, track := range who.GetPublishedTracks() {
		if track.Source() != livekit.TrackSource_MICROPHONE {
			continue
		}
		if from := opus(track); from != nil {
			n.tap = listen(from, n.hear)
			return
		}
	}
}

// astray is how far the clock of what is sent may be from ours before it is set right: a microphone
// that was closed for a while.
const astray = ogg.Rate

// hear hands a packet of the track on to be written.
func (n *pen) hear(p *buffer.ExtPacket) {
	now := int64(time.Since(n.begun) * ogg.Rate / time.Second)
	if off := int64(p.ExtTimestamp) + n.offset - now; !n.known || off > astray || off < -astray {
		n.known, n.offset = true, now-int64(p.ExtTimestamp)
	}
	select {
	case n.heard <- sound{max(0, int64(p.ExtTimestamp)+n.offset), append([]byte(nil), p.Packet.Payload...)}:
	default: // four seconds behind: the disk is gone
	}
}
