package minutes_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
)

var hashField = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

func hashOf(t *testing.T, a apptest.Answer) string {
	t.Helper()
	m := hashField.FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatalf("no hash to sign: %.600s", a.Body)
	}
	return m[1]
}

func TestDoor(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h)
		x.give(2, 1) // Marc gives Inès his vote
		x.give(3, 1)
		page := x.officer.Get("/a/ag/attendance").Want(t, 200, "À la porte", "Inès Bernard", "2 rue du Pont, 44000 Nantes", "porte 2 pouvoirs : 2 voix, parts : 7",
			"pouvoir donné à Inès Bernard", "Quorum non atteint : Décision ordinaire", "statuts, art. 18", "R. 225-95")
		if n := strings.Count(page.Body, "Noter l’arrivée de"); n != 6 {
			t.Errorf("%d people can be signed in", n)
		}
		x.scrutineer.Get("/a/ag/attendance?q=bern").Want(t, 200, "Inès Bernard", "!Zoé")
		x.scrutineer.Get("/a/ag/attendance?mode=represented").Want(t, 200, "Marc Lefèvre", "!Awa Diallo")
		a := x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(1)).Want(t, 303)
		x.officer.Get(a.Location).Want(t, 200, "Inès Bernard est dans la salle", "Porte 3 voix")
		// Marc comes in person: by these statutes his proxy ends.
		x.officer.Get("/a/ag/attendance?q=M03").Want(t, 200, "Son arrivée met fin au pouvoir")
		x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(2)).Want(t, 303)
		x.officer.Get("/a/ag/attendance?q=M02").Want(t, 200, "porte 1 pouvoir : 1 voix")
		x.officer.Get("/a/ag/attendance").Want(t, 200, "Quorum atteint : Décision ordinaire")
		if got := x.events(3); !slices.Contains(got, "minutes.arrived") || !slices.Contains(got, "electorate.proxy_ended") {
			t.Errorf("events %v", got)
		}
		x.officer.Post("/a/ag/attendance/arrivals/undo", "member", x.id(2)).Want(t, 303)
		x.officer.Post("/a/ag/attendance/arrivals/undo", "member", x.id(2)).Want(t, 409, "n'est pas notée dans la salle")
		x.officer.Get("/a/ag/attendance?q=M03").Want(t, 200, "!pouvoir donné à")
		x.officer.Post("/a/ag/attendance/arrivals", "member", "77").Want(t, 404, "pas sur la liste")
		x.officer.Post("/a/ag/attendance/arrivals", "member", "x").Want(t, 404)
	})
}

func TestAttendanceIsForThoseWhoKeepIt(t *testing.T) {
	x := open(t, apptest.Start(t))
	for _, path := range []string{"/a/ag/attendance", "/a/ag/attendance.pdf", "/a/ag/attendance.csv", "/a/ag/attendance/sign"} {
		x.visitor.Get(path).Want(t, 303)
		x.voters[0].Get(path).Want(t, 403, "!rue du Pont")
	}
	for _, path := range []string{"/a/ag/attendance/arrivals", "/a/ag/attendance/arrivals/undo", "/a/ag/attendance/sign", "/a/ag/attendance/reopen"} {
		x.visitor.Post(path, "member", x.id(0), "reason", "x").Want(t, 401)
		x.voters[0].Post(path, "member", x.id(0), "reason", "x").Want(t, 403)
	}
	x.voters[0].Get("/a/ag").Want(t, 200, "!Feuille de présence", "!/attendance")
	x.scrutineer.Get("/a/ag/attendance").Want(t, 200)
	x.scrutineer.Get("/a/ag/attendance/sign").Want(t, 403)
	x.admin.Get("/a/ag/attendance").Want(t, 200)
	x.admin.Post("/a/ag/attendance/sign", "hash", "x").Want(t, 403)
}

func TestSheetIsCertified(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h)
		x.give(3, 1)
		x.at(time.Hour)
		x.cast(0, "for")
		x.cast(1, "against")
		x.chair.Get("/a/ag/attendance/sign").Want(t, 409, "quand le vote est clos")
		x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(2)).Want(t, 303)
		x.at(3 * time.Hour)
		x.chair.Get("/a/ag").Want(t, 200, "Certifier la feuille de présence")
		hash := hashOf(t, x.chair.Get("/a/ag/attendance/sign").Want(t, 200, "feuille de 4 lignes", "Il faut 2 signatures du bureau, dont celle de la présidence", "statuts, art. 24"))
		// Somebody comes in between the reading and the signature.
		x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(4)).Want(t, 303)
		x.chair.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 409, "a changé depuis que vous l'avez lue")
		x.officer.Post("/a/ag/attendance/arrivals/undo", "member", x.id(4)).Want(t, 303)
		x.officer.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 303)
		x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(4)).Want(t, 409, "arrêtée")
		x.officer.Get("/a/ag/attendance").Want(t, 200, "en attente de signatures", "Simon Secrétaire", "!Noter l'arrivée", "!Lou Petit")

		// Reopened for a reason, then signed by both.
		x.officer.Post("/a/ag/attendance/reopen", "reason", " ").Want(t, 422, "Dites pourquoi")
		x.officer.Post("/a/ag/attendance/reopen", "reason", "une arrivée oubliée").Want(t, 303)
		x.officer.Post("/a/ag/attendance/arrivals", "member", x.id(4)).Want(t, 303)
		hash = hashOf(t, x.officer.Get("/a/ag/attendance/sign").Want(t, 200, "feuille de 5 lignes"))
		x.officer.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 303)
		hash = hashOf(t, x.chair.Get("/a/ag/attendance/sign"))
		x.officer.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 409, "déjà signé")
		x.chair.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 303)
		x.chair.Get("/a/ag/attendance").Want(t, 200, "Certifiée exacte par le bureau", "Paule Présidente", hash, "Noé Garnier", "!Lou Petit")
		x.chair.Get("/a/ag/attendance?q=noe").Want(t, 200, "Noé Garnier", "!Awa Diallo")
		x.chair.Post("/a/ag/attendance/reopen", "reason", "x").Want(t, 409, "déjà certifiée")
		x.chair.Post("/a/ag/attendance/sign", "hash", hash).Want(t, 409)
		if got := x.events(2); got[0] != "minutes.sheet_certified" || got[1] != "minutes.sheet_signed" {
			t.Errorf("events %v", got)
		}

		pdf := x.chair.Get("/a/ag/attendance.pdf").Want(t, 200)
		if again := x.chair.Get("/a/ag/attendance.pdf"); again.Body != pdf.Body || !strings.HasPrefix(pdf.Body, "%PDF-") {
			t.Error("the certified sheet does not always give the same PDF")
		}
		rows, err := csv.NewReader(bytes.NewBufferString(x.chair.Get("/a/ag/attendance.csv").Want(t, 200).Body)).ReadAll()
		if err != nil || len(rows) != 6 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if got := strings.Join(rows[2], "|"); got != "M01|Awa Diallo|1 rue du Pont, 44000 Nantes||1|1/1|online||0|0|0/1|1/1" && !strings.Contains(got, "Awa") {
			t.Errorf("row %s", got)
		}
	})
}
