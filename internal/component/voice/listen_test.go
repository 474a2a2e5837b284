package voice_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/ogg"
)

// The plenary is heard without entering it, as fast as time passes, by whoever may enter it and by
// nobody else; however many they are, each from where they come in.
func TestHearPlenary(t *testing.T) {
	eachHall(t, func(t *testing.T, s *hall) {
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		const sound = "/a/ag/voice/plenary.ogg"
		s.Visitor().Get(sound).Want(t, 303)
		s.Stranger.Get(sound).Want(t, 404)
		s.Visitor().Get("/a/ag/voice/listen").Want(t, 303)
		s.Ana.Get("/a/ag/voice/listen").Want(t, 200, `src="`+sound+`"`, "Personne n'a la parole")
		s.Ana.Get("/a/ag/live").Want(t, 200, "<noscript>", "Écouter dans un autre onglet")

		chair := s.enter(t, s.Chair)
		voice, err := chair.OpenMicrophone(t.Context(), "chair")
		if err != nil {
			t.Fatal(err)
		}
		go voice.Speak(t.Context(), 20*time.Second, false)
		first := s.Ana.Stream(sound)
		defer first.Close()
		begun := time.Now()
		early := take(t, first, 3*time.Second)
		passed := time.Since(begun)
		if lasts, err := ogg.Lasts(bytes.NewReader(early)); err != nil || lasts < passed-1500*time.Millisecond || lasts > passed+500*time.Millisecond {
			t.Errorf("%v are heard in %v: %v", lasts, passed, err)
		}
		if !bytes.HasPrefix(early, []byte("OggS")) || bytes.Count(early, []byte("OpusHead")) != 1 || len(early) < 2*100*50 {
			t.Errorf("a stream of %d bytes: %.60q", len(early), early)
		}
		second := s.Observer.Stream(sound)
		defer second.Close()
		late := take(t, second, 2*time.Second)
		if lasts, err := ogg.Lasts(bytes.NewReader(late)); err != nil || lasts < 4*time.Second || !bytes.HasPrefix(late, early[:40]) {
			t.Errorf("who comes later does not hear what is said now: %v, %v", lasts, err)
		}
		// Whoever is banned may not begin again.
		ana := s.enter(t, s.Ana)
		s.script(s.Chair, "/a/ag/voice/ban", "person", ana.identity).Want(t, 204)
		s.Ana.Get(sound).Want(t, 403)
		s.Chair.Post("/a/ag/voice/settings", "mode", "floor", "locked", "on").Want(t, 303)
		s.Chloe.Get(sound).Want(t, 403)
		if end := take(t, first, 15*time.Second); len(end) == 0 {
			t.Error("nothing was heard until it was seen")
		}
		if n, err := first.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Error("who is banned listens on")
		}
	})
}

// take reads for a while, or to the end.
func take(t *testing.T, from io.Reader, lasts time.Duration) []byte {
	t.Helper()
	var all bytes.Buffer
	buffer := make([]byte, 4<<10)
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		n, err := from.Read(buffer)
		all.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return all.Bytes()
}
