package doc

import (
	"fmt"
	"math"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// box is a rectangle, its origin top left.
type box struct{ x, y, w, h float64 }

// quiet is the blank margin of a QR code, in modules (ISO/IEC 18004, 5.3.8).
const quiet = 4

// qrCode is the dark parts of a QR code as horizontal runs, in modules; side
// counts the quiet zone on both sides.
type qrCode struct {
	side int
	runs []box
}

func encodeQR(content string) (qrCode, error) {
	if content == "" {
		return qrCode{}, fmt.Errorf("a QR code needs some content")
	}
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, fmt.Errorf("QR code of %d bytes: %w", len(content), err)
	}
	n := code.Bounds().Dx()
	out := qrCode{side: n + 2*quiet}
	dark := func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	for y := range n {
		for x := 0; x < n; x++ {
			if !dark(x, y) {
				continue
			}
			start := x
			for x < n && dark(x, y) {
				x++
			}
			out.runs = append(out.runs, box{float64(start + quiet), float64(y + quiet), float64(x - start), 1})
		}
	}
	return out, nil
}

// tokens is how many tokens a bar has; a token can be of several tones, so
// that the ends of the shares stand where they are exactly.
const tokens = 50

// tokenGap is the space between two tokens, as a part of a token's place.
const tokenGap = .22

// piece is a token or a part of one, of one tone. x and w are parts of the
// bar's length.
type piece struct {
	tone Tone
	x, w float64
}

// boxes are the shapes of a piece in a bar of the given place, so that tones
// differ without colour: for is whole, against is cut in two, abstention is
// half as high, neutral is a dot's height.
func (t Tone) boxes(b box) []box {
	switch t {
	case ToneFor:
		return []box{b}
	case ToneAgainst:
		h := b.h * .42
		return []box{{b.x, b.y, b.w, h}, {b.x, b.y + b.h - h, b.w, h}}
	case ToneAbstention:
		return []box{{b.x, b.y + b.h*.28, b.w, b.h * .44}}
	}
	return []box{{b.x, b.y + b.h*.4, b.w, b.h * .2}}
}

func magnitude(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v
}

// total is the length of the bar in the shares' unit, at least the smallest
// positive number.
func (v VoteBar) total() float64 {
	t := 0.0
	for _, s := range v.Shares {
		t += magnitude(s.Value)
	}
	return min(max(t, math.SmallestNonzeroFloat64), math.MaxFloat64)
}

// pieces cuts the bar into tokens. With no votes it has none.
func (v VoteBar) pieces() []piece {
	var out []piece
	total, from := v.total(), 0.0
	for _, s := range v.Shares {
		to := min(from+magnitude(s.Value)/total, 1)
		for i := int(from * tokens); i < tokens; i++ {
			left := max(from, (float64(i)+tokenGap/2)/tokens)
			right := min(to, (float64(i)+1-tokenGap/2)/tokens)
			if left >= to {
				break
			}
			if right > left {
				out = append(out, piece{s.Tone, left, right - left})
			}
		}
		from = to
	}
	return out
}

// mark is where the threshold stands, as a part of the bar's length.
func (v VoteBar) mark() (float64, bool) {
	if v.Threshold == nil || len(v.pieces()) == 0 {
		return 0, false
	}
	return min(magnitude(v.Threshold.At)/v.total(), 1), true
}

func (s Share) caption() string {
	return strings.TrimSpace(oneLine(s.Label) + " " + oneLine(s.Display))
}

func (t Threshold) caption(w words) string {
	if t.Label == "" {
		return w.threshold
	}
	return oneLine(t.Label)
}
