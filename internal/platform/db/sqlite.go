package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"sync"

	_ "modernc.org/sqlite" // the driver
)

const (
	sqliteReaders = 6
	// groupSize bounds how many waiting transactions one commit takes together.
	groupSize = 256
)

// stmtConn is one SQLite connection with its prepared statements.
type stmtConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func (c *stmtConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, forSQLite(query))
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	// Statements built with varying length (bulk inserts, optional filters) must not
	// fill the memory of a process that runs for months.
	if len(c.stmts) > 1000 {
		for k, old := range c.stmts {
			old.Close()
			delete(c.stmts, k)
		}
	}
	c.stmts[query] = s
	return s, nil
}

func (c *stmtConn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (c *stmtConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (c *stmtConn) do(query string) error {
	_, err := c.exec(context.Background(), query, nil)
	return err
}

// request is a transaction waiting for the writer.
type request struct {
	ctx  context.Context
	fn   func(*Tx) error
	tx   *Tx
	err  error
	trap any // a panic of fn, raised again in its caller
	done chan struct{}
}

type sqliteEngine struct {
	db      *DB
	pool    *sql.DB
	writer  *stmtConn
	readers chan *stmtConn
	queue   chan *request
	stop    sync.Once
	stopped chan struct{}
	idle    chan struct{}
}

func openSQLite(ctx context.Context, d *DB, path string) error {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_txlock=immediate" +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)" +
		"&_pragma=foreign_keys(1)&_pragma=temp_store(memory)&_pragma=cache_size(-8000)" +
		"&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)"
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	e := &sqliteEngine{
		db: d, pool: pool,
		readers: make(chan *stmtConn, sqliteReaders),
		queue:   make(chan *request, 4096),
		stopped: make(chan struct{}),
		idle:    make(chan struct{}),
	}
	if e.writer, err = e.connect(ctx); err != nil {
		pool.Close()
		return err
	}
	for range sqliteReaders {
		r, err := e.connect(ctx)
		if err != nil {
			pool.Close()
			return err
		}
		e.readers <- r
	}
	d.engine, d.admin = e, pool
	go e.loop()
	return nil
}

func (e *sqliteEngine) connect(ctx context.Context) (*stmtConn, error) {
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &stmtConn{conn: c, stmts: map[string]*sql.Stmt{}}, nil
}

// look leaves out the transaction around what is one statement.
func (e *sqliteEngine) look(ctx context.Context, fn func(*Tx) error) error {
	return e.withReader(ctx, func(c *stmtConn, tx *Tx) error { return fn(tx) })
}

func (e *sqliteEngine) read(ctx context.Context, fn func(*Tx) error) error {
	return e.withReader(ctx, func(c *stmtConn, tx *Tx) error {
		if err := c.do("BEGIN"); err != nil {
			return normalise(err)
		}
		defer c.do("ROLLBACK") //nolint:errcheck // a read has nothing to undo
		return fn(tx)
	})
}

func (e *sqliteEngine) withReader(ctx context.Context, fn func(*stmtConn, *Tx) error) error {
	var c *stmtConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	// Without a cancellable context the driver needs no watcher per statement.
	return fn(c, &Tx{Now: e.db.Clock(), Dialect: SQLite, ctx: context.WithoutCancel(ctx), run: c})
}

var errClosed = errors.New("the database is closed")

func (e *sqliteEngine) write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	select {
	case e.queue <- r:
	case <-e.stopped:
		return errClosed
	}
	select {
	case <-r.done:
	case <-e.idle: // the loop has ended: it answered all it took
		select {
		case <-r.done:
		default:
			return errClosed
		}
	}
	if r.trap != nil {
		panic(r.trap)
	}
	if r.err != nil {
		return r.err
	}
	for _, f := range r.tx.after {
		f()
	}
	return nil
}

// loop is the one writer: it takes what waits, runs each in its savepoint and commits once.
func (e *sqliteEngine) loop() {
	defer close(e.idle)
	group := make([]*request, 0, groupSize)
	for {
		group = group[:0]
		select {
		case r := <-e.queue:
			group = append(group, r)
		case <-e.stopped:
			return
		}
	drain:
		for len(group) < groupSize {
			select {
			case r := <-e.queue:
				group = append(group, r)
			default:
				break drain
			}
		}
		e.commit(group)
		for _, r := range group {
			close(r.done)
		}
	}
}

func (e *sqliteEngine) commit(group []*request) {
	fail := func(err error) {
		for _, r := range group {
			if r.err == nil {
				r.err = normalise(err)
			}
		}
	}
	if err := e.writer.do("BEGIN IMMEDIATE"); err != nil {
		fail(err)
		return
	}
	wrote := false
	for _, r := range group {
		s := &savepoint{conn: e.writer}
		r.tx = &Tx{Now: e.db.Clock(), Dialect: SQLite, ctx: r.ctx, run: s}
		if err := runInSavepoint(r, s); err != nil {
			e.writer.do("ROLLBACK") //nolint:errcheck // the savepoint's error is the one to tell
			fail(err)
			return
		}
		wrote = wrote || s.open
	}
	if !wrote {
		if err := e.writer.do("ROLLBACK"); err != nil {
			fail(err)
		}
		return
	}
	if err := e.writer.do("COMMIT"); err != nil {
		e.writer.do("ROLLBACK") //nolint:errcheck // already failed
		fail(err)
	}
}

// savepoint opens itself before the first write, so that a transaction refused by
// policy costs the writer nothing but its reads.
type savepoint struct {
	conn *stmtConn
	open bool
}

func (s *savepoint) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s.conn.exec(ctx, query, args)
}

// query may write too (INSERT … RETURNING), so it opens the savepoint unless it only selects.
func (s *savepoint) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if !isSelect(query) {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	return s.conn.query(ctx, query, args)
}

func (s *savepoint) begin() error {
	if s.open {
		return nil
	}
	s.open = true
	return s.conn.do("SAVEPOINT t")
}

// runInSavepoint runs one transaction. The error it returns is the connection's own
// (the whole group is lost); the transaction's error is kept in r.
func runInSavepoint(r *request, s *savepoint) (lost error) {
	defer func() {
		if p := recover(); p != nil {
			r.trap = fmt.Sprintf("%v\n%s", p, debug.Stack())
			if s.open {
				lost = errors.Join(s.conn.do("ROLLBACK TO t"), s.conn.do("RELEASE t"))
			}
		}
	}()
	r.err = r.fn(r.tx)
	switch {
	case !s.open:
		return nil
	case r.err != nil:
		return errors.Join(s.conn.do("ROLLBACK TO t"), s.conn.do("RELEASE t"))
	default:
		return s.conn.do("RELEASE t")
	}
}

func isSelect(query string) bool {
	for i := 0; i < len(query); i++ {
		switch query[i] {
		case ' ', '\n', '\t':
			continue
		case 's', 'S':
			return true
		default:
			return false
		}
	}
	return false
}

func (e *sqliteEngine) busy() int { return len(e.queue) }

func (e *sqliteEngine) close() error {
	e.stop.Do(func() { close(e.stopped) })
	<-e.idle
	for range sqliteReaders {
		c := <-e.readers
		c.conn.Close()
	}
	e.writer.conn.Close()
	return e.pool.Close()
}
