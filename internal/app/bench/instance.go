package bench

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// instance is what a load runs against: an assembly with its electors and their paper codes.
type instance struct {
	slug    string
	codes   []string
	motions []vote.Resolution
	access  space.Access    // of whoever presides
	session vote.Resolution // to be put to the vote in session, see putInSession
}

const batch = 2000

// prepare fills an empty instance with an assembly whose vote is open for a day.
func prepare(ctx context.Context, o Options) (*instance, error) {
	a, err := app.New(ctx, app.Config{Data: o.Data, Database: o.Database, URL: "http://127.0.0.1"}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	in := &instance{slug: "ag"}
	if err := in.enrol(ctx, a, o.Electors); err != nil {
		return nil, err
	}
	return in, in.convene(ctx, a, o.Motions)
}

// enrol writes the register and a paper code for each of its members.
func (in *instance) enrol(ctx context.Context, a *app.App, n int) error {
	for from := 0; from < n; from += batch {
		var changes []people.MemberChanged
		for i := from; i < min(from+batch, n); i++ {
			changes = append(changes, people.MemberChanged{New: true, Member: people.Member{Number: fmt.Sprintf("%06d", i), Kind: people.Person, Language: "fr",
				FirstName: "Prénom", LastName: fmt.Sprintf("Nom%06d", i), City: "Rennes", Shares: 1, PaidUp: true, AdmittedOn: "2020-01-01"}})
		}
		err := a.Site.DB.Write(ctx, func(tx *db.Tx) error {
			if err := people.SaveMembers(tx, 0, changes, func(int) {}); err != nil {
				return err
			}
			for _, c := range changes {
				m, err := people.FindMemberByNumber(tx, c.Member.Number)
				if err != nil {
					return err
				}
				code, err := people.IssueCode(tx, a.Site.Secret, m.ID, tx.Now.Add(24*time.Hour))
				if err != nil {
					return err
				}
				in.codes = append(in.codes, code)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (in *instance) convene(ctx context.Context, a *app.App, motions int) error {
	err := a.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Create(tx, 0, space.Space{Slug: in.slug, Kind: space.GeneralAssembly, Title: "Assemblée de mesure", Visibility: space.Members, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, sp, string(statute.Template(statute.Association))); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, 0, sp, tx.Now); err != nil {
			return err
		}
		in.access = space.Access{Space: sp, Roles: map[people.Role]bool{people.Chair: true}}
		return nil
	})
	if err != nil {
		return err
	}
	now := a.Site.DB.Clock()
	in.motions, err = in.put(ctx, a, vote.Series{Title: "Vote", Opens: now.Add(2 * time.Second), Closes: now.Add(24 * time.Hour), Names: true}, motions)
	if err != nil {
		return err
	}
	time.Sleep(time.Until(now.Add(2100 * time.Millisecond))) // until the vote opens
	return nil
}

// putInSession prepares a vote that the chair can open in session.
func (in *instance) putInSession(ctx context.Context, a *app.App) error {
	list, err := in.put(ctx, a, vote.Series{Title: "Vote en séance", Names: true, InSession: true}, 1)
	if err == nil {
		in.session = list[0]
	}
	return err
}

// put writes a series with n resolutions.
func (in *instance) put(ctx context.Context, a *app.App, series vote.Series, n int) (list []vote.Resolution, err error) {
	rules, _ := statute.Parse(statute.Template(statute.Association))
	for _, c := range a.Components {
		v, ok := c.(*vote.Component)
		if !ok {
			continue
		}
		s, err := v.PutSeries(ctx, in.access, series, "")
		if err != nil {
			return nil, err
		}
		for i := range n {
			r, err := v.PutResolution(ctx, in.access, vote.Resolution{Series: s.ID, Title: fmt.Sprintf("Résolution de mesure %d", i+1), Form: vote.Motion, Rule: rules.Motions[0].Key,
				Text: "L’assemblée générale, après avoir entendu le rapport du conseil, approuve les comptes de l’exercice clos tels qu’ils lui sont présentés."})
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
	}
	return list, nil
}
