package tables_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/tables"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// hall is an assembly of some electors, with its chair, a facilitator, an observer and a stranger.
type hall struct {
	*apptest.House
	t                                *testing.T
	space                            space.Space
	tables                           *tables.Component
	accounts                         []people.Account // of the electors
	members                          []people.Member
	browsers                         map[int64]*apptest.Browser
	chair, guide, observer, stranger *apptest.Browser
	guideAccount                     int64
}

func gather(t *testing.T, h *apptest.House, electors int) *hall {
	t.Helper()
	s := &hall{House: h, t: t, browsers: map[int64]*apptest.Browser{}}
	for _, c := range h.Components {
		if own, ok := c.(*tables.Component); ok {
			s.tables = own
		}
	}
	h.Write(func(tx *db.Tx) (err error) {
		for i := range electors {
			college := []string{"salaries", "usagers"}[i%2]
			m, err := people.SaveMember(tx, 0, people.Member{Number: fmt.Sprint(100 + i), FirstName: fmt.Sprintf("P%d", i), LastName: "Rive", Kind: people.Person, College: college,
				AdmittedOn: "2020-01-01", PaidUp: true, Shares: 1})
			if err != nil {
				return err
			}
			a, err := people.OpenMemberAccount(tx, m)
			if err != nil {
				return err
			}
			s.members, s.accounts = append(s.members, m), append(s.accounts, a)
		}
		return nil
	})
	staff := map[people.Role]int64{}
	h.Write(func(tx *db.Tx) (err error) {
		if s.space, err = space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG 2026", Visibility: space.Members, TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, s.space, string(statute.Template(statute.SCIC))); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, 0, s.space, tx.Now); err != nil {
			return err
		}
		for _, role := range []people.Role{people.Chair, people.Facilitator, people.Observer, "stranger"} {
			a, err := people.OpenAccount(tx, "Compte "+string(role), string(role)+"@example.org", "fr")
			if err != nil {
				return err
			}
			staff[role] = a.ID
			if role != "stranger" {
				if err := space.GiveRole(tx, 0, s.space.ID, a.ID, role); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.guideAccount = staff[people.Facilitator]
	s.chair, s.guide, s.observer, s.stranger = h.As(staff[people.Chair]), h.As(staff[people.Facilitator]), h.As(staff[people.Observer]), h.As(staff["stranger"])
	s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
	return s
}

// form prepares tables of all the electors.
func (s *hall) form(fields ...string) apptest.Answer {
	s.t.Helper()
	all := append([]string{"who", "all", "mix", "random", "shape", "count", "n", "3", "turn", "60"}, fields...)
	return s.chair.Post("/a/ag/tables/new", last(all)...)
}

// last keeps the last value of each field.
func last(fields []string) (out []string) {
	for i := 0; i < len(fields); i += 2 {
		again := false
		for j := i + 2; j < len(fields); j += 2 {
			again = again || fields[j] == fields[i]
		}
		if !again {
			out = append(out, fields[i], fields[i+1])
		}
	}
	return out
}

func (s *hall) as(account int64) *apptest.Browser {
	if s.browsers[account] == nil {
		s.browsers[account] = s.As(account)
	}
	return s.browsers[account]
}

// at lists the electors at a table; a facilitator of the space is left out.
func (s *hall) at(table int64) (list []int64) {
	s.t.Helper()
	s.Read(func(tx *db.Tx) error {
		all, err := s.tables.AtTable(tx, s.space.ID, table)
		for _, id := range all {
			if id != s.guideAccount {
				list = append(list, id)
			}
		}
		return err
	})
	return list
}

func (s *hall) tableOf(account int64) (n int64) {
	s.t.Helper()
	s.Read(func(tx *db.Tx) (err error) { n, err = s.tables.TableOf(tx, s.space.ID, account); return err })
	return n
}

// Forming: what is refused keeps what was typed; nobody moves before the opening; people are moved and named.
func TestForming(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 7)
		s.chair.Get("/a/ag/tables").Want(t, 200, "Qui répartir", "Au plus mélangé")
		s.form("n", "0", "question", "Que garder ?").Want(t, 422, "Écrivez un nombre entre 1 et 300", "Que garder ?")
		s.form("mix", "magic", "minutes", "999", "turn", "7").Want(t, 422, "Choisissez comment répartir", "une durée entre 0 et 480", "un temps de parole")
		s.form("who", "present").Want(t, 422, "personne à répartir")
		s.form("mix", "choice", "topics", "seul").Want(t, 422, "au moins deux thèmes")
		s.form("question", "Que garder ?", "topics", "Budget\nTransports").Want(t, 303)
		s.form().Want(t, 409, "Une autre répartition")
		page := s.chair.Get("/a/ag/tables").Want(t, 200, "8 personnes, 3 tables", "Nombre du tirage", "Table 1 : Budget", "Table 2 : Transports", "Ouvrir les tables")
		if n := strings.Count(page.Body, `name="who"`); n != 8 { // with the facilitator
			t.Errorf("%d people may be ticked", n)
		}
		me := s.accounts[0].ID
		if n := s.tableOf(me); n != 0 {
			t.Errorf("seated at %d before the opening", n)
		}
		s.as(me).Get("/a/ag/tables/1").Want(t, 404)
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Personne n'a encore bougé")

		seed := regexp.MustCompile(`Nombre du tirage : (-?\d+)`)
		before := seed.FindString(apptest.Plain(page.Body))
		s.chair.Post("/a/ag/tables/remix").Want(t, 303)
		if after := seed.FindString(apptest.Plain(s.chair.Get("/a/ag/tables").Body)); after == before || after == "" {
			t.Errorf("mixed otherwise: %s, before %s", after, before)
		}
		who := fmt.Sprint(me)
		s.chair.Post("/a/ag/tables/arrange", "do", "move", "table", "9", "who", who).Want(t, 422, "une table qui existe")
		s.chair.Post("/a/ag/tables/arrange", "do", "move", "table", "2").Want(t, 422, "Cochez au moins une personne")
		s.chair.Post("/a/ag/tables/arrange", "do", "move", "table", "2", "who", who).Want(t, 303)
		s.chair.Post("/a/ag/tables/arrange", "do", "facilitator", "who", who, "table", "1").Want(t, 303)
		s.chair.Post("/a/ag/tables/describe", "table", "2", "topic", strings.Repeat("x", 200)).Want(t, 422, "C'est trop long")
		s.chair.Post("/a/ag/tables/describe", "table", "2", "topic", "Vélos", "question", "Où les garer ?").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		if n := s.tableOf(me); n != 2 {
			t.Errorf("at table %d, was moved to 2", n)
		}
		s.as(me).Get("/a/ag/tables/2").Want(t, 200, "Table 2 : Vélos", "Où les garer ?", "vous · anime")
		s.chair.Post("/a/ag/tables/drop").Want(t, 409)
		s.chair.Post("/a/ag/tables/start").Want(t, 409)
	})
}

