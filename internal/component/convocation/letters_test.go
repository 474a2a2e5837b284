package convocation_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

var codeForm = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// member is whom a code signs in; 0 when it is refused.
func (x *hall) member(code string) (id int64) {
	x.T.Helper()
	parsed, err := people.ParseCode(code)
	if err != nil {
		x.T.Fatal(err)
	}
	x.Read(func(tx *db.Tx) error {
		if m, err := people.MemberByCode(tx, x.Site.Secret, parsed); err == nil {
			id = m.ID
		}
		return nil
	})
	return id
}

func TestLetters(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := prepare(t, h, 3, 3)
		_, sender := openPost(t)
		h.Mail.Sender = sender
		// One has no town, another an address of too many lines.
		astray := x.members[4]
		astray.City, astray.Postcode = "", ""
		h.AddMember(astray)
		h.AddMember(people.Member{Number: "M800", LastName: "Longue", Address: "a\nb\nc\nd\ne\nf", Postcode: "69001", City: "Lyon", Shares: 1, PaidUp: true})
		x.drawRoll()
		base := "/a/ag-2027/convocation"
		x.admin.Post(base+"/letters").Want(t, 409, "Envoyez d'abord")
		x.admin.Post(base+"/send").Want(t, 303)
		x.deliver()

		// Those without an address, and the one whose mail was refused.
		x.admin.Get(base+"/letters").Want(t, 200, "3 lettres à préparer", "Dont une personne dont le mail a été refusé", "2 personnes n'ont pas d'adresse postale complète", "Longue", "Bernard-004")
		x.admin.Get("/a/ag-2027").Want(t, 200, "5 lettres de convocation")
		x.admin.Post(base+"/letters").Want(t, 303)
		x.admin.Post(base+"/letters").Want(t, 409, "Aucune lettre n'est à préparer")
		page := x.admin.Get(base+"/letters").Want(t, 200, "Pas encore téléchargé", "tire de nouveaux codes", "!Postées le").Body
		batch := regexp.MustCompile(`/letters/(\d+)"`).FindStringSubmatch(page)[1]
		x.admin.Post(base+"/letters/"+batch+"/posted", "day-"+batch, "2027-05-20").Want(t, 409, "Téléchargez d'abord")

		first := x.admin.Post(base+"/letters/"+batch).Want(t, 200)
		if !strings.HasPrefix(first.Header.Get("Content-Disposition"), "attachment") || first.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("the letters come as %s, %s", first.Header.Get("Content-Type"), first.Header.Get("Content-Disposition"))
		}
		text := pdfText(t, first.Body)
		contains(t, "the letters", text, "Bonjour Inès Bernard-001,", "Bonjour Inès Bernard-003,", "Bonjour Inès Bernard-005,", "12 rue des Deux-Ponts", "69001 Lyon",
			"Les Deux Rives", "Le jeudi 20 mai 2027", "Convocation : Assemblée générale 2027", "Votre code personnel", "!Bernard-004", "!Longue", "!Bernard-000")
		codes := codeForm.FindAllString(text, -1)
		if len(codes) != 3 {
			t.Fatalf("%d codes in the letters: %v", len(codes), codes)
		}
		if got := x.member(codes[0]); got != x.members[1].ID {
			t.Errorf("the first letter's code is %d's, not %d's", got, x.members[1].ID)
		}

		// Downloaded again: new codes, and the old ones are of no use.
		again := codeForm.FindAllString(pdfText(t, x.admin.Post(base+"/letters/"+batch).Want(t, 200).Body), -1)
		if len(again) != 3 || again[0] == codes[0] || x.member(codes[0]) != 0 || x.member(again[0]) != x.members[1].ID {
			t.Errorf("the second download: %v after %v", again, codes)
		}
		x.admin.Get(base+"/letters").Want(t, 200, "Téléchargé 2 fois")

		for day, words := range map[string]string{"": "Écrivez la date", "20/05/2027": "Écrivez la date", "2027-05-21": "pas encore venue", "2027-05-19": "n'est partie que le"} {
			x.admin.Post(base+"/letters/"+batch+"/posted", "day-"+batch, day).Want(t, 422, words, `value="`+day+`"`)
		}
		h.SetClock(noon.AddDate(0, 0, 10))
		x.admin.Post(base+"/letters/"+batch+"/posted", "day-"+batch, "2027-05-28").Want(t, 303)
		x.admin.Post(base+"/letters/"+batch+"/posted", "day-"+batch, "2027-05-28").Want(t, 409, "déjà notées")
		x.admin.Get(base+"/letters").Want(t, 200, "Postée le vendredi 28 mai 2027, dit Camille Administratrice", "Postées hors délai", "14 jours")
		x.admin.Get(base+"/proofs.csv").Want(t, 200, "M001,Inès Bernard-001,mail,printed,refused1@coop.example,", "No such mailbox here,2027-05-28,Camille Administratrice", "M003,Inès Bernard-003,letter,printed,,,,2027-05-28,Camille Administratrice")
		list := x.events("convocation.letters_printed")
		if len(list) != 1 || !strings.Contains(string(list[0].Payload), fmt.Sprintf(`"letters":3,"day":"2027-05-28","members":[%d,`, x.members[1].ID)) {
			t.Errorf("the posting in the journal: %+v", list)
		}
		x.admin.Post(base+"/letters/12345").Want(t, 404)
	})
}

