package vote

import (
	"context"
	"maps"
	"slices"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// MarkPaper notes that an elector has voted on paper in the series: from then on they vote by
// no other path. An elector who has voted on the site is refused; ballots that a holder cast for
// them are set aside.
func (c *Component) MarkPaper(ctx context.Context, a space.Access, seriesID, member int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return markPaper(tx, a, seriesID, member) })
}

func markPaper(tx *db.Tx, a space.Access, seriesID, member int64) error {
	s, err := paperSeries(tx, a, seriesID)
	if err != nil {
		return err
	}
	if _, err := findStanding(tx, s, member); err != nil {
		return err
	}
	own, err := hasOwnBallot(tx, s.ID, member)
	if err != nil {
		return err
	}
	if own {
		return fault.New(fault.Conflict, "vote.paper.online")
	}
	if err := electorate.VotedInPerson(tx, a.Viewer.Account, s.Space, member); err != nil {
		return err
	}
	n, err := tx.Exec(`DELETE FROM vote_ballot WHERE member_id = $1
		AND resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $2)`, member, s.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		if _, err := journal.Append(tx, aboutSeries(s, a.Viewer.Account), BallotsSetAside{s.ID, member, n}); err != nil {
			return err
		}
	}
	if err := insertPaperVoter(tx, s.ID, member, a.Viewer.Account); err != nil {
		return err
	}
	if err := electorate.Attend(tx, s.Space, member, electorate.OnPaper); err != nil {
		return err
	}
	_, err = journal.Append(tx, aboutSeries(s, a.Viewer.Account), PaperVoted{Series: s.ID, Member: member})
	return err
}

// UnmarkPaper takes a mistaken note back.
func (c *Component) UnmarkPaper(ctx context.Context, a space.Access, seriesID, member int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		s, err := paperSeries(tx, a, seriesID)
		if err != nil {
			return err
		}
		n, err := tx.Exec("DELETE FROM vote_paper_voter WHERE series_id = $1 AND member_id = $2", s.ID, member)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "vote.paper.unknown")
		}
		if err := electorate.Unattend(tx, s.Space, member, electorate.OnPaper); err != nil {
			return err
		}
		_, err = journal.Append(tx, aboutSeries(s, a.Viewer.Account), PaperVoted{Series: s.ID, Member: member, Undone: true})
		return err
	})
}

// paperSeries is the series when it takes paper ballots, is open or being counted, and the
// viewer may note who voted on paper.
func paperSeries(tx *db.Tx, a space.Access, seriesID int64) (Series, error) {
	if !canMarkPaper(a) {
		return Series{}, site.Forbidden()
	}
	s, err := findSeries(tx, a.Space.ID, seriesID)
	if err != nil {
		return s, err
	}
	if !s.Paper {
		return s, fault.New(fault.Conflict, "vote.paper.none")
	}
	if err := lockSeries(tx, s.ID, false); err != nil {
		return s, err
	}
	decided, err := decidedSeries(tx, s.Space)
	if err != nil {
		return s, err
	}
	if st := s.State(tx.Now, decided[s.ID]); st != Open && st != Counting {
		return s, fault.New(fault.Conflict, "vote.paper.moment")
	}
	return s, nil
}

// CountPaper keeps one scrutineer's count of a college's paper ballots on a resolution. The
// two counts are made apart: a scrutineer sees the other's only once both are in. When the vote is
// closed and they agree, the result is known.
func (c *Component) CountPaper(ctx context.Context, a space.Access, id int64, college string, f Figures) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return countPaper(tx, a, id, college, f) })
}

