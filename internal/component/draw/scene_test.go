package draw_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/draw"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// scene is a citizens' assembly with its chair, a member and a visitor.
type scene struct {
	*apptest.House
	t                       *testing.T
	space                   space.Space
	chair, member, visitor  *apptest.Browser
	chairID                 int64
	now                     time.Time
	path                    string // of the draw
	names, emails, dwelling []string
}

func open(t *testing.T, h *apptest.House) *scene {
	s := &scene{House: h, t: t}
	s.at(noon)
	h.Write(func(tx *db.Tx) (err error) {
		s.space, err = space.Create(tx, 0, space.Space{Slug: "eau", Kind: space.CitizensAssembly, Title: "Convention sur l'eau", Visibility: space.Public, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		chair, err := people.OpenAccount(tx, "Inès Présidente", "ines@example.org", "fr")
		if err != nil {
			return err
		}
		s.chairID = chair.ID
		return space.GiveRole(tx, 0, s.space.ID, chair.ID, people.Chair)
	})
	s.chair, s.visitor = h.As(s.chairID), h.Visitor()
	s.member = h.As(h.AccountOf(h.AddMember(people.Member{Email: "membre@example.org"})).ID)
	return s
}

func (s *scene) at(now time.Time) { s.now = now; s.SetClock(now) }

// prepare makes a draw of 6 seats through the form.
func (s *scene) prepare(fields ...string) {
	s.t.Helper()
	form := append([]string{"title", "Panel sur l'eau", "size", "6", "objective", "leximin", "panels", "100", "erase_at", "2026-12-01T00:00"}, fields...)
	a := s.chair.Post("/a/eau/draws/new", form...).Want(s.t, 303)
	s.path = strings.TrimSuffix(a.Location, "/prepare")
}

// pool is a file of 40 volunteers: their names, e-mails and addresses must never show in public.
func (s *scene) pool() string {
	var b strings.Builder
	b.WriteString("Prénom;Nom;Courriel;Rue;Genre;Âge\n")
	for i := range 40 {
		name, email := fmt.Sprintf("Secrète%02d", i), fmt.Sprintf("personne%02d@secret.example", i)
		street := fmt.Sprintf("%d rue Cachée", i-i%8/7) // every eighth lives with the one before
		s.names, s.emails, s.dwelling = append(s.names, name), append(s.emails, email), append(s.dwelling, "rue Cachée")
		gender, age := "Femme", "15-44 ans"
		if i%3 == 0 {
			gender = "Homme"
		}
		if i%2 == 0 {
			age = "45 ans ou plus"
		}
		fmt.Fprintf(&b, "%s;Nom;%s;%s;%s;%s\n", name, email, street, gender, age)
	}
	return b.String()
}

func (s *scene) upload(b *apptest.Browser, content string) apptest.Answer {
	s.t.Helper()
	return s.uploadTo(b, "/import", content)
}

func (s *scene) uploadTo(b *apptest.Browser, where, content string) apptest.Answer {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile("file", "volontaires.csv")
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+s.path+where, &body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.Do(req)
}

// computed ticks until the last round is no longer being computed.
func (s *scene) computed(words ...string) {
	s.t.Helper()
	for range 600 {
		s.TickNow()
		if a := s.chair.Get(s.path + "/progress"); !strings.Contains(a.Body, "<live-fragment") {
			a.Want(s.t, 200, words...)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the computation does not end")
}

// volunteers are the lines of the organisers' list.
func (s *scene) volunteers(state string) []map[string]string {
	s.t.Helper()
	records, err := csv.NewReader(strings.NewReader(s.chair.Get(s.path+"/volunteers.csv?state="+state).Want(s.t, 200).Body)).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		line := map[string]string{}
		for i, h := range records[0] {
			line[h] = r[i]
		}
		out = append(out, line)
	}
	return out
}

func (s *scene) events(kind string) []journal.Event {
	var out []journal.Event
	s.TickNow() // gives the events their places
	s.Read(func(tx *db.Tx) (err error) {
		out, err = journal.Read(tx, journal.Filter{Space: s.space.ID, Kinds: []string{kind}})
		return err
	})
	return out
}

// quotas set 2 to 4 of each gender and age.
var quotas = []string{"min-0-0", "2", "max-0-0", "4", "min-0-1", "2", "max-0-1", "4", "min-1-0", "2", "max-1-0", "4", "min-1-1", "2", "max-1-1", "4",
	"share-0-0", "51,6", "share-0-1", "48,4", "source-0", "Insee 2018"}

// imported is a draw with its volunteers and quotas, one person per address.
func imported(t *testing.T, h *apptest.House) *scene {
	s := open(t, h)
	s.prepare("one_per_address", "on")
	s.upload(s.chair, s.pool()).Want(t, 303)
	s.chair.Get(s.path+"/import/columns").Want(t, 200, "Genre", "2 valeurs : Homme · Femme", "Importer 40 personnes")
	s.chair.Post(s.path+"/import/columns", "use-0", "name", "use-1", "name", "use-2", "email", "use-3", "address", "use-4", "category", "use-5", "category").Want(t, 303)
	s.chair.Post(s.path+"/quotas", append([]string{"do", "save"}, quotas...)...).Want(t, 303)
	return s
}

// list computes and publishes the list, with ten-sided dice.
func (s *scene) list() {
	s.t.Helper()
	s.chair.Post(s.path+"/compute").Want(s.t, 303)
	s.computed("La liste est prête")
	s.chair.Post(s.path+"/publish", "sides", "10").Want(s.t, 303)
}

// files fetches what verifies a round and verifies it.
func (s *scene) verify(round int) {
	s.t.Helper()
	get := func(name string) []byte {
		return []byte(s.visitor.Get(fmt.Sprintf("%s/files/%d/%s", s.path, round, name)).Want(s.t, 200).Body)
	}
	in := sortition.Files{Pool: get("pool.csv"), Quotas: get("categories.csv")}
	report := get("report.json")
	findings := sortition.Verify(report, in)
	if last := findings[len(findings)-1]; last.Err != nil || len(findings) < 5 {
		s.t.Errorf("round %d is refused: %v (%d findings)", round, last, len(findings))
	}
	at := regexp.MustCompile(`"chances":\[(?:[01],)*(?:0\.)?\d`).FindIndex(report)
	if at == nil {
		s.t.Fatalf("round %d: no chance in %.900s", round, report)
	}
	changed := slices.Clone(report)
	changed[at[1]-1] = '0' + (changed[at[1]-1]-'0'+1)%10
	findings = sortition.Verify(changed, in)
	if findings[len(findings)-1].Err == nil {
		s.t.Errorf("round %d: a report with a changed digit is believed", round)
	}
}

// secret fails where an answer names a volunteer.
func (s *scene) secret(a apptest.Answer) {
	s.t.Helper()
	for _, list := range [][]string{s.names, s.emails, s.dwelling} {
		for _, word := range list {
			if strings.Contains(a.Body, word) {
				s.t.Errorf("a public page says %q", word)
				return
			}
		}
	}
}

func TestWholeCeremony(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := imported(t, h)
		s.chair.Get(s.path+"/quotas").Want(t, 200, "Les quotas peuvent être atteints", "51,6")
		s.visitor.Get(s.path).Want(t, 404)
		ask := "/apply/" + s.path[strings.LastIndex(s.path, "/")+1:] + "/link"
		s.visitor.Get(ask).Want(t, 404)
		s.visitor.Post(ask, "email", "personne@secret.example").Want(t, 404)
		s.list()
		s.visitor.Get(ask).Want(t, 200, "Recevoir mon lien personnel")
		if got := s.events("draw.list_published"); len(got) != 1 {
			t.Fatalf("%d events of the list's publication", len(got))
		}
		s.verify(1)

		// The number, die by die, with one entered by mistake.
		s.visitor.Get(s.path).Want(t, 200, "Le numéro va être tiré", "Encore 2 dés à lancer", "!Saisir ce dé")
		s.chair.Get(s.path).Want(t, 200, "Saisir ce dé")
		s.member.Post(s.path+"/die", "shows", "3").Want(t, 403)
		s.chair.Post(s.path+"/die", "shows", "11").Want(t, 422, "de 0 à 9")
		s.chair.Post(s.path+"/die", "shows", "3").Want(t, 303)
		s.chair.Post(s.path+"/proclaim").Want(t, 409)
		s.chair.Post(s.path+"/strike").Want(t, 303)
		s.chair.Post(s.path+"/die", "shows", "4").Want(t, 303)
		s.chair.Post(s.path+"/die", "shows", "2").Want(t, 303)
		s.chair.Post(s.path+"/die", "shows", "2").Want(t, 409)
		s.visitor.Get(s.path+"/live/1").Want(t, 200, "42", "!Proclamer")
		s.chair.Post(s.path+"/proclaim").Want(t, 303)
		s.chair.Post(s.path+"/proclaim").Want(t, 409)
		if entered, struck := s.events("draw.die_entered"), s.events("draw.die_struck"); len(entered) != 3 || len(struck) != 1 || entered[0].Actor == 0 {
			t.Errorf("%d dice and %d corrections in the journal, by %v", len(entered), len(struck), entered)
		}
		s.verify(1)
		page := s.visitor.Get(s.path).Want(t, 200, "Les 6 personnes tirées au sort", "Vérifiez vous-même", "isegoria draw --verify report.json", "Méthode habituelle")
		seated := s.volunteers("seated")
		if len(seated) != 6 {
			t.Fatalf("%d are seated", len(seated))
		}
		for _, v := range seated {
			if !strings.Contains(page.Body, v["number"]) {
				t.Errorf("the page does not show %s", v["number"])
			}
		}
		s.afterwards(seated)
	})
}

// afterwards is invitations, answers, a replacement and erasure.
func (s *scene) afterwards(seated []map[string]string) {
	t := s.t
	s.chair.Post(s.path+"/invite", "message", "Venez", "answer_by", "2026-05-01T12:00").Want(t, 422, "Choisissez une date à venir", "Venez")
	s.chair.Post(s.path+"/invite", "message", "Venez samedi", "answer_by", "2026-06-20T12:00").Want(t, 303)
	s.Read(func(tx *db.Tx) error {
		list, err := mail.List(tx, mail.Filter{Kind: "draw"})
		if err == nil && len(list) != 6 {
			t.Errorf("%d invitations", len(list))
		}
		return err
	})
	own := func(v map[string]string) string { return strings.TrimPrefix(v["link"], s.URL) }
	first := s.visitor.Get(own(seated[0])).Want(t, 200, "Vous êtes "+seated[0]["number"], "Votre chance", "Votre numéro est sorti", seated[0]["email"])
	if strings.Contains(first.Body, seated[1]["email"]) {
		t.Error("a volunteer's page names another")
	}
	s.visitor.Post(own(seated[0])+"/accept").Want(t, 303)
	s.visitor.Post(own(seated[0])+"/accept").Want(t, 409)
	s.visitor.Post(own(seated[1])+"/decline").Want(t, 303)
	s.visitor.Post(own(seated[1])+"/accept").Want(t, 409)
	s.visitor.Get(own(seated[1])).Want(t, 200, "Vous avez décliné")
	s.visitor.Get("/volunteer/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").Want(t, 404, "Ce lien n'est pas entier")

	s.chair.Get(s.path+"/prepare").Want(t, 200, "1 place est libre")
	s.chair.Post(s.path+"/replace").Want(t, 303)
	s.chair.Post(s.path+"/replace").Want(t, 409)
	s.computed("La liste est prête")
	s.chair.Post(s.path+"/publish", "sides", "10").Want(t, 303)
	for _, die := range []string{"0", "7"} {
		s.chair.Post(s.path+"/die", "shows", die).Want(t, 303)
	}
	s.chair.Post(s.path+"/proclaim").Want(t, 303)
	s.verify(2)
	s.verify(1)
	now := s.volunteers("seated")
	if len(now) != 6 || slices.ContainsFunc(now, func(v map[string]string) bool { return v["number"] == seated[1]["number"] }) {
		t.Errorf("after the replacement: %v", now)
	}
	s.visitor.Get(s.path+"?round=2").Want(t, 200, "1 personne remplaçante")
	s.visitor.Get(s.path+"?round=1").Want(t, 200, "Les numéros barrés ont décliné")

	for _, path := range []string{"", "?round=1", "?round=2", "/live/1", "/files/1/pool.csv", "/files/1/report.json", "/files/2/panels.csv", "/files/1/categories.csv"} {
		s.secret(s.visitor.Get(s.path+path).Want(t, 200))
	}
	for _, path := range []string{"/a/eau/draws", "/a/eau", "/a/eau/journal", "/journal"} {
		s.secret(s.visitor.Get(path).Want(t, 200))
	}
	s.noNamesInJournal()
	s.at(time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC))
	s.TickNow()
	s.TickNow()
	s.erased(own(seated[0]))
}

