package journal

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

type said struct{ What string }

func (said) EventKind() string { return "test.said" }

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, d *db.DB) Report {
	t.Helper()
	var r Report
	err := d.Read(context.Background(), func(tx *db.Tx) (err error) { r, err = Verify(tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fill appends n events from several hands at once, and chains them.
func fill(t *testing.T, d *db.DB, n int) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := Append(tx, About{Space: 7, Subject: fmt.Sprintf("member/%d", i), Actor: 3}, said{fmt.Sprintf("word %d", i)})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	write(t, d, func(tx *db.Tx) error { _, err := Chain(tx); return err })
}

func TestTamperingIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ sql, why string }{
		"payload": {`UPDATE journal SET payload = '{"What":"other"}' WHERE seq = 5`, "place 5 "},
		"subject": {"UPDATE journal SET subject = 'member/99' WHERE seq = 6", "place 6 "},
		"date":    {"UPDATE journal SET at = at + 1 WHERE seq = 7", "place 7 "},
		"removed": {"DELETE FROM journal WHERE seq = 8", "missing between places 7 and 9"},
		"salt":    {"UPDATE journal SET salt = 'x' WHERE seq = 9", "place 9 "},
		"swapped": {"UPDATE journal SET seq = CASE seq WHEN 3 THEN -4 ELSE seq END WHERE seq = 3", "place -4"},
	} {
		dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
			fill(t, d, 20)
			if r := verify(t, d); len(r.Faults) != 0 || r.Events != 20 || r.Waiting != 0 {
				t.Fatalf("%s: an honest journal: %+v", name, r)
			}
			write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(c.sql); return err })
			r := verify(t, d)
			if len(r.Faults) == 0 || !strings.Contains(r.Faults[0].String(), c.why) {
				t.Errorf("%s: got %v, want %q first", name, r.Faults, c.why)
			}
		})
	}
}

func TestErasedEventsKeepTheChain(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		fill(t, d, 10)
		write(t, d, func(tx *db.Tx) error {
			events, err := Read(tx, Filter{Subject: "member/4"})
			if err != nil || len(events) != 1 {
				return fmt.Errorf("%d events, %v", len(events), err)
			}
			return Erase(tx, events[0].ID)
		})
		if r := verify(t, d); len(r.Faults) != 0 || r.Erased != 1 {
			t.Errorf("after erasure: %+v", r)
		}
	})
}

func TestReadersMissNothing(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		seen := map[string]int{}
		next := func(limit int) int {
			var events []Event
			write(t, d, func(tx *db.Tx) (err error) { events, err = Next(tx, "reader", limit, "test.said"); return err })
			for _, e := range events {
				seen[e.Subject]++
			}
			return len(events)
		}
		fill(t, d, 10)
		if n := next(4) + next(4) + next(4) + next(4); n != 10 {
			t.Errorf("read %d of 10", n)
		}
		fill(t, d, 3)
		next(100)
		if len(seen) != 10 || seen["member/0"] != 2 || seen["member/9"] != 1 {
			t.Errorf("seen %v", seen)
		}
	})
}
