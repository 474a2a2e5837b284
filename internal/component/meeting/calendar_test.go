package meeting_test

import (
	"regexp"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
)

// A meeting is a calendar's file for those who may see it, and all of one's meetings are at an
// address that no longer answers once it is taken back.
func TestCalendar(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h)
		file := s.ana.Get("/a/ag/meeting.ics").Want(t, 200, "BEGIN:VCALENDAR", "SUMMARY:AG 2026", "DTSTART:", "END:VCALENDAR")
		if got := file.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/calendar") {
			t.Error(got)
		}
		h.Visitor().Get("/a/ag/meeting.ics").Want(t, 303, "!AG 2026")
		h.Visitor().Get("/calendar").Want(t, 303)
		h.Visitor().Post("/calendar").Want(t, 401)

		address := func() string {
			page := s.ana.Post("/calendar").Want(t, 200, "Votre adresse").Body
			return strings.TrimPrefix(regexp.MustCompile(`http://[^<"]+/calendar/[^<"]+`).FindString(page), s.URL)
		}
		first := address()
		h.Visitor().Get(first).Want(t, 200, "SUMMARY:AG 2026")
		s.ana.Get("/calendar").Want(t, 200, "Une adresse existe", "!"+first)
		second := address()
		h.Visitor().Get(first).Want(t, 404)
		h.Visitor().Get(second).Want(t, 200, "SUMMARY:AG 2026")
		s.ana.Post("/calendar/drop").Want(t, 303)
		h.Visitor().Get(second).Want(t, 404)
	})
}
