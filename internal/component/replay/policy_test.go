package replay

import (
	"testing"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// Who may do what, for each who must not too.
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
		access                                     space.Access
		follow, answer, record, watch, watchBefore bool
	}{
		"visitor":                   {as(space.Public, people.Viewer{}, false), true, false, false, true, false},
		"visitor of a closed space": {as(space.Members, people.Viewer{}, false), false, false, false, false, false},
		"stranger":                  {as(space.Members, someone, false), false, false, false, false, false},
		"observer":                  {as(space.Members, someone, false, people.Observer), true, false, false, true, false},
		"administrator":             {as(space.Members, people.Viewer{Account: 1, Admin: true}, false, people.Administrator), true, false, false, true, false},
		"elector":                   {as(space.Members, people.Viewer{Account: 1, Member: 2}, true), true, true, false, true, false},
		"scrutineer":                {as(space.Members, someone, false, people.Scrutineer), true, true, false, true, false},
		"facilitator":               {as(space.Members, someone, false, people.Facilitator), true, true, false, true, false},
		"officer":                   {as(space.Members, someone, false, people.Officer), true, true, true, true, true},
		"chair":                     {as(space.Members, someone, false, people.Chair), true, true, true, true, true},
	} {
		for what, is := range map[string][2]bool{"follow": {canFollow(c.access), c.follow}, "answer": {canAnswer(c.access), c.answer}, "record": {canRecord(c.access), c.record},
			"watch": {canWatch(c.access, true), c.watch}, "watch before it is published": {canWatch(c.access, false), c.watchBefore}} {
			if is[0] != is[1] {
				t.Errorf("%s may %s: %v", name, what, is[0])
			}
		}
	}
}
