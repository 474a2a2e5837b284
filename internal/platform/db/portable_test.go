package db_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

var portableSchema = []fs.FS{fstest.MapFS{
	"001_all.sql": {Data: []byte(`-- +goose Up
CREATE TABLE node (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES node (id), name TEXT NOT NULL, good BOOLEAN NOT NULL, data BYTEA, chance DOUBLE PRECISION);
CREATE TABLE bare (word TEXT NOT NULL);`)},
	"002_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE more (id BIGINT PRIMARY KEY);")},
}}

// What one engine dumps, the other loads, value for value, whatever the order of the rows.
func TestPortable(t *testing.T) {
	ctx := context.Background()
	from := map[string]string{}
	dbtest.Each(t, portableSchema, func(t *testing.T, d *db.DB) {
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			return db.WithoutReferences(tx, func() error {
				for _, row := range [][]any{{9007199254740993, 2, "l’été\n\"<é>\"", true, []byte{0, 255}, 1.0 / 3}, {1, 9007199254740993, "", false, nil, 2.0}, {2, nil, "b", true, []byte{}, nil}} {
					if _, err := tx.Exec("INSERT INTO node (id, parent, name, good, data, chance) VALUES ($1, $2, $3, $4, $5, $6)", row...); err != nil {
						return err
					}
				}
				_, err := tx.Exec("INSERT INTO bare (word) VALUES ('z'), ('a')")
				return err
			})
		}))
		from[string(d.Dialect)] = dumpAll(t, d)
	})
	want := `[1,9007199254740993,"",false,null,2]` + "\n" + `[2,null,"b",true,"",null]` + "\n" + `[9007199254740993,2,"l’été\n\"<é>\"",true,"AP8=",0.3333333333333333]` + "\n"
	for name, text := range from {
		if text != "bare\n[\"a\"]\n[\"z\"]\nmore\nnode\n"+want {
			t.Errorf("%s: %s", name, text)
		}
	}
	dbtest.Each(t, portableSchema, func(t *testing.T, d *db.DB) {
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			tables, err := db.Tables(tx)
			if err != nil {
				return err
			}
			return db.WithoutReferences(tx, func() error {
				_, err := db.Load(tx, tables[0], strings.NewReader("[\"a\"]\n[\"z\"]\n"))
				if err != nil {
					return err
				}
				_, err = db.Load(tx, tables[2], strings.NewReader(want))
				return err
			})
		}))
		if again := dumpAll(t, d); again != from["sqlite"] {
			t.Errorf("loaded and dumped again: %s", again)
		}
		for _, bad := range []string{`[3,4,"refers to nothing",true,null,null]`, `[3,null,"short"]`, `[3,null,7,true,null,1]`, `[3.5,null,"",true,null,1]`, `[3,null,"",true,null,true]`, `{"id":3}`, `[3`} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				tables, err := db.Tables(tx)
				if err != nil {
					return err
				}
				return db.WithoutReferences(tx, func() error { _, err := db.Load(tx, tables[2], strings.NewReader(bad)); return err })
			})
			if err == nil {
				t.Errorf("%s was loaded", bad)
			}
		}
		// The references hold again.
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO node (id, parent, name, good) VALUES (5, 6, '', TRUE)")
			return err
		})
		if err == nil {
			t.Error("a reference to nothing was accepted")
		}
	})
}

func dumpAll(t *testing.T, d *db.DB) string {
	t.Helper()
	var out bytes.Buffer
	must(t, d.Read(context.Background(), func(tx *db.Tx) error {
		tables, err := db.Tables(tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			out.WriteString(table.Name + "\n")
			if _, err := db.Dump(tx, table, &out); err != nil {
				return err
			}
		}
		return nil
	}))
	return out.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMigrateLike(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { migrateLike(t, dbtest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { migrateLike(t, dbtest.Postgres(t)) })
}

func migrateLike(t *testing.T, dsn string) {
	ctx := context.Background()
	d := dbtest.Open(t, dsn)
	must(t, d.MigrateLike(ctx, []int64{1}, portableSchema...))
	must(t, d.Read(ctx, func(tx *db.Tx) error {
		tables, err := db.Tables(tx)
		if len(tables) != 2 {
			t.Errorf("the first migration makes two tables, not %v", tables)
		}
		return err
	}))
	if err := d.MigrateLike(ctx, []int64{1, 3}, portableSchema...); !errors.Is(err, db.ErrSchema) {
		t.Errorf("a migration that is not known: %v", err)
	}
}

// What was deleted is in the file no more.
func TestCompact(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t, dbtest.SQLite(t))
	must(t, d.Migrate(ctx, portableSchema...))
	must(t, d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO bare (word) VALUES ('somebody-by-name')")
		return err
	}))
	must(t, d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM bare"); return err }))
	must(t, d.Compact(ctx))
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(d.Path() + suffix)
		must(t, err)
		if bytes.Contains(text, []byte("somebody-by-name")) {
			t.Errorf("isegoria.db%s still holds what was deleted", suffix)
		}
	}
}
