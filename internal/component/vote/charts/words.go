// Package charts shows what a counting rule came to: in words, in tables, and in pictures drawn by
// the server with the same figures.
package charts

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// Translate gives a sentence in the reader's language.
type Translate func(key string, args ...any) string

// Num writes a number of votes: exactly where decimals can say it, else rounded to two, with "≈".
func Num(n tally.Number, lang string) string {
	text := n.String()
	about := ""
	if strings.Contains(text, "/") {
		text, about = n.Rat().FloatString(2), "≈ "
	}
	whole, decimals, _ := strings.Cut(text, ".")
	f, err := statute.ParseFrac(whole)
	if err != nil {
		return about + text
	}
	mark := ","
	if lang == "en" {
		mark = "."
	}
	if decimals != "" {
		decimals = mark + decimals
	}
	return about + statute.FormatNumber(f, lang) + decimals
}

func float(n tally.Number) float64 { f, _ := n.Rat().Float64(); return f }

// steps are the steps of one kind.
func steps[T tally.Step](c rule.Counted) []T {
	var out []T
	if c.Tally == nil {
		return nil
	}
	for _, s := range c.Tally.Steps {
		if t, ok := s.(T); ok {
			out = append(out, t)
		}
	}
	return out
}

func first[T tally.Step](c rule.Counted) (T, bool) {
	var zero T
	if list := steps[T](c); len(list) > 0 {
		return list[0], true
	}
	return zero, false
}

// telling is a count being put in words.
type telling struct {
	rule.Counted
	t    Translate
	lang string
	// The last to win a place, and the first left without one ("" when nobody is).
	in, out string
}

// Why says in sentences why the result is what it is.
func Why(c rule.Counted, t Translate, lang string) []string {
	w := telling{Counted: c, t: t, lang: lang}
	var out []string
	switch {
	case !c.Said():
		return append(out, t("vote.counted.nothing"))
	case c.Consent != nil:
		return append(out, w.consent(), t("vote.weights.people"))
	case c.Fists != nil:
		return append(out, w.fists(), t("vote.weights.people"))
	}
	if c.Tied() != nil {
		out = append(out, w.tied()...)
	} else {
		out = append(out, w.reason()...)
	}
	return append(out, w.circumstances()...)
}

func (w telling) num(n tally.Number) string { return Num(n, w.lang) }

func (w telling) list(names []string) string { return strings.Join(names, ", ") }

func (w telling) consent() string {
	c := w.Consent
	if c.Passed {
		return w.t("vote.counted.consent", "n", int(c.Agreed+c.Concerns), "concerns", int(c.Concerns))
	}
	if c.Objections == 0 {
		return w.t("vote.counted.unconsented")
	}
	return w.t("vote.counted.objected", "n", int(c.Objections))
}

func (w telling) fists() string {
	f := w.Fists
	if f.Passed {
		return w.t("vote.counted.fists", "bar", w.Rule.Max, "average", w.num(f.Average))
	}
	return w.t("vote.counted.fists_not", "blocks", int(f.Blocks), "reserved", int(f.Reserved), "bar", w.Rule.Max)
}

func (w telling) tied() []string {
	names := make([]string, 0, len(w.Tied()))
	names = append(names, w.Tied()...)
	out := []string{w.t("vote.counted.tied", "names", w.list(names))}
	key := "vote.counted.tied_none"
	if w.Pending {
		key = "vote.counted.tied_" + w.Rule.TieBreak
	}
	return append(out, w.t(key))
}

