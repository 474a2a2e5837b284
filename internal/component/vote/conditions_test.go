package vote_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/legalfile"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// The form of a resolution under a rule of duels: the options are listed once they are written, what is
// asked follows the option it is asked of, and a refusal says what to mend and keeps what was typed.
func TestAskingConditionsOfOptions(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, plainStatutes)
	chair := x.As(x.chair.ID)
	fields := []string{"series", fmt.Sprint(x.series.ID), "title", "Choisir", "text", "Un texte", "rule", "election:election", "seats", "1", "max_choices", "1"}
	post := func(more ...string) apptest.Answer {
		return chair.Post("/a/ag/prepare/resolution", append(append([]string{}, fields...), more...)...)
	}
	post("picked", "schulze").Want(t, 200, "Conditions pour l'emporter", "Écrivez d'abord les options", "!Option qui ne change rien")
	post("picked", "irv").Want(t, 200, "!Conditions pour l'emporter")
	post("method", "minimax", "options", "Ada\nBo\nPersonne", "refresh", "1").Want(t, 200, "Option qui ne change rien", "Quorum : voix au moins")
	asked := []string{"method", "minimax", "asked-0", "Ada", "asked-1", "Bo", "asked-2", "Personne", "ratio-1", "3:2", "quorum-0", "2"}
	post(append(asked, "options", "Ada\nBo\nPersonne")...).Want(t, 422, "Dites quelle option ne change rien")
	post(append(asked, "options", "Ada\nPersonne", "fallback", "2")...).Want(t, 422, "posées sur « Bo »")
	post(append(asked, "options", "Ada\nBo\nPersonne", "fallback", "1")...).Want(t, 422, "Bo est l'option qui ne change rien", "3:2")
	post("method", "minimax", "asked-0", "Ada", "quorum-0", "beaucoup", "fallback", "1", "asked-1", "Bo", "options", "Ada\nBo").Want(t, 422, "« beaucoup » n'est pas un nombre", `value="beaucoup"`)
	post(append(asked, "choose", "1", "options", "Ada\nBo\nPersonne", "fallback", "2")...).Want(t, 200, `name="ratio-1" value="3:2"`)
	post(append(asked, "picked", "copeland", "options", "Ada\nBo\nPersonne", "fallback", "2")...).Want(t, 200, `value="3:2"`)

	// Bo is moved up, and the last option is given another name in its place.
	post(append(asked, "options", "Bo\nAda\nNi l'une ni l'autre", "fallback", "2")...).Want(t, 303)
	x.at(time.Hour)
	said := []string{"préfèrent à « Ni l'une ni l'autre » que l'inverse", "« Ada » : il faut au moins 2 voix", "« Bo » : il faut l'emporter sur « Ni l'une ni l'autre » à 3 contre 2"}
	x.voters[0].Get("/a/ag/vote").Want(t, 200, said...)

	// The panel of a live session and the hall's screen say the same.
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE vote_series SET in_session = $2 WHERE id = $1", x.series.ID, true)
		return err
	})
	x.voters[0].Get("/a/ag/live").Want(t, 200, said...)
	chair.Get("/a/ag/live/screen").Want(t, 200, said...)
}

