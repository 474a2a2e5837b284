package minutes

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// writePDF writes the document; characters that no font has are shown as question marks.
func writePDF(w io.Writer, d doc.Document) error {
	err := doc.PDF(w, d, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// sheetWords says a sheet in its own language.
type sheetWords struct {
	Sheet
	t    component.Translate
	zone *time.Location
}

func (c *Component) words(s Sheet) sheetWords {
	return sheetWords{s, func(key string, args ...any) string { return c.deps.Site.Words.T(i18n.Lang(s.Lang), key, args...) },
		space.Space{TimeZone: s.Zone}.Zone()}
}

// document is the sheet on paper. Signed is nil for one that is still open: it then lists every
// elector, to be signed at the door.
func (s sheetWords) document(signed *Signed, bureau []space.RoleHolder) doc.Document {
	d := doc.Document{Lang: s.Lang, Title: s.t("minutes.sheet.title"), Subject: s.Title, Author: s.Organisation.Name,
		Header: s.Organisation.Name, Footer: s.t("minutes.sheet.title") + " · " + s.Title, Date: s.TakenAt}
	about := doc.Definitions{Items: []doc.Definition{
		{Label: s.t("minutes.doc.organisation"), Value: doc.Plain(organisationLine(s.Organisation))},
		{Label: s.t("minutes.doc.date"), Value: doc.Plain(s.Held)}}}
	if s.Place != "" {
		about.Items = append(about.Items, doc.Definition{Label: s.t("minutes.doc.place"), Value: doc.Plain(s.Place)})
	}
	d.Blocks = append(d.Blocks, about, doc.Heading{Level: 1, Text: doc.Plain(s.t("minutes.sheet.totals"))}, s.totalsTable())
	d.Blocks = append(d.Blocks, s.quorumBlocks()...)
	d.Blocks = append(d.Blocks, doc.PageBreak{}, doc.Heading{Level: 1, Text: doc.Plain(s.t("minutes.sheet.list"))}, s.linesTable())
	return s.certification(d, signed, bureau)
}

func (s sheetWords) certification(d doc.Document, signed *Signed, bureau []space.RoleHolder) doc.Document {
	d.Blocks = append(d.Blocks, doc.Heading{Level: 1, Text: doc.Plain(s.t("minutes.sheet.certification"))})
	if signed == nil {
		d.Blocks = append(d.Blocks, doc.Paragraph{Text: doc.Plain(s.t("minutes.sheet.to_certify"))})
		var lines []doc.Signature
		for _, h := range bureau {
			lines = append(lines, doc.Signature{Name: h.Name, Role: s.t("minutes.role." + string(h.Role))})
		}
		if lines == nil {
			lines = []doc.Signature{{Name: s.t("minutes.role.chair")}, {Name: s.t("minutes.role.officer")}}
		}
		d.Blocks = append(d.Blocks, doc.Signatures{Lines: lines})
		return d
	}
	text := s.t("minutes.sheet.awaits", "at", signed.Closed.In(s.zone))
	if !signed.Certified.IsZero() {
		text = s.t("minutes.sheet.is_certified", "at", signed.Certified.In(s.zone))
	}
	d.Blocks = append(d.Blocks, doc.Paragraph{Text: doc.Plain(text)}, signatureList(signed.Signatures, s.t, s.zone),
		doc.Paragraph{Text: doc.Inline{{Text: s.t("minutes.doc.hash", "hash", signed.Hash), Italic: true}}})
	return d
}

// signatureList says who signed on the site, as what and when.
func signatureList(list []Signature, t component.Translate, zone *time.Location) doc.Definitions {
	var out doc.Definitions
	for _, s := range list {
		out.Items = append(out.Items, doc.Definition{Label: s.Name,
			Value: doc.Plain(t("minutes.doc.signed", "role", t("minutes.role."+string(s.Role)), "at", s.At.In(zone)))})
	}
	return out
}

func organisationLine(i people.Identity) string {
	var parts []string
	for _, p := range []string{i.Name, i.LegalForm, strings.ReplaceAll(i.Address, "\n", ", "), i.Registry} {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// totals are the members and votes of the whole sheet.
func totals(a statute.Attendance) statute.CollegeAttendance {
	var all statute.CollegeAttendance
	for _, c := range a.Colleges {
		all.EntitledMembers += c.EntitledMembers
		all.PresentMembers += c.PresentMembers
		all.RepresentedMembers += c.RepresentedMembers
		all.DistanceMembers += c.DistanceMembers
		all.EntitledVotes = all.EntitledVotes.Add(c.EntitledVotes)
		all.PresentVotes = all.PresentVotes.Add(c.PresentVotes)
		all.RepresentedVotes = all.RepresentedVotes.Add(c.RepresentedVotes)
		all.DistanceVotes = all.DistanceVotes.Add(c.DistanceVotes)
	}
	return all
}

// totalsRow is a line of the totals: members, and votes where they are not one each.
func totalsRow(name string, c statute.CollegeAttendance, lang i18n.Lang) []string {
	cell := func(n int, votes statute.Frac) string {
		text := i18n.Number(lang, int64(n))
		if votes.Cmp(statute.Int(int64(n))) != 0 {
			text += " (" + statute.FormatNumber(votes, string(lang)) + ")"
		}
		return text
	}
	return []string{name, cell(c.EntitledMembers, c.EntitledVotes), cell(c.PresentMembers, c.PresentVotes),
		cell(c.RepresentedMembers, c.RepresentedVotes), cell(c.DistanceMembers, c.DistanceVotes),
		cell(c.PresentMembers+c.RepresentedMembers+c.DistanceMembers, c.PresentVotes.Add(c.RepresentedVotes).Add(c.DistanceVotes))}
}

var totalsColumns = []string{"college", "entitled", "present", "represented", "distance", "all"}

// totalsRows are the totals by college, and of all where there are several.
func (s sheetWords) totalsRows() [][]string {
	var rows [][]string
	for _, c := range s.Attendance.Colleges {
		name := s.Colleges[c.College]
		if c.College == "" {
			name = s.t("minutes.sheet.no_college")
		}
		rows = append(rows, totalsRow(name, c, i18n.Lang(s.Lang)))
	}
	if len(rows) != 1 {
		rows = append(rows, totalsRow(s.t("minutes.sheet.all"), totals(s.Attendance), i18n.Lang(s.Lang)))
	}
	return rows
}

func (s sheetWords) totalsTable() doc.Table {
	t := doc.Table{Caption: s.t("minutes.sheet.totals_caption")}
	for i, key := range totalsColumns {
		col := doc.Column{Title: s.t("minutes.sheet.col." + key), Align: doc.AlignEnd}
		if i == 0 {
			col.Width, col.Align = 1.6, doc.AlignStart
		}
		t.Columns = append(t.Columns, col)
	}
	for _, row := range s.totalsRows() {
		var cells []doc.Inline
		for _, text := range row {
			cells = append(cells, doc.Plain(text))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// quorumBlocks are the quorums with their derivation.
func (s sheetWords) quorumBlocks() []doc.Block {
	if len(s.Quorums) == 0 {
		return []doc.Block{doc.Paragraph{Text: doc.Plain(s.t("minutes.sheet.no_quorum"))}}
	}
	var out []doc.Block
	for _, q := range s.Quorums {
		d := doc.Derivation{Title: s.quorumTitle(q)}
		for _, step := range q.Decision.Steps {
			d.Reasons = append(d.Reasons, doc.Reason{Text: doc.Plain(step.Text(s.Lang)), Citation: step.Cite.Text(s.Lang)})
		}
		out = append(out, d)
	}
	return out
}

func (s sheetWords) quorumTitle(q Quorum) string {
	key := "minutes.sheet.quorum.missed"
	if q.Decision.Reached {
		key = "minutes.sheet.quorum.reached"
	}
	return s.t(key, "names", strings.Join(q.Names, ", "))
}

func (s sheetWords) linesTable() doc.Table {
	t := doc.Table{Columns: []doc.Column{{Title: s.t("minutes.sheet.col.name"), Width: 3}, {Title: s.t("minutes.sheet.col.college"), Width: 1.2},
		{Title: s.t("minutes.sheet.col.shares"), Width: .7, Align: doc.AlignEnd}, {Title: s.t("minutes.sheet.col.votes"), Width: .7, Align: doc.AlignEnd},
		{Title: s.t("minutes.sheet.col.how"), Width: 2}, {Title: s.t("minutes.sheet.col.signature"), Width: 1.5}}}
	for _, l := range s.Lines {
		who := doc.Inline{{Text: l.Name, Bold: true}, {Text: " · " + s.t("minutes.sheet.number", "number", l.Number)}}
		if l.Domicile != "" {
			who = append(who, doc.Span{Text: "\n" + l.Domicile})
		}
		t.Rows = append(t.Rows, []doc.Inline{who, doc.Plain(s.Colleges[l.College]), doc.Plain(fmt.Sprint(l.Shares)),
			doc.Plain(statute.FormatNumber(l.Votes, s.Lang)), doc.Plain(s.how(l)), {}})
	}
	return t
}

// how says how an elector takes part, and for whom else they vote.
func (s sheetWords) how(l Line) string {
	text := s.t("minutes.mode." + modeKey(l.Mode))
	if l.Mode == electorate.Represented {
		text = s.t("minutes.mode.represented_by", "holder", l.Holder)
	}
	if l.Mandates > 0 {
		text += "\n" + s.t("minutes.sheet.mandates", "n", l.Mandates, "votes", statute.FormatNumber(l.MandateVotes, s.Lang), "shares", l.MandateShares)
	}
	return text
}

// writeSheetCSV writes one line per elector; votes are exact fractions ("3/1").
func writeSheetCSV(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"number", "name", "domicile", "college", "shares", "votes", "mode", "represented_by", "mandates", "mandate_shares", "mandate_votes", "total_votes"}}
	for _, l := range lines {
		rows = append(rows, []string{l.Number, l.Name, l.Domicile, l.College, fmt.Sprint(l.Shares), l.Votes.String(), modeKey(l.Mode), l.Holder,
			fmt.Sprint(l.Mandates), fmt.Sprint(l.MandateShares), l.MandateVotes.String(), l.Total().String()})
	}
	return out.WriteAll(rows)
}
