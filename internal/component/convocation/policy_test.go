package convocation

import (
	"testing"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// The table says who may do what, role by role: manage (write, send, print, remind), read.
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
		name         string
		access       space.Access
		manage, read bool
	}{
		{"a visitor", in(space.Public, people.Viewer{}, false), false, false},
		{"an account without a role", in(space.Public, someone, false), false, false},
		{"a member of the organisation", in(space.Public, member, false), false, true},
		{"a member who may not see the space", in(space.Participants, member, false), false, false},
		{"an elector", in(space.Participants, member, true), false, true},
		{"an observer", in(space.Participants, someone, false, people.Observer), false, true},
		{"a participant", in(space.Public, someone, false, people.Participant), false, true},
		{"an expert", in(space.Public, someone, false, people.Expert), false, true},
		{"a facilitator", in(space.Public, someone, false, people.Facilitator), false, true},
		{"an assistant", in(space.Public, someone, false, people.Assistant), false, true},
		{"a scrutineer", in(space.Public, someone, false, people.Scrutineer), false, true},
		{"an officer", in(space.Public, someone, false, people.Officer), true, true},
		{"the chair", in(space.Public, someone, false, people.Chair), true, true},
		{"an administrator of the space", in(space.Public, someone, false, people.Administrator), true, true},
		{"an administrator of the organisation", in(space.Participants, admin, false), true, true},
	} {
		if got := canManage(c.access); got != c.manage {
			t.Errorf("%s manages: %v", c.name, got)
		}
		if got := canRead(c.access); got != c.read {
			t.Errorf("%s reads: %v", c.name, got)
		}
	}
}

func TestAssembly(t *testing.T) {
	now := time.Date(2027, 6, 1, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	meeting := func(n int) space.Phase { return space.Phase{Key: space.PhaseMeeting, Start: day(n)} }
	vote := func(n int) space.Phase { return space.Phase{Key: space.PhaseVote, Start: day(n - 5), End: day(n)} }
	for _, c := range []struct {
		name   string
		phases []space.Phase
		closes time.Time
		want   time.Time
	}{
		{"the meeting to come", []space.Phase{vote(18), meeting(20)}, day(18), day(20)},
		{"no meeting: the closing of the vote", []space.Phase{vote(18)}, day(19), day(19)},
		{"no vote announced: the step's end", []space.Phase{vote(18)}, time.Time{}, day(18)},
		{"a second call: the meeting is over, the vote is not", []space.Phase{vote(9), meeting(-1)}, day(9), day(9)},
		{"all is over", []space.Phase{vote(-2), meeting(-1)}, day(-2), time.Time{}},
		{"nothing is set", []space.Phase{{Key: space.PhaseMeeting}}, time.Time{}, time.Time{}},
	} {
		if got := assembly(c.phases, component.Period{Closes: c.closes}, now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestReadBefore(t *testing.T) {
	for _, c := range []struct {
		number, unit string
		want         time.Duration
	}{
		{"1", "hours", time.Hour}, {" 3 ", "days", 72 * time.Hour}, {"30", "days", 720 * time.Hour}, {"720", "hours", 720 * time.Hour},
		{"0", "days", 0}, {"-1", "days", 0}, {"31", "days", 0}, {"721", "hours", 0}, {"", "days", 0}, {"2", "weeks", 0},
		{"1.5", "days", 0}, {"99999999999999999999", "hours", 0}, {"5124096", "hours", 0},
	} {
		got, err := readBefore(c.number, c.unit)
		if (err == nil) != (c.want != 0) || err == nil && got != c.want {
			t.Errorf("%q %s: %v, %v", c.number, c.unit, got, err)
		}
	}
}

func TestMasked(t *testing.T) {
	for email, want := range map[string]string{"ines.bernard@coop.example": "i…d@coop.example", "ib@coop.example": "…@coop.example", "élo@x.example": "é…o@x.example"} {
		if got := masked(email); got != want {
			t.Errorf("%s: %s, want %s", email, got, want)
		}
	}
}
