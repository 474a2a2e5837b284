package poll_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
)

// put prepares a poll and tells its number.
func put(t *testing.T, s apptest.Assembly, question string, fields ...string) string {
	t.Helper()
	s.Chair.Post("/a/ag/polls/new", append([]string{"question", question}, fields...)...).Want(t, 303)
	return number(t, s, question)
}

func number(t *testing.T, s apptest.Assembly, question string) string {
	t.Helper()
	var id int64
	s.Read(func(tx *db.Tx) error { return tx.Row("SELECT id FROM poll WHERE question = $1", []any{question}, &id) })
	return fmt.Sprint(id)
}

// An anonymous quiz, held back, in a session: prepared, opened, answered, closed, written down.
func TestQuiz(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Chair.Post("/a/ag/polls/new", "question", "", "kind", "single", "options", "gardé").Want(t, 422, "Écrivez la question", "au moins deux réponses", "gardé")
		id := put(t, s, "Combien de sociétaires ?", "kind", "single", "options", "500\n* 1 000\n2 000", "held", "on", "explanation", "Au 1er janvier.", "minutes", "on")
		s.Ana.Get("/a/ag/polls/"+id).Want(t, 404)
		s.Ana.Get("/a/ag/polls").Want(t, 200, "!Combien de sociétaires")
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Combien de sociétaires ?", "Improviser")
		s.Chair.Get("/a/ag/polls/"+id+"/edit").Want(t, 200, "* 1 000", "Au 1er janvier")
		s.Chair.Post("/a/ag/polls/"+id+"/edit", "question", "Combien de sociétaires ?", "kind", "single", "options", "500\n* 1 000\n3 000", "held", "on", "explanation", "Au 1er janvier.", "minutes", "on").Want(t, 303)
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "2").Want(t, 404)
		s.Guide.Post("/a/ag/polls/"+id+"/start").Want(t, 303)
		s.Guide.Post("/a/ag/polls/"+id+"/edit", "question", "Autre ?", "kind", "single", "options", "a\nb").Want(t, 409)
		s.Guide.Post("/a/ag/polls/"+id+"/remove").Want(t, 409)

		s.Ana.Get("/a/ag/live").Want(t, 200, "Combien de sociétaires ?", "3 000", "Réponse anonyme", "Les résultats seront montrés à la fin", "!bonne réponse", "!Au 1er janvier")
		s.Observer.Get("/a/ag/live").Want(t, 200, "Combien de sociétaires ?", "Vous suivez", "!Réponse anonyme")
		s.Ana.Post("/a/ag/polls/"+id+"/answer").Want(t, 422, "Choisissez une réponse")
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "2").Want(t, 303)
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "1").Want(t, 409, "Vous avez déjà répondu")
		s.Ben.Post("/a/ag/polls/"+id+"/answer", "choice", "1").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Votre réponse est comptée", `<b data-count="poll-`+id+`">2</b>`, "!data-bar")
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, "Combien de sociétaires ?", "1 000", "!data-bar", "!<form", "!<button")
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Clore", "!data-bar")
		s.Guide.Post("/a/ag/polls/"+id+"/show").Want(t, 409)
		s.Guide.Post("/a/ag/polls/"+id+"/stop").Want(t, 303)
		s.Guide.Post("/a/ag/polls/"+id+"/stop").Want(t, 303) // twice is once
		s.Chloe.Post("/a/ag/polls/"+id+"/answer", "choice", "1").Want(t, 409, "ne prend plus de réponses")
		s.Ana.Get("/a/ag/live").Want(t, 200, "bonne réponse", "Au 1er janvier", `data-bar="2" data-n="1" width="50%"`)
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, "bonne réponse")
		s.Guide.Post("/a/ag/polls/"+id+"/hide").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "!bonne réponse")
		s.Ana.Get("/a/ag/polls").Want(t, 200, "bonne réponse", "!Voir qui a répondu")

		h.TickNow()
		s.Ana.Get("/a/ag/journal?family=poll").Want(t, 200, "Une question est posée à l'assemblée : Combien", "Un sondage se ferme (2 réponses)")
		s.Ana.Get("/a/ag/polls.csv").Want(t, 200, "Combien de sociétaires ?,single,true,2,1 000,1,0")
		s.Ana.Get("/a/ag/polls.json").Want(t, 200, `"anonymous": true`, "!Ana Rive")
		written(t, s, "Quiz et sondages", "1 000 (bonne réponse)", "2 personnes ont répondu")
		unlinked(t, s, id)
	})
}

