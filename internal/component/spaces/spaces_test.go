package spaces_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

var now = time.Date(2027, 5, 3, 8, 0, 0, 0, time.UTC)

func open(h *apptest.House, s space.Space, phases ...space.Phase) space.Space {
	h.T.Helper()
	s.Kind = space.GeneralAssembly
	if s.TimeZone == "" {
		s.TimeZone = "Europe/Paris"
	}
	h.Write(func(tx *db.Tx) (err error) {
		if s, err = space.Create(tx, 0, s); err != nil {
			return err
		}
		return space.SetPhases(tx, 0, s, phases)
	})
	return s
}

func give(h *apptest.House, s space.Space, r people.Role) *apptest.Browser {
	h.T.Helper()
	var a people.Account
	h.Write(func(tx *db.Tx) (err error) {
		if a, err = people.OpenAccount(tx, "Une personne "+string(r), string(r)+"@example.org", "fr"); err != nil {
			return err
		}
		return space.GiveRole(tx, 0, s.ID, a.ID, r)
	})
	return h.As(a.ID)
}

func TestWords(t *testing.T) {
	h := apptest.Start(t)
	h.CheckWords("spaces.")
	for _, r := range people.Roles {
		for _, key := range []string{"spaces.role." + string(r), "spaces.role." + string(r) + ".does", "event.value.role." + string(r)} {
			if !h.Site.Words.Has(key) {
				t.Errorf("there is no word for %s", key)
			}
		}
	}
	for _, tpl := range space.Templates {
		tpl.Phases(now, 15, now, func(key string) string {
			for _, k := range []string{"spaces.phase." + key, "spaces.phases.hint." + key} {
				if !h.Site.Words.Has(k) {
					t.Errorf("there is no word for %s", k)
				}
			}
			return key
		})
	}
}

// Every page, for each role that must not pass.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := open(h, space.Space{Slug: "ag", Title: "AG", Visibility: space.Members})
	member := h.As(h.AccountOf(h.AddMember(people.Member{})).ID)
	stranger := h.As(func() int64 {
		var a people.Account
		h.Write(func(tx *db.Tx) (err error) { a, err = people.OpenAccount(tx, "X", "x@example.org", "fr"); return err })
		return a.ID
	}())
	chair := give(h, s, people.Chair)
	for _, path := range []string{"/a/ag/edit", "/a/ag/edit/phases", "/a/ag/edit/roles", "/a/ag/statutes/edit", "/a/ag/roll/refused"} {
		h.Visitor().Get(path).Want(t, 303)
		stranger.Get(path).Want(t, 404)
		member.Get(path).Want(t, 403)
		for _, r := range []people.Role{people.Scrutineer, people.Facilitator, people.Expert, people.Assistant, people.Participant, people.Observer} {
			give(h, s, r).Get(path).Want(t, 403)
		}
	}
	for _, path := range []string{"/a/ag/edit", "/a/ag/edit/phases", "/a/ag/edit/roles/give", "/a/ag/edit/roles/take", "/a/ag/statutes/edit", "/a/ag/roll"} {
		h.Visitor().Post(path, "do", "save").Want(t, 401)
		stranger.Post(path, "do", "save").Want(t, 404)
		member.Post(path, "do", "save").Want(t, 403)
		give(h, s, people.Scrutineer).Post(path, "do", "save").Want(t, 403)
	}
	for _, path := range []string{"/a/new", "/settings", "/settings/statutes", "/settings/roles"} {
		h.Visitor().Get(path).Want(t, 303)
		member.Get(path).Want(t, 403)
		chair.Get(path).Want(t, 403)
	}
	for _, path := range []string{"/a/new", "/settings", "/settings/statutes", "/settings/roles/give", "/settings/roles/take"} {
		h.Visitor().Post(path, "role", "administrator").Want(t, 401)
		member.Post(path, "role", "administrator").Want(t, 403)
		chair.Post(path, "role", "administrator").Want(t, 403)
	}
	for _, path := range []string{"/a/ag", "/a/ag/statutes", "/a/ag/roll"} {
		h.Visitor().Get(path).Want(t, 303)
		stranger.Get(path).Want(t, 404)
	}
	give(h, s, people.Participant).Get("/a/ag/roll").Want(t, 403) // neither a member nor an organiser: no place on the roll
}

