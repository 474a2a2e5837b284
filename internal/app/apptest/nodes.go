package apptest

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

// Redis runs a Redis server for the length of the test, and gives its address.
func Redis(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	l.Close()
	server := exec.Command("redis-server", "--port", fmt.Sprint(address.Port), "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
	if err := server.Start(); err != nil {
		t.Fatalf("%v: scripts/install-test-tools installs it", err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", address.String()); err == nil {
			c.Close()
			return "redis://" + address.String()
		}
		if time.Now().After(deadline) {
			t.Fatal("the Redis server does not answer")
		}
	}
}

// Nodes serves one site from several nodes, which share a PostgreSQL database, a Redis server and
// their keys, as an operator would run them.
func Nodes(t *testing.T, n int) (nodes []*House) {
	t.Helper()
	database, relay := dbtest.Postgres(t), Redis(t)
	log := slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	ctx := t.Context() // ends before the clean-up below
	var data string
	for range n {
		folder := t.TempDir()
		for _, key := range []string{"secret", "signing-key"} {
			if data == "" {
				break
			}
			text, err := os.ReadFile(filepath.Join(data, key))
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, key), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		data = folder
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + l.Addr().String()
		a, err := app.New(ctx, app.Config{Data: folder, Database: database, Redis: relay, URL: url}, log)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- a.Serve(ctx, l) }()
		t.Cleanup(func() {
			if err := <-ended; err != nil {
				t.Error(err)
			}
			a.Close()
		})
		nodes = append(nodes, &House{App: a, T: t, URL: url})
	}
	return nodes
}
