package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/room/peer"
)

// RoomReport is how many people one machine lets listen, with the clients on the same processors. Each
// is a WebRTC client that decrypts what it gets; packets are counted as sent and as received.
type RoomReport struct {
	Voice VoiceFigures `json:"voice"` // five open microphones
	Video VoiceFigures `json:"video"` // one speaker: a microphone and a camera of 1 Mb/s
}

// VoiceFigures are those of the largest room in which less than 1 % was lost, and of the first in
// which more was: 0 when none was tried.
type VoiceFigures struct {
	Listeners    int     `json:"listeners"`
	Loss         float64 `json:"loss_percent"`
	PacketsPer   int     `json:"packets_per_second"` // forwarded, and arrived
	CPUPerPacket float64 `json:"server_cpu_us_per_packet"`
	Cores        float64 `json:"server_cores"` // processors kept busy by the server
	ClientCores  float64 `json:"client_cores"` // and by the clients and the door
	BytesPer     int64   `json:"server_bytes_per_listener"`
	JoinSeconds  float64 `json:"join_seconds"` // of all of them, through the door
	FailedAt     int     `json:"failed_at"`
	FailedLoss   float64 `json:"failed_loss_percent"`
}

// RoomOptions bound a measurement.
type RoomOptions struct {
	Program      string
	Step         int // listeners that come at a time
	Voice, Video int // listeners at most
	Window       time.Duration
}

const (
	microphones = 5
	lossAllowed = 0.01
	comeAtOnce  = 8
)

// Room fills a room with listeners until more than 1 % is lost, for each of the two.
func Room(ctx context.Context, o RoomOptions) (RoomReport, error) {
	// Hundreds of clients in one process would collect garbage with the processor that the server needs.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	var r RoomReport
	var err error
	if r.Voice, err = hold(ctx, o, o.Voice, microphones, false); err != nil {
		return r, fmt.Errorf("voice: %w", err)
	}
	if r.Video, err = hold(ctx, o, o.Video, 1, true); err != nil {
		return r, fmt.Errorf("video: %w", err)
	}
	return r, nil
}

// hall is a server with one room, whose door is on the loopback address.
type hall struct {
	rooms     *room.Embedded
	door      string
	senders   []*peer.Peer
	listeners []*peer.Peer
	close     func()
}

const hallName = "bench"

func openHall(ctx context.Context, program string) (*hall, error) {
	s, err := room.New(room.Config{Mode: room.ModeOn, AnyPort: true, Address: "127.0.0.1", Program: program, BehindProxy: true},
		slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	mux := http.NewServeMux()
	mux.Handle(room.Prefix, s.Handler())
	door := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	running.Go(func() { _ = door.Serve(l) })
	h := &hall{rooms: s.(*room.Embedded), door: "http://" + l.Addr().String() + "/rooms"}
	h.close = func() {
		for _, p := range append(h.senders, h.listeners...) {
			p.Close()
		}
		_ = door.Close()
		cancel()
		running.Wait()
	}
	for range 300 {
		if s.Up() {
			return h, s.Create(ctx, hallName, room.Options{})
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.close()
	return nil, errors.New("the server of voice and video did not start")
}

// enter lets one come in.
func (h *hall) enter(ctx context.Context, identity string, publish ...room.Source) (*peer.Peer, error) {
	token, err := h.rooms.Token(room.Grant{Room: hallName, Identity: identity, Publish: publish})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return peer.Dial(ctx, h.door, token, peer.Options{Lean: len(publish) == 0})
}

// talk lets somebody come in and talk for ever.
func (h *hall) talk(ctx context.Context, name string, camera bool) error {
	p, err := h.enter(ctx, name, room.Microphone, room.Camera)
	if err != nil {
		return err
	}
	h.senders = append(h.senders, p)
	v, err := p.OpenMicrophone(ctx, name+"-mic")
	if err != nil {
		return err
	}
	go v.Speak(ctx, 24*time.Hour, false)
	if !camera {
		return nil
	}
	c, err := p.OpenCamera(ctx, name+"-cam")
	if err == nil {
		go c.Show(ctx)
	}
	return err
}

// admit lets n listeners come in, some at once.
func (h *hall) admit(ctx context.Context, n int) error {
	var mu sync.Mutex
	var errs []error
	var all sync.WaitGroup
	turn := make(chan struct{}, comeAtOnce)
	first := len(h.listeners)
	for i := range n {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			p, err := h.enter(ctx, fmt.Sprintf("listener-%d", first+i))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			h.listeners = append(h.listeners, p)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// sentAndReceived are the packets so far: of all senders, and of all listeners.
func (h *hall) sentAndReceived() (sent, received int64) {
	for _, p := range h.senders {
		sent += p.Sent()
	}
	for _, p := range h.listeners {
		for _, t := range p.Received() {
			received += t.Packets
		}
	}
	return sent, received
}

// hold brings listeners in, step by step, until too much is lost or there are enough.
func hold(ctx context.Context, o RoomOptions, most, senders int, camera bool) (VoiceFigures, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var best VoiceFigures
	h, err := openHall(ctx, o.Program)
	if err != nil {
		return best, err
	}
	defer h.close()
	for i := range senders {
		if err := h.talk(ctx, fmt.Sprintf("speaker-%d", i), camera); err != nil {
			return best, err
		}
	}
	empty := memoryOf(h.rooms.PID())
	var joining time.Duration
	for len(h.listeners) < most {
		begun := time.Now()
		if err := h.admit(ctx, min(o.Step, most-len(h.listeners))); err != nil {
			best.FailedAt = len(h.listeners)
			return best, nil // too busy to let more in
		}
		joining += time.Since(begun)
		now, err := h.measure(ctx, o.Window)
		if err != nil {
			return best, err
		}
		if now.Loss > 100*lossAllowed {
			best.FailedAt, best.FailedLoss = now.Listeners, now.Loss
			return best, nil
		}
		now.BytesPer = (memoryOf(h.rooms.PID()) - empty) / int64(now.Listeners)
		now.JoinSeconds = joining.Seconds()
		best = now
	}
	return best, nil
}

// measure counts for a while, once what came in last has settled.
func (h *hall) measure(ctx context.Context, window time.Duration) (VoiceFigures, error) {
	pause := func(d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	pause(3 * time.Second)
	begun, cpu, own := time.Now(), processorOf(h.rooms.PID()), processorOf(os.Getpid())
	sent, received := h.sentAndReceived()
	pause(window)
	took, busy, own := time.Since(begun), processorOf(h.rooms.PID())-cpu, processorOf(os.Getpid())-own
	sent2, received2 := h.sentAndReceived()
	if ctx.Err() != nil {
		return VoiceFigures{}, ctx.Err()
	}
	want, got := float64(sent2-sent)*float64(len(h.listeners)), received2-received
	if want == 0 {
		return VoiceFigures{}, errors.New("nothing was sent")
	}
	return VoiceFigures{Listeners: len(h.listeners), Loss: max(0, 100*(1-float64(got)/want)), PacketsPer: int(float64(got) / took.Seconds()),
		CPUPerPacket: each(busy, int(got)), Cores: busy.Seconds() / took.Seconds(), ClientCores: own.Seconds() / took.Seconds()}, nil
}
