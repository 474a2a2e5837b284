package stage_test

import (
	"bytes"
	"image"
	_ "image/png"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

// Slides are brought, shown, turned, drawn upon, read alone, searched, and kept.
func TestSlides(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.ana.Get("/a/ag/stage/prepare").Want(t, 403)
		s.upload(s.ana, "/a/ag/stage/decks", "a.pdf", pdf(t, "A")).Want(t, 403)
		s.upload(s.chair, "/a/ag/stage/decks", "", nil, "title", "gardé").Want(t, 422, "Choisissez un fichier PDF", "gardé")
		s.upload(s.chair, "/a/ag/stage/decks", "a.txt", []byte("texte")).Want(t, 422, "exportez votre présentation en PDF")
		s.upload(s.chair, "/a/ag/stage/decks", "vide.pdf", []byte("%PDF-1.7\nrien\n%%EOF\n")).Want(t, 303)
		s.made(t)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "n'a pas pu être lu", "vide", "Retirer")

		deck := s.deck(t, "Comptes 2025", "Comptes", "Élection", "Merci")
		at := "/a/ag/stage/deck/" + deck
		s.ana.Get(at+"/1").Want(t, 404) // nobody was shown them
		s.ana.Get(at+"/1/large").Want(t, 404)
		s.ana.Get(at+"/file").Want(t, 404)
		s.ana.Get("/a/ag/live").Want(t, 200, "!Comptes 2025")
		s.ana.Get("/a/ag/stage").Want(t, 200, "Rien n'est à l'écran")
		s.ana.Post("/a/ag/stage/show", "what", "deck", "id", deck).Want(t, 403)
		s.observer.Post("/a/ag/stage/show", "what", "deck", "id", deck).Want(t, 403)
		s.stranger.Post("/a/ag/stage/show", "what", "deck", "id", deck).Want(t, 404)

		next := s.follow(t)
		s.guide.Post("/a/ag/stage/show", "what", "deck", "id", deck).Want(t, 303)
		if next("changed") != "stage" {
			t.Error("the pages are not told")
		}
		for _, path := range []string{"/a/ag/live", "/a/ag/stage"} {
			s.ana.Get(path).Want(t, 200, "Comptes 2025", "Page 1 sur 3 : Comptes", at+"/1/large", at+"/1/small", "Texte de la page", "!/stage/erase", "!data-presents")
		}
		s.ana.Get("/a/ag/live/screen").Want(t, 200, at+"/1/large", "!<form", "!<button")
		s.chair.Get("/a/ag/live/chair").Want(t, 200, at+"/1/large", "data-presents", "Ne plus rien montrer")
		picture := s.ana.Get(at+"/1/large").Want(t, 200)
		if m, kind, err := image.Decode(strings.NewReader(picture.Body)); err != nil || kind != "png" || m.Bounds().Dy() != 1280 {
			t.Errorf("the picture: %s %v", kind, err)
		}
		if got := picture.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control: %s", got)
		}
		s.ana.Get(at+"/1/huge").Want(t, 404)
		s.ana.Get(at+"/4").Want(t, 404)
		s.ana.Get(at+"/2").Want(t, 200, `"headline":"Élection"`, `"strokes":[]`)

		s.chair.Post("/a/ag/stage/page", "deck", deck, "page", "2").Want(t, 303)
		if got := next("stage-page"); got != `{"deck":"`+deck+`","page":2}` {
			t.Error(got)
		}
		s.ana.Get("/a/ag/live").Want(t, 200, "Page 2 sur 3 : Élection")
		s.ana.Post("/a/ag/stage/page", "deck", deck, "page", "3").Want(t, 403)
		s.chair.Post("/a/ag/stage/page", "deck", deck, "page", "4").Want(t, 409, "n'ont pas cette page")
		s.chair.Post("/a/ag/stage/page", "deck", "12", "page", "1").Want(t, 409, "plus ce qui est à l'écran")
		s.ana.Get("/a/ag/stage?deck="+deck+"&page=3").Want(t, 200, "Vous feuilletez de votre côté", "Page 3 sur 3 : Merci", "Suivre de nouveau")
		s.ana.Get("/a/ag/stage?deck="+deck+"&page=9").Want(t, 404)
		s.ana.Get("/a/ag/stage?q=election").Want(t, 200, "1 page trouvée", "Comptes 2025, page 2")
		s.ana.Get("/a/ag/stage?q=100%25").Want(t, 200, "0 page trouvée")

		// Only who presents draws.
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.TickNow() // Ana is present: her page is open
		s.ana.Post("/a/ag/stage/stroke", "deck", deck, "page", "2", "points", "1,1 2,2").Want(t, 403)
		s.ana.Post("/a/ag/stage/pointer", "at", "1,1").Want(t, 403)
		s.chair.Post("/a/ag/stage/presenter", "name", "Inconnue").Want(t, 422, "par son nom entier", "Inconnue")
		s.chair.Post("/a/ag/stage/presenter", "name", "ana rive").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "data-presents", "/a/ag/stage/page")
		s.ana.Post("/a/ag/stage/show").Want(t, 403)
		s.ana.Post("/a/ag/stage/stroke", "deck", deck, "page", "2", "points", "nothing").Want(t, 422)
		s.ana.Post("/a/ag/stage/stroke", "deck", deck, "page", "2", "points", "100,100 500,500").Want(t, 303)
		if got := next("stage-stroke"); !strings.Contains(got, `"page":2,`) || !strings.Contains(got, `"points":"100,100 500,500"`) || !strings.Contains(got, `"id":"`) {
			t.Error(got)
		}
		s.observer.Get("/a/ag/live").Want(t, 200, "<polyline")
		s.observer.Get(at+"/2").Want(t, 200, "100,100 500,500")
		s.ana.Post("/a/ag/stage/pointer", "at", "250,750").Want(t, 204)
		if got := next("stage-pointer"); got != "250,750" {
			t.Error(got)
		}
		s.ana.Post("/a/ag/stage/pointer", "at", "2500,0").Want(t, 422)
		s.chair.Post("/a/ag/stage/presenter", "name", "").Want(t, 303)
		s.ana.Post("/a/ag/stage/erase", "deck", deck, "page", "2").Want(t, 403)

		s.chair.Post("/a/ag/stage/decks/"+deck+"/remove").Want(t, 409, "elles restent au dossier")
		s.chair.Post("/a/ag/stage/show", "what", "").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "!Comptes 2025")
		s.ana.Get("/a/ag/stage").Want(t, 200, "Rien n'est à l'écran", "Comptes 2025", "3 pages")

		s.TickNow() // what was written gets its place in the chain
		if got := s.minutes(t); !strings.Contains(got, "Ce qui a été montré") || !strings.Contains(got, "Diapositives : « Comptes 2025 »") {
			t.Error(got)
		}
		s.Read(func(tx *db.Tx) error {
			legal := files(t, func(add component.AddFile) error { return s.part().(component.Evidence).Evidence(tx, s.space, add) })
			if len(legal) != 2 || !strings.HasPrefix(legal["stage/02-comptes-2025.pdf"], "%PDF") {
				t.Errorf("%d files", len(legal))
			}
			for _, want := range []string{`"title": "Comptes 2025"`, "100,100 500,500", `"shown_at"`, "Merci"} {
				if !strings.Contains(legal["stage/stage.json"], want) {
					t.Errorf("the record does not say %s", want)
				}
			}
			all := files(t, func(add component.AddFile) error { return s.part().(component.Exporter).Export(tx, add) })
			if len(all) != 2+1+3*2 {
				t.Errorf("%d files in the export", len(all))
			}
			return nil
		})
		h.CheckWords("stage.")
	})
}

