package app

import (
	"context"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
)

// Retention says how long is kept what no law asks to keep; zero is for ever. What is over by
// itself (sessions, links, imports) is removed by those who made it.
type Retention struct {
	Mails   time.Duration // to whom a mail went, when, with what answer: its text is gone once sent
	SignIns time.Duration // when somebody signed in and out; and paper codes after their end
}

// retainDaily forgets, at the start and once a day, what has been kept long enough. It runs
// beside what happens every second: nothing waits for it.
func (a *App) retainDaily(ctx context.Context) {
	every := time.NewTicker(24 * time.Hour)
	defer every.Stop()
	for {
		if err := a.Retain(ctx); err != nil && ctx.Err() == nil {
			a.Site.Log.ErrorContext(ctx, "forgetting what has been kept long enough failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Retain forgets what has been kept long enough, and the files that nothing refers to any more.
func (a *App) Retain(ctx context.Context) error {
	d, keep, now := a.Site.DB, a.config.Retention, a.Site.DB.Clock()
	if keep.Mails > 0 {
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := mail.Delete(tx, mail.Filter{States: []mail.State{mail.Sent, mail.Refused, mail.Outbox}, Until: now.Add(-keep.Mails)})
			return err
		})
		if err != nil {
			return err
		}
	}
	if keep.SignIns > 0 {
		if err := d.Write(ctx, func(tx *db.Tx) error { return people.ForgetCodes(tx, now.Add(-keep.SignIns)) }); err != nil {
			return err
		}
		if _, err := journal.EraseOld(ctx, d, now.Add(-keep.SignIns), people.SignInEvents...); err != nil {
			return err
		}
	}
	return a.sweep(ctx)
}
