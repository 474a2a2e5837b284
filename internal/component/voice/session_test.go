package voice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room/child"
	"isegoria.org/isegoria/internal/platform/room/peer"
	"isegoria.org/isegoria/internal/space"
)

// The process of the rooms is, in these tests, the test program itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "room" {
		if err := child.Run(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hall is an assembly with an assistant; Ana's telephone is known.
type hall struct {
	apptest.Assembly
	assistant *apptest.Browser
}

// eachHall runs the test in a hall whose rooms are real, on both databases.
func eachHall(t *testing.T, test func(t *testing.T, s *hall)) {
	apptest.EachWithRooms(t, func(t *testing.T, h *apptest.House) { test(t, gather(h)) })
}

// gather makes the assembly.
func gather(h *apptest.House) *hall {
	s := &hall{Assembly: h.Assembly()}
	var assistant people.Account
	h.Write(func(tx *db.Tx) (err error) {
		s.Members[0].Phone = "06 12 34 56 78"
		if s.Members[0], err = people.SaveMember(tx, 0, s.Members[0]); err != nil {
			return err
		}
		if assistant, err = people.OpenAccount(tx, "Compte assistant", "assistant@example.org", "fr"); err != nil {
			return err
		}
		return space.GiveRole(tx, 0, s.Space.ID, assistant.ID, people.Assistant)
	})
	s.assistant = h.As(assistant.ID)
	return s
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not in time: %s", what)
}

// script sends a form as a page's script does.
func (s *hall) script(b *apptest.Browser, path string, fields ...string) apptest.Answer {
	s.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	return b.Do(req)
}

// inside is somebody in the plenary room.
type inside struct {
	*peer.Peer
	hall     *hall
	identity string
}

// enter lets somebody in, as a page does: a token of the second in which somebody's rights have changed
// is refused, and a new one asked for.
func (s *hall) enter(t *testing.T, b *apptest.Browser) inside {
	t.Helper()
	return s.enterAt(t, b, "0")
}

func (s *hall) enterAt(t *testing.T, b *apptest.Browser, place string) inside {
	t.Helper()
	var p inside
	until(t, "somebody comes in", func() bool {
		var e struct{ Token, Identity string }
		if err := json.Unmarshal([]byte(s.script(b, "/a/ag/voice/enter", "place", place).Want(t, 200).Body), &e); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		came, err := peer.Dial(ctx, s.URL+"/rooms", e.Token, peer.Options{})
		var refused *peer.Refused
		if errors.As(err, &refused) {
			time.Sleep(time.Second)
			return false
		}
		if err != nil {
			t.Fatalf("does not come in: %v", err)
		}
		t.Cleanup(came.Close)
		p = inside{came, s, e.Identity}
		return true
	})
	return p
}

// may waits until the server lets the person send a microphone, or no longer does.
// may waits until somebody may, or may not, open a microphone: at once as a rule, and by the next ticks
// where the server of rooms has missed it.
func (p inside) may(t *testing.T, microphone bool) {
	t.Helper()
	ticked := time.Now()
	until(t, fmt.Sprintf("the right to a microphone is %v", microphone), func() bool {
		if time.Since(ticked) > time.Second {
			p.hall.TickNow()
			ticked = time.Now()
		}
		m := p.May()
		return microphone == (m.GetCanPublish() && slices.Contains(m.GetCanPublishSources(), livekit.TrackSource_MICROPHONE))
	})
}

func (s *hall) hand(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(`aria-label="Donner la parole à ` + name + `[^"]*" id="give-(\d+)"`).FindStringSubmatch(apptest.Plain(s.Chair.Get("/a/ag/live/chair").Body))
	if m == nil {
		t.Fatalf("%s does not wait", name)
	}
	return m[1]
}

// The floor gives the microphone and takes it back; those who lead have it; nobody else does.
func TestFloorGivesTheMicrophone(t *testing.T) {
	eachHall(t, func(t *testing.T, s *hall) {
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		chair, ana, observer := s.enter(t, s.Chair), s.enter(t, s.Ana), s.enter(t, s.Observer)
		chair.may(t, true)
		ana.may(t, false)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := ana.OpenMicrophone(ctx, "stolen"); err == nil {
			t.Error("who has not the floor sends a microphone")
		}
		s.Ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, `"next":{"id":"`+ana.identity+`","name":"Ana Rive"}`, `"speaker":null`)
		s.Chair.Post("/a/ag/live/chair/give", "hand", s.hand(t, "Ana")).Want(t, 303)
		ana.may(t, true)
		observer.may(t, false)
		s.Ben.Get("/a/ag/live").Want(t, 200, `"speaker":{"id":"`+ana.identity+`","name":"Ana Rive"}`)
		voice, err := ana.OpenMicrophone(t.Context(), "ana")
		if err != nil {
			t.Fatal(err)
		}
		voice.Speak(t.Context(), 4*time.Second, false)
		s.heard(t)
		s.Chair.Get("/a/ag/voice").Want(t, 200, "Dans la salle (3)", "Ana Rive", "micro ouvert")
		s.script(s.Chair, "/a/ag/voice/mute", "person", ana.identity).Want(t, 204)
		s.Chair.Post("/a/ag/voice/mute-all").Want(t, 303)
		s.Chair.Post("/a/ag/live/chair/end").Want(t, 303)
		ana.may(t, false)

		s.Chair.Post("/a/ag/voice/settings", "mode", "open", "cameras", "on").Want(t, 303)
		ana.may(t, true)
		observer.may(t, false)
		s.Chair.Post("/a/ag/voice/settings", "mode", "floor").Want(t, 303)
		ana.may(t, false)
		s.TickNow()
		s.Chair.Get("/a/ag/journal").Want(t, 200, "micro coupé : Ana Rive", "tous les autres micros", "salle de voix change")
	})
}

