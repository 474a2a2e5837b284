package statute

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// urn is one college's count in which everybody who votes is present with one vote.
func urn(college string, entitled, pour, contre, abstention, blank, null int64) CollegeCount {
	present := pour + contre + abstention + blank + null
	return CollegeCount{
		CollegeAttendance: CollegeAttendance{
			College: college, EntitledMembers: int(entitled), PresentMembers: int(present),
			EntitledVotes: Int(entitled), PresentVotes: Int(present),
		},
		Voters: int(present), For: Int(pour), Against: Int(contre), Abstention: Int(abstention), Blank: Int(blank), Null: Int(null),
	}
}

// plain are rules without colleges and with one motion.
func plain(m Motion) Rules {
	m.Key, m.Name = "m", "M"
	r := Rules{Kind: Association, Motions: []Motion{m}}
	r.setDefaults()
	return r
}

// three are rules with colleges a, b, c weighing a third each.
func three(m Motion, how Combine, empty, silent EmptyRule) Rules {
	third := Ratio(1, 3)
	m.Key, m.Name, m.Colleges = "m", "M", how
	r := Rules{Kind: SCIC, Motions: []Motion{m}, Counting: Counting{Empty: empty, Silent: silent}}
	for _, k := range []string{"a", "b", "c"} {
		r.Colleges = append(r.Colleges, College{Key: k, Name: strings.ToUpper(k), Weight: &third})
	}
	r.setDefaults()
	return r
}

func TestJudgeOneUrn(t *testing.T) {
	for _, c := range []struct {
		name  string
		m     Motion
		u     CollegeCount
		chair string
		want  Outcome
	}{
		{"two thirds exactly", Motion{Majority: "2/3"}, urn("", 9, 6, 3, 0, 0, 0), "", Adopted},
		{"two thirds exactly, strict", Motion{Majority: "2/3", Strict: true}, urn("", 9, 6, 3, 0, 0, 0), "", Rejected},
		{"just below two thirds", Motion{Majority: "2/3"}, urn("", 10000, 6666, 3334, 0, 0, 0), "", Rejected},
		{"just above two thirds", Motion{Majority: "2/3"}, urn("", 10000, 6667, 3333, 0, 0, 0), "", Adopted},
		{"simple", Motion{Majority: Simple}, urn("", 100, 2, 1, 50, 10, 5), "", Adopted},
		{"simple, balanced", Motion{Majority: Simple}, urn("", 100, 2, 2, 0, 0, 0), "", Rejected},
		{"simple, balanced, chair awaited", Motion{Majority: Simple, Tie: TieChair}, urn("", 100, 2, 2, 0, 0, 0), "", Tied},
		{"simple, balanced, chair for", Motion{Majority: Simple, Tie: TieChair}, urn("", 100, 2, 2, 0, 0, 0), "for", Adopted},
		{"simple, balanced, chair against", Motion{Majority: Simple, Tie: TieChair}, urn("", 100, 2, 2, 0, 0, 0), "against", Rejected},
		{"chair without tie changes nothing", Motion{Majority: Simple, Tie: TieChair}, urn("", 100, 1, 2, 0, 0, 0), "for", Rejected},
		{"absolute", Motion{Majority: Absolute}, urn("", 100, 6, 5, 0, 0, 0), "", Adopted},
		{"absolute, half", Motion{Majority: Absolute}, urn("", 100, 5, 5, 0, 0, 0), "", Rejected},
		{"absolute, half, chair for", Motion{Majority: Absolute, Tie: TieChair}, urn("", 100, 5, 5, 0, 0, 0), "for", Adopted},
		{"absolute with abstentions", Motion{Majority: Absolute, Abstention: true}, urn("", 100, 6, 5, 1, 0, 0), "", Rejected},
		{"absolute without abstentions", Motion{Majority: Absolute}, urn("", 100, 6, 5, 1, 0, 0), "", Adopted},
		{"absolute with blanks", Motion{Majority: Absolute, Blank: true}, urn("", 100, 6, 5, 0, 1, 0), "", Rejected},
		{"null never counts", Motion{Majority: Absolute, Blank: true, Abstention: true}, urn("", 100, 6, 5, 0, 0, 9), "", Adopted},
		{"of those attending", Motion{Majority: Absolute, Of: OfAttending}, urn("", 100, 6, 5, 0, 0, 1), "", Rejected},
		{"of all, exactly three quarters", Motion{Majority: "3/4", Of: OfEntitled}, urn("", 100, 75, 0, 0, 0, 0), "", Adopted},
		{"of all, one short", Motion{Majority: "3/4", Of: OfEntitled}, urn("", 100, 74, 0, 0, 0, 0), "", Rejected},
		{"no vote", Motion{Majority: Simple, Tie: TieChair}, urn("", 100, 0, 0, 0, 0, 0), "for", Rejected},
		{"all abstain", Motion{Majority: Simple}, urn("", 100, 0, 0, 40, 0, 0), "", Rejected},
		{"all abstain, counted", Motion{Majority: Absolute, Abstention: true}, urn("", 100, 0, 0, 40, 0, 0), "", Rejected},
		{"one member", Motion{Majority: Absolute}, urn("", 1, 1, 0, 0, 0, 0), "", Adopted},
		{"unanimity", Motion{Majority: "100 %"}, urn("", 9, 9, 0, 0, 0, 0), "", Adopted},
		{"unanimity less one", Motion{Majority: "100 %"}, urn("", 9, 8, 1, 0, 0, 0), "", Rejected},
	} {
		d, err := plain(c.m).Judge("m", Count{Call: 1, Colleges: []CollegeCount{c.u}, Chair: c.chair})
		if err != nil || d.Outcome != c.want {
			t.Errorf("%s: %s, %v\n%s", c.name, d.Outcome, err, d.Text("en"))
		}
	}
}

