package minutes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// draft writes the minutes from the journal and from what every component contributes, in the order
// that code de commerce, art. R. 225-106 and R. 223-24, list: date, place and manner of convening,
// agenda, bureau, who takes part and the quorum, documents and reports, summary of the debates, texts
// put to the vote and results, and the technical incidents that disturbed the assembly.
func (c *Component) draft(tx *db.Tx, s scene) (Content, error) {
	out := Content{Lang: string(s.lang)}
	add := func(key string, blocks []doc.Block) {
		if len(blocks) > 0 {
			out.Sections = append(out.Sections, Section{Key: key, Blocks: blocks})
		}
	}
	typed := func(key, text string) {
		out.Sections = append(out.Sections, Section{Key: key, Title: s.t("minutes.section." + key), Text: text})
	}
	heading, chair, err := s.headingPart(tx)
	if err != nil {
		return out, err
	}
	add("heading", heading)
	typed(Opening, s.t("minutes.prefill.opening", "chair", chair, "mark", i18n.Term("minutes.mark")))
	convocation, err := s.convocationPart(tx)
	if err != nil {
		return out, err
	}
	add("convocation", convocation)
	parts, err := c.contributions(tx, s)
	if err != nil {
		return out, err
	}
	add("before", partsBetween(parts, 0, resolutionsOrder))
	attendance, err := c.attendancePart(tx, s)
	if err != nil {
		return out, err
	}
	add("attendance", attendance)
	typed(Debates, "")
	add("resolutions", partsBetween(parts, resolutionsOrder, incidentsOrder))
	incidents, err := s.incidentsPart(tx, partsBetween(parts, incidentsOrder, lastOrder))
	if err != nil {
		return out, err
	}
	add("incidents", incidents)
	typed(Incidents, "")
	typed(Closing, s.t("minutes.prefill.closing", "mark", i18n.Term("minutes.mark")))
	return out, nil
}

// Places among the parts that components contribute; see [component.Part].
const (
	resolutionsOrder = 40
	incidentsOrder   = 70
	lastOrder        = 1 << 30
)

func (c *Component) contributions(tx *db.Tx, s scene) (parts []component.Part, err error) {
	err = component.Ask(c.deps, func(from component.Contributor) error {
		more, err := from.Contribute(tx, s.space, component.Minutes, s.lang)
		parts = append(parts, more...)
		return err
	})
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].Order < parts[j].Order })
	return parts, err
}

func partsBetween(parts []component.Part, from, to int) (out []doc.Block) {
	for _, p := range parts {
		if p.Order >= from && p.Order < to {
			out = append(out, p.Blocks...)
		}
	}
	return out
}

func heading(text string) doc.Block { return doc.Heading{Level: 1, Text: doc.Plain(text)} }

func paragraph(text string) doc.Block { return doc.Paragraph{Text: doc.Plain(text)} }

// headingPart says who met, when, where, how and under whom; chair is who presides, in words.
func (s scene) headingPart(tx *db.Tx) (blocks []doc.Block, chair string, err error) {
	var items []doc.Definition
	item := func(key, value string) {
		if value != "" {
			items = append(items, doc.Definition{Label: s.t(key), Value: doc.Plain(value)})
		}
	}
	item("minutes.doc.organisation", organisationLine(s.identity))
	item("minutes.doc.kind", s.space.Kicker)
	item("minutes.doc.date", s.heldText())
	item("minutes.doc.place", s.space.Place)
	mode, err := s.modeText(tx)
	if err != nil {
		return nil, "", err
	}
	item("minutes.doc.mode", mode)
	for _, role := range []people.Role{people.Chair, people.Officer, people.Scrutineer} {
		holders, err := space.RoleHolders(tx, s.space.ID, role)
		if err != nil {
			return nil, "", err
		}
		var names []string
		for _, h := range holders {
			names = append(names, h.Name)
		}
		item("minutes.role."+string(role), strings.Join(names, ", "))
		if role == people.Chair {
			chair = strings.Join(names, ", ")
		}
	}
	if chair == "" {
		chair = s.t("minutes.mark")
	}
	return []doc.Block{doc.Definitions{Items: items}}, chair, nil
}

// modeText says how people took part: in a room, at a distance, on paper.
func (s scene) modeText(tx *db.Tx) (string, error) {
	used := map[electorate.Mode]bool{}
	err := tx.Each("SELECT DISTINCT mode FROM attendance WHERE space_id = $1", []any{s.space.ID}, func(scan func(...any) error) error {
		var m electorate.Mode
		err := scan(&m)
		used[m] = true
		return err
	})
	var out []string
	for _, m := range Modes {
		if used[m] {
			out = append(out, s.t("minutes.held.mode."+modeKey(m)))
		}
	}
	return strings.Join(out, ", "), err
}