func (s *scene) noNamesInJournal() {
	s.TickNow()
	s.Read(func(tx *db.Tx) error {
		events, err := journal.Read(tx, journal.Filter{Space: s.space.ID})
		for _, e := range events {
			s.secret(apptest.Answer{Body: string(e.Payload)})
		}
		return err
	})
}

// erased checks that nothing personal is left, and that everything public still stands.
func (s *scene) erased(own string) {
	t := s.t
	if got := s.events("draw.erased"); len(got) != 1 || !strings.Contains(string(got[0].Payload), `"n":40`) {
		t.Errorf("erasure in the journal: %v", got)
	}
	s.chair = s.As(s.chairID) // months have passed: signed in anew
	for _, path := range []string{s.path + "/volunteers", s.path + "/volunteers.csv", s.path + "/prepare", own} {
		s.secret(s.chair.Get(path).Want(t, 200))
	}
	s.Read(func(tx *db.Tx) error {
		for _, table := range []string{"draw_person", "mail"} {
			var n int
			if err := tx.Row("SELECT count(*) FROM "+table, nil, &n); err != nil {
				return err
			}
			if n != 0 {
				t.Errorf("%d lines are left in %s", n, table)
			}
		}
		return nil
	})
	s.verify(1)
	s.verify(2)
}

