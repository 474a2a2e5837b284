package tally_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"isegoria.org/isegoria/tally"
)

// ballot is one ranking and how many times it is cast.
type ballot struct {
	groups [][]int
	n      int64
}

// randomBallots draws an election of 2 to 6 candidates with shared places and blanks.
func randomBallots(r *rand.Rand) (n int, ballots []ballot) {
	n = 2 + r.IntN(5)
	for range 1 + r.IntN(12) {
		order := r.Perm(n)[:r.IntN(n+1)]
		var groups [][]int
		for i, c := range order {
			if i > 0 && r.IntN(5) == 0 {
				groups[len(groups)-1] = append(groups[len(groups)-1], c)
				continue
			}
			groups = append(groups, []int{c})
		}
		ballots = append(ballots, ballot{groups, 1 + r.Int64N(6)})
	}
	return n, ballots
}

func names(n int) []string {
	list := make([]string, n)
	for c := range list {
		list[c] = fmt.Sprint("candidate ", c)
	}
	return list
}

func fill(t testing.TB, list []string, ballots []ballot, explicit bool) *tally.Rankings {
	t.Helper()
	p, err := tally.NewRankings(list)
	if err != nil {
		t.Fatal(err)
	}
	p.Explicit = explicit
	for _, b := range ballots {
		if err := p.Add(b.groups, b.n, 1); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// weighted casts each ballot once, with a weight.
func weighted(t testing.TB, list []string, ballots []ballot, explicit bool) *tally.Rankings {
	t.Helper()
	p := fill(t, list, nil, explicit)
	for _, b := range ballots {
		if err := p.Add(b.groups, 1, b.n); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

var rankedMethods = func() (list []string) {
	for _, m := range tally.Methods() {
		if !m.Graded {
			list = append(list, m.Name)
		}
	}
	return list
}()

var lists = map[string]bool{"hare": true, "dhondt": true, "sainte-lague": true}

// outcome is what a count decides, in words: the same for the same decision. Counts that cannot
// be made say why.
func outcome(method string, p *tally.Rankings, seats int) (*tally.Result, string) {
	r, err := tally.Count(method, tally.Ballots{Rankings: p}, tally.Options{Seats: seats})
	if err != nil {
		return nil, err.Error()
	}
	winners := slices.Clone(r.Winners)
	slices.Sort(winners)
	if lists[method] {
		return r, fmt.Sprint(winners) // seats won by equal claims are in the order of the lists
	}
	return r, fmt.Sprint(winners, same(r.Ranking))
}

// FuzzCounts draws elections from a seed and checks what every rule owes everyone.
func FuzzCounts(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		n, ballots := randomBallots(r)
		explicit := r.IntN(2) == 0
		seats := 1 + r.IntN(n)
		p := fill(t, names(n), ballots, explicit)

		shuffled := slices.Clone(ballots)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		perm := r.Perm(n)
		renamed := make([]string, n)
		for c, to := range perm {
			renamed[to] = names(n)[c]
		}
		moved := make([]ballot, len(ballots))
		for i, b := range ballots {
			moved[i].n = b.n
			for _, g := range b.groups {
				group := make([]int, len(g))
				for j, c := range g {
					group[j] = perm[c]
				}
				moved[i].groups = append(moved[i].groups, group)
			}
		}
		var one []ballot
		for _, b := range ballots {
			for range b.n {
				one = append(one, ballot{b.groups, 1})
			}
		}
		for _, method := range rankedMethods {
			result, want := outcome(method, p, seats)
			if _, got := outcome(method, fill(t, names(n), shuffled, explicit), seats); got != want {
				t.Errorf("%s, ballots in another order: %s, was %s", method, got, want)
			}
			if _, got := outcome(method, fill(t, renamed, moved, explicit), seats); got != want {
				t.Errorf("%s, candidates in another order: %s, was %s", method, got, want)
			}
			if _, got := outcome(method, fill(t, names(n), one, explicit), seats); got != want {
				t.Errorf("%s, ballots one by one: %s, was %s", method, got, want)
			}
			if _, got := outcome(method, weighted(t, names(n), ballots, explicit), seats); got != want {
				t.Errorf("%s, weights for ballots: %s, was %s", method, got, want)
			}
			if result != nil {
				checkResult(t, method, result, names(n))
			}
		}
		checkCondorcet(t, p)
		checkMonotony(t, r, names(n), ballots, explicit)
	})
}

// checkResult: winners fill the seats, or a tie says why not; everyone is ranked once; STV loses
// no vote.
func checkResult(t *testing.T, method string, r *tally.Result, candidates []string) {
	t.Helper()
	if len(r.Winners) < r.Seats || len(r.Winners) > r.Seats && len(r.Ties) == 0 {
		t.Errorf("%s: %d winners for %d seats, ties %v", method, len(r.Winners), r.Seats, r.Ties)
	}
	all := slices.Concat(r.Ranking...)
	if slices.Sort(all); !lists[method] && !slices.Equal(all, candidates) {
		t.Errorf("%s: ranks %v", method, all)
	}
	if method != "stv-scotland" && method != "stv-meek" {
		return
	}
	var before *big.Rat
	for _, s := range r.Steps {
		round, ok := s.(tally.Round)
		if !ok {
			continue
		}
		sum := round.Exhausted.Rat()
		sum.Add(sum, round.Lost.Rat())
		for _, c := range round.Tallies {
			sum.Add(sum, c.Votes.Rat())
		}
		if before != nil && before.Cmp(sum) != 0 {
			t.Errorf("%s: %s votes in round %d, %s before", method, sum, round.Number, before)
		}
		before = sum
	}
}

// checkCondorcet: who beats everyone else is elected, alone, by the Condorcet rules.
func checkCondorcet(t *testing.T, p *tally.Rankings) {
	t.Helper()
	r, err := tally.Copeland(p, tally.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Steps {
		record, ok := s.(tally.Record)
		if !ok || record.Won != len(p.Candidates())-1 {
			continue
		}
		for _, method := range []string{"schulze", "schulze-margins", "ranked-pairs", "ranked-pairs-margins", "minimax", "minimax-margins", "copeland"} {
			if r := count(t, method, p, tally.Options{}); !slices.Equal(r.Winners, []string{record.Candidate}) {
				t.Errorf("%s elects %v, %s beats everyone", method, r.Winners, record.Candidate)
			}
		}
	}
}

// checkMonotony: a winner that a ballot moves to the top, alone, still wins under the rules that
// are monotonic.
func checkMonotony(t *testing.T, r *rand.Rand, list []string, ballots []ballot, explicit bool) {
	t.Helper()
	if explicit {
		return // ranking someone more also says something of those it ranks less
	}
	at := r.IntN(len(ballots))
	for _, method := range []string{"plurality", "borda", "schulze", "schulze-margins", "minimax", "minimax-margins", "copeland"} {
		before := count(t, method, fill(t, list, ballots, false), tally.Options{})
		for _, winner := range before.Winners {
			c := slices.Index(list, winner)
			raised := slices.Clone(ballots)
			raised[at] = ballot{[][]int{{c}}, ballots[at].n}
			for _, g := range ballots[at].groups {
				if rest := slices.DeleteFunc(slices.Clone(g), func(d int) bool { return d == c }); len(rest) > 0 {
					raised[at].groups = append(raised[at].groups, rest)
				}
			}
			after := count(t, method, fill(t, list, raised, false), tally.Options{})
			if !slices.Contains(after.Winners, winner) {
				t.Errorf("%s: %s wins, is raised on a ballot, and loses to %v", method, winner, after.Winners)
			}
		}
	}
}

// majorityValue removes medians one by one, as the definition says.
func majorityValue(grades []int) (value []int) {
	grades = slices.Clone(grades)
	slices.Sort(grades)
	for len(grades) > 0 {
		middle := (len(grades) - 1) / 2
		value = append(value, grades[middle])
		grades = slices.Delete(grades, middle, middle+1)
	}
	return value
}

// FuzzMajorityJudgment compares the count with the definition, grade by grade.
func FuzzMajorityJudgment(f *testing.F) {
	for seed := range uint64(500) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 2))
		n, scale := 2+r.IntN(4), 2+r.IntN(5)
		g, err := tally.NewGrades(names(n))
		if err != nil {
			t.Fatal(err)
		}
		given := make([][]int, n)
		for range 1 + r.IntN(10) {
			times := 1 + r.IntN(3)
			var ballot []tally.Grade
			for c := range n {
				value := r.IntN(scale)
				if r.IntN(6) > 0 {
					ballot = append(ballot, tally.Grade{Candidate: c, Value: value})
				} else {
					value = 0
				}
				for range times {
					given[c] = append(given[c], value)
				}
			}
			if err := g.Add(ballot, int64(times), 1); err != nil {
				t.Fatal(err)
			}
		}
		if values := g.Values(); len(values) == 0 || values[0] != 0 {
			t.Skip("nobody gave the lowest grade: a missing one is then another")
		}
		want := make([][]string, 0, n)
		order := make([]int, n)
		for c := range order {
			order[c] = c
		}
		compare := func(a, b int) int { return slices.Compare(majorityValue(given[b]), majorityValue(given[a])) }
		slices.SortStableFunc(order, compare)
		for i, c := range order {
			if i > 0 && compare(order[i-1], c) == 0 {
				want[len(want)-1] = append(want[len(want)-1], names(n)[c])
				continue
			}
			want = append(want, []string{names(n)[c]})
		}
		result, err := tally.MajorityJudgment(g, tally.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if same(result.Ranking) != same(want) {
			t.Errorf("%s, want %s, grades %v", same(result.Ranking), same(want), given)
		}
		checkScore(t, g)
	})
}

// checkScore: the score variant agrees on the best median.
func checkScore(t *testing.T, g *tally.Grades) {
	t.Helper()
	medians := func(r *tally.Result) map[string]string {
		m := map[string]string{}
		for _, s := range r.Steps {
			if p, ok := s.(tally.MeritProfile); ok {
				m[p.Candidate] = p.Median
			}
		}
		return m
	}
	removal, _ := tally.MajorityJudgment(g, tally.Options{})
	score, err := tally.MajorityJudgmentScore(g, tally.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m := medians(removal); m[removal.Winners[0]] != m[score.Winners[0]] {
		t.Errorf("winners %v and %v have different medians", removal.Winners, score.Winners)
	}
}
