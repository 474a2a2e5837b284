package register

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// exportBatch is how many lines are read at once: a slow download must not hold a
// connection to the database.
const exportBatch = 1000

// eachMember calls fn for every line by number, in several short readings.
func (c *Component) eachMember(ctx context.Context, fn func(people.Member) error) error {
	for last := ""; ; {
		var list []people.Member
		err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = people.MembersAfter(tx, last, exportBatch); return err })
		if err != nil || len(list) == 0 {
			return err
		}
		for _, m := range list {
			if err := fn(m); err != nil {
				return err
			}
		}
		last = list[len(list)-1].Number
	}
}

// mark tells spreadsheets that the text is UTF-8: Excel reads it as Windows-1252 without.
const mark = "\ufeff"

// writeCSV writes the register as a French spreadsheet opens it at a click, and as an import
// reads it back: UTF-8 with a mark, semicolons, titles and answers in the reader's words.
func writeCSV(w io.Writer, t component.Translate, id people.Identity, each func(func(people.Member) error) error) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	row := make([]string, len(people.Fields))
	for i, f := range people.Fields {
		row[i] = t("people.field." + string(f))
	}
	if err := out.Write(row); err != nil {
		return err
	}
	err := each(func(m people.Member) error {
		for i, f := range people.Fields {
			switch f {
			case people.FieldCollege:
				row[i] = guard(id.CollegeName(m.College))
			case people.FieldKind, people.FieldPaidUp:
				row[i] = t("people." + string(f) + "." + m.Get(f))
			default:
				row[i] = guard(m.Get(f))
			}
		}
		return out.Write(row)
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// writeJSON writes the register as an array of lines.
func writeJSON(w io.Writer, each func(func(people.Member) error) error) error {
	before := "["
	err := each(func(m people.Member) error {
		line, err := json.Marshal(m)
		if err == nil {
			_, err = w.Write(append([]byte(before+"\n"), line...))
		}
		before = ","
		return err
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if before == "[" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

// Export writes the whole register: members.csv and members.json.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	id, err := people.LoadIdentity(tx)
	if err != nil {
		return err
	}
	each := func(fn func(people.Member) error) error { return people.EachMember(tx, fn) }
	err = add("members.csv", func(w io.Writer) error { return writeCSV(w, c.french, id, each) })
	if err != nil {
		return err
	}
	return add("members.json", func(w io.Writer) error { return writeJSON(w, each) })
}

// writeRefused writes the rows that were refused as they stood in the file, each with its
// line and the reasons in front: mended, they can be imported as they are.
func (c *Component) writeRefused(ctx context.Context, w io.Writer, t component.Translate, imp people.Import) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(append([]string{t("register.refused.line"), t("register.refused.reasons")}, imp.Options.Titles...)); err != nil {
		return err
	}
	for last := 0; ; {
		var issues []people.ImportIssue
		err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
			issues, err = people.ImportIssues(tx, imp.ID, true, last, exportBatch)
			return err
		})
		if err != nil || len(issues) == 0 {
			out.Flush()
			return err
		}
		for _, i := range issues {
			row := []string{itoa(i.Line), sentences(t, i.Reasons)}
			for _, cell := range i.Cells {
				row = append(row, guard(unguard(cell)))
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		last = issues[len(issues)-1].Line
	}
}
