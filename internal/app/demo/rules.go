package demo

import (
	"slices"
	"time"

	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// circle is a local group that decides in many ways: eight votes are over, two of them tied, five are
// open.
func (s *seeder) circle() error {
	opens := day(s.now.AddDate(0, 0, -12), 18)
	if err := s.at(opens.AddDate(0, 0, -3)); err != nil {
		return err
	}
	a := &assembly{}
	err := s.write(func(tx *db.Tx) (err error) {
		a.space, err = space.Create(tx, s.cast.admin.ID, space.Space{Slug: "cercle", Kind: space.Group, Visibility: space.Members, TimeZone: "Europe/Paris",
			Title: "Cercle Communauté", Kicker: "Groupe local", Place: "Rennes et en ligne",
			Summary: "Un cercle qui choisit ses façons de choisir : mentions, classements, points, listes, consentement."})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, s.cast.admin.ID, a.space, circleRules()); err != nil {
			return err
		}
		for account, role := range map[int64]people.Role{s.cast.chair.ID: people.Chair, s.cast.scrutineer.ID: people.Scrutineer, s.cast.second.ID: people.Scrutineer} {
			if err := space.GiveRole(tx, s.cast.admin.ID, a.space.ID, account, role); err != nil {
				return err
			}
		}
		a.phases = []space.Phase{{Key: space.PhaseVote, Title: "Vote", Start: opens}, {Key: space.PhaseResults, Title: "Résultats"}}
		if err := space.SetPhases(tx, s.cast.admin.ID, a.space, a.phases); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, s.cast.admin.ID, a.space, opens); err != nil {
			return err
		}
		a.access, err = space.AccessTo(tx, a.space, people.Viewer{Account: s.cast.chair.ID, Member: s.cast.chair.Member})
		return err
	})
	if err != nil {
		return err
	}
	if err := s.decide(a, "Décidé au printemps", opens, opens.AddDate(0, 0, 5), false, pastChoices()); err != nil {
		return err
	}
	return s.decide(a, "À décider ensemble", s.now.AddDate(0, 0, -2), s.now.AddDate(0, 0, 9), true, openChoices())
}

// circleRules are those of a collective, which knows the register's colleges and counts all votes
// together.
func circleRules() string {
	text := string(statute.Template(statute.Collective))
	for _, key := range []string{"salaries", "usagers", "partenaires"} {
		text += "\n[[colleges]]\nkey = \"" + key + "\"\nname = \"" + map[string]string{"salaries": "Salarié·es", "usagers": "Usager·es", "partenaires": "Partenaires"}[key] + "\"\n"
	}
	return text
}

// decide puts resolutions to the vote, and lets some people say what they think of them.
func (s *seeder) decide(a *assembly, title string, opens, closes time.Time, paper bool, list []vote.Resolution) error {
	series, err := s.vote.PutSeries(s.ctx, a.access, vote.Series{Title: title, Opens: opens, Closes: closes, Names: true, Paper: paper}, "")
	if err != nil {
		return err
	}
	var ballots []ballot
	for _, r := range list {
		r.Series = series.ID
		if r, err = s.vote.PutResolution(s.ctx, a.access, r); err != nil {
			return err
		}
		for i, m := range s.members[600:660] {
			if said := inTurn[r.Title]; said != nil {
				ballots = append(ballots, ballot{m, r, []string{said[i%len(said)]}})
			} else if s.rand.Float64() < 0.9 {
				ballots = append(ballots, ballot{m, r, []string{s.ranking(r)}})
			}
		}
	}
	if err := s.at(opens.Add(time.Minute)); err != nil {
		return err
	}
	if err := s.castAll(a, ballots); err != nil || closes.After(s.now) {
		return err
	}
	return s.at(closes.Add(time.Minute))
}

// ranking is what somebody thinks of a resolution's options, as the text of a ballot: people lean
// to one of three sides, and each side likes the options otherwise.
func (s *seeder) ranking(r vote.Resolution) string {
	m := r.Method.Method()
	if m.Proposal() {
		return r.Method.Words()[min(s.rand.IntN(4), s.rand.IntN(4))]
	}
	side := s.rand.IntN(3)
	grades, order := make([]int, len(r.Options)), make([]int, len(r.Options))
	for i := range r.Options {
		grades[i], order[i] = (5*i+3*side)%6*2/3+s.rand.IntN(3), i
	}
	slices.SortStableFunc(order, func(x, y int) int { return grades[y] - grades[x] })
	var b rule.Ballot
	switch m.Family {
	case rule.Approve:
		liked := slices.Sorted(slices.Values(order[:1+s.rand.IntN(2)]))
		b.Groups = [][]int{liked}
	case rule.One:
		b.Groups = [][]int{{order[0]}}
	case rule.Rank:
		for _, c := range order[:1+s.rand.IntN(len(order))] {
			b.Groups = append(b.Groups, []int{c})
		}
	case rule.Dots:
		b.Values = []tally.Grade{{Candidate: order[0], Value: 6}, {Candidate: order[1], Value: 4}}
		slices.SortFunc(b.Values, func(x, y tally.Grade) int { return x.Candidate - y.Candidate })
	default:
		for i, g := range grades {
			b.Values = append(b.Values, tally.Grade{Candidate: i, Value: min(g, 5)})
		}
	}
	return r.Method.Text(r.Options, b)
}

