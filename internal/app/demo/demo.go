// Package demo fills an empty instance with an invented cooperative: its register, one closed
// assembly, one open now, one being prepared, and a citizens' assembly drawn by lot. Everything goes through the program's own acts, at
// the times they would have had, so that what one sees is what one gets.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// seeder holds what the parts of the story share.
type seeder struct {
	*app.App
	ctx     context.Context
	vote    *vote.Component
	rand    *rand.Rand
	members []people.Member
	cast    cast
	begun   time.Time // the real time
	now     time.Time // its hour
}

// cast are the people of the story.
type cast struct {
	admin, chair, secretary, scrutineer, second people.Account
}

// Empty tells whether the instance has no member yet.
func Empty(ctx context.Context, a *app.App) (empty bool, err error) {
	err = a.Site.DB.Read(ctx, func(tx *db.Tx) error {
		n, err := people.CountMembers(tx)
		empty = n == 0
		return err
	})
	return empty, err
}

// Seed fills the instance. The clock of the database moves through the story and is the real one
// again at the end.
func Seed(ctx context.Context, a *app.App) error {
	s := &seeder{App: a, ctx: ctx, rand: rand.New(rand.NewPCG(7, 1901)), now: a.Site.DB.Clock().Truncate(time.Hour), begun: a.Site.DB.Clock()} //nolint:gosec // as above
	for _, c := range a.Components {
		if v, ok := c.(*vote.Component); ok {
			s.vote = v
		}
	}
	defer a.Site.DB.SetClock(time.Now)
	for _, part := range []func() error{s.found, s.lastYear, s.water, s.thisYear, s.nextYear, s.circle, s.personas, s.liveNow} {
		if err := part(); err != nil {
			return fmt.Errorf("demonstration: %w", err)
		}
	}
	return nil
}

// at sets the clock and lets time do what it does.
func (s *seeder) at(t time.Time) error {
	s.Site.DB.SetClock(func() time.Time { return t })
	return s.Tick(s.ctx)
}

func (s *seeder) write(fn func(tx *db.Tx) error) error { return s.Site.DB.Write(s.ctx, fn) }

