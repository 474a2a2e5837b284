package convocation_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
)

// voting opens the vote: eight members with an address, one without.
func voting(t *testing.T, h *apptest.House) (*hall, *post) {
	x := prepare(t, h, 8, 1)
	p, sender := openPost(t)
	h.Mail.Sender = sender
	x.drawRoll()
	x.announce()
	h.SetClock(time.Date(2027, 6, 8, 8, 0, 0, 0, time.UTC))
	x.TickNow()
	return x, p
}

func (x *hall) vote(i int) {
	x.T.Helper()
	b := x.As(x.AccountOf(x.members[i]).ID)
	page := b.Get("/a/ag-2027/vote").Body
	form := regexp.MustCompile(`action="(/a/ag-2027/vote/\d+)[#"]`).FindStringSubmatch(page)
	if form == nil {
		x.T.Fatalf("no ballot on the page: %.3000s", page)
	}
	name := regexp.MustCompile(`name="([^"]+)"[^>]*value="for"|value="for"[^>]*name="([^"]+)"`).FindStringSubmatch(page)
	if name == nil {
		x.T.Fatalf("no choice on the page: %.3000s", page)
	}
	b.Post(form[1], name[1]+name[2], "for").Want(x.T, 303)
}

func TestRemind(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x, p := voting(t, h)
		base := "/a/ag-2027/convocation/reminders"
		x.vote(0)
		x.admin.Get(base).Want(t, 200, "8 personnes n'ont pas encore voté", "7 mails peuvent partir", "Une personne sans adresse électronique")
		x.admin.Get(base+"/paper.csv").Want(t, 200, "M008,Inès Bernard-008,12 rue des Deux-Ponts,69001,Lyon", "!M001")
		x.admin.Post(base).Want(t, 303)
		x.deliver()
		got := p.mails()
		if len(got) != 6 || len(got["m0@coop.example"]) != 0 { // one of the seven is refused
			t.Errorf("reminders to %d people, to who has voted: %d", len(got), len(got["m0@coop.example"]))
		}
		head, text, _ := read(t, got["m3@coop.example"][0])
		contains(t, "the reminder", text, "Vous n'avez pas encore voté", "vendredi 11 juin 2027 à 17 h", "/invitation/", "Ne plus recevoir")
		link := strings.Trim(head.Get("List-Unsubscribe"), "<>")
		if !strings.HasPrefix(link, h.URL+"/unsubscribe/") || !strings.Contains(text, link) {
			t.Errorf("List-Unsubscribe is %q", link)
		}
		x.admin.Get(base).Want(t, 200, "Aucun mail ne peut partir", "Rappels envoyés", "mardi 8 juin 2027")

		// Once a day at most; then only to those who still have not voted and want it.
		x.admin.Post(base).Want(t, 409, "Personne à rappeler maintenant")
		path := strings.TrimPrefix(link, h.URL)
		h.Visitor().Get(path).Want(t, 200, "Ne plus recevoir", "Les convocations continuent")
		h.SetClock(time.Date(2027, 6, 9, 7, 59, 0, 0, time.UTC))
		x.admin.Post(base).Want(t, 409)
		h.Visitor().Post(path, "List-Unsubscribe", "One-Click").Want(t, 200, "ok", "!<html")
		h.Visitor().Get(path).Want(t, 200, "C'est fait")
		h.SetClock(time.Date(2027, 6, 9, 8, 1, 0, 0, time.UTC))
		x.admin.Post(base).Want(t, 303)
		x.deliver()
		got = p.mails()
		if len(got["m3@coop.example"]) != 1 || len(got["m4@coop.example"]) != 2 {
			t.Errorf("who wants none has %d, another %d", len(got["m3@coop.example"]), len(got["m4@coop.example"]))
		}
		if n := len(x.events("people.unsubscribed")); n != 1 {
			t.Errorf("%d wishes in the journal", n)
		}

		// The page's button brings them back; a convocation comes whatever one wishes.
		h.Visitor().Post(path, "wants", "yes").Want(t, 303)
		h.Visitor().Get(path).Want(t, 200, "Ne plus en recevoir")
		h.Visitor().Post(path, "wants", "no").Want(t, 303)
		h.Visitor().Get("/unsubscribe/AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA").Want(t, 404)
		h.Visitor().Post("/unsubscribe/zz").Want(t, 404)
		x.admin.Post("/a/ag-2027/convocation/send", "confirm", "on", "reason", "Essai").Want(t, 303)
		x.deliver()
		if n := len(p.mails()["m3@coop.example"]); n != 2 {
			t.Errorf("who wants no reminders has %d mails, want the convocation too", n)
		}
	})
}

