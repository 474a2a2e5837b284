package vote_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

func threeOptions() []vote.Option {
	return []vote.Option{{Label: "Ada", Born: "1970-01-01", Gender: "F"}, {Label: "Bo", Born: "1960-01-01", Gender: "M"}, {Label: "Cléo", Born: "1980-01-01", Gender: "F"}}
}

// online adds a series without paper, with a resolution under the rule.
func (x *hall) online(r rule.Rule, seats int) vote.Resolution {
	x.T.Helper()
	s, err := x.vote.PutSeries(ctx, x.access, vote.Series{Title: "En ligne", Opens: noon.Add(time.Hour), Closes: noon.Add(3 * time.Hour), Names: true}, "")
	if err != nil {
		x.T.Fatal(err)
	}
	res := vote.Resolution{Series: s.ID, Title: "Choisir", Text: "L'assemblée choisit.", Form: vote.Election, Rule: "election", Method: r, Seats: seats, Options: threeOptions()}
	if r.Method().Proposal() {
		res.Form, res.Rule = vote.Motion, "ordinary"
	}
	if r.Method().Lists() {
		for i, head := range res.Options {
			res.Options[i].Members = []rule.Member{{Name: head.Label + " Première", Gender: "F"}, {Name: head.Label + " Second", Gender: "M"}}
		}
	}
	if res, err = x.vote.PutResolution(ctx, x.access, res); err != nil {
		x.T.Fatal(err)
	}
	return res
}

// One whole vote per rule: refused with an explanation, cast, cast by proxy, counted with weights,
// shown with its reason, taken away without names and counted again to the same result.
func TestAVoteUnderEachRule(t *testing.T) {
	families := map[rule.Family]struct {
		wrong  []string // fields
		reason string
		voters [4][]string // the fields of each
		said   string      // of the first, in words
	}{
		rule.Approve: {nil, "Choisissez au moins une", [4][]string{{"choice", "o1", "choice", "o2"}, {"choice", "o1"}, {"choice", "o3"}, {"choice", "blank"}}, "Ada, Bo"},
		rule.One:     {[]string{"choice", "o1", "choice", "o2"}, "1 au plus", [4][]string{{"choice", "o1"}, {"choice", "o1"}, {"choice", "o3"}, {"choice", "blank"}}, "Ada"},
		rule.Rank:    {[]string{"o-o1", "x"}, "pas un nombre", [4][]string{{"o-o1", "1", "o-o2", "2", "o-o3", ""}, {"o-o1", "1"}, {"o-o3", "1", "o-o2", "2"}, {"choice", "blank", "o-o1", ""}}, "1. Ada, 2. Bo"},
		rule.Grade:   {[]string{"o-o1", "9"}, "c'est trop", [4][]string{{"o-o1", "5", "o-o2", "3"}, {"o-o1", "4"}, {"o-o3", "2", "o-o1", "3"}, {"choice", "blank"}}, "Ada (Très bien), Bo (Assez bien)"},
		rule.Score:   {[]string{"o-o1", "9"}, "c'est trop", [4][]string{{"o-o1", "5", "o-o2", "3"}, {"o-o1", "4"}, {"o-o3", "2"}, {"choice", "blank"}}, "Ada (5), Bo (3)"},
		rule.Dots:    {[]string{"o-o1", "8"}, "Il reste 2 points à répartir", [4][]string{{"o-o1", "10", "o-o2", ""}, {"o-o1", "6", "o-o2", "4"}, {"o-o3", "10"}, {"choice", "blank"}}, "Ada (10)"},
		rule.Consent: {nil, "Choisissez une réponse", [4][]string{{"choice", "agree"}, {"choice", "concern"}, {"choice", "agree"}, {"choice", "aside"}}, "D'accord"},
		rule.Fingers: {nil, "Choisissez une réponse", [4][]string{{"choice", "5"}, {"choice", "4"}, {"choice", "3"}, {"choice", "4"}}, "5 doigts"},
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		x.give(4, 0)
		list := map[string]vote.Resolution{}
		for _, m := range rule.Methods() {
			list[m.Name] = x.online(rule.Rule{Name: m.Name}, 1)
		}
		x.at(time.Hour)
		for _, r := range list {
			f := families[r.Method.Method().Family]
			x.voters[0].Post(x.path(r), f.wrong...).Want(t, 422, f.reason)
			x.voters[0].Post(x.path(r)+"/try", f.wrong...).Want(t, 422, "rien n'est enregistré")
			for i, fields := range f.voters {
				if i == 0 {
					fields = append([]string{"for", "all"}, fields...)
				}
				x.voters[i].Post(x.path(r), fields...).Want(t, 303)
			}
			x.voters[0].Get(x.path(r)+"/try").Want(t, 200, "rien n'est enregistré")
		}
		x.voters[0].Get("/a/ag/vote/receipts").Want(t, 200, families[rule.Grade].said, families[rule.Rank].said)
		x.at(3 * time.Hour)
		page := x.voters[1].Get("/a/ag/results").Want(t, 200, "Ada l'emporte parce que", "Ada est élu·e parce que le quota", "Ada a 1 siège parce que", "La proposition passe parce que", "Recompter soi-même", "mention majoritaire")
		if strings.Contains(page.Body, " style=") {
			t.Error("a page with a style attribute")
		}
		for name, r := range list {
			res := x.result(r)
			if res == nil || res.Counted == nil {
				t.Fatalf("%s: no result", name)
			}
			if res.ByProxy != 1 || res.Online != 4 || res.Electors != 5 {
				t.Errorf("%s: %d by proxy, %d online, %d electors", name, res.ByProxy, res.Online, res.Electors)
			}
			if r.Method.Method().Proposal() {
				if res.Decision.Outcome != statute.Adopted {
					t.Errorf("%s: %s", name, res.Decision.Outcome)
				}
				continue
			}
			if res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o1" {
				t.Errorf("%s: %s %v", name, res.Decision.Outcome, res.Decision.Elected)
			}
			x.recount(r, res)
			x.Visitor().Get(fmt.Sprintf("/a/ag/results/%d/anonymous", r.ID)).Want(t, 303)
		}
		x.voters[0].Get("/a/ag/results.csv").Want(t, 200, "Choisir")
		x.documents()
	})
}

