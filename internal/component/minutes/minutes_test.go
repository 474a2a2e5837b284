package minutes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// decided is a hall whose vote is closed: Awa for, Inès for and for Zoé by proxy, Marc against.
func decided(t *testing.T, h *apptest.House) *hall {
	t.Helper()
	x := open(t, h)
	x.give(3, 1)
	x.at(time.Hour)
	x.cast(0, "for")
	x.cast(1, "for", 1, 3)
	x.cast(2, "against")
	x.at(3 * time.Hour)
	return x
}

func (x *hall) certify() {
	x.T.Helper()
	for _, b := range []*apptest.Browser{x.officer, x.chair} {
		b.Post("/a/ag/attendance/sign", "hash", hashOf(x.T, b.Get("/a/ag/attendance/sign"))).Want(x.T, 303)
	}
}

const (
	debates = "## Comptes\n\nAwa demande pourquoi les charges montent.\n\n- le loyer\n- l'énergie"
	opening = "La séance est ouverte à 16 h."
	closing = "La séance est levée à 17 h."
)

func TestMinutesFromDraftToFrozen(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := decided(t, h)
		x.certify()
		x.voters[0].Get("/a/ag/minutes").Want(t, 404, "n'est pas encore approuvé")
		x.officer.Get("/a/ag").Want(t, 200, "Rédiger le procès-verbal")
		x.officer.Get("/a/ag/minutes").Want(t, 200, "Rédiger depuis le journal")
		x.officer.Post("/a/ag/minutes/draft").Want(t, 303)
		page := x.officer.Get("/a/ag/minutes").Want(t, 200, "Les Deux Rives · SCIC SA à capital variable · 1 quai Nord, 44000 Nantes", "Salle des fêtes, Nantes",
			"lundi 1er juin 2026 à 16 h", "Paule Présidente", "Simon Secrétaire", "Rose Scrutatrice", "à distance, par le site", "certifiée exacte par le bureau",
			"4 membres sur 6, portant 4 voix sur 6", "Quorum atteint", "statuts, art. 18", "Comptes 2025", "L'assemblée approuve les comptes.",
			"3 voix pour et 1 contre", "statuts, art. 19", "aucun incident", "[à compléter]")
		if at, of := strings.Index(page.Body, "Présence et quorum"), strings.Index(page.Body, "Comptes 2025"); at < 0 || of < at {
			t.Error("the resolutions come before the attendance")
		}

		// What is left to complete is named.
		x.officer.Post("/a/ag/minutes/submit", "version", "1").Want(t, 409, "Il reste à compléter : Ouverture de la séance, Résumé des débats, Clôture")
		x.officer.Get("/a/ag/minutes/edit").Want(t, 200, "Résumé des débats", "Rédigé depuis le journal : Convocation")
		x.officer.Post("/a/ag/minutes/edit", "version", "1", "text-debates", debates, "text-opening", opening, "text-closing", closing).Want(t, 303)
		x.officer.Get("/a/ag/minutes").Want(t, 200, "Awa demande pourquoi", "<li>le loyer</li>", "<h3>Comptes</h3>", "![à compléter].")

		// Shown as a draft by choice only.
		x.voters[0].Get("/a/ag/minutes").Want(t, 404)
		x.officer.Post("/a/ag/minutes/show", "shown", "yes").Want(t, 303)
		x.voters[0].Get("/a/ag/minutes").Want(t, 200, "Projet de procès-verbal", "Awa demande", "!Compléter le texte", "!Soumettre")
		x.visitor.Get("/a/ag/minutes").Want(t, 303)
		x.officer.Post("/a/ag/minutes/show", "shown", "no").Want(t, 303)

		x.officer.Post("/a/ag/minutes/approve", "version", "2").Want(t, 409, "n'est pas soumis")
		x.officer.Post("/a/ag/minutes/submit", "version", "1").Want(t, 409, "version plus récente")
		x.officer.Post("/a/ag/minutes/submit", "version", "2").Want(t, 303)
		x.chair.Get("/a/ag").Want(t, 200, "Approuver le procès-verbal")
		x.officer.Post("/a/ag/minutes/approve", "version", "2").Want(t, 303)
		x.officer.Post("/a/ag/minutes/approve", "version", "2").Want(t, 409, "déjà approuvé")

		// Editing takes it back from the bureau: the approval is void.
		x.officer.Post("/a/ag/minutes/edit", "version", "2", "text-debates", debates+"\n\nLou remercie.").Want(t, 303)
		x.chair.Post("/a/ag/minutes/approve", "version", "2").Want(t, 409, "n'est pas soumis")
		x.officer.Post("/a/ag/minutes/submit", "version", "3").Want(t, 303)
		x.chair.Post("/a/ag/minutes/approve", "version", "2").Want(t, 409, "a changé depuis que vous l'avez lu")
		x.officer.Post("/a/ag/minutes/approve", "version", "3").Want(t, 303)
		x.chair.Post("/a/ag/minutes/approve", "version", "3").Want(t, 303)

		x.voters[0].Get("/a/ag").Want(t, 200, "Le procès-verbal est approuvé")
		frozen := x.voters[0].Get("/a/ag/minutes").Want(t, 200, "Approuvé par le bureau", "Lou remercie", "Paule Présidente", "Présidence, signé sur le site")
		pdf := x.voters[0].Get("/a/ag/minutes.pdf").Want(t, 200)
		if got := x.events(2); got[0] != "minutes.approved" || got[1] != "minutes.approval_given" {
			t.Errorf("events %v", got)
		}
		x.Read(func(tx *db.Tx) error {
			phases, err := space.Phases(tx, x.space.ID)
			if phases[2].Start.IsZero() {
				t.Error("the step of the minutes has no date")
			}
			return err
		})

		// Nothing changes it any more.
		for _, act := range []string{"draft", "edit", "restore", "show", "submit", "withdraw", "approve"} {
			x.officer.Post("/a/ag/minutes/"+act, "version", "3", "number", "1", "text-debates", "autre chose", "shown", "yes").Want(t, 409, "il ne change plus")
		}
		x.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE space SET title = 'Autre titre', place = 'Ailleurs' WHERE id = $1", x.space.ID)
			return err
		})
		if again := x.voters[0].Get("/a/ag/minutes.pdf"); again.Body != pdf.Body {
			t.Error("approved minutes do not always give the same PDF")
		}

		// A note is added; the approved text stays.
		x.voters[0].Post("/a/ag/minutes/rectify", "text", "non").Want(t, 403)
		x.officer.Post("/a/ag/minutes/rectify", "text", " ").Want(t, 422, "Écrivez ce que la note rectifie")
		x.officer.Post("/a/ag/minutes/rectify", "text", "Lire « 16 h 05 ».").Want(t, 303)
		with := x.voters[0].Get("/a/ag/minutes").Want(t, 200, "Note n° 1, Simon Secrétaire", "Lire « 16 h 05 ».")
		paper := func(body string) string {
			return body[strings.Index(body, "<article"):strings.Index(body, "signé sur le site")]
		}
		if paper(with.Body) != paper(frozen.Body) {
			t.Error("the note changed the approved text")
		}
		// Tampering with what is stored is found.
		x.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE minutes SET frozen = replace(frozen, 'Lou remercie', 'Lou se tait') WHERE space_id = $1", x.space.ID)
			return err
		})
		x.voters[0].Get("/a/ag/minutes").Want(t, 500, "!Lou se tait")
	})
}

