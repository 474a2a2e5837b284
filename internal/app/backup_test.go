package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// instance is a place to keep an instance, on one of the engines.
type instance struct{ data, database string }

func onSQLite(t *testing.T) instance { return instance{filepath.Join(t.TempDir(), "data"), ""} }

func onPostgres(t *testing.T) instance {
	return instance{filepath.Join(t.TempDir(), "data"), dbtest.Postgres(t)}
}

func (i instance) open(t *testing.T) *app.App {
	t.Helper()
	a, err := app.New(context.Background(), app.Config{Data: i.data, Database: i.database, URL: "http://localhost"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (i instance) backup(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := app.Backup(context.Background(), i.data, i.database, "test", &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (i instance) restore(file []byte) error {
	_, _, err := app.Restore(context.Background(), i.data, i.database, bytes.NewReader(file), int64(len(file)))
	return err
}

// A backup taken while people write holds one moment, and stands up again on either engine.
func TestBackupWhileWriting(t *testing.T) {
	engines := map[string]func(*testing.T) instance{"sqlite": onSQLite, "postgres": onPostgres}
	for from, source := range engines {
		for to, target := range engines {
			t.Run(from+" to "+to, func(t *testing.T) { backupWhileWriting(t, source(t), target(t)) })
		}
	}
}

func backupWhileWriting(t *testing.T, from, to instance) {
	ctx := context.Background()
	a := from.open(t)
	defer a.Close()
	ref, err := a.Blobs.Put(ctx, strings.NewReader("%PDF-1.7 a document"))
	if err != nil {
		t.Fatal(err)
	}
	add := func(n int) error {
		return a.Site.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := people.SaveMember(tx, 0, people.Member{Number: fmt.Sprintf("N%d", n), LastName: fmt.Sprintf("Été %d", n), Kind: people.Person, AdmittedOn: "2020-01-01"})
			return err
		})
	}
	for n := range 20 {
		if err := add(n); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 20; ; n++ {
			select {
			case <-stop:
				return
			default:
				if err := add(n); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	time.Sleep(20 * time.Millisecond)
	file := from.backup(t)
	close(stop)
	writing.Wait()

	m, report, err := app.Restore(ctx, to.data, to.database, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if m.Files() != 1 || m.Rows() == 0 {
		t.Errorf("%d files, %d rows", m.Files(), m.Rows())
	}
	b := to.open(t)
	defer b.Close()
	if err := b.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	var members int
	err = b.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { members, err = people.CountMembers(tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	// One event per member, written in the same transaction: both are of the same moment.
	if members < 20 || report.Events+report.Waiting != int64(members) || len(report.Faults) != 0 {
		t.Errorf("%d members, journal %+v", members, report)
	}
	if to.database == "" && report.Waiting != 0 {
		t.Errorf("%d events are not chained", report.Waiting)
	}
	r, err := b.Blobs.Get(ctx, ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if string(a.Site.Secret) != string(b.Site.Secret) {
		t.Error("the secret is another")
	}
	if info, err := os.Stat(filepath.Join(to.data, "secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v", info, err)
	}
	apptest.Serve(t, b).Visitor().Get("/").Want(t, 200)
	if err := to.restore(file); !errors.Is(err, app.ErrNotEmpty) {
		t.Errorf("restored over an instance: %v", err)
	}
}

// Whatever is wrong with a backup, nothing is begun, and a sound one can follow.
func TestRestoreRefuses(t *testing.T) {
	from := onSQLite(t)
	a := from.open(t)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	file := from.backup(t)
	to := onSQLite(t)
	for name, bad := range map[string][]byte{
		"empty":     nil,
		"not a zip": []byte("hello"),
		"cut":       file[:len(file)/2],
		"changed":   bytes.ReplaceAll(file, []byte("keys/secret"), []byte("keys/secreT")),
	} {
		if err := to.restore(bad); !errors.Is(err, app.ErrBackup) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := to.restore(file); err != nil {
		t.Fatal(err)
	}
}

// The data folder holds nothing that a backup would forget.
func TestBackupForgetsNothing(t *testing.T) {
	i := onSQLite(t)
	a := i.open(t)
	defer a.Close()
	entries, err := os.ReadDir(i.data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch name := e.Name(); name {
		case "isegoria.db", "isegoria.db-wal", "isegoria.db-shm", "files", "secret", "signing-key":
		default:
			t.Errorf("a backup does not hold %s", name)
		}
	}
}
