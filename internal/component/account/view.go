package account

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

func signInPath(next string) string {
	if next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// facts are what the register says of the viewer; of somebody who is not in it, the account.
func facts(ctx context.Context, p accountPage) []ui.Definition {
	t := func(key string) string { return site.T(ctx, "account.facts."+key) }
	if p.Member == nil {
		return []ui.Definition{{Term: t("name"), Text: p.Account.Name}, {Term: t("email"), Text: p.Account.Email}}
	}
	m := p.Member
	list := []ui.Definition{{Term: t("number"), Text: m.Number}, {Term: t("name"), Text: m.Name()},
		{Term: t("email"), Text: m.Email}, {Term: t("address"), Text: m.Domicile()}, {Term: t("phone"), Text: m.Phone},
		{Term: t("college"), Text: p.Identity.CollegeName(m.College)}, {Term: t("shares"), Text: site.Number(ctx, m.Shares)}}
	for i := range list {
		if list[i].Text == "" {
			list[i].Text = t("none")
		}
	}
	return list
}

func passkeyTable(ctx context.Context, p accountPage) ui.TableProps {
	t := func(key string) string { return site.T(ctx, "account.passkeys."+key) }
	table := ui.TableProps{Caption: t("title"), HideCaption: true,
		Columns: []ui.Column{{Label: t("name")}, {Label: t("since")}, {Label: t("used")}, {Label: t("act")}}}
	for _, k := range p.Passkeys {
		used := t("never")
		if !k.UsedAt.IsZero() {
			used = site.DateTime(ctx, k.UsedAt)
		}
		table.Rows = append(table.Rows, []templ.Component{ui.Text(k.Name), ui.Text(site.Date(ctx, k.CreatedAt)), ui.Text(used), removePasskeyForm(k)})
	}
	return table
}

func sessionTable(ctx context.Context, p accountPage) ui.TableProps {
	t := func(key string) string { return site.T(ctx, "account.sessions."+key) }
	table := ui.TableProps{Caption: t("title"), HideCaption: true,
		Columns: []ui.Column{{Label: t("device")}, {Label: t("method")}, {Label: t("since")}, {Label: t("act")}}}
	for _, s := range p.Sessions {
		current := s.Hash == p.Current
		table.Rows = append(table.Rows, []templ.Component{deviceCell(s, current), ui.Text(t("method." + string(s.Method))),
			ui.Text(site.DateTime(ctx, s.CreatedAt)), closeSessionForm(s)})
	}
	return table
}

type personaGroup struct {
	name string
	list []people.Persona
}

// groups puts the personas of a group together, in the order in which the groups first appear.
func groups(list []people.Persona) []personaGroup {
	var out []personaGroup
	place := map[string]int{}
	for _, p := range list {
		i, ok := place[p.Group]
		if !ok {
			i = len(out)
			place[p.Group] = i
			out = append(out, personaGroup{name: p.Group})
		}
		out[i].list = append(out[i].list, p)
	}
	return out
}

// inLanguage is the text of the demonstration in the language of the page.
func inLanguage(ctx context.Context, fr, en string) string {
	if site.From(ctx).Lang == i18n.English {
		return en
	}
	return i18n.Typography(fr)
}
