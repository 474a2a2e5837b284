package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/mail"
)

// What is older than its term is forgotten, what is younger stays, and the journal holds.
func TestRetain(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { retain(t, "") })
	t.Run("postgres", func(t *testing.T) { retain(t, dbtest.Postgres(t)) })
}

func retain(t *testing.T, database string) {
	ctx := context.Background()
	day := 24 * time.Hour
	a, err := app.New(ctx, app.Config{Data: t.TempDir(), Database: database, URL: "http://localhost",
		Retention: app.Retention{Mails: 100 * day, SignIns: 200 * day}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d, now := a.Site.DB, time.Now()
	// One mail and one sign-in on each day; a mail still waiting is never forgotten.
	for _, age := range []time.Duration{250 * day, 150 * day, 50 * day} {
		d.SetClock(func() time.Time { return now.Add(-age) })
		err := d.Write(ctx, func(tx *db.Tx) error {
			for _, state := range []mail.State{mail.Sent, mail.Queued} {
				id, err := mail.Queue(tx, mail.Message{To: mail.Address{Address: "a@example.org"}, Subject: "s", Text: "t"})
				if err != nil {
					return err
				}
				if _, err := tx.Exec("UPDATE mail SET state = $2 WHERE id = $1", id, string(state)); err != nil {
					return err
				}
			}
			account, err := people.OpenAccount(tx, "A", "a@example.org", "fr")
			if err != nil {
				return err
			}
			_, err = people.OpenSession(tx, account.ID, people.ByLink, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d.SetClock(func() time.Time { return now })
	if err := a.Tick(ctx); err != nil { // chains what PostgreSQL has stored
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Retain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		mails, err := mail.Count(tx, mail.Filter{})
		if err != nil {
			return err
		}
		if mails[mail.Sent] != 1 || mails[mail.Queued] != 3 {
			t.Errorf("mails: %v", mails)
		}
		r, err := journal.Verify(tx)
		if err != nil {
			return err
		}
		if len(r.Faults) != 0 || r.Erased != 1 || r.Waiting != 0 {
			t.Errorf("journal: %+v", r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
