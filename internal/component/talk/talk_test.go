package talk_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
)

// question is the number of the question with that text, as the page of questions has it.
func question(t *testing.T, b *apptest.Browser, text string) string {
	t.Helper()
	body := apptest.Plain(b.Get("/a/ag/questions").Body)
	m := regexp.MustCompile(`<li id="q-(\d+)" class="ask"><p class="ask-text">` + regexp.QuoteMeta(text)).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("there is no question %q", text)
	}
	return m[1]
}

// order fails unless the texts come in this order.
func order(t *testing.T, body string, texts ...string) {
	t.Helper()
	last := -1
	for _, text := range texts {
		at := strings.Index(apptest.Plain(body), text)
		if at <= last {
			t.Errorf("%q is not where it should be", text)
		}
		last = at
	}
}

// Questions from before the session: asked, supported, merged, answered, set aside, exported.
func TestQuestions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Chair.Post("/a/ag/agenda/new", "title", "Comptes", "minutes", "20").Want(t, 303)
		page := s.Ana.Get("/a/ag/questions").Want(t, 200, "Aucune question n'attend", "1. Comptes")
		item := regexp.MustCompile(`<option value="(\d+)">1\. Comptes`).FindStringSubmatch(page.Body)[1]
		s.Ana.Post("/a/ag/questions", "text", " ", "item", "0").Want(t, 422, "Écrivez votre question")
		s.Ana.Post("/a/ag/questions", "text", "Gardé ?", "item", "12").Want(t, 422, "Choisissez un point", "Gardé ?")
		s.Ana.Post("/a/ag/questions", "text", "D'où vient <b>l'excédent</b> ?", "item", item).Want(t, 303)
		s.Ana.Post("/a/ag/questions", "text", "Où se tient le banquet ?", "item", "0").Want(t, 303)
		s.Ben.Post("/a/ag/questions", "text", "Y aura-t-il un repas ?", "item", "0").Want(t, 303)
		s.Ben.Post("/a/ag/questions", "text", "Hors sujet", "item", "0").Want(t, 303)
		s.Ana.Get("/a/ag/questions").Want(t, 200, "&lt;b&gt;l'excédent", "!<b>l'excédent", "Ben Rive", "!Traiter")

		banquet, repas, excess := question(t, s.Ana, "Où se tient le banquet ?"), question(t, s.Ana, "Y aura-t-il un repas ?"), question(t, s.Ana, "D'où vient")
		order(t, s.Ana.Get("/a/ag/questions").Body, "Où se tient", "Y aura-t-il", "Hors sujet", "D'où vient")
		s.Chloe.Post("/a/ag/questions/"+repas+"/support").Want(t, 303)
		s.Chloe.Post("/a/ag/questions/"+repas+"/support").Want(t, 303) // once each
		s.Ana.Post("/a/ag/questions/"+repas+"/support").Want(t, 303)
		s.Ana.Post("/a/ag/questions/"+banquet+"/support").Want(t, 409, "c'est la vôtre")
		s.Ana.Get("/a/ag/questions").Want(t, 200, `<b data-count="talk-q-`+repas+`">2</b>`, "Ne plus soutenir")
		order(t, s.Ana.Get("/a/ag/questions").Body, "Y aura-t-il", "Où se tient", "Hors sujet")
		s.Ana.Post("/a/ag/questions/"+repas+"/unsupport").Want(t, 303)
		s.Ana.Get("/a/ag/questions").Want(t, 200, `<b data-count="talk-q-`+repas+`">1</b>`)

		s.Guide.Post("/a/ag/questions/"+repas+"/merge", "into", repas).Want(t, 422, "Choisissez une autre question")
		s.Guide.Post("/a/ag/questions/"+repas+"/merge", "into", "7").Want(t, 422, "Choisissez une autre question")
		s.Guide.Post("/a/ag/questions/"+repas+"/merge", "into", banquet).Want(t, 303)
		s.Ana.Get("/a/ag/questions").Want(t, 200, `<b data-count="talk-q-`+banquet+`">2</b>`, "!Y aura-t-il") // Ben's and Chloé's
		s.Ana.Get("/a/ag/questions?show=merged").Want(t, 200, "Y aura-t-il", "qui a reçu ses soutiens")
		s.Chloe.Post("/a/ag/questions/"+repas+"/support").Want(t, 409)

		off := question(t, s.Ana, "Hors sujet")
		s.Chair.Post("/a/ag/questions/"+off+"/aside", "reason", "").Want(t, 422, "Donnez une raison")
		s.Chair.Post("/a/ag/questions/"+off+"/aside", "reason", "Ce n'est pas une question.").Want(t, 303)
		s.Ana.Get("/a/ag/questions?show=aside").Want(t, 200, "Ce n'est pas une question")
		s.Chair.Post("/a/ag/questions/"+banquet+"/answer", "how", "writing", "answer", "").Want(t, 422, "Écrivez la réponse")
		s.Chair.Post("/a/ag/questions/"+banquet+"/screen").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "La question dont on parle")
		s.Chair.Post("/a/ag/questions/"+banquet+"/answer", "how", "writing", "answer", "Dans la cour.").Want(t, 303)
		s.Ana.Get("/a/ag/live/screen").Want(t, 200, "!La question dont on parle")
		s.Chair.Post("/a/ag/questions/"+excess+"/answer").Want(t, 303)
		s.Ana.Get("/a/ag/questions?show=answered").Want(t, 200, "Dans la cour", "de vive voix")
		s.Chair.Post("/a/ag/questions/"+excess+"/reopen").Want(t, 303)
		question(t, s.Ana, "D'où vient")

		h.TickNow()
		s.Ana.Get("/a/ag/journal").Want(t, 200, "Une question est posée : Où se tient", "Une question est écartée (Ce n'est pas une question.)")
		s.Ana.Get("/a/ag/questions.csv").Want(t, 200, "id,item,name,text", "Ben Rive,Hors sujet", "Dans la cour.")
		s.Ana.Get("/a/ag/questions.json").Want(t, 200, `"item": "Comptes"`, `"merged_into": "`+banquet+`"`)
		s.Chair.Post("/a/ag/questions/settings", "closed", "on", "minutes", "on").Want(t, 303)
		s.Ana.Post("/a/ag/questions", "text", "Encore ?").Want(t, 409, "On ne peut plus poser")
		written(t, s, true)
		s.Chair.Post("/a/ag/questions/settings").Want(t, 303)
		written(t, s, false)
		for range 5 {
			s.Chloe.Post("/a/ag/questions", "text", "Encore ?").Want(t, 303)
		}
		s.Chloe.Post("/a/ag/questions", "text", "Encore ?").Want(t, 429, "attendez un peu")
		erased(t, s)
	})
}