func TestLists(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 4)
		s.form("mix", "list", "who", "list", "list", "Nom ; Table\nP0 Rive ; 2\nPersonne\n101 ; beaucoup").Want(t, 422, "2 lignes", "« Personne »", "« 101 »", "P0 Rive ; 2")
		s.form("mix", "list", "who", "list", "list", "Nom ; Table\np0 rive ; 2\n101\t1\n102 ;\nP0 Rive ; 1", "n", "2").Want(t, 303)
		s.chair.Get("/a/ag/tables").Want(t, 200, "2 personnes, 2 tables", "1 personne sans table", "!P3 Rive")
		s.chair.Post("/a/ag/tables/drop").Want(t, 303)
		s.form("mix", "balanced", "who", "list", "list", "100\n101\n102\n103", "n", "2").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		for table := range int64(2) {
			if n := len(s.at(table + 1)); n != 2 {
				t.Errorf("table %d: %d people", table+1, n)
			}
		}
	})
}

// What those drawn by lot said of themselves serves to mix them, and is shown of nobody.
func TestTraitsOfTheDraw(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 8)
		age := map[int64]string{}
		h.Write(func(tx *db.Tx) error {
			draw := tx.NewID()
			if _, err := tx.Exec(`INSERT INTO draw (id, space_id, title, size, objective, panels, one_per_address, categories, consent, erase_at, revision, checked, created_at)
				VALUES ($1, $2, 'Panel', 8, '', 1, $3, '[]', '', $4, 1, '', $4)`, draw, s.space.ID, false, tx.Now); err != nil {
				return err
			}
			for i, a := range s.accounts {
				email, v := fmt.Sprintf("P%d@exemple.org", i), tx.NewID()
				age[a.ID] = []string{"jeune", "âgée"}[i/4]
				for query, args := range map[string][]any{"UPDATE account SET email = $2 WHERE id = $1": {a.ID, strings.ToLower(email)},
					"INSERT INTO draw_volunteer (id, draw_id, number, confirmed, seated, answer) VALUES ($1, $2, $3, $4, $4, '')": {v, draw, i, true}} {
					if _, err := tx.Exec(query, args...); err != nil {
						return err
					}
				}
				if _, err := tx.Exec("INSERT INTO draw_person (volunteer_id, draw_id, name, email, contact, address, language) VALUES ($1, $2, '', $3, '', '', 'fr')", v, draw, email); err != nil {
					return err
				}
				if _, err := tx.Exec("INSERT INTO draw_trait (draw_id, volunteer_id, category, value) VALUES ($1, $2, 'âge', $3)", draw, v, age[a.ID]); err != nil {
					return err
				}
			}
			return nil
		})
		s.form("mix", "balanced", "n", "4").Want(t, 303)
		s.chair.Get("/a/ag/tables").Want(t, 200, "!jeune", "!âgée")
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		for table := int64(1); table <= 4; table++ {
			if got := s.at(table); len(got) != 2 || age[got[0]] == age[got[1]] {
				t.Errorf("table %d has %d people, of the same age", table, len(got))
			}
		}
	})
}

