package minutes_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// update writes the file of TestLegalFile where the tests of package legalfile find a real one.
var update = flag.Bool("update", false, "rewrite ../../../legalfile/testdata/assembly.zip")

// whole is a hall whose assembly is over: a motion and an election, votes on the site, by proxy and on
// paper, a certified sheet and approved minutes.
func whole(t *testing.T, h *apptest.House) *hall {
	t.Helper()
	x := open(t, h)
	e, err := x.vote.PutResolution(ctx, x.access(x.chairID), vote.Resolution{Series: x.series.ID, Title: "Conseil", Text: "Deux sièges.", Form: vote.Election, Rule: "election",
		Seats: 1, MaxChoices: 2, Options: []vote.Option{{Label: "Ada"}, {Label: "Bo"}}})
	if err != nil {
		t.Fatal(err)
	}
	var second int64
	x.Write(func(tx *db.Tx) error {
		a, err := people.OpenAccount(tx, "Sam Scrutateur", "sam@example.org", "fr")
		second = a.ID
		if err == nil {
			err = space.GiveRole(tx, 0, x.space.ID, a.ID, people.Scrutineer)
		}
		return err
	})
	ranked := x.byRule(rule.Rule{Name: "schulze"})
	listed := x.byRule(rule.Rule{Name: "dhondt", Alternate: true, TieBreak: "lot"})
	x.give(3, 1)
	x.at(time.Hour)
	x.cast(0, "against")
	x.cast(0, "for") // the last counts
	x.cast(1, "for", 1, 3)
	x.cast(2, "against")
	for i, choice := range []string{e.Options[0].Key, e.Options[1].Key, "blank"} {
		x.voters[i].Post(fmt.Sprintf("/a/ag/vote/%d", e.ID), "choice", choice).Want(t, 303)
	}
	x.voters[1].Post(fmt.Sprintf("/a/ag/vote/%d", e.ID), "choice", e.Options[0].Key, "for", x.id(3)).Want(t, 303)
	for i, b := range []string{"o1>o2>o3", "o2>o3>o1", "o3>o1"} {
		x.voters[i].Post(fmt.Sprintf("/a/ag/vote/%d", ranked.ID), "choice", b).Want(t, 303)
		x.voters[i].Post(fmt.Sprintf("/a/ag/vote/%d", listed.ID), "choice", b[:2]).Want(t, 303)
	}
	paper := fmt.Sprintf("/a/ag/paper/%d", x.series.ID)
	x.officer.Post(paper+"/mark", "member", x.id(4)).Want(t, 303)
	for _, s := range []*apptest.Browser{x.scrutineer, h.As(second)} {
		s.Post(fmt.Sprintf("%s/count/%d", paper, x.motion.ID), "college", "", "n-against", "1").Want(t, 303)
		s.Post(fmt.Sprintf("%s/count/%d", paper, e.ID), "college", "", "n-"+e.Options[1].Key, "1", "n-ballots", "1").Want(t, 303)
		for _, r := range []vote.Resolution{ranked, listed} {
			s.Post(fmt.Sprintf("%s/count/%d/add", paper, r.ID), "college", "", "choice", "o1", "number", "1").Want(t, 303)
			s.Post(fmt.Sprintf("%s/count/%d/done", paper, r.ID), "college", "").Want(t, 303)
		}
	}
	x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(5)).Want(t, 303)
	x.at(3 * time.Hour)
	x.chair.Post(fmt.Sprintf("/a/ag/results/%d/tie", e.ID), "seed", "4-2-6") // two votes each
	x.certify()
	x.officer.Post("/a/ag/minutes/draft").Want(t, 303)
	x.officer.Post("/a/ag/minutes/edit", "version", "1", "text-debates", debates, "text-opening", opening, "text-closing", closing).Want(t, 303)
	x.officer.Post("/a/ag/minutes/submit", "version", "2").Want(t, 303)
	x.officer.Post("/a/ag/minutes/approve", "version", "2").Want(t, 303)
	x.chair.Post("/a/ag/minutes/approve", "version", "2").Want(t, 303)
	return x
}

// byRule adds a resolution under the rule to the series of the hall.
func (x *hall) byRule(r rule.Rule) vote.Resolution {
	x.T.Helper()
	return x.byRuleIn(x.series, r, 2)
}

