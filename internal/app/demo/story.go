package demo

import (
	"time"

	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// The members that one can be: a user who holds a proxy, an employee, and a user who was sent a
// letter.
const (
	persona1 = 420
	persona2 = 12
	persona3 = 433

	// Those who vote on paper last year.
	paperFrom, paperTo = 700, 708
)

// lastYear is an assembly held six months ago, closed.
func (s *seeder) lastYear() error {
	meeting := day(s.now.AddDate(0, -6, 0), 18)
	opens, closes := meeting.AddDate(0, 0, -6), meeting.Add(2*time.Hour)
	if err := s.at(meeting.AddDate(0, 0, -30)); err != nil {
		return err
	}
	a, err := s.convene(space.Space{Slug: "ag-printemps", Title: "Tenir le cap, ouvrir l’équipage",
		Kicker: "Assemblée générale ordinaire", Summary: "Comptes, mandats et première motion du cercle Mobilité. L’assemblée s’est tenue en ligne et à Rennes.",
		Place: "Maison des associations, Rennes, et en ligne"}, meeting, opens, closes, []vote.Resolution{
		motion("Approbation des comptes de l’exercice", "ordinaire", "Le conseil d’administration", "L’assemblée générale, après avoir entendu le rapport de gestion et le rapport du commissaire aux comptes, approuve les comptes de l’exercice tels qu’ils lui sont présentés."),
		motion("Affectation du résultat", "ordinaire", "Le conseil d’administration", "L’assemblée décide d’affecter l’excédent de 18 420 € en totalité aux réserves impartageables."),
		motion("Le siège social déménage à Saint-Aubin", "statuts", "Le conseil d’administration", "L’assemblée décide de transférer le siège social à Saint-Aubin et de modifier l’article 4 des statuts en conséquence."),
		motion("Un budget de 5 000 € pour les groupes locaux", "motion", "Motion du cercle Mobilité", "L’assemblée demande qu’un budget annuel de 5 000 € soit ouvert aux groupes locaux."),
		election("Élection au conseil d’administration", "Deux sièges sont à pourvoir pour trois ans.", 2),
	})
	if err != nil {
		return err
	}
	if err := s.prepare(a, agenda); err != nil {
		return err
	}
	if err := s.at(meeting.AddDate(0, 0, -21)); err != nil {
		return err
	}
	if err := s.convoke(a); err != nil {
		return err
	}
	if err := s.proxies(a, 24); err != nil {
		return err
	}
	if err := s.at(opens.Add(time.Minute)); err != nil {
		return err
	}
	if err := s.votes(a, 0.34, len(a.motions)); err != nil {
		return err
	}
	if err := s.papers(a, s.members[paperFrom:paperTo]); err != nil {
		return err
	}
	if err := s.hold(a, meeting.Add(5*time.Minute)); err != nil {
		return err
	}
	if err := s.at(closes.Add(time.Minute)); err != nil {
		return err
	}
	if err := s.part(a, closes.Add(10*time.Minute)); err != nil {
		return err
	}
	return s.record(a, closes.AddDate(0, 0, 9))
}

// thisYear is the assembly that is open now.
func (s *seeder) thisYear() error {
	meeting := day(s.now.AddDate(0, 0, 2), 18)
	opens, closes := meeting.AddDate(0, 0, -6), meeting.Add(2*time.Hour)
	if err := s.at(meeting.AddDate(0, 0, -30)); err != nil {
		return err
	}
	a, err := s.convene(space.Space{Slug: "ag", Title: "L’année où l’on a appris à se passer de voiture seul·e",
		Kicker:  "Assemblée générale ordinaire et extraordinaire",
		Summary: "Comptes, mandats, une modification des statuts et une motion du cercle Communauté. Les votes sont ouverts ; on se retrouve en direct le soir de la clôture.",
		Place:   "En ligne, et à la Maison des associations, Rennes"}, meeting, opens, closes, []vote.Resolution{
		motion("Approbation des comptes 2025", "ordinaire", "Le conseil d’administration", "L’assemblée générale, après avoir entendu le rapport de gestion du conseil et le rapport général du commissaire aux comptes, approuve les comptes de l’exercice clos le 31 décembre 2025, qui font apparaître un excédent de 23 180 €."),
		motion("Affectation du résultat", "ordinaire", "Le conseil d’administration", "L’assemblée décide d’affecter l’excédent de 23 180 € comme suit : 15 % à la réserve légale, le solde à la réserve statutaire impartageable.\n\nAucun intérêt n’est versé aux parts sociales."),
		motion("Quitus au conseil d’administration", "ordinaire", "Le conseil d’administration", "L’assemblée donne quitus de leur gestion aux administratrices et administrateurs pour l’exercice 2025."),
		motion("Ouvrir le collège des partenaires aux communes", "statuts", "Le conseil d’administration", "L’assemblée modifie l’article 11 des statuts : « Peuvent être sociétaires du collège des partenaires les associations, les entreprises et les collectivités territoriales. »\n\nCette modification demande les deux tiers des voix exprimées."),
		motion("Renouvellement du mandat du commissaire aux comptes", "ordinaire", "Le conseil d’administration", "L’assemblée renouvelle pour six exercices le mandat du cabinet Audit des Rives."),
		motion("Réserver des places aux trajets domicile-travail", "motion", "Motion du cercle Communauté", "L’assemblée demande que, dès septembre, un quart des places proposées aux entreprises partenaires soit réservé aux trajets réguliers."),
		election("Élection de trois personnes au conseil d’administration", "Trois sièges sont à pourvoir pour trois ans. Cinq personnes se présentent.", 3),
		motion("Pouvoirs pour les formalités", "ordinaire", "Le bureau", "L’assemblée donne tous pouvoirs au porteur d’un extrait du procès-verbal pour accomplir les formalités."),
	})
	if err != nil {
		return err
	}
	if err := s.prepare(a, agenda); err != nil {
		return err
	}
	if err := s.at(meeting.AddDate(0, 0, -21)); err != nil {
		return err
	}
	if err := s.convoke(a); err != nil {
		return err
	}
	if err := s.at(opens.Add(-36 * time.Hour)); err != nil {
		return err
	}
	if err := s.proxies(a, 60); err != nil {
		return err
	}
	if err := s.at(opens.Add(time.Minute)); err != nil {
		return err
	}
	if err := s.votes(a, 0.2, len(a.motions)); err != nil {
		return err
	}
	if err := s.at(s.now.Add(-3 * time.Hour)); err != nil {
		return err
	}
	return s.votes(a, 0.22, len(a.motions)-2)
}

// nextYear is an extraordinary assembly being prepared.
func (s *seeder) nextYear() error {
	meeting := day(s.now.AddDate(0, 2, 0), 18)
	if err := s.at(s.now.Add(-time.Hour)); err != nil {
		return err
	}
	a, err := s.convene(space.Space{Slug: "age", Title: "Devenir entreprise solidaire d’utilité sociale ?",
		Kicker: "Assemblée générale extraordinaire, en préparation", Summary: "Une seule grande question. Le bureau écrit les résolutions ; vos remarques sont attendues.",
		Place: "En ligne"}, meeting, meeting.AddDate(0, 0, -4), meeting.Add(2*time.Hour), []vote.Resolution{
		motion("Demande d’agrément ESUS", "statuts", "Le conseil d’administration", "L’assemblée décide de demander l’agrément « entreprise solidaire d’utilité sociale » et de mettre les statuts en conformité."),
		motion("Échelle des salaires", "motion", "Motion du cercle Travail", "L’assemblée demande que l’échelle des salaires reste comprise entre 1 et 3."),
	})
	if err != nil {
		return err
	}
	return s.prepare(a, agenda[:1])
}

func motion(title, rule, origin, text string) vote.Resolution {
	return vote.Resolution{Title: title, Rule: rule, Origin: origin, Text: text, Form: vote.Motion}
}

func election(title, text string, seats int) vote.Resolution {
	return vote.Resolution{Title: title, Rule: "administrateurs", Origin: "Le conseil d’administration", Text: text, Form: vote.Election, Seats: seats, MaxChoices: seats,
		Options: []vote.Option{
			{Label: "Awa Cissé", About: "Usagère, Nantes. Souhaite des points d’arrêt accessibles partout.", Born: "1984-03-12"},
			{Label: "Yann Le Goff", About: "Salarié, Rennes. Suit les comptes depuis deux ans.", Born: "1979-11-02"},
			{Label: "Salomé Vidal", About: "Usagère, Montpellier. Anime le cercle Communauté.", Born: "1991-06-25"},
			{Label: "Rachid Mansouri", About: "Usager, Lyon. Ancien élu local.", Born: "1966-01-30"},
			{Label: "Jeanne Perrin", About: "Partenaire, Saint-Brieuc. Dirige une épicerie coopérative.", Born: "1972-09-08"},
		}}
}

// day is t's day at that hour in Paris.
func day(t time.Time, hour int) time.Time {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.UTC
	}
	t = t.In(paris)
	return time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, paris).UTC()
}

