package spaces

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sort"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// spacePage is what a space's first page shows.
type spacePage struct {
	access space.Access
	first  space.Space // of which this is the second call; zero on first call
	next   space.Space // on second call; zero while there is none
	phases []space.Phase
	now    []component.Now // never empty; the most pressing first
	steps  []component.PrepStep
	hero   []templ.Component
	blocks []templ.Component
}

func (c *Component) showSpace(w http.ResponseWriter, r *http.Request) error {
	var p spacePage
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		// Components say their times in the space's zone from here on.
		site.From(r.Context()).Zone = a.Space.Zone()
		p, err = c.loadPage(r.Context(), tx, a)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, View: spaceView(p)})
}

func (c *Component) loadPage(ctx context.Context, tx *db.Tx, a space.Access) (spacePage, error) {
	p := spacePage{access: a}
	var err error
	if p.phases, err = space.Phases(tx, a.Space.ID); err != nil {
		return p, err
	}
	if p.first, p.next, err = otherCalls(tx, a); err != nil {
		return p, err
	}
	if p.now, err = c.allNow(ctx, tx, a); err != nil {
		return p, err
	}
	if len(p.now) == 0 {
		p.now = []component.Now{waiting(ctx, a, p.phases, tx.Now)}
	}
	if canEdit(a) {
		if p.steps, err = c.allSteps(ctx, tx, a); err != nil {
			return p, err
		}
	}
	p.hero, p.blocks, err = c.allBlocks(ctx, tx, a)
	return p, err
}

// otherCalls are the assemblies before and after this one, where it was convened more than once.
func otherCalls(tx *db.Tx, a space.Access) (first, next space.Space, err error) {
	if a.Space.Call > 1 {
		if first, err = space.Find(tx, a.Space.Parent); err != nil {
			return first, next, err
		}
	}
	next, err = space.NextCall(tx, a.Space)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return first, next, err
}

// allNow asks every component what the viewer can do now, the most pressing first.
func (c *Component) allNow(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	var all []component.Now
	err := component.Ask(c.deps, func(n component.SpaceNow) error {
		more, err := n.Now(ctx, tx, a)
		all = append(all, more...)
		return err
	})
	sort.SliceStable(all, func(i, j int) bool { return all[i].Urgency > all[j].Urgency })
	return all, err
}

func (c *Component) allSteps(ctx context.Context, tx *db.Tx, a space.Access) ([]component.PrepStep, error) {
	var all []component.PrepStep
	t := func(key string, args ...any) string { return site.T(ctx, key, args...) }
	err := component.Ask(c.deps, func(p component.Preparation) error {
		more, err := p.Steps(tx, a, t)
		all = append(all, more...)
		return err
	})
	sort.SliceStable(all, func(i, j int) bool { return all[i].Order < all[j].Order })
	return all, err
}

func (c *Component) allBlocks(ctx context.Context, tx *db.Tx, a space.Access) (hero, blocks []templ.Component, err error) {
	var all []component.Block
	err = component.Ask(c.deps, func(b component.SpaceBlocks) error {
		more, err := b.Blocks(ctx, tx, a)
		all = append(all, more...)
		return err
	})
	sort.SliceStable(all, func(i, j int) bool { return all[i].Order < all[j].Order })
	for _, b := range all {
		if b.Hero {
			hero = append(hero, b.View)
		} else {
			blocks = append(blocks, b.View)
		}
	}
	return hero, blocks, err
}

// waiting is what stands in the first place when there is nothing to do: to sign in, or what
// comes next.
func waiting(ctx context.Context, a space.Access, phases []space.Phase, now time.Time) component.Now {
	n := component.Now{Title: site.T(ctx, "spaces.now.nothing"), Text: site.T(ctx, "spaces.now.nothing_text")}
	if next := nextPhase(phases, now); next != nil {
		n.Text = site.T(ctx, "spaces.now.next", "step", next.Title, "at", next.Start)
	}
	if !a.Viewer.SignedIn() {
		n.Title = site.T(ctx, "spaces.now.sign_in")
		n.Actions = []ui.ActionLink{{Text: site.T(ctx, "site.nav.sign_in"), Href: "/sign-in?next=" + url.QueryEscape(a.Space.Path()), Icon: ui.IconArrow}}
	}
	return n
}

// nextPhase is the first step to begin after now; nil when none is dated.
func nextPhase(phases []space.Phase, now time.Time) *space.Phase {
	var next *space.Phase
	for i, p := range phases {
		if p.Start.After(now) && (next == nil || p.Start.Before(next.Start)) {
			next = &phases[i]
		}
	}
	return next
}

