package doc

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var sampleDate = time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC)

// minutes has every kind of block.
func minutes() Document {
	return Document{
		Lang: "fr", Title: "Procès-verbal de l’assemblée générale ordinaire", Author: "Coopérative Les Tisserands",
		Subject: "Réunion du dimanche 22 novembre 2026, à 18\u202fh\u202f30, à Lyon", Date: sampleDate,
		Header: "Les Tisserands, SCIC SA à capital variable", Footer: "Procès-verbal approuvé par le bureau",
		Blocks: Blocks{
			Definitions{Items: []Definition{
				{"Présidence", Plain("Éléonore Œuvrard")},
				{"Secrétariat", Plain("Loïc Nuñez-Kovač")},
				{"Quorum", Plain("un cinquième des droits de vote\u202f; atteint")},
			}},
			Heading{1, Plain("Résolution nº 3 : modification des statuts")},
			Paragraph{Inline{{Text: "L’assemblée, après avoir entendu le rapport du conseil, décide de modifier l’article 12 des statuts. Le texte entier est "},
				{Text: "publié sur la page de l’assemblée", Link: "https://exemple.coop/ag/2026?x=1&y=(2)"},
				{Text: "\u202f; il est "}, {Text: "joint", Bold: true}, {Text: " au présent procès-verbal ("}, {Text: "annexe 2", Italic: true}, {Text: "), «\u00a0sans réserve\u00a0»\u202f! Coût\u00a0: 1\u202f250\u00a0€."}}},
			VoteBar{Shares: []Share{
				{"Pour", 612, "612 voix, 68,0 %", ToneFor},
				{"Contre", 208, "208 voix, 23,1 %", ToneAgainst},
				{"Abstention", 80, "80 voix, 8,9 %", ToneAbstention},
			}, Threshold: &Threshold{600, "Majorité des deux tiers : 600 voix"}},
			Derivation{"Pourquoi la résolution est adoptée", []Reason{
				{Plain("900 voix sont exprimées ou s’abstiennent\u202f; 1\u202f180 sont inscrites."), "statuts, article 18"},
				{Plain("Deux tiers de 900 voix font 600 voix\u202f; 612 sont pour."), "statuts, article 21, second alinéa"},
			}},
			Heading{2, Plain("Suites données")},
			List{Items: []ListItem{
				{Plain("Le conseil dépose les statuts modifiés au greffe :"), []Inline{Plain("avant le 15 décembre 2026\u202f;"), Plain("par voie dématérialisée.")}},
				{Plain("Les sociétaires en sont informé·es par courrier."), nil},
			}},
			List{Numbered: true, Items: []ListItem{{Plain("Premièrement."), nil}, {Plain("Deuxièmement."), nil}}},
			Notice{"À retenir", Plain("Toute personne sociétaire peut demander copie du présent procès-verbal.")},
			Table{Caption: "Voix par collège", Columns: []Column{{"Collège", 3, ""}, {"Pour", 1, AlignEnd}, {"Contre", 1, AlignEnd}, {"Issue", 1, AlignCenter}},
				Rows: [][]Inline{
					{Plain("Salarié·es"), Plain("312"), Plain("8"), Plain("adopté")},
					{Plain("Usager·ères et bénéficiaires de l’activité de la coopérative"), Plain("1\u202f200"), Plain("200")},
				},
				Footer: []Inline{Plain("Ensemble"), Plain("1\u202f512"), Plain("208"), Plain("adopté")}},
			Rule{},
			Code{Label: "Votre code personnel", Value: "K7QF-9MTR-2XHD", QR: "https://exemple.coop/c/K7QF9MTR2XHD", Note: "À saisir sur exemple.coop, page « J’ai un code »."},
			QR{"https://exemple.coop/ag/2026", "La page de l’assemblée"},
			PageBreak{},
			Heading{3, Plain("Bureau")},
			Paragraph{Plain("Fait à Lyon, le 22 novembre 2026.")},
			Signatures{[]Signature{{"Éléonore Œuvrard", "présidente de séance"}, {"Loïc Nuñez-Kovač", "secrétaire"}, {"Awa Diop", "scrutatrice"}}},
		},
	}
}