// People choose among topics, as long as there is room; who has not chosen is seated at the opening.
func TestChoice(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 4)
		s.form("mix", "choice", "topics", "Budget\nVélos", "n", "2").Want(t, 303)
		a, b, c := s.as(s.accounts[0].ID), s.as(s.accounts[1].ID), s.as(s.accounts[2].ID)
		a.Get("/a/ag/live").Want(t, 200, "Choisir ma table", "Table 1 : Budget", "sur 2 places")
		s.observer.Get("/a/ag/live").Want(t, 200, "!Choisir ma table")
		for _, who := range []*apptest.Browser{a, b} {
			who.Post("/a/ag/tables/choose", "table", "1").Want(t, 303)
		}
		c.Post("/a/ag/tables/choose", "table", "1").Want(t, 422, "La table 1 est complète", "Choisir ma table")
		c.Post("/a/ag/tables/choose", "table", "7").Want(t, 422, "Choisissez une table")
		b.Post("/a/ag/tables/choose", "table", "2").Want(t, 303)
		c.Post("/a/ag/tables/choose", "table", "1").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		c.Post("/a/ag/tables/choose", "table", "2").Want(t, 409, "terminé")
		if got := s.at(1); !slices.Contains(got, s.accounts[0].ID) || !slices.Contains(got, s.accounts[2].ID) || len(got) != 2 {
			t.Errorf("table 1 has %v", got)
		}
	})
}

