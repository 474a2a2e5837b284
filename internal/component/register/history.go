package register

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
)

// entry is one change of a member's line, as the journal tells it.
type entry struct {
	Seq     int64
	At      time.Time
	Actor   string // "" for the program itself
	What    string // "new", "changed", "erased" or, when its content was erased, "gone"
	Import  bool
	Changes []people.Difference
}

const historySize = 20

// history lists the changes of a member's line, newest first, from before the place in the
// journal (0: from the last), and tells whether there are older ones.
func history(tx *db.Tx, member, before int64) (list []entry, older bool, err error) {
	changed, erased := people.MemberChanged{}.EventKind(), people.MemberErased{}.EventKind()
	// One more than is shown: each change is told by what it differs from.
	events, err := journal.Read(tx, journal.Filter{Subject: people.MemberSubject(member), Kinds: []string{changed, erased},
		Before: before, Newest: true, Limit: historySize + 1})
	if err != nil {
		return nil, false, err
	}
	states := make([]*people.MemberChanged, len(events))
	for i, e := range events {
		if e.Kind == changed && !e.Erased() {
			if err := json.Unmarshal(e.Payload, &states[i]); err != nil {
				return nil, false, fmt.Errorf("event %d: %w", e.ID, err)
			}
		}
	}
	names := map[int64]string{0: ""}
	for i, e := range events[:min(len(events), historySize)] {
		one := entry{Seq: e.Seq, At: e.At}
		if one.Actor, err = actor(tx, names, e.Actor); err != nil {
			return nil, false, err
		}
		switch state := states[i]; {
		case e.Kind == erased:
			one.What = "erased"
		case state == nil:
			one.What = "gone"
		case state.New:
			one.What, one.Import = "new", state.Import != 0
		default:
			one.What, one.Import = "changed", state.Import != 0
			if i+1 < len(states) && states[i+1] != nil {
				one.Changes = state.Member.Differences(states[i+1].Member)
			}
		}
		list = append(list, one)
	}
	return list, len(events) > historySize, nil
}

func actor(tx *db.Tx, names map[int64]string, id int64) (string, error) {
	if name, ok := names[id]; ok {
		return name, nil
	}
	a, err := people.FindAccount(tx, id)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	names[id] = a.Name
	return a.Name, nil
}

// title says what happened and through whom.
func (e entry) title(ctx context.Context) string {
	key := "register.history." + e.What
	if e.Import {
		key += "_import"
	}
	if e.Actor == "" {
		return site.T(ctx, key)
	}
	return site.T(ctx, "register.history.by", "what", site.T(ctx, key), "who", e.Actor)
}

// sentence tells one difference in words.
func (p memberPage) sentence(ctx context.Context, d people.Difference) string {
	show := func(value string) string {
		if text := said(ctx, p.Identity, d.Field, value); text != "" {
			return text
		}
		return site.T(ctx, "register.history.nothing")
	}
	return site.T(ctx, "register.history.change", "field", label(ctx, d.Field), "old", show(d.Old), "new", show(d.New))
}

// memberPage is a member's page.
type memberPage struct {
	Member     people.Member
	Identity   people.Identity
	History    []entry
	Older      bool
	LeaveOn    string
	LeaveError string
}

func (p memberPage) older() string {
	return fmt.Sprintf("%s?before=%d", memberPath(p.Member), p.History[len(p.History)-1].Seq)
}

// erasePage is the page of erasing, first what it does (Sure false), then the last question.
type erasePage struct {
	Member  people.Member
	Sure    bool
	Refused string
	Number  string
	Error   string
}
