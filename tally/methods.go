package tally

import (
	"fmt"
	"slices"
)

// Ballots is what a rule counts: rankings for some, grades for others.
type Ballots struct {
	Rankings *Rankings
	Grades   *Grades
	// Conditions, if not nil, apply to the rules that compare options in duels: see Constitution.
	Conditions *Conditions
}

// Method is a rule, by the name the command line and the results know it by.
type Method struct {
	Name string
	// Graded rules count grades, the others rankings. Approvals are grades of 0 and 1.
	Graded    bool
	Approvals bool
	// Duels: the rule compares the options two by two, and conditions over a default option apply.
	Duels bool
	count func(b Ballots, o Options) (*Result, error)
}

// Methods returns all the rules Count knows.
func Methods() []Method {
	ranked := func(f func(*Rankings, Options) (*Result, error)) func(Ballots, Options) (*Result, error) {
		return func(b Ballots, o Options) (*Result, error) { return f(b.Rankings, o) }
	}
	graded := func(f func(*Grades, Options) (*Result, error)) func(Ballots, Options) (*Result, error) {
		return func(b Ballots, o Options) (*Result, error) { return f(b.Grades, o) }
	}
	duels := func(d duelRule) Method {
		return Method{Name: d.method(), Duels: true, count: func(b Ballots, o Options) (*Result, error) {
			if d.method() == debian.method() && b.Conditions != nil {
				return debian.count(b.Rankings, b.Conditions, o)
			}
			return d.count(b.Rankings, b.Conditions, o)
		}}
	}
	return []Method{
		{Name: "plurality", count: ranked(Plurality)},
		{Name: "two-round", count: ranked(TwoRound)},
		{Name: "approval", count: graded(Approval), Graded: true, Approvals: true},
		{Name: "score", count: graded(Score), Graded: true},
		{Name: "borda", count: ranked(Borda)},
		{Name: "majority-judgment", count: graded(MajorityJudgment), Graded: true},
		{Name: "majority-judgment-score", count: graded(MajorityJudgmentScore), Graded: true},
		duels(schulze(WinningVotes)),
		duels(schulze(Margins)),
		duels(rankedPairs(WinningVotes)),
		duels(rankedPairs(Margins)),
		duels(minimax(WinningVotes)),
		duels(minimax(Margins)),
		duels(copeland),
		{Name: "irv", count: ranked(InstantRunoff)},
		{Name: "stv-scotland", count: ranked(Scottish)},
		{Name: "stv-meek", count: ranked(Meek)},
		{Name: "hare", count: ranked(HareLists)},
		{Name: "dhondt", count: ranked(DHondtLists)},
		{Name: "sainte-lague", count: ranked(SainteLagueLists)},
	}
}

// MethodByName finds a rule.
func MethodByName(name string) (Method, bool) {
	all := Methods()
	i := slices.IndexFunc(all, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return all[i], true
}

// Count counts ballots by the named rule.
func Count(method string, b Ballots, o Options) (*Result, error) {
	m, ok := MethodByName(method)
	switch {
	case !ok:
		return nil, fmt.Errorf("no counting rule called %q", method)
	case m.Graded && b.Grades == nil:
		return nil, fmt.Errorf("%s counts grades, and these ballots hold none", method)
	case !m.Graded && b.Rankings == nil:
		return nil, fmt.Errorf("%s counts rankings, and these ballots hold none", method)
	}
	return m.count(b, o)
}
