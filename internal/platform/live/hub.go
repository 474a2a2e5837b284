// Package live tells browsers that something has changed, with server-sent events: one stream per
// tab, which follows some topics. A message says what changed, not what it became: the browser
// asks for what it shows, with the rights of whoever looks.
//
// Use [New], [Hub.Serve] in a handler, and [Hub.Publish] after the commit of what changed:
//
//	tx.AfterCommit(func() { hub.Publish("meeting/12", live.Message{Event: "changed", Data: "floor"}) })
//
// A message is encoded once, whoever reads it. It has a place in the hub's order, which is the
// stream's "id:"; a topic keeps its last [Backlog] messages, and a browser that comes back with
// Last-Event-ID gets what it missed, or the event "reload" when that is no longer known. An open
// stream is a connection and a few words of memory: no goroutine waits for it, a few writers serve
// them all. A connection that does not take what is written to it (the system's buffer is full) is
// closed; the browser comes back by itself and resumes.
//
// Several nodes. Publish and Count are the only ways in, and a [Message] names nothing of this process:
// a [Relay] carries what they send to the hubs of the other nodes. Places differ from node to node and begin with the hub's own mark, so that a browser that comes
// back to another node, or after a restart, is told to reload.
package live

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Backlog is how many messages of a topic are kept for those who come back.
const Backlog = 256

// countEvery is the least time between two messages of counts on a topic: four a second.
const countEvery = 250 * time.Millisecond

// Message is an event and its data: one line of text each.
type Message struct {
	Event string
	Data  string
}

// Hub is where messages go out from. All methods may be called from any goroutine.
type Hub struct {
	mark    string // of this hub's places
	writers []*writer
	ending  chan struct{}
	running sync.WaitGroup
	relay   *Relay // nil on a node that is alone; set before anything is published

	mu     sync.RWMutex
	place  int64 // of the last message
	topics map[string]*topic
	soon   map[string]bool // what [Hub.Soon] will call
	next   int             // the writer that serves the next stream
	closed bool
}

type topic struct {
	name   string
	frames []frame // the last messages, in order
	lost   int64   // the place of the newest that is no longer kept

	counts  map[string]int64 // not sent yet
	counted time.Time        // when counts were last sent
	armed   bool             // a timer will send them
}

type frame struct {
	place int64
	text  []byte
}

// New makes a hub that runs until [Hub.Close].
func New() *Hub {
	h := &Hub{mark: strings.ToLower(rand.Text()[:8]), topics: map[string]*topic{}, soon: map[string]bool{}, ending: make(chan struct{})}
	for range max(runtime.GOMAXPROCS(0), 2) {
		w := &writer{hub: h, wake: make(chan struct{}, 1), streams: map[*stream]bool{}}
		h.writers = append(h.writers, w)
		h.running.Go(w.run)
	}
	return h
}

// Close ends every stream and refuses new ones; browsers come back elsewhere or later. A second
// call does nothing.
func (h *Hub) Close() {
	h.mu.Lock()
	again := h.closed
	h.closed = true
	h.mu.Unlock()
	if !again {
		close(h.ending)
	}
	h.running.Wait()
}

// Publish sends a message to every stream of the topic, on every node. It does not wait for them.
func (h *Hub) Publish(name string, m Message) {
	h.deliver(name, m)
	if h.relay != nil {
		h.relay.carry(name, m)
	}
}

// deliver sends a message to the topic's streams on this node.
func (h *Hub) deliver(name string, m Message) {
	h.mu.Lock()
	h.publish(h.topic(name), m)
	h.mu.Unlock()
	h.wake()
}

// reloadAll tells every stream on this node to read everything again.
func (h *Hub) reloadAll() {
	h.mu.Lock()
	for _, t := range h.topics {
		h.publish(t, Message{"reload", "reload"})
	}
	h.mu.Unlock()
	h.wake()
}

// Count sends the number called name on the topic, with what else is counted there, as the event
// "counts" whose data is a JSON object; at most four times a second, the last number being the one
// that arrives.
func (h *Hub) Count(topicName, name string, n int64) {
	h.mu.Lock()
	t := h.topic(topicName)
	if t.counts == nil {
		t.counts = map[string]int64{}
	}
	t.counts[name] = n
	wait := countEvery - time.Since(t.counted)
	switch {
	case t.armed:
	case wait > 0:
		t.armed = true
		time.AfterFunc(wait, func() { h.mu.Lock(); h.sendCounts(t); h.mu.Unlock(); h.wake() })
	default:
		h.sendCounts(t)
	}
	h.mu.Unlock()
	h.wake()
}

// sendCounts needs h.mu.
func (h *Hub) sendCounts(t *topic) {
	text, err := json.Marshal(t.counts)
	if err != nil {
		panic(err) // a map of numbers is always JSON
	}
	t.counts, t.armed, t.counted = nil, false, time.Now()
	m := Message{"counts", string(text)}
	h.publish(t, m)
	if h.relay != nil {
		h.relay.carry(t.name, m)
	}
}

// publish needs h.mu.
func (h *Hub) publish(t *topic, m Message) {
	h.place++
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %s-%d\nevent: %s\ndata: %s\n\n", h.mark, h.place, oneLine(m.Event), oneLine(m.Data))
	if len(t.frames) == Backlog {
		t.lost = t.frames[0].place
		t.frames = t.frames[1:]
	}
	t.frames = append(t.frames, frame{h.place, b.Bytes()})
}

// oneLine keeps a field within its line: a line feed would begin another.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// topic needs h.mu.
func (h *Hub) topic(name string) *topic {
	t := h.topics[name]
	if t == nil {
		// What was said before the hub knew the topic is nobody's loss: there was none.
		t = &topic{name: name}
		h.topics[name] = t
	}
	return t
}

func (h *Hub) wake() {
	for _, w := range h.writers {
		select {
		case w.wake <- struct{}{}:
		default: // it is awake already, and will see this too
		}
	}
}

// Soon calls fn after the wait, once however often it is asked for that name meanwhile: what many
// small acts have changed is read and told once for all of them.
func (h *Hub) Soon(name string, wait time.Duration, fn func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.soon[name] {
		return
	}
	h.soon[name] = true
	time.AfterFunc(wait, func() {
		h.mu.Lock()
		delete(h.soon, name) // what is asked from now on is not in what fn reads
		closed := h.closed
		if !closed {
			h.running.Add(1)
		}
		h.mu.Unlock()
		if !closed {
			defer h.running.Done()
			fn()
		}
	})
}

// Position is the place of the last message: a page that read its state after asking for it hands
// it over as ?after=… of its stream, and misses nothing in between.
func (h *Hub) Position() string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.mark + "-" + strconv.FormatInt(h.place, 10)
}

// Streams is how many streams are open.
func (h *Hub) Streams() (n int) {
	for _, w := range h.writers {
		w.mu.Lock()
		n += len(w.streams)
		w.mu.Unlock()
	}
	return n
}

// resume is the place from which a stream goes on; ok is false when only this hub's present is known.
func (h *Hub) resume(after string) (place int64, ok bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if after == "" {
		return h.place, true
	}
	mark, number, _ := strings.Cut(after, "-")
	place, err := strconv.ParseInt(number, 10, 64)
	if err != nil || mark != h.mark || place > h.place {
		return h.place, false
	}
	return place, true
}

// reload is the message that says to read everything again, and where the stream goes on from.
func (h *Hub) reload(place int64) []byte {
	return fmt.Appendf(nil, "id: %s-%d\nevent: reload\ndata: reload\n\n", h.mark, place)
}