// reason tells who wins and what put the last winner before the first who does not.
func (w telling) reason() []string {
	if rounds := steps[tally.Round](w.Counted); len(rounds) > 0 {
		return w.rounds(rounds)
	}
	if w.Rule.Method().Lists() {
		return w.lists()
	}
	winners := w.Tally.Winners
	ranked := slices.Concat(w.Tally.Ranking...)
	w.in = winners[len(winners)-1]
	for _, name := range ranked {
		if !slices.Contains(winners, name) {
			w.out = name
			break
		}
	}
	head := w.t("vote.counted.winner", "n", len(winners), "names", w.list(winners))
	switch {
	case w.out == "":
		return []string{head, w.t("vote.counted.everyone")}
	case w.Rule.Parity > 0: // the ranking no longer says who comes before whom
		return []string{head}
	case len(winners) == 1:
		return []string{w.because()}
	}
	return []string{head, w.t("vote.counted.last_place") + " " + w.because()}
}

// because is the reason by rule.
func (w telling) because() string {
	if s, ok := first[tally.Scores](w.Counted); ok {
		return w.t("vote.counted.because_"+s.Unit, "in", w.in, "x", w.total(s.Tallies, w.in), "out", w.out, "y", w.total(s.Tallies, w.out))
	}
	if len(steps[tally.MeritProfile](w.Counted)) > 0 {
		return w.merit()
	}
	if w.Rule.Conditions != nil {
		return w.conditioned()
	}
	return w.duels(len(w.Options)-1, "vote.counted.because_condorcet")
}

func (w telling) total(list []tally.Tally, name string) string {
	return w.num(votesOf(list, name))
}

func (w telling) merit() string {
	median := map[string]string{}
	for _, p := range steps[tally.MeritProfile](w.Counted) {
		median[p.Candidate] = p.Median
	}
	if median[w.in] != median[w.out] {
		return w.t("vote.counted.because_median", "in", w.in, "x", median[w.in], "out", w.out, "y", median[w.out])
	}
	for _, s := range steps[tally.Comparison](w.Counted) {
		if s.Ahead == w.in && s.Behind == w.out && s.Removed != nil {
			return w.t("vote.counted.because_removal", "in", w.in, "out", w.out, "median", median[w.in], "removed", w.num(*s.Removed), "x", s.Better, "y", s.Worse)
		}
	}
	return w.t("vote.counted.because_ranking", "in", w.in, "out", w.out)
}

// duels tells a Condorcet result: who wins every duel, or what the rule makes of a cycle.
func (w telling) duels(others int, key string) string {
	duels, _ := first[tally.Duels](w.Counted)
	won := 0
	for _, d := range duels.Victories {
		if d.Winner == w.in && !dropped(w.Counted)[d.Loser] {
			won++
		}
	}
	if won == others && len(w.Tally.Winners) == 1 {
		return w.t(key, "in", w.in, "n", others)
	}
	switch w.Rule.Name {
	case "schulze":
		return w.t("vote.counted.because_schulze", "in", w.in, "out", w.out, "x", w.strength(w.in, w.out), "y", w.strength(w.out, w.in))
	case "ranked-pairs":
		dropped := 0
		for _, l := range steps[tally.Lock](w.Counted) {
			if !l.Locked {
				dropped++
			}
		}
		return w.t("vote.counted.because_pairs", "in", w.in, "n", dropped)
	case "minimax":
		return w.t("vote.counted.because_minimax", "in", w.in, "out", w.out, "x", w.worst(w.in), "y", w.worst(w.out))
	default:
		return w.t("vote.counted.because_copeland", "in", w.in, "out", w.out, "x", w.balance(w.in), "y", w.balance(w.out))
	}
}

// strength is the weakest duel of the strongest path between two options.
func (w telling) strength(from, to string) string {
	paths, _ := first[tally.Paths](w.Counted)
	for _, p := range paths.Paths {
		if p.From == from && p.To == to {
			return w.num(p.Weakest.For)
		}
	}
	return "0"
}

func (w telling) worst(name string) string {
	for _, d := range steps[tally.Defeat](w.Counted) {
		if d.Candidate == name && d.Duel != nil {
			return w.num(d.Duel.For)
		}
	}
	return "0"
}

func (w telling) balance(name string) string {
	for _, r := range steps[tally.Record](w.Counted) {
		if r.Candidate == name {
			return fmt.Sprintf("%d", r.Won-r.Lost)
		}
	}
	return "0"
}

