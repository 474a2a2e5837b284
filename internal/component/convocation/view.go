package convocation

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func number(n int) string { return strconv.Itoa(n) }

func lang(ctx context.Context) string { return string(site.From(ctx).Lang) }

// callName is "Première convocation", "Deuxième convocation", "Convocation n° 3".
func callName(ctx context.Context, call int) string {
	if call <= 2 {
		return site.T(ctx, fmt.Sprintf("convocation.call.%d", call))
	}
	return site.T(ctx, "convocation.call.other", "call", call)
}

func partKey(path string) string {
	if path == "" {
		return "main"
	}
	return path[1:]
}

// summary lists what was refused, in the order of the fields.
func summary(errors map[string]string, fields ...string) []ui.FieldError {
	var out []ui.FieldError
	for _, f := range fields {
		if text, ok := errors[f]; ok {
			out = append(out, ui.FieldError{Field: f, Text: text})
		}
	}
	return out
}

func noticeReasons(ctx context.Context, s statute.Step) []ui.Reason {
	return []ui.Reason{{Text: s.Text(lang(ctx)), Cite: ui.Link{Text: s.Cite.Text(lang(ctx))}}}
}

func audienceFacts(ctx context.Context, b board) []ui.Fact {
	facts := []ui.Fact{{Icon: ui.IconMail, Text: site.T(ctx, "convocation.audience.mail", "n", b.who.Mail)}}
	if b.who.Letters() > 0 {
		facts = append(facts, ui.Fact{Icon: ui.IconDocument, Text: site.T(ctx, "convocation.audience.letters", "n", b.who.Letters())})
	}
	if !b.server {
		facts = append(facts, ui.Fact{Icon: ui.IconWarning, Text: site.T(ctx, "convocation.audience.no_server"), Link: outboxLink(ctx, b.access)})
	}
	return facts
}

// outboxLink leads to the outbox those who may read it.
func outboxLink(ctx context.Context, a space.Access) ui.Link {
	if !a.Viewer.Admin {
		return ui.Link{}
	}
	return ui.Link{Text: site.T(ctx, "convocation.audience.outbox"), Href: "/outbox?kind=convocation"}
}

// done is how many convocations have left the house.
func (c Counts) done() int { return c[Taken] + c[Printed] }

func progressTitle(ctx context.Context, b board) string {
	letters := b.counts[Letter] + b.counts[Refused]
	switch {
	case b.conv.State == Sending:
		return site.T(ctx, "convocation.progress.sending")
	case letters > 0:
		return site.T(ctx, "convocation.progress.letters", "n", letters)
	case b.counts.Busy():
		return site.T(ctx, "convocation.progress.queued", "n", b.counts[Queued])
	case b.counts[Outbox] > 0:
		return site.T(ctx, "convocation.progress.outbox", "n", b.counts[Outbox])
	default:
		return site.T(ctx, "convocation.progress.complete", "n", b.counts.Total())
	}
}

func fateFacts(ctx context.Context, b board) []ui.Fact {
	icons := map[Fate]ui.IconName{Waiting: ui.IconClock, Queued: ui.IconClock, Taken: ui.IconMail, Refused: ui.IconWarning, Outbox: ui.IconMail, Letter: ui.IconDocument, Printed: ui.IconCheck}
	var facts []ui.Fact
	for _, f := range Fates {
		if n := b.counts[f]; n > 0 {
			fact := ui.Fact{Icon: icons[f], Text: site.T(ctx, "convocation.count."+string(f), "n", n)}
			if f == Outbox {
				fact.Link = outboxLink(ctx, b.access)
			}
			facts = append(facts, fact)
		}
	}
	return facts
}

func progressActions(ctx context.Context, b board) []ui.ActionLink {
	if b.conv.State == Sent && b.counts[Letter]+b.counts[Refused] > 0 {
		return []ui.ActionLink{{Text: site.T(ctx, "convocation.now.letters_go"), Href: b.path("/letters"), Icon: ui.IconArrow}}
	}
	return []ui.ActionLink{{Text: site.T(ctx, "convocation.progress.proofs"), Href: b.path("/proofs"), Weight: ui.Quiet}}
}

func fateOptions(ctx context.Context, c Counts) []ui.Option {
	out := []ui.Option{{Label: site.T(ctx, "convocation.proofs.all")}}
	for _, f := range Fates {
		if c[f] > 0 {
			out = append(out, ui.Option{Value: string(f), Label: site.T(ctx, "convocation.fate."+string(f)) + " (" + site.Number(ctx, c[f]) + ")"})
		}
	}
	return out
}

