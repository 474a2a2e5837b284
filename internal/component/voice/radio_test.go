package voice

import (
	"bytes"
	"testing"

	"isegoria.org/isegoria/internal/platform/ogg"
)

// A packet that is padded says the same, and lasts as long; one that cannot be is left as it is.
func TestPad(t *testing.T) {
	long := append([]byte{0x78}, bytes.Repeat([]byte{7}, 200)...)
	for _, p := range [][]byte{ogg.Silence, {0x78, 1, 2, 3}, append([]byte{0x08}, bytes.Repeat([]byte{9}, 116)...), long, {0x79, 1, 1}} {
		out := pad(p)
		if ogg.Length(out) != ogg.Length(p) {
			t.Errorf("%x lasts %d", out, ogg.Length(out))
		}
		if len(p) > even-3 || p[0]&3 != 0 {
			if !bytes.Equal(out, p) {
				t.Errorf("%x became %x", p, out)
			}
			continue
		}
		// RFC 6716, 3.2.5: the kind, one frame with padding, how much of it, the frame, the padding.
		if len(out) != even || out[0] != p[0]|3 || out[1] != 0x41 || int(out[2]) != even-len(p)-2 || !bytes.Equal(out[3:len(p)+2], p[1:]) {
			t.Errorf("%x became %x", p, out)
		}
	}
}
