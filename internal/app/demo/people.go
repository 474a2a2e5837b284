package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

var firstNames = strings.Fields(`Inès Camille Adama Louise Mehdi Jeanne Yann Fatou Paul Rosa Théo Aïcha Lucie Karim Élise Hugo Nour
	Marc Salomé Omar Juliette Basile Awa Claire Samir Maud Ilan Léonie Youssef Agathe Gabriel Sofia Bastien Lina Arthur Maïa Noé Zoé
	Rachid Hélène Victor Anouk Malik Pauline Simon Clémence Amine Margaux Tristan Kadija Éloi Mathilde Idir Oriane Soren Colette
	Marius Yasmine Antoine Gaëlle Denis Thaïs Loïc Sarah Emile Rose Joël Capucine Hamza Diane Félix Naïma`)

var lastNames = strings.Fields(`Bernard Moreau Diallo Lefèvre Benali Rousseau Le-Goff Traoré Garnier Lopez Faure Cissé Mercier Haddad
	Chevalier Roy Fontaine Nguyen Perrin Morel Da-Silva Girard Ba Lambert Robin Mansouri Gauthier Masson Kone Colin Leclerc Vidal
	Caron Picard Roger Aubert Rey Schmitt Bouvier Renard Arnaud Sow Lacroix Olivier Philippe Pierre Bourgeois Marty Benoit Rolland
	Leroux Renaud Cohen Charpentier Barbier Marchand Brun Meyer Blanchard Meunier Gaillard Dubois Kaya Roche Baron Ferrand Prévost`)

var streets = strings.Split("rue des Lilas,quai de la Vilaine,place du Marché,impasse des Tanneurs,avenue de la Gare,chemin du Moulin,rue Louise-Michel,allée des Tilleuls,rue de la Coopération,boulevard Solférino", ",")

var towns = [][2]string{{"35000", "Rennes"}, {"44000", "Nantes"}, {"54000", "Nancy"}, {"29200", "Brest"}, {"34000", "Montpellier"},
	{"69003", "Lyon"}, {"56100", "Lorient"}, {"49100", "Angers"}, {"22000", "Saint-Brieuc"}, {"38000", "Grenoble"}}

var partners = strings.Split("Atelier du Pont,Commune de Saint-Aubin,Les Vélos de la Baie,Épicerie Le Grain,Communauté de communes du Val,Librairie L'Embarcadère,Crèche Les Moussaillons,Garage solidaire de l'Ouest,Association Tous à bord,Ferme des Deux Ruisseaux", ",")

// colleges of the invented cooperative: key of the statutes and how many members.
var colleges = []struct {
	key string
	n   int
}{{"salaries", 60}, {"usagers", 880}, {"partenaires", 60}}

// members invents the register: the same one at each start, from a fixed seed.
func members() []people.Member {
	r := rand.New(rand.NewPCG(1901, 2026)) //nolint:gosec // an invented register needs no secret
	var list []people.Member
	for _, c := range colleges {
		for range c.n {
			list = append(list, member(r, len(list)+1, c.key))
		}
	}
	return list
}

func member(r *rand.Rand, n int, college string) people.Member {
	town := towns[r.IntN(len(towns))]
	m := people.Member{
		Number: fmt.Sprintf("%04d", n), Kind: people.Person, College: college, PaidUp: true, Language: "fr",
		FirstName: firstNames[r.IntN(len(firstNames))], LastName: strings.ReplaceAll(lastNames[r.IntN(len(lastNames))], "-", " "),
		Address: fmt.Sprintf("%d %s", 1+r.IntN(90), streets[r.IntN(len(streets))]), Postcode: town[0], City: town[1], Country: "France",
		AdmittedOn: time.Date(2015+r.IntN(10), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
		Shares:     1,
	}
	switch k := r.IntN(10); {
	case college == "partenaires":
		m.Kind, m.FirstName = people.Organisation, ""
		m.LastName = fmt.Sprintf("%s n° %d", partners[r.IntN(len(partners))], n)
		m.Shares = int64(10 + 10*r.IntN(10))
	case k == 0:
		m.Shares = int64(10 + r.IntN(40))
	case k < 4:
		m.Shares = int64(2 + r.IntN(8))
	}
	if r.IntN(20) > 0 { // one in twenty has no e-mail and gets letters
		m.Email = fmt.Sprintf("membre%04d@exemple.org", n)
	}
	return m
}

// saveMembers writes the register.
func saveMembers(tx *db.Tx, list []people.Member) error {
	for i := range list {
		var err error
		if list[i], err = people.SaveMember(tx, 0, list[i]); err != nil {
			return err
		}
	}
	return nil
}
