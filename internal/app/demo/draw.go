package demo

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// water is a citizens' assembly whose panel was drawn three weeks ago, with a second draw open
// to volunteers and a third, by constituency, whose number is drawn today.
func (s *seeder) water() error {
	drawn := day(s.now.AddDate(0, 0, -21), 18)
	if err := s.at(drawn.AddDate(0, 0, -50)); err != nil {
		return err
	}
	if err := s.conveneWater(drawn); err != nil {
		return err
	}
	for _, part := range []func(time.Time) error{s.drawPanel, s.followUp, s.byConstituency} {
		if err := part(drawn); err != nil {
			return err
		}
	}
	return s.at(s.now)
}

// chairAt is the chair, signed in at that moment.
func (s *seeder) chairAt(t time.Time) (*hand, error) {
	if err := s.at(t); err != nil {
		return nil, err
	}
	return s.as(s.cast.chair)
}

func (s *seeder) conveneWater(drawn time.Time) error {
	return s.write(func(tx *db.Tx) error {
		sp, err := space.Create(tx, s.cast.admin.ID, space.Space{Slug: "eau", Kind: space.CitizensAssembly, Visibility: space.Public, TimeZone: "Europe/Paris",
			Title: "Partager l’eau de la Vilaine", Kicker: "Convention citoyenne",
			Summary: "Soixante personnes tirées au sort disent comment partager l’eau quand elle manque. Le tirage a eu lieu en public ; tout se vérifie.",
			Place:   "Rennes, Redon et Vitré"})
		if err != nil {
			return err
		}
		for _, r := range []struct {
			account people.Account
			role    people.Role
		}{{s.cast.chair, people.Chair}, {s.cast.secretary, people.Officer}} {
			if err := space.GiveRole(tx, s.cast.admin.ID, sp.ID, r.account.ID, r.role); err != nil {
				return err
			}
		}
		return space.SetPhases(tx, s.cast.admin.ID, sp, []space.Phase{
			{Key: space.PhaseVolunteers, Title: "Appel à volontaires", Start: drawn.AddDate(0, 0, -49), End: drawn.AddDate(0, 0, -7)},
			{Key: space.PhaseDraw, Title: "Tirage au sort", Start: drawn, End: drawn.Add(2 * time.Hour)},
			{Key: space.PhaseMeeting, Title: "Six week-ends de travail", Start: drawn.AddDate(0, 0, 14), End: drawn.AddDate(0, 0, 90)},
			{Key: space.PhaseOpinion, Title: "Avis rendu", Start: drawn.AddDate(0, 0, 91)},
		})
	})
}

// traits of the invented volunteers: as usual, those who come forward are older and longer at
// school than the population.
var traits = []struct {
	name   string
	values []string
	weight []int
	share  []string // of the population, per cent; none where the table knows it
	source string
}{
	{"Genre", []string{"Femme", "Homme"}, []int{58, 42}, nil, ""},
	{"Âge", []string{"16-29 ans", "30-44 ans", "45-59 ans", "60 ans ou plus"}, []int{11, 22, 31, 36}, nil, ""},
	{"Diplôme", []string{"Sans diplôme ou brevet", "CAP ou BEP", "Bac", "Études supérieures"}, []int{6, 13, 17, 64}, []string{"22", "24", "19", "35"}, "Parts arrondies, inventées pour la démonstration"},
	{"Territoire", []string{"Rennes et sa couronne", "Vitré et l’est", "Redon et le sud", "Estuaire"}, []int{55, 17, 16, 12}, []string{"48", "21", "19", "12"}, "Parts arrondies, inventées pour la démonstration"},
}