// Nobody has to read what is shown while its pictures are being made, and a deck can be taken back
// as long as nobody was shown it.
func TestAWaitingDeck(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.upload(s.chair, "/a/ag/stage/decks", "a.pdf", pdf(t, "A")).Want(t, 303)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "se préparent", "<live-fragment")
		deck := find(t, s.chair.Get("/a/ag/stage/prepare").Body, `/a/ag/stage/deck/(\d+)/file">a`)
		s.chair.Get("/a/ag/stage/deck/"+deck+"/1").Want(t, 404)
		s.chair.Post("/a/ag/stage/show", "what", "deck", "id", deck).Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "se préparent")
		s.chair.Post("/a/ag/stage/page", "deck", deck, "page", "1").Want(t, 409)
		s.made(t)
		s.ana.Get("/a/ag/live").Want(t, 200, "Page 1 sur 1 : A")

		s.upload(s.chair, "/a/ag/stage/decks", "b.pdf", pdf(t, "B")).Want(t, 303)
		s.made(t)
		other := find(t, s.chair.Get("/a/ag/stage/prepare").Body, `/a/ag/stage/deck/(\d+)/file">b`)
		s.ana.Post("/a/ag/stage/decks/"+other+"/remove").Want(t, 403)
		s.chair.Post("/a/ag/stage/decks/"+other+"/remove", "back", "prepare").Want(t, 303)
		s.chair.Get("/a/ag/stage/deck/"+other+"/1").Want(t, 404)
	})
}

