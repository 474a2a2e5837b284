package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// clock is a database's time, moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func startClock(d *db.DB) *clock {
	c := &clock{now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	d.SetClock(func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now })
	return c
}

func (c *clock) add(by time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(by) }

func worker(d *db.DB, s Sender) *Worker {
	return &Worker{DB: d, Sender: s, Log: slog.New(slog.DiscardHandler)}
}

func drain(t *testing.T, w *Worker) int {
	t.Helper()
	n, err := w.Drain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func thousand() []Message {
	out := make([]Message, 1000)
	for i := range out {
		out[i] = hello(fmt.Sprintf("m%d@coop.example", i))
	}
	return out
}

// once fails unless every mail arrived exactly once.
func once(t *testing.T, s *server, want int) {
	t.Helper()
	seen := map[string]int{}
	for _, m := range s.mails() {
		seen[m.to]++
	}
	for to, n := range seen {
		if n != 1 {
			t.Errorf("%s has it %d times", to, n)
		}
	}
	if len(seen) != want {
		t.Errorf("%d persons have it, want %d", len(seen), want)
	}
}

func TestWithoutServerMailsStayInTheOutbox(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		ids := queue(t, d, thousand()...)
		var mu sync.Mutex
		told := 0
		w := worker(d, NoServer{})
		w.OnResult = func(_ *db.Tx, m Stored) error {
			mu.Lock()
			defer mu.Unlock()
			if m.State == Outbox && m.Ref != "" {
				told++
			}
			return nil
		}
		start := time.Now()
		n := drain(t, w)
		t.Logf("%d mails in %v", n, time.Since(start))
		if m := get(t, d, ids[7]); n != 1000 || told != 1000 || m.State != Outbox || m.Text != "Bonjour" || m.DoneAt.IsZero() {
			t.Errorf("%d settled, %d told, %+v", n, told, m)
		}
	})
}

// Two nodes share a queue of a thousand mails and one server.
func TestTwoWorkersSendNothingTwice(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		s := serve(t, &server{}, false)
		queue(t, d, thousand()...)
		var wg sync.WaitGroup
		var mu sync.Mutex
		total, told := 0, map[int64]int{}
		start := time.Now()
		for range 2 {
			w := worker(d, s.sender(t, Config{}))
			w.OnResult = func(_ *db.Tx, m Stored) error { mu.Lock(); defer mu.Unlock(); told[m.ID]++; return nil }
			wg.Go(func() {
				n, err := w.Drain(context.Background())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				total += n
			})
		}
		wg.Wait()
		t.Logf("%d mails in %v over %d connections", total, time.Since(start), s.secured)
		once(t, s, 1000)
		if total != 1000 || len(told) != 1000 || s.secured > 2*lanes {
			t.Errorf("%d settled, %d told, %d connections", total, len(told), s.secured)
		}
	})
}

