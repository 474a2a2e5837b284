package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// open are the routes that anybody may use: reading what is public, signing in, and links that
// carry their own proof; /metrics answers this machine only, which has its own test. Every other route must turn away who has not signed in, and this list is the
// place where a new public route is decided.
var open = regexp.MustCompile(`^(GET (/|/a|/sign-in(/.*)?|/code/.*|/first/.*|/accessibility|/source|/verify(/.*)?|/privacy|/methods(/.*)?|/journal(/.*)?|/healthz|/metrics|/language/.*|/demo|/unsubscribe/.*|/invitation/.*|/draw/.*|/apply/.*)|` +
	`POST (/sign-in/.*|/first/.*|/sign-out|/demo/.*|/unsubscribe/.*|/invitation/.*|/verify/.*|/methods(/.*)?|/draw/.*|/apply/.*))$|^/$`)

var variable = regexp.MustCompile(`\{([a-z_]+)(\.\.\.)?\}`)

// address fills a pattern's variables in: a members' assembly, and things that are not there.
func address(pattern string) (method, path string) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = http.MethodGet, pattern
	}
	path = variable.ReplaceAllStringFunc(path, func(v string) string {
		if v == "{slug}" {
			return "ag"
		}
		return "1"
	})
	return method, path
}

// hall is an instance with a members' assembly, a member on its roll and one of another.
func hall(t *testing.T) (h *apptest.House, member, stranger *apptest.Browser) {
	h = apptest.Start(t)
	m := h.AddMember(people.Member{Number: "1", LastName: "Membre", PaidUp: true, Shares: 1})
	account := h.AccountOf(m)
	var other people.Account
	h.Write(func(tx *db.Tx) error {
		sp, err := space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Participants, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, sp, string(statute.Template(statute.Association))); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, 0, sp, tx.Now); err != nil {
			return err
		}
		other, err = people.OpenAccount(tx, "Personne d'autre", "other@example.org", "fr")
		return err
	})
	return h, h.As(account.ID), h.As(other.ID)
}

func ask(t *testing.T, b *apptest.Browser, h *apptest.House, pattern string) apptest.Answer {
	method, path := address(pattern)
	req, err := http.NewRequest(method, h.URL+path, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Do(req)
}

// turnedAway tells whether the answer let nobody in: sign in first, not for you, not there.
func turnedAway(a apptest.Answer) bool {
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	case http.StatusSeeOther:
		return strings.HasPrefix(a.Location, "/sign-in")
	}
	return false
}

// Every route turns away those who must not pass: somebody who has not signed in, and somebody
// signed in who has no part in the assembly and administers nothing.
func TestEveryRouteTurnsStrangersAway(t *testing.T) {
	h, _, stranger := hall(t)
	visitor := h.Visitor()
	own := regexp.MustCompile(`^(GET|POST) /(account|calendar)`) // what any signed-in person has of their own
	tried := 0
	for _, pattern := range h.Router.Patterns() {
		if open.MatchString(pattern) {
			continue
		}
		tried++
		if a := ask(t, visitor, h, pattern); !turnedAway(a) {
			t.Errorf("%s lets a visitor in: %d %.200s", pattern, a.Status, a.Body)
		}
		if own.MatchString(pattern) {
			continue
		}
		if a := ask(t, stranger, h, pattern); !turnedAway(a) {
			t.Errorf("%s lets a stranger in: %d %.200s", pattern, a.Status, a.Body)
		}
	}
	if tried < 80 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// No route of the bureau or of the organisation opens to a plain member of the assembly.
func TestBureauRoutesTurnMembersAway(t *testing.T) {
	h, member, _ := hall(t)
	bureau := regexp.MustCompile(`/(prepare|paper|edit|convocation/(send|proofs|letters|reminders|next|preview)|proxies|attendance|register|settings|outbox|legal-file)(/|$)|^(GET|POST) /a/new`)
	tried := 0
	for _, pattern := range h.Router.Patterns() {
		if !bureau.MatchString(pattern) {
			continue
		}
		tried++
		if a := ask(t, member, h, pattern); !turnedAway(a) {
			t.Errorf("%s lets a member in: %d %.200s", pattern, a.Status, a.Body)
		}
	}
	if tried < 50 {
		t.Errorf("only %d routes were tried", tried)
	}
}

func TestAnswersAreLockedDown(t *testing.T) {
	h, member, _ := hall(t)
	a := member.Get("/")
	a.Want(t, 200)
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := a.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
		t.Errorf("the policy lets inline code run: %s", csp)
	}
	req, err := http.NewRequest(http.MethodPost, h.URL+"/sign-out", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	member.Do(req).Want(t, 403)
	member.Get("/nowhere").Want(t, 404, "Page introuvable")
	h.Visitor().Get("/healthz").Want(t, 200, "ok")
	english := h.Visitor()
	english.Get("/language/en?back=//evil.example").Want(t, 303)
	if to := english.Get("/language/en?back=//evil.example").Location; to != "/" {
		t.Errorf("a link leads elsewhere: %s", to)
	}
	english.Get("/sign-in").Want(t, 200, `lang="en"`, "Sign in")
}

// A failure of ours shows a number, not its inside.
func TestInternalErrorShowsAReference(t *testing.T) {
	h, member, _ := hall(t)
	h.Router.Handle("GET /broken", func(http.ResponseWriter, *http.Request) error { panic("the inside of the house") })
	member.Get("/broken").Want(t, 500, "Erreur interne", "!inside of the house")
}
