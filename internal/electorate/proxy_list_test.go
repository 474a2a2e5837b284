package electorate_test

import (
	"fmt"
	"testing"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

func TestSearchByName(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		s.write(func(tx *db.Tx) error {
			m, err := people.SaveMember(tx, 0, people.Member{Number: "77", FirstName: "Jean-Noël", LastName: "d’Abbadie", College: "b", Shares: 1,
				AdmittedOn: "2020-01-01", Email: "secret@example.org", City: "Bayonne"})
			if err != nil {
				return err
			}
			s.name[m.ID] = "Jean-Noël"
			_, _, err = electorate.DrawRoll(tx, 1, s.space, assembly)
			return err
		})
		s.accepted("Ana", "Bob")
		for _, c := range []struct{ text, college, want string }{
			{"ab", "", "[Ana 0 Jean-Noël 0]"},
			{"AB an", "", "[Ana 0]"},
			{"noel abb", "", "[Jean-Noël 0]"},
			{"d'abb", "", "[Jean-Noël 0]"},
			{"ab", "b", "[Jean-Noël 0]"},
			{"berr", "", "[Bob 1]"},
			{"secret", "", "[]"},
			{"bayonne", "", "[]"},
			{"77", "", "[]"},
			{"%", "", "[]"},
			{"_b", "b", "[]"},
			{"late", "", "[]"}, // not on the roll
		} {
			s.write(func(tx *db.Tx) error {
				got := []string{}
				list, err := electorate.SearchByName(tx, s.space.ID, c.text, c.college, 20)
				for _, e := range list {
					got = append(got, fmt.Sprintf("%s %d", s.name[e.Member], e.Held))
				}
				if fmt.Sprint(got) != c.want {
					t.Errorf("%q in %q finds %v, want %s", c.text, c.college, got, c.want)
				}
				return err
			})
		}
	})
}

func TestListsOfProxies(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		s.accepted("Ana", "Bob")
		s.give("Cleo", "Bob")
		s.answer("", s.give("Dana", "Bob"), false)
		s.accepted("Dana", "Eva")
		for _, c := range []struct {
			filter        electorate.ProxyFilter
			offset, limit int
			want          string
			total         int
		}{
			{electorate.ProxyFilter{}, 0, 9, "[Dana→Eva Dana→Bob Cleo→Bob Ana→Bob]", 4},
			{electorate.ProxyFilter{}, 1, 2, "[Dana→Bob Cleo→Bob]", 4},
			{electorate.ProxyFilter{State: electorate.ProxyAccepted}, 0, 9, "[Dana→Eva Ana→Bob]", 2},
			{electorate.ProxyFilter{Text: "bob be"}, 0, 9, "[Dana→Bob Cleo→Bob Ana→Bob]", 3},
			{electorate.ProxyFilter{Text: "abad", State: electorate.ProxyAccepted}, 0, 9, "[Ana→Bob]", 1},
			{electorate.ProxyFilter{Text: "5"}, 0, 9, "[Dana→Eva]", 1}, // Eva's number
			{electorate.ProxyFilter{Text: "?"}, 0, 9, "[]", 0},
		} {
			s.write(func(tx *db.Tx) error {
				got := []string{}
				list, total, err := electorate.SearchProxies(tx, s.space.ID, c.filter, c.offset, c.limit)
				for _, p := range list {
					got = append(got, s.name[p.Principal]+"→"+s.name[p.Holder])
				}
				if fmt.Sprint(got) != c.want || total != c.total {
					t.Errorf("%+v lists %v of %d, want %s of %d", c.filter, got, total, c.want, c.total)
				}
				return err
			})
		}
		s.write(func(tx *db.Tx) error {
			counts, err := electorate.CountProxies(tx, s.space.ID)
			if counts[electorate.ProxyAccepted] != 2 || counts[electorate.ProxyOffered] != 1 || counts[electorate.ProxyRefused] != 1 {
				t.Errorf("counted %v", counts)
			}
			if err != nil {
				return err
			}
			list, total, err := electorate.Holdings(tx, s.space.ID, 0, 9)
			if total != 2 || len(list) != 2 || list[0].Name != "Bob Berr" || list[0].Held != 1 || list[0].Offered != 1 ||
				list[0].Votes.Cmp(statute.Int(3)) != 0 || list[1].College != "b" || list[1].Offered != 0 {
				t.Errorf("holdings are %+v of %d", list, total)
			}
			return err
		})
	})
}
