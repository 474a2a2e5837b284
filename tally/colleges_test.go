package tally_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"isegoria.org/isegoria/tally"
)

// urn is the ballots of a college, what the college weighs, and as how many equal papers each of its
// votes counts in the whole.
type urn struct {
	share   *big.Rat
	ballots []ballot
	papers  int64
}

// randomColleges deals ballots out to two or three colleges of random weights, and works out how
// many papers a vote of each is; grain is what a paper is worth in votes.
func randomColleges(r *rand.Rand, ballots []ballot) (urns []urn, grain *big.Rat) {
	urns = make([]urn, 2+r.IntN(2))
	for i := range urns {
		urns[i].share = big.NewRat(1+r.Int64N(9), 1+r.Int64N(9))
	}
	for _, b := range ballots {
		u := &urns[r.IntN(len(urns))]
		u.ballots = append(u.ballots, b)
	}
	worth := make([]*big.Rat, len(urns))
	whole, all, cast := big.NewInt(1), new(big.Int), int64(0)
	for i, u := range urns {
		votes := int64(0)
		for _, b := range u.ballots {
			votes += b.n
		}
		if cast += votes; votes > 0 {
			worth[i] = new(big.Rat).Quo(u.share, big.NewRat(votes, 1))
			whole.Mul(whole, worth[i].Denom())
		}
	}
	for _, w := range worth {
		if w != nil {
			all.GCD(nil, nil, all, new(big.Int).Div(new(big.Int).Mul(whole, w.Num()), w.Denom()))
		}
	}
	papers := int64(0)
	for i, w := range worth {
		if w != nil {
			each := new(big.Int).Div(new(big.Int).Mul(whole, w.Num()), w.Denom())
			urns[i].papers = each.Div(each, all).Int64()
			for _, b := range urns[i].ballots {
				papers += b.n * urns[i].papers
			}
		}
	}
	return urns, big.NewRat(cast, papers)
}

// papersOf are the ballots of all colleges, each cast as many times as it is papers.
func papersOf(urns []urn) (all []ballot) {
	for _, u := range urns {
		for _, b := range u.ballots {
			all = append(all, ballot{b.groups, b.n * u.papers})
		}
	}
	return all
}

// graded gives each candidate the grade of its place, those left out none.
func graded(t testing.TB, list []string, ballots []ballot, explicit bool) *tally.Grades {
	t.Helper()
	g, err := tally.NewGrades(list)
	if err != nil {
		t.Fatal(err)
	}
	g.Explicit, g.Scale = explicit, []string{"z", "y", "x", "w", "v", "u"}
	for _, b := range ballots {
		var grades []tally.Grade
		for place, group := range b.groups {
			for _, c := range group {
				grades = append(grades, tally.Grade{Candidate: c, Value: 5 - place})
			}
		}
		if err := g.Add(grades, b.n, 1); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func join(t testing.TB, list []string, urns []urn, explicit bool) tally.Ballots {
	t.Helper()
	var ranked []tally.College
	var grades []tally.GradedCollege
	for i, u := range urns {
		ranked = append(ranked, tally.College{Name: fmt.Sprint(i), Share: u.share, Ballots: fill(t, list, u.ballots, explicit)})
		grades = append(grades, tally.GradedCollege{Name: fmt.Sprint(i), Share: u.share, Ballots: graded(t, list, u.ballots, explicit)})
	}
	p, err := tally.JoinColleges(ranked)
	if err != nil {
		t.Fatal(err)
	}
	g, err := tally.JoinGradedColleges(grades)
	if err != nil {
		t.Fatal(err)
	}
	return tally.Ballots{Rankings: p, Grades: g}
}

// FuzzColleges: under every rule, weighing colleges is casting each ballot as many times as its
// college's weight makes it papers, whatever the order of the ballots and of the colleges.
func FuzzColleges(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 3))
		n, ballots := randomBallots(r)
		explicit := r.IntN(2) == 0
		seats := 1 + r.IntN(n)
		urns, grain := randomColleges(r, ballots)
		copies := papersOf(urns)
		joined, copied := join(t, names(n), urns, explicit), tally.Ballots{Rankings: fill(t, names(n), copies, explicit), Grades: graded(t, names(n), copies, explicit)}

		shuffled := slices.Clone(urns)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for i, u := range shuffled {
			shuffled[i].ballots = slices.Clone(u.ballots)
			slices.Reverse(shuffled[i].ballots)
		}
		again := join(t, names(n), shuffled, explicit)
		for _, m := range tally.Methods() {
			result, want := decided(m.Name, joined, seats)
			if _, got := decided(m.Name, again, seats); got != want {
				t.Errorf("%s, colleges in another order: %s, was %s", m.Name, got, want)
			}
			other, got := decided(m.Name, copied, seats)
			if got != want {
				t.Errorf("%s, each ballot cast many times: %s, was %s", m.Name, got, want)
			}
			checkRounds(t, m.Name, result, other, grain)
		}
	})
}

