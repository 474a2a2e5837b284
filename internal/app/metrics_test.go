package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/app/apptest"
)

// Figures are for those who may read them, and name patterns, never addresses.
func TestMetrics(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		b := h.Visitor()
		b.Get("/healthz").Want(t, 200)
		b.Get("/first/a-secret-token").Want(t, 404)
		b.Get("/metrics").Want(t, 200, `isegoria_request_seconds_count{pattern="GET /healthz",status="200"} 1`,
			"isegoria_database_busy", `isegoria_mails{state="queued"} 0`, "isegoria_journal_unchained 0", "go_goroutines", "!a-secret-token")
	})
}

func TestMetricsAreNotForAll(t *testing.T) {
	for _, c := range []struct {
		name    string
		config  app.Config
		remote  string
		headers map[string]string
		status  int
	}{
		{"this machine", app.Config{}, "127.0.0.1:5000", nil, 200},
		{"this machine, IPv6", app.Config{}, "[::1]:5000", nil, 200},
		{"elsewhere", app.Config{}, "192.0.2.7:5000", nil, 404},
		{"through a proxy", app.Config{}, "127.0.0.1:5000", map[string]string{"X-Forwarded-For": "192.0.2.7"}, 404},
		{"behind a proxy that says nothing", app.Config{BehindProxy: true}, "127.0.0.1:5000", nil, 404},
		{"without the token", app.Config{MetricsToken: "open sesame"}, "127.0.0.1:5000", nil, 404},
		{"with another token", app.Config{MetricsToken: "open sesame"}, "127.0.0.1:5000", map[string]string{"Authorization": "Bearer open"}, 404},
		{"with the token", app.Config{MetricsToken: "open sesame"}, "192.0.2.7:5000", map[string]string{"Authorization": "Bearer open sesame"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.Data, c.config.URL = t.TempDir(), "http://localhost"
			a, err := app.New(context.Background(), c.config, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = c.remote
			for name, value := range c.headers {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			a.Handler.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
		})
	}
}
