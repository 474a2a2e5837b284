package i18n

import (
	"testing"
	"time"
)

func TestDay(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		lang Lang
		t    time.Time
		want string
	}{
		{French, time.Date(2026, 6, 11, 20, 0, 0, 0, time.UTC), "11 juin"},
		{French, time.Date(2027, 3, 1, 20, 0, 0, 0, time.UTC), "1er mars 2027"},
		{English, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), "1 December"},
		{English, time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), "31 December 2025"},
	} {
		if got := Day(c.lang, c.t, now); got != c.want {
			t.Errorf("%s: got %q, want %q", c.lang, got, c.want)
		}
	}
}
