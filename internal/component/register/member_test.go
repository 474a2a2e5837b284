package register_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// Every page is for administrators of the organisation, and for nobody else.
func TestOnlyAdministratorsComeIn(t *testing.T) {
	h := apptest.Start(t)
	m := h.AddMember(people.Member{Number: "1", LastName: "Dupont", City: "Secret"})
	account := h.AccountOf(m)
	officer := h.AccountOf(h.AddMember(people.Member{Number: "2", LastName: "Roux"}))
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO role (space_id, account_id, role) VALUES (5, $1, 'officer'), (5, $1, 'administrator')", officer.ID)
		return err
	})
	routes := 0
	for _, pattern := range h.Router.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.HasPrefix(path, "/register") {
			continue
		}
		routes++
		path = strings.ReplaceAll(path, "{id}", fmt.Sprint(m.ID))
		for who, b := range map[string]*apptest.Browser{"member": h.As(account.ID), "officer": h.As(officer.ID)} {
			ask := func() apptest.Answer { return b.Get(path) }
			if method == "POST" {
				ask = func() apptest.Answer { return b.Post(path, "number", "1", "last_name", "x", "left_on", "2020-01-01") }
			}
			if a := ask(); a.Status != 403 || strings.Contains(a.Body, "Secret") {
				t.Errorf("%s %s as %s: %d", method, path, who, a.Status)
			}
		}
		if method == "GET" {
			if a := h.Visitor().Get(path); a.Status != 303 || !strings.HasPrefix(a.Location, "/sign-in") {
				t.Errorf("%s as a visitor: %d %s", path, a.Status, a.Location)
			}
		} else {
			h.Visitor().Post(path).Want(t, 401)
		}
	}
	if routes != 21 {
		t.Errorf("%d routes were tried", routes)
	}
	if got := member(t, h, "1"); got != m {
		t.Errorf("the line was changed: %+v", got)
	}
}

func TestAddChangeAndLeave(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		admin.Get("/register/new").Want(t, 200, "Ajouter un membre", "elle recevra des lettres")
		admin.Post("/register/new", "number", "", "last_name", "Roux", "email", "roux", "shares", "x", "admitted_on", "hier", "city", "Blois").
			Want(t, 422, "Il manque le numéro", "n'est pas une adresse", "« x » n'est pas un nombre entier", "« hier » n'est pas une date", `value="Blois"`)
		to := admin.Post("/register/new", "number", "12", "kind", "person", "last_name", "Roux", "first_name", "Théo", "shares", "2",
			"paid_up", "yes", "admitted_on", "2021-04-12", "language", "fr").Want(t, 303).Location
		admin.Post("/register/new", "number", "12", "last_name", "Autre").Want(t, 422, "Le numéro 12 est déjà celui d'un autre membre")
		admin.Get(to).Want(t, 200, "Théo Roux", "lundi 12 avril 2021", "reçoit ses convocations par lettre")
		admin.Get(to+"/edit").Want(t, 200, `value="Roux"`, "!name=\"number\"")
		admin.Post(to+"/edit", "kind", "person", "last_name", "").Want(t, 422, "Il manque le nom")
		admin.Post(to+"/edit", "kind", "person", "last_name", "Roux", "first_name", "Théo", "shares", "5", "email", "Theo@Example.org",
			"admitted_on", "2021-04-12", "language", "fr", "number", "99").Want(t, 303)
		m := member(t, h, "12")
		if m.Shares != 5 || m.Email != "theo@example.org" || m.PaidUp {
			t.Errorf("%+v", m)
		}
		admin.Post(to+"/leave", "left_on", "demain").Want(t, 422, "« demain » n'est pas une date")
		admin.Post(to+"/leave", "left_on", "2025-12-31").Want(t, 303)
		h.TickNow()
		admin.Get(to).Want(t, 200, "A quitté", "Parts : 2 → 5", "Adresse électronique : (vide) → theo@example.org", "Parts libérées : Oui → Non",
			"Date de départ : (vide) → mercredi 31 décembre 2025", "Fiche créée (Camille Administratrice)")
		admin.Get("/register?q=théo").Want(t, 200, "1 membre", "Roux Théo", "A quitté")
		admin.Get("/register?q=theo&state=present").Want(t, 200, "Personne ne correspond")
		admin.Get("/register/member/99999").Want(t, 404)
		admin.Get("/register/member/x").Want(t, 404)
	})
}

