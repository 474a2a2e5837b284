package people

import (
	"context"
	"io/fs"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/fault"
)

func each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, []fs.FS{journal.Migrations(), Migrations()}, test)
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestLinkIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		var token, late string
		write(t, d, func(tx *db.Tx) (err error) {
			if token, err = IssueLink(tx, "ines@example.org", "/a/ag"); err != nil {
				return err
			}
			late, err = IssueLink(tx, "ines@example.org", "/")
			return err
		})
		for range 3 { // looking, as mail scanners do, uses nothing up
			write(t, d, func(tx *db.Tx) error { _, err := FindLink(tx, ToSignIn, token); return err })
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				errs[i] = d.Write(context.Background(), func(tx *db.Tx) error {
					l, err := UseLink(tx, ToSignIn, token)
					if err == nil && (l.Email != "ines@example.org" || l.Next != "/a/ag") {
						t.Errorf("the link says %+v", l)
					}
					return err
				})
			})
		}
		wg.Wait()
		used := 0
		for _, err := range errs {
			if err == nil {
				used++
			} else if !fault.Is(err, "people.link.used") {
				t.Error(err)
			}
		}
		if used != 1 {
			t.Errorf("of 8 uses at once %d succeeded", used)
		}
		now = now.Add(LinkLife)
		for name, c := range map[string]struct {
			purpose Purpose
			token   string
			key     string
		}{"late": {ToSignIn, late, "people.link.expired"}, "invented": {ToSignIn, "x", "people.link.unknown"},
			"for something else": {ToBeFirst, late, "people.link.unknown"}} {
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := UseLink(tx, c.purpose, c.token); return err })
			if !fault.Is(err, c.key) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOneAccountPerMember(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var m Member
		write(t, d, func(tx *db.Tx) (err error) {
			m, err = SaveMember(tx, 0, Member{Number: "12", LastName: "Bernard"})
			return err
		})
		var wg sync.WaitGroup
		accounts := make([]int64, 8)
		for i := range accounts {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					a, err := MemberAccount(tx, m)
					accounts[i] = a.ID
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, id := range accounts {
			if id == 0 || id != accounts[0] {
				t.Errorf("sign-ins at once led to the accounts %v", accounts)
				break
			}
		}
	})
}

func TestLinkRequestsAreTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for range 10 {
				if err := RequestLink(tx, "ines@example.org", "/"); err != nil {
					return err
				}
			}
			return nil
		})
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for range 4 {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					list, err := TakeLinkRequests(tx, 100)
					mu.Lock()
					taken += len(list)
					mu.Unlock()
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if taken != 10 {
			t.Errorf("10 requests were taken %d times", taken)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		write(t, d, func(tx *db.Tx) error {
			if _, err := IssueLink(tx, "ines@example.org", "/"); err != nil {
				return err
			}
			if _, err := BeginCeremony(tx, "{}"); err != nil {
				return err
			}
			a, err := OpenAccount(tx, "Inès", "ines@example.org", "fr")
			if err != nil {
				return err
			}
			if _, err := OpenSession(tx, a.ID, ByLink, ""); err != nil {
				return err
			}
			return CountTry(tx, testLimit, "a")
		})
		left := func() (n int) {
			write(t, d, func(tx *db.Tx) error {
				if err := Sweep(tx); err != nil {
					return err
				}
				return tx.Row(`SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM sign_in_link)
					+ (SELECT count(*) FROM passkey_ceremony) + (SELECT count(*) FROM attempt)`, nil, &n)
			})
			return n
		}
		if n := left(); n != 4 {
			t.Errorf("%d of 4 are left at once", n)
		}
		now = now.Add(25 * time.Hour)
		if n := left(); n != 1 {
			t.Errorf("%d are left after a day, want the session", n)
		}
		now = now.Add(SessionLife)
		if n := left(); n != 0 {
			t.Errorf("%d are left at the end", n)
		}
	})
}
