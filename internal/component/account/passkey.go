package account

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// ceremony is what a browser needs to make or use a passkey: the options for its device, and the
// token with which it sends the device's answer.
type ceremony struct {
	Token   string `json:"token"`
	Options any    `json:"options"`
}

// answer is what the browser sends back. Name is what the owner calls a new passkey.
type answer struct {
	Token      string          `json:"token"`
	Name       string          `json:"name"`
	Next       string          `json:"next"`
	Credential json.RawMessage `json:"credential"`
}

// relyingParty is this site to an authenticator. A passkey is the only thing asked for, so the
// device must verify its user (by a PIN, a finger, a face) and keep the credential itself.
func (c *Component) relyingParty(ctx context.Context) (*webauthn.WebAuthn, error) {
	host, ok := passkeyHost(c.deps.Site.URL)
	if !ok {
		return nil, db.ErrNotFound
	}
	identity, err := c.deps.Site.Identity(ctx)
	if err != nil {
		return nil, err
	}
	name := identity.Name
	if name == "" {
		name = "Isegoria"
	}
	timeout := webauthn.TimeoutConfig{Timeout: people.CeremonyLife, TimeoutUVD: people.CeremonyLife}
	return webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: name, RPOrigins: []string{c.deps.Site.URL},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout}})
}

// holder is an account to the library.
type holder struct {
	people.Account
	credentials []webauthn.Credential
}

// WebAuthnID is the user handle: it says nothing of the person.
func (h holder) WebAuthnID() []byte { return binary.BigEndian.AppendUint64(nil, uint64(h.ID)) }

func (h holder) WebAuthnName() string {
	if h.Email != "" {
		return h.Email
	}
	return h.Name
}

func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func (c *Component) holder(ctx context.Context, account int64) (h holder, err error) {
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		if h.Account, err = people.FindAccount(tx, account); err != nil {
			return err
		}
		passkeys, err := people.Passkeys(tx, account)
		if err != nil {
			return err
		}
		h.credentials = make([]webauthn.Credential, len(passkeys))
		for i, p := range passkeys {
			if err := json.Unmarshal([]byte(p.Credential), &h.credentials[i]); err != nil {
				return fmt.Errorf("passkey %s: %w", p.ID, err)
			}
		}
		return nil
	})
	return h, err
}

// holderOf is whose user handle it is.
func (c *Component) holderOf(ctx context.Context, handle []byte) (h holder, err error) {
	if len(handle) == 8 {
		h, err = c.holder(ctx, int64(binary.BigEndian.Uint64(handle)))
	}
	if len(handle) != 8 || errors.Is(err, db.ErrNotFound) {
		err = fault.New(fault.Invalid, "account.passkey.refused")
	}
	return h, err
}

// BeginPasskey begins the making of a passkey for the account.
func (c *Component) BeginPasskey(ctx context.Context, account int64) (ceremony, error) {
	rp, err := c.relyingParty(ctx)
	if err != nil {
		return ceremony{}, err
	}
	h, err := c.holder(ctx, account)
	if err != nil {
		return ceremony{}, err
	}
	known := make([]protocol.CredentialDescriptor, len(h.credentials))
	for i := range h.credentials {
		known[i] = h.credentials[i].Descriptor()
	}
	options, state, err := rp.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return ceremony{}, err
	}
	return c.beginCeremony(ctx, nil, options.Response, state)
}

// EndPasskey checks what the device made and keeps it.
func (c *Component) EndPasskey(ctx context.Context, account int64, a answer) error {
	name := strings.TrimSpace(a.Name)
	if name == "" || len([]rune(name)) > 60 {
		wrong := fault.Fields{}
		wrong.Add("passkey-name", "account.passkey.name.wrong", "max", 60)
		return wrong
	}
	rp, err := c.relyingParty(ctx)
	if err != nil {
		return err
	}
	state, err := c.endCeremony(ctx, a.Token)
	if err != nil {
		return err
	}
	h, err := c.holder(ctx, account)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.Credential)
	if err != nil {
		return c.refused(ctx, err)
	}
	credential, err := rp.CreateCredential(h, state, parsed)
	if err != nil {
		return c.refused(ctx, err)
	}
	record, err := json.Marshal(credential)
	if err != nil {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		return people.AddPasskey(tx, people.Passkey{ID: passkeyID(credential.ID), Account: account, Name: name, Credential: string(record)})
	})
}

// BeginPasskeySignIn begins a sign-in with whatever passkey the device holds for this site.
func (c *Component) BeginPasskeySignIn(ctx context.Context, from origin) (ceremony, error) {
	rp, err := c.relyingParty(ctx)
	if err != nil {
		return ceremony{}, err
	}
	options, state, err := rp.BeginDiscoverableLogin()
	if err != nil {
		return ceremony{}, err
	}
	return c.beginCeremony(ctx, func(tx *db.Tx) error {
		key := "passkey/network/" + from.network
		if err := people.MayTry(tx, passkeysOfPlace, key); err != nil {
			return err
		}
		return people.CountTry(tx, passkeysOfPlace, key)
	}, options.Response, state)
}

// EndPasskeySignIn checks the device's signature and signs its owner in. A counter that went
// back means that the passkey exists twice: it is refused from then on until its owner removes it.
func (c *Component) EndPasskeySignIn(ctx context.Context, from origin, a answer) (session string, err error) {
	rp, err := c.relyingParty(ctx)
	if err != nil {
		return "", err
	}
	state, err := c.endCeremony(ctx, a.Token)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.Credential)
	if err != nil {
		return "", c.refused(ctx, err)
	}
	h, err := c.holderOf(ctx, parsed.Response.UserHandle)
	if err != nil {
		return "", err
	}
	credential, err := rp.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, state, parsed)
	if err != nil {
		return "", c.refused(ctx, err)
	}
	if !h.ClosedAt.IsZero() {
		return "", fault.New(fault.Forbidden, "people.account.closed")
	}
	if credential.Authenticator.CloneWarning {
		return "", fault.New(fault.Forbidden, "account.passkey.cloned")
	}
	record, err := json.Marshal(credential)
	if err != nil {
		return "", err
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := people.PasskeyUsed(tx, passkeyID(credential.ID), string(record)); err != nil {
			return err
		}
		session, err = people.OpenSession(tx, h.ID, people.ByPasskey, from.device)
		return err
	})
	return session, err
}

func (c *Component) beginCeremony(ctx context.Context, before func(*db.Tx) error, options any, state *webauthn.SessionData) (ceremony, error) {
	text, err := json.Marshal(state)
	if err != nil {
		return ceremony{}, err
	}
	begun := ceremony{Options: options}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if before != nil {
			if err := before(tx); err != nil {
				return err
			}
		}
		begun.Token, err = people.BeginCeremony(tx, string(text))
		return err
	})
	return begun, err
}

func (c *Component) endCeremony(ctx context.Context, token string) (state webauthn.SessionData, err error) {
	var text string
	var late error
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		text, err = people.EndCeremony(tx, token)
		if fault.CodeOf(err) != 0 {
			late = err // the ceremony is over all the same
			return nil
		}
		return err
	})
	if err == nil {
		err = late
	}
	if err != nil {
		return state, err
	}
	return state, json.Unmarshal([]byte(text), &state)
}

// refused turns the library's refusal into ours; the log has the library's reason.
func (c *Component) refused(ctx context.Context, err error) error {
	var p *protocol.Error
	if !errors.As(err, &p) {
		return err
	}
	c.deps.Site.Log.InfoContext(ctx, "passkey refused", "reason", p.Details)
	return fault.New(fault.Invalid, "account.passkey.refused")
}

func passkeyID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }
