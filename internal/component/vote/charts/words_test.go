package charts

import (
	"os"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// count counts ballots such as "a>b*3" by a rule among A, B, C and D; the first two are women.
func count(t *testing.T, r rule.Rule, seats int, ballots ...string) rule.Counted {
	t.Helper()
	options := []rule.Option{{Key: "a", Label: "A", Gender: "F"}, {Key: "b", Label: "B", Gender: "F"}, {Key: "c", Label: "C", Gender: "M"}, {Key: "d", Label: "D", Gender: "M"}}
	var box rule.Box
	for _, s := range ballots {
		text, votes, _ := strings.Cut(s, "*")
		n, err := statute.ParseFrac(votes)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Parse(options, text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		box.Cast = append(box.Cast, rule.Cast{Ballot: b, Votes: n})
	}
	c, err := r.Count(options, seats, []rule.Box{box}, rule.Draw{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The reader is told of each seat, and of a proposal, why.
func TestWhy(t *testing.T) {
	words, err := i18n.Load(os.DirFS("../locale"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		rule    rule.Rule
		seats   int
		ballots []string
		fr, en  []string
	}{
		{"a quota reached at once and a seat left", rule.Rule{Name: "stv-scotland"}, 2, []string{"a>b*6", "c*2", "d*1"},
			[]string{"A est élu·e parce que le quota de 4 voix est atteint au tour 1 : 6 voix.", "C est élu·e parce qu'au tour 4 il ne reste pas plus de candidat·es que de sièges à pourvoir : 2 voix, sous le quota de 4."},
			[]string{"A is elected because the quota of 4 votes is reached in round 1: 6 votes.", "C is elected because in round 4 no more candidates remain than there are seats to fill: 2 votes, below the quota of 4."}},
		{"parity", rule.Rule{Name: "stv-scotland", Parity: 40, TieBreak: "older"}, 2, []string{"a*6", "b*5", "c*1"},
			[]string{"A est élu·e parce que le quota de 5 voix est atteint au tour 1 : 6 voix.", "C est élu·e parce que la parité réserve à son genre les sièges restants"},
			[]string{"C is elected because parity keeps the seats left for this gender"}},
		{"the quota of Meek falls", rule.Rule{Name: "stv-meek"}, 1, []string{"a*3", "b*2", "c*1"},
			[]string{"A est élu·e parce que le quota de 2,500000001 voix est atteint au tour 3 : 3 voix.", "le quota baisse quand"},
			[]string{"A is elected because the quota of 2.500000001 votes is reached in round 3: 3 votes.", "the quota falls when"}},
		{"largest remainders", rule.Rule{Name: "hare"}, 5, []string{"a*53", "b*26", "c*17", "d*4"},
			[]string{"A a 3 sièges parce que 53 voix contiennent 2 fois le quota de 20, et que le reste, 13, est parmi les plus forts.", "B a 1 siège parce que 26 voix contiennent 1 fois le quota de 20.",
				"C a 1 siège parce que 17 voix, sous le quota de 20, sont parmi les plus forts restes.", "D n'a pas de siège parce que 4 voix, sous le quota de 20, ne sont pas parmi les plus forts restes."},
			[]string{"A has 3 seats because 53 votes hold 2 × the quota of 20, and the remainder, 13, is among the largest.", "B has 1 seat because 26 votes hold 1 × the quota of 20.",
				"C has 1 seat because 17 votes, below the quota of 20, are among the largest remainders.", "D has no seat because 4 votes, below the quota of 20, are not among the largest remainders."}},
		{"highest averages", rule.Rule{Name: "dhondt"}, 3, []string{"a*60", "b*40", "c*10"},
			[]string{"A a 2 sièges parce que 60 voix divisées par 2 font 30, et que le dernier siège s'obtient à 30.", "B a 1 siège parce que 40 voix divisées par 1 font 40, et que", "C n'a pas de siège parce que 10 voix divisées par 1 font 10, et que le dernier siège s'obtient à 30."},
			[]string{"A has 2 seats because 60 votes divided by 2 make 30, and the last seat is won at 30.", "C has no seat because"}},
		{"odd divisors", rule.Rule{Name: "sainte-lague"}, 3, []string{"a*60", "b*19"},
			[]string{"A a 2 sièges parce que 60 voix divisées par 3 font 20, et que le dernier siège s'obtient à 19.", "B a 1 siège parce que 19 voix divisées par 1 font 19"},
			[]string{"A has 2 seats because 60 votes divided by 3 make 20"}},
		{"consent", rule.Rule{Name: "consent"}, 1, []string{"agree*1", "concern*1"},
			[]string{"La proposition passe parce que personne n'y fait objection : 2 personnes y consentent (réserves : 1)."}, []string{"The proposal passes because nobody objects: 2 people consent (concerns: 1)."}},
		{"an objection", rule.Rule{Name: "consent"}, 1, []string{"agree*1", "objection*1"},
			[]string{"La proposition ne passe pas parce qu'il reste 1 objection."}, []string{"The proposal does not pass because 1 objection stands."}},
		{"nobody consents", rule.Rule{Name: "consent"}, 1, []string{"aside*1"},
			[]string{"La proposition ne passe pas parce que personne n'y consent."}, []string{"The proposal does not pass because nobody consents to it."}},
		{"fingers", rule.Rule{Name: "fist-to-five", Max: 3}, 1, []string{"5*1", "3*1"},
			[]string{"La proposition passe parce que personne ne lève moins de 3 doigts."}, []string{"The proposal passes because nobody raises fewer than 3 fingers."}},
		{"a fist", rule.Rule{Name: "fist-to-five", Max: 3}, 1, []string{"5*1", "0*1", "2*1"},
			[]string{"La proposition ne passe pas parce que tout le monde ne lève pas 3 doigts ou plus (poings fermés : 1 ; moins de 3 doigts : 1)."},
			[]string{"The proposal does not pass because not everyone raises 3 fingers or more (closed fists: 1; fewer than 3 fingers: 1)."}},
	} {
		counted := count(t, c.rule, c.seats, c.ballots...)
		for lang, want := range map[i18n.Lang][]string{i18n.French: c.fr, i18n.English: c.en} {
			said := Why(counted, func(key string, args ...any) string { return words.T(lang, key, args...) }, string(lang))
			for _, w := range want {
				w = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(i18n.Typography(w))
				if !slices.ContainsFunc(said, func(s string) bool {
					return strings.Contains(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s), w)
				}) {
					t.Errorf("%s (%s): %q is not in %q", c.name, lang, w, said)
				}
			}
		}
	}
}
