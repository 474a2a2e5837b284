package vote

import (
	"strings"

	"isegoria.org/isegoria/legalfile/rule"
)

// Options are typed one per line, "Name | what to know | 1970-01-31 | F"; under a list, its
// candidates in their order, "- Name | F".

// optionLines writes options as they are typed.
func optionLines(options []Option) string {
	var lines []string
	line := func(parts ...string) {
		for len(parts) > 1 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		lines = append(lines, strings.Join(parts, " | "))
	}
	for _, o := range options {
		line(o.Label, o.About, o.Born, o.Gender)
		for _, m := range o.Members {
			line("- "+m.Name, m.Gender)
		}
	}
	return strings.Join(lines, "\n")
}

// readOptions reads what was typed; empty lines are nothing.
func readOptions(text string) []Option {
	var options []Option
	for line := range strings.SplitSeq(text, "\n") {
		parts := strings.Split(line, "|")
		part := func(i int) string {
			if i < len(parts) {
				return strings.TrimSpace(parts[i])
			}
			return ""
		}
		if name, member := cutDash(part(0)); member && len(options) > 0 {
			if name != "" {
				list := &options[len(options)-1]
				list.Members = append(list.Members, rule.Member{Name: name, Gender: gender(part(1))})
			}
			continue
		}
		if o := (Option{Label: part(0), About: part(1), Born: part(2), Gender: gender(part(3))}); o.Label != "" {
			options = append(options, o)
		}
	}
	return options
}

// cutDash cuts off the dash, of whatever length, that opens a candidate of a list.
func cutDash(text string) (string, bool) {
	for _, dash := range []string{"-", "–", "—", "•", "*"} {
		if rest, ok := strings.CutPrefix(text, dash); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return text, false
}

// gender reads how a form says that a candidate is a woman or a man.
func gender(text string) string {
	switch strings.ToUpper(text) {
	case "F", "W":
		return rule.Woman
	case "H", "M":
		return rule.Man
	}
	return ""
}
