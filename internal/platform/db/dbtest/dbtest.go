// Package dbtest gives tests a real, empty database of each engine.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// EnvPostgres names the variable that holds the address of a PostgreSQL server whose
// user may create databases. `make test` starts one and sets it.
const EnvPostgres = "ISEGORIA_TEST_POSTGRES"

// Each runs the test on a fresh SQLite and on a fresh PostgreSQL database, both
// migrated with the given folders.
func Each(t *testing.T, folders []fs.FS, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, migrated(t, SQLite(t), folders)) })
	t.Run("postgres", func(t *testing.T) { test(t, migrated(t, Postgres(t), folders)) })
}

// SQLite gives the address of an empty SQLite database that lives as long as the test.
func SQLite(t *testing.T) string { return filepath.Join(t.TempDir(), "isegoria.db") }

var counter atomic.Int64

// Postgres gives the address of an empty PostgreSQL database that lives as long as the
// test; the test is skipped where no server was announced.
func Postgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		t.Skipf("%s is not set: run the tests with `make test`, which starts PostgreSQL", EnvPostgres)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t_%d_%d_%d", os.Getpid(), time.Now().UnixMilli(), counter.Add(1))
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func migrated(t *testing.T, dsn string, folders []fs.FS) *db.DB {
	t.Helper()
	d := Open(t, dsn)
	if err := d.Migrate(context.Background(), folders...); err != nil {
		t.Fatal(err)
	}
	return d
}

// Open opens dsn for the length of the test.
func Open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	if !strings.HasPrefix(dsn, "postgres") {
		if err := os.MkdirAll(filepath.Dir(dsn), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
