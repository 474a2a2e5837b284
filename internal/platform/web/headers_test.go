package web

import (
	"net/http/httptest"
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
