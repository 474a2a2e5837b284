package minutes

import (
	"encoding/csv"
	"encoding/json"
	"io"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile"
)

// Evidence puts the attendance sheet and the minutes into the legal file: what was signed, to the byte,
// what it looks like, and who signed.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	s, err := c.scene(tx, sp, i18n.French)
	if err != nil {
		return err
	}
	if err := c.sheetEvidence(tx, s, add); err != nil {
		return err
	}
	return c.minutesEvidence(tx, s, add)
}

// sheetEvidence adds the sheet the bureau closed or, until then, the table of the open one.
func (c *Component) sheetEvidence(tx *db.Tx, s scene, add component.AddFile) error {
	signed, err := findSigned(tx, s.space.ID)
	if err != nil {
		return err
	}
	if signed == nil {
		sheet, err := s.sheet(tx, false)
		if err != nil || len(sheet.Lines) == 0 {
			return err
		}
		return add("attendance/open.csv", func(w io.Writer) error { return writeSheetCSV(w, sheet.Lines) })
	}
	text, err := snapshotText(tx, s.space.ID)
	if err != nil {
		return err
	}
	return addAll(add, []file{
		{legalfile.AttendanceName, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }},
		{"attendance/attendance.csv", func(w io.Writer) error { return writeSheetCSV(w, signed.Sheet.Lines) }},
		{"attendance/attendance.pdf", func(w io.Writer) error { return writePDF(w, c.words(signed.Sheet).document(signed, nil)) }},
		{"attendance/signatures.json", writeJSON(map[string]any{"hash": signed.Hash, "closed_at": signed.Closed, "certified_at": signed.Certified, "signatures": signed.Signatures})},
	})
}

// minutesEvidence adds the approved minutes or, until then, the draft; the notes; and every version.
func (c *Component) minutesEvidence(tx *db.Tx, s scene, add component.AddFile) error {
	m, err := findMinutes(tx, s.space.ID)
	if err != nil || m == nil {
		return err
	}
	// Whoever takes the file may read the minutes: they are read as an officer does.
	p, err := c.readMinutes(tx, space.Access{Space: s.space, Roles: map[people.Role]bool{people.Officer: true}}, s.lang)
	if err != nil {
		return err
	}
	pdf := func(w io.Writer) error { return writePDF(w, p.doc) }
	files := []file{{"minutes/draft.pdf", pdf}}
	if p.approved() {
		files = []file{{legalfile.MinutesName, func(w io.Writer) error { _, err := io.WriteString(w, m.frozen); return err }}, {"minutes/minutes.pdf", pdf}}
	}
	return addAll(add, append(files,
		file{"minutes/approvals.json", writeJSON(map[string]any{"state": m.State, "version": m.Version, "hash": m.Hash, "approved_at": m.Approved, "approvals": m.Approvals})},
		file{"minutes/rectifications.json", writeJSON(p.notes)},
		file{"minutes/versions.jsonl", func(w io.Writer) error { return writeVersions(tx, w, s.space.ID) }}))
}

// file is a file to add.
type file struct {
	name  string
	write func(io.Writer) error
}

func addAll(add component.AddFile, files []file) error {
	for _, f := range files {
		if err := add(f.name, f.write); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// writeRoll writes the electoral roll as package legalfile reads it; votes are exact fractions.
func writeRoll(tx *db.Tx, w io.Writer, spaceID int64) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"member", "number", "name", "domicile", "college", "shares", "votes"}); err != nil {
		return err
	}
	if err := eachElector(tx, spaceID, out.Write); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// Export writes the sheets and the minutes of every space, as the legal file has them.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT DISTINCT space_id FROM elector ORDER BY space_id", nil,
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

// ExportMember adds the member's line of each sheet that was signed.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	ids, err := db.All(tx, `SELECT s.space_id FROM attendance_sheet s JOIN elector e ON e.space_id = s.space_id
		WHERE e.member_id = $1 ORDER BY s.space_id`, []any{member},
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	type standing struct {
		Assembly string `json:"assembly"`
		Line     Line   `json:"line"`
	}
	var list []standing
	for _, id := range ids {
		signed, err := findSigned(tx, id)
		if err != nil || signed == nil {
			return err
		}
		for _, l := range signed.Sheet.Lines {
			if l.Member == member {
				list = append(list, standing{signed.Sheet.Title, l})
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return add("attendance.json", writeJSON(list))
}

// EraseMember destroys nothing: the law keeps attendance sheets and minutes, which prove that the
// assembly was regular.
func (c *Component) EraseMember(*db.Tx, int64) error { return nil }