// nextStep makes the first step of the preparation that is still to do the organisers' thing to do,
// until the vote opens.
func (c *Component) nextStep(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	if !canEdit(a) {
		return nil, nil
	}
	period, err := c.votePeriod(tx, a.Space.ID)
	if err != nil || period.Opened {
		return nil, err
	}
	steps, err := c.allSteps(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	done := 0
	var first *component.PrepStep
	for i, s := range steps {
		if s.Done {
			done++
		} else if first == nil {
			first = &steps[i]
		}
	}
	if first == nil {
		return nil, nil
	}
	return []component.Now{{
		Urgency: 25, Title: site.T(ctx, "spaces.prepare.now"),
		Text:    site.T(ctx, "spaces.prepare.progress", "n", done, "total", len(steps)),
		Actions: []ui.ActionLink{{Text: first.Text, Href: first.Href, Icon: ui.IconArrow}},
	}}, nil
}

// votePeriod asks when the space votes; the zero Period where nothing votes.
func (c *Component) votePeriod(tx *db.Tx, spaceID int64) (p component.Period, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) error { p, err = v.Period(tx, spaceID); return err })
	return p, err
}

// Steps are this component's part of the preparation.
func (c *Component) Steps(tx *db.Tx, a space.Access, t component.Translate) ([]component.PrepStep, error) {
	s, err := loadPreparation(tx, a.Space.ID)
	if err != nil {
		return nil, err
	}
	path := a.Space.Path()
	steps := []component.PrepStep{
		{Order: 10, Text: t("spaces.prepare.chair"), Done: s.roles[people.Chair] > 0, Href: path + "/edit/roles?role=chair"},
		{Order: 20, Text: t("spaces.prepare.statutes"), Done: s.statutes, Href: path + "/statutes"},
		{Order: 30, Text: t("spaces.prepare.roll"), Done: s.electors > 0, Href: path + "/roll"},
	}
	if s.paper {
		steps = append(steps, component.PrepStep{Order: 11, Text: t("spaces.prepare.scrutineers"),
			Done: s.roles[people.Scrutineer] > 1, Href: path + "/edit/roles?role=scrutineer"})
	}
	return steps, nil
}

// pathSteps says the steps of a space as its path shows them.
func pathSteps(ctx context.Context, phases []space.Phase) []ui.Step {
	req := site.From(ctx)
	out := make([]ui.Step, len(phases))
	for i, p := range phases {
		out[i] = ui.Step{Name: p.Title, When: phaseWhen(ctx, p), State: [...]ui.StepState{ui.StepNext, ui.StepNow, ui.StepDone}[p.State(req.Now)+1]}
	}
	return out
}

// phaseWhen says when a step is, in words: what matters of a period that has begun is its end,
// of minutes to write the last day.
func phaseWhen(ctx context.Context, p space.Phase) string {
	req := site.From(ctx)
	start, end := p.Start.In(req.Zone), p.End.In(req.Zone)
	switch {
	case p.Start.IsZero():
		return site.T(ctx, "spaces.when.undated")
	case p.End.IsZero():
		return momentText(req, start)
	case p.Key == space.PhaseMinutes:
		return site.T(ctx, "spaces.when.before", "end", i18n.Day(req.Lang, end, req.Now))
	case start.YearDay() == end.YearDay() && start.Year() == end.Year():
		return site.T(ctx, "spaces.when.same_day", "day", i18n.Day(req.Lang, start, req.Now),
			"from", i18n.Clock(req.Lang, start), "to", i18n.Clock(req.Lang, end))
	case p.State(req.Now) >= 0:
		return site.T(ctx, "spaces.when.until", "end", momentText(req, end))
	default:
		return site.T(ctx, "spaces.when.period", "start", i18n.Day(req.Lang, start, req.Now), "end", momentText(req, end))
	}
}

// momentText is a day and, unless it is midnight, its hour.
func momentText(req *site.Request, t time.Time) string {
	day := i18n.Day(req.Lang, t, req.Now)
	if t.Hour() == 0 && t.Minute() == 0 {
		return day
	}
	return day + ", " + i18n.Clock(req.Lang, t)
}

// quiet makes the actions of what is second in importance look so: a page has one primary button.
func quiet(actions []ui.ActionLink) []ui.ActionLink {
	out := make([]ui.ActionLink, len(actions))
	for i, a := range actions {
		a.Weight, a.Small = ui.Quiet, true
		out[i] = a
	}
	return out
}

func doneCount(steps []component.PrepStep) int {
	n := 0
	for _, s := range steps {
		if s.Done {
			n++
		}
	}
	return n
}
