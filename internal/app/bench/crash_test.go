package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// program builds the program once for the tests that run it as a process.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "isegoria-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "isegoria")
	out, err := exec.Command("go", "build", "-o", path, "isegoria.org/isegoria/cmd/isegoria").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// After a kill in the middle of a vote and a restart, no acknowledged ballot is missing, none is
// doubled, and the journal holds.
func TestKilledInTheMiddleOfAVote(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, "") })
	t.Run("postgres", func(t *testing.T) { killed(t, dbtest.Postgres(t)) })
}

func killed(t *testing.T, database string) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	o := Options{Program: path, Data: t.TempDir(), Database: database, Electors: 400, Clients: 20, Motions: 2}
	in, err := prepare(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	cookies, _, err := in.signIn(s.addr, o.Clients)
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := voteUntilKilled(s, in, cookies)
	if n := len(acknowledged); n < 50 || n >= len(in.motions)*len(cookies) {
		t.Fatalf("the kill did not fall in the middle: %d ballots acknowledged", n)
	}
	again, err := start(ctx, o)
	if err != nil {
		t.Fatalf("restart: %v", err)
	}
	time.Sleep(2500 * time.Millisecond) // until what was stored is chained
	again.stop()
	check(t, ctx, o, acknowledged)
}

// voteUntilKilled casts ballots from many hands and kills the server after some of them; it
// returns the receipts that were acknowledged, by receipt.
func voteUntilKilled(s *server, in *instance, cookies []string) map[string]bool {
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var count atomic.Int64
	var list []work
	for _, m := range in.motions {
		for _, cookie := range cookies {
			list = append(list, work{method: "POST", path: fmt.Sprintf("/a/ag/vote/%d", m.ID), cookie: cookie, form: "choice=for", done: func(status int, body []byte, _ string) {
				if status != 200 {
					return
				}
				mu.Lock()
				acknowledged[receiptOf(body)] = true
				mu.Unlock()
				if count.Add(1) == 200 {
					s.kill()
				}
			}})
		}
	}
	_, _, _ = load(s.addr, 20, list) // the connections end with the server: that is the point
	return acknowledged
}

func check(t *testing.T, ctx context.Context, o Options, acknowledged map[string]bool) {
	t.Helper()
	d, err := db.Open(ctx, o.dsn())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Read(ctx, func(tx *db.Tx) error {
		found := map[string]int{}
		err := tx.Each("SELECT receipt FROM vote_ballot", nil, func(scan func(...any) error) error {
			var receipt string
			err := scan(&receipt)
			found[receipt]++
			return err
		})
		if err != nil {
			return err
		}
		for receipt := range acknowledged {
			if found[receipt] != 1 {
				t.Errorf("ballot %s was acknowledged and stands %d times", receipt, found[receipt])
			}
		}
		var ballots, events int
		if err := tx.Row("SELECT (SELECT count(*) FROM vote_ballot), (SELECT count(*) FROM journal WHERE kind = 'vote.ballot_cast')", nil, &ballots, &events); err != nil {
			return err
		}
		if ballots != events {
			t.Errorf("%d ballots, %d events of ballots", ballots, events)
		}
		r, err := journal.Verify(tx)
		if err == nil && (len(r.Faults) > 0 || r.Waiting > 0) {
			t.Errorf("journal: %+v", r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
