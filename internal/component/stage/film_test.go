package stage_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

const (
	aWebM = "\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm and the rest"
	aVTT  = "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n"
)

// bring sends the form of a film: pairs of fields, and files as field, name, content.
func (s scene) bring(b *apptest.Browser, fields map[string]string, files ...[3]string) apptest.Answer {
	s.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		w.WriteField(name, value)
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f[0], f[1])
		if err != nil {
			s.T.Fatal(err)
		}
		part.Write([]byte(f[2]))
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, s.URL+"/a/ag/stage/films", &body)
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.Do(req)
}

func TestFilm(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.bring(s.ana, nil, [3]string{"film", "a.webm", aWebM}).Want(t, 403)
		s.bring(s.chair, map[string]string{"film_title": "gardé"}).Want(t, 422, "Choisissez un fichier, ou donnez une adresse", "gardé")
		s.bring(s.chair, nil, [3]string{"film", "a.webm", "rien"}).Want(t, 422, "pas un film MP4 ou WebM")
		s.bring(s.chair, nil, [3]string{"film", "a.webm", aWebM}, [3]string{"subtitles", "a.srt", "1"}).Want(t, 422, "WebVTT")
		for _, wrong := range []string{"http://example.org/a.mp4", "https://example.org/watch?v=1", "javascript:alert(1)//a.mp4", "https:///a.mp4", "https://me:pass@example.org/a.webm"} {
			s.bring(s.chair, map[string]string{"url": wrong}).Want(t, 422, "Donnez l'adresse en https")
		}
		s.bring(s.chair, map[string]string{"film_title": "Un an de trajets", "film_lang": "fr"}, [3]string{"film", "a.webm", aWebM}, [3]string{"subtitles", "a.vtt", aVTT}).Want(t, 303)
		s.bring(s.chair, map[string]string{"url": "https://films.example.org/b.mp4", "film_title": "Ailleurs"}).Want(t, 303)

		page := s.chair.Get("/a/ag/stage/prepare").Want(t, 200, "Un an de trajets", "Ailleurs", "https://films.example.org/b.mp4").Body
		film := find(t, page, `name="id" value="(\d+)"[^>]*>\s*<button[^>]*aria-label="Montrer[^"]*Un an`)
		other := find(t, page, `name="id" value="(\d+)"[^>]*>\s*<button[^>]*aria-label="Montrer[^"]*Ailleurs`)
		s.ana.Get("/a/ag/stage/film/"+film+"/file").Want(t, 404)
		s.chair.Post("/a/ag/stage/film", "film", film, "do", "play").Want(t, 409)
		s.chair.Post("/a/ag/stage/show", "what", "film", "id", film).Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "<stage-film", "/a/ag/stage/film/"+film+"/file", `srclang="fr"`, "Mon volume", "!Lire pour tout le monde")
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Lire pour tout le monde")
		s.ana.Get("/a/ag/live/screen").Want(t, 200, "<stage-film", "!Mon volume")

		req, err := http.NewRequest(http.MethodGet, s.URL+"/a/ag/stage/film/"+film+"/file", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Range", "bytes=4-7")
		part := s.ana.Do(req).Want(t, 206)
		if part.Body != aWebM[4:8] || part.Header.Get("Content-Type") != "video/webm" {
			t.Errorf("%q, %s", part.Body, part.Header.Get("Content-Type"))
		}
		if got := s.ana.Get("/a/ag/stage/film/"+film+"/subtitles").Want(t, 200); got.Body != aVTT || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/vtt") {
			t.Errorf("%q", got.Body)
		}

		// Whoever comes late is where the others are.
		begun := time.Now().Truncate(time.Second)
		h.SetClock(begun)
		s.ana.Post("/a/ag/stage/film", "film", film, "do", "play").Want(t, 403)
		s.chair.Post("/a/ag/stage/film", "film", film, "do", "dance").Want(t, 422)
		next := s.follow(t)
		s.chair.Post("/a/ag/stage/film", "film", film, "do", "play", "position", "5000").Want(t, 303)
		var place struct {
			Film     string
			Playing  bool
			Position int64
			At       int64
		}
		if err := json.Unmarshal([]byte(next("stage-film")), &place); err != nil || !place.Playing || place.Film != film || place.Position != 5000 || place.At != begun.UnixMilli() {
			t.Errorf("%+v, %v", place, err)
		}
		h.SetClock(begun.Add(10 * time.Second))
		s.chair.Post("/a/ag/stage/film", "film", film, "do", "pause").Want(t, 303)
		if err := json.Unmarshal([]byte(next("stage-film")), &place); err != nil || place.Playing || place.Position != 15_000 {
			t.Errorf("%+v, %v", place, err)
		}
		s.ana.Get("/a/ag/live").Want(t, 200, `data-playing="false"`, `data-position="15000"`)
		s.chair.Post("/a/ag/stage/film", "film", film, "do", "seek", "position", "-4").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, `data-position="0"`)
		if got := s.ana.Get("/a/ag/stage/time").Want(t, 200).Body; !strings.Contains(got, `"now":`) {
			t.Error(got)
		}

		s.chair.Post("/a/ag/stage/films/"+film+"/remove").Want(t, 409, "il reste au dossier")
		s.ana.Post("/a/ag/stage/films/"+other+"/remove").Want(t, 403)
		if csp := s.ana.Get("/a/ag/live").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "media-src 'self' https:;") {
			t.Error(csp)
		}
		if csp := s.ana.Get("/a/ag").Header.Get("Content-Security-Policy"); strings.Contains(csp, "https:") {
			t.Error("every page takes media from elsewhere: ", csp)
		}
		s.TickNow()
		if got := s.minutes(t); !strings.Contains(got, "Film : « Un an de trajets »") || strings.Contains(got, "Ailleurs") {
			t.Error(got)
		}
		s.Read(func(tx *db.Tx) error {
			legal := files(t, func(add component.AddFile) error { return s.part().(component.Evidence).Evidence(tx, s.space, add) })
			if legal["stage/film-01-un-an-de-trajets.webm"] != aWebM || legal["stage/film-01-un-an-de-trajets.fr.vtt"] != aVTT || strings.Contains(legal["stage/stage.json"], "Ailleurs") {
				t.Errorf("%d files", len(legal))
			}
			return nil
		})
		s.chair.Post("/a/ag/stage/films/"+other+"/remove").Want(t, 303)
	})
}

// A resolution's text is put before everybody, with what changed since it was first written.
func TestResolution(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		id := s.motion(t, "Places réservées", "Un quart des places est réservé.", "Un tiers des places est réservé.")
		s.ana.Post("/a/ag/stage/show", "what", "resolution", "id", id).Want(t, 403)
		s.chair.Post("/a/ag/stage/show", "what", "resolution", "id", "12").Want(t, 404)
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Places réservées", "modifiée depuis sa première version")
		s.chair.Post("/a/ag/stage/show", "what", "resolution", "id", id).Want(t, 303)
		for _, path := range []string{"/a/ag/live", "/a/ag/live/screen", "/a/ag/stage"} {
			body := s.ana.Get(path).Want(t, 200, "Places réservées", "<ins>", "<del>", "ajouté :", "retiré :").Body
			find(t, body, `<del>.*?</span>(quart)<span`)
			find(t, body, `<ins>.*?</span>(tiers)<span`)
		}
		s.TickNow()
		if got := s.minutes(t); !strings.Contains(got, "Texte de la résolution : « Places réservées »") {
			t.Error(got)
		}
	})
}
