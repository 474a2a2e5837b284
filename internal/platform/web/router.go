// Package web is the HTTP floor: handlers that return errors, one place that turns an
// error into a page, and the headers and limits every answer has.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Handler answers a request or returns an error, which the router shows.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Middleware wraps what stands behind it.
type Middleware func(http.Handler) http.Handler

// Router maps method-and-path patterns (as [http.ServeMux] has them) to handlers.
type Router struct {
	mux      *http.ServeMux
	patterns []string
	show     func(w http.ResponseWriter, r *http.Request, err error)
}

// NewRouter makes an empty router; show turns an error into a page.
func NewRouter(show func(w http.ResponseWriter, r *http.Request, err error)) *Router {
	return &Router{mux: http.NewServeMux(), show: show}
}

// Handle registers h under a pattern such as "POST /assemblies/{slug}/vote".
func (rt *Router) Handle(pattern string, h Handler) {
	rt.patterns = append(rt.patterns, pattern)
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		tracked := &answer{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				if tracked.begun {
					slog.ErrorContext(r.Context(), "panic after the answer had begun", "pattern", r.Pattern, "error", err)
					panic(http.ErrAbortHandler)
				}
				rt.show(w, r, err)
			}
		}()
		if err := h(tracked, r); err != nil {
			if tracked.begun {
				slog.ErrorContext(r.Context(), "error after the answer had begun", "pattern", r.Pattern, "error", err)
				panic(http.ErrAbortHandler) // an answer cut short must not look whole
			}
			rt.show(w, r, err)
		}
	})
}

// Mount serves everything under prefix by h, outside the error pages.
func (rt *Router) Mount(prefix string, h http.Handler) { rt.mux.Handle(prefix, h) }

// Patterns lists what was registered, in order.
func (rt *Router) Patterns() []string { return rt.patterns }

func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.mux.ServeHTTP(w, r) }

// answer remembers whether the answer has begun.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) { a.begun = true; a.ResponseWriter.WriteHeader(status) }

func (a *answer) Write(b []byte) (int, error) { a.begun = true; return a.ResponseWriter.Write(b) }

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Chain wraps h so that the first middleware sees the request first.
func Chain(h http.Handler, ms ...Middleware) http.Handler {
	for i := len(ms) - 1; i >= 0; i-- {
		h = ms[i](h)
	}
	return h
}

// Observer is told of every answer: what was asked (the pattern, never the address, which
// may hold a person's link), the status and the time it took.
type Observer func(ctx context.Context, pattern string, status int, took time.Duration)

// Observe reports every answer to o.
func Observe(o Observer) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun := time.Now()
			s := &status{ResponseWriter: w, code: http.StatusOK}
			next.ServeHTTP(s, r)
			o(r.Context(), r.Pattern, s.code, time.Since(begun))
		})
	}
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
