package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/room/peer"
	"isegoria.org/isegoria/internal/platform/transcribe"
)

// EachWithRooms is [Each] with voice and video. Their process is the test program itself, whose TestMain
// obeys the command "room".
func EachWithRooms(t *testing.T, test func(t *testing.T, h *House)) {
	EachWithEngine(t, transcribe.Config{}, test)
}

// StartWithRooms is [Start] with voice and video, on SQLite unless a database is named.
func StartWithRooms(t *testing.T, database string) *House {
	t.Helper()
	return startWithRooms(t, app.Config{Database: database})
}

// EachWithEngine is [EachWithRooms] with an engine that writes what is said.
func EachWithEngine(t *testing.T, engine transcribe.Config, test func(t *testing.T, h *House)) {
	t.Run("sqlite", func(t *testing.T) { test(t, startWithRooms(t, app.Config{Captions: engine})) })
	t.Run("postgres", func(t *testing.T) {
		test(t, startWithRooms(t, app.Config{Captions: engine, Database: dbtest.Postgres(t)}))
	})
}

func startWithRooms(t *testing.T, c app.Config) *House {
	t.Helper()
	c.Voice = room.Config{Mode: room.ModeOn, AnyPort: true, Address: "127.0.0.1", LogLevel: "warn"}
	h := start(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.Rooms.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	for end := time.Now().Add(30 * time.Second); !h.Rooms.Up(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("voice and video are not ready")
		}
	}
	return h
}

// Until waits until something that is asked again and again is so.
func Until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not in time: %s", what)
}

// EnterRoom lets somebody into the plenary room of the assembly, as a page does.
func (s Assembly) EnterRoom(t *testing.T, b *Browser) (p *peer.Peer) {
	t.Helper()
	Until(t, "somebody comes in", func() bool {
		var e struct{ Token string }
		if err := json.Unmarshal([]byte(b.Script("/a/ag/voice/enter").Want(t, 200).Body), &e); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var err error
		var refused *peer.Refused
		if p, err = peer.Dial(ctx, s.URL+"/rooms", e.Token, peer.Options{}); errors.As(err, &refused) {
			time.Sleep(time.Second) // a token of the second in which rights have changed
			return false
		}
		if err != nil {
			t.Fatalf("does not come in: %v", err)
		}
		return true
	})
	t.Cleanup(p.Close)
	return p
}

// GiveFloor gives the floor to somebody who asks for it.
func (s Assembly) GiveFloor(t *testing.T, b *Browser, name string) {
	t.Helper()
	b.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
	m := regexp.MustCompile(`aria-label="Donner la parole à ` + name + `[^"]*" id="give-(\d+)"`).FindStringSubmatch(Plain(s.Chair.Get("/a/ag/live/chair").Body))
	if m == nil {
		t.Fatalf("%s does not wait", name)
	}
	s.Chair.Post("/a/ag/live/chair/give", "hand", m[1]).Want(t, 303)
}
