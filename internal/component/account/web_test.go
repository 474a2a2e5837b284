package account_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// mails lists what was written to an address, oldest first.
func mails(t *testing.T, h *apptest.House, to string) (out []mail.Stored) {
	t.Helper()
	h.Read(func(tx *db.Tx) error {
		ids, err := db.All(tx, "SELECT id FROM mail WHERE to_address = $1 ORDER BY id", []any{to},
			func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
		for _, id := range ids {
			m, err := mail.Get(tx, id)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return err
	})
	return out
}

var link = regexp.MustCompile(`https?://\S+(/sign-in/link/\S+)`)

// linkFor asks for a link as a person does and returns the path in the mail.
func linkFor(t *testing.T, h *apptest.House, email, next string) string {
	t.Helper()
	to := strings.ToLower(strings.TrimSpace(email))
	before := len(mails(t, h, to))
	h.Visitor().Post("/sign-in/link", "email", email, "next", next).Want(t, 303)
	h.TickNow()
	all := mails(t, h, to)
	if len(all) != before+1 {
		t.Fatalf("%d mails came, want 1", len(all)-before)
	}
	found := link.FindStringSubmatch(all[before].Text)
	if found == nil {
		t.Fatalf("no link in %q", all[before].Text)
	}
	return found[1]
}

// from asks as somebody of another network does; the house stands behind a proxy.
func from(t *testing.T, h *apptest.House, network, path string, fields ...string) apptest.Answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", network)
	return h.Visitor().Do(req)
}

func TestSignInByLink(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		now := noon
		h.Site.DB.SetClock(func() time.Time { return now })
		h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard", Email: "ines@example.org"})
		path := linkFor(t, h, "Ines@Example.org ", "/a/ag-2026")

		scanner := h.Visitor()
		for range 3 {
			scanner.Get(path).Want(t, 200, "Bonjour Inès Bernard", "Me connecter en tant que Inès Bernard")
		}
		scanner.Get("/account").Want(t, 303)

		phone := h.Visitor()
		a := phone.Post(path).Want(t, 303)
		if a.Location != "/a/ag-2026" {
			t.Errorf("leads to %q", a.Location)
		}
		phone.Get("/account").Want(t, 200, "Inès Bernard", "un lien par mail")
		h.Visitor().Post(path).Want(t, 409, "Ce lien a déjà servi")
		h.Visitor().Get(path).Want(t, 409, "Ce lien a déjà servi")

		late := linkFor(t, h, "ines@example.org", "/")
		now = now.Add(people.LinkLife)
		h.Visitor().Get(late).Want(t, 409, "n'est plus valable")
		h.Visitor().Post(late).Want(t, 409, "n'est plus valable")
		h.Visitor().Get("/sign-in/link/invented").Want(t, 404)
	})
}

func TestLinkTellsNothingOfUnknownAddresses(t *testing.T) {
	h := apptest.Start(t)
	h.AddMember(people.Member{Email: "ines@example.org"})
	known := h.Visitor().Post("/sign-in/link", "email", "ines@example.org")
	unknown := h.Visitor().Post("/sign-in/link", "email", "nobody@example.org")
	if known.Status != 303 || known.Status != unknown.Status || known.Location != unknown.Location || known.Body != unknown.Body {
		t.Errorf("the answers differ: %+v, %+v", known, unknown)
	}
	h.Visitor().Get(known.Location).Want(t, 200, "Si l'adresse que vous avez donnée est connue ici")
	h.TickNow()
	if n := len(mails(t, h, "nobody@example.org")); n != 0 {
		t.Errorf("%d mails went to an address that is nobody's", n)
	}
	if n := len(mails(t, h, "ines@example.org")); n != 1 {
		t.Errorf("%d mails", n)
	}
	h.Visitor().Post("/sign-in/link", "email", "ines").Want(t, 422, "Ce n'est pas une adresse électronique", `value="ines"`)
}

func TestNextStaysHere(t *testing.T) {
	h := apptest.Start(t)
	h.AddMember(people.Member{Email: "ines@example.org"})
	for _, elsewhere := range []string{"https://example.net/", "//example.net", `/\example.net`} {
		h.Visitor().Get("/sign-in?next="+url.QueryEscape(elsewhere)).Want(t, 200, `!name="next"`)
		path := linkFor(t, h, "ines@example.org", elsewhere)
		if a := h.Visitor().Post(path); a.Location != "/" {
			t.Errorf("%q leads to %q", elsewhere, a.Location)
		}
	}
	h.Visitor().Get("/sign-in?next=/a/ag").Want(t, 200, `name="next" value="/a/ag"`)
}