// attendance is a sheet of n rows.
func attendance(n int) Document {
	t := Table{
		Caption: "Sociétaires présent·es, représenté·es ou votant à distance",
		Columns: []Column{{"Nº", .7, AlignEnd}, {"Nom", 2.4, ""}, {"Domicile", 3, ""}, {"Présence", 1.5, ""}, {"Voix", .7, AlignEnd}, {"Signature", 1.6, ""}},
		Footer:  []Inline{nil, Plain("Total"), nil, nil, Plain(fmt.Sprint(n))},
	}
	for i := range n {
		t.Rows = append(t.Rows, []Inline{Plain(fmt.Sprint(i + 1)), Plain(fmt.Sprintf("Nom-%d Prénom", i+1)),
			Plain(fmt.Sprintf("%d rue de la République, 69002 Lyon", i%200+1)), Plain([]string{"présent·e", "représenté·e", "à distance"}[i%3]), Plain("1")})
	}
	return Document{Lang: "fr", Title: "Feuille de présence", Date: sampleDate, Header: "Les Tisserands", Blocks: Blocks{t}}
}

func letters(n int) []Letter {
	out := make([]Letter, n)
	for i := range out {
		code := fmt.Sprintf("K7QF-9MTR-%04d", i)
		out[i] = Letter{
			Sender:    []string{"Les Tisserands", "SCIC SA à capital variable", "12 rue des Tables-Claudiennes", "69001 Lyon"},
			Recipient: []string{fmt.Sprintf("Éléonore Œuvrard %d", i+1), "Appartement 3", "27 rue de la République", "69002 LYON"},
			Dateline:  "Lyon, le 22 novembre 2026", Subject: "Convocation à l’assemblée générale du 12 décembre 2026",
			Blocks: Blocks{
				Paragraph{Plain("Chère sociétaire, cher sociétaire,")},
				Paragraph{Plain("L’assemblée générale ordinaire se tient le samedi 12 décembre 2026, à 18\u202fh\u202f30, salle Rameau à Lyon, et à distance. Vous pouvez y venir, voter en ligne ou donner pouvoir.")},
				Heading{2, Plain("Ordre du jour")},
				List{Numbered: true, Items: []ListItem{{Plain("Approbation des comptes de l’exercice 2025-2026"), nil}, {Plain("Affectation du résultat"), nil}, {Plain("Modification de l’article 12 des statuts"), nil}}},
				Code{Label: "Votre code personnel", Value: code, QR: "https://exemple.coop/c/" + code, Note: "À saisir sur exemple.coop, page « J’ai un code ». Ne le donnez à personne."},
				Paragraph{Plain("Bien coopérativement,")},
			},
		}
	}
	return out
}

// textTypeface is the look's own typeface, where its fonts are installed.
func textTypeface(t testing.TB) *Typeface {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "node_modules", "@expo-google-fonts")
	read := func(family, name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, family, name))
		if err != nil {
			t.Skipf("the look's fonts are not installed: %v", err)
		}
		return b
	}
	const next = "atkinson-hyperlegible-next"
	tf, err := NewTypeface(FontFiles{
		Regular:    read(next, "400Regular/AtkinsonHyperlegibleNext_400Regular.ttf"),
		Bold:       read(next, "700Bold/AtkinsonHyperlegibleNext_700Bold.ttf"),
		Italic:     read(next, "400Regular_Italic/AtkinsonHyperlegibleNext_400Regular_Italic.ttf"),
		BoldItalic: read(next, "700Bold_Italic/AtkinsonHyperlegibleNext_700Bold_Italic.ttf"),
		Title:      read("bricolage-grotesque", "700Bold/BricolageGrotesque_700Bold.ttf"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return tf
}
