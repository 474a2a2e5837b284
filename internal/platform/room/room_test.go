package room_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/room/child"
	"isegoria.org/isegoria/internal/platform/room/peer"
	"isegoria.org/isegoria/internal/platform/web"
)

// The child of these tests is the test program itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "room" {
		if err := child.Run(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// house is a server with its door.
type house struct {
	*room.Embedded
	door string
	log  *safeLog
}

type safeLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *safeLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open starts a server and waits until it is up.
func open(t *testing.T) *house {
	t.Helper()
	var log safeLog
	s, err := room.New(room.Config{Mode: room.ModeOn, AnyPort: true, Address: "127.0.0.1", LogLevel: "warn"}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	handler := web.Chain(s.Handler(), web.Secure(false), web.Limit(1<<20), web.Observe(func(context.Context, string, int, time.Duration) {}))
	site := httptest.NewServer(handler)
	t.Cleanup(func() { site.CloseClientConnections(); cancel(); running.Wait(); site.Close() })
	h := &house{s.(*room.Embedded), site.URL + "/rooms", &log}
	until(t, "the server is up", h.Up)
	return h
}

// until waits for something to become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not in time: %s", what)
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// enter lets somebody in.
func (h *house) enter(t *testing.T, name, identity string, publish ...room.Source) *peer.Peer {
	t.Helper()
	token, err := h.Token(room.Grant{Room: name, Identity: identity, Publish: publish})
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Dial(within(t), h.door, token, peer.Options{})
	if err != nil {
		t.Fatalf("%s does not come in: %v\n%s", identity, err, h.log)
	}
	t.Cleanup(p.Close)
	return p
}

func (h *house) create(t *testing.T, name string) {
	t.Helper()
	if err := h.Create(t.Context(), name, room.Options{}); err != nil {
		t.Fatalf("%v\n%s", err, h.log)
	}
}

func heard(p *peer.Peer) (n int64) {
	for _, r := range p.Received() {
		n += r.Packets
	}
	return n
}

func (h *house) one(t *testing.T, name, identity string) (room.Participant, bool) {
	t.Helper()
	all, err := h.Participants(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p room.Participant) bool { return p.Identity == identity })
	if i < 0 {
		return room.Participant{}, false
	}
	return all[i], true
}

// The floor: who may not speak is not heard, who is given it is, and who loses it is silenced.
func TestFloor(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	speaker, listener := h.enter(t, "a", "one"), h.enter(t, "a", "two")

	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := speaker.OpenMicrophone(short, "refused"); !errors.Is(err, peer.ErrNotPublished) {
		t.Fatalf("a listener publishes: %v", err)
	}
	if err := h.Allow(t.Context(), "a", "one", room.Microphone); err != nil {
		t.Fatal(err)
	}
	until(t, "the speaker knows", func() bool { return speaker.May().GetCanPublish() })
	if may := speaker.May(); may.CanPublishData || may.CanUpdateMetadata || len(may.CanPublishSources) != 1 {
		t.Errorf("the speaker may more than speak: %v", may)
	}
	v, err := speaker.OpenMicrophone(within(t), "mic")
	if err != nil {
		t.Fatal(err)
	}
	talking, stop := context.WithCancel(t.Context())
	defer stop()
	go v.Speak(talking, time.Minute, false)
	until(t, "the voice arrives", func() bool { return heard(listener) > 20 })
	if p, _ := h.one(t, "a", "one"); !slices.Equal(p.May, []room.Source{room.Microphone}) || len(p.Sends) != 1 || p.Sends[0] != (room.Track{Source: room.Microphone}) {
		t.Errorf("the speaker is listed as %+v", p)
	}

	if err := h.Mute(t.Context(), "a", "one", room.Microphone); err != nil {
		t.Fatal(err)
	}
	until(t, "the microphone is muted", func() bool { p, _ := h.one(t, "a", "one"); return len(p.Sends) == 1 && p.Sends[0].Muted })

	if err := h.Allow(t.Context(), "a", "one"); err != nil {
		t.Fatal(err)
	}
	until(t, "the voice is withdrawn", func() bool { p, ok := h.one(t, "a", "one"); return ok && len(p.Sends) == 0 && len(p.May) == 0 })
	until(t, "nothing is heard any more", func() bool { return time.Since(listener.Received()[0].Last) > 500*time.Millisecond })
}

// A right to the camera is none to the microphone or the screen.
func TestSources(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	p := h.enter(t, "a", "one", room.Camera)
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := p.OpenMicrophone(short, "refused"); !errors.Is(err, peer.ErrNotPublished) {
		t.Fatalf("a camera speaks: %v", err)
	}
	camera, err := p.OpenCamera(within(t), "cam")
	if err != nil {
		t.Fatal(err)
	}
	other := h.enter(t, "a", "two")
	go camera.Show(t.Context())
	until(t, "the pictures arrive", func() bool { return heard(other) > 100 })
	until(t, "the camera is listed", func() bool {
		one, _ := h.one(t, "a", "one")
		return len(one.Sends) == 1 && one.Sends[0].Source == room.Camera
	})
}

// Who is removed is gone, and does not come back with the token in hand, nor with the renewed one.
func TestRemove(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	first, err := h.Token(room.Grant{Room: "a", Identity: "one"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Dial(within(t), h.door, first, peer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	until(t, "the token is renewed", func() bool { return p.Token() != first })
	if err := h.Remove(t.Context(), "a", "one"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Gone():
	case <-within(t).Done():
		t.Fatal("still there")
	}
	for _, token := range []string{first, p.Token()} {
		refusedWith(t, h.door, token, http.StatusUnauthorized)
	}
	if err := h.Remove(t.Context(), "a", "nobody"); err != nil {
		t.Errorf("removing nobody: %v", err)
	}
	h.enter(t, "a", "one") // with a new one
}

// A token from before the withdrawal of a right does not bring it back.
func TestOldToken(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	old, err := h.Token(room.Grant{Room: "a", Identity: "one", Publish: []room.Source{room.Microphone}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Dial(within(t), h.door, old, peer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := h.Allow(t.Context(), "a", "one"); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, h.door, old, http.StatusUnauthorized)
	until(t, "the new token works", func() bool {
		q, err := peer.Dial(within(t), h.door, p.Token(), peer.Options{})
		if err != nil {
			return false
		}
		defer q.Close()
		return !q.May().GetCanPublish()
	})
}

func refusedWith(t *testing.T, door, token string, status int) {
	t.Helper()
	p, err := peer.Dial(within(t), door, token, peer.Options{})
	var r *peer.Refused
	if !errors.As(err, &r) || r.Status != status {
		t.Errorf("entering: %v, want the status %d", err, status)
	}
	if p != nil {
		p.Close()
	}
}

// The door: nobody without a right token, nothing but signalling, nothing too large or too much.
func TestDoor(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	good, err := h.Token(room.Grant{Room: "a", Identity: "one"})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := h.Token(room.Grant{Room: "not made", Identity: "one"})
	if err != nil {
		t.Fatal(err)
	}
	refusedWith(t, h.door, "", http.StatusUnauthorized)
	refusedWith(t, h.door, "nonsense", http.StatusUnauthorized)
	refusedWith(t, h.door, good[:len(good)-4]+"AAAA", http.StatusUnauthorized)
	refusedWith(t, h.door, elsewhere, http.StatusNotFound)
	refusedWith(t, h.door, good+strings.Repeat("x", 70<<10), http.StatusRequestURITooLong)

	for path, want := range map[string]int{"/": 404, "/twirp/livekit.RoomService/ListRooms": 404, "/agent": 404, "/rtc/validate": 401,
		"/rtc/validate?access_token=" + good: 200, "/rtc?access_token=" + good: 404, "/whip/v1": 404} {
		answer, err := http.Get(h.door + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%.20s answers %d, want %d", path, answer.StatusCode, want)
		}
	}

	closes := func(what string, code int, act func(*peer.Peer)) {
		t.Helper()
		name := strings.ReplaceAll(what, " ", "-")
		p := h.enter(t, "a", name)
		act(p)
		select {
		case <-p.Gone():
			if !websocket.IsCloseError(p.Why(), code) {
				t.Errorf("%s: closed with %v, want %d", what, p.Why(), code)
			}
		case <-within(t).Done():
			t.Errorf("%s: still open", what)
		}
	}
	closes("a message too large", websocket.CloseMessageTooBig, func(p *peer.Peer) { p.SendRaw(websocket.BinaryMessage, make([]byte, 300<<10)) })
	closes("text", websocket.CloseUnsupportedData, func(p *peer.Peer) { p.SendRaw(websocket.TextMessage, []byte("{}")) })
	closes("a flood", websocket.ClosePolicyViolation, func(p *peer.Peer) {
		for range 400 {
			if p.SendRaw(websocket.BinaryMessage, nil) != nil {
				return
			}
		}
	})

	var last error
	for range 8 { // one person, at the door again and again
		p, err := peer.Dial(within(t), h.door, good, peer.Options{})
		if err == nil {
			p.Close()
		}
		last = err
	}
	var r *peer.Refused
	if !errors.As(last, &r) || r.Status != http.StatusTooManyRequests {
		t.Errorf("the eighth entrance in a row: %v", last)
	}
	for range 60 {
		answer, err := http.Get(h.door + "/rtc/validate")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("refusals are not bounded")
}

// No browser is told to ask anybody but us.
func TestNoThirdParty(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	p := h.enter(t, "a", "one")
	for _, s := range p.Join.IceServers {
		for _, u := range s.Urls {
			if !strings.Contains(u, "127.0.0.1") {
				t.Errorf("browsers are told to ask %s", u)
			}
		}
	}
	if len(p.Join.IceServers) == 0 {
		t.Error("without a server of ours, a client has its own idea")
	}
}

// A child that dies is replaced, with its rooms, and nothing else stops.
func TestKilled(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	p := h.enter(t, "a", "one")
	token := p.Token()
	pid := h.PID()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "it is noticed", func() bool { return h.PID() != pid })
	until(t, "another is up", h.Up)
	select {
	case <-p.Gone():
	case <-within(t).Done():
		t.Error("the connection hangs")
	}
	again, err := peer.Dial(within(t), h.door, token, peer.Options{}) // as a browser reconnects by itself
	if err != nil {
		t.Fatalf("coming back: %v", err)
	}
	again.Close()
	if !strings.Contains(h.log.String(), "voice and video have ended") {
		t.Error("the log does not say so")
	}
}

// A child does not outlive the program that started it, however that ends.
func TestOrphan(t *testing.T) {
	cmd := exec.Command(os.Args[0], "room")
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	pipe := jsonrpc.NewClient(struct {
		io.Reader
		io.WriteCloser
	}{out, in})
	var ready room.Ready
	if err := pipe.Call(room.Service+".Start", room.Setup{Key: "k", Secret: strings.Repeat("s", 32), Address: "127.0.0.1", AnyPort: true}, &ready); err != nil {
		t.Fatal(err)
	}
	in.Close() // what the system does when a program has gone
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-within(t).Done():
		cmd.Process.Kill()
		t.Error("it lives on")
	}
}

// Speech is measured from the voice: neither silence nor an open microphone counts.
func TestSpeech(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	loud, quiet := h.enter(t, "a", "loud", room.Microphone), h.enter(t, "a", "quiet", room.Microphone)
	a, err := loud.OpenMicrophone(within(t), "a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := quiet.OpenMicrophone(within(t), "b")
	if err != nil {
		t.Fatal(err)
	}
	const talk = 4 * time.Second
	var both sync.WaitGroup
	both.Go(func() { a.Speak(t.Context(), talk, false); a.Speak(t.Context(), 2*time.Second, true) })
	both.Go(func() { b.Speak(t.Context(), talk+2*time.Second, true) })
	until(t, "the voice is heard now", func() bool {
		s, err := h.Spoken(t.Context(), "a")
		return err == nil && slices.Equal(s.Now, []string{"loud"})
	})
	both.Wait()
	s, err := h.Spoken(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v of speech were measured as %v", talk, s.Spoken["loud"])
	if off := s.Spoken["loud"] - talk; off.Abs() > time.Second || s.Spoken["quiet"] > 400*time.Millisecond || s.Since.IsZero() {
		t.Errorf("measured %+v", s)
	}
	if _, err := h.Spoken(t.Context(), "not made"); !errors.Is(err, room.ErrNotFound) {
		t.Errorf("of a room that is not there: %v", err)
	}
}

// What the server sends arrives at those named only.
func TestSend(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	one, two := h.enter(t, "a", "one"), h.enter(t, "a", "two")
	if err := h.Send(t.Context(), "a", "groups", []byte("to one"), "one"); err != nil {
		t.Fatal(err)
	}
	if err := h.Send(t.Context(), "a", "groups", []byte("to all")); err != nil {
		t.Fatal(err)
	}
	read := func(p *peer.Peer) string {
		select {
		case d := <-p.Data():
			return d.GetTopic() + ": " + string(d.Payload)
		case <-within(t).Done():
			return "nothing"
		}
	}
	if got := read(two); got != "groups: to all" {
		t.Errorf("two is sent %q", got)
	}
	if got := read(one); got != "groups: to one" {
		t.Errorf("one is sent %q", got)
	}
}

// Rooms end, and have a size.
func TestRooms(t *testing.T) {
	h := open(t)
	if err := h.Create(t.Context(), "small", room.Options{Max: 1}); err != nil {
		t.Fatal(err)
	}
	h.create(t, "small") // again does nothing
	p := h.enter(t, "small", "one")
	token, err := h.Token(room.Grant{Room: "small", Identity: "two"})
	if err != nil {
		t.Fatal(err)
	}
	if q, err := peer.Dial(within(t), h.door, token, peer.Options{}); err == nil {
		q.Close()
		t.Error("a full room lets somebody in")
	}
	if err := h.Close(t.Context(), "small"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Gone():
	case <-within(t).Done():
		t.Error("somebody is left in a room that has ended")
	}
	if all, err := h.Participants(t.Context(), "small"); err != nil || len(all) != 0 {
		t.Errorf("in a room that has ended: %v %v", all, err)
	}
	if err := h.Close(t.Context(), "small"); err != nil {
		t.Errorf("ending it again: %v", err)
	}
	if err := h.Allow(t.Context(), "small", "one", room.Microphone); !errors.Is(err, room.ErrNotFound) {
		t.Errorf("the floor in no room: %v", err)
	}
}

// A voice is written into a file, at its time: what is said before and after is not in it, and a
// microphone that is opened again is.
func TestRecord(t *testing.T) {
	h := open(t)
	h.create(t, "a")
	ctx, file := within(t), filepath.Join(t.TempDir(), "voice.ogg")
	if err := h.Record(ctx, "nowhere", "one", file); !errors.Is(err, room.ErrNotFound) {
		t.Errorf("in no room: %v", err)
	}
	p := h.enter(t, "a", "one", room.Microphone)
	first, err := p.OpenMicrophone(ctx, "first")
	if err != nil {
		t.Fatal(err)
	}
	listener := h.enter(t, "a", "two")
	go first.Speak(ctx, time.Minute, false)
	until(t, "the voice arrives", func() bool { return heard(listener) > 20 })
	begun := time.Now()
	for range 2 {
		if err := h.Record(ctx, "a", "one", file); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int64 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	until(t, "seconds of it are written", func() bool { return size() > 3*50*80 })
	if err := h.Allow(ctx, "a", "one"); err != nil {
		t.Fatal(err)
	}
	until(t, "it is withdrawn", func() bool { return time.Since(listener.Received()[0].Last) > 500*time.Millisecond })
	before := size()
	if err := h.Allow(ctx, "a", "one", room.Microphone); err != nil {
		t.Fatal(err)
	}
	until(t, "the right is back", func() bool { return p.May().GetCanPublish() })
	second, err := p.OpenMicrophone(within(t), "second")
	if err != nil {
		t.Fatal(err)
	}
	go second.Speak(ctx, time.Minute, false)
	until(t, "the other track is written", func() bool { return size() > before+2*50*80 })
	if err := h.EndRecord(ctx, file); err != nil {
		t.Fatal(err)
	}
	passed, after := time.Since(begun), size()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if lasts, err := ogg.Lasts(f); err != nil || lasts > passed+200*time.Millisecond || lasts < passed-2*time.Second {
		t.Errorf("it lasts %v of %v, %v", lasts, passed, err)
	}
	n := heard(listener)
	until(t, "the voice goes on", func() bool { return heard(listener) > n+50 })
	if size() != after {
		t.Error("it is written on")
	}
	if err := h.EndRecord(ctx, file); err != nil {
		t.Errorf("ended twice: %v", err)
	}
}

// What is said in a room is heard as one voice, as fast as time passes: of whoever speaks, and silence
// otherwise. Without anybody who listens, nothing is tapped.
func TestListen(t *testing.T) {
	h := open(t)
	if err := h.Listen(within(t), "nowhere", func([]room.Sound) error { return nil }); !errors.Is(err, room.ErrNotFound) {
		t.Errorf("in no room: %v", err)
	}
	h.create(t, "a")
	one, two := h.enter(t, "a", "one", room.Microphone), h.enter(t, "a", "two", room.Microphone)
	ctx, stop := context.WithCancel(within(t))
	var mu sync.Mutex
	var all []room.Sound
	var lasts time.Duration
	ended := make(chan error, 1)
	begun := time.Now()
	go func() {
		ended <- h.Listen(ctx, "a", func(list []room.Sound) error {
			mu.Lock()
			defer mu.Unlock()
			for _, s := range list {
				length := int64(ogg.Rate / 50)
				if len(s.Opus) > 0 {
					length = ogg.Length(s.Opus)
				}
				lasts += time.Duration(length) * time.Second / ogg.Rate
			}
			all = append(all, list...)
			return nil
		})
	}()
	count := func(who string) (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range all {
			if s.Who == who {
				n++
			}
		}
		return n
	}
	until(t, "silence is heard", func() bool { return count("") > 20 })
	for _, p := range []struct {
		*peer.Peer
		who string
	}{{one, "one"}, {two, "two"}} {
		voice, err := p.OpenMicrophone(ctx, p.who)
		if err != nil {
			t.Fatal(err)
		}
		voice.Speak(ctx, 3*time.Second, false)
		until(t, p.who+" is heard", func() bool { return count(p.who) > 100 })
	}
	passed := time.Since(begun)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if off := passed - lasts; off < -200*time.Millisecond || off > 2*time.Second {
		t.Errorf("%v were heard in %v", lasts, passed)
	}
	// In the order in which they spoke: nobody's voice comes between.
	var order []string
	for _, s := range all {
		if s.Who != "" && (len(order) == 0 || order[len(order)-1] != s.Who) {
			order = append(order, s.Who)
		}
	}
	if !slices.Equal(order, []string{"one", "two"}) {
		t.Errorf("heard %v", order)
	}
}
