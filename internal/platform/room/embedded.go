package room

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Embedded is a LiveKit server in a child process of this program, started again when it ends. Its
// keys are made when the program starts and known to nobody else; the rooms in it are made again.
type Embedded struct {
	*api
	door   *door
	config Config
	log    *slog.Logger
	child  atomic.Pointer[child] // nil while it is down

	mu    sync.Mutex
	rooms map[string]made
}

// made is a room to make again.
type made struct {
	options Options
	at      time.Time
}

// remembered is how long a room is made again for.
const remembered = 24 * time.Hour

// child is a process that is ready.
type child struct {
	base string
	pid  int
	rpc  *rpc.Client
}

var _ Server = (*Embedded)(nil)

func newEmbedded(c Config, log *slog.Logger) *Embedded {
	e := &Embedded{config: c, log: log, rooms: map[string]made{}}
	e.api = newAPI("isegoria", rand.Text()+rand.Text(), func() string {
		if c := e.child.Load(); c != nil {
			return c.base
		}
		return ""
	})
	e.door = newDoor(e.api, c.BehindProxy)
	return e
}

// Up tells whether the child is ready.
func (e *Embedded) Up() bool { return e.child.Load() != nil }

// PID is the child's process, or 0 while it is down.
func (e *Embedded) PID() int {
	if c := e.child.Load(); c != nil {
		return c.pid
	}
	return 0
}

// Handler passes the signalling on.
func (e *Embedded) Handler() http.Handler { return e.door }

const (
	shortestPause = 200 * time.Millisecond
	longestPause  = 30 * time.Second
	wellAfter     = time.Minute // a child that lived as long starts again at once
)

// Run keeps a child going until ctx ends.
func (e *Embedded) Run(ctx context.Context) {
	pause := shortestPause
	for {
		begun := time.Now()
		err := e.live(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > wellAfter {
			pause = shortestPause
		}
		e.log.WarnContext(ctx, "voice and video have ended, and start again", "in_ms", pause.Milliseconds(), "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// live runs one child from its start to its end.
func (e *Embedded) live(ctx context.Context) error {
	address, err := mediaAddress(ctx, e.config.Address, e.config.Site)
	if err != nil {
		return err
	}
	program := e.config.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "room")
	cmd.Env = []string{} // nothing of ours is its business
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	stderr, err3 := cmd.StderrPipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	said := talk{log: e.log}
	var reading sync.WaitGroup
	reading.Go(func() { said.follow(ctx, stderr) })
	pipe := rpc.NewClientWithCodec(jsonrpc.NewClientCodec(pipes{out, in}))
	err = e.attend(ctx, cmd.Process.Pid, pipe, address)
	e.child.Store(nil)
	cancel()
	pipe.Close()
	reading.Wait()
	ended := cmd.Wait()
	if ctx.Err() != nil && err == nil {
		err = ended
	}
	if len(said.last) > 0 {
		err = fmt.Errorf("%w: %s", err, strings.Join(said.last, " | "))
	}
	return err
}

// attend starts the server in the child, announces it, and stays until it is gone or unwell.
func (e *Embedded) attend(ctx context.Context, pid int, pipe *rpc.Client, address string) error {
	setup := Setup{Key: e.key, Secret: e.secret, Address: address, UDPPort: e.config.UDPPort, TCPPort: e.config.TCPPort,
		AnyPort: e.config.AnyPort, TURN: e.config.TURN, LogLevel: e.config.LogLevel}
	if setup.LogLevel != "debug" {
		setup.LogLevel = "error" // it warns of every browser that closes
	} else {
		setup.LogLevel = "warn"
	}
	if loopback(address) {
		setup.TCPPort = 0 // nothing is opened to others on a machine that serves itself only
	}
	var ready Ready
	if err := ask(ctx, pipe, 20*time.Second, "Start", setup, &ready); err != nil {
		return err
	}
	c := &child{base: fmt.Sprintf("http://127.0.0.1:%d", ready.Port), pid: pid, rpc: pipe}
	if err := e.refill(ctx, c); err != nil {
		return err
	}
	e.child.Store(c)
	e.log.InfoContext(ctx, "voice and video are ready", "udp_port", ready.UDPPort, "tcp_port", setup.TCPPort)
	gone := pipe.Go(Service+".Stay", struct{}{}, new(bool), nil)
	every := time.NewTicker(2 * time.Second)
	defer every.Stop()
	var unwell int
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-gone.Done:
			return gone.Error
		case <-every.C:
		}
		if alive(ctx, e.http, c.base) {
			unwell = 0
		} else if unwell++; unwell == 5 {
			return errors.New("it no longer answers")
		}
	}
}

// refill makes again the rooms that were there before.
func (e *Embedded) refill(ctx context.Context, c *child) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := newAPI(e.key, e.secret, func() string { return c.base })
	for room, m := range e.rooms {
		if time.Since(m.at) > remembered {
			delete(e.rooms, room)
			continue
		}
		if err := errors.Join(a.create(ctx, room, m.options), watch(ctx, c, room)); err != nil {
			return err
		}
	}
	return nil
}

