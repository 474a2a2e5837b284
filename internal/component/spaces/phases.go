package spaces

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// maxPhases is more steps than a path can show.
const maxPhases = 12

// typedPhase is a row of the form of steps.
type typedPhase struct{ Key, Title, Start, End string }

type phasesPage struct {
	access space.Access
	rows   []typedPhase
	errs   formErrors
	saved  bool
	notice *statute.NoticeDecision // when the steps as saved leave too little notice
}

func (c *Component) showPhases(w http.ResponseWriter, r *http.Request) error {
	p := phasesPage{saved: r.URL.Query().Has("saved")}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p.access = a
		if err := mustEdit(a); err != nil {
			return err
		}
		phases, err := space.Phases(tx, a.Space.ID)
		if err != nil {
			return err
		}
		for _, ph := range phases {
			p.rows = append(p.rows, typedPhase{ph.Key, ph.Title, localText(ph.Start, a.Space), localText(ph.End, a.Space)})
		}
		rules, err := electorate.Rules(tx, a.Space.ID)
		p.notice = shortNotice(rules, phases, a.Space)
		return err
	})
	if err != nil {
		return err
	}
	return c.renderPhases(w, r, http.StatusOK, p)
}

// shortNotice judges the time between convocation and meeting; nil when it is enough or not known.
func shortNotice(rules statute.Rules, phases []space.Phase, s space.Space) *statute.NoticeDecision {
	sent, held := phaseUnder(phases, space.PhaseConvocation), phaseUnder(phases, space.PhaseMeeting)
	if sent == nil || held == nil || sent.Start.IsZero() || held.Start.IsZero() {
		return nil
	}
	d := rules.CheckNotice(s.Call, sent.Start.In(s.Zone()), held.Start.In(s.Zone()))
	if d.OK {
		return nil
	}
	return &d
}

func phaseUnder(phases []space.Phase, key string) *space.Phase {
	for i := range phases {
		if phases[i].Key == key {
			return &phases[i]
		}
	}
	return nil
}

func (c *Component) renderPhases(w http.ResponseWriter, r *http.Request, status int, p phasesPage) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "spaces.edit.phases"), Status: status, View: phasesView(p)})
}

// savePhases saves the steps, or adds, removes or moves a row and shows the form again: nothing
// is kept until it is saved.
func (c *Component) savePhases(w http.ResponseWriter, r *http.Request) error {
	a, err := c.enterToEdit(r)
	if err != nil {
		return err
	}
	do := r.FormValue("do")
	p := phasesPage{access: a, rows: typedPhases(r)}
	if do != "save" && do != "" {
		p.rows = rearrange(p.rows, do)
		return c.renderPhases(w, r, http.StatusOK, p)
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := mustEdit(a); err != nil {
			return err
		}
		phases, refused := readPhases(p.rows, a.Space.Zone())
		if err := refused.Err(); err != nil {
			return err
		}
		return space.SetPhases(tx, a.Viewer.Account, a.Space, phases)
	})
	if isFields(err) {
		p.errs = errorsOf(r, err)
		return c.renderPhases(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/edit/phases?saved=1")
}

// typedPhases reads the rows of a form that was parsed, at most one more than can be saved.
func typedPhases(r *http.Request) []typedPhase {
	var out []typedPhase
	for i := range maxPhases + 1 {
		name := "phase-" + strconv.Itoa(i)
		if _, ok := r.Form[name+"-title"]; !ok {
			break
		}
		out = append(out, typedPhase{r.FormValue(name + "-key"), strings.TrimSpace(r.FormValue(name + "-title")), r.FormValue(name + "-start"), r.FormValue(name + "-end")})
	}
	return out
}

// rearrange does what a button of the form asks: "add", "remove-N", "up-N", "down-N".
func rearrange(rows []typedPhase, do string) []typedPhase {
	verb, at, _ := strings.Cut(do, "-")
	i, err := strconv.Atoi(at)
	if verb == "add" {
		if len(rows) < maxPhases {
			rows = append(rows, typedPhase{})
		}
		return rows
	}
	if err != nil || i < 0 || i >= len(rows) {
		return rows
	}
	switch {
	case verb == "remove":
		return slices.Delete(rows, i, i+1)
	case verb == "up" && i > 0:
		rows[i-1], rows[i] = rows[i], rows[i-1]
	case verb == "down" && i+1 < len(rows):
		rows[i], rows[i+1] = rows[i+1], rows[i]
	}
	return rows
}

// readPhases reads what was typed in the space's zone.
func readPhases(rows []typedPhase, zone *time.Location) ([]space.Phase, fault.Fields) {
	out := make([]space.Phase, len(rows))
	unreadable := fault.Fields{}
	seen := map[string]bool{"": true}
	for i, row := range rows {
		p := space.Phase{Title: row.Title}
		if !seen[row.Key] && slices.Contains(phaseKeys, row.Key) {
			p.Key, seen[row.Key] = row.Key, true
		}
		for field, at := range map[string]*time.Time{"start": &p.Start, "end": &p.End} {
			typed := row.Start
			if field == "end" {
				typed = row.End
			}
			if typed == "" {
				continue
			}
			var err error
			if *at, err = parseLocal(typed, zone); err != nil {
				unreadable.Add("phase-"+strconv.Itoa(i)+"-"+field, "spaces.date.unreadable")
			}
		}
		out[i] = p
	}
	refused := space.ValidatePhases(out)
	for field, e := range unreadable {
		refused[field] = e
	}
	if len(rows) > maxPhases {
		refused.Add("phase-0-title", "spaces.phases.many", "max", maxPhases)
	}
	return out, refused
}

// phaseKeys are the steps in which something happens by the program; others are the
// organisers' own.
var phaseKeys = []string{space.PhaseVolunteers, space.PhaseDraw, space.PhaseConvocation, space.PhaseQuestions, space.PhaseVote, space.PhaseMeeting, space.PhaseResults, space.PhaseMinutes, space.PhaseOpinion}

// localText writes a moment as a datetime-local field has it, in the space's zone.
func localText(t time.Time, s space.Space) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Zone()).Format(localForm)
}