func TestEveryFateIsWrittenDown(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		c := startClock(d)
		s := serve(t, &server{}, false)
		with := hello("ana@coop.example")
		with.HTML, with.UnsubscribeURL = "<p>Bonjour</p>", "https://coop.example/off"
		with.Attachments = []Attachment{{"a.txt", "text/plain", []byte("a")}}
		ids := queue(t, d, with, hello("refused@coop.example"), hello("later@coop.example"), hello("never@coop.example"))
		var mu sync.Mutex
		told := map[int64][]State{}
		w := worker(d, s.sender(t, Config{}))
		w.OnResult = func(tx *db.Tx, m Stored) error {
			mu.Lock()
			defer mu.Unlock()
			told[m.ID] = append(told[m.ID], m.State)
			if m.Text != "Bonjour" {
				t.Errorf("told of %q", m.Text)
			}
			return nil
		}
		if n := drain(t, w); n != 4 {
			t.Errorf("%d settled", n)
		}
		for i, want := range []Stored{
			{State: Sent, Reply: "2.0.0", Attempts: 1, DoneAt: c.now},
			{State: Refused, Reply: "550 5.1.1 No such mailbox here", Attempts: 1, DoneAt: c.now},
			{State: Later, Reply: "451 4.7.1 Greylisted", Attempts: 1, DueAt: c.now.Add(time.Minute)},
			{State: Later, Reply: "451 4.7.1 Greylisted", Attempts: 1, DueAt: c.now.Add(time.Minute)},
		} {
			m := get(t, d, ids[i])
			if m.State != want.State || m.Attempts != want.Attempts || !m.DueAt.Equal(want.DueAt) || !m.DoneAt.Equal(want.DoneAt) ||
				!strings.Contains(m.Reply, want.Reply) {
				t.Errorf("%s: %+v", m.To.Address, m)
			}
			if erased := m.Text == "" && m.HTML == "" && m.UnsubscribeURL == "" && m.Attachments == nil; erased != want.State.final() {
				t.Errorf("%s, %s: erased %v: %+v", m.To.Address, m.State, erased, m)
			}
		}
		if n := drain(t, w); n != 0 {
			t.Errorf("%d tried too early", n)
		}
		c.add(time.Minute)
		drain(t, w)
		if m := get(t, d, ids[2]); m.State != Sent || m.Attempts != 2 {
			t.Errorf("after greylisting: %+v", m)
		}
		for _, pause := range backoff[1:] {
			if m := get(t, d, ids[3]); m.State != Later {
				t.Fatalf("given up after %d attempts", m.Attempts)
			}
			c.add(pause)
			drain(t, w)
		}
		m := get(t, d, ids[3])
		if m.State != Refused || m.Attempts != int64(len(backoff)+1) || !strings.Contains(m.Reply, "451") || m.Text != "" {
			t.Errorf("at the limit: %+v", m)
		}
		want := fmt.Sprint(map[int64][]State{ids[0]: {Sent}, ids[1]: {Refused}, ids[2]: {Sent}, ids[3]: {Refused}})
		if fmt.Sprint(told) != want {
			t.Errorf("told %v, want %s", told, want)
		}
	})
}

// A process dies with a mail in its hands: it is sent once more, and not a third time.
func TestInterruptedMailIsSentAtMostOnceMore(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		c := startClock(d)
		s := serve(t, &server{}, false)
		ids := queue(t, d, hello("ana@coop.example"), hello("bo@coop.example"))
		die := func() (m Stored) { // taken, and never heard of again
			write(t, d, func(tx *db.Tx) (err error) { m, _, err = claim(tx, lease); return err })
			return m
		}
		w := worker(d, s.sender(t, Config{}))
		first := die()
		if n := drain(t, w); n != 1 || len(s.mails()) != 1 || s.mails()[0].to != "bo@coop.example" {
			t.Fatalf("%d settled, %d sent", n, len(s.mails()))
		}
		c.add(lease)
		second := die()
		if first.ID != ids[0] || second.ID != ids[0] || second.lost {
			t.Fatalf("taken: %+v then %+v", first, second)
		}
		c.add(lease)
		drain(t, w)
		m := get(t, d, ids[0])
		if m.State != Refused || !strings.Contains(m.Reply, "interrupted twice") || len(s.mails()) != 1 {
			t.Errorf("after two deaths: %+v, %d sent", m, len(s.mails()))
		}

		third := queue(t, d, hello("cy@coop.example"))[0]
		die()
		c.add(lease)
		drain(t, w)
		if m := get(t, d, third); m.State != Sent || m.Attempts != 2 || len(s.mails()) != 2 {
			t.Errorf("after one death: %+v, %d sent", m, len(s.mails()))
		}
	})
}