// unlinked fails where anything of the database could tell who answered what to an anonymous poll.
func unlinked(t *testing.T, s apptest.Assembly, id string) {
	t.Helper()
	s.Read(func(tx *db.Tx) error {
		var named int
		if err := tx.Row("SELECT count(*) FROM poll_answer WHERE poll_id = "+id, nil, &named); err != nil || named != 0 {
			t.Errorf("%d answers by name, %v", named, err)
		}
		var counts string
		if err := tx.Row("SELECT counts FROM poll_box WHERE poll_id = "+id, nil, &counts); err != nil || counts != `{"1":1,"2":1}` {
			t.Errorf("the box holds %s, %v", counts, err)
		}
		var acts int
		err := tx.Row("SELECT count(*) FROM journal WHERE kind LIKE 'poll.%' AND subject = 'poll/"+id+"'", nil, &acts)
		if acts != 2 { // opened and closed: nothing when people answered
			t.Errorf("the journal has %d events", acts)
		}
		return err
	})
}

func part(s apptest.Assembly) component.Component {
	for _, c := range s.Components {
		if c.Key() == "poll" {
			return c
		}
	}
	s.T.Fatal("no polls")
	return nil
}

func written(t *testing.T, s apptest.Assembly, wants ...string) {
	t.Helper()
	s.Read(func(tx *db.Tx) error {
		parts, err := part(s).(component.Contributor).Contribute(tx, s.Space, component.Minutes, i18n.French)
		text := apptest.Plain(fmt.Sprint(parts))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("the minutes do not say %q: %s", want, text)
			}
		}
		return err
	})
}

// By name, live, between sessions: one may change, and the others read who answered what.
func TestNamed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		id := put(t, s, "Quels jours ?", "kind", "multiple", "options", "Lundi\nMardi\nJeudi", "fewest", "1", "most", "2", "named", "named", "then", "start")
		s.Ana.Get("/a/ag").Want(t, 200, "Quels jours ?", "entre deux séances")
		s.Ana.Get("/a/ag/polls/"+id).Want(t, 200, "à visage découvert", "Choisissez jusqu'à 2 réponses")
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "1", "choice", "2", "choice", "3").Want(t, 422, "entre 1 et 2 réponses")
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "1", "choice", "2").Want(t, 303)
		s.Ana.Get("/a/ag/polls/"+id).Want(t, 200, "Vous avez répondu : Lundi, Mardi", "Changer ma réponse", "Ana Rive", `data-bar="1" data-n="1" width="100%"`)
		s.Ana.Post("/a/ag/polls/"+id+"/answer", "choice", "3").Want(t, 303)
		s.Ben.Post("/a/ag/polls/"+id+"/answer", "choice", "3").Want(t, 303)
		s.Ana.Get("/a/ag").Want(t, 200, "!entre deux séances")
		s.Guide.Post("/a/ag/polls/"+id+"/stop").Want(t, 303)
		s.Chloe.Get("/a/ag/polls/"+id).Want(t, 200, "Qui a répondu quoi", "Ben Rive", `data-bar="3" data-n="2"`)
		s.Observer.Get("/a/ag/polls/"+id).Want(t, 200, "!Ben Rive", `data-bar="3" data-n="2"`)
		s.Chloe.Get("/a/ag/polls.json").Want(t, 200, `"name": "Ben Rive"`, `"answer": "Jeudi"`)
		s.Observer.Get("/a/ag/polls.json").Want(t, 200, "!Ben Rive")

		files := map[string]string{}
		add := func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			err := write(&b)
			files[name] = b.String()
			return err
		}
		s.Write(func(tx *db.Tx) error {
			if err := part(s).(component.PersonalData).ExportMember(tx, s.Members[1].ID, add); err != nil {
				return err
			}
			if err := part(s).(component.PersonalData).EraseMember(tx, s.Members[1].ID); err != nil {
				return err
			}
			if err := part(s).(component.Evidence).Evidence(tx, s.Space, add); err != nil {
				return err
			}
			return part(s).(component.Exporter).Export(tx, add)
		})
		if !strings.Contains(files["polls.json"], "Quels jours") || strings.Contains(files["live/polls.json"], "Ana") || !strings.Contains(files["ag/live/polls.json"], "Ana Rive") || strings.Contains(files["ag/live/polls.json"], "Ben Rive") {
			t.Errorf("the files are %v", files)
		}
	})
}

