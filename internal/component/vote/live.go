package vote

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// liveWord is what a live session's panels are told when a vote opens, closes, or is decided.
const liveWord = "vote"

// lasts are the times one can give a vote in session; the chair may close it before.
var lasts = []time.Duration{2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// LivePanels are the vote under way for those who vote, the chair's buttons, and the hall's screen.
func (c *Component) LivePanels() []component.LivePanel {
	all := func(space.Access) bool { return true }
	return []component.LivePanel{
		{Name: "vote-live", Pages: []component.LivePage{component.LiveMember}, Place: component.LiveAct, Order: 10, On: "state " + liveWord, Every: 60, May: all,
			Show: c.livePanel(liveVotes)},
		{Name: "vote-lead", Pages: []component.LivePage{component.LiveChair}, Place: component.LiveAct, Order: 10, On: "state agenda " + liveWord, Every: 60, May: all,
			Show: c.livePanel(liveLead)},
		{Name: "vote-screen", Pages: []component.LivePage{component.LiveScreen}, Place: component.LiveAct, Order: 10, On: "state " + liveWord, May: all,
			Show: c.livePanel(liveScreen)},
	}
}

func (c *Component) livePanel(show func(board, component.LiveSession) templ.Component) func(context.Context, *db.Tx, space.Access, component.LiveSession) (templ.Component, error) {
	return func(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
		b, err := c.loadBoard(tx, a)
		if err != nil {
			return nil, err
		}
		b.identity, err = people.LoadIdentity(tx)
		return show(b, s), err
	}
}

// countName is the name under which the number of voters of a series travels.
func countName(series int64) string { return fmt.Sprintf("vote-%d", series) }

// inSession lists what a live session shows of the votes: those put to it that are open, and what
// was closed since it began.
func (b board) inSession(s component.LiveSession) (open, over []seriesView) {
	for _, v := range b.series {
		switch {
		case v.state == Open && v.InSession:
			open = append(open, v)
		case (v.state == Counting || v.state == Decided) && s.Held && !v.Closes.Before(s.Since):
			over = append(over, v)
		}
	}
	return open, over
}

// waiting lists the votes that can be opened now; those of the item the assembly is at come first.
func (b board) waiting(s component.LiveSession) (here, other []seriesView) {
	for _, v := range b.series {
		switch {
		case v.state != Waiting:
		case v.Item != 0 && v.Item == s.Item:
			here = append(here, v)
		default:
			other = append(other, v)
		}
	}
	return here, other
}

// countLive tells the pages of open sessions how many have voted, once a second at most.
func (c *Component) countLive(ctx context.Context) error {
	return c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		open, err := db.All(tx, "SELECT "+seriesColumns+" FROM vote_series WHERE closed_at IS NULL AND in_session AND opens_at <= $1 AND closes_at > $1",
			[]any{tx.Now}, scanSeries)
		if err != nil {
			return err
		}
		for _, s := range open {
			p, err := participation(tx, s)
			if err != nil {
				return err
			}
			c.deps.Live.Count(component.LiveTopic(s.Space), countName(s.ID), int64(p.Voters))
		}
		return nil
	})
}

// runSeries is a series that is put to the vote in session, for whoever may open and close it.
func (c *Component) runSeries(tx *db.Tx, a space.Access, series int64) (Series, error) {
	if err := component.Must(a, canRunVote(a)); err != nil {
		return Series{}, err
	}
	live, err := c.deps.LiveSession(tx, a.Space.ID)
	if err != nil {
		return Series{}, err
	}
	if !live.Open {
		return Series{}, fault.New(fault.Conflict, "vote.session.not_open")
	}
	s, err := findSeries(tx, a.Space.ID, series)
	if err == nil && !s.InSession {
		err = fault.New(fault.Conflict, "vote.session.announced")
	}
	return s, err
}

// StartInSession opens a series for that long.
func (c *Component) StartInSession(tx *db.Tx, a space.Access, series int64, last time.Duration) error {
	s, err := c.runSeries(tx, a, series)
	switch {
	case err != nil:
		return err
	case s.State(tx.Now, false) != Waiting:
		return fault.New(fault.Conflict, "vote.session.started")
	case last < time.Minute || last > 24*time.Hour:
		return fault.New(fault.Invalid, "vote.session.last")
	}
	list, err := listResolutions(tx, s.ID)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.Conflict, "vote.session.empty")
	}
	s.Opens, s.Closes = tx.Now, tx.Now.Add(last)
	if err := writeSeries(tx, a, s, false, ""); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, s.Space, liveWord)
	return openSeries(tx, s)
}

// FinishInSession closes a series before its time: whoever has a ballot under way is in or out.
func (c *Component) FinishInSession(tx *db.Tx, a space.Access, series int64) error {
	s, err := c.runSeries(tx, a, series)
	if err != nil {
		return err
	}
	if err := lockSeries(tx, s.ID, true); err != nil {
		return err
	}
	if s, err = findSeries(tx, a.Space.ID, series); err != nil {
		return err
	}
	if s.State(tx.Now, false) != Open {
		return nil // its time has come meanwhile
	}
	s.Closes = tx.Now
	if err := updateSeries(tx, s); err != nil {
		return err
	}
	if _, err := journal.Append(tx, aboutSeries(s, a.Viewer.Account), FinishedInSession{Series: s.ID, Title: s.Title}); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, s.Space, liveWord)
	c.forget(s.ID)
	return closeSeries(tx, s)
}

func (c *Component) startInSession(w http.ResponseWriter, r *http.Request) error {
	minutes, err := strconv.Atoi(r.FormValue("minutes"))
	if err != nil {
		minutes = 0
	}
	return c.runInSession(w, r, func(tx *db.Tx, a space.Access, series int64) error {
		return c.StartInSession(tx, a, series, time.Duration(minutes)*time.Minute)
	})
}

func (c *Component) finishInSession(w http.ResponseWriter, r *http.Request) error {
	return c.runInSession(w, r, c.FinishInSession)
}

func (c *Component) runInSession(w http.ResponseWriter, r *http.Request, act func(*db.Tx, space.Access, int64) error) error {
	series, err := pathID(r, "series")
	if err != nil {
		return err
	}
	if err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return act(tx, a, series) }); err != nil {
		return err
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/live/chair#vote-lead")
}
