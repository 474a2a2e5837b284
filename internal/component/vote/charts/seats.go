package charts

import (
	"math/big"
	"slices"

	"isegoria.org/isegoria/tally"
)

// seats tells what gave each of those elected by quota the seat.
func (w telling) seats(rounds []tally.Round) []string {
	out := make([]string, len(w.Tally.Winners))
	for i, name := range w.Tally.Winners {
		out[i] = w.seat(rounds, name)
	}
	return out
}

func (w telling) seat(rounds []tally.Round, name string) string {
	for _, r := range rounds {
		if !slices.Contains(r.Elected, name) {
			continue
		}
		key := "vote.counted.because_remaining"
		if votesOf(r.Tallies, name).Rat().Cmp(r.Quota.Rat()) >= 0 {
			key = "vote.counted.because_reached"
		}
		return w.t(key, "in", name, "round", r.Number, "x", w.total(r.Tallies, name), "quota", w.num(*r.Quota))
	}
	return w.t("vote.counted.because_parity", "in", name) // whom the rounds leave out, parity brings in
}

func votesOf(list []tally.Tally, name string) tally.Number {
	for _, t := range list {
		if t.Candidate == name {
			return t.Votes
		}
	}
	return tally.Int(0)
}

// shares tells, for each list, why it has its seats or none.
func (w telling) shares() []string {
	scores, _ := first[tally.Scores](w.Counted)
	won := map[string][]tally.SeatWon{}
	all := steps[tally.SeatWon](w.Counted)
	for _, s := range all {
		won[s.List] = append(won[s.List], s)
	}
	total := new(big.Rat)
	for _, t := range scores.Tallies {
		total.Add(total, t.Votes.Rat())
	}
	quota := tally.Exact(total.Quo(total, big.NewRat(int64(w.Seats), 1)))
	var out []string
	for _, t := range scores.Tallies {
		if w.Rule.Name == "hare" {
			out = append(out, w.byQuota(t, won[t.Candidate], quota))
		} else {
			out = append(out, w.byAverage(t, len(won[t.Candidate]), *all[len(all)-1].Average))
		}
	}
	return out
}

// byQuota tells the seats of a list under the largest remainders.
func (w telling) byQuota(list tally.Tally, won []tally.SeatWon, quota tally.Number) string {
	whole, rest := 0, ""
	for _, s := range won {
		if s.Remainder == nil {
			whole++
		} else {
			rest = w.num(*s.Remainder)
		}
	}
	key := "vote.counted.list_quota"
	switch {
	case len(won) == 0:
		key = "vote.counted.list_quota_none"
	case whole == 0:
		key = "vote.counted.list_rest"
	case rest != "":
		key = "vote.counted.list_quota_rest"
	}
	return w.t(key, "name", list.Candidate, "n", len(won), "x", w.num(list.Votes), "quota", w.num(quota), "whole", whole, "rest", rest)
}

// byAverage tells the seats of a list under the highest averages: the last it won, or the first it
// missed, against the average of the last seat of all.
func (w telling) byAverage(list tally.Tally, n int, last tally.Number) string {
	divisor, key := int64(max(n, 1)), "vote.counted.list_average"
	if w.Rule.Name == "sainte-lague" {
		divisor = 2*divisor - 1
	}
	if n == 0 {
		key = "vote.counted.list_average_none"
	}
	average := new(big.Rat).Quo(list.Votes.Rat(), big.NewRat(divisor, 1))
	return w.t(key, "name", list.Candidate, "n", n, "x", w.num(list.Votes), "divisor", int(divisor), "y", w.num(tally.Exact(average)), "last", w.num(last))
}
