package live

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// heartbeat is how long a stream stays silent at most: proxies close what is silent for a minute.
	heartbeat = 15 * time.Second
	// patience is how long a write may wait. The system's buffer holds hundreds of messages: one
	// that is full belongs to a reader that is gone or much too slow.
	patience = 100 * time.Millisecond
	// buffer is what the system keeps for a reader, in bytes.
	buffer = 16 << 10
)

// stream is one browser's open connection.
type stream struct {
	conn    net.Conn
	topics  []*topic
	place   int64 // of the last message written
	written time.Time
	gone    func()
}

// writer serves a part of the streams.
type writer struct {
	hub  *Hub
	wake chan struct{}

	mu      sync.Mutex // taken before the hub's, never after
	streams map[*stream]bool
	ended   bool
}

// Serve answers with a stream of the topics, from where the browser left off (Last-Event-ID), or
// else the page (?after=), or else now. It takes the connection out of the HTTP server's hands and
// returns; gone is called once when the stream has ended, or here when it could not begin.
// Only HTTP/1.1 lets a connection be taken over.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, gone func(), topics ...string) error {
	h.mu.RLock()
	closed := h.closed
	h.mu.RUnlock()
	if closed {
		gone()
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the server is stopping", http.StatusServiceUnavailable)
		return nil
	}
	header := w.Header().Clone()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		gone()
		return fmt.Errorf("live: %w", err)
	}
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = r.URL.Query().Get("after")
	}
	place, known := h.resume(after)
	s := &stream{conn: conn, place: place, gone: gone, written: time.Now()}
	head := opening(header)
	if !known {
		head = append(head, h.reload(place)...)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(buffer) // the system's own size will do
	}
	if err := s.write(head, 5*time.Second); err != nil {
		conn.Close()
		gone()
		return nil // the browser went away
	}
	h.follow(s, topics)
	return nil
}

// opening is the head of the answer. The answer ends with its connection, and browsers that lost it
// do not all come back at the same moment.
func opening(header http.Header) []byte {
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Connection", "close")
	header.Set("X-Accel-Buffering", "no")
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(&b) // a bytes.Buffer takes everything
	fmt.Fprintf(&b, "\r\nretry: %d\n\n", 1000+rand.IntN(3000))
	return b.Bytes()
}

// follow hands the stream to a writer, which first writes what it has missed.
func (h *Hub) follow(s *stream, topics []string) {
	h.mu.Lock()
	for _, name := range topics {
		s.topics = append(s.topics, h.topic(name))
	}
	w := h.writers[h.next%len(h.writers)]
	h.next++
	h.mu.Unlock()
	if !w.add(s) {
		s.conn.Close()
		s.gone()
		return
	}
	h.wake()
}

// add refuses a stream once the writer has ended.
func (w *writer) add(s *stream) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.streams[s] = true
	}
	return !w.ended
}

func (w *writer) run() {
	beat := time.NewTicker(heartbeat / 15)
	defer beat.Stop()
	for {
		select {
		case <-w.hub.ending:
			w.end()
			return
		case <-w.wake:
			w.each(w.deliver)
		case now := <-beat.C:
			w.each(func(s *stream) error {
				if now.Sub(s.written) < heartbeat {
					return nil
				}
				return s.write([]byte(": \n\n"), patience)
			})
		}
	}
}

// each calls fn for every stream of the writer, and closes those it fails for.
func (w *writer) each(fn func(*stream) error) {
	w.mu.Lock()
	var failed []*stream
	for s := range w.streams {
		if err := fn(s); err != nil {
			failed = append(failed, s)
			delete(w.streams, s)
		}
	}
	w.mu.Unlock()
	for _, s := range failed {
		s.conn.Close()
		s.gone()
	}
}

func (w *writer) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for s := range w.streams {
		s.conn.Close()
		s.gone()
	}
	clear(w.streams)
}

func (w *writer) deliver(s *stream) error {
	text, place := w.hub.pending(s)
	s.place = place
	if len(text) == 0 {
		return nil
	}
	return s.write(text, patience)
}

// pending is what the stream has not been told yet, and the place it will be at then.
func (h *Hub) pending(s *stream) (text []byte, place int64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var missed []frame
	for _, t := range s.topics {
		if s.place < t.lost {
			return h.reload(h.place), h.place
		}
		from, _ := slices.BinarySearchFunc(t.frames, s.place+1, func(f frame, place int64) int { return int(f.place - place) })
		if rest := t.frames[from:]; len(missed) == 0 {
			missed = rest
		} else {
			missed = slices.Concat(missed, rest)
		}
	}
	switch len(missed) {
	case 0:
		return nil, h.place
	case 1:
		return missed[0].text, h.place // shared by all
	}
	if len(s.topics) > 1 {
		missed = slices.SortedFunc(slices.Values(missed), func(a, b frame) int { return int(a.place - b.place) })
	}
	for _, f := range missed {
		text = append(text, f.text...)
	}
	return text, h.place
}

// write gives a reader that takes nothing a second chance: on a machine that is overloaded, the time
// may have passed before the write was tried at all.
func (s *stream) write(text []byte, wait time.Duration) error {
	for again := true; ; again = false {
		s.written = time.Now()
		if err := s.conn.SetWriteDeadline(s.written.Add(wait)); err != nil {
			return err
		}
		n, err := s.conn.Write(text)
		if n > 0 || !again || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
}
