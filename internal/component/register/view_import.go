package register

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

// importsPage is the page on which an import begins, and is found again.
type importsPage struct {
	Imports []people.Import
	Error   string
}

// importPage is the page of one import. State is the step it shows.
type importPage struct {
	Import   people.Import
	State    people.ImportState
	Working  bool // an attempt is at work …
	Writing  bool // … and has come to the lines
	Done     int64
	Total    int64
	Died     bool // the last attempt ended without a word
	Identity people.Identity
	Head     []sheet.Row
	Preview  []previewRow
	Refused  []people.ImportIssue
	Warnings []people.ImportIssue
	Errors   map[string]string
}

// previewRow is a row of the file as it will be read.
type previewRow struct {
	Line     int
	Member   people.Member
	Reasons  []people.Reason
	identity people.Identity
}

// sentences says reasons one after the other.
func sentences(t component.Translate, reasons []people.Reason) string {
	all := make([]string, len(reasons))
	for i, r := range reasons {
		args := make([]any, len(r.Args))
		for n, a := range r.Args {
			args[n] = a
			if number, ok := a.(float64); ok { // as JSON gives them back
				args[n] = int64(number)
			}
		}
		all[i] = t(r.Key, args...)
	}
	return strings.Join(all, " ")
}

// columns are the choices of a column: its letter, its title and its first value.
func (p importPage) columns(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: site.T(ctx, "register.import.no_column")}}
	header := p.Import.Options.HeaderRow
	for i := range width(p.Head, header) {
		text := columnLetter(i)
		if titles := titleCells(p.Head, header); i < len(titles) {
			text += " · " + titles[i]
		}
		for _, row := range p.Head[min(header, len(p.Head)):] {
			if i < len(row.Cells) && strings.TrimSpace(row.Cells[i]) != "" {
				text = site.T(ctx, "register.import.example", "column", text, "value", short(row.Cells[i]))
				break
			}
		}
		options = append(options, ui.Option{Value: itoa(i), Label: text})
	}
	return options
}

// short keeps the beginning of a cell.
func short(s string) string {
	const most = 24
	if r := []rune(strings.TrimSpace(s)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}

func (p importPage) column(f people.Field) string {
	if n, ok := p.Import.Options.Columns[f]; ok {
		return itoa(n)
	}
	return ""
}

func (p importPage) columnErrors() []ui.FieldError {
	return memberForm{Errors: p.Errors}.errors()
}

func encodings(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(sheet.UTF8), Label: "UTF-8"}, {Value: string(sheet.Windows1252), Label: site.T(ctx, "register.import.windows")}}
}

func delimiters(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, d := range sheet.Delimiters {
		options = append(options, ui.Option{Value: sheet.DelimiterName(d), Label: site.T(ctx, "register.delimiter."+sheet.DelimiterName(d))})
	}
	return options
}

// titleChoices lists the rows that may hold the titles.
func (p importPage) titleChoices(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "0", Label: site.T(ctx, "register.import.no_titles")}}
	for i, row := range p.Head[:min(titleRows, len(p.Head))] {
		options = append(options, ui.Option{Value: itoa(i + 1), Label: site.T(ctx, "register.import.titles_at", "line", row.Line, "text", short(strings.Join(row.Cells, " · ")))})
	}
	return options
}

// found says what is known of the file, in a sentence.
func (p importPage) found(ctx context.Context) string {
	o := p.Import.Options
	encoding := "UTF-8"
	if o.Encoding == string(sheet.Windows1252) {
		encoding = site.T(ctx, "register.import.windows")
	}
	return site.T(ctx, "register.import.found", "size", size(ctx, p.Import.Size), "encoding", encoding,
		"delimiter", strings.ToLower(site.T(ctx, "register.delimiter."+o.Delimiter)))
}

func size(ctx context.Context, bytes int64) string {
	if bytes < 1<<20 {
		return site.T(ctx, "register.kilobytes", "n", (bytes+1023)/1024)
	}
	return site.T(ctx, "register.megabytes", "n", (bytes+1<<19)>>20)
}