func TestHomeAndList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.SetClock(now)
		admin := h.As(h.Administrator().ID)
		h.Visitor().Get("/").Want(t, 200, "Aucune assemblée pour l'instant", "Se connecter", "!Créer une assemblée")
		admin.Get("/").Want(t, 200, "importez le registre", "Créer une assemblée")
		step := func(from, to time.Duration) space.Phase {
			return space.Phase{Title: "Débat", Start: now.Add(from), End: now.Add(to)}
		}
		open(h, space.Space{Slug: "ouverte", Title: "Assemblée ouverte", Visibility: space.Public}, step(-time.Hour, time.Hour))
		open(h, space.Space{Slug: "finie", Title: "Assemblée finie", Visibility: space.Public}, step(-48*time.Hour, -time.Hour))
		open(h, space.Space{Slug: "privee", Title: "Assemblée privée", Visibility: space.Participants}, step(time.Hour, 2*time.Hour))
		h.Visitor().Get("/").Want(t, 200, "Assemblées publiques", "Assemblée ouverte", "!Assemblée privée")
		member := h.As(h.AccountOf(h.AddMember(people.Member{FirstName: "Inès", LastName: "Bernard"})).ID)
		member.Get("/").Want(t, 200, "Bonjour Inès Bernard", "Rien à faire pour l'instant", "!Assemblée privée")
		admin.Get("/").Want(t, 200, "La préparation continue", "Nommer la personne qui préside", "Assemblée privée")
		h.Visitor().Get("/a?season=open").Want(t, 200, "Assemblée ouverte", "!Assemblée finie")
		h.Visitor().Get("/a?season=closed").Want(t, 200, "Assemblée finie", "terminée le 3 mai", "!Assemblée ouverte")
		h.Visitor().Get("/a?season=coming").Want(t, 200, "Aucune assemblée dans cette liste")
		admin.Get("/a?season=coming").Want(t, 200, "Assemblée privée")
		h.Visitor().Get("/a?page=7").Want(t, 200, "Aucune assemblée dans cette liste")
	})
}

// In the demonstration a visitor is first asked who to be.
func TestHomeOfDemonstration(t *testing.T) {
	h := apptest.Start(t)
	h.Site.Demo = true
	if to := h.Visitor().Get("/").Want(t, 303).Location; to != "/demo" {
		t.Errorf("a visitor is sent to %q", to)
	}
	h.As(h.Administrator().ID).Get("/").Want(t, 200, "Bonjour")
}

func TestSpacePage(t *testing.T) {
	h := apptest.Start(t)
	h.SetClock(now)
	s := open(h, space.Space{Slug: "ag", Title: "Assemblée 2027", Kicker: "Assemblée générale", Summary: "Trois comptes.", Place: "Nantes", Visibility: space.Public},
		space.Phase{Key: space.PhaseConvocation, Title: "Convocation", Start: now.AddDate(0, 0, -20)},
		space.Phase{Key: space.PhaseVote, Title: "Vote", Start: now.Add(-time.Hour), End: time.Date(2027, 5, 10, 18, 0, 0, 0, time.UTC)},
		space.Phase{Key: space.PhaseMeeting, Title: "Rencontre", Start: time.Date(2027, 5, 10, 16, 0, 0, 0, time.UTC), End: time.Date(2027, 5, 10, 18, 0, 0, 0, time.UTC)},
		space.Phase{Key: space.PhaseMinutes, Title: "Procès-verbal", Start: time.Date(2027, 5, 10, 18, 0, 0, 0, time.UTC), End: time.Date(2027, 5, 30, 18, 0, 0, 0, time.UTC)},
		space.Phase{Title: "Fête"})
	h.Visitor().Get("/a/ag").Want(t, 200, "Assemblée générale", "Trois comptes.", "Nantes", "13 avril, 10 h", "jusqu'au 10 mai, 20 h", "10 mai, de 18 h à 20 h",
		"avant le 30 mai", "date à fixer", "Connectez-vous pour prendre part", "Prochaine étape : Rencontre", "!Préparation")
	give(h, s, people.Scrutineer).Get("/a/ag").Want(t, 200, "!Préparation :")
	give(h, s, people.Officer).Get("/a/ag").Want(t, 200, "Préparation :", "Nommer la personne qui préside", "Nommer deux personnes pour le dépouillement", "Arrêter la liste électorale")
	if n := strings.Count(give(h, s, people.Officer).Get("/a/ag").Body, "btn-primary"); n != 1 {
		t.Errorf("%d primary buttons on the page", n)
	}
	h.Visitor().Get("/a/unknown").Want(t, 404)
}

