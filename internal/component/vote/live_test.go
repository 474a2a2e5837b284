package vote_test

import (
	"regexp"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// A vote that the chair opens in session is cast on the session's page, closed by the chair, and
// its result shown where the assembly looks.
func TestVoteInSession(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		var ana people.Member
		for _, name := range []string{"Ana", "Ben", "Chloé"} {
			ana = h.AddMember(people.Member{FirstName: name, LastName: "Rive", Number: name, PaidUp: true, Shares: 1})
		}
		accounts := map[people.Role]int64{}
		h.Write(func(tx *db.Tx) error {
			sp, err := space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Members, TimeZone: "Europe/Paris"})
			if err != nil {
				return err
			}
			if err := space.SetPhases(tx, 0, sp, []space.Phase{{Key: space.PhaseMeeting, Title: "Assemblée", Start: tx.Now.Add(time.Hour)}}); err != nil {
				return err
			}
			if _, err := electorate.SetStatutes(tx, 0, sp, string(statute.Template(statute.Association))); err != nil {
				return err
			}
			if _, _, err := electorate.DrawRoll(tx, 0, sp, tx.Now); err != nil {
				return err
			}
			for _, role := range []people.Role{people.Chair, people.Facilitator} {
				a, err := people.OpenAccount(tx, "Compte "+string(role), string(role)+"@example.org", "fr")
				if err != nil {
					return err
				}
				accounts[role] = a.ID
				if err := space.GiveRole(tx, 0, sp.ID, a.ID, role); err != nil {
					return err
				}
			}
			return nil
		})
		chair, guide, voter := h.As(accounts[people.Chair]), h.As(accounts[people.Facilitator]), h.As(h.AccountOf(ana).ID)

		chair.Post("/a/ag/prepare/series", "id", "0", "title", "Motion de séance", "in_session", "on", "opens", "2099-01-01T10:00", "closes", "2099-01-01T11:00").
			Want(t, 422, "laissez les dates vides")
		chair.Post("/a/ag/prepare/series", "id", "0", "title", "Motion de séance", "in_session", "on", "names", "on").Want(t, 303)
		page := chair.Get("/a/ag/prepare/vote").Want(t, 200, "Sera ouvert par la présidence").Body
		series := regexp.MustCompile(`/prepare/series/(\d+)`).FindStringSubmatch(page)[1]
		start, finish := "/a/ag/vote/session/"+series+"/start", "/a/ag/vote/session/"+series+"/finish"

		chair.Post(start, "minutes", "5").Want(t, 409, "séance n'est pas ouverte")
		chair.Post("/a/ag/live/chair/open").Want(t, 303)
		chair.Post(start, "minutes", "5").Want(t, 409, "pas encore de résolution")
		rule := regexp.MustCompile(`name="rule"[\s\S]*?<option value="([^"]+)"`).FindStringSubmatch(chair.Get("/a/ag/prepare/series/" + series + "/resolution").Body)[1]
		chair.Post("/a/ag/prepare/resolution", "id", "0", "series", series, "title", "Saluer le travail de l'équipe", "text", "L'assemblée salue.", "form", "motion", "rule", rule).Want(t, 303)

		chair.Get("/a/ag/live/chair").Want(t, 200, "Ouvrir le vote")
		guide.Get("/a/ag/live/chair").Want(t, 200, "Motion de séance", "!Ouvrir le vote")
		guide.Post(start, "minutes", "5").Want(t, 403)
		voter.Post(start, "minutes", "5").Want(t, 403)
		h.Visitor().Post(start, "minutes", "5").Want(t, 401)
		chair.Post(start, "minutes", "0").Want(t, 422, "Choisissez une durée")
		chair.Post(start, "minutes", "5").Want(t, 303)
		chair.Post(start, "minutes", "5").Want(t, 409, "déjà été ouvert")

		live := voter.Get("/a/ag/live").Want(t, 200, "Saluer le travail", "0</b>", "votes sur 3 personnes", "!Continuer à voter").Body
		ballot := regexp.MustCompile(`action="(/a/ag/vote/\d+)`).FindStringSubmatch(live)[1]
		voter.Post(ballot, "choice", "for").Want(t, 303)
		h.SetClock(time.Now().Add(3 * time.Second)) // participation is counted every two seconds
		voter.Get("/a/ag/live").Want(t, 200, "1</b>", "Changer mon vote")
		chair.Get("/a/ag/live/screen").Want(t, 200, "Le vote est ouvert", "Saluer le travail")

		guide.Post(finish).Want(t, 403)
		chair.Post(finish).Want(t, 303)
		chair.Post(finish).Want(t, 303) // twice is once
		voter.Post(ballot, "choice", "against").Want(t, 409, "clos")
		voter.Get("/a/ag/live").Want(t, 200, "Adoptée", "Pourquoi ce résultat")
		chair.Get("/a/ag/live/screen").Want(t, 200, "Adoptée")
		h.CheckWords("vote.session")
	})
}
