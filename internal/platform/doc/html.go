package doc

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
)

// HTML writes the document as one article element, to be put inside a page:
// semantic elements, classes and no style. The title is its h1, a heading of
// level n is an h(n+1).
func HTML(w io.Writer, d Document) error {
	if err := d.Blocks.check(); err != nil {
		return err
	}
	p := &htmlWriter{bufio.NewWriter(w), wordsFor(d.Lang)}
	p.f(`<article class="document prose"`)
	if d.Lang != "" {
		p.f(` lang="%s"`, d.Lang)
	}
	p.raw(">\n")
	p.line("p", "kicker", Plain(d.Header))
	p.line("h1", "", Plain(d.Title))
	p.line("p", "lead", Plain(d.Subject))
	for _, b := range d.Blocks {
		if err := p.block(b); err != nil {
			return err
		}
	}
	p.line("p", "document-footer", Plain(d.Footer))
	p.raw("</article>\n")
	return p.w.Flush()
}

// htmlWriter writes into a buffer, whose first error comes out at Flush.
type htmlWriter struct {
	w     *bufio.Writer
	words words
}

func (p *htmlWriter) raw(s string) { p.w.WriteString(s) }

// f writes a format whose text arguments are escaped.
func (p *htmlWriter) f(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(clean(s))
		}
	}
	fmt.Fprintf(p.w, format, args...)
}

// line writes an element, unless it would be empty.
func (p *htmlWriter) line(tag, class string, in Inline) {
	if in.String() == "" {
		return
	}
	p.open(tag, class)
	p.inline(in)
	p.raw("</" + tag + ">\n")
}

func (p *htmlWriter) open(tag, class string) {
	if class == "" {
		p.raw("<" + tag + ">")
		return
	}
	p.raw("<" + tag + ` class="` + class + `">`)
}

func (p *htmlWriter) inline(in Inline) {
	for _, s := range in {
		var closing string
		mark := func(opening, end string) {
			p.raw(opening)
			closing = end + closing
		}
		if link := webLink(s.Link, true); link != "" {
			mark(`<a href="`+html.EscapeString(link)+`">`, "</a>")
		}
		if s.Bold {
			mark("<strong>", "</strong>")
		}
		if s.Italic {
			mark("<em>", "</em>")
		}
		p.raw(strings.ReplaceAll(html.EscapeString(clean(s.Text)), "\n", "<br>"))
		p.raw(closing)
	}
}

func (p *htmlWriter) block(b Block) error {
	switch b := b.(type) {
	case Heading:
		p.line(fmt.Sprintf("h%d", b.level()+1), "", b.Text)
	case Paragraph:
		p.line("p", "", b.Text)
	case List:
		p.list(b)
	case Table:
		p.table(b)
	case Definitions:
		p.open("dl", "definitions")
		for _, it := range b.Items {
			p.f("<div><dt>%s</dt><dd>", it.Label)
			p.inline(it.Value)
			p.raw("</dd></div>\n")
		}
		p.raw("</dl>\n")
	case Notice:
		p.raw("<div class=\"notice\" role=\"note\"><div>\n")
		p.line("p", "notice-title", Plain(b.Title))
		p.line("p", "", b.Text)
		p.raw("</div></div>\n")
	case Derivation:
		p.derivation(b)
	case VoteBar:
		p.voteBar(b)
	case Signatures:
		p.open("ul", "signatures")
		for _, s := range b.Lines {
			p.f("<li><strong>%s</strong>", s.Name)
			if s.Role != "" {
				p.f(" <span>%s</span>", s.Role)
			}
			p.raw("</li>\n")
		}
		p.raw("</ul>\n")
	case QR:
		return p.qr(b)
	case Code:
		return p.code(b)
	case Rule:
		p.raw("<hr>\n")
	}
	return nil
}

func (p *htmlWriter) list(l List) {
	tag := "ul"
	if l.Numbered {
		tag = "ol"
	}
	p.open(tag, "")
	for _, it := range l.Items {
		p.raw("<li>")
		p.inline(it.Text)
		if len(it.Sub) > 0 {
			p.raw("<ul>")
			for _, sub := range it.Sub {
				p.raw("<li>")
				p.inline(sub)
				p.raw("</li>")
			}
			p.raw("</ul>")
		}
		p.raw("</li>\n")
	}
	p.raw("</" + tag + ">\n")
}

// table is marked so that, where it is narrow, each row can stand as a card of
// labelled cells and still be read as a table.
func (p *htmlWriter) table(t Table) {
	p.raw("<table class=\"table\" role=\"table\">\n")
	p.line("caption", "", Plain(t.Caption))
	p.raw("<thead role=\"rowgroup\"><tr role=\"row\">")
	for _, c := range t.Columns {
		p.f(`<th scope="col" role="columnheader"%s>%s</th>`, c.Align.class(), c.Title)
	}
	p.raw("</tr></thead>\n<tbody role=\"rowgroup\">\n")
	for _, row := range t.Rows {
		p.row(t, row)
	}
	p.raw("</tbody>\n")
	if len(t.Footer) > 0 {
		p.raw("<tfoot role=\"rowgroup\">")
		p.row(t, t.Footer)
		p.raw("</tfoot>\n")
	}
	p.raw("</table>\n")
}

