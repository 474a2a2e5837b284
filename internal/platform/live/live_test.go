package live

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// house serves a hub over real HTTP.
type house struct {
	*Hub
	t    *testing.T
	url  string
	gone atomic.Int64
}

func open(t *testing.T) *house {
	h := &house{Hub: New(), t: t}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		if err := h.Serve(w, r, func() { h.gone.Add(1) }, r.URL.Query()["topic"]...); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	h.url = server.URL
	t.Cleanup(func() { h.Close(); server.Close() })
	return h
}

// reader is a browser's side of a stream.
type reader struct {
	t    *testing.T
	body *bufio.Scanner
	end  func() error
	head http.Header
}

func (h *house) follow(last string, topics ...string) *reader {
	h.t.Helper()
	before := h.Streams()
	req, err := http.NewRequest("GET", h.url+"/events?topic="+strings.Join(topics, "&topic="), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	for h.Streams() == before {
		time.Sleep(time.Millisecond)
	}
	h.t.Cleanup(func() { res.Body.Close() })
	return &reader{h.t, bufio.NewScanner(res.Body), res.Body.Close, res.Header}
}

type event struct{ id, name, data string }

// next is the next event; the zero event when the stream has ended.
func (r *reader) next() (e event) {
	for r.body.Scan() {
		field, value, _ := strings.Cut(r.body.Text(), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e
			}
		}
	}
	return event{}
}

func (r *reader) want(name, data string) event {
	r.t.Helper()
	e := r.next()
	if e.name != name || e.data != data {
		r.t.Fatalf("got %q %q, want %q %q", e.name, e.data, name, data)
	}
	return e
}

func TestStreamsFollowTheirTopics(t *testing.T) {
	h := open(t)
	a, b := h.follow("", "a"), h.follow("", "a", "b")
	if ct := a.head.Get("Content-Type"); ct != "text/event-stream; charset=utf-8" || a.head.Get("X-Accel-Buffering") != "no" {
		t.Errorf("head %v", a.head)
	}
	h.Publish("b", Message{"changed", "one"})
	h.Publish("a", Message{"changed", "two\nevent: forged"})
	a.want("changed", "two event: forged")
	b.want("changed", "one")
	b.want("changed", "two event: forged")
}

// A browser that comes back gets what it missed, in order and once, over all its topics.
func TestResume(t *testing.T) {
	h := open(t)
	first := h.follow("", "a", "b")
	h.Publish("a", Message{"changed", "1"})
	last := first.want("changed", "1").id
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	for i := 2; i <= 9; i++ {
		h.Publish([]string{"a", "b", "c"}[i%3], Message{"changed", fmt.Sprint(i)})
	}
	again := h.follow(last, "a", "b")
	for _, i := range []string{"3", "4", "6", "7", "9"} {
		again.want("changed", i)
	}
	h.Publish("b", Message{"changed", "10"})
	again.want("changed", "10")
}

// What is no longer known makes the browser read everything again, then go on from there.
func TestReload(t *testing.T) {
	h := open(t)
	h.Publish("a", Message{"changed", "0"})
	old := h.Position()
	for i := range Backlog + 1 {
		h.Publish("a", Message{"changed", fmt.Sprint(i)})
	}
	for name, last := range map[string]string{"forgotten": old, "another hub's": "other-1", "of the future": h.mark + "-999999", "no place": h.mark + "-x", "nothing": "?"} {
		t.Run(name, func(t *testing.T) {
			r := h.follow(last, "a")
			r.t = t
			e := r.want("reload", "reload")
			if e.id != h.Position() {
				t.Errorf("goes on from %s, want %s", e.id, h.Position())
			}
			h.Publish("a", Message{"changed", name})
			r.want("changed", name)
		})
	}
	// The oldest that is kept still resumes.
	kept := h.topics["a"].lost
	r := h.follow(fmt.Sprintf("%s-%d", h.mark, kept), "a")
	if e := r.next(); e.name != "changed" {
		t.Errorf("resumed with %+v", e)
	}
}