func (x *hall) byRuleIn(s vote.Series, r rule.Rule, seats int) vote.Resolution {
	x.T.Helper()
	res := vote.Resolution{Series: s.ID, Title: "Selon " + r.Name, Text: "L'assemblée choisit.", Form: vote.Election, Rule: "election", Method: r, Seats: seats,
		Options: []vote.Option{{Label: "Ada", Born: "1970-01-01"}, {Label: "Bo", Born: "1960-01-01"}, {Label: "Cléo", Born: "1980-01-01"}}}
	switch m := r.Method(); {
	case m.Proposal():
		res.Form, res.Rule, res.Options = vote.Motion, "ordinary", nil
	case m.Lists():
		for i, o := range res.Options {
			res.Options[i].Members = []rule.Member{{Name: o.Label + " Un", Gender: "F"}, {Name: o.Label + " Deux", Gender: "M"}}
		}
	}
	res, err := x.vote.PutResolution(ctx, x.access(x.chairID), res)
	if err != nil {
		x.T.Fatal(err)
	}
	return res
}

// Every counting rule is counted again from the ballots of the file, with weights, ties and blanks.
func TestTheLegalFileRecountsEveryRule(t *testing.T) {
	said := map[rule.Family][]string{
		rule.Approve: {"o1,o2", "o1", "o3", "blank", "o2"}, rule.One: {"o1", "o1", "o3", "blank", "o2"},
		rule.Rank: {"o1>o2", "o2>o3>o1", "o3", "blank", "o2>o1"}, rule.Grade: {"o1:5,o2:3", "o1:4", "o2:3,o3:2", "blank", "o3:0"},
		rule.Score: {"o1:5,o2:3", "o1:4", "o3:2", "blank", "o2:5"}, rule.Dots: {"o1:10", "o1:6,o2:4", "o3:10", "blank", "o2:10"},
		rule.Consent: {"agree", "concern", "objection", "aside", "agree"}, rule.Fingers: {"5", "4", "3", "2", "5"},
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h)
		x.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE elector SET votes = '5/2' WHERE member_id = $1", x.members[2].ID)
			return err
		})
		s, err := x.vote.PutSeries(ctx, x.access(x.chairID), vote.Series{Title: "Toutes", Opens: noon.Add(time.Hour), Closes: noon.Add(3 * time.Hour), Names: true}, "")
		if err != nil {
			t.Fatal(err)
		}
		var all []vote.Resolution
		for _, m := range rule.Methods() {
			for _, r := range []rule.Rule{{Name: m.Name}, {Name: m.Name, TieBreak: "lot"}, {Name: m.Name, TieBreak: "chair"}} {
				if r.TieBreak == "" || !m.Proposal() {
					all = append(all, x.byRuleIn(s, r, 2))
				}
			}
			if m.Duels() { // Ada needs twice as many votes before Cléo as after, and Bo two
				asked := rule.Conditions{Default: "o3", Of: map[string]rule.Condition{"o1": {Ratio: statute.Int(2)}, "o2": {Quorum: statute.Int(2)}}}
				all = append(all, x.byRuleIn(s, rule.Rule{Name: m.Name, Conditions: &asked}, 1))
			}
		}
		x.at(time.Hour)
		for _, r := range all {
			for i, text := range said[r.Method.Method().Family] {
				x.voters[i].Post(fmt.Sprintf("/a/ag/vote/%d", r.ID), "choice", text).Want(t, 303)
			}
		}
		x.at(3 * time.Hour)
		for _, r := range all {
			tie := fmt.Sprintf("/a/ag/results/%d/tie", r.ID)
			x.chair.Post(tie, "seed", "4-2-6", "o-o1", "3", "o-o2", "2", "o-o3", "1") // refused where nothing is tied
		}
		file := []byte(x.officer.Post("/a/ag/legal-file").Want(t, 200).Body)
		report, err := legalfile.Verify(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Faults {
			if f.File != "roll.csv" { // the weight was changed behind the journal's back
				t.Errorf("%s: %s", f.File, f.En)
			}
		}
		recounted := 0
		for _, f := range report.Passed {
			if f.File == "vote/series-2/results.json" && strings.Contains(f.En, "counted again from the ballots") {
				recounted++
			}
		}
		if recounted != len(all) {
			t.Errorf("%d of %d results were counted again", recounted, len(all))
		}
	})
}