// documents: the minutes and the legal file hold the figures, the reasons and the steps.
func (x *hall) documents() {
	x.T.Helper()
	x.Read(func(tx *db.Tx) error {
		parts, err := x.vote.Contribute(tx, x.space, component.Minutes, "fr")
		if err != nil {
			return err
		}
		var text bytes.Buffer
		for _, p := range parts {
			if err := doc.Text(&text, doc.Document{Title: "PV", Lang: "fr", Blocks: p.Blocks}); err != nil {
				return err
			}
		}
		for _, word := range []string{"Jugement majoritaire", "Ada l'emporte parce que", "Ada est élu·e parce que", "Mentions reçues", "La proposition passe parce que"} {
			if !strings.Contains(apptest.Plain(text.String()), word) {
				x.T.Errorf("the minutes do not say %q", word)
			}
		}
		files := map[string]string{}
		err = x.vote.Evidence(tx, x.space, func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			err := write(&b)
			files[name] = b.String()
			return err
		})
		all := ""
		for _, f := range files {
			all += f
		}
		for _, word := range []string{`"kind": "merit-profile"`, `"kind": "pairwise"`, "o1>o2", "o1:5,o2:3"} {
			if !strings.Contains(all, word) {
				x.T.Errorf("the legal file does not hold %q", word)
			}
		}
		return err
	})
}

