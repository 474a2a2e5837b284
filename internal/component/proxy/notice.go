package proxy

import (
	"errors"
	"fmt"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

// subject is how the journal and the mails name a proxy.
func subject(p electorate.Proxy) string { return fmt.Sprintf("proxy/%d", p.ID) }

// write tells a member by mail what has become of a proxy; what: the words under "proxy.mail."+what.
// Whoever no mail reaches reads it on the space's page.
func (c *Component) write(tx *db.Tx, sp space.Space, to int64, what string, p electorate.Proxy, reason string) error {
	m, err := people.FindMember(tx, to)
	if err != nil || m.Email == "" {
		return err
	}
	organisation, err := people.LoadIdentity(tx)
	if err != nil {
		return err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(i18n.Lang(m.Language), key, args...) }
	args := []any{"principal", p.PrincipalName, "holder", p.HolderName, "space", sp.Title, "reason", reason}
	text := t("proxy.mail.greeting", "name", m.Name()) + "\n\n" + t("proxy.mail."+what+".text", args...) + "\n\n" +
		c.deps.Site.URL + sp.Path() + "/proxy\n\n" + t("proxy.mail.end") + "\n" + organisation.Name + "\n"
	message := mail.Message{To: mail.Address{Name: m.Name(), Address: m.Email}, Subject: t("proxy.mail."+what+".subject", args...),
		Text: text, Kind: "proxy", Ref: subject(p)}
	if _, err := mail.CheckAddress(organisation.Email); err == nil {
		message.ReplyTo = mail.Address{Name: organisation.Name, Address: organisation.Email}
	}
	_, err = mail.Queue(tx, message)
	var refused *fault.Error
	if errors.As(err, &refused) { // an address that no mail reaches does not hold the act up
		return nil
	}
	return err
}
