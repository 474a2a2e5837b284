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
		s.ana.Get("/a/ag/captions").Want(t, 200, "Rien n'a encore été écrit", "!Ce qui se dit</label>")
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

// What a machine writes is marked, corrected, taken off, and belongs to whose voice it was.
func TestMachineCaptions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		next := s.follow(t)
		ana := h.AccountOf(s.member)
		begun := time.Now().Truncate(time.Second)
		h.SetClock(begun.Add(5 * time.Second))
		write := func(text string, at time.Time) {
			h.Write(func(tx *db.Tx) error {
				return s.part().(component.CaptionKeeper).KeepCaption(tx, s.space.ID, component.MachineCaption{Lang: "fr", Text: text, Speaker: component.LivePerson{Account: ana.ID, Name: ana.Name}, At: at})
			})
		}
		write("Le banquet est dimanche <ou> samedi.", begun.Add(2*time.Second))
		if next("changed") != "stage-captions" {
			t.Error("pages without captions are not told")
		}
		if got := next("stage-caption"); !strings.Contains(got, `"made":"machine","who":"`+ana.Name+`"`) {
			t.Error(got)
		}
		write(strings.Repeat("La la la. ", 100), begun)
		s.ana.Get("/a/ag/live").Want(t, 200, "<b data-who>"+ana.Name+"</b>", "écrit par une machine", "La la la.", "!corrigé</small>", "!Corriger")
		s.observer.Get("/a/ag/captions").Want(t, 200, "!Corriger")
		page := s.chair.Get("/a/ag/captions").Want(t, 200, "Corriger").Body
		line := find(t, page, `line=(\d+)`)
		s.chair.Get("/a/ag/captions?line="+line).Want(t, 200, "Corriger cette ligne", "Retirer cette ligne")
		s.ana.Get("/a/ag/captions?line="+line).Want(t, 403)

		at := "/a/ag/captions/" + line
		for _, act := range []string{"/correct", "/remove"} {
			s.ana.Post(at+act, "text", "Non").Want(t, 403)
			s.observer.Post(at+act, "text", "Non").Want(t, 403)
			s.stranger.Post(at+act, "text", "Non").Want(t, 404)
			s.chair.Post("/a/ag/captions/7"+act, "text", "Non").Want(t, 404)
		}
		s.chair.Post("/a/ag/stage/captioners", "captioner", "Compte observer", "lang", "en").Want(t, 303)
		s.observer.Post(at+"/correct", "text", "Non").Want(t, 403) // who types another language
		s.chair.Post(at+"/correct", "text", " ").Want(t, 422, "Tapez une ligne", "Corriger cette ligne")
		s.chair.Post(at+"/correct", "lang", "fr", "text", strings.Repeat("é", 301)).Want(t, 422, "300 caractères", "éééé")
		s.chair.Post("/a/ag/stage/captioners", "captioner", "Compte observer", "lang", "fr").Want(t, 303)
		s.observer.Post(at+"/correct", "lang", "fr", "text", "Le banquet est samedi.").Want(t, 303)
		next("stage-caption") // the second line
		if got := next("stage-caption"); !strings.Contains(got, `"text":"Le banquet est samedi."`) || !strings.Contains(got, `"made":"corrected"`) || !strings.Contains(got, line) {
			t.Error(got)
		}
		s.ana.Get("/a/ag/live").Want(t, 200, "Le banquet est samedi.", "écrit par une machine, corrigé", "!dimanche")

		vtt := s.ana.Get("/a/ag/captions/fr.vtt").Want(t, 200).Body
		for _, want := range []string{"NOTE written by a machine\n\n00:00:00.000 --> 00:00:02.000\n<v " + ana.Name + ">La la la.", "NOTE written by a machine, corrected by a person\n\n00:00:02.000 --> 00:00:09.000\n<v " + ana.Name + ">Le banquet est samedi."} {
			if !strings.Contains(vtt, want) {
				t.Errorf("no %q in %s", want, vtt)
			}
		}
		s.TickNow()
		if got := s.minutes(t); !strings.Contains(got, "Sous-titres écrits par une machine, Français : 2 lignes") || strings.Contains(got, "tapés en direct") {
			t.Error(got)
		}
		s.ana.Get("/a/ag/journal").Want(t, 200, "écrit par une machine (fr), "+ana.Name+" : Le banquet est dimanche", "sous-titre corrigé (fr) : Le banquet est samedi.")
		s.chair.Post(at+"/remove", "lang", "fr").Want(t, 303)
		if got := next("stage-caption"); !strings.Contains(got, `"text":""`) || strings.Contains(got, ana.Name) {
			t.Error(got)
		}
		s.TickNow()
		s.chair.Get("/a/ag/journal").Want(t, 200, "sous-titre retiré", "!dimanche", "!samedi", "La la la.")
		s.ana.Get("/a/ag/captions").Want(t, 200, "!samedi", "La la la.")

		data := s.part().(component.PersonalData)
		h.Read(func(tx *db.Tx) error {
			mine := files(t, func(add component.AddFile) error { return data.ExportMember(tx, s.member.ID, add) })
			if !strings.Contains(mine["captions.json"], "La la la.") {
				t.Errorf("%d files", len(mine))
			}
			return nil
		})
		h.Write(func(tx *db.Tx) error { return data.EraseMember(tx, s.member.ID) })
		s.chair.Get("/a/ag/captions").Want(t, 200, "!La la la.")
		s.chair.Get("/a/ag/journal").Want(t, 200, "!La la la.")
	})
}
