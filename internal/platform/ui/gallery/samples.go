package main

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/ui"
)

type sample struct {
	path, title string
	content     func() templ.Component
}

var samples = []sample{
	{"/{$}", "Assemblée générale 2027", space},
	{"/formulaire", "Ma fiche de sociétaire", form},
	{"/listes", "Le registre", lists},
	{"/messages", "Messages et attente", messages},
}

func samplePage(s sample, words ui.Translate) ui.Page {
	path := s.path
	if path == "/{$}" {
		path = "/"
	}
	return ui.Page{
		Lang: "fr", Title: s.title, Brand: "Les Deux Rives", Path: path, T: words,
		Nav:         []ui.Link{{Text: "Assemblées", Href: "/"}, {Text: "Ma fiche", Href: "/formulaire"}, {Text: "Registre", Href: "/listes"}, {Text: "Messages", Href: "/messages"}},
		Viewer:      &ui.Viewer{Name: "Camille R.", SignOut: "/sortie", Links: []ui.Link{{Text: "Mon compte", Href: "/compte"}, {Text: "Mes pouvoirs", Href: "/pouvoirs"}}},
		Language:    ui.LanguageLink{Lang: "en", Text: "English", Href: "/en"},
		Footer:      []ui.Link{{Text: "Registre public", Href: "/registre"}, {Text: "Vérifier un résultat", Href: "/verifier"}, {Text: "Accessibilité", Href: "/accessibilite"}},
		Banner:      &ui.Banner{Kind: ui.Warning, Text: "Site d’essai : les données sont effacées chaque nuit.", Link: ui.Link{Text: "En savoir plus", Href: "/essai"}},
		ThemeAction: "/apparence",
	}
}

var steps = []ui.Step{
	{Name: "Convocation", When: "12 mai, 998 envoyées", State: ui.StepDone},
	{Name: "Questions", When: "jusqu’au 3 juin", State: ui.StepDone, Href: "/questions"},
	{Name: "Vote", When: "jusqu’au 11 juin, 20 h", State: ui.StepNow, Href: "/vote"},
	{Name: "Assemblée connectée", When: "jeudi 11 juin, 18 h", State: ui.StepNext},
	{Name: "Résultats", When: "11 juin, 20 h 15", State: ui.StepNext},
	{Name: "Procès-verbal", When: "avant le 30 juin", State: ui.StepNext},
}

var sent = time.Date(2027, time.May, 12, 6, 30, 0, 0, time.UTC)

func closing() time.Time { return time.Now().Add(52*time.Hour + 30*time.Second) }

var nowBox = ui.NowBoxProps{
	Title: "À vous de voter",
	Text:  "Huit résolutions, dix minutes environ. Vous pouvez changer d’avis jusqu’à la clôture, jeudi à 20 h.",
	Actions: []ui.ActionLink{
		{Text: "Continuer mon vote", Href: "#r3", Icon: ui.IconArrow},
		{Text: "Donner pouvoir", Href: "/pouvoirs", Weight: ui.Quiet},
	},
	Facts: []ui.Fact{
		{Icon: ui.IconCheck, Lead: "2 résolutions sur 8", Text: "déjà votées"},
		{Icon: ui.IconProxy, Text: "Vous portez un pouvoir : celui d’Inès B.", Link: ui.Link{Text: "Voter pour elle", Href: "/pouvoirs/ines"}},
		{Icon: ui.IconClock, Body: closingFact()},
	},
}

var ballot = ui.ChoiceCardsProps{
	Name: "vote", Legend: "Votre vote compte pour une voix, collège des utilisateur·rices.",
	Choices: []ui.Choice{
		{Value: "for", Kind: ui.For, Label: "Pour", Hint: "j’adopte la résolution", Checked: true},
		{Value: "against", Kind: ui.Against, Label: "Contre", Hint: "je la rejette"},
		{Value: "abstain", Kind: ui.Abstain, Label: "Abstention", Hint: "compte dans la participation"},
	},
}

var election = ui.ChoiceCardsProps{
	Name: "candidates", Multiple: true, Legend: "Choisissez jusqu’à deux personnes.",
	Error: "Vous avez choisi trois personnes : retirez-en une.",
	Choices: []ui.Choice{
		{Value: "1", Label: "Amina Benhaddou", Hint: "collège des salarié·es", Checked: true},
		{Value: "2", Label: "Jean-Baptiste Lefèvre-Montgolfier", Hint: "collège des utilisateur·rices", Checked: true},
		{Value: "3", Label: "Solène Kerjean", Hint: "collège des partenaires", Checked: true},
		{Value: "4", Label: "Théo Marchand", Hint: "candidature retirée", Disabled: true},
	},
}

