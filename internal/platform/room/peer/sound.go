package peer

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// audioLevel is the header extension in which a browser says how loud a packet is: what the server
// measures speech by.
const audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

// Voice is an open microphone: a packet every 20 ms, of the size of a voice at 32 kb/s.
type Voice struct {
	track *webrtc.TrackLocalStaticRTP
	peer  *Peer
}

// OpenMicrophone publishes a microphone. [Voice.Speak] sends.
func (p *Peer) OpenMicrophone(ctx context.Context, name string) (*Voice, error) {
	t, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, name, name)
	if err != nil {
		return nil, err
	}
	return &Voice{t, p}, p.Publish(ctx, t, livekit.TrackSource_MICROPHONE)
}

// Speak talks for as long as ctx or the duration last; quiet is silence, of which packets come too.
func (v *Voice) Speak(ctx context.Context, lasts time.Duration, quiet bool) {
	level := byte(20) // -20 dBov, voice
	if quiet {
		level = 127
	}
	id := extension(v.peer.speak, v.track)
	payload := make([]byte, 80)
	rand.Read(payload)
	payload[0] = 0xf8 // says that it lasts 20 ms
	var number uint16
	end := time.Now().Add(lasts)
	pace(ctx, 20*time.Millisecond, func(now time.Time) bool {
		packet := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: number, Timestamp: uint32(now.UnixMicro() * 48 / 1000)}, Payload: payload}
		if id != 0 {
			_ = packet.Header.SetExtension(id, []byte{level})
		}
		number++
		v.peer.write(v.track, packet)
		return now.Before(end)
	})
}

// Camera is a camera that sends pictures of nothing.
type Camera struct {
	track *webrtc.TrackLocalStaticRTP
	peer  *Peer
}

// OpenCamera publishes a camera. [Camera.Show] sends.
func (p *Peer) OpenCamera(ctx context.Context, name string) (*Camera, error) {
	t, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, name, name)
	if err != nil {
		return nil, err
	}
	return &Camera{t, p}, p.Publish(ctx, t, livekit.TrackSource_CAMERA)
}

// Show sends a megabit a second, 25 pictures of 5 kB in packets as browsers make them, until ctx ends.
func (c *Camera) Show(ctx context.Context) {
	const pictures, packets, size = 25, 5, 1000
	// A key picture each second: payload descriptor, then the frame's first bytes with its dimensions.
	key := append([]byte{0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02}, make([]byte, size)...)
	first := append([]byte{0x10, 0x11, 0x02, 0x00}, make([]byte, size)...)
	rest := append([]byte{0x00}, make([]byte, size)...)
	var number uint16
	var picture uint32
	pace(ctx, time.Second/pictures, func(time.Time) bool {
		for i := range packets {
			payload := rest
			if i == 0 && picture%pictures == 0 {
				payload = key
			} else if i == 0 {
				payload = first
			}
			c.peer.write(c.track, &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: number, Timestamp: picture * (90000 / pictures), Marker: i == packets-1}, Payload: payload})
			number++
		}
		picture++
		return true
	})
}

// write sends a packet and counts it.
func (p *Peer) write(t *webrtc.TrackLocalStaticRTP, packet *rtp.Packet) {
	if t.WriteRTP(packet) == nil {
		p.sent.Add(1)
	}
}

// Sent is how many packets it has sent so far.
func (p *Peer) Sent() int64 { return p.sent.Load() }

// extension is the number under which the audio level was agreed upon, or 0.
func extension(c *webrtc.PeerConnection, t webrtc.TrackLocal) uint8 {
	for _, s := range c.GetSenders() {
		if s.Track() != t {
			continue
		}
		for _, e := range s.GetParameters().HeaderExtensions {
			if e.URI == audioLevel {
				return uint8(e.ID)
			}
		}
	}
	return 0
}

// pace calls fn as often as asked, without drifting, until it says no or ctx ends.
func pace(ctx context.Context, every time.Duration, fn func(time.Time) bool) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	next := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks.C:
			for !next.After(now) {
				if !fn(now) {
					return
				}
				next = next.Add(every)
			}
		}
	}
}