func TestCreate(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.SetClock(now)
		admin := h.As(h.Administrator().ID)
		admin.Get("/a/new").Want(t, 200, "Assemblée générale annuelle", "Modèle SCIC")
		form := []string{"template", "ordinary", "title", "Assemblée générale 2027", "start", "2027-06-10T18:00", "time_zone", "Europe/Paris", "visibility", "members", "statutes", "scic"}
		admin.Post("/a/new", form...).Want(t, 303)
		admin.Get("/a/assemblee-generale-2027").Want(t, 200, "Assemblée générale ordinaire", "20 mai, 9 h", "du 4 juin au 10 juin, 20 h", "10 juin, de 18 h à 20 h", "!étape faite sur 5. ")
		admin.Post("/a/new", form...).Want(t, 422, "déjà prise", "Assemblée générale 2027")
		admin.Post("/a/new", "title", "", "slug", "Pas Bon", "start", "demain", "time_zone", "Mars/Olympus", "visibility", "martians", "statutes", "none", "template", "none").
			Want(t, 422, "Donnez un titre", "L'adresse ne prend que", "Donnez un jour et une heure", "fuseau horaire", "Choisissez qui peut lire", "Choisissez un modèle", "Choisissez les règles", "Pas Bon")
		admin.Post("/a/new", "template", "ordinary", "title", "Trop tard", "start", "2027-05-03T10:30", "time_zone", "Europe/Paris", "visibility", "members", "statutes", "scic").
			Want(t, 422, "Choisissez un moment à venir")
		h.Read(func(tx *db.Tx) error {
			a, err := space.Enter(tx, "assemblee-generale-2027", people.Viewer{Account: 1, Admin: true})
			if err != nil {
				return err
			}
			rules, err := electorate.Rules(tx, a.Space.ID)
			if rules.Kind != statute.SCIC || len(rules.Colleges) != 3 {
				t.Errorf("the statutes are of kind %s", rules.Kind)
			}
			return err
		})

		// The organisation's own statutes come first once there are any.
		text := strings.Replace(string(statute.Template(statute.Association)), "calls = [15]", "calls = [30]", 1)
		admin.Post("/settings/statutes", "text", text, "do", "save").Want(t, 303)
		admin.Get("/a/new").Want(t, 200, "Les statuts de l'organisation")
		admin.Post("/a/new", "template", "extraordinary", "title", "Extra", "start", "2027-09-10T18:00", "time_zone", "Europe/Paris", "visibility", "members", "statutes", "own").Want(t, 303)
		admin.Get("/a/extra").Want(t, 200, "8 août, 9 h") // 33 days before: the notice, and three days of margin
	})
}

