package register_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// send uploads a file as the form does.
func send(t *testing.T, h *apptest.House, b *apptest.Browser, name, text string) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(text))
	form.Close()
	req, err := http.NewRequest(http.MethodPost, h.URL+"/register/import", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.Do(req)
}

// upload sends a file that must be accepted, and returns the page of its import.
func upload(t *testing.T, h *apptest.House, b *apptest.Browser, text string) string {
	t.Helper()
	return send(t, h, b, "registre.csv", text).Want(t, 303).Location
}

// settle waits until no attempt is at work on the import, and gives its page.
func settle(t *testing.T, b *apptest.Browser, path string) apptest.Answer {
	t.Helper()
	for range 600 {
		a := b.Get(path)
		if !strings.Contains(a.Body, "<live-fragment") {
			return a
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the import does not end")
	return apptest.Answer{}
}

var chosen = regexp.MustCompile(`(?s)<select id="([a-z_0-9-]+)".*?</select>`)
var selected = regexp.MustCompile(`<option value="([^"]*)" selected`)

// mapping is the form of the page as it stands: what was guessed, with changes.
func mapping(page apptest.Answer, changes ...string) []string {
	values := map[string]string{}
	for _, s := range chosen.FindAllStringSubmatch(page.Body, -1) {
		if o := selected.FindStringSubmatch(s[0]); o != nil {
			values[s[1]] = o[1]
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	fields := []string{"act", "check"}
	for name, value := range values {
		fields = append(fields, name, value)
	}
	return fields
}

// importFile takes a file through to the end.
func importFile(t *testing.T, h *apptest.House, b *apptest.Browser, text string) apptest.Answer {
	t.Helper()
	path := upload(t, h, b, text)
	b.Post(path, mapping(b.Get(path))...).Want(t, 303)
	settle(t, b, path).Want(t, 200)
	b.Post(path+"/apply").Want(t, 303)
	return settle(t, b, path)
}

func member(t *testing.T, h *apptest.House, number string) people.Member {
	t.Helper()
	var m people.Member
	h.Read(func(tx *db.Tx) (err error) { m, err = people.FindMemberByNumber(tx, number); return err })
	return m
}

func count(t *testing.T, h *apptest.House) (n int) {
	t.Helper()
	h.Read(func(tx *db.Tx) (err error) { n, err = people.CountMembers(tx); return err })
	return n
}

const file = "Numéro;Nom;Prénom;Courriel;Collège;Parts;Date d'adhésion;Adresse\r\n" +
	"1;Bernard;Inès;ines@example.org;Salarié·es;2;12/04/2021;\"12 rue des Lilas\r\nBât. B\"\r\n" +
	"2;Le Pont;;pont@example.org;Partenaires;1 000;2019-01-31;\r\n" +
	"3;Roux;Théo;;Salarié·es;1;01/02/2020;\r\n" +
	"4;;Sans nom;;Salarié·es;1;01/02/2020;\r\n" +
	"5;Faux;Léa;pas une adresse;Salarié·es;deux;31/02/2020;\r\n" +
	"3;Roux;Encore;;Salarié·es;1;01/02/2020;\r\n" +
	"6;Court\r\n" +
	"7;Petit;Max;ines@example.org;Salarié·es;1;01/02/2020;\r\n"

func TestImportFromUploadToRegister(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		admin.Get("/register").Want(t, 200, "Le registre est vide", "Importer un fichier")
		path := upload(t, h, admin, file)
		page := admin.Get(path).Want(t, 200, "UTF-8", "point-virgule", "A · Numéro (ex. : 1)", "lundi 12 avril 2021", "Bât. B", "Refusée")
		admin.Post(path, mapping(page, "number", "")...).Want(t, 422, "c'est par lui qu'un membre est reconnu")
		admin.Post(path, mapping(page, "city", "0")...).Want(t, 422, "La colonne A est déjà choisie")
		admin.Post(path+"/apply").Want(t, 409)
		if count(t, h) != 0 {
			t.Error("something was imported before the end")
		}
		admin.Post(path, mapping(page)...).Want(t, 303)
		settle(t, admin, path).Want(t, 200, "4 lignes prêtes, 4 refusées", "« Salarié·es » (6 lignes)", "Il manque le nom",
			"n'est pas une adresse électronique", "« deux » n'est pas un nombre entier", "« 31/02/2020 » n'est pas une date",
			"Le numéro 3 est déjà à la ligne 5", "Il y a 2 cases au lieu de 8", "aussi celle du membre 1")
		if count(t, h) != 0 {
			t.Error("the check changed the register")
		}
		admin.Post(path+"/apply").Want(t, 303)
		settle(t, admin, path).Want(t, 200, "Le registre est importé", "4 lignes refusées")
		admin.Post(path+"/apply").Want(t, 409)
		if m := member(t, h, "2"); m.Shares != 1000 || m.AdmittedOn != "2019-01-31" || m.College != "partenaires" || m.Name() != "Le Pont" {
			t.Errorf("%+v", m)
		}
		if m := member(t, h, "1"); m.Address != "12 rue des Lilas\nBât. B" || m.College != "salariees" {
			t.Errorf("%+v", m)
		}
		h.TickNow()
		admin.Get(fmt.Sprintf("/register/member/%d", member(t, h, "1").ID)).Want(t, 200, "Bernard", "Salarié·es", "Fiche créée par un import (Camille")
		refused := admin.Get(path+"/refused.csv").Want(t, 200, "Ligne;Raisons;Numéro;Nom", "5;Faux;Léa;pas une adresse")
		if n := strings.Count(refused.Body, "\r\n"); n != 5 {
			t.Errorf("%d lines in %q", n, refused.Body)
		}

		// The refused lines, mended, go in as they are.
		mended := strings.NewReplacer("pas une adresse", "lea@example.org", ";deux;", ";2;", "31/02/2020", "28/02/2020").Replace(refused.Body)
		importFile(t, h, admin, mended).Want(t, 200, "Le registre est importé")
		if m := member(t, h, "5"); m.LastName != "Faux" || m.AdmittedOn != "2020-02-28" {
			t.Errorf("%+v", m)
		}
		admin.Get("/register/import").Want(t, 200, "registre.csv", "Appliqué")
		admin.Post(path+"/drop").Want(t, 303)
		admin.Get(path).Want(t, 404)
	})
}

// A second import changes the members it knows by their number, in its own columns only.
func TestAddressOnTwoLines(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		file := "Numéro;Nom;Adresse 1;Complément d'adresse;Code postal;Ville\n1;Salaün;4 rue du Port;Bâtiment B;35000;Rennes\n2;Nasri;5 rue du Port;;35000;Rennes\n"
		for range 2 { // a second time changes nothing
			importFile(t, h, admin, file)
			h.Read(func(tx *db.Tx) error {
				for number, want := range map[string]string{"1": "4 rue du Port\nBâtiment B", "2": "5 rue du Port"} {
					if m, err := people.FindMemberByNumber(tx, number); err != nil || m.Address != want {
						t.Errorf("member %s lives at %q, %v", number, m.Address, err)
					}
				}
				return nil
			})
		}
	})
}

