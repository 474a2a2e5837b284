package stage

import (
	"testing"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

func TestPolicy(t *testing.T) {
	const presenter = 7
	type can struct{ follow, lead, present, readHidden, readShown bool }
	nobody, watches := can{}, can{follow: true, readShown: true}
	leads := can{true, true, true, true, true}
	signedIn := people.Viewer{Account: 1, Member: 1}
	with := func(roles ...people.Role) space.Access {
		a := space.Access{Viewer: people.Viewer{Account: 1}, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	for name, c := range map[string]struct {
		a    space.Access
		want can
	}{
		"a visitor":                   {space.Access{}, nobody},
		"a visitor of what is public": {space.Access{Space: space.Space{Visibility: space.Public}}, watches},
		"a stranger":                  {space.Access{Viewer: people.Viewer{Account: 1}}, nobody},
		"an elector":                  {space.Access{Viewer: signedIn, Elector: true}, watches},
		"an administrator":            {space.Access{Viewer: people.Viewer{Account: 1, Admin: true}}, watches},
		"an observer":                 {with(people.Observer), watches},
		"a participant":               {with(people.Participant), watches},
		"a scrutineer":                {with(people.Scrutineer), watches},
		"an expert":                   {with(people.Expert), watches},
		"an assistant":                {with(people.Assistant), watches},
		"the chair":                   {with(people.Chair), leads},
		"an officer":                  {with(people.Officer), leads},
		"a facilitator":               {with(people.Facilitator), leads},
		"the presenter":               {space.Access{Viewer: people.Viewer{Account: presenter}, Elector: true}, can{follow: true, present: true, readHidden: true, readShown: true}},
		"a presenter shown the door":  {space.Access{Viewer: people.Viewer{Account: presenter}}, nobody},
	} {
		got := can{canFollow(c.a), canLead(c.a), canPresent(c.a, presenter), canRead(c.a, false, presenter), canRead(c.a, true, presenter)}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if !c.a.Viewer.SignedIn() && (canPresent(c.a, 0) || canCaption(c.a, 0)) {
			t.Errorf("%s presents or types where nobody was named", name)
		}
		if named := c.want.present && !c.want.lead; canCaption(c.a, presenter) != named {
			t.Errorf("%s types: %v", name, !named)
		}
		if canMend(c.a, false) != c.want.lead || !canMend(c.a, true) {
			t.Errorf("%s corrects what they do not type: %v", name, !c.want.lead)
		}
	}
}

func TestPoints(t *testing.T) {
	for text, want := range map[string]string{"0,0 1000,1000": "0,0 1000,1000", " 1,2  1,2 3,4 ": "1,2 3,4", "5,5 5,5": "5,5",
		"": "", "1,2": "", "1,2 3": "", "1,2 -1,4": "", "1,2 1001,4": "", "a,b c,d": "", "1,2 3,4,5": ""} {
		if got, err := readPoints(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
