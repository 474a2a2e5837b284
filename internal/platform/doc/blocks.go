package doc

import (
	"fmt"
	"strings"
)

func (f *flow) blocks(bs Blocks) error {
	for _, b := range bs {
		if err := f.block(b); err != nil {
			return err
		}
	}
	return nil
}

func (f *flow) block(b Block) error {
	switch b := b.(type) {
	case Heading:
		f.heading(b)
	case Paragraph:
		f.space(8)
		f.prose(b.Text, bodyType, f.root.child("P"))
	case List:
		f.list(b)
	case Table:
		f.setTable(b)
	case Definitions:
		f.definitions(b)
	case Notice:
		f.notice(b)
	case Derivation:
		f.derivation(b)
	case VoteBar:
		f.voteBar(b)
	case Signatures:
		f.signatures(b)
	case QR:
		return f.qr(b)
	case Code:
		return f.code(b)
	case PageBreak:
		if !f.fresh {
			f.newPage()
		}
	case Rule:
		f.space(12)
		f.need(1)
		f.fill(nil, hair, rect(box{f.left, f.y, f.right - f.left, .75}))
		f.y += 6
		f.fresh = false
	}
	return nil
}

// width is what prose may take.
func (f *flow) width() float64 { return min(f.right-f.left, measure) }

func (f *flow) prose(in Inline, t typo, el *elem) {
	f.text(f.shaper.wrap(in, t, f.width()), t, f.left, f.width(), AlignStart, el)
}

// bookmark adds an entry to the outline, at most one level deeper than the last.
func (f *flow) bookmark(text string, level int) {
	text = basic(text)
	if text == "" {
		return
	}
	for len(f.levels) > 0 && f.levels[len(f.levels)-1] >= level {
		f.levels = f.levels[:len(f.levels)-1]
	}
	f.put(item{mark: text, y: f.y, level: len(f.levels)})
	f.levels = append(f.levels, level)
}

func (f *flow) heading(h Heading) {
	t := headTypes[h.level()-1]
	lines := f.shaper.balance(h.Text, t, f.width())
	if lines == nil {
		return
	}
	f.space(t.lead * 1.15)
	f.need(float64(len(lines))*t.lead + 3*bodyType.lead)
	f.bookmark(h.Text.String(), h.level())
	f.text(lines, t, f.left, f.width(), AlignStart, f.root.child(fmt.Sprintf("H%d", h.level()+1)))
}

// labelled puts an item of a list: its label hangs to the left of its text.
// It gives the element of the text.
func (f *flow) labelled(label, in Inline, t, labelType typo, indent float64, li *elem) *elem {
	lines := f.shaper.wrap(in, t, f.width()-indent)
	f.need(min(float64(max(len(lines), 1)), 2) * t.lead)
	for _, l := range f.shaper.wrap(label, labelType, indent) {
		f.textLine(&l, labelType, f.left, indent, AlignStart, li.child("Lbl"))
		break
	}
	body := li.child("LBody")
	if lines == nil {
		f.y += t.lead
		f.fresh = false
	}
	f.text(lines, t, f.left+indent, f.width()-indent, AlignStart, body)
	return body
}

const bullet = "•"

func (f *flow) list(l List) {
	numbering, indent := "Disc", 14.0
	if l.Numbered {
		numbering, indent = "Decimal", 20
	}
	el := f.root.child("L")
	el.attr = "/O /List /ListNumbering /" + numbering
	f.space(8)
	for i, it := range l.Items {
		label := bullet
		if l.Numbered {
			label = fmt.Sprintf("%d.", i+1)
		}
		if i > 0 {
			f.space(3)
		}
		li := el.child("LI")
		f.labelled(Plain(label), it.Text, bodyType, bodyType.in(night), indent, li)
		if len(it.Sub) == 0 {
			continue
		}
		sub := li.child("L")
		sub.attr = "/O /List /ListNumbering /Circle"
		f.left += indent
		for _, in := range it.Sub {
			f.space(2)
			f.labelled(Plain("–"), in, bodyType, bodyType.in(soft), 12, sub.child("LI"))
		}
		f.left -= indent
	}
}

