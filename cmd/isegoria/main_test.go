package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever is wrong with what a command was given, it says so in one line and ends with 2.
func TestBadInput(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(file, []byte("not: what is expected\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := holdFolder(filepath.Join(folder, "held"))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, args := range [][]string{
		{"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(folder, "held")},
		{"servee"},
		{"serve", "--mail-port", "abc"},
		{"serve", "--config", file},
		{"serve", "--config", filepath.Join(folder, "none.toml")},
		{"serve", "--url", "nowhere", "--data", folder},
		{"serve", "--mail-port", "70000", "--data", folder},
		{"serve", "--listen", "nowhere", "--data", folder},
		{"serve", "--listen", "127.0.0.1:0", "--data", folder, "--captions-engine", "engine.example.org"},
		{"serve", "--listen", "127.0.0.1:0", "--data", folder, "--captions-engine", "https://engine.example.org/v1/audio/transcriptions", "--captions-languages", "fr,xx"},
		{"verify", file},
		{"verify", filepath.Join(folder, "none.zip")},
		{"restore", "--in", file, "--data", filepath.Join(folder, "new")},
		{"backup", "--data", folder, "--out", filepath.Join(folder, "b")},
		{"export", "--data", folder, "--out", filepath.Join(folder, "e")},
		{"journal", "verify", "--data", folder},
		{"end-of-life", "--data", folder},
		{"bench", "vote", "--electors", "0"},
	} {
		code, said := printed(t, args)
		if code != 2 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "isegoria: ") {
			t.Errorf("%v ends with %d and says %q", args, code, said)
		}
	}
}

// printed runs a command line and returns what it says on standard error.
func printed(t *testing.T, args []string) (code int, said string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = old }()
	code = run(args)
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text)
}
