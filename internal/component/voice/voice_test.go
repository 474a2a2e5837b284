package voice

import (
	"slices"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/space"
)

// Who may send what, and nobody else.
func TestRights(t *testing.T) {
	floor, open := Settings{Mode: FloorOnly, Cameras: true}, Settings{Mode: OpenMics, Cameras: true}
	dark := Settings{Mode: OpenMics}
	const table = int64(7)
	for _, c := range []struct {
		name  string
		place int64
		s     Settings
		p     standing
		want  string
	}{
		{"who listens", plenary, floor, standing{}, ""},
		{"who takes part", plenary, floor, standing{takesPart: true}, ""},
		{"who leads", plenary, floor, standing{leads: true, takesPart: true}, "microphone camera screen"},
		{"who leads, without cameras", plenary, dark, standing{leads: true, takesPart: true}, "microphone screen"},
		{"who has the floor", plenary, floor, standing{takesPart: true, speaks: true}, "microphone camera screen"},
		{"an observer given the floor", plenary, floor, standing{speaks: true}, "microphone camera screen"},
		{"who comes next", plenary, floor, standing{takesPart: true, next: true}, "camera"},
		{"who comes next, without cameras", plenary, Settings{Mode: FloorOnly}, standing{takesPart: true, next: true}, ""},
		{"who was given the slides", plenary, floor, standing{takesPart: true, presents: true}, "screen"},
		{"who presents and comes next", plenary, floor, standing{takesPart: true, presents: true, next: true}, "camera screen"},
		{"who presents and is banned", plenary, floor, standing{takesPart: true, presents: true, banned: true}, ""},
		{"who presents, at a table of others", table, floor, standing{takesPart: true, presents: true}, ""},
		{"an open microphone", plenary, open, standing{takesPart: true}, "microphone camera"},
		{"an open microphone, without cameras", plenary, dark, standing{takesPart: true}, "microphone"},
		{"an observer among open microphones", plenary, open, standing{}, ""},
		{"who has the floor and has not said whether they may be recorded", plenary, floor, standing{takesPart: true, speaks: true, unsettled: true}, "camera screen"},
		{"who leads, has the floor and has not said so", plenary, floor, standing{leads: true, speaks: true, unsettled: true}, "camera screen"},
		{"who leads and has not said so", plenary, floor, standing{leads: true, unsettled: true}, "microphone camera screen"},
		{"an open microphone of whoever has not said so", plenary, open, standing{takesPart: true, unsettled: true}, "camera"},
		{"who has not said so, at a table", table, floor, standing{seated: true, unsettled: true}, "microphone camera screen"},
		{"who is banned", plenary, open, standing{banned: true, takesPart: true, speaks: true, leads: true}, ""},
		{"who is at the table", table, floor, standing{takesPart: true, seated: true}, "microphone camera screen"},
		{"who is not", table, open, standing{takesPart: true, speaks: true}, ""},
		{"who leads, at a table", table, floor, standing{leads: true}, "microphone camera screen"},
		{"who is banned, at a table", table, floor, standing{seated: true, banned: true}, ""},
	} {
		var got string
		for i, s := range rights(c.place, c.s, c.p) {
			if i > 0 {
				got += " "
			}
			got += string(s)
		}
		if got != c.want {
			t.Errorf("%s may send %q, want %q", c.name, got, c.want)
		}
	}
}

