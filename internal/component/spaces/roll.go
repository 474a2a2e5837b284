package spaces

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

const rollPage = 50

// rollView is the electoral roll as organisers read it, or one member's own place on it.
type rollView struct {
	access   space.Access
	identity people.Identity
	rules    statute.Rules
	day      time.Time // of the assembly; zero when no step says it
	drawn    electorate.RollDrawn
	drawnAt  time.Time // zero: never
	frozen   bool      // a vote or a proxy has been given
	counts   []collegeCount
	query    string
	electors []electorate.Elector
	total    int
	page     int
	own      *ownPlace
}

// ownPlace is whether the viewer may vote, and why.
type ownPlace struct {
	elector electorate.Elector
	on      bool
	why     statute.Step
}

func (c *Component) showRoll(w http.ResponseWriter, r *http.Request) error {
	v := rollView{query: strings.TrimSpace(r.URL.Query().Get("q")), page: pageNumber(r)}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		v.access = a
		if !a.Viewer.SignedIn() {
			return fault.New(fault.Unauthenticated, "site.error.sign_in")
		}
		if err := v.load(tx); err != nil {
			return err
		}
		if !canSeeRoll(a) && v.own == nil {
			return site.Forbidden()
		}
		if canSeeRoll(a) {
			return v.loadList(tx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "spaces.tab.roll"), View: rollPageView(v)})
}

// load reads what everybody's page of the roll says.
func (v *rollView) load(tx *db.Tx) (err error) {
	id := v.access.Space.ID
	if v.identity, err = people.LoadIdentity(tx); err != nil {
		return err
	}
	if v.rules, err = electorate.Rules(tx, id); err != nil {
		return err
	}
	if v.day, err = assemblyDay(tx, v.access.Space); err != nil {
		return err
	}
	if v.drawn, v.drawnAt, err = electorate.LastDraw(tx, id); err != nil {
		return err
	}
	if v.access.Viewer.Member == 0 {
		return nil
	}
	v.own = &ownPlace{}
	v.own.elector, err = electorate.FindElector(tx, id, v.access.Viewer.Member)
	if !errors.Is(err, db.ErrNotFound) {
		v.own.on = err == nil
		return err
	}
	m, err := people.FindMember(tx, v.access.Viewer.Member)
	if err == nil && !v.day.IsZero() {
		_, v.own.why = electorate.WhyNot(v.rules, m, v.day)
	}
	return err
}

func (v *rollView) loadList(tx *db.Tx) (err error) {
	id := v.access.Space.ID
	if v.counts, err = countRoll(tx, id); err != nil {
		return err
	}
	if v.frozen, err = electorate.RollUsed(tx, id); err != nil {
		return err
	}
	v.electors, v.total, err = electorate.SearchElectors(tx, id, v.query, (v.page-1)*rollPage, rollPage)
	return err
}

// stale tells whether the roll was drawn up for another day than the assembly's.
func (v rollView) stale() bool {
	return !v.drawnAt.IsZero() && !v.day.IsZero() && v.drawn.At != v.day.Format(time.DateOnly)
}

// collegeName is the name that the statutes, or else the register, give a college.
func (v rollView) collegeName(key string) string {
	if c, ok := v.rules.College(key); ok {
		return c.Name
	}
	return v.identity.CollegeName(key)
}

// assemblyDay is when people meet, in the space's zone: the step of the meeting, or else the end of
// the vote; zero when neither has a date.
func assemblyDay(tx *db.Tx, s space.Space) (time.Time, error) {
	phases, err := space.Phases(tx, s.ID)
	if err != nil {
		return time.Time{}, err
	}
	if p := phaseUnder(phases, space.PhaseMeeting); p != nil && !p.Start.IsZero() {
		return p.Start.In(s.Zone()), nil
	}
	if p := phaseUnder(phases, space.PhaseVote); p != nil && !p.End.IsZero() {
		return p.End.In(s.Zone()), nil
	}
	return time.Time{}, nil
}

func (c *Component) drawRoll(w http.ResponseWriter, r *http.Request) error {
	var a space.Access
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		if err := mustEdit(a); err != nil {
			return err
		}
		day, err := assemblyDay(tx, a.Space)
		if err != nil {
			return err
		}
		if day.IsZero() {
			return fault.New(fault.Conflict, "spaces.roll.no_day")
		}
		_, _, err = electorate.DrawRoll(tx, a.Viewer.Account, a.Space, day)
		return err
	})
	if err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/roll")
}

type refusedPage struct {
	access space.Access
	day    time.Time
	list   []electorate.Refused
	total  int
	page   int
}

// showRefused lists who of the register may not vote, and why. The register is read row by row:
// only the rows shown are kept.
func (c *Component) showRefused(w http.ResponseWriter, r *http.Request) error {
	p := refusedPage{page: pageNumber(r)}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		p.access = a
		if err := mustEdit(a); err != nil {
			return err
		}
		if p.day, err = assemblyDay(tx, a.Space); err != nil {
			return err
		}
		if p.day.IsZero() {
			return fault.New(fault.Conflict, "spaces.roll.no_day")
		}
		rules, err := electorate.Rules(tx, a.Space.ID)
		if err != nil {
			return err
		}
		return electorate.EachRefused(tx, rules, p.day, func(m electorate.Refused) error {
			if p.total >= (p.page-1)*rollPage && len(p.list) < rollPage {
				p.list = append(p.list, m)
			}
			p.total++
			return nil
		})
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "spaces.roll.refused_title"), View: refusedView(p)})
}