func TestReimportTouchesOnlyItsColumns(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		h.AddMember(people.Member{Number: "1", LastName: "Bernard", Email: "a@example.org", City: "Tours", Shares: 3})
		h.AddMember(people.Member{Number: "2", LastName: "Roux", City: "Blois", Shares: 1})
		before := member(t, h, "2")
		path := upload(t, h, admin, "number,shares\n1,5\n2,1\n")
		admin.Post(path, mapping(admin.Get(path))...).Want(t, 303)
		settle(t, admin, path).Want(t, 200, "1 ligne prête", "Inchangés")

		// Somebody changes the line between the check and the import.
		h.AddMember(people.Member{Number: "1", LastName: "Bernard-Roux", Email: "a@example.org", City: "Tours", Shares: 3})
		admin.Post(path+"/apply").Want(t, 303)
		settle(t, admin, path).Want(t, 200, "Le registre est importé")
		if m := member(t, h, "1"); m.Shares != 5 || m.City != "Tours" || m.Email != "a@example.org" || m.LastName != "Bernard-Roux" {
			t.Errorf("%+v", m)
		}
		if m := member(t, h, "2"); m != before {
			t.Errorf("an unchanged line was written: %+v", m)
		}
		h.TickNow()
		admin.Get(fmt.Sprintf("/register/member/%d", member(t, h, "1").ID)).Want(t, 200, "Parts : 3 → 5", "Nom : Bernard → Bernard-Roux")
	})
}

