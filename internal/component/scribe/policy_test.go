package scribe

import (
	"testing"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// Who is told, and who may have voices sent; for each who must not too.
func TestPolicy(t *testing.T) {
	as := func(seen space.Visibility, v people.Viewer, elector bool, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: seen}, Viewer: v, Elector: elector, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	someone := people.Viewer{Account: 1}
	for name, c := range map[string]struct {
		access       space.Access
		follow, lead bool
	}{
		"visitor":                   {as(space.Public, people.Viewer{}, false), true, false},
		"visitor of a closed space": {as(space.Members, people.Viewer{}, false), false, false},
		"stranger":                  {as(space.Members, someone, false), false, false},
		"observer":                  {as(space.Members, someone, false, people.Observer), true, false},
		"administrator":             {as(space.Members, people.Viewer{Account: 1, Admin: true}, false, people.Administrator), true, false},
		"elector":                   {as(space.Members, people.Viewer{Account: 1, Member: 2}, true), true, false},
		"participant":               {as(space.Members, someone, false, people.Participant), true, false},
		"scrutineer":                {as(space.Members, someone, false, people.Scrutineer), true, false},
		"assistant":                 {as(space.Members, someone, false, people.Assistant), true, false},
		"facilitator":               {as(space.Members, someone, false, people.Facilitator), true, true},
		"officer":                   {as(space.Members, someone, false, people.Officer), true, true},
		"chair":                     {as(space.Members, someone, false, people.Chair), true, true},
	} {
		if follow, lead := canFollow(c.access), canLead(c.access); follow != c.follow || lead != c.lead {
			t.Errorf("%s is told: %v, switches it on: %v", name, follow, lead)
		}
	}
}

// Whose voice is sent.
func TestMaySend(t *testing.T) {
	open := component.LiveSession{Open: true}
	for name, c := range map[string]struct {
		session component.LiveSession
		who     component.LivePerson
		table   int64
		may     bool
	}{
		"somebody in plenary":         {open, component.LivePerson{Account: 5, Name: "Ana"}, 0, true},
		"somebody in a hall":          {open, component.LivePerson{Name: "Ana"}, 0, true},
		"somebody at a table":         {open, component.LivePerson{Account: 5, Name: "Ana"}, 3, false},
		"somebody whom nobody knows":  {open, component.LivePerson{}, 0, false},
		"in a session that is closed": {component.LiveSession{}, component.LivePerson{Account: 5, Name: "Ana"}, 0, false},
	} {
		if maySend(c.session, c.who, c.table) != c.may {
			t.Errorf("%s is sent: %v", name, !c.may)
		}
	}
}
