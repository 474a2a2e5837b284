package meeting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// view is what the pages are made of. What only some parts show is read when one of those is
// asked for.
type view struct {
	access   space.Access
	state    *State
	queue    []Hand
	now      time.Time
	date     time.Time // of the meeting, zero when it has none
	identity people.Identity
	rules    statute.Rules

	agenda  []component.AgendaItem
	quorums []quorum
	room    int64 // electors present
	still   bool  // the page without scripts stays as it is
	here    bool  // the viewer is one of them
	todo    []component.Now

	times      map[int64]time.Duration // for which each account spoke
	categories []component.SpeechCategory

	after string // the place of the stream from which the page goes on

	parts  map[string]part
	panels map[string]templ.Component // of other components, by the name of their part

	form form
	errs map[string]string
}

// load reads what the named parts show.
func (c *Component) load(ctx context.Context, tx *db.Tx, a space.Access, names ...string) (v view, err error) {
	v = view{access: a, now: tx.Now, after: c.deps.Live.Position(), parts: c.parts()}
	if v.state, err = c.look(tx, a.Space.ID); err != nil {
		return v, err
	}
	v.queue = v.state.Queue()
	if v.identity, err = people.LoadIdentity(tx); err != nil {
		return v, err
	}
	needs := map[string]bool{}
	for _, n := range names {
		needs[n] = true
	}
	if needs["head"] || needs["screen"] {
		if v.date, err = meetingDate(tx, a.Space.ID); err != nil {
			return v, err
		}
	}
	if needs["agenda"] || needs["items"] || needs["screen"] {
		if v.agenda, err = c.agenda(tx, a.Space.ID); err != nil {
			return v, err
		}
	}
	if needs["attendance"] || needs["alert"] || needs["screen"] {
		if err = v.loadAttendance(c, tx); err != nil {
			return v, err
		}
	}
	if needs["floor"] || needs["lead"] || needs["screen"] {
		if v.rules, err = electorate.Rules(tx, a.Space.ID); err != nil {
			return v, err
		}
	}
	if needs["todo"] {
		if v.todo, err = c.openActs(ctx, tx, a); err != nil {
			return v, err
		}
	}
	if needs["shares"] {
		if v.times, err = c.speechTimes(tx, a.Space.ID, v.state); err != nil {
			return v, err
		}
		t := func(key string, args ...any) string { return site.T(ctx, key, args...) }
		if v.categories, err = c.SpeechByCategory(tx, a.Space.ID, v.times, t); err != nil {
			return v, err
		}
	}
	v.panels, err = c.showPanels(ctx, tx, a, v.state, names)
	return v, err
}

func (v *view) loadAttendance(c *Component, tx *db.Tx) (err error) {
	if v.quorums, err = c.quorums(tx, v.access.Space.ID); err != nil {
		return err
	}
	if v.room, err = inRoom(tx, v.access.Space.ID); err != nil || !canAttend(v.access) {
		return err
	}
	v.here, err = attends(tx, v.access.Space.ID, v.access.Viewer.Member)
	return err
}

// openActs asks the other components what the viewer can do that is open now: vote.
func (c *Component) openActs(ctx context.Context, tx *db.Tx, a space.Access) (out []component.Now, err error) {
	err = component.Ask(c.deps, func(n component.SpaceNow) error {
		if n == component.SpaceNow(c) {
			return nil
		}
		list, err := n.Now(ctx, tx, a)
		for _, now := range list {
			if now.Urgency >= openAct && !now.InLive {
				out = append(out, now)
			}
		}
		return err
	})
	return out, err
}

// openAct is the urgency of an act that is open and not done.
const openAct = 30

// meetingDate is when people meet; the zero time when the space does not say.
func meetingDate(tx *db.Tx, spaceID int64) (time.Time, error) {
	phases, err := space.Phases(tx, spaceID)
	for _, p := range phases {
		if p.Key == space.PhaseMeeting {
			return p.Start, err
		}
	}
	return time.Time{}, err
}

// college names a college as the statutes, or else the register, do.
func (v view) college(key string) string {
	if key == "" {
		return ""
	}
	if c, ok := v.rules.College(key); ok {
		return c.Name
	}
	return v.identity.CollegeName(key)
}

func (v view) path(rest string) string { return v.access.Space.Path() + "/live" + rest }

// place is the viewer's place in the queue, from 1; 0 when they do not wait.
func (v view) place() int {
	for i, h := range v.queue {
		if v.access.Viewer.SignedIn() && h.Account == v.access.Viewer.Account {
			return i + 1
		}
	}
	return 0
}

// typed is what was typed in a field of a form that was refused, or else the value as it stands.
func (v view) typed(field, current string) string {
	if v.errs != nil && v.form.Has(field) {
		return v.form.Get(field)
	}
	return current
}

// refused is the sentence beside a field of the request's own form.
func (v view) refused(hand int64, act, field string) string {
	if v.form.act == act && v.form.number("hand") == hand {
		return v.errs[field]
	}
	return ""
}

// silent lists who is present and has not spoken yet, on the floor or by their voice.
func (v view) silent() (names []string) {
	for account, p := range v.state.Present {
		if v.times[account] == 0 && !v.state.speaks(account) {
			names = append(names, p.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(people.Fold(a), people.Fold(b)) })
	return names
}

// minutes writes a duration as a clock does: 1:05.
func minutes(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "−", -d
	}
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
}

// speechNote says what somebody asks the floor for, and of which college they are.
func speechNote(ctx context.Context, v view, h Hand) string {
	note := []string{site.T(ctx, kindWords[h.Kind])}
	if h.Interrupted() {
		note[0] = site.T(ctx, "meeting.interrupted")
	}
	if name := v.college(h.College); name != "" {
		note = append(note, name)
	}
	if h.Group != "" {
		note = append(note, h.Group)
	}
	if h.Text != "" {
		note = append(note, site.T(ctx, "meeting.written"))
	}
	return strings.Join(note, " · ")
}

// said is what a screen reader is told when the part has changed.
func (v view) said(ctx context.Context) string {
	f := v.state.Floor
	switch {
	case !v.state.Open:
		return site.T(ctx, "meeting.said.closed")
	case f == nil:
		return site.T(ctx, "meeting.floor.nobody")
	case v.state.speaks(v.access.Viewer.Account):
		return site.T(ctx, "meeting.mine.speaking")
	default:
		return site.T(ctx, "meeting.said.speaks", "name", f.Name)
	}
}

var kindWords = map[SpeechKind]string{
	Question: "meeting.kind.question", Reply: "meeting.kind.reply", PointOfOrder: "meeting.kind.order", Interposed: "meeting.kind.interposed",
}

var orderWords = map[Order]string{
	FirstCome: "meeting.order.first", LeastFirst: "meeting.order.least", FirstTime: "meeting.order.new", InGroups: "meeting.order.groups", Colleges: "meeting.order.colleges",
}