func TestFactsAndPhases(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.SetClock(now)
		s := open(h, space.Space{Slug: "ag", Title: "AG", Visibility: space.Members})
		officer := give(h, s, people.Officer)
		officer.Post("/a/ag/edit", "title", " ", "visibility", "members", "time_zone", "Europe/Paris", "summary", "gardé").Want(t, 422, "Donnez un titre", "gardé")
		officer.Post("/a/ag/edit", "title", "Assemblée", "kicker", "Extraordinaire", "visibility", "public", "time_zone", "Indian/Reunion").Want(t, 303)
		h.Visitor().Get("/a/ag").Want(t, 200, "Assemblée", "Extraordinaire")

		rows := []string{"phase-0-key", "vote", "phase-0-title", "Vote", "phase-0-start", "2027-06-01T09:00", "phase-0-end", "2027-06-08T20:00",
			"phase-1-key", "vote", "phase-1-title", "Encore", "phase-1-start", "2027-06-09T09:00:00", "phase-1-end", ""}
		officer.Post("/a/ag/edit/phases", append(rows, "do", "up-1")...).Want(t, 200, "Encore")
		h.Visitor().Get("/a/ag").Want(t, 200, "!Encore")
		officer.Post("/a/ag/edit/phases", append(rows, "do", "save")...).Want(t, 303)
		h.Visitor().Get("/a/ag").Want(t, 200, "du 1er juin au 8 juin, 20 h", "Encore", "9 juin, 9 h")
		h.Read(func(tx *db.Tx) error {
			phases, err := space.Phases(tx, s.ID)
			if len(phases) != 2 || phases[0].Key != "vote" || phases[1].Key != "" || !phases[0].Start.Equal(time.Date(2027, 6, 1, 5, 0, 0, 0, time.UTC)) {
				t.Errorf("%+v", phases)
			}
			return err
		})
		officer.Post("/a/ag/edit/phases", "phase-0-title", "", "phase-0-start", "hier", "phase-0-end", "2027-06-08T20:00", "do", "save").
			Want(t, 422, "Donnez un nom", "Donnez un jour et une heure")
		var many []string
		for i := range 14 {
			many = append(many, "phase-"+strconv.Itoa(i)+"-title", "Étape")
		}
		officer.Post("/a/ag/edit/phases", append(many, "do", "save")...).Want(t, 422, "12 étapes au plus")
		officer.Post("/a/ag/edit/phases", "do", "save").Want(t, 303)
		officer.Get("/a/ag/edit/phases").Want(t, 200, "Aucune étape")
	})
}

func TestArchive(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.SetClock(now)
		s := open(h, space.Space{Slug: "ag", Title: "AG 2019", Visibility: space.Public}, space.Phase{Title: "Vote", Start: now})
		chair, officer := give(h, s, people.Chair), give(h, s, people.Officer)
		officer.Get("/a/ag/edit").Want(t, 200, "!Archiver cette assemblée")
		officer.Post("/a/ag/edit/archive").Want(t, 403)
		h.Visitor().Post("/a/ag/edit/archive").Want(t, 401)
		chair.Get("/a/ag/edit").Want(t, 200, "Archiver cette assemblée")
		chair.Post("/a/ag/edit/archive").Want(t, 303)
		chair.Post("/a/ag/edit/archive").Want(t, 303) // twice is once
		h.Visitor().Get("/a").Want(t, 200, "!AG 2019")
		h.Visitor().Get("/a?season=closed").Want(t, 200, "AG 2019")
		h.Visitor().Get("/a/ag").Want(t, 200, "Archivée le lundi 3 mai 2027")
		chair.Get("/a/ag/edit").Want(t, 200, "Sortir des archives")
		officer.Post("/a/ag/edit/reopen").Want(t, 403)
		chair.Post("/a/ag/edit/reopen").Want(t, 303)
		h.Visitor().Get("/a").Want(t, 200, "AG 2019")
		h.TickNow()
		h.Read(func(tx *db.Tx) error {
			events, err := journal.Read(tx, journal.Filter{Space: s.ID, Kinds: []string{"space.archived", "space.reopened"}, Limit: 9})
			if len(events) != 2 {
				t.Errorf("%d events of the archive", len(events))
			}
			return err
		})
	})
}

