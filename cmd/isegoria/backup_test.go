package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"isegoria.org/isegoria/internal/app"
)

// An encrypted backup opens with its key only.
func TestBackupEncrypted(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	a, err := app.New(context.Background(), app.Config{Data: in("data"), URL: "http://localhost"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	recipient := ""
	for _, name := range []string{"key", "other"} {
		k, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		if recipient == "" {
			recipient = k.Recipient().String()
		}
		writeFile(t, in(name), k.String()+"\n")
	}
	for _, c := range []struct {
		name string
		code int
		args []string
	}{
		{"no instance", 2, []string{"backup", "--data", in("nothing"), "--out", in("b")}},
		{"no such key", 2, []string{"backup", "--data", in("data"), "--out", in("b"), "--recipient", "age1nobody"}},
		{"encrypted", 0, []string{"backup", "--data", in("data"), "--out", in("b"), "--recipient", recipient}},
		{"never over a file", 2, []string{"backup", "--data", in("data"), "--out", in("b")}},
		{"without the key", 2, []string{"restore", "--data", in("again"), "--in", in("b")}},
		{"with another key", 2, []string{"restore", "--data", in("again"), "--in", in("b"), "--identity", in("other")}},
		{"with the key", 0, []string{"restore", "--data", in("again"), "--in", in("b"), "--identity", in("key")}},
		{"twice", 2, []string{"restore", "--data", in("again"), "--in", in("b"), "--identity", in("key")}},
		{"verified", 0, []string{"journal", "verify", "--data", in("again")}},
	} {
		if code := run(c.args); code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.code)
		}
	}
	if info, err := os.Stat(in("b")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's mode: %v, %v", info, err)
	}
}