// volunteers invents a file of n volunteers.
func (s *seeder) volunteers(n int) []byte {
	var b strings.Builder
	b.WriteString("Prénom;Nom;Courriel;Adresse;Commune")
	for _, t := range traits {
		b.WriteString(";" + t.name)
	}
	b.WriteByte('\n')
	for i := range n {
		first, last := firstNames[s.rand.IntN(len(firstNames))], strings.ReplaceAll(lastNames[s.rand.IntN(len(lastNames))], "-", " ")
		fmt.Fprintf(&b, "%s;%s;volontaire%03d@exemple.org;%d %s;%s", first, last, i+1, 1+s.rand.IntN(40), streets[s.rand.IntN(len(streets))],
			[]string{"Rennes", "Vitré", "Redon", "La Roche-Bernard"}[s.rand.IntN(4)])
		for _, t := range traits {
			b.WriteString(";" + t.values[s.pick(t.weight)])
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// pick draws an index with the chances that the weights give.
func (s *seeder) pick(weight []int) int {
	total := 0
	for _, w := range weight {
		total += w
	}
	at := s.rand.IntN(total)
	for i, w := range weight {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}

// local is a moment as the fields of the assembly's pages have it.
func local(t time.Time) string {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.UTC
	}
	return t.In(paris).Format("2006-01-02T15:04")
}

// newDraw prepares a draw through its form and returns its address.
func (s *seeder) newDraw(h *hand, title string, size int, fields ...string) (string, error) {
	erase := local(day(s.now.AddDate(0, 8, 0), 20))
	form := append([]string{"title", title, "size", fmt.Sprint(size), "objective", "leximin", "panels", "1000", "erase_at", erase}, fields...)
	a, err := h.form("/a/eau/draws/new", form...)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(a.header.Get("Location"), "/prepare"), nil
}

// drawPanel is the whole ceremony of the assembly's panel, up to the answers of those drawn.
func (s *seeder) drawPanel(drawn time.Time) error {
	h, err := s.chairAt(drawn.AddDate(0, 0, -7))
	if err != nil {
		return err
	}
	path, err := s.newDraw(h, "Soixante personnes pour partager l’eau", 60, "one_per_address", "on")
	if err != nil {
		return err
	}
	if err := h.upload(path+"/import", "volontaires.csv", s.volunteers(640)); err != nil {
		return err
	}
	uses := []string{"use-0", "name", "use-1", "name", "use-2", "email", "use-3", "address", "use-4", "address"}
	for i := range traits {
		uses = append(uses, fmt.Sprintf("use-%d", 5+i), "category")
	}
	if err := h.post(path+"/import/columns", uses...); err != nil {
		return err
	}
	if err := s.quotas(h, path); err != nil {
		return err
	}
	if err := s.compute(h, path); err != nil {
		return err
	}
	if h, err = s.chairAt(drawn.Add(-24 * time.Hour)); err != nil {
		return err
	}
	if err := h.post(path+"/publish", "sides", "10"); err != nil {
		return err
	}
	if h, err = s.chairAt(drawn); err != nil {
		return err
	}
	for _, die := range []string{"7", "0", "4"} {
		if err := h.post(path+"/die", "shows", die); err != nil {
			return err
		}
	}
	if err := h.post(path + "/proclaim"); err != nil {
		return err
	}
	return s.answers(h, path, drawn)
}

// quotas sets the shares of the population and quotas around them: the program proposes what
// it knows of the département, the rest is typed.
func (s *seeder) quotas(h *hand, path string) error {
	var form []string
	for i, t := range traits {
		form = append(form, fmt.Sprintf("source-%d", i), t.source)
		for j, v := range slices.Sorted(slices.Values(t.values)) {
			at, share := fmt.Sprintf("-%d-%d", i, j), ""
			if t.share != nil {
				share = t.share[slices.Index(t.values, v)]
			}
			form = append(form, "share"+at, share, "min"+at, "0", "max"+at, "60")
		}
	}
	if err := h.post(path+"/quotas", append(form, "territory", "35", "do", "suggest")...); err != nil {
		return err
	}
	page, err := h.do(http.MethodGet, path+"/quotas", "", nil)
	if err != nil {
		return err
	}
	for i := 0; i < len(form); i += 2 {
		form[i+1] = typed(page, form[i])
	}
	return h.post(path+"/quotas", append(form, "margin", "1", "do", "fill")...)
}

// compute makes the list and waits for it.
func (s *seeder) compute(h *hand, path string) error {
	if err := h.post(path + "/compute"); err != nil {
		return err
	}
	for range 3000 {
		if err := s.Tick(s.ctx); err != nil {
			return err
		}
		a, err := h.do(http.MethodGet, path+"/progress", "", nil)
		if err != nil {
			return err
		}
		if page := a.body.String(); !strings.Contains(page, "<live-fragment") {
			if !strings.Contains(page, "La liste est prête") {
				return fmt.Errorf("%s: %s", path, words(page))
			}
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("%s: the computation does not end", path)
}

// answers invites those drawn; most accept, some decline, some say nothing yet. Alternates stand ready.
func (s *seeder) answers(h *hand, path string, drawn time.Time) error {
	if err := h.post(path+"/alternates", "alternates", "8", "dropout", "15"); err != nil {
		return err
	}
	err := h.post(path+"/invite", "message", "Premier week-end à Rennes, les frais sont remboursés et chaque jour est indemnisé.", "answer_by", local(drawn.AddDate(0, 0, 30)))
	if err != nil {
		return err
	}
	list, err := h.do(http.MethodGet, path+"/volunteers.csv?state=seated", "", nil)
	if err != nil {
		return err
	}
	nobody := &hand{s: s}
	for i, line := range strings.Split(strings.TrimSpace(list.body.String()), "\n")[1:] {
		link := regexp.MustCompile(`/volunteer/\S+`).FindString(line)
		act := "/accept"
		switch {
		case i%19 == 5:
			act = "/decline"
		case i%11 == 3:
			continue
		}
		if err := s.at(drawn.Add(time.Duration(i+20) * time.Hour)); err != nil {
			return err
		}
		if err := nobody.post(link+act, ""); err != nil {
			return err
		}
	}
	return nil
}

// followUp is a smaller draw to which people are applying now.
func (s *seeder) followUp(time.Time) error {
	h, err := s.chairAt(s.now.AddDate(0, 0, -6))
	if err != nil {
		return err
	}
	path, err := s.newDraw(h, "Douze personnes pour suivre les décisions", 12)
	if err != nil {
		return err
	}
	var form []string
	for i, t := range traits[:2] {
		form = append(form, fmt.Sprintf("name-%d", i), t.name, fmt.Sprintf("values-%d", i), strings.Join(t.values, "\n"))
	}
	if err := h.post(path+"/categories", form...); err != nil {
		return err
	}
	err = h.post(path+"/application", "closes_at", local(day(s.now.AddDate(0, 0, 9), 20)),
		"consent", "J’accepte que mes réponses servent à ce tirage, et seulement à cela. Mon nom et mon adresse ne sont vus que par l’équipe d’organisation ; mes catégories sont publiées sous un numéro.")
	if err != nil {
		return err
	}
	nobody := &hand{s: s}
	apply := strings.Replace(path, "/a/eau/draws/", "/apply/", 1)
	for i := range 31 {
		if err := s.at(s.now.AddDate(0, 0, -5).Add(time.Duration(i) * 3 * time.Hour)); err != nil {
			return err
		}
		email := fmt.Sprintf("suivi%02d@exemple.org", i)
		err := nobody.post(apply, "name", firstNames[i]+" "+lastNames[i], "email", email, "consent", "on",
			"trait-0", traits[0].values[s.pick(traits[0].weight)], "trait-1", traits[1].values[s.pick(traits[1].weight)])
		if err != nil {
			return err
		}
		link, err := s.linkSentTo(email)
		if err != nil {
			return err
		}
		if i%9 != 7 { // some never confirm
			if err := nobody.post(link+"/confirm", ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkSentTo reads the personal link in the last mail to an address.
func (s *seeder) linkSentTo(email string) (link string, err error) {
	return link, s.write(func(tx *db.Tx) error {
		var text string
		if err := tx.Row("SELECT body_text FROM mail WHERE to_address = $1 ORDER BY id DESC LIMIT 1", []any{email}, &text); err != nil {
			return err
		}
		link = regexp.MustCompile(`/volunteer/[^\s]+`).FindString(text)
		return nil
	})
}

// byConstituency is a draw of candidates in 43 constituencies; its list is published and its
// number is drawn now.
func (s *seeder) byConstituency(time.Time) error {
	h, err := s.chairAt(s.now.AddDate(0, 0, -2))
	if err != nil {
		return err
	}
	path, err := s.newDraw(h, "Une voix par canton : quarante-trois candidatures", 43)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("Numéro interne;Canton;Genre\n")
	for i := range 43 * 7 {
		canton := i % 43
		if i >= 43 && s.rand.IntN(43) < canton/2 { // towns have more candidates
			canton = s.rand.IntN(12)
		}
		fmt.Fprintf(&b, "%d;Canton %02d;%s\n", i+1, canton+1, []string{"Femme", "Homme"}[s.pick([]int{41, 59})])
	}
	if err := h.upload(path+"/import", "candidatures.csv", []byte(b.String())); err != nil {
		return err
	}
	if err := h.post(path+"/import/columns", "use-1", "category", "use-2", "category"); err != nil {
		return err
	}
	if err := h.post(path+"/constituencies", "category", "Canton", "seats", "1", "parity", "Genre | Femme | Homme"); err != nil {
		return err
	}
	if err := s.compute(h, path); err != nil {
		return err
	}
	if err := h.post(path+"/publish", "sides", "10"); err != nil {
		return err
	}
	if h, err = s.chairAt(s.now.Add(-10 * time.Minute)); err != nil {
		return err
	}
	return h.post(path+"/die", "shows", "3")
}
