package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// Nothing is destroyed but by the organisation's name; nothing is written over.
func TestExportAndEndOfLife(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	a, err := app.New(context.Background(), app.Config{Data: in("data"), URL: "http://localhost"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = a.Site.DB.Write(context.Background(), func(tx *db.Tx) error {
		if err := people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		_, err := people.SaveMember(tx, 0, people.Member{Number: "1", LastName: "Zénobie", Kind: people.Person, AdmittedOn: "2020-01-01"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		code int
		args []string
	}{
		{"no instance", 2, []string{"export", "--data", in("nothing"), "--out", in("out")}},
		{"a folder", 0, []string{"export", "--data", in("data"), "--out", in("out")}},
		{"over a folder", 2, []string{"export", "--data", in("data"), "--out", in("out")}},
		{"a ZIP", 0, []string{"export", "--data", in("data"), "--out", in("out.zip")}},
		{"over a ZIP", 2, []string{"export", "--data", in("data"), "--out", in("out.zip")}},
		{"no instance to end", 2, []string{"end-of-life", "--data", in("nothing")}},
		{"only told", 0, []string{"end-of-life", "--data", in("data")}},
		{"another name", 2, []string{"end-of-life", "--data", in("data"), "--yes-destroy", "Les Trois Rives"}},
		{"no legal file", 2, []string{"end-of-life", "--data", in("data"), "--keep", in("out.zip")}},
	} {
		if code := run(c.args); code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.code)
		}
	}
	if n := members(t, in("data")); n != 1 {
		t.Errorf("%d members before the end", n)
	}
	if code := run([]string{"end-of-life", "--data", in("data"), "--yes-destroy", "Les Deux Rives"}); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if n := members(t, in("data")); n != 0 {
		t.Errorf("%d members after the end", n)
	}
	for name, mode := range map[string]os.FileMode{"out": 0o700, "out/members.csv": 0o600, "out.zip": 0o600} {
		if info, err := os.Stat(in(name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func members(t *testing.T, data string) (n int) {
	t.Helper()
	d, err := openData(context.Background(), settings{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Read(context.Background(), func(tx *db.Tx) (err error) { n, err = people.CountMembers(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}
