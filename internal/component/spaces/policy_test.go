package spaces

import (
	"testing"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

func with(admin bool, roles ...people.Role) space.Access {
	a := space.Access{Viewer: people.Viewer{Account: 1, Admin: admin}, Roles: map[people.Role]bool{}}
	for _, r := range roles {
		a.Roles[r] = true
	}
	return a
}

func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		name                                            string
		a                                               space.Access
		edit, seeRoll, giveScrutineer, giveChair, giveA bool
	}{
		{"nobody", space.Access{}, false, false, false, false, false},
		{"an account without a role", with(false), false, false, false, false, false},
		{"an elector", space.Access{Viewer: people.Viewer{Account: 1, Member: 2}, Elector: true}, false, false, false, false, false},
		{"an administrator of the organisation", with(true), true, true, true, true, true},
		{"an administrator of the space", with(false, people.Administrator), true, true, true, true, true},
		{"the chair", with(false, people.Chair), true, true, true, false, false},
		{"an officer", with(false, people.Officer), true, true, true, false, false},
		{"a scrutineer", with(false, people.Scrutineer), false, true, false, false, false},
		{"a facilitator", with(false, people.Facilitator), false, false, false, false, false},
		{"an expert", with(false, people.Expert), false, false, false, false, false},
		{"an assistant", with(false, people.Assistant), false, false, false, false, false},
		{"a participant", with(false, people.Participant), false, false, false, false, false},
		{"an observer", with(false, people.Observer), false, false, false, false, false},
	} {
		got := [...]bool{canEdit(c.a), canSeeRoll(c.a), canGive(c.a, people.Scrutineer), canGive(c.a, people.Chair), canGive(c.a, people.Administrator)}
		want := [...]bool{c.edit, c.seeRoll, c.giveScrutineer, c.giveChair, c.giveA}
		if got != want {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
		if canArchive(c.a) != (c.giveChair || c.name == "the chair") {
			t.Errorf("%s archives: %v", c.name, canArchive(c.a))
		}
		if canGive(c.a, "emperor") {
			t.Errorf("%s gives a role that does not exist", c.name)
		}
	}
	for _, r := range people.Roles {
		if canGiveEverywhere(people.Viewer{Account: 1, Member: 2}, r) {
			t.Errorf("a member gives the role %s everywhere", r)
		}
	}
	if canGiveEverywhere(people.Viewer{Admin: true}, people.Chair) || !canGiveEverywhere(people.Viewer{Admin: true}, people.Administrator) {
		t.Error("an administrator gives the wrong roles everywhere")
	}
}

func TestProposeSlug(t *testing.T) {
	for title, want := range map[string]string{
		"Assemblée générale 2027":        "assemblee-generale-2027",
		"  L’œuvre & l'eau : à nous !  ": "l-oeuvre-l-eau-a-nous",
		"日本":                             "",
		"a234567890b234567890c234567890d234567890e234567890f23456789 suite": "a234567890b234567890c234567890d234567890e234567890f23456789",
	} {
		if got := proposeSlug(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

func TestRearrange(t *testing.T) {
	rows := func(names string) []typedPhase {
		var out []typedPhase
		for _, r := range names {
			out = append(out, typedPhase{Title: string(r)})
		}
		return out
	}
	for _, c := range []struct{ do, want string }{
		{"up-0", "abc"}, {"up-2", "acb"}, {"down-0", "bac"}, {"down-2", "abc"}, {"remove-1", "ac"}, {"add", "abc?"},
		{"up-9", "abc"}, {"remove--1", "abc"}, {"nonsense", "abc"}, {"", "abc"},
	} {
		got := ""
		for _, r := range rearrange(rows("abc"), c.do) {
			if r.Title == "" {
				r.Title = "?"
			}
			got += r.Title
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.do, got, c.want)
		}
	}
}

func TestPassages(t *testing.T) {
	got := passages("# Titre\n\nUn texte.\n\n- un\n- deux\n\n$ commande x")
	if len(got) != 4 || got[0].Heading != "Titre" || got[1].Text != "Un texte." || len(got[2].Items) != 2 || got[2].Items[1] != "deux" || got[3].Command != "commande x" {
		t.Errorf("%+v", got)
	}
}

func TestFirstWords(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
	}{{"court", 10, "court"}, {"des mots entiers seulement", 12, "des mots…"}, {"unseulmottroplong", 5, "unseu…"}} {
		if got := firstWords(c.text, c.max); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
