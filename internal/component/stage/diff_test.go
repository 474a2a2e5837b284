package stage

import (
	"strings"
	"testing"
)

// written is a comparison on one line.
func written(list []Words) string {
	var b strings.Builder
	for _, w := range list {
		switch w.Change {
		case Added:
			b.WriteString("{+" + w.Text + "+}")
		case Removed:
			b.WriteString("[-" + w.Text + "-]")
		default:
			b.WriteString(w.Text)
		}
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{"le même texte", "le même texte", "le même texte"},
		{"", "tout est neuf", "{+tout est neuf+}"},
		{"tout part", "", "[-tout part-]"},
		{"un quart des places", "un tiers des places", "un [-quart-]{+tiers+} des places"},
		{"un quart des places", "un quart de toutes les places", "un quart [-des-]{+de toutes les+} places"},
		{"dès septembre, réservé", "réservé", "[-dès septembre, -]réservé"},
		{"a b", "a b c", "a b{+ c+}"},
		{"Un.\n\nDeux.", "Un.\n\nDeux et demi.", "Un.\n\n[-Deux.-]{+Deux et demi.+}"},
		{"x y z", "p q r", "[-x y z-]{+p q r+}"},
	} {
		if got := written(compare(c.before, c.after)); got != c.want {
			t.Errorf("%q to %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
	long := strings.Repeat("mot ", 3000)
	if got := compare("a "+long+"b", "c "+strings.Repeat("autre ", 3000)+"d"); len(got) != 2 {
		t.Errorf("a text too long to compare is %d pieces", len(got))
	}
}

// Whatever the texts, what is kept and removed is the first, what is kept and added the second, but
// for blanks that a change has taken with it.
func FuzzCompare(f *testing.F) {
	f.Add("un quart des places", "un tiers des places")
	f.Add(" a  b\n", "b a")
	f.Fuzz(func(t *testing.T, before, after string) {
		var a, b strings.Builder
		for _, w := range compare(before, after) {
			if w.Change != Added {
				a.WriteString(w.Text)
			}
			if w.Change != Removed {
				b.WriteString(w.Text)
			}
		}
		plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if plain(a.String()) != plain(before) || plain(b.String()) != plain(after) {
			t.Errorf("%q to %q: %q, %q", before, after, a.String(), b.String())
		}
	})
}
