// Package site is what every page of one organisation shares: who is looking, in which
// language, the frame around the content, and how a refusal is shown. Handlers get a [Site]
// and views read their words with [T].
package site

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
)

// Site serves one organisation. Nothing in it changes after the start except what the
// database holds.
type Site struct {
	DB    *db.DB
	Words *i18n.Bundle
	Log   *slog.Logger
	// URL is the address people reach the site at, without a slash at its end.
	URL string
	// Demo is set in the demonstration: one may become anybody with a click.
	Demo bool
	// BehindProxy trusts the address that a reverse proxy states.
	BehindProxy bool
	// Secret keys what must be hashed with a key (paper codes, unsubscribe links). It lies
	// outside the database.
	Secret []byte
	// Signing signs what leaves the house to be checked elsewhere. It lies outside the database.
	Signing ed25519.PrivateKey

	identity cached[people.Identity]
}

// Request is what a page knows of who looks at it.
type Request struct {
	Viewer people.Viewer
	Lang   i18n.Lang
	Now    time.Time
	Zone   *time.Location // in which dates are said
	site   *Site
	path   string
}

type requestKey struct{}

// From is the request being answered.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{Lang: i18n.French, Zone: time.UTC, site: &Site{}}
}

// Viewer is who looks at the page.
func Viewer(ctx context.Context) people.Viewer { return From(ctx).Viewer }

// T is the sentence under key in the viewer's language; args are name, value pairs.
func T(ctx context.Context, key string, args ...any) string {
	r := From(ctx)
	if r.site.Words == nil {
		return key
	}
	return r.site.Words.T(r.Lang, key, r.local(args)...)
}

// local moves the times among args into the zone of the page.
func (r *Request) local(args []any) []any {
	for i, a := range args {
		if t, ok := a.(time.Time); ok {
			args[i] = t.In(r.Zone)
		}
	}
	return args
}

// DateTime says a moment in the zone and language of the page.
func DateTime(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.DateTime(r.Lang, t.In(r.Zone))
}

// Date says a day in the zone and language of the page.
func Date(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.Date(r.Lang, t.In(r.Zone))
}

// When says a moment in the zone and language of the page: by its hour alone when it is today.
func When(ctx context.Context, t time.Time) string {
	r := From(ctx)
	if Date(ctx, r.Now) == Date(ctx, t) {
		return i18n.Clock(r.Lang, t.In(r.Zone))
	}
	return DateTime(ctx, t)
}

// Number writes n as the page's language does.
func Number[N int | int64](ctx context.Context, n N) string {
	return i18n.Number(From(ctx).Lang, int64(n))
}

const (
	sessionCookie  = "isegoria"
	languageCookie = "language"
)

// Recognise finds who is asking and in which language, once per request.
func (s *Site) Recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &Request{Now: s.DB.Clock(), site: s, path: r.URL.Path}
		id, err := s.Identity(r.Context())
		if err == nil {
			if req.Zone, err = i18n.Zone(id.TimeZone); err != nil {
				req.Zone, err = time.UTC, nil
			}
		}
		if c, cookieErr := r.Cookie(sessionCookie); err == nil && cookieErr == nil {
			err = s.DB.Look(r.Context(), func(tx *db.Tx) (err error) {
				req.Viewer, err = people.ViewerOf(tx, c.Value)
				return err
			})
		}
		req.Lang = language(r, req.Viewer)
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
		if err != nil {
			s.ShowError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// language is what the person chose, or their account's, or the browser's first that we
// speak, or French.
func language(r *http.Request, v people.Viewer) i18n.Lang {
	if c, err := r.Cookie(languageCookie); err == nil && c.Value == string(i18n.English) {
		return i18n.English
	} else if err == nil && c.Value == string(i18n.French) {
		return i18n.French
	}
	if v.SignedIn() {
		return i18n.Lang(v.Language)
	}
	return i18n.Preferred(r.Header.Get("Accept-Language"))
}

// SetSession puts the session's token into the person's browser.
func (s *Site) SetSession(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true,
		Secure: s.https(), SameSite: http.SameSiteLaxMode, MaxAge: int(people.SessionLife.Seconds())})
}

