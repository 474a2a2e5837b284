package replay_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room/child"
	"isegoria.org/isegoria/internal/platform/room/peer"
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

type hall struct{ apptest.Assembly }

func (s hall) may(t *testing.T, p *peer.Peer, microphone bool) {
	t.Helper()
	apptest.Until(t, fmt.Sprintf("the right to a microphone is %v", microphone), func() bool {
		s.TickNow()
		m := p.May()
		return microphone == (m.GetCanPublish() && slices.Contains(m.GetCanPublishSources(), livekit.TrackSource_MICROPHONE))
	})
}

// kept lists what was recorded: whose, how long, and where.
func (s hall) kept(t *testing.T) (list []string, keys []string) {
	t.Helper()
	s.Read(func(tx *db.Tx) error {
		return tx.Each("SELECT a.name, r.lasts, r.file_key FROM replay_speech r JOIN account a ON a.id = r.account_id WHERE r.file_key <> '' ORDER BY r.begun", nil, func(scan func(...any) error) error {
			var name, key string
			var lasts int64
			err := scan(&name, &lasts, &key)
			list, keys = append(list, name), append(keys, key)
			if lasts < 1000 || lasts > 60_000 {
				t.Errorf("%s: %d ms", name, lasts)
			}
			return err
		})
	})
	return list, keys
}

func (s hall) scratch(t *testing.T) (n int) {
	list, err := filepath.Glob(filepath.Join(s.Folder, "scratch", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// Who agrees is recorded while they have the floor; who does not is heard and not recorded; who has not
// answered is not given the microphone; who changes their mind is forgotten.
func TestRecording(t *testing.T) {
	apptest.EachWithRooms(t, func(t *testing.T, h *apptest.House) {
		s := hall{h.Assembly()}
		s.Ana.Get("/a/ag/live").Want(t, 200, "!enregistr")
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "Enregistrer cette séance")
		s.Chair.Post("/a/ag/recording/start", "days", "7").Want(t, 422, "Choisissez combien de temps")
		s.Chair.Post("/a/ag/recording/start", "days", "30").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Cette séance sera enregistrée", "au bout de 30 jours", "accepte que ma voix")
		s.Ana.Get("/a/ag").Want(t, 200, "Cette séance est enregistrée")
		s.Observer.Get("/a/ag/live").Want(t, 200, "Cette séance sera enregistrée", "!accepte que ma voix")
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, "Cette séance est enregistrée", "!accepte que ma voix")

		ana, ben := s.EnterRoom(t, s.Ana), s.EnterRoom(t, s.Ben)
		s.GiveFloor(t, s.Ana, "Ana")
		s.Ana.Get("/a/ag/live").Want(t, 200, "Vous avez la parole. Répondez", "Cette prise de parole n'est pas enregistrée")
		s.TickNow()
		s.may(t, ana, false)
		s.Ana.Script("/a/ag/recording/answer", "answer", "yes").Want(t, 204)
		s.may(t, ana, true)
		s.Ben.Get("/a/ag/live").Want(t, 200, "!n'est pas enregistrée.</span>")
		said, err := ana.OpenMicrophone(t.Context(), "ana")
		if err != nil {
			t.Fatal(err)
		}
		said.Speak(t.Context(), 3*time.Second, false)
		s.Chair.Post("/a/ag/live/chair/end").Want(t, 303)
		apptest.Until(t, "Ana's speech is kept", func() bool { s.TickNow(); list, _ := s.kept(t); return len(list) == 1 })

		s.Ben.Post("/a/ag/recording/answer", "answer", "perhaps").Want(t, 422, "Choisissez une des deux")
		s.Ben.Post("/a/ag/recording/answer", "answer", "no").Want(t, 303)
		s.GiveFloor(t, s.Ben, "Ben")
		s.may(t, ben, true)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Cette prise de parole n'est pas enregistrée")
		said, err = ben.OpenMicrophone(t.Context(), "ben")
		if err != nil {
			t.Fatal(err)
		}
		said.Speak(t.Context(), 2*time.Second, false)
		s.TickNow()
		if s.scratch(t) != 0 {
			t.Error("who does not agree is recorded")
		}
		s.Chair.Post("/a/ag/live/chair/end").Want(t, 303)
		s.TickNow()
		list, keys := s.kept(t)
		if !slices.Equal(list, []string{"Ana Rive"}) {
			t.Fatalf("recorded: %v", list)
		}
		s.heard(t, keys[0])
		s.files(t, keys[0])

		s.again(t)

		// A speech under way, when its speaker no longer agrees.
		s.GiveFloor(t, s.Ana, "Ana")
		s.may(t, ana, true)
		apptest.Until(t, "it is written", func() bool { s.TickNow(); return s.scratch(t) == 1 })
		s.Ana.Post("/a/ag/recording/answer", "answer", "no").Want(t, 303)
		apptest.Until(t, "nothing is left", func() bool { s.TickNow(); list, _ := s.kept(t); return len(list)+s.scratch(t) == 0 })
		if _, err := s.Blobs.Get(t.Context(), keys[0]); err == nil {
			t.Error("the file is still there")
		}
		s.may(t, ana, true)
		s.TickNow()
		s.Chair.Get("/a/ag/recording").Want(t, 200, "0 personne accepte", "2 personnes ne veulent pas", "Aucune prise de parole")
		s.Chair.Post("/a/ag/recording/stop").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "!enregistrée")
		s.TickNow()
		s.Chair.Get("/a/ag/journal").Want(t, 200, "l'enregistrement de la séance commence", "s'arrête", "Ana Rive a répondu", "enregistrements effacés")
		s.Ben.Get("/a/ag/journal").Want(t, 200, "l'enregistrement de la séance commence", "!Ana Rive a répondu")
	})
}

