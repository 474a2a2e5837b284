package people

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

var testLimit = Limit{Free: 3, Forget: 10 * time.Minute, First: time.Minute, Max: 5 * time.Minute}

func TestLimit(t *testing.T) {
	last := time.Date(2026, 6, 11, 18, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		count int64
		after time.Duration
		level int64
		wait  time.Duration
	}{
		{0, 0, 0, 0},
		{2, 0, 2, 0},
		{3, 0, 3, time.Minute},
		{3, 40 * time.Second, 3, 20 * time.Second},
		{3, time.Minute, 3, 0},
		{4, 0, 4, 2 * time.Minute},
		{5, 0, 5, 4 * time.Minute},
		{6, 0, 6, 5 * time.Minute}, // the most
		{1000, 0, 1000, 5 * time.Minute},
		{1000, 4 * time.Minute, 1000, time.Minute},
		{4, 10 * time.Minute, 3, 0},
		{4, 20 * time.Minute, 2, 0},
		{4, 24 * time.Hour, 0, 0},
	} {
		level, wait := testLimit.level(c.count, last, last.Add(c.after))
		if level != c.level || wait != c.wait {
			t.Errorf("%d tries, %v later: level %d, wait %v, want %d, %v", c.count, c.after, level, wait, c.level, c.wait)
		}
	}
}

func TestAttempts(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 11, 18, 30, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		try := func(key string) error {
			return d.Write(context.Background(), func(tx *db.Tx) error {
				if err := MayTry(tx, testLimit, key); err != nil {
					return err
				}
				return CountTry(tx, testLimit, key)
			})
		}
		for range 3 {
			if err := try("a"); err != nil {
				t.Fatal(err)
			}
		}
		if err := try("a"); fault.CodeOf(err) != fault.TooMany || !fault.Is(err, "people.attempt.seconds") {
			t.Fatalf("the fourth try: %v", err)
		}
		pass := func(key string) error {
			return d.Write(context.Background(), func(tx *db.Tx) error { return MayPass(tx, testLimit, key) })
		}
		if err := pass("a"); !fault.Is(err, "people.attempt.seconds") {
			t.Errorf("what is no try passes: %v", err)
		}
		if err := pass("b"); err != nil {
			t.Errorf("nobody tried, and yet: %v", err)
		}
		if err := try("b"); err != nil {
			t.Errorf("another key is slowed down too: %v", err)
		}
		now = now.Add(time.Minute)
		if err := try("a"); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		if err := try("a"); !fault.Is(err, "people.attempt.minutes") {
			t.Errorf("the wait did not grow: %v", err)
		}
	})
}

func TestAttemptsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 11, 18, 30, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		var wg sync.WaitGroup
		var mu sync.Mutex
		allowed, others := 0, []error{}
		for range 20 {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					if err := MayTry(tx, testLimit, "a"); err != nil {
						return err
					}
					return CountTry(tx, testLimit, "a")
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					allowed++
				case fault.CodeOf(err) != fault.TooMany:
					others = append(others, err)
				}
			})
		}
		wg.Wait()
		if allowed != 3 || len(others) > 0 {
			t.Errorf("%d of 20 tries at once were allowed, want 3; errors: %s", allowed, fmt.Sprint(others))
		}
	})
}
