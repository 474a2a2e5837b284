package minutes

import (
	"reflect"
	"testing"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func TestPolicy(t *testing.T) {
	with := func(v people.Viewer, roles ...people.Role) space.Access {
		a := space.Access{Space: space.Space{Visibility: space.Public}, Viewer: v, Roles: map[people.Role]bool{}}
		for _, r := range roles {
			a.Roles[r] = true
		}
		return a
	}
	somebody := people.Viewer{Account: 1}
	for _, c := range []struct {
		name                                             string
		a                                                space.Access
		sheet, sign, write, draft, shown, approved, file bool
	}{
		{"visitor", with(people.Viewer{}), false, false, false, false, false, false, false},
		{"signed in, of nothing", with(somebody), false, false, false, false, false, false, false},
		{"member", with(people.Viewer{Account: 1, Member: 2}), false, false, false, false, true, true, false},
		{"observer", with(somebody, people.Observer), false, false, false, false, true, true, false},
		{"facilitator", with(somebody, people.Facilitator), false, false, false, false, true, true, false},
		{"scrutineer", with(somebody, people.Scrutineer), true, false, false, true, true, true, false},
		{"officer", with(somebody, people.Officer), true, true, true, true, true, true, true},
		{"chair", with(somebody, people.Chair), true, true, true, true, true, true, true},
		{"administrator of the space", with(somebody, people.Administrator), true, false, true, true, true, true, true},
		{"administrator of all", with(people.Viewer{Account: 1, Admin: true}), true, false, true, true, true, true, true},
	} {
		got := []bool{canSeeAttendance(c.a), canSign(c.a), canWrite(c.a), canRead(c.a, false, false), canRead(c.a, false, true), canRead(c.a, true, false), canTakeLegalFile(c.a)}
		want := []bool{c.sheet, c.sign, c.write, c.draft, c.shown, c.approved, c.file}
		if !reflect.DeepEqual(got, want) || canMark(c.a) != c.sheet {
			t.Errorf("%s: sheet, sign, write, draft, shown, approved, file: got %v, want %v", c.name, got, want)
		}
	}
}

func TestRequirement(t *testing.T) {
	officer, chair := Signature{Account: 1, Role: people.Officer}, Signature{Account: 2, Role: people.Chair}
	other := Signature{Account: 3, Role: people.Officer}
	for _, c := range []struct {
		approvals int
		list      []Signature
		want      bool
	}{
		{0, nil, false}, {0, []Signature{officer}, true}, {1, []Signature{officer}, true},
		{2, []Signature{officer}, false}, {2, []Signature{officer, other}, false}, {2, []Signature{officer, chair}, true}, {2, []Signature{chair}, false},
		{3, []Signature{officer, chair}, false}, {3, []Signature{officer, other, chair}, true},
	} {
		if got := required(statute.Rules{Minutes: statute.Minutes{Approvals: c.approvals}}).met(c.list); got != c.want {
			t.Errorf("%d approvals needed, %v: got %v", c.approvals, c.list, got)
		}
	}
}

func TestParseText(t *testing.T) {
	p := func(s string) doc.Block { return doc.Paragraph{Text: doc.Plain(s)} }
	list := func(items ...string) doc.Block {
		var l doc.List
		for _, i := range items {
			l.Items = append(l.Items, doc.ListItem{Text: doc.Plain(i)})
		}
		return l
	}
	h := func(s string) doc.Block { return doc.Heading{Level: 2, Text: doc.Plain(s)} }
	for text, want := range map[string][]doc.Block{
		"":                               nil,
		" \r\n\r\n ":                     nil,
		"Un.\r\nSuite.\r\n\r\nDeux.":     {p("Un.\nSuite."), p("Deux.")},
		"## Titre\nTexte\n- a\n- b\nFin": {h("Titre"), p("Texte"), list("a", "b"), p("Fin")},
		"-tiret\n##titre":                {p("-tiret\n##titre")},
		"- a\n\n- b":                     {list("a"), list("b")},
		"<script>":                       {p("<script>")},
	} {
		if got := parseText(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want string
	}{
		{nil, nil, ""},
		{[]string{"a", "b", "c"}, []string{"a", "c"}, "=a -b =c "},
		{[]string{"a"}, []string{"b"}, "-a +b "},
		{[]string{"a", "b", "c", "d"}, []string{"b", "x", "d", "e"}, "-a =b -c +x =d +e "},
		{nil, []string{"a", "b"}, "+a +b "},
	} {
		got := ""
		var before, after []string
		for _, d := range diff(c.a, c.b) {
			got += map[ChangeKind]string{Same: "=", Added: "+", Removed: "-"}[d.Kind] + d.Text + " "
			if d.Kind != Added {
				before = append(before, d.Text)
			}
			if d.Kind != Removed {
				after = append(after, d.Text)
			}
		}
		if got != c.want || !reflect.DeepEqual(before, c.a) || !reflect.DeepEqual(after, c.b) {
			t.Errorf("%v to %v: got %q, want %q", c.a, c.b, got, c.want)
		}
	}
	if got := fold(diff([]string{"a", "b", "c"}, []string{"a", "b", "d"})); len(got) != 3 || got[0].Count != 2 {
		t.Errorf("folded: %v", got)
	}
}
