package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

type postgresEngine struct {
	db   *DB
	pool *sql.DB
}

func openPostgres(ctx context.Context, d *DB, dsn string) error {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return err
	}
	d.engine, d.admin = &postgresEngine{db: d, pool: pool}, pool
	return nil
}

type sqlTx struct{ tx *sql.Tx }

func (s sqlTx) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, query, args...)
}

func (s sqlTx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, query, args...)
}

func (e *postgresEngine) begin(ctx context.Context, readOnly bool) (*Tx, *sql.Tx, error) {
	opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if readOnly {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	t, err := e.pool.BeginTx(ctx, opts)
	if err != nil {
		return nil, nil, normalise(err)
	}
	return &Tx{Now: e.db.Clock(), Dialect: Postgres, ctx: ctx, run: sqlTx{t}}, t, nil
}

func (e *postgresEngine) read(ctx context.Context, fn func(*Tx) error) error {
	tx, t, err := e.begin(ctx, true)
	if err != nil {
		return err
	}
	defer t.Rollback() //nolint:errcheck // a read has nothing to undo
	return fn(tx)
}

type sqlPool struct{ pool *sql.DB }

func (s sqlPool) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return s.pool.ExecContext(ctx, query, args...)
}

func (s sqlPool) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return s.pool.QueryContext(ctx, query, args...)
}

// look leaves out the transaction around what is one statement.
func (e *postgresEngine) look(ctx context.Context, fn func(*Tx) error) error {
	return fn(&Tx{Now: e.db.Clock(), Dialect: Postgres, ctx: ctx, run: sqlPool{e.pool}})
}

// write runs fn, again when PostgreSQL chose it as the victim of a deadlock or of a
// serialisation conflict.
func (e *postgresEngine) write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// A client that hangs up must not leave its act half acknowledged.
	ctx = context.WithoutCancel(ctx)
	for attempt := 0; ; attempt++ {
		err := e.try(ctx, fn)
		if err == nil || attempt == 4 || !retryable(err) {
			return err
		}
		time.Sleep(time.Duration(5<<attempt) * time.Millisecond)
	}
}

func (e *postgresEngine) try(ctx context.Context, fn func(*Tx) error) error {
	tx, t, err := e.begin(ctx, false)
	if err != nil {
		return err
	}
	defer t.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := fn(tx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return normalise(err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (e *postgresEngine) busy() int { return e.pool.Stats().InUse }

func (e *postgresEngine) close() error { return e.pool.Close() }