// A hall is heard while somebody in it has the floor, and shown where cameras are.
func TestHall(t *testing.T) {
	somebody, ana := &component.LivePerson{Name: "Une voix"}, &component.LivePerson{Account: 3, Name: "Ana"}
	written := &component.LivePerson{Name: "Un mot", Written: true}
	for _, c := range []struct {
		name    string
		s       Settings
		speaker *component.LivePerson
		want    []room.Source
	}{
		{"nobody", Settings{Cameras: true}, nil, nil},
		{"somebody elsewhere", Settings{Cameras: true, Mode: OpenMics}, ana, nil},
		{"a text", Settings{Cameras: true}, written, nil},
		{"somebody in it", Settings{Cameras: true}, somebody, []room.Source{room.Microphone, room.Camera}},
		{"somebody in it, without cameras", Settings{}, somebody, []room.Source{room.Microphone}},
	} {
		if got := hallRights(c.s, component.LiveSession{Speaker: c.speaker}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	s := component.LiveSession{Speaker: &component.LivePerson{Account: 1}, Queue: []component.LivePerson{{Account: 2}, {Account: 3}}}
	for account, want := range map[int64]standing{1: {speaks: true}, 2: {next: true}, 3: {}} {
		if got := standingOf(person{Account: account}, false, s); got != want {
			t.Errorf("%d stands %+v, want %+v", account, got, want)
		}
	}
	if got := standingOf(person{Account: 1, Banned: time.Now()}, true, component.LiveSession{}); got != (standing{banned: true, leads: true}) {
		t.Errorf("%+v", got)
	}
}

// A locked room opens to those who lead and those who were in it.
func TestLock(t *testing.T) {
	now := time.Now()
	locked := Settings{Locked: now}
	was, long, sent := person{Entered: now.Add(-time.Hour)}, person{Entered: now.Add(-48 * time.Hour)}, person{}
	for _, c := range []struct {
		name string
		s    Settings
		p    person
		lead bool
		want bool
	}{
		{"open", Settings{}, sent, false, true}, {"was in it", locked, was, false, true}, {"was in an earlier meeting", locked, long, false, false},
		{"new, or sent away", locked, sent, false, false}, {"leads", locked, sent, true, true},
	} {
		if got := c.s.admits(c.p, c.lead); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestDifferences(t *testing.T) {
	in := []room.Participant{
		{Identity: "same", May: []room.Source{room.Screen, room.Microphone}}, {Identity: "more", May: []room.Source{room.Camera}},
		{Identity: "less"}, {Identity: "stranger"}, {Identity: "listens"},
	}
	wanted := map[string][]room.Source{"same": {room.Microphone, room.Screen}, "more": nil, "less": {room.Microphone}, "listens": {}, "absent": {room.Camera}}
	got := differences(in, wanted)
	if len(got) != 3 || got[0].identity != "more" || len(got[0].publish) != 0 || got[0].away ||
		got[1].identity != "less" || !slices.Equal(got[1].publish, []room.Source{room.Microphone}) || got[2].identity != "stranger" || !got[2].away {
		t.Errorf("%+v", got)
	}
}

// Each act, for the roles that may do it and those that may not.
func TestPolicy(t *testing.T) {
	sp := space.Space{Visibility: space.Members}
	signed := people.Viewer{Account: 1}
	role := func(r people.Role) space.Access {
		return space.Access{Space: sp, Viewer: signed, Roles: map[people.Role]bool{r: true}}
	}
	cast := map[string]space.Access{
		"visitor": {Space: sp}, "visitor of a public space": {Space: space.Space{Visibility: space.Public}}, "stranger": {Space: sp, Viewer: signed},
		"member": {Space: sp, Viewer: people.Viewer{Account: 1, Member: 2}}, "elector": {Space: sp, Viewer: people.Viewer{Account: 1, Member: 2}, Elector: true},
		"administrator": {Space: sp, Viewer: people.Viewer{Account: 1, Admin: true}},
	}
	for _, r := range people.Roles[1:] {
		cast[string(r)] = role(r)
	}
	for name, c := range map[string]struct {
		may  func(space.Access) bool
		they []string
	}{
		"canSee":      {canSee, []string{"visitor of a public space", "member", "elector", "administrator", "chair", "officer", "scrutineer", "facilitator", "expert", "assistant", "participant", "observer"}},
		"canListen":   {canListen, []string{"member", "elector", "administrator", "chair", "officer", "scrutineer", "facilitator", "expert", "assistant", "participant", "observer"}},
		"canLead":     {canLead, []string{"chair", "officer", "facilitator"}},
		"canRehearse": {canRehearse, []string{"member", "elector", "chair", "officer", "scrutineer", "facilitator", "expert", "assistant", "participant"}},
		"canHelp":     {canHelp, []string{"chair", "officer", "facilitator", "assistant"}},
	} {
		for who, a := range cast {
			if got, want := c.may(a), slices.Contains(c.they, who); got != want {
				t.Errorf("%s: %s is answered %v", name, who, got)
			}
		}
	}
	for _, r := range leading {
		if !canLead(role(r)) {
			t.Errorf("%s leads in the database only", r)
		}
	}
}

// Of what a browser says of a step, only our words and figures are kept.
func TestNoted(t *testing.T) {
	for text, want := range map[string]string{"refused": "refused", "120 4 7": "120 4 7", "": "", "<b>": "", "120 -4 7": "", "1 2": "", "1 2 99999": "", "1 2 x": "", " 1  2 3 ": "1 2 3"} {
		if got := noted(text); got != want {
			t.Errorf("%q is kept as %q", text, got)
		}
	}
	for f, want := range map[figures]string{{80, 0, 5}: "good", {300, 0, 5}: "fair", {80, 20, 5}: "fair", {80, 0, 50}: "fair", {700, 0, 5}: "poor", {80, 60, 5}: "poor"} {
		if got := f.verdict(); got != want {
			t.Errorf("%+v is %s", f, got)
		}
	}
}

func TestSafeCell(t *testing.T) {
	for text, want := range map[string]string{"": "", "Ana": "Ana", "=1+1": "'=1+1", "@x": "'@x", "é=": "é="} {
		if got := safeCell(text); got != want {
			t.Errorf("%q is written %q", text, got)
		}
	}
}
