package statute

import "slices"

// Withheld gives the colleges whose own figures must not be shown after a vote
// that was not open, because fewer voters took part than [Ballot.Disclosure]
// says. One college alone would be found by taking the others from the total, so
// the next smallest is withheld with it. Voters are per college key.
//
// A larger college in which all voted alike is shown: the rule protects small
// numbers, not unanimity.
func (r Rules) Withheld(voters map[string]int) []string {
	var shown, hidden []string
	for _, c := range r.Colleges {
		switch n := voters[c.Key]; {
		case c.Advisory || n == 0:
		case n < r.Ballot.Disclosure:
			hidden = append(hidden, c.Key)
		default:
			shown = append(shown, c.Key)
		}
	}
	if len(hidden) == 1 && len(shown) > 0 {
		hidden = append(hidden, slices.MinFunc(shown, func(a, b string) int { return voters[a] - voters[b] }))
	}
	return hidden
}

// Public is the decision as it may be shown when those colleges are withheld. No
// figure by college remains in it and, where colleges were weighted or judged one
// by one, no share nor score either, since these and the other colleges' figures
// would give them back. The verdict stays, with its reasons in words; Withheld
// tells a page that the figures at zero are figures not shown.
func (d Decision) Public(withheld []string) Decision {
	if len(withheld) == 0 {
		return d
	}
	byCollege := len(d.Ranking) > 0 && len(d.Colleges) > 0
	steps := d.Steps
	d.Colleges, d.Steps, d.Withheld = nil, nil, withheld
	for _, s := range steps {
		byCollege = byCollege || s.Rule == "weighted" || s.Rule == "college"
	}
	if !byCollege {
		d.Steps = steps
		return d
	}
	d.For, d.Against, d.Needed = Frac{}, Frac{}, Frac{}
	d.Ranking = slices.Clone(d.Ranking)
	for i := range d.Ranking {
		d.Ranking[i].Votes, d.Ranking[i].Score = Frac{}, Frac{}
	}
	for _, s := range steps {
		switch s.Rule {
		case "weighted", "college", "college-silent", "ranking":
			continue // a silent college is one where all abstained
		case "majority":
			s.Numbers = nil
		}
		d.Steps = append(d.Steps, s)
	}
	d.Steps = append(d.Steps, step("withheld", say{
		"Le détail par collège n’est pas publié" + nbsp + ": il révélerait le choix de quelques personnes.",
		"Figures by college are not published: they would reveal the choice of a few people.",
	}, Cite{}))
	return d
}
