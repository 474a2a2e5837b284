package meeting_test

import (
	"regexp"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

func accountNamed(tx *db.Tx, name string) (a people.Account, err error) {
	a.Name = name
	return a, tx.Row("SELECT id FROM account WHERE name = $1", []any{name}, &a.ID)
}

// Speaking time is split up by what is known of people, measured on the voice of whoever was heard; who
// had the floor in an earlier assembly does not speak for the first time.
func TestTimeByCategory(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		now := time.Now()
		h.SetClock(now)
		var ana, ben people.Account
		h.Write(func(tx *db.Tx) (err error) {
			if ana, err = accountNamed(tx, "Ana Rive"); err == nil {
				ben, err = accountNamed(tx, "Ben Rive")
			}
			return err
		})
		h.Write(func(tx *db.Tx) error {
			before, err := space.Create(tx, 0, space.Space{Slug: "before", Kind: space.GeneralAssembly, Title: "AG 2025", Visibility: space.Members, TimeZone: "Europe/Paris"})
			if err != nil {
				return err
			}
			if err := space.GiveRole(tx, 0, before.ID, ana.ID, people.Participant); err != nil {
				return err
			}
			return space.GiveRole(tx, 0, before.ID, ben.ID, people.Chair)
		})
		benChairs := h.As(ben.ID)
		benChairs.Post("/a/before/live/chair/open").Want(t, 303)
		s.ana.Post("/a/before/live/hand", "kind", "question").Want(t, 303)
		waiting := regexp.MustCompile(`id="give-(\d+)"`).FindStringSubmatch(benChairs.Get("/a/before/live/chair").Body)
		benChairs.Post("/a/before/live/chair/give", "hand", append(waiting, "", "")[1]).Want(t, 303)
		benChairs.Post("/a/before/live/chair/close").Want(t, 303)

		h.SetClock(now.Add(time.Minute))
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		page := s.stream(t, "") // Ana's
		defer page.close()
		h.TickNow()
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Personne n'a encore parlé")
		s.chair.Post("/a/ag/live/chair/rules", "seconds", "120", "order", "groups", "groups", "Femmes, Hommes").Want(t, 303)
		s.ana.Post("/a/ag/live/hand", "kind", "question", "group", "Femmes").Want(t, 303)
		s.ben.Post("/a/ag/live/hand", "kind", "question", "group", "Hommes").Want(t, 303)
		benAsks := s.hand(t, "Ben")
		s.chair.Post("/a/ag/live/chair/give", "hand", s.hand(t, "Ana")).Want(t, 303)
		h.SetClock(now.Add(2 * time.Minute))
		s.chair.Post("/a/ag/live/chair/give", "hand", benAsks).Want(t, 303)
		h.SetClock(now.Add(4 * time.Minute))
		s.chair.Post("/a/ag/live/chair/end").Want(t, 303)
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Par première prise de parole", "première fois", "avait déjà parlé", "Par groupe", "Femmes",
			"50 % des personnes venues (1)", "33 % du temps (1:00)", "67 % du temps (2:00)", "Toutes les personnes présentes ont parlé", "!Par collège")

		// Ben had the floor for two minutes and was heard for twenty seconds.
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO voice_heard (space_id, place, account_id, since, heard, counted) VALUES ($1, 0, $2, $3, 20000, 20000)", s.space.ID, ben.ID, tx.Now)
			return err
		})
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "75 % du temps (1:00)", "25 % du temps (0:20)")
		s.chair.Get("/a/ag/voice/heard").Want(t, 200, "Par groupe", "100 % du temps (0:20)", "0 % du temps (0:00)")
		s.chair.Get("/a/ag/voice/heard.csv").Want(t, 200, "Par groupe,Hommes,1,1,20", "Par groupe,Femmes,1,0,0")
		s.ana.Get("/a/ag/live").Want(t, 200, "!Par groupe")
		s.ana.Get("/a/ag/live/parts?p=shares").Want(t, 403)
		s.chair.Post("/a/ag/live/chair/close").Want(t, 303)
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Par groupe")
		h.Read(func(tx *db.Tx) error {
			for _, c := range h.Components {
				if m, ok := c.(component.Contributor); ok && c.Key() == "meeting" {
					parts, err := m.Contribute(tx, s.space, component.Minutes, i18n.French)
					if err != nil || len(parts) != 1 || len(parts[0].Blocks) != 2 {
						t.Errorf("the minutes tell of one person: %v, %v", parts, err)
					}
				}
			}
			return nil
		})
	})
}
