package statute

import (
	"fmt"
	"math/big"
	"strings"
	"unicode"
)

// Typographic spaces of French: before a colon and inside quotes, and the narrow
// one before a semicolon, a percent sign and between thousands.
const (
	nbsp   = "\u00a0"
	narrow = "\u202f"
)

// say is one sentence in both languages.
type say struct{ fr, en string }

// sayf formats the two sentences with the same arguments.
func sayf(fr, en string, args ...any) say {
	return say{fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)}
}

func pick(lang, fr, en string) string {
	if lang == "en" {
		return en
	}
	return fr
}

// Text is the sentence in the language ("en" for English, French otherwise),
// without its citation.
func (s Step) Text(lang string) string { return pick(lang, s.Fr, s.En) }

// Text is the citation: "statuts, art. 19 ; code de commerce, art. L. 225-98";
// empty when the rule cites nothing.
func (c Cite) Text(lang string) string {
	if c.Article == "" {
		return c.Source
	}
	article := pick(lang, "statuts, ", "statutes, ") + c.Article
	if c.Source == "" {
		return article
	}
	return article + pick(lang, narrow+"; ", "; ") + c.Source
}

// Line is the sentence followed by its citation in brackets.
func (s Step) Line(lang string) string {
	if c := s.Cite.Text(lang); c != "" {
		return s.Text(lang) + " (" + c + ")"
	}
	return s.Text(lang)
}

// Text is the whole derivation, one numbered line per step.
func (d Decision) Text(lang string) string {
	var b strings.Builder
	for i, s := range d.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, s.Line(lang))
	}
	return b.String()
}

func step(rule string, s say, c Cite, numbers ...Number) Step {
	return Step{Rule: rule, Fr: s.fr, En: s.en, Cite: c, Numbers: numbers}
}