// A scale, words with one taken out, a ranking; a poll that closes by itself.
func TestOtherKinds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		scale := put(t, s, "Confiance ?", "kind", "scale", "steps", "4", "low", "aucune", "high", "totale", "then", "start")
		s.Ana.Get("/a/ag/polls/"+scale).Want(t, 200, "aucune", "totale", `aria-label="4 · totale"`)
		s.Ana.Post("/a/ag/polls/"+scale+"/answer", "choice", "5").Want(t, 422, "Choisissez une valeur")
		s.Ana.Post("/a/ag/polls/"+scale+"/answer", "choice", "4").Want(t, 303)
		s.Ben.Post("/a/ag/polls/"+scale+"/answer", "choice", "3").Want(t, 303)
		s.Ben.Get("/a/ag/polls/"+scale).Want(t, 200, "Moyenne : 3,5 · médiane : 3,5")

		words := put(t, s, "Un mot ?", "kind", "words", "words", "2", "then", "start")
		s.Ana.Post("/a/ag/polls/"+words+"/answer", "word", "<b>", "word", "").Want(t, 303)
		s.Ben.Post("/a/ag/polls/"+words+"/answer", "word", "Vélo", "word", "zut").Want(t, 303)
		s.Chloe.Post("/a/ag/polls/"+words+"/answer", "word", "vélo").Want(t, 303)
		s.Ana.Get("/a/ag/polls/"+words).Want(t, 200, "<svg class=\"poll-cloud\"", ">vélo</text>", ">zut</text>", "&lt;b&gt;", "!Retirer")
		s.Guide.Get("/a/ag/polls/"+words).Want(t, 200, "Retirer « zut »")
		s.Guide.Post("/a/ag/polls/"+words+"/word", "word", "zut").Want(t, 303)
		s.Ana.Get("/a/ag/polls/"+words).Want(t, 200, "vélo", "!zut")
		s.Guide.Get("/a/ag/polls/"+words).Want(t, 200, "Remettre « zut »")
		s.Guide.Post("/a/ag/polls/"+scale+"/word", "word", "zut").Want(t, 409)

		ranking := put(t, s, "Quel lieu ?", "kind", "ranking", "options", "Rennes\nLyon\nNantes", "method", "schulze", "minutes", "on", "then", "start")
		s.Ana.Post("/a/ag/polls/"+ranking+"/answer", "rank-1", "1", "rank-2", "1").Want(t, 422, "Deux propositions ont le rang 1", "selected")
		s.Ana.Post("/a/ag/polls/"+ranking+"/answer", "rank-1", "2", "rank-2", "1").Want(t, 303)
		s.Ben.Post("/a/ag/polls/"+ranking+"/answer", "rank-2", "1").Want(t, 303)
		s.Guide.Post("/a/ag/polls/"+ranking+"/stop").Want(t, 303)
		s.Ana.Get("/a/ag/polls/"+ranking).Want(t, 200, "Méthode de Schulze", "Lyon est préféré·e à Rennes : 2 contre 0", `<span class="live-place">1</span> <b>Lyon</b>`)
		written(t, s, "Lyon", "Méthode de Schulze")

		timed := put(t, s, "Vite ?", "kind", "single", "options", "oui\nnon", "seconds", "30", "then", "start")
		s.Ana.Get("/a/ag/polls/"+timed).Want(t, 200, "Se ferme dans", "<poll-clock")
		h.SetClock(time.Now().Add(31 * time.Second))
		s.Ana.Post("/a/ag/polls/"+timed+"/answer", "choice", "1").Want(t, 409, "ne prend plus de réponses")
		h.TickNow()
		s.Ana.Get("/a/ag/polls/"+timed).Want(t, 200, "Terminé")
	})
}