func countPaper(tx *db.Tx, a space.Access, id int64, college string, f Figures) error {
	if !canCountPaper(a) {
		return site.Forbidden()
	}
	r, err := findResolution(tx, a.Space.ID, id)
	if err != nil {
		return err
	}
	s, err := paperSeries(tx, a, r.Series)
	if err != nil {
		return err
	}
	if err := r.checkFigures(f).Err(); err != nil {
		return err
	}
	if err := savePaperCount(tx, PaperCount{Resolution: r.ID, College: college, Scrutineer: a.Viewer.Account, Figures: f, Done: true}); err != nil {
		return err
	}
	if _, err := journal.Append(tx, aboutResolution(r, a.Viewer.Account), PaperCounted{r.ID, college, f}); err != nil {
		return err
	}
	if s.Closed.IsZero() {
		return nil
	}
	return decide(tx, s)
}

func (r Resolution) checkFigures(f Figures) fault.Fields {
	out := fault.Fields{}
	if r.Method.Set() {
		return r.checkPapers(f)
	}
	allowed := r.Choices()
	if r.Form != Motion {
		allowed = append(allowed, BallotsKey)
	}
	for key, v := range f {
		if !slices.Contains(allowed, key) {
			out.Add(key, "vote.choice.unknown")
		} else if v.Sign() < 0 {
			out.Add(key, "vote.paper.negative")
		}
	}
	return out
}

// papers are the paper ballots of a series: who voted on paper, and what was counted.
type papers struct {
	voters []PaperVoter
	votes  map[string]statute.Frac // per college: the votes of those who voted on paper
	people map[string]int          // per college: how many they are
	counts []PaperCount            // those their scrutineers have finished
	begun  []PaperCount            // those being made, paper by paper
}

func readPapers(tx *db.Tx, s Series) (papers, error) {
	p := papers{votes: map[string]statute.Frac{}, people: map[string]int{}}
	var err error
	if p.voters, err = paperVoters(tx, s); err != nil {
		return p, err
	}
	for _, v := range p.voters {
		votes, err := statute.ParseFrac(v.Votes)
		if err != nil {
			return p, err
		}
		p.votes[v.College] = p.votes[v.College].Add(votes)
		p.people[v.College]++
	}
	all, err := paperCounts(tx, s.ID)
	for _, c := range all {
		if c.Done {
			p.counts = append(p.counts, c)
		} else {
			p.begun = append(p.begun, c)
		}
	}
	return p, err
}

// expected is what the figures of a college add up to: the votes of those who voted on paper, or
// the people where each counts for one.
func (p papers) expected(r Resolution, college string) statute.Frac {
	if r.Method.Method().Proposal() {
		return statute.Int(int64(p.people[college]))
	}
	return p.votes[college]
}

// of lists the counts made of a resolution for a college, the earlier first.
func (p papers) of(r Resolution, college string) []PaperCount {
	var out []PaperCount
	for _, c := range p.counts {
		if c.Resolution == r.ID && c.College == college {
			out = append(out, c)
		}
	}
	return out
}

// agreed gives the figures of a resolution by college when, for every college with paper
// voters, two scrutineers found the same and it adds up to the votes of those who voted on paper.
func (p papers) agreed(r Resolution) (map[string]Figures, bool) {
	out := map[string]Figures{}
	for college := range maps.Keys(p.votes) {
		f, problem := p.check(r, college)
		if problem != "" {
			return nil, false
		}
		out[college] = f
	}
	return out, true
}

// check gives the figures that two scrutineers agree on, or the key of what is amiss.
func (p papers) check(r Resolution, college string) (Figures, string) {
	counts := p.of(r, college)
	if len(counts) < 2 {
		return nil, "vote.paper.waiting"
	}
	var agreed Figures
	for i, c := range counts {
		for _, d := range counts[i+1:] {
			if c.Figures.Equal(d.Figures) {
				agreed = c.Figures
			}
		}
	}
	if agreed == nil {
		return nil, "vote.paper.differ"
	}
	var sum statute.Frac
	for key, v := range agreed {
		if r.Form == Motion || r.Method.Set() || key == BallotsKey || key == Blank || key == Null {
			sum = sum.Add(v)
		}
	}
	if sum.Cmp(p.expected(r, college)) != 0 {
		return nil, "vote.paper.sum"
	}
	return agreed, ""
}
