// Package rule is how a resolution may be counted otherwise than by the statutes' own rule: the
// rules of package tally with their settings, what a ballot says under each and the one text it is
// kept as, the count of a closed vote, and the files with which anyone counts again. The program
// counts with it, and whoever verifies a legal file counts again with it. No I/O.
package rule

import (
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
)

// Family is the kind of ballot a rule asks for.
type Family string

const (
	Approve Family = "approval" // tick every option one accepts
	One     Family = "one"      // one option, or one list
	Rank    Family = "ranking"  // put options in order
	Grade   Family = "grades"   // a word for each option
	Score   Family = "score"    // a number for each option
	Dots    Family = "dots"     // points to share between the options
	Consent Family = "consent"  // agree, concern, objection, stand aside
	Fingers Family = "fingers"  // a fist to five fingers
)

// Method is a rule of tally as this house offers it.
type Method struct {
	Name    string // as tally.Count knows it; or dots, consent, fist-to-five
	Family  Family
	Ties    bool // a ballot may put several options at the same rank
	Several bool // it is made for several seats
}

// Proposal tells whether the method decides on one proposal, and not between options. It then counts
// people: an objection is a person's, whatever their votes and their college.
func (m Method) Proposal() bool { return m.Family == Consent || m.Family == Fingers }

// Lists tells whether the options are lists that share the seats.
func (m Method) Lists() bool {
	return slices.Contains([]string{"hare", "dhondt", "sainte-lague"}, m.Name)
}

var methods = []Method{
	{"approval", Approve, false, false},
	{"majority-judgment", Grade, false, false},
	{"score", Score, false, false},
	{"dots", Dots, false, false},
	{"schulze", Rank, true, false},
	{"ranked-pairs", Rank, true, false},
	{"minimax", Rank, true, false},
	{"copeland", Rank, true, false},
	{"borda", Rank, true, false},
	{"irv", Rank, false, false},
	{"two-round", Rank, false, false},
	{"plurality", One, false, false},
	{"stv-scotland", Rank, false, true},
	{"stv-meek", Rank, false, true},
	{"hare", One, false, true},
	{"dhondt", One, false, true},
	{"sainte-lague", One, false, true},
	{"consent", Consent, false, false},
	{"fist-to-five", Fingers, false, false},
}

// Methods lists the rules on offer, in the order they are presented.
func Methods() []Method { return slices.Clone(methods) }