// An option that is preferred to all the others and does not meet its conditions is set aside, in
// words, and whoever has the ballots counts it so.
func TestConditionsDecide(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		asked := rule.Conditions{Default: "o3", Of: map[string]rule.Condition{"o1": {Ratio: statute.Int(4)}, "o2": {Quorum: statute.Int(3)}}}
		list := map[string]vote.Resolution{}
		for _, m := range rule.Methods() {
			if m.Duels() {
				list[m.Name] = x.online(rule.Rule{Name: m.Name, Conditions: &asked}, 1)
			}
		}
		x.at(time.Hour)
		for _, r := range list {
			for i, b := range []string{"o1>o2>o3", "o1>o2>o3", "o1>o2>o3", "o3>o2>o1"} {
				x.voters[i].Post(x.path(r), "choice", b).Want(t, 303)
			}
		}
		x.at(3 * time.Hour)
		x.voters[0].Get("/a/ag/results").Want(t, 200, "« Bo » l'emporte parce que c'est la seule option qui remplit ses conditions : 3 voix préfèrent « Bo » à « Cléo », 1 l'inverse",
			"« Ada » est mis·e de côté faute de l'emporter sur « Cléo » à 4 contre 1 : 3 voix préfèrent « Ada », 1 préfèrent « Cléo »", "--default 'Cléo' --majority 'Ada=4' --quorum 'Bo=3'")
		for name, r := range list {
			if res := x.result(r); res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o2" || len(res.Decision.Elected) != 1 {
				t.Errorf("%s: %+v", name, res.Decision)
			}
		}
		if x.voters[0].Get("/a/ag/vote").Want(t, 200); len(list) != 4 {
			t.Errorf("%d rules have conditions", len(list))
		}
	})
}

const weighedStatutes = `
kind = "collective"
[[colleges]]
key = "travail"
name = "Travail"
weight = "3/4"
[[colleges]]
key = "usage"
name = "Usage"
weight = "1/4"
[counting]
colleges = "weighted"
[[motions]]
key = "ordinary"
name = "Décision ordinaire"
majority = "simple"
[[elections]]
key = "election"
name = "Élection"
[ballot]
results = "each"
`

// One worker of three quarters outweighs three users under every rule between options, and pages say
// so; where people are counted, they say why.
func TestEveryRuleWeighsColleges(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, weighedStatutes)
		x.Write(func(tx *db.Tx) error {
			if _, err := tx.Exec("UPDATE member SET college = CASE WHEN id = $1 THEN 'travail' ELSE 'usage' END", x.members[0].ID); err != nil {
				return err
			}
			_, _, err := electorate.DrawRoll(tx, 0, x.space, noon)
			return err
		})
		said := map[rule.Family][2]string{
			rule.Approve: {"o1", "o2"}, rule.One: {"o1", "o2"}, rule.Rank: {"o1>o3", "o2>o3"}, rule.Grade: {"o1:5,o2:0", "o1:0,o2:5"},
			rule.Score: {"o1:5,o2:0", "o1:0,o2:5"}, rule.Dots: {"o1:10", "o2:10"}, rule.Consent: {"agree", "agree"}, rule.Fingers: {"5", "4"},
		}
		list := map[string]vote.Resolution{}
		for _, m := range rule.Methods() {
			list[m.Name] = x.online(rule.Rule{Name: m.Name}, 1)
		}
		x.at(time.Hour)
		x.voters[0].Get("/a/ag/vote").Want(t, 200, "Chaque collège pèse la part que disent les statuts, quelle que soit sa participation : Travail 75", "On compte ici des personnes, pas des voix")
		for _, r := range list {
			for i := range 4 {
				x.voters[i].Post(x.path(r), "choice", said[r.Method.Method().Family][min(i, 1)]).Want(t, 303)
			}
		}
		x.at(3 * time.Hour)
		for name, r := range list {
			res := x.result(r)
			if !r.Method.Method().Proposal() && (res.Decision.Outcome != statute.Elected || res.Decision.Elected[0] != "o1") {
				t.Errorf("%s: %+v", name, res.Decision)
			}
		}
		file := []byte(x.As(x.chair.ID).Post("/a/ag/legal-file").Want(t, 200).Body)
		report, err := legalfile.Verify(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		again := 0
		for _, f := range report.Passed {
			if strings.Contains(f.En, "counted again from the ballots") {
				again++
			}
		}
		if again != len(list)+1 || len(report.Faults) > 0 { // and the motion
			t.Errorf("%d of %d results were counted again: %v", again, len(list)+1, report.Faults)
		}
		page := x.voters[0].Get("/a/ag/results").Want(t, 200, "autant de bulletins égaux qu'il faut pour que les poids soient exacts")
		if strings.Contains(page.Body, " style=") {
			t.Error("a page with a style attribute")
		}
	})
}