// A code lasts until a month after the assembly and the vote.
func TestCodesExpire(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 0, 1)
	x.drawRoll()
	base := "/a/ag-2027/convocation"
	x.admin.Post(base+"/send").Want(t, 303)
	x.deliver()
	x.admin.Post(base+"/letters").Want(t, 303)
	batch := regexp.MustCompile(`/letters/(\d+)"`).FindStringSubmatch(x.admin.Get(base + "/letters").Body)[1]
	code := codeForm.FindString(pdfText(t, x.admin.Post(base+"/letters/"+batch).Body))
	h.SetClock(time.Date(2027, 7, 11, 16, 29, 0, 0, time.UTC))
	if x.member(code) != x.members[0].ID {
		t.Error("the code is of no use a month after the assembly")
	}
	h.SetClock(time.Date(2027, 7, 11, 16, 31, 0, 0, time.UTC))
	if x.member(code) != 0 {
		t.Error("the code works for ever")
	}
}

// Where nobody sends the mails, letters can be made for everybody, in files of five hundred.
func TestManyLetters(t *testing.T) {
	h := apptest.Start(t)
	x := prepare(t, h, 2, 0)
	h.Write(func(tx *db.Tx) error {
		for i := range 1001 {
			_, err := people.SaveMember(tx, 0, people.Member{Number: fmt.Sprintf("P%04d", i), LastName: fmt.Sprintf("Papier-%04d", i), Postcode: "69001", City: "Lyon", Shares: 1, PaidUp: true})
			if err != nil {
				return err
			}
		}
		return nil
	})
	x.drawRoll()
	base := "/a/ag-2027/convocation"
	x.admin.Post(base+"/send").Want(t, 303)
	x.deliver()
	x.admin.Get(base+"/letters").Want(t, 200, "1 001 lettres à préparer", "2 mails sont restés dans la boîte d'envoi")
	x.admin.Post(base+"/letters").Want(t, 303)
	page := x.admin.Get(base+"/letters").Want(t, 200, "Fichier 3", "500 lettres", "une lettre", "!Fichier 4").Body
	batch := regexp.MustCompile(`/letters/(\d+)"`).FindStringSubmatch(page)[1]
	begun := time.Now()
	file := x.admin.Post(base+"/letters/"+batch).Want(t, 200)
	t.Logf("500 letters: %d bytes in %v", len(file.Body), time.Since(begun))
	if n := len(codeForm.FindAllString(pdfText(t, file.Body), -1)); n != 500 {
		t.Errorf("%d codes in the first file", n)
	}
	// Of the two whose mail stayed in the outbox, one has a postal address.
	x.admin.Post(base+"/letters", "outbox", "yes").Want(t, 303)
	x.admin.Get(base+"/letters").Want(t, 200, "Fichier 4")
	x.admin.Post(base+"/letters", "outbox", "yes").Want(t, 409, "Aucune lettre")
}
