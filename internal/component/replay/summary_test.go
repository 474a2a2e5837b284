package replay_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/platform/db"
)

// asked lets the session be asked in a poll, whose result goes with the minutes, and vote on a motion.
func (s hall) asked(t *testing.T) {
	t.Helper()
	s.Chair.Post("/a/ag/polls/new", "question", "Un café ?", "kind", "single", "options", "oui\nnon", "minutes", "on").Want(t, 303)
	s.Chair.Post("/a/ag/polls/new", "question", "Et du thé ?", "kind", "single", "options", "vert\nnoir").Want(t, 303)
	for _, question := range []string{"Un café ?", "Et du thé ?"} {
		var id int64
		s.Read(func(tx *db.Tx) error {
			return tx.Row("SELECT id FROM poll WHERE question = $1", []any{question}, &id)
		})
		poll := fmt.Sprintf("/a/ag/polls/%d", id)
		s.Chair.Post(poll+"/start").Want(t, 303)
		s.Ana.Post(poll+"/answer", "choice", "1").Want(t, 303)
		s.Chair.Post(poll+"/stop").Want(t, 303)
	}
	s.Chair.Post("/a/ag/prepare/series", "id", "0", "title", "Motion de séance", "in_session", "on", "names", "on").Want(t, 303)
	series := regexp.MustCompile(`/prepare/series/(\d+)`).FindStringSubmatch(s.Chair.Get("/a/ag/prepare/vote").Body)[1]
	rule := regexp.MustCompile(`name="rule"[\s\S]*?<option value="([^"]+)"`).FindStringSubmatch(s.Chair.Get("/a/ag/prepare/series/" + series + "/resolution").Body)[1]
	s.Chair.Post("/a/ag/prepare/resolution", "id", "0", "series", series, "title", "Saluer l'équipe", "text", "L'assemblée salue.", "form", "motion", "rule", rule).Want(t, 303)
	s.Chair.Post("/a/ag/vote/session/"+series+"/start", "minutes", "5").Want(t, 303)
	ballot := regexp.MustCompile(`action="(/a/ag/vote/\d+)`).FindStringSubmatch(s.Ana.Get("/a/ag/live").Body)[1]
	s.Ana.Post(ballot, "choice", "for").Want(t, 303)
	s.Chair.Post("/a/ag/vote/session/"+series+"/finish").Want(t, 303)
}

// The summary tells what came of what was asked; added again it takes its own place, and nobody's edits are lost.
func TestSummary(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := hall{h.Assembly()}
		now := time.Now()
		h.SetClock(now)
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Ana.Post("/a/ag/live/hand", "kind", "question", "text", "Je n'ai\npas de micro.").Want(t, 303)
		waiting := regexp.MustCompile(`id="give-(\d+)"`).FindStringSubmatch(s.Chair.Get("/a/ag/live/chair").Body)
		s.Chair.Post("/a/ag/live/chair/give", "hand", append(waiting, "", "")[1]).Want(t, 303)
		h.SetClock(now.Add(90 * time.Second))
		s.Chair.Post("/a/ag/live/chair/end").Want(t, 303)
		s.asked(t)
		ben := h.AccountOf(s.Members[1]).ID
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO voice_heard (space_id, place, account_id, since, heard, counted) VALUES ($1, 0, $2, $3, 20000, 20000)", s.Space.ID, ben, tx.Now)
			return err
		})

		h.TickNow() // the journal is in order
		s.Chair.Post("/a/ag/minutes/draft").Want(t, 303)
		s.Chair.Post("/a/ag/minutes/debates").Want(t, 303)
		s.Chair.Get("/a/ag/minutes").Want(t, 200, "Ont pris la parole : Ana Rive (1:30)", "« Un café ? » (1 réponse). Réponses : oui (1), non (0).", "« Et du thé ? » (1 réponse).",
			"!vert (1)", "Le vote est clos : Motion de séance. Résolution 1, Saluer l'équipe : Adoptée (Pour 100,0 %, Contre 0,0 %).", "Temps de parole mesuré", "Ben Rive (0:20)", "!pas de micro")
		s.Chair.Post("/a/ag/minutes/debates").Want(t, 409, "rien noté de nouveau")
		s.Chair.Post("/a/ag/minutes/debates", "written", "on").Want(t, 303)
		edit := s.Chair.Get("/a/ag/minutes/edit").Want(t, 200, "« Je n'ai pas de micro. »").Body
		if n := strings.Count(edit, "Ont pris la parole"); n != 1 {
			t.Errorf("the summary is there %d times", n)
		}

		// Drafted again, and edited around the summary: it still takes its own place.
		text := func() string {
			m := regexp.MustCompile(`(?s)<textarea[^>]*name="text-debates"[^>]*>(.*?)</textarea>`).FindStringSubmatch(s.Chair.Get("/a/ag/minutes/edit").Body)
			return strings.NewReplacer("&#34;", `"`, "&#39;", "'").Replace(append(m, "", "")[1])
		}
		version := func() string {
			return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(s.Chair.Get("/a/ag/minutes/edit").Body)[1]
		}
		s.Chair.Post("/a/ag/minutes/edit", "version", version(), "text-debates", "Avant.\n\n"+text()+"\n\nAprès.").Want(t, 303)
		s.Chair.Post("/a/ag/minutes/draft").Want(t, 303)
		s.Chair.Post("/a/ag/minutes/debates").Want(t, 303)
		if now := text(); strings.Count(now, "Ont pris la parole") != 1 || !strings.HasPrefix(now, "Avant.") || !strings.HasSuffix(now, "Après.") {
			t.Errorf("the text is now %s", now)
		}

		s.Chair.Post("/a/ag/minutes/edit", "version", version(), "text-debates", strings.Replace(text(), "Ont pris", "Ont d'abord pris", 1)).Want(t, 303)
		s.Chair.Post("/a/ag/minutes/debates").Want(t, 409, "a été modifié depuis")
		s.Chair.Get("/a/ag/minutes").Want(t, 200, "Ajouter le nouveau résumé à la suite")
		s.Chair.Post("/a/ag/minutes/debates", "again", "on").Want(t, 303)
		if now := text(); !strings.Contains(now, "Ont d'abord pris") || !strings.Contains(now, "Ont pris la parole") {
			t.Errorf("an edited text is lost: %s", now)
		}
		s.Ana.Post("/a/ag/minutes/debates", "again", "on").Want(t, 403)
	})
}