// ClearSession takes the token out of the person's browser.
func (s *Site) ClearSession(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// SetLanguage keeps the chosen language in the browser.
func (s *Site) SetLanguage(w http.ResponseWriter, lang i18n.Lang) {
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(lang), Path: "/", HttpOnly: true,
		Secure: s.https(), SameSite: http.SameSiteLaxMode, MaxAge: 365 * 24 * 3600})
}

func (s *Site) https() bool { return len(s.URL) > 8 && s.URL[:8] == "https://" }

// Identity is who the organisation is; it is read again every few seconds.
func (s *Site) Identity(ctx context.Context) (people.Identity, error) {
	return s.identity.get(s.DB.Clock(), func() (id people.Identity, err error) {
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { id, err = people.LoadIdentity(tx); return err })
		return id, err
	})
}

// ForgetIdentity makes the next page read who the organisation is: call it after a change.
func (s *Site) ForgetIdentity() { s.identity.forget() }

// Page describes the page to show.
type Page struct {
	Title string
	// Zone says dates in a space's own time zone; nil keeps the organisation's.
	Zone *time.Location
	// Again is after how many seconds a browser without scripts asks for the page anew; 0: never.
	Again int
}

// Render shows content in the frame.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, p Page, content templ.Component) error {
	req := From(r.Context())
	if p.Zone != nil {
		req.Zone = p.Zone
	}
	frame, err := s.frame(r, req, p)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, templ.ComponentFunc(func(ctx context.Context, out web.Writer) error {
		return ui.Layout(frame).Render(templ.WithChildren(ctx, content), out)
	}))
}

// Fragment shows content without the frame, for a part of a page that refreshes itself.
func (s *Site) Fragment(w http.ResponseWriter, r *http.Request, content templ.Component) error {
	req := From(r.Context())
	return web.Render(w, r, http.StatusOK, templ.ComponentFunc(func(ctx context.Context, out web.Writer) error {
		words := func(key string, args ...any) string { return s.Words.T(req.Lang, key, args...) }
		return content.Render(ui.WithWords(ctx, words), out)
	}))
}

func (s *Site) frame(r *http.Request, req *Request, p Page) (ui.Page, error) {
	id, err := s.Identity(r.Context())
	if err != nil {
		return ui.Page{}, err
	}
	t := func(key string, args ...any) string { return s.Words.T(req.Lang, key, args...) }
	other, code := i18n.English, "site.language.en"
	if req.Lang == i18n.English {
		other, code = i18n.French, "site.language.fr"
	}
	brand := id.Name
	if brand == "" {
		brand = "Isegoria"
	}
	f := ui.Page{
		Lang: string(req.Lang), Title: p.Title, Again: p.Again, Brand: brand, Home: "/", Path: r.URL.Path, T: t,
		Nav:      []ui.Link{{Text: t("site.nav.assemblies"), Href: "/a"}},
		Language: ui.LanguageLink{Lang: string(other), Text: t(code), Href: "/language/" + string(other) + "?back=" + back(r)},
		Theme:    ui.ThemeOf(r), ThemeAction: "/theme", Arrival: web.Arrives(r),
		Footer: []ui.Link{
			{Text: t("site.footer.register"), Href: "/journal"},
			{Text: t("site.footer.verify"), Href: "/verify"},
			{Text: t("site.footer.accessibility"), Href: "/accessibility"},
			{Text: t("site.footer.source"), Href: "/source"},
		},
	}
	if s.Demo {
		f.Banner = &ui.Banner{Kind: ui.Warning, Text: t("site.demo"), Link: ui.Link{Text: t("site.demo.change"), Href: "/demo"}}
	}
	if v := req.Viewer; v.SignedIn() {
		f.Viewer = &ui.Viewer{Name: v.Name, SignOut: "/sign-out", Links: []ui.Link{{Text: t("site.nav.account"), Href: "/account"}}}
		if v.Admin {
			f.Viewer.Links = append(f.Viewer.Links, ui.Link{Text: t("site.nav.outbox"), Href: "/outbox"})
			f.Nav = append(f.Nav, ui.Link{Text: t("site.nav.register"), Href: "/register"}, ui.Link{Text: t("site.nav.settings"), Href: "/settings"})
		}
	} else {
		f.SignIn = ui.Link{Text: t("site.nav.sign_in"), Href: "/sign-in"}
	}
	return f, nil
}
