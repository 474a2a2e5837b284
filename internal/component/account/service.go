package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

// origin is where a request to sign in comes from.
type origin struct {
	network string
	device  string
}

// AskLink keeps the wish for a link to the address. Whether the address is known changes nothing in
// what it does.
func (c *Component) AskLink(ctx context.Context, from origin, typed, next string) error {
	email, ok := people.CleanEmail(typed)
	if !ok {
		wrong := fault.Fields{}
		wrong.Add("email", "account.email.wrong")
		return wrong
	}
	mac := hmac.New(sha256.New, c.deps.Site.Secret)
	mac.Write([]byte("address\n" + email))
	address := hex.EncodeToString(mac.Sum(nil)[:16])
	// Always in this order: transactions that lock the same keys never wait in a ring.
	limits := []struct {
		limit people.Limit
		key   string
	}{
		{linksOfNetwork, "link/network/" + from.network},
		{linksHere, "link/address/" + address + "/" + from.network},
		{linksOfAddress, "link/address/" + address},
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		for _, l := range limits {
			if err := people.MayTry(tx, l.limit, l.key); err != nil {
				return err
			}
			if err := people.CountTry(tx, l.limit, l.key); err != nil {
				return err
			}
		}
		return people.RequestLink(tx, email, next)
	})
}

// sendLinks writes the mails for the links that were asked for.
func (c *Component) sendLinks(ctx context.Context) error {
	for {
		any, err := false, error(nil)
		err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error { any, err = people.AnyLinkRequest(tx); return err })
		if err != nil || !any {
			return err
		}
		err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
			requests, err := people.TakeLinkRequests(tx, 100)
			for _, r := range requests {
				if err := c.sendLink(tx, r); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
}

func (c *Component) sendLink(tx *db.Tx, r people.LinkRequest) error {
	persons, err := people.AccountsByEmail(tx, r.Email)
	if err != nil || len(persons) == 0 {
		return err
	}
	token, err := people.IssueLink(tx, r.Email, r.Next)
	if err != nil {
		return err
	}
	identity, err := people.LoadIdentity(tx)
	if err != nil {
		return err
	}
	lang := i18n.Lang(persons[0].Language)
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	name := ""
	if len(persons) == 1 {
		name = persons[0].Name
	}
	_, err = mail.Queue(tx, mail.Message{
		To: mail.Address{Name: name, Address: r.Email}, Kind: "sign-in", Urgent: true,
		Subject: t("account.mail.subject", "organisation", identity.Name),
		Text: t("account.mail.text", "organisation", identity.Name, "n", int64(people.LinkLife.Minutes()),
			"link", c.deps.Site.URL+"/sign-in/link/"+token),
	})
	if fault.CodeOf(err) != 0 { // an address that no mail reaches must not hold up the others
		c.deps.Site.Log.WarnContext(tx.Context(), "a link could not be sent", "person", personKey(persons[0]), "reason", err)
		return nil
	}
	if err != nil {
		return err
	}
	return people.RecordLinkSent(tx, persons)
}

// LinkPeople is whom a link can sign in; looking does not use it up.
func (c *Component) LinkPeople(ctx context.Context, token string) (persons []people.Account, err error) {
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		persons, err = linkPeople(tx, token, people.FindLink)
		return err
	})
	return persons, err
}

func linkPeople(tx *db.Tx, token string, find func(*db.Tx, people.Purpose, string) (people.Link, error)) ([]people.Account, error) {
	link, err := find(tx, people.ToSignIn, token)
	if err != nil {
		return nil, err
	}
	persons, err := people.AccountsByEmail(tx, link.Email)
	if err == nil && len(persons) == 0 {
		err = fault.New(fault.NotFound, "people.link.unknown")
	}
	return persons, err
}

// SignInByLink uses the link up and signs the person in; who is needed where an address
// belongs to several.
func (c *Component) SignInByLink(ctx context.Context, from origin, token, who string) (session, next string, err error) {
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		persons, err := linkPeople(tx, token, func(tx *db.Tx, p people.Purpose, token string) (people.Link, error) {
			link, err := people.UseLink(tx, p, token)
			next = link.Next
			return link, err
		})
		if err != nil {
			return err
		}
		person, ok := choose(persons, who)
		if !ok {
			wrong := fault.Fields{}
			wrong.Add("who", "account.who.missing")
			return wrong
		}
		if person.ID == 0 {
			member, err := people.FindMember(tx, person.Member)
			if err != nil {
				return err
			}
			if person, err = people.MemberAccount(tx, member); err != nil {
				return err
			}
		}
		session, err = people.OpenSession(tx, person.ID, people.ByLink, from.device)
		return err
	})
	return session, next, err
}

// SignInByCode signs in the member whose code it is. Only codes that are not known count as tries:
// typing mistakes are found by their check, and the hall of an assembly is one network.
func (c *Component) SignInByCode(ctx context.Context, from origin, typed string) (session string, err error) {
	code, err := people.ParseCode(typed)
	if err != nil {
		return "", err
	}
	key := "code/network/" + from.network
	var refused error
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		member, err := people.MemberByCode(tx, c.deps.Site.Secret, code)
		if fault.CodeOf(err) == fault.Invalid {
			refused = err
			if err := people.MayTry(tx, codesOfNetwork, key); err != nil {
				return err
			}
			return people.CountTry(tx, codesOfNetwork, key)
		}
		if err != nil {
			return err
		}
		if err := people.MayPass(tx, codesOfNetwork, key); err != nil {
			return err
		}
		account, err := people.MemberAccount(tx, member)
		if err != nil {
			return err
		}
		session, err = people.OpenSession(tx, account.ID, people.ByCode, from.device)
		return err
	})
	if err == nil {
		err = refused
	}
	return session, err
}

// BecomeFirst makes the holder of the first administrator's link just that, and signs them in.
func (c *Component) BecomeFirst(ctx context.Context, from origin, token string, f foundation) (session string, err error) {
	if err := f.validate(); err != nil {
		return "", err
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := people.UseLink(tx, people.ToBeFirst, token); err != nil {
			return err
		}
		identity, err := people.LoadIdentity(tx)
		if err != nil {
			return err
		}
		identity.Name = f.Organisation
		if identity.Email == "" {
			identity.Email = f.Email
		}
		if err := people.SaveIdentity(tx, identity); err != nil {
			return err
		}
		session, err = found(tx, from, f)
		return err
	})
	if err == nil {
		c.deps.Site.ForgetIdentity()
	}
	return session, err
}

func found(tx *db.Tx, from origin, f foundation) (session string, err error) {
	account, err := people.OpenAccount(tx, f.Name, f.Email, string(i18n.French))
	if err != nil {
		return "", err
	}
	about := journal.About{Subject: people.AccountSubject(account.ID), Actor: account.ID}
	if _, err := journal.Append(tx, about, people.Founded{Organisation: f.Organisation}); err != nil {
		return "", err
	}
	if err := space.GiveRole(tx, account.ID, 0, account.ID, people.Administrator); err != nil {
		return "", err
	}
	return people.OpenSession(tx, account.ID, people.ByLink, from.device)
}