func proofTable(ctx context.Context, p proofs) ui.TableProps {
	t := func(key string) string { return site.T(ctx, "convocation.proofs."+key) }
	table := ui.TableProps{Caption: t("title"), HideCaption: true,
		Columns: []ui.Column{{Label: t("number")}, {Label: t("name")}, {Label: t("address")}, {Label: t("state")}, {Label: t("proof")}},
		Empty:   ui.EmptyState(t("nobody"), t("nobody_text"))}
	for _, r := range p.list {
		address := r.Address
		if !r.Mail && address == "" {
			address = t("paper")
		}
		table.Rows = append(table.Rows, []templ.Component{ui.Text(r.Number), ui.Text(r.Name), ui.Text(address), fateCell(r), proofCell(p.board, r)})
	}
	return table
}

// href is the address of another page of the same search.
func (p proofs) href(page int) string {
	return p.path("/proofs") + "?" + url.Values{"q": {p.search.Text}, "state": {string(p.search.Fate)}, "page": {number(page)}}.Encode()
}

func dayField(batch int64) string { return fmt.Sprintf("day-%d", batch) }

func (l letters) dayFields() []string {
	var out []string
	for _, b := range l.batches {
		out = append(out, dayField(b.ID))
	}
	return out
}

// day is what was typed for a batch, or today.
func (l letters) day(batch int64) string {
	if typed, ok := l.typed[batch]; ok {
		return typed
	}
	return l.today
}

func dueText(ctx context.Context, l letters) string {
	text := site.T(ctx, "convocation.letters.due_text", "max", MaxLetters)
	if n := l.due[Refused]; n > 0 {
		text += " " + site.T(ctx, "convocation.letters.refused", "n", n)
	}
	return text
}

func makeWeight(outbox bool) ui.Weight {
	if outbox {
		return ui.Quiet
	}
	return ui.Primary
}

func batchText(ctx context.Context, b Batch) string {
	if b.Downloads == 0 {
		return site.T(ctx, "convocation.letters.not_yet")
	}
	return site.T(ctx, "convocation.letters.printed", "n", b.Downloads)
}

func downloadText(ctx context.Context, b Batch) string {
	if b.Downloads == 0 {
		return site.T(ctx, "convocation.letters.download")
	}
	return site.T(ctx, "convocation.letters.download_again")
}

func reachText(ctx context.Context, p reminding) string {
	if p.reach == 0 {
		return site.T(ctx, "convocation.reminders.unreachable")
	}
	return site.T(ctx, "convocation.reminders.reach", "n", p.reach)
}

func missingFacts(ctx context.Context, p reminding) []ui.Fact {
	if p.paper == 0 {
		return nil
	}
	return []ui.Fact{{Icon: ui.IconDocument, Text: site.T(ctx, "convocation.reminders.paper", "n", p.paper),
		Link: ui.Link{Text: site.T(ctx, "convocation.reminders.paper_list"), Href: p.path("/reminders/paper.csv")}}}
}

// reminderText says when a reminder is sent, or was.
func reminderText(ctx context.Context, p reminding, r Reminder) string {
	hours := int(r.Before.Hours())
	before := site.T(ctx, "convocation.reminder.before_hours", "n", hours)
	if hours%24 == 0 {
		before = site.T(ctx, "convocation.reminder.before_days", "n", hours/24)
	}
	switch {
	case !r.SentAt.IsZero():
		return site.T(ctx, "convocation.reminder.was_sent", "before", before, "at", r.SentAt)
	case p.vote.Closes.IsZero():
		return site.T(ctx, "convocation.reminder.undated", "before", before)
	default:
		return site.T(ctx, "convocation.reminder.will", "before", before, "at", p.vote.Closes.Add(-r.Before))
	}
}

func runTable(ctx context.Context, p reminding) ui.TableProps {
	t := func(key string) string { return site.T(ctx, "convocation.reminders."+key) }
	table := ui.TableProps{Caption: t("done"), HideCaption: true,
		Columns: []ui.Column{{Label: t("at")}, {Label: t("mails"), Numeric: true}, {Label: t("sent"), Numeric: true}, {Label: t("refused"), Numeric: true}}}
	for _, run := range p.done {
		table.Rows = append(table.Rows, []templ.Component{ui.Text(site.DateTime(ctx, run.At)), ui.Text(site.Number(ctx, run.Counts.Total())),
			ui.Text(site.Number(ctx, run.Counts[Taken]+run.Counts[Outbox])), ui.Text(site.Number(ctx, run.Counts[Refused]))})
	}
	return table
}

func signInPath(sp space.Space) string { return "/sign-in?next=" + url.QueryEscape(sp.Path()) }
