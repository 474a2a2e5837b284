package vote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// Tick opens and closes what is due, decides what can be, and mails receipts.
func (c *Component) Tick(ctx context.Context) error {
	return errors.Join(c.openAndClose(ctx), c.countLive(ctx), c.mailReceipts(ctx))
}

// openAndClose does what is due; a series that fails keeps no other from its hour.
func (c *Component) openAndClose(ctx context.Context) error {
	var opening, closing []Series
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		opening, err = db.All(tx, "SELECT "+seriesColumns+" FROM vote_series WHERE closed_at IS NULL AND opened_at IS NULL AND opens_at <= $1",
			[]any{tx.Now}, scanSeries)
		if err != nil {
			return err
		}
		closing, err = db.All(tx, "SELECT "+seriesColumns+" FROM vote_series WHERE closed_at IS NULL AND closes_at <= $1", []any{tx.Now}, scanSeries)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, s := range opening {
		if err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
			c.deps.LiveChanged(tx, s.Space, liveWord)
			return openSeries(tx, s)
		}); err != nil {
			failed = append(failed, fmt.Errorf("series %d: %w", s.ID, err))
		}
	}
	for _, s := range closing {
		if err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
			c.deps.LiveChanged(tx, s.Space, liveWord)
			return closeSeries(tx, s)
		}); err != nil {
			failed = append(failed, fmt.Errorf("series %d: %w", s.ID, err))
			continue
		}
		c.forget(s.ID)
	}
	return errors.Join(failed...)
}

func openSeries(tx *db.Tx, s Series) error {
	n, err := tx.Exec("UPDATE vote_series SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL", s.ID, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, aboutSeries(s, 0), Opened{s.ID})
	return err
}

// closeSeries closes the boxes once the ballots under way are in, and decides unless paper
// ballots wait to be agreed on.
func closeSeries(tx *db.Tx, s Series) error {
	if err := lockSeries(tx, s.ID, true); err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE vote_series SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND closes_at <= $2", s.ID, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	if _, err := journal.Append(tx, aboutSeries(s, 0), Closed{s.ID}); err != nil {
		return err
	}
	s.Closed = tx.Now
	return decide(tx, s)
}

// decide computes the results of a closed series, resolution by resolution; those whose paper
// counts do not agree yet wait.
func decide(tx *db.Tx, s Series) error {
	rules, err := electorate.Rules(tx, s.Space)
	if err != nil {
		return err
	}
	list, err := listResolutions(tx, s.ID)
	if err != nil {
		return err
	}
	att, err := electorate.Attendance(tx, s.Space)
	if err != nil {
		return err
	}
	papers, err := readPapers(tx, s)
	if err != nil {
		return err
	}
	for _, r := range list {
		figures, agreed := papers.agreed(r)
		if !agreed {
			continue
		}
		if err := decideResolution(tx, s, r, rules, att, figures, len(papers.voters)); err != nil {
			return err
		}
	}
	return nil
}

func decideResolution(tx *db.Tx, s Series, r Resolution, rules statute.Rules, att statute.Attendance, papers map[string]Figures, paperVoters int) error {
	res := Result{Resolution: r.ID, Number: r.Number, Title: r.Title, Form: r.Form, Rule: r.Rule, Call: s.Call, Paper: paperVoters, DecidedAt: tx.Now}
	var err error
	if r.Method.Set() {
		err = decideCounted(tx, s, r, rules, att, papers, &res)
	} else {
		err = judgeFigures(tx, s, r, rules, att, papers, &res)
	}
	if err != nil {
		return err
	}
	if err := saveResult(tx, res); err != nil {
		return err
	}
	if err := space.MovePhase(tx, s.Space, space.PhaseResults, space.Phase{Start: tx.Now}); err != nil {
		return err
	}
	_, err = journal.Append(tx, aboutResolution(r, 0), ResultKnown{r.Number, r.Title, string(res.Decision.Outcome), res})
	return err
}

// judgeFigures counts votes per choice and judges them by the statutes.
func judgeFigures(tx *db.Tx, s Series, r Resolution, rules statute.Rules, att statute.Attendance, papers map[string]Figures, res *Result) error {
	boxes, err := emptyBoxes(tx, r, att, papers, s, res)
	if err != nil {
		return err
	}
	if r.Form == Motion {
		res.Count = &statute.Count{Call: s.Call, Chair: r.Chair}
		for _, b := range boxes {
			res.Count.Colleges = append(res.Count.Colleges, b.motion())
		}
		res.Decision, err = rules.Judge(r.Rule, *res.Count)
	} else {
		res.Choice = &statute.ElectionCount{Call: s.Call, Round: 1, Seats: r.Seats, Seed: r.Seed}
		for _, o := range r.Options {
			res.Choice.Candidates = append(res.Choice.Candidates, statute.Candidate{Key: o.Key, Name: o.Label, Born: o.Born})
		}
		for _, b := range boxes {
			res.Choice.Colleges = append(res.Choice.Colleges, b.choice(r))
		}
		res.Decision, err = rules.JudgeElection(r.Rule, *res.Choice)
	}
	return err
}