// A round from the opening to the minutes.
func TestRound(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 7)
		now := time.Now().UTC().Truncate(time.Second)
		s.SetClock(now)
		s.form("question", "Que garder ?", "minutes", "20").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		first, second := s.at(1), s.at(2)
		if len(first) != 3 || len(second) != 2 || len(s.at(3)) != 2 {
			t.Fatalf("tables of %d, %d, %d", len(first), len(second), len(s.at(3)))
		}
		a, b, other := s.as(first[0]), s.as(first[1]), s.as(second[0])
		a.Get("/a/ag/live").Want(t, 200, "Vous êtes à la table 1", "Aller à la table 1", "data-auto")
		a.Get("/a/ag/tables/1").Want(t, 200, "Que garder ?", "20:00", "À la table (4 personnes)", "Compte facilitator", "Demander la parole")
		if to := other.Get("/a/ag/tables/1"); to.Status != 303 || to.Location != "/a/ag/tables/2" {
			t.Errorf("somebody of table 2 asking for table 1: %d %s", to.Status, to.Location)
		}

		s.talk(a, b, first)
		s.writes(a, b, other)
		s.calls(a)
		s.wanders(a, first[0])

		s.chair.Post("/a/ag/tables/message", "message", "Encore cinq minutes", "from", "console").Want(t, 303)
		a.Get("/a/ag/tables/1").Want(t, 200, "La plénière vous dit", "Encore cinq minutes")
		s.chair.Post("/a/ag/tables/back", "do", "more", "minutes", "5").Want(t, 303)
		a.Get("/a/ag/tables/1").Want(t, 200, "25:00")
		other.Get("/a/ag/live").Want(t, 200, "!Le vélo d'abord")
		other.Get("/a/ag/tables/harvest").Want(t, 200, "pas encore de cartes", "!Le vélo")
		other.Get("/a/ag/tables/cards.csv").Want(t, 200, "!Le vélo")
		s.chair.Post("/a/ag/tables/back", "seconds", "60").Want(t, 303)
		a.Get("/a/ag/tables/1").Want(t, 200, "1:00", "tables-clock-soon")
		now = now.Add(61 * time.Second)
		s.SetClock(now)
		if n := s.tableOf(first[0]); n != 0 { // before anybody has written it down
			t.Errorf("still at table %d after the return", n)
		}
		h.TickNow()
		s.harvested(a, other)
	})
}

// talk: hands, the floor given by the facilitator, a turn of the table.
func (s *hall) talk(a, b *apptest.Browser, seated []int64) {
	t := s.t
	t.Helper()
	a.Post("/a/ag/tables/1/hand", "do", "raise").Want(t, 303)
	a.Post("/a/ag/tables/1/hand", "do", "raise").Want(t, 303) // twice is once
	a.Post("/a/ag/tables/1/floor", "do", "next").Want(t, 403) // not the facilitator
	s.guide.Post("/a/ag/tables/1/floor", "do", "next").Want(t, 303)
	a.Get("/a/ag/tables/1").Want(t, 200, "terminé", "File de parole (0)")
	b.Get("/a/ag/tables/1").Want(t, 200, "!terminé", "P")
	s.guide.Post("/a/ag/tables/1/floor", "do", "give", "who", fmt.Sprint(seated[1])).Want(t, 303)
	b.Post("/a/ag/tables/1/floor", "do", "end").Want(t, 303)
	s.guide.Post("/a/ag/tables/1/floor", "do", "give", "who", "12").Want(t, 409)
	s.guide.Post("/a/ag/tables/1/floor", "do", "tour").Want(t, 303)
	s.guide.Get("/a/ag/tables/1").Want(t, 200, "Tour de table : encore 3")
	for range 4 {
		s.guide.Post("/a/ag/tables/1/floor", "do", "next").Want(t, 303)
	}
	s.guide.Get("/a/ag/tables/1").Want(t, 200, "Personne n'a la parole", "Faire un tour de table")
}

// writes: cards, their order, an idea that goes to another table, a text changed by two at once.
func (s *hall) writes(a, b, other *apptest.Browser) {
	t := s.t
	t.Helper()
	a.Post("/a/ag/tables/1/cards", "text", "").Want(t, 422, "Écrivez quelque chose")
	a.Post("/a/ag/tables/1/cards", "text", "Le vélo d'abord").Want(t, 303)
	b.Post("/a/ag/tables/1/cards", "text", "Et le train").Want(t, 303)
	other.Post("/a/ag/tables/1/cards", "text", "Volé").Want(t, 403)
	page := s.guide.Get("/a/ag/tables/1").Want(t, 200, "Cartes (2)", "Le vélo d'abord", "Et le train")
	ids := regexp.MustCompile(`id="card-(\d+)"`).FindAllStringSubmatch(page.Body, -1)
	bike, train := "/a/ag/tables/1/cards/"+ids[0][1], "/a/ag/tables/1/cards/"+ids[1][1]
	b.Post(bike, "do", "save", "text", "Volé", "revision", "1").Want(t, 403)
	b.Post(train, "do", "up").Want(t, 403)
	s.guide.Post(train, "do", "up").Want(t, 303)
	again := regexp.MustCompile(`id="card-(\d+)"`).FindAllStringSubmatch(s.guide.Get("/a/ag/tables/1").Body, -1)
	if again[0][1] != ids[1][1] {
		t.Error("the card did not move up")
	}
	a.Post(bike, "do", "save", "text", "Le vélo d'abord, partout", "revision", "1").Want(t, 303)
	s.guide.Post(bike, "do", "save", "text", "Autre chose", "revision", "1").Want(t, 409, "changé ce texte")
	s.guide.Post(bike, "do", "pass", "to", "1").Want(t, 422, "Choisissez une autre table")
	s.guide.Post(bike, "do", "pass", "to", "2").Want(t, 303)
	s.guide.Post(bike, "do", "pass", "to", "0").Want(t, 303) // table 2 has it already
	other.Get("/a/ag/tables/2").Want(t, 200, "Cartes (1)", "Le vélo d'abord, partout", "Idée venue de la table 1")
	b.Post("/a/ag/tables/1/synthesis", "text", "Volée", "revision", "0").Want(t, 403)
	s.guide.Post("/a/ag/tables/1/synthesis", "text", "Vélo et train", "revision", "0").Want(t, 303)
	s.guide.Post("/a/ag/tables/1/synthesis", "text", "Vélo puis train", "revision", "0").Want(t, 409)
	s.guide.Post("/a/ag/tables/1/synthesis", "text", "Vélo puis train", "revision", "1").Want(t, 303)
	b.Get("/a/ag/tables/1").Want(t, 200, "Vélo puis train", "Cartes (3)")
}

