package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

func queue(h *apptest.House, list ...mail.Message) {
	h.T.Helper()
	h.Write(func(tx *db.Tx) error {
		for _, m := range list {
			if _, err := mail.Queue(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func drain(h *apptest.House) {
	h.T.Helper()
	if _, err := h.Mail.Drain(context.Background()); err != nil {
		h.T.Fatal(err)
	}
}

var invitation = mail.Message{To: mail.Address{Name: "Inès Bernard", Address: "ines@coop.example"}, Subject: "Convocation <b>", Kind: "convocation",
	Text: "Bonjour,\n\nvotre lien : https://coop.example/x?a=1&b=2.\n<script>alert(1)</script>", HTML: `<!DOCTYPE html><head></head><script>alert(1)</script><p>Bonjour</p>`}

func TestOutbox(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.T = t
		admin := h.As(h.Administrator().ID)
		admin.Get("/outbox").Want(t, 200, "Aucun serveur de courrier n'est réglé", "Aucun mail")
		queue(h, invitation)
		drain(h)
		page := admin.Get("/outbox").Want(t, 200, "ines@coop.example", "Convocation &lt;b&gt;", "dans la boîte d'envoi", "!Convocation <b>").Body
		one := regexp.MustCompile(`/outbox/\d+`).FindString(page)

		shown := admin.Get(one).Want(t, 200, "Inès Bernard", `<a href="https://coop.example/x?a=1&amp;b=2">`, "&lt;script&gt;alert(1)", "!<script>alert", "<iframe", `sandbox="allow-popups`)
		if p := shown.Header.Get("Content-Security-Policy"); !strings.Contains(p, "frame-src 'self'") || !strings.Contains(p, "script-src 'self'") {
			t.Errorf("the page's policy is %q", p)
		}
		inner := admin.Get(one+"/page").Want(t, 200, "<p>Bonjour</p>", `<base target="_blank">`)
		p := inner.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(p, "default-src 'none'") || !strings.Contains(p, "; sandbox allow-popups") || strings.Contains(p, "allow-scripts") || strings.Contains(p, "allow-same-origin") || strings.Contains(p, "script-src") {
			t.Errorf("the mail's own policy is %q", p)
		}

		// Found by address, state and kind.
		other := invitation
		other.To, other.Kind, other.Subject = mail.Address{Address: "zoe@coop.example"}, "reminder", "Rappel"
		queue(h, other)
		admin.Get("/outbox?to=+zoe%40COOP.example").Want(t, 200, "Rappel", "!ines@")
		admin.Get("/outbox?state=outbox").Want(t, 200, "ines@coop.example", "!zoe@")
		admin.Get("/outbox?kind=reminder").Want(t, 200, "zoe@coop.example", "!ines@")
		admin.Get("/outbox?state=nonsense").Want(t, 200, "zoe@coop.example", "ines@coop.example")
		admin.Get("/outbox/1").Want(t, 404, "n'existe pas")
		admin.Get("/outbox/x").Want(t, 404)
	})
}

// What is on its way to its owner is nobody else's to read; what was refused says why.
func TestWhatIsOnItsWayIsClosed(t *testing.T) {
	h := apptest.Start(t)
	admin := h.As(h.Administrator().ID)
	h.Mail.Sender = refusing{}
	secret := invitation
	secret.Text, secret.Kind, secret.Urgent = "https://coop.example/sign-in/link/SECRET", "sign-in", true
	queue(h, secret)
	one := regexp.MustCompile(`/outbox/\d+`).FindString(admin.Get("/outbox").Body)
	admin.Get(one).Want(t, 200, "ne se lit pas ici", "!SECRET")
	admin.Get(one+"/page").Want(t, 404, "!Bonjour")
	drain(h)
	admin.Get("/outbox?state=refused").Want(t, 200, "550 no such mailbox")
	admin.Get(one).Want(t, 200, "550 no such mailbox", "!SECRET")
}

type refusing struct{}

func (refusing) Send(context.Context, mail.Stored) (mail.Outcome, error) {
	return mail.Outcome{State: mail.Refused, Reply: "550 no such mailbox"}, nil
}
func (refusing) Rest() {}

func TestPages(t *testing.T) {
	h := apptest.Start(t)
	admin := h.As(h.Administrator().ID)
	for i := range 120 {
		m := invitation
		m.Subject = fmt.Sprintf("Mail-%03d.", i)
		queue(h, m)
	}
	seen := map[string]bool{}
	path := "/outbox"
	for range 3 {
		page := admin.Get(path).Want(t, 200).Body
		for _, s := range regexp.MustCompile(`Mail-\d+\.`).FindAllString(page, -1) {
			if seen[s] {
				t.Errorf("%s stands twice", s)
			}
			seen[s] = true
		}
		next := regexp.MustCompile(`href="(/outbox\?before[^"]+)"`).FindStringSubmatch(page)
		if next == nil {
			break
		}
		path = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 mails were seen", len(seen))
	}
}

// Only the organisation's administrators read its mails.
func TestOnlyAdministrators(t *testing.T) {
	h := apptest.Start(t)
	queue(h, invitation)
	drain(h)
	var id int64
	roles := map[people.Role]int64{}
	h.Write(func(tx *db.Tx) error {
		list, err := mail.List(tx, mail.Filter{})
		if err != nil || len(list) != 1 {
			return errors.Join(err, fmt.Errorf("%d mails", len(list)))
		}
		id = list[0].ID
		sp, err := space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Public, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		for _, r := range people.Roles {
			a, err := people.OpenAccount(tx, string(r), string(r)+"@example.org", "fr")
			if err == nil {
				err = space.GiveRole(tx, 0, sp.ID, a.ID, r)
			}
			if err != nil {
				return err
			}
			roles[r] = a.ID
		}
		return nil
	})
	for _, path := range []string{"/outbox", fmt.Sprintf("/outbox/%d", id), fmt.Sprintf("/outbox/%d/page", id)} {
		for r, account := range roles { // even an administrator of one space
			if got := h.As(account).Get(path); got.Status != 403 {
				t.Errorf("%s at %s: %d", r, path, got.Status)
			}
		}
		if got := h.Visitor().Get(path); got.Status != 303 {
			t.Errorf("a visitor at %s: %d", path, got.Status)
		}
	}
}
