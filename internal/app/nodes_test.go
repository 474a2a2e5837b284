package app_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// Two nodes on one database show the same session: what happens on one reaches the pages of the
// other, and whoever is on either is present.
func TestTwoNodesShowOneSession(t *testing.T) {
	nodes := apptest.Nodes(t, 2)
	one, two := nodes[0], nodes[1]
	var chair, guest people.Account
	var token string
	one.Write(func(tx *db.Tx) error {
		sp, err := space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Public, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if err := space.SetPhases(tx, 0, sp, []space.Phase{{Key: space.PhaseMeeting, Title: "Assemblée", Start: tx.Now}}); err != nil {
			return err
		}
		if chair, err = people.OpenAccount(tx, "Camille", "camille@example.org", "fr"); err != nil {
			return err
		}
		if guest, err = people.OpenAccount(tx, "Ana", "ana@example.org", "fr"); err != nil {
			return err
		}
		if err := space.GiveRole(tx, 0, sp.ID, guest.ID, people.Participant); err != nil {
			return err
		}
		if token, err = people.OpenSession(tx, guest.ID, people.ByLink, "test"); err != nil {
			return err
		}
		return space.GiveRole(tx, 0, sp.ID, chair.ID, people.Chair)
	})
	there := events(t, two.URL+"/a/ag/live/events", token)
	lead := one.As(chair.ID)
	lead.Post("/a/ag/live/chair/open").Want(t, 303)
	there("changed", "state")
	two.As(guest.ID).Post("/a/ag/live/hand", "kind", "question").Want(t, 303)
	there("changed", "floor")
	lead.Get("/a/ag/live/chair").Want(t, 200, "Donner la parole à Ana")
	lead.Post("/a/ag/live/chair/message", "message", "Bonjour à toutes et tous").Want(t, 303)
	there("changed", "message")
	two.As(guest.ID).Get("/a/ag/live").Want(t, 200, "Bonjour à toutes et tous")
	there("counts", `{"present":1}`) // Ana, whose page is open on the other node
}

// events follows a stream; the function it returns waits for an event.
func events(t *testing.T, address, token string) func(event, data string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "isegoria", Value: token, Domain: u.Hostname()})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	got := map[string]bool{}
	return func(event, data string) {
		t.Helper()
		name := ""
		for !got[event+" "+data] {
			if !lines.Scan() {
				t.Fatalf("the stream ended before %s %s: %v; it had %v", event, data, lines.Err(), got)
			}
			if value, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = value
			}
			if value, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				got[name+" "+value] = true
			}
		}
	}
}
