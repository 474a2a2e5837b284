// Package peer is a participant without a browser: a WebRTC client that speaks LiveKit's signalling, for
// tests and measurements. It listens to everything and can send tracks.
package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

// Peer is one participant. Its methods may be called from any goroutine.
type Peer struct {
	Join *livekit.JoinResponse // what the server said at the door

	conn   *websocket.Conn
	listen *webrtc.PeerConnection // what is received
	speak  *webrtc.PeerConnection // what is sent, once there is something

	sent      atomic.Int64
	mu        sync.Mutex
	writing   sync.Mutex
	received  map[string]*Received // by track
	permitted *livekit.ParticipantPermission
	token     string // renewed by the server
	published map[string]chan string
	answered  chan error                // to an offer of ours
	early     []webrtc.ICECandidateInit // came before the answer
	gone      chan struct{}
	why       error
	data      chan *livekit.UserPacket
}

// Received counts what has come of one track.
type Received struct {
	Track   string
	Kind    webrtc.RTPCodecType
	Packets int64
	Lost    int64 // numbers that were passed over
	Last    time.Time
}

// Options say how to come in.
type Options struct {
	Header http.Header // of the handshake
	Lean   bool        // no feedback to the server: a receiver that costs little, for measurements
}

// Refused is the answer to somebody who was not let in.
type Refused struct {
	Status int
	Body   string
}

func (r *Refused) Error() string { return fmt.Sprintf("refused: %d %s", r.Status, r.Body) }

// Dial enters the room of the token through the door at base (http://host/rooms), and returns once
// it could receive.
func Dial(ctx context.Context, base, token string, o Options) (*Peer, error) {
	query := url.Values{"access_token": {token}, "auto_subscribe": {"1"}, "protocol": {"15"}, "sdk": {"go"}, "version": {"1"}}
	address := strings.Replace(base, "http", "ws", 1) + "/rtc?" + query.Encode()
	dialer := websocket.Dialer{HandshakeTimeout: 20 * time.Second, ReadBufferSize: 4 << 10, WriteBufferSize: 1 << 10}
	conn, answer, err := dialer.DialContext(ctx, address, o.Header)
	if err != nil {
		if answer != nil {
			body, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
			return nil, &Refused{answer.StatusCode, string(body)}
		}
		return nil, err
	}
	p := &Peer{conn: conn, received: map[string]*Received{}, published: map[string]chan string{}, token: token,
		answered: make(chan error, 1), gone: make(chan struct{}), data: make(chan *livekit.UserPacket, 64)}
	first, err := p.read()
	if err != nil || first.GetJoin() == nil {
		conn.Close()
		return nil, fmt.Errorf("no welcome: %w", errors.Join(err, errors.New(first.String())))
	}
	p.Join = first.GetJoin()
	p.permitted = p.Join.Participant.Permission
	if p.listen, err = connection(o.Lean); err == nil {
		p.speak, err = connection(false)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	connected := make(chan struct{})
	var once sync.Once
	p.listen.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { go p.count(t) })
	p.listen.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnMessage(p.hear)
		d.OnOpen(func() {
			if d.Ordered() {
				once.Do(func() { close(connected) })
			}
		})
	})
	p.trickle(p.listen, livekit.SignalTarget_SUBSCRIBER)
	p.trickle(p.speak, livekit.SignalTarget_PUBLISHER)
	go p.follow()
	go p.ping()
	select {
	case <-connected:
		return p, nil
	case <-p.gone:
		return nil, fmt.Errorf("left before connecting: %w", p.why)
	case <-ctx.Done():
		p.Close()
		return nil, ctx.Err()
	}
}

// connection makes one on the loopback address only.
func connection(lean bool) (*webrtc.PeerConnection, error) {
	var s webrtc.SettingEngine
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	s.SetICETimeouts(20*time.Second, 40*time.Second, 3*time.Second) // a busy machine is not a broken line
	var m webrtc.MediaEngine
	var i interceptor.Registry
	if err := m.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: audioLevel}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	if lean {
		s.DisableSRTPReplayProtection(true)
		s.DisableSRTCPReplayProtection(true)
	} else if err := webrtc.RegisterDefaultInterceptors(&m, &i); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(&m), webrtc.WithInterceptorRegistry(&i)).NewPeerConnection(webrtc.Configuration{})
}

func (p *Peer) trickle(c *webrtc.PeerConnection, target livekit.SignalTarget) {
	c.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			return
		}
		text, err := json.Marshal(candidate.ToJSON())
		if err == nil {
			_ = p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Trickle{Trickle: &livekit.TrickleRequest{CandidateInit: string(text), Target: target}}})
		}
	})
}

// count reads a track until it ends.
func (p *Peer) count(t *webrtc.TrackRemote) {
	r := &Received{Track: t.ID(), Kind: t.Kind()}
	p.mu.Lock()
	p.received[t.ID()] = r
	p.mu.Unlock()
	buffer := make([]byte, 1500)
	var expected uint16
	for {
		n, _, err := t.Read(buffer)
		if err != nil {
			return
		}
		if n < 12 {
			continue
		}
		number := uint16(buffer[2])<<8 | uint16(buffer[3])
		p.mu.Lock()
		if ahead := number - expected; r.Packets > 0 && ahead < 1<<15 {
			r.Lost += int64(ahead)
		} else if r.Packets > 0 {
			r.Lost-- // it came late, and was taken for lost
		}
		if r.Packets == 0 || number-expected < 1<<15 {
			expected = number + 1
		}
		r.Packets++
		r.Last = time.Now()
		p.mu.Unlock()
	}
}

// hear takes what the server sends to browsers.
func (p *Peer) hear(m webrtc.DataChannelMessage) {
	var packet livekit.DataPacket
	if proto.Unmarshal(m.Data, &packet) != nil || packet.GetUser() == nil {
		return
	}
	select {
	case p.data <- packet.GetUser():
	default:
	}
}

// Data is what the server sends (see [room.Server.Send]).
func (p *Peer) Data() <-chan *livekit.UserPacket { return p.data }

// Received tells what has come of each track so far.
func (p *Peer) Received() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Received, 0, len(p.received))
	for _, r := range p.received {
		all = append(all, *r)
	}
	return all
}

// May tells what the server lets this one send.
func (p *Peer) May() *livekit.ParticipantPermission {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.permitted
}

// Token is the newest one: the server renews it.
func (p *Peer) Token() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.token
}

// Gone is closed when the server has closed the connection, or the peer has.
func (p *Peer) Gone() <-chan struct{} { return p.gone }

// Why says why it is gone.
func (p *Peer) Why() error { return p.why }

// Close leaves.
func (p *Peer) Close() {
	p.conn.Close()
	for _, c := range []*webrtc.PeerConnection{p.listen, p.speak} {
		if c != nil {
			c.Close()
		}
	}
}

// SendRaw writes a message as it is, to try the door.
func (p *Peer) SendRaw(kind int, message []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	return p.conn.WriteMessage(kind, message)
}
