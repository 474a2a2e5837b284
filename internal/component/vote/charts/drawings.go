package charts

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/tally"
)

func language(ctx context.Context) string { return string(site.From(ctx).Lang) }

func translate(ctx context.Context) Translate {
	return func(key string, args ...any) string { return site.T(ctx, key, args...) }
}

func percent(share float64) string {
	return strconv.FormatFloat(100*min(max(share, 0), 1), 'f', 2, 64) + "%"
}

// gradeShades is how many shades a scale of grades has; a grade takes the one at its place.
const gradeShades = 7

func shade(grade, grades int) string {
	if grades < 2 {
		return "grade-6"
	}
	return fmt.Sprintf("grade-%d", (grade*(gradeShades-1)*2+grades-1)/(2*(grades-1)))
}

// segment is a grade's part of a merit profile.
type segment struct {
	class, x, width string
	textX, text     string // the share in percent, where there is room for it
}

// segments lays the grades end to end, the best first.
func segments(p tally.MeritProfile) (list []segment, label string) {
	total := 0.0
	for _, g := range p.Grades {
		total += float(g.Votes)
	}
	from := 0.0
	var said []string
	for i := len(p.Grades) - 1; i >= 0 && total > 0; i-- {
		share := float(p.Grades[i].Votes) / total
		if share == 0 {
			continue
		}
		s := segment{class: shade(i, len(p.Grades)), x: percent(from), width: percent(share)}
		text := fmt.Sprintf("%.0f %%", 100*share)
		if left, right := room(from, from+share); right-left >= .15 {
			s.text, s.textX = text, percent((left+right)/2)
		}
		said = append(said, p.Grades[i].Grade+" "+text)
		list = append(list, s)
		from += share
	}
	return list, strings.Join(said, ", ")
}

// room is the larger part of a segment that the line at half leaves free.
func room(from, to float64) (left, right float64) {
	switch {
	case from >= .5 || to <= .5:
		return from, to
	case .5-from > to-.5:
		return from, .5
	}
	return .5, to
}

// node is an option on the circle of duels, arrow a duel won: from the winner to the loser.
type node struct {
	x, y, letterY, letter, name string
	won, out                    bool // out: set aside by its conditions
}

type arrow struct {
	class, x1, y1, x2, y2, head, width string
}

type duelGraph struct {
	nodes  []node
	arrows []arrow
	label  string
}

// maxNodes is how many options a graph of duels stays readable with.
const maxNodes = 8

// graph draws the duels: an arrow for each victory, wider for a larger one; those that the winner's
// strongest paths go through stand out.
func graph(ctx context.Context, c rule.Counted) (duelGraph, bool) {
	duels, ok := first[tally.Duels](c)
	n := len(c.Options)
	if !ok || n > maxNodes || n < 3 {
		return duelGraph{}, false
	}
	const centre, radius, size = 160.0, 124.0, 20.0
	type point struct{ x, y float64 }
	at := map[string]point{}
	var g duelGraph
	for i, o := range c.Options {
		angle := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
		p := point{centre + radius*math.Cos(angle), centre + radius*math.Sin(angle)}
		at[o.Name] = p
		g.nodes = append(g.nodes, node{num(p.x), num(p.y), num(p.y + 6), Letter(i), o.Name, slices.Contains(c.Tally.Winners, o.Name), dropped(c)[o.Name]})
	}
	most := 0.0
	for _, d := range duels.Victories {
		most = max(most, float(d.For)-float(d.Against))
	}
	strong := strongest(c)
	var said []string
	for _, d := range duels.Victories {
		a, b := at[d.Winner], at[d.Loser]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		ux, uy := (b.x-a.x)/length, (b.y-a.y)/length
		tip := point{b.x - ux*(size+2), b.y - uy*(size+2)}
		base := point{tip.x - ux*11, tip.y - uy*11}
		class := "duel"
		if strong[[2]string{d.Winner, d.Loser}] {
			class = "duel duel-strong"
		}
		g.arrows = append(g.arrows, arrow{class, num(a.x + ux*size), num(a.y + uy*size), num(base.x), num(base.y),
			fmt.Sprintf("%s,%s %s,%s %s,%s", num(tip.x), num(tip.y), num(base.x-uy*6), num(base.y+ux*6), num(base.x+uy*6), num(base.y-ux*6)),
			num(1.5 + 3.5*(float(d.For)-float(d.Against))/max(most, 1e-9))})
		said = append(said, site.T(ctx, "vote.counted.beats", "a", d.Winner, "b", d.Loser)+" "+Num(d.For, language(ctx))+" – "+Num(d.Against, language(ctx)))
	}
	g.label = strings.Join(said, ", ")
	return g, true
}