// calls: help asked, seen at once by those who lead, answered by one.
func (s *hall) calls(a *apptest.Browser) {
	t := s.t
	t.Helper()
	s.guide.Post("/a/ag/tables/1/place", "do", "leave").Want(t, 303) // its facilitator is elsewhere
	a.Post("/a/ag/tables/1/help", "do", "call").Want(t, 303)
	a.Get("/a/ag/tables/1").Want(t, 200, "Votre table a appelé à l'aide")
	s.chair.Get("/a/ag/live/chair").Want(t, 200, "1 table appelle à l'aide", "Table 1 :")
	s.chair.Get("/a/ag/tables/console").Want(t, 200, "1 table appelle à l'aide", "3 cartes", "J'y vais")
	s.chair.Post("/a/ag/tables/1/answer", "do", "answer").Want(t, 303)
	s.guide.Post("/a/ag/tables/1/answer", "do", "answer").Want(t, 409, "a déjà répondu")
	a.Get("/a/ag/tables/1").Want(t, 200, "Compte chair arrive")
	s.chair.Get("/a/ag/tables/1").Want(t, 200, "Rendre visite", "!Écrire une carte", "!Le vélo")
	s.chair.Post("/a/ag/tables/1/place", "do", "visit").Want(t, 303)
	s.chair.Get("/a/ag/tables/1").Want(t, 200, "Finir la visite", "Le vélo", "!Écrire une carte")
	a.Get("/a/ag/tables/1").Want(t, 200, "Compte chair est en visite")
	s.chair.Post("/a/ag/tables/1/cards", "text", "Volé").Want(t, 403)
	s.chair.Post("/a/ag/tables/1/answer", "do", "done").Want(t, 303)
	a.Get("/a/ag/tables/1").Want(t, 200, "Appeler à l'aide")
	s.chair.Post("/a/ag/tables/1/place", "do", "leave").Want(t, 303)
	s.guide.Post("/a/ag/tables/1/place", "do", "return").Want(t, 303)
	s.chair.Get("/a/ag/tables/1").Want(t, 200, "Rendre visite")
}

// wanders: one may always go to the plenary, and comes back to the right table.
func (s *hall) wanders(a *apptest.Browser, account int64) {
	t := s.t
	t.Helper()
	a.Post("/a/ag/tables/1/place", "do", "leave").Want(t, 303)
	a.Get("/a/ag/live").Want(t, 200, "Revenir à la table 1", "!data-auto")
	if n := s.tableOf(account); n != 0 {
		t.Errorf("in plenary, and at table %d", n)
	}
	a.Post("/a/ag/tables/1/place", "do", "return").Want(t, 303)
	if n := s.tableOf(account); n != 1 {
		t.Errorf("back at table %d", n)
	}
	a.Post("/a/ag/tables/1/part", "part", "facilitator").Want(t, 409, "le fait déjà")
	a.Post("/a/ag/tables/1/part", "part", "co-facilitator").Want(t, 303)
	a.Get("/a/ag/tables/1").Want(t, 200, "vous · co-anime")
}