// recount takes the ballots without names and counts them with package tally.
func (x *hall) recount(r vote.Resolution, res *vote.Result) {
	x.T.Helper()
	file := x.voters[3].Get(fmt.Sprintf("/a/ag/results/%d/anonymous", r.ID))
	file.Want(x.T, 200, "!Membre")
	name := r.Method.Name
	if name == "dots" {
		name = "score"
	}
	m, _ := tally.MethodByName(name)
	want := format.Rankings
	if m.Approvals {
		want = format.Approvals
	} else if m.Graded {
		want = format.Grades
	}
	e, err := format.Read(r.Method.FileFormat(), strings.NewReader(file.Body), format.Options{Want: want, Scale: res.Counted.Rule.Grades})
	if err != nil {
		x.T.Fatalf("%s: %v\n%s", name, err, file.Body)
	}
	again, err := tally.Count(name, tally.Ballots{Rankings: e.Rankings, Grades: e.Grades}, tally.Options{Seats: res.Counted.Seats})
	if err != nil {
		x.T.Fatal(err)
	}
	if r.Method.Name == "dots" { // the same sums under another name
		again.Method, again.Steps, again.Ballots = "dots", res.Counted.Tally.Steps, res.Counted.Tally.Ballots
	}
	a, _ := json.Marshal(again)
	b, _ := json.Marshal(res.Counted.Tally)
	if !bytes.Equal(a, b) {
		x.T.Errorf("%s: the file gives\n%s\nthe result is\n%s", name, a, b)
	}
}

// A vote of five halves outweighs two votes of one; the file holds it in halves.
func TestWeightsCountInARule(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		x.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE elector SET votes = '5/2' WHERE member_id = $1", x.members[0].ID)
			return err
		})
		r := x.online(rule.Rule{Name: "schulze"}, 1)
		x.at(time.Hour)
		x.voters[0].Post(x.path(r), "choice", "o3>o1=o2").Want(t, 303)
		x.voters[1].Post(x.path(r), "o-o1", "1").Want(t, 303)
		x.voters[2].Post(x.path(r), "o-o1", "1", "o-o2", "2").Want(t, 303)
		x.at(3 * time.Hour)
		res := x.result(r)
		if res == nil || res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o3" || res.Counted.Unit != 2 {
			t.Fatalf("%+v", res)
		}
		x.recount(r, res)
		x.voters[1].Get("/a/ag/results").Want(t, 200, "une voix vaut ici 2 unités", "isegoria tally --method schulze --format cef --seats 1 resolution-1.cvotes")
	})
}

// A tie waits for what was declared: the chair's order of all the options.
func TestTheChairBreaksATie(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, plainStatutes)
	r := x.online(rule.Rule{Name: "approval", TieBreak: tally.Chair}, 1)
	x.at(time.Hour)
	x.voters[0].Post(x.path(r), "choice", "o1").Want(t, 303)
	x.voters[1].Post(x.path(r), "choice", "o3").Want(t, 303)
	x.at(3 * time.Hour)
	if res := x.result(r); res.Decision.Outcome != statute.Tied || len(res.Decision.Tied) != 2 {
		t.Fatalf("%+v", res.Decision)
	}
	tie := fmt.Sprintf("/a/ag/results/%d/tie", r.ID)
	x.As(x.chair.ID).Get("/a/ag/results").Want(t, 200, "l'ordre de préférence de la présidence")
	x.voters[0].Post(tie, "o-o1", "1", "o-o2", "2", "o-o3", "3").Want(t, 403)
	x.As(x.chair.ID).Post(tie, "o-o1", "1").Want(t, 422, "Mettez les 3 options en ordre", "Départager", `selected`)
	x.As(x.chair.ID).Post(tie, "o-o1", "", "o-o2", "").Want(t, 422, "Mettez les 3 options en ordre")
	x.As(x.chair.ID).Post(tie, "o-o3", "1", "o-o2", "2", "o-o1", "3").Want(t, 303)
	if res := x.result(r); res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o3" {
		t.Errorf("%+v", res.Decision)
	}
}

