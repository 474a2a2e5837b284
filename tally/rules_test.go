package tally_test

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/tally"
)

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }

func rankings(t *testing.T, names string, ballots ...string) *tally.Rankings {
	t.Helper()
	list := strings.Fields(names)
	p, err := tally.NewRankings(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, ballot := range ballots {
		n := int64(0)
		text, count, _ := strings.Cut(ballot, "*")
		for _, c := range strings.TrimSpace(count) {
			n = 10*n + int64(c-'0')
		}
		var groups [][]int
		for _, group := range strings.Split(strings.TrimSpace(text), ">") {
			var members []int
			for _, name := range strings.Split(group, "=") {
				if name != "" {
					members = append(members, slices.Index(list, name))
				}
			}
			if len(members) > 0 {
				groups = append(groups, members)
			}
		}
		if err := p.Add(groups, max(n, 1), 1); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func count(t *testing.T, method string, p *tally.Rankings, o tally.Options) *tally.Result {
	t.Helper()
	r, err := tally.Count(method, tally.Ballots{Rankings: p}, o)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return r
}

func TestTiesStayTies(t *testing.T) {
	p := rankings(t, "A B C", "A>B>C*5", "B>A>C*5", "C*1")
	for _, method := range []string{"plurality", "schulze", "ranked-pairs", "minimax", "copeland", "borda", "two-round", "irv"} {
		r := count(t, method, p, tally.Options{})
		if !slices.Equal(r.Winners, []string{"A", "B"}) || same(r.Ties) != "A = B" {
			t.Errorf("%s: winners %v, ties %v", method, r.Winners, r.Ties)
		}
		for _, rule := range []tally.TieBreak{{Rule: tally.Older, Order: []string{"C", "B", "A"}}, {Rule: tally.Chair, Order: []string{"B", "A", "C"}}} {
			r := count(t, method, p, tally.Options{TieBreak: rule})
			if !slices.Equal(r.Winners, []string{"B"}) {
				t.Errorf("%s, %s: winners %v", method, rule.Rule, r.Winners)
			}
			if step[tally.TieBroken](t, r).Rule != rule.Rule {
				t.Errorf("%s: the result does not say the tie is broken", method)
			}
		}
	}
}

// sha256sum of "2026", a zero byte and the name begins with 4123 for A, a6bb for D, beaa for C and
// c444 for B.
func TestLot(t *testing.T) {
	lot := tally.TieBreak{Rule: tally.Lot, Seed: "2026"}
	for _, names := range []string{"A B C D", "D C B A"} {
		r := count(t, "plurality", rankings(t, names, "A", "B", "C", "D"), tally.Options{Seats: 2, TieBreak: lot})
		if got := step[tally.TieBroken](t, r).Order; !slices.Equal(got, []string{"A", "D", "C", "B"}) || !slices.Equal(r.Winners, got[:2]) {
			t.Errorf("drawn %v, elected %v", got, r.Winners)
		}
	}
}

// A tie that no declared rule breaks is reported only if it matters to who is elected.
func TestScottishUndeclaredTie(t *testing.T) {
	harmless := rankings(t, "A B C D", "A*10", "B*9", "C>A*2", "D>A*2")
	r := count(t, "stv-scotland", harmless, tally.Options{Seats: 2})
	if !slices.Equal(r.Winners, []string{"A", "B"}) || same(r.Ties) != "C = D" {
		t.Errorf("winners %v, ties %v", r.Winners, r.Ties)
	}
	decisive := rankings(t, "A B C", "A*6", "B*3", "C*3")
	r = count(t, "stv-scotland", decisive, tally.Options{Seats: 2})
	if !slices.Equal(r.Winners, []string{"A", "B", "C"}) || same(r.Ties) != "B = C" {
		t.Errorf("winners %v, ties %v", r.Winners, r.Ties)
	}
	r = count(t, "stv-meek", decisive, tally.Options{Seats: 2, TieBreak: tally.TieBreak{Rule: tally.Chair, Order: []string{"C", "B", "A"}}})
	if !slices.Equal(r.Winners, []string{"A", "C"}) || len(r.Ties) != 0 {
		t.Errorf("winners %v, ties %v", r.Winners, r.Ties)
	}
}

// Ten candidates tied for one seat: there are too many outcomes to count them all, and the result
// says so; it is still the same every time.
func TestScottishManyTies(t *testing.T) {
	var ballots []string
	for _, c := range "BCDEFGHIJK" {
		ballots = append(ballots, fmt.Sprintf("%c>A*2", c))
	}
	p := rankings(t, "A B C D E F G H I J K", append(ballots, "A*40")...)
	r := count(t, "stv-scotland", p, tally.Options{Seats: 2})
	if o := step[tally.Outcomes](t, r); o.All || r.Winners[0] != "A" || len(r.Ties) != 1 || len(r.Ties[0]) != 10 {
		t.Errorf("%+v, winners %v, ties %v", o, r.Winners, r.Ties)
	}
	if again := count(t, "stv-scotland", p, tally.Options{Seats: 2}); !reflect.DeepEqual(r, again) {
		t.Error("the same ballots give another result")
	}
}

// Meek's rule with a keep factor that is easily found by hand: 2 seats, 12 votes for A then B, 6
// for C, 6 for D, no other preferences. A keeps 2/3 of each of its ballots, B gets the rest.
func TestMeekByHand(t *testing.T) {
	p := rankings(t, "A B C D", "A>B*12", "C*7", "D*5")
	r := count(t, "stv-meek", p, tally.Options{Seats: 2})
	if !slices.Equal(r.Winners, []string{"A", "C"}) {
		t.Fatalf("winners %v", r.Winners)
	}
	for _, s := range r.Steps {
		round, ok := s.(tally.Round)
		if !ok || len(round.Keep) == 0 {
			continue
		}
		// the first round after A's election: 24 votes, quota 8 and a billionth
		if round.Number == 2 {
			if got := round.Keep[0].Votes.String(); got != "0.666666667" {
				t.Errorf("A keeps %s", got)
			}
			if got := round.Tallies[1].Votes.Rat().FloatString(6); got != "4.000000" {
				t.Errorf("B has %s", got)
			}
		}
	}
}

// The example of Wikipedia's page on the largest remainder method and highest averages: 100,000
// votes, 10 seats.
func TestLists(t *testing.T) {
	p := rankings(t, "Yellow White Red Green Blue Pink",
		"Yellow*47000", "White*16000", "Red*15800", "Green*12000", "Blue*6100", "Pink*3100")
	for method, want := range map[string][]int{
		"hare": {5, 2, 1, 1, 1, 0}, "dhondt": {5, 2, 2, 1, 0, 0}, "sainte-lague": {4, 2, 2, 1, 1, 0},
	} {
		r := count(t, method, p, tally.Options{Seats: 10})
		got := make([]int, 6)
		for _, w := range r.Winners {
			got[slices.Index(p.Candidates(), w)]++
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", method, got, want)
		}
	}
}

func TestColleges(t *testing.T) {
	// 2 salaried members weigh as much as 90 users: the users' 50 votes for B are 5/18 of all.
	users := rankings(t, "A B", "A*40", "B*50")
	staff := rankings(t, "A B", "A*2")
	whole, err := tally.JoinColleges([]tally.College{{"users", rat(1, 2), users}, {"staff", rat(1, 2), staff}})
	if err != nil {
		t.Fatal(err)
	}
	r := count(t, "plurality", whole, tally.Options{})
	votes := step[tally.Scores](t, r).Tallies
	if votes[1].Votes.Cmp(tally.Frac(92*5, 18)) != 0 || !slices.Equal(r.Winners, []string{"A"}) || r.Ballots != 92 {
		t.Errorf("%v, winners %v", votes, r.Winners)
	}
	if got := count(t, "schulze", whole, tally.Options{}).Winners; !slices.Equal(got, []string{"A"}) {
		t.Errorf("schulze: %v", got)
	}
}

// Two salaried members, of three votes cast by two colleges of equal weight, are a paper each, and
// the user two: the quota for one seat is 3 papers of 4, which are worth three quarters of 3 votes.
func TestCollegesByThePaper(t *testing.T) {
	whole, err := tally.JoinColleges([]tally.College{
		{"users", rat(1, 2), rankings(t, "A B C", "A>B")},
		{"staff", rat(1, 2), rankings(t, "A B C", "B", "C>B")},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := count(t, "stv-scotland", whole, tally.Options{TieBreak: tally.TieBreak{Rule: tally.Chair, Order: []string{"B", "A", "C"}}})
	first := step[tally.Round](t, r)
	if first.Quota.String() != "2.25" || first.Tallies[0].Votes.String() != "1.5" || first.Tallies[1].Votes.String() != "0.75" {
		t.Errorf("quota %s, %v", first.Quota, first.Tallies)
	}
	if !slices.Equal(r.Winners, []string{"A"}) { // C goes; of B and A, A had more before
		t.Errorf("%v", r.Winners)
	}
}

func grades(t *testing.T, ballots ...[]int) *tally.Grades {
	t.Helper()
	g, err := tally.NewGrades([]string{"A", "B"})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range ballots {
		var list []tally.Grade
		for c, v := range b {
			if v >= 0 {
				list = append(list, tally.Grade{Candidate: c, Value: v})
			}
		}
		if err := g.Add(list, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// One member of staff grades A better and three users B: weighed equally, A has half of the votes
// at 3 and half at 1, the lower middle being 1; B has half at 0.
func TestGradedColleges(t *testing.T) {
	g, err := tally.JoinGradedColleges([]tally.GradedCollege{
		{"users", rat(1, 2), grades(t, []int{1, 3}, []int{1, 3}, []int{1, 3})},
		{"staff", rat(1, 2), grades(t, []int{3, 0})},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := tally.MajorityJudgment(g, tally.Options{})
	if err != nil || !slices.Equal(r.Winners, []string{"A"}) || step[tally.MeritProfile](t, r).AbovePercent.String() != "50" {
		t.Errorf("%+v %v", r, err)
	}
}

// A missing grade is the lowest, or none at all in an explicit election.
func TestMissingGrades(t *testing.T) {
	g := grades(t, []int{3, 2}, []int{-1, 2}, []int{-1, 2}, []int{-1, 0})
	for _, explicit := range []bool{false, true} {
		g.Explicit = explicit
		want := map[bool]string{false: "B > A", true: "A > B"}[explicit]
		for _, rule := range []func(*tally.Grades, tally.Options) (*tally.Result, error){tally.MajorityJudgment, tally.MajorityJudgmentScore, tally.Score} {
			r, err := rule(g, tally.Options{})
			if err != nil || same(r.Ranking) != want {
				t.Errorf("%s, explicit %t: %s %v", r.Method, explicit, same(r.Ranking), err)
			}
		}
	}
}

func TestQuestion(t *testing.T) {
	q := tally.Question{For: rat(50, 1), Against: rat(40, 1), Abstain: rat(20, 1), Blank: rat(5, 1), Entitled: rat(200, 1)}
	for _, c := range []struct {
		of      tally.Denominator
		share   *big.Rat
		atLeast bool
		want    bool
	}{
		{tally.Expressed, rat(1, 2), false, true},
		{tally.Expressed, rat(5, 9), false, false},
		{tally.Expressed, rat(5, 9), true, true},
		{tally.WithAbstained, rat(1, 2), false, false},
		{tally.WithBlank, rat(10, 23), true, true},
		{tally.Entitled, rat(1, 4), true, true},
		{tally.Entitled, rat(1, 4), false, false},
	} {
		d, err := q.Decide(tally.Majority{Of: c.of, Share: c.share, AtLeast: c.atLeast})
		if err != nil || d.Passed != c.want {
			t.Errorf("%s of %s: passed %t, %v", c.share, c.of, d.Passed, err)
		}
	}
	if _, err := q.Decide(tally.Majority{Of: tally.Present, Share: rat(1, 2)}); err == nil {
		t.Error("an unknown denominator was used")
	}
	if d, err := (tally.Question{}).Decide(tally.Majority{Of: tally.Expressed, Share: rat(1, 2), AtLeast: true}); err != nil || d.Passed {
		t.Error("nobody voted and it passed", err)
	}
}

func TestJoinQuestion(t *testing.T) {
	colleges := []tally.QuestionCollege{
		{"workers", rat(50, 100), tally.Question{For: rat(3, 1), Against: rat(1, 1)}},
		{"users", rat(30, 100), tally.Question{For: rat(10, 1), Against: rat(20, 1)}},
		{"towns", rat(20, 100), tally.Question{}},
	}
	q, err := tally.JoinQuestion(colleges, false)
	if err != nil {
		t.Fatal(err)
	}
	// 34 votes; workers 5/8, users 3/8: for 34 × (5/8 × 3/4 + 3/8 × 1/3)
	if q.For.Cmp(rat(34*19, 32)) != 0 || new(big.Rat).Add(q.For, q.Against).Cmp(rat(34, 1)) != 0 {
		t.Errorf("for %s, against %s", q.For, q.Against)
	}
	if q, _ = tally.JoinQuestion(colleges, true); q.For.Cmp(rat(34*5, 8)) != 0 {
		t.Errorf("as blocks: for %s", q.For)
	}
}

func TestFistToFive(t *testing.T) {
	for _, c := range []struct {
		raised [6]int64
		want   bool
	}{
		{[6]int64{0, 0, 0, 2, 3, 1}, true},
		{[6]int64{1, 0, 0, 2, 3, 9}, false},
		{[6]int64{0, 0, 1, 2, 3, 9}, false},
		{[6]int64{}, false},
	} {
		if f, err := tally.FistToFive(c.raised, 3); err != nil || f.Passed != c.want {
			t.Errorf("%v: %+v %v", c.raised, f, err)
		}
	}
	if (tally.Consent{Agreed: 9, Objections: 1}).Passes() || !(tally.Consent{Concerns: 1}).Passes() || (tally.Consent{StoodAside: 3}).Passes() {
		t.Error("consent")
	}
}

func TestDots(t *testing.T) {
	rules := tally.DotRules{Each: 3, PerOption: 2}
	r, err := tally.Dots([]string{"A", "B", "C"}, []tally.DotBallot{{[]int{2, 1, 0}, tally.Int(1)}, {[]int{0, 1, 2}, tally.Int(1)}, {[]int{0, 1, 0}, tally.Int(2)}}, rules, tally.Options{})
	if err != nil || same(r.Ranking) != "B > A = C" {
		t.Errorf("%v %v", r, err)
	}
	for _, bad := range [][]int{{3, 0, 0}, {2, 2, 0}, {-1, 0, 0}, {1, 1}} {
		if _, err := tally.Dots([]string{"A", "B", "C"}, []tally.DotBallot{{bad, tally.Int(1)}}, rules, tally.Options{}); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

func TestParity(t *testing.T) {
	list := []tally.ListMember{{"Ada", "F"}, {"Ben", "M"}, {"Cid", "M"}, {"Dan", "M"}}
	if wrong := tally.CheckList(list, tally.ListRules{Alternate: true, MinShare: rat(2, 5), Genders: []string{"F", "M"}}); len(wrong) != 3 {
		t.Errorf("%q", wrong)
	}
	gender := map[string]string{"A": "M", "B": "M", "C": "M", "D": "M", "E": "F", "F": "F", "G": "F"}
	p := rankings(t, "A B C D E F G", "A*70", "B*60", "C*50", "D*40", "E*30", "F*20", "G*20")
	r := count(t, "plurality", p, tally.Options{Seats: 5})
	forty := tally.ListRules{MinShare: rat(2, 5), Genders: []string{"F", "M"}}
	if _, err := tally.ElectWithParity(r, gender, forty, tally.TieBreak{}); err == nil {
		t.Error("F and G are tied for the last seat")
	}
	elected, err := tally.ElectWithParity(r, gender, forty, tally.TieBreak{Rule: tally.Older, Order: []string{"G", "F"}})
	if err != nil || !slices.Equal(elected.Winners, []string{"A", "B", "C", "E", "G"}) {
		t.Errorf("%v %v", elected, err)
	}
	if step[tally.Skipped](t, elected).Candidate != "D" {
		t.Error("D is passed over, and the result does not say so")
	}
}