// Find is the method of that name.
func Find(name string) (Method, bool) {
	i := slices.IndexFunc(methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return methods[i], true
}

// Rule is a method with its settings. The zero Rule is the statutes' own way of counting.
type Rule struct {
	Name string `json:"name,omitempty"`
	// Grades are the words of the grades, worst first.
	Grades []string `json:"grades,omitempty"`
	// Max is the highest score; the dots a person shares; the fingers below which one must be heard.
	Max int `json:"max,omitempty"`
	// PerOption is how many dots one option may receive from a person; 0: all of them.
	PerOption int `json:"per_option,omitempty"`
	// TieBreak is what is declared for ties: "" nothing, older, lot or chair.
	TieBreak string `json:"tie_break,omitempty"`
	// Parity is the least share of women and of men, in percent: of the seats, or of each list where
	// lists share them; 0 asks nothing.
	Parity int `json:"parity,omitempty"`
	// Alternate: on each list, no two members of the same gender follow one another.
	Alternate bool `json:"alternate,omitempty"`
	// Conditions are what options must meet to be eligible, under the rules of duels; nil asks nothing.
	Conditions *Conditions `json:"conditions,omitempty"`
}

// Set tells whether the resolution is counted by a rule of tally.
func (r Rule) Set() bool { return r.Name != "" }

// Method is the rule's method.
func (r Rule) Method() Method { m, _ := Find(r.Name); return m }

// Option is a candidate, an option or a list.
type Option struct {
	Key    string
	Label  string
	About  string
	Born   string // "2006-01-02", for the rule of the older candidate
	Gender string `json:",omitempty"` // Woman, Man or "", for parity
	// Members are a list's candidates, in the order in which they are elected.
	Members []Member `json:",omitempty"`
}

// Member is a candidate of a list.
type Member struct {
	Name   string
	Gender string `json:",omitempty"`
}

// The genders that parity is asked for, as statutes write it: women and men.
const (
	Woman = "F"
	Man   = "M"
)

// DefaultGrades are the words of majority judgment, worst first, as its authors use them.
func DefaultGrades(lang string) []string {
	if lang == "en" {
		return []string{"Reject", "Poor", "Fair", "Good", "Very good", "Excellent"}
	}
	return []string{"À rejeter", "Insuffisant", "Passable", "Assez bien", "Bien", "Très bien"}
}

const (
	maxGrades = 7
	maxPoints = 100
	maxNamed  = 40 // options that a person can rank or grade on one page
)

// Clean gives the settings a rule needs when they are not said, and forgets those it does not use.
func (r Rule) Clean() Rule {
	if !r.Set() {
		return Rule{}
	}
	m := r.Method()
	if m.Family != Grade {
		r.Grades = nil
	} else if len(r.Grades) == 0 {
		r.Grades = DefaultGrades("fr")
	}
	defaults := map[Family]int{Score: 5, Dots: 10, Fingers: 3}
	if n, ok := defaults[m.Family]; !ok {
		r.Max = 0
	} else if r.Max == 0 {
		r.Max = n
	}
	if m.Family != Dots {
		r.PerOption = 0
	}
	if m.Proposal() {
		r.TieBreak, r.Parity = "", 0
	}
	r.Alternate = r.Alternate && m.Lists()
	if !m.Duels() {
		r.Conditions = nil
	}
	return r
}

// Validate says what of the settings cannot be, with the options and the seats of the resolution.
func (r Rule) Validate(options []Option, seats int) Refusals {
	f := Refusals{}
	m, ok := Find(r.Name)
	if !ok {
		f.add("method", "vote.method.unknown")
		return f
	}
	if len(options) > maxNamed {
		f.add("options", "vote.method.too_many", "max", maxNamed)
	}
	r.validateScale(f, m, len(options))
	if m.Lists() {
		r.validateLists(f, options, seats)
		return f
	}
	if !m.Proposal() && (seats < 1 || seats > max(1, len(options))) {
		f.add("seats", "vote.seats.range", "max", len(options))
	}
	r.validateTies(f, options)
	r.validateConditions(f, options, seats)
	r.validateParity(f, options, seats)
	return f
}

func (r Rule) validateScale(f Refusals, m Method, options int) {
	switch m.Family {
	case Grade:
		if len(r.Grades) < 2 || len(r.Grades) > maxGrades {
			f.add("grades", "vote.method.grades", "max", maxGrades)
		}
		for i, g := range r.Grades {
			if strings.ContainsAny(g, ",;\"\t\n") || strings.TrimSpace(g) != g || g == "" || isNumber(g) {
				f.add("grades", "vote.method.grade_word", "word", g)
			}
			if slices.ContainsFunc(r.Grades[:i], func(h string) bool { return strings.EqualFold(g, h) }) {
				f.add("grades", "vote.method.grade_twice", "word", g)
			}
		}
	case Score:
		if r.Max < 1 || r.Max > maxPoints {
			f.add("max", "vote.method.range", "from", 1, "to", maxPoints)
		}
	case Dots:
		if r.Max < 1 || r.Max > maxPoints {
			f.add("max", "vote.method.range", "from", 1, "to", maxPoints)
		}
		if r.PerOption < 0 || r.PerOption > 0 && r.PerOption*options < r.Max {
			f.add("per_option", "vote.method.per_option", "dots", r.Max)
		}
	case Fingers:
		if r.Max < 1 || r.Max > 5 {
			f.add("max", "vote.method.range", "from", 1, "to", 5)
		}
	}
}

func isNumber(s string) bool { _, err := strconv.ParseFloat(s, 64); return err == nil }

func (r Rule) validateTies(f Refusals, options []Option) {
	switch r.TieBreak {
	case "", tally.Lot, tally.Chair:
	case tally.Older:
		born := map[string]string{}
		for _, o := range options {
			switch {
			case o.Born == "":
				f.add("options", "vote.method.birth", "name", o.Label)
			case born[o.Born] != "":
				f.add("options", "vote.method.same_birth", "name", o.Label, "other", born[o.Born])
			}
			born[o.Born] = o.Label
		}
	default:
		f.add("tie_break", "vote.method.tie_unknown")
	}
}

func (r Rule) validateParity(f Refusals, options []Option, seats int) {
	switch {
	case r.Parity == 0:
	case r.Parity < 0 || r.Parity > 50:
		f.add("parity", "vote.method.range", "from", 0, "to", 50)
	case r.TieBreak == "":
		f.add("tie_break", "vote.method.parity_tie")
	case seats < 2:
		f.add("parity", "vote.method.parity_seats")
	case !slices.ContainsFunc(options, func(o Option) bool { return o.Gender != "" }):
		f.add("options", "vote.method.parity_gender")
	}
}