// harvested: what the tables wrote is in plenary, and goes into the minutes by choice.
func (s *hall) harvested(a, other *apptest.Browser) {
	t := s.t
	t.Helper()
	a.Post("/a/ag/tables/1/hand", "do", "raise").Want(t, 409, "Les tables ne sont pas ouvertes")
	a.Get("/a/ag/tables/1").Want(t, 200, "Cette table a fini", "Écrire une carte")
	a.Post("/a/ag/tables/1/cards", "text", "Fini après coup").Want(t, 303)
	other.Get("/a/ag/live").Want(t, 200, "Ce que les tables ont écrit", "Table 1 (4 cartes)", "Fini après coup", "!Montrer à tout le monde")
	s.chair.Get("/a/ag/live/screen").Want(t, 200, "Ce que les tables ont écrit")
	page := s.chair.Get("/a/ag/live/chair").Want(t, 200, "Ce que les tables ont écrit", "Montrer à tout le monde")
	id := regexp.MustCompile(`id="gathered-(\d+)"`).FindStringSubmatch(page.Body)[1]
	s.chair.Post("/a/ag/tables/harvest", "card", id, "do", "show").Want(t, 303)
	s.chair.Post("/a/ag/tables/harvest", "card", id, "do", "minutes").Want(t, 303)
	other.Post("/a/ag/tables/harvest", "card", id, "do", "show").Want(t, 403)
	other.Get("/a/ag/live").Want(t, 200, "La table 1 propose", "Vélo puis train")
	s.observer.Get("/a/ag/live/screen").Want(t, 200, "La table 1 propose", "Vélo puis train", "!<form", "!<button")
	s.chair.Post("/a/ag/tables/harvest", "do", "hide").Want(t, 303)
	s.chair.Get("/a/ag/live/screen").Want(t, 200, "!Ce que les tables ont écrit", "!La table 1 propose")
	s.chair.Post("/a/ag/tables/harvest", "do", "show-all").Want(t, 303)
	s.chair.Get("/a/ag/live/screen").Want(t, 200, "Ce que les tables ont écrit", "Et le train", "!La table 1 propose")
	csv := other.Get("/a/ag/tables/cards.csv").Want(t, 200, "Vélo puis train", "Le vélo d'abord, partout", "Fini après coup")
	if n := strings.Count(csv.Body, "\n"); n != 7 {
		t.Errorf("%d lines of cards: %s", n, csv.Body)
	}
	s.Read(func(tx *db.Tx) error {
		parts, err := s.tables.Contribute(tx, s.space, component.Minutes, i18n.French)
		text := apptest.Plain(fmt.Sprint(parts))
		for _, want := range []string{"Travail en petits groupes", "8 personnes", "Que garder ?", "Vélo puis train", "!Et le train"} {
			not, unwanted := strings.CutPrefix(want, "!")
			if strings.Contains(text, not) == unwanted {
				t.Errorf("the minutes on %q: %s", want, text)
			}
		}
		return err
	})
	s.remembered()
	s.TickNow()
	s.chair.Get("/a/ag/journal").Want(t, 200, "Tables ouvertes, temps n° 1", "Une idée passe de la table 1 à la table 2", "!Le vélo d'abord")
}

// remembered: what is held of a member is theirs to take, and goes with them but for the minutes.
func (s *hall) remembered() {
	t := s.t
	t.Helper()
	files := map[string]string{}
	add := func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] += b.String()
		return err
	}
	authors := map[int64]bool{}
	s.Read(func(tx *db.Tx) error {
		for _, m := range s.members {
			before := len(files["tables.json"])
			if err := s.tables.ExportMember(tx, m.ID, add); err != nil {
				return err
			}
			if strings.Contains(files["tables.json"][before:], "Et le train") {
				authors[m.ID] = true
			}
		}
		if err := s.tables.Evidence(tx, s.space, add); err != nil {
			return err
		}
		return s.tables.Export(tx, add)
	})
	if len(authors) != 1 {
		t.Fatalf("%d members wrote the same card", len(authors))
	}
	if files["tables/rounds.json"] == "" || files["tables/rounds.json"] != files["tables/ag.json"] || !strings.Contains(files["tables/ag.json"], `"from_table": 1`) {
		t.Errorf("the files are %v", files)
	}
	s.Write(func(tx *db.Tx) error {
		for id := range authors {
			if err := s.tables.EraseMember(tx, id); err != nil {
				return err
			}
		}
		var said int
		if err := tx.Row("SELECT count(*) FROM journal WHERE payload LIKE '%Et le train%'", nil, &said); err != nil || said > 0 {
			t.Errorf("the journal still says it %d times: %v", said, err)
		}
		return nil
	})
	s.chair.Get("/a/ag/tables/harvest").Want(t, 200, "!Et le train", "Vélo puis train")
}

