package convocation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

var noon = time.Date(2027, 5, 20, 10, 0, 0, 0, time.UTC) // 12 h in Paris

// hall is an assembly on 11 June 2027 at 18 h 30, convened under 15 days' notice.
type hall struct {
	*apptest.House
	space   space.Space
	admin   *apptest.Browser
	members []people.Member
}

// prepare makes an assembly with so many members with an address (the second has one that the
// server refuses, "refused1@…", the third reads English) and so many without.
func prepare(t *testing.T, h *apptest.House, mails, letters int) *hall {
	t.Helper()
	x := &hall{House: h}
	h.T = t
	h.SetClock(noon)
	x.admin = h.As(h.Administrator().ID)
	for i := range mails + letters {
		m := people.Member{Number: fmt.Sprintf("M%03d", i), FirstName: "Inès", LastName: fmt.Sprintf("Bernard-%03d", i), Shares: 1, PaidUp: true}
		if i < mails {
			m.Email = fmt.Sprintf("m%d@coop.example", i)
		} else {
			m.Address, m.Postcode, m.City = "12 rue des Deux-Ponts", "69001", "Lyon"
		}
		switch i {
		case 1:
			m.Email, m.Address, m.Postcode, m.City = "refused1@coop.example", "3 quai du Port", "69002", "Lyon"
		case 2:
			m.Language = "en"
		}
		x.members = append(x.members, h.AddMember(m))
	}
	h.Write(func(tx *db.Tx) (err error) {
		if err = people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", Email: "ag@coop.example", TimeZone: "Europe/Paris", Address: "1 place du Marché\n69001 Lyon"}); err != nil {
			return err
		}
		x.space, err = space.Create(tx, 0, space.Space{Slug: "ag-2027", Kind: space.GeneralAssembly, Title: "Assemblée générale 2027", Place: "Maison du Peuple, Lyon",
			Visibility: space.Members, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, x.space, noticeOf(t, 15, 10)); err != nil {
			return err
		}
		meeting := time.Date(2027, 6, 11, 16, 30, 0, 0, time.UTC)
		return space.SetPhases(tx, 0, x.space, []space.Phase{
			{Key: space.PhaseConvocation, Title: "Convocation"},
			{Key: space.PhaseVote, Title: "Vote", Start: meeting.AddDate(0, 0, -4), End: meeting.Add(-time.Hour)},
			{Key: space.PhaseMeeting, Title: "Réunion", Start: meeting, End: meeting.Add(2 * time.Hour)}})
	})
	return x
}

func (x *hall) drawRoll() {
	x.T.Helper()
	x.Write(func(tx *db.Tx) error {
		_, _, err := electorate.DrawRoll(tx, 0, x.space, time.Date(2027, 6, 11, 0, 0, 0, 0, time.UTC))
		return err
	})
}

// announce sets one series with one resolution, open from 7 to 11 June.
func (x *hall) announce() {
	x.T.Helper()
	x.admin.Post("/a/ag-2027/prepare/series", "title", "Les comptes", "opens", "2027-06-07T09:00", "closes", "2027-06-11T17:00", "names", "on").Want(x.T, 303)
	page := x.admin.Get("/a/ag-2027/prepare/vote").Body
	series := regexp.MustCompile(`/prepare/series/(\d+)`).FindStringSubmatch(page)
	if series == nil {
		x.T.Fatalf("no series on the page: %.2000s", page)
	}
	var rules statute.Rules
	x.Read(func(tx *db.Tx) (err error) { rules, err = electorate.Rules(tx, x.space.ID); return err })
	x.admin.Post("/a/ag-2027/prepare/resolution", "series", series[1], "title", "Approbation des comptes", "text", "L'assemblée approuve les comptes de 2026.",
		"rule", "motion:"+rules.Motions[0].Key, "seats", "1", "max_choices", "1").Want(x.T, 303)
}

// deliver writes the mails that were decided on and hands them over.
func (x *hall) deliver() {
	x.T.Helper()
	x.TickNow()
	if _, err := x.Mail.Drain(context.Background()); err != nil {
		x.T.Fatal(err)
	}
}

func (x *hall) events(kind string) []journal.Event {
	x.T.Helper()
	var list []journal.Event
	x.Write(func(tx *db.Tx) error { _, err := journal.Chain(tx); return err })
	x.Read(func(tx *db.Tx) (err error) {
		list, err = journal.Read(tx, journal.Filter{Kinds: []string{kind}})
		return err
	})
	return list
}

// read opens a mail as a mail reader does: its headers, its text and its HTML.
func read(t *testing.T, raw string) (h netmail.Header, text, html string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return m.Header, text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			text = string(body)
		} else {
			html = string(body)
		}
	}
}