func TestJudgeColleges(t *testing.T) {
	simple, absolute, qualified := Motion{Majority: Simple}, Motion{Majority: Absolute}, Motion{Majority: "2/3"}
	for _, c := range []struct {
		name    string
		r       Rules
		a, b, c CollegeCount
		want    Outcome
		share   string
	}{
		// (1/3)·1 + (1/3)·1 + (1/3)·0 is exactly two thirds.
		{"thirds, exactly two thirds", three(qualified, Weighted, "", ""), urn("a", 1, 1, 0, 0, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 500, 0, 500, 0, 0, 0), Adopted, "2/3"},
		{"thirds, a hair below", three(qualified, Weighted, "", ""), urn("a", 1, 1, 0, 0, 0, 0), urn("b", 1000, 999, 1, 0, 0, 0), urn("c", 500, 0, 500, 0, 0, 0), Rejected, "1999/3000"},
		// Pooled, the 500 against decide.
		{"pooled", three(simple, Pooled, "", ""), urn("a", 1, 1, 0, 0, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 500, 0, 500, 0, 0, 0), Rejected, "1/51"},
		// c has nobody: a and b weigh a half each, 1/2·1 + 1/2·1/4 = 5/8.
		{"empty, shared", three(absolute, Weighted, Redistribute, Nothing), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 4, 1, 3, 0, 0, 0), urn("c", 0, 0, 0, 0, 0, 0), Adopted, "5/8"},
		// Its third is lost: 1/3·1 + 1/3·1/4 = 5/12.
		{"empty, lost", three(absolute, Weighted, Nothing, Redistribute), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 4, 1, 3, 0, 0, 0), urn("c", 0, 0, 0, 0, 0, 0), Rejected, "5/12"},
		{"silent, lost", three(absolute, Weighted, Redistribute, Nothing), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 4, 1, 3, 0, 0, 0), urn("c", 6, 0, 0, 6, 0, 0), Rejected, "5/12"},
		{"silent, shared", three(absolute, Weighted, Nothing, Redistribute), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 4, 1, 3, 0, 0, 0), urn("c", 6, 0, 0, 6, 0, 0), Adopted, "5/8"},
		// Simple, weighted: 1/3·(1 + 1/4 + 0) for, 1/3·(0 + 3/4 + 0) against.
		{"simple weighted", three(simple, Weighted, "", Nothing), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 4, 1, 3, 0, 0, 0), urn("c", 6, 0, 0, 6, 0, 0), Adopted, "5/12"},
		{"simple weighted, balanced", three(simple, Weighted, "", Nothing), urn("a", 4, 4, 0, 0, 0, 0), urn("b", 400, 0, 400, 0, 0, 0), urn("c", 6, 3, 3, 0, 0, 0), Rejected, "1/2"},
		{"nobody anywhere", three(simple, Weighted, Redistribute, Redistribute), urn("a", 0, 0, 0, 0, 0, 0), urn("b", 0, 0, 0, 0, 0, 0), urn("c", 0, 0, 0, 0, 0, 0), Rejected, "0/1"},
		{"each agrees", three(absolute, Each, Redistribute, Nothing), urn("a", 1, 1, 0, 0, 0, 0), urn("b", 9, 5, 4, 0, 0, 0), urn("c", 9, 6, 3, 0, 0, 0), Adopted, "5/9"},
		{"one does not", three(absolute, Each, Redistribute, Nothing), urn("a", 1, 0, 1, 0, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 9, 9, 0, 0, 0, 0), Rejected, "0/1"},
		{"one has nobody, not asked", three(absolute, Each, Redistribute, Nothing), urn("a", 0, 0, 0, 0, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 9, 9, 0, 0, 0, 0), Adopted, "1/1"},
		{"one has nobody, needed", three(absolute, Each, Nothing, Nothing), urn("a", 0, 0, 0, 0, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 9, 9, 0, 0, 0, 0), Rejected, "0/1"},
		{"one is silent, needed", three(absolute, Each, Redistribute, Nothing), urn("a", 3, 0, 0, 3, 0, 0), urn("b", 9, 9, 0, 0, 0, 0), urn("c", 9, 9, 0, 0, 0, 0), Rejected, "0/1"},
		{"nobody is asked", three(absolute, Each, Redistribute, Nothing), urn("a", 0, 0, 0, 0, 0, 0), urn("b", 0, 0, 0, 0, 0, 0), urn("c", 0, 0, 0, 0, 0, 0), Rejected, "0/1"},
	} {
		d, err := c.r.Judge("m", Count{Call: 1, Colleges: []CollegeCount{c.a, c.b, c.c}})
		if err != nil || d.Outcome != c.want || d.For.String() != c.share {
			t.Errorf("%s: %s %s, %v\n%s", c.name, d.Outcome, d.For, err, d.Text("en"))
		}
		turned, err := c.r.Judge("m", Count{Call: 1, Colleges: []CollegeCount{c.c, c.a, c.b}})
		if err != nil || turned.Text("fr") != d.Text("fr") {
			t.Errorf("%s: the order of colleges changes the decision: %v", c.name, err)
		}
	}
}

