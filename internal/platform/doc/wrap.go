package doc

import "strings"

// rgb is a colour of the look, light theme.
type rgb [3]uint8

var (
	ink    = rgb{0x1b, 0x23, 0x33}
	soft   = rgb{0x53, 0x5c, 0x6e}
	night  = rgb{0x22, 0x36, 0x6b}
	hair   = rgb{0xdf, 0xd5, 0xc0}
	sunken = rgb{0xf7, 0xf2, 0xe7}
	ochre  = rgb{0xd9, 0x94, 0x1a}
	leaf   = rgb{0x23, 0x69, 0x4a}
	madder = rgb{0xb3, 0x3a, 0x24}
	mist   = rgb{0x64, 0x72, 0x8a}
)

// typo is how a text is set: sizes in points, track is added between
// characters, in points.
type typo struct {
	size, lead, track float64
	bold, title       bool
	colour            rgb
}

var (
	bodyType  = typo{size: 10.5, lead: 15.5, colour: ink}
	smallType = typo{size: 9, lead: 12.5, colour: soft}
	footType  = typo{size: 8.5, lead: 11, colour: soft}
	titleType = typo{size: 25, lead: 28, title: true, colour: night}
	leadType  = typo{size: 12.5, lead: 18, colour: soft}
	cellType  = typo{size: 9.5, lead: 13, colour: ink}
	headTypes = [5]typo{
		{size: 16, lead: 20, title: true, colour: night},
		{size: 12.5, lead: 17, title: true, colour: night},
		{size: 11, lead: 15.5, bold: true, colour: ink},
		{size: 10.5, lead: 15.5, bold: true, colour: soft},
		{size: 10.5, lead: 15.5, colour: soft},
	}
)

func (t typo) strong() typo { t.bold = true; return t }

func (t typo) in(c rgb) typo { t.colour = c; return t }

func (t typo) style(s Span) style {
	switch {
	case t.title:
		return title
	case (t.bold || s.Bold) && s.Italic:
		return boldItalic
	case t.bold || s.Bold:
		return bold
	case s.Italic:
		return italic
	}
	return regular
}

// run is text of one face and one link on one line.
type run struct {
	face *face
	text string
	w    float64
	link string
}

// line is what fits on one line.
type line struct {
	runs    []run
	w       float64
	missing []rune // characters drawn as a question mark
}

// placed is a glyph of a text that is not yet broken into lines.
type placed struct {
	glyph
	link string
}

// wrap sets text in lines of at most the given width. It breaks after a space
// or a hyphen, never at a no-break space; a word longer than a line is cut.
// Empty text has no line.
func (s *shaper) wrap(in Inline, t typo, width float64) []line {
	var lines []line
	var cur []placed
	empty := true
	for _, span := range in {
		link, st := webLink(span.Link, false), t.style(span)
		for _, r := range clean(span.Text) {
			empty = false
			if r == '\n' {
				lines = append(lines, breakLines(cur, t, width, true)...)
				cur = nil
			} else if g, ok := s.glyph(st, r); ok {
				cur = append(cur, placed{g, link})
			} else if r == '\u200B' { // a place to break, without a shape
				cur = append(cur, placed{glyph{src: r}, link})
			}
		}
	}
	if empty {
		return nil
	}
	return append(lines, breakLines(cur, t, width, false)...)
}

// balance is wrap for titles: no more lines, but of about the same length.
func (s *shaper) balance(in Inline, t typo, width float64) []line {
	lines := s.wrap(in, t, width)
	for low := 0.0; len(lines) > 1 && width-low > 4; {
		mid := (low + width) / 2
		if tried := s.wrap(in, t, mid); len(tried) == len(lines) {
			lines, width = tried, mid
		} else {
			low = mid
		}
	}
	return lines
}

// breakLines is greedy; it always gives at least one line, maybe an empty one.
// more says that other lines follow the last.
func breakLines(gs []placed, t typo, width float64, more bool) []line {
	var lines []line
	for {
		w, end, brk := 0.0, 0, 0
		for end < len(gs) {
			g := gs[end]
			w += g.w*t.size + t.track
			if w-t.track > width && g.src != ' ' && end > 0 {
				break
			}
			end++
			if breaks(gs, end) {
				brk = end
			}
		}
		if end == len(gs) {
			return append(lines, newLine(gs, t, more))
		}
		if brk == 0 {
			brk = end
		}
		lines = append(lines, newLine(gs[:brk], t, false))
		gs = gs[brk:]
	}
}

// breaks says whether a line may end before glyph i.
func breaks(gs []placed, i int) bool {
	switch gs[i-1].src {
	case ' ', '\u2009', '\u200B':
		return true
	case '-': // not after a minus sign or a bullet
		return i > 1 && gs[i-2].src != ' '
	}
	return false
}

// newLine measures a line without the spaces it ends with. One is kept in the
// text where the reading goes on: words are not to be glued across lines.
func newLine(gs []placed, t typo, more bool) line {
	for len(gs) > 0 && gs[len(gs)-1].src == ' ' {
		gs, more = gs[:len(gs)-1], true
	}
	var l line
	var text strings.Builder
	flush := func() {
		if n := len(l.runs) - 1; n >= 0 {
			l.runs[n].text = text.String()
		}
		text.Reset()
	}
	for _, g := range gs {
		if g.face == nil {
			continue
		}
		if g.r == '?' && g.src != '?' {
			l.missing = append(l.missing, g.src)
		}
		if n := len(l.runs) - 1; n < 0 || l.runs[n].face != g.face || l.runs[n].link != g.link {
			flush()
			l.runs = append(l.runs, run{face: g.face, link: g.link})
		}
		text.WriteRune(g.r)
		w := g.w*t.size + t.track
		l.runs[len(l.runs)-1].w += w
		l.w += w
	}
	if more && len(l.runs) > 0 {
		text.WriteByte(' ')
	}
	flush()
	return l
}