// A reminder set for two days before closing leaves then, once, whatever the number of ticks.
func TestScheduledReminder(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x, p := voting(t, h)
		base := "/a/ag-2027/convocation/reminders"
		x.admin.Post(base+"/schedule", "before", "9", "unit", "days").Want(t, 422, "Ce moment est déjà passé", `value="9"`)
		x.admin.Post(base+"/schedule", "before", "zéro", "unit", "days").Want(t, 422, "Écrivez un nombre entier")
		x.admin.Post(base+"/schedule", "before", "2", "unit", "days").Want(t, 303)
		x.admin.Post(base+"/schedule", "before", "48", "unit", "hours").Want(t, 422, "déjà prévu")
		x.admin.Post(base+"/schedule", "before", "1", "unit", "hours").Want(t, 303)
		page := x.admin.Get(base).Want(t, 200, "2 jours avant la clôture : mercredi 9 juin 2027 à 17 h", "une heure avant la clôture").Body
		ids := regexp.MustCompile(`/reminders/(\d+)/remove`).FindAllStringSubmatch(page, -1)
		x.admin.Post(base+"/"+ids[1][1]+"/remove").Want(t, 303)
		x.admin.Get(base).Want(t, 200, "!une heure avant")

		h.SetClock(time.Date(2027, 6, 9, 14, 59, 59, 0, time.UTC))
		x.deliver()
		if n := len(p.mails()); n != 0 {
			t.Errorf("%d reminders too early", n)
		}
		h.SetClock(time.Date(2027, 6, 9, 15, 0, 0, 0, time.UTC))
		for range 3 {
			x.deliver()
		}
		for to, list := range p.mails() {
			if len(list) != 1 {
				t.Errorf("%s is reminded %d times", to, len(list))
			}
		}
		if n := len(p.mails()); n != 7 {
			t.Errorf("%d are reminded, want 7 of 8 with an address", n)
		}
		x.admin.Get(base).Want(t, 200, "Envoyé 2 jours avant la clôture")
		x.admin.Post(base+"/"+ids[0][1]+"/remove").Want(t, 409, "déjà parti")
		if list := x.events("convocation.reminded"); len(list) != 1 || !strings.Contains(string(list[0].Payload), `"mails":8`) {
			t.Errorf("reminders in the journal: %+v", list)
		}
	})
}

// What a member's data are, and what is left of them once erased.
func TestPersonalData(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 2, 0)
	x.drawRoll()
	x.admin.Post("/a/ag-2027/convocation/send").Want(t, 303)
	x.deliver()
	if got := exported(x, x.members[0].ID); !strings.Contains(got, `"address": "m0@coop.example"`) || !strings.Contains(got, `"state": "outbox"`) {
		t.Errorf("the member's data: %s", got)
	}
	erase(x, x.members[0].ID)
	if got := exported(x, x.members[0].ID); strings.Contains(got, "m0@") || !strings.Contains(got, `"state": "outbox"`) {
		t.Errorf("after erasing: %s", got)
	}
}

// Who may come where, for every route of those who manage.
func TestRoutesAreClosed(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 2, 0)
	x.drawRoll()
	member := h.As(h.AccountOf(x.members[0]).ID)
	scrutineer := h.As(roleOf(x, people.Scrutineer))
	officer := h.As(roleOf(x, people.Officer))
	base := "/a/ag-2027/convocation"
	for _, path := range []string{"", "/preview", "/send", "/progress", "/proofs", "/proofs.csv", "/letters", "/reminders", "/reminders/paper.csv"} {
		member.Get(base+path).Want(t, 403)
		scrutineer.Get(base+path).Want(t, 403)
		if got := h.Visitor().Get(base + path); got.Status != 303 || !strings.HasPrefix(got.Location, "/sign-in") {
			t.Errorf("a visitor at %s: %d %s", path, got.Status, got.Location)
		}
		officer.Get(base+path).Want(t, 200)
	}
	for _, path := range []string{"", "/send", "/proofs/1/again", "/letters", "/letters/1", "/letters/1/posted", "/reminders", "/reminders/schedule", "/reminders/1/remove"} {
		member.Post(base+path, "subject", "x", "intro", "x", "before", "1", "unit", "days").Want(t, 403)
		scrutineer.Post(base+path, "subject", "x", "intro", "x", "before", "1", "unit", "days").Want(t, 403)
		h.Visitor().Post(base+path).Want(t, 401)
	}
	x.admin.Post(base+"/send").Want(t, 303)
	stranger := h.As(roleOf(x, ""))
	stranger.Get(base+"/text").Want(t, 404) // a space for members
	member.Get(base+"/text").Want(t, 200)
	member.Get(base+"/pdf").Want(t, 200)
	if got := h.Visitor().Get(base + "/text"); got.Status != 303 {
		t.Errorf("a visitor reads the convocation: %d", got.Status)
	}
}
