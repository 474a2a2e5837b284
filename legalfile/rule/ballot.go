package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
)

// Ballot is what a ballot says: one of its fields, according to the rule's family.
type Ballot struct {
	Blank  bool
	Groups [][]int       // Rank: best first; Approve and One: the chosen, in one group
	Values []tally.Grade // Grade, Score, Dots: in the order of the options
	Word   string        // Consent, Fingers
}

// Blank is the text of a ballot that says nothing.
const Blank = "blank"

// The answers to a proposal decided by consent.
const (
	Agree     = "agree"
	Concern   = "concern"
	Objection = "objection"
	Aside     = "aside"
)

// Words are the answers to a proposal; nil where one chooses between options.
func (r Rule) Words() []string {
	switch r.Method().Family {
	case Consent:
		return []string{Agree, Concern, Objection, Aside}
	case Fingers:
		return []string{"5", "4", "3", "2", "1", "0"}
	}
	return nil
}

// Text is the one form in which a ballot is kept, by family:
//
//	blank                         a blank ballot, under any rule
//	o1,o3                         Approve, One: the chosen, in the order of the options
//	o2>o1=o3>o5                   Rank: best first, equals in the order of the options; the
//	                              unranked are left out
//	o1:4,o2:0                     Grade: grades by number, 0 the worst; Score; Dots (none is 0):
//	                              in the order of the options; those without are left out
//	agree concern objection aside Consent
//	0 1 2 3 4 5                   Fingers
func (r Rule) Text(options []Option, b Ballot) string {
	key := func(c int) string { return options[c].Key }
	switch {
	case b.Blank:
		return Blank
	case b.Word != "":
		return b.Word
	case len(b.Values) > 0:
		parts := make([]string, len(b.Values))
		for i, v := range b.Values {
			parts[i] = fmt.Sprintf("%s:%d", key(v.Candidate), v.Value)
		}
		return strings.Join(parts, ",")
	}
	between := "="
	if r.Method().Family != Rank {
		between = ","
	}
	groups := make([]string, len(b.Groups))
	for i, group := range b.Groups {
		names := make([]string, len(group))
		for j, c := range group {
			names[j] = key(c)
		}
		groups[i] = strings.Join(names, between)
	}
	return strings.Join(groups, ">")
}

// Refusal is why a ballot, or the settings of a rule, cannot be accepted: the key of a sentence and
// its arguments, as name, value pairs.
type Refusal struct {
	Key  string
	Args []any
}

func (r *Refusal) Error() string { return r.Key }

func refuse(key string, args ...any) *Refusal { return &Refusal{key, args} }

// Refusals are those of settings, by the name of the form's field; the first of a field is kept.
type Refusals map[string]*Refusal

func (r Refusals) add(field, key string, args ...any) {
	if _, ok := r[field]; !ok {
		r[field] = refuse(key, args...)
	}
}

// Parse reads the text of a ballot, and nothing that Text does not write.
func (r Rule) Parse(options []Option, text string) (Ballot, error) {
	b, err := r.parse(options, text)
	if err == nil && r.Text(options, b) != text {
		err = unknown()
	}
	return b, err
}

func (r Rule) parse(options []Option, text string) (Ballot, error) {
	if text == Blank {
		return Ballot{Blank: true}, nil
	}
	typed := map[string]string{}
	var chosen []string
	switch r.Method().Family {
	case Rank:
		for rank, group := range strings.Split(text, ">") {
			for key := range strings.SplitSeq(group, "=") {
				if typed[key] != "" {
					return Ballot{}, unknown()
				}
				typed[key] = strconv.Itoa(rank + 1)
			}
		}
	case Grade, Score, Dots:
		for part := range strings.SplitSeq(text, ",") {
			key, value, _ := strings.Cut(part, ":")
			if typed[key] != "" {
				return Ballot{}, unknown()
			}
			typed[key] = value
		}
	default:
		chosen = strings.Split(text, ",")
	}
	return r.read(options, chosen, typed)
}

func unknown() error { return refuse("vote.choice.unknown") }

// Read reads what a person sends: "blank", a chosen option's key or answer, or "key=number" for
// each option (a rank from 1, a grade's number, points; nothing after the sign says nothing); or
// one text as Text writes it. A refusal says what to mend.
func (r Rule) Read(options []Option, values []string) (Ballot, error) {
	if len(values) == 1 {
		if b, err := r.Parse(options, values[0]); err == nil {
			return b, nil
		}
	}
	typed := map[string]string{}
	var chosen []string
	for _, v := range values {
		key, value, valued := strings.Cut(v, "=")
		value = strings.TrimSpace(value)
		switch {
		case !valued && v != "":
			chosen = append(chosen, v)
		case valued && value != "":
			typed[key] = value
		}
	}
	if slices.Contains(chosen, Blank) {
		if len(chosen) > 1 || r.says(typed) {
			return Ballot{}, refuse("vote.choice.blank_and")
		}
		return Ballot{Blank: true}, nil
	}
	return r.read(options, chosen, typed)
}

// says tells whether anything was typed; a field of points left at 0 is nothing.
func (r Rule) says(typed map[string]string) bool {
	for _, v := range typed {
		if v != "0" || r.Method().Family == Grade {
			return true
		}
	}
	return false
}