// written checks what the minutes and the files say of the questions.
func written(t *testing.T, s apptest.Assembly, inMinutes bool) {
	t.Helper()
	files := map[string]string{}
	add := func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] = b.String()
		return err
	}
	c := part(s)
	s.Read(func(tx *db.Tx) error {
		parts, err := c.(component.Contributor).Contribute(tx, s.Space, component.Minutes, i18n.French)
		if err != nil {
			return err
		}
		text := apptest.Plain(fmt.Sprint(parts))
		for _, want := range []string{"Questions posées", "Dans la cour", "2 soutiens", "Restée sans réponse", "Posée par Ana Rive"} {
			if strings.Contains(text, want) != inMinutes {
				t.Errorf("the minutes and %q: %s", want, text)
			}
		}
		if err := c.(component.Evidence).Evidence(tx, s.Space, add); err != nil {
			return err
		}
		if err := c.(component.Exporter).Export(tx, add); err != nil {
			return err
		}
		return c.(component.PersonalData).ExportMember(tx, s.Members[2].ID, add)
	})
	if files["live/questions.json"] == "" || files["live/questions.json"] != files["ag/live/questions.json"] {
		t.Errorf("the files are %v", files)
	}
	if mine := files["questions.json"]; !strings.Contains(mine, "repas") || strings.Contains(mine, "Hors sujet") {
		t.Errorf("Chloé's own: %s", mine)
	}
}

