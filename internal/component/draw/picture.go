package draw

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/sortition"
)

// smallest is the least number of volunteers of one value that is shown: fewer could be
// recognised.
const smallest = 3

// percent says a share of 1 in the page's language, with so many decimals.
func percent(ctx context.Context, share float64, decimals int) string {
	text := strconv.FormatFloat(100*share, 'f', decimals, 64)
	if site.From(ctx).Lang == i18n.English {
		return text + "%"
	}
	return i18n.Typography(strings.Replace(text, ".", ",", 1) + " %")
}

// chance says a chance as people say it: 9.1 %.
func chance(ctx context.Context, p float64) string {
	if p > 0 && p < 0.1 {
		return percent(ctx, p, 2)
	}
	return percent(ctx, p, 1)
}

// row is a value in the picture of who is who: shares of the population, of the volunteers
// and of the panel. Negative: not known, or not shown.
type row struct {
	name                    string
	population, pool, panel float64
	inPool                  string // how many volunteers, or that they are fewer than three
	quota, inPanel          string
	least, most             float64 // the quota, in shares of the panel
}

// picture is the composition by one category.
type picture struct {
	category string
	source   string
	rows     []row
}

// drawable is how many values a category may have to be drawn; with more it is a table only.
const drawable = 12

// pictures compares population, volunteers and panel, category by category, leaving out those
// of more than most values.
func (p ceremony) pictures(ctx context.Context, most int) []picture {
	quotas := map[[2]string]sortition.QuotaMet{}
	for _, q := range p.round.Summary.Quotas {
		quotas[[2]string{q.Category, q.Feature}] = q
	}
	var out []picture
	for _, c := range p.draw.Categories {
		if len(c.Values) > most {
			continue
		}
		pic := picture{category: c.Name, source: c.Source}
		total := 0
		for _, n := range p.pool[c.Name] {
			total += n
		}
		for _, v := range c.Values {
			n := p.pool[c.Name][v.Name]
			r := row{name: v.Name, population: v.Share / 100, pool: -1, panel: -1}
			if n >= smallest {
				r.pool, r.inPool = float64(n)/float64(total), site.Number(ctx, n)
			} else {
				r.inPool = t(ctx, "draw.fewer", "n", smallest)
			}
			from, to := v.Min, v.Max
			if q, ok := quotas[[2]string{c.Name, v.Name}]; ok {
				from, to = q.Min, q.Max
				if p.round.State == Drawn {
					r.panel, r.inPanel = float64(q.InPanel)/float64(p.round.Options.Size), site.Number(ctx, q.InPanel)
				}
			}
			size := float64(max(1, p.round.Options.Size))
			r.quota, r.least, r.most = bounds(from, to), float64(from)/size, min(1, float64(to)/size)
			pic.rows = append(pic.rows, r)
		}
		out = append(out, pic)
	}
	return out
}

func bounds(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d–%d", from, to)
}

// known writes a share, or a dash where there is none.
func known(ctx context.Context, share float64) string {
	if share < 0 {
		return "–"
	}
	return percent(ctx, share, 0)
}

// width is a bar's, in per cent of the picture.
func width(share float64) string {
	return strconv.FormatFloat(100*min(max(share, 0), 1), 'f', 2, 64) + "%"
}

// table is the picture in words.
func (pic picture) table(ctx context.Context) (columns []string, rows [][]string) {
	columns = []string{pic.category, t(ctx, "draw.population"), t(ctx, "draw.pool"), t(ctx, "draw.pool_share"), t(ctx, "draw.quota"), t(ctx, "draw.panel")}
	for _, r := range pic.rows {
		panel := "–"
		if r.panel >= 0 {
			panel = r.inPanel + " · " + percent(ctx, r.panel, 0)
		}
		rows = append(rows, []string{r.name, known(ctx, r.population), r.inPool, known(ctx, r.pool), r.quota, panel})
	}
	return columns, rows
}

// curve draws the sorted chances as the points of an SVG polyline in a box of 1000 by 1000,
// whose top is the chance high.
func curve(sorted []float64, high float64) string {
	var b strings.Builder
	n := len(sorted)
	step := max(1, n/250)
	point := func(i int, v float64) {
		fmt.Fprintf(&b, "%.1f,%.1f ", 1000*float64(i)/float64(n), 1000*(1-v/high))
	}
	for i := 0; i < n; i += step {
		v := min(sorted[i], high)
		point(i, v)
		point(min(i+step, n), v)
	}
	return strings.TrimSpace(b.String())
}

// graph is a picture of chances.
type graph struct {
	lines          []line
	equal          float64 // everybody's chance if all were equal
	reach          float64 // the same among those who can be drawn at all
	label, caption string
}

// line is one curve of a graph.
type line struct {
	class, name string
	sorted      []float64
}

// graph shows the round's chances, and those of the usual method.
func (p ceremony) graph(ctx context.Context) graph {
	g := graph{equal: p.equal(), reach: float64(p.round.Seats()) / float64(max(1, len(p.fair)-len(p.round.Summary.Impossible))), label: chancesText(ctx, p), caption: t(ctx, "draw.chances.axis", "n", len(p.fair)),
		lines: []line{{"draw-curve", t(ctx, "draw.chances.this"), p.fair}}}
	if len(p.usual) > 0 {
		g.lines = append(g.lines, line{"draw-curve-usual", t(ctx, "draw.chances.usual"), p.usual})
	}
	return g
}