// convocationPart says when and how members were convened, from the journal.
func (s scene) convocationPart(tx *db.Tx) ([]doc.Block, error) {
	events, err := journal.Read(tx, journal.Filter{Space: s.space.ID, Kinds: []string{"convocation.started", "convocation.sent"}})
	if err != nil {
		return nil, err
	}
	out := []doc.Block{heading(s.t("minutes.section.convocation"))}
	for _, e := range events {
		var p struct {
			Call, People, Days, Needed, Mails, Letters int
			Kept                                       bool
			Reason                                     string
		}
		if e.Erased() {
			continue
		}
		if err := json.Unmarshal(e.Payload, &p); err != nil {
			return nil, fmt.Errorf("event %d: %w", e.Seq, err)
		}
		if e.Kind == "convocation.sent" {
			out = append(out, paragraph(s.t("minutes.convocation.sent", "call", p.Call, "mails", p.Mails, "letters", p.Letters)))
			continue
		}
		out = append(out, paragraph(s.t("minutes.convocation.started", "call", p.Call, "at", e.At.In(s.space.Zone()), "n", p.People, "days", p.Days, "needed", p.Needed)))
		if !p.Kept && p.Reason != "" {
			out = append(out, paragraph(s.t("minutes.convocation.late", "reason", p.Reason)))
		}
	}
	if len(out) == 1 {
		out = append(out, paragraph(s.t("minutes.convocation.none")))
	}
	return out, nil
}

// attendancePart are the figures of the sheet, certified or as they stand.
func (c *Component) attendancePart(tx *db.Tx, s scene) ([]doc.Block, error) {
	out := []doc.Block{heading(s.t("minutes.sheet.totals"))}
	signed, err := findSigned(tx, s.space.ID)
	if err != nil {
		return nil, err
	}
	var sheet Sheet
	if signed == nil {
		if sheet, err = s.figures(tx); err != nil {
			return nil, err
		}
		out = append(out, paragraph(s.t("minutes.attendance.open")))
	} else {
		// Said in the language of the minutes, whatever that of the sheet.
		sheet = signed.Sheet
		sheet.Lang = string(s.lang)
		if sheet.Quorums, err = quorums(s.rules, sheet.Call, sheet.Attendance, sheet.Lang); err != nil {
			return nil, err
		}
		text := s.t("minutes.attendance.closed", "at", signed.Closed.In(s.space.Zone()), "hash", signed.Hash)
		if !signed.Certified.IsZero() {
			text = s.t("minutes.attendance.certified", "at", signed.Certified.In(s.space.Zone()), "hash", signed.Hash)
		}
		out = append(out, paragraph(text))
	}
	all := totals(sheet.Attendance)
	out = append(out, paragraph(s.t("minutes.attendance.text", "n", all.PresentMembers+all.RepresentedMembers+all.DistanceMembers, "entitled", all.EntitledMembers,
		"votes", statute.FormatNumber(all.PresentVotes.Add(all.RepresentedVotes).Add(all.DistanceVotes), string(s.lang)), "all", statute.FormatNumber(all.EntitledVotes, string(s.lang)))))
	w := c.words(sheet)
	return append(append(out, w.totalsTable()), w.quorumBlocks()...), nil
}

// incidentKinds are the events that disturb an assembly or depart from what was announced, and what of
// their payload tells so.
var incidentKinds = map[string]func(payload map[string]any) bool{
	"vote.series_set":           func(p map[string]any) bool { r, _ := p["reason"].(string); return r != "" },
	"vote.tie_broken":           func(map[string]any) bool { return true },
	"vote.ballots_set_aside":    func(map[string]any) bool { return true },
	"convocation.started":       func(p map[string]any) bool { kept, ok := p["kept"].(bool); return ok && !kept },
	SheetReopened{}.EventKind(): func(map[string]any) bool { return true },
}

// incidentsPart lists what the journal has of them, and what components know.
func (s scene) incidentsPart(tx *db.Tx, known []doc.Block) ([]doc.Block, error) {
	var kinds []string
	for k := range incidentKinds {
		kinds = append(kinds, k)
	}
	events, err := journal.Read(tx, journal.Filter{Space: s.space.ID, Kinds: kinds})
	if err != nil {
		return nil, err
	}
	var items []doc.ListItem
	for _, e := range events {
		var p map[string]any
		if e.Erased() {
			continue
		}
		exact := json.NewDecoder(bytes.NewReader(e.Payload))
		exact.UseNumber()
		if err := exact.Decode(&p); err != nil {
			return nil, fmt.Errorf("event %d: %w", e.Seq, err)
		}
		if !incidentKinds[e.Kind](p) {
			continue
		}
		var args []any
		for k, v := range p {
			args = append(args, k, v)
		}
		text := s.t("event."+e.Kind, args...)
		if reason, _ := p["reason"].(string); reason != "" && !strings.Contains(text, reason) {
			text += " " + reason
		}
		items = append(items, doc.ListItem{Text: doc.Plain(s.t("minutes.incidents.line", "at", e.At.In(s.space.Zone()), "text", text))})
	}
	out := []doc.Block{heading(s.t("minutes.section.incidents"))}
	if len(items) > 0 {
		out = append(out, doc.List{Items: items})
	}
	out = append(out, known...)
	if len(out) == 1 {
		out = append(out, paragraph(s.t("minutes.incidents.none")))
	}
	return out, nil
}