func TestJudgeQuorum(t *testing.T) {
	r := template(t, SCIC)
	r.Quorums = append(r.Quorums,
		Quorum{Key: "each", Of: OfMembers, Presence: Represented, Each: true, Calls: []Frac{Ratio(1, 2)}},
		Quorum{Key: "votes", Of: OfVotes, Presence: PresentOnly, Calls: []Frac{Ratio(1, 2)}})
	for i, key := range []string{"", "", "each", "votes"} {
		if key != "" {
			r.Motions = append(r.Motions, Motion{Key: key, Name: key, Majority: Simple, Quorum: r.Quorums[i].Key})
		}
	}
	line := func(key string, entitled, present, represented, distance int) CollegeAttendance {
		votes := func(n int) Frac { return Int(int64(2 * n)) }
		return CollegeAttendance{key, entitled, present, represented, distance, votes(entitled), votes(present), votes(represented), votes(distance)}
	}
	a := func(s, u, p CollegeAttendance) Attendance { return Attendance{[]CollegeAttendance{p, s, u}} }
	full := a(line("salaries", 10, 5, 2, 1), line("usagers", 80, 10, 4, 0), line("partenaires", 10, 2, 0, 1))
	for _, c := range []struct {
		kind    string
		call    int
		a       Attendance
		reached bool
		figures string
	}{
		{"statuts", 1, full, true, "25/1 of 100/1"}, // exactly a quarter
		{"statuts", 1, a(line("salaries", 10, 5, 2, 1), line("usagers", 80, 10, 3, 0), line("partenaires", 10, 2, 0, 1)), false, "24/1 of 100/1"}, // one short
		{"statuts", 2, a(line("salaries", 10, 5, 2, 1), line("usagers", 80, 10, 3, 0), line("partenaires", 10, 2, 0, 1)), true, "24/1 of 100/1"},  // a fifth is enough
		{"statuts", 7, a(line("salaries", 10, 5, 2, 1), line("usagers", 80, 8, 0, 0), line("partenaires", 10, 2, 0, 1)), false, "19/1 of 100/1"},  // the last call stays
		{"ordinaire", 2, a(line("salaries", 10, 0, 0, 0), line("usagers", 80, 0, 0, 0), line("partenaires", 10, 0, 0, 0)), true, "0/1 of 100/1"},  // none asked
		{"each", 1, a(line("salaries", 10, 5, 0, 0), line("usagers", 80, 40, 0, 9), line("partenaires", 0, 0, 0, 0)), true, "5/1 of 10/1"},        // an empty college prevents nothing
		{"each", 1, a(line("salaries", 10, 9, 0, 0), line("usagers", 80, 39, 0, 9), line("partenaires", 10, 5, 0, 0)), false, "39/1 of 80/1"},     // distance does not count there
		{"votes", 1, a(line("salaries", 10, 10, 0, 0), line("usagers", 80, 40, 40, 0), line("partenaires", 10, 0, 0, 0)), true, "100/1 of 200/1"}, // present votes only
		{"votes", 1, a(line("salaries", 10, 10, 0, 0), line("usagers", 80, 39, 41, 0), line("partenaires", 10, 0, 0, 0)), false, "98/1 of 200/1"}, // proxies do not count there
		{"votes", 1, a(line("salaries", 0, 0, 0, 0), line("usagers", 0, 0, 0, 0), line("partenaires", 0, 0, 0, 0)), false, "0/1 of 0/1"},          // nobody at all
		{"each", 1, a(line("salaries", 0, 0, 0, 0), line("usagers", 0, 0, 0, 0), line("partenaires", 0, 0, 0, 0)), false, "0/1 of 0/1"},           // nobody at all
		{"administrateurs", 1, full, true, "25/1 of 100/1"}, // an election has its quorum too
		{"motion", 1, a(line("salaries", 10, 0, 0, 0), line("usagers", 80, 0, 0, 0), line("partenaires", 10, 0, 0, 0)), true, "0/1 of 0/1"}, // no quorum rule
	} {
		d, err := r.JudgeQuorum(c.kind, c.call, c.a)
		if got := d.Attended.String() + " of " + d.Entitled.String(); err != nil || d.Reached != c.reached || got != c.figures {
			t.Errorf("%s, call %d: %v %s %v %+v", c.kind, c.call, d.Reached, got, err, d.Steps)
		}
	}
}

