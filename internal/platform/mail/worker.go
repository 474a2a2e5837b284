package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

const (
	lanes    = 4                // mails sent side by side, and connections held open
	poll     = time.Second      // how often an empty queue is looked at
	maxPause = time.Minute      // how long an unreachable server is left alone at most
	lease    = 10 * time.Minute // longer than sending one mail can last: see exchangeTime
)

// backoff is what passes after each failure before the mail is tried again; after the last
// one it counts as refused. Together about two days: a server that greylists answers in
// minutes, one that is being repaired in a day.
var backoff = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Outcome is what became of one attempt: Sent, Refused, Later or Outbox, and the words of
// the server.
type Outcome struct {
	State State
	Reply string
}

// Sender is a way out of the house. Both methods may be called from several goroutines.
type Sender interface {
	// Send hands one mail over. An error means that no server could be spoken to: the
	// mail was not tried.
	Send(ctx context.Context, m Stored) (Outcome, error)
	// Rest gives back what is held open between two mails; Send may follow.
	Rest()
}

// Worker empties the queue. Several workers, in one process or on several nodes, may work
// on the same database.
type Worker struct {
	DB     *db.DB
	Sender Sender
	Log    *slog.Logger // identifiers only, never an address
	// OnResult, when set, is called once per mail, in the transaction that marks it sent,
	// refused or put in the outbox; m still carries what the mail said. When it fails, the
	// mail counts as interrupted.
	OnResult func(tx *db.Tx, m Stored) error
}

// Run works until ctx ends, and returns when the mails in flight are settled.
func (w *Worker) Run(ctx context.Context) {
	pause := poll
	var swept time.Time
	for ctx.Err() == nil {
		n, err := w.Drain(ctx)
		switch {
		case err == nil || n > 0:
			pause = poll
		default:
			pause = min(2*pause, maxPause)
		}
		if err != nil {
			w.Log.WarnContext(ctx, "mail: the queue waits", "error", err, "pause", pause)
		}
		if now := w.DB.Clock(); now.Sub(swept) > time.Hour {
			swept = now
			if err := w.DB.Write(ctx, sweep); err != nil {
				w.Log.WarnContext(ctx, "mail: attached files not swept", "error", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// Drain tries every mail that is due, once, and returns how many were settled (sent,
// refused, put off or in the outbox) and the first error that stopped one of its lanes.
func (w *Worker) Drain(ctx context.Context) (int, error) {
	waiting := false
	err := w.DB.Read(ctx, func(tx *db.Tx) (err error) { waiting, err = due(tx); return err })
	if err != nil || !waiting {
		return 0, err
	}
	defer w.Sender.Rest()
	var settled atomic.Int64
	failed := make(chan error, lanes)
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			for ctx.Err() == nil {
				more, err := w.one(ctx)
				if err != nil {
					failed <- err
					return
				}
				if !more {
					return
				}
				settled.Add(1)
			}
		})
	}
	wg.Wait()
	close(failed)
	return int(settled.Load()), <-failed
}

// one takes the next mail, sends it and settles it; more is false when none is due.
func (w *Worker) one(ctx context.Context) (more bool, err error) {
	var m Stored
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("mail %d: %v", m.ID, p)
		}
	}()
	// A mail taken is settled even when the program is asked to stop.
	ctx = context.WithoutCancel(ctx)
	err = w.DB.Write(ctx, func(tx *db.Tx) (err error) { m, more, err = claim(tx, lease); return err })
	if err != nil || !more {
		return false, err
	}
	out := Outcome{Refused, "interrupted twice while it was being sent: it is not known whether it arrived"}
	var unreachable error
	if !m.lost {
		out, unreachable = w.Sender.Send(ctx, m)
	}
	held := true
	err = w.DB.Write(ctx, func(tx *db.Tx) (err error) {
		held, err = w.finish(tx, m, out, unreachable)
		return err
	})
	switch {
	case err != nil:
		return false, fmt.Errorf("mail %d, %s: %w", m.ID, out.State, err)
	case unreachable != nil:
		return false, unreachable
	case !held:
		w.Log.WarnContext(ctx, "mail: taken by another worker while it was being sent", "mail", m.ID)
	default:
		w.Log.DebugContext(ctx, "mail: settled", "mail", m.ID, "kind", m.Kind, "state", out.State, "attempt", m.Attempts)
	}
	return true, nil
}

func (w *Worker) finish(tx *db.Tx, m Stored, out Outcome, unreachable error) (held bool, err error) {
	lease := m.DueAt
	m.State, m.Reply, m.DueAt = out.State, clean(out.Reply), time.Time{}
	if unreachable != nil { // not tried: back where it was
		m.Attempts--
		m.State, m.Reply, m.DueAt = Queued, clean(unreachable.Error()), tx.Now
		if m.Attempts > 0 {
			m.State = Later
		}
	}
	if m.State == Later && m.DueAt.IsZero() {
		if m.Attempts <= int64(len(backoff)) {
			m.DueAt = tx.Now.Add(backoff[m.Attempts-1])
		} else {
			m.State = Refused
		}
	}
	if m.State.final() {
		m.DoneAt = tx.Now
	}
	held, err = settle(tx, m, lease)
	if err == nil && held && m.State.final() && w.OnResult != nil {
		err = w.OnResult(tx, m)
	}
	return held, err
}

// clean makes a server's words fit to be stored and shown: one line of text, not too long.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "")), " ")
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500]) + "…"
	}
	return s
}

// NoServer is the sender of a house without an SMTP server: mails stay in the outbox.
type NoServer struct{}

func (NoServer) Send(context.Context, Stored) (Outcome, error) { return Outcome{State: Outbox}, nil }
func (NoServer) Rest()                                         {}

// ErrUnreachable is what a sender answers when it could not speak to its server.
var ErrUnreachable = errors.New("the mail server cannot be reached")
