package vote

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/vote/charts"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// visibleResults are the results the viewer may see, in order.
func (b board) visibleResults() []Result {
	var out []Result
	for _, s := range b.series {
		for _, r := range s.resolutions {
			if r.result != nil {
				out = append(out, *r.result)
			}
		}
	}
	return out
}

func (c *Component) exportJSON(w http.ResponseWriter, r *http.Request) error {
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="results.json"`)
	return writeJSON(w, b.publicResults())
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// publicResults are the results without the figures by college that must be withheld.
func (b board) publicResults() []Result {
	list := b.visibleResults()
	for i, r := range list {
		if len(r.Decision.Withheld) > 0 {
			list[i].Count, list[i].Choice, list[i].Colleges = nil, nil, nil
		}
	}
	return list
}

func (c *Component) exportCSV(w http.ResponseWriter, r *http.Request) error {
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="results.csv"`)
	return writeResultsCSV(w, b.publicResults())
}

// writeResultsCSV writes one line per resolution, college and choice; votes are exact
// fractions ("3/1").
func writeResultsCSV(w io.Writer, list []Result) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"number", "title", "call", "form", "rule", "outcome", "college", "entitled_members", "entitled_votes", "voters", "choice", "votes", "rank"}}
	for _, r := range list {
		head := []string{fmt.Sprint(r.Number), r.Title, fmt.Sprint(r.Call), string(r.Form), r.Rule, string(r.Decision.Outcome)}
		if r.Counted != nil {
			rows = append(rows, countedRows(head, r)...)
		} else if r.Count == nil && r.Choice == nil {
			rows = append(rows, append(head, "", "", "", "", "", "", ""))
		}
		if r.Count != nil {
			for _, c := range r.Count.Colleges {
				for _, v := range []struct {
					choice string
					votes  statute.Frac
				}{{For, c.For}, {Against, c.Against}, {Abstention, c.Abstention}, {Blank, c.Blank}, {Null, c.Null}} {
					rows = append(rows, csvRow(head, c.CollegeAttendance, c.Voters, v.choice, v.votes))
				}
			}
		}
		if r.Choice != nil {
			for _, c := range r.Choice.Colleges {
				for _, cand := range r.Choice.Candidates {
					rows = append(rows, csvRow(head, c.CollegeAttendance, c.Voters, cand.Name, c.Votes[cand.Key]))
				}
				rows = append(rows, csvRow(head, c.CollegeAttendance, c.Voters, Blank, c.Blank), csvRow(head, c.CollegeAttendance, c.Voters, Null, c.Null))
			}
		}
	}
	return out.WriteAll(rows)
}

func csvRow(head []string, c statute.CollegeAttendance, voters int, choice string, votes statute.Frac) []string {
	row := append([]string{}, head...)
	return append(row, c.College, fmt.Sprint(c.EntitledMembers), c.EntitledVotes.String(), fmt.Sprint(voters), choice, votes.String(), "")
}

// countedRows are the turnout by college, then each option with what it got, where the rule adds
// votes or points up, and its rank.
func countedRows(head []string, r Result) [][]string {
	var rows [][]string
	line := func(cells ...string) { rows = append(rows, append(append([]string{}, head...), cells...)) }
	for _, c := range r.Colleges {
		line(c.College, fmt.Sprint(c.EntitledMembers), c.EntitledVotes.String(), fmt.Sprint(c.Voters), "", "", "")
	}
	for _, a := range charts.Answers(*r.Counted) {
		line("", "", "", "", a.Word, fmt.Sprint(a.People), "")
	}
	if r.Counted.Tally == nil {
		return rows
	}
	got := map[string]string{}
	for _, s := range r.Counted.Tally.Steps {
		if scores, ok := s.(tally.Scores); ok {
			for _, t := range scores.Tallies {
				got[t.Candidate] = t.Votes.String()
			}
		}
	}
	for _, p := range r.Counted.Elected {
		line("", "", "", "", p.List+" — "+p.Name, "", fmt.Sprint(p.Seat))
	}
	rank := 1
	for _, group := range r.Counted.Tally.Ranking {
		for _, name := range group {
			line("", "", "", "", name, got[name], fmt.Sprint(rank))
		}
		rank += len(group)
	}
	return rows
}