func TestBadCounts(t *testing.T) {
	r := three(Motion{Majority: Simple}, Weighted, "", "")
	a, b, c := urn("a", 3, 1, 1, 0, 0, 0), urn("b", 3, 1, 1, 0, 0, 0), urn("c", 3, 1, 1, 0, 0, 0)
	spoil := func(change func(*CollegeCount)) Count {
		u := a
		change(&u)
		return Count{Call: 1, Colleges: []CollegeCount{u, b, c}}
	}
	for name, count := range map[string]Count{
		"missing college":         {Call: 1, Colleges: []CollegeCount{a, b}},
		"college twice":           {Call: 1, Colleges: []CollegeCount{a, b, c, a}},
		"unknown college":         spoil(func(u *CollegeCount) { u.College = "z" }),
		"more votes than present": spoil(func(u *CollegeCount) { u.For = Int(2) }),
		"negative votes":          spoil(func(u *CollegeCount) { u.Against = Int(-1) }),
		"negative members":        spoil(func(u *CollegeCount) { u.PresentMembers = -1 }),
		"more present than exist": spoil(func(u *CollegeCount) { u.PresentMembers = 4 }),
		"more voters than exist":  spoil(func(u *CollegeCount) { u.Voters = 4 }),
		"chair's vote":            {Call: 1, Colleges: []CollegeCount{a, b, c}, Chair: "maybe"},
	} {
		d, err := r.Judge("m", count)
		var ce *CountError
		if !errors.As(err, &ce) || ce.Fr == "" || ce.En == "" || d.Outcome != "" {
			t.Errorf("%s: %v %v", name, d.Outcome, err)
		}
	}
	if _, err := r.Judge("other", Count{}); err == nil {
		t.Error("an unknown kind of decision is judged")
	}
}

