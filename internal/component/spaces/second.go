package spaces

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// nextCall is what the form for an assembly on second call asks, as typed. done is that assembly
// when it is there already.
type nextCall struct {
	access       space.Access
	start, place string
	days         int // of notice
	done         space.Space
}

// loadNext finds whether the space can be, or has been, convened to again.
func (c *Component) loadNext(tx *db.Tx, a space.Access) (n nextCall, err error) {
	n = nextCall{access: a, place: a.Space.Place}
	if err := mustEdit(a); err != nil {
		return n, err
	}
	if a.Space.Kind != space.GeneralAssembly {
		return n, db.ErrNotFound
	}
	rules, err := electorate.Rules(tx, a.Space.ID)
	if err != nil {
		return n, err
	}
	n.days = noticeDays(rules, a.Space.Call+1)
	if n.done, err = space.NextCall(tx, a.Space); !errors.Is(err, db.ErrNotFound) {
		return n, err
	}
	period, err := c.votePeriod(tx, a.Space.ID)
	if err == nil && !period.Opens.IsZero() && !period.Closed {
		err = fault.New(fault.Conflict, "spaces.second.open")
	}
	return n, err
}

func (c *Component) showSecond(w http.ResponseWriter, r *http.Request) error {
	var n nextCall
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) { n, err = c.loadNext(tx, a); return err })
	switch {
	case err != nil:
		return err
	case n.done.ID != 0:
		return site.Redirect(w, r, n.done.Path())
	}
	return c.renderSecond(w, r, http.StatusOK, n, nil)
}

func (c *Component) renderSecond(w http.ResponseWriter, r *http.Request, status int, n nextCall, refused error) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: n.access, Title: site.T(r.Context(), "spaces.second.title"), Status: status,
		View: secondView(n, errorsOf(r, refused))})
}

func (c *Component) createSecond(w http.ResponseWriter, r *http.Request) error {
	var n nextCall
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if n, err = c.loadNext(tx, a); err != nil || n.done.ID != 0 {
			return err
		}
		n.start, n.place = r.FormValue("start"), strings.TrimSpace(r.FormValue("place"))
		n.done, err = c.callAgain(r.Context(), tx, n)
		return err
	})
	if isFields(err) {
		return c.renderSecond(w, r, http.StatusUnprocessableEntity, n, err)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, n.done.Path())
}

// callAgain makes the assembly on second call: the same people, rules, agenda and documents, and
// what lacked its quorum is put to the vote again.
func (c *Component) callAgain(ctx context.Context, tx *db.Tx, n nextCall) (space.Space, error) {
	first, actor := n.access.Space, n.access.Viewer.Account
	next := first
	next.Parent, next.Call, next.Place, next.ArchivedAt = first.ID, first.Call+1, n.place, time.Time{}
	next.Slug = fmt.Sprintf("%.56s-%d", strings.TrimSuffix(first.Slug, fmt.Sprintf("-%d", first.Call)), next.Call)
	next.Kicker = site.T(ctx, "spaces.second.kicker", "call", next.Call)
	refused := fault.Fields{}
	checkFacts(next, refused)
	start, err := parseLocal(n.start, first.Zone())
	switch {
	case err != nil:
		refused.Add("start", "spaces.date.unreadable")
	case !start.After(tx.Now.Add(time.Hour)):
		refused.Add("start", "spaces.new.past")
	}
	if err := refused.Err(); err != nil {
		return next, err
	}
	if next, err = space.Create(tx, actor, next); err != nil {
		return next, err
	}
	template, _ := space.FindTemplate("extraordinary")
	phases := template.Phases(start, n.days, tx.Now, func(key string) string { return site.T(ctx, "spaces.phase."+key) })
	if err := space.SetPhases(tx, actor, next, phases); err != nil {
		return next, err
	}
	holders, err := space.RoleHolders(tx, first.ID)
	if err != nil {
		return next, err
	}
	for _, h := range holders {
		if err := space.GiveRole(tx, actor, next.ID, h.Account, h.Role); err != nil {
			return next, err
		}
	}
	if err := electorate.Succeed(tx, actor, first, next, start); err != nil {
		return next, err
	}
	return next, component.Ask(c.deps, func(s component.Successor) error { return s.Succeed(tx, actor, first, next) })
}

// setArchived puts a space away, or takes it out.
func (c *Component) setArchived(archive bool) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var a space.Access
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
			if a = entered; !canArchive(a) {
				return refuseEdit(a)
			}
			if !archive {
				return space.Reopen(tx, a.Viewer.Account, a.Space)
			}
			period, err := c.votePeriod(tx, a.Space.ID)
			if err != nil {
				return err
			}
			if period.Opened && !period.Closed {
				return fault.New(fault.Conflict, "spaces.archive.open")
			}
			return space.Archive(tx, a.Viewer.Account, a.Space)
		})
		if err != nil {
			return err
		}
		return site.Redirect(w, r, a.Space.Path()+"/edit?saved=1")
	}
}
