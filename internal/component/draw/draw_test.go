package draw

import (
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestPolicies(t *testing.T) {
	in := func(v space.Visibility, role people.Role, viewer people.Viewer) space.Access {
		a := space.Access{Space: space.Space{Visibility: v}, Viewer: viewer, Roles: map[people.Role]bool{}}
		if role != "" {
			a.Roles[role] = true
		}
		return a
	}
	stranger := people.Viewer{}
	member := people.Viewer{Account: 1, Member: 1}
	private, opened := Draw{}, Draw{ClosesAt: now.Add(time.Hour), EraseAt: now.AddDate(0, 1, 0)}
	ready, published := []Round{{State: Ready}}, []Round{{State: Published}}
	for _, c := range []struct {
		name          string
		a             space.Access
		prepare       bool
		private, open bool // reads a draw in preparation; one that is open
		ready, listed bool // reads a list before, after its publication
	}{
		{"stranger, public space", in(space.Public, "", stranger), false, false, true, false, true},
		{"stranger, members' space", in(space.Members, "", stranger), false, false, false, false, false},
		{"member", in(space.Members, "", member), false, false, true, false, true},
		{"scrutineer", in(space.Members, people.Scrutineer, member), false, false, true, false, true},
		{"chair", in(space.Members, people.Chair, member), true, true, true, true, true},
		{"officer", in(space.Members, people.Officer, member), true, true, true, true, true},
		{"administrator", in(space.Members, "", people.Viewer{Account: 2, Admin: true}), true, true, true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := canPrepare(c.a); got != c.prepare {
				t.Errorf("prepares: %v", got)
			}
			if got := canRead(c.a, private, nil); got != c.private {
				t.Errorf("reads a draw in preparation: %v", got)
			}
			if got := canRead(c.a, opened, nil); got != c.open {
				t.Errorf("reads an open draw: %v", got)
			}
			if got := canReadRound(c.a, ready[0]); got != c.ready {
				t.Errorf("reads an unpublished list: %v", got)
			}
			if got := canReadRound(c.a, published[0]) && canRead(c.a, private, published); got != c.listed {
				t.Errorf("reads a published list: %v", got)
			}
		})
	}
	if canApply(private, nil, now) || !canApply(opened, nil, now) || canApply(opened, nil, opened.ClosesAt) || canApply(opened, ready, now) {
		t.Error("one applies while the form is open and no list is being made, and only then")
	}
	for _, c := range []struct {
		v    Volunteer
		to   Answer
		want bool
	}{
		{Volunteer{}, Yes, false}, {Volunteer{Seated: true}, Yes, true}, {Volunteer{Seated: true}, No, true},
		{Volunteer{Seated: true, Answer: Yes}, No, true}, {Volunteer{Seated: true, Answer: Yes}, Yes, false}, {Volunteer{Answer: No}, Yes, false},
	} {
		if got := canAnswer(c.v, c.to); got != c.want {
			t.Errorf("%+v to %s: %v", c.v, c.to, got)
		}
	}
}

func TestQuotasFilledFromShares(t *testing.T) {
	d := Draw{Size: 30, Categories: []Category{
		{Name: "Genre", Values: []Value{{Name: "Femme", Share: 51.6}, {Name: "Homme", Share: 48.4}}},
		{Name: "Lieu", Values: []Value{{Name: "Ville", Share: 50, Min: 3, Max: 4}, {Name: "Campagne", Share: -1}}},
	}}
	d.fill(0)
	if got := d.Categories[0].Values; got[0].Min != 15 || got[0].Max != 16 || got[1].Min != 14 || got[1].Max != 15 {
		t.Errorf("filled %+v", got)
	}
	if got := d.Categories[1].Values[0]; got.Min != 3 || got.Max != 4 {
		t.Errorf("a category whose shares are not all known was filled: %+v", got)
	}
	d.fill(1)
	if got := d.Categories[0].Values[0]; got.Min != 14 || got.Max != 17 {
		t.Errorf("filled with a margin %+v", got)
	}
	d.accept([]sortition.Change{{Category: "Genre", Feature: "Femme", From: 14, To: 12}, {Category: "Genre", Feature: "Homme", Maximum: true, From: 16, To: 18}})
	if got := d.Categories[0].Values; got[0].Min != 12 || got[1].Max != 18 {
		t.Errorf("accepted %+v", got)
	}
}

func TestValidation(t *testing.T) {
	good := Draw{Title: "Convention", Size: 30, Panels: 1000, Objective: sortition.Leximin, EraseAt: now.AddDate(0, 1, 0)}
	if f := good.validate(now); len(f) > 0 {
		t.Error(f)
	}
	for field, spoil := range map[string]func(d *Draw){
		"title": func(d *Draw) { d.Title = " " }, "size": func(d *Draw) { d.Size = 0 }, "panels": func(d *Draw) { d.Panels = 3 },
		"objective": func(d *Draw) { d.Objective = "mine" }, "erase_at": func(d *Draw) { d.EraseAt = now },
	} {
		bad := good
		spoil(&bad)
		if f := bad.validate(now); len(f) != 1 || f[field] == nil {
			t.Errorf("%s: %v", field, f)
		}
	}
	two := []Value{{Name: "a"}, {Name: "b"}}
	f := validateCategories([]Category{{Name: "foyer", Values: two}, {Name: "Genre", Values: two[:1]}, {Name: "Genre", Values: two}, {Values: append(two, two[0])}})
	for _, field := range []string{"name-0", "values-1", "name-2", "name-3", "values-3"} {
		if f[field] == nil {
			t.Errorf("%s is accepted", field)
		}
	}
	d := Draw{Size: 10, Categories: []Category{{Name: "Genre", Values: []Value{{Min: 11, Max: 12, Share: 60}, {Min: 3, Max: 2, Share: 60}}}}}
	for _, field := range []string{"min-0-0", "max-0-0", "max-0-1", "share-0-0", "source-0"} {
		if d.validateQuotas()[field] == nil {
			t.Errorf("%s is accepted", field)
		}
	}
}