func TestLongListHasPages(t *testing.T) {
	h := apptest.Start(t)
	admin := h.As(h.Administrator().ID)
	var changes []people.MemberChanged
	for i := range 120 {
		changes = append(changes, people.MemberChanged{New: true, Member: people.Member{Number: fmt.Sprint(i), Kind: people.Person, LastName: fmt.Sprintf("Nom%03d", i), Language: "fr"}})
	}
	h.Write(func(tx *db.Tx) error { return people.SaveMembers(tx, 0, changes, func(int) {}) })
	next := regexp.MustCompile(`href="([^"]*)" rel="next"`)
	page := admin.Get("/register?sort=number").Want(t, 200, "120 membres", "Nom000", "Nom049", "!Nom050", `!rel="prev"`)
	page = admin.Get(apptest.Plain(next.FindStringSubmatch(page.Body)[1])).Want(t, 200, "Nom050", "Nom099", `rel="prev"`)
	admin.Get(apptest.Plain(next.FindStringSubmatch(page.Body)[1])).Want(t, 200, "Nom119", `!rel="next"`)
}

// What is exported is read back as the same register.
func TestExportsComeBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		h.Write(func(tx *db.Tx) error {
			return people.SaveIdentity(tx, people.Identity{TimeZone: "Europe/Paris", Colleges: []people.CollegeName{{Key: "users", Name: "Usager·ères"}}})
		})
		h.AddMember(people.Member{Number: "1", LastName: "=cmd()", FirstName: "Inès; \"dite\" Nana", Address: "12 rue\nBât. B", Phone: "+33 6 12", College: "users", Shares: 3, PaidUp: true})
		h.AddMember(people.Member{Number: "2", Kind: people.Organisation, LastName: "Le Pont", Email: "pont@example.org", LeftOn: "2025-01-01", Language: "en"})
		sheet := admin.Get("/register/export.csv").Want(t, 200, "\ufeffNuméro;Personne ou organisation;Nom", "1;Personne;'=cmd()", "+33 6 12", "Usager·ères")
		if strings.Contains(sheet.Body, ";=cmd") {
			t.Error("a cell is a formula to a spreadsheet")
		}
		path := upload(t, h, admin, sheet.Body)
		admin.Post(path, mapping(admin.Get(path))...).Want(t, 303)
		settle(t, admin, path).Want(t, 200, "Le registre dit déjà tout cela")

		var lines []people.Member
		if err := json.Unmarshal([]byte(admin.Get("/register/export.json").Body), &lines); err != nil || len(lines) != 2 || lines[0].LastName != "=cmd()" {
			t.Errorf("%v %+v", err, lines)
		}
		files := map[string]string{}
		h.Read(func(tx *db.Tx) error {
			return component.Ask(&component.Deps{All: func() []component.Component { return h.Components }}, func(e component.Exporter) error {
				return e.Export(tx, func(name string, write func(io.Writer) error) error {
					var b bytes.Buffer
					err := write(&b)
					files[name] = b.String()
					return err
				})
			})
		})
		if files["members.csv"] != sheet.Body || !strings.Contains(files["members.json"], "Le Pont") {
			t.Errorf("%q", files)
		}
	})
}