// found makes the organisation, its register and the people who run it.
func (s *seeder) found() error {
	if err := s.at(s.now.AddDate(-1, 0, 0)); err != nil {
		return err
	}
	s.members = members()
	return s.write(func(tx *db.Tx) error {
		err := people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", LegalForm: "Société coopérative d’intérêt collectif (SCIC SA à capital variable)",
			Address: "12 quai de la Vilaine\n35000 Rennes", Email: "bureau@exemple.org", Registry: "RCS Rennes 901 234 567", TimeZone: "Europe/Paris",
			Colleges: []people.CollegeName{{Key: "salaries", Name: "Salarié·es"}, {Key: "usagers", Name: "Usager·es"}, {Key: "partenaires", Name: "Partenaires"}}})
		if err != nil {
			return err
		}
		if err := people.SaveSetting(tx, "statutes.default", statutes()); err != nil {
			return err
		}
		if err := saveMembers(tx, s.members); err != nil {
			return err
		}
		if s.cast.admin, err = people.OpenAccount(tx, "Camille Rey", "camille.rey@exemple.org", "fr"); err != nil {
			return err
		}
		if err := space.GiveRole(tx, 0, 0, s.cast.admin.ID, people.Administrator); err != nil {
			return err
		}
		for i, a := range []*people.Account{&s.cast.chair, &s.cast.secretary, &s.cast.scrutineer, &s.cast.second} {
			if *a, err = people.OpenMemberAccount(tx, s.members[100+i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func statutes() string {
	return strings.NewReplacer(`name = "Nom de la coopérative"`, `name = "Les Deux Rives"`).Replace(string(statute.Template(statute.SCIC)))
}

// assembly is one assembly of the story.
type assembly struct {
	space   space.Space
	phases  []space.Phase
	access  space.Access
	series  vote.Series
	motions []vote.Resolution
}

// convene makes the space with its statutes, roles, steps, roll, series and resolutions.
func (s *seeder) convene(sp space.Space, meeting time.Time, opens, closes time.Time, list []vote.Resolution) (*assembly, error) {
	a := &assembly{}
	err := s.write(func(tx *db.Tx) (err error) {
		sp.Kind, sp.Visibility, sp.TimeZone = space.GeneralAssembly, space.Public, "Europe/Paris"
		if a.space, err = space.Create(tx, s.cast.admin.ID, sp); err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, s.cast.admin.ID, a.space, statutes()); err != nil {
			return err
		}
		roles := []struct {
			account int64
			role    people.Role
		}{{s.cast.chair.ID, people.Chair}, {s.cast.secretary.ID, people.Officer}, {s.cast.scrutineer.ID, people.Scrutineer}, {s.cast.second.ID, people.Scrutineer}}
		for _, r := range roles {
			if err := space.GiveRole(tx, s.cast.admin.ID, a.space.ID, r.account, r.role); err != nil {
				return err
			}
		}
		a.phases = []space.Phase{
			{Key: space.PhaseConvocation, Title: "Convocation", Start: meeting.AddDate(0, 0, -22)},
			{Key: space.PhaseQuestions, Title: "Questions", Start: meeting.AddDate(0, 0, -22), End: meeting.AddDate(0, 0, -8)},
			{Key: space.PhaseVote, Title: "Vote", Start: opens, End: closes},
			{Key: space.PhaseMeeting, Title: "Assemblée", Start: meeting, End: meeting.Add(2 * time.Hour)},
			{Key: space.PhaseResults, Title: "Résultats", Start: closes},
			{Key: space.PhaseMinutes, Title: "Procès-verbal", Start: closes, End: meeting.AddDate(0, 0, 19)},
		}
		if err := space.SetPhases(tx, s.cast.admin.ID, a.space, a.phases); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, s.cast.admin.ID, a.space, meeting); err != nil {
			return err
		}
		a.access, err = space.AccessTo(tx, a.space, people.Viewer{Account: s.cast.chair.ID, Member: s.cast.chair.Member})
		return err
	})
	if err != nil {
		return nil, err
	}
	a.series, err = s.vote.PutSeries(s.ctx, a.access, vote.Series{Title: "Vote de l’assemblée", Opens: opens, Closes: closes, Names: true, Paper: true}, "")
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		r.Series = a.series.ID
		if r, err = s.vote.PutResolution(s.ctx, a.access, r); err != nil {
			return nil, err
		}
		a.motions = append(a.motions, r)
	}
	return a, nil
}

// proxies gives n accepted proxies between members of the users' college; the first goes to
// the member that one can be in the demonstration.
func (s *seeder) proxies(a *assembly, n int) error {
	return s.write(func(tx *db.Tx) error {
		for i := range n {
			principal, holder := s.members[300+i], s.members[500+i/2]
			if i == 0 {
				holder = s.members[persona1]
			}
			p, err := electorate.GiveProxy(tx, 0, a.space, electorate.Proxy{Principal: principal.ID, Holder: holder.ID}, 0)
			if err != nil {
				return err
			}
			if err := electorate.AnswerProxy(tx, 0, p, true); err != nil {
				return err
			}
		}
		return nil
	})
}

// ballot is one elector's turn to vote.
type ballot struct {
	member  people.Member
	motion  vote.Resolution
	choices []string
}

// votes lets members[from:to], but for those the story keeps back, vote on the first count
// motions, and their holders for those who gave a proxy.
func (s *seeder) votes(a *assembly, turnout float64, count int) error {
	var list []ballot
	for i, m := range s.members {
		if i == persona1 || i == persona2 || i == persona3 || i >= 300 && i < 360 || i >= paperFrom && i < paperTo || s.rand.Float64() > turnout {
			continue
		}
		for j, r := range a.motions[:count] {
			if s.rand.Float64() < 0.97 {
				list = append(list, ballot{m, r, s.opinion(j, m.College, r)})
			}
		}
	}
	if err := s.castAll(a, list); err != nil {
		return err
	}
	return s.mandates(a, count)
}

// mandates lets the holders vote for those who gave them their proxy.
func (s *seeder) mandates(a *assembly, count int) error {
	for i, m := range s.members {
		if i == persona1 {
			continue
		}
		var principals []electorate.Elector
		var account people.Account
		err := s.write(func(tx *db.Tx) (err error) {
			if principals, err = electorate.Mandates(tx, a.space.ID, m.ID); err != nil || len(principals) == 0 {
				return err
			}
			account, err = people.OpenMemberAccount(tx, m)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range principals {
			for j, r := range a.motions[:count] {
				v := people.Viewer{Account: account.ID, Member: m.ID}
				if _, err := s.vote.CastBallots(s.ctx, a.space.Slug, r.ID, v, []int64{p.Member}, s.opinion(j, m.College, r)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// opinion draws what a member thinks of the motion: each motion has its own favour.
func (s *seeder) opinion(j int, college string, r vote.Resolution) []string {
	favour := []float64{0.86, 0.74, 0.62, 0.69, 0.9, 0.58, 0.77, 0.93}[j%8]
	if college == "partenaires" {
		favour -= 0.08
	}
	if r.Form != vote.Motion {
		var out []string
		for k, o := range r.Options {
			if s.rand.Float64() < 0.75-0.12*float64(k) && len(out) < r.MaxChoices {
				out = append(out, o.Key)
			}
		}
		if len(out) == 0 {
			return []string{vote.Blank}
		}
		return out
	}
	switch x := s.rand.Float64(); {
	case x < 0.08:
		return []string{vote.Abstention}
	case x < 0.08+0.92*favour:
		return []string{vote.For}
	default:
		return []string{vote.Against}
	}
}

// castAll casts the ballots side by side, so that they share their commits.
func (s *seeder) castAll(a *assembly, list []ballot) error {
	queue := make(chan ballot)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range 64 {
		wg.Go(func() {
			for b := range queue {
				var account people.Account
				err := s.write(func(tx *db.Tx) (err error) { account, err = people.OpenMemberAccount(tx, b.member); return err })
				if err == nil {
					v := people.Viewer{Account: account.ID, Member: b.member.ID}
					_, err = s.vote.CastBallots(s.ctx, a.space.Slug, b.motion.ID, v, nil, b.choices)
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	for _, b := range list {
		queue <- b
	}
	close(queue)
	wg.Wait()
	return failed
}
