package demo

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/doc"
)

// agendaItem is a point of the agenda and the document that goes with it.
type agendaItem struct {
	title, text, speaker, minutes string
	document                      string // title of a document to write, "" for none
}

var agenda = []agendaItem{
	{"Accueil et désignation du bureau", "", "La présidence", "10", ""},
	{"Rapport de gestion", "Ce que la coopérative a fait, et ce qu’elle n’a pas su faire.", "Le conseil d’administration", "20", "Rapport de gestion"},
	{"Comptes et affectation du résultat", "Présentation des comptes, rapport du commissaire aux comptes, questions.", "La trésorerie", "25", "Comptes annuels"},
	{"Modification des statuts", "Ouverture du collège des partenaires.", "Le groupe Statuts", "15", "Statuts, version comparée"},
	{"Élections et motions", "Chaque candidate et chaque candidat parle deux minutes.", "La présidence", "30", ""},
	{"Questions diverses", "", "Toutes et tous", "20", ""},
}

// prepare lets the secretary write the agenda and put documents at everybody's disposal.
func (s *seeder) prepare(a *assembly, items []agendaItem) error {
	h, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := h.post(a.space.Path()+"/agenda/new", "title", i.title, "text", i.text, "speaker", i.speaker, "minutes", i.minutes); err != nil {
			return err
		}
		if i.document == "" {
			continue
		}
		pdf, err := report(i.document, i.text)
		if err != nil {
			return err
		}
		if err := h.upload(a.space.Path()+"/documents/new", i.document+".pdf", pdf, "title", i.document, "item", "0"); err != nil {
			return err
		}
	}
	return nil
}

// deck is the invented slides of the meeting that is being held.
func deck() ([]byte, error) {
	var blocks doc.Blocks
	for i, slide := range []struct {
		title string
		lines []string
	}{
		{"Les comptes 2025", []string{"Les Deux Rives, assemblée générale", "Présentés par la trésorerie"}},
		{"D’où vient l’argent", []string{"Trajets : 512 400 €", "Partenaires : 148 000 €", "Subventions : 61 500 €"}},
		{"Où il va", []string{"Salaires : 421 300 €", "Plateforme et points d’arrêt : 187 900 €", "Tout le reste : 89 520 €"}},
		{"Ce que nous vous demandons", []string{"Approuver les comptes : un excédent de 23 180 €", "Mettre 15 % à la réserve légale, le solde à la réserve impartageable"}},
	} {
		if i > 0 {
			blocks = append(blocks, doc.PageBreak{})
		}
		var list doc.List
		for _, line := range slide.lines {
			list.Items = append(list.Items, doc.ListItem{Text: doc.Plain(line)})
		}
		blocks = append(blocks, doc.Heading{Level: 1, Text: doc.Plain(slide.title)}, list)
	}
	var b bytes.Buffer
	err := doc.PDF(&b, doc.Document{Lang: "fr", Subject: "Diapositives inventées pour la démonstration", Blocks: blocks}, doc.PDFOptions{Slides: true})
	return b.Bytes(), err
}

// report is an invented document.
func report(title, text string) ([]byte, error) {
	d := doc.Document{Lang: "fr", Title: title, Subject: "Les Deux Rives, société coopérative d’intérêt collectif", Footer: "Document inventé pour la démonstration",
		Blocks: doc.Blocks{
			doc.Paragraph{Text: doc.Plain(text)},
			doc.Heading{Level: 1, Text: doc.Plain("L’essentiel")},
			doc.List{Items: []doc.ListItem{
				{Text: doc.Plain("41 200 trajets partagés, soit 18 % de plus que l’an dernier.")},
				{Text: doc.Plain("1 000 sociétaires, dont 112 arrivés dans l’année.")},
				{Text: doc.Plain("Un excédent de 23 180 €, après 19 400 € de dons reçus.")}}},
			doc.Heading{Level: 1, Text: doc.Plain("Les chiffres")},
			doc.Table{Columns: []doc.Column{{Title: "Poste", Width: 3}, {Title: "2024", Align: doc.AlignEnd}, {Title: "2025", Align: doc.AlignEnd}},
				Rows: [][]doc.Inline{
					{doc.Plain("Produits"), doc.Plain("412 300 €"), doc.Plain("468 900 €")},
					{doc.Plain("Charges"), doc.Plain("398 100 €"), doc.Plain("445 720 €")},
					{doc.Plain("Excédent"), doc.Plain("14 200 €"), doc.Plain("23 180 €")}}},
		}}
	var b bytes.Buffer
	err := doc.PDF(&b, d, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) {
		err = nil
	}
	return b.Bytes(), err
}

