// Package app is the composition root: it opens the database, wires the components by hand
// and serves the site. Nothing below it is global.
package app

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/assets"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/platform/pages"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/transcribe"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Config is what an operator decides. The command line documents it.
type Config struct {
	Data        string // folder of everything that is kept
	Database    string // "" for SQLite in Data, or postgres://…
	Listen      string // address to serve at
	URL         string // address people reach the site at; "" for http://Listen
	BehindProxy bool
	Redis       string // "" for one node; redis://… where several serve together
	Demo        bool
	Mail        mail.Config // without a Host, mails stay in the outbox
	Retention   Retention
	Voice       room.Config       // voice and video; off when zero
	Captions    transcribe.Config // the engine that may write what is said; none when zero
	// Drand is a relay of the public beacon drand; without one, its rounds are pasted.
	Drand string
	// MetricsToken opens /metrics; without one, only this machine may read it.
	MetricsToken string
	// Pages makes pictures of slides; without a Cache, in the data folder.
	Pages pages.Renderer
}

// App is one organisation's program, ready to serve.
type App struct {
	Site       *site.Site
	Components []component.Component
	Router     *web.Router
	Handler    http.Handler
	Mail       *mail.Worker // runs while the app serves
	Blobs      *blob.Store  // the files people bring
	Live       *live.Hub    // the streams of open pages
	Rooms      room.Server  // voice and video; runs while the app serves
	deps       *component.Deps
	relay      *live.Relay // between nodes; nil for one
	metrics    *metrics
	engine     *transcribe.Engine // nil for none
	config     Config
}

// New opens the data folder and the database, brings the schema up to date and wires
// the components.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	sender, err := mail.NewSender(c.Mail)
	if err != nil {
		return nil, err
	}
	rooms, err := room.New(c.Voice, log)
	if err != nil {
		return nil, err
	}
	engine, err := newEngine(c.Captions)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	secret, err := loadSecret(filepath.Join(c.Data, "secret"))
	if err != nil {
		return nil, err
	}
	seed, err := loadSecret(filepath.Join(c.Data, "signing-key"))
	if err != nil {
		return nil, err
	}
	s, err := openStores(ctx, c.Data, databasePath(c.Data, c.Database))
	if err != nil {
		return nil, err
	}
	a := &App{config: c, engine: engine, Blobs: s.blobs, Live: live.New(), Rooms: rooms, Site: &site.Site{DB: s.db, Log: log, URL: strings.TrimSuffix(c.URL, "/"),
		Demo: c.Demo, BehindProxy: c.BehindProxy, Secret: secret, Signing: ed25519.NewKeyFromSeed(seed)}}
	if a.config.Pages.Cache == "" {
		a.config.Pages.Cache = filepath.Join(c.Data, "cache")
	}
	if c.Redis != "" {
		if a.relay, err = live.NewRelay(a.Live, c.Redis, "isegoria"); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	a.Mail = &mail.Worker{DB: s.db, Sender: sender, Log: log}
	if err := a.wire(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// newEngine makes the engine of captions, in languages that captions can have.
func newEngine(c transcribe.Config) (*transcribe.Engine, error) {
	engine, err := transcribe.New(c)
	if err != nil || engine == nil {
		return nil, err
	}
	for _, lang := range engine.Languages() {
		if component.TongueName(lang) == "" {
			return nil, fmt.Errorf("captions: there are none in the language %q here", lang)
		}
	}
	return engine, nil
}

// Close ends the app; whoever served it has stopped serving.
func (a *App) Close() error {
	a.Live.Close()
	return errors.Join(a.Site.DB.Close(), a.Blobs.Close())
}

// maxFile is the size of the largest file kept, in bytes.
const maxFile = 50 << 20

func (a *App) wire(ctx context.Context) error {
	a.deps = &component.Deps{Site: a.Site, Blobs: a.Blobs, Live: a.Live, Rooms: a.Rooms, Pages: a.config.Pages, MailServer: a.config.Mail.Host != "", Drand: a.config.Drand, Engine: a.engine, Scratch: filepath.Join(a.config.Data, "scratch"), All: func() []component.Component { return a.Components }}
	a.Components = components(a.deps)
	a.Mail.OnResult = func(tx *db.Tx, m mail.Stored) error {
		return component.Ask(a.deps, func(r component.MailResult) error { return r.MailResult(tx, m) })
	}
	words := []fs.FS{ownLocale(), uiLocale(), site.Locale(), people.Locale(), space.Locale(), electorate.Locale(), mail.Locale(), blob.Locale()}
	for _, c := range a.Components {
		words = append(words, c.Locale())
	}
	if err := a.Site.DB.Migrate(ctx, migrations(a.Components)...); err != nil {
		return err
	}
	var err error
	if a.Site.Words, err = i18n.Load(words...); err != nil {
		return err
	}
	a.metrics = newMetrics(a.Site.DB)
	a.Router = web.NewRouter(a.Site.ShowError)
	a.Router.Mount(assets.Prefix, assets.Handler())
	a.Router.Mount("POST /theme", ui.ThemeHandler())
	a.Router.Mount(room.Prefix, a.Rooms.Handler())
	a.Router.Handle("GET /healthz", a.health)
	a.Router.Handle("GET /metrics", a.showMetrics)
	a.Router.Handle("GET /language/{lang}", a.chooseLanguage)
	for _, c := range a.Components {
		c.Routes(a.Router)
	}
	a.Router.Handle("/", func(http.ResponseWriter, *http.Request) error { return db.ErrNotFound })
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "cross-origin request refused", http.StatusForbidden)
	}))
	a.Handler = web.Chain(a.Router, web.Secure(strings.HasPrefix(a.Site.URL, "https://")), cross.Handler,
		web.Limit(1<<20), a.Site.Recognise, web.Observe(a.observe))
	return nil
}

