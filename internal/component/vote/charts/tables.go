package charts

import (
	"slices"
	"strconv"

	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/tally"
)

// Table is the figures of a count; the first column names the row.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]string
}

// Tables are the figures of a count, all of them, for a page or for a document.
func Tables(c rule.Counted, t Translate, lang string) []Table {
	b := tabling{c, t, lang}
	var out []Table
	for _, table := range []Table{b.proposal(), b.scores(), b.merits(), b.conditions(), b.pairs(), b.paths(), b.locks(), b.records(), b.defeats(), b.rounds(), b.persons(), b.seats()} {
		if len(table.Rows) > 0 {
			out = append(out, table)
		}
	}
	return out
}

type tabling struct {
	rule.Counted
	t    Translate
	lang string
}

func (b tabling) num(n tally.Number) string { return Num(n, b.lang) }

func (b tabling) proposal() Table {
	out := Table{b.t("vote.counted.answers"), []string{b.t("vote.counted.answer"), b.t("vote.counted.people")}, nil}
	for _, a := range Answers(b.Counted) {
		out.Rows = append(out.Rows, []string{b.t("vote.answer." + a.Word), strconv.FormatInt(a.People, 10)})
	}
	return out
}

// Answer is how many people gave an answer to a proposal.
type Answer struct {
	Word   string
	People int64
}

// Answers are those to a proposal, none where one chose between options.
func Answers(c rule.Counted) []Answer {
	var out []Answer
	switch {
	case c.Consent != nil:
		out = []Answer{{rule.Agree, c.Consent.Agreed}, {rule.Concern, c.Consent.Concerns}, {rule.Objection, c.Consent.Objections}, {rule.Aside, c.Consent.StoodAside}}
	case c.Fists != nil:
		for n := 5; n >= 0; n-- {
			out = append(out, Answer{strconv.Itoa(n), c.Fists.Raised[n]})
		}
	}
	return out
}

func (b tabling) scores() Table {
	s, ok := first[tally.Scores](b.Counted)
	if !ok {
		return Table{}
	}
	out := Table{b.t("vote.counted.scores"), []string{b.t("vote.counted.option"), b.t("vote.counted.unit_" + s.Unit)}, nil}
	for _, t := range b.sorted(s.Tallies) {
		out.Rows = append(out.Rows, []string{t.Candidate, b.num(t.Votes)})
	}
	return out
}

// sorted puts tallies in the order of the ranking.
func (b tabling) sorted(list []tally.Tally) []tally.Tally {
	if b.Rule.Method().Lists() {
		return list
	}
	place := b.places()
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(x, y tally.Tally) int { return place[x.Candidate] - place[y.Candidate] })
	return sorted
}

// places are the options' ranks, from 1; the tied share theirs.
func (b tabling) places() map[string]int {
	out := map[string]int{}
	at := 1
	for _, group := range b.Tally.Ranking {
		for _, name := range group {
			out[name] = at
		}
		at += len(group)
	}
	return out
}

func (b tabling) merits() Table {
	profiles := b.profiles()
	if len(profiles) == 0 {
		return Table{}
	}
	out := Table{Caption: b.t("vote.counted.merits"), Columns: []string{b.t("vote.counted.option"), b.t("vote.counted.median")}}
	for i := len(b.Rule.Grades) - 1; i >= 0; i-- {
		out.Columns = append(out.Columns, b.Rule.Grades[i])
	}
	out.Columns = append(out.Columns, b.t("vote.counted.above"), b.t("vote.counted.below"))
	for _, p := range profiles {
		row := []string{p.Candidate, p.Median}
		for i := len(p.Grades) - 1; i >= 0; i-- {
			row = append(row, b.num(p.Grades[i].Votes))
		}
		out.Rows = append(out.Rows, append(row, b.num(p.AbovePercent), b.num(p.BelowPercent)))
	}
	return out
}

// profiles are the merit profiles, in the order of the ranking.
func (b tabling) profiles() []tally.MeritProfile {
	list := steps[tally.MeritProfile](b.Counted)
	if len(list) > 0 {
		place := b.places()
		slices.SortStableFunc(list, func(x, y tally.MeritProfile) int { return place[x.Candidate] - place[y.Candidate] })
	}
	return list
}