func TestChoosingARule(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, plainStatutes)
	chair := x.As(x.chair.ID)
	fields := []string{"series", fmt.Sprint(x.series.ID), "title", "Choisir", "text", "Gardé tel quel", "rule", "election:election", "options", "Ada\nBo", "seats", "1", "max_choices", "1"}
	post := func(more ...string) apptest.Answer {
		return chair.Post("/a/ag/prepare/resolution", append(append([]string{}, fields...), more...)...)
	}
	post("choose", "1").Want(t, 200, "Jugement majoritaire", "Gardé tel quel", "Sa faiblesse")
	post("picked", "majority-judgment").Want(t, 200, "À rejeter", "Gardé tel quel", "En cas d'égalité")
	post("method", "majority-judgment", "grades", "Bien").Want(t, 422, "de 2 à 7 mentions")
	post("method", "score", "max", "dix").Want(t, 422, "n'est pas un nombre entier")
	post("method", "consent").Want(t, 422, "une seule proposition")
	post("method", "no-such").Want(t, 422, "proposée ici")
	r := x.online(rule.Rule{Name: "irv"}, 1)
	chair.Get(fmt.Sprintf("/a/ag/prepare/resolution/%d", r.ID)).Want(t, 200, "Vote alternatif")
	x.voters[0].Post("/a/ag/prepare/resolution", fields...).Want(t, 403)
}

// Lists are entered with their candidates, checked for parity, and their seats name persons.
func TestAnElectionByLists(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		chair := x.As(x.chair.ID)
		post := func(options string, more ...string) apptest.Answer {
			fields := []string{"series", fmt.Sprint(x.series.ID), "title", "Conseil", "text", "Trois sièges.", "rule", "election:election", "method", "dhondt", "seats", "3", "max_choices", "1", "options", options}
			return chair.Post("/a/ag/prepare/resolution", append(fields, more...)...)
		}
		const cap = "Cap | Continuer\n- Ann | F\n- Bob | H\n- Cléa | F\n"
		chair.Post("/a/ag/prepare/resolution", "series", fmt.Sprint(x.series.ID), "rule", "election:election", "picked", "dhondt", "options", cap).Want(t, 200, "Alterner femmes et hommes", "- Cléa | F", "!La candidature la plus âgée")
		post("Cap\nSel").Want(t, 422, "n'a pas encore de candidat·e")
		post(cap+"Sel\n- Di | F\n- Eli | H").Want(t, 422, "2 candidat·es pour 3 sièges")
		post(cap+"Sel\n- Di | F\n- Bob | H\n- Fay | F").Want(t, 422, "Bob est sur deux listes")
		post(cap+"Sel\n- Di | F\n- Eli\n- Fay | F", "alternate", "on").Want(t, 422, "après le nom de Eli")
		post(cap+"Sel\n- Di | F\n- Fay | F\n- Eli | H", "alternate", "on").Want(t, 422, "Fay suit Di, du même genre", "- Eli | H", "checked")
		post(cap+"Sel\n- Di | F\n- Fay | F\n- Gab | F", "parity", "40").Want(t, 422, "0 hommes sur 3 candidat·es, il en faut au moins 1")
		post(cap+"Sel\n- Di | F\n- Eli | H\n- Fay | F", "alternate", "on", "parity", "40", "tie_break", "lot").Want(t, 303)
		var r vote.Resolution
		x.Read(func(tx *db.Tx) error {
			return tx.Row("SELECT id FROM vote_resolution WHERE method = 'dhondt'", nil, &r.ID)
		})
		r.Series = x.series.ID
		chair.Get(fmt.Sprintf("/a/ag/prepare/resolution/%d", r.ID)).Want(t, 200, "- Bob | M", "Cap | Continuer")
		x.voters[0].Get("/a/ag/vote").Want(t, 200, "Cléa") // before it opens, the lists are there to read
		x.at(time.Hour)
		for i, list := range []string{"o1", "o1", "o1", "o2", "o2"} {
			x.voters[i].Post(x.path(r), "choice", list).Want(t, 303)
		}
		x.at(3 * time.Hour)
		res := x.result(r)
		if res == nil || res.Decision.Outcome != statute.Elected || len(res.Counted.Elected) != 3 || res.Counted.Elected[1].Name != "Di" {
			t.Fatalf("%+v", res)
		}
		x.voters[0].Get("/a/ag/results").Want(t, 200, "Personnes élues", "Sont élu·es, dans l'ordre de leurs listes : Ann, Di, Bob.")
		x.voters[0].Get("/a/ag/results.csv").Want(t, 200, "Sel — Di")
	})
}