func TestLegalFile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := whole(t, h)
		x.officer.Get("/a/ag/legal-file").Want(t, 200, "Télécharger le dossier", "!sera plus complet plus tard")
		a := x.officer.Post("/a/ag/legal-file").Want(t, 200)
		if a.Header.Get("Content-Type") != "application/zip" {
			t.Errorf("headers %v", a.Header)
		}
		if got := x.events(1); got[0] != "minutes.legal_file_taken" {
			t.Errorf("events %v", got)
		}
		file := []byte(a.Body)
		if *update && strings.HasSuffix(t.Name(), "sqlite") {
			if err := os.WriteFile("../../../legalfile/testdata/assembly.zip", file, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		report, err := legalfile.Verify(bytes.NewReader(file), int64(len(file)))
		if err != nil || !report.OK() {
			t.Fatalf("%v: %v", err, report.Faults)
		}
		for _, want := range []string{"roll.csv", "statutes.toml", "attendance/attendance.json", "minutes/minutes.json", "journal/chain.jsonl", "journal/space.jsonl",
			"vote/series-1/ballots-01.csv", "vote/series-1/ballots-02.csv", "vote/series-1/paper-voters.json"} {
			if !slices.ContainsFunc(report.Passed, func(f legalfile.Finding) bool { return f.File == want }) {
				t.Errorf("%s was not checked: %v", want, report.Passed)
			}
		}
		if n := len(slices.DeleteFunc(slices.Clone(report.Passed), func(f legalfile.Finding) bool { return f.File != "vote/series-1/results.json" })); n != 4 {
			t.Errorf("%d results were decided again", n)
		}
		for _, u := range report.Unchecked {
			if strings.HasSuffix(u.File, "results.json") {
				t.Errorf("unchecked: %s", u.Text("en"))
			}
		}
		names := names(t, file)
		for _, want := range []string{"LISEZMOI-README.txt", "attendance/attendance.pdf", "attendance/attendance.csv", "attendance/signatures.json", "minutes/minutes.pdf", "minutes/approvals.json", "minutes/versions.jsonl", "proxies/proxies.csv"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s is not in the file: %v", want, names)
			}
		}

		// The form says the same, and whose key it is.
		x.visitor.Get("/verify/file").Want(t, 200, report.Fingerprint)
		x.visitor.Get("/verify/key.pem").Want(t, 200, "BEGIN PUBLIC KEY")
		upload(t, x.visitor, x.URL, "ag.zip", file).Want(t, 200, "ag.zip : le dossier est conforme", "signé par ce site", "résolution 1 : recomptée")
		file[len(file)/2] ^= 1
		upload(t, x.visitor, x.URL, "ag.zip", file).Want(t, 200, "n'est pas conforme", "!le dossier est conforme")
		upload(t, x.visitor, x.URL, "note.txt", []byte("bonjour")).Want(t, 422, "Ce n'est pas un dossier légal")
		upload(t, x.visitor, x.URL, "", nil).Want(t, 422, "Choisissez le fichier ZIP")
	})
}

func TestLegalFileOfAnAssemblyUnderWay(t *testing.T) {
	x := open(t, apptest.Start(t))
	for _, b := range []*apptest.Browser{x.voters[0], x.scrutineer} {
		b.Get("/a/ag/legal-file").Want(t, 403)
		b.Post("/a/ag/legal-file").Want(t, 403)
	}
	x.visitor.Get("/a/ag/legal-file").Want(t, 303)
	x.visitor.Post("/a/ag/legal-file").Want(t, 401)
	x.admin.Get("/a/ag/legal-file").Want(t, 200, "Le vote n'est pas clos", "La feuille de présence n'est pas certifiée", "Le procès-verbal n'est pas approuvé")
	file := []byte(x.admin.Post("/a/ag/legal-file").Want(t, 200).Body)
	report, err := legalfile.Verify(bytes.NewReader(file), int64(len(file)))
	if err != nil || !report.OK() {
		t.Fatalf("%v: %v", err, report.Faults)
	}
}

func names(t *testing.T, file []byte) (out []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		out = append(out, f.Name)
	}
	return out
}

// upload sends a file as the form does; without a name, nothing.
func upload(t *testing.T, b *apptest.Browser, url, name string, content []byte) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, bytes.NewReader(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, url+"/verify/file", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.Do(req)
}
