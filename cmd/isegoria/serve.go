package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/assets"
	"isegoria.org/isegoria/internal/platform/db"
)

// serveCmd serves one organisation.
type serveCmd struct {
	settings
}

// Run serves until it is interrupted. An instance without an administrator prints a link
// that makes the first.
func (c *serveCmd) Run(ctx context.Context) error {
	a, l, err := c.open(ctx, c.app())
	if err != nil {
		return err
	}
	defer a.Close()
	if err := announceFirst(ctx, a); err != nil {
		return err
	}
	go settle()
	fmt.Println("ready:", a.Site.URL)
	return a.Serve(ctx, l)
}

// open opens the instance and the address it is served at.
func (s settings) open(ctx context.Context, config app.Config) (*app.App, net.Listener, error) {
	log := newLog(s.LogLevel)
	slog.SetDefault(log)
	debug.SetGCPercent(200) // a little more memory for fewer collections while many vote at once
	if !assets.Built() {
		return nil, nil, fmt.Errorf("the browser's files are not in this program: build it with 'make build'")
	}
	release, err := holdFolder(config.Data)
	if err != nil {
		return nil, nil, badInput{err}
	}
	l, err := net.Listen("tcp", config.Listen)
	if err != nil {
		release()
		return nil, nil, badInput{fmt.Errorf("cannot serve at %s: %w", config.Listen, err)}
	}
	a, err := app.New(ctx, config, log)
	if err != nil {
		l.Close()
		release()
		return nil, nil, badInput{err} // what it was given cannot be opened
	}
	return a, l, nil
}

// holdFolder refuses a data folder that another process serves: each would tell only its own visitors what
// happens. It is held until this process ends, or until release.
func holdFolder(folder string) (release func(), err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	fd, err := unix.Open(filepath.Join(folder, "served"), unix.O_CREAT|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	release = func() { _ = unix.Close(fd) }
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		release()
		return nil, fmt.Errorf("%s is served by another process already", folder)
	}
	return release, nil
}

func newLog(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}

// announceFirst prints a one-time link when nobody administers the instance yet.
func announceFirst(ctx context.Context, a *app.App) error {
	var token string
	err := a.Site.DB.Write(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.Row("SELECT count(*) FROM role WHERE space_id = 0 AND role = 'administrator'", nil, &n)
		if err == nil && n == 0 {
			token, err = people.IssueFirstAdministratorLink(tx)
		}
		return err
	})
	if err == nil && token != "" {
		fmt.Printf("first administrator (one use, 7 days): %s/first/%s\n", a.Site.URL, token)
	}
	return err
}

// journalCmd works with the journal.
type journalCmd struct {
	Verify journalVerifyCmd `cmd:"" help:"Recompute the whole chain; name what does not hold."`
}

// journalVerifyCmd recomputes the chain.
type journalVerifyCmd struct {
	settings
	Head string `placeholder:"HASH" help:"A hash noted earlier, which the chain must contain."`
}

// Run prints what was found; it fails when the journal does not hold.
func (c *journalVerifyCmd) Run(ctx context.Context) error {
	d, err := openData(ctx, c.settings)
	if err != nil {
		return err
	}
	defer d.Close()
	var r journal.Report
	found := c.Head == ""
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = journal.Verify(tx); err != nil || found {
			return err
		}
		var n int
		err = tx.Row("SELECT count(*) FROM journal WHERE hash = $1", []any{c.Head}, &n)
		found = n > 0
		return err
	})
	if err != nil {
		return err
	}
	if !found {
		return errors.Join(printJournal(r), errors.New("the hash noted earlier is not in the chain: its end was cut off or rewritten"))
	}
	return printJournal(r)
}

// printJournal says what a verification of the journal found; it fails when it does not hold.
func printJournal(r journal.Report) error {
	for _, f := range r.Faults {
		fmt.Println(f)
	}
	if len(r.Faults) > 0 {
		return fmt.Errorf("the journal does not hold; faults: %d", len(r.Faults))
	}
	fmt.Printf("the journal holds: %d events (%d erased, %d not yet chained), place %d, hash %s\n", r.Events, r.Erased, r.Waiting, r.Seq, r.Head)
	return nil
}

// openData opens the database of an instance without serving it.
func openData(ctx context.Context, s settings) (*db.DB, error) {
	path, err := app.DatabasePath(s.Data, s.Database)
	if err != nil {
		return nil, badInput{err}
	}
	return db.Open(ctx, path)
}

// versionCmd prints the version.
type versionCmd struct{}

// version is set by the build.
var version = ""

func (versionCmd) Run() error {
	fmt.Println("isegoria", programVersion())
	return nil
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}
