package room

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
)

// patience is how long a command may take: a person waits for it.
const patience = 5 * time.Second

// api is the part that every LiveKit server has in common: its commands over HTTP, under an access
// token made with the key it shares with us.
type api struct {
	key, secret string
	tickets     tickets
	// base is the server's address now, or "" while it is down.
	base func() string
	http *http.Client
}

func newAPI(key, secret string, base func() string) *api {
	return &api{key: key, secret: secret, base: base, http: &http.Client{Timeout: patience}}
}

// call runs a command with the rights it needs.
func call[T any](ctx context.Context, a *api, grant *auth.VideoGrant, fn func(context.Context, livekit.RoomService) (T, error)) (T, error) {
	var none T
	base := a.base()
	if base == "" {
		return none, ErrDown
	}
	token, err := auth.NewAccessToken(a.key, a.secret).SetVideoGrant(grant).SetValidFor(time.Minute).ToJWT()
	if err != nil {
		return none, fmt.Errorf("room: %w", err)
	}
	ctx, err = twirp.WithHTTPRequestHeaders(ctx, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return none, fmt.Errorf("room: %w", err)
	}
	v, err := fn(ctx, livekit.NewRoomServiceProtobufClient(base, a.http))
	return v, told(err)
}

// told turns the server's error into one of ours.
func told(err error) error {
	var te twirp.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &te):
		return fmt.Errorf("room: %w", err)
	case te.Code() == twirp.NotFound:
		return ErrNotFound
	case te.Code() == twirp.Internal || te.Code() == twirp.Unavailable || te.Code() == twirp.DeadlineExceeded:
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return fmt.Errorf("room: %w", err)
}

func admin(room string) *auth.VideoGrant { return &auth.VideoGrant{RoomAdmin: true, Room: room} }

// create makes the room.
func (a *api) create(ctx context.Context, room string, o Options) error {
	idle := o.Idle
	if idle == 0 {
		idle = time.Hour
	}
	_, err := call(ctx, a, &auth.VideoGrant{RoomCreate: true}, func(ctx context.Context, s livekit.RoomService) (*livekit.Room, error) {
		return s.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, MaxParticipants: uint32(o.Max),
			EmptyTimeout: uint32(idle.Seconds()), DepartureTimeout: uint32(idle.Seconds())})
	})
	return err
}

// Close ends a room.
func (a *api) Close(ctx context.Context, room string) error {
	_, err := call(ctx, a, &auth.VideoGrant{RoomCreate: true}, func(ctx context.Context, s livekit.RoomService) (*livekit.DeleteRoomResponse, error) {
		return s.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: room})
	})
	return except(err, ErrNotFound)
}

// Participants lists who is in the room.
func (a *api) Participants(ctx context.Context, room string) ([]Participant, error) {
	list, err := call(ctx, a, admin(room), func(ctx context.Context, s livekit.RoomService) (*livekit.ListParticipantsResponse, error) {
		return s.ListParticipants(ctx, &livekit.ListParticipantsRequest{Room: room})
	})
	if err != nil {
		return nil, except(err, ErrNotFound)
	}
	all := make([]Participant, 0, len(list.Participants))
	for _, p := range list.Participants {
		if p.State != livekit.ParticipantInfo_DISCONNECTED {
			all = append(all, participant(p))
		}
	}
	return all, nil
}

func participant(p *livekit.ParticipantInfo) Participant {
	one := Participant{Identity: p.Identity, Entered: time.Unix(p.JoinedAt, 0), Active: p.State == livekit.ParticipantInfo_ACTIVE,
		Hidden: p.Permission.GetHidden(), May: sources(p.Permission)}
	for _, t := range p.Tracks {
		if s := source(t.Source); s != "" && t.Source != livekit.TrackSource_SCREEN_SHARE_AUDIO {
			one.Sends = append(one.Sends, Track{Source: s, Muted: t.Muted})
		}
	}
	return one
}

// Allow says what a person may send from now on.
func (a *api) Allow(ctx context.Context, room, identity string, publish ...Source) error {
	// First, so that a browser that comes back in between does not keep what is withdrawn.
	a.tickets.change(room, identity, publish)
	_, err := call(ctx, a, admin(room), func(ctx context.Context, s livekit.RoomService) (*livekit.ParticipantInfo, error) {
		return s.UpdateParticipant(ctx, &livekit.UpdateParticipantRequest{Room: room, Identity: identity, Permission: permission(publish)})
	})
	return err
}

// Mute silences what a person sends.
func (a *api) Mute(ctx context.Context, room, identity string, s Source) error {
	p, err := call(ctx, a, admin(room), func(ctx context.Context, c livekit.RoomService) (*livekit.ParticipantInfo, error) {
		return c.GetParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: identity})
	})
	if err != nil {
		return err
	}
	for _, t := range p.Tracks {
		if source(t.Source) != s || t.Muted {
			continue
		}
		if _, err := call(ctx, a, admin(room), func(ctx context.Context, c livekit.RoomService) (*livekit.MuteRoomTrackResponse, error) {
			return c.MutePublishedTrack(ctx, &livekit.MuteRoomTrackRequest{Room: room, Identity: identity, TrackSid: t.Sid, Muted: true})
		}); err != nil {
			return err
		}
	}
	return nil
}

// Remove sends a person away.
func (a *api) Remove(ctx context.Context, room, identity string) error {
	a.tickets.remove(room, identity)
	_, err := call(ctx, a, admin(room), func(ctx context.Context, s livekit.RoomService) (*livekit.RemoveParticipantResponse, error) {
		return s.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: identity})
	})
	return except(err, ErrNotFound)
}

// Send hands data to browsers.
func (a *api) Send(ctx context.Context, room, topic string, data []byte, to ...string) error {
	_, err := call(ctx, a, admin(room), func(ctx context.Context, s livekit.RoomService) (*livekit.SendDataResponse, error) {
		return s.SendData(ctx, &livekit.SendDataRequest{Room: room, Data: data, Kind: livekit.DataPacket_RELIABLE, Topic: &topic, DestinationIdentities: to})
	})
	return err
}

func except(err, fine error) error {
	if errors.Is(err, fine) {
		return nil
	}
	return err
}

// permission is what LiveKit is told of what a person may send. An empty list of sources would mean
// all of them.
func permission(publish []Source) *livekit.ParticipantPermission {
	p := &livekit.ParticipantPermission{CanSubscribe: true, CanPublish: len(publish) > 0}
	for _, s := range publish {
		p.CanPublishSources = append(p.CanPublishSources, tracks(s)...)
	}
	return p
}

// tracks are LiveKit's names of what a source sends.
func tracks(s Source) []livekit.TrackSource {
	switch s {
	case Microphone:
		return []livekit.TrackSource{livekit.TrackSource_MICROPHONE}
	case Camera:
		return []livekit.TrackSource{livekit.TrackSource_CAMERA}
	case Screen:
		return []livekit.TrackSource{livekit.TrackSource_SCREEN_SHARE, livekit.TrackSource_SCREEN_SHARE_AUDIO}
	}
	return []livekit.TrackSource{livekit.TrackSource_UNKNOWN}
}

func source(t livekit.TrackSource) Source {
	for _, s := range []Source{Microphone, Camera, Screen} {
		if slices.Contains(tracks(s), t) {
			return s
		}
	}
	return ""
}

func sources(p *livekit.ParticipantPermission) []Source {
	if !p.GetCanPublish() {
		return nil
	}
	var all []Source
	for _, t := range p.GetCanPublishSources() {
		if s := source(t); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