func TestRoles(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(h, space.Space{Slug: "ag", Title: "AG", Visibility: space.Members})
		admin := h.Administrator()
		ines := h.AddMember(people.Member{Number: "A7", FirstName: "Inès", LastName: "Bernard", Email: "ines@example.org"})
		chair := give(h, s, people.Chair)
		page := chair.Get("/a/ag/edit/roles?role=scrutineer&q=bern").Want(t, 200, "Inès Bernard", "membre n° A7")
		id := regexp.MustCompile(`name="member" value="(\d+)"`).FindStringSubmatch(page.Body)
		if id == nil {
			t.Fatal("nobody was found")
		}
		for i := range 12 {
			h.AddMember(people.Member{Number: fmt.Sprint(70 + i), FirstName: "Ada", LastName: "Abad"})
		}
		h.AddMember(people.Member{Number: "7", FirstName: "Zoé", LastName: "Zola"})
		chair.Get("/a/ag/edit/roles?role=expert&q=7").Want(t, 200, "Zoé Zola", "membre n° 7 ")
		chair.Post("/a/ag/edit/roles/give", "role", "scrutineer", "member", id[1]).Want(t, 303)
		chair.Post("/a/ag/edit/roles/give", "role", "scrutineer", "member", id[1]).Want(t, 303) // a second time changes nothing
		for _, r := range []string{"administrator", "chair", "officer", "emperor"} {
			chair.Post("/a/ag/edit/roles/give", "role", r, "member", id[1]).Want(t, 403)
			chair.Post("/a/ag/edit/roles/take", "role", r, "account", strconv.FormatInt(admin.ID, 10)).Want(t, 403)
		}
		chair.Get("/a/ag/edit/roles?role=expert&q=ines@example.org").Want(t, 200, "Inès Bernard")
		chair.Get("/a/ag/edit/roles?role=expert&q=nemo").Want(t, 200, "Personne ne correspond")
		chair.Get("/a/ag/edit/roles?role=expert&q=nouvelle@example.org").Want(t, 200, "Personne n'a l'adresse")
		chair.Post("/a/ag/edit/roles/give", "role", "expert", "email", "nouvelle@example.org", "q", "nouvelle@example.org").Want(t, 422, "Donnez le nom")
		chair.Post("/a/ag/edit/roles/give", "role", "expert", "email", "nouvelle@example.org", "name", "Zoé Nouvelle").Want(t, 303)
		chair.Post("/a/ag/edit/roles/give", "role", "expert", "email", "ines@example.org", "name", "Fausse Inès").Want(t, 422, "déjà connue")
		chair.Post("/a/ag/edit/roles/give", "role", "expert").Want(t, 422, "Dites à qui")
		chair.Post("/a/ag/edit/roles/give", "role", "expert", "member", "99").Want(t, 404)
		chair.Post("/a/ag/edit/roles/give", "role", "expert", "account", "99").Want(t, 404)
		chair.Get("/a/ag/edit/roles").Want(t, 200, "Inès Bernard", "Zoé Nouvelle")

		var account people.Account
		h.Read(func(tx *db.Tx) error {
			holders, err := space.RoleHolders(tx, s.ID, people.Scrutineer)
			if err != nil {
				return err
			}
			if len(holders) != 1 || holders[0].Name != ines.Name() {
				t.Fatalf("%+v", holders)
			}
			account, err = people.FindAccount(tx, holders[0].Account)
			if account.Member != ines.ID {
				t.Error("the account is not the member's")
			}
			return err
		})
		chair.Post("/a/ag/edit/roles/take", "role", "scrutineer", "account", strconv.FormatInt(account.ID, 10)).Want(t, 303)
		chair.Get("/a/ag/edit/roles").Want(t, 200, "!Inès Bernard")

		boss := h.As(admin.ID)
		boss.Post("/settings/roles/give", "role", "chair", "account", strconv.FormatInt(account.ID, 10)).Want(t, 403)
		boss.Post("/settings/roles/take", "role", "administrator", "account", strconv.FormatInt(admin.ID, 10)).Want(t, 409, "au moins une personne")
		boss.Post("/settings/roles/give", "role", "administrator", "account", strconv.FormatInt(account.ID, 10)).Want(t, 303)
		boss.Get("/settings/roles").Want(t, 200, "Inès Bernard")
		boss.Post("/settings/roles/take", "role", "administrator", "account", strconv.FormatInt(admin.ID, 10)).Want(t, 303)
		boss.Get("/settings/roles").Want(t, 403)
	})
}

