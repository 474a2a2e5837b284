package vote

import (
	"net/http"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/statute"
)

// college is the college of the count page's form, nil for one without paper voters.
func (v *countView) college(r *http.Request) *countCollege {
	i := slices.IndexFunc(v.colleges, func(c countCollege) bool { return c.key == r.FormValue("college") })
	if i < 0 {
		return nil
	}
	return &v.colleges[i]
}

// changeOwnCount acts on the scrutineer's own count of a college, then shows it; a refusal is said
// beside the paper being entered, and what was typed is kept.
func (c *Component) changeOwnCount(w http.ResponseWriter, r *http.Request, change func(v countView, col *countCollege) error) error {
	v, err := c.countPage(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "vote.form.unreadable")
	}
	col := v.college(r)
	if col == nil || !v.resolution.Method.Set() {
		return fault.New(fault.NotFound, "vote.unknown")
	}
	err = change(v, col)
	if fault.CodeOf(err) == fault.Invalid {
		col.error = site.Sentence(r, err)
		return c.renderCount(w, r, v, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')]+"#"+col.anchor())
}

func (c countCollege) anchor() string { return "papers-" + c.key }

func (c *Component) addPaper(w http.ResponseWriter, r *http.Request) error {
	return c.changeOwnCount(w, r, func(v countView, col *countCollege) error {
		col.typed, col.number = ballotValues(r, "choice"), strings.TrimSpace(r.FormValue("number"))
		votes, err := statute.ParseFrac(strings.ReplaceAll(col.number, ",", "."))
		if err != nil {
			return fault.New(fault.Invalid, "vote.paper.number", "value", col.number)
		}
		if col.plain() && votes.Cmp(statute.Int(int64(votes.Float()))) != 0 {
			return fault.New(fault.Invalid, "vote.paper.whole", "value", col.number)
		}
		return c.AddPaper(r.Context(), v.access, v.resolution.ID, col.key, col.typed, votes)
	})
}

func (c *Component) removePaper(w http.ResponseWriter, r *http.Request) error {
	return c.changeOwnCount(w, r, func(v countView, col *countCollege) error {
		return c.RemovePaper(r.Context(), v.access, v.resolution.ID, col.key, r.FormValue("text"))
	})
}

func (c *Component) finishPapers(w http.ResponseWriter, r *http.Request) error {
	return c.changeOwnCount(w, r, func(v countView, col *countCollege) error {
		return c.FinishPapers(r.Context(), v.access, v.resolution.ID, col.key)
	})
}
