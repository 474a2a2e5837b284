package scribe_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room/child"
	"isegoria.org/isegoria/internal/platform/room/peer"
	"isegoria.org/isegoria/internal/platform/transcribe"
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

// engine is one that writes how many passages it has written so far; or answers a status instead.
type engine struct {
	asked   atomic.Int64
	written atomic.Int64
	status  atomic.Int64
}

func (e *engine) start(t *testing.T) transcribe.Config {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		e.look(t, r)
		if status := e.status.Load(); status != 0 {
			w.WriteHeader(int(status))
			return
		}
		_, _ = fmt.Fprintf(w, `{"text":" Passage numéro %d. "}`, e.written.Add(1))
	}))
	t.Cleanup(server.Close)
	return transcribe.Config{Address: server.URL + "/v1/audio/transcriptions", Model: "small", Key: "k1", Languages: []string{"fr", "en"}, Timeout: 5 * time.Second}
}

// look reads what was sent as any other program would.
func (e *engine) look(t *testing.T, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil {
		t.Error(err)
		return
	}
	for field, want := range map[string]string{"model": "small", "language": "fr", "response_format": "json"} {
		if got := r.PostFormValue(field); got != want {
			t.Errorf("%s: %q", field, got)
		}
	}
	if r.Header.Get("Authorization") != "Bearer k1" {
		t.Error("without the key")
	}
	pages, head, err := oggreader.NewWith(file)
	if err != nil {
		t.Errorf("no Opus in Ogg: %v", err)
		return
	}
	if head.SampleRate != 48000 {
		t.Errorf("head: %+v", head)
	}
	var last uint64
	for {
		_, page, err := pages.ParseNextPage() // which checks each page's sum
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("after %d samples: %v", last, err)
			return
		}
		last = page.GranulePosition
	}
	if said := int(last) - int(head.PreSkip); said < 48_000*3/10 || said > 48_000*9 {
		t.Errorf("it lasts %d samples", said)
	}
}

type hall struct{ apptest.Assembly }