func TestStatutes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(h, space.Space{Slug: "ag", Title: "AG", Visibility: space.Public})
		officer := give(h, s, people.Officer)
		h.Visitor().Get("/a/ag/statutes").Want(t, 200, "Aucune règle propre", "Une personne, une voix", "!Modifier les règles")
		officer.Get("/a/ag/statutes/edit?template=scic").Want(t, 200, "Texte des règles", "pas encore enregistré", "Salarié·es")
		scic := string(statute.Template(statute.SCIC))
		wrong := strings.Replace(scic, `weight = "50 %"`, `weight = "60 %"`, 1)
		officer.Post("/a/ag/statutes/edit", "text", wrong, "do", "check").Want(t, 200, "À corriger, ligne", "60 %")
		officer.Post("/a/ag/statutes/edit", "text", wrong, "do", "save").Want(t, 422, "se contredisent", "À corriger, ligne", "60 %")
		officer.Post("/a/ag/statutes/edit", "text", "kind = [", "do", "save").Want(t, 422, "À corriger")
		officer.Post("/a/ag/statutes/edit", "text", scic, "do", "save").Want(t, 303)
		officer.Post("/a/ag/statutes/edit", "text", scic, "do", "save").Want(t, 303) // nothing changed, nothing written
		h.Visitor().Get("/a/ag/statutes").Want(t, 200, "Collège Salarié·es", "Pèse 50 % du résultat", "deux tiers", "Quorum : un cinquième des membres à la première convocation ; aucun à la deuxième",
			"Au moins 15 jours", "2 pouvoirs au plus", "statuts, art. 18", "!Aucune règle propre", "!spaces.rules")
		h.Read(func(tx *db.Tx) error {
			events, err := journal.Read(tx, journal.Filter{Space: s.ID, Kinds: []string{"electorate.statutes_changed"}})
			if h.Site.DB.Dialect == db.SQLite && len(events) != 1 {
				t.Errorf("%d changes in the journal, want 1", len(events))
			}
			return err
		})
		for _, k := range statute.TemplateKinds {
			officer.Post("/a/ag/statutes/edit", "text", string(statute.Template(k)), "do", "save").Want(t, 303)
			for _, b := range []*apptest.Browser{officer, h.Visitor()} {
				b.Get("/a/ag/statutes").Want(t, 200, "!spaces.rules.", "!{")
			}
		}

		h.Components = append(h.Components, voting{})
		officer.Get("/a/ag/statutes/edit").Want(t, 409, "Un vote a ouvert")
		officer.Post("/a/ag/statutes/edit", "text", scic, "do", "save").Want(t, 409, "Un vote a ouvert")
		officer.Get("/a/ag/statutes").Want(t, 200, "Un vote a ouvert", "!Modifier les règles")
	})
}

// voting is a component whose vote has opened.
type voting struct{}

func (voting) Key() string        { return "voting" }
func (voting) Migrations() fs.FS  { return nil }
func (voting) Locale() fs.FS      { return fstest.MapFS{} }
func (voting) Routes(*web.Router) {}
func (voting) Period(*db.Tx, int64) (component.Period, error) {
	return component.Period{Opened: true}, nil
}
func (voting) VotedFor(*db.Tx, int64, int64) (bool, error) { return false, nil }
func (voting) Missing(*db.Tx, int64) ([]int64, error)      { return nil, nil }

