package doc

import "fmt"

// mm is a millimetre in points.
const mm = 72 / 25.4

// The page: A4, with wide margins. Prose is narrower than tables: about 75
// characters a line.
const (
	pageW   = 210 * mm
	pageH   = 297 * mm
	left    = 28 * mm
	right   = pageW - 28*mm
	top     = 30 * mm
	bottom  = pageH - 28*mm
	measure = 132 * mm
)

// elem is an element of the structure tree (ISO 32000-1, 14.8). It joins its
// parent when its first content is painted, so that children stand in
// reading order.
type elem struct {
	role   string
	parent *elem
	kids   []kid
	alt    string
	attr   string // an attribute dictionary, without its brackets
	joined bool
	num    int // object number
}

// kid is a child element, or, when elem is nil, content: the marked content mcid
// of a page, or the annotation annot (0: none) of a page.
type kid struct {
	elem  *elem
	page  int
	mcid  int
	annot int
}

func (e *elem) child(role string) *elem { return &elem{role: role, parent: e} }

// item is one thing on a page. Items of no element are artifacts: they are not
// part of what is read.
type item struct {
	el     *elem
	colour rgb
	line   *line // text, its baseline at (x, y)
	type_  typo
	x, y   float64
	path   string // or else a filled path, in raw operators
	mark   string // or else a bookmark at y, of this level
	level  int
}

type page struct{ items []item }

// flow sets blocks on pages, from top to bottom.
type flow struct {
	shaper *shaper
	words  words
	root   *elem // where blocks go
	pages  []*page
	y      float64
	left   float64 // current indents
	right  float64
	fresh  bool // nothing on this page yet
	levels []int
	table  func() // redraws a table's header on a new page
}

func newFlow(s *shaper, w words, root *elem) *flow {
	f := &flow{shaper: s, words: w, root: root, left: left, right: right}
	f.newPage()
	return f
}

func (f *flow) newPage() {
	f.pages = append(f.pages, &page{})
	f.y, f.fresh = top, true
	if f.table != nil {
		f.table()
		f.fresh = true
	}
}

func (f *flow) put(it item) {
	p := f.pages[len(f.pages)-1]
	p.items = append(p.items, it)
}

// need starts a new page when h does not fit below, unless the page is new
// already. It says whether it did.
func (f *flow) need(h float64) bool {
	if f.y+h <= bottom || f.fresh {
		return false
	}
	f.newPage()
	return true
}

// space is left above a block, but not at the top of a page.
func (f *flow) space(h float64) {
	if !f.fresh {
		f.y += h
	}
}

// text puts lines one below the other, keeping two together at either side of
// a page break.
func (f *flow) text(lines []line, t typo, x, width float64, align Align, el *elem) {
	for len(lines) > 0 {
		n := min(int((bottom-f.y)/t.lead+1e-6), len(lines))
		if len(lines)-n == 1 && n > 2 {
			n--
		}
		if n < min(2, len(lines)) {
			if !f.fresh {
				f.newPage()
				continue
			}
			n = max(n, 1)
		}
		for i := range n {
			f.textLine(&lines[i], t, x, width, align, el)
			f.y += t.lead
			f.fresh = false
		}
		lines = lines[n:]
	}
}

// textLine draws one line whose top is at f.y.
func (f *flow) textLine(l *line, t typo, x, width float64, align Align, el *elem) {
	f.shaper.count(*l)
	switch align {
	case AlignCenter:
		x += (width - l.w) / 2
	case AlignEnd:
		x += width - l.w
	}
	f.put(item{el: el, line: l, type_: t, colour: t.colour, x: x, y: f.y + baseline(t)})
}

// baseline is the depth of a line's baseline below its top.
func baseline(t typo) float64 { return (t.lead-t.size)/2 + t.size*.8 }

func (f *flow) fill(el *elem, c rgb, path string) { f.put(item{el: el, colour: c, path: path}) }

// rect is a path; its origin is the top left corner of the page.
func rect(b box) string {
	return fmt.Sprintf("%.2f %.2f %.2f %.2f re ", b.x, pageH-b.y-b.h, b.w, b.h)
}

// rounded is a rectangle with round corners of radius r.
func rounded(b box, r float64) string {
	r = min(r, b.w/2, b.h/2)
	k := r * .4477 // what is left of the radius by a quarter circle's control point
	x0, x1, y0, y1 := b.x, b.x+b.w, pageH-b.y-b.h, pageH-b.y
	return fmt.Sprintf("%.2f %.2f m %.2f %.2f l %.2f %.2f %.2f %.2f %.2f %.2f c ", x0+r, y0, x1-r, y0, x1-k, y0, x1, y0+k, x1, y0+r) +
		fmt.Sprintf("%.2f %.2f l %.2f %.2f %.2f %.2f %.2f %.2f c ", x1, y1-r, x1, y1-k, x1-k, y1, x1-r, y1) +
		fmt.Sprintf("%.2f %.2f l %.2f %.2f %.2f %.2f %.2f %.2f c ", x0+r, y1, x0+k, y1, x0, y1-k, x0, y1-r) +
		fmt.Sprintf("%.2f %.2f l %.2f %.2f %.2f %.2f %.2f %.2f c h ", x0, y0+r, x0, y0+k, x0+k, y0, x0+r, y0)
}
