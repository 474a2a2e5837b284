package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"isegoria.org/isegoria/tally"
)

// resultText is the result as a person reads it.
func resultText(title string, r *tally.Result) []byte {
	var out bytes.Buffer
	if title != "" {
		fmt.Fprintln(&out, title)
	}
	fmt.Fprintf(&out, "%s, %d ballots, %d to elect\n\n", r.Method, r.Ballots, r.Seats)
	t := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	for _, s := range r.Steps {
		writeStep(t, s)
	}
	t.Flush() // writes to memory: it cannot fail
	fmt.Fprintln(&out, "\nRanking")
	place := 1
	for _, group := range r.Ranking {
		fmt.Fprintf(&out, "%4d  %s\n", place, strings.Join(group, " = "))
		place += len(group)
	}
	elected, tied := r.Winners, []string(nil)
	if len(r.Winners) > r.Seats {
		last := len(r.Winners) - 1
		for _, group := range r.Ties {
			if slices.Contains(group, r.Winners[last]) {
				elected, tied = r.Winners[:max(len(r.Winners)-len(group), 0)], group
			}
		}
	}
	if len(elected) > 0 {
		fmt.Fprintf(&out, "\nElected: %s\n", strings.Join(elected, ", "))
	}
	if len(tied) > 0 {
		fmt.Fprintf(&out, "\nNo declared rule breaks the tie for %d of the seats: %s\n", r.Seats-len(elected), strings.Join(tied, ", "))
	}
	for _, group := range r.Ties {
		fmt.Fprintf(&out, "Tied: %s\n", strings.Join(group, ", "))
	}
	return out.Bytes()
}

// writeStep writes one step of a derivation; cells end with tabs.
func writeStep(t *tabwriter.Writer, s tally.Step) {
	switch s := s.(type) {
	case tally.Scores:
		writeTallies(t, s.Tallies, s.Unit)
	case tally.Round:
		writeRound(t, s)
	case tally.PairwiseMatrix:
		fmt.Fprint(t, "preferred to\t")
		for i := range s.Candidates {
			fmt.Fprintf(t, "%d\t", i+1)
		}
		fmt.Fprintln(t)
		for i, name := range s.Candidates {
			fmt.Fprintf(t, "%d %s\t", i+1, name)
			for j, n := range s.Matrix[i] {
				if i == j {
					fmt.Fprint(t, "-\t")
				} else {
					fmt.Fprintf(t, "%s\t", n)
				}
			}
			fmt.Fprintln(t)
		}
		fmt.Fprintln(t)
	case tally.Duels:
		for _, d := range s.Victories {
			fmt.Fprintln(t, duelText(d))
		}
		fmt.Fprintln(t)
	case tally.Paths:
		for _, p := range s.Paths {
			fmt.Fprintf(t, "path %s: weakest link %s\n", strings.Join(p.Via, " > "), duelText(p.Weakest))
		}
	case tally.Lock:
		verb := "locked"
		if !s.Locked {
			verb = "skipped, it would close a cycle"
		}
		fmt.Fprintf(t, "%s: %s\n", duelText(s.Duel), verb)
	case tally.Defeat:
		if s.Duel == nil {
			fmt.Fprintf(t, "%s loses no duel\n", s.Candidate)
		} else {
			fmt.Fprintf(t, "worst defeat of %s: %s\n", s.Candidate, duelText(*s.Duel))
		}
	case tally.Record:
		fmt.Fprintf(t, "%s\twins %d\tloses %d\tevens %d\n", s.Candidate, s.Won, s.Lost, s.Even)
	case tally.MeritProfile:
		fmt.Fprintf(t, "%s\tmedian %s\tabove %s %%\tbelow %s %%\t", s.Candidate, s.Median, s.AbovePercent, s.BelowPercent)
		for _, g := range s.Grades {
			fmt.Fprintf(t, "%s: %s\t", g.Grade, g.Votes)
		}
		fmt.Fprintln(t)
	default:
		writeVerdict(t, s)
	}
}

