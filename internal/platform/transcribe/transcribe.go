// Package transcribe has a machine write what is said: an engine at an address that speaks as OpenAI's
// transcription endpoint does (POST …/v1/audio/transcriptions), as many programs that one runs oneself
// do. It knows nothing of assemblies. Begin with [New], then [Engine.Write].
package transcribe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config is what an operator decides about the engine.
type Config struct {
	Address   string        // of the endpoint; no engine when empty
	Model     string        // its name there
	Key       string        // sent as a bearer token; none when empty
	Languages []string      // of which one is chosen, the usual first; two letters each
	Timeout   time.Duration // for an answer; 15 seconds when zero
}

const (
	patience   = 15 * time.Second
	pause      = 500 * time.Millisecond // before it is asked again
	longest    = 1 << 20                // answer, in bytes
	attempts   = 2
	soundField = `form-data; name="file"; filename="speech.ogg"`
)

// ErrDown says that the engine does not answer now, or says that it cannot: later it may.
var ErrDown = errors.New("transcribe: the engine does not answer")

// Refused is the error of an engine that does not take what it is sent: a wrong address, key or model.
type Refused struct{ Status int }

func (r *Refused) Error() string {
	return fmt.Sprintf("transcribe: the engine answers %d (%s)", r.Status, http.StatusText(r.Status))
}

// Engine is an engine that is asked. Its methods may be called from any goroutine.
type Engine struct {
	config  Config
	address *url.URL
	http    *http.Client
}

var language = regexp.MustCompile(`^[a-z]{2}$`)

// New makes the engine that c asks for; nil for none. It asks nothing of it yet.
func New(c Config) (*Engine, error) {
	if c.Address == "" {
		return nil, nil
	}
	address, err := url.Parse(c.Address)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || strings.Trim(address.Path, "/") == "" {
		return nil, errors.New("captions: the engine's address must be that of its endpoint: http(s)://…/v1/audio/transcriptions")
	}
	c.Key = strings.TrimSpace(c.Key)
	switch {
	case c.Model == "":
		return nil, errors.New("captions: the engine needs the name of a model")
	case strings.ContainsFunc(c.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("captions: the engine's key must be one line of plain characters")
	case len(c.Languages) == 0:
		return nil, errors.New("captions: at least one language is needed, such as fr")
	}
	for _, l := range c.Languages {
		if !language.MatchString(l) {
			return nil, fmt.Errorf("captions: %q is not a language of two letters, such as fr", l)
		}
	}
	if c.Timeout == 0 {
		c.Timeout = patience
	}
	// What is sent goes to the address that people are told, and nowhere else.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Engine{c, address, &http.Client{CheckRedirect: stay}}, nil
}

// Host is where voices are sent, as people are told.
func (e *Engine) Host() string { return e.address.Host }

// Languages are those to choose from, the usual first.
func (e *Engine) Languages() []string { return e.config.Languages }

// Write returns what is said in a sound (Opus in Ogg), in one line; "" for nothing. An engine that does
// not answer is asked once more. The error is [ErrDown], a [*Refused], or that of ctx.
func (e *Engine) Write(ctx context.Context, sound []byte, lang string) (text string, err error) {
	for n := range attempts {
		if n > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		if text, err = e.ask(ctx, sound, lang); !errors.Is(err, ErrDown) {
			break
		}
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return text, err
}

func (e *Engine) ask(ctx context.Context, sound []byte, lang string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	body, kind, err := e.form(sound, lang)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.address.String(), body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept", "application/json")
	if e.config.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.config.Key)
	}
	res, err := e.http.Do(req)
	if err != nil {
		return "", ErrDown // what is behind it may name addresses
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusRequestTimeout:
		return "", ErrDown
	case res.StatusCode != http.StatusOK:
		return "", &Refused{res.StatusCode}
	}
	var answer struct {
		Text *string `json:"text"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, longest)).Decode(&answer); err != nil {
		if ctx.Err() != nil {
			return "", ErrDown
		}
		return "", &Refused{res.StatusCode} // this is no such endpoint
	}
	if answer.Text == nil {
		return "", &Refused{res.StatusCode}
	}
	return strings.Join(strings.Fields(*answer.Text), " "), nil
}

// form is what is sent.
func (e *Engine) form(sound []byte, lang string) (body *bytes.Buffer, kind string, err error) {
	body = &bytes.Buffer{}
	form := multipart.NewWriter(body)
	for _, field := range [][2]string{{"model", e.config.Model}, {"language", lang}, {"response_format", "json"}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	file, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {soundField}, "Content-Type": {"audio/ogg"}})
	if err != nil {
		return nil, "", err
	}
	if _, err := file.Write(sound); err != nil {
		return nil, "", err
	}
	return body, form.FormDataContentType(), form.Close()
}
