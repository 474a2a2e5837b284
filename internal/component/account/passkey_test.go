package account_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// device is somebody's phone, with its passkey for the site of the tests.
type device struct {
	t     *testing.T
	h     *apptest.House
	site  virtualwebauthn.RelyingParty
	phone virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

func newDevice(t *testing.T, h *apptest.House) *device {
	h.Site.URL = "http://localhost"
	return &device{t: t, h: h, site: virtualwebauthn.RelyingParty{ID: "localhost", Name: "Isegoria", Origin: "http://localhost"},
		phone: virtualwebauthn.NewAuthenticator(), key: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
}

// post sends what the island sends.
func (d *device) post(b *apptest.Browser, path string, body any) apptest.Answer {
	d.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, d.h.URL+path, strings.NewReader(string(text)))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return b.Do(req)
}

type begun struct {
	Token   string          `json:"token"`
	Options json.RawMessage `json:"options"`
}

func (d *device) begin(b *apptest.Browser, path string) (out begun) {
	d.t.Helper()
	a := d.post(b, path, map[string]string{}).Want(d.t, 200)
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil {
		d.t.Fatal(err)
	}
	return out
}

type sent struct {
	Token      string          `json:"token"`
	Name       string          `json:"name,omitempty"`
	Next       string          `json:"next,omitempty"`
	Credential json.RawMessage `json:"credential"`
}

// make is the device's answer to a site that wants a passkey made.
func (d *device) make(begun begun) sent {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(string(begun.Options))
	if err != nil {
		d.t.Fatal(err)
	}
	d.phone.Options.UserHandle = []byte(options.UserID)
	return sent{Token: begun.Token, Credential: json.RawMessage(virtualwebauthn.CreateAttestationResponse(d.site, d.phone, d.key, *options))}
}

// sign is the device's answer to a site that wants a passkey used.
func (d *device) sign(begun begun) sent {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(string(begun.Options))
	if err != nil {
		d.t.Fatal(err)
	}
	return sent{Token: begun.Token, Next: "/a/ag", Credential: json.RawMessage(virtualwebauthn.CreateAssertionResponse(d.site, d.phone, d.key, *options))}
}

// register makes the device's passkey for the account.
func (d *device) register(account int64) {
	d.t.Helper()
	b := d.h.As(account)
	answer := d.make(d.begin(b, "/account/passkeys/begin"))
	answer.Name = "Mon téléphone"
	d.post(b, "/account/passkeys", answer).Want(d.t, 200, "/account?done=passkey")
}

func TestPasskey(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		d := newDevice(t, h)
		account := h.AccountOf(h.AddMember(people.Member{FirstName: "Inès", LastName: "Bernard", Email: "ines@example.org"}))
		d.register(account.ID)
		owner := h.As(account.ID)
		owner.Get("/account").Want(t, 200, "Mes clés d'accès", "Mon téléphone", "jamais")
		h.Visitor().Get("/sign-in").Want(t, 200, "<passkey-sign-in hidden")

		// The options leave out the key that the device has already.
		if again := d.begin(owner, "/account/passkeys/begin"); !strings.Contains(string(again.Options), `"excludeCredentials":[{`) {
			t.Errorf("the options would make the same key twice: %s", again.Options)
		}

		b := h.Visitor()
		d.key.Counter = 1
		answer := d.sign(d.begin(b, "/sign-in/passkey/begin"))
		d.post(b, "/sign-in/passkey", answer).Want(t, 200, `"next":"/a/ag"`)
		b.Get("/account").Want(t, 200, "Inès Bernard", "une clé d'accès", "!jamais")
		d.post(h.Visitor(), "/sign-in/passkey", answer).Want(t, 409, "Trop de temps") // played again

		var keys []people.Passkey
		h.Read(func(tx *db.Tx) (err error) { keys, err = people.Passkeys(tx, account.ID); return err })
		stranger := h.As(h.AccountOf(h.AddMember(people.Member{LastName: "Petit"})).ID)
		stranger.Post("/account/passkeys/remove", "passkey", keys[0].ID).Want(t, 404)
		owner.Post("/account/passkeys/remove", "passkey", keys[0].ID).Want(t, 303)
		d.key.Counter = 2
		d.post(b, "/sign-in/passkey", d.sign(d.begin(b, "/sign-in/passkey/begin"))).Want(t, 422, "n'est pas acceptée ici")
	})
}

func TestPasskeyRefusals(t *testing.T) {
	now := noon
	for _, c := range []struct {
		name   string
		spoil  func(d *device)
		status int
		says   string
	}{
		{"a copy, whose counter lags", func(d *device) { d.key.Counter = 4 }, 403, "exister en double"},
		{"a device that did not verify its user", func(d *device) { d.phone.Options.UserNotVerified = true }, 422, "n'est pas acceptée"},
		{"another site", func(d *device) { d.site.Origin = "https://isegoria.example" }, 422, "n'est pas acceptée"},
		{"another's handle", func(d *device) { d.phone.Options.UserHandle = []byte("12345678") }, 422, "n'est pas acceptée"},
		{"another key", func(d *device) { d.key.Key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2).Key }, 422, "n'est pas acceptée"},
		{"too late", func(*device) { now = now.Add(people.CeremonyLife) }, 409, "Trop de temps"},
		{"an account that was closed", func(d *device) {
			d.h.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE account SET closed_at = $1", tx.Now); return err })
		}, 403, "fermé"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := apptest.Start(t)
			h.Site.DB.SetClock(func() time.Time { return now })
			d := newDevice(t, h)
			d.key.Counter = 4
			d.register(h.AccountOf(h.AddMember(people.Member{LastName: "Bernard"})).ID)
			d.key.Counter = 5
			b := h.Visitor()
			begun := d.begin(b, "/sign-in/passkey/begin")
			c.spoil(d)
			d.post(b, "/sign-in/passkey", d.sign(begun)).Want(t, c.status, c.says)
			b.Get("/account").Want(t, 303)
		})
	}
}

func TestPasskeyOfSomebodyElse(t *testing.T) {
	h := apptest.Start(t)
	d := newDevice(t, h)
	ines := h.As(h.AccountOf(h.AddMember(people.Member{LastName: "Bernard"})).ID)
	marc := h.As(h.AccountOf(h.AddMember(people.Member{LastName: "Petit"})).ID)
	answer := d.make(d.begin(ines, "/account/passkeys/begin"))
	answer.Name = "Téléphone"
	d.post(marc, "/account/passkeys", answer).Want(t, 422, "n'est pas acceptée")
	answer = d.make(d.begin(ines, "/account/passkeys/begin"))
	d.post(ines, "/account/passkeys", answer).Want(t, 422, "Donnez un nom")
	d.post(h.Visitor(), "/account/passkeys/begin", map[string]string{}).Want(t, 401)
	d.post(h.Visitor(), "/sign-in/passkey", "not an object").Want(t, 422)
}

func TestNoPasskeysOnABareAddress(t *testing.T) {
	h := apptest.Start(t) // at http://127.0.0.1
	h.Visitor().Get("/sign-in").Want(t, 200, "!passkey-sign-in")
	h.Visitor().Post("/sign-in/passkey/begin").Want(t, 404)
}
