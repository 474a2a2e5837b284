package room

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"isegoria.org/isegoria/internal/platform/web"
)

// What the door lets through. Signalling is small: an offer of some kilobytes, then little.
const (
	maxQuery    = 64 << 10  // a compressed offer may be in it
	maxMessage  = 256 << 10 // of a browser: an offer with every track of a large room
	maxOpen     = 10000     // connections
	maxNetwork  = 2000      // connections of one network: a hall of people behind one address
	burst, flow = 200, 20   // messages of one browser: at once, and per second
	tries, calm = 6, 0.5    // entrances of one person: at once, and per second
	wrong, mild = 50, 1.0   // refused entrances of one network: at once, and per second
)

// door is the one way in for browsers: it passes signalling on to the server for those whose token it
// has verified, within bounds that the server does not hold by itself.
type door struct {
	api         *api
	behindProxy bool
	upgrader    websocket.Upgrader
	dialer      websocket.Dialer

	mu       sync.Mutex
	open     int
	networks map[string]int     // open connections
	people   map[string]*bucket // entrances, by room and identity
	refused  map[string]*bucket // by network
	swept    time.Time
}

func newDoor(a *api, behindProxy bool) *door {
	pool := &sync.Pool{}
	return &door{api: a, behindProxy: behindProxy,
		upgrader: websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: pool, HandshakeTimeout: patience,
			CheckOrigin: func(*http.Request) bool { return true }}, // a token is what opens: no cookie is looked at
		dialer:   websocket.Dialer{ReadBufferSize: 1 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: pool, HandshakeTimeout: 15 * time.Second},
		networks: map[string]int{}, people: map[string]*bucket{}, refused: map[string]*bucket{}}
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := "/" + strings.TrimPrefix(r.URL.Path, Prefix)
	switch path {
	case "/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate":
	default:
		http.NotFound(w, r)
		return
	}
	if len(r.URL.RawQuery) > maxQuery {
		http.Error(w, "too long", http.StatusRequestURITooLong)
		return
	}
	base := d.api.base()
	if base == "" {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "no voice and video now", http.StatusServiceUnavailable)
		return
	}
	network := web.ClientNetwork(r, d.behindProxy)
	if !d.may(d.refused, network, wrong, mild, 0) {
		http.Error(w, "too many refusals", http.StatusTooManyRequests)
		return
	}
	query := r.URL.Query()
	token := query.Get("access_token")
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = t
	}
	t, err := d.api.verify(token)
	if err != nil {
		d.may(d.refused, network, wrong, mild, 1)
		http.Error(w, "the token does not open this door", http.StatusUnauthorized)
		return
	}
	if !d.may(d.people, t.room+"\x00"+t.identity, tries, calm, 1) {
		http.Error(w, "too many entrances", http.StatusTooManyRequests)
		return
	}
	leave, ok := d.enter(network)
	if !ok {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many connections", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	// What would make another person of the same token, or write on the person, is not passed on.
	for _, name := range []string{"publish", "metadata", "attributes", "access_token"} {
		query.Del(name)
	}
	target := base + path + "?" + query.Encode()
	header := http.Header{"Authorization": {"Bearer " + token}, "User-Agent": {r.UserAgent()}}
	if strings.HasSuffix(path, "/validate") {
		d.validate(w, r, target, header)
		return
	}
	d.connect(w, r, target, header)
}

// validate passes on why the server would refuse, which browsers ask when they could not connect.
func (d *door) validate(w http.ResponseWriter, r *http.Request, target string, header http.Header) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, target, nil)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	req.Header = header
	answer, err := d.api.http.Do(req)
	if err != nil {
		http.Error(w, "no voice and video now", http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	pass(w, answer)
}

// pass hands a short answer on.
func pass(w http.ResponseWriter, answer *http.Response) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(answer.Body, 1<<10))
}

// connect joins the browser's connection to one with the server, until either ends.
func (d *door) connect(w http.ResponseWriter, r *http.Request, target string, header http.Header) {
	if !websocket.IsWebSocketUpgrade(r) {
		http.NotFound(w, r)
		return
	}
	u, err := url.Parse(target)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	server, answer, err := d.dialer.DialContext(r.Context(), u.String(), header)
	if err != nil {
		if answer != nil {
			pass(w, answer)
			return
		}
		http.Error(w, "no voice and video now", http.StatusBadGateway)
		return
	}
	defer server.Close()
	browser, err := d.upgrader.Upgrade(bare(w), r, nil)
	if err != nil {
		return // it has answered
	}
	defer browser.Close()
	join(browser, server)
}

// bare is the writer whose connection can be taken over, under what middleware has put around it.
func bare(w http.ResponseWriter) http.ResponseWriter {
	for {
		if _, ok := w.(http.Hijacker); ok {
			return w
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}

// enter counts a connection, and returns how to count it out.
func (d *door) enter(network string) (leave func(), ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= maxOpen || d.networks[network] >= maxNetwork {
		return nil, false
	}
	d.open++
	d.networks[network]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.open--
		if d.networks[network]--; d.networks[network] == 0 {
			delete(d.networks, network)
		}
	}, true
}

// may takes n drops out of a bucket, and tells whether they, or at least one, were in it.
func (d *door) may(buckets map[string]*bucket, key string, size, perSecond, n float64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if now.Sub(d.swept) > time.Minute { // a bucket that has not been touched for as long is full
		for _, all := range []map[string]*bucket{d.people, d.refused} {
			for k, b := range all {
				if now.Sub(b.at) > time.Minute {
					delete(all, k)
				}
			}
		}
		d.swept = now
	}
	b := buckets[key]
	if b == nil {
		if n == 0 {
			return true
		}
		b = &bucket{left: size, at: now}
		buckets[key] = b
	}
	return b.take(now, size, perSecond, n)
}

// bucket bounds a rate: it fills by itself up to its size.
type bucket struct {
	left float64
	at   time.Time
}

func (b *bucket) take(now time.Time, size, perSecond, n float64) bool {
	b.left = min(size, b.left+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.left < max(n, 1) {
		return false
	}
	b.left -= n
	return true
}
