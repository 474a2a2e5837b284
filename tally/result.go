package tally

import (
	"encoding/json"
	"math/big"
)

// Result is the outcome of a count. Its JSON is
//
//	{"method": "schulze", "seats": 1, "ballots": 380,
//	 "winners": ["A"], "ranking": [["A"], ["B", "C"]], "ties": [["B", "C"]], "steps": [{"kind": …}]}
//
// as result.schema.json describes it. The fields of a step are those of its type, and "kind".
type Result struct {
	// Method is the name Count knows the rule by.
	Method string `json:"method"`
	Seats  int    `json:"seats"`
	// Ballots is the number of ballots, blank ones included, whatever their weight.
	Ballots int64 `json:"ballots"`
	// Winners are the elected, best first; for a list rule, the list that wins each seat, in the
	// order the seats are won. When a tie for the last seats stays unbroken, all the tied are
	// named: then there are more winners than seats, and the tie is among Ties.
	Winners []string `json:"winners"`
	// Ranking puts everyone in order, the members of a group being tied. After a list rule it has
	// one place per seat, in the order the seats are won, equal claims in the order of the lists.
	Ranking [][]string `json:"ranking"`
	// Ties are the groups the count leaves tied, best first.
	Ties [][]string `json:"ties"`
	// Steps are the derivation, in order.
	Steps []Step `json:"steps"`
}

// Step is one step of a derivation: Scores, PairwiseMatrix, Duels, Paths, Lock, Defeat, Record,
// Round, MeritProfile, Comparison, Condition, SeatWon, Skipped,
// Outcomes, Passed or TieBroken.
type Step interface{ Kind() string }

// MarshalJSON implements json.Marshaler. Each step is its type's fields and "kind".
func (r *Result) MarshalJSON() ([]byte, error) {
	type plain Result
	steps := make([]json.RawMessage, len(r.Steps))
	for i, s := range r.Steps {
		fields, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		head := `{"kind":"` + s.Kind() + `"`
		if len(fields) > 2 {
			head += ","
		}
		steps[i] = append([]byte(head), fields[1:]...)
	}
	out := struct {
		*plain
		Steps []json.RawMessage `json:"steps"`
	}{(*plain)(r), steps}
	return json.Marshal(out)
}

// Tally is what one candidate has.
type Tally struct {
	Candidate string `json:"candidate"`
	Votes     Number `json:"votes"`
}

// Scores is a list of totals compared once: votes, points, approvals.
type Scores struct {
	Unit    string  `json:"unit"` // "votes", "points", "approvals", "average"
	Tallies []Tally `json:"tallies"`
}

// Kind implements Step.
func (Scores) Kind() string { return "scores" }

// count gathers what every rule needs to build its result.
type count struct {
	names  []string
	result *Result
	tie    TieBreak
}

func newCount(method string, names []string, ballots int64, o Options) (*count, error) {
	if o.Seats < 1 {
		o.Seats = 1
	}
	if err := o.TieBreak.check(names); err != nil {
		return nil, err
	}
	return &count{
		names: names,
		tie:   o.TieBreak,
		result: &Result{
			Method: method, Seats: o.Seats, Ballots: ballots,
			Winners: []string{}, Ranking: [][]string{}, Ties: [][]string{}, Steps: []Step{},
		},
	}, nil
}

func (k *count) step(s Step) { k.result.Steps = append(k.result.Steps, s) }

func (k *count) named(group []int) []string {
	names := make([]string, len(group))
	for i, c := range group {
		names[i] = k.names[c]
	}
	return names
}

func (k *count) tallies(votes []*big.Rat, running []bool) []Tally {
	list := make([]Tally, 0, len(votes))
	for c, v := range votes {
		if running == nil || running[c] {
			list = append(list, Tally{k.names[c], Exact(v)})
		}
	}
	return list
}

// elect fills the seats from a ranking: whole groups while they fit, then the group that does not
// fit is ordered by the declared tie-break, or named whole if there is none.
func (k *count) elect(ranking [][]int) *Result {
	r := k.result
	for _, group := range ranking {
		left := r.Seats - len(r.Winners)
		if len(group) > 1 && left > 0 && len(group) > left && k.tie.Rule != "" {
			group = k.settle(group, "seat")
			for _, c := range group {
				r.Ranking = append(r.Ranking, k.named([]int{c}))
			}
			r.Winners = append(r.Winners, k.named(group[:left])...)
			continue
		}
		names := k.named(group)
		r.Ranking = append(r.Ranking, names)
		if left > 0 {
			r.Winners = append(r.Winners, names...)
		}
		if len(group) > 1 {
			r.Ties = append(r.Ties, names)
		}
	}
	return r
}

// byTotal groups candidates by total, highest first; within a group, in their given order.
func byTotal(totals []*big.Rat) [][]int {
	return layers(len(totals), func(a, b int) bool { return totals[a].Cmp(totals[b]) > 0 })
}

// layers turns a strict partial order into a ranking: first those nobody beats, then those
// nobody beats among the rest, and so on. A cycle, if there is one, ends as one last group.
func layers(n int, beats func(a, b int) bool) [][]int {
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	var ranking [][]int
	for len(left) > 0 {
		var top, rest []int
		for _, c := range left {
			beaten := false
			for _, d := range left {
				if d != c && beats(d, c) {
					beaten = true
					break
				}
			}
			if beaten {
				rest = append(rest, c)
			} else {
				top = append(top, c)
			}
		}
		if len(top) == 0 {
			top, rest = rest, nil
		}
		ranking = append(ranking, top)
		left = rest
	}
	return ranking
}