// Two scrutineers enter the papers one by one, each on their own; what they say joins what was voted
// on the site.
func TestPapersUnderARule(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		ranked := x.onPaper(rule.Rule{Name: "schulze"})
		asked := x.onPaper(rule.Rule{Name: "consent"})
		s := x.scrutineers()
		x.at(time.Hour)
		x.voters[0].Post(x.path(ranked), "choice", "o1>o2").Want(t, 303)
		x.voters[0].Post(x.path(asked), "choice", "agree").Want(t, 303)
		paper := fmt.Sprintf("/a/ag/paper/%d", x.series.ID)
		for i := 1; i < 4; i++ {
			s[0].Post(paper+"/mark", "member", member(x.members[i])).Want(t, 303)
		}
		count := func(r vote.Resolution) string { return fmt.Sprintf("%s/count/%d", paper, r.ID) }
		for i := range s {
			s[i].Post(count(asked)+"/add", "college", "", "choice", "agree", "number", "2").Want(t, 303)
			s[i].Post(count(asked)+"/add", "college", "", "choice", "objection", "number", "1").Want(t, 303)
			s[i].Post(count(asked)+"/done", "college", "").Want(t, 303)
			s[i].Post(count(x.motion), "college", "", "n-for", "3").Want(t, 303)
		}
		add := count(ranked) + "/add"
		x.As(x.chair.ID).Post(add, "college", "", "choice", "o3", "number", "1").Want(t, 403)
		s[0].Post(add, "college", "", "o-o1", "1", "o-o2", "7", "number", "1").Want(t, 422, "de 1 à 3")
		s[0].Post(add, "college", "", "o-o3", "1", "number", "1,5").Want(t, 422, "nombre entier de bulletins")
		s[0].Post(add, "college", "", "o-o3", "1", "number", "-1").Want(t, 422, "plus grand que 0")
		s[0].Post(count(ranked), "college", "", "n-o1", "1").Want(t, 404)
		s[0].Post(add, "college", "", "o-o3", "1", "o-o2", "2", "number", "1").Want(t, 303)
		s[0].Post(add, "college", "", "o-o3", "1", "o-o2", "2", "number", "1").Want(t, 303)
		s[0].Post(add, "college", "", "o-o1", "1", "number", "5").Want(t, 303)
		s[0].Get(count(ranked)).Want(t, 200, "Entré jusqu'ici : 7 sur 3", "1. Cléo, 2. Bo")
		s[0].Post(count(ranked)+"/remove", "college", "", "text", "o1").Want(t, 303)
		s[0].Post(add, "college", "", "choice", "null", "o-o1", "1", "number", "1").Want(t, 303)
		s[1].Get(count(ranked)).Want(t, 200, "!Cléo, 2. Bo", "Entré jusqu'ici : 0 sur 3")
		s[0].Post(count(ranked)+"/done", "college", "").Want(t, 303)
		s[1].Post(add, "college", "", "o-o3", "1", "o-o2", "2", "number", "3").Want(t, 303)
		s[1].Post(count(ranked)+"/done", "college", "").Want(t, 303)
		s[1].Get(count(ranked)).Want(t, 200, "Les deux comptes", "(différence)", "Nul")
		x.at(3 * time.Hour)
		if x.result(ranked) != nil {
			t.Fatal("a result although the counts differ")
		}
		s[1].Post(count(ranked)+"/remove", "college", "", "text", "o3>o2").Want(t, 303)
		s[1].Post(add, "college", "", "o-o3", "1", "o-o2", "2", "number", "2").Want(t, 303)
		s[1].Post(add, "college", "", "choice", "null", "number", "1").Want(t, 303)
		if x.result(ranked) != nil {
			t.Fatal("a result although a count is not said to be complete")
		}
		s[1].Post(count(ranked)+"/done", "college", "").Want(t, 303)
		res := x.result(ranked)
		if res == nil || res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o3" || res.Paper != 3 || res.Online != 1 || res.Counted.Null.Cmp(statute.Int(1)) != 0 {
			t.Fatalf("%+v", res)
		}
		x.recount(ranked, res)
		if res := x.result(asked); res == nil || res.Decision.Outcome != statute.Rejected || res.Counted.Consent.Agreed != 3 || res.Counted.Consent.Objections != 1 {
			t.Fatalf("%+v", res)
		}
		s[0].Post(add, "college", "", "o-o1", "1", "number", "1").Want(t, 409)
		x.voters[0].Get("/a/ag/results").Want(t, 200, "Bulletins nuls, hors du compte")
	})
}

