package poll

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
)

// Result is what a poll gives.
type Result struct {
	Answered int64
	Rows     []Row
	// Twice the median of a scale, and its mean in tenths, rounded; 0 where nobody answered.
	Median2, Mean10 int64
	Count           *tally.Result // of a ranking somebody answered
}

// Row is an answer and how often it was given; of a ranking, an option at its place.
type Row struct {
	Key     string
	Label   string
	N       int64
	Percent int64 // of those who answered, rounded
	Right   bool
	Hidden  bool // a word that is not shown
	Place   int  // of a ranking, from 1; those that are tied share it
}

// result counts the box.
func (p Poll) result(b Box) (r Result, err error) {
	r.Answered = b.Answered
	switch p.Kind {
	case Single, Multiple:
		for i, o := range p.Options {
			r.Rows = append(r.Rows, row(b, key(i), o.Label))
			r.Rows[i].Right = o.Right
		}
	case Scale:
		for v := 1; v <= p.Steps; v++ {
			k := strconv.Itoa(v)
			r.Rows = append(r.Rows, row(b, k, p.step(v)))
		}
		r.middle(b)
	case Words:
		for w := range b.Counts {
			r.Rows = append(r.Rows, row(b, w, w))
			r.Rows[len(r.Rows)-1].Hidden = slices.Contains(p.Hidden, w)
		}
		slices.SortFunc(r.Rows, func(x, y Row) int { return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Key, y.Key)) })
	case Ranking:
		err = p.rank(&r, b)
	}
	return r, err
}

func row(b Box, key, label string) Row {
	n := b.Counts[key]
	r := Row{Key: key, Label: label, N: n}
	if b.Answered > 0 {
		r.Percent = (200*n + b.Answered) / (2 * b.Answered)
	}
	return r
}

// step is a value of the scale, with the name of its end.
func (p Poll) step(v int) string {
	end := ""
	switch v {
	case 1:
		end = p.Low
	case p.Steps:
		end = p.High
	}
	if end == "" {
		return strconv.Itoa(v)
	}
	return strconv.Itoa(v) + " · " + end
}

// middle is the median and the mean of a scale.
func (r *Result) middle(b Box) {
	if b.Answered == 0 {
		return
	}
	var sum, before int64
	at := func(place int64) int64 { // the value of the answer at that place, in order
		before = 0
		for _, row := range r.Rows {
			if before += row.N; before > place {
				v, _ := strconv.ParseInt(row.Key, 10, 64) // written by result
				return v
			}
		}
		return 0
	}
	for i, row := range r.Rows {
		sum += int64(i+1) * row.N
	}
	r.Mean10 = (20*sum + b.Answered) / (2 * b.Answered)
	r.Median2 = at((b.Answered-1)/2) + at(b.Answered/2)
}

// rank counts the rankings by the poll's method.
func (p Poll) rank(r *Result, b Box) error {
	var labels []string
	for _, o := range p.Options {
		labels = append(labels, o.Label)
	}
	if b.Answered == 0 {
		for i, l := range labels {
			r.Rows = append(r.Rows, Row{Key: key(i), Label: l})
		}
		return nil
	}
	ballots, err := tally.NewRankings(labels)
	if err != nil {
		return err
	}
	for _, line := range slices.Sorted(maps.Keys(b.Counts)) {
		var ranking [][]int
		for part := range strings.SplitSeq(line, ">") {
			i, err := strconv.Atoi(part)
			if err != nil {
				return fmt.Errorf("poll %d has the answer %q", p.ID, line)
			}
			ranking = append(ranking, []int{i - 1})
		}
		if err := ballots.Add(ranking, b.Counts[line], 1); err != nil {
			return err
		}
	}
	if r.Count, err = tally.Count(p.Method, tally.Ballots{Rankings: ballots}, tally.Options{}); err != nil {
		return err
	}
	place := 1
	for _, group := range r.Count.Ranking {
		for _, label := range group {
			r.Rows = append(r.Rows, Row{Key: key(slices.Index(labels, label)), Label: label, Place: place})
		}
		place += len(group)
	}
	return nil
}

// reasons say how the ranking was counted, in sentences.
func (r Result) reasons(t func(key string, args ...any) string) (out []string) {
	if r.Count == nil {
		return nil
	}
	out = append(out, t("poll.why."+r.Count.Method, "n", r.Answered))
	for _, s := range r.Count.Steps {
		switch s := s.(type) {
		case tally.Scores:
			list := slices.Clone(s.Tallies)
			slices.SortStableFunc(list, func(a, b tally.Tally) int { return b.Votes.Cmp(a.Votes) })
			for _, one := range list {
				out = append(out, t("poll.why.points", "label", one.Candidate, "points", one.Votes.String()))
			}
		case tally.Duels:
			for _, d := range s.Victories {
				out = append(out, t("poll.why.duel", "winner", d.Winner, "loser", d.Loser, "for", d.For.String(), "against", d.Against.String()))
			}
		}
	}
	for _, tied := range r.Count.Ties {
		out = append(out, t("poll.why.tie", "labels", strings.Join(tied, ", ")))
	}
	return out
}

// shown are the rows that everybody sees.
func (r Result) shown() (out []Row) {
	for _, row := range r.Rows {
		if !row.Hidden {
			out = append(out, row)
		}
	}
	return out
}
