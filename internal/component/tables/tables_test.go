package tables

import (
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// The table says who may do what in the space: follow, sit, lead.
func TestPolicy(t *testing.T) {
	in := func(v space.Visibility, viewer people.Viewer, elector bool, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: v}, Viewer: viewer, Roles: map[people.Role]bool{}, Elector: elector}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	someone, member, admin := people.Viewer{Account: 1}, people.Viewer{Account: 2, Member: 2}, people.Viewer{Account: 3, Admin: true}
	for _, c := range []struct {
		name   string
		access space.Access
		want   string
	}{
		{"a visitor of a public space", in(space.Public, people.Viewer{}, false), "follow"},
		{"a visitor", in(space.Members, people.Viewer{}, false), ""},
		{"an account without a role", in(space.Public, someone, false), "follow"},
		{"a member", in(space.Members, member, false), "follow sit"},
		{"an elector", in(space.Participants, member, true), "follow sit"},
		{"an observer", in(space.Participants, someone, false, people.Observer), "follow"},
		{"a participant", in(space.Participants, someone, false, people.Participant), "follow sit"},
		{"an expert", in(space.Participants, someone, false, people.Expert), "follow sit"},
		{"an assistant", in(space.Participants, someone, false, people.Assistant), "follow sit"},
		{"a scrutineer", in(space.Participants, someone, false, people.Scrutineer), "follow sit"},
		{"a facilitator", in(space.Participants, someone, false, people.Facilitator), "follow sit lead"},
		{"an officer", in(space.Participants, someone, false, people.Officer), "follow sit lead"},
		{"the chair", in(space.Participants, someone, false, people.Chair), "follow sit lead"},
		{"an administrator of the space", in(space.Participants, someone, false, people.Administrator), "follow"},
		{"an administrator of the organisation", in(space.Participants, admin, false), "follow"},
	} {
		var got []string
		for _, may := range []struct {
			word string
			yes  func(space.Access) bool
		}{{"follow", canFollow}, {"sit", canSit}, {"lead", canLead}} {
			if may.yes(c.access) {
				got = append(got, may.word)
			}
		}
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s may %v, want %s", c.name, got, c.want)
		}
	}
}

// And who may do what at a table: read, write, guide.
func TestPolicyAtATable(t *testing.T) {
	for _, c := range []struct {
		name  string
		place Place
		want  string
	}{
		{"somebody of another table", Place{Guided: true}, ""},
		{"somebody of another table, nobody facilitating", Place{}, ""},
		{"one of the table", Place{Here: true, Guided: true}, "read write"},
		{"one of a table that nobody facilitates", Place{Here: true}, "read write guide"},
		{"its facilitator", Place{Here: true, Part: Facilitator, Guided: true}, "read write guide"},
		{"its co-facilitator", Place{Here: true, Part: CoFacilitator, Guided: true}, "read write guide"},
		{"a visitor", Place{Here: true, Visits: true, Guided: true}, "read"},
		{"a visitor of a table that nobody facilitates", Place{Here: true, Visits: true}, "read"},
	} {
		var got []string
		for _, may := range []struct {
			word string
			yes  func(Place) bool
		}{{"read", canRead}, {"write", canWrite}, {"guide", canGuide}} {
			if may.yes(c.place) {
				got = append(got, may.word)
			}
		}
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s may %v, want %s", c.name, got, c.want)
		}
	}
}

func TestQueue(t *testing.T) {
	at := func(second int) time.Time { return time.Unix(int64(1000+second), 0) }
	table := Table{ID: 9, Speaker: 1}
	seats := []Seat{{Account: 1, Table: 9, Hand: at(0)}, {Account: 2, Table: 9, Hand: at(3)}, {Account: 3, Table: 9}, {Account: 4, Table: 9, Hand: at(2)},
		{Account: 5, Table: 9, Hand: at(1), Away: true}, {Account: 6, Visit: 9}}
	order := func() (list []int64) {
		for _, s := range queue(table, seats) {
			list = append(list, s.Account)
		}
		return list
	}
	if got := order(); !slices.Equal(got, []int64{4, 2}) {
		t.Errorf("hands wait as %v", got)
	}
	// In a turn of the table, those who have not spoken in it come first, by name; then the hands.
	table.Tour, seats[3].Toured = true, true
	if got := order(); !slices.Equal(got, []int64{2, 3, 4}) {
		t.Errorf("in a turn of the table they wait as %v", got)
	}
}

func TestSmallest(t *testing.T) {
	list := []Table{{ID: 1, Seats: 2}, {ID: 2}, {ID: 3}}
	seats := map[int64][]Seat{1: {{College: "a"}, {College: "a"}}, 2: {{College: "a"}, {College: "b"}, {College: "b"}}, 3: {{College: "a"}, {College: "a"}, {College: "b"}}}
	for college, want := range map[string]int64{"a": 2, "b": 3} {
		if got := smallest(list, seats, college); got != want {
			t.Errorf("somebody of %s sits at %d, want %d", college, got, want)
		}
	}
	if got := smallest(list[:1], seats, "a"); got != 0 {
		t.Errorf("a full table takes one more: %d", got)
	}
}

func TestTimeOfARound(t *testing.T) {
	now := time.Unix(5000, 0)
	open := Round{State: Open, OpenedAt: now.Add(-time.Hour)}
	planned := open
	planned.BackAt = now.Add(time.Minute)
	past := open
	past.BackAt = now
	for name, c := range map[string]struct {
		r                  Round
		sits, called, back bool
	}{
		"a draft": {Round{State: Draft}, false, false, false}, "without end": {open, true, false, false}, "near its end": {planned, true, true, false},
		"at its end, before anybody wrote it down": {past, false, false, true}, "closed": {Round{State: Closed, OpenedAt: now}, false, false, true},
	} {
		if c.r.Sits(now) != c.sits || c.r.Called(now) != c.called || c.r.Back(now) != c.back {
			t.Errorf("%s: sits %t, called %t, back %t", name, c.r.Sits(now), c.r.Called(now), c.r.Back(now))
		}
	}
}

func TestSpreadsheetsTakeNoFormula(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "-5 %": "'-5 %", "Bien": "Bien", "": ""} {
		if got := harmless(text); got != want {
			t.Errorf("%q is written %q", text, got)
		}
	}
}
