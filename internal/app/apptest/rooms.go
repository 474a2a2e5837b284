package apptest

import (
	"context"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/room"
)

// EachWithRooms is [Each] with voice and video. Their process is the test program itself, whose TestMain
// obeys the command "room".
func EachWithRooms(t *testing.T, test func(t *testing.T, h *House)) {
	t.Run("sqlite", func(t *testing.T) { test(t, StartWithRooms(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, StartWithRooms(t, dbtest.Postgres(t))) })
}

// StartWithRooms is [Start] with voice and video, on SQLite unless a database is named.
func StartWithRooms(t *testing.T, database string) *House {
	t.Helper()
	h := start(t, app.Config{Database: database, Voice: room.Config{Mode: room.ModeOn, AnyPort: true, Address: "127.0.0.1", LogLevel: "warn"}})
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
