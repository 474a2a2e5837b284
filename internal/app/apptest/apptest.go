// Package apptest runs the whole program in a test, on a real database, and talks to it as
// a browser would.
package apptest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/pages"
)

// House is the running program.
type House struct {
	*app.App
	T      *testing.T
	URL    string
	Folder string // of its data, where it was started here
}

// Start runs the program on a fresh SQLite database for the length of the test.
func Start(t *testing.T) *House { return start(t, app.Config{}) }

// StartWithDrand is Start with the address of a drand relay.
func StartWithDrand(t *testing.T, url string) *House { return start(t, app.Config{Drand: url}) }

// Each runs the test on the program with SQLite and with PostgreSQL.
func Each(t *testing.T, test func(t *testing.T, h *House)) {
	t.Run("sqlite", func(t *testing.T) { test(t, start(t, app.Config{})) })
	t.Run("postgres", func(t *testing.T) { test(t, start(t, app.Config{Database: dbtest.Postgres(t)})) })
}

func start(t *testing.T, c app.Config) *House {
	t.Helper()
	// The log of a test is shown only when it fails.
	log := slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	server := httptest.NewUnstartedServer(nil)
	c.Data, c.URL, c.Pages = t.TempDir(), "http://"+server.Listener.Addr().String(), pages.Renderer{Cache: filepath.Join(os.TempDir(), "isegoria-test-pdfium")}
	a, err := app.New(context.Background(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = a.Handler
	server.Start()
	t.Cleanup(func() { server.Close(); a.Close() })
	return &House{App: a, T: t, URL: server.URL, Folder: c.Data}
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// SetClock sets the time the program sees.
func (h *House) SetClock(now time.Time) { h.Site.DB.SetClock(func() time.Time { return now }) }

// Write runs fn in a transaction that must succeed.
func (h *House) Write(fn func(tx *db.Tx) error) {
	h.T.Helper()
	if err := h.Site.DB.Write(context.Background(), fn); err != nil {
		h.T.Fatal(err)
	}
}

// Read runs fn in a read transaction that must succeed.
func (h *House) Read(fn func(tx *db.Tx) error) {
	h.T.Helper()
	if err := h.Site.DB.Read(context.Background(), fn); err != nil {
		h.T.Fatal(err)
	}
}

// Tick does what time brings (votes open and close), and must succeed.
func (h *House) TickNow() {
	h.T.Helper()
	if err := h.Tick(context.Background()); err != nil {
		h.T.Fatal(err)
	}
}

// Browser is somebody's browser: it keeps cookies and does not follow redirections.
type Browser struct {
	h      *House
	client *http.Client
}

// Visitor is the browser of somebody who has not signed in.
func (h *House) Visitor() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.T.Fatal(err)
	}
	return &Browser{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// As is the browser of somebody signed in to the account.
func (h *House) As(account int64) *Browser {
	h.T.Helper()
	var token string
	h.Write(func(tx *db.Tx) (err error) {
		token, err = people.OpenSession(tx, account, people.ByLink, "test")
		return err
	})
	b := h.Visitor()
	u, err := url.Parse(h.URL)
	if err != nil {
		h.T.Fatal(err)
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "isegoria", Value: token, Path: "/"}})
	return b
}

// Answer is what the program answered.
type Answer struct {
	Status   int
	Location string
	Header   http.Header
	Body     string
}

// Get asks for a page.
func (b *Browser) Get(path string) Answer {
	b.h.T.Helper()
	req, err := http.NewRequest(http.MethodGet, b.h.URL+path, nil)
	if err != nil {
		b.h.T.Fatal(err)
	}
	return b.Do(req)
}

// Post sends a form; fields are name, value pairs.
func (b *Browser) Post(path string, fields ...string) Answer {
	b.h.T.Helper()
	return b.Do(b.form(path, fields))
}

// Script sends a form as a page's script does.
func (b *Browser) Script(path string, fields ...string) Answer {
	b.h.T.Helper()
	req := b.form(path, fields)
	req.Header.Set("Accept", "application/json")
	return b.Do(req)
}

func (b *Browser) form(path string, fields []string) *http.Request {
	b.h.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, b.h.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.h.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

// Stream asks for a stream, which is the caller's to close.
func (b *Browser) Stream(path string) io.ReadCloser {
	b.h.T.Helper()
	res, err := b.client.Get(b.h.URL + path)
	if err != nil {
		b.h.T.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		b.h.T.Fatalf("the stream answers %d", res.StatusCode)
	}
	return res.Body
}

// Do sends any request.
func (b *Browser) Do(req *http.Request) Answer {
	b.h.T.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.h.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.T.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header.Get("Location"), res.Header, string(body)}
}

// Want fails the test unless the answer has the status and its body the words; a word that
// begins with "!" must not be there. Spaces of French typography count as plain ones.
func (a Answer) Want(t *testing.T, status int, words ...string) Answer {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d: %.600s", a.Status, status, a.Body)
	}
	body := Plain(a.Body)
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(body, Plain(not)) {
				t.Errorf("the answer says %q: %.3000s", not, body)
			}
		} else if !strings.Contains(body, Plain(w)) {
			t.Errorf("the answer does not say %q: %.3000s", w, body)
		}
	}
	return a
}

var plain = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'", "&#39;", "'", "&amp;", "&", "&#34;", `"`)

// Plain makes texts comparable whatever their typographic spaces and apostrophes.
func Plain(s string) string { return plain.Replace(s) }

// AddMember adds a line to the register and returns it with its id; fields left empty are filled.
func (h *House) AddMember(m people.Member) people.Member {
	h.T.Helper()
	if m.Number == "" {
		m.Number = fmt.Sprintf("M%d", time.Now().UnixNano())
	}
	if m.LastName == "" {
		m.LastName = "Membre " + m.Number
	}
	if m.Kind == "" {
		m.Kind = people.Person
	}
	if m.AdmittedOn == "" {
		m.AdmittedOn = "2020-01-01"
	}
	h.Write(func(tx *db.Tx) (err error) { m, err = people.SaveMember(tx, 0, m); return err })
	return m
}

// AccountOf opens the member's account.
func (h *House) AccountOf(m people.Member) people.Account {
	h.T.Helper()
	var a people.Account
	h.Write(func(tx *db.Tx) (err error) { a, err = people.OpenMemberAccount(tx, m); return err })
	return a
}

// Administrator makes an account that administers the organisation.
func (h *House) Administrator() people.Account {
	h.T.Helper()
	var a people.Account
	h.Write(func(tx *db.Tx) (err error) {
		if a, err = people.OpenAccount(tx, "Camille Administratrice", "admin@example.org", "fr"); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO role (space_id, account_id, role) VALUES (0, $1, 'administrator') ON CONFLICT DO NOTHING", a.ID)
		return err
	})
	return a
}