// heard waits until Ana's voice is counted, and looks at what is said of it.
func (s *hall) heard(t *testing.T) {
	t.Helper()
	until(t, "the voice is counted", func() bool {
		s.TickNow()
		return strings.Contains(s.Chair.Get("/a/ag/voice/heard").Body, "Ana Rive")
	})
	s.Ana.Get("/a/ag/voice/heard").Want(t, 403)
	s.Ana.Get("/a/ag/voice/heard.csv").Want(t, 403)
	s.Chair.Get("/a/ag/voice/heard.csv").Want(t, 200, "plénière,Ana Rive,")
	s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Temps de voix")
	files := map[string]string{}
	add := func(name string, write func(io.Writer) error) error {
		var b strings.Builder
		err := write(&b)
		files[name] = b.String()
		return err
	}
	for _, c := range s.Components {
		if c.Key() != "voice" {
			continue
		}
		s.Read(func(tx *db.Tx) error {
			if err := c.(component.Evidence).Evidence(tx, s.Space, add); err != nil {
				return err
			}
			if err := c.(component.Exporter).Export(tx, add); err != nil {
				return err
			}
			return c.(component.PersonalData).ExportMember(tx, s.Members[0].ID, add)
		})
		for _, name := range []string{"voice/heard.json", "voice/ag.json"} {
			if !strings.Contains(files[name], `"name": "Ana Rive"`) || strings.Contains(files[name], "Account") {
				t.Errorf("%s: %s", name, files[name])
			}
		}
		if !strings.Contains(files["voice.json"], `"space": "ag"`) {
			t.Errorf("of Ana: %s", files["voice.json"])
		}
	}
}

