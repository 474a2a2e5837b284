// Command gallery serves pages that show every component, with French sample
// texts, under the policy the program itself uses. web/shots.mjs runs it:
//
//	go run ./internal/platform/ui/gallery [127.0.0.1:8090]
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/assets"
	"isegoria.org/isegoria/internal/platform/ui"
)

// policy forbids everything a page of ours does not need: no inline script or style.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func main() {
	address := "127.0.0.1:0"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	if err := serve(address); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

// serve prints the address it listens on, so that a script may let the system choose the port.
func serve(address string) error {
	if !assets.Built() {
		return fmt.Errorf("the assets are not built: run npm ci && npm run build")
	}
	words, err := french()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	return http.Serve(listener, routes(words))
}

func routes(words ui.Translate) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/assets/", assets.Handler())
	mux.Handle("POST /apparence", ui.ThemeHandler())
	for _, s := range samples {
		mux.HandleFunc("GET "+s.path, func(w http.ResponseWriter, r *http.Request) {
			p := samplePage(s, words)
			p.Theme = ui.ThemeOf(r)
			ctx := templ.WithChildren(r.Context(), s.content())
			templ.Handler(ui.Layout(p)).ServeHTTP(w, r.WithContext(ctx))
		})
	}
	mux.HandleFunc("GET /avancement", progressHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	})
}

// progressHandler answers as a long work does: further at each call, then over.
func progressHandler() http.HandlerFunc {
	var done atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		n := int(done.Add(250))
		if n >= 1000 {
			templ.Handler(imported()).ServeHTTP(w, r)
			return
		}
		templ.Handler(importing(n)).ServeHTTP(w, r)
	}
}

func french() (ui.Translate, error) {
	text, err := ui.Locale.ReadFile("locale/fr.json")
	if err != nil {
		return nil, err
	}
	var words map[string]string
	if err := json.Unmarshal(text, &words); err != nil {
		return nil, err
	}
	return func(key string, _ ...any) string { return words[key] }, nil
}
