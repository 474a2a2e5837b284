package doc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gobolditalic"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// FontFiles are the TrueType files of a typeface. Title serves the title and
// the headings.
type FontFiles struct {
	Regular, Bold, Italic, BoldItalic, Title []byte
}

// Typeface is a parsed set of fonts, safe for use by several renderings at once.
type Typeface struct {
	faces [styles]*face
}

// style is one face of a typeface.
type style int

const (
	regular style = iota
	bold
	italic
	boldItalic
	title
	styles
)

// face is one font. family is its name in the PDF library, name the one in the
// file: its PostScript name, tagged as a subset (ISO 32000-1, 9.6.4).
type face struct {
	family, name string
	ttf          []byte
	font         *sfnt.Font
}

// goTypeface are the Go fonts (BSD licence): Latin, Greek and Cyrillic. They
// serve when no typeface is given, and for characters the given one lacks.
var goTypeface = func() *Typeface {
	t, err := newTypeface("go", FontFiles{goregular.TTF, gobold.TTF, goitalic.TTF, gobolditalic.TTF, gobold.TTF})
	if err != nil {
		panic(err) // the fonts are part of the program
	}
	return t
}()

// NewTypeface parses TrueType files (with glyf outlines, static).
func NewTypeface(files FontFiles) (*Typeface, error) { return newTypeface("text", files) }

func newTypeface(family string, files FontFiles) (*Typeface, error) {
	t := &Typeface{}
	for i, ttf := range [styles][]byte{files.Regular, files.Bold, files.Italic, files.BoldItalic, files.Title} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("font %d of 5: %w", i+1, err)
		}
		name, err := f.Name(nil, sfnt.NameIDPostScript)
		if err != nil {
			return nil, fmt.Errorf("font %d of 5: %w", i+1, err)
		}
		t.faces[i] = &face{fmt.Sprintf("%s%d", family, i), fmt.Sprintf("AAAAA%c+%s", 'A'+i, pdfName(name)), ttf, f}
	}
	return t, nil
}

// pdfName keeps what a name in a PDF holds without escapes.
func pdfName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, s)
}

// MissingCharacters is returned by [PDF] and [Letters] after the whole file was
// written, when no font had some of its characters: each was replaced by a
// question mark.
type MissingCharacters struct {
	Count int    // how many were replaced
	Runes []rune // which, sorted
}

func (m *MissingCharacters) Error() string {
	return fmt.Sprintf("%d characters are in none of the fonts and were replaced: %q", m.Count, string(m.Runes))
}

// standIns are characters that look alike, tried before giving up.
var standIns = map[rune]rune{
	'\u202F': '\u00A0', '\u2009': ' ', '\u2007': '\u00A0', '\u2011': '-', '\u2010': '-', '\u02BC': '’',
}

// glyph is a character with the face that has it and its advance in ems.
type glyph struct {
	face *face
	r    rune // as drawn
	src  rune // as given
	w    float64
}

// shaper finds the glyphs of one rendering and counts what is missing.
type shaper struct {
	chain   []*Typeface
	buf     sfnt.Buffer
	known   [styles]map[rune]glyph
	missing map[rune]int
}

func newShaper(t *Typeface) *shaper {
	s := &shaper{missing: map[rune]int{}}
	if t != nil {
		s.chain = append(s.chain, t)
	}
	s.chain = append(s.chain, goTypeface)
	for i := range s.known {
		s.known[i] = map[rune]glyph{}
	}
	return s
}

// base is the face of running text.
func (s *shaper) base() *face { return s.chain[0].faces[regular] }

// err is a *MissingCharacters, or nil.
func (s *shaper) err() error {
	if len(s.missing) == 0 {
		return nil
	}
	m := &MissingCharacters{Runes: slices.Sorted(maps.Keys(s.missing))}
	for _, n := range s.missing {
		m.Count += n
	}
	return m
}

// glyph finds the character; ok is false for one that has no shape of its own,
// such as a joiner or a variation selector.
func (s *shaper) glyph(st style, r rune) (g glyph, ok bool) {
	g, found := s.known[st][r]
	if !found {
		g = s.find(st, r)
		s.known[st][r] = g
	}
	return g, g.face != nil
}

// count notes what is missing from a line that is drawn.
func (s *shaper) count(l line) {
	for _, r := range l.missing {
		s.missing[r]++
	}
}

func (s *shaper) find(st style, r rune) glyph {
	if r == '\u00AD' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
		return glyph{}
	}
	tries := []rune{r}
	if alike, ok := standIns[r]; ok {
		tries = append(tries, alike)
	}
	if r == '\u202F' { // a thin space is narrow as well, and lines break elsewhere
		tries = []rune{r, '\u2009', '\u00A0'}
	}
	for _, try := range append(tries, '?') {
		for _, t := range s.chain {
			if w, ok := s.advance(t.faces[st], try); ok {
				return glyph{t.faces[st], try, r, w}
			}
		}
	}
	return glyph{}
}

// advance is in ems. The PDF library holds characters of the basic plane only.
func (s *shaper) advance(f *face, r rune) (float64, bool) {
	if r > 0xFFFF {
		return 0, false
	}
	i, err := f.font.GlyphIndex(&s.buf, r)
	if err != nil || i == 0 {
		return 0, false
	}
	a, err := f.font.GlyphAdvance(&s.buf, i, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 0, false
	}
	return float64(a) / 64 / 1000, true
}

// basic keeps the characters that the PDF library's metadata can hold.
func basic(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, oneLine(s))
}