func TestApplication(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.prepare()
		id := s.path[strings.LastIndex(s.path, "/")+1:]
		s.visitor.Get("/apply/"+id).Want(t, 404)
		s.chair.Post(s.path+"/application", "closes_at", "2026-07-01T12:00", "consent", "D'accord").Want(t, 422, "Choisissez d'abord les catégories")
		s.chair.Post(s.path+"/categories", "name-0", "Genre", "values-0", "Femme").Want(t, 422, "au moins deux valeurs", "Femme")
		s.chair.Post(s.path+"/categories", "name-0", "Genre", "values-0", "Femme\r\nHomme\r\nAutre").Want(t, 303)
		s.chair.Post(s.path+"/application", "closes_at", "2026-07-01T12:00", "consent", "D'accord pour le tirage").Want(t, 303)
		s.visitor.Get(s.path).Want(t, 200, "Portez-vous volontaire")
		s.visitor.Get("/a/eau").Want(t, 200, "Portez-vous volontaire")
		s.visitor.Get("/apply/"+id).Want(t, 200, "D'accord pour le tirage", "Genre")
		s.visitor.Post("/apply/"+id, "name", "Zoé Secrète", "email", "pas une adresse", "trait-0", "Licorne").Want(t, 422,
			"Zoé Secrète", "Donnez une adresse de courriel", "choisissez une réponse", "Sans votre accord")
		form := []string{"name", "Zoé Secrète", "email", "Zoe@secret.example", "trait-0", "Femme", "consent", "on"}
		sent := s.visitor.Post("/apply/"+id, form...).Want(t, 303)
		s.visitor.Get(sent.Location).Want(t, 200, "Regardez vos courriels")

		link := s.link("zoe@secret.example")
		s.chair.Get(s.path+"/volunteers").Want(t, 200, "Zoé Secrète", "Candidature à confirmer")
		s.visitor.Get(link).Want(t, 200, "Confirmez votre candidature")
		s.visitor.Post(link+"/confirm").Want(t, 303)
		s.visitor.Get(link).Want(t, 200, "Votre candidature est enregistrée", "Femme")

		// The same address again: the same answer, and what was confirmed stands.
		s.at(s.now.Add(10 * time.Minute))
		s.visitor.Post("/apply/"+id, "name", "Quelqu'un d'autre", "email", "zoe@secret.example", "trait-0", "Homme", "consent", "on").Want(t, 303)
		s.visitor.Get(link).Want(t, 200, "Zoé Secrète", "!Homme")
		s.names = []string{"Zoé", "zoe@secret.example"}
		s.secret(s.visitor.Get(s.path).Want(t, 200))
		s.noNamesInJournal()

		// Whoever lost their link asks for it: the same answer whether or not the address is a
		// volunteer's, and no second mail within two minutes.
		ask := "/apply/" + id + "/link"
		s.visitor.Get(ask).Want(t, 200, "Recevoir mon lien personnel", "!zoe@secret.example")
		s.visitor.Post(ask, "email", "pas une adresse").Want(t, 422, "pas une adresse", "Donnez une adresse de courriel")
		before := s.mails()
		s.at(s.now.Add(time.Minute))
		s.visitor.Post(ask, "email", "zoe@secret.example").Want(t, 303)
		s.at(s.now.Add(3 * time.Minute))
		s.visitor.Post(ask, "email", "personne@secret.example").Want(t, 303)
		if n := s.mails(); n != before {
			t.Fatalf("%d mails more", n-before)
		}
		again := s.visitor.Post(ask, "email", "ZOE@secret.example").Want(t, 303)
		s.visitor.Get(again.Location).Want(t, 200, "Regardez vos courriels", "!Zoé")
		if n := s.mails(); n != before+1 || s.link("zoe@secret.example") != link {
			t.Fatalf("%d mails more, not the same link", n-before)
		}

		s.chair.Post(s.path+"/categories", "name-0", "Âge", "values-0", "a\nb").Want(t, 409)
		s.visitor.Post(link+"/withdraw").Want(t, 200, "Votre candidature est retirée")
		s.visitor.Get(link).Want(t, 404)
		s.at(time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)) // noon in Paris
		s.visitor.Get("/apply/"+id).Want(t, 200, "Les candidatures sont closes")
		s.visitor.Post("/apply/"+id, form...).Want(t, 409)
	})
}

