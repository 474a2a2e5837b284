package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

const epoch2020 = 1577836800000

// nodeSalt is this process's share of an identifier's lower bits (20 random bits).
var nodeSalt = func() uint32 {
	var b [4]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:]) >> 12
}()

// Tx is a running transaction. Now is the moment it began, in UTC to the millisecond.
type Tx struct {
	Now     time.Time
	Dialect Dialect
	ctx     context.Context
	run     runner
	after   []func()
}

// runner executes statements already rewritten for the engine.
type runner interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
}

// Exec runs a statement and returns how many rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	res, err := tx.run.exec(tx.ctx, query, encode(args))
	if err != nil {
		return 0, normalise(err)
	}
	return res.RowsAffected()
}

// Row runs a query of one row and scans it into dest; [ErrNotFound] when there is none.
func (tx *Tx) Row(query string, args []any, dest ...any) error {
	rows, err := tx.run.query(tx.ctx, query, encode(args))
	if err != nil {
		return normalise(err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return normalise(err)
		}
		return ErrNotFound
	}
	if err := rows.Scan(decode(dest)...); err != nil {
		return err
	}
	return normalise(rows.Close())
}

// Each runs a query and calls fn for every row with the function that scans it.
func (tx *Tx) Each(query string, args []any, fn func(scan func(dest ...any) error) error) error {
	rows, err := tx.run.query(tx.ctx, query, encode(args))
	if err != nil {
		return normalise(err)
	}
	defer rows.Close()
	scan := func(dest ...any) error { return rows.Scan(decode(dest)...) }
	for rows.Next() {
		if err := fn(scan); err != nil {
			return err
		}
	}
	return normalise(rows.Err())
}

// NewID returns a fresh identifier for a row written in this transaction.
func (tx *Tx) NewID() int64 { return NewID(tx.Now) }

// Context is the context the transaction was begun with.
func (tx *Tx) Context() context.Context { return tx.ctx }

// AfterCommit registers fn to run once the transaction is on disk; it does not run
// when the transaction is rolled back.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// All runs a query and collects its rows with scan.
func All[T any](tx *Tx, query string, args []any, scan func(func(dest ...any) error) (T, error)) ([]T, error) {
	var out []T
	err := tx.Each(query, args, func(s func(dest ...any) error) error {
		v, err := scan(s)
		if err == nil {
			out = append(out, v)
		}
		return err
	})
	return out, err
}

// Times are stored as milliseconds since 1970 in BIGINT columns, the same in both
// engines; a zero time is NULL.
func encode(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			if v.IsZero() {
				args[i] = nil
			} else {
				args[i] = v.UnixMilli()
			}
		case *time.Time:
			if v == nil || v.IsZero() {
				args[i] = nil
			} else {
				args[i] = v.UnixMilli()
			}
		}
	}
	return args
}

func decode(dest []any) []any {
	for i, d := range dest {
		if t, ok := d.(*time.Time); ok {
			dest[i] = &timeScanner{t}
		}
	}
	return dest
}

type timeScanner struct{ t *time.Time }

func (s *timeScanner) Scan(src any) error {
	if src == nil {
		*s.t = time.Time{}
		return nil
	}
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*s.t = time.UnixMilli(n.Int64).UTC()
	return nil
}

var rewritten sync.Map // SQL with $N → SQL with ?N

// forSQLite turns $N into ?N outside quoted text.
func forSQLite(query string) string {
	if q, ok := rewritten.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	quoted := byte(0)
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '\'' || c == '"':
			quoted = c
		case c == '$' && i+1 < len(query) && query[i+1] >= '1' && query[i+1] <= '9':
			c = '?'
		}
		b.WriteByte(c)
	}
	q := b.String()
	rewritten.Store(query, q)
	return q
}
