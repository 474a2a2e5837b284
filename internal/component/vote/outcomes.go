package vote

import (
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

var _ component.OutcomeKeeper = (*Component)(nil)

// Outcomes tell what came of each resolution, where the results may be seen.
func (c *Component) Outcomes(tx *db.Tx, sp space.Space, lang i18n.Lang) (map[string][]string, error) {
	b, err := c.loadBoard(tx, space.Access{Space: sp})
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	out := map[string][]string{}
	for _, s := range b.series {
		for _, r := range s.resolutions {
			if s.visible && r.result != nil {
				out[s.Subject()] = append(out[s.Subject()], r.result.sentence(string(lang), t))
			}
		}
	}
	return out, nil
}

// sentence is what came of a resolution, with whom or what was chosen, or how votes divided.
func (r Result) sentence(lang string, t component.Translate) string {
	outcome := t("vote.outcome." + r.outcome())
	switch names := r.chosen(); {
	case len(names) > 0:
		outcome += " (" + strings.Join(names, ", ") + ")"
	case r.Count != nil && r.Decision.Outcome != statute.NoQuorum:
		outcome += " (" + t("vote.choice.for") + " " + statute.FormatPercent(r.Decision.For, lang, r.Decision.Needed) + ", " +
			t("vote.choice.against") + " " + statute.FormatPercent(r.Decision.Against, lang) + ")"
	}
	return t("vote.outcome_line", "number", r.Number, "title", r.Title, "outcome", outcome)
}

// chosen are the names of who or what was elected or chosen.
func (r Result) chosen() (names []string) {
	if r.Decision.Outcome != statute.Elected {
		return nil
	}
	switch {
	case r.Counted != nil && len(r.Counted.Elected) > 0:
		for _, p := range r.Counted.Elected {
			names = append(names, p.Name)
		}
	case r.Counted != nil && r.Counted.Tally != nil:
		return r.Counted.Tally.Winners
	case r.Choice != nil:
		for _, rank := range r.Decision.Ranking {
			if rank.Elected {
				names = append(names, r.candidate(rank.Candidate))
			}
		}
	}
	return names
}