// Contribute gives the draft resolutions to the convocation, and the results to the minutes.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	list, err := listSeries(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	rules, err := electorate.Rules(tx, sp.ID)
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	part := component.Part{Order: 40}
	for _, s := range list {
		resolutions, err := listResolutions(tx, s.ID)
		if err != nil {
			return nil, err
		}
		known, err := results(tx, s.ID)
		if err != nil {
			return nil, err
		}
		if len(resolutions) == 0 || d == component.Convocation && s.State(tx.Now, false) != Announced && s.State(tx.Now, false) != Draft && s.State(tx.Now, false) != Waiting && s.State(tx.Now, false) != Open {
			continue
		}
		part.Blocks = append(part.Blocks, doc.Heading{Level: 1, Text: doc.Plain(t("vote.doc.title."+string(d), "title", s.Title))})
		if !s.Opens.IsZero() && !s.Closes.IsZero() {
			part.Blocks = append(part.Blocks, doc.Paragraph{Text: doc.Plain(t("vote.doc.dates", "opens", s.Opens.In(sp.Zone()), "closes", s.Closes.In(sp.Zone()), "zone", space.ZoneName(sp.TimeZone)))})
		}
		b := board{rules: rules}
		for _, r := range resolutions {
			part.Blocks = append(part.Blocks, doc.Heading{Level: 2, Text: doc.Plain(t("vote.doc.resolution", "number", r.Number, "title", r.Title))})
			part.Blocks = append(part.Blocks, resolutionText(r, b.docRule(r, string(lang), t), string(lang), t)...)
			if res, ok := known[r.ID]; ok && d == component.Minutes {
				part.Blocks = append(part.Blocks, resultBlocks(b, res, string(lang), t)...)
			}
		}
	}
	if len(part.Blocks) == 0 {
		return nil, nil
	}
	return []component.Part{part}, nil
}

func resolutionText(r Resolution, rule, lang string, t component.Translate) []doc.Block {
	var out []doc.Block
	for p := range strings.SplitSeq(r.Text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, doc.Paragraph{Text: doc.Plain(p)})
		}
	}
	if len(r.Options) > 0 {
		var items []doc.ListItem
		for _, o := range r.Options {
			item := doc.ListItem{Text: doc.Inline{{Text: o.Label, Bold: true}}}
			if hint := optionHint(o); hint != "" {
				item.Text = append(item.Text, doc.Span{Text: " — " + hint})
			}
			items = append(items, item)
		}
		out = append(out, doc.List{Items: items})
	}
	out = append(out, doc.Paragraph{Text: doc.Inline{{Text: t("vote.doc.rule", "rule", rule), Italic: true}}})
	for _, line := range conditionLines(r, lang, t) {
		out = append(out, doc.Paragraph{Text: doc.Plain(line)})
	}
	return out
}

// resultBlocks are a result in words, its picture and its derivation.
func resultBlocks(b board, r Result, lang string, t component.Translate) []doc.Block {
	out := []doc.Block{doc.Paragraph{Text: doc.Inline{{Text: t("vote.outcome." + r.outcome()), Bold: true},
		{Text: " — " + t("vote.doc.voters", "n", r.Voters(), "electors", r.Electors, "online", r.Online, "proxy", r.ByProxy, "paper", r.Paper)}}}}
	if r.Count != nil {
		out = append(out, motionTable(b, r, t))
	}
	if r.Count != nil && r.judged() {
		out = append(out, doc.VoteBar{Shares: []doc.Share{
			{Label: t("vote.choice.for"), Value: r.Decision.For.Float(), Display: statute.FormatPercent(r.Decision.For, lang, r.Decision.Needed), Tone: doc.ToneFor},
			{Label: t("vote.choice.against"), Value: r.Decision.Against.Float(), Display: statute.FormatPercent(r.Decision.Against, lang), Tone: doc.ToneAgainst}}})
	}
	if r.Counted != nil {
		out = append(out, countedBlocks(*r.Counted, lang, t)...)
	}
	if r.Choice != nil && len(r.Decision.Ranking) > 0 {
		table := doc.Table{Columns: []doc.Column{{Title: t("vote.doc.candidate"), Width: 3}, {Title: t("vote.doc.votes"), Align: doc.AlignEnd}, {Title: t("vote.doc.won." + string(r.Form))}}}
		for _, rank := range r.Decision.Ranking {
			mark := ""
			if rank.Elected {
				mark = t("vote.doc.yes")
			}
			table.Rows = append(table.Rows, []doc.Inline{doc.Plain(r.candidate(rank.Candidate)), doc.Plain(statute.FormatNumber(rank.Votes, lang)), doc.Plain(mark)})
		}
		out = append(out, table)
	}
	why := doc.Derivation{Title: t("vote.why." + r.outcome())}
	for _, s := range r.Decision.Steps {
		why.Reasons = append(why.Reasons, doc.Reason{Text: doc.Plain(s.Text(lang)), Citation: s.Cite.Text(lang)})
	}
	if r.Counted != nil {
		for _, text := range charts.Why(*r.Counted, charts.Translate(t), lang) {
			why.Reasons = append(why.Reasons, doc.Reason{Text: doc.Plain(text)})
		}
	}
	return append(out, why)
}

