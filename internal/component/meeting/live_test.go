package meeting_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// hall is an assembly of three electors, its chair, a facilitator, an observer and a stranger.
type hall struct {
	*apptest.House
	space                            space.Space
	chair, guide, observer, stranger *apptest.Browser
	ana, ben, chloe                  *apptest.Browser
	anaToken                         string
}

func open(t *testing.T, h *apptest.House) hall {
	t.Helper()
	s := hall{House: h}
	a := h.Assembly()
	s.space, s.chair, s.guide, s.observer, s.stranger, s.ana, s.ben, s.chloe = a.Space, a.Chair, a.Guide, a.Observer, a.Stranger, a.Ana, a.Ben, a.Chloe
	ana := h.AccountOf(a.Members[0])
	h.Write(func(tx *db.Tx) (err error) {
		s.anaToken, err = people.OpenSession(tx, ana.ID, people.ByLink, "test")
		return err
	})
	for _, title := range []string{"Comptes", "Mandats"} {
		s.chair.Post("/a/ag/agenda/new", "title", title, "minutes", "20").Want(t, 303)
	}
	return s
}

// hand is the number of the request of that name, as the chair's page has it.
func (s hall) hand(t *testing.T, name string) string {
	t.Helper()
	body := apptest.Plain(s.chair.Get("/a/ag/live/chair").Body)
	m := regexp.MustCompile(`aria-label="Donner la parole à ` + name + `[^"]*" id="give-(\d+)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("%s does not wait", name)
	}
	return m[1]
}

// Two people and a chair: they ask, speak in turn, and everything is written down.
func TestSession(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.ana.Get("/a/ag").Want(t, 200, "En direct", "!L'assemblée est en direct")
		s.ana.Get("/a/ag/live").Want(t, 200, "La séance est prévue le", "Comptes", "!Retirer ma demande", "!Conduire")
		s.ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 409, "La séance n'est pas ouverte")
		s.chair.Get("/a/ag").Want(t, 200, "bientôt l'heure d'ouvrir")
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Ouvrir la séance")
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.ana.Get("/a/ag").Want(t, 200, "L'assemblée est en direct", "Rejoindre l'assemblée")

		s.ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
		s.ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 303) // twice is once
		s.ben.Post("/a/ag/live/hand", "kind", "", "text", "gardé").Want(t, 422, "Dites pour quoi", "gardé")
		s.ben.Post("/a/ag/live/hand", "kind", "interposed").Want(t, 409, "Personne ne parle")
		s.ben.Post("/a/ag/live/hand", "kind", "reply", "text", "Je n'ai pas de micro.").Want(t, 303)
		s.chloe.Post("/a/ag/live/hand", "kind", "order").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "Vous êtes à la place 2 sur 3", "Retirer ma demande", "Chloé Rive", "!Je n'ai pas de micro")
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Donner la parole à Chloé Rive", "Je n'ai pas de micro")

		ana, ben := s.hand(t, "Ana"), s.hand(t, "Ben")
		s.chair.Post("/a/ag/live/chair/move", "hand", ben, "place", "1").Want(t, 422, "Donnez une raison")
		s.chair.Post("/a/ag/live/chair/move", "hand", ben, "place", "9", "reason", "x").Want(t, 422, "une place qui existe")
		s.guide.Post("/a/ag/live/chair/move", "hand", ben, "place", "1", "reason", "répond à Ana").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "Vous êtes à la place 3 sur 3", "Déplacée par la présidence : répond à Ana")
		s.chair.Post("/a/ag/live/chair/next", "hand", ana).Want(t, 409, "La file a changé")
		s.chair.Post("/a/ag/live/chair/next", "hand", s.hand(t, "Chloé")).Want(t, 303)
		s.chloe.Get("/a/ag/live").Want(t, 200, "Vous avez la parole", "terminé")
		s.chloe.Post("/a/ag/live/finish").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/item", "item", item(t, s, "Comptes")).Want(t, 303)
		s.chair.Post("/a/ag/live/chair/item", "item", "12").Want(t, 404)
		s.chair.Post("/a/ag/live/chair/give", "hand", ben).Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "Je n'ai pas de micro.", "En ce moment")
		s.ana.Get("/a/ag/live/screen").Want(t, 200, "1. Comptes", "Ben Rive", `http-equiv="refresh"`, "!<form", "!<button")
		s.chair.Post("/a/ag/live/chair/give-to", "name", "").Want(t, 422, "Écrivez un nom")
		s.chair.Post("/a/ag/live/chair/give-to", "name", "Une dame de la salle").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/end").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/drop", "hand", ana, "reason", "").Want(t, 422, "Donnez une raison")
		s.chair.Post("/a/ag/live/chair/drop", "hand", ana, "reason", "hors sujet").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/rules", "seconds", "60", "order", "least").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/rules", "seconds", "-5", "order", "loudest").Want(t, 422, "Choisissez un temps", "Choisissez un ordre")
		s.chair.Post("/a/ag/live/chair/message", "message", "Pause de dix minutes").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "Pause de dix minutes", "qui a le moins parlé")
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Temps de parole", "Ben Rive", "Une dame de la salle")
		s.ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
		s.ana.Post("/a/ag/live/hand/withdraw").Want(t, 303)
		s.guide.Post("/a/ag/live/chair/close").Want(t, 403)
		s.chair.Post("/a/ag/live/chair/close").Want(t, 303)
		s.ana.Get("/a/ag/live").Want(t, 200, "La séance est close")
		h.TickNow()
		s.ana.Get("/a/ag/journal").Want(t, 200, "Ben Rive demande la parole", "La parole est à Chloé Rive", "hors sujet")
		s.written(t)
	})
}

func item(t *testing.T, s hall, title string) string {
	t.Helper()
	m := regexp.MustCompile(`aria-label="En venir là : ` + title + `" id="item-(\d+)"`).FindStringSubmatch(apptest.Plain(s.chair.Get("/a/ag/live/chair").Body))
	if m == nil {
		t.Fatalf("%s is not on the chair's page", title)
	}
	return m[1]
}

// written checks what the minutes and the legal file say of the session.
func (s hall) written(t *testing.T) {
	t.Helper()
	files := map[string]string{}
	add := func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] = b.String()
		return err
	}
	for _, c := range s.Components {
		if c.Key() != "meeting" {
			continue
		}
		s.Read(func(tx *db.Tx) error {
			parts, err := c.(component.Contributor).Contribute(tx, s.space, component.Minutes, i18n.French)
			if err != nil {
				return err
			}
			for _, want := range []string{"Prises de parole", "Comptes", "Ben Rive", "Une dame de la salle", "Hors de l'ordre du jour"} {
				if !strings.Contains(apptest.Plain(fmt.Sprint(parts)), want) {
					t.Errorf("the minutes do not say %q: %v", want, parts)
				}
			}
			if err := c.(component.Evidence).Evidence(tx, s.space, add); err != nil {
				return err
			}
			if err := c.(component.Exporter).Export(tx, add); err != nil {
				return err
			}
			m, err := people.FindMemberByNumber(tx, "Ben")
			if err != nil {
				return err
			}
			return c.(component.PersonalData).ExportMember(tx, m.ID, add)
		})
	}
	if files["live/session.json"] == "" || files["live/session.json"] != files["live/ag.json"] || !strings.Contains(files["live/session.json"], `"written": true`) {
		t.Errorf("the files are %v", files)
	}
	if mine := files["live.json"]; !strings.Contains(mine, "pas de micro") || strings.Contains(mine, "Chloé") {
		t.Errorf("Ben's own: %s", mine)
	}
}

// Being on the page does not count; saying so does, and the quorum follows.
func TestAttendanceAndQuorum(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		r := s.stream(t, "")
		defer r.close()
		h.TickNow()
		s.ben.Get("/a/ag/live").Want(t, 200, "Je suis présent·e", `<b data-count="present">1</b>`)
		s.ben.Post("/a/ag/live/attend").Want(t, 303)
		h.TickNow()
		s.ben.Get("/a/ag/live").Want(t, 200, "Vous êtes compté·e", "Quorum atteint", `<b data-count="room">1</b>`)
		s.ben.Post("/a/ag/live/depart").Want(t, 303)
		h.TickNow()
		h.TickNow() // what the first wrote gets its place in the chain
		s.chair.Get("/a/ag/live/chair").Want(t, 200, "Le quorum est perdu")
		s.chair.Get("/a/ag/journal").Want(t, 200, "Quorum perdu")
		s.guide.Post("/a/ag/live/attend").Want(t, 403) // leads, and has no vote
		s.chair.Post("/a/ag/live/chair/close").Want(t, 303)
		s.ben.Post("/a/ag/live/attend").Want(t, 409)
	})
}

// Every act, for each who must not do it.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := open(t, h)
	s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
	for _, act := range []string{"open", "close", "next", "give", "give-to", "end", "move", "drop", "item", "rules", "message"} {
		path := "/a/ag/live/chair/" + act
		fields := []string{"hand", "1", "name", "Volé", "message", "Volé", "reason", "Volé", "seconds", "60", "order", "first", "place", "1"}
		s.ana.Post(path, fields...).Want(t, 403)
		s.observer.Post(path, fields...).Want(t, 403)
		s.stranger.Post(path, fields...).Want(t, 404)
		h.Visitor().Post(path, fields...).Want(t, 401)
	}
	s.guide.Post("/a/ag/live/chair/open").Want(t, 403)
	for _, act := range []string{"hand", "hand/withdraw", "finish", "attend", "depart"} {
		s.observer.Post("/a/ag/live/"+act, "kind", "question").Want(t, 403)
		s.stranger.Post("/a/ag/live/"+act, "kind", "question").Want(t, 404)
		h.Visitor().Post("/a/ag/live/"+act, "kind", "question").Want(t, 401)
	}
	for _, page := range []string{"", "/screen", "/events", "/parts?p=floor"} {
		s.stranger.Get("/a/ag/live"+page).Want(t, 404)
		h.Visitor().Get("/a/ag/live"+page).Want(t, 303)
	}
	s.ana.Get("/a/ag/live/chair").Want(t, 403)
	s.ana.Get("/a/ag/live/parts?p=floor&p=lead").Want(t, 403)
	s.ana.Get("/a/ag/live/parts?p=nothing").Want(t, 403)
	s.ana.Get("/a/ag/live/parts?p=floor&p=mine").Want(t, 200, `id="floor"`, `id="mine"`, "!<html")
	s.observer.Get("/a/ag/live").Want(t, 200, "la parole est à celles et ceux", "!Volé", "!Je suis présent")
}

// stream is somebody's open stream.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func (s hall) stream(t *testing.T, last string) *stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	req, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/a/ag/live/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "isegoria", Value: s.anaToken, Domain: u.Hostname()})
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	before := s.Live.Streams()
	res, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Security-Policy") == "" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	for s.Live.Streams() <= before {
		time.Sleep(time.Millisecond)
	}
	return &stream{t, bufio.NewScanner(res.Body), func() { cancel(); res.Body.Close() }}
}

// next is the data of the next event that is no count, with its id.
func (r *stream) next() (id, data string) {
	event := ""
	for r.lines.Scan() {
		field, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if event == "changed" || event == "reload" {
				return id, data
			}
			event = ""
		}
	}
	r.t.Fatal("the stream ended")
	return "", ""
}

// What happened while the line was cut comes when it is back; the page's own moment will do too.
func TestStreamResumes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		first := s.stream(t, "")
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		id, data := first.next()
		if data != "state" {
			t.Errorf("opening changes %q", data)
		}
		first.close()
		page := regexp.MustCompile(`data-after="([^"]+)"`).FindStringSubmatch(s.ana.Get("/a/ag/live").Body)
		if page == nil || page[1] != id {
			t.Errorf("the page goes on from %v, the stream from %s", page, id)
		}
		s.ben.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
		s.chair.Post("/a/ag/live/chair/message", "message", "Bonjour").Want(t, 303)
		s.ben.Post("/a/ag/live/hand", "kind", "").Want(t, 422) // refused: nobody is told
		again := s.stream(t, id)
		defer again.close()
		for _, want := range []string{"floor", "message"} {
			if _, data := again.next(); data != want {
				t.Errorf("resumed with %q, want %q", data, want)
			}
		}
		elsewhere := s.stream(t, "another-1")
		defer elsewhere.close()
		if _, data := elsewhere.next(); data != "reload" {
			t.Errorf("a place of another node gives %q", data)
		}
	})
}