// Create makes a room, and has the child listen in it.
func (e *Embedded) Create(ctx context.Context, room string, o Options) error {
	c := e.child.Load()
	if c == nil {
		return ErrDown
	}
	if err := e.create(ctx, room, o); err != nil {
		return err
	}
	e.mu.Lock()
	e.rooms[room] = made{options: o, at: time.Now()}
	e.mu.Unlock()
	return watch(ctx, c, room)
}

// Close ends a room.
func (e *Embedded) Close(ctx context.Context, room string) error {
	e.mu.Lock()
	delete(e.rooms, room)
	e.mu.Unlock()
	return e.api.Close(ctx, room)
}

func watch(ctx context.Context, c *child, room string) error {
	var ok bool
	return ask(ctx, c.rpc, patience, "Watch", room, &ok)
}

// Spoken asks the child, which listens.
func (e *Embedded) Spoken(ctx context.Context, room string) (Speech, error) {
	c := e.child.Load()
	if c == nil {
		return Speech{}, ErrDown
	}
	var h Heard
	if err := ask(ctx, c.rpc, patience, "Heard", room, &h); err != nil {
		return Speech{}, err
	}
	if h.Since.IsZero() {
		return Speech{}, ErrNotFound
	}
	return Speech(h), nil
}

// Hears is true: the child receives every voice.
func (e *Embedded) Hears() bool { return true }

// Listen asks the child again and again.
func (e *Embedded) Listen(ctx context.Context, room string, heard func([]Sound) error) error {
	var at int64
	for ctx.Err() == nil {
		c := e.child.Load()
		if c == nil {
			return ErrDown
		}
		var h Hearing
		if err := ask(ctx, c.rpc, patience, "Hear", Listening{room, at}, &h); err != nil {
			return err
		}
		if h.At == 0 {
			return ErrNotFound
		}
		at = h.At
		if len(h.Sounds) == 0 {
			continue
		}
		if err := heard(h.Sounds); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Record has the child, which receives every voice, write one of them.
func (e *Embedded) Record(ctx context.Context, room, identity, file string) error {
	c := e.child.Load()
	if c == nil {
		return ErrDown
	}
	var ok bool
	if err := ask(ctx, c.rpc, patience, "Record", Recording{room, identity, file}, &ok); err != nil {
		return err
	}
	if !ok {
		return ErrNotFound
	}
	return nil
}

// EndRecord ends a file. A child that has gone has written what it could.
func (e *Embedded) EndRecord(ctx context.Context, file string) error {
	c := e.child.Load()
	if c == nil {
		return nil
	}
	var ok bool
	return ask(ctx, c.rpc, patience, "EndRecord", file, &ok)
}

// ask calls a method of the child.
func ask(ctx context.Context, pipe *rpc.Client, within time.Duration, method string, args, answer any) error {
	call := pipe.Go(Service+"."+method, args, answer, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		if call.Error != nil {
			return fmt.Errorf("%w: %w", ErrDown, call.Error)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(within):
		return fmt.Errorf("%w: no answer", ErrDown)
	}
}

// pipes are the child's output and input as one connection.
type pipes struct {
	io.Reader
	io.WriteCloser
}
