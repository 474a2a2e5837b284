package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// LiveReport is what a live session measured. A latency is from the moment the chair's request was
// sent to the moment a connection had read what it changed: the transaction is in it.
type LiveReport struct {
	Connections int     `json:"connections"`
	JoinSeconds float64 `json:"join_seconds"` // each reads the page, then opens its stream
	JoinErrors  int     `json:"join_errors"`
	Present     int     `json:"present"` // as the session itself counts, once all are there
	Changes     int     `json:"changes"`
	Received    int     `json:"received"` // of connections × changes
	Latency
	BytesPer      float64 `json:"server_bytes_per_connection"`
	ServerCPUEach float64 `json:"server_cpu_us_per_delivery"`
	LiveVote
}

const (
	changes     = 25
	changeEvery = 200 * time.Millisecond
	// perAddress is how many connections come from one address of the loopback network: a system
	// gives out some 28,000 ports to each.
	perAddress = 20_000
)

// Live has that many people join a session, then lets the chair change it every 200 ms.
func Live(ctx context.Context, o Options, connections int) (LiveReport, error) {
	r := LiveReport{Connections: connections, Changes: changes}
	o.Electors = connections
	in, chair, cookies, err := prepareLive(ctx, o)
	if err != nil {
		return r, err
	}
	s, err := start(ctx, o)
	if err != nil {
		return r, err
	}
	defer s.stop()
	if err := r.open(s, chair); err != nil {
		return r, err
	}
	if err := r.warm(s, cookies, o.Clients); err != nil {
		return r, err
	}
	before := s.memory()
	audience, err := r.join(s, cookies, o.Clients)
	defer audience.leave()
	if err != nil {
		return r, err
	}
	time.Sleep(10 * time.Second) // until the presences are written and the memory of joining is given back
	r.BytesPer = float64(s.memory()-before) / float64(connections)
	lead, err := dial(s.addr)
	if err != nil {
		return r, err
	}
	defer lead.close()
	if r.Present, err = present(lead, chair); err != nil {
		return r, err
	}
	cpu := s.processor()
	sent, err := r.change(lead, chair)
	if err != nil {
		return r, err
	}
	cpu = s.processor() - cpu
	if r.LiveVote, err = audience.vote(s.addr, in, lead, chair, cookies); err != nil {
		return r, err
	}
	all := audience.latencies(sent)
	r.Received, r.Latency = len(all), latencyOf(all)
	r.ServerCPUEach = each(cpu, len(all))
	if r.Received != connections*changes {
		err = fmt.Errorf("%d of %d deliveries", r.Received, connections*changes)
	}
	return r, err
}

// prepareLive fills an instance with an assembly, its chair and its members, all signed in.
func prepareLive(ctx context.Context, o Options) (in *instance, chair string, cookies []string, err error) {
	in, err = prepare(ctx, o)
	if err != nil {
		return nil, "", nil, err
	}
	a, err := app.New(ctx, app.Config{Data: o.Data, Database: o.Database, URL: "http://127.0.0.1"}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, "", nil, err
	}
	defer a.Close()
	if err := in.putInSession(ctx, a); err != nil {
		return nil, "", nil, err
	}
	cookie := func(tx *db.Tx, account int64) (string, error) {
		token, err := people.OpenSession(tx, account, people.ByLink, "bench")
		return "isegoria=" + token, err
	}
	err = a.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Enter(tx, in.slug, people.Viewer{Account: -1, Admin: true})
		if err != nil {
			return err
		}
		account, err := people.OpenAccount(tx, "Présidence de mesure", "chair@example.org", "fr")
		if err != nil {
			return err
		}
		if err := space.GiveRole(tx, 0, sp.Space.ID, account.ID, people.Chair); err != nil {
			return err
		}
		chair, err = cookie(tx, account.ID)
		return err
	})
	for from := 0; err == nil && from < o.Electors; from += batch {
		err = a.Site.DB.Write(ctx, func(tx *db.Tx) error {
			for i := from; i < min(from+batch, o.Electors); i++ {
				m, err := people.FindMemberByNumber(tx, fmt.Sprintf("%06d", i))
				if err != nil {
					return err
				}
				account, err := people.OpenMemberAccount(tx, m)
				if err != nil {
					return err
				}
				c, err := cookie(tx, account.ID)
				if err != nil {
					return err
				}
				cookies = append(cookies, c)
			}
			return nil
		})
	}
	return in, chair, cookies, err
}