func (r Rule) read(options []Option, chosen []string, typed map[string]string) (Ballot, error) {
	m := r.Method()
	if m.Family == Rank || m.Family == Grade || m.Family == Score || m.Family == Dots {
		if len(chosen) > 0 {
			return Ballot{}, unknown()
		}
		numbers, err := numbers(options, typed)
		if err != nil {
			return Ballot{}, err
		}
		if m.Family == Rank {
			return m.ranking(options, numbers)
		}
		return r.values(options, numbers)
	}
	if len(typed) > 0 {
		return Ballot{}, unknown()
	}
	if m.Proposal() {
		switch {
		case len(chosen) == 0:
			return Ballot{}, refuse("vote.choice.answer")
		case len(chosen) > 1 || !slices.Contains(r.Words(), chosen[0]):
			return Ballot{}, unknown()
		}
		return Ballot{Word: chosen[0]}, nil
	}
	return m.chosen(options, chosen)
}

// chosen reads ticks.
func (m Method) chosen(options []Option, keys []string) (Ballot, error) {
	var group []int
	for c, o := range options {
		if slices.Contains(keys, o.Key) {
			group = append(group, c)
		}
	}
	switch {
	case len(keys) == 0:
		return Ballot{}, refuse("vote.choice.none")
	case len(group) != len(keys):
		return Ballot{}, unknown()
	case m.Family == One && len(group) > 1:
		return Ballot{}, refuse("vote.choice.many", "max", 1, "chosen", len(group))
	}
	return Ballot{Groups: [][]int{group}}, nil
}

// number is what was written for an option.
type number struct{ option, value int }

// numbers reads the numbers typed, in the order of the options.
func numbers(options []Option, typed map[string]string) ([]number, error) {
	var list []number
	for c, o := range options {
		text, ok := typed[o.Key]
		if !ok {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, refuse("vote.choice.number", "value", text, "option", o.Label)
		}
		list = append(list, number{c, n})
	}
	if len(list) != len(typed) {
		return nil, unknown()
	}
	return list, nil
}

// ranking reads ranks from 1. Where options may share a rank, only their order counts; otherwise
// ranks follow one another, and a refusal says which is doubled or missing.
func (m Method) ranking(options []Option, list []number) (Ballot, error) {
	at := map[int][]int{}
	for _, n := range list {
		if n.value < 1 || n.value > len(options) {
			return Ballot{}, refuse("vote.choice.rank_range", "max", len(options), "option", options[n.option].Label)
		}
		at[n.value] = append(at[n.value], n.option)
	}
	if len(list) == 0 {
		return Ballot{}, refuse("vote.choice.no_rank")
	}
	var b Ballot
	for i, rank := range slices.Sorted(maps.Keys(at)) {
		group := at[rank]
		if !m.Ties && len(group) > 1 {
			return Ballot{}, refuse("vote.choice.rank_twice", "rank", rank, "first", options[group[0]].Label, "second", options[group[1]].Label)
		}
		if !m.Ties && rank != i+1 {
			return Ballot{}, refuse("vote.choice.rank_missing", "rank", i+1, "next", rank)
		}
		b.Groups = append(b.Groups, group)
	}
	return b, nil
}

// values reads grades, scores and dots.
func (r Rule) values(options []Option, list []number) (Ballot, error) {
	top, family := r.Max, r.Method().Family
	switch {
	case family == Grade:
		top = len(r.Grades) - 1
	case family == Dots && r.PerOption > 0:
		top = min(top, r.PerOption)
	}
	var b Ballot
	sum := 0
	for _, n := range list {
		if n.value > top {
			return Ballot{}, refuse("vote.choice.too_high", "value", n.value, "max", top, "option", options[n.option].Label)
		}
		sum += n.value
		if family != Dots || n.value > 0 {
			b.Values = append(b.Values, tally.Grade{Candidate: n.option, Value: n.value})
		}
	}
	switch {
	case len(b.Values) == 0:
		return Ballot{}, refuse("vote.choice.no_value")
	case family == Dots && sum > r.Max:
		return Ballot{}, refuse("vote.choice.dots_over", "n", sum-r.Max, "max", r.Max)
	case family == Dots && sum < r.Max:
		return Ballot{}, refuse("vote.choice.dots_left", "n", r.Max-sum, "max", r.Max)
	}
	return b, nil
}

// Typed is what a form that shows the ballot has: by option's key its number, and the ticks.
func (r Rule) Typed(options []Option, b Ballot) []string {
	var out []string
	family := r.Method().Family
	switch {
	case b.Blank:
		return []string{Blank}
	case b.Word != "":
		return []string{b.Word}
	}
	for rank, group := range b.Groups {
		for _, c := range group {
			if family == Rank {
				out = append(out, fmt.Sprintf("%s=%d", options[c].Key, rank+1))
			} else {
				out = append(out, options[c].Key)
			}
		}
	}
	for _, v := range b.Values {
		out = append(out, fmt.Sprintf("%s=%d", options[v.Candidate].Key, v.Value))
	}
	return out
}
