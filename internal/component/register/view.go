package register

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

func itoa(n int) string { return strconv.Itoa(n) }

func words(ctx context.Context) component.Translate {
	return func(key string, args ...any) string { return site.T(ctx, key, args...) }
}

func label(ctx context.Context, f people.Field) string { return site.T(ctx, "people.field."+string(f)) }

func memberPath(m people.Member) string { return "/register/member/" + strconv.FormatInt(m.ID, 10) }

func importPath(i people.Import) string { return "/register/import/" + strconv.FormatInt(i.ID, 10) }

// day says a date of the register in words; it has no zone.
func day(ctx context.Context, text string) string {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return i18n.Date(site.From(ctx).Lang, t)
}

// today is the day it is for the organisation.
func today(ctx context.Context) time.Time {
	r := site.From(ctx)
	return r.Now.In(r.Zone)
}

// said is a field's value ([people.Member.Get]) as people read it; "" when there is none.
func said(ctx context.Context, id people.Identity, f people.Field, value string) string {
	switch f {
	case people.FieldKind, people.FieldPaidUp, people.FieldLanguage:
		return site.T(ctx, "people."+string(f)+"."+value)
	case people.FieldCollege:
		return id.CollegeName(value)
	case people.FieldAdmittedOn, people.FieldLeftOn:
		return day(ctx, value)
	case people.FieldShares:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return site.Number(ctx, n)
		}
	}
	return value
}

// definitions are the facts of a member that are known.
func definitions(ctx context.Context, id people.Identity, m people.Member) []ui.Definition {
	var list []ui.Definition
	for _, f := range people.Fields {
		if text := said(ctx, id, f, m.Get(f)); text != "" {
			list = append(list, ui.Definition{Term: label(ctx, f), Text: text})
		}
	}
	return list
}

// hasLeft tells whether the member has left by today.
func hasLeft(ctx context.Context, m people.Member) bool {
	return m.LeftOn != "" && m.LeftOn <= today(ctx).Format(time.DateOnly)
}

// stateOf is what deserves a word beside a member's name; "" for a member like others.
func stateOf(ctx context.Context, m people.Member) string {
	switch {
	case !m.ErasedAt.IsZero():
		return site.T(ctx, "register.state.erased")
	case hasLeft(ctx, m):
		return site.T(ctx, "register.state.left")
	}
	return ""
}

// collegeOptions lists the colleges for a choice; first is the option without one.
func collegeOptions(ctx context.Context, id people.Identity, first, current string) []ui.Option {
	options := []ui.Option{{Value: "", Label: first}}
	known := current == ""
	for _, c := range id.Colleges {
		options = append(options, ui.Option{Value: c.Key, Label: c.Name})
		known = known || c.Key == current
	}
	if !known {
		options = append(options, ui.Option{Value: current, Label: current})
	}
	return options
}

// memberForm is the form of one line; Values and Errors are by field.
type memberForm struct {
	Identity people.Identity
	Member   people.Member // zero for a new one
	Values   map[people.Field]string
	Errors   map[string]string
}

func (p memberForm) path() string {
	if p.Member.ID == 0 {
		return "/register/new"
	}
	return memberPath(p.Member) + "/edit"
}

func (p memberForm) back() string {
	if p.Member.ID == 0 {
		return "/register"
	}
	return memberPath(p.Member)
}

func (p memberForm) errors() []ui.FieldError {
	var list []ui.FieldError
	for _, f := range people.Fields {
		if text := p.Errors[string(f)]; text != "" {
			list = append(list, ui.FieldError{Field: string(f), Text: text})
		}
	}
	return list
}

