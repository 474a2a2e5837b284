// Package db opens the organisation's database and runs transactions on it.
//
// Two engines stand behind one face. On SQLite one writer takes the waiting
// transactions together (a savepoint each, one commit: group commit) and several
// readers never wait for it. On PostgreSQL transactions run side by side.
// Start with [Open], then [DB.Read] and [DB.Write]; SQL is written once, in the
// common subset, with $1, $2 … as parameters.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Dialect names the engine, for the rare statement that must differ.
type Dialect string

const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// engine is what differs between the two databases.
type engine interface {
	read(ctx context.Context, fn func(*Tx) error) error
	look(ctx context.Context, fn func(*Tx) error) error
	write(ctx context.Context, fn func(*Tx) error) error
	busy() int
	close() error
}

// DB is one organisation's database.
type DB struct {
	Dialect Dialect
	engine  engine
	admin   *sql.DB // schema migrations
	path    string  // the SQLite file; empty on PostgreSQL
	now     atomic.Pointer[func() time.Time]
}

// Open opens the database that dsn names: a path (or "sqlite:PATH") for SQLite,
// "postgres://…" for PostgreSQL.
func Open(ctx context.Context, dsn string) (*DB, error) {
	d := &DB{}
	d.SetClock(time.Now)
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		d.Dialect = Postgres
		err = openPostgres(ctx, d, dsn)
	} else if scheme, _, url := strings.Cut(dsn, "://"); url {
		err = fmt.Errorf("%s is no database that this program knows: give a path or postgres://…", scheme)
	} else {
		d.Dialect = SQLite
		d.path = strings.TrimPrefix(dsn, "sqlite:")
		err = openSQLite(ctx, d, d.path)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return d, nil
}

// Close waits for the running transactions and closes the database.
func (d *DB) Close() error { return d.engine.close() }

// Path is the SQLite file, or "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// SetClock replaces the clock that transactions carry as Now. Tests set it.
func (d *DB) SetClock(now func() time.Time) { d.now.Store(&now) }

// Clock returns the time as transactions see it.
func (d *DB) Clock() time.Time { return (*d.now.Load())().UTC().Truncate(time.Millisecond) }

// Read runs fn on a consistent snapshot. fn must not write.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.read(ctx, fn)
}

// Look is [DB.Read] for an fn that makes one query: it costs no more than that.
func (d *DB) Look(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.look(ctx, fn)
}

// Write runs fn in a transaction; when Write returns nil, what fn wrote is on disk.
// On SQLite fn runs on the one writer: it must do no slow work besides SQL.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.write(ctx, fn)
}

// lastID makes NewID strictly increasing within the process.
var lastID atomic.Int64

// NewID returns a positive identifier that grows with time: milliseconds since 2020
// in the upper 41 bits, a counter below. The random start per process keeps several
// nodes apart; a primary key catches the rest.
func NewID(now time.Time) int64 {
	base := now.UnixMilli() - epoch2020
	for {
		last := lastID.Load()
		next := base<<22 | int64(nodeSalt)
		if next <= last {
			next = last + 1
		}
		if lastID.CompareAndSwap(last, next) {
			return next
		}
	}
}
