package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

func (p *Peer) read() (*livekit.SignalResponse, error) {
	_, message, err := p.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	var r livekit.SignalResponse
	return &r, proto.Unmarshal(message, &r)
}

func (p *Peer) send(r *livekit.SignalRequest) error {
	message, err := proto.Marshal(r)
	if err != nil {
		return err
	}
	return p.SendRaw(websocket.BinaryMessage, message)
}

// ping says from time to time that it is there.
func (p *Peer) ping() {
	every := time.NewTicker(5 * time.Second)
	defer every.Stop()
	for {
		select {
		case <-p.gone:
			return
		case now := <-every.C:
			_ = p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_PingReq{PingReq: &livekit.Ping{Timestamp: now.UnixMilli()}}})
		}
	}
}

// follow obeys the server until it closes.
func (p *Peer) follow() {
	defer close(p.gone)
	for {
		r, err := p.read()
		if err == nil {
			err = p.obey(r)
		}
		if err != nil {
			p.why = err
			return
		}
	}
}

func (p *Peer) obey(r *livekit.SignalResponse) error {
	switch m := r.Message.(type) {
	case *livekit.SignalResponse_Offer:
		return p.answer(m.Offer)
	case *livekit.SignalResponse_Answer:
		err := p.speak.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.Answer.Sdp})
		for _, c := range p.early {
			err = errors.Join(err, p.speak.AddICECandidate(c))
		}
		p.early = nil
		p.answered <- err
	case *livekit.SignalResponse_Trickle:
		var c webrtc.ICECandidateInit
		if err := json.Unmarshal([]byte(m.Trickle.CandidateInit), &c); err != nil {
			return err
		}
		if m.Trickle.Target == livekit.SignalTarget_SUBSCRIBER {
			return p.listen.AddICECandidate(c)
		}
		if p.speak.RemoteDescription() == nil {
			p.early = append(p.early, c)
			return nil
		}
		return p.speak.AddICECandidate(c)
	case *livekit.SignalResponse_Update:
		for _, one := range m.Update.Participants {
			if one.Sid == p.Join.Participant.Sid {
				p.mu.Lock()
				p.permitted = one.Permission
				p.mu.Unlock()
			}
		}
	case *livekit.SignalResponse_RefreshToken:
		p.mu.Lock()
		p.token = m.RefreshToken
		p.mu.Unlock()
	case *livekit.SignalResponse_TrackPublished:
		p.mu.Lock()
		if c := p.published[m.TrackPublished.Cid]; c != nil {
			c <- m.TrackPublished.Track.Sid
		}
		p.mu.Unlock()
	case *livekit.SignalResponse_Leave:
		return fmt.Errorf("sent away: %s", m.Leave.Reason)
	}
	return nil
}

// answer accepts what the server wants to send.
func (p *Peer) answer(offer *livekit.SessionDescription) error {
	if err := p.listen.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.Sdp}); err != nil {
		return err
	}
	answer, err := p.listen.CreateAnswer(nil)
	if err == nil {
		err = p.listen.SetLocalDescription(answer)
	}
	if err != nil {
		return err
	}
	return p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Answer{Answer: &livekit.SessionDescription{Type: "answer", Sdp: answer.SDP, Id: offer.Id}}})
}

// ErrNotPublished says that the server did not take a track in time.
var ErrNotPublished = errors.New("peer: the track was not taken")

// Publish sends a track as the source says; the server takes it or does not.
func (p *Peer) Publish(ctx context.Context, t webrtc.TrackLocal, source livekit.TrackSource) error {
	kind := livekit.TrackType_AUDIO
	if t.Kind() == webrtc.RTPCodecTypeVideo {
		kind = livekit.TrackType_VIDEO
	}
	taken := make(chan string, 1)
	p.mu.Lock()
	p.published[t.ID()] = taken
	p.mu.Unlock()
	add := &livekit.AddTrackRequest{Cid: t.ID(), Name: t.ID(), Type: kind, Source: source, DisableRed: true}
	if kind == livekit.TrackType_VIDEO {
		add.Width, add.Height = 1280, 720
		add.Layers = []*livekit.VideoLayer{{Quality: livekit.VideoQuality_HIGH, Width: 1280, Height: 720, Bitrate: 1_000_000}}
	}
	if err := p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: add}}); err != nil {
		return err
	}
	select {
	case <-taken:
	case <-p.gone:
		return p.why
	case <-ctx.Done():
		return ErrNotPublished
	}
	return p.offer(ctx, t)
}

// offer negotiates what is sent.
func (p *Peer) offer(ctx context.Context, t webrtc.TrackLocal) error {
	if _, err := p.speak.AddTransceiverFromTrack(t, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		return err
	}
	connected := make(chan struct{}, 1)
	p.speak.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			connected <- struct{}{}
		}
	})
	offer, err := p.speak.CreateOffer(nil)
	if err == nil {
		err = p.speak.SetLocalDescription(offer)
	}
	if err == nil {
		err = p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Offer{Offer: &livekit.SessionDescription{Type: "offer", Sdp: offer.SDP}}})
	}
	if err != nil {
		return err
	}
	select {
	case err := <-p.answered:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return ErrNotPublished
	}
	if p.speak.ConnectionState() == webrtc.PeerConnectionStateConnected {
		return nil
	}
	select {
	case <-connected:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