// A worker that slept past its lease must not write over what another has settled since.
func TestSleeperDoesNotSettle(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		c := startClock(d)
		asleep, wake := make(chan bool), make(chan bool)
		slow := serve(t, &server{hold: func(string) { asleep <- true; <-wake }}, false)
		quick := serve(t, &server{}, false)
		id := queue(t, d, hello("ana@coop.example"))[0]
		var mu sync.Mutex
		told := 0
		tell := func(*db.Tx, Stored) error { mu.Lock(); defer mu.Unlock(); told++; return nil }
		sleeper := worker(d, slow.sender(t, Config{}))
		other := worker(d, quick.sender(t, Config{}))
		sleeper.OnResult, other.OnResult = tell, tell
		done := make(chan error)
		go func() { _, err := sleeper.Drain(context.Background()); done <- err }()
		<-asleep
		c.add(lease + time.Second)
		drain(t, other)
		settled := get(t, d, id)
		wake <- true
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if m := get(t, d, id); m.State != Sent || !m.DoneAt.Equal(settled.DoneAt) || m.Reply != settled.Reply || told != 1 {
			t.Errorf("settled %+v, then %+v; told %d times", settled, m, told)
		}
	})
}

// What the caller writes about a result stands or falls with the result.
func TestResultAndProofAreOneTransaction(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		c := startClock(d)
		id := queue(t, d, hello("ana@coop.example"))[0]
		w := worker(d, NoServer{})
		for name, fail := range map[string]func() error{
			"error": func() error { return errors.New("no proof") },
			"panic": func() error { panic("mistake") },
		} {
			w.OnResult = func(tx *db.Tx, m Stored) error {
				if _, err := Queue(tx, hello("proof@coop.example")); err != nil {
					return err
				}
				return fail()
			}
			if _, err := w.Drain(context.Background()); err == nil || !strings.Contains(err.Error(), fmt.Sprint(id)) {
				t.Errorf("%s: %v", name, err)
			}
			if n := rows(t, d, "mail"); n != 1 || get(t, d, id).State != Sending {
				t.Errorf("%s: %d mails, %s", name, n, get(t, d, id).State)
			}
			c.add(lease)
		}
	})
}

// While the server cannot be reached nothing is counted against the mails.
func TestUnreachableServerCostsNoAttempt(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		s := serve(t, &server{user: "coop"}, false)
		id := queue(t, d, hello("ana@coop.example"))[0]
		for range 20 {
			wrong := s.sender(t, Config{User: "coop", Password: "wrong"})
			if n, err := worker(d, wrong).Drain(context.Background()); n != 0 || !errors.Is(err, ErrUnreachable) {
				t.Fatalf("%d settled, %v", n, err)
			}
		}
		if m := get(t, d, id); m.State != Queued || m.Attempts != 0 || !strings.Contains(m.Reply, "cannot be reached") || m.Text == "" {
			t.Errorf("waiting: %+v", m)
		}
		drain(t, worker(d, s.sender(t, Config{User: "coop", Password: "secret"})))
		if m := get(t, d, id); m.State != Sent || m.Attempts != 1 {
			t.Errorf("afterwards: %+v", m)
		}
	})
}

// Somebody waits before the screen for a link to sign in; a convocation can wait a moment.
func TestUrgentMailsOvertake(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		urgent := hello("urgent@coop.example")
		urgent.Urgent = true
		queue(t, d, append(thousand()[:50], urgent)...)
		var m Stored
		write(t, d, func(tx *db.Tx) (err error) { m, _, err = claim(tx, lease); return err })
		if m.To.Address != "urgent@coop.example" {
			t.Errorf("first %s", m.To.Address)
		}
	})
}

func TestRunEndsWithNothingInFlight(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(context.Background())
		var first sync.Once
		s := serve(t, &server{hold: func(string) { first.Do(stop); time.Sleep(20 * time.Millisecond) }}, false)
		queue(t, d, thousand()[:50]...)
		var log bytes.Buffer
		w := worker(d, s.sender(t, Config{}))
		w.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		w.Run(ctx)
		var counts map[State]int64
		read(t, d, func(tx *db.Tx) (err error) { counts, err = Count(tx, Filter{}); return err })
		if counts[Sending] != 0 || counts[Sent] == 0 || counts[Sent] != int64(len(s.mails())) || counts[Sent]+counts[Queued] != 50 {
			t.Errorf("counts %v, %d received", counts, len(s.mails()))
		}
		if strings.Contains(log.String(), "@") || strings.Contains(log.String(), "Ana") || !strings.Contains(log.String(), "settled") {
			t.Errorf("the log: %s", log.String())
		}
	})
}
