package transcribe_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/transcribe"
)

func engine(t *testing.T, answer http.HandlerFunc) *transcribe.Engine {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	e, err := transcribe.New(transcribe.Config{Address: server.URL + "/v1/audio/transcriptions", Model: "small", Key: "k1\n", Languages: []string{"fr"}, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if "http://"+e.Host() != server.URL {
		t.Errorf("people are told %s", e.Host())
	}
	return e
}

// What is sent is what the endpoint documents.
func TestWrite(t *testing.T) {
	e := engine(t, func(w http.ResponseWriter, r *http.Request) {
		file, head, err := r.FormFile("file")
		if err != nil {
			t.Fatal(err)
		}
		sound, err := io.ReadAll(file)
		if err != nil || string(sound) != "OggS…" || head.Filename != "speech.ogg" || head.Header.Get("Content-Type") != "audio/ogg" {
			t.Errorf("the sound: %q %v %v", sound, head, err)
		}
		if r.Method != "POST" || r.URL.Path != "/v1/audio/transcriptions" || r.Header.Get("Authorization") != "Bearer k1" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		for field, want := range map[string]string{"model": "small", "language": "br", "response_format": "json"} {
			if r.PostFormValue(field) != want {
				t.Errorf("%s: %s", field, r.PostFormValue(field))
			}
		}
		_, _ = io.WriteString(w, `{"text":" Demat\n  d'an holl. ","usage":{}}`)
	})
	if text, err := e.Write(t.Context(), []byte("OggS…"), "br"); text != "Demat d'an holl." || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// An engine that does not answer is asked twice; one that refuses, once.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string // one per attempt: a status, "slow", or a body
		text    string
		status  int // of a refusal
		down    bool
	}{
		"down, then up":         {[]string{"503", `{"text":"Oui"}`}, "Oui", 0, false},
		"too many, then up":     {[]string{"429", `{"text":"Oui"}`}, "Oui", 0, false},
		"slow, then up":         {[]string{"slow", `{"text":""}`}, "", 0, false},
		"down":                  {[]string{"500", "502"}, "", 0, true},
		"slow":                  {[]string{"slow", "slow"}, "", 0, true},
		"a wrong key":           {[]string{"401"}, "", 401, false},
		"a wrong address":       {[]string{"404"}, "", 404, false},
		"somewhere else":        {[]string{"307"}, "", 307, false}, // voices do not follow
		"a page":                {[]string{"<html>"}, "", 200, false},
		"something else":        {[]string{`{"error":"none"}`}, "", 200, false},
		"an answer without end": {[]string{`{"text":"` + strings.Repeat("a", 2<<20) + `"}`}, "", 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			e := engine(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				answer := "unexpected"
				if asked < len(c.answers) {
					answer = c.answers[asked]
				}
				asked++
				switch {
				case answer == "slow":
					<-r.Context().Done()
				case len(answer) == 3:
					w.Header().Set("Location", "http://127.0.0.1:1/")
					w.WriteHeader(int(answer[0]-'0')*100 + int(answer[1]-'0')*10 + int(answer[2]-'0'))
				default:
					_, _ = io.WriteString(w, answer)
				}
			})
			text, err := e.Write(t.Context(), []byte("OggS"), "fr")
			var refused *transcribe.Refused
			status := 0
			if errors.As(err, &refused) {
				status = refused.Status
			}
			if text != c.text || status != c.status || errors.Is(err, transcribe.ErrDown) != c.down || asked != len(c.answers) {
				t.Errorf("%q, %v after %d attempts", text, err, asked)
			}
		})
	}
}

// An operator who mistypes something is told what.
func TestNew(t *testing.T) {
	if e, err := transcribe.New(transcribe.Config{Model: "x"}); e != nil || err != nil {
		t.Errorf("none: %v, %v", e, err)
	}
	good := transcribe.Config{Address: "https://engine.example.org/v1/audio/transcriptions", Model: "m", Languages: []string{"fr", "en"}}
	if _, err := transcribe.New(good); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*transcribe.Config){
		"address":      func(c *transcribe.Config) { c.Address = "engine.example.org/v1/audio/transcriptions" },
		"endpoint":     func(c *transcribe.Config) { c.Address = "https://engine.example.org/" },
		"must be":      func(c *transcribe.Config) { c.Address = "ftp://engine.example.org/v1/audio/transcriptions" },
		"model":        func(c *transcribe.Config) { c.Model = "" },
		"key":          func(c *transcribe.Config) { c.Key = "a\nb" },
		"at least one": func(c *transcribe.Config) { c.Languages = nil },
		"two letters":  func(c *transcribe.Config) { c.Languages = []string{"fr", "french"} },
	} {
		c := good
		change(&c)
		if _, err := transcribe.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
}