func (b tabling) pairs() Table {
	m, ok := first[tally.PairwiseMatrix](b.Counted)
	if !ok {
		return Table{}
	}
	out := Table{Caption: b.t("vote.counted.pairs"), Columns: append([]string{b.t("vote.counted.prefer")}, m.Candidates...)}
	for i, name := range m.Candidates {
		row := []string{name}
		for j := range m.Candidates {
			if i == j {
				row = append(row, "–")
			} else {
				row = append(row, b.num(m.Matrix[i][j]))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (b tabling) paths() Table {
	paths, ok := first[tally.Paths](b.Counted)
	if !ok {
		return Table{}
	}
	out := Table{Caption: b.t("vote.counted.paths"), Columns: []string{b.t("vote.counted.from")}}
	at := map[string]int{}
	aside := dropped(b.Counted)
	for _, o := range b.Options {
		if !aside[o.Name] {
			at[o.Name] = len(at)
			out.Columns = append(out.Columns, o.Name)
		}
	}
	for _, name := range out.Columns[1:] {
		row := append([]string{name}, slices.Repeat([]string{"0"}, len(at))...)
		row[at[name]+1] = "–"
		out.Rows = append(out.Rows, row)
	}
	for _, p := range paths.Paths {
		out.Rows[at[p.From]][at[p.To]+1] = b.num(p.Weakest.For)
	}
	return out
}

func (b tabling) locks() Table {
	out := Table{b.t("vote.counted.locks"), []string{b.t("vote.counted.duel"), b.t("vote.counted.unit_votes"), b.t("vote.counted.kept")}, nil}
	for _, l := range steps[tally.Lock](b.Counted) {
		kept := b.t("vote.counted.no")
		if l.Locked {
			kept = b.t("vote.counted.yes")
		}
		out.Rows = append(out.Rows, []string{b.t("vote.counted.beats", "a", l.Duel.Winner, "b", l.Duel.Loser), b.num(l.Duel.For) + " – " + b.num(l.Duel.Against), kept})
	}
	return out
}

func (b tabling) records() Table {
	out := Table{b.t("vote.counted.records"), []string{b.t("vote.counted.option"), b.t("vote.counted.won"), b.t("vote.counted.lost"), b.t("vote.counted.even")}, nil}
	for _, r := range steps[tally.Record](b.Counted) {
		out.Rows = append(out.Rows, []string{r.Candidate, strconv.Itoa(r.Won), strconv.Itoa(r.Lost), strconv.Itoa(r.Even)})
	}
	return out
}

func (b tabling) defeats() Table {
	out := Table{b.t("vote.counted.defeats"), []string{b.t("vote.counted.option"), b.t("vote.counted.by"), b.t("vote.counted.unit_votes")}, nil}
	for _, d := range steps[tally.Defeat](b.Counted) {
		row := []string{d.Candidate, "–", "0"}
		if d.Duel != nil {
			row = []string{d.Candidate, d.Duel.Winner, b.num(d.Duel.For) + " – " + b.num(d.Duel.Against)}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// rounds has a row per option and a column per round, and what supports nobody any more.
func (b tabling) rounds() Table {
	rounds := steps[tally.Round](b.Counted)
	if len(rounds) == 0 {
		return Table{}
	}
	out := Table{Caption: b.t("vote.counted.rounds"), Columns: []string{b.t("vote.counted.option")}}
	row := map[string]int{}
	for i, t := range b.sorted(rounds[0].Tallies) {
		row[t.Candidate] = i
		out.Rows = append(out.Rows, []string{t.Candidate})
	}
	exhausted := []string{b.t("vote.counted.exhausted")}
	for _, r := range rounds {
		out.Columns = append(out.Columns, b.t("vote.counted.round", "n", r.Number))
		for i := range out.Rows {
			out.Rows[i] = append(out.Rows[i], "–")
		}
		for _, t := range r.Tallies {
			line := out.Rows[row[t.Candidate]]
			line[len(line)-1] = b.num(t.Votes)
		}
		exhausted = append(exhausted, b.num(r.Exhausted))
	}
	out.Rows = append(out.Rows, exhausted)
	return out
}

func (b tabling) seats() Table {
	out := Table{b.t("vote.counted.seats"), []string{b.t("vote.counted.seat"), b.t("vote.counted.list"), b.t("vote.counted.claim")}, nil}
	for _, s := range steps[tally.SeatWon](b.Counted) {
		claim := b.t("vote.counted.whole_quota")
		if s.Average != nil {
			claim = b.num(*s.Average)
		} else if s.Remainder != nil {
			claim = b.num(*s.Remainder)
		}
		out.Rows = append(out.Rows, []string{strconv.Itoa(s.Seat), s.List, claim})
	}
	return out
}

// persons are those elected on lists.
func (b tabling) persons() Table {
	out := Table{b.t("vote.counted.persons"), []string{b.t("vote.counted.person"), b.t("vote.counted.list"), b.t("vote.counted.seat")}, nil}
	for _, p := range b.Elected {
		out.Rows = append(out.Rows, []string{p.Name, p.List, strconv.Itoa(p.Seat)})
	}
	return out
}
