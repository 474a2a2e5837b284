package poll

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

func three(kind Kind) Poll {
	return Poll{Question: "?", Kind: kind, Options: []Option{{Label: "A"}, {Label: "B"}, {Label: "C"}}, Fewest: 1, Most: 2, Steps: 5, Method: "borda"}
}

// What may be answered, and what may not.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		poll   Poll
		values []string
		ranks  map[string]string
		want   Answer
		refuse string
	}{
		{three(Single), []string{"2"}, nil, Answer{"2"}, ""},
		{three(Single), nil, nil, nil, "poll.answer.single"},
		{three(Single), []string{"1", "2"}, nil, nil, "poll.answer.single"},
		{three(Single), []string{"4"}, nil, nil, "poll.answer.single"},
		{three(Multiple), []string{"3", "1"}, nil, Answer{"1", "3"}, ""},
		{three(Multiple), []string{"1", "2", "3"}, nil, nil, "poll.answer.multiple"},
		{three(Multiple), []string{"1", "1"}, nil, nil, "poll.answer.multiple"},
		{three(Multiple), nil, nil, nil, "poll.answer.multiple"},
		{three(Scale), []string{"5"}, nil, Answer{"5"}, ""},
		{three(Scale), []string{"6"}, nil, nil, "poll.answer.scale"},
		{three(Scale), []string{"0"}, nil, nil, "poll.answer.scale"},
		{three(Scale), nil, nil, nil, "poll.answer.scale"},
		{three(Words), []string{"  Vélo ! ", "vélo", "l'Eau\u00a0vive"}, nil, Answer{"vélo", "l'eau vive"}, ""},
		{three(Words), []string{"", " "}, nil, nil, "poll.answer.words"},
		{three(Words), []string{"a", "b", "c"}, nil, nil, "poll.answer.words"},
		{three(Words), []string{strings.Repeat("é", 31)}, nil, nil, "poll.answer.word_long"},
		{three(Ranking), nil, map[string]string{"1": "2", "2": "", "3": "1"}, Answer{"3", "1"}, ""},
		{three(Ranking), nil, map[string]string{"1": "1", "2": "1"}, nil, "poll.answer.same_rank"},
		{three(Ranking), nil, map[string]string{"1": "4"}, nil, "poll.answer.ranking"},
		{three(Ranking), nil, nil, nil, "poll.answer.ranking"},
	} {
		got, err := c.poll.read(c.values, c.ranks)
		refused := ""
		if err != nil {
			refused = err.Key
		}
		if !reflect.DeepEqual(got, c.want) || refused != c.refuse {
			t.Errorf("%s %v %v: %v %q", c.poll.Kind, c.values, c.ranks, got, refused)
		}
	}
}

// What may be asked, and what may not.
func TestValidate(t *testing.T) {
	with := func(kind Kind, change func(*Poll)) Poll {
		p := three(kind)
		change(&p)
		return p
	}
	none := func(*Poll) {}
	for _, c := range []struct {
		poll  Poll
		field string
	}{
		{with(Single, none), ""}, {with(Multiple, none), ""}, {with(Scale, none), ""}, {with(Words, none), ""}, {with(Ranking, none), ""},
		{with("other", none), "kind"},
		{with(Single, func(p *Poll) { p.Question = "" }), "question"},
		{with(Single, func(p *Poll) { p.Question = strings.Repeat("a", 301) }), "question"},
		{with(Single, func(p *Poll) { p.Options = p.Options[:1] }), "options"},
		{with(Single, func(p *Poll) { p.Options = append(p.Options, Option{Label: "a"}) }), "options"},
		{with(Single, func(p *Poll) { p.Options = parseOptions(strings.Repeat("x\ny\n", 11)) }), "options"},
		{with(Single, func(p *Poll) { p.Seconds = -1 }), "seconds"},
		{with(Multiple, func(p *Poll) { p.Most = 4 }), "most"},
		{with(Multiple, func(p *Poll) { p.Fewest = 3 }), "most"},
		{with(Scale, func(p *Poll) { p.Steps = 1 }), "steps"},
		{with(Scale, func(p *Poll) { p.Steps = 12 }), "steps"},
		{with(Words, func(p *Poll) { p.Most = 6 }), "words"},
		{with(Ranking, func(p *Poll) { p.Method = "dice" }), "method"},
	} {
		f := c.poll.validate()
		if c.field == "" && len(f) > 0 || c.field != "" && f[c.field] == nil {
			t.Errorf("%+v: %v, want %q", c.poll, f, c.field)
		}
	}
	list := parseOptions("* Oui \r\n\n Non\n*Peut-être")
	if !reflect.DeepEqual(list, []Option{{"Oui", true}, {"Non", false}, {"Peut-être", true}}) || typeOptions(list) != "* Oui\nNon\n* Peut-être\n" {
		t.Errorf("%v %q", list, typeOptions(list))
	}
}