// decimal writes f with d decimals, rounded half away from zero, in the
// language's marks.
func decimal(f Frac, d int, lang string) string {
	whole, dec, _ := strings.Cut(f.rat().FloatString(d), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	var groups []string
	for len(whole) > 3 {
		groups = append([]string{whole[len(whole)-3:]}, groups...)
		whole = whole[:len(whole)-3]
	}
	whole = sign + strings.Join(append([]string{whole}, groups...), pick(lang, narrow, ","))
	if d == 0 {
		return whole
	}
	return whole + pick(lang, ",", ".") + dec
}

// round is f to d decimals, as decimal shows it.
func round(f Frac, d int) Frac {
	r, _ := new(big.Rat).SetString(f.rat().FloatString(d))
	return wrap(r)
}

// FormatNumber writes a number of members or votes exactly: "1 000", "50,5", or
// a fraction where no short decimal is exact.
func FormatNumber(f Frac, lang string) string {
	for d := range 5 {
		if round(f, d).Cmp(f) == 0 {
			return decimal(f, d, lang)
		}
	}
	return f.String()
}

// FormatPercent writes a share as a percentage for reading: one decimal, or as
// many more as it takes for the rounded figure to compare with every limit, rounded
// alike, as the exact ones do (66,66 % is not shown as 66,7 % beside two thirds),
// or in the end the fraction itself.
func FormatPercent(f Frac, lang string, limits ...Frac) string {
	hundred := Int(100)
	for d := 1; d <= 8; d++ {
		shown, honest := round(f.Mul(hundred), d), true
		for _, limit := range limits {
			honest = honest && shown.Cmp(round(limit.Mul(hundred), d)) == f.Cmp(limit)
		}
		if honest {
			return decimal(f.Mul(hundred), d, lang) + pick(lang, narrow+"%", "%")
		}
	}
	return f.String()
}

// part is a fraction in words: in French with its article, contracted by de.
func part(f Frac, lang string, definite bool) string {
	words := map[string][3]string{
		"1/2": {"la moitié", "la moitié", "half"}, "1/3": {"un tiers", "le tiers", "a third"},
		"1/4": {"un quart", "le quart", "a quarter"}, "1/5": {"un cinquième", "le cinquième", "a fifth"},
		"1/10": {"un dixième", "le dixième", "a tenth"}, "2/3": {"deux tiers", "les deux tiers", "two thirds"},
		"3/4": {"trois quarts", "les trois quarts", "three quarters"}, "3/5": {"trois cinquièmes", "les trois cinquièmes", "three fifths"},
		"4/5": {"quatre cinquièmes", "les quatre cinquièmes", "four fifths"}, "1/1": {"la totalité", "la totalité", "the whole"},
	}
	w, ok := words[f.String()]
	switch {
	case ok && lang == "en":
		return w[2]
	case ok && definite:
		return w[1]
	case ok:
		return w[0]
	}
	return exactPercent(f, lang)
}

// exactPercent is a percentage where two decimals are exact, or else the fraction.
func exactPercent(f Frac, lang string) string {
	if percent := f.Mul(Int(100)); round(percent, 2).Cmp(percent) == 0 {
		return FormatNumber(percent, lang) + pick(lang, narrow+"%", "%")
	}
	return f.String()
}

// de puts the French preposition before a part: "d’un quart", "des deux tiers".
func de(s string) string {
	switch {
	case strings.HasPrefix(s, "le "):
		return "du " + s[3:]
	case strings.HasPrefix(s, "les "):
		return "des " + s[4:]
	case strings.HasPrefix(s, "un "):
		return "d’" + s
	}
	return "de " + s
}

// list joins words as a sentence does: "a, b et c".
func list(words []string, lang string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + pick(lang, " et ", " and ") + words[last]
}

// count writes a number before its noun, in the singular below two in French and
// for one in English.
func count(n Frac, lang, one, many string) string {
	singular := n.Cmp(Int(1)) == 0
	if lang != "en" {
		singular = n.Cmp(Int(2)) < 0
	}
	if singular {
		return FormatNumber(n, lang) + " " + one
	}
	return FormatNumber(n, lang) + " " + many
}

// votes writes a number of votes.
func votes(n Frac, lang string) string {
	return count(n, lang, pick(lang, "voix", "vote"), pick(lang, "voix", "votes"))
}

// members is what the organisation calls its members, singular and plural.
func (r Rules) members(lang string) (one, many string) {
	switch {
	case lang == "en":
		return "member", "members"
	case r.Kind == SCIC:
		return "sociétaire", "sociétaires"
	case r.Kind == SCOP:
		return "associé·e", "associé·es"
	}
	return "membre", "membres"
}

var smallNumbers = [2][]string{
	{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"},
	{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"},
}

// spelled writes a small number in letters.
func spelled(n int, lang string) string {
	words := smallNumbers[0]
	if lang == "en" {
		words = smallNumbers[1]
	}
	if n < len(words) {
		return words[n]
	}
	return FormatNumber(Int(int64(n)), lang)
}

// upper puts a sentence's first letter in capital.
func upper(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// sumText shows how the colleges make the whole: "Trois collèges, A, B et C,
// pondérés 50 %, 30 % et 20 % : pour = 0,5 × 80,2 % + … = 71,4 %."
func (j judgement) sumText(lang string, shareFor, shareAgainst Frac) (string, []Number) {
	var names, weights, terms []string
	var numbers []Number
	for _, c := range j.decision.Colleges {
		if c.Weight.Sign() == 0 {
			continue
		}
		college, _ := j.College(c.College)
		names = append(names, college.Name)
		weights = append(weights, exactPercent(c.Weight, lang))
		terms = append(terms, FormatNumber(c.Weight, lang)+" × "+FormatPercent(c.Share, lang))
		numbers = append(numbers, Number{c.College + ".weight", c.Weight}, Number{c.College + ".share", c.Share})
	}
	limit := j.rule.share
	if j.rule.simple {
		limit = shareAgainst
	}
	total := FormatPercent(shareFor, lang, limit)
	numbers = append(numbers, Number{"for", shareFor}, Number{"against", shareAgainst})
	n := spelled(len(names), lang)
	noun := pick(lang, plural(len(names), "collège, ", "collèges, "), plural(len(names), "college, ", "colleges, "))
	s := upper(n) + " " + noun + list(names, lang) + pick(lang, plural(len(names), ", pondéré ", ", pondérés "), ", weighing ") + list(weights, lang) +
		pick(lang, nbsp+": pour = ", ": for = ") + strings.Join(terms, " + ") + " = " + total
	if j.rule.simple {
		s += pick(lang, narrow+"; contre = ", "; against = ") + FormatPercent(shareAgainst, lang, shareFor)
	}
	return s + ".", numbers
}