// Many answer at once: each is counted, once.
func TestManyAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		id := put(t, s, "Ensemble ?", "kind", "single", "options", "oui\nnon", "then", "start")
		const crowd = 60
		var browsers []*apptest.Browser
		for i := range crowd {
			m := h.AddMember(people.Member{FirstName: "P", LastName: fmt.Sprint("N", i), Number: fmt.Sprint("N", i)})
			browsers = append(browsers, h.As(h.AccountOf(m).ID))
		}
		var all sync.WaitGroup
		for i, b := range browsers {
			for range 2 { // and again
				all.Go(func() { b.Post("/a/ag/polls/"+id+"/answer", "choice", fmt.Sprint(1+i%2)) })
			}
		}
		all.Wait()
		s.Ana.Get("/a/ag/polls/"+id).Want(t, 200, `data-bar="1" data-n="30" width="50%"`, `data-bar="2" data-n="30" width="50%"`)
	})
}

// Every act, for each who must not do it; drafts are moved and removed by who may.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := h.Assembly()
	first, second := put(t, s, "Un ?", "kind", "single", "options", "a\nb"), put(t, s, "Deux ?", "kind", "single", "options", "a\nb")
	for _, act := range []string{"start", "stop", "show", "hide", "up", "down", "remove", "word", "edit"} {
		path := "/a/ag/polls/" + first + "/" + act
		s.Ana.Post(path, "question", "Volé").Want(t, 403)
		s.Observer.Post(path, "question", "Volé").Want(t, 403)
		s.Stranger.Post(path, "question", "Volé").Want(t, 404)
		h.Visitor().Post(path, "question", "Volé").Want(t, 401)
		s.Guide.Post("/a/ag/polls/12/"+act, "question", "Q", "kind", "words", "words", "1").Want(t, 404)
	}
	s.Ana.Post("/a/ag/polls/new", "question", "Volé").Want(t, 403)
	s.Ana.Get("/a/ag/polls/new").Want(t, 403)
	order := func() string {
		return strings.Join(regexp.MustCompile(`(Un|Deux) \?</b>`).FindAllString(apptest.Plain(s.Chair.Get("/a/ag/polls").Body), -1), " ")
	}
	if got := order(); got != "Un ?</b> Deux ?</b>" {
		t.Errorf("at first %s", got)
	}
	s.Guide.Post("/a/ag/polls/"+second+"/up").Want(t, 303)
	s.Guide.Post("/a/ag/polls/"+second+"/up").Want(t, 303) // it is the first already
	if got := order(); got != "Deux ?</b> Un ?</b>" {
		t.Errorf("moved %s", got)
	}
	s.Guide.Post("/a/ag/polls/"+second+"/remove").Want(t, 303)
	s.Guide.Post("/a/ag/polls/"+first+"/start").Want(t, 303)
	s.Observer.Post("/a/ag/polls/"+first+"/answer", "choice", "1").Want(t, 403)
	s.Stranger.Post("/a/ag/polls/"+first+"/answer", "choice", "1").Want(t, 404)
	h.Visitor().Post("/a/ag/polls/"+first+"/answer", "choice", "1").Want(t, 401)
	for _, page := range []string{"", "/" + first, ".csv", ".json"} {
		s.Stranger.Get("/a/ag/polls"+page).Want(t, 404)
		h.Visitor().Get("/a/ag/polls"+page).Want(t, 303)
	}
	if err := h.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("poll.") }