// heard looks at a kept file.
func (s hall) heard(t *testing.T, key string) {
	t.Helper()
	content, err := s.Blobs.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if lasts, err := ogg.Lasts(content); err != nil || lasts < 2*time.Second || lasts > 20*time.Second {
		t.Errorf("it lasts %v, %v", lasts, err)
	}
}

// again looks at the replay: the bureau's until it is published.
func (s hall) again(t *testing.T) {
	t.Helper()
	s.Chair.Get("/a/ag/replay").Want(t, 200, "La séance est encore ouverte")
	s.Chair.Post("/a/ag/recording/publish").Want(t, 409, "quand la séance est close")
	s.Chair.Post("/a/ag/live/chair/close").Want(t, 303)
	s.TickNow()
	page := s.Chair.Get("/a/ag/replay").Want(t, 200, "Vue par le bureau seulement", "Ana Rive", "Ben Rive", "non enregistrée", "Hors de l'ordre du jour", "<noscript><audio").Body
	sound := regexp.MustCompile(`/a/ag/replay/\d+\.ogg`).FindString(page)
	s.Ana.Get("/a/ag/replay").Want(t, 404, "n'est pas publiée")
	s.Chair.Post("/a/ag/minutes/draft").Want(t, 303)
	s.Ana.Post("/a/ag/minutes/debates").Want(t, 403)
	s.Chair.Post("/a/ag/minutes/debates").Want(t, 303)
	s.Chair.Get("/a/ag/minutes").Want(t, 200, "Ont pris la parole : Ana Rive (0:")
	s.Ana.Get(sound).Want(t, 404)
	s.Ana.Get("/a/ag").Want(t, 200, "!Rediffusion")
	s.Chair.Post("/a/ag/recording/publish").Want(t, 303)
	s.Ana.Get("/a/ag").Want(t, 200, "Rediffusion", "Voir la rediffusion")
	s.Ben.Get("/a/ag/replay").Want(t, 200, "Ana Rive", "!Vue par le bureau")
	if a := s.Ben.Get(sound).Want(t, 200); a.Header.Get("Content-Type") != "audio/ogg" || !strings.HasPrefix(a.Body, "OggS") {
		t.Errorf("%v", a.Header)
	}
	s.Ben.Get("/a/ag/replay/1.ogg").Want(t, 404)
	s.Stranger.Get("/a/ag/replay").Want(t, 404)
	s.Stranger.Get(sound).Want(t, 404)
	s.Chair.Post("/a/ag/recording/withdraw").Want(t, 303)
	s.Ben.Get("/a/ag/replay").Want(t, 404)
	s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
}