// convoke sends the convocation: mails stay on the outbox page, letters are printed and posted.
func (s *seeder) convoke(a *assembly) error {
	h, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	if err := h.post(a.space.Path() + "/convocation/send"); err != nil {
		return err
	}
	for range 40 { // each turn of the clock writes some of the mails
		if err := s.Tick(s.ctx); err != nil {
			return err
		}
		if n, err := s.Mail.Drain(s.ctx); err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// papers lets two scrutineers note and count the ballots of members who voted on paper.
func (s *seeder) papers(a *assembly, members []people.Member) error {
	one, err := s.as(s.cast.scrutineer)
	if err != nil {
		return err
	}
	two, err := s.as(s.cast.second)
	if err != nil {
		return err
	}
	path := fmt.Sprintf("/a/%s/paper/%d", a.space.Slug, a.series.ID)
	for _, m := range members {
		if err := one.post(path+"/mark", "member", fmt.Sprint(m.ID)); err != nil {
			return err
		}
	}
	n := len(members)
	for _, r := range a.motions {
		fields := []string{"college", members[0].College, "n-for", fmt.Sprint(n - 2), "n-against", "1", "n-abstention", "1"}
		if len(r.Options) > 0 {
			fields = []string{"college", members[0].College, "n-ballots", fmt.Sprint(n - 1), "n-blank", "1",
				"n-" + r.Options[0].Key, fmt.Sprint(n - 1), "n-" + r.Options[2].Key, fmt.Sprint(n - 3)}
		}
		for _, h := range []*hand{one, two} {
			if err := h.post(fmt.Sprintf("%s/count/%d", path, r.ID), fields...); err != nil {
				return err
			}
		}
	}
	return nil
}

// record signs the attendance sheet, writes the minutes and has them approved.
func (s *seeder) record(a *assembly, after time.Time) error {
	if err := s.at(after); err != nil {
		return err
	}
	chair, err := s.as(s.cast.chair)
	if err != nil {
		return err
	}
	secretary, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	path := a.space.Path()
	for _, h := range []*hand{chair, secretary} {
		hash, err := h.hidden(path+"/attendance/sign", "hash")
		if err != nil {
			return err
		}
		if err := h.post(path+"/attendance/sign", "hash", hash); err != nil {
			return err
		}
	}
	if err := secretary.post(path + "/minutes/draft"); err != nil {
		return err
	}
	version, err := secretary.hidden(path+"/minutes/edit", "version")
	if err != nil {
		return err
	}
	err = secretary.post(path+"/minutes/edit", "version", version,
		"text-opening", "La séance est ouverte à 18 h 05 par la présidence, qui rappelle l’ordre du jour et les règles de parole.",
		"text-debates", "Le rapport de gestion est présenté en douze minutes. Onze personnes prennent la parole, dont quatre pour la première fois.\n\nLe déménagement du siège est longuement discuté : coût du bail, accès en train, attache à Rennes. Le conseil retient l’idée d’une étude comparée.\n\n- Une sociétaire demande que les groupes locaux rendent compte de leur budget chaque année.\n- Un partenaire propose d’accueillir la prochaine assemblée.",
		"text-incidents-typed", "Le son a été interrompu deux minutes à 18 h 40 ; la personne qui parlait a repris depuis le début.",
		"text-closing", "L’ordre du jour étant épuisé, la séance est levée à 20 h 10.")
	if err != nil {
		return err
	}
	if version, err = secretary.hidden(path+"/minutes", "version"); err != nil {
		return err
	}
	if err := secretary.post(path+"/minutes/submit", "version", version); err != nil {
		return err
	}
	for _, h := range []*hand{chair, secretary} {
		if version, err = h.hidden(path+"/minutes", "version"); err != nil {
			return err
		}
		if err := h.post(path+"/minutes/approve", "version", version); err != nil {
			return err
		}
	}
	return nil
}
