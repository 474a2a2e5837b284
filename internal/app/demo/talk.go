package demo

import (
	"regexp"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// writes signs in a member who writes in the assembly that is being held, behind those who speak.
func (s *seeder) writes(i int) (*hand, error) {
	var account people.Account
	err := s.write(func(tx *db.Tx) (err error) { account, err = people.OpenMemberAccount(tx, s.members[460+i]); return err })
	if err != nil {
		return nil, err
	}
	return s.as(account)
}

var questionNumber = regexp.MustCompile(`id="q-(\d+)"`)

// questions lets some people ask before the assembly, and others support them.
func (s *seeder) questions(a *assembly, began time.Time) error {
	if err := s.at(began.AddDate(0, 0, -2)); err != nil {
		return err
	}
	page := a.space.Path() + "/questions"
	for i, text := range []string{
		"Pourquoi le prix de l’abonnement change-t-il en septembre ?",
		"Les trajets vers l’hôpital seront-ils assurés le dimanche ?",
		"Comment rejoindre le cercle Communauté quand on travaille le soir ?",
	} {
		h, err := s.writes(i)
		if err != nil {
			return err
		}
		if err := h.post(page, "text", text, "item", "0"); err != nil {
			return err
		}
	}
	for i := range 12 {
		h, err := s.writes(3 + i)
		if err != nil {
			return err
		}
		seen, err := h.do("GET", page, "", nil)
		if err != nil {
			return err
		}
		for j, m := range questionNumber.FindAllStringSubmatch(seen.body.String(), -1) {
			if i%(j+1) != 0 {
				continue
			}
			if err := h.post(page + "/" + m[1] + "/support"); err != nil {
				return err
			}
		}
	}
	return nil
}

// talk prepares a quiz and a poll, and lets some people write while the assembly sits.
func (s *seeder) talk(a *assembly) error {
	chair, err := s.as(s.cast.chair)
	if err != nil {
		return err
	}
	polls := a.space.Path() + "/polls/new"
	if err := chair.post(polls, "question", "En quelle année la coopérative est-elle née ?", "kind", "single", "options", "2007\n* 2018\n2021", "held", "on", "seconds", "30",
		"explanation", "L’association date de 2007 ; elle est devenue coopérative en 2018.", "minutes", "on"); err != nil {
		return err
	}
	if err := chair.post(polls, "question", "Un mot pour dire ce que vous attendez de la coopérative ?", "kind", "words", "words", "3", "minutes", "on"); err != nil {
		return err
	}
	for i, text := range []string{
		"Bonjour de Nantes ! On vous entend très bien.",
		"Bonjour à toutes et à tous, première assemblée pour moi.",
		"Les comptes sont sur la page de l’ordre du jour.",
	} {
		h, err := s.writes(i)
		if err != nil {
			return err
		}
		if err := h.post(a.space.Path()+"/chat", "message", text); err != nil {
			return err
		}
	}
	return nil
}
