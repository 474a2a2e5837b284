package assets

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func sampleBundle(t *testing.T) *bundle {
	t.Helper()
	b, err := open(fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"app.css":"app-1a2b.css","text.woff2":"text-3c.woff2"}`)},
		"app-1a2b.css":    {Data: []byte("body{}")},
		"app-1a2b.css.br": {Data: []byte("brotli")},
		"app-1a2b.css.gz": {Data: []byte("gzip")},
		"text-3c.woff2":   {Data: []byte("font")},
		"secret.txt":      {Data: []byte("not an asset")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHandlerServesTheBestEncodingAccepted(t *testing.T) {
	for _, c := range []struct{ path, accept, body, encoding, kind string }{
		{"/assets/app-1a2b.css", "gzip, deflate, br, zstd", "brotli", "br", "text/css; charset=utf-8"},
		{"/assets/app-1a2b.css", "gzip", "gzip", "gzip", "text/css; charset=utf-8"},
		{"/assets/app-1a2b.css", "br;q=0, gzip;q=0.5", "gzip", "gzip", "text/css; charset=utf-8"},
		{"/assets/app-1a2b.css", "", "body{}", "", "text/css; charset=utf-8"},
		{"/assets/app-1a2b.css", "browser", "body{}", "", "text/css; charset=utf-8"},
		{"/assets/text-3c.woff2", "br", "font", "", "font/woff2"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		sampleBundle(t).ServeHTTP(w, r)
		h := w.Header()
		if w.Code != http.StatusOK || w.Body.String() != c.body || h.Get("Content-Encoding") != c.encoding || h.Get("Content-Type") != c.kind {
			t.Errorf("%s accepting %q: %d %q, encoding %q, type %q", c.path, c.accept, w.Code, w.Body, h.Get("Content-Encoding"), h.Get("Content-Type"))
		}
		if !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Cache-Control %q, Vary %q", c.path, h.Get("Cache-Control"), h.Get("Vary"))
		}
	}
}

func TestHandlerServesNothingElse(t *testing.T) {
	for _, path := range []string{
		"/assets/", "/assets/manifest.json", "/assets/secret.txt", "/assets/app.css",
		"/assets/app-1a2b.css.br", "/assets/../secret.txt", "/assets/app-1a2b.css/",
	} {
		w := httptest.NewRecorder()
		sampleBundle(t).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: %d, want 404 that is not kept", path, w.Code)
		}
	}
}

func TestHandlerMethods(t *testing.T) {
	w := httptest.NewRecorder()
	sampleBundle(t).ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/assets/app-1a2b.css", nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "6" {
		t.Errorf("HEAD: %d, %d bytes, length %q", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
	w = httptest.NewRecorder()
	sampleBundle(t).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/assets/app-1a2b.css", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", w.Code)
	}
}

func TestPath(t *testing.T) {
	b := sampleBundle(t)
	if got := b.path("app.css"); got != "/assets/app-1a2b.css" {
		t.Errorf("built asset: %s", got)
	}
	if got := b.path("other.js"); got != "/assets/other.js" {
		t.Errorf("asset not built: %s", got)
	}
}

func TestProgramWithoutAssets(t *testing.T) {
	b, err := open(fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.path("app.css"); got != "/assets/app.css" {
		t.Errorf("path: %s", got)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/assets/app.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("answer: %d, want 404", w.Code)
	}
}

func TestBrokenBuildsAreRefused(t *testing.T) {
	for name, files := range map[string]fs.FS{
		"manifest that is no JSON":       fstest.MapFS{"manifest.json": {Data: []byte("{")}},
		"manifest naming an absent file": fstest.MapFS{"manifest.json": {Data: []byte(`{"app.css":"app-1.css"}`)}},
	} {
		if _, err := open(files); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The build, where there is one, holds nothing whose type is unknown.
func TestEveryBuiltAssetHasAType(t *testing.T) {
	if !Built() {
		t.Skip("the assets are not built (npm ci && npm run build)")
	}
	for plain, hashed := range built.names {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+hashed, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d, type %q", plain, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestTheTextOfAnAssetIsTheOneItsSourceNames(t *testing.T) {
	if got := sampleBundle(t).text("app.css"); got != "body{}" {
		t.Errorf("the text of app.css is %q", got)
	}
	if got := sampleBundle(t).text("secret.txt"); got != "" {
		t.Errorf("what was not built has the text %q", got)
	}
	// printf 'body{}' | openssl dgst -sha256 -binary | base64
	if got, want := source("body{}"), " 'sha256-fJgEClQWV1hGkK4qHMO0KotTsVnMYMXTq7/suurGyUo='"; got != want {
		t.Errorf("source %q, want %q", got, want)
	}
}