// A second round keeps apart those who sat together, and late arrivals find a table or wait.
func TestRoundsAndLatecomers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 9)
		s.form("late", "wait").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		met := map[int64]int64{}
		for table := int64(1); table <= 3; table++ {
			for _, id := range s.at(table) {
				met[id] = table
			}
		}
		newcomer := h.AddMember(people.Member{Number: "late", FirstName: "Tard", LastName: "Venue", PaidUp: true})
		late := h.AccountOf(newcomer)
		stop := s.stream(late.ID)
		h.TickNow()
		if n := s.tableOf(late.ID); n != 0 {
			t.Errorf("seated at %d, should wait", n)
		}
		s.as(late.ID).Get("/a/ag/live").Want(t, 200, "Les tables travaillent", "Vous êtes en plénière")
		s.as(late.ID).Get("/a/ag/tables/1").Want(t, 403, "pas de cette table")
		s.chair.Post("/a/ag/tables/back", "seconds", "0").Want(t, 303)
		s.form("apart", "on").Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		for table := int64(1); table <= 3; table++ {
			before := map[int64]bool{}
			for _, id := range s.at(table) {
				if before[met[id]] {
					t.Errorf("table %d: two people of the same former table", table)
				}
				before[met[id]] = true
			}
		}
		h.TickNow()
		h.TickNow()
		if n := s.tableOf(late.ID); n == 0 {
			t.Error("who came late has no table")
		}
		stop()
		s.chair.Post("/a/ag/live/chair/close").Want(t, 303)
		h.TickNow()
		if n := len(s.at(1)); n != 0 {
			t.Errorf("%d people at a table of a closed session", n)
		}
	})
}

// stream opens somebody's stream of the session: they are present.
func (s *hall) stream(account int64) (stop func()) {
	_, stop = s.listen(account)
	return stop
}

func (s *hall) listen(account int64) (*bufio.Scanner, func()) {
	s.t.Helper()
	var token string
	s.Write(func(tx *db.Tx) (err error) {
		token, err = people.OpenSession(tx, account, people.ByLink, "test")
		return err
	})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/a/ag/live/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "isegoria", Value: token})
	before := s.Live.Streams()
	res, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	for s.Live.Streams() <= before {
		time.Sleep(time.Millisecond)
	}
	return bufio.NewScanner(res.Body), func() { cancel(); res.Body.Close() }
}

// What happens at a table is told to that table, and to nobody else.
func TestTablesHearTheirOwn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(t, h, 6)
		s.form().Want(t, 303)
		s.chair.Post("/a/ag/tables/start").Want(t, 303)
		mine, theirs := s.at(1)[0], s.at(2)[0]
		lines, stop := s.listen(mine)
		defer stop()
		s.as(theirs).Post("/a/ag/tables/2/cards", "text", "Là-bas").Want(t, 303)
		s.as(theirs).Post("/a/ag/tables/2/hand", "do", "raise").Want(t, 303)
		s.as(theirs).Post("/a/ag/tables/2/help", "do", "call").Want(t, 303)
		s.as(mine).Post("/a/ag/tables/1/hand", "do", "raise").Want(t, 303)
		s.chair.Post("/a/ag/tables/arrange", "do", "move", "table", "3", "who", fmt.Sprint(mine)).Want(t, 303)
		var heard []string
		for len(heard) < 3 && lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: tables-"); ok {
				heard = append(heard, data)
			}
		}
		if got := strings.Join(heard, " "); got != "floor place table" {
			t.Errorf("heard %q", got)
		}
		s.as(mine).Get("/a/ag/live/parts?p=tables-place").Want(t, 200, `data-to="/a/ag/tables/3"`)
	})
}

