package proxy

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// columns are those of the tables of proxies; the reader's words for them stand under "proxy.csv.".
var columns = []string{"proxy", "principal_number", "principal", "college", "votes", "holder_number", "holder", "state", "origin", "blank",
	"given_at", "answered_at", "ended_at", "end_reason", "cancelled_because", "scan"}

func (r record) cells(zone *time.Location) []string {
	return []string{strconv.FormatInt(r.ID, 10), r.Principal, r.PrincipalName, r.College, number(r.Votes), r.Holder, r.HolderName, r.State, r.Origin,
		strconv.FormatBool(r.Blank), moment(r.Given, zone), moment(r.Answered, zone), moment(r.Ended, zone), r.EndReason, r.Cancelled, r.scanFile()}
}

// number writes votes as a spreadsheet reads them: "3", or the fraction itself.
func number(votes string) string { return strings.TrimSuffix(votes, "/1") }

// moment writes a time as the files have it: RFC 3339 in the space's zone, or nothing.
func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// scanFile is the name of the scan among the files; "" without one. Its kind is told by its content.
func (r record) scanFile() string {
	if r.Scan == "" {
		return ""
	}
	ext := map[string]string{"image/png": ".png", "image/jpeg": ".jpg"}[r.ScanMime]
	if ext == "" {
		ext = ".pdf"
	}
	return fmt.Sprintf("scan-%d%s", r.ID, ext)
}

// writeTable writes the proxies of a space, one a line.
func writeTable(tx *db.Tx, out *csv.Writer, sp space.Space, titles []string, cell func(string) string) error {
	if err := out.Write(titles); err != nil {
		return err
	}
	err := eachRecord(tx, sp.ID, 0, func(r record) error {
		cells := r.cells(sp.Zone())
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		return out.Write(cells)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// Evidence puts every proxy of the space into the legal file: a table, and the scans of those that
// came on paper.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	var scans []record
	any := false
	err := eachRecord(tx, sp.ID, 0, func(r record) error {
		any = true
		if r.Scan != "" {
			scans = append(scans, r)
		}
		return nil
	})
	if err != nil || !any {
		return err
	}
	err = add("proxies/proxies.csv", func(w io.Writer) error {
		return writeTable(tx, csv.NewWriter(w), sp, columns, func(s string) string { return s })
	})
	for _, r := range scans {
		if err != nil {
			return err
		}
		err = add("proxies/"+r.scanFile(), func(w io.Writer) error { return c.copyScan(tx, w, r) })
	}
	return err
}

func (c *Component) copyScan(tx *db.Tx, w io.Writer, r record) error {
	content, err := c.deps.Blobs.Get(tx.Context(), r.Scan)
	if err != nil {
		return fmt.Errorf("scan of proxy %d: %w", r.ID, err)
	}
	defer content.Close()
	_, err = io.Copy(w, content)
	return err
}

// Export writes the proxies of every space, as the legal file has them.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := spacesWithProxies(tx)
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

// proxyOf is a proxy as somebody who gave or held it is told of it.
type proxyOf struct {
	Space     int64     `json:"space"`
	Principal string    `json:"principal"`
	Holder    string    `json:"holder"`
	State     string    `json:"state"`
	Origin    string    `json:"origin"`
	Blank     bool      `json:"blank"`
	Given     time.Time `json:"given_at"`
	Answered  time.Time `json:"answered_at,omitzero"`
	Ended     time.Time `json:"ended_at,omitzero"`
	EndReason string    `json:"end_reason,omitempty"`
	Scan      bool      `json:"scan"`
}

// ExportMember says which proxies the member gave and held.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	var list []proxyOf
	err := eachRecord(tx, 0, member, func(r record) error {
		list = append(list, proxyOf{r.Space, r.PrincipalName, r.HolderName, r.State, r.Origin, r.Blank, r.Given, r.Answered, r.Ended, r.EndReason, r.Scan != ""})
		return nil
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return add("proxies.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	})
}

// EraseMember keeps everything: proxies and their scans are pieces of an assembly, which are kept
// as long as its minutes; they go with them, not with a member who leaves.
func (c *Component) EraseMember(*db.Tx, int64) error { return nil }

// line is a sentence of the statutes with its article.
type line struct{ statute.Step }

// Text is the sentence in the language.
func (l line) Text(lang string) string { return l.Line(lang) }