func contains(t *testing.T, what, text string, words ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(apptest.Plain(text)), " ")
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(flat, not) {
				t.Errorf("%s says %q:\n%.3000s", what, not, text)
			}
		} else if !strings.Contains(flat, w) {
			t.Errorf("%s does not say %q:\n%.3000s", what, w, text)
		}
	}
}

// pdfText is what a reader finds in the PDF.
func pdfText(t *testing.T, content string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: run scripts/install-test-tools")
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The whole story: thirty mails of which one is refused, four letters, the proof of each.
func TestConvene(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := prepare(t, h, 30, 4)
		p, sender := openPost(t)
		h.Mail.Sender = sender
		base := "/a/ag-2027/convocation"

		x.admin.Get(base).Want(t, 200, "Il manque la liste électorale", "/a/ag-2027/roll")
		x.admin.Post(base+"/send").Want(t, 409, "Dressez d'abord la liste électorale")
		x.drawRoll()
		x.announce()
		x.admin.Get(base).Want(t, 200, "Tout est prêt pour convoquer 34 personnes", "30 mails", "4 lettres", "envoyée 22 jours avant l'assemblée", "le délai de 15 est respecté", "art. 16")
		x.admin.Post(base, "subject", "", "intro", "x").Want(t, 422, "Donnez un objet")
		x.admin.Post(base, "subject", "Convocation à notre assemblée", "intro", "Chères et chers sociétaires,\n\nvenez nombreux & nombreuses <3.").Want(t, 303)
		x.admin.Get(base+"/preview").Want(t, 200, "venez nombreux &amp; nombreuses", "Approbation des comptes", "Camille Administratrice")
		draft := x.admin.Get(base+"/pdf").Want(t, 200)
		contains(t, "the draft", pdfText(t, draft.Body), "Convocation à notre assemblée", "venez nombreux", "Maison du Peuple, Lyon", "vendredi 11 juin 2027 à 18 h 30", "Approbation des comptes")
		x.admin.Get(base+"/text").Want(t, 404, "pas encore partie")

		x.admin.Get(base+"/send").Want(t, 200, "Convoquer 34 personnes", "!hors délai")
		x.admin.Post(base+"/send").Want(t, 303)
		x.admin.Get(base).Want(t, 200, "L'envoi est en cours", "live-fragment")
		x.deliver()

		got := p.mails()
		if len(got) != 29 {
			t.Errorf("%d people have a mail, want 29", len(got))
		}
		for to, list := range got {
			if len(list) != 1 {
				t.Errorf("%s has it %d times", to, len(list))
			}
		}
		head, text, html := read(t, got["m0@coop.example"][0])
		if head.Get("List-Unsubscribe") != "" {
			t.Errorf("one can unsubscribe from a convocation: %s", head.Get("List-Unsubscribe"))
		}
		if to, _ := head.AddressList("To"); len(to) != 1 || to[0].Name != "Inès Bernard-000" {
			t.Errorf("To is %v", head.Get("To"))
		}
		if reply, _ := head.AddressList("Reply-To"); len(reply) != 1 || reply[0].Address != "ag@coop.example" {
			t.Errorf("Reply-To is %v", head.Get("Reply-To"))
		}
		contains(t, "the text", text, "Bonjour Inès Bernard-000,", "venez nombreux & nombreuses <3.", "Approbation des comptes",
			"Comment voter", "vendredi 11 juin 2027", "la loi veut que chaque membre la reçoive", "!/unsubscribe/")
		contains(t, "the HTML", html, "<html lang=\"fr\">", "nombreuses &lt;3.", "!<script", "!<3")
		_, english, _ := read(t, got["m2@coop.example"][0])
		contains(t, "the English mail", english, "Hello Inès Bernard-002,", "How to vote", "Friday 11 June 2027", "!Bonjour")

		// The personal link knows the member, but signs nobody in.
		link := regexp.MustCompile(`/invitation/\d+/[\w-]+`).FindString(text)
		h.Visitor().Get(link).Want(t, 200, "Inès Bernard-000", "…@coop.example", "!m0@coop.example")
		h.Visitor().Get(link[:len(link)-2]+"zz").Want(t, 404)
		h.Visitor().Post(link).Want(t, 303)
		x.deliver()
		if again := p.mails()["m0@coop.example"]; len(again) != 2 || !strings.Contains(again[1], "/sign-in/link/") {
			t.Errorf("the link to sign in did not come: %d mails", len(again))
		}

		// Proofs.
		x.admin.Get(base+"/proofs?state=refused").Want(t, 200, "Bernard-001", "550 5.1.1 No such mailbox here", "!Bernard-000")
		x.admin.Get(base+"/proofs?q=bernard-007").Want(t, 200, "m7@coop.example", "remis au serveur", "!Bernard-008")
		x.admin.Get(base+"/proofs?q=100%25").Want(t, 200, "Personne ne correspond")
		x.admin.Get(base+"/proofs.csv").Want(t, 200, "M001,Inès Bernard-001,mail,refused,refused1@coop.example,2027-05-20T12:00:00+02:00,", "M030,Inès Bernard-030,letter,letter,,,,,")
		if n := len(x.events("convocation.mail_sent")); n != 29 {
			t.Errorf("%d proofs in the journal, want 29", n)
		}
		if list := x.events("convocation.mail_refused"); len(list) != 1 || list[0].Subject != people.MemberSubject(x.members[1].ID) || !strings.Contains(string(list[0].Payload), "No such mailbox") {
			t.Errorf("the refusal in the journal: %+v", list)
		}
		var sent struct{ Call, Mails, Letters int }
		if list := x.events("convocation.sent"); len(list) != 1 || json.Unmarshal(list[0].Payload, &sent) != nil || sent.Mails != 30 || sent.Letters != 4 {
			t.Errorf("the sending in the journal: %+v", list)
		}
		h.Read(func(tx *db.Tx) error {
			phases, err := space.Phases(tx, x.space.ID)
			if !phases[0].Start.Equal(noon) {
				t.Errorf("the step of the convocation is at %v", phases[0].Start)
			}
			return err
		})

		// Twice is once, and the text is closed.
		x.admin.Post(base+"/send").Want(t, 409, "déjà convoquées")
		x.deliver()
		if n := len(p.mails()["m5@coop.example"]); n != 1 {
			t.Errorf("a second sending sent %d mails", n)
		}
		x.admin.Post(base, "subject", "Autre", "intro", "Autre").Want(t, 409, "déjà partie")
		h.As(h.AccountOf(x.members[3]).ID).Get("/a/ag-2027").Want(t, 200, "La convocation", "Première convocation, envoyée le")
		h.As(h.AccountOf(x.members[3]).ID).Get(base+"/text").Want(t, 200, "Convocation à notre assemblée", "Approbation des comptes")

		// The refused mail goes to the address that was corrected, once.
		x.admin.Post(fmt.Sprintf("%s/proofs/%d/again", base, x.members[1].ID)).Want(t, 409, "Corrigez d'abord l'adresse")
		mended := x.members[1]
		mended.Email = "mended@coop.example"
		h.AddMember(mended)
		x.admin.Get(base+"/proofs?state=refused").Want(t, 200, "Renvoyer à mended@coop.example")
		x.admin.Post(fmt.Sprintf("%s/proofs/%d/again", base, mended.ID)).Want(t, 303)
		x.deliver()
		if n := len(p.mails()["mended@coop.example"]); n != 1 {
			t.Errorf("the mended address has %d mails", n)
		}
		x.admin.Post(fmt.Sprintf("%s/proofs/%d/again", base, mended.ID)).Want(t, 409)
	})
}

