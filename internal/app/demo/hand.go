package demo

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// hand is somebody of the story filling in the program's own forms.
type hand struct {
	s      *seeder
	cookie string
}

// as signs the account in; the session ends with the story.
func (s *seeder) as(account people.Account) (*hand, error) {
	h := &hand{s: s}
	err := s.write(func(tx *db.Tx) error {
		token, err := people.OpenSession(tx, account.ID, people.ByDemo, "demonstration")
		h.cookie = "isegoria=" + token
		return err
	})
	return h, err
}

// answer keeps what the program answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (h *hand) do(method, path, kind string, body io.Reader) (*answer, error) {
	req, err := http.NewRequestWithContext(h.s.ctx, method, h.s.Site.URL+path, body)
	if err != nil {
		return nil, err
	}
	if h.cookie != "" {
		req.Header.Set("Cookie", h.cookie)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept-Language", "fr")
	a := &answer{header: http.Header{}, status: http.StatusOK}
	h.s.Handler.ServeHTTP(a, req)
	if a.status >= 400 {
		return a, fmt.Errorf("%s %s: %d: %s", method, path, a.status, words(a.body.String()))
	}
	return a, nil
}

var tags = regexp.MustCompile(`(?s)<(script|style|head).*?</(script|style|head)>|<[^>]*>`)

func words(page string) string {
	text := strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
	return text[:min(len(text), 900)]
}

// post sends a form; fields are name, value pairs.
func (h *hand) post(path string, fields ...string) error {
	_, err := h.form(path, fields...)
	return err
}

// form is post with what the program answers.
func (h *hand) form(path string, fields ...string) (*answer, error) {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return h.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// typed is what stands in a field of a page.
func typed(page *answer, name string) string {
	tag := regexp.MustCompile(`<input[^>]* name="` + regexp.QuoteMeta(name) + `"[^>]*>`).FindString(page.body.String())
	m := regexp.MustCompile(`value="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// hidden reads a hidden field of a page.
func (h *hand) hidden(path, name string) (string, error) {
	a, err := h.do(http.MethodGet, path, "", nil)
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(a.body.String())
	if m == nil {
		return "", fmt.Errorf("%s has no field %s", path, name)
	}
	return m[1], nil
}

// upload sends a form with a file.
func (h *hand) upload(path, name string, content []byte, fields ...string) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			return err
		}
	}
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err = h.do(http.MethodPost, path, w.FormDataContentType(), &body)
	return err
}
