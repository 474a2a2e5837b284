package vote

import (
	"errors"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// board is what the vote's pages show of a space.
type board struct {
	access   space.Access
	identity people.Identity
	rules    statute.Rules
	elector  *electorate.Elector
	mandates []electorate.Elector
	proxyTo  string // to whom the viewer has given an accepted proxy
	series   []seriesView
	now      time.Time

	saved  int64 // the resolution just voted on
	wrong  int64 // the resolution whose ballot was refused
	reason string
	typed  []string
}

// typedOn and reasonOn are what was typed on a resolution and why it was refused, if it was.
func (b board) typedOn(r resolutionView) []string {
	if b.wrong != r.ID {
		return nil
	}
	return b.typed
}

func (b board) reasonOn(r resolutionView) string {
	if b.wrong != r.ID {
		return ""
	}
	return b.reason
}

type seriesView struct {
	Series
	state         State
	visible       bool // results may be seen
	participation Participation
	resolutions   []resolutionView
	onPaper       bool // the viewer voted on paper
}

type resolutionView struct {
	Resolution
	ballots map[int64]Ballot // of the viewer and of their mandates, by elector
	result  *Result
}

// loadBoard reads what the viewer sees of the space's votes.
func (c *Component) loadBoard(tx *db.Tx, a space.Access) (board, error) {
	b := board{access: a, now: tx.Now}
	var err error
	if b.rules, err = c.rules(tx, a.Space.ID); err != nil {
		return b, err
	}
	if err := b.loadElector(tx); err != nil {
		return b, err
	}
	list, err := listSeries(tx, a.Space.ID)
	if err != nil {
		return b, err
	}
	decided, err := decidedSeries(tx, a.Space.ID)
	if err != nil {
		return b, err
	}
	for _, s := range list {
		v := seriesView{Series: s, state: s.State(tx.Now, decided[s.ID]), visible: resultsVisible(b.rules.Ballot.Results, s, list, decided, tx.Now)}
		if v.participation, err = c.participation(tx, s); err != nil {
			return b, err
		}
		if err := v.load(tx, &b); err != nil {
			return b, err
		}
		b.series = append(b.series, v)
	}
	return b, nil
}

func (b *board) loadElector(tx *db.Tx) error {
	member := b.access.Viewer.Member
	if member == 0 {
		return nil
	}
	e, err := electorate.FindElector(tx, b.access.Space.ID, member)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b.elector = &e
	if b.mandates, err = electorate.Mandates(tx, b.access.Space.ID, member); err != nil {
		return err
	}
	p, err := electorate.GivenBy(tx, b.access.Space.ID, member)
	if err == nil && p.State == electorate.ProxyAccepted {
		b.proxyTo = p.HolderName
	}
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return err
}

func (v *seriesView) load(tx *db.Tx, b *board) error {
	list, err := listResolutions(tx, v.ID)
	if err != nil {
		return err
	}
	known := map[int64]Result{}
	if v.visible {
		if known, err = results(tx, v.ID); err != nil {
			return err
		}
	}
	ballots := map[int64]map[int64]Ballot{}
	if b.elector != nil {
		if ballots, err = ballotsOf(tx, v.ID, b.electorIDs()); err != nil {
			return err
		}
		if v.Paper {
			st, err := findStanding(tx, v.Series, b.elector.Member)
			if err != nil {
				return err
			}
			v.onPaper = st.paper
		}
	}
	for _, r := range list {
		rv := resolutionView{Resolution: r, ballots: map[int64]Ballot{}}
		for member, by := range ballots {
			if bl, ok := by[r.ID]; ok {
				rv.ballots[member] = bl
			}
		}
		if res, ok := known[r.ID]; ok {
			if !v.Names {
				res.Decision = res.Decision.Public(b.rules.Withheld(votersByCollege(res)))
			}
			rv.result = &res
		}
		v.resolutions = append(v.resolutions, rv)
	}
	return nil
}

func votersByCollege(r Result) map[string]int {
	out := map[string]int{}
	if r.Count != nil {
		for _, c := range r.Count.Colleges {
			out[c.College] = c.Voters
		}
	}
	if r.Choice != nil {
		for _, c := range r.Choice.Colleges {
			out[c.College] = c.Voters
		}
	}
	for _, c := range r.Colleges {
		out[c.College] = c.Voters
	}
	return out
}

// electorIDs are the viewer and those whose proxies they hold.
func (b *board) electorIDs() []int64 {
	if b.elector == nil {
		return nil
	}
	ids := []int64{b.elector.Member}
	for _, m := range b.mandates {
		ids = append(ids, m.Member)
	}
	return ids
}

// open lists the series one can vote in now.
func (b board) open() []seriesView {
	var out []seriesView
	for _, s := range b.series {
		if s.state == Open {
			out = append(out, s)
		}
	}
	return out
}

// votesIn tells whether the viewer has a ballot to cast in s: their own, or a principal's.
func (b board) votesIn(s seriesView) bool {
	return s.state == Open && b.elector != nil && !s.onPaper && (b.proxyTo == "" || b.rules.Proxies.InPerson || len(b.mandates) > 0)
}

// shown tells whether the page has a form for the resolution, where its refusal can stand.
func (b board) shown(id int64) bool {
	s, _, ok := b.find(id)
	return ok && b.votesIn(s)
}

// voted counts the resolutions of s on which the viewer has a ballot.
func (b board) voted(s seriesView) int {
	n := 0
	for _, r := range s.resolutions {
		if _, ok := r.ballots[b.access.Viewer.Member]; ok {
			n++
		}
	}
	return n
}

// collegeName is the college as the statutes or the register name it.
func (b board) collegeName(key string) string {
	if col, ok := b.rules.College(key); ok && col.Name != "" {
		return col.Name
	}
	return b.identity.CollegeName(key)
}

// collegeOr is the college's name, or that of the whole assembly where there are none.
func (b board) collegeOr(key string, t component.Translate) string {
	if name := b.collegeName(key); name != "" {
		return name
	}
	return t("vote.results.all")
}

// ruleName is the kind of decision as the statutes name it, in the page's language.
func (b board) ruleName(r Resolution, lang string) string {
	var fr, en string
	if m, ok := b.rules.Motion(r.Rule); ok && r.Form == Motion {
		fr, en = m.Name, m.NameEn
	} else if e, ok := b.rules.Election(r.Rule); ok {
		fr, en = e.Name, e.NameEn
	}
	if lang == "en" && en != "" {
		return en
	}
	return fr
}
