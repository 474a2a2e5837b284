package draw_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/platform/db"
)

// A draw by constituency: seats and quotas follow from who applied where, beside the national draw.
func TestByConstituency(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.prepare()
		s.chair.Get(s.path+"/constituencies").Want(t, 200, "Pas encore de catégorie")
		var b strings.Builder
		b.WriteString("Circonscription;Genre\n")
		for i := range 43 * 4 {
			fmt.Fprintf(&b, "C%02d;%s\n", i%43*(i%4)/3%43, []string{"Femme", "Homme", "Homme"}[i%3])
		}
		s.upload(s.chair, b.String()).Want(t, 303)
		s.chair.Post(s.path+"/import/columns", "use-0", "category", "use-1", "category").Want(t, 303)
		s.chair.Post(s.path+"/constituencies", "category", "Lieu", "seats", "0", "parity", "").Want(t, 422, "Choisissez la catégorie", "de 1 à 100")
		s.member.Post(s.path+"/constituencies", "category", "Circonscription", "seats", "1").Want(t, 404)
		s.chair.Post(s.path+"/constituencies", "category", "Circonscription", "seats", "1", "parity", "Genre | Femme | Homme").Want(t, 303)
		s.chair.Get(s.path+"/constituencies").Want(t, 200, "Par circonscription ou national", "Circonscriptions représentées, en moyenne")
		s.list()
		s.visitor.Get(s.path).Want(t, 200, "Par circonscription ou national", "National")
		s.verify(1)

		// Quotas changed by hand make it a draw like any other.
		s.chair.Post(s.path+"/discard").Want(t, 409)
	})
}

// Alternates are named once the panel is drawn, and fill the seats that become free.
func TestAlternates(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := imported(t, h)
		s.chair.Post(s.path+"/alternates", "alternates", "4", "dropout", "20").Want(t, 409)
		s.list()
		for _, die := range []string{"1", "7"} {
			s.chair.Post(s.path+"/die", "shows", die).Want(t, 303)
		}
		s.chair.Post(s.path+"/proclaim").Want(t, 303)
		s.chair.Post(s.path+"/alternates", "alternates", "0", "dropout", "95").Want(t, 422, "de 1 à 500", "de 1 à 90", `value="95"`)
		s.member.Post(s.path+"/alternates", "alternates", "4", "dropout", "20").Want(t, 403)
		s.chair.Post(s.path+"/alternates", "alternates", "4", "dropout", "20").Want(t, 303)
		ready := s.volunteers("reserve")
		if len(ready) != 4 {
			t.Fatalf("%d stand ready", len(ready))
		}
		page := s.visitor.Get(s.path).Want(t, 200, "4 suppléances, dans l'ordre")
		own := func(v map[string]string) string { return strings.TrimPrefix(v["link"], s.URL) }
		for _, v := range ready {
			if !strings.Contains(page.Body, v["number"]) || s.link(v["email"]) != own(v) {
				t.Errorf("%s is not shown or was not told", v["number"])
			}
		}
		s.secret(page)
		s.visitor.Get(own(ready[0])).Want(t, 200, "Vous êtes suppléant·e")
		if got := s.events("draw.alternates_chosen"); len(got) != 1 || !strings.Contains(string(got[0].Payload), ready[0]["number"]) {
			t.Errorf("the journal says %v", got)
		}

		seated := s.volunteers("seated")
		s.visitor.Post(own(seated[0])+"/decline").Want(t, 303)
		s.chair.Post(s.path+"/replace", "among", "reserve").Want(t, 303)
		s.computed("")
		if strings.Contains(s.chair.Get(s.path+"/prepare").Want(t, 200).Body, "Accepter ce changement") { // nobody of these four fits
			s.chair.Post(s.path+"/relax").Want(t, 303)
			s.computed("La liste est prête")
		}
		s.chair.Post(s.path+"/publish", "sides", "10").Want(t, 303)
		for _, die := range []string{"0", "2"} {
			s.chair.Post(s.path+"/die", "shows", die).Want(t, 303)
		}
		s.chair.Post(s.path+"/proclaim").Want(t, 303)
		s.verify(2)
		left := s.volunteers("reserve")
		if now := s.volunteers("seated"); len(now) != 6 || len(left) != 3 {
			t.Errorf("%d sit and %d stand ready", len(now), len(left))
		}
	})
}