// mails counts what was written.
func (s *scene) mails() (n int) {
	s.t.Helper()
	s.Read(func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM mail", nil, &n) })
	return n
}

// link is the personal link of the last mail to an address.
func (s *scene) link(email string) string {
	s.t.Helper()
	var text string
	s.Read(func(tx *db.Tx) error {
		return tx.Row("SELECT body_text FROM mail WHERE to_address = $1 ORDER BY id DESC LIMIT 1", []any{email}, &text)
	})
	at := strings.Index(text, s.URL+"/volunteer/")
	if at < 0 {
		s.t.Fatalf("no link in %q", text)
	}
	return strings.TrimPrefix(strings.Fields(text[at:])[0], s.URL)
}

func TestQuotasThatCannotBeMet(t *testing.T) {
	h := apptest.Start(t)
	s := imported(t, h)
	impossible := slices.Clone(quotas)
	impossible[slices.Index(impossible, "max-0-0")+1], impossible[slices.Index(impossible, "max-0-1")+1] = "2", "3"
	s.chair.Post(s.path+"/quotas", impossible...).Want(t, 303)
	s.chair.Get(s.path+"/quotas").Want(t, 200, "ne peuvent pas être atteints ensemble", "Accepter ce changement", "maximum")
	s.chair.Post(s.path+"/quotas/accept").Want(t, 303)
	s.chair.Get(s.path+"/quotas").Want(t, 200, "Les quotas peuvent être atteints")
	s.chair.Post(s.path+"/quotas/accept").Want(t, 409)
	s.chair.Post(s.path+"/quotas", "do", "save", "min-0-0", "9").Want(t, 422, "donnez un minimum de 0 à 6")

	// The same found by the computation itself.
	s.chair.Post(s.path+"/quotas", impossible...).Want(t, 303)
	s.chair.Post(s.path+"/compute").Want(t, 303)
	s.computed("Accepter ce changement et recalculer")
	s.chair.Post(s.path+"/quotas", quotas...).Want(t, 409)
	s.chair.Post(s.path+"/relax").Want(t, 303)
	s.computed("La liste est prête")
	s.chair.Post(s.path+"/discard").Want(t, 303)
	s.chair.Post(s.path+"/quotas", append([]string{"do", "fill", "margin", "1"}, quotas...)...).Want(t, 303)
	s.chair.Get(s.path+"/quotas").Want(t, 200, `id="min-0-0" name="min-0-0" value="2"`)
}

// A computation that died shows as interrupted and can be started again; one can be stopped.
func TestComputationsDieAndStop(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := imported(t, h)
		s.chair.Post(s.path+"/compute").Want(t, 303)
		s.chair.Get(s.path+"/prepare").Want(t, 200, "Le calcul est en cours")
		s.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE draw_round SET state = 'computing', run = 7, beat_at = $1", tx.Now)
			return err
		})
		s.chair.Post(s.path+"/restart").Want(t, 409)
		s.chair.Post(s.path+"/stop").Want(t, 303)
		s.chair.Get(s.path+"/prepare").Want(t, 200, "Arrêt demandé")
		s.at(s.now.Add(time.Minute))
		s.chair.Get(s.path+"/prepare").Want(t, 200, "Le calcul s'est interrompu")
		s.chair.Post(s.path+"/restart").Want(t, 303)
		s.computed("La liste est prête")
		if got := s.events("draw.computed"); len(got) != 1 {
			t.Errorf("%d lists were computed", len(got))
		}
	})
}