func (f *flow) definitions(d Definitions) {
	const column = 46 * mm
	el := f.root.child("L")
	f.space(8)
	for i, it := range d.Items {
		if i > 0 {
			f.space(4)
		}
		li := el.child("LI")
		label := f.shaper.wrap(Plain(oneLine(it.Label)), bodyType.in(soft), column-10)
		value := f.shaper.wrap(it.Value, bodyType, f.width()-column)
		f.need(float64(max(len(label), min(len(value), 2))) * bodyType.lead)
		start, onPage := f.y, len(f.pages)
		f.text(label, bodyType.in(soft), f.left, column-10, AlignStart, li.child("Lbl"))
		end := f.y
		if len(f.pages) == onPage {
			f.y = start
		}
		f.text(value, bodyType, f.left+column, f.width()-column, AlignStart, li.child("LBody"))
		if len(f.pages) == onPage {
			f.y = max(f.y, end)
		}
	}
}

// boxed draws what put draws over a tinted ground, when it fits on one page of
// the given height; longer content is set without ground.
func (f *flow) boxed(height float64, put func()) {
	const pad = 12
	f.space(12)
	f.need(height + 2*pad)
	fits := f.y+height+2*pad <= bottom
	f.left, f.right = f.left+pad, f.right-pad
	if fits {
		f.fill(nil, sunken, rounded(box{f.left - pad, f.y, f.right - f.left + 2*pad, height + 2*pad}, 6))
		f.y += pad
		f.fresh = true // no space above the first line
	}
	put()
	f.left, f.right = f.left-pad, f.right+pad
	if fits {
		f.y += pad
		f.fresh = false
	}
	f.y += 4
}

func (f *flow) notice(n Notice) {
	const pad = 12
	width := min(f.right-f.left-2*pad, measure)
	head := f.shaper.wrap(Plain(n.Title), bodyType.strong(), width)
	lines := f.shaper.wrap(n.Text, bodyType, width)
	f.boxed(float64(len(head)+len(lines))*bodyType.lead, func() {
		div := f.root.child("Div")
		f.text(head, bodyType.strong(), f.left, width, AlignStart, div.child("P"))
		f.text(lines, bodyType, f.left, width, AlignStart, div.child("P"))
	})
}

func (f *flow) derivation(d Derivation) {
	const pad, indent = 12, 20
	width := min(f.right-f.left-2*pad, measure)
	head := f.shaper.wrap(Plain(d.Title), bodyType.strong(), width)
	height := float64(len(head)) * bodyType.lead
	for _, r := range d.Reasons {
		height += 4 + bodyType.lead*float64(max(len(f.shaper.wrap(r.Text, bodyType, width-indent)), 1)) +
			smallType.lead*float64(len(f.shaper.wrap(Plain(oneLine(r.Citation)), smallType, width-indent)))
	}
	f.boxed(height, func() {
		div := f.root.child("Div")
		f.text(head, bodyType.strong(), f.left, width, AlignStart, div.child("P"))
		list := div.child("L")
		list.attr = "/O /List /ListNumbering /Decimal"
		for i, r := range d.Reasons {
			f.y += 4
			body := f.labelled(Plain(fmt.Sprintf("%d.", i+1)), r.Text, bodyType, bodyType.in(night), indent, list.child("LI"))
			cite := f.shaper.wrap(Plain(oneLine(r.Citation)), smallType, width-indent)
			f.text(cite, smallType, f.left+indent, width-indent, AlignStart, body.child("P"))
		}
	})
}

func (f *flow) signatures(s Signatures) {
	const rowH, gap, signH = 104.0, 24.0, 58.0
	w := (f.right - f.left - gap) / 2
	f.space(14)
	for i, sig := range s.Lines {
		if i%2 == 0 {
			f.need(rowH)
		}
		x, start := f.left+float64(i%2)*(w+gap), f.y
		f.shortText(oneLine(sig.Name), bodyType.strong(), x, w, f.root.child("P"))
		f.shortText(oneLine(sig.Role), smallType, x, w, f.root.child("P"))
		f.fill(nil, soft, rect(box{x, start + bodyType.lead + smallType.lead + signH, w, .6}))
		f.y, f.fresh = start, false
		if i%2 == 1 || i == len(s.Lines)-1 {
			f.y += rowH
		}
	}
}

// shortText is a few lines of text, without page breaks.
func (f *flow) shortText(s string, t typo, x, w float64, el *elem) {
	for _, l := range f.shaper.wrap(Plain(s), t, w) {
		f.textLine(&l, t, x, w, AlignStart, el)
		f.y += t.lead
	}
}

// figure is an element of a picture with its text alternative.
func (f *flow) figure(alt string, b box) *elem {
	el := f.root.child("Figure")
	el.alt = alt
	el.attr = fmt.Sprintf("/O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]", b.x, pageH-b.y-b.h, b.x+b.w, pageH-b.y)
	return el
}

func toneColour(t Tone) rgb {
	switch t {
	case ToneFor:
		return leaf
	case ToneAgainst:
		return madder
	case ToneAbstention:
		return mist
	}
	return soft
}

