package doc

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// columns is the width of a line of plain text.
const columns = 72

// Text writes the document as plain text in lines of at most 72 characters,
// for mail. A word that is longer stands on a line of its own, so that links
// stay whole. Tables that are too wide become one paragraph per row.
func Text(w io.Writer, d Document) error {
	if err := d.Blocks.check(); err != nil {
		return err
	}
	p := &textWriter{w: bufio.NewWriter(w), words: wordsFor(d.Lang)}
	p.para(oneLine(d.Header), "", "")
	if title := oneLine(d.Title); title != "" {
		p.para(title, "", "")
		p.under(title, "=")
	}
	p.para(oneLine(d.Subject), "", "")
	for _, b := range d.Blocks {
		p.block(b)
	}
	if footer := oneLine(d.Footer); footer != "" {
		p.gap()
		p.w.WriteString("-- \n") // what mail readers take for a signature (RFC 3676, 4.3)
		p.lines(footer, "", "")
	}
	return p.w.Flush()
}

// textWriter writes into a buffer, whose first error comes out at Flush.
type textWriter struct {
	w     *bufio.Writer
	words words
	begun bool
}

// gap is the blank line between two blocks.
func (p *textWriter) gap() {
	if p.begun {
		p.w.WriteString("\n")
	}
	p.begun = true
}

// para writes a block of its own, unless it is empty.
func (p *textWriter) para(s, first, rest string) {
	if s == "" {
		return
	}
	p.gap()
	p.lines(s, first, rest)
}

// lines writes wrapped text with a prefix for its first line and one for the others.
func (p *textWriter) lines(s, first, rest string) {
	for i, l := range wrapText(s, columns-textWidth(rest)) {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		p.w.WriteString(strings.TrimRight(prefix+l, " ") + "\n")
	}
}

func (p *textWriter) under(s, with string) {
	p.w.WriteString(strings.Repeat(with, min(textWidth(s), columns)) + "\n")
}

// plain is an inline as text: a link's address follows its words.
func plain(in Inline) string {
	var b strings.Builder
	for i, s := range in {
		words := clean(s.Text)
		b.WriteString(words)
		last := i+1 == len(in) || in[i+1].Link != s.Link
		if to := webLink(s.Link, false); to != "" && last && to != words && to != "mailto:"+words {
			b.WriteString(" <" + to + ">")
		}
	}
	return b.String()
}

func (p *textWriter) block(b Block) {
	switch b := b.(type) {
	case Heading:
		if s := oneLine(plain(b.Text)); s != "" {
			p.para(s, "", "")
			p.under(s, map[bool]string{true: "-", false: "·"}[b.level() == 1])
		}
	case Paragraph:
		p.para(plain(b.Text), "", "")
	case List:
		p.list(b)
	case Table:
		p.table(b)
	case Definitions:
		p.gap()
		for _, it := range b.Items {
			p.lines(oneLine(it.Label)+p.words.colon+plain(it.Value), "", "    ")
		}
	case Notice:
		p.para(strings.TrimLeft(oneLine(b.Title)+"\n"+plain(b.Text), "\n"), "| ", "| ")
	case Derivation:
		p.para(oneLine(b.Title), "", "")
		p.gap()
		for i, r := range b.Reasons {
			s := plain(r.Text)
			if c := oneLine(r.Citation); c != "" {
				s += " [" + c + "]"
			}
			p.lines(s, fmt.Sprintf("%2d. ", i+1), "    ")
		}
	case VoteBar:
		p.voteBar(b)
	case Signatures:
		for _, s := range b.Lines {
			p.para(strings.TrimSuffix(oneLine(s.Name)+", "+oneLine(s.Role), ", "), "", "")
			p.w.WriteString("\n" + p.words.sign + p.words.colon + strings.Repeat("_", 36) + "\n")
		}
	case QR:
		p.para(strings.TrimLeft(oneLine(b.Caption)+"\n"+clean(b.Content), "\n"), "", "")
	case Code:
		p.code(b)
	case Rule:
		p.gap()
		p.under(strings.Repeat("-", columns), "-")
	}
}

func (p *textWriter) list(l List) {
	p.gap()
	for i, it := range l.Items {
		first := " - "
		if l.Numbered {
			first = fmt.Sprintf("%2d. ", i+1)
		}
		rest := strings.Repeat(" ", textWidth(first))
		p.lines(plain(it.Text), first, rest)
		for _, sub := range it.Sub {
			p.lines(plain(sub), rest+" - ", rest+"   ")
		}
	}
}

func (p *textWriter) code(c Code) {
	p.para(oneLine(c.Label), "", "")
	p.para(oneLine(c.Value), "    ", "    ")
	p.para(oneLine(c.Note), "", "")
	p.para(clean(c.QR), "", "")
}