func TestHousehold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard", Email: "famille@example.org"})
		marc := h.AddMember(people.Member{Number: "2", FirstName: "Marc", LastName: "Bernard", Email: "famille@example.org"})
		stranger := h.AddMember(people.Member{Number: "3", FirstName: "Zoé", LastName: "Petit", Email: "zoe@example.org"})
		path := linkFor(t, h, "famille@example.org", "")
		b := h.Visitor()
		b.Get(path).Want(t, 200, "Qui êtes-vous", "Inès Bernard", "Marc Bernard", "!Zoé")
		b.Post(path).Want(t, 422, "Choisissez votre nom")
		b.Post(path, "who", fmt.Sprintf("m%d", stranger.ID)).Want(t, 422, "Choisissez votre nom")
		b.Post(path, "who", fmt.Sprintf("m%d", marc.ID)).Want(t, 303)
		b.Get("/account").Want(t, 200, "Marc Bernard", "!Inès")
		var n int
		h.Read(func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM account", nil, &n) })
		if n != 1 {
			t.Errorf("%d accounts were opened, want Marc's", n)
		}
		// The next time Marc has an account, and still only one.
		path = linkFor(t, h, "famille@example.org", "")
		h.Visitor().Post(path, "who", fmt.Sprintf("a%d", h.AccountOf(marc).ID)).Want(t, 303)
		h.Read(func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM account", nil, &n) })
		if n != 1 {
			t.Errorf("%d accounts after the second time", n)
		}
	})
}

func TestMailIsInTheReadersLanguage(t *testing.T) {
	h := apptest.Start(t)
	h.AddMember(people.Member{Email: "ann@example.org", Language: "en"})
	linkFor(t, h, "ann@example.org", "")
	if m := mails(t, h, "ann@example.org")[0]; !strings.Contains(m.Subject, "Your link") || !m.Urgent {
		t.Errorf("the mail says %q", m.Subject)
	}
}

// An address that the post refuses is no reason for others to wait.
func TestAddressThatNoMailReaches(t *testing.T) {
	h := apptest.Start(t)
	h.AddMember(people.Member{Email: "ines@localhost"})
	h.AddMember(people.Member{Email: "marc@example.org"})
	h.Visitor().Post("/sign-in/link", "email", "ines@localhost").Want(t, 303)
	linkFor(t, h, "marc@example.org", "")
	var n int
	h.Read(func(tx *db.Tx) error {
		return tx.Row("SELECT count(*) FROM journal WHERE kind = 'people.link_sent'", nil, &n)
	})
	if n != 1 {
		t.Errorf("the journal says that %d links were sent, want Marc's", n)
	}
}

func issueCode(h *apptest.House, m people.Member, life time.Duration) (code string) {
	h.Write(func(tx *db.Tx) (err error) {
		code, err = people.IssueCode(tx, h.Site.Secret, m.ID, tx.Now.Add(life))
		return err
	})
	return code
}

func TestSignInByCode(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		now := noon
		h.Site.DB.SetClock(func() time.Time { return now })
		m := h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard"})
		code := issueCode(h, m, 24*time.Hour)
		h.Visitor().Get("/code/"+code+"?next=/a/ag").Want(t, 200, people.FormatCode(code), "C'est bien le code", `value="/a/ag"`, "!Inès")
		for range 2 { // to vote again, to change
			b := h.Visitor()
			if a := b.Post("/sign-in/code", "code", strings.ToLower(people.FormatCode(code)), "next", "/a/ag").Want(t, 303); a.Location != "/a/ag" {
				t.Errorf("leads to %q", a.Location)
			}
			b.Get("/account").Want(t, 200, "Inès Bernard", "un code sur papier")
		}
		wrong := []byte(code)
		wrong[0], wrong[1] = wrong[1], wrong[0]
		if wrong[0] == wrong[1] {
			wrong[0] = "01"[(wrong[0]+1)%2]
		}
		for range 50 { // a typing mistake is no try
			h.Visitor().Post("/sign-in/code", "code", string(wrong)).Want(t, 422, "faute de frappe", string(wrong))
		}
		h.Visitor().Get("/code/"+string(wrong)).Want(t, 422, "faute de frappe")
		h.Visitor().Post("/sign-in/code", "code", code).Want(t, 303)
		now = now.Add(24 * time.Hour)
		h.Visitor().Post("/sign-in/code", "code", code).Want(t, 422, "n'est plus valable")
	})
}

// unknownCodes are well-formed codes that are nobody's.
func unknownCodes(h *apptest.House, n int) (codes []string) {
	m := h.AddMember(people.Member{Number: "unknown-codes"})
	for range n {
		codes = append(codes, issueCode(h, m, time.Hour))
	}
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM paper_code WHERE member_id = $1", m.ID)
		return err
	})
	return codes
}

