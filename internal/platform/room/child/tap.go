package child

import (
	"crypto/rand"

	"github.com/livekit/livekit-server/pkg/rtc/types"
	"github.com/livekit/livekit-server/pkg/sfu"
	"github.com/livekit/livekit-server/pkg/sfu/buffer"
	"github.com/livekit/protocol/codecs/mime"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
)

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

// tap receives what a track sends, as a listener of the room would. Its methods are called by the
// server, which is not to wait: neither is hear.
type tap struct {
	from sfu.TrackReceiver
	id   livekit.ParticipantID
	hear func(*buffer.ExtPacket)
}

var _ sfu.TrackSender = (*tap)(nil)

// listen puts a tap into a track; nil where it takes none.
func listen(from sfu.TrackReceiver, hear func(*buffer.ExtPacket)) *tap {
	t := &tap{from: from, id: livekit.ParticipantID("PA_" + rand.Text()[:12]), hear: hear}
	if from.AddDownTrack(t) != nil {
		return nil
	}
	return t
}

// WriteRTP hands a packet on.
func (t *tap) WriteRTP(p *buffer.ExtPacket, _ int32) int32 {
	if p.Packet == nil || len(p.Packet.Payload) == 0 {
		return 0
	}
	t.hear(p)
	return 1
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