// study is the assembly of the page on which the look was drawn.
func study() (Rules, Count) {
	r, _ := Parse(Template(SCIC))
	for i := range r.Motions {
		r.Motions[i].Abstention = true
		r.Motions[i].Article, r.Motions[i].Source = "art. 20", ""
	}
	for i := range r.Quorums {
		r.Quorums[i].Source = ""
	}
	r.Counting.Source = ""
	return r, Count{Call: 1, Colleges: []CollegeCount{
		urn("salaries", 180, 81, 15, 5, 0, 0), urn("usagers", 620, 197, 100, 26, 0, 0), urn("partenaires", 200, 65, 30, 5, 0, 0),
	}}
}

func TestDerivationOfTheStudy(t *testing.T) {
	r, c := study()
	d, err := r.Judge("statuts", c)
	if err != nil || d.Outcome != Adopted {
		t.Fatal(d.Outcome, err)
	}
	golden(t, "study.fr", d.Text("fr"))
	golden(t, "study.en", d.Text("en"))
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "study.json", string(b)+"\n")
	var back Decision
	if err := json.Unmarshal(b, &back); err != nil || back.Text("fr") != d.Text("fr") || back.For.Cmp(d.For) != 0 {
		t.Errorf("the decision changes on its way through JSON: %v", err)
	}
}

func TestDerivations(t *testing.T) {
	r, c := study()
	var fr, en strings.Builder
	add := func(title string, d Decision, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(title, err)
		}
		for _, w := range []struct {
			b    *strings.Builder
			lang string
		}{{&fr, "fr"}, {&en, "en"}} {
			w.b.WriteString("# " + title + ": " + string(d.Outcome) + "\n" + d.Text(w.lang) + "\n")
		}
	}
	judge := func(title string, r Rules, kind string, c Count) {
		d, err := r.Judge(kind, c)
		add(title, d, err)
	}
	low := c
	low.Colleges = []CollegeCount{urn("salaries", 180, 81, 15, 5, 0, 0), urn("usagers", 620, 40, 0, 0, 0, 0), urn("partenaires", 200, 0, 0, 0, 0, 0)}
	judge("no quorum", r, "statuts", low)
	judge("pooled simple", r, "motion", c)
	low.Colleges[1] = urn("usagers", 620, 150, 0, 0, 0, 0)
	judge("a silent college", r, "statuts", low)
	judge("just below two thirds", plain(Motion{Majority: "2/3"}), "m", Count{Call: 1, Colleges: []CollegeCount{urn("", 10000, 6666, 3334, 0, 0, 0)}})
	judge("just above half", plain(Motion{Majority: Absolute, Cite: Cite{Article: "art. 3"}}), "m", Count{Call: 1, Colleges: []CollegeCount{urn("", 2001, 1001, 1000, 0, 0, 0)}})
	judge("tie", plain(Motion{Majority: Simple, Tie: TieChair}), "m", Count{Call: 1, Colleges: []CollegeCount{urn("", 9, 2, 2, 1, 0, 0)}, Chair: "for"})
	judge("each", three(Motion{Majority: Simple}, Each, "", ""), "m", Count{Call: 1, Colleges: []CollegeCount{
		urn("a", 3, 2, 1, 0, 0, 0), urn("b", 3, 1, 2, 0, 0, 0), urn("c", 0, 0, 0, 0, 0, 0)}})
	judge("thirds, simple", three(Motion{Majority: Simple}, Weighted, "", ""), "m", Count{Call: 1, Colleges: []CollegeCount{
		urn("a", 3, 2, 1, 0, 0, 0), urn("b", 3, 1, 2, 0, 0, 0), urn("c", 5001, 2501, 2500, 0, 0, 0)}})
	judge("no vote", plain(Motion{Majority: Simple}), "m", Count{Call: 1, Colleges: []CollegeCount{urn("", 9, 0, 0, 3, 0, 0)}})
	d, err := r.JudgeElection("administrateurs", boardCount())
	add("election", d, err)
	golden(t, "derivations.fr", fr.String())
	golden(t, "derivations.en", en.String())
}