func TestImportRefusals(t *testing.T) {
	s := open(t, apptest.Start(t))
	s.prepare("one_per_address", "on")
	s.upload(s.member, "a;b\n1;2\n").Want(t, 404) // it is not theirs to know of
	s.upload(s.chair, "").Want(t, 422, "Ce fichier ne se lit pas")
	s.upload(s.chair, "a;b\n1;2;3\n").Want(t, 422, "La ligne 2 ne se lit pas")
	for words, file := range map[string]string{
		"Ligne 3 : « nulle part » n'est pas une adresse": "mail;rue;Genre\na@b.example;1 rue;F\nnulle part;2 rue;H\n",
		"Ligne 3 : a@b.example est déjà à la ligne 2":    "mail;rue;Genre\na@b.example;1 rue;F\nA@b.example;2 rue;H\n",
		"Ligne 2 : la catégorie « Genre » est vide":      "mail;rue;Genre\na@b.example;1 rue;\nc@b.example;2 rue;H\nd@b.example;2 rue;F\n",
		"Ligne 2 : l'adresse est vide":                   "mail;rue;Genre\na@b.example;;F\nc@b.example;2 rue;H\n",
	} {
		s.upload(s.chair, file).Want(t, 303)
		s.chair.Post(s.path+"/import/columns", "use-0", "email", "use-1", "address", "use-2", "category").Want(t, 422, words)
	}
	s.upload(s.chair, "mail;rue;Genre\na@b.example;1 rue;F\n").Want(t, 303)
	s.chair.Post(s.path+"/import/columns", "use-0", "email", "use-1", "address").Want(t, 422, "au moins une colonne de catégorie")
	if got := s.volunteers(""); len(got) != 0 {
		t.Errorf("refused files left %v", got)
	}
	// Windows-1252, as French spreadsheets save.
	s.upload(s.chair, "mail;rue;Fili\xe8re\na@b.example;1 rue;\xc9cole\nb@b.example;2 rue;Ville\n").Want(t, 303)
	s.chair.Post(s.path+"/import/columns", "use-0", "email", "use-1", "address", "use-2", "category").Want(t, 303)
	s.chair.Get(s.path+"/quotas").Want(t, 200, "Filière", "École")
}