// enter lets somebody into the plenary room, and opens their microphone once they may.
func (s hall) enter(t *testing.T, b *apptest.Browser, name string) *peer.Voice {
	t.Helper()
	p := s.EnterRoom(t, b)
	apptest.Until(t, name+" may be heard", func() bool {
		s.TickNow()
		return slices.Contains(p.May().GetCanPublishSources(), livekit.TrackSource_MICROPHONE)
	})
	voice, err := p.OpenMicrophone(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return voice
}

// lines are what machines have written, in their order.
func (s hall) lines(t *testing.T) (list []string) {
	t.Helper()
	s.Read(func(tx *db.Tx) error {
		return tx.Each("SELECT speaker, text FROM stage_caption ORDER BY id", nil, func(scan func(...any) error) error {
			var who, text string
			err := scan(&who, &text)
			list = append(list, who+": "+text)
			return err
		})
	})
	return list
}

// With an engine, voices are sent to it while the session is open, those who lead have switched it on, and
// no other node does it; what comes back is shown as a machine's.
func TestVoicesAreWritten(t *testing.T) {
	var e engine
	config := e.start(t)
	apptest.EachWithEngine(t, config, func(t *testing.T, h *apptest.House) {
		s := hall{h.Assembly()}
		e.asked.Store(0)
		e.written.Store(0)
		host := strings.Split(config.Address, "/")[2]
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Les voix seront envoyées à l'adresse "+host, "!Les voix sont envoyées")
		s.Ana.Get("/a/ag/live").Want(t, 200, "!"+host)
		s.Chair.Post("/a/ag/machine-captions/start", "lang", "br").Want(t, 422, "Choisissez une langue")
		s.Guide.Post("/a/ag/machine-captions/start", "lang", "fr").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Pendant la séance, les voix seront envoyées à une machine", host)

		chair := s.enter(t, s.Chair, "chair")
		chair.Speak(t.Context(), 1500*time.Millisecond, false) // before the session
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		for _, path := range []string{"/a/ag/live", "/a/ag/live/screen", "/a/ag/machine-captions"} {
			s.Observer.Get(path).Want(t, 200, "Les voix sont envoyées à une machine", host, "!Ne plus envoyer")
		}
		s.GiveFloor(t, s.Ana, "Ana")
		s.node(t, "another", h.Site.DB.Clock())
		ana := s.enter(t, s.Ana, "Ana")
		ana.Speak(t.Context(), 1500*time.Millisecond, false) // another node hears it
		s.TickNow()
		if n := e.asked.Load(); n != 0 {
			t.Fatalf("%d passages were sent", n)
		}

		s.node(t, "another", h.Site.DB.Clock().Add(-time.Minute)) // it says nothing any more
		said := func(want int) {
			t.Helper()
			apptest.Until(t, fmt.Sprintf("%d passages are written", want), func() bool {
				s.TickNow()
				if len(s.lines(t)) < want {
					ana.Speak(t.Context(), time.Second, false)
					ana.Speak(t.Context(), time.Second, true)
				}
				return len(s.lines(t)) >= want
			})
		}
		said(2)
		if list := s.lines(t); list[0] != "Ana Rive: Passage numéro 1." || list[1] != "Ana Rive: Passage numéro 2." {
			t.Errorf("written: %v", list)
		}
		s.Ben.Get("/a/ag/live").Want(t, 200, "Ana Rive", "Passage numéro 2.", "écrit par une machine")

		s.trouble(t, &e, ana, http.StatusServiceUnavailable, "ne répond pas")
		s.trouble(t, &e, ana, http.StatusUnauthorized, "refuse ce qui lui est envoyé")
		said(len(s.lines(t)) + 1)
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "!ne répond pas", "!refuse ce qui", "été écrit")

		s.Chair.Post("/a/ag/machine-captions/stop").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "!Les voix sont envoyées", "Passage numéro")
		s.TickNow()
		asked, written := e.asked.Load(), len(s.lines(t))
		ana.Speak(t.Context(), 1500*time.Millisecond, false)
		ana.Speak(t.Context(), time.Second, true)
		s.TickNow()
		if e.asked.Load() != asked || len(s.lines(t)) != written {
			t.Error("what is said is sent after it was switched off")
		}
		s.Ben.Get("/a/ag/journal").Want(t, 200, "les voix sont envoyées à une machine", "ne sont plus envoyées", "écrit par une machine (fr), Ana Rive : Passage numéro 1.")
	})
}

// node says which node listens, and since when it has said so.
func (s hall) node(t *testing.T, node string, beat time.Time) {
	s.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE scribe SET node = $1, beat_at = $2", node, beat)
		return err
	})
}

// trouble has the engine fail: those who lead are told, and nobody else; the session goes on.
func (s hall) trouble(t *testing.T, e *engine, v *peer.Voice, status int64, told string) {
	t.Helper()
	e.status.Store(status)
	defer e.status.Store(0)
	apptest.Until(t, "the chair is told", func() bool {
		s.TickNow()
		v.Speak(t.Context(), time.Second, false)
		v.Speak(t.Context(), time.Second, true)
		return strings.Contains(apptest.Plain(s.Chair.Get("/a/ag/live/chair").Body), told)
	})
	s.Ana.Get("/a/ag/live").Want(t, 200, "!"+told, "Les voix sont envoyées")
	s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Rien d'autre n'en dépend")
}

// Every act, by those who may not; and where there is no engine, or no voices.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := hall{h.Assembly()}
	for _, act := range []string{"start", "stop"} {
		for who, b := range map[string]*apptest.Browser{"ana": s.Ana, "observer": s.Observer} {
			if a := b.Script("/a/ag/machine-captions/"+act, "lang", "fr"); a.Status != 403 {
				t.Errorf("%s: %s gets %d", act, who, a.Status)
			}
		}
		s.Stranger.Script("/a/ag/machine-captions/"+act).Want(t, 404)
	}
	s.Stranger.Get("/a/ag/machine-captions").Want(t, 404)
	s.Chair.Get("/a/ag/machine-captions").Want(t, 200, "Aucune machine n'est prévue ici")
	s.Chair.Get("/a/ag/live/chair").Want(t, 200, "!machine")
	s.Chair.Post("/a/ag/machine-captions/start", "lang", "fr").Want(t, 409, "Aucune machine n'est prévue ici")
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("scribe.") }
