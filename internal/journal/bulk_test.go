package journal

import (
	"fmt"
	"io/fs"
	"testing"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// Events written together stand in the chain as those written one by one do.
func TestAppendAll(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		fill(t, d, 3)
		entries := make([]Entry, 450)
		for i := range entries {
			entries[i] = Entry{About: About{Subject: fmt.Sprintf("member/%d", i)}, Payload: said{fmt.Sprint(i)}}
		}
		write(t, d, func(tx *db.Tx) error { return AppendAll(tx, entries) })
		fill(t, d, 2)
		if r := verify(t, d); len(r.Faults) != 0 || r.Events != 455 || r.Waiting != 0 {
			t.Errorf("%+v", r)
		}
		write(t, d, func(tx *db.Tx) error {
			events, err := Read(tx, Filter{After: 3, Limit: 450})
			for i, e := range events {
				if e.Subject != entries[i].Subject {
					return fmt.Errorf("place %d is about %s", e.Seq, e.Subject)
				}
			}
			return err
		})
	})
}