// A thousand people at a hundred tables: everybody has a seat, and the pages of one table stay small.
func TestThousand(t *testing.T) {
	h := apptest.Start(t)
	s := gather(t, h, 1000)
	s.form("mix", "balanced", "shape", "size", "n", "10", "apart", "on").Want(t, 303)
	s.chair.Get("/a/ag/tables").Want(t, 200, "1 001 personnes, 100 tables")
	s.chair.Post("/a/ag/tables/start").Want(t, 303)
	colleges := map[int64]string{}
	for i, a := range s.accounts {
		colleges[a.ID] = s.members[i].College
	}
	for table := int64(1); table <= 100; table++ {
		red := 0
		for _, id := range s.at(table) {
			if colleges[id] == "salaries" {
				red++
			}
		}
		if n := len(s.at(table)); n != 10 || red != 5 {
			t.Fatalf("table %d: %d people, %d of one half", table, n, red)
		}
	}
	who := s.at(57)[0]
	if page := s.as(who).Get("/a/ag/tables/57").Want(t, 200); len(page.Body) > 60_000 {
		t.Errorf("the page of a table has %d bytes", len(page.Body))
	}
	s.chair.Get("/a/ag/tables/console").Want(t, 200, "Table 100")
	s.chair.Post("/a/ag/tables/back", "seconds", "0").Want(t, 303)
	h.TickNow()
	s.form("mix", "balanced", "shape", "size", "n", "10", "apart", "on").Want(t, 303)
	s.chair.Post("/a/ag/tables/start").Want(t, 303)
	if s.tableOf(who) == 0 {
		t.Error("nobody is seated in the second round")
	}
}

// Every act, for each who must not do it.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := gather(t, h, 4)
	s.form().Want(t, 303)
	ana := s.as(s.accounts[0].ID)
	fields := []string{"who", "all", "mix", "random", "shape", "count", "n", "3", "do", "move", "table", "1", "seconds", "60", "message", "Volé", "topic", "Volé", "card", "1", "turn", "60"}
	for _, act := range []string{"new", "remix", "drop", "arrange", "describe", "start", "back", "message", "harvest", "1/answer"} {
		for name, who := range map[string]*apptest.Browser{"elector": ana, "observer": s.observer} {
			if a := who.Post("/a/ag/tables/"+act, fields...); a.Status != 403 {
				t.Errorf("%s does %s: %d", name, act, a.Status)
			}
		}
		s.stranger.Post("/a/ag/tables/"+act, fields...).Want(t, 404)
		h.Visitor().Post("/a/ag/tables/"+act, fields...).Want(t, 401)
	}
	s.chair.Post("/a/ag/tables/start").Want(t, 303)
	other := fmt.Sprintf("/a/ag/tables/%d/", s.tableOf(s.accounts[0].ID)%3+1)
	for act, does := range map[string][]string{"place": {"leave", "return", "visit"}, "part": {""}, "help": {"call", "withdraw"}, "hand": {"raise", "lower"},
		"floor": {"next", "give", "end", "tour"}, "cards": {""}, "cards/1": {"save", "remove", "up", "pass"}, "synthesis": {""}} {
		for _, do := range does {
			fields := []string{"do", do, "text", "Volé", "part", "facilitator", "revision", "0"}
			ana.Post(other+act, fields...).Want(t, 403)
			s.observer.Post(other+act, fields...).Want(t, 403)
			s.stranger.Post(other+act, fields...).Want(t, 404)
			h.Visitor().Post(other+act, fields...).Want(t, 401)
		}
	}
	s.observer.Get("/a/ag/tables/1").Want(t, 403)
	ana.Get("/a/ag/tables/console").Want(t, 403)
	ana.Get("/a/ag/live/parts?p=tables-console").Want(t, 403)
	s.observer.Get("/a/ag/live/parts?p=tables-cards").Want(t, 403)
	s.chair.Get("/a/ag/tables/console").Want(t, 200, "!Volé")
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("tables.") }
