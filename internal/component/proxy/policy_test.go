package proxy

import (
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func TestPolicy(t *testing.T) {
	here := space.Space{ID: 1, Visibility: space.Members}
	p := electorate.Proxy{Space: 1, Principal: 10, Holder: 20}
	elsewhere := electorate.Proxy{Space: 2, Principal: 10, Holder: 10}
	as := func(member int64, elector bool, roles ...people.Role) space.Access {
		a := space.Access{Space: here, Viewer: people.Viewer{Account: 100 + member, Member: member}, Roles: map[people.Role]bool{}, Elector: elector}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	visitor := space.Access{Space: here}
	admin := as(0, false)
	admin.Viewer.Admin = true
	for _, c := range []struct {
		who                                    string
		a                                      space.Access
		give, withdraw, answer, manage, onForm bool
	}{
		{"visitor", visitor, false, false, false, false, false},
		{"principal", as(10, true), true, true, false, false, true},
		{"holder", as(20, true), true, false, true, false, true},
		{"another elector", as(30, true), true, false, false, false, true},
		{"member not on the roll", as(40, false), false, false, false, false, true},
		{"holder not on the roll", as(20, false), false, false, true, false, true},
		{"employee without a role", as(0, false), false, false, false, false, false},
		{"observer", as(0, false, people.Observer), false, false, false, false, true},
		{"scrutineer", as(0, false, people.Scrutineer), false, false, false, false, true},
		{"facilitator, expert, assistant, participant", as(0, false, people.Facilitator, people.Expert, people.Assistant, people.Participant), false, false, false, false, true},
		{"officer", as(0, false, people.Officer), false, false, false, true, true},
		{"chair", as(50, true, people.Chair), true, false, false, true, true},
		{"administrator of the space", as(0, false, people.Administrator), false, false, false, true, true},
		{"administrator of the organisation", admin, false, false, false, true, true},
	} {
		for _, got := range []struct {
			what string
			got  bool
			want bool
		}{
			{"give", canGive(c.a), c.give}, {"withdraw", canWithdraw(c.a, p), c.withdraw}, {"answer", canAnswer(c.a, p), c.answer},
			{"manage", canManage(c.a), c.manage}, {"read the form", canReadForm(c.a), c.onForm},
			{"withdraw elsewhere", canWithdraw(c.a, elsewhere), false}, {"answer elsewhere", canAnswer(c.a, elsewhere), false},
		} {
			if got.got != got.want {
				t.Errorf("%s may %s: %v, want %v", c.who, got.what, got.got, got.want)
			}
		}
	}
}

func TestMayWithdraw(t *testing.T) {
	opens, used := statute.Rules{}, statute.Rules{}
	opens.Proxies.WithdrawUntil, used.Proxies.WithdrawUntil = statute.UntilOpens, statute.UntilUsed
	before, open := stage{}, stage{Period: component.Period{Opened: true}}
	for _, c := range []struct {
		name  string
		rules statute.Rules
		state electorate.ProxyState
		stage stage
		used  bool
		want  bool
	}{
		{"before the vote", opens, electorate.ProxyAccepted, before, false, true},
		{"once it is open", opens, electorate.ProxyAccepted, open, false, false},
		{"an offer, once it is open", opens, electorate.ProxyOffered, open, false, true},
		{"until used, once it is open", used, electorate.ProxyAccepted, open, false, true},
		{"once used", used, electorate.ProxyAccepted, open, true, false},
	} {
		if ok, _ := mayWithdraw(c.rules, electorate.Proxy{State: c.state}, c.stage, c.used); ok != c.want {
			t.Errorf("%s: %v, want %v", c.name, ok, c.want)
		}
	}
}

func TestReadChoice(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  Choice
		ok    bool
	}{{"", Choice{}, true}, {"blank", Choice{Blank: true}, true}, {"12", Choice{Holder: 12}, true}, {"-1", Choice{}, false}, {"0", Choice{}, false}, {"x", Choice{}, false}} {
		got, err := readChoice(c.typed)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%q reads %+v, %v", c.typed, got, err)
		}
	}
	if err := (Choice{}).validate(); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("nobody chosen: %v", err)
	}
}

func TestCheckReason(t *testing.T) {
	for _, typed := range []string{"", "  ", strings.Repeat("é", maxReason+1)} {
		if _, err := checkReason(typed); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q passes: %v", typed, err)
		}
	}
	if got, err := checkReason(" mauvaise personne "); got != "mauvaise personne" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestGuard(t *testing.T) {
	for typed, want := range map[string]string{"": "", "Ana": "Ana", "=1+1": "'=1+1", "@x": "'@x"} {
		if got := guard(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}