func TestTwoEditors(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := decided(t, h)
		x.officer.Post("/a/ag/minutes/draft").Want(t, 303)
		x.officer.Post("/a/ag/minutes/edit", "version", "1", "text-debates", "Un.\n\nDeux.").Want(t, 303)
		a := x.chair.Post("/a/ag/minutes/edit", "version", "1", "text-debates", "Un.\n\nTrois, tapé par la présidente.")
		a.Want(t, 409, "Simon Secrétaire a enregistré la version 2 pendant que vous écriviez", "Trois, tapé par la présidente.</textarea>", "Retiré :</b> Deux.", "Ajouté :</b> Trois", `name="version" value="2"`)
		x.officer.Get("/a/ag/minutes").Want(t, 200, "Deux.", "!Trois")
		x.chair.Post("/a/ag/minutes/edit", "version", "2", "text-debates", "Un.\n\nDeux.\n\nTrois.").Want(t, 303)
		x.chair.Post("/a/ag/minutes/edit", "version", "3", "text-debates", "Un.\r\n\r\nDeux.  \r\n\r\nTrois.").Want(t, 303) // nothing new: no version
		x.officer.Get("/a/ag/minutes/versions").Want(t, 200, "Paule Présidente", "complétée", "rédigée depuis le journal", "!>4<")
		x.officer.Get("/a/ag/minutes/versions?from=2&to=3").Want(t, 200, "Ajouté :</b> Trois.", "2 paragraphes inchangés")
		x.officer.Get("/a/ag/minutes/versions?from=2&to=9").Want(t, 404)
		x.officer.Post("/a/ag/minutes/restore", "number", "2").Want(t, 303)
		x.officer.Get("/a/ag/minutes").Want(t, 200, "Deux.", "!Trois")
		x.officer.Get("/a/ag/minutes/versions?from=2&to=4").Want(t, 200, "disent la même chose")
		x.officer.Post("/a/ag/minutes/edit", "version", "4", "text-debates", strings.Repeat("a", 100_001)).Want(t, 422, "trop long : 100 000 caractères")

		// Drafted again: the attendance is now certified, the typed text stays.
		x.certify()
		x.officer.Post("/a/ag/minutes/draft").Want(t, 303)
		x.officer.Get("/a/ag/minutes").Want(t, 200, "certifiée exacte par le bureau", "Deux.")
		x.officer.Get("/a/ag/minutes/versions?from=4&to=5").Want(t, 200, "Présence et quorum", "!Deux.")
	})
}