// Whoever does not organise is turned away from every act and every page of organisers.
func TestOnlyOrganisers(t *testing.T) {
	s := imported(t, apptest.Start(t))
	s.list()
	for _, path := range []string{"/edit", "/prepare", "/categories", "/application", "/import", "/import/columns", "/quotas", "/progress", "/volunteers", "/volunteers.csv", "/constituencies", "/ties", "/letters", "/letters/choose", "/letters/letters.csv"} {
		s.member.Get(s.path+path).Want(t, 403)
		s.visitor.Get(s.path+path).Want(t, 303) // to the sign-in page
	}
	for _, path := range []string{"/edit", "/categories", "/application", "/application/close", "/import", "/import/columns", "/quotas", "/quotas/check", "/quotas/accept",
		"/compute", "/stop", "/restart", "/discard", "/relax", "/publish", "/die", "/strike", "/beacon", "/beacon/fetch", "/proclaim", "/volunteers/1/answer", "/invite", "/replace", "/alternates", "/constituencies", "/ties", "/ties/0/drop", "/letters", "/letters/choose"} {
		s.member.Post(s.path+path).Want(t, 403)
		s.visitor.Post(s.path+path).Want(t, 401)
	}
	s.member.Get("/a/eau/draws/new").Want(t, 403)
	s.member.Post("/a/eau/draws/new", "title", "x").Want(t, 403)
	s.chair.Post(s.path+"/edit", "title", "Autre").Want(t, 409)
	s.chair.Post(s.path+"/discard").Want(t, 409)
	s.chair.Post("/a/eau/draws/new", "title", "").Want(t, 422, "Donnez un titre au tirage")
	s.visitor.Get(s.path+"/files/1/secret").Want(t, 404)
	s.visitor.Get(s.path+"/files/7/pool.csv").Want(t, 404)
}