// Somebody put on the roll after the sending is convened alone, whom nobody sent anything yet.
func TestLaterElectors(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 3, 0)
	p, sender := openPost(t)
	h.Mail.Sender = sender
	x.drawRoll()
	x.admin.Post("/a/ag-2027/convocation/send").Want(t, 303)
	x.deliver()
	h.AddMember(people.Member{Number: "M900", LastName: "Nouvelle", Email: "new@coop.example", Shares: 1, PaidUp: true})
	x.drawRoll()
	x.admin.Get("/a/ag-2027/convocation").Want(t, 200, "Une personne inscrite depuis")
	x.admin.Post("/a/ag-2027/convocation/send").Want(t, 303)
	x.deliver()
	got := p.mails()
	if len(got["new@coop.example"]) != 1 || len(got["m0@coop.example"]) != 1 {
		t.Errorf("the new one has %d mails, the others %d", len(got["new@coop.example"]), len(got["m0@coop.example"]))
	}
}

// Too late is refused, unless somebody decides so and says why.
func TestNotice(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 2, 0)
	x.drawRoll()
	base := "/a/ag-2027/convocation"
	h.SetClock(time.Date(2027, 5, 27, 22, 30, 0, 0, time.UTC)) // 28 May in Paris: 14 days before
	x.admin.Get(base).Want(t, 200, "Le délai de convocation n'est plus tenu", "14 jours avant l'assemblée", "il en fallait 15", "27 mai 2027")
	x.admin.Post(base+"/send").Want(t, 422, "cochez cette case", "Dites pourquoi")
	x.admin.Post(base+"/send", "confirm", "on", "reason", " ").Want(t, 422, "Dites pourquoi", "!cochez cette case si")
	x.admin.Post(base+"/send", "reason", "Décision de justice").Want(t, 422, "cochez cette case", "Décision de justice")
	if n := len(x.events("convocation.started")); n != 0 {
		t.Fatalf("%d sendings in spite of the refusals", n)
	}
	x.admin.Post(base+"/send", "confirm", "on", "reason", "Décision de justice").Want(t, 303)
	list := x.events("convocation.started")
	if len(list) != 1 || !strings.Contains(string(list[0].Payload), `"days":14,"needed":15,"kept":false,"reason":"Décision de justice"`) {
		t.Errorf("the decision in the journal: %+v", list)
	}
	x.deliver()
	x.admin.Get(base).Want(t, 200, "Envoyée hors délai, pour cette raison", "Décision de justice")

	// The assembly on second call has its own rule.
	h.Write(func(tx *db.Tx) (err error) {
		next := x.space
		next.Slug, next.Parent, next.Call = "ag-2", x.space.ID, 2
		if next, err = space.Create(tx, 0, next); err != nil {
			return err
		}
		meeting := time.Date(2027, 6, 22, 16, 30, 0, 0, time.UTC)
		if err := space.SetPhases(tx, 0, next, []space.Phase{{Key: space.PhaseMeeting, Title: "Assemblée", Start: meeting}}); err != nil {
			return err
		}
		return electorate.Succeed(tx, 0, x.space, next, meeting)
	})
	h.SetClock(time.Date(2027, 6, 12, 8, 0, 0, 0, time.UTC))
	second := "/a/ag-2/convocation"
	x.admin.Get(second+"/send").Want(t, 200, "Convocation n° 2", "10 jours avant l'assemblée", "le délai de 10 est respecté")
	x.admin.Post(second+"/send").Want(t, 303)
	x.deliver()
	x.admin.Get(second+"/proofs").Want(t, 200, "2 personnes", "dans la boîte d'envoi")
}

