package draw_test

import (
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
)

// Persons who come together, who cannot, and members by right: refused where they contradict each
// other, kept by every panel, public by numbers, and kept up in a replacement.
func TestTies(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := imported(t, h)
		number := map[string]string{}
		for _, v := range s.volunteers("") {
			number[v["email"]] = v["number"]
		}
		n := func(i int) string { return number[s.emails[i]] }
		tie := func(status int, kind, who, want string) {
			t.Helper()
			s.chair.Post(s.path+"/ties", "kind", kind, "who", who, "reason", "Article 12").Want(t, status, want)
		}
		s.chair.Get(s.path+"/ties").Want(t, 200, "Ajouter cette règle")
		tie(422, "", n(0), "Choisissez ce que la règle demande")
		tie(422, "together", n(1), "au moins deux personnes")
		tie(422, "fixed", " , ", "au moins une personne")
		tie(422, "apart", n(1)+", V-99999999", "« V-99999999 » n'est ni le numéro")
		tie(422, "apart", n(1)+", personne@ailleurs.example", "personne@ailleurs.example")
		tie(422, "together", n(6)+" "+n(7), "habitent une adresse") // one per address
		tie(303, "together", n(1)+", "+s.emails[2], "")
		tie(422, "apart", n(2)+";"+n(1), "une autre règle les sépare")
		tie(303, "apart", strings.ToLower(n(2))+";"+n(3), "")
		tie(303, "fixed", n(4)+"\n"+n(5), "")
		tie(422, "fixed", n(10)+" "+n(11)+" "+n(13), "le quota en permet 4") // with n(4) and n(5), five women
		tie(303, "apart", n(20)+" "+n(21), "")
		s.chair.Get(s.path+"/ties").Want(t, 200, "4 règles", n(1), "Article 12", "Siègent de droit")
		s.chair.Post(s.path+"/ties/3/drop").Want(t, 303)
		s.chair.Post(s.path+"/ties/3/drop").Want(t, 404)
		s.chair.Get(s.path+"/prepare").Want(t, 200, "3 règles")

		// Quotas that the members by right exceed afterwards are explained.
		tight := []string{"do", "save", "min-0-0", "1", "max-0-0", "1", "min-0-1", "2", "max-0-1", "6", "min-1-0", "2", "max-1-0", "4", "min-1-1", "2", "max-1-1", "4"}
		s.chair.Post(s.path+"/quotas", tight...).Want(t, 303)
		s.chair.Get(s.path+"/quotas").Want(t, 200, "Les quotas ne peuvent pas être atteints ensemble", "siègent de droit ; cela fait 2 personnes « Femme »")
		s.chair.Post(s.path+"/quotas", append([]string{"do", "save"}, quotas...)...).Want(t, 303)
		s.chair.Get(s.path+"/quotas").Want(t, 200, "Les quotas peuvent être atteints")
		s.list()
		s.verify(1)
		s.visitor.Get(s.path).Want(t, 200, "Les règles en plus des quotas", n(1), "Une seule au plus parmi", "4 personnes seront tirées parmi 38 volontaires")
		s.chair.Post(s.path+"/ties", "kind", "apart", "who", n(30)+" "+n(31)).Want(t, 409)
		s.throw("4", "2")
		s.verify(1)
		panels := strings.Split(strings.TrimSpace(s.visitor.Get(s.path+"/files/1/panels.csv").Want(t, 200).Body), "\n")[1:]
		couples := 0
		for _, panel := range panels {
			has := func(i int) bool { return strings.Contains(panel+" ", n(i)+" ") || strings.HasSuffix(panel, n(i)) }
			if has(1) != has(2) || has(2) && has(3) || !has(4) || !has(5) {
				t.Fatalf("a panel breaks the rules: %s", panel)
			}
			if has(1) {
				couples++
			}
		}
		if couples == 0 || len(panels) != 100 {
			t.Errorf("the couple sits in %d of %d panels", couples, len(panels))
		}
		var seated []string
		for _, v := range s.volunteers("seated") {
			seated = append(seated, v["number"])
		}
		if len(seated) != 6 || !slices.Contains(seated, n(4)) || !slices.Contains(seated, n(5)) {
			t.Errorf("seated: %v, by right %s %s", seated, n(4), n(5))
		}
		s.visitor.Get(s.path).Want(t, 200, "Les 4 personnes tirées au sort", "Les 2 membres de droit")
		s.leaveTogether(n(4))
	})
}

// throw enters dice and proclaims the number.
func (s *scene) throw(dice ...string) {
	s.t.Helper()
	for _, die := range dice {
		s.chair.Post(s.path+"/die", "shows", die).Want(s.t, 303)
	}
	s.chair.Post(s.path+"/proclaim").Want(s.t, 303)
}

// leaveTogether replaces a member by right who leaves.
func (s *scene) leaveTogether(member string) {
	t := s.t
	for _, v := range s.volunteers("accepted") {
		own := strings.TrimPrefix(v["link"], s.URL)
		s.visitor.Get(own).Want(t, 200, "Vous avez accepté de siéger", "Une règle vous concerne", "Siègent de droit")
		if v["number"] == member {
			s.visitor.Post(own+"/decline").Want(t, 303)
		}
	}
	s.chair.Post(s.path+"/replace").Want(t, 303)
	s.computed("La liste est prête")
	s.chair.Post(s.path+"/publish", "sides", "10").Want(t, 303)
	s.throw("1", "3")
	s.verify(2)
	now := s.volunteers("seated")
	if len(now) != 6 || slices.ContainsFunc(now, func(v map[string]string) bool { return v["number"] == member }) {
		t.Errorf("after the replacement: %v", now)
	}
}

// A volunteer who withdraws before the list takes their rules along: the number may become somebody else's.
func TestTiesGoWithWhoWithdraws(t *testing.T) {
	s := imported(t, apptest.Start(t))
	list := s.volunteers("")
	s.chair.Post(s.path+"/ties", "kind", "together", "who", list[0]["number"]+" "+list[1]["number"]).Want(t, 303)
	s.visitor.Post(strings.TrimPrefix(list[0]["link"], s.URL)+"/withdraw").Want(t, 200)
	s.chair.Get(s.path+"/ties").Want(t, 200, "!"+list[1]["number"])
}
