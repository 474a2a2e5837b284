package stage_test

import (
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

func TestCaptions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", "Bonjour").Want(t, 403)
		s.ana.Post("/a/ag/stage/captioners", "captioner", "Compte observer", "lang", "fr").Want(t, 403)
		s.chair.Post("/a/ag/stage/captioners", "captioner", "Personne", "lang", "tlh", "back", "prepare").Want(t, 422, "par son nom entier", "Choisissez une langue", "Personne")
		s.ana.Get("/a/ag/live").Want(t, 200, "!<stage-captions")
		s.chair.Post("/a/ag/stage/captioners", "captioner", "compte observer", "lang", "fr", "back", "prepare").Want(t, 303)
		s.guide.Post("/a/ag/stage/captioners", "captioner", "Compte observer", "lang", "en").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "<stage-captions", "Français", "English")
		s.ana.Get("/a/ag/captions").Want(t, 200, "Rien n'a encore été tapé", "!Ce qui se dit</label>")
		s.observer.Get("/a/ag/captions").Want(t, 200, `id="stage-caption"`)

		next := s.follow(t)
		begun := time.Now().Truncate(time.Second)
		h.SetClock(begun)
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", "  Bonjour <à>\n toutes & tous ").Want(t, 303)
		if got := next("stage-caption"); !strings.Contains(got, `"lang":"fr"`) || !strings.Contains(got, `Bonjour \u003cà\u003e toutes \u0026 tous`) {
			t.Error(got)
		}
		h.SetClock(begun.Add(3 * time.Second))
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", "On commence.").Want(t, 303)
		s.observer.Post("/a/ag/captions", "lang", "en", "text", "Hello").Want(t, 303)
		s.observer.Post("/a/ag/captions", "lang", "de", "text", "Guten Tag").Want(t, 403)
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", " ").Want(t, 422, "Tapez une ligne")
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", strings.Repeat("é", 301)).Want(t, 422, "300 caractères", "éééé")
		s.chair.Post("/a/ag/captions", "lang", "fr", "text", "Je préside").Want(t, 403) // nobody named the chair
		s.ana.Get("/a/ag/live").Want(t, 200, "On commence.", "!Hello")
		s.ana.Get("/a/ag/live/screen").Want(t, 200, "On commence.", "!<select")
		s.ana.Get("/a/ag/captions?lang=en").Want(t, 200, "Hello", "!On commence.")

		want := "WEBVTT\n\nNOTE 00:00:00.000 is " + begun.UTC().Format(time.RFC3339) +
			"\n\n00:00:00.000 --> 00:00:03.000\nBonjour &lt;à&gt; toutes &amp; tous\n\n00:00:03.000 --> 00:00:10.000\nOn commence.\n"
		if got := s.ana.Get("/a/ag/captions/fr.vtt").Want(t, 200).Body; got != want {
			t.Errorf("%s", got)
		}
		s.ana.Get("/a/ag/captions/tlh.vtt").Want(t, 404)
		s.stranger.Get("/a/ag/captions/fr.vtt").Want(t, 404)
		s.TickNow()
		if got := s.minutes(t); !strings.Contains(got, "Sous-titres tapés en direct, Français : 2 lignes") {
			t.Error(got)
		}
		s.Read(func(tx *db.Tx) error {
			legal := files(t, func(add component.AddFile) error { return s.part().(component.Evidence).Evidence(tx, s.space, add) })
			if legal["stage/captions-fr.vtt"] != want || !strings.Contains(legal["stage/captions-en.vtt"], "Hello") {
				t.Errorf("%d files", len(legal))
			}
			return nil
		})
		account := find(t, s.chair.Get("/a/ag/stage/prepare").Body, `name="account" value="(\d+)"`)
		s.ana.Post("/a/ag/stage/captioners/remove", "account", account, "lang", "fr").Want(t, 403)
		s.chair.Post("/a/ag/stage/captioners/remove", "account", account, "lang", "fr", "back", "prepare").Want(t, 303)
		s.observer.Post("/a/ag/captions", "lang", "fr", "text", "Encore").Want(t, 403)
	})
}
