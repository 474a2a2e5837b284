package demo

import (
	"fmt"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// liveNow is a meeting that is being held: its session is open, somebody speaks, others wait, and a
// motion can be put to the vote.
func (s *seeder) liveNow() error {
	began := s.begun.Add(-25 * time.Minute)
	if err := s.at(began.AddDate(0, 0, -10)); err != nil {
		return err
	}
	a := &assembly{}
	err := s.write(func(tx *db.Tx) (err error) {
		a.space, err = space.Create(tx, s.cast.admin.ID, space.Space{Slug: "connectee", Kind: space.GeneralAssembly, Visibility: space.Public, TimeZone: "Europe/Paris",
			Title: "Assemblée connectée", Kicker: "En direct", Place: "En ligne",
			Summary: "Une heure pour se parler entre sociétaires : ce que fait la coopérative, vos questions, une motion."})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, s.cast.admin.ID, a.space, statutes()); err != nil {
			return err
		}
		for account, role := range map[int64]people.Role{s.cast.chair.ID: people.Chair, s.cast.secretary.ID: people.Officer, s.cast.second.ID: people.Facilitator} {
			if err := space.GiveRole(tx, s.cast.admin.ID, a.space.ID, account, role); err != nil {
				return err
			}
		}
		a.phases = []space.Phase{
			{Key: space.PhaseQuestions, Title: "Questions", Start: began.AddDate(0, 0, -10), End: began},
			{Key: space.PhaseMeeting, Title: "Assemblée", Start: began, End: began.Add(2 * time.Hour)},
		}
		if err := space.SetPhases(tx, s.cast.admin.ID, a.space, a.phases); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, s.cast.admin.ID, a.space, began); err != nil {
			return err
		}
		a.access, err = space.AccessTo(tx, a.space, people.Viewer{Account: s.cast.chair.ID, Member: s.cast.chair.Member})
		return err
	})
	if err != nil {
		return err
	}
	if err := s.prepare(a, agenda[:3]); err != nil {
		return err
	}
	if a.series, err = s.vote.PutSeries(s.ctx, a.access, vote.Series{Title: "Motion du cercle Communauté", Names: true, InSession: true}, ""); err != nil {
		return err
	}
	r := motion("Ouvrir chaque conseil par dix minutes de parole libre", "motion", "Motion du cercle Communauté",
		"L’assemblée demande que chaque réunion du conseil d’administration commence par cinq minutes ouvertes à la parole des sociétaires.")
	r.Series = a.series.ID
	if r, err = s.vote.PutResolution(s.ctx, a.access, r); err != nil {
		return err
	}
	r.Text = "L’assemblée demande que chaque réunion du conseil d’administration commence par dix minutes ouvertes à la parole des sociétaires qui le souhaitent."
	if _, err := s.vote.PutResolution(s.ctx, a.access, r); err != nil {
		return err
	}
	if err := s.questions(a, began); err != nil {
		return err
	}
	if err := s.speak(a, began); err != nil {
		return err
	}
	if err := s.talk(a); err != nil {
		return err
	}
	return s.slides(a)
}

// slides lets the secretary bring slides and show them. Their pictures are made once the program
// serves.
func (s *seeder) slides(a *assembly) error {
	h, err := s.as(s.cast.secretary)
	if err != nil {
		return err
	}
	pdf, err := deck()
	if err != nil {
		return err
	}
	if err := h.upload(a.space.Path()+"/stage/decks", "comptes.pdf", pdf, "title", "Les comptes 2025 en quatre pages"); err != nil {
		return err
	}
	id, err := h.hidden(a.space.Path()+"/stage/prepare", "id")
	if err != nil {
		return err
	}
	return h.post(a.space.Path()+"/stage/show", "what", "deck", "id", id)
}

// speak opens the session and lets some people ask for the floor.
func (s *seeder) speak(a *assembly, began time.Time) error {
	if err := s.at(began); err != nil {
		return err
	}
	chair, err := s.as(s.cast.chair)
	if err != nil {
		return err
	}
	live := a.space.Path() + "/live"
	if err := chair.post(live + "/chair/open"); err != nil {
		return err
	}
	speeches := []struct{ kind, text string }{
		{"question", ""}, {"question", ""}, {"reply", ""},
		{"question", "Je n’ai pas de micro. Pourrait-on savoir ce que deviennent les trajets vers l’hôpital le dimanche ?"},
	}
	for i, speech := range speeches {
		var account people.Account
		if err := s.write(func(tx *db.Tx) (err error) { account, err = people.OpenMemberAccount(tx, s.members[440+i]); return err }); err != nil {
			return err
		}
		h, err := s.as(account)
		if err != nil {
			return err
		}
		if err := h.post(live+"/hand", "kind", speech.kind, "text", speech.text); err != nil {
			return err
		}
	}
	if err := s.groups(a, chair, began); err != nil {
		return err
	}
	for _, before := range []time.Duration{10 * time.Minute, 20 * time.Second} {
		if err := s.at(s.begun.Add(-before)); err != nil {
			return err
		}
		hand, err := chair.hidden(live+"/chair", "hand")
		if err != nil {
			return err
		}
		if err := chair.post(live+"/chair/next", "hand", hand); err != nil {
			return err
		}
	}
	return nil
}

// groups splits nine people into three tables for some minutes: what they wrote is in plenary.
func (s *seeder) groups(a *assembly, chair *hand, began time.Time) error {
	cards := []string{
		"Dire d’avance qui animera, pour que chacun·e puisse s’y préparer.", "Dix minutes suffisent si l’on tient le temps.", "Commencer par les personnes qui n’ont jamais parlé.",
		"Publier les questions posées et leurs réponses.", "Faire le tour des villes : un conseil sur deux hors de Rennes.", "Garder une place pour les questions écrites.",
	}
	var list strings.Builder
	hands := make([]*hand, 9)
	for i := range hands {
		m := s.members[440+i]
		fmt.Fprintf(&list, "%s ; %d\n", m.Number, i/3+1)
		var account people.Account
		err := s.write(func(tx *db.Tx) (err error) { account, err = people.OpenMemberAccount(tx, m); return err })
		if err != nil {
			return err
		}
		if hands[i], err = s.as(account); err != nil {
			return err
		}
	}
	tables := a.space.Path() + "/tables"
	err := chair.post(tables+"/new", "who", "list", "list", list.String(), "mix", "list", "shape", "count", "n", "3", "turn", "60",
		"question", "À quoi ressembleraient ces dix minutes de parole libre ?")
	if err != nil {
		return err
	}
	if err := s.at(began.Add(2 * time.Minute)); err != nil {
		return err
	}
	if err := chair.post(tables + "/start"); err != nil {
		return err
	}
	for i, text := range cards {
		table := i/2 + 1
		if err := hands[3*(table-1)+i%2].post(fmt.Sprintf("%s/%d/cards", tables, table), "text", text); err != nil {
			return err
		}
	}
	if err := chair.post(tables+"/back", "seconds", "0"); err != nil {
		return err
	}
	return s.at(began.Add(12 * time.Minute))
}