func TestGuessingCodesSlowsDown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		now := noon
		h.Site.DB.SetClock(func() time.Time { return now })
		h.Site.BehindProxy = true
		m := h.AddMember(people.Member{Number: "1", LastName: "Bernard"})
		code := issueCode(h, m, 24*time.Hour)
		guesses := unknownCodes(h, 21)
		for _, g := range guesses[:20] {
			from(t, h, "192.0.2.1", "/sign-in/code", "code", g).Want(t, 422, "n'est pas connu")
		}
		from(t, h, "192.0.2.77", "/sign-in/code", "code", guesses[20]).Want(t, 429, "Trop d'essais", "10 secondes", guesses[20])
		from(t, h, "192.0.2.1", "/sign-in/code", "code", code).Want(t, 429)
		from(t, h, "198.51.100.1", "/sign-in/code", "code", code).Want(t, 303)
		now = now.Add(10 * time.Second)
		from(t, h, "192.0.2.1", "/sign-in/code", "code", code).Want(t, 303)
	})
}

func TestPesteringAnAddressSlowsDown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		now := noon
		h.Site.DB.SetClock(func() time.Time { return now })
		h.Site.BehindProxy = true
		h.AddMember(people.Member{Email: "ines@example.org"})
		ask := func(network, email string) apptest.Answer {
			return from(t, h, network, "/sign-in/link", "email", email)
		}
		for range 5 {
			ask("192.0.2.1", "ines@example.org").Want(t, 303)
			ask("192.0.2.1", "nobody@example.org").Want(t, 303)
		}
		ask("192.0.2.1", "ines@example.org").Want(t, 429, "Trop d'essais", "60 secondes", `value="ines@example.org"`)
		ask("192.0.2.1", "nobody@example.org").Want(t, 429)
		ask("192.0.2.1", "marc@example.org").Want(t, 303)
		ask("198.51.100.1", "ines@example.org").Want(t, 303) // the member, from home
		// However many networks an attacker has, the member waits five minutes at most.
		for i := range 100 {
			ask(fmt.Sprintf("203.0.%d.1", i), "ines@example.org")
		}
		ask("198.51.100.1", "ines@example.org").Want(t, 429)
		now = now.Add(5 * time.Minute)
		ask("198.51.100.1", "ines@example.org").Want(t, 303)
	})
}

func TestSignOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		account := h.AccountOf(h.AddMember(people.Member{Number: "1", LastName: "Bernard"}))
		other := h.AccountOf(h.AddMember(people.Member{Number: "2", LastName: "Petit"}))
		now := noon
		h.Site.DB.SetClock(func() time.Time { now = now.Add(time.Second); return now })
		phone, laptop, library, stranger := h.As(account.ID), h.As(account.ID), h.As(account.ID), h.As(other.ID)
		a := phone.Post("/sign-out").Want(t, 303)
		phone.Get(a.Location).Want(t, 200, "plus connecté·e sur cet appareil")
		phone.Get("/account").Want(t, 303)

		page := laptop.Get("/account").Want(t, 200)
		var sessions []people.Session
		h.Read(func(tx *db.Tx) (err error) { sessions, err = people.Sessions(tx, account.ID); return err })
		if len(sessions) != 2 || strings.Count(page.Body, `name="session"`) != 2 {
			t.Fatalf("%d sessions, want 2", len(sessions))
		}
		for _, s := range sessions { // somebody else's hands change nothing
			stranger.Post("/account/sessions/close", "session", s.Hash)
		}
		laptop.Get("/account").Want(t, 200)
		library.Get("/account").Want(t, 200)
		laptop.Post("/account/sessions/close", "session", sessions[0].Hash) // the newest: the library's
		library.Get("/account").Want(t, 303)

		library = h.As(account.ID)
		laptop.Post("/account/sessions/close-all").Want(t, 303)
		laptop.Get("/account").Want(t, 303)
		library.Get("/account").Want(t, 303)
		stranger.Get("/account").Want(t, 200)
	})
}

func TestFirstAdministrator(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		issue := func() (token string) {
			h.Write(func(tx *db.Tx) (err error) { token, err = people.IssueFirstAdministratorLink(tx); return err })
			return token
		}
		stale, token := issue(), issue()
		h.Visitor().Get("/first/"+stale).Want(t, 404)
		h.Visitor().Get("/first/"+token).Want(t, 200, "Bienvenue")
		b := h.Visitor()
		b.Post("/first/"+token, "organisation", "Les Ateliers", "name", "", "email", "camille").
			Want(t, 422, "Donnez votre nom", "Ce n'est pas une adresse", `value="Les Ateliers"`, `value="camille"`)
		b.Post("/first/"+token, "organisation", "Les Ateliers", "name", "Camille Roy", "email", "Camille@example.org").Want(t, 303)
		b.Get("/account").Want(t, 200, "Camille Roy", "camille@example.org", "Les Ateliers", "Réglages")
		h.Visitor().Post("/first/"+token, "organisation", "Autre", "name", "Autre", "email", "autre@example.org").Want(t, 409, "déjà servi")
		linkFor(t, h, "camille@example.org", "/")
		h.Visitor().Post("/sign-in/link/"+token).Want(t, 404) // a link for one thing is no link for another
	})
}