// box is the ballot box of one college: votes per choice.
type box struct {
	statute.CollegeAttendance
	voters int
	cast   statute.Frac
	votes  map[string]statute.Frac
}

func (b *box) add(choice string, votes statute.Frac) {
	for _, key := range strings.Split(choice, ",") {
		b.votes[key] = b.votes[key].Add(votes)
	}
	if choice != Blank && choice != Null {
		b.cast = b.cast.Add(votes)
	}
}

// emptyBoxes opens the boxes of a resolution: the site's ballots and the agreed papers.
func emptyBoxes(tx *db.Tx, r Resolution, att statute.Attendance, papers map[string]Figures, s Series, res *Result) ([]*box, error) {
	var boxes []*box
	by := map[string]*box{}
	for _, c := range att.Colleges {
		b := &box{CollegeAttendance: c, votes: map[string]statute.Frac{}}
		boxes, by[c.College] = append(boxes, b), b
		res.Electors += c.EntitledMembers
	}
	err := eachBallot(tx, r, func(bl Ballot, _, _, college, votes string) error {
		v, err := statute.ParseFrac(votes)
		if err != nil {
			return err
		}
		by[college].add(bl.Choice, v)
		by[college].voters++
		if bl.ByProxy {
			res.ByProxy++
		} else {
			res.Online++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	voters, err := paperVoters(tx, s)
	if err != nil {
		return nil, err
	}
	for _, v := range voters {
		by[v.College].voters++
	}
	for college, f := range papers {
		for key, votes := range f {
			if key == BallotsKey {
				by[college].cast = by[college].cast.Add(votes)
			} else {
				by[college].votes[key] = by[college].votes[key].Add(votes)
			}
		}
	}
	return boxes, nil
}

func (b *box) motion() statute.CollegeCount {
	return statute.CollegeCount{CollegeAttendance: b.CollegeAttendance, Voters: b.voters,
		For: b.votes[For], Against: b.votes[Against], Abstention: b.votes[Abstention], Blank: b.votes[Blank], Null: b.votes[Null]}
}

func (b *box) choice(r Resolution) statute.CollegeChoice {
	c := statute.CollegeChoice{CollegeAttendance: b.CollegeAttendance, Voters: b.voters, Cast: b.cast,
		Blank: b.votes[Blank], Null: b.votes[Null], Votes: map[string]statute.Frac{}}
	for _, o := range r.Options {
		c.Votes[o.Key] = b.votes[o.Key]
	}
	return c
}

// BreakTie gives the chair's casting vote on a tied motion (or, where a rule of tally leaves ties to
// the chair, the chair's order of all options), or publishes the seed that draws between tied
// candidates, and decides again.
func (c *Component) BreakTie(ctx context.Context, a space.Access, id int64, casting []string, seed string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if !canBreakTie(a) {
			return site.Forbidden()
		}
		r, err := findResolution(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		s, err := findSeries(tx, a.Space.ID, r.Series)
		if err != nil {
			return err
		}
		all, err := results(tx, s.ID)
		if err != nil {
			return err
		}
		if res, ok := all[r.ID]; !ok || res.Decision.Outcome != statute.Tied {
			return fault.New(fault.Conflict, "vote.tie.none")
		}
		if r.Chair, r.Seed, err = r.tieAnswer(casting, strings.TrimSpace(seed)); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE vote_resolution SET chair = $2, seed = $3 WHERE id = $1", r.ID, r.Chair, r.Seed); err != nil {
			return err
		}
		if _, err := journal.Append(tx, aboutResolution(r, a.Viewer.Account), ChairVoted{r.Number, r.Chair, r.Seed}); err != nil {
			return err
		}
		return decide(tx, s)
	})
}

// tieAnswer checks what breaks a tie: the chair's vote or order, or the seed of the draw.
func (r Resolution) tieAnswer(casting []string, seed string) (chair, drawn string, err error) {
	switch {
	case r.Method.Set() && r.Method.TieBreak == tally.Chair:
		chair, err = r.chairOrder(casting)
		return chair, "", err
	case r.Method.Set() && r.Method.TieBreak != tally.Lot:
		return "", "", fault.New(fault.Conflict, "vote.tie.undeclared")
	case r.Form == Motion && len(casting) == 1 && (casting[0] == For || casting[0] == Against):
		return casting[0], "", nil
	case r.Form != Motion && seed != "":
		return "", seed, nil
	}
	return "", "", fault.New(fault.Invalid, "vote.tie.choice")
}

// lackingQuorum lists the resolutions of a decided series that had no quorum.
func lackingQuorum(tx *db.Tx, s Series) ([]Resolution, error) {
	list, err := listResolutions(tx, s.ID)
	if err != nil {
		return nil, err
	}
	res, err := results(tx, s.ID)
	if err != nil {
		return nil, err
	}
	var out []Resolution
	for _, r := range list {
		if known, ok := res[r.ID]; ok && known.Decision.Outcome == statute.NoQuorum {
			out = append(out, r)
		}
	}
	return out, nil
}