// Letters are drawn from a register; their codes open the form, once each, and go with the data.
func TestLetters(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.prepare()
		id := s.path[strings.LastIndex(s.path, "/")+1:]
		s.chair.Post(s.path+"/categories", "name-0", "Genre", "values-0", "Femme\nHomme").Want(t, 303)
		var b strings.Builder
		b.WriteString("Nom;Rue;Commune\n")
		for i := range 200 {
			fmt.Fprintf(&b, "Famille Secrète%d;%d rue Cachée;%s\n", i, i, []string{"Ville", "Bourg"}[i/150])
		}
		s.names, s.dwelling = []string{"Secrète"}, []string{"rue Cachée"}
		s.uploadTo(s.chair, "/letters", b.String()).Want(t, 303)
		s.member.Get(s.path+"/letters").Want(t, 404)
		s.chair.Get(s.path+"/letters").Want(t, 200, "Fichier d'adresses ou de personnes")
		s.chair.Get(s.path+"/letters/choose").Want(t, 200, "200 lignes lues", "Partager les lettres selon")
		s.chair.Post(s.path+"/letters/choose", "letters", "999", "stratum", "Pays", "message", "", "population", "Ville;six").Want(t, 422,
			"de 1 à 200", "Choisissez une colonne", "Choisissez au moins une colonne", "Écrivez un message", "un point-virgule et un nombre", `value="999"`)
		s.chair.Post(s.path+"/letters/choose", "letters", "20", "stratum", "Commune", "address", "Nom", "address", "Rue", "message", "Venez", "population", "Ville;100").Want(t, 422, "Il manque la population")
		s.chair.Post(s.path+"/letters/choose", "letters", "20", "stratum", "Commune", "address", "Nom", "address", "Rue", "address", "Commune",
			"message", "Venez, c'est ouvert.", "population", "Ville;9 000\nBourg;3000").Want(t, 303)
		s.chair.Get(s.path+"/letters").Want(t, 200, "20 lettres tirées", "9 000", "Imprimer les lettres")
		records, err := csv.NewReader(strings.NewReader(s.chair.Get(s.path+"/letters/letters.csv").Want(t, 200).Body)).ReadAll()
		if err != nil || len(records) != 21 {
			t.Fatalf("%d lines, %v", len(records), err)
		}
		towns := map[string]int{}
		for _, r := range records[1:] {
			towns[r[2]]++
		}
		if towns["Ville"] != 15 || towns["Bourg"] != 5 {
			t.Errorf("shared %v", towns)
		}
		if pdf := s.chair.Get(s.path+"/letters/letters.pdf").Want(t, 200).Body; !strings.HasPrefix(pdf, "%PDF-") {
			t.Errorf("not a PDF: %.20q", pdf)
		}
		s.member.Get(s.path+"/letters/letters.csv").Want(t, 404)

		s.chair.Post(s.path+"/application", "closes_at", "2026-07-01T12:00", "consent", "D'accord").Want(t, 303)
		code := records[1][0]
		s.visitor.Get("/apply/"+id+"?code="+code).Want(t, 200, code)
		form := func(code, email string) []string {
			return []string{"code", code, "name", "Zoé", "email", email, "trait-0", "Femme", "consent", "on"}
		}
		s.visitor.Post("/apply/"+id, form("AAAAA-AAAAA", "zoe@secret.example")...).Want(t, 422, "pas le code d'une lettre", "zoe@secret.example")
		s.visitor.Post("/apply/"+id, form(strings.ToLower(code), "faux@secret.example")...).Want(t, 303)
		// The address was wrong and nobody confirms: the code still serves.
		s.visitor.Post("/apply/"+id, form(code, "zoe@secret.example")...).Want(t, 303)
		if got := s.volunteers(""); len(got) != 1 {
			t.Errorf("%d applications with one code", len(got))
		}
		s.visitor.Post(s.link("zoe@secret.example")+"/confirm").Want(t, 303)
		s.visitor.Post("/apply/"+id, form(code, "autre@secret.example")...).Want(t, 422, "Ce code a déjà servi")
		s.chair.Get(s.path+"/letters").Want(t, 200, "Réponses")
		s.secret(s.visitor.Get(s.path).Want(t, 200))
		s.noNamesInJournal()

		s.at(noon.AddDate(0, 7, 0))
		s.TickNow()
		s.Read(func(tx *db.Tx) error {
			var n int
			err := tx.Row("SELECT count(*) FROM draw_letter", nil, &n)
			if err == nil && n != 0 {
				t.Errorf("%d letters are left after the erasure", n)
			}
			return err
		})
	})
}