func (r *LiveReport) command(lead *client, chair, act, form string) error {
	status, body, err := lead.do("POST", "/a/ag/live/chair/"+act, chair, form)
	if err == nil && status != 204 && status != 303 {
		err = fmt.Errorf("the chair's %s was refused: %d %.200s", act, status, body)
	}
	return err
}

func (r *LiveReport) open(s *server, chair string) error {
	lead, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer lead.close()
	return r.command(lead, chair, "open", "")
}

// warm reads pages, so that what the server keeps for pages is not counted with the streams.
func (r *LiveReport) warm(s *server, cookies []string, clients int) error {
	list := make([]work, 2000)
	for i := range list {
		list[i] = work{method: "GET", path: "/a/ag/live", cookie: cookies[i%len(cookies)], done: func(int, []byte, string) {}}
	}
	_, _, err := load(s.addr, clients, list)
	return err
}

// audience is everybody's streams.
type audience struct {
	streams []*listener
	reading sync.WaitGroup
}

// listener is one open stream and when it had each change, a vote that opens, and the numbers of
// people who have voted.
type listener struct {
	conn   net.Conn
	at     []time.Time
	voting chan struct{} // closed when the vote has opened
	counts []time.Time
}

// join lets everybody read the page and open a stream, some at once.
func (r *LiveReport) join(s *server, cookies []string, atOnce int) (*audience, error) {
	a := &audience{streams: make([]*listener, len(cookies))}
	begun := time.Now()
	var next, failed atomic.Int64
	errs := make([]error, atOnce)
	var wg sync.WaitGroup
	for worker := range atOnce {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(cookies) {
					return
				}
				l, err := enter(s.addr, cookies[i], i)
				if err != nil {
					failed.Add(1)
					errs[worker] = err
					continue
				}
				a.streams[i] = l
				a.reading.Go(l.read)
			}
		})
	}
	wg.Wait()
	r.JoinSeconds, r.JoinErrors = time.Since(begun).Seconds(), int(failed.Load())
	return a, errors.Join(errs...)
}

// enter reads the page and opens the stream from an address of the loopback network.
func enter(addr, cookie string, i int) (*listener, error) {
	d := net.Dialer{Timeout: 30 * time.Second}
	if n := i / perAddress; n > 0 {
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+n))}
	}
	conn, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := newClient(conn, addr)
	status, _, err := c.do("GET", "/a/ag/live", cookie, "")
	if err == nil && status != 200 {
		err = fmt.Errorf("the page answers %d", status)
	}
	if err == nil {
		_, err = fmt.Fprintf(conn, "GET /a/ag/live/events HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", addr, cookie)
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &listener{conn: conn, voting: make(chan struct{})}, nil
}

// read notes when each message that is measured arrives, until the stream ends.
func (l *listener) read() {
	in := bufio.NewReaderSize(l.conn, 2048)
	opened := false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		switch string(line) {
		case "data: message\n":
			l.at = append(l.at, time.Now())
		case "event: counts\n":
			l.counts = append(l.counts, time.Now())
		case "data: vote\n":
			if !opened {
				close(l.voting)
			}
			opened = true
		}
	}
}

// change lets the chair post messages, and tells when each was sent.
func (r *LiveReport) change(lead *client, chair string) (sent []time.Time, err error) {
	tick := time.NewTicker(changeEvery)
	defer tick.Stop()
	for i := range changes {
		<-tick.C
		sent = append(sent, time.Now())
		if err := r.command(lead, chair, "message", fmt.Sprintf("message=Annonce+%d", i)); err != nil {
			return nil, err
		}
	}
	time.Sleep(3 * time.Second)
	return sent, nil
}

// latencies ends the streams and compares when each had each change.
func (a *audience) latencies(sent []time.Time) (all []time.Duration) {
	a.leave()
	for _, l := range a.streams {
		for i, at := range l.at[:min(len(l.at), len(sent))] {
			all = append(all, at.Sub(sent[i]))
		}
	}
	return all
}

func (a *audience) leave() {
	for _, l := range a.streams {
		if l != nil {
			l.conn.Close()
		}
	}
	a.reading.Wait()
}

// present is how many people the session counts.
func present(lead *client, chair string) (n int, err error) {
	_, body, err := lead.do("GET", "/a/ag/live/parts?p=attendance", chair, "")
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(body, []byte(`data-count="present">`))
	if !found {
		return 0, io.ErrUnexpectedEOF
	}
	number, _, _ := bytes.Cut(rest, []byte("<"))
	digits := slices.DeleteFunc(slices.Clone(number), func(b byte) bool { return b < '0' || b > '9' })
	_, err = fmt.Sscan(string(digits), &n)
	return n, err
}
