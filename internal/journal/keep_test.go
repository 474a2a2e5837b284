package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// The exported chain holds what its digests and its hashes are made of, erased or not.
func TestExport(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		fill(t, d, 5)
		write(t, d, func(tx *db.Tx) error {
			_, err := Append(tx, About{Subject: "member/9"}, said{"<l’été> & \u2028"})
			return err
		})
		write(t, d, func(tx *db.Tx) error { _, err := Chain(tx); return err })
		write(t, d, func(tx *db.Tx) error {
			events, err := Read(tx, Filter{})
			if err != nil {
				return err
			}
			return Erase(tx, events[2].ID)
		})
		var out bytes.Buffer
		err := d.Read(context.Background(), func(tx *db.Tx) error { return Export(tx, &out) })
		if err != nil {
			t.Fatal(err)
		}
		lines := json.NewDecoder(&out)
		prev, erased, n := "", 0, 0
		for lines.More() {
			var l line
			if err := lines.Decode(&l); err != nil {
				t.Fatal(err)
			}
			e := Event{ID: l.ID, Seq: l.Seq, At: time.UnixMilli(l.At), Kind: l.Kind, Space: l.Space, Subject: l.Subject, Actor: l.Actor, Digest: l.Digest}
			if l.Payload == nil {
				erased++
			} else if e.Payload, e.salt = json.RawMessage(*l.Payload), *l.Salt; digest(e) != l.Digest {
				t.Errorf("place %d: the digest cannot be recomputed", l.Seq)
			}
			if prev = chainHash(prev, e); prev != l.Hash {
				t.Errorf("place %d: the hash cannot be recomputed", l.Seq)
			}
			n++
		}
		if n != 6 || erased != 1 {
			t.Errorf("%d events, %d erased", n, erased)
		}
	})
}

// What is erased is gone from the table, by its age and kind or whole, and the chain holds.
func TestEraseOldAndWhole(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		now := time.Now()
		d.SetClock(func() time.Time { return now.AddDate(-2, 0, 0) })
		fill(t, d, 3)
		d.SetClock(func() time.Time { return now })
		fill(t, d, 3)
		for kind, want := range map[string]int{"test.other": 0, "test.said": 3} {
			if n, err := EraseOld(context.Background(), d, now.AddDate(-1, 0, 0), kind, "test.none"); err != nil || n != want {
				t.Errorf("%s: %d erased, want %d (%v)", kind, n, want, err)
			}
		}
		if r := verify(t, d); len(r.Faults) != 0 || r.Erased != 3 || r.Events != 6 {
			t.Errorf("%+v", r)
		}
		write(t, d, EraseWhole)
		if r := verify(t, d); len(r.Faults) != 0 || r.Erased != 6 {
			t.Errorf("%+v", r)
		}
		var left bytes.Buffer
		err := d.Read(context.Background(), func(tx *db.Tx) error { return Export(tx, &left) })
		if err != nil || strings.Contains(left.String(), "member/") || strings.Contains(left.String(), "word") {
			t.Errorf("%v: %s", err, left.String())
		}
	})
}

// Events stored on PostgreSQL and not chained yet are chained where they are moved to.
func TestChainMoved(t *testing.T) {
	dbtest.Each(t, []fs.FS{Migrations()}, func(t *testing.T, d *db.DB) {
		fill(t, d, 2)
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE journal SET seq = NULL, hash = NULL WHERE seq = 2")
			return err
		})
		write(t, d, ChainMoved)
		want := int64(0)
		if d.Dialect == db.Postgres { // Chain does it there
			want = 1
		}
		if r := verify(t, d); len(r.Faults) != 0 || r.Waiting != want {
			t.Errorf("%+v", r)
		}
	})
}
