package vote

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// askedOption is an option and what is asked of it, as it is typed.
type askedOption struct{ key, label, quorum, ratio string }

// showConditions writes the conditions of the rule as they are typed, a line for each option.
func (f *resolutionForm) showConditions() {
	f.asked, f.fallback = nil, ""
	for _, o := range f.Options {
		a := askedOption{key: o.Key, label: o.Label}
		if c := f.Method.Conditions; c != nil {
			if of := c.Of[o.Key]; of.Quorum.Sign() > 0 {
				a.quorum = plain(of.Quorum)
			}
			if of := c.Of[o.Key]; of.Ratio.Sign() > 0 {
				a.ratio = strings.ReplaceAll(plain(of.Ratio), "/", ":")
			}
			f.fallback = c.Default
		}
		f.asked = append(f.asked, a)
	}
}

// plain writes a number as it is typed: "3", "3/2".
func plain(f statute.Frac) string { return strings.TrimSuffix(f.String(), "/1") }

// readConditions reads what is asked of the options, in the order in which the form showed them.
// What is asked of an option follows it when it moves, and when it is given another name in its place.
func (f *resolutionForm) readConditions(r *http.Request) fault.Fields {
	wrong := fault.Fields{}
	var shown []askedOption
	for i := 0; r.FormValue(fmt.Sprintf("asked-%d", i)) != ""; i++ {
		field := func(name string) string { return strings.TrimSpace(r.FormValue(fmt.Sprintf("%s-%d", name, i))) }
		shown = append(shown, askedOption{label: field("asked"), quorum: field("quorum"), ratio: field("ratio")})
	}
	fallback := r.FormValue("fallback")
	f.showConditions()
	for i, a := range shown {
		is := strconv.Itoa(i) == fallback
		at := f.nowAt(shown, i)
		switch {
		case at >= 0:
			f.asked[at].quorum, f.asked[at].ratio = a.quorum, a.ratio
			if is {
				f.fallback = f.asked[at].key
			}
		case is || a.quorum != "" || a.ratio != "":
			wrong.Add("conditions", "vote.method.condition_gone", "option", a.label)
		}
	}
	f.Method.Conditions = f.conditions(wrong)
	return wrong
}

// nowAt is where the option shown in place i stands among the options typed; -1 when it is gone.
func (f *resolutionForm) nowAt(shown []askedOption, i int) int {
	named := func(list []askedOption, label string) int {
		return slices.IndexFunc(list, func(a askedOption) bool { return a.label == label })
	}
	if at := named(f.asked, shown[i].label); at >= 0 {
		return at
	}
	if i < len(f.asked) && named(shown, f.asked[i].label) < 0 {
		return i
	}
	return -1
}

// conditions are what was typed; nil when nothing is asked.
func (f *resolutionForm) conditions(wrong fault.Fields) *rule.Conditions {
	c := rule.Conditions{Default: f.fallback, Of: map[string]rule.Condition{}}
	for _, a := range f.asked {
		of := rule.Condition{Quorum: readPlain(wrong, a.quorum, a.label), Ratio: readPlain(wrong, strings.ReplaceAll(a.ratio, ":", "/"), a.label)}
		if of.Quorum.Sign() != 0 || of.Ratio.Sign() != 0 {
			c.Of[a.key] = of
		}
	}
	if c.Default == "" && len(c.Of) == 0 {
		return nil
	}
	return &c
}

func readPlain(wrong fault.Fields, text, option string) statute.Frac {
	if text == "" {
		return statute.Frac{}
	}
	n, err := statute.ParseFrac(text)
	if err != nil || strings.Contains(text, "%") {
		wrong.Add("conditions", "vote.method.condition_number", "value", text, "option", option)
	}
	return n
}

// conditionLines say what options must meet to be chosen, as it is said before voting.
func conditionLines(r Resolution, lang string, t func(key string, args ...any) string) []string {
	c := r.Method.Conditions
	if c == nil {
		return nil
	}
	label := map[string]string{}
	for _, o := range r.Options {
		label[o.Key] = o.Label
	}
	out := []string{t("vote.conditions.default", "default", label[c.Default])}
	for _, o := range r.Options {
		of := c.Of[o.Key]
		if of.Quorum.Sign() > 0 {
			out = append(out, t("vote.conditions.quorum", "option", o.Label, "votes", statute.FormatNumber(of.Quorum, lang), "default", label[c.Default]))
		}
		if of.Ratio.Sign() > 0 {
			x, y, whole := strings.Cut(of.Ratio.String(), "/")
			if !whole {
				y = "1"
			}
			out = append(out, t("vote.conditions.ratio", "option", o.Label, "x", x, "y", y, "default", label[c.Default]))
		}
	}
	return out
}
