package demo

import (
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// speech is what somebody of the story says in session, that many minutes after it opened, for some
// minutes: as it was captioned, or written and read out by the chair.
type speech struct {
	at, lasts float64
	member    int
	kind      string
	captions  []string
	written   string
}

// said are the speeches of the assembly that was held, by the item of the agenda they belong to; the
// minute at which the assembly turned to it comes first.
var said = []struct {
	at       float64
	item     string
	speeches []speech
}{
	{1, "Accueil et désignation du bureau", nil},
	{9, "Rapport de gestion", []speech{
		{10, 6, 441, "reply", []string{"Cette année, deux mille trajets de plus, et une seule panne de rentrée.", "Ce que nous n’avons pas su faire : ouvrir dans le sud de la ville.", "Nous y reviendrons en septembre, avec les groupes locaux."}, ""},
		{18, 2.5, 442, "question", []string{"Combien de ces trajets sont des trajets domicile-travail ?"}, ""},
		{21, 1.5, 443, "question", nil, "Je n’ai pas de micro. Les personnes qui n’ont pas de téléphone peuvent-elles réserver en mairie ?"},
	}},
	{30, "Comptes et affectation du résultat", []speech{
		{31, 8, 444, "reply", []string{"L’excédent est de 18 420 €, en hausse de six pour cent.", "Les charges de carburant ont baissé pour la première fois."}, ""},
		{41, 2, 440, "question", []string{"Pourquoi ne rien verser aux parts sociales ?"}, ""},
	}},
	{60, "Modification des statuts", []speech{
		{62, 3, 441, "question", []string{"Saint-Aubin est à vingt minutes de train : qui pourra encore venir ?"}, ""},
		{66, 2.5, 445, "reply", []string{"Le bail de Rennes double en janvier.", "Une étude comparée serait plus sage que de trancher ce soir."}, ""},
	}},
	{85, "Élections et motions", []speech{
		{87, 3, 442, "reply", []string{"Cinq mille euros, c’est dix groupes qui peuvent louer une salle et payer un goûter."}, ""},
	}},
	{105, "Questions diverses", nil},
}

// hold holds the session of an assembly: it is opened, followed item by item, and captioned.
func (s *seeder) hold(a *assembly, opens time.Time) error {
	chair, err := s.as(s.cast.chair)
	if err != nil {
		return err
	}
	secretary, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	path := a.space.Path()
	at := func(minutes float64) { // time brings nothing meanwhile
		now := opens.Add(time.Duration(minutes * float64(time.Minute)))
		s.Site.DB.SetClock(func() time.Time { return now })
	}
	at(0)
	if err := chair.post(path + "/live/chair/open"); err != nil {
		return err
	}
	if err := chair.post(path+"/stage/captioners", "lang", "fr", "captioner", s.cast.secretary.Name); err != nil {
		return err
	}
	items, err := s.items(a)
	if err != nil {
		return err
	}
	for _, part := range said {
		at(part.at)
		if err := chair.post(path+"/live/chair/item", "item", fmt.Sprint(items[part.item])); err != nil {
			return err
		}
		if err := s.project(a, part.item); err != nil {
			return err
		}
		for _, spoken := range part.speeches {
			if err := s.speech(path, chair, secretary, spoken, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// items are the items of an assembly's agenda by title.
func (s *seeder) items(a *assembly) (map[string]int64, error) {
	items := map[string]int64{}
	err := s.Site.DB.Read(s.ctx, func(tx *db.Tx) error {
		return tx.Each("SELECT title, id FROM agenda_item WHERE space_id = $1", []any{a.space.ID}, func(scan func(...any) error) error {
			var title string
			var id int64
			err := scan(&title, &id)
			items[title] = id
			return err
		})
	})
	return items, err
}

// project shows everybody what an item is about: the slides of the accounts, or the text put to the vote.
func (s *seeder) project(a *assembly, item string) error {
	h, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	show := a.space.Path() + "/stage/show"
	switch item {
	case "Comptes et affectation du résultat":
		return s.slides(a)
	case "Modification des statuts":
		return h.post(show, "what", "resolution", "id", fmt.Sprint(a.motions[2].ID))
	case "Élections et motions":
		return h.post(show, "what", "resolution", "id", fmt.Sprint(a.motions[3].ID))
	default:
		return nil
	}
}

// speech lets somebody ask for the floor, have it, and be captioned.
func (s *seeder) speech(path string, chair, secretary *hand, spoken speech, at func(float64)) error {
	at(spoken.at)
	var account people.Account
	err := s.write(func(tx *db.Tx) (err error) {
		account, err = people.OpenMemberAccount(tx, s.members[spoken.member])
		return err
	})
	if err != nil {
		return err
	}
	member, err := s.as(account)
	if err != nil {
		return err
	}
	if err := member.post(path+"/live/hand", "kind", spoken.kind, "text", spoken.written); err != nil {
		return err
	}
	next, err := chair.hidden(path+"/live/chair", "hand")
	if err != nil {
		return err
	}
	if err := chair.post(path+"/live/chair/next", "hand", next); err != nil {
		return err
	}
	for i, text := range spoken.captions {
		at(spoken.at + spoken.lasts*(float64(i)+0.3)/float64(len(spoken.captions)+1))
		if err := secretary.post(path+"/captions", "lang", "fr", "text", text); err != nil {
			return err
		}
	}
	at(spoken.at + spoken.lasts)
	return chair.post(path + "/live/chair/end")
}

// part closes the session and lets everybody see it again.
func (s *seeder) part(a *assembly, closes time.Time) error {
	if err := s.at(closes); err != nil {
		return err
	}
	chair, err := s.as(s.cast.chair)
	if err != nil {
		return err
	}
	if err := chair.post(a.space.Path() + "/live/chair/close"); err != nil {
		return err
	}
	return chair.post(a.space.Path() + "/recording/publish")
}