func TestResult(t *testing.T) {
	fill := func(p Poll, answers ...Answer) Result {
		var b Box
		for _, a := range answers {
			b.put(p, a)
		}
		r, err := p.result(b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	rows := func(r Result) (out []string) {
		for _, row := range r.shown() {
			out = append(out, fmt.Sprintf("%s %d %d%% %d", row.Label, row.N, row.Percent, row.Place))
		}
		return out
	}
	for name, c := range map[string]struct {
		result Result
		want   []string
	}{
		"single":   {fill(three(Single), Answer{"1"}, Answer{"3"}, Answer{"3"}), []string{"A 1 33% 0", "B 0 0% 0", "C 2 67% 0"}},
		"multiple": {fill(three(Multiple), Answer{"1", "2"}, Answer{"2"}), []string{"A 1 50% 0", "B 2 100% 0", "C 0 0% 0"}},
		"words":    {fill(Poll{Kind: Words, Hidden: []string{"zut"}}, Answer{"eau", "air"}, Answer{"eau", "zut"}), []string{"eau 2 100% 0", "air 1 50% 0"}},
		"ranking":  {fill(three(Ranking), Answer{"2", "1", "3"}, Answer{"2", "3", "1"}), []string{"B 0 0% 1", "A 0 0% 2", "C 0 0% 2"}},
		"nobody":   {fill(three(Ranking)), []string{"A 0 0% 0", "B 0 0% 0", "C 0 0% 0"}},
	} {
		if got := rows(c.result); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	s := fill(Poll{Kind: Scale, Steps: 5, Low: "non", High: "oui"}, Answer{"1"}, Answer{"4"}, Answer{"5"}, Answer{"5"})
	if s.Mean10 != 38 || s.Median2 != 9 || s.Rows[0].Label != "1 · non" || s.Rows[1].Label != "2" {
		t.Errorf("%+v", s)
	}
	p := three(Ranking)
	p.Method = "schulze"
	why := fill(p, Answer{"2", "1"}, Answer{"2", "3"}).reasons(func(key string, args ...any) string { return fmt.Sprint(key, args) })
	if len(why) < 3 || !strings.HasPrefix(why[0], "poll.why.schulze") || !strings.Contains(strings.Join(why, " "), "poll.why.duel[winner B loser A for 2 against 0]") {
		t.Errorf("%q", why)
	}
}

// A cloud has every word in its frame, the most given largest, none over another.
func TestCloud(t *testing.T) {
	var rows []Row
	for i := range 70 {
		rows = append(rows, Row{Label: strings.Repeat("m", 1+i%30), N: int64(70 - i)})
	}
	words, height := cloud(rows)
	if len(words) != cloudMost {
		t.Fatalf("%d words", len(words))
	}
	for i, w := range words {
		width := wordWidth(w.Label, w.size)
		if w.x-width/2 < -1 || w.x+width/2 > cloudWidth+1 || w.y > height || i > 0 && w.size > words[i-1].size && len(w.Label) > 15 {
			t.Errorf("%+v is out of its frame (%d)", w, height)
		}
		if i > 0 && w.y == words[i-1].y && w.x-width/2 < words[i-1].x+wordWidth(words[i-1].Label, words[i-1].size)/2 {
			t.Errorf("%q lies over %q", w.Label, words[i-1].Label)
		}
	}
	if words, height := cloud(nil); len(words) != 0 || height != 0 {
		t.Error("an empty cloud is something")
	}
}

// Who may do what, for each who must not too.
func TestPolicy(t *testing.T) {
	as := func(v people.Viewer, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: space.Public}, Viewer: v, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	now := time.Date(2026, 6, 11, 18, 0, 0, 0, time.UTC)
	draft, open, held, closed := Poll{State: Draft}, Poll{State: Open}, Poll{State: Open, Held: true, Named: true}, Poll{State: Closed, Named: true}
	over := Poll{State: Open, ClosesAt: now}
	for name, c := range map[string]struct {
		access      space.Access
		takes, lead bool
	}{
		"visitor":       {as(people.Viewer{}), false, false},
		"stranger":      {as(people.Viewer{Account: 1}), false, false},
		"observer":      {as(people.Viewer{Account: 1}, people.Observer), false, false},
		"administrator": {as(people.Viewer{Account: 1, Admin: true}, people.Administrator), false, false},
		"member":        {as(people.Viewer{Account: 1, Member: 2}), true, false},
		"scrutineer":    {as(people.Viewer{Account: 1}, people.Scrutineer), true, false},
		"facilitator":   {as(people.Viewer{Account: 1}, people.Facilitator), true, true},
		"chair":         {as(people.Viewer{Account: 1}, people.Chair), true, true},
	} {
		for what, is := range map[string][2]bool{
			"lead": {canLead(c.access), c.lead}, "read a draft": {canRead(c.access, draft), c.lead}, "read an open one": {canRead(c.access, open), true},
			"answer": {canAnswer(c.access, open, false, now), c.takes}, "answer twice": {canAnswer(c.access, open, true, now), false},
			"change": {canAnswer(c.access, held, true, now), c.takes}, "answer a draft": {canAnswer(c.access, draft, false, now), false},
			"answer a closed one": {canAnswer(c.access, closed, false, now), false}, "answer late": {canAnswer(c.access, over, false, now), false},
			"read results": {canReadResults(c.access, open), true}, "read held results": {canReadResults(c.access, held), false},
			"read names": {canReadNames(c.access, closed), c.takes}, "read names early": {canReadNames(c.access, held), false},
			"read names of an anonymous one": {canReadNames(c.access, open), false},
		} {
			if is[0] != is[1] {
				t.Errorf("%s may %s: %v", name, what, is[0])
			}
		}
	}
}