// writeVerdict writes the steps that say why.
func writeVerdict(t *tabwriter.Writer, s tally.Step) {
	switch s := s.(type) {
	case tally.Comparison:
		fmt.Fprintf(t, "%s comes before %s: %s", s.Ahead, s.Behind, s.Better)
		if s.Removed != nil {
			fmt.Fprintf(t, " against %s once %s median grades are removed\n", s.Worse, s.Removed)
		} else {
			fmt.Fprintf(t, " and a group of %s against %s and %s\n", s.BetterGroup, s.Worse, s.WorseGroup)
		}
	case tally.Condition:
		fmt.Fprintf(t, "%s: %s over the default option, %s below", s.Option, s.For, s.Against)
		if s.Passed {
			fmt.Fprintln(t, ", eligible")
		} else {
			fmt.Fprintf(t, ", dropped for want of %s\n", s.Reason)
		}
	case tally.SeatWon:
		fmt.Fprintf(t, "seat %d\t%s\t", s.Seat, s.List)
		switch {
		case s.Average != nil:
			fmt.Fprintf(t, "average %s\n", s.Average)
		case s.Remainder != nil:
			fmt.Fprintf(t, "remainder %s\n", s.Remainder)
		default:
			fmt.Fprintln(t, "whole quota")
		}
	case tally.Outcomes:
		how := "all the ways to break them were counted"
		if !s.All {
			how = "a sample of the ways to break them was counted"
		}
		fmt.Fprintf(t, "Ties without a declared rule: %s (%d)\n\n", how, s.Counted)
	case tally.TieBroken:
		rule := map[string]string{
			tally.Older: "the older first", tally.Chair: "the chair decides", tally.Lot: "by lot, seed " + s.Seed,
			"earlier-stage": "by the most recent stage where they differ", "duels": "by their duels",
			"unsettled": "no declared rule: this is one of the outcomes",
		}[s.Rule]
		fmt.Fprintf(t, "Tie (%s) between %s: %s: %s\n", s.For, strings.Join(s.Tied, ", "), rule, strings.Join(s.Order, ", "))
	}
}

func duelText(d tally.Duel) string {
	return fmt.Sprintf("%s beats %s %s to %s", d.Winner, d.Loser, d.For, d.Against)
}

func writeTallies(t *tabwriter.Writer, list []tally.Tally, unit string) {
	for _, c := range list {
		fmt.Fprintf(t, "%s\t%s %s\n", c.Candidate, c.Votes, unit)
	}
	fmt.Fprintln(t)
}

func writeRound(t *tabwriter.Writer, r tally.Round) {
	fmt.Fprintf(t, "Round %d", r.Number)
	if len(r.Excluded) > 0 {
		fmt.Fprintf(t, ", without %s", strings.Join(r.Excluded, ", "))
	}
	if r.Surplus != "" {
		fmt.Fprintf(t, ", surplus of %s", r.Surplus)
	}
	if r.Quota != nil {
		fmt.Fprintf(t, ", quota %s", r.Quota)
	}
	fmt.Fprintln(t)
	gains := map[string]tally.Number{}
	for _, g := range r.Transfers {
		gains[g.Candidate] = g.Votes
	}
	for _, c := range r.Tallies {
		fmt.Fprintf(t, "  %s\t%s", c.Candidate, c.Votes)
		if gain, ok := gains[c.Candidate]; ok {
			fmt.Fprintf(t, "\t+%s", gain)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "  not transferable\t%s\n", r.Exhausted)
	if len(r.Elected) > 0 {
		fmt.Fprintf(t, "  elected: %s\n", strings.Join(r.Elected, ", "))
	}
	if len(r.Ranked) > 0 {
		fmt.Fprintf(t, "  next in the ranking: %s\n", strings.Join(r.Ranked, ", "))
	}
	fmt.Fprintln(t)
}
