package charts

import (
	"context"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/tally"
)

// flow is a count in stages seen at once: a bar per round, cut into what each option has.
type flow struct {
	key  []flowName
	rows []flowRow
}

type flowName struct {
	class, letter, name string
	elected             bool
}

type flowRow struct {
	round, label string
	parts        []segment
	note         string
}

// flowShades are the tints of neighbours, as far apart as they go.
var flowShades = []string{"grade-6", "grade-1", "grade-4", "grade-0", "grade-3", "grade-5", "grade-2"}

// flowOf draws the rounds of a count.
func flowOf(ctx context.Context, c rule.Counted, rounds []tally.Round) flow {
	var f flow
	at := map[string]int{}
	for i, t := range rounds[0].Tallies {
		at[t.Candidate] = i
		f.key = append(f.key, flowName{flowShades[i%len(flowShades)], Letter(i), t.Candidate, c.Tied() == nil && slices.Contains(c.Tally.Winners, t.Candidate)})
	}
	for _, r := range rounds {
		total := float(r.Exhausted)
		for _, t := range r.Tallies {
			total += float(t.Votes)
		}
		row := flowRow{round: site.T(ctx, "vote.counted.round", "n", r.Number), note: roundEvents(ctx, r)}
		var said []string
		from := 0.0
		for _, t := range r.Tallies {
			share := float(t.Votes) / max(total, 1e-9)
			if share <= 0 {
				continue
			}
			name := f.key[at[t.Candidate]]
			s := segment{class: name.class, x: percent(from), width: percent(share)}
			if share >= .06 {
				s.text, s.textX = name.letter, percent(from+share/2)
			}
			row.parts = append(row.parts, s)
			said = append(said, t.Candidate+" "+Num(t.Votes, language(ctx)))
			from += share
		}
		row.label = strings.Join(said, ", ")
		f.rows = append(f.rows, row)
	}
	return f
}