// onPaper adds a resolution under the rule to the series that takes papers.
func (x *hall) onPaper(r rule.Rule) vote.Resolution {
	x.T.Helper()
	res := vote.Resolution{Series: x.series.ID, Title: "Choisir", Text: "L'assemblée choisit.", Form: vote.Election, Rule: "election", Method: r, Seats: 1, Options: threeOptions()}
	if r.Method().Proposal() {
		res.Form, res.Rule = vote.Motion, "ordinary"
	}
	res, err := x.vote.PutResolution(ctx, x.access, res)
	if err != nil {
		x.T.Fatal(err)
	}
	return res
}

func TestTheGuideOfRules(t *testing.T) {
	h := apptest.Start(t)
	v := h.Visitor()
	v.Get("/methods").Want(t, 200, "Jugement majoritaire", "Méthode de Borda", "Balinski", "!vote.m.")
	v.Get("/methods/try").Want(t, 200, "4 options différentes gagnent", "mention majoritaire")
	for _, m := range rule.Methods() {
		v.Get("/methods/try?method="+m.Name).Want(t, 200, "Pourquoi", "!vote.counted.", "!vote.m.", "!vote.lab.")
		v.Get("/methods").Want(t, 200, `href="/methods/try?method=`+m.Name+`#result"`)
	}
	v.Get("/methods/try").Want(t, 200, "« Atelier » ne passe pas")
	v.Get("/methods/try?n0=5&n1=0&n2=0&n3=0&n4=0&g00=4&method=consent").Want(t, 200, "« Atelier » passe", "La proposition passe")
	v.Get("/methods/try?n0=x").Want(t, 422, "n'est pas un nombre")
	v.Get("/methods/try?n0=0&n1=0&n2=0&n3=0&n4=0").Want(t, 422, "au moins une personne")
	v.Get("/methods/try?n0=5&n1=0&n2=0&n3=0&n4=0&g00=3&g01=3&g02=3&g03=3").Want(t, 200)
}

// Every sentence the pages name exists in both languages, those built from a rule's name too.
func TestWords(t *testing.T) {
	h := apptest.Start(t)
	for _, missing := range h.Site.Words.Missing() {
		if strings.Contains(missing, ": vote.") {
			t.Error(missing)
		}
	}
	for _, m := range rule.Methods() {
		for _, part := range []string{"name", "what", "good", "weak", "source"} {
			if key := "vote.m." + m.Name + "." + part; !h.Site.Words.Has(key) {
				t.Errorf("there is no word for %q", key)
			}
		}
	}
	literal := regexp.MustCompile(`"(vote\.[a-z0-9_.]*[a-z0-9])"`)
	var files []string
	for _, pattern := range []string{"*.go", "*.templ", "charts/*.go", "charts/*.templ", "rule/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	known := []string{"vote.receipts"} // of other things than words
	for _, e := range (&vote.Component{}).Kinds() {
		known = append(known, e.Name)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range literal.FindAllStringSubmatch(string(text), -1) {
			if !h.Site.Words.Has(found[1]) && !slices.Contains(known, found[1]) {
				t.Errorf("%s: there is no word for %q", file, found[1])
			}
		}
	}
}
