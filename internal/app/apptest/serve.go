package apptest

import (
	"net/http/httptest"
	"testing"

	"isegoria.org/isegoria/internal/app"
)

// Serve serves a program that the test has opened, which stays its to close.
func Serve(t *testing.T, a *app.App) *House {
	server := httptest.NewServer(a.Handler)
	t.Cleanup(server.Close)
	return &House{App: a, T: t, URL: server.URL}
}