// picturedSides shows the draw by constituency beside the national one.
func picturedSides(ctx context.Context, sides []Side) graph {
	g := graph{label: t(ctx, "draw.sides"), caption: t(ctx, "draw.sides.axis")}
	for _, v := range sides[1].Chance {
		g.equal += v / float64(len(sides[1].Chance))
	}
	g.reach = g.equal
	for i, s := range []line{{class: "draw-curve", name: t(ctx, "draw.sides.local")}, {class: "draw-curve-usual", name: t(ctx, "draw.sides.national")}} {
		s.sorted = sides[i].Chance
		g.lines = append(g.lines, s)
	}
	return g
}

// highest is the highest chance of the picture's first line.
func (g graph) highest() float64 { return g.lines[0].sorted[len(g.lines[0].sorted)-1] }

// high is the top of the picture: a round figure above the highest chance, or above two and a
// half times the equal one, so that a few high chances do not hide the low ones.
func (g graph) high() float64 {
	top := 0.0
	for _, l := range g.lines {
		top = max(top, l.sorted[len(l.sorted)-1])
	}
	top = min(top, 2.5*g.reach)
	unit := math.Pow(10, math.Floor(math.Log10(max(top, 1e-6))))
	for _, k := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10} {
		if top <= k*unit {
			return min(1, k*unit)
		}
	}
	return 1
}

// equal is everybody's chance if all were equal.
func (p ceremony) equal() float64 { return float64(p.round.Seats()) / float64(max(1, len(p.fair))) }

// level is where a chance lies in the picture, in per cent from its top.
func level(chance, high float64) string {
	return strconv.FormatFloat(100*(1-chance/high), 'f', 2, 64) + "%"
}

// quantiles are rows of the table of chances.
func (p ceremony) quantiles(ctx context.Context) (columns []string, rows [][]string) {
	columns = []string{t(ctx, "draw.chances.who"), t(ctx, "draw.chances.this")}
	if len(p.usual) > 0 {
		columns = append(columns, t(ctx, "draw.chances.usual"))
	}
	at := func(list []float64, q float64) string { return chance(ctx, list[int(q*float64(len(list)-1)+0.5)]) }
	for _, q := range []struct {
		key string
		at  float64
	}{{"draw.chances.lowest", 0}, {"draw.chances.tenth", 0.1}, {"draw.chances.median", 0.5}, {"draw.chances.ninetieth", 0.9}, {"draw.chances.highest", 1}} {
		line := []string{t(ctx, q.key), at(p.fair, q.at)}
		if len(p.usual) > 0 {
			line = append(line, at(p.usual, q.at))
		}
		rows = append(rows, line)
	}
	return columns, rows
}

// steps are the way of a draw, for the path at the top of its pages.
func (v view) steps(ctx context.Context) []ui.Step {
	first := Round{}
	if len(v.rounds) > 0 {
		first = v.rounds[0]
	}
	stage := 0
	switch {
	case first.State == Drawn:
		stage = 4
	case first.State == Published:
		stage = 3
	case first.State != "":
		stage = 2
	case v.draw.ClosesAt.IsZero() && v.draw.Checked.Volunteers < v.draw.Size || site.From(ctx).Now.Before(v.draw.ClosesAt):
		stage = 0
	default:
		stage = 1
	}
	when := []string{"", "", "", "", ""}
	if !v.draw.ClosesAt.IsZero() {
		when[0] = t(ctx, "draw.step.until", "at", v.draw.ClosesAt)
	}
	if !first.PublishedAt.IsZero() {
		when[2] = site.DateTime(ctx, first.PublishedAt)
	}
	if !first.DrawnAt.IsZero() {
		when[3] = site.DateTime(ctx, first.DrawnAt)
	}
	var out []ui.Step
	for i, key := range []string{"draw.step.volunteers", "draw.step.quotas", "draw.step.list", "draw.step.number", "draw.step.panel"} {
		s := ui.Step{Name: t(ctx, key), When: when[i], State: ui.StepNext}
		if i < stage {
			s.State = ui.StepDone
		} else if i == stage {
			s.State = ui.StepNow
		}
		out = append(out, s)
	}
	return out
}

// dice are the throws that count, and how the number came, in sentences.
func (p ceremony) derivation(ctx context.Context) []ui.Reason {
	r := p.round
	var out []ui.Reason
	sources, number, _, complete := contributions(r, p.throws)
	if !complete {
		return nil
	}
	for _, s := range sources {
		n, err := s.Number(r.Panels, r.Summary.Hash)
		if err != nil {
			continue // contributions had it complete
		}
		if s.Kind == "dice" {
			var shown []string
			for _, d := range s.Throws {
				shown = append(shown, strconv.Itoa(d))
			}
			out = append(out, ui.Reason{Text: t(ctx, "draw.number.dice", "shown", strings.Join(shown, " "), "sides", s.Sides, "number", strconv.Itoa(n))})
		} else {
			out = append(out, ui.Reason{Text: t(ctx, "draw.number.beacon", "round", fmt.Sprint(s.Round), "number", strconv.Itoa(n))})
		}
	}
	if len(sources) > 1 {
		out = append(out, ui.Reason{Text: t(ctx, "draw.number.sum", "panels", r.Panels, "number", strconv.Itoa(number))})
	}
	return append(out, ui.Reason{Text: t(ctx, "draw.number.names", "number", strconv.Itoa(number))})
}

// points says a difference of chances, in points of per cent.
func points(ctx context.Context, d float64) string {
	const least = 1e-6 // below it, figures say nothing more to anybody
	if d < least {
		return t(ctx, "draw.points.less")
	}
	text := strconv.FormatFloat(100*d, 'f', max(0, 1-int(math.Floor(math.Log10(100*d)))), 64)
	return decimal(ctx, text)
}

// decimal writes a number's decimal mark as the page's language does.
func decimal(ctx context.Context, number string) string {
	if site.From(ctx).Lang == i18n.English {
		return number
	}
	return strings.Replace(number, ".", ",", 1)
}
