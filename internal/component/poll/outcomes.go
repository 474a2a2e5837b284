package poll

import (
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

var _ component.OutcomeKeeper = (*Component)(nil)

// most is how many answers a sentence tells; the table in the minutes has them all.
const most = 8

// Outcomes tell what was answered to the polls whose results go with the minutes.
func (c *Component) Outcomes(tx *db.Tx, sp space.Space, lang i18n.Lang) (map[string][]string, error) {
	list, results, err := closedOf(tx, sp.ID)
	out := map[string][]string{}
	for i, p := range list {
		if p.Minutes && results[i].Answered > 0 {
			out[p.subject()] = []string{p.sentence(results[i], func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) })}
		}
	}
	return out, err
}

// sentence is how often each answer was given, or the order of a ranking.
func (p Poll) sentence(r Result, t component.Translate) string {
	rows := r.shown()
	var parts []string
	for _, row := range rows[:min(len(rows), most)] {
		if p.Kind == Ranking {
			parts = append(parts, strconv.Itoa(row.Place)+". "+row.Label)
			continue
		}
		parts = append(parts, row.Label+" ("+strconv.FormatInt(row.N, 10)+")")
	}
	if more := len(rows) - most; more > 0 {
		parts = append(parts, t("poll.outcome.more", "n", more))
	}
	return t("poll.outcome", "answers", strings.Join(parts, ", "))
}