// field describes the control of a field.
func (p memberForm) field(ctx context.Context, f people.Field) ui.FieldProps {
	name := string(f)
	props := ui.FieldProps{Name: name, Label: label(ctx, f), Value: p.Values[f], Error: p.Errors[name], Autocomplete: "off"}
	t := words(ctx)
	switch f {
	case people.FieldNumber, people.FieldLastName:
		props.Required = true
	case people.FieldKind:
		props.Kind = ui.FieldSelect
		props.Options = []ui.Option{{Value: "person", Label: t("people.kind.person")}, {Value: "organisation", Label: t("people.kind.organisation")}}
	case people.FieldEmail:
		props.Kind, props.Hint = ui.FieldEmail, t("register.hint.email")
	case people.FieldPhone:
		props.Kind = ui.FieldTel
	case people.FieldAddress:
		props.Kind, props.Rows = ui.FieldTextarea, 2
	case people.FieldCollege:
		props.Kind, props.Options = ui.FieldSelect, collegeOptions(ctx, p.Identity, t("register.no_college"), p.Values[f])
	case people.FieldShares:
		props.Kind, props.Attrs = ui.FieldNumber, templ.Attributes{"min": "0", "inputmode": "numeric"}
	case people.FieldPaidUp:
		props.Kind, props.Checked, props.Value = ui.FieldCheckbox, p.Values[f] == "yes", "yes"
		props.Autocomplete = ""
	case people.FieldAdmittedOn, people.FieldLeftOn:
		props.Kind = ui.FieldDate
	case people.FieldLanguage:
		props.Kind = ui.FieldSelect
		props.Options = []ui.Option{{Value: "fr", Label: t("people.language.fr")}, {Value: "en", Label: t("people.language.en")}}
	}
	return props
}

// listPage is a page of the register.
type listPage struct {
	Filter   people.MemberFilter
	Page     people.MemberPage
	Identity people.Identity
}

// href is the list's address with the filter and a change or two.
func (p listPage) href(changes ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		} else {
			q.Del(name)
		}
	}
	set("q", p.Filter.Text)
	set("college", p.Filter.College)
	set("state", string(p.Filter.State))
	if p.Filter.ByNumber {
		set("sort", "number")
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	if len(q) == 0 {
		return "/register"
	}
	return "/register?" + q.Encode()
}

func (p listPage) filtered() bool {
	return p.Filter.Text != "" || p.Filter.College != "" || p.Filter.State != people.AnyState
}

func (p listPage) earlier() string {
	return p.href("before", strconv.FormatInt(p.Page.Members[0].ID, 10))
}

func (p listPage) later() string {
	return p.href("after", strconv.FormatInt(p.Page.Members[len(p.Page.Members)-1].ID, 10))
}

func (p listPage) sort(byNumber bool) ui.Sort {
	if p.Filter.ByNumber == byNumber {
		return ui.Ascending
	}
	return ui.Unsorted
}

func (p listPage) colleges(ctx context.Context) []ui.Option {
	current := p.Filter.College
	if current == people.NoCollege {
		current = ""
	}
	options := collegeOptions(ctx, p.Identity, site.T(ctx, "register.any_college"), current)
	return append(options, ui.Option{Value: people.NoCollege, Label: site.T(ctx, "register.no_college")})
}

func (p listPage) states(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "", Label: site.T(ctx, "register.any_state")},
		{Value: string(people.Present), Label: site.T(ctx, "register.state.present")},
		{Value: string(people.Gone), Label: site.T(ctx, "register.state.left")}}
}

func (p listPage) table(ctx context.Context) ui.TableProps {
	t := words(ctx)
	table := ui.TableProps{Caption: t("register.title"), HideCaption: true, Columns: []ui.Column{
		{Label: label(ctx, people.FieldNumber), SortHref: p.href("sort", "number"), Sort: p.sort(true)},
		{Label: t("register.column.name"), SortHref: p.href("sort", ""), Sort: p.sort(false)},
		{Label: label(ctx, people.FieldCollege)},
		{Label: label(ctx, people.FieldCity)},
		{Label: label(ctx, people.FieldShares), Numeric: true},
	}}
	for _, m := range p.Page.Members {
		table.Rows = append(table.Rows, []templ.Component{ui.Text(m.Number), nameCell(m), ui.Text(p.Identity.CollegeName(m.College)),
			ui.Text(m.City), ui.Text(site.Number(ctx, m.Shares))})
	}
	return table
}

func (c *Component) render(w http.ResponseWriter, r *http.Request, status int, title string, view templ.Component) error {
	return c.deps.Site.Render(w, r, status, site.Page{Title: title}, view)
}
