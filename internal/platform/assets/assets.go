// Package assets serves the browser's files (style, script, fonts), which
// `npm run build` writes to dist/ and the program carries inside itself.
//
// Names carry a hash of their content, so an answer never changes and browsers
// keep it for ever; manifest.json gives the hashed name of each plain one. A
// program built without them still compiles: Path then gives the plain name,
// which Handler answers with 404.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Prefix is the path under which Handler answers.
const Prefix = "/assets/"

//go:embed all:dist
var embedded embed.FS

var built = mustOpen(embedded)

// Path gives the address of an asset from its plain name: "app.css" becomes
// "/assets/app-HASH.css". A name that was not built is returned unhashed.
func Path(name string) string { return built.path(name) }

// Text is what a built asset holds, to be written into a page; "" for one that was not built.
func Text(name string) string { return built.text(name) }

// TextSource names Text(name) in a content security policy, with a space before: a page may hold this
// text and no other. It is "" for an asset that was not built.
func TextSource(name string) string { return source(Text(name)) }

func source(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Built reports whether the program carries its assets; without them pages have
// neither style nor script, and `npm ci && npm run build` mends it.
func Built() bool { return len(built.names) > 0 }

// Handler serves GET and HEAD under Prefix, immutable, in the smallest encoding the browser takes.
// Anything that is not an asset, a folder or the manifest included, is 404.
func Handler() http.Handler { return built }

// bundle is one build: the plain names it knows and the files it may serve.
type bundle struct {
	files fs.FS
	names map[string]string // plain name → hashed name
	known map[string]bool   // hashed names
}

func mustOpen(embedded fs.FS) *bundle {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path: cannot happen
	}
	b, err := open(dist)
	if err != nil {
		panic(err) // a broken build must not start
	}
	return b
}

func open(files fs.FS) (*bundle, error) {
	b := &bundle{files: files, known: map[string]bool{}}
	text, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	if err := json.Unmarshal(text, &b.names); err != nil {
		return nil, fmt.Errorf("assets: manifest.json: %w", err)
	}
	for plain, hashed := range b.names {
		if _, err := fs.Stat(files, hashed); err != nil {
			return nil, fmt.Errorf("assets: manifest.json names %s: %w", plain, err)
		}
		b.known[hashed] = true
	}
	return b, nil
}

func (b *bundle) path(name string) string {
	if hashed, ok := b.names[name]; ok {
		name = hashed
	}
	return Prefix + name
}

func (b *bundle) text(name string) string {
	body, err := fs.ReadFile(b.files, b.names[name])
	if err != nil {
		return "" // open has seen that what is named is there: this one was not built
	}
	return string(body)
}

// types is the whole list of what a build may hold: the system's own table of
// types differs from one machine to the next.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".wasm":  "application/wasm",
	".woff2": "font/woff2",
}

// encodings in order of preference, with the suffix of the file that holds them.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func (b *bundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	if !b.known[name] {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, encoding, err := b.read(name, r.Header.Values("Accept-Encoding"))
	if err != nil {
		http.Error(w, "asset unreadable", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodGet {
		w.Write(body) //nolint:errcheck // the browser went away: nobody is left to tell
	}
}

// read gives the file in the best encoding accepted that was built, or as it is.
func (b *bundle) read(name string, accept []string) (body []byte, encoding string, err error) {
	for _, e := range encodings {
		if !accepts(accept, e.name) {
			continue
		}
		body, err = fs.ReadFile(b.files, name+e.suffix)
		if err == nil {
			return body, e.name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", err
		}
	}
	body, err = fs.ReadFile(b.files, name)
	return body, "", err
}

// accepts reads Accept-Encoding (RFC 9110, 12.5.3): the encoding is named with a
// weight above zero. "*" is not taken up: no browser sends it.
func accepts(headers []string, encoding string) bool {
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