// migrations are those of the core and of the components.
func migrations(list []component.Component) []fs.FS {
	all := []fs.FS{journal.Migrations(), people.Migrations(), space.Migrations(), electorate.Migrations(), mail.Migrations()}
	for _, c := range list {
		if m := c.Migrations(); m != nil {
			all = append(all, m)
		}
	}
	return all
}

// Serve answers on l until ctx ends, then lets the running requests finish.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	ticking, stopTicking := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { a.tick(ticking) })
	running.Go(func() { a.Mail.Run(ticking) })
	running.Go(func() { a.retainDaily(ticking) })
	running.Go(func() { a.Rooms.Run(ticking) })
	if a.relay != nil {
		running.Go(func() { a.relay.Run(ticking) })
	}
	defer func() { stopTicking(); running.Wait() }()
	srv := &http.Server{Handler: a.Handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.Site.Log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	a.Live.Close() // the streams would go on; browsers come back to the next process
	if err := srv.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// tick does every second what time brings, and chains what the journal has stored.
func (a *App) tick(ctx context.Context) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			if err := a.Tick(ctx); err != nil && ctx.Err() == nil {
				a.Site.Log.ErrorContext(ctx, "a periodic task failed", "error", err)
			}
		}
	}
}

// Tick does once what time brings. One component's failure does not hold the others up.
func (a *App) Tick(ctx context.Context) error {
	errs := []error{chain(ctx, a.Site.DB)}
	for _, c := range a.Components {
		if t, ok := c.(component.Ticker); ok {
			if err := t.Tick(ctx); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", c.Key(), err))
			}
		}
	}
	return errors.Join(errs...)
}

// chain gives the events that PostgreSQL has stored their places.
func chain(ctx context.Context, d *db.DB) error {
	if d.Dialect == db.SQLite {
		return nil
	}
	// What comes while it works waits for the next second: others have their turn.
	for n := journal.ChainedAtOnce; n == journal.ChainedAtOnce; {
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { n, err = journal.Chain(tx); return err }); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) observe(ctx context.Context, pattern string, status int, took time.Duration) {
	a.metrics.observe(pattern, status, took)
	a.Site.Log.DebugContext(ctx, "answered", "pattern", pattern, "status", status, "ms", took.Milliseconds())
}

func (a *App) health(w http.ResponseWriter, r *http.Request) error {
	if err := a.Site.DB.Read(r.Context(), func(tx *db.Tx) error { _, _, err := journal.Head(tx); return err }); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("ok\n"))
	return err
}

func (a *App) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	lang := i18n.Lang(r.PathValue("lang"))
	if lang != i18n.French && lang != i18n.English {
		return db.ErrNotFound
	}
	a.Site.SetLanguage(w, lang)
	return site.Redirect(w, r, web.LocalPath(r.URL.Query().Get("back"), "/"))
}

// loadSecret reads a key of 32 bytes, making it the first time: the one that hashes what is hashed with
// a key, or the seed of the one that signs.
func loadSecret(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		var b [32]byte
		rand.Read(b[:])
		text = []byte(hex.EncodeToString(b[:]) + "\n")
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("secret: %s does not hold 64 hexadecimal digits", path)
	}
	return secret, nil
}

//go:embed locale
var locale embed.FS

func ownLocale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

func uiLocale() fs.FS { f, _ := fs.Sub(ui.Locale, "locale"); return f }

// DatabasePath is the address of an existing instance's database; it refuses a data folder
// that holds none.
func DatabasePath(data, database string) (string, error) {
	if database != "" {
		return database, nil
	}
	path := databasePath(data, "")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("there is no instance in %s (no isegoria.db)", data)
	}
	return path, nil
}
