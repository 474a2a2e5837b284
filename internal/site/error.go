package site

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
)

var statuses = map[fault.Code]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Forbidden:       http.StatusForbidden,
	fault.Conflict:        http.StatusConflict,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooMany:         http.StatusTooManyRequests,
}

// ShowError shows a refusal in a sentence, and anything else as an internal error with a
// reference number that the log has too.
func (s *Site) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		err = fault.New(fault.Invalid, "site.error.too_big", "max", tooBig.Limit/(1<<20))
	}
	if errors.Is(err, db.ErrNotFound) {
		err = fault.New(fault.NotFound, "site.error.not_found")
	}
	status, known := statuses[fault.CodeOf(err)]
	if status == http.StatusUnauthorized && r.Method == http.MethodGet && !web.WantsJSON(r) {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	reference := ""
	if !known {
		status = http.StatusInternalServerError
		reference = strings.ToLower(rand.Text()[:8])
		s.Log.ErrorContext(r.Context(), "internal error", "reference", reference, "pattern", r.Pattern, "error", err)
	}
	text := T(r.Context(), "site.error.internal", "reference", reference)
	if known {
		text = Sentence(r, err)
	}
	if web.WantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"error": text}) //nolint:errcheck // the client went away
		return
	}
	page := Page{Title: T(r.Context(), "site.error.title."+http.StatusText(status))}
	if !s.Words.Has("site.error.title." + http.StatusText(status)) {
		page.Title = T(r.Context(), "site.error.title")
	}
	if err := s.Render(w, r, status, page, errorPage(page.Title, text, reference, Viewer(r.Context()).SignedIn())); err != nil {
		s.Log.ErrorContext(r.Context(), "the error page failed", "pattern", r.Pattern, "error", err)
		http.Error(w, text, status)
	}
}

// Sentence is a refusal in the viewer's language; several fields make several sentences.
func Sentence(r *http.Request, err error) string {
	var f fault.Fields
	if errors.As(err, &f) {
		var all []string
		for _, e := range f {
			all = append(all, T(r.Context(), e.Key, e.Args...))
		}
		return strings.Join(all, " ")
	}
	var e *fault.Error
	if errors.As(err, &e) {
		return T(r.Context(), e.Key, e.Args...)
	}
	return T(r.Context(), "site.error.internal", "reference", "")
}

// FieldErrors are the sentences of what was refused in a form, by field; nil when err is
// something else, which the caller returns.
func FieldErrors(r *http.Request, err error) map[string]string {
	var f fault.Fields
	if !errors.As(err, &f) {
		return nil
	}
	out := map[string]string{}
	for field, e := range f {
		out[field] = T(r.Context(), e.Key, e.Args...)
	}
	return out
}

// MustSignIn returns the viewer, or the refusal that sends to the sign-in page.
func MustSignIn(r *http.Request) (people.Viewer, error) {
	v := Viewer(r.Context())
	if !v.SignedIn() {
		return v, fault.New(fault.Unauthenticated, "site.error.sign_in")
	}
	return v, nil
}

// MustAdminister returns the viewer if they administer the organisation.
func MustAdminister(r *http.Request) (people.Viewer, error) {
	v, err := MustSignIn(r)
	if err == nil && !v.Admin {
		err = fault.New(fault.Forbidden, "site.error.forbidden")
	}
	return v, err
}

// Forbidden is the refusal of an act that is not the viewer's to do.
func Forbidden() error { return fault.New(fault.Forbidden, "site.error.forbidden") }

// Redirect answers a form with the page to look at next.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func back(r *http.Request) string {
	if r.Method != http.MethodGet {
		return url.QueryEscape("/")
	}
	return url.QueryEscape(r.URL.RequestURI())
}

// cached keeps a value that is read on every page for five seconds.
type cached[T any] struct {
	mu    sync.Mutex
	value T
	until time.Time
}

func (c *cached[T]) get(now time.Time, load func() (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.until) {
		return c.value, nil
	}
	v, err := load()
	if err == nil {
		c.value, c.until = v, now.Add(5*time.Second)
	}
	return v, err
}

func (c *cached[T]) forget() { c.mu.Lock(); c.until = time.Time{}; c.mu.Unlock() }
