package poll

import "unicode/utf8"

// The cloud is drawn in a frame of this width, in units of the drawing.
const (
	cloudWidth = 400
	cloudMost  = 60 // words
	smallest   = 19
	biggest    = 54
	cloudGap   = 16
)

// placed is a word at its place in the cloud: x is its middle, y its base.
type placed struct {
	Row
	x, y, size int
}

// cloud lays the words out in lines, the most given first and largest, and tells how high they stand.
// Only how often a word was given decides its size.
func cloud(rows []Row) (out []placed, height int) {
	if len(rows) > cloudMost {
		rows = rows[:cloudMost]
	}
	if len(rows) == 0 {
		return nil, 0
	}
	most := rows[0].N
	var line []placed
	used := 0
	flush := func() {
		if len(line) == 0 {
			return
		}
		height += line[0].size + 8
		x := (cloudWidth - used + cloudGap) / 2
		for _, w := range line {
			width := wordWidth(w.Label, w.size)
			w.x, w.y = x+width/2, height-line[0].size/6
			x += width + cloudGap
			out = append(out, w)
		}
		line, used = nil, 0
	}
	for _, r := range rows {
		w := placed{Row: r, size: smallest}
		if most > 1 {
			w.size += int((r.N - 1) * (biggest - smallest) / (most - 1))
		} else {
			w.size = (smallest + biggest) / 2
		}
		for w.size > smallest && wordWidth(r.Label, w.size) > cloudWidth {
			w.size--
		}
		width := wordWidth(r.Label, w.size) + cloudGap
		if used+width > cloudWidth+cloudGap {
			flush()
		}
		line, used = append(line, w), used+width
	}
	flush()
	return out, height + 8
}

// wordWidth is about how wide a word is set.
func wordWidth(s string, size int) int { return utf8.RuneCountInString(s) * size * 58 / 100 }
