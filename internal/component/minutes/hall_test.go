package minutes_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/minutes"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

const statutes = `
kind = "scic"
[proxies]
allowed = true
max_number = 3
in_person_withdraws = true
[[quorums]]
key = "half"
of = "members"
presence = "represented"
distance = true
calls = ["1/2"]
article = "art. 18"
[[motions]]
key = "ordinary"
name = "Décision ordinaire"
quorum = "half"
majority = "simple"
tie = "chair"
article = "art. 19"
[[elections]]
key = "election"
name = "Élection"
tie = "lot"
[ballot]
paper = true
[minutes]
approvals = 2
article = "art. 24"
`

// hall is an assembly of six members with a chair, an officer, a scrutineer and a motion put to
// the vote from noon + 1 h to noon + 3 h; the meeting is at noon + 2 h.
type hall struct {
	*apptest.House
	minutes *minutes.Component
	vote    *vote.Component
	space   space.Space
	members []people.Member
	voters  []*apptest.Browser
	series  vote.Series
	motion  vote.Resolution

	adminID, chairID, officerID, scrutineerID  int64
	admin, chair, officer, scrutineer, visitor *apptest.Browser
}

func open(t *testing.T, h *apptest.House) *hall {
	t.Helper()
	x := &hall{House: h}
	h.T = t
	h.SetClock(noon)
	for _, c := range h.Components {
		switch c := c.(type) {
		case *vote.Component:
			x.vote = c
		case *minutes.Component:
			x.minutes = c
		}
	}
	for i, name := range []string{"Awa Diallo", "Inès Bernard", "Marc Lefèvre", "Zoé Nguyen", "Noé Garnier", "Lou Petit"} {
		first, last, _ := cut(name)
		m := h.AddMember(people.Member{Number: fmt.Sprintf("M%02d", i+1), FirstName: first, LastName: last, Address: fmt.Sprintf("%d rue du Pont", i+1), Postcode: "44000", City: "Nantes", Shares: int64(i + 1), PaidUp: true})
		x.members = append(x.members, m)
		x.voters = append(x.voters, h.As(h.AccountOf(m).ID))
	}
	x.adminID = h.Administrator().ID
	h.Write(func(tx *db.Tx) (err error) {
		if err := people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", LegalForm: "SCIC SA à capital variable", Address: "1 quai Nord\n44000 Nantes", TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		x.space, err = space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "Assemblée générale 2026", Place: "Salle des fêtes, Nantes", Visibility: space.Public, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if err := space.SetPhases(tx, 0, x.space, []space.Phase{
			{Key: space.PhaseVote, Title: "Vote", Start: noon.Add(time.Hour), End: noon.Add(3 * time.Hour)},
			{Key: space.PhaseMeeting, Title: "Assemblée", Start: noon.Add(2 * time.Hour)},
			{Key: space.PhaseMinutes, Title: "Procès-verbal"}}); err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, x.space, statutes); err != nil {
			return err
		}
		for _, r := range []struct {
			id   *int64
			name string
			role people.Role
		}{{&x.chairID, "Paule Présidente", people.Chair}, {&x.officerID, "Simon Secrétaire", people.Officer}, {&x.scrutineerID, "Rose Scrutatrice", people.Scrutineer}} {
			a, err := people.OpenAccount(tx, r.name, string(r.role)+"@example.org", "fr")
			if err != nil {
				return err
			}
			if err := space.GiveRole(tx, 0, x.space.ID, a.ID, r.role); err != nil {
				return err
			}
			*r.id = a.ID
		}
		_, _, err = electorate.DrawRoll(tx, 0, x.space, noon)
		return err
	})
	x.admin, x.chair, x.officer, x.scrutineer, x.visitor = h.As(x.adminID), h.As(x.chairID), h.As(x.officerID), h.As(x.scrutineerID), h.Visitor()
	var err error
	chair := x.access(x.chairID)
	x.series, err = x.vote.PutSeries(ctx, chair, vote.Series{Title: "Vote de l'assemblée", Opens: noon.Add(time.Hour), Closes: noon.Add(3 * time.Hour), Names: true, Paper: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	x.motion, err = x.vote.PutResolution(ctx, chair, vote.Resolution{Series: x.series.ID, Title: "Comptes 2025", Text: "L'assemblée approuve les comptes.", Form: vote.Motion, Rule: "ordinary"})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func cut(name string) (first, last string, ok bool) {
	for i, r := range name {
		if r == ' ' {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

func (x *hall) access(account int64) (a space.Access) {
	x.T.Helper()
	x.Read(func(tx *db.Tx) (err error) {
		found, err := people.FindAccount(tx, account)
		if err != nil {
			return err
		}
		a, err = space.AccessTo(tx, x.space, people.Viewer{Account: account, Member: found.Member, Name: found.Name})
		return err
	})
	return a
}

func (x *hall) at(d time.Duration) {
	x.T.Helper()
	x.SetClock(noon.Add(d))
	x.TickNow()
}

func (x *hall) give(principal, holder int) {
	x.T.Helper()
	x.Write(func(tx *db.Tx) error {
		p, err := electorate.GiveProxy(tx, 0, x.space, electorate.Proxy{Principal: x.members[principal].ID, Holder: x.members[holder].ID}, 0)
		if err != nil {
			return err
		}
		return electorate.AnswerProxy(tx, 0, p, true)
	})
}

// cast votes on the motion as the i-th member, for those given.
func (x *hall) cast(i int, choice string, forWhom ...int) {
	x.T.Helper()
	fields := []string{"choice", choice}
	for _, j := range forWhom {
		fields = append(fields, "for", x.id(j))
	}
	x.voters[i].Post(fmt.Sprintf("/a/ag/vote/%d", x.motion.ID), fields...).Want(x.T, 303)
}

func (x *hall) id(member int) string { return fmt.Sprint(x.members[member].ID) }

// events are the kinds of the space's last events, the newest first.
func (x *hall) events(n int) (kinds []string) {
	x.T.Helper()
	x.TickNow() // on PostgreSQL an event has its place a moment later
	x.Read(func(tx *db.Tx) error {
		list, err := journal.Read(tx, journal.Filter{Space: x.space.ID, Newest: true, Limit: n})
		for _, e := range list {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return kinds
}
