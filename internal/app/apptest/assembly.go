package apptest

import (
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// Assembly is a space at /a/ag that its members may see, an hour before it meets: three electors, its
// chair, a facilitator, an observer, and a stranger who may not see it.
type Assembly struct {
	*House
	Space                            space.Space
	Members                          []people.Member
	Ana, Ben, Chloe                  *Browser
	Chair, Guide, Observer, Stranger *Browser
}

// Assembly makes one.
func (h *House) Assembly() Assembly {
	h.T.Helper()
	s := Assembly{House: h}
	for _, name := range []string{"Ana", "Ben", "Chloé"} {
		s.Members = append(s.Members, h.AddMember(people.Member{FirstName: name, LastName: "Rive", Number: name, PaidUp: true, Shares: 1}))
	}
	accounts := map[people.Role]int64{}
	h.Write(func(tx *db.Tx) (err error) {
		if s.Space, err = space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG 2026", Visibility: space.Members, TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		if err := space.SetPhases(tx, 0, s.Space, []space.Phase{{Key: space.PhaseMeeting, Title: "Assemblée", Start: tx.Now.Add(time.Hour)}}); err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, s.Space, string(statute.Template(statute.Association))); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, 0, s.Space, tx.Now); err != nil {
			return err
		}
		for _, role := range []people.Role{people.Chair, people.Facilitator, people.Observer, "stranger"} {
			a, err := people.OpenAccount(tx, "Compte "+string(role), string(role)+"@example.org", "fr")
			if err != nil {
				return err
			}
			accounts[role] = a.ID
			if role != "stranger" {
				if err := space.GiveRole(tx, 0, s.Space.ID, a.ID, role); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.Chair, s.Guide, s.Observer, s.Stranger = h.As(accounts[people.Chair]), h.As(accounts[people.Facilitator]), h.As(accounts[people.Observer]), h.As(accounts["stranger"])
	s.Ana, s.Ben, s.Chloe = h.As(h.AccountOf(s.Members[0]).ID), h.As(h.AccountOf(s.Members[1]).ID), h.As(h.AccountOf(s.Members[2]).ID)
	return s
}