func TestPersonalDataIsHandedOverThenErased(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		m := h.AddMember(people.Member{Number: "12", LastName: "Lointaine", FirstName: "Maëlle", Email: "maelle@example.org", Shares: 4})
		account := h.AccountOf(m)
		h.As(account.ID).Get("/account").Want(t, 200)
		h.Write(func(tx *db.Tx) error {
			sp, err := space.Create(tx, 0, space.Space{Slug: "juin", Kind: space.GeneralAssembly, Title: "Assemblée de juin", Visibility: space.Members, TimeZone: "Europe/Paris"})
			if err == nil {
				_, _, err = electorate.DrawRoll(tx, 0, sp, time.Now())
			}
			return err
		})
		h.TickNow()
		path := fmt.Sprintf("/register/member/%d", m.ID)

		data := admin.Get(path+"/data.zip").Want(t, 200)
		z, err := zip.NewReader(strings.NewReader(data.Body), int64(len(data.Body)))
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all += f.Name + "\n" + string(text)
		}
		for _, want := range []string{"register/member.json", "register/history.json", "register/assemblies.json", "Assemblée de juin", "account/account.json", "Lointaine", "people.member_changed", "people.signed_in"} {
			if !strings.Contains(all, want) {
				t.Errorf("the copy lacks %s: %.500s", want, all)
			}
		}

		admin.Get(path+"/erase").Want(t, 200, "Notez d'abord la date de son départ", "!Continuer")
		admin.Post(path+"/erase", "number", "12").Want(t, 409)
		admin.Post(path+"/leave", "left_on", "2025-01-01").Want(t, 303)
		admin.Get(path+"/erase").Want(t, 200, "Ce que la loi fait garder", "Continuer", "!Effacer définitivement")
		admin.Get(path+"/erase?step=2").Want(t, 200, "tapez le numéro de ce membre", "Effacer définitivement")
		admin.Post(path+"/erase", "number", "13").Want(t, 422, "Ce n'est pas le numéro de ce membre (12)")
		admin.Post(path+"/erase", "number", "12").Want(t, 303)
		h.TickNow()
		admin.Get(path).Want(t, 200, "Données effacées", "Changement dont le contenu a été effacé", "!Lointaine", "!maelle", "!Modifier")
		admin.Get(path+"/edit").Want(t, 409)
		admin.Get("/register?q=maelle").Want(t, 200, "Personne ne correspond")
		if got := member(t, h, "12"); got.Shares != 4 || got.LeftOn != "2025-01-01" || got.Email != "" {
			t.Errorf("%+v", got)
		}
		h.As(account.ID).Get("/account").Want(t, 303)

		// Neither an import nor a form fills the line again.
		filled := upload(t, h, admin, "number,name\n12,Lointaine\n")
		admin.Post(filled, mapping(admin.Get(filled))...).Want(t, 303)
		settle(t, admin, filled).Want(t, 200, "on ne peut plus la remplir")

		h.Read(func(tx *db.Tx) error {
			report, err := journal.Verify(tx)
			if err != nil || len(report.Faults) > 0 || report.Erased < 3 {
				t.Errorf("%+v %v", report, err)
			}
			events, err := journal.Read(tx, journal.Filter{})
			for _, e := range events {
				if strings.Contains(string(e.Payload), "Lointaine") || strings.Contains(string(e.Payload), "maelle") {
					t.Errorf("%s still says %s", e.Kind, e.Payload)
				}
			}
			return err
		})
	})
}

// Every key that the code names has its words, in both languages, and every kind its sentence.
func TestWords(t *testing.T) {
	h := apptest.Start(t)
	for _, missing := range h.Site.Words.Missing() {
		if strings.Contains(missing, "register.") || strings.Contains(missing, "people.") {
			t.Error(missing)
		}
	}
	files, err := filepath.Glob("*.*")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"((?:register|people|event\.people)\.[a-z_.0-9]*[a-z0-9])"`)
	for _, name := range files {
		if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range key.FindAllSubmatch(text, -1) {
			if k := string(found[1]); !h.Site.Words.Has(k) {
				t.Errorf("%s: no words for %s", name, k)
			}
		}
	}
	for _, c := range h.Components {
		if k, ok := c.(component.JournalKinds); ok && c.Key() == "register" {
			for _, kind := range k.Kinds() {
				if !h.Site.Words.Has("event." + kind.Name) {
					t.Errorf("no sentence for %s", kind.Name)
				}
			}
		}
	}
}
