package doc

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// painter draws pages, one after the other, and keeps the marks that tie what
// is drawn to the structure tree.
type painter struct {
	pdf    *fpdf.Fpdf
	base   *face
	fonts  map[*face]bool
	root   *elem
	marked [][]*elem // by page and marked-content number: whose content it is
	links  [][]link  // by page
	slides bool      // see [PDFOptions]

	// State of the current page.
	open  bool
	owner *elem // of the open content; nil for an artifact
	face  *face
	size  float64
}

// link is an annotation: where to click, and what it leads to.
type link struct {
	el   *elem
	area box
	text string
	url  string
	num  int // object number
}

func newPainter(base *face) *painter {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCompression(false)            // of the pages: tag does it, with one compressor for all
	pdf.SetCreationDate(time.Unix(0, 0)) // not kept: info writes the document's
	pdf.SetModificationDate(time.Unix(0, 0))
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	return &painter{pdf: pdf, base: base, fonts: map[*face]bool{}, root: &elem{role: "Document", joined: true}}
}

func (p *painter) page(pg *page) {
	p.pdf.AddPage()
	p.marked, p.links = append(p.marked, nil), append(p.links, nil)
	p.face = nil
	for _, it := range pg.items {
		switch {
		case it.mark != "":
			p.close()
			p.font(p.base, bodyType.size) // the library writes UTF-16 when a Unicode font is current
			p.pdf.Bookmark(it.mark, it.level, it.y)
		case it.line != nil:
			p.line(it)
		case it.path != "":
			p.begin(it.el)
			p.pdf.RawWriteStr(fmt.Sprintf("%.3f %.3f %.3f rg %sf",
				float64(it.colour[0])/255, float64(it.colour[1])/255, float64(it.colour[2])/255, it.path))
		default:
			join(it.el)
		}
	}
	p.close()
}

// join hangs an element and its parents in the tree.
func join(e *elem) {
	if e.joined {
		return
	}
	e.joined = true
	join(e.parent)
	e.parent.kids = append(e.parent.kids, kid{elem: e})
}

// begin opens the marked content of an element, or of an artifact for nil.
func (p *painter) begin(e *elem) {
	if p.open && p.owner == e {
		return
	}
	p.close()
	p.open, p.owner = true, e
	if e == nil {
		p.pdf.RawWriteStr("/Artifact BMC")
		return
	}
	join(e)
	n := len(p.marked) - 1
	mcid := len(p.marked[n])
	p.marked[n] = append(p.marked[n], e)
	e.kids = append(e.kids, kid{page: n, mcid: mcid})
	p.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.role, mcid))
}

func (p *painter) close() {
	if p.open {
		p.pdf.RawWriteStr("EMC")
	}
	p.open, p.owner = false, nil
}

func (p *painter) font(f *face, size float64) {
	if p.face == f && p.size == size {
		return
	}
	if !p.fonts[f] {
		p.fonts[f] = true
		p.pdf.AddUTF8FontFromBytes(f.family, "", f.ttf)
	}
	p.pdf.SetFont(f.family, "", size)
	p.face, p.size = f, size
}

func (p *painter) line(it item) {
	x := it.x
	for _, r := range it.line.runs {
		el, colour := it.el, it.colour
		if r.link != "" && el != nil {
			el, colour = it.el.child("Link"), night
		}
		p.begin(el)
		p.font(r.face, it.type_.size)
		p.pdf.SetTextColor(int(colour[0]), int(colour[1]), int(colour[2]))
		if it.type_.track != 0 {
			p.pdf.RawWriteStr(fmt.Sprintf("%.2f Tc", it.type_.track))
		}
		p.pdf.Text(x, it.y, r.text)
		if it.type_.track != 0 {
			p.pdf.RawWriteStr("0 Tc")
		}
		if r.link != "" && el != nil {
			p.underline(el, r, it, x)
		}
		x += r.w
	}
}

// underline marks a link by more than its colour, and makes it one.
func (p *painter) underline(el *elem, r run, it item, x float64) {
	p.begin(nil)
	p.pdf.RawWriteStr(fmt.Sprintf("%.3f %.3f %.3f rg %sf", float64(night[0])/255, float64(night[1])/255, float64(night[2])/255,
		rect(box{x, it.y + 1.6, r.w, .5})))
	n := len(p.links) - 1
	p.links[n] = append(p.links[n], link{el: el, area: box{x, it.y - it.type_.size, r.w, it.type_.size * 1.3}, text: r.text, url: r.link})
	el.kids = append(el.kids, kid{page: n, annot: len(p.links[n])})
}

// finish writes the file, with its structure tree and metadata.
func (p *painter) finish(w io.Writer, d Document) error {
	var raw bytes.Buffer
	if err := p.pdf.Output(&raw); err != nil {
		return fmt.Errorf("PDF: %w", err)
	}
	return tag(w, raw.Bytes(), p, d)
}