// rounds tells a count in stages: who wins, with how much, and what each stage decided.
func (w telling) rounds(rounds []tally.Round) []string {
	winners := w.Tally.Winners
	out := []string{w.t("vote.counted.winner", "n", len(winners), "names", w.list(winners))}
	if q := rounds[0].Quota; q != nil {
		if len(winners) == 1 {
			out = nil
		}
		key := "vote.counted.because_quota"
		if w.Rule.Name == "stv-meek" {
			key = "vote.counted.because_meek"
		}
		return append(append(out, w.seats(rounds)...), w.t(key, "quota", w.num(*q), "n", w.Seats))
	}
	for _, r := range rounds {
		if i := slices.Index(r.Elected, winners[len(winners)-1]); i >= 0 {
			total := new(big.Rat)
			for _, t := range r.Tallies {
				total.Add(total, t.Votes.Rat())
			}
			out = append(out, w.t("vote.counted.because_round", "in", winners[len(winners)-1], "round", r.Number,
				"x", w.total(r.Tallies, winners[len(winners)-1]), "total", w.num(tally.Exact(total))))
		}
	}
	if len(winners) == 1 && len(out) > 1 {
		return out[1:]
	}
	return out
}

func (w telling) lists() []string {
	seats := map[string]int{}
	for _, name := range w.Tally.Winners {
		seats[name]++
	}
	var parts []string
	for _, o := range w.Options {
		if n := seats[o.Name]; n > 0 {
			parts = append(parts, w.t("vote.counted.list_seats", "n", n, "name", o.Name))
		}
	}
	out := []string{w.t("vote.counted.lists", "n", w.Seats, "parts", w.list(parts))}
	out = append(out, w.shares()...)
	out = append(out, w.t("vote.counted.lists_"+strings.ReplaceAll(w.Rule.Name, "-", "_")))
	if len(w.Elected) > 0 {
		names := make([]string, len(w.Elected))
		for i, p := range w.Elected {
			names[i] = p.Name
		}
		out = append(out, w.t("vote.counted.list_people", "n", len(names), "names", w.list(names)))
	}
	return out
}

// circumstances are what else the reader must know to make the count again.
func (w telling) circumstances() []string {
	out := w.setAside()
	broken := map[string]bool{}
	for _, b := range steps[tally.TieBroken](w.Counted) {
		key := "vote.counted.broken_" + strings.ReplaceAll(b.Rule, "-", "_")
		text := w.t(key, "names", w.list(b.Tied), "first", b.Order[0], "last", b.Order[len(b.Order)-1], "seed", b.Seed)
		if !broken[text] {
			out = append(out, text)
		}
		broken[text] = true
	}
	if o, ok := first[tally.Outcomes](w.Counted); ok {
		out = append(out, w.t("vote.counted.outcomes", "n", o.Counted))
	}
	for _, s := range steps[tally.Skipped](w.Counted) {
		out = append(out, w.t("vote.counted.skipped", "name", s.Candidate, "share", w.Rule.Parity))
	}
	if len(w.Shares) > 0 {
		var parts []string
		for _, s := range w.Shares {
			parts = append(parts, s.College+" "+statute.FormatPercent(s.Share, w.lang))
		}
		out = append(out, w.t("vote.counted.shares", "parts", w.list(parts)))
		if rounds := steps[tally.Round](w.Counted); len(rounds) > 0 && rounds[0].Quota != nil {
			out = append(out, w.t("vote.counted.papers"))
		}
	}
	if w.Unit > 1 {
		out = append(out, w.t("vote.counted.unit", "n", int(w.Unit)))
	}
	if w.Blank.Sign() > 0 {
		out = append(out, w.t("vote.counted.blank", "votes", statute.FormatNumber(w.Blank, w.lang)))
	}
	if w.Null.Sign() > 0 {
		out = append(out, w.t("vote.counted.null", "votes", statute.FormatNumber(w.Null, w.lang)))
	}
	return out
}
