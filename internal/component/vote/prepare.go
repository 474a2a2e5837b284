package vote

import (
	"context"
	"fmt"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Subject is how the journal names the series.
func (s Series) Subject() string { return fmt.Sprintf("series/%d", s.ID) }

// PutSeries creates a series (ID 0) or changes one that has not opened; once open, only its
// closing may be put off, with a reason.
func (c *Component) PutSeries(ctx context.Context, a space.Access, s Series, reason string) (Series, error) {
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { s, err = putSeries(tx, a, s, reason); return err })
	return s, err
}

func putSeries(tx *db.Tx, a space.Access, s Series, reason string) (Series, error) {
	if !canPrepare(a) {
		return s, site.Forbidden()
	}
	s.Space = a.Space.ID
	isNew := s.ID == 0
	if isNew {
		s.ID = tx.NewID()
		s.Call = a.Space.Call
	} else {
		old, err := findSeries(tx, s.Space, s.ID)
		if err != nil {
			return s, err
		}
		s.Call = old.Call
		switch old.State(tx.Now, false) {
		case Draft, Announced, Waiting:
		case Open:
			if s.Closes.Before(old.Closes) || strings.TrimSpace(reason) == "" {
				f := fault.Fields{}
				if s.Closes.Before(old.Closes) {
					f.Add("closes", "vote.series.only_later", "at", old.Closes)
				}
				if strings.TrimSpace(reason) == "" {
					f.Add("reason", "vote.series.reason")
				}
				return s, f
			}
			closes := s.Closes
			s = old
			s.Closes = closes
			return s, writeSeries(tx, a, s, false, reason)
		default:
			return s, fault.New(fault.Conflict, "vote.series.over")
		}
	}
	if err := validateSeries(s, tx.Now).Err(); err != nil {
		return s, err
	}
	return s, writeSeries(tx, a, s, isNew, reason)
}

func validateSeries(s Series, now time.Time) fault.Fields {
	f := fault.Fields{}
	if strings.TrimSpace(s.Title) == "" {
		f.Add("title", "vote.series.title")
	}
	switch {
	case s.InSession && (!s.Opens.IsZero() || !s.Closes.IsZero()):
		f.Add("opens", "vote.series.in_session_undated")
	case s.Opens.IsZero() && s.Closes.IsZero():
	case s.Opens.IsZero():
		f.Add("opens", "vote.series.opens")
	case s.Closes.IsZero():
		f.Add("closes", "vote.series.closes")
	case !s.Closes.After(s.Opens):
		f.Add("closes", "vote.series.order")
	case !s.Closes.After(now):
		f.Add("closes", "vote.series.past")
	}
	return f
}

func writeSeries(tx *db.Tx, a space.Access, s Series, isNew bool, reason string) error {
	write := updateSeries
	if isNew {
		write = insertSeries
	}
	if err := write(tx, s); err != nil {
		return err
	}
	if !s.InSession {
		if err := space.MovePhase(tx, s.Space, space.PhaseVote, space.Phase{Start: s.Opens, End: s.Closes}); err != nil {
			return err
		}
	}
	_, err := journal.Append(tx, aboutSeries(s, a.Viewer.Account), SeriesSet{Series: s.ID, Title: s.Title, Call: s.Call,
		Opens: millis(s.Opens), Closes: millis(s.Closes), Names: s.Names, Paper: s.Paper, Reason: reason})
	return err
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// PutResolution adds a resolution to its series (ID 0) or changes it, until the vote opens.
func (c *Component) PutResolution(ctx context.Context, a space.Access, r Resolution) (Resolution, error) {
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { r, err = putResolution(tx, a, r); return err })
	return r, err
}

func putResolution(tx *db.Tx, a space.Access, r Resolution) (Resolution, error) {
	s, err := editable(tx, a, r.Series)
	if err != nil {
		return r, err
	}
	r.Space = a.Space.ID
	r = r.clean()
	rules, err := electorate.Rules(tx, a.Space.ID)
	if err != nil {
		return r, err
	}
	if err := r.Validate(rules).Err(); err != nil {
		return r, err
	}
	if r.ID == 0 {
		r.ID = tx.NewID()
		err = tx.Row("SELECT COALESCE(MAX(number), 0) + 1 FROM vote_resolution WHERE series_id = $1", []any{s.ID}, &r.Number)
	} else {
		var old Resolution
		old, err = findResolution(tx, a.Space.ID, r.ID)
		r.Number = old.Number
		if err == nil && old.Series != s.ID {
			err = fault.New(fault.NotFound, "vote.unknown")
		}
	}
	if err != nil {
		return r, err
	}
	if err := saveResolution(tx, r); err != nil {
		return r, err
	}
	return r, resolutionSet(tx, a, r)
}

