package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

var four = []Option{{Key: "o1", Label: "Ada", Born: "1970-01-01", Gender: Woman}, {Key: "o2", Label: "Bo > B", Born: "1960-01-01", Gender: Man},
	{Key: "o3", Label: "Bo ; B", Born: "1980-01-01", Gender: Man}, {Key: "o4", Label: "Nombre", Born: "1990-01-01", Gender: Man}}

var twoLists = []Option{{Key: "o1", Label: "Cap", Members: []Member{{"Ann", Woman}, {"Bob", Man}, {"Cy", Man}}}, {Key: "o2", Label: "Sel", Members: []Member{{"Di", Woman}, {"Eli", Man}, {"Fay", Woman}}}}

func of(name string) Rule { return Rule{Name: name}.Clean() }

func keyOf(err error) string {
	if e, ok := err.(*Refusal); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

func TestWhatABallotSays(t *testing.T) {
	limited := of("dots")
	limited.PerOption = 6
	for _, c := range []struct {
		rule   Rule
		values string // separated by spaces
		want   string // the text, or the key of the refusal
	}{
		{of("approval"), "o3 o1", "o1,o3"},
		{of("approval"), "", "vote.choice.none"},
		{of("approval"), "o1 blank", "vote.choice.blank_and"},
		{of("approval"), "o9", "vote.choice.unknown"},
		{of("approval"), "o1 o1", "vote.choice.unknown"},
		{of("plurality"), "o2", "o2"},
		{of("plurality"), "o1 o2", "vote.choice.many"},
		{of("schulze"), "o1=2 o2=1 o3=2 o4=", "o2>o1=o3"},
		{of("schulze"), "o1=1 o2=4", "o1>o2"},
		{of("schulze"), "o2>o1=o3", "o2>o1=o3"},
		{of("irv"), "o1=1 o2=1", "vote.choice.rank_twice"},
		{of("irv"), "o1=1 o2=3", "vote.choice.rank_missing"},
		{of("irv"), "o1=5", "vote.choice.rank_range"},
		{of("irv"), "o1=0", "vote.choice.rank_range"},
		{of("irv"), "o1= o2=", "vote.choice.no_rank"},
		{of("irv"), "o1=x", "vote.choice.number"},
		{of("irv"), "blank o1=", "blank"},
		{of("irv"), "blank o1=1", "vote.choice.blank_and"},
		{of("score"), "o1=5 o2=0", "o1:5,o2:0"},
		{of("score"), "o1=6", "vote.choice.too_high"},
		{of("score"), "o1=-1", "vote.choice.number"},
		{of("majority-judgment"), "o2=5 o1=0", "o1:0,o2:5"},
		{of("majority-judgment"), "o2=6", "vote.choice.too_high"},
		{of("dots"), "o1=7 o2=3 o3=0", "o1:7,o2:3"},
		{of("dots"), "o1=7 o2=1", "vote.choice.dots_left"},
		{of("dots"), "o1=7 o2=4", "vote.choice.dots_over"},
		{limited, "o1=7 o2=3", "vote.choice.too_high"},
		{of("consent"), "objection", "objection"},
		{of("consent"), "", "vote.choice.answer"},
		{of("consent"), "agree concern", "vote.choice.unknown"},
		{of("fist-to-five"), "0", "0"},
		{of("fist-to-five"), "6", "vote.choice.unknown"},
	} {
		b, err := c.rule.Read(four, strings.Fields(c.values))
		got := keyOf(err)
		if err == nil {
			got = c.rule.Text(four, b)
			if again, err := c.rule.Read(four, c.rule.Typed(four, b)); err != nil || c.rule.Text(four, again) != got {
				t.Errorf("%s %q: the form of %q reads as %v %v", c.rule.Name, c.values, got, again, err)
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %s, want %s", c.rule.Name, c.values, got, c.want)
		}
	}
}

func TestParseReadsOnlyWhatIsWritten(t *testing.T) {
	for _, c := range []struct{ rule, text string }{
		{"approval", "o3,o1"}, {"approval", ""}, {"approval", "o1,"}, {"schulze", "o3=o1"}, {"schulze", "o1>o1"}, {"schulze", "o1>"},
		{"irv", "o1=o2"}, {"score", "o2:1,o1:1"}, {"score", "o1:01"}, {"score", "o1:+1"}, {"dots", "o1:10,o2:0"}, {"score", "o1"}, {"consent", "yes"}, {"irv", " o1"},
	} {
		if b, err := of(c.rule).Parse(four, c.text); err == nil {
			t.Errorf("%s reads %q as %+v", c.rule, c.text, b)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"blank", "o1,o3", "o2>o1=o3", "o1:4,o2:0", "agree", "5", "o1:10", "o1>o2>o3>o4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range Methods() {
			r := of(m.Name)
			b, err := r.Parse(four, text)
			if err != nil {
				continue
			}
			if again := r.Text(four, b); again != text {
				t.Fatalf("%s: %q is written %q", m.Name, text, again)
			}
			if _, err := r.Count(four, 2, []Box{{Cast: []Cast{{Ballot: b, Votes: statute.Int(1)}}}}, Draw{}); err != nil {
				t.Fatalf("%s: %q cannot be counted: %v", m.Name, text, err)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	bad := func(name, field, key string, change func(*Rule), options []Option, seats int) {
		t.Helper()
		r := of(name)
		change(&r)
		if e := r.Validate(options, seats)[field]; e == nil || e.Key != key {
			t.Errorf("%s: %s says %v, want %s", name, field, e, key)
		}
	}
	for _, m := range Methods() {
		options := four
		if m.Lists() {
			options = twoLists
		}
		if f := of(m.Name).Validate(options, 2); len(f) > 0 {
			t.Errorf("%s with its defaults: %v", m.Name, f)
		}
	}
	same := []Option{{Label: "A", Born: "1970-01-01"}, {Label: "B", Born: "1970-01-01"}, {Label: "C"}}
	bad("majority-judgment", "grades", "vote.method.grade_twice", func(r *Rule) { r.Grades = []string{"Bien", "bien"} }, four, 1)
	bad("majority-judgment", "grades", "vote.method.grade_word", func(r *Rule) { r.Grades = []string{"Bien, très", "3"} }, four, 1)
	bad("dots", "per_option", "vote.method.per_option", func(r *Rule) { r.PerOption = 2 }, four, 1)
	bad("irv", "options", "vote.method.same_birth", func(r *Rule) { r.TieBreak = tally.Older }, same[:2], 1)
	bad("irv", "options", "vote.method.birth", func(r *Rule) { r.TieBreak = tally.Older }, same[2:], 1)
	bad("approval", "tie_break", "vote.method.parity_tie", func(r *Rule) { r.Parity = 40 }, four, 2)
	bad("irv", "seats", "vote.seats.range", func(*Rule) {}, four, 5)
	lists := func(members ...Member) []Option {
		return []Option{{Label: "Cap", Members: members}, {Label: "Sel", Members: []Member{{"Ève", Woman}, {"Omar", Man}, {"Zoé", Woman}}}}
	}
	ann, bob, cy, di := Member{"Ann", Woman}, Member{"Bob", Man}, Member{"Cy", Man}, Member{"Di", ""}
	alternate := func(r *Rule) { r.Alternate = true }
	forty := func(r *Rule) { r.Parity = 40 }
	bad("hare", "options", "vote.method.list_empty", func(*Rule) {}, lists(), 3)
	bad("dhondt", "options", "vote.method.list_short", func(*Rule) {}, lists(ann, bob), 3)
	bad("dhondt", "options", "vote.method.list_twice", func(*Rule) {}, lists(ann, bob, Member{"Ève", Woman}), 3)
	bad("dhondt", "options", "vote.method.list_gender", alternate, lists(ann, bob, di), 3)
	bad("dhondt", "options", "vote.method.list_follows", alternate, lists(ann, bob, cy), 3)
	bad("dhondt", "options", "vote.method.list_share_F", forty, lists(bob, cy, Member{"Éric", Man}), 3)
	bad("dhondt", "tie_break", "vote.method.tie_lists", func(r *Rule) { r.TieBreak = tally.Older }, lists(ann, bob, cy), 3)
	bad("dhondt", "seats", "vote.seats.range", func(*Rule) {}, lists(ann), 0)
	if f := (Rule{Name: "dhondt", Parity: 40, Alternate: true}).Validate(lists(bob, ann, cy), 3); len(f) > 0 {
		t.Errorf("a list of two men and a woman of three, in turn: %v", f)
	}
	bad("approval", "options", "vote.method.parity_gender", func(r *Rule) { r.Parity, r.TieBreak = 40, tally.Lot }, same, 2)
}

// cast makes a box of ballots; "text*votes".
func cast(t *testing.T, r Rule, ballots ...string) Box {
	t.Helper()
	return castFor(t, r, four, ballots...)
}

func castFor(t *testing.T, r Rule, options []Option, ballots ...string) Box {
	t.Helper()
	var b Box
	for _, s := range ballots {
		text, votes, _ := strings.Cut(s, "*")
		f, err := statute.ParseFrac(votes)
		if err != nil {
			t.Fatal(err)
		}
		ballot, err := r.Parse(options, text)
		if err != nil {
			t.Fatalf("%s %q: %v", r.Name, text, err)
		}
		b.Cast = append(b.Cast, Cast{Ballot: ballot, Votes: f})
	}
	return b
}

var examples = map[Family][]string{
	Approve: {"o1,o2*2", "o2*3", "o3,o4*1", "blank*5"},
	One:     {"o1*5", "o2*3", "o3*1", "blank*5"},
	Rank:    {"o1>o2>o3*4", "o2>o3>o1*3", "o3>o1>o2*2", "o4>o2*1/2", "blank*9"},
	Grade:   {"o1:5,o2:4,o3:0,o4:1*2", "o1:1,o2:4*3", "o2:3,o3:5*1", "blank*4"},
	Score:   {"o1:5,o2:4*2", "o1:0,o3:3*3", "blank*4"},
	Dots:    {"o1:10*2", "o1:5,o2:5*3", "blank*4"},
}

// A result can be read back from its JSON; the ballot file gives the very same result to whoever
// counts it, and does not depend on the order in which people voted.
func TestTheFileOfBallotsGivesTheSameResult(t *testing.T) {
	for _, m := range Methods() {
		if m.Proposal() {
			continue
		}
		r := of(m.Name)
		ballots := examples[m.Family]
		box := cast(t, r, ballots...)
		counted, err := r.Count(four, 2, []Box{box}, Draw{})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		kept, err := json.Marshal(counted)
		if err != nil {
			t.Fatal(err)
		}
		var read Counted
		if err := json.Unmarshal(kept, &read); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if again, _ := json.Marshal(read); !bytes.Equal(again, kept) {
			t.Errorf("%s: read back as\n%s\nnot\n%s", m.Name, again, kept)
		}
		var file, other bytes.Buffer
		reversed := Box{}
		for i := range box.Cast {
			reversed.Cast = append(reversed.Cast, box.Cast[len(box.Cast)-1-i])
		}
		for b, w := range map[*Box]*bytes.Buffer{&box: &file, &reversed: &other} {
			if err := r.Write(w, "Essai", four, 2, *b, counted.Unit); err != nil {
				t.Fatal(err)
			}
		}
		if file.String() != other.String() {
			t.Errorf("%s: the file depends on the order of the ballots", m.Name)
		}
		name := m.Name
		if m.Family == Dots {
			name = "score"
		}
		want := format.Rankings
		if tm, _ := tally.MethodByName(name); tm.Approvals {
			want = format.Approvals
		} else if tm.Graded {
			want = format.Grades
		}
		e, err := format.Read(r.FileFormat(), &file, format.Options{Want: want, Scale: r.Grades})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		result, err := tally.Count(name, tally.Ballots{Rankings: e.Rankings, Grades: e.Grades}, tally.Options{Seats: 2})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		mine, theirs := *counted.Tally.Result, *result
		if m.Family == Dots { // another name for the same sums
			mine.Method, mine.Steps, mine.Ballots, theirs.Method, theirs.Steps, theirs.Ballots = "", nil, 0, "", nil, 0
		}
		a, _ := json.Marshal(&mine)
		b, _ := json.Marshal(&theirs)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: counted\n%s\nthe file gives\n%s", m.Name, a, b)
		}
	}
}

func TestTiesWaitForWhatIsDeclared(t *testing.T) {
	r := of("approval")
	box := []Box{cast(t, r, "o1*1", "o2*1")}
	names := Names(four)
	count := func(tie string, d Draw) Counted {
		r.TieBreak = tie
		c, err := r.Count(four, 1, box, d)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := count("", Draw{}); c.Pending || len(c.Tied()) != 2 {
		t.Errorf("undeclared: %v", c.Tied())
	}
	if c := count(tally.Older, Draw{}); c.Tied() != nil || c.Tally.Winners[0] != names[1] {
		t.Errorf("older: %v", c.Tally.Winners)
	}
	if c := count(tally.Chair, Draw{}); !c.Pending || len(c.Tied()) != 2 {
		t.Errorf("the chair has not spoken: %v", c.Tied())
	}
	if c := count(tally.Chair, Draw{Chair: "o3>o2>o1>o4"}); c.Pending || c.Tally.Winners[0] != names[1] {
		t.Errorf("the chair: %v", c.Tally.Winners)
	}
	if c := count(tally.Lot, Draw{}); !c.Pending {
		t.Error("the lot was not waited for")
	}
	if c := count(tally.Lot, Draw{Seed: "4-2-6"}); c.Pending || c.Tied() != nil || len(c.Tally.Winners) != 1 || !strings.Contains(c.Command("f.cef"), "--seed '4-2-6'") {
		t.Errorf("the lot: %+v", c.Tally.Winners)
	}
	// A tie before the end: three are last, and nothing is told of a count that no declared rule leads to.
	run := of("irv")
	run.TieBreak = tally.Lot
	c, err := run.Count(four, 1, []Box{cast(t, run, "o1>o3*2", "o2>o3*2", "o3>o1*2", "o4*3")}, Draw{})
	if err != nil || !c.Pending || !slices.Equal(c.Tied(), names[:3]) || len(c.Tally.Steps) != 1 {
		t.Errorf("%v %+v", c.Tied(), c.Tally)
	}
	box = []Box{cast(t, r, "o1*2", "o2*1")}
	if c := count(tally.Lot, Draw{}); c.Pending || c.Tied() != nil {
		t.Error("a lot that decides nothing was waited for")
	}
}

func TestParityAndColleges(t *testing.T) {
	r := of("approval")
	r.Parity, r.TieBreak = 50, tally.Older
	c, err := r.Count(four, 2, []Box{cast(t, r, "o2,o3*3", "o4*2", "o1*1")}, Draw{})
	names := Names(four)
	if err != nil || len(c.Tally.Winners) != 2 || c.Tally.Winners[1] != names[0] {
		t.Fatalf("%v %v", c.Tally.Winners, err)
	}
	s := of("schulze")
	big, small := cast(t, s, "o1>o2*90"), cast(t, s, "o2>o1*10")
	big.College, big.Share = "users", statute.Ratio(1, 4)
	small.College, small.Share = "workers", statute.Ratio(3, 4)
	if c, err = s.Count(four, 1, []Box{big, small}, Draw{}); err != nil || c.Tally.Winners[0] != names[1] || len(c.Shares) != 2 {
		t.Errorf("%v %v", c.Tally.Winners, err)
	}
}

func TestProposals(t *testing.T) {
	r := of("consent")
	if c, err := r.Count(nil, 0, []Box{cast(t, r, "agree*9", "concern*1", "blank*1")}, Draw{}); err != nil || !c.Consent.Passed || c.Consent.Agreed != 1 {
		t.Errorf("%+v %v", c.Consent, err)
	}
	if c, err := r.Count(nil, 0, []Box{cast(t, r, "agree*9", "objection*1")}, Draw{}); err != nil || c.Consent.Passed {
		t.Errorf("%+v %v", c.Consent, err)
	}
	f := of("fist-to-five")
	if c, err := f.Count(nil, 0, []Box{cast(t, f, "5*1", "2*1")}, Draw{}); err != nil || c.Fists.Passed || c.Fists.Reserved != 1 {
		t.Errorf("%+v %v", c.Fists, err)
	}
}

// Lists share the seats and their candidates take them in the order of the list; a tie names nobody.
func TestThePersonsOfLists(t *testing.T) {
	for _, c := range []struct {
		rule, ballots string
		seats         int
		want          string
	}{
		{"dhondt", "o1*60 o2*40", 3, "1 Ann (Cap), 2 Di (Sel), 3 Bob (Cap)"},
		{"hare", "o1*60 o2*40", 3, "1 Ann (Cap), 2 Di (Sel), 3 Bob (Cap)"},
		{"sainte-lague", "o1*90 o2*10", 2, "1 Ann (Cap), 2 Bob (Cap)"},
		{"dhondt", "o1*50 o2*50", 3, "1 Ann (Cap), 2 Di (Sel)"},
	} {
		counted, err := of(c.rule).Count(twoLists, c.seats, []Box{castFor(t, of(c.rule), twoLists, strings.Fields(c.ballots)...)}, Draw{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range counted.Elected {
			got = append(got, fmt.Sprintf("%d %s (%s)", p.Seat, p.Name, p.List))
		}
		if said := strings.Join(got, ", "); said != c.want {
			t.Errorf("%s %s: %s, want %s", c.rule, c.ballots, said, c.want)
		}
	}
}

// Papers join the ballots: votes under what they say; people, for a proposal.
func TestPapers(t *testing.T) {
	fill := func(r Rule, options []Option, figures map[string]statute.Frac) Counted {
		boxes := r.OpenBoxes(options, statute.Rules{}, "", nil)
		if err := boxes.PutPapers("", figures); err != nil {
			t.Fatal(err)
		}
		c, err := r.Count(options, 1, boxes.Boxes(), Draw{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := fill(of("irv"), four, map[string]statute.Frac{"o1>o2": statute.Int(3), "o2": statute.Int(2), Blank: statute.Int(1), Null: statute.Ratio(1, 2)})
	if c.Tally.Winners[0] != "Ada" || c.Valid.Cmp(statute.Int(5)) != 0 || c.Blank.Cmp(statute.Int(1)) != 0 || c.Null.Cmp(statute.Ratio(1, 2)) != 0 {
		t.Errorf("%+v", c)
	}
	if c := fill(of("consent"), nil, map[string]statute.Frac{Agree: statute.Int(7), Objection: statute.Int(2)}); c.Consent.Agreed != 7 || c.Consent.Objections != 2 || c.Consent.Passed {
		t.Errorf("%+v", c.Consent)
	}
	if err := of("irv").OpenBoxes(four, statute.Rules{}, "", nil).PutPapers("", map[string]statute.Frac{"o9": statute.Int(1)}); err == nil {
		t.Error("a paper for nobody was counted")
	}
}