// inTurn are the ballots that people cast in turn where a vote is to show a certain end.
var inTurn = map[string][]string{
	"Refaire le local":         {"o2>o1>o3>o4", "o2>o3>o1>o4", "o2>o1>o3>o4", "o1>o3>o4>o2", "o4>o1>o3>o2"},
	"Le jour de la permanence": {"o1", "o2", "o1,o2", "o3"},
	"Qui parle pour le cercle": {"o1>o3", "o2>o3", "o3>o1", "o3>o2", "o1", "o2"},
}

// renovation asks more of some options than of others, over the one that changes nothing.
func renovation() vote.Resolution {
	asked := rule.Conditions{Default: "o4", Of: map[string]rule.Condition{"o2": {Ratio: statute.Int(3)}, "o3": {Quorum: statute.Int(20)}}}
	return choice("Refaire le local", "Classez les projets. Confier les travaux engage la caisse : il y faut trois voix pour une.", rule.Rule{Name: "schulze", Conditions: &asked}, 1,
		"Peindre nous-mêmes", "Confier les travaux à une entreprise", "Une fresque avec l’école", "Ne rien changer")
}

func pastChoices() []vote.Resolution {
	return []vote.Resolution{
		choice("Le nom du journal du cercle", "Chaque nom reçoit une mention. Le mieux jugé l’emporte.", rule.Rule{Name: "majority-judgment"}, 1, "La Rive", "L’Écluse", "Le Gué", "Passerelle"),
		choice("Où tenir la fête de juin", "Classez les lieux, du préféré au moins bien.", rule.Rule{Name: "schulze"}, 1, "Le parc", "La halle", "La péniche", "Chez les voisin·es"),
		choice("Deux personnes pour animer le cercle", "Classez les candidat·es ; deux places.", rule.Rule{Name: "stv-scotland", TieBreak: tally.Lot}, 2, "Awa", "Bruno", "Chloé", "Driss", "Elsa"),
		lists("Le comité des fêtes, par listes", "Cinq sièges, répartis entre les listes ; femmes et hommes en alternance."),
		renovation(),
		choice("Le jour de la permanence", "Cochez tous les jours qui vous conviennent.", rule.Rule{Name: "approval", TieBreak: tally.Chair}, 1, "Lundi", "Jeudi", "Samedi"),
		choice("Qui parle pour le cercle", "Classez les candidat·es.", rule.Rule{Name: "irv", TieBreak: tally.Lot}, 1, "Farida", "Gaël", "Hana"),
		proposal("Se réunir le mardi plutôt que le jeudi", "Le cercle se réunit désormais le mardi à 19 h.", rule.Rule{Name: "consent"}),
	}
}

func openChoices() []vote.Resolution {
	return []vote.Resolution{
		choice("Quelles dates vous conviennent ?", "Cochez toutes celles qui vous conviennent.", rule.Rule{Name: "approval"}, 1, "Lundi 7", "Mercredi 9", "Samedi 12"),
		choice("L’affiche de l’automne", "Donnez une mention à chaque affiche.", rule.Rule{Name: "majority-judgment"}, 1, "Le héron", "Les deux barques", "La marée"),
		choice("Le trajet du vélo-bus", "Classez les trajets.", rule.Rule{Name: "ranked-pairs", TieBreak: tally.Chair}, 1, "Par le canal", "Par la gare", "Par le marché", "Par l’école"),
		choice("Partager le budget de 1 000 €", "Dix points à répartir entre les idées.", rule.Rule{Name: "dots"}, 2, "Outils partagés", "Fête des voisins", "Abri à vélos", "Atelier de réparation"),
		proposal("Ouvrir nos réunions au public", "Nos réunions sont ouvertes à qui veut venir écouter.", rule.Rule{Name: "fist-to-five"}),
	}
}

func choice(title, text string, r rule.Rule, seats int, labels ...string) vote.Resolution {
	out := vote.Resolution{Title: title, Text: text, Form: vote.Choice, Rule: "choix", Method: r.Clean(), Seats: seats}
	for _, label := range labels {
		out.Options = append(out.Options, vote.Option{Label: label})
	}
	return out
}

func proposal(title, text string, r rule.Rule) vote.Resolution {
	return vote.Resolution{Title: title, Text: text, Form: vote.Motion, Rule: "ordinaire", Method: r.Clean()}
}

func lists(title, text string) vote.Resolution {
	out := choice(title, text, rule.Rule{Name: "dhondt", Alternate: true, Parity: 40, TieBreak: tally.Lot}, 5, "Ensemble", "Grand large", "Bonne pêche")
	names := [3][5]string{{"Inès", "Karim", "Léa", "Marc", "Nora"}, {"Oscar", "Paule", "Quentin", "Rose", "Samir"}, {"Tess", "Ugo", "Vera", "Walid", "Yaël"}}
	for i, people := range names {
		for j, name := range people {
			gender := rule.Woman
			if (i+j)%2 == 1 {
				gender = rule.Man
			}
			out.Options[i].Members = append(out.Options[i].Members, rule.Member{Name: name, Gender: gender})
		}
	}
	return out
}