// Who is sent out goes; who is banned stays out until readmitted; a locked room opens to nobody new.
func TestSentOut(t *testing.T) {
	eachHall(t, func(t *testing.T, s *hall) {
		s.script(s.Ben, "/a/ag/voice/enter", "place", "3").Want(t, 403, "pas à cette table")
		s.script(s.Ben, "/a/ag/voice/enter", "place", "x").Want(t, 404)
		s.script(s.Chair, "/a/ag/voice/enter", "place", "3").Want(t, 200, "token")
		s.script(s.Stranger, "/a/ag/voice/enter").Want(t, 404)
		ana := s.enter(t, s.Ana)
		s.script(s.Chair, "/a/ag/voice/remove", "person", ana.identity).Want(t, 204)
		<-ana.Gone()
		ana = s.enter(t, s.Ana) // may come back
		s.script(s.Chair, "/a/ag/voice/ban", "person", ana.identity).Want(t, 204)
		<-ana.Gone()
		s.script(s.Ana, "/a/ag/voice/enter").Want(t, 403, "exclu")
		s.Ana.Get("/a/ag/live").Want(t, 200, `"banned":true`)
		s.Chair.Get("/a/ag/voice").Want(t, 200, "Personnes exclues", "Réadmettre : Ana Rive")
		s.Chair.Post("/a/ag/voice/readmit", "person", ana.identity).Want(t, 303)
		ana = s.enter(t, s.Ana)

		s.Chair.Post("/a/ag/voice/settings", "mode", "floor", "cameras", "on", "locked", "on").Want(t, 303)
		s.script(s.Ben, "/a/ag/voice/enter").Want(t, 403, "personne n'y entre plus")
		s.enter(t, s.Chair)
		again := s.enter(t, s.Ana) // was in it; takes the place of the first
		<-ana.Gone()
		s.Chair.Post("/a/ag/voice/remove", "person", again.identity).Want(t, 303)
		<-again.Gone()
		s.script(s.Ana, "/a/ag/voice/enter").Want(t, 403, "personne n'y entre plus")
		s.TickNow()
		s.Chair.Get("/a/ag/journal").Want(t, 200, "Ana Rive : exclusion", "Ana Rive : retrait", "Ana Rive : retour admis")
		s.Ana.Get("/a/ag/journal").Want(t, 200, "!exclusion de la salle")
	})
}

// A ban written while the server of rooms does not know it is carried out by the next look.
func TestReconcile(t *testing.T) {
	s := gather(apptest.StartWithRooms(t, ""))
	ana := s.enter(t, s.Ana)
	s.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE voice_person SET banned_at = $1 WHERE identity = $2", tx.Now, ana.identity)
		return err
	})
	until(t, "who is banned is sent away", func() bool {
		s.TickNow()
		select {
		case <-ana.Gone():
			return true
		default:
			return false
		}
	})
}

// Everything else works where there is no voice, and the pages say so.
func TestWithoutRooms(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(h)
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "<voice-room", `"up":false`)
		s.script(s.Ana, "/a/ag/voice/enter").Want(t, 409, "n'a ni voix ni image")
		s.script(s.Ana, "/a/ag/rehearsal/mirror").Want(t, 409, "n'a ni voix ni image")
		s.Chair.Post("/a/ag/voice/mute-all").Want(t, 409)
		s.Chair.Get("/a/ag/voice").Want(t, 200, "Pas de voix ni d'image")
		s.Chair.Post("/a/ag/voice/settings", "mode", "loud").Want(t, 422, "Choisissez qui peut")
		s.Chair.Post("/a/ag/voice/settings", "mode", "open").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, `"gallery":true`)
		s.Ana.Get("/a/ag/voice").Want(t, 200, "Aller à la séance", "!Exclure")
		s.Ana.Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
		s.TickNow()
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Tenir la salle de voix", "Ana Rive", "entendu personne")
	})
}

// Every act, by those who may not.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := gather(h)
	for _, act := range []string{"settings", "mute", "mute-all", "remove", "ban", "readmit"} {
		for who, b := range map[string]*apptest.Browser{"ana": s.Ana, "assistant": s.assistant, "observer": s.Observer} {
			if a := s.script(b, "/a/ag/voice/"+act, "mode", "open", "person", "x"); a.Status != 403 {
				t.Errorf("%s: %s gets %d", act, who, a.Status)
			}
		}
		s.script(s.Stranger, "/a/ag/voice/"+act, "mode", "open").Want(t, 404)
	}
	s.Ana.Post("/a/ag/voice/settings", "mode", "open").Want(t, 403)
	s.Ana.Post("/a/ag/voice/ban", "person", "x").Want(t, 403)
	s.Chair.Post("/a/ag/voice/ban", "person", "x").Want(t, 404)
	s.Chair.Post("/a/ag/voice/readmit", "person", "").Want(t, 404)
	s.Observer.Get("/a/ag/rehearsal").Want(t, 403)
	s.Observer.Post("/a/ag/rehearsal/step", "step", "hand").Want(t, 403)
	s.Ana.Get("/a/ag/rehearsal/people").Want(t, 403)
	s.Stranger.Get("/a/ag/rehearsal").Want(t, 404)
	h.Visitor().Get("/a/ag/rehearsal").Want(t, 303)
}

