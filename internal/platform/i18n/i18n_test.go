package i18n

import (
	"testing"
	"testing/fstest"
	"time"
)

func TestWords(t *testing.T) {
	b, err := Load(fstest.MapFS{
		"fr.json": {Data: []byte(`{"a": "Bonjour {name} !", "n.one": "{n} voix", "n.other": "{n} voix (plusieurs)", "only": "x {y}"}`)},
		"en.json": {Data: []byte(`{"a": "Hello {name}!", "n.one": "{n} vote", "n.other": "{n} votes", "only": "x"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{b.T(French, "a", "name", "Inès"), "Bonjour Inès\u202f!"},
		{b.T(English, "a", "name", "Inès"), "Hello Inès!"},
		{b.T(French, "n", "n", 0), "0 voix"},
		{b.T(English, "n", "n", 0), "0 votes"},
		{b.T(English, "n", "n", 1), "1 vote"},
		{b.T(French, "n", "n", 12000), "12\u202f000 voix (plusieurs)"},
		{b.T(French, "unknown.key"), "unknown.key"},
		{DateTime(French, time.Date(2026, 6, 1, 18, 30, 0, 0, time.UTC)), "lundi 1er juin 2026 à 18\u00a0h\u00a030"},
		{DateTime(English, time.Date(2026, 6, 11, 20, 0, 0, 0, time.UTC)), "Thursday 11 June 2026 at 8:00 pm"},
		{Number(English, -1234567), "−1,234,567"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if m := b.Missing(); len(m) != 1 || m[0] != "en and fr differ in arguments: only" {
		t.Errorf("missing: %q", m)
	}
}

func TestLoadRefusesAKeyTwice(t *testing.T) {
	f := fstest.MapFS{"fr.json": {Data: []byte(`{"a": "x"}`)}, "en.json": {Data: []byte(`{"a": "x"}`)}}
	if _, err := Load(f, f); err == nil {
		t.Error("a key that stands twice was accepted")
	}
}