func TestAccountPage(t *testing.T) {
	h := apptest.Start(t)
	m := h.AddMember(people.Member{Number: "A-12", FirstName: "Inès", LastName: "Bernard", Email: "ines@example.org", City: "Nantes", Shares: 1200})
	b := h.As(h.AccountOf(m).ID)
	b.Get("/account").Want(t, 200, "A-12", "Nantes", "1 200", "test", "celui-ci", "!Mes clés d'accès") // no passkeys on a bare address
	b.Post("/account/language", "language", "en").Want(t, 303)
	b.Get("/account").Want(t, 200, "My account")
	h.As(h.AccountOf(m).ID).Get("/account").Want(t, 200, "My account")
	b.Post("/account/language", "language", "xx").Want(t, 422)
}

func TestData(t *testing.T) {
	h := apptest.Start(t)
	m := h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard", Email: "ines@example.org"})
	other := h.AccountOf(h.AddMember(people.Member{Number: "2", LastName: "Petit", Email: "zoe@example.org"}))
	for _, id := range []int64{h.AccountOf(m).ID, h.Administrator().ID} {
		a := h.As(id).Get("/account/data")
		z, err := zip.NewReader(bytes.NewReader([]byte(a.Body)), int64(len(a.Body)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("account.json")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "@example.org") || strings.Contains(string(text), other.Email) {
			t.Errorf("account.json says %s", text)
		}
	}
	b := h.As(h.AccountOf(m).ID)
	code := issueCode(h, m, time.Hour)
	h.Write(func(tx *db.Tx) error {
		for _, c := range h.Components {
			if e, ok := c.(interface {
				EraseMember(*db.Tx, int64) error
			}); ok && c.Key() == "account" {
				return e.EraseMember(tx, m.ID)
			}
		}
		return db.ErrNotFound
	})
	b.Get("/account").Want(t, 303)
	h.Visitor().Post("/sign-in/code", "code", code).Want(t, 422, "n'est pas connu")
}

func TestDemonstration(t *testing.T) {
	h := apptest.Start(t)
	account := h.AccountOf(h.AddMember(people.Member{Number: "1", FirstName: "Inès", LastName: "Bernard"}))
	hidden := h.AccountOf(h.AddMember(people.Member{Number: "2", LastName: "Petit"}))
	h.Write(func(tx *db.Tx) error {
		return people.SavePersonas(tx, []people.Persona{{Account: account.ID, Name: "Inès Bernard", RoleFR: "Sociétaire", RoleEN: "Member",
			TextFR: "Elle vote.", TextEN: "She votes.", Group: "AG"}, {Account: 999, Name: "Personne"}})
	})
	path := fmt.Sprintf("/demo/%d", account.ID)
	h.Visitor().Get("/demo").Want(t, 404)
	h.Visitor().Post(path).Want(t, 404)

	h.Site.Demo = true
	h.Visitor().Get("/demo").Want(t, 200, "Inès Bernard", "Sociétaire", "Elle vote.", path)
	b := h.Visitor()
	b.Post(path).Want(t, 303)
	b.Get("/account").Want(t, 200, "Inès Bernard", "la démonstration")
	h.Visitor().Post(fmt.Sprintf("/demo/%d", hidden.ID)).Want(t, 404)
	h.Visitor().Post("/demo/999").Want(t, 404)
	h.Visitor().Post("/demo/x").Want(t, 404)
}

// Who has not signed in gets to none of these.
func TestOwnPagesAreClosed(t *testing.T) {
	h := apptest.Start(t)
	h.Site.URL = "http://localhost"
	for _, path := range []string{"/account", "/account/data"} {
		if a := h.Visitor().Get(path); a.Status != 303 || !strings.HasPrefix(a.Location, "/sign-in") {
			t.Errorf("%s: %d to %q", path, a.Status, a.Location)
		}
	}
	for _, path := range []string{"/account/language", "/account/sessions/close", "/account/sessions/close-all",
		"/account/passkeys/begin", "/account/passkeys", "/account/passkeys/remove"} {
		h.Visitor().Post(path, "language", "fr").Want(t, 401)
	}
}
