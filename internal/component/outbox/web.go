package outbox

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

const pageSize = 50

var states = []mail.State{mail.Outbox, mail.Queued, mail.Sending, mail.Later, mail.Sent, mail.Refused}

// list is a page of the outbox: mails older than Before, newest first.
type list struct {
	filter mail.Filter
	state  mail.State
	mails  []mail.Stored
	counts map[mail.State]int64
	more   bool
	server bool
}

func (c *Component) showList(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.MustAdminister(r); err != nil {
		return err
	}
	l := list{server: c.deps.MailServer, state: mail.State(r.FormValue("state"))}
	l.filter = mail.Filter{Kind: r.FormValue("kind"), To: address(r.FormValue("to")), Limit: pageSize + 1}
	l.filter.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64)
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if l.counts, err = mail.Count(tx, mail.Filter{Kind: l.filter.Kind, To: l.filter.To}); err != nil {
			return err
		}
		f := l.filter
		if slices.Contains(states, l.state) {
			f.States = []mail.State{l.state}
		}
		l.mails, err = mail.List(tx, f)
		return err
	})
	if err != nil {
		return err
	}
	if l.more = len(l.mails) > pageSize; l.more {
		l.mails = l.mails[:pageSize]
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "outbox.title")}, listView(l))
}

// address is what the queue keeps of an address: its domain in lower case.
func address(typed string) string {
	if clean, err := mail.CheckAddress(typed); err == nil {
		return clean
	}
	return strings.TrimSpace(typed)
}

// readable tells whether what the mail says may be shown: only where showing it is how it reaches
// anybody. A link to sign in that is on its way to its owner is nobody else's.
func readable(m mail.Stored) bool { return m.State == mail.Outbox }

func (c *Component) find(r *http.Request) (m mail.Stored, err error) {
	if _, err := site.MustAdminister(r); err != nil {
		return m, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return m, db.ErrNotFound
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { m, err = mail.Get(tx, id); return err })
	return m, err
}

// A mail's HTML is shown in a frame of its own, where nothing runs, nothing is fetched and no
// link leads anywhere but a new window.
var outerPolicy = web.ContentPolicy + "; frame-src 'self'"

const innerPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"

func (c *Component) showMail(w http.ResponseWriter, r *http.Request) error {
	m, err := c.find(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", outerPolicy)
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: m.Subject}, mailView(m))
}

func (c *Component) showPage(w http.ResponseWriter, r *http.Request) error {
	m, err := c.find(r)
	if err != nil {
		return err
	}
	if !readable(m) || m.HTML == "" {
		return db.ErrNotFound
	}
	w.Header().Set("Content-Security-Policy", innerPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Links open beside: no page of the site shows inside a frame.
	_, err = w.Write([]byte(strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1)))
	return err
}

func stateOptions(ctx context.Context, l list) []ui.Option {
	out := []ui.Option{{Label: site.T(ctx, "outbox.all")}}
	for _, s := range states {
		if n := l.counts[s]; n > 0 || s == l.state {
			out = append(out, ui.Option{Value: string(s), Label: site.T(ctx, s.Key()) + " (" + site.Number(ctx, n) + ")"})
		}
	}
	return out
}

// older is the address of the mails before those of the page.
func (l list) older() string {
	return "/outbox?" + url.Values{"state": {string(l.state)}, "kind": {l.filter.Kind}, "to": {l.filter.To},
		"before": {strconv.FormatInt(l.mails[len(l.mails)-1].ID, 10)}}.Encode()
}

func path(m mail.Stored) string { return "/outbox/" + strconv.FormatInt(m.ID, 10) }

func table(ctx context.Context, l list) ui.TableProps {
	t := func(key string) string { return site.T(ctx, "outbox."+key) }
	table := ui.TableProps{Caption: t("title"), HideCaption: true,
		Columns: []ui.Column{{Label: t("at")}, {Label: t("to")}, {Label: t("subject")}, {Label: t("state")}},
		Empty:   ui.EmptyState(t("empty"), t("empty_text"))}
	for _, m := range l.mails {
		table.Rows = append(table.Rows, []templ.Component{ui.Text(site.DateTime(ctx, m.QueuedAt)), ui.Text(m.To.Address),
			ui.Anchor(ui.Link{Text: m.Subject, Href: path(m)}), stateCell(m)})
	}
	return table
}

func facts(ctx context.Context, m mail.Stored) []ui.Definition {
	t := func(key string) string { return site.T(ctx, "outbox."+key) }
	to := m.To.Address
	if m.To.Name != "" {
		to = m.To.Name + " <" + to + ">"
	}
	list := []ui.Definition{{Term: t("to"), Text: to}, {Term: t("at"), Text: site.DateTime(ctx, m.QueuedAt)}, {Term: t("state"), Text: site.T(ctx, m.State.Key())}}
	if !m.DoneAt.IsZero() {
		list = append(list, ui.Definition{Term: t("done"), Text: site.DateTime(ctx, m.DoneAt)})
	}
	if m.State == mail.Later {
		list = append(list, ui.Definition{Term: t("next"), Text: site.DateTime(ctx, m.DueAt)})
	}
	if m.Reply != "" {
		list = append(list, ui.Definition{Term: t("reply"), Text: m.Reply})
	}
	return list
}

var webLink = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// linked is a text cut at its web addresses, which become links.
func linked(text string) []ui.Link {
	var out []ui.Link
	at := 0
	for _, m := range webLink.FindAllStringIndex(text, -1) {
		out = append(out, ui.Link{Text: text[at:m[0]]}, ui.Link{Text: text[m[0]:m[1]], Href: text[m[0]:m[1]]})
		at = m[1]
	}
	return append(out, ui.Link{Text: text[at:]})
}