// countedBlocks are the tables of a count by a rule of tally.
func countedBlocks(c rule.Counted, lang string, t component.Translate) []doc.Block {
	var out []doc.Block
	for _, table := range charts.Tables(c, charts.Translate(t), lang) {
		d := doc.Table{Caption: table.Caption}
		for i, title := range table.Columns {
			column := doc.Column{Title: title, Align: doc.AlignEnd}
			if i == 0 {
				column = doc.Column{Title: title, Width: 2}
			}
			d.Columns = append(d.Columns, column)
		}
		for _, row := range table.Rows {
			var cells []doc.Inline
			for _, cell := range row {
				cells = append(cells, doc.Plain(cell))
			}
			d.Rows = append(d.Rows, cells)
		}
		out = append(out, d)
	}
	return out
}

// docRule names the rule of the statutes and, where there is one, the counting rule.
func (b board) docRule(r Resolution, lang string, t component.Translate) string {
	name := b.ruleName(r, lang)
	if r.Method.Set() {
		name += ", " + t("vote.m."+r.Method.Name+".name")
	}
	return name
}

func motionTable(b board, r Result, t component.Translate) doc.Table {
	table := doc.Table{Columns: []doc.Column{{Title: t("vote.doc.college"), Width: 2}}}
	for _, choice := range []string{For, Against, Abstention, Blank, Null} {
		table.Columns = append(table.Columns, doc.Column{Title: t("vote.choice." + choice), Align: doc.AlignEnd})
	}
	for _, c := range r.Count.Colleges {
		row := []doc.Inline{doc.Plain(b.collegeOr(c.College, t))}
		for _, v := range []statute.Frac{c.For, c.Against, c.Abstention, c.Blank, c.Null} {
			row = append(row, doc.Plain(statute.FormatNumber(v, "fr")))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// candidate is the name under a candidate's key.
func (r Result) candidate(key string) string {
	if r.Choice != nil {
		for _, c := range r.Choice.Candidates {
			if c.Key == key {
				return c.Name
			}
		}
	}
	return key
}

// Evidence puts the ballots of open votes, the paper counts and the results with their
// derivations into the legal file.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	list, err := listSeries(tx, sp.ID)
	if err != nil {
		return err
	}
	for i, s := range list {
		resolutions, err := listResolutions(tx, s.ID)
		if err != nil {
			return err
		}
		known, err := results(tx, s.ID)
		if err != nil {
			return err
		}
		papers, err := readPapers(tx, s)
		if err != nil {
			return err
		}
		var all []Result
		for _, r := range resolutions {
			if res, ok := known[r.ID]; ok {
				all = append(all, res)
			}
			name := fmt.Sprintf("vote/series-%d/ballots-%02d.csv", i+1, r.Number)
			if err := add(name, func(w io.Writer) error { return writeBallots(tx, w, r) }); err != nil {
				return err
			}
		}
		base := fmt.Sprintf("vote/series-%d/", i+1)
		files := []struct {
			name string
			v    any
		}{{"series.json", s}, {"resolutions.json", resolutions}, {"results.json", all}, {"paper-voters.json", papers.voters}, {"paper-counts.json", papers.counts}}
		for _, f := range files {
			if err := add(base+f.name, func(w io.Writer) error { return writeJSON(w, f.v) }); err != nil {
				return err
			}
		}
		if err := add(base+"results.csv", func(w io.Writer) error { return writeResultsCSV(w, all) }); err != nil {
			return err
		}
	}
	return nil
}

func writeBallots(tx *db.Tx, w io.Writer, r Resolution) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"number", "name", "college", "votes", "choice", "by_proxy", "cast_at", "receipt"}); err != nil {
		return err
	}
	err := eachBallot(tx, r, func(b Ballot, number, name, college, votes string) error {
		return out.Write([]string{number, name, college, votes, b.Choice, fmt.Sprint(b.ByProxy), b.CastAt.Format("2006-01-02T15:04:05.000Z07:00"), b.Receipt})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// Export writes the votes of every space, as the legal file has them.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT DISTINCT space_id FROM vote_series ORDER BY space_id", nil,
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		in := func(name string, write func(io.Writer) error) error { return add(sp.Slug+"/"+name, write) }
		if err := c.Evidence(tx, sp, in); err != nil {
			return err
		}
	}
	return nil
}