// Letter names an option on a drawing: A, B, C …
func Letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return Letter(i/26-1) + Letter(i%26)
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// strongest are the duels on the strongest paths of the first winner.
func strongest(c rule.Counted) map[[2]string]bool {
	out := map[[2]string]bool{}
	paths, ok := first[tally.Paths](c)
	if !ok || len(c.Tally.Winners) == 0 {
		return out
	}
	for _, p := range paths.Paths {
		if p.From == c.Tally.Winners[0] {
			for i := range p.Via[1:] {
				out[[2]string{p.Via[i], p.Via[i+1]}] = true
			}
		}
	}
	return out
}

// roundBar is an option's votes in a round.
type roundBar struct {
	name, text, mark   string
	kept, gain, gainAt string // what it had, and what it gains in the round
	quota              string
}

// roundBars are the bars of a round, on the scale of the whole count.
func roundBars(ctx context.Context, c rule.Counted, r tally.Round) []roundBar {
	full := fullScale(c)
	gains := map[string]tally.Number{}
	for _, t := range r.Transfers {
		gains[t.Candidate] = t.Votes
	}
	var out []roundBar
	for _, t := range (tabling{Counted: c}).sorted(r.Tallies) {
		votes, gain := float(t.Votes), float(gains[t.Candidate])
		b := roundBar{name: t.Candidate, text: Num(t.Votes, language(ctx)), kept: percent((votes - gain) / full)}
		if gain > 0 {
			b.gain, b.gainAt = percent(gain/full), percent((votes-gain)/full)
			b.text += " (+" + Num(gains[t.Candidate], language(ctx)) + ")"
		}
		if r.Quota != nil {
			b.quota = percent(float(*r.Quota) / full)
		}
		if slices.Contains(r.Elected, t.Candidate) {
			b.mark = site.T(ctx, "vote.counted.mark_elected")
		}
		out = append(out, b)
	}
	return out
}

// fullScale is the votes of a full bar.
func fullScale(c rule.Counted) float64 {
	full := 1e-9
	for _, r := range steps[tally.Round](c) {
		for _, t := range r.Tallies {
			full = max(full, float(t.Votes))
		}
		if r.Quota != nil {
			full = max(full, float(*r.Quota)*1.02)
		}
	}
	return full
}

// roundEvents say what a round decides.
func roundEvents(ctx context.Context, r tally.Round) string {
	var out []string
	if len(r.Excluded) > 0 {
		out = append(out, site.T(ctx, "vote.counted.excluded", "names", strings.Join(r.Excluded, ", ")))
	}
	if r.Surplus != "" {
		out = append(out, site.T(ctx, "vote.counted.surplus", "name", r.Surplus))
	}
	if len(r.Elected) > 0 {
		out = append(out, site.T(ctx, "vote.counted.elected", "names", strings.Join(r.Elected, ", ")))
	}
	if len(r.Ranked) > 0 {
		out = append(out, site.T(ctx, "vote.counted.ranked", "names", strings.Join(r.Ranked, ", ")))
	}
	if float(r.Exhausted) > 0 {
		out = append(out, site.T(ctx, "vote.counted.exhausted_votes", "votes", Num(r.Exhausted, language(ctx))))
	}
	return strings.Join(out, " ")
}

// scoreBars are totals as bars, in the order of the ranking.
func scoreBars(ctx context.Context, c rule.Counted, s tally.Scores) ui.BarChartProps {
	p := ui.BarChartProps{Caption: site.T(ctx, "vote.counted.unit_"+s.Unit)}
	for _, t := range (tabling{Counted: c}).sorted(s.Tallies) {
		bar := ui.Bar{Label: t.Candidate, Value: float(t.Votes), Text: Num(t.Votes, language(ctx))}
		won := 0
		for _, w := range c.Tally.Winners {
			if w == t.Candidate {
				won++
			}
		}
		switch {
		case c.Rule.Method().Lists():
			bar.Text += " · " + site.T(ctx, "vote.counted.seats_won", "n", won)
		case won > 0 && c.Tied() == nil:
			bar.Text += " · " + site.T(ctx, "vote.counted.mark_elected")
		}
		p.Bars = append(p.Bars, bar)
	}
	return p
}

func answerBars(ctx context.Context, c rule.Counted) ui.BarChartProps {
	p := ui.BarChartProps{Caption: site.T(ctx, "vote.counted.answers")}
	for _, a := range Answers(c) {
		p.Bars = append(p.Bars, ui.Bar{Label: site.T(ctx, "vote.answer."+a.Word), Value: float64(a.People), Text: site.Number(ctx, a.People)})
	}
	return p
}
