package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

var schema = []fs.FS{fstest.MapFS{
	"202611010000_a.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, at BIGINT, ok BOOLEAN NOT NULL DEFAULT FALSE CHECK (length(name) < 10));
CREATE TABLE part (thing_id BIGINT NOT NULL REFERENCES thing(id));`)},
	"202611010001_b.sqlite.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE engine (name TEXT); INSERT INTO engine VALUES ('sqlite');")},
	"202611010001_b.postgres.sql": {Data: []byte("-- +goose Up\nCREATE TABLE engine (name TEXT); INSERT INTO engine VALUES ('postgres');")},
}}

func TestTransactions(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		var engine string
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.Row("SELECT name FROM engine", nil, &engine) }); err != nil {
			t.Fatal(err)
		}
		if engine != string(d.Dialect) {
			t.Errorf("migrations of %s ran on %s", engine, d.Dialect)
		}
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		insert := func(id int64, name string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO thing (id, name, at, ok) VALUES ($1, $2, $3, $4)", id, name, tx.Now, true)
				return err
			})
		}
		if err := insert(1, "one"); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]error{"one": db.ErrConflict, strings.Repeat("x", 10): db.ErrCheck} {
			if err := insert(2, name); !errors.Is(err, want) {
				t.Errorf("insert %q: got %v, want %v", name, err, want)
			}
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO part VALUES ($1)", 99)
			return err
		})
		if !errors.Is(err, db.ErrForeignKey) {
			t.Errorf("dangling reference: got %v", err)
		}
		var at time.Time
		var ok bool
		err = d.Read(ctx, func(tx *db.Tx) error {
			return tx.Row("SELECT at, ok FROM thing WHERE name = $1", []any{"one"}, &at, &ok)
		})
		if err != nil || !at.Equal(now) || !ok {
			t.Errorf("read back %v %v %v", at, ok, err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error { return tx.Row("SELECT at FROM thing WHERE id = 7", nil, &at) })
		if !errors.Is(err, db.ErrNotFound) {
			t.Errorf("missing row: got %v", err)
		}
	})
}

// A transaction that fails or panics takes nothing else down, and nothing of it stays.
func TestWritersTogether(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		committed := 0
		for i := range 200 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { recover() }()
				err := d.Write(ctx, func(tx *db.Tx) error {
					tx.AfterCommit(func() { mu.Lock(); committed++; mu.Unlock() })
					if _, err := tx.Exec("INSERT INTO thing (id, name) VALUES ($1, $2)", i, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i % 4 {
					case 1:
						return errors.New("refused")
					case 2:
						panic("mistake")
					}
					return nil
				})
				if (err == nil) != (i%4 == 0 || i%4 == 3) {
					t.Errorf("transaction %d: %v", i, err)
				}
			}()
		}
		wg.Wait()
		var stored, odd int
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Row("SELECT count(*), sum(CASE WHEN id % 4 IN (1, 2) THEN 1 ELSE 0 END) FROM thing", nil, &stored, &odd)
		})
		if err != nil || stored != committed || odd != 0 || stored != 100 {
			t.Errorf("stored %d, acknowledged %d, of refused ones %d, %v", stored, committed, odd, err)
		}
	})
}

func TestNewIDGrows(t *testing.T) {
	now := time.Now()
	last := int64(0)
	for range 10000 {
		id := db.NewID(now)
		if id <= last {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
	}
}

func BenchmarkGroupCommit(b *testing.B) {
	d, err := db.Open(context.Background(), b.TempDir()+"/x.db")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(context.Background(), schema...); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(100)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				id := tx.NewID()
				_, err := tx.Exec("INSERT INTO thing (id, name) VALUES ($1, $2)", id, fmt.Sprintf("%x", id%0xfffffffff))
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
