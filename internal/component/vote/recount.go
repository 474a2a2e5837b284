package vote

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally/format"
)

// ballotsFile names the file of a resolution's ballots without their voters.
func ballotsFile(r Resolution, college string) string {
	if college != "" {
		college = "-" + college
	}
	ending := "cvotes"
	if r.Method.FileFormat() == format.CSV {
		ending = "csv"
	}
	return fmt.Sprintf("resolution-%d%s.%s", r.Number, college, ending)
}

// exportAnonymous gives the ballots of a decided resolution, without names, as a file that
// `isegoria tally` and other programs count.
func (c *Component) exportAnonymous(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	s, rv, ok := b.find(id)
	if !ok || rv.result == nil || rv.result.Counted == nil || rv.result.Counted.Tally == nil {
		return fault.New(fault.NotFound, "vote.unknown")
	}
	if !canTakeBallots(b.access, s.Series, s.visible) {
		if !b.access.Viewer.SignedIn() {
			return fault.New(fault.Unauthenticated, "site.error.sign_in")
		}
		return site.Forbidden()
	}
	college := r.URL.Query().Get("college")
	var file bytes.Buffer
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		return writeAnonymous(tx, &file, rv.Resolution, *rv.result.Counted, college)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", ballotsFile(rv.Resolution, college)))
	_, err = w.Write(file.Bytes())
	return err
}

// writeAnonymous writes the ballots of one box: all of them, or a college's where colleges weigh.
func writeAnonymous(tx *db.Tx, w io.Writer, r Resolution, counted rule.Counted, college string) error {
	rules, err := electorate.Rules(tx, r.Space)
	if err != nil {
		return err
	}
	att := statute.Attendance{}
	for _, s := range counted.Shares {
		att.Colleges = append(att.Colleges, statute.CollegeAttendance{College: s.College})
	}
	s, err := findSeries(tx, r.Space, r.Series)
	if err != nil {
		return err
	}
	papers, err := readPapers(tx, s)
	if err != nil {
		return err
	}
	figures, _ := papers.agreed(r) // a result is known: they agree
	boxes, err := castBoxes(tx, s, r, rules, att, figures, &Result{})
	if err != nil {
		return err
	}
	for _, box := range boxes {
		if box.College == college {
			return r.Method.Write(w, fmt.Sprintf("%d. %s", r.Number, r.Title), r.Options, r.Seats, box, counted.Unit)
		}
	}
	return fault.New(fault.NotFound, "vote.unknown")
}