// noticeOf is the collective's statutes with the notice of a cooperative.
func noticeOf(t *testing.T, first, second int) string {
	t.Helper()
	text := string(statute.Template(statute.Collective))
	at := regexp.MustCompile(`(?m)^calls = .*$`)
	if !at.MatchString(text) {
		t.Fatal("the template says nothing of the notice")
	}
	return at.ReplaceAllString(text, fmt.Sprintf("calls = [%d, %d]\narticle = \"art. 16\"", first, second))
}

func TestLegalFile(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 3, 1)
	x.drawRoll()
	files := func() map[string]string {
		out := map[string]string{}
		h.Read(func(tx *db.Tx) error {
			for _, c := range h.Components {
				if c.Key() != "convocation" {
					continue
				}
				err := c.(component.Evidence).Evidence(tx, x.space, func(name string, write func(io.Writer) error) error {
					var b strings.Builder
					err := write(&b)
					out[name] = b.String()
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		return out
	}
	if got := files(); len(got) != 0 {
		t.Errorf("a draft is no evidence: %d files", len(got))
	}
	x.admin.Post("/a/ag-2027/convocation/send").Want(t, 303)
	x.deliver()
	got := files()
	if len(got) != 3 {
		t.Fatalf("%d files", len(got))
	}
	contains(t, "the text", pdfText(t, got["convocation/call-1-fr.pdf"]), "Convocation : Assemblée générale 2027", "Maison du Peuple, Lyon")
	contains(t, "the English text", pdfText(t, got["convocation/call-1-en.pdf"]), "Notice of meeting: Assemblée générale 2027")
	contains(t, "the proofs", got["convocation/call-1-proofs.csv"], "M000,Inès Bernard-000,mail,outbox,m0@coop.example", "M003,Inès Bernard-003,letter,letter")
}

// roleOf is an account with the role in the space, or with none.
func roleOf(x *hall, role people.Role) (id int64) {
	x.T.Helper()
	x.Write(func(tx *db.Tx) error {
		a, err := people.OpenAccount(tx, "Compte "+string(role), "account-"+string(role)+"@example.org", "fr")
		if err == nil && role != "" {
			err = space.GiveRole(tx, 0, x.space.ID, a.ID, role)
		}
		id = a.ID
		return err
	})
	return id
}

func personal(x *hall, fn func(tx *db.Tx, p component.PersonalData) error) {
	x.T.Helper()
	x.Write(func(tx *db.Tx) error {
		for _, c := range x.Components {
			if c.Key() == "convocation" {
				return fn(tx, c.(component.PersonalData))
			}
		}
		return nil
	})
}

func exported(x *hall, member int64) string {
	var b strings.Builder
	personal(x, func(tx *db.Tx, p component.PersonalData) error {
		return p.ExportMember(tx, member, func(_ string, write func(io.Writer) error) error { return write(&b) })
	})
	return b.String()
}

func erase(x *hall, member int64) {
	personal(x, func(tx *db.Tx, p component.PersonalData) error { return p.EraseMember(tx, member) })
}
