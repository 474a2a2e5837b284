package voice_test

import (
	"strings"
	"testing"
	"time"
)

// At a table people hear those of the table and nobody else; who comes back after a cut comes back
// there; at the end everybody is sent out of the tables' rooms.
func TestTablesHearThemselves(t *testing.T) {
	eachHall(t, func(t *testing.T, s *hall) {
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Chair.Post("/a/ag/tables/new", "who", "list", "mix", "list", "shape", "count", "n", "2", "turn", "60",
			"list", "Nom ; Table\nAna Rive ; 1\nBen Rive ; 1\nChloé Rive ; 2").Want(t, 303)
		s.Chair.Post("/a/ag/tables/start").Want(t, 303)
		s.script(s.Chloe, "/a/ag/voice/enter", "place", "1").Want(t, 403)
		s.script(s.Ana, "/a/ag/voice/enter", "place", "2").Want(t, 403)
		ana, ben, chloe := s.enterAt(t, s.Ana, "1"), s.enterAt(t, s.Ben, "1"), s.enterAt(t, s.Chloe, "2")
		guide := s.enterAt(t, s.Guide, "2") // leads, and visits

		speak := func(p inside, name string) {
			t.Helper()
			p.may(t, true)
			voice, err := p.OpenMicrophone(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			go voice.Speak(t.Context(), time.Minute, false)
		}
		speak(ana, "ana")
		speak(guide, "guide")
		only(t, ben, "Ben", 1)
		only(t, chloe, "Chloé", 1)
		only(t, ana, "Ana", 0)

		// Ben's line is cut: the page leads him back to his table, where Ana is heard again.
		ben.Close()
		if page := s.Ben.Get("/a/ag/live"); !strings.Contains(page.Body, "/a/ag/tables/1") && page.Location != "/a/ag/tables/1" {
			t.Error("the page does not lead back to the table")
		}
		s.Ben.Get("/a/ag/tables/1").Want(t, 200, "voice-room", "place&#34;:&#34;1")
		only(t, s.enterAt(t, s.Ben, "1"), "Ben, back,", 1)

		s.Chair.Post("/a/ag/tables/back", "seconds", "0").Want(t, 303)
		until(t, "everybody is sent out", func() bool {
			s.TickNow()
			select {
			case <-ana.Gone():
				return true
			default:
				return false
			}
		})
	})
}

// only waits until somebody hears so many voices, and a second more for others.
func only(t *testing.T, p inside, who string, voices int) {
	t.Helper()
	count := func() (n int) {
		for _, r := range p.Received() {
			if r.Packets > 20 {
				n++
			}
		}
		return n
	}
	until(t, who+" hears", func() bool { return count() >= voices })
	time.Sleep(time.Second)
	if n := count(); n != voices {
		t.Errorf("%s hears %d voices, not %d", who, n, voices)
	}
}
