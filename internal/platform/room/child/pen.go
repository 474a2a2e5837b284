package child

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/livekit/livekit-server/pkg/rtc/types"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/sfu"
	"github.com/livekit/livekit-server/pkg/sfu/buffer"
	"github.com/livekit/protocol/codecs/mime"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"

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
			t := &tap{pen: n, from: from, id: livekit.ParticipantID("PA_" + rand.Text()[:12])}
			if from.AddDownTrack(t) == nil {
				n.tap = t
			}
			return
		}
	}
}

// opus is what receives the track, without the copies that some browsers send with it.
func opus(track types.MediaTrack) sfu.TrackReceiver {
	for _, r := range track.Receivers() {
		if r.IsClosed() {
			continue
		}
		if r.Mime() == mime.MimeTypeRED {
			r = r.GetPrimaryReceiverForRed()
		} else if r.Mime() != mime.MimeTypeOpus {
			continue
		}
		if r != nil {
			return r
		}
	}
	return nil
}

// astray is how far the clock of what is sent may be from ours before it is set right: a microphone
// that was closed for a while.
const astray = ogg.Rate

// tap receives what a track sends, as a listener of the room would. Its methods are called by the
// server, which is not to wait.
type tap struct {
	pen  *pen
	from sfu.TrackReceiver
	id   livekit.ParticipantID

	known  bool
	offset int64 // from the track's clock to the file's
}

var _ sfu.TrackSender = (*tap)(nil)

// WriteRTP hands a packet on.
func (t *tap) WriteRTP(p *buffer.ExtPacket, _ int32) int32 {
	if p.Packet == nil || len(p.Packet.Payload) == 0 {
		return 0
	}
	now := int64(time.Since(t.pen.begun) * ogg.Rate / time.Second)
	if off := int64(p.ExtTimestamp) + t.offset - now; !t.known || off > astray || off < -astray {
		t.known, t.offset = true, now-int64(p.ExtTimestamp)
	}
	select {
	case t.pen.heard <- sound{max(0, int64(p.ExtTimestamp)+t.offset), append([]byte(nil), p.Packet.Payload...)}:
		return 1
	default: // four seconds behind: the disk is gone
		return 0
	}
}

// leave takes the tap out.
func (t *tap) leave() { t.from.DeleteDownTrack(t.id) }

func (t *tap) ID() string                           { return string(t.id) }
func (t *tap) SubscriberID() livekit.ParticipantID  { return t.id }
func (t *tap) Close()                               {}
func (t *tap) IsClosed() bool                       { return false }
func (t *tap) UpTrackLayersChange()                 {}
func (t *tap) UpTrackBitrateAvailabilityChange()    {}
func (t *tap) UpTrackMaxPublishedLayerChange(int32) {}
func (t *tap) Resync()                              {}
func (t *tap) SetReceiver(sfu.TrackReceiver)        {}
func (t *tap) ReceiverRestart(sfu.TrackReceiver)    {}

// UpTrackMaxTemporalLayerSeenChange is of pictures, as the others without a body are.
func (t *tap) UpTrackMaxTemporalLayerSeenChange(int32) {}

// UpTrackBitrateReport is of pictures.
func (t *tap) UpTrackBitrateReport([]int32, sfu.Bitrates) {}

// HandleRTCPSenderReportData is of clocks that we do not follow.
func (t *tap) HandleRTCPSenderReportData(webrtc.PayloadType, int32, *livekit.RTCPSenderReportState) error {
	return nil
}