var adopted = ui.VoteBarProps{
	Label: "Pour 71,4 %, contre 20,1 %, abstention 8,5 % ; il fallait deux tiers",
	Parts: []ui.VotePart{
		{Kind: ui.For, Label: "Pour", Share: .714, Text: "71,4 %"},
		{Kind: ui.Against, Label: "Contre", Share: .201, Text: "20,1 %"},
		{Kind: ui.Abstain, Label: "Abstention", Share: .085, Text: "8,5 %"},
	},
	Threshold: 2. / 3, ThresholdText: "deux tiers",
}

var rejected = ui.VoteBarProps{
	Label: "Pour 31 %, contre 69 % ; il fallait plus d’un tiers",
	Parts: []ui.VotePart{
		{Kind: ui.For, Label: "Pour", Share: .31, Text: "31 %"},
		{Kind: ui.Against, Label: "Contre", Share: .69, Text: "69 %"},
	},
	Threshold: 1. / 3, ThresholdText: "minorité de blocage : un tiers",
}

var reasons = []ui.Reason{
	{Text: "524 sociétaires présent·es ou représenté·es sur 1 000 : le quorum d’un quart est atteint.", Cite: ui.Link{Text: "statuts, art. 19", Href: "/statuts#19"}},
	{Text: "Trois collèges, pondérés 50, 30 et 20 : pour = 0,5 × 80,2 % + 0,3 × 61,0 % + 0,2 × 65,0 % = 71,4 %.", Cite: ui.Link{Text: "art. 17"}},
	{Text: "Il en fallait 66,7 % des voix exprimées, abstentions comprises.", Cite: ui.Link{Text: "art. 20"}},
}

var figures = [][]string{
	{"Utilisateur·rices", "1 284", "317", "12", "80,2 %"},
	{"Salarié·es", "61", "39", "4", "61,0 %"},
	{"Partenaires", "13", "7", "0", "65,0 %"},
}

var attendance = ui.BarChartProps{
	Caption: "Présence par collège, en sociétaires",
	Bars: []ui.Bar{
		{Label: "Utilisateur·rices", Value: 412, Text: "412 sur 780"},
		{Label: "Salarié·es", Value: 84, Text: "84 sur 120"},
		{Label: "Partenaires et collectivités", Value: 28, Text: "28 sur 100", Now: true},
	},
	Max: 780,
}

func registerTable() ui.TableProps {
	row := func(name, number, college, shares, state string) []templ.Component {
		return []templ.Component{ui.Anchor(ui.Link{Text: name, Href: "/registre/" + number}), ui.Text(number), ui.Text(college), ui.Text(shares), ui.Tag(state, state == "à vérifier")}
	}
	return ui.TableProps{
		Caption: "Sociétaires, de A à Z",
		Columns: []ui.Column{
			{Label: "Nom", SortHref: "?tri=-nom", Sort: ui.Ascending},
			{Label: "Numéro", Numeric: true, SortHref: "?tri=numero"},
			{Label: "Collège"}, {Label: "Parts", Numeric: true}, {Label: "État"},
		},
		Rows: [][]templ.Component{
			row("Amina Benhaddou", "1042", "Salarié·es", "12", "à jour"),
			row("Jean-Baptiste Lefèvre-Montgolfier", "77", "Utilisateur·rices", "1 250", "à vérifier"),
			row("Camille Rousseau", "318", "Partenaires et collectivités", "3", "à jour"),
		},
	}
}

func pageHref(n int) string { return fmt.Sprintf("?page=%d", n) }

var spaces = []ui.LinkCardProps{
	{Kicker: "Assemblée générale", Title: "L’année où l’on a appris à se passer de voiture seul·e", Href: "/ag", Text: "Comptes 2026, mandats, et une motion du cercle Communauté.", Note: "jusqu’au 11 juin, 20 h", Tag: "vote ouvert", Now: true},
	{Kicker: "Cercle", Title: "Communauté", Href: "/cercle", Text: "Ce qui se passe entre deux assemblées.", Note: "84 membres"},
	{Kicker: "Assemblée citoyenne", Title: "La traversée du fleuve en 2040", Href: "/traversee", Note: "30 personnes tirées au sort", Tag: "terminée"},
}

func lines(n int) string { return fmt.Sprintf("%d lignes lues sur 1 000", n) }