func TestRehearsal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := gather(h)
		s.Ana.Get("/a/ag").Want(t, 200, "Répétez avant")
		s.Ana.Get("/a/ag/rehearsal").Want(t, 200, "1. Le micro", "6. Répondre à un vote", "À faire", "!Qui a répété")
		s.Ana.Post("/a/ag/rehearsal/step", "step", "vote").Want(t, 422, "Choisissez une réponse")
		s.Ana.Post("/a/ag/rehearsal/step", "step", "dance").Want(t, 404)
		s.script(s.Ana, "/a/ag/rehearsal/step", "step", "microphone", "passed", "0", "note", "refused").Want(t, 204)
		s.assistant.Get("/a/ag/rehearsal/people").Want(t, 200, "Ana Rive", "micro (accès refusé)", "Ben Rive", "Rien essayé", "tel:0612345678")
		for _, step := range []string{"microphone", "hear", "camera", "hand", "vote"} {
			s.script(s.Ana, "/a/ag/rehearsal/step", "step", step, "answer", "tea").Want(t, 204)
		}
		s.script(s.Ana, "/a/ag/rehearsal/step", "step", "network", "note", "80 12 5").Want(t, 204)
		s.Ana.Get("/a/ag/rehearsal").Want(t, 200, "Vous êtes prêt·e", "Aller-retour : 80 ms ; perte : 1,2 %", "préférez le mode économe")
		s.Ana.Get("/a/ag").Want(t, 200, "!Répétez avant")
		s.Ben.Post("/a/ag/rehearsal/step", "step", "help").Want(t, 303)
		list := s.Chair.Get("/a/ag/rehearsal/people").Want(t, 200, "Demande un appel", "Prêt·e", "80 ms, perte 1,2 %").Body
		if strings.Index(list, "Ben Rive") > strings.Index(list, "Ana Rive") {
			t.Error("who asks for a call stands behind who is ready")
		}
		s.Chair.Get("/a/ag/rehearsal/people?state=ready").Want(t, 200, "Ana Rive", "!Ben Rive")
		s.Chair.Get("/a/ag/rehearsal/people?q=bén+ri").Want(t, 200, "Ben Rive", "!Ana Rive")
		s.Chair.Get("/a/ag/rehearsal/people?q=%25").Want(t, 200, "Personne ici")
		s.Ben.Post("/a/ag/rehearsal/step", "step", "help", "passed", "0").Want(t, 303)
		s.TickNow()
		s.Chair.Get("/a/ag/journal").Want(t, 200, "Ana Rive : répétition faite en entier")
		for _, c := range h.Components {
			if c.Key() == "voice" {
				h.Write(func(tx *db.Tx) error { return c.(component.PersonalData).EraseMember(tx, s.Members[0].ID) })
			}
		}
		s.Ana.Get("/a/ag/rehearsal").Want(t, 200, "!Vous êtes prêt·e")
	})
}

// What scripts say exists in the words.
func TestWords(t *testing.T) {
	h := apptest.Start(t)
	h.CheckWords("voice.")
	said := regexp.MustCompile(`(?:\bword\(|\bended\(|openMicrophone\(|said\("\w+", )"(\w+)"`)
	for _, file := range []string{"voice.ts", "client/call.ts", "client/places.ts", "client/tiles.ts", "client/rehearsal.ts"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		prefix := "voice.js."
		if file == "client/rehearsal.ts" {
			prefix = "voice.try."
		}
		for _, m := range said.FindAllStringSubmatch(string(text), -1) {
			if !h.Site.Words.Has(prefix + m[1]) {
				t.Errorf("%s says %q", file, m[1])
			}
		}
	}
}

// A right given and withdrawn in the same breath is withdrawn, without waiting for time to mend it.
func TestWithdrawnAtOnce(t *testing.T) {
	s := gather(apptest.StartWithRooms(t, ""))
	s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
	ana := s.enter(t, s.Ana)
	for range 5 {
		s.Chair.Post("/a/ag/live/chair/give-to", "name", "Ana Rive").Want(t, 303)
		s.Chair.Post("/a/ag/live/chair/end").Want(t, 303)
		quiet := time.Now()
		until(t, "the right is withdrawn, and stays so", func() bool {
			if ana.May().GetCanPublish() {
				quiet = time.Now()
			}
			return time.Since(quiet) > 700*time.Millisecond
		})
	}
}
