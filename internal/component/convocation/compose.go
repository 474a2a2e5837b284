package convocation

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"sort"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func (c *Component) words(lang i18n.Lang) component.Translate {
	return func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
}

// text is the subject and the introduction: what was typed, or what is proposed.
func (c *Component) text(conv Convocation, sp space.Space, lang i18n.Lang) (subject, intro string) {
	t := c.words(lang)
	subject, intro = conv.Subject, conv.Intro
	call := "first"
	if conv.Call > 1 {
		call = "next"
	}
	if subject == "" {
		subject = t("convocation.proposed.subject."+call, "title", sp.Title, "call", conv.Call)
	}
	if intro == "" {
		intro = t("convocation.proposed.intro."+call, "title", sp.Title, "call", conv.Call)
	}
	return subject, intro
}

// scene is what a convocation speaks of.
type scene struct {
	space    space.Space
	identity people.Identity
	rules    statute.Rules
	phases   []space.Phase
	vote     component.Period
	held     time.Time // zero: no date ahead
}

func (c *Component) loadScene(tx *db.Tx, sp space.Space) (s scene, err error) {
	s.space = sp
	if s.identity, err = people.LoadIdentity(tx); err != nil {
		return s, err
	}
	if s.rules, err = electorate.Rules(tx, sp.ID); err != nil {
		return s, err
	}
	if s.phases, err = space.Phases(tx, sp.ID); err != nil {
		return s, err
	}
	err = component.Ask(c.deps, func(v component.VoteState) (err error) { s.vote, err = v.Period(tx, sp.ID); return err })
	s.held = assembly(s.phases, s.vote, tx.Now)
	return s, err
}

// document is the convocation as it would leave now: the introduction, then what each component
// contributes, in order.
func (c *Component) document(tx *db.Tx, s scene, conv Convocation, lang i18n.Lang) (doc.Document, error) {
	subject, intro := c.text(conv, s.space, lang)
	d := doc.Document{Lang: string(lang), Title: subject, Author: s.identity.Name, Header: s.identity.Name, Date: tx.Now,
		Footer: joined(" · ", s.identity.Name, s.identity.LegalForm, s.identity.Registry)}
	for p := range strings.SplitSeq(intro, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			d.Blocks = append(d.Blocks, doc.Paragraph{Text: doc.Plain(p)})
		}
	}
	parts := []component.Part{c.placePart(s, lang), c.votePart(s, lang)}
	proxies := false
	err := component.Ask(c.deps, func(from component.Contributor) error {
		more, err := from.Contribute(tx, s.space, component.Convocation, lang)
		for _, p := range more {
			proxies = proxies || p.Order == proxyOrder
		}
		parts = append(parts, more...)
		return err
	})
	if err != nil {
		return d, err
	}
	if s.rules.Proxies.Allowed && !proxies {
		parts = append(parts, c.proxyPart(s, lang))
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].Order < parts[j].Order })
	for _, p := range parts {
		d.Blocks = append(d.Blocks, p.Blocks...)
	}
	return d, nil
}

const proxyOrder = 50

// placePart says when and where.
func (c *Component) placePart(s scene, lang i18n.Lang) component.Part {
	t, zone := c.words(lang), s.space.Zone()
	var items []doc.Definition
	add := func(key, value string) {
		if value != "" {
			items = append(items, doc.Definition{Label: t(key), Value: doc.Plain(value)})
		}
	}
	for _, p := range s.phases {
		if p.Key == space.PhaseMeeting && !p.Start.IsZero() {
			add("convocation.doc.date", i18n.DateTime(lang, p.Start.In(zone)))
		}
	}
	add("convocation.doc.place", s.space.Place)
	if !s.vote.Opens.IsZero() && !s.vote.Closes.IsZero() {
		add("convocation.doc.vote", t("convocation.doc.vote_dates", "opens", s.vote.Opens.In(zone), "closes", s.vote.Closes.In(zone)))
	}
	add("convocation.doc.zone", s.space.TimeZone)
	items = append(items, doc.Definition{Label: t("convocation.doc.site"), Value: c.link(s.space)})
	return component.Part{Order: 10, Blocks: []doc.Block{doc.Heading{Level: 1, Text: doc.Plain(t("convocation.doc.when"))}, doc.Definitions{Items: items}}}
}

func (c *Component) link(sp space.Space) doc.Inline {
	url := c.deps.Site.URL + sp.Path()
	return doc.Inline{{Text: url, Link: url}}
}

// proxyPart says how to give a proxy, where no component says more.
func (c *Component) proxyPart(s scene, lang i18n.Lang) component.Part {
	t := c.words(lang)
	text := t("convocation.doc.proxy_text")
	if cite := s.rules.Proxies.Cite.Text(string(lang)); cite != "" {
		text += " (" + cite + ")"
	}
	return component.Part{Order: proxyOrder, Blocks: []doc.Block{
		doc.Heading{Level: 1, Text: doc.Plain(t("convocation.doc.proxy"))}, doc.Paragraph{Text: doc.Plain(text)}}}
}

