package web

import (
	"net"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/platform/assets"
)

// ContentPolicy is the content security policy of every page: nothing inline but the site's own
// style sheet (see [Arrives]), nothing from elsewhere, never in another site's frame.
var ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'" + assets.TextSource("app.css") + "; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Secure sets the headers every answer has. Pages are not cached: they are a person's.
func Secure(https bool) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", ContentPolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=(), interest-cohort=()")
			h.Set("Cache-Control", "private, no-store")
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			next.ServeHTTP(w, r)
		})
	}
}

// AllowMedia lets a page play a film or a sound from another site, and nothing else of that site:
// media elements run no script and show no page. Call it before the page is rendered.
func AllowMedia(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", strings.Replace(ContentPolicy, "media-src 'self'", "media-src 'self' https:", 1))
}

// Limit bounds the body of a request; handlers that take files ask for more themselves
// with [AllowBody].
func Limit(bytes int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
				r.Body = http.MaxBytesReader(w, r.Body, bytes)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// AllowBody bounds the body of a request that brings files.
func AllowBody(w http.ResponseWriter, r *http.Request, bytes int64) {
	r.Body = http.MaxBytesReader(w, r.Body, bytes)
}

// ClientNetwork is where a request comes from, for counting attempts only: the /24 or /48 of its
// address. behindProxy trusts the last X-Forwarded-For entry.
func ClientNetwork(r *http.Request, behindProxy bool) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if behindProxy {
		if list := r.Header.Values("X-Forwarded-For"); len(list) > 0 {
			parts := strings.Split(list[len(list)-1], ",")
			host = strings.TrimSpace(parts[len(parts)-1])
		}
	}
	ip := net.ParseIP(host)
	switch {
	case ip == nil:
		return "unknown"
	case ip.To4() != nil:
		return ip.Mask(net.CIDRMask(24, 32)).String()
	default:
		return ip.Mask(net.CIDRMask(48, 128)).String()
	}
}

// LocalPath returns next when it is a path of this site, and fallback otherwise: what a
// link carries must not lead people elsewhere.
func LocalPath(next, fallback string) string {
	if strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") && !strings.ContainsAny(next, "\\\r\n\t") {
		return next
	}
	return fallback
}

// Arrives tells whether a page is opened from elsewhere: a mail, another site, a typed address. What
// the browser needs to show it is then best sent within it: on a slow line each round trip is felt.
func Arrives(r *http.Request) bool {
	from := r.Header.Get("Sec-Fetch-Site")
	return from != "" && from != "same-origin"
}

// WantsJSON tells whether the client asked for JSON rather than a page.
func WantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}