func (p *textWriter) voteBar(v VoteBar) {
	const bar = 50
	p.gap()
	wide := 0
	for _, s := range v.Shares {
		wide = max(wide, textWidth(s.caption()))
	}
	for _, s := range v.Shares {
		n := int(magnitude(s.Value)/v.total()*bar + .5)
		p.lines(s.caption(), "", "  ")
		p.w.WriteString("  " + strings.Repeat("#", n) + strings.Repeat(".", bar-n) + "\n")
	}
	if v.Threshold != nil {
		at, _ := v.mark()
		p.w.WriteString("  " + strings.Repeat(" ", int(at*bar)) + "^ " + v.Threshold.caption(p.words) + "\n")
	}
	if v.Alt != "" {
		p.lines(oneLine(v.Alt), "", "")
	}
}

func (p *textWriter) table(t Table) {
	p.para(oneLine(t.Caption), "", "")
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = oneLine(c.Title)
	}
	rows := make([][]string, 0, len(t.Rows)+1)
	for _, r := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Footer) {
		cells := make([]string, len(t.Columns))
		for i := range cells {
			cells[i] = plain(cell(r, i))
		}
		rows = append(rows, cells)
	}
	footer := len(t.Footer) > 0
	if !footer {
		rows = rows[:len(rows)-1]
	}
	widths := textColumns(head, rows)
	if widths == nil {
		p.records(head, rows)
		return
	}
	p.gap()
	p.row(t, widths, head)
	p.ruler(widths)
	for i, r := range rows {
		if footer && i == len(rows)-1 {
			p.ruler(widths)
		}
		p.row(t, widths, r)
	}
}

// textColumns shares the line between the columns: each as wide as its content,
// the widest giving way first. It is nil when they cannot stand side by side.
func textColumns(head []string, rows [][]string) []int {
	const least = 8
	widths := make([]int, len(head))
	for i := range head {
		widths[i] = min(max(textWidth(head[i]), 1), columns)
		for _, r := range rows {
			for _, l := range strings.Split(r[i], "\n") {
				widths[i] = min(max(widths[i], textWidth(l)), columns)
			}
		}
	}
	room := columns - 2*(len(head)-1)
	for sum(widths) > room {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= least {
			return nil
		}
		widths[widest]--
	}
	return widths
}

func sum(ns []int) int {
	t := 0
	for _, n := range ns {
		t += n
	}
	return t
}

func (p *textWriter) ruler(widths []int) {
	for i, w := range widths {
		if i > 0 {
			p.w.WriteString("  ")
		}
		p.w.WriteString(strings.Repeat("-", w))
	}
	p.w.WriteString("\n")
}

// row writes a row, its cells cut to their columns.
func (p *textWriter) row(t Table, widths []int, cells []string) {
	lines, n := make([][]string, len(cells)), 0
	for i, c := range cells {
		for _, l := range wrapText(c, widths[i]) {
			lines[i] = append(lines[i], chop(l, widths[i])...)
		}
		n = max(n, len(lines[i]))
	}
	for k := range n {
		var b strings.Builder
		for i, w := range widths {
			s := ""
			if k < len(lines[i]) {
				s = lines[i][k]
			}
			free := w - textWidth(s)
			before := map[Align]int{AlignEnd: free, AlignCenter: free / 2}[t.Columns[i].Align]
			b.WriteString(strings.Repeat(" ", before) + s + strings.Repeat(" ", free-before+2))
		}
		p.w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
}

// records writes a wide table as one paragraph per row.
func (p *textWriter) records(head []string, rows [][]string) {
	for _, r := range rows {
		p.gap()
		for i, c := range r {
			if c != "" {
				p.lines(strings.TrimPrefix(head[i]+p.words.colon+c, p.words.colon), "", "    ")
			}
		}
	}
}

// textWidth counts the characters that take a place.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n++
		}
	}
	return n
}

// wrapText breaks at spaces only, so that no-break spaces hold. Newlines break.
func wrapText(s string, width int) []string {
	var out []string
	for _, para := range strings.Split(s, "\n") {
		cur := ""
		for _, word := range strings.Split(para, " ") {
			switch {
			case cur == "":
				cur = word
			case textWidth(cur)+1+textWidth(word) > width:
				out = append(out, cur)
				cur = word
			default:
				cur += " " + word
			}
		}
		out = append(out, cur)
	}
	return out
}

// chop cuts a word that is wider than its column.
func chop(s string, width int) []string {
	var out []string
	for textWidth(s) > width {
		n, end := 0, len(s)
		for i, r := range s {
			if n == width {
				end = i
				break
			}
			n += textWidth(string(r))
		}
		out, s = append(out, s[:end]), s[end:]
	}
	return append(out, s)
}