func shapes(t Tone, b box) string {
	var path strings.Builder
	for _, r := range t.boxes(b) {
		path.WriteString(rounded(r, 1.2))
	}
	return path.String()
}

func (f *flow) voteBar(v VoteBar) {
	const barH, over = 13.0, 4.0
	w := f.right - f.left
	f.space(12)
	f.need(barH + 2*over + smallType.lead*float64(len(v.Shares)+2))
	bar := box{f.left, f.y + over, w, barH}
	var el *elem // without words of its own the picture is an artifact
	if v.Alt != "" {
		el = f.figure(oneLine(v.Alt), box{f.left, f.y, w, barH + 2*over})
	}
	f.fill(el, hair, rect(box{f.left, f.y + over + barH + 2, w, .4}))
	for _, p := range v.pieces() {
		f.fill(el, toneColour(p.tone), shapes(p.tone, box{bar.x + p.x*w, bar.y, p.w * w, barH}))
	}
	if at, ok := v.mark(); ok {
		f.fill(el, ink, rect(box{bar.x + at*w - .8, bar.y - over, 1.6, barH + 2*over}))
	}
	f.y += barH + 2*over + 5
	list := f.root.child("L")
	t := cellType
	for _, s := range v.Shares {
		f.need(t.lead)
		li := list.child("LI")
		f.fill(nil, toneColour(s.Tone), shapes(s.Tone, box{f.left, f.y + 2, 5.5, t.lead - 4}))
		f.left += 12
		f.prose(Inline{{Text: oneLine(s.Label) + "  "}, {Text: oneLine(s.Display), Bold: true}}, t, li.child("LBody"))
		f.left -= 12
	}
	if v.Threshold != nil {
		f.need(t.lead)
		f.fill(nil, ink, rect(box{f.left + 2, f.y + 1, 1.6, t.lead - 2}))
		f.left += 12
		f.prose(Plain(v.Threshold.caption(f.words)), t, list.child("LI").child("LBody"))
		f.left -= 12
	}
}

// drawQR draws the code in a square of the given side, quiet zone included.
func (f *flow) drawQR(content, alt string, x, y, side float64) error {
	code, err := encodeQR(content)
	if err != nil {
		return err
	}
	m := side / float64(code.side)
	var path strings.Builder
	for _, r := range code.runs {
		path.WriteString(rect(box{x + r.x*m, y + r.y*m, r.w * m, m}))
	}
	if alt == "" {
		alt = f.words.qr
	}
	f.fill(f.figure(alt, box{x, y, side, side}), rgb{}, path.String())
	f.fresh = false
	return nil
}

func (f *flow) qr(q QR) error {
	const side, inset = 38 * mm, 4 * mm // the quiet zone stands in the margin
	f.space(10)
	f.need(side + 2*smallType.lead)
	if err := f.drawQR(q.Content, oneLine(q.Caption), f.left-inset, f.y, side); err != nil {
		return err
	}
	f.y += side
	f.prose(Plain(q.Caption), smallType, f.root.child("P"))
	return nil
}

// code sets the code in the Regular face, large, each character apart.
func (f *flow) code(c Code) error {
	const side, pad = 34 * mm, 12.0
	big := typo{size: 21, lead: 29, track: 2.2, colour: night, bold: true}
	width := f.right - f.left - 2*pad
	if c.QR != "" {
		width -= side
	}
	label := f.shaper.wrap(Plain(c.Label), bodyType.in(soft), width)
	value := f.shaper.wrap(Plain(c.Value), big, width)
	note := f.shaper.wrap(Plain(c.Note), smallType, width)
	texts := float64(len(label))*bodyType.lead + float64(len(value))*big.lead + float64(len(note))*smallType.lead
	height := texts
	if c.QR != "" {
		height = max(texts, side-2*pad+8)
	}
	var err error
	f.boxed(height, func() {
		start := f.y
		f.y += (height - texts) / 2
		div := f.root.child("Div")
		f.text(label, bodyType.in(soft), f.left, width, AlignStart, div.child("P"))
		f.text(value, big, f.left, width, AlignStart, div.child("P"))
		f.text(note, smallType, f.left, width, AlignStart, div.child("P"))
		if c.QR == "" {
			return
		}
		x, y := f.right+pad-4-side, start-pad+4
		f.fill(nil, rgb{255, 255, 255}, rounded(box{x, y, side, side}, 4))
		err = f.drawQR(c.QR, "", x, y, side)
		f.y = max(f.y, start+height)
	})
	return err
}