func part(s apptest.Assembly) component.Component {
	for _, c := range s.Components {
		if c.Key() == "talk" {
			return c
		}
	}
	s.T.Fatal("no talk")
	return nil
}

// erased destroys Ana's data: her open question goes, with its text in the journal; the one that was
// answered stays.
func erased(t *testing.T, s apptest.Assembly) {
	t.Helper()
	s.Write(func(tx *db.Tx) error { return part(s).(component.PersonalData).EraseMember(tx, s.Members[0].ID) })
	s.Ben.Get("/a/ag/questions").Want(t, 200, "!D'où vient")
	s.Ben.Get("/a/ag/questions?show=answered").Want(t, 200, "Où se tient le banquet")
	s.Ben.Get("/a/ag/journal").Want(t, 200, "!Une question est posée : D'où vient")
}

// In session: the panels, the screen, and the floor given to whoever asked.
func TestInSession(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Ana.Post("/a/ag/questions", "text", "Combien de vélos ?").Want(t, 303)
		id := question(t, s.Ana, "Combien de vélos ?")
		s.Ben.Get("/a/ag/live").Want(t, 200, "Combien de vélos ?", "Soutenir", "Poser une question", "!Traiter")
		s.Observer.Get("/a/ag/live").Want(t, 200, "Combien de vélos ?", "!Soutenir :", "!Poser une question")
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Combien de vélos ?", "Traiter", "Donner la parole")
		s.Guide.Post("/a/ag/questions/"+id+"/screen").Want(t, 303)
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, "La question dont on parle", "Combien de vélos ?", "!<form")
		s.Guide.Post("/a/ag/questions/"+id+"/floor").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Vous avez la parole")
		s.Guide.Post("/a/ag/questions/"+id+"/unscreen").Want(t, 303)
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, "!La question dont on parle")
	})
}

// Every act, for each who must not do it.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := h.Assembly()
	s.Ana.Post("/a/ag/questions", "text", "Combien ?").Want(t, 303)
	id := question(t, s.Ana, "Combien ?")
	for _, act := range []string{"answer", "aside", "reopen", "merge", "screen", "unscreen", "floor"} {
		path := "/a/ag/questions/" + id + "/" + act
		s.Ben.Post(path, "reason", "x", "into", "1").Want(t, 403)
		s.Observer.Post(path, "reason", "x").Want(t, 403)
		s.Stranger.Post(path, "reason", "x").Want(t, 404)
		h.Visitor().Post(path, "reason", "x").Want(t, 401)
	}
	for _, path := range []string{"", "/" + id + "/support", "/" + id + "/unsupport", "/settings"} {
		s.Observer.Post("/a/ag/questions"+path, "text", "x").Want(t, 403)
		s.Stranger.Post("/a/ag/questions"+path, "text", "x").Want(t, 404)
		h.Visitor().Post("/a/ag/questions"+path, "text", "x").Want(t, 401)
	}
	s.Ben.Post("/a/ag/questions/settings", "closed", "on").Want(t, 403)
	s.Ben.Post("/a/ag/questions/12/support").Want(t, 404)
	for _, page := range []string{"", ".csv", ".json"} {
		s.Stranger.Get("/a/ag/questions"+page).Want(t, 404)
		h.Visitor().Get("/a/ag/questions"+page).Want(t, 303)
		s.Observer.Get("/a/ag/questions"+page).Want(t, 200)
	}
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("talk.") }