// votePart says how to vote.
func (c *Component) votePart(s scene, lang i18n.Lang) component.Part {
	t, zone := c.words(lang), s.space.Zone()
	steps := []doc.ListItem{{Text: append(doc.Plain(t("convocation.doc.how.site")+" "), c.link(s.space)...)}, {Text: doc.Plain(t("convocation.doc.how.sign_in"))}}
	if !s.vote.Opens.IsZero() && !s.vote.Closes.IsZero() {
		steps = append(steps, doc.ListItem{Text: doc.Plain(t("convocation.doc.how.vote", "opens", s.vote.Opens.In(zone), "closes", s.vote.Closes.In(zone)))})
	}
	return component.Part{Order: 60, Blocks: []doc.Block{
		doc.Heading{Level: 1, Text: doc.Plain(t("convocation.doc.how"))}, doc.List{Numbered: true, Items: steps},
		doc.Paragraph{Text: doc.Plain(t("convocation.doc.how.help", "contact", joined(", ", s.identity.Name, s.identity.Email)))}}}
}

func joined(by string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, by)
}

// template is a mail to many, rendered once: what differs from one to the other stands for itself
// in three words drawn at random.
type template struct {
	subject, text, html           string
	name, invitation, unsubscribe string
	replyTo                       mail.Address
}

// reader is somebody a mail is written to.
type reader struct {
	member   int64
	name     string
	email    string
	language i18n.Lang
}

func (c *Component) newTemplate(s scene, lang i18n.Lang, d doc.Document, canUnsubscribe bool) (template, error) {
	t := c.words(lang)
	tpl := template{subject: d.Title, name: rand.Text(), invitation: rand.Text(), unsubscribe: rand.Text()}
	if _, err := mail.CheckAddress(s.identity.Email); err == nil {
		tpl.replyTo = mail.Address{Name: s.identity.Name, Address: s.identity.Email}
	}
	personal := c.deps.Site.URL + fmt.Sprintf("/invitation/%d/", s.space.ID) + tpl.invitation
	blocks := doc.Blocks{
		doc.Paragraph{Text: doc.Plain(t("convocation.mail.greeting", "name", tpl.name))},
		doc.Notice{Title: t("convocation.mail.link"), Text: doc.Inline{{Text: personal, Link: personal}}},
	}
	blocks = append(append(blocks, d.Blocks...), doc.Rule{})
	if canUnsubscribe {
		url := c.deps.Site.URL + "/unsubscribe/" + tpl.unsubscribe
		blocks = append(blocks, doc.Paragraph{Text: doc.Inline{{Text: t("convocation.mail.unsubscribe") + " "}, {Text: url, Link: url}}})
	} else {
		blocks = append(blocks, doc.Paragraph{Text: doc.Plain(t("convocation.mail.legal", "organisation", s.identity.Name))})
	}
	d.Blocks = blocks
	var text, page bytes.Buffer
	if err := errors.Join(doc.Text(&text, d), doc.HTML(&page, d)); err != nil {
		return tpl, err
	}
	tpl.text, tpl.html = text.String(), mailFrame(d, page.String())
	return tpl, nil
}

// mailStyle is what the few readers of mail that take a style sheet show.
const mailStyle = `body{margin:0;background:#f7f3ea;color:#1c2430;font:17px/1.55 system-ui,sans-serif}
article{max-width:40em;margin:0 auto;padding:24px;background:#fffdf8}
h1{font-size:1.5em;line-height:1.2}h2{font-size:1.2em;margin-top:1.6em}h3{font-size:1.05em}
a{color:#1d3f8a}.kicker,.document-footer{color:#5a6270;font-size:.9em}
.notice{background:#efe9db;border-radius:8px;padding:2px 16px}.notice-title,dt{font-weight:bold}dd{margin:0 0 .6em}
table{border-collapse:collapse}td,th{padding:4px 10px;text-align:left;border-bottom:1px solid #ddd5c4}`

func mailFrame(d doc.Document, article string) string {
	return fmt.Sprintf(`<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title><style>%s</style></head><body>%s</body></html>`,
		html.EscapeString(d.Lang), html.EscapeString(d.Title), mailStyle, article)
}

// For the links in mails, which name a member.
const (
	toInvite      = "invitation"
	toUnsubscribe = "unsubscribe"
)

// message is the mail to one reader.
func (c *Component) message(tpl template, to reader) mail.Message {
	secret := c.deps.Site.Secret
	invitation, unsubscribe := people.MemberToken(secret, toInvite, to.member), people.MemberToken(secret, toUnsubscribe, to.member)
	fill := func(text, name string) string {
		return strings.NewReplacer(tpl.name, name, tpl.invitation, invitation, tpl.unsubscribe, unsubscribe).Replace(text)
	}
	return mail.Message{To: mail.Address{Name: to.name, Address: to.email}, ReplyTo: tpl.replyTo, Subject: tpl.subject,
		Text: fill(tpl.text, to.name), HTML: fill(tpl.html, html.EscapeString(to.name))}
}

// unsubscribeURL is where one POST takes the member off the list.
func (c *Component) unsubscribeURL(member int64) string {
	return c.deps.Site.URL + "/unsubscribe/" + people.MemberToken(c.deps.Site.Secret, toUnsubscribe, member)
}

// templates make those of a call as each language is first needed.
type templates struct {
	make  func(lang i18n.Lang) (template, error)
	known map[i18n.Lang]template
}

func (t *templates) in(lang i18n.Lang) (template, error) {
	if tpl, ok := t.known[lang]; ok {
		return tpl, nil
	}
	tpl, err := t.make(lang)
	if err != nil {
		return tpl, err
	}
	if t.known == nil {
		t.known = map[i18n.Lang]template{}
	}
	t.known[lang] = tpl
	return tpl, nil
}
