package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func (c *Component) words(lang i18n.Lang) component.Translate {
	return func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
}

// Contribute says in the convocation how to give a proxy.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	n, err := c.namesOf(tx, sp)
	if err != nil || d != component.Convocation || !n.rules.Proxies.Allowed {
		return nil, err
	}
	s, err := c.stage(tx, sp)
	if err != nil {
		return nil, err
	}
	t, page := c.words(lang), c.deps.Site.URL+sp.Path()+"/proxy"
	blocks := []doc.Block{
		doc.Heading{Level: 1, Text: doc.Plain(t("proxy.doc.title"))},
		doc.Paragraph{Text: doc.Inline{{Text: t("proxy.doc.how") + " "}, {Text: page, Link: page}}},
		doc.Paragraph{Text: doc.Inline{{Text: t("proxy.doc.paper") + " "}, {Text: page + "/form.pdf", Link: page + "/form.pdf"}}},
		doc.List{Items: items(sentences(t, n.rules, s, sp, string(lang)))},
	}
	if text := cite(n.rules, string(lang)); text != "" {
		blocks = append(blocks, doc.Paragraph{Text: doc.Inline{{Text: t("proxy.rule.cite", "article", text), Italic: true}}})
	}
	return []component.Part{{Order: 50, Blocks: blocks}}, nil
}

func items(texts []string) []doc.ListItem {
	out := make([]doc.ListItem, len(texts))
	for i, text := range texts {
		out[i] = doc.ListItem{Text: doc.Plain(text)}
	}
	return out
}

// toFill is a blank to write on.
const toFill = "………………………………………………"

// Form is the paper form of a proxy, filled with what is known of the elector; nil leaves it empty.
// Refusal: where the statutes allow no proxies.
func (c *Component) Form(tx *db.Tx, sp space.Space, lang i18n.Lang, of *electorate.Elector) (doc.Document, error) {
	n, err := c.namesOf(tx, sp)
	if err != nil {
		return doc.Document{}, err
	}
	if why := refused(n.rules); why != nil {
		return doc.Document{}, fault.New(fault.Conflict, "electorate.because", "why", line{*why})
	}
	s, err := c.stage(tx, sp)
	if err != nil {
		return doc.Document{}, err
	}
	t := c.words(lang)
	when, err := c.when(tx, sp, s, lang)
	if err != nil {
		return doc.Document{}, err
	}
	who := n.person(t, of)
	to := []doc.Definition{{Label: t("proxy.form.name"), Value: doc.Plain(toFill)}, {Label: t("proxy.form.number_known"), Value: doc.Plain(toFill)}}
	rules := sentences(t, n.rules, s, sp, string(lang))
	if text := cite(n.rules, string(lang)); text != "" {
		rules = append(rules, t("proxy.rule.cite", "article", text))
	}
	back := oneLine(n.identity.Name, n.identity.Address, n.identity.Email)
	if back != "" {
		back = t("proxy.form.back", "address", back)
	}
	return doc.Document{
		Lang: string(lang), Title: t("proxy.form.title"), Subject: sp.Title + " · " + when, Author: n.identity.Name, Date: tx.Now,
		Header: n.identity.Name, Footer: back,
		Blocks: doc.Blocks{
			doc.Heading{Level: 1, Text: doc.Plain(t("proxy.form.who"))}, doc.Definitions{Items: who},
			doc.Heading{Level: 1, Text: doc.Plain(t("proxy.form.to"))}, doc.Definitions{Items: to},
			doc.Paragraph{Text: doc.Plain(t("proxy.form.text", "space", sp.Title, "when", when))},
			doc.Paragraph{Text: doc.Plain(t("proxy.form.place"))},
			doc.Signatures{Lines: []doc.Signature{{Name: t("proxy.form.sign"), Role: t("proxy.form.sign_hint")}}},
			doc.Rule{}, doc.List{Items: items(rules)},
		},
	}, nil
}

// person is who gives: what is known of them, or blanks to fill.
func (n names) person(t component.Translate, of *electorate.Elector) []doc.Definition {
	name, number, college := toFill, toFill, ""
	if of != nil {
		name, number, college = of.Name, of.Number, n.college(of.College)
	}
	out := []doc.Definition{{Label: t("proxy.form.name"), Value: doc.Plain(name)}, {Label: t("proxy.form.number"), Value: doc.Plain(number)}}
	if college != "" {
		out = append(out, doc.Definition{Label: t("proxy.form.college"), Value: doc.Plain(college)})
	}
	return out
}

// when is the day people meet on, or else until when they vote.
func (c *Component) when(tx *db.Tx, sp space.Space, s stage, lang i18n.Lang) (string, error) {
	phases, err := space.Phases(tx, sp.ID)
	for _, p := range phases {
		if p.Key == space.PhaseMeeting && !p.Start.IsZero() {
			return i18n.DateTime(lang, p.Start.In(sp.Zone())), err
		}
	}
	if s.Closes.IsZero() {
		return c.words(lang)("proxy.form.no_date"), err
	}
	return c.words(lang)("proxy.form.vote_until", "closes", s.Closes.In(sp.Zone())), err
}

func oneLine(parts ...string) string {
	var out []string
	for _, p := range parts {
		for l := range strings.SplitSeq(p, "\n") {
			if l = strings.TrimSpace(l); l != "" {
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, ", ")
}

// showForm hands out the paper form, filled for the elector who asks for it.
func (c *Component) showForm(w http.ResponseWriter, r *http.Request) error {
	var d doc.Document
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if !canReadForm(a) {
			return site.Forbidden()
		}
		var of *electorate.Elector
		if canGive(a) {
			if of, err = findIfAny(tx, a.Space.ID, a.Viewer.Member); err != nil {
				return err
			}
		}
		d, err = c.Form(tx, a.Space, site.From(r.Context()).Lang, of)
		return err
	})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := writePDF(&out, d); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+c.words(site.From(r.Context()).Lang)("proxy.form.file")+`.pdf"`)
	_, err = w.Write(out.Bytes())
	return err
}

// writePDF writes the document; characters that no font has are shown as question marks.
func writePDF(w io.Writer, d doc.Document) error {
	err := doc.PDF(w, d, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) {
		return nil
	}
	return err
}