func TestMinutesAreWrittenByTheBureau(t *testing.T) {
	x := decided(t, apptest.Start(t))
	x.admin.Post("/a/ag/minutes/draft").Want(t, 303)
	for path, status := range map[string]int{"/a/ag/minutes": 404, "/a/ag/minutes.pdf": 404, "/a/ag/minutes/edit": 404, "/a/ag/minutes/versions": 403} {
		x.visitor.Get(path).Want(t, 303)
		x.voters[0].Get(path).Want(t, status, "!Résumé des débats")
	}
	x.scrutineer.Get("/a/ag/minutes").Want(t, 200, "!Compléter le texte")
	x.scrutineer.Get("/a/ag/minutes/versions").Want(t, 200)
	x.scrutineer.Get("/a/ag/minutes/edit").Want(t, 403)
	for _, act := range []string{"draft", "edit", "restore", "show", "submit", "withdraw", "approve", "rectify"} {
		x.visitor.Post("/a/ag/minutes/"+act).Want(t, 401)
		x.voters[0].Post("/a/ag/minutes/"+act, "version", "1").Want(t, 403)
		x.scrutineer.Post("/a/ag/minutes/"+act, "version", "1").Want(t, 403)
	}
	x.admin.Post("/a/ag/minutes/edit", "version", "1", "text-debates", debates, "text-opening", opening, "text-closing", closing).Want(t, 303)
	x.admin.Post("/a/ag/minutes/submit", "version", "2").Want(t, 303)
	x.admin.Post("/a/ag/minutes/approve", "version", "2").Want(t, 403) // not of the bureau
	x.admin.Get("/a/ag/minutes").Want(t, 200, "!Approuver ce")
	x.admin.Post("/a/ag/minutes/withdraw").Want(t, 303)
	x.admin.Post("/a/ag/minutes/withdraw").Want(t, 409, "n'est pas soumis")
}

func TestIncidentsComeFromTheJournal(t *testing.T) {
	x := open(t, apptest.Start(t))
	x.at(time.Hour)
	s := x.series
	s.Closes = noon.Add(4 * time.Hour)
	if _, err := x.vote.PutSeries(ctx, x.access(x.chairID), s, "le site a été coupé de 13 h à 14 h"); err != nil {
		t.Fatal(err)
	}
	x.at(4 * time.Hour)
	x.officer.Post("/a/ag/minutes/draft").Want(t, 303)
	x.officer.Get("/a/ag/minutes").Want(t, 200, "le site a été coupé de 13 h à 14 h", "!aucun incident", fmt.Sprintf("%s :", "lundi 1er juin 2026 à 15 h"))
}
