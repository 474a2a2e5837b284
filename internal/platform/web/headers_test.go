package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPageOpenedFromElsewhereArrives(t *testing.T) {
	for from, want := range map[string]bool{"none": true, "cross-site": true, "same-site": true, "same-origin": false, "": false} {
		r := httptest.NewRequest("GET", "/", nil)
		if from != "" {
			r.Header.Set("Sec-Fetch-Site", from)
		}
		if got := Arrives(r); got != want {
			t.Errorf("Sec-Fetch-Site %q: %v, want %v", from, got, want)
		}
	}
}

func TestMediaFromElsewhereIsAllMoreThatIsAllowed(t *testing.T) {
	w := httptest.NewRecorder()
	AllowMedia(w)
	got := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(got, "media-src 'self' https:;") || strings.Count(got, "https:") != 1 || !strings.HasPrefix(got, "default-src 'none';") {
		t.Error(got)
	}
}
