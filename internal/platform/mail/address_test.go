package mail

import (
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/platform/fault"
)

func TestCheckAddress(t *testing.T) {
	for in, want := range map[string]string{
		"ana@coop.example":                     "ana@coop.example",
		"  Ana.Ruiz+ag@Coop.EXAMPLE\n":         "Ana.Ruiz+ag@coop.example",
		"o'neil@coop.example":                  "o'neil@coop.example",
		"ana@élan.example":                     "ana@xn--lan-9la.example",
		"ana@xn--lan-9la.example":              "ana@xn--lan-9la.example",
		"ana@sub.coop-deux.example":            "ana@sub.coop-deux.example",
		strings.Repeat("a", 64) + "@a.example": strings.Repeat("a", 64) + "@a.example",
		strings.Repeat("a", 65) + "@a.example": "",
		"":                                     "",
		"ana":                                  "",
		"@coop.example":                        "",
		"ana@":                                 "",
		"ana@localhost":                        "",
		"ana@127.0.0.1":                        "",
		"ana@\x8f.example":                     "",
		"ana@coop.1":                           "",
		"ana@[127.0.0.1]":                      "",
		"ana@coop..example":                    "",
		"ana@.coop.example":                    "",
		"ana@coop.example.":                    "",
		"ana@-coop.example":                    "",
		"ana@coop_x.example":                   "",
		"ana.@coop.example":                    "",
		".ana@coop.example":                    "",
		"a..na@coop.example":                   "",
		"ana ruiz@coop.example":                "",
		"ana@coop.example, bo@coop.example":    "",
		"Ana <ana@coop.example>":               "",
		"\"ana\"@coop.example":                 "",
		"anaé@coop.example":                    "",
		"ana@bo@coop.example":                  "",
		"ana@coop.example\r\nBcc: x@y.example": "",
		"ana\r\n@coop.example":                 "",
		"ana@" + strings.Repeat("a.", 125) + "example": "",
	} {
		got, err := CheckAddress(in)
		if want == "" {
			if !fault.Is(err, "mail.address") {
				t.Errorf("%q: got %q, %v; want a refusal", in, got, err)
			}
		} else if got != want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
	}
}

func FuzzCheckAddress(f *testing.F) {
	for _, s := range []string{"ana@coop.example", "ana@élan.example", "a@b", "@", "x@xn--.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := CheckAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n <>\",;\x00") || len(got) > 254 {
			t.Errorf("%q accepted as %q", s, got)
		}
		if again, err := CheckAddress(got); err != nil || again != got {
			t.Errorf("%q becomes %q, then %q, %v", s, got, again, err)
		}
	})
}