func TestLatin1TabsAndColleges(t *testing.T) {
	h := apptest.Start(t)
	admin := h.As(h.Administrator().ID)
	h.Write(func(tx *db.Tx) error {
		return people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", TimeZone: "Europe/Paris", Colleges: []people.CollegeName{{Key: "users", Name: "Usagers"}}})
	})
	path := upload(t, h, admin, "Registre 2026\n\nN\xb0\tNom\tCat\xe9gorie\n7\tLef\xe8vre\tusagers\n8\tRoux\tUsagères\n9\tPetit\tInconnus\n")
	page := admin.Get(path).Want(t, 200, "Windows-1252", "tabulation", "Lefèvre")
	admin.Post(path, mapping(page)...).Want(t, 303)
	settle(t, admin, path).Want(t, 200, "3 lignes prêtes", "« Inconnus » (1 ligne)")
	admin.Post(path+"/colleges", "college-0", "users", "college-1", "").Want(t, 303)
	settle(t, admin, path).Want(t, 200, "2 lignes prêtes, 1 refusée<", "« Inconnus » n'est pas un collège")
	admin.Post(path+"/apply").Want(t, 303)
	settle(t, admin, path).Want(t, 200, "Le registre est importé")
	if a, b := member(t, h, "7"), member(t, h, "8"); a.LastName != "Lefèvre" || a.College != "users" || b.College != "users" {
		t.Errorf("%+v %+v", a, b)
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	h := apptest.Start(t)
	admin := h.As(h.Administrator().ID)
	for text, want := range map[string]string{
		"":                              "Ce fichier est vide",
		"PK\x03\x04 xlsx":               "un classeur de tableur",
		"\xff\xfea\x00":                 "UTF-16",
		"\x00\x01\x02\x03\x04":          "n'est pas un tableau en texte",
		strings.Repeat("a;b\n", 17<<20): "trop gros : 64 Mo",
	} {
		send(t, h, admin, "x", text).Want(t, 422, want)
	}
	admin.Post("/register/import").Want(t, 422, "Choisissez le fichier")
	var left int
	h.Read(func(tx *db.Tx) error {
		return tx.Row("SELECT (SELECT count(*) FROM register_import) + (SELECT count(*) FROM register_import_piece)", nil, &left)
	})
	if left != 0 {
		t.Errorf("%d rows of refused files are kept", left)
	}
	// Damage in one line is that line's only.
	path := upload(t, h, admin, "numéro;nom\n1;a\x00b\n2;\"c\n"+strings.Repeat("x", 10<<20)+"\n3;d\n")
	admin.Post(path, mapping(admin.Get(path))...).Want(t, 303)
	settle(t, admin, path).Want(t, 200, "1 ligne prête, 3 refusées", "caractère illisible", "Un guillemet s'ouvre", "trop longue")
}

// An attempt that died leaves the register as it was, and can be started again.
func TestCrashInTheMiddle(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		now := time.Now()
		h.SetClock(now)
		admin := h.As(h.Administrator().ID)
		path := upload(t, h, admin, "number,name\n1,Roux\n")
		id := strings.TrimPrefix(path, "/register/import/")
		admin.Post(path, mapping(admin.Get(path))...).Want(t, 303)
		settle(t, admin, path)
		// As a process does that is killed once it has begun to apply.
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE register_import SET state = 'applying', run = 1, beat_at = $2 WHERE CAST(id AS TEXT) = $1", id, tx.Now)
			return err
		})
		admin.Get(path).Want(t, 200, "<live-fragment", "Vous pouvez quitter cette page")
		admin.Get(path+"/progress").Want(t, 200, "<live-fragment")
		admin.Post(path+"/apply").Want(t, 409, "en train de travailler")
		admin.Post(path+"/drop").Want(t, 409)
		h.SetClock(now.Add(people.ImportSilence + time.Second))
		admin.Get(path).Want(t, 200, "s'est interrompue", "Importer 1 ligne")
		admin.Post(path+"/apply").Want(t, 303)
		settle(t, admin, path).Want(t, 200, "Le registre est importé")
		if member(t, h, "1").LastName != "Roux" {
			t.Error("not imported")
		}
	})
}