// A document of the assembly becomes slides.
func TestFromADocument(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "!En faire des diapositives")
		s.upload(s.chair, "/a/ag/documents/new", "comptes.pdf", pdf(t, "Comptes"), "title", "Comptes annuels", "item", "0").Want(t, 303)
		s.upload(s.chair, "/a/ag/documents/new", "note.txt", []byte("note"), "title", "Une note", "item", "0").Want(t, 303)
		page := s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "En faire des diapositives", "!Une note").Body
		document := find(t, page, `<option value="(\d+)"[^>]*>Comptes annuels`)
		s.ana.Post("/a/ag/stage/decks/from", "document", document).Want(t, 403)
		s.chair.Post("/a/ag/stage/decks/from", "document", "12").Want(t, 422, "Choisissez un document PDF")
		s.chair.Post("/a/ag/stage/decks/from", "document", document, "back", "prepare").Want(t, 303)
		s.made(t)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "1 page")
	})
}

// An attempt that fell silent is taken up again by any node, but not for ever.
func TestADeadAttempt(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.upload(s.chair, "/a/ag/stage/decks", "a.pdf", pdf(t, "A")).Want(t, 303)
		kill := func(attempts int) {
			h.Write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE stage_deck SET state = 'rendering', run = 5, attempts = $1, beat_at = $2", attempts, tx.Now.Add(-time.Hour))
				return err
			})
		}
		kill(1)
		s.made(t)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "1 page")
		kill(3)
		s.made(t)
		s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "trop lourde")
	})
}

func TestClock(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.ana.Post("/a/ag/stage/clock", "minutes", "5").Want(t, 403)
		for _, wrong := range []string{"", "-1", "999"} {
			s.chair.Post("/a/ag/stage/clock", "minutes", wrong, "text", "Pause").Want(t, 422, "Donnez un nombre de minutes", "Pause")
		}
		s.chair.Post("/a/ag/stage/clock", "minutes", "5", "text", "Pause, reprise dans").Want(t, 303)
		for _, path := range []string{"/a/ag/live", "/a/ag/live/screen", "/a/ag/live/chair", "/a/ag/stage"} {
			s.chair.Get(path).Want(t, 200, "Pause, reprise dans", "<stage-clock")
		}
		h.SetClock(time.Now().Add(10 * time.Minute))
		if body := s.ana.Get("/a/ag/live").Body; !bytes.Contains([]byte(body), []byte(`data-left="0"`)) {
			t.Error("the clock runs on")
		}
		s.chair.Post("/a/ag/stage/clock", "minutes", "0").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "!<stage-clock")
	})
}