// A beacon announced beforehand: a round that drand really published is the only one accepted,
// pasted or fetched from a relay.
func TestBeacon(t *testing.T) {
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+sortition.DefaultBeacon.Chain+"/public/1000000" {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, "../../../sortition/testdata/default-1000000.json")
	}))
	defer relay.Close()
	h := apptest.StartWithDrand(t, relay.URL)
	s := open(t, h)
	come := sortition.DefaultBeacon.Genesis.Add(999_999 * sortition.DefaultBeacon.Period) // in 2021
	s.at(come.Add(-24 * time.Hour))
	s.prepare()
	s.upload(s.chair, s.pool()).Want(t, 303)
	s.chair.Post(s.path+"/import/columns", "use-0", "name", "use-1", "name", "use-2", "email", "use-3", "address", "use-4", "category", "use-5", "category").Want(t, 303)
	s.chair.Post(s.path+"/compute").Want(t, 303)
	s.computed("La liste est prête")
	local := come.In(s.space.Zone()).Format("2006-01-02T15:04:05")
	s.chair.Post(s.path+"/publish", "sides", "0").Want(t, 422, "Choisissez des dés")
	s.chair.Post(s.path+"/publish", "sides", "0", "chain", "default", "beacon_at", "2020-06-01T13:00").Want(t, 422, "plus d'une minute")
	s.chair.Post(s.path+"/publish", "sides", "0", "chain", "fastnet", "beacon_at", local).Want(t, 422, "une des chaînes")
	s.chair.Post(s.path+"/publish", "sides", "0", "chain", "default", "beacon_at", local).Want(t, 303)
	s.visitor.Get(s.path).Want(t, 200, "chaîne default, tour 1000000", "En attente de la balise", sortition.DefaultBeacon.Chain+"/public/1000000")
	s.chair.Post(s.path+"/beacon", "signature", "00").Want(t, 422, "pas encore venu")
	s.chair.Post(s.path+"/beacon/fetch").Want(t, 422, "pas encore venu")
	s.at(come.Add(time.Minute))
	s.chair.Post(s.path+"/die", "shows", "1").Want(t, 409)
	s.chair.Post(s.path+"/proclaim").Want(t, 409)

	text, err := os.ReadFile("../../../sortition/testdata/default-1000000.json")
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile("../../../sortition/testdata/default-1.json")
	if err != nil {
		t.Fatal(err)
	}
	quicknet, err := os.ReadFile("../../../sortition/testdata/quicknet-1000.json")
	if err != nil {
		t.Fatal(err)
	}
	relabelled := strings.Replace(string(other), `"round":1,`, `"round":1000000,`, 1)
	for typed, want := range map[string]string{
		"{":              "Collez toute la réponse",
		"abab":           "Collez toute la réponse",
		string(other):    "C'est le tour 1",
		relabelled:       "n'est pas celle du tour 1000000",
		string(quicknet): "C'est le tour 1000 ;",
		strings.Replace(string(text), "a26ba4d2", "a26ba4d3", 1):        "empreinte SHA-256",
		strings.Replace(string(text), `"previous_signature"`, `"x"`, 1): "signature précédente comprise",
	} {
		s.chair.Post(s.path+"/beacon", "signature", typed).Want(t, 422, want, html.EscapeString(typed[:1]))
	}
	s.chair.Post(s.path+"/beacon/fetch").Want(t, 303)
	s.chair.Post(s.path+"/beacon", "signature", string(text)).Want(t, 409)
	s.chair.Post(s.path+"/proclaim").Want(t, 303)
	s.verify(1)
}

