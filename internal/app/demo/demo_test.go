package demo_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/app/demo"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// The demonstration goes through the program's own acts: when one of them no longer takes what
// the story gives, this fails.
func TestSeed(t *testing.T) {
	ctx := context.Background()
	a, err := app.New(ctx, app.Config{Data: t.TempDir(), URL: "http://127.0.0.1", Demo: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	begun := time.Now()
	if err := demo.Seed(ctx, a); err != nil {
		t.Fatal(err)
	}
	t.Logf("seeded in %s", time.Since(begun).Round(time.Millisecond))
	err = a.Site.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := journal.Verify(tx)
		if err != nil || len(r.Faults) > 0 {
			t.Errorf("journal: %+v %v", r, err)
		}
		n, err := people.CountMembers(tx)
		if err != nil || n != 1000 {
			t.Errorf("%d members, %v", n, err)
		}
		var results, papers, proxies, mails int
		err = tx.Row(`SELECT (SELECT count(*) FROM vote_result), (SELECT count(*) FROM vote_paper_voter),
			(SELECT count(*) FROM proxy WHERE state = 'accepted'), (SELECT count(*) FROM mail)`, nil, &results, &papers, &proxies, &mails)
		if err != nil || results != 13 || papers != 8 || proxies < 60 || mails < 1800 {
			t.Errorf("%d results, %d papers, %d proxies, %d mails, %v", results, papers, proxies, mails, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := httptest.NewRecorder()
	a.Handler.ServeHTTP(seen, httptest.NewRequestWithContext(ctx, "GET", "/a/ag-printemps/replay", nil))
	for _, want := range []string{"Rapport de gestion", "Pourquoi ne rien verser aux parts sociales", "Le siège social déménage"} {
		if seen.Code != 200 || !strings.Contains(seen.Body.String(), want) {
			t.Errorf("the session that was held is seen again: %d, without %q", seen.Code, want)
		}
	}
	if empty, err := demo.Empty(ctx, a); empty || err != nil {
		t.Errorf("empty %v %v", empty, err)
	}
}