// personas are whom one can be with a click.
func (s *seeder) personas() error {
	if err := s.at(s.now); err != nil {
		return err
	}
	return s.write(func(tx *db.Tx) error {
		list := []people.Persona{
			{Account: s.cast.admin.ID, Name: s.cast.admin.Name, RoleFR: "Administratrice", RoleEN: "Administrator", TextFR: "Tient le registre, crée les assemblées, règle le site.", TextEN: "Keeps the register, creates assemblies, sets the site up."},
			{Account: s.cast.chair.ID, Name: s.cast.chair.Name, RoleFR: "Préside l’assemblée", RoleEN: "Chairs the assembly", TextFR: "Prépare le vote, départage, approuve le procès-verbal.", TextEN: "Prepares the vote, breaks ties, approves the minutes."},
			{Account: s.cast.secretary.ID, Name: s.cast.secretary.Name, RoleFR: "Bureau, secrétaire", RoleEN: "Officer, secretary", TextFR: "Convoque, écrit le procès-verbal.", TextEN: "Convenes, writes the minutes."},
			{Account: s.cast.scrutineer.ID, Name: s.cast.scrutineer.Name, RoleFR: "Scrutateur·rice", RoleEN: "Scrutineer", TextFR: "Note et compte les bulletins papier.", TextEN: "Notes and counts paper ballots."},
		}
		for _, p := range []struct {
			i      int
			fr, en string
		}{
			{persona1, "Usager·e, porte le pouvoir d’un autre membre.", "A user who holds another member's proxy."},
			{persona2, "Salarié·e, n’a pas encore voté.", "An employee who has not voted yet."},
			{persona3, "Usager·e, peut donner pouvoir ou voter.", "A user who can give a proxy or vote."},
		} {
			a, err := people.OpenMemberAccount(tx, s.members[p.i])
			if err != nil {
				return err
			}
			list = append(list, people.Persona{Account: a.ID, Name: a.Name, RoleFR: "Sociétaire", RoleEN: "Member", TextFR: p.fr, TextEN: p.en})
		}
		return people.SavePersonas(tx, list)
	})
}