func TestRoll(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.SetClock(now)
		s := open(h, space.Space{Slug: "ag", Title: "AG", Visibility: space.Members})
		officer, scrutineer := give(h, s, people.Officer), give(h, s, people.Scrutineer)
		h.Write(func(tx *db.Tx) error {
			_, err := electorate.SetStatutes(tx, 0, s, string(statute.Template(statute.SCIC)))
			return err
		})
		in := h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard", College: "usagers"})
		out := h.AddMember(people.Member{Number: "2", FirstName: "Marc", LastName: "Nouveau", College: "usagers", AdmittedOn: "2027-06-20"})
		h.AddMember(people.Member{Number: "3", LastName: "Sans Collège"})
		h.AddMember(people.Member{Number: "4", LastName: "Partie", College: "salaries", LeftOn: "2027-01-01"})
		member, late := h.As(h.AccountOf(in).ID), h.As(h.AccountOf(out).ID)
		officer.Get("/a/ag/roll").Want(t, 200, "Fixez d'abord la date")
		officer.Post("/a/ag/roll").Want(t, 409, "Fixez d'abord la date")
		officer.Get("/a/ag/roll/refused").Want(t, 409)
		meeting := func(day int) {
			h.Write(func(tx *db.Tx) error {
				return space.SetPhases(tx, 0, s, []space.Phase{{Key: space.PhaseMeeting, Title: "Assemblée", Start: time.Date(2027, 6, day, 16, 0, 0, 0, time.UTC)}})
			})
		}
		meeting(10)
		member.Get("/a/ag/roll").Want(t, 200, "pas encore arrêtée")
		scrutineer.Post("/a/ag/roll").Want(t, 403)
		officer.Post("/a/ag/roll").Want(t, 303)
		officer.Get("/a/ag/roll").Want(t, 200, "1 personne peut voter", "Inès Bernard", "Usager·es", "2 membres n'ont pas le droit de vote", "!Marc Nouveau")
		scrutineer.Get("/a/ag/roll").Want(t, 200, "Inès Bernard", "!Arrêter la liste")
		officer.Get("/a/ag/roll?q=zzz").Want(t, 200, "Personne à ce nom")
		officer.Get("/a/ag/roll/refused").Want(t, 200, "Marc Nouveau", "Admission trop récente", "Sans Collège", "rattaché à aucun collège", "!Partie", "!Inès")
		member.Get("/a/ag/roll").Want(t, 200, "Vous êtes sur la liste, avec 1 voix", "Usager·es", "!Les personnes", "!Par collège")
		late.Get("/a/ag/roll").Want(t, 200, "Vous n'êtes pas sur la liste", "Admission trop récente", "!Inès Bernard")
		meeting(25)
		officer.Get("/a/ag/roll").Want(t, 200, "La date de l'assemblée a changé", "vendredi 25 juin 2027")
		officer.Post("/a/ag/roll").Want(t, 303)
		late.Get("/a/ag/roll").Want(t, 200, "Vous êtes sur la liste")
		officer.Post("/a/ag/statutes/edit", "text", string(statute.Template(statute.SCIC))+"\n", "do", "save").Want(t, 303)
		officer.Get("/a/ag/statutes/edit?saved=1").Want(t, 200, "a été dressée à nouveau selon ces règles")
		h.Write(func(tx *db.Tx) error { return electorate.Attend(tx, s.ID, in.ID, electorate.Online) })
		officer.Get("/a/ag/roll").Want(t, 200, "ne peut plus être refaite", "!Arrêter la liste de nouveau")
		h.SetClock(time.Now().Add(time.Minute))
		officer.Post("/a/ag/statutes/edit", "text", string(statute.Template(statute.SCIC))+"\n\n", "do", "save").Want(t, 303)
		officer.Get("/a/ag/statutes/edit?saved=1").Want(t, 200, "!a été dressée à nouveau")
		officer.Post("/a/ag/roll").Want(t, 409)
	})
}

func TestSettings(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.As(h.Administrator().ID)
		admin.Post("/settings", "do", "save", "name", "", "email", "nulle part", "time_zone", "x", "college-0-key", "Pas Bon", "college-0-name", "", "college-1-key", "a", "college-1-name", "A", "college-2-key", "a", "college-2-name", "B").
			Want(t, 422, "Donnez le nom de l'organisation", "n'est pas complète", "fuseau horaire", "Le code ne prend que", "Donnez le nom de ce collège", "déjà celui d'un autre collège", "!Enregistré")
		admin.Post("/settings", "do", "add", "name", "Les Deux Rives").Want(t, 200, "Collège 1", "Les Deux Rives")
		admin.Post("/settings", "do", "remove-0", "name", "Les Deux Rives", "college-0-key", "a", "college-0-name", "Adieu").Want(t, 200, "!Adieu")
		h.Visitor().Get("/").Want(t, 200, "!Les Deux Rives")
		admin.Post("/settings", "do", "save", "name", "Les Deux Rives", "legal_form", "SCIC", "email", "Bonjour@Example.org", "time_zone", "Europe/Paris", "address", "3 rue du Pont\r\n44000 Nantes",
			"college-0-key", "usagers", "college-0-name", "Usager·es").Want(t, 303)
		h.Visitor().Get("/").Want(t, 200, "Les Deux Rives", "SCIC") // at once: the identity is not kept from before
		for _, path := range []string{"/accessibility", "/source", "/verify", "/privacy"} {
			h.Visitor().Get(path).Want(t, 200, "!spaces.page", "!{", "<h2>")
		}
		h.Visitor().Get("/verify").Want(t, 200, "isegoria verify FICHIER.zip", "isegoria journal verify")
		h.Visitor().Get("/privacy").Want(t, 200, "bonjour@example.org")
		admin.Post("/settings/statutes", "text", "kind = 'king'", "do", "save").Want(t, 422, "À corriger")
		admin.Post("/settings/statutes", "text", "kind = 'king'", "do", "check").Want(t, 200, "À corriger", "pas encore enregistré")
		admin.Post("/settings/statutes", "text", strings.Repeat("#", 300_000), "do", "check").Want(t, 422, "trop long")
	})
}