// mapped lists the fields that the file gives, in order.
func (p importPage) mapped() []people.Field {
	var list []people.Field
	columns := p.Import.Options.Columns
	_, second := columns[people.FieldAddress2]
	for _, f := range people.Fields {
		if _, ok := columns[f]; ok || second && f == people.FieldAddress {
			list = append(list, f)
		}
	}
	return list
}

func (r previewRow) text(ctx context.Context, f people.Field) string {
	return said(ctx, r.identity, f, r.Member.Get(f))
}

// progress says how far the attempt has come.
func (p importPage) progress(ctx context.Context) ui.ProgressProps {
	const scale = 1000
	props := ui.ProgressProps{Label: site.T(ctx, "register.import.checking"), Max: scale}
	if p.Import.State == people.ImportApplying {
		props.Label = site.T(ctx, "register.import.applying")
	}
	if p.Total == 0 {
		props.Max = 0
		return props
	}
	props.Value = int(min(p.Done, p.Total) * scale / p.Total)
	props.Text = site.T(ctx, "register.import.read", "percent", props.Value/10)
	if p.Writing {
		props.Text = site.T(ctx, "register.import.written", "n", p.Done, "total", p.Total)
	}
	return props
}

// counts are the numbers of a check, or of what was done.
func (p importPage) counts(ctx context.Context) []ui.Definition {
	n := p.Import.Counts
	var list []ui.Definition
	for _, c := range []struct {
		key string
		n   int
	}{{"lines", n.Lines}, {"added", n.Added}, {"changed", n.Changed}, {"unchanged", n.Unchanged}, {"refused", n.Refused}, {"warnings", n.Warnings}} {
		list = append(list, ui.Definition{Term: site.T(ctx, "register.count."+c.key), Text: site.Number(ctx, c.n)})
	}
	return list
}

// writes is how many lines applying would write.
func (p importPage) writes() int { return p.Import.Counts.Added + p.Import.Counts.Changed }

// collegeChoices are what may be done with an unknown name of college.
func (p importPage) collegeChoices(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: people.NewCollege, Label: site.T(ctx, "register.college.create")}}
	for _, c := range p.Identity.Colleges {
		options = append(options, ui.Option{Value: c.Key, Label: site.T(ctx, "register.college.same", "name", c.Name)})
	}
	return append(options, ui.Option{Value: "", Label: site.T(ctx, "register.college.refuse")})
}

func (p importPage) collegeField(ctx context.Context, i int, u people.UnknownCollege) ui.FieldProps {
	value, chosen := p.Import.Options.Colleges[people.Fold(u.Name)]
	if !chosen {
		value = people.NewCollege
	}
	return ui.FieldProps{Kind: ui.FieldSelect, Name: fmt.Sprintf("college-%d", i), Value: value, Options: p.collegeChoices(ctx),
		Label: site.T(ctx, "register.college.unknown", "name", u.Name, "n", u.Lines)}
}

// verdict says in a sentence what applying would do.
func (p importPage) verdict(ctx context.Context) string {
	switch n := p.Import.Counts; {
	case n.Lines == 0:
		return site.T(ctx, "register.verdict.empty")
	case p.writes() == 0 && n.Refused == 0:
		return site.T(ctx, "register.verdict.same")
	case p.writes() == 0:
		return site.T(ctx, "register.verdict.nothing")
	case n.Refused > 0:
		return site.T(ctx, "register.verdict.some", "n", p.writes()) + ", " + site.T(ctx, "register.verdict.refused", "n", n.Refused)
	}
	return site.T(ctx, "register.verdict.all", "n", p.writes())
}

func (p importPage) dropHint(ctx context.Context) string {
	if p.State == people.ImportApplied {
		return site.T(ctx, "register.drop.applied")
	}
	return site.T(ctx, "register.drop.hint")
}

func issuesTable(ctx context.Context, list []people.ImportIssue, caption string) ui.TableProps {
	t := words(ctx)
	table := ui.TableProps{Caption: caption, HideCaption: true, Columns: []ui.Column{
		{Label: t("register.refused.line"), Numeric: true}, {Label: label(ctx, people.FieldNumber)}, {Label: t("register.refused.reasons")}}}
	for _, i := range list {
		table.Rows = append(table.Rows, []templ.Component{ui.Text(itoa(i.Line)), ui.Text(i.Number), ui.Text(sentences(t, i.Reasons))})
	}
	return table
}