func decided(method string, b tally.Ballots, seats int) (*tally.Result, string) {
	r, err := tally.Count(method, b, tally.Options{Seats: seats})
	if err != nil {
		return &tally.Result{}, err.Error()
	}
	winners := slices.Clone(r.Winners)
	if slices.Sort(winners); lists[method] {
		return r, fmt.Sprint(winners)
	}
	return r, fmt.Sprint(winners, same(r.Ranking), r.Ties)
}

// checkRounds: the figures of every stage are those of the many papers, a paper being worth grain.
func checkRounds(t *testing.T, method string, joined, copied *tally.Result, grain *big.Rat) {
	t.Helper()
	figures := func(r *tally.Result, scale *big.Rat) (text []string) {
		for _, s := range r.Steps {
			round, ok := s.(tally.Round)
			if !ok {
				continue
			}
			numbers := []tally.Number{round.Exhausted}
			for _, n := range []*tally.Number{round.Quota, round.Lost} {
				if n != nil {
					numbers = append(numbers, *n)
				}
			}
			for _, c := range append(round.Tallies, round.Transfers...) {
				numbers = append(numbers, c.Votes)
			}
			for _, n := range numbers {
				text = append(text, new(big.Rat).Mul(n.Rat(), scale).String())
			}
		}
		return text
	}
	if a, b := figures(joined, big.NewRat(1, 1)), figures(copied, grain); !slices.Equal(a, b) {
		t.Errorf("%s: the stages are %v, those of the papers %v", method, a, b)
	}
}

// Three times the weight is three times the dots; a college's dots weigh its share.
func TestDotColleges(t *testing.T) {
	rules, options := tally.DotRules{Each: 3}, []string{"A", "B", "C"}
	users := []tally.DotBallot{{[]int{3, 0, 0}, tally.Int(2)}, {[]int{1, 2, 0}, tally.Int(1)}}
	staff := []tally.DotBallot{{[]int{0, 0, 3}, tally.Int(1)}}
	joined, err := tally.JoinDotColleges([]tally.DotCollege{{"users", rat(1, 4), users}, {"staff", rat(3, 4), staff}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := tally.Dots(options, joined, rules, tally.Options{})
	// 4 votes: one for the three of the users, three for the one of the staff; as papers, 1 and 9.
	if err != nil || same(r.Ranking) != "C > A > B" {
		t.Errorf("%v %v", r, err)
	}
	var papers []tally.DotBallot
	for range 9 {
		papers = append(papers, staff...)
	}
	papers = append(papers, tally.DotBallot{Dots: []int{3, 0, 0}, Weight: tally.Int(1)}, tally.DotBallot{Dots: []int{3, 0, 0}, Weight: tally.Int(1)}, users[1])
	copied, err := tally.Dots(options, papers, rules, tally.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range step[tally.Scores](t, copied).Tallies {
		if mine := step[tally.Scores](t, r).Tallies[i]; mine.Votes.Cmp(tally.Exact(new(big.Rat).Mul(c.Votes.Rat(), rat(4, 12)))) != 0 {
			t.Errorf("%s has %s dots, %s by the papers", c.Candidate, mine.Votes, c.Votes)
		}
	}
}