func TestFormatPercentNeverContradicts(t *testing.T) {
	half, twoThirds := Ratio(1, 2), Ratio(2, 3)
	for _, c := range []struct {
		f, limit Frac
		fr, en   string
	}{
		{Ratio(6666, 10000), twoThirds, "66,66\u202f%", "66.66%"},
		{Ratio(714, 1000), twoThirds, "71,4\u202f%", "71.4%"},
		{twoThirds, twoThirds, "66,7\u202f%", "66.7%"},
		{Ratio(5001, 10000), half, "50,01\u202f%", "50.01%"},
		{half, half, "50,0\u202f%", "50.0%"},
		{Ratio(4999999, 10000000), half, "49,99999\u202f%", "49.99999%"},
		{Ratio(50000000001, 100000000000), half, "50000000001/100000000000", "50000000001/100000000000"},
		{Int(1), half, "100,0\u202f%", "100.0%"},
		{Frac{}, half, "0,0\u202f%", "0.0%"},
	} {
		if fr, en := FormatPercent(c.f, "fr", c.limit), FormatPercent(c.f, "en", c.limit); fr != c.fr || en != c.en {
			t.Errorf("%s beside %s: %q %q", c.f, c.limit, fr, en)
		}
	}
	for f, want := range map[Frac]string{Int(1000): "1\u202f000", Int(1234567): "1\u202f234\u202f567", Ratio(101, 2): "50,5", Ratio(1, 3): "1/3", Int(-1500): "−1\u202f500"} {
		if got := FormatNumber(f, "fr"); got != want {
			t.Errorf("%s: %q", f, got)
		}
	}
}

func TestWithheld(t *testing.T) {
	r, c := study()
	for _, v := range []struct {
		s, u, p int
		want    string
	}{
		{101, 323, 100, ""},
		{101, 323, 4, "partenaires salaries"}, // alone it would be found by difference
		{3, 323, 4, "salaries partenaires"},
		{101, 323, 0, ""},
	} {
		got := strings.Join(r.Withheld(map[string]int{"salaries": v.s, "usagers": v.u, "partenaires": v.p}), " ")
		if got != v.want {
			t.Errorf("%+v: %q", v, got)
		}
	}
	d, err := r.Judge("statuts", c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(d.Public([]string{"partenaires", "salaries"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"80,2", "65,0", "71,4", "81/101", "13/20", d.For.String()} {
		if strings.Contains(string(b), leak) {
			t.Errorf("%q remains in %s", leak, b)
		}
	}
	c.Colleges[2] = urn("partenaires", 200, 0, 0, 0, 3, 0)
	silent, err := r.Judge("statuts", c)
	if err != nil {
		t.Fatal(err)
	}
	if shown := silent.Public([]string{"partenaires", "salaries"}).Text("fr"); strings.Contains(shown, "Partenaires") {
		t.Errorf("three blank votes are revealed: %s", shown)
	}
	if !strings.Contains(string(b), "deux tiers") || d.Steps[1].Rule != "weighted" {
		t.Errorf("the reason is lost, or the decision itself changed: %s", b)
	}
}