func TestContributionsComeDieByDie(t *testing.T) {
	r := Round{Panels: 1000, Summary: Summary{Hash: "00"}, Method: Method{Sides: 6}}
	throw := func(faces ...int) (out []Throw) {
		for _, f := range faces {
			out = append(out, Throw{Shows: f})
		}
		return out
	}
	for _, c := range []struct {
		throws   []Throw
		next     int
		number   int
		complete bool
	}{
		{nil, 4, 0, false},
		{throw(1, 1, 1), 1, 0, false},
		{throw(1, 1, 2, 1), 0, 6, true},
		{throw(6, 6, 6, 6), 4, 0, false}, // 1295 lies beyond 1000: thrown again
		{append(throw(6, 6, 6, 6), throw(1, 1, 1, 3)...), 0, 2, true},
		{append([]Throw{{Shows: 6, Struck: true}}, throw(1, 1, 1, 1)...), 0, 0, true},
	} {
		_, number, next, complete := contributions(r, c.throws)
		if number != c.number || next != c.next || complete != c.complete {
			t.Errorf("%v: %d, %d to throw, %v; want %d, %d, %v", c.throws, number, next, complete, c.number, c.next, c.complete)
		}
	}
}

func TestSharesOfThePopulation(t *testing.T) {
	men, women := 0, 0
	for _, p := range places() {
		m, w := p.adults()
		men, women = men+m, women+w
	}
	// The table's own totals for the country, less its groups below 15 years of age.
	if men != 32967687-1826213-2059646-2186993 || women != 35092520-1746907-1966338-2084207 || len(places()) != 101 {
		t.Errorf("%d places with %d men and %d women", len(places()), men, women)
	}
	of := func(names ...string) (c Category) {
		for _, n := range names {
			c.Values = append(c.Values, Value{Name: n})
		}
		return c
	}
	for _, c := range []struct {
		category  Category
		territory string
		first     float64 // per cent
		source    string
	}{
		{of("Homme", "Femme"), "", 47.9, "France"},
		{of("Femme", "Homme", "Autre"), "75", 53.5, "Paris"},
		{of("15-29 ans", "30–44 ans", "45-64", "65 ans ou plus"), "", 21.2, "France"},
		{of("18-24 ans", "25-64 ans", "65 ans et plus"), "Bretagne", 9.8, "18 à 19 ans"},
		{of("Ille-et-Vilaine", "Finistère", "56", "Côtes d'Armor"), "Bretagne", 31.8, "Bretagne"},
		{of("Corse", "Île de France", "Ailleurs"), "", 0.5, "France"},
	} {
		shares, source, ok := suggest(c.category, c.territory)
		sum := 0.0
		for _, s := range shares {
			sum += max(0, s)
		}
		if !ok || len(shares) != len(c.category.Values) || sum < 99.999 || sum > 100.001 || shares[0] < c.first-0.06 || shares[0] > c.first+0.06 || !strings.Contains(source, c.source) {
			t.Errorf("%v in %q: %v %q %v", c.category.Values, c.territory, shares, source, ok)
		}
	}
	for _, c := range []Category{of("Femme", "Autre"), of("12-24", "25+"), of("15-29", "25+"), of("15-29", "45+"), of("Nord-Est", "Sud"), of("15-99")} {
		if _, _, ok := suggest(c, ""); ok {
			t.Errorf("%v: a share is suggested", c.Values)
		}
	}
}

func TestNumbersTellNothing(t *testing.T) {
	taken := map[int64]bool{}
	var list []int64
	for range 6000 {
		list = append(list, newNumber(taken))
	}
	if len(taken) != 6000 {
		t.Fatal("a number was given twice")
	}
	rising := 0
	for i := 1; i < len(list); i++ {
		if list[i] > list[i-1] {
			rising++
		}
	}
	if rising < 2500 || rising > 3600 {
		t.Errorf("%d of 6000 rise: numbers follow an order", rising)
	}
	if got := Label(42); got != "V-0042" {
		t.Error(got)
	}
}

func TestHouseholdsAreByNormalisedAddress(t *testing.T) {
	key := sortition.FrenchAddress
	got := households([]string{key("12, rue de l'Église"), key("14 rue de l'Eglise"), key("12 R. de l’eglise"), "", ""})
	if got[0] != got[2] || got[0] == got[1] || got[3] == got[4] || got[3] == got[0] {
		t.Errorf("%v", got)
	}
}