func resolutionSet(tx *db.Tx, a space.Access, r Resolution) error {
	_, err := journal.Append(tx, aboutResolution(r, a.Viewer.Account), ResolutionSet{Number: r.Number, Title: r.Title, Text: r.Text,
		Form: r.Form, Rule: r.Rule, Seats: r.Seats, Max: r.MaxChoices, Method: r.Method, Among: r.Options})
	return err
}

// clean leaves out what the form of the resolution has no use for.
func (r Resolution) clean() Resolution {
	r.Method = r.Method.Clean()
	switch {
	case r.Form == Motion:
		r.Options, r.Seats, r.MaxChoices = nil, 0, 1
	case r.Form == Choice && !r.Method.Set():
		r.Seats = 1
	case r.Method.Set():
		r.MaxChoices = max(len(r.Options), 1)
	}
	if !r.Method.Method().Lists() {
		for i := range r.Options {
			r.Options[i].Members = nil
		}
	}
	r.Options = optionKeys(r.Options)
	return r
}

func editable(tx *db.Tx, a space.Access, seriesID int64) (Series, error) {
	if !canPrepare(a) {
		return Series{}, site.Forbidden()
	}
	s, err := findSeries(tx, a.Space.ID, seriesID)
	if err == nil && !canEdit(a, s, tx.Now) {
		err = fault.New(fault.Conflict, "vote.resolution.late")
	}
	return s, err
}

// RemoveResolution takes a draft out; those behind it move up.
func (c *Component) RemoveResolution(ctx context.Context, a space.Access, id int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := findResolution(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		if _, err := editable(tx, a, r.Series); err != nil {
			return err
		}
		if err := deleteResolution(tx, id); err != nil {
			return err
		}
		if err := renumber(tx, r.Series, nil); err != nil {
			return err
		}
		_, err = journal.Append(tx, aboutResolution(r, a.Viewer.Account), ResolutionRemoved{r.Number, r.Title})
		return err
	})
}

// MoveResolution moves a draft up (-1) or down (+1) among those of its series.
func (c *Component) MoveResolution(ctx context.Context, a space.Access, id int64, by int) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := findResolution(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		if _, err := editable(tx, a, r.Series); err != nil {
			return err
		}
		return renumber(tx, r.Series, func(ids []int64) {
			for i := range ids {
				if j := i + by; ids[i] == id && j >= 0 && j < len(ids) {
					ids[i], ids[j] = ids[j], ids[i]
					return
				}
			}
		})
	})
}

// renumber numbers the resolutions of a series from 1 after change has put them in order.
func renumber(tx *db.Tx, seriesID int64, change func(ids []int64)) error {
	list, err := listResolutions(tx, seriesID)
	if err != nil {
		return err
	}
	ids := make([]int64, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	if change != nil {
		change(ids)
	}
	// Numbers are unique in a series: move out of the way first.
	if _, err := tx.Exec("UPDATE vote_resolution SET number = -number WHERE series_id = $1", seriesID); err != nil {
		return err
	}
	for i, id := range ids {
		if _, err := tx.Exec("UPDATE vote_resolution SET number = $2 WHERE id = $1", id, i+1); err != nil {
			return err
		}
	}
	return nil
}

// Succeed puts the resolutions that lacked their quorum to the vote again, in the period that the
// new assembly's steps set for it.
func (c *Component) Succeed(tx *db.Tx, actor int64, first, next space.Space) error {
	all, err := listSeries(tx, first.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	phases, err := space.Phases(tx, next.ID)
	if err != nil {
		return err
	}
	a := space.Access{Space: next, Viewer: people.Viewer{Account: actor}}
	none := true
	for _, s := range all {
		list, err := lackingQuorum(tx, s)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		none = false
		again := Series{ID: tx.NewID(), Space: next.ID, Title: s.Title, Call: next.Call, Names: s.Names, Paper: s.Paper}
		for _, p := range phases {
			if p.Key == space.PhaseVote {
				again.Opens, again.Closes = p.Start, p.End
			}
		}
		if err := writeSeries(tx, a, again, true, ""); err != nil {
			return err
		}
		for i, r := range list {
			r.ID, r.Series, r.Space, r.Number, r.Chair, r.Seed = tx.NewID(), again.ID, next.ID, i+1, "", ""
			if err := saveResolution(tx, r); err != nil {
				return err
			}
			if err := resolutionSet(tx, a, r); err != nil {
				return err
			}
		}
	}
	if none {
		return fault.New(fault.Conflict, "vote.second.none")
	}
	return nil
}