// present is how many people the session says are there.
func (s hall) present() (n int) {
	s.Read(func(tx *db.Tx) error {
		for _, c := range s.Components {
			if k, ok := c.(component.LiveKeeper); ok {
				live, err := k.LiveSession(tx, s.space.ID)
				n = len(live.Present)
				return err
			}
		}
		return nil
	})
	return n
}

// Whoever reads the page without a script is present as long as it is asked for anew; reading writes
// nothing, and all who read are written down together.
func TestReadersArePresent(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		now := time.Now()
		h.SetClock(now)
		events := func() (n int) {
			h.Read(func(tx *db.Tx) error {
				return tx.Row("SELECT count(*) FROM journal WHERE kind = 'meeting.presence_changed'", nil, &n)
			})
			return n
		}
		s.ana.Get("/a/ag/live").Want(t, 200)
		h.TickNow()
		if s.present() != 0 {
			t.Error("somebody is present before the session opens")
		}
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		for _, b := range []*apptest.Browser{s.ana, s.ben, s.chloe, s.observer} {
			b.Get("/a/ag/live").Want(t, 200)
		}
		h.Visitor().Get("/a/ag/live")
		s.stranger.Get("/a/ag/live").Want(t, 404)
		if s.present() != 0 || events() != 0 {
			t.Error("reading writes")
		}
		for i := range 10 {
			h.SetClock(now.Add(time.Duration(i) * 20 * time.Second))
			for _, b := range []*apptest.Browser{s.ana, s.ben, s.chloe, s.observer} {
				b.Get("/a/ag/live?still=1").Want(t, 200)
			}
			h.TickNow()
		}
		if s.present() != 4 || events() != 1 {
			t.Errorf("%d present after %d events, four read since one moment", s.present(), events())
		}
		s.ana.Get("/a/ag/live").Want(t, 200, `<b data-count="present">4</b>`)
		s.chair.Post("/a/ag/tables/new", "who", "present", "mix", "random", "shape", "count", "n", "1", "turn", "60").Want(t, 303)
		var seated int
		h.Read(func(tx *db.Tx) error {
			return tx.Row("SELECT count(*) FROM tables_seat WHERE table_id IS NOT NULL", nil, &seated)
		})
		if seated != 3 {
			t.Errorf("%d people are seated, three electors read the page", seated)
		}
		h.SetClock(now.Add(220 * time.Second))
		h.TickNow()
		if s.present() != 4 {
			t.Error("a page that is late is taken for a departure")
		}
		h.SetClock(now.Add(4*time.Minute + 20*time.Second))
		h.TickNow()
		if s.present() != 0 || events() != 2 {
			t.Errorf("nobody reads any more: %d present after %d events", s.present(), events())
		}
	})
}

// Whoever has a page open is present; who is gone from every node is not, after a while.
func TestPresenceIsKept(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		s.chair.Post("/a/ag/live/chair/open").Want(t, 303)
		page := s.stream(t, "")
		present := s.present
		h.TickNow()
		if present() != 1 {
			t.Fatalf("%d present, Ana is", present())
		}
		page.close()
		for s.Live.Streams() > 0 {
			time.Sleep(time.Millisecond)
			s.Live.Publish(component.LiveTopic(s.space.ID), live.Message{Event: "changed", Data: "nothing"})
		}
		now := time.Now()
		h.SetClock(now.Add(20 * time.Second))
		h.TickNow()
		if present() != 1 {
			t.Error("a page loaded again is taken for a departure")
		}
		h.SetClock(now.Add(time.Minute))
		h.TickNow()
		if present() != 0 {
			t.Error("Ana is gone and still present")
		}
	})
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("meeting.") }
