package doc

// Spaces of a table, in points.
const (
	cellPad = 4.0 // above and below a cell's text
	gutter  = 9.0 // between columns
)

// tableSetter sets one table.
type tableSetter struct {
	f    *flow
	cols []Column
	x, w []float64
	room float64 // what a page can hold below the header
}

func (f *flow) setTable(t Table) {
	if len(t.Columns) > 4 { // many columns take from the margins
		const more = 11 * mm
		f.left, f.right = f.left-more, f.right+more
		defer func() { f.left, f.right = f.left+more, f.right-more }()
	}
	s := &tableSetter{f: f, cols: t.Columns}
	s.divide(f.left, f.right-f.left)
	el := f.root.child("Table")
	f.space(12)
	if caption := f.shaper.wrap(Plain(t.Caption), bodyType.strong(), f.width()); caption != nil {
		f.need(float64(len(caption)+4) * bodyType.lead)
		f.text(caption, bodyType.strong(), f.left, f.width(), AlignStart, el.child("Caption"))
		f.y += 4
	}
	titles := make([]Inline, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = Plain(c.Title)
	}
	head := s.wrap(titles, headerType)
	s.room = bottom - top
	f.need(min(head.height()+2*(cellType.lead+2*cellPad), s.room))
	s.row(head, el.child("THead").child("TR"), "TH")
	if h := head.height(); h < s.room/3 {
		// On the next pages the header is for the eye only: it was read once.
		f.table = func() { s.put(head, make([]*elem, len(s.cols)), 0, head.lines()) }
		s.room -= h
	}
	body := el.child("TBody")
	for _, r := range t.Rows {
		s.row(s.wrap(r, cellType), body.child("TR"), "TD")
	}
	if len(t.Footer) > 0 {
		s.row(s.wrap(t.Footer, cellType.strong()), el.child("TFoot").child("TR"), "TD")
	}
	f.table = nil
	f.y += 4
}

// rule is the colour of the line under a row.
func (t typo) rule() rgb {
	if t.bold {
		return night
	}
	return hair
}

var headerType = typo{size: 8.5, lead: 11.5, bold: true, colour: night}

// divide gives each column its share of the width.
func (s *tableSetter) divide(x, width float64) {
	total := 0.0
	share := func(c Column) float64 {
		if w := min(magnitude(c.Width), 1e6); w > 0 {
			return w
		}
		return 1
	}
	for _, c := range s.cols {
		total += share(c)
	}
	for _, c := range s.cols {
		w := width * share(c) / total
		s.x, s.w = append(s.x, x), append(s.w, max(w-gutter, 1))
		x += w
	}
}

// setRow is a row in lines, one list per column.
type setRow struct {
	cells [][]line
	t     typo
}

func (s *tableSetter) wrap(row []Inline, t typo) setRow {
	r := setRow{make([][]line, len(s.cols)), t}
	for i := range s.cols {
		r.cells[i] = s.f.shaper.wrap(cell(row, i), t, s.w[i])
	}
	return r
}

func (r setRow) lines() int {
	n := 1
	for _, c := range r.cells {
		n = max(n, len(c))
	}
	return n
}

func (r setRow) height() float64 { return float64(r.lines())*r.t.lead + 2*cellPad }

// row keeps a row on one page when a page can hold it, and else fills pages
// line by line.
func (s *tableSetter) row(r setRow, el *elem, role string) {
	f := s.f
	els := s.elems(el, role)
	if h := r.height(); h <= s.room {
		f.need(h)
	}
	for from, n := 0, r.lines(); from < n; {
		fit := max(int((bottom-f.y-2*cellPad)/r.t.lead+1e-6), 1)
		to := min(from+fit, n)
		s.put(r, els, from, to)
		f.fresh = false
		if from = to; from < n {
			f.newPage()
		}
	}
}

// elems makes the row's cells, which are there even when empty.
func (s *tableSetter) elems(row *elem, role string) []*elem {
	out := make([]*elem, len(s.cols))
	for i := range out {
		out[i] = row.child(role)
		if role == "TH" {
			out[i].attr = "/O /Table /Scope /Column"
		}
	}
	return out
}

// put draws the lines from to to of a row, below each other.
func (s *tableSetter) put(r setRow, els []*elem, from, to int) {
	f, start := s.f, s.f.y
	for i, lines := range r.cells {
		f.y = start + cellPad
		if els[i] != nil {
			f.put(item{el: els[i]})
		}
		for j := from; j < min(to, len(lines)); j++ {
			f.textLine(&lines[j], r.t, s.x[i], s.w[i], s.cols[i].Align, els[i])
			f.y += r.t.lead
		}
	}
	f.y = start + float64(to-from)*r.t.lead + 2*cellPad
	f.fill(nil, r.t.rule(), rect(box{f.left, f.y - .6, f.right - f.left, .6}))
}