func (p *htmlWriter) row(t Table, row []Inline) {
	p.raw("<tr role=\"row\">")
	for i, c := range t.Columns {
		p.f(`<td role="cell"%s data-label="%s"><div>`, c.Align.class(), c.Title)
		p.inline(cell(row, i))
		p.raw("</div></td>")
	}
	p.raw("</tr>\n")
}

// attribute is markup, not text: it is not escaped.
type attribute string

func (a Align) class() attribute {
	switch a {
	case AlignEnd:
		return ` class="num"`
	case AlignCenter:
		return ` class="center"`
	}
	return ""
}

func (p *htmlWriter) derivation(d Derivation) {
	p.raw("<div class=\"why\">\n")
	p.line("p", "why-title", Plain(d.Title))
	p.raw("<ol>\n")
	for _, r := range d.Reasons {
		p.raw("<li>")
		p.inline(r.Text)
		if r.Citation != "" {
			p.f(" <cite>%s</cite>", r.Citation)
		}
		p.raw("</li>\n")
	}
	p.raw("</ol></div>\n")
}

// Sizes of a bar in its own units; its length is that of the page.
const (
	barLength = 1000.0
	barHeight = 36.0
	barOver   = 6.0 // by how much the threshold stands out
	swatch    = 20.0
)

func (p *htmlWriter) voteBar(v VoteBar) {
	const full = barHeight + 2*barOver
	p.raw("<figure class=\"vote-bar\">\n")
	if v.Alt == "" {
		p.raw(`<svg aria-hidden="true"`)
	} else {
		p.f(`<svg role="img" aria-label="%s"`, v.Alt)
	}
	p.f(` viewBox="0 0 %.0f %.0f" width="100%%" height="%.0f" preserveAspectRatio="none">`, barLength, full, full)
	for _, pc := range v.pieces() {
		p.shape(pc.tone, box{pc.x * barLength, barOver, pc.w * barLength, barHeight})
	}
	if x, ok := v.mark(); ok {
		for _, class := range []attribute{"threshold-ground", "threshold"} {
			p.f(`<line class="%s" x1="%.1f" x2="%.1f" y1="0" y2="%.0f"/>`, class, x*barLength, x*barLength, full)
		}
	}
	p.raw("</svg>\n<ul class=\"legend\" role=\"list\">\n")
	for _, s := range v.Shares {
		p.f(`<li><svg aria-hidden="true" width="%.0f" height="%.0f">`, swatch*.7, swatch)
		p.shape(s.Tone, box{0, 0, swatch * .7, swatch})
		p.f("</svg> <span>%s <b>%s</b></span></li>\n", s.Label, s.Display)
	}
	if v.Threshold != nil {
		p.f(`<li><svg aria-hidden="true" class="legend-threshold" width="4" height="22"><line class="threshold" x1="2" x2="2" y1="1" y2="22"/></svg>`)
		p.f(" <span>%s</span></li>\n", v.Threshold.caption(p.words))
	}
	p.raw("</ul></figure>\n")
}

// class is the tone's name in the style sheet.
func (t Tone) class() attribute {
	switch t {
	case ToneFor:
		return "part-for"
	case ToneAgainst:
		return "part-against"
	case ToneAbstention:
		return "part-abstain"
	}
	return "part-plain"
}

func (p *htmlWriter) shape(t Tone, b box) {
	for _, r := range t.boxes(b) {
		p.f(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, t.class(), r.x, r.y, r.w, r.h)
	}
}

func (p *htmlWriter) qr(q QR) error {
	p.raw("<figure class=\"qr\">\n")
	alt := q.Caption
	if alt == "" {
		alt = p.words.qr
	}
	if err := p.qrPicture(q.Content, alt); err != nil {
		return err
	}
	p.line("figcaption", "", Plain(q.Caption))
	p.raw("</figure>\n")
	return nil
}

// qrPicture is black on white whatever the page's colours: scanners need it.
func (p *htmlWriter) qrPicture(content, alt string) error {
	code, err := encodeQR(content)
	if err != nil {
		return err
	}
	p.f(`<svg role="img" aria-label="%s" viewBox="0 0 %d %d" width="160" height="160" shape-rendering="crispEdges"><rect width="100%%" height="100%%" fill="#fff"/><path d="`,
		alt, code.side, code.side)
	for _, r := range code.runs {
		p.f("M%.0f %.0fh%.0fv1h-%.0fz", r.x, r.y, r.w, r.w)
	}
	p.raw("\"/></svg>\n")
	return nil
}

func (p *htmlWriter) code(c Code) error {
	p.raw("<div class=\"card code\">\n")
	p.line("p", "code-label", Plain(c.Label))
	p.f("<p class=\"code-value\"><code>%s</code></p>\n", c.Value)
	p.line("p", "code-note", Plain(c.Note))
	if c.QR != "" {
		if err := p.qrPicture(c.QR, p.words.qr); err != nil {
			return err
		}
	}
	p.raw("</div>\n")
	return nil
}