// A relay that does not answer leaves the answer to be pasted; without a relay nothing is fetched.
func TestBeaconWithoutRelay(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for drand, want := range map[string]int{gone.URL: 422, "": 409} {
		s := open(t, apptest.StartWithDrand(t, drand))
		come := sortition.Quicknet.Genesis.Add(999 * sortition.Quicknet.Period)
		s.at(come.Add(-time.Hour))
		s.prepare()
		s.upload(s.chair, s.pool()).Want(t, 303)
		s.chair.Post(s.path+"/import/columns", "use-0", "name", "use-1", "name", "use-2", "email", "use-3", "address", "use-4", "category", "use-5", "category").Want(t, 303)
		s.chair.Post(s.path+"/compute").Want(t, 303)
		s.computed("La liste est prête")
		s.chair.Post(s.path+"/publish", "sides", "0", "chain", "quicknet", "beacon_at", come.In(s.space.Zone()).Format("2006-01-02T15:04:05")).Want(t, 303)
		s.at(come.Add(time.Minute))
		s.chair.Post(s.path+"/beacon/fetch").Want(t, want, "collez la réponse")
		text, err := os.ReadFile("../../../sortition/testdata/quicknet-1000.json")
		if err != nil {
			t.Fatal(err)
		}
		s.chair.Post(s.path+"/beacon", "signature", string(text)).Want(t, 303)
		s.chair.Post(s.path+"/proclaim").Want(t, 303)
		s.verify(1)
	}
}

func TestExports(t *testing.T) {
	s := imported(t, apptest.Start(t))
	s.list()
	var found []string
	s.Read(func(tx *db.Tx) error {
		return s.Export(tx, func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			if i := strings.Index(name, "draw"); i >= 0 {
				found = append(found, path.Base(name))
			}
			return write(&b)
		})
	})
	for _, want := range []string{"draws.json", "report.json", "pool.csv", "categories.csv", "panels.csv"} {
		if !slices.Contains(found, want) {
			t.Errorf("%s is not exported: %v", want, found)
		}
	}
	// What is held of a member who volunteered, and its erasure.
	m := s.AddMember(people.Member{Email: "Personne07@secret.example"})
	files := func() (text string) {
		s.Read(func(tx *db.Tx) error {
			return draw.New(nil).ExportMember(tx, m.ID, func(_ string, write func(io.Writer) error) error {
				var b bytes.Buffer
				err := write(&b)
				text += b.String()
				return err
			})
		})
		return text
	}
	if got := files(); !strings.Contains(got, "Secrète07") || !strings.Contains(got, "Femme") || strings.Contains(got, "Secrète08") {
		t.Errorf("the member's copy says %s", got)
	}
	s.Write(func(tx *db.Tx) error { return draw.New(nil).EraseMember(tx, m.ID) })
	if got := files(); got != "" {
		t.Errorf("after the erasure: %s", got)
	}
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("draw.") }