func TestCountsAreCoalesced(t *testing.T) {
	h := open(t)
	r := h.follow("", "a")
	begun := time.Now()
	for i := range int64(200) {
		h.Count("a", "present", i+1)
		h.Count("a", "voted", 2*i)
		time.Sleep(5 * time.Millisecond)
	}
	h.Publish("a", Message{"over", "over"})
	messages := 0
	last := ""
	for last != `{"present":200,"voted":398}` {
		e := r.next()
		if e.name == "" {
			t.Fatalf("the stream ended; last %s", last)
		}
		if e.name == "counts" {
			messages++
			last = e.data
		}
	}
	if most := int(time.Since(begun)/countEvery) + 1; messages > most {
		t.Errorf("%d messages in %v", messages, time.Since(begun))
	}
}

// A reader that takes nothing is dropped without holding the others up.
func TestSlowReaderIsDropped(t *testing.T) {
	h := open(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /events?topic=a HTTP/1.1\r\nHost: h\r\n\r\n")
	for h.Streams() == 0 {
		time.Sleep(time.Millisecond)
	}
	good := h.follow("", "a")
	read := make(chan int)
	go func() {
		n := 0
		for good.next().name == "changed" {
			n++
		}
		read <- n
	}()
	long := strings.Repeat("x", 4<<10)
	sent := 0
	for deadline := time.Now().Add(20 * time.Second); h.gone.Load() == 0 && time.Now().Before(deadline); sent++ {
		h.Publish("a", Message{"changed", long})
		time.Sleep(time.Millisecond)
	}
	if h.gone.Load() != 1 || h.Streams() != 1 {
		t.Fatalf("%d streams dropped, %d left", h.gone.Load(), h.Streams())
	}
	h.Publish("a", Message{"over", "over"})
	if n := <-read; n != sent {
		t.Errorf("the good reader got %d of %d", n, sent)
	}
}

// Closing ends every stream at once, and a server shuts down without waiting for them.
func TestCloseEndsStreams(t *testing.T) {
	h := open(t)
	r := h.follow("", "a")
	h.Close()
	if e := r.next(); e.name != "" {
		t.Errorf("got %+v", e)
	}
	h.Close()
	if h.gone.Load() != 1 || h.Streams() != 0 {
		t.Errorf("%d gone, %d open", h.gone.Load(), h.Streams())
	}
	res, err := http.Get(h.url + "/events?topic=a")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || h.gone.Load() != 2 {
		t.Errorf("status %d, %d gone", res.StatusCode, h.gone.Load())
	}
}

// Many come, publish and go at once; run with -race.
func TestAtOnce(t *testing.T) {
	h := open(t)
	var wg sync.WaitGroup
	const readers, messages = 20, 50
	streams := make([]*reader, readers)
	for i := range streams {
		streams[i] = h.follow("", "a", "b")
	}
	for _, r := range streams {
		wg.Go(func() {
			for range 2 * messages {
				if e := r.next(); e.name != "changed" {
					t.Errorf("got %+v", e)
					return
				}
			}
		})
	}
	for _, topic := range []string{"a", "b"} {
		wg.Go(func() {
			for i := range messages {
				h.Publish(topic, Message{"changed", fmt.Sprint(i)})
			}
		})
	}
	wg.Wait()
}

// What is asked many times is done once, after the last of them; a closed hub does nothing.
func TestSoon(t *testing.T) {
	h := New()
	var n atomic.Int64
	told := make(chan int64, 10)
	for range 100 {
		n.Add(1)
		h.Soon("count", 20*time.Millisecond, func() { told <- n.Load() })
	}
	if got := <-told; got != 100 {
		t.Errorf("told %d", got)
	}
	n.Add(1)
	h.Soon("count", 0, func() { told <- n.Load() })
	if got := <-told; got != 101 {
		t.Errorf("told again %d", got)
	}
	h.Soon("late", time.Hour, func() { t.Error("told after the end") })
	h.Close()
	h.Soon("later", 0, func() { t.Error("told after the end") })
	if len(told) > 0 {
		t.Errorf("told once too many: %d", <-told)
	}
}
