package room

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// External is a LiveKit server or cluster that somebody else runs. Its media ports and its ICE servers
// are its own; signalling still goes through this program, so that a page needs no other origin. Who
// speaks is not measured.
type External struct {
	*api
	door *door
	url  string
	log  *slog.Logger
	up   atomic.Bool
}

var _ Server = (*External)(nil)

func newExternal(c Config, log *slog.Logger) *External {
	e := &External{url: strings.TrimSuffix(c.URL, "/"), log: log}
	e.api = newAPI(c.Key, c.Secret, func() string {
		if !e.up.Load() {
			return ""
		}
		return e.url
	})
	e.door = newDoor(e.api, c.BehindProxy)
	return e
}

// Up tells whether the server answered the last time it was asked.
func (e *External) Up() bool { return e.up.Load() }

// Handler passes the signalling on.
func (e *External) Handler() http.Handler { return e.door }

// Run asks the server every few seconds whether it is there.
func (e *External) Run(ctx context.Context) {
	every := time.NewTicker(3 * time.Second)
	defer every.Stop()
	for {
		up := alive(ctx, e.http, e.url)
		if e.up.Swap(up) != up {
			e.log.InfoContext(ctx, "voice and video", "up", up)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Create makes a room.
func (e *External) Create(ctx context.Context, room string, o Options) error {
	return e.create(ctx, room, o)
}

// Spoken is not known.
func (e *External) Spoken(context.Context, string) (Speech, error) {
	if !e.Up() {
		return Speech{}, ErrDown
	}
	return Speech{}, ErrUnmeasured
}

// Hears is false: the voices do not pass here.
func (e *External) Hears() bool { return false }

// Listen is not possible.
func (e *External) Listen(context.Context, string, func([]Sound) error) error { return ErrUnmeasured }

// Record is not possible: the voices do not pass here.
func (e *External) Record(context.Context, string, string, string) error { return ErrUnmeasured }

// EndRecord has nothing to end.
func (e *External) EndRecord(context.Context, string) error { return nil }

// alive asks a server whether it is well.
func alive(ctx context.Context, client *http.Client, base string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(req)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
