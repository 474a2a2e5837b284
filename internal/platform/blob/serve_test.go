package blob

import (
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/fault"
)

func serve(t *testing.T, s *Store, f File, headers ...string) *http.Response {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/documents/1", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w.Header().Set("Content-Security-Policy", "the page's own")
	if err := s.Serve(w, r, f); err != nil {
		t.Fatal(err)
	}
	return w.Result()
}

func TestServe(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ref := put(t, s, pdfText)
		for mime, want := range map[string][2]string{
			"application/pdf":                  {"application/pdf", "inline"},
			"image/png":                        {"image/png", "inline"},
			"image/jpeg":                       {"image/jpeg", "inline"},
			"audio/ogg":                        {"audio/ogg", "inline"},
			"text/plain; charset=utf-8":        {"text/plain; charset=utf-8", "attachment"},
			"text/csv; charset=windows-1252":   {"text/csv; charset=windows-1252", "attachment"},
			office + "spreadsheetml.sheet":     {office + "spreadsheetml.sheet", "attachment"},
			"text/html":                        {"application/octet-stream", "attachment"},
			"image/svg+xml":                    {"application/octet-stream", "attachment"},
			"":                                 {"application/octet-stream", "attachment"},
			"text/html; application/pdf":       {"application/octet-stream", "attachment"},
			"application/pdfx; charset=x\r\nX": {"application/octet-stream", "attachment"},
		} {
			res := serve(t, s, File{Key: ref.Key, Name: "Comptes été.pdf", MIME: mime})
			h := res.Header
			if got := h.Get("Content-Type"); got != want[0] {
				t.Errorf("%q served as %q", mime, got)
			}
			if got := h.Get("Content-Disposition"); !strings.HasPrefix(got, want[1]+`; filename="Comptes _t_.pdf"; filename*=UTF-8''Comptes%20%C3%A9t%C3%A9.pdf`) {
				t.Errorf("%q: %s", mime, got)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
				"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-cache", "ETag": `"` + ref.Key + `"`,
				"Accept-Ranges": "bytes", "Content-Length": fmt.Sprint(len(pdfText)), "Last-Modified": "",
			} {
				if h.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, h.Get(name), want)
				}
			}
		}
	})
}

func TestAFileThatLastsIsNotAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		res := serve(t, s, File{Key: put(t, s, pdfText).Key, Name: "a.pdf", MIME: "application/pdf", Lasting: true})
		if got := res.Header.Get("Cache-Control"); got != "private, max-age=86400, immutable" {
			t.Error(got)
		}
	})
}

func TestServeRangesAndCopies(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ref := put(t, s, pdfText)
		f := File{Key: ref.Key, Name: "a.pdf", MIME: "application/pdf"}
		tag := `"` + ref.Key + `"`
		for name, c := range map[string]struct {
			headers []string
			status  int
			body    string
		}{
			"whole":             {nil, 200, pdfText},
			"beginning":         {[]string{"Range", "bytes=0-4"}, 206, "%PDF-"},
			"end":               {[]string{"Range", "bytes=-6"}, 206, "%%EOF\n"},
			"beyond":            {[]string{"Range", "bytes=9999-"}, 416, ""},
			"same copy":         {[]string{"If-None-Match", tag}, 304, ""},
			"other copy":        {[]string{"If-None-Match", `"x"`}, 200, pdfText},
			"range of the same": {[]string{"Range", "bytes=0-4", "If-Range", tag}, 206, "%PDF-"},
			"range of another":  {[]string{"Range", "bytes=0-4", "If-Range", `"x"`}, 200, pdfText},
		} {
			res := serve(t, s, f, c.headers...)
			body := new(strings.Builder)
			if err := res.Write(body); err != nil {
				t.Fatal(err)
			}
			if _, text, _ := strings.Cut(body.String(), "\r\n\r\n"); res.StatusCode != c.status || c.body != "" && text != c.body {
				t.Errorf("%s: %d %q", name, res.StatusCode, text)
			}
		}
		err := s.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), File{Key: strings.Repeat("0", 64)})
		if !fault.Is(err, "blob.unknown") {
			t.Errorf("a file that is not there: %v", err)
		}
	})
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"Ordre du jour.pdf":               "Ordre du jour.pdf",
		"Procès-verbal « 2026 ».pdf":      "Procès-verbal « 2026 ».pdf",
		"../../etc/passwd":                "passwd",
		`C:\Users\ana\a.pdf`:              "a.pdf",
		"a\"; filename=\"b.exe":           "a\"; filename=\"b.exe",
		"a\r\nSet-Cookie: x=1.pdf":        "aSet-Cookie: x=1.pdf",
		"gpj.\u202eexe.pdf":               "gpj.exe.pdf",
		"100 %.pdf":                       "100 %.pdf",
		"":                                "document",
		"...":                             "document",
		"/":                               "document",
		strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 98) + ".pdf",
		"a\xff.pdf":                       "a_.pdf",
	} {
		got := disposition("attachment", name)
		// A reader that knows filename* prefers it (RFC 6266, 4.3); Go's wants one of the two.
		_, full, _ := strings.Cut(got, "; filename*=")
		_, params, err := mime.ParseMediaType("attachment; filename*=" + full)
		if err != nil || params["filename"] != want {
			t.Errorf("%q: %s (%v), want %q", name, got, err, want)
		}
	}
}

func FuzzDisposition(f *testing.F) {
	f.Add("a\"b\\c%.pdf")
	f.Add("\u202eé/..\r\n")
	f.Fuzz(func(t *testing.T, name string) {
		got := disposition("inline", name)
		for _, b := range []byte(got) {
			if b < ' ' || b > '~' {
				t.Fatalf("%q gives %q", name, got)
			}
		}
		quoted := strings.TrimPrefix(got, `inline; filename="`)
		old, rest, ok := strings.Cut(quoted, `"; filename*=UTF-8''`)
		_, params, err := mime.ParseMediaType("inline; filename*=UTF-8''" + rest)
		if !ok || strings.ContainsAny(old, `"\`) || err != nil || params["filename"] == "" || !utf8.ValidString(params["filename"]) ||
			strings.ContainsAny(params["filename"], `/\`) {
			t.Errorf("%q gives %q, %v, %v", name, got, params, err)
		}
	})
}