// files looks at what leaves: the voice to its owner and to the organisation, and to the legal file
// its fingerprint alone unless the bureau has said so.
func (s hall) files(t *testing.T, key string) {
	t.Helper()
	take := func(legal bool) map[string]string {
		files := map[string]string{}
		add := func(name string, write func(io.Writer) error) error {
			var b strings.Builder
			err := write(&b)
			files[name] = b.String()
			return err
		}
		for _, c := range s.Components {
			if c.Key() != "replay" {
				continue
			}
			s.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE replay SET legal = $1", legal); return err })
			s.Read(func(tx *db.Tx) error {
				if err := c.(component.Evidence).Evidence(tx, s.Space, add); err != nil {
					return err
				}
				if err := c.(component.Exporter).Export(tx, add); err != nil {
					return err
				}
				return c.(component.PersonalData).ExportMember(tx, s.Members[0].ID, func(name string, write func(io.Writer) error) error { return add("ana/"+name, write) })
			})
		}
		return files
	}
	for _, legal := range []bool{false, true} {
		files := take(legal)
		for _, name := range []string{"recording/recording.json", "recording/ag/recording.json", "ana/recording.json"} {
			if !strings.Contains(files[name], key) {
				t.Errorf("%s: %s", name, files[name])
			}
		}
		for name, want := range map[string]bool{"recording/001.ogg": legal, "recording/ag/001.ogg": true, "ana/recording/001.ogg": true} {
			if strings.HasPrefix(files[name], "OggS") != want {
				t.Errorf("%s is there: %v", name, !want)
			}
		}
	}
}

// What is kept long enough is destroyed, and so is what is held of a person who is erased.
func TestForgetting(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := hall{h.Assembly()}
		now := time.Now()
		keep := func(account int64, at time.Time, text string) string {
			ref, err := s.Blobs.Put(t.Context(), strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			s.Write(func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO replay_speech (id, space_id, account_id, since, begun, lasts, file, file_key, size) VALUES ($1, $2, $3, $4, $4, 2000, '', $5, 1)",
					tx.NewID(), s.Space.ID, account, at, ref.Key)
				return err
			})
			return ref.Key
		}
		s.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO replay (space_id, recording, keep_days, legal) VALUES ($1, $2, 30, $2)", s.Space.ID, false)
			return err
		})
		ana, ben := s.AccountOf(s.Members[0]).ID, s.AccountOf(s.Members[1]).ID
		old, mine, his := keep(ana, now.AddDate(0, 0, -31), "old"), keep(ana, now.AddDate(0, 0, -29), "mine"), keep(ben, now.AddDate(0, 0, -29), "his")
		s.TickNow()
		if _, keys := s.kept(t); slices.Contains(keys, old) || len(keys) != 2 {
			t.Errorf("kept: %v", keys)
		}
		for _, c := range s.Components {
			if c.Key() == "replay" {
				s.Write(func(tx *db.Tx) error { return c.(component.PersonalData).EraseMember(tx, s.Members[0].ID) })
			}
		}
		if _, keys := s.kept(t); !slices.Equal(keys, []string{his}) {
			t.Errorf("kept: %v", keys)
		}
		for key, there := range map[string]bool{old: false, mine: false, his: true} {
			if _, err := s.Blobs.Get(t.Context(), key); (err == nil) != there {
				t.Errorf("%s is there: %v", key, err)
			}
		}
	})
}

// Every act, by those who may not.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := hall{h.Assembly()}
	for _, act := range []string{"start", "stop", "publish", "withdraw", "erase"} {
		for who, b := range map[string]*apptest.Browser{"ana": s.Ana, "observer": s.Observer} {
			if a := b.Script("/a/ag/recording/"+act, "days", "30"); a.Status != 403 {
				t.Errorf("%s: %s gets %d", act, who, a.Status)
			}
		}
		s.Stranger.Script("/a/ag/recording/"+act, "days", "30").Want(t, 404)
	}
	s.Observer.Script("/a/ag/recording/answer", "answer", "yes").Want(t, 403)
	s.Stranger.Get("/a/ag/recording").Want(t, 404)
	s.Chair.Post("/a/ag/recording/publish").Want(t, 409, "quand la séance est close")
	// Without voices there is nothing to record.
	s.Chair.Post("/a/ag/recording/start", "days", "30").Want(t, 409, "ne peuvent pas être enregistrées ici")
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("replay.") }
