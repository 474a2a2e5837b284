package doc

import "io"

// PDFOptions are the choices of [PDF] and [Letters]; the zero value is fine.
type PDFOptions struct {
	// Typeface is used before the Go fonts, which complete it.
	Typeface *Typeface
	// Slides shows of each page only the upper part of its prose, 16 by 9, for a screen: what fills
	// more than that goes unseen, so a [PageBreak] ends each slide in time.
	Slides bool
}

// PDF writes the document on A4 pages, tagged, with its fonts embedded. The
// same document gives the same bytes. After writing the whole file it returns
// a [*MissingCharacters] when some characters could not be shown.
func PDF(w io.Writer, d Document, opts PDFOptions) error {
	if err := d.Blocks.check(); err != nil {
		return err
	}
	s := newShaper(opts.Typeface)
	p := newPainter(s.base())
	p.slides = opts.Slides
	f := newFlow(s, wordsFor(d.Lang), p.root)
	f.head(d)
	if err := f.blocks(d.Blocks); err != nil {
		return err
	}
	for i, pg := range f.pages {
		f.margins(pg, d.Header, d.Footer, i+1)
		p.page(pg)
	}
	if err := p.finish(w, d); err != nil {
		return err
	}
	return s.err()
}

// head sets the title and the subject, over a short rule.
func (f *flow) head(d Document) {
	lines := f.shaper.balance(Plain(oneLine(d.Title)), titleType, f.width())
	if lines == nil {
		return
	}
	f.bookmark(d.Title, 0)
	f.text(lines, titleType, f.left, f.width(), AlignStart, f.root.child("H1"))
	if d.Subject != "" {
		f.y += 5
		f.prose(Plain(oneLine(d.Subject)), leadType, f.root.child("P"))
	}
	f.y += 10
	f.tokens(f.left, f.y)
	f.y += 14
}

// tokens is the mark of the house: a short row of tokens, one of them now.
func (f *flow) tokens(x, y float64) {
	for i := range 8 {
		c := night
		if i == 5 {
			c = ochre
		}
		f.fill(nil, c, rounded(box{x + float64(i)*9, y, 6.6, 3.8}, 1.3))
	}
}

// margins adds the header, the footer and the page number to a page.
func (f *flow) margins(pg *page, header, footer string, n int) {
	add := func(s string, align Align, y float64) bool {
		lines := f.shaper.wrap(Plain(oneLine(s)), footType, right-left-70)
		if lines == nil {
			return false
		}
		x := left
		if align == AlignEnd {
			x = right - lines[0].w
		}
		f.shaper.count(lines[0])
		pg.items = append(pg.items, item{line: &lines[0], type_: footType, colour: footType.colour, x: x, y: y})
		return true
	}
	if add(header, AlignStart, 17*mm) {
		pg.items = append(pg.items, item{colour: hair, path: rect(box{left, 20 * mm, right - left, .6})})
	}
	add(footer, AlignStart, pageH-15*mm)
	if len(f.pages) > 1 {
		add(f.words.page(n, len(f.pages)), AlignEnd, pageH-15*mm)
	}
}
