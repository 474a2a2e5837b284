package publicregister

import (
	"testing"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

func TestReach(t *testing.T) {
	in := func(v space.Visibility, viewer people.Viewer, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: v}, Viewer: viewer, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	account, someMember := people.Viewer{Account: 1}, people.Viewer{Account: 1, Member: 2}
	for _, c := range []struct {
		name string
		a    space.Access
		want reach
	}{
		{"nobody, public space", in(space.Public, people.Viewer{}), visitor},
		{"nobody, members' space", in(space.Members, people.Viewer{}), outside},
		{"an account without a role, members' space", in(space.Members, account), outside},
		{"a member, members' space", in(space.Members, someMember), member},
		{"a member, participants' space", in(space.Participants, someMember), outside},
		{"a participant", in(space.Participants, account, people.Participant), member},
		{"an expert", in(space.Public, account, people.Expert), member},
		{"an observer", in(space.Public, account, people.Observer), member},
		{"a facilitator", in(space.Public, account, people.Facilitator), member},
		{"an assistant", in(space.Public, account, people.Assistant), member},
		{"a scrutineer", in(space.Public, account, people.Scrutineer), organiser},
		{"an officer", in(space.Public, account, people.Officer), organiser},
		{"the chair", in(space.Public, account, people.Chair), organiser},
		{"an administrator of the organisation", in(space.Participants, people.Viewer{Account: 1, Admin: true}), organiser},
	} {
		if got := reachIn(c.a); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct {
		audience component.Audience
		near     reach
		public   bool
		want     bool
	}{
		{component.Sealed, organiser, true, false},
		{component.ForOrganisers, member, true, false},
		{component.ForOrganisers, organiser, false, true},
		{component.ForMembers, visitor, true, false},
		{component.ForMembers, member, true, true},
		{component.ForMembers, member, false, false},
		{component.ForMembers, organiser, false, true},
		{component.ForPublic, outside, true, false},
		{component.ForPublic, visitor, true, true},
		{component.ForPublic, visitor, false, false},
	} {
		k := component.Kind{Name: "x.y", Audience: c.audience}
		if c.public {
			k.PublicFields = []string{"field"}
		}
		if got := mayReadField(k, c.near, "field"); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
