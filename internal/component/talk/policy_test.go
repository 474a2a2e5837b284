package talk

import (
	"testing"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// Who may do what, for each who must not too.
func TestPolicy(t *testing.T) {
	as := func(v people.Viewer, elector bool, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: space.Public}, Viewer: v, Elector: elector, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	someone := people.Viewer{Account: 1}
	for name, c := range map[string]struct {
		access            space.Access
		read, write, lead bool
	}{
		"visitor":       {as(people.Viewer{}, false), true, false, false},
		"stranger":      {as(someone, false), true, false, false},
		"observer":      {as(someone, false, people.Observer), true, false, false},
		"administrator": {as(people.Viewer{Account: 1, Admin: true}, false, people.Administrator), true, false, false},
		"elector":       {as(people.Viewer{Account: 1, Member: 2}, true), true, true, false},
		"member":        {as(people.Viewer{Account: 1, Member: 2}, false), true, true, false},
		"participant":   {as(someone, false, people.Participant), true, true, false},
		"expert":        {as(someone, false, people.Expert), true, true, false},
		"scrutineer":    {as(someone, false, people.Scrutineer), true, true, false},
		"facilitator":   {as(someone, false, people.Facilitator), true, true, true},
		"officer":       {as(someone, false, people.Officer), true, true, true},
		"chair":         {as(someone, false, people.Chair), true, true, true},
	} {
		for what, is := range map[string][2]bool{"read": {canRead(c.access), c.read}, "write": {canWrite(c.access), c.write}, "lead": {canLead(c.access), c.lead}} {
			if is[0] != is[1] {
				t.Errorf("%s may %s: %v", name, what, is[0])
			}
		}
		for _, q := range []struct {
			question Question
			may      bool
		}{{Question{State: Open, Author: 7}, c.write}, {Question{State: Open, Author: 1}, false}, {Question{State: Replied, Author: 7}, false}} {
			if canSupport(c.access, q.question) != q.may {
				t.Errorf("%s supports %+v", name, q.question)
			}
		}
	}
}
