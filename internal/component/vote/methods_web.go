package vote

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// showMethods is the public page that helps to choose a counting rule.
func (c *Component) showMethods(w http.ResponseWriter, r *http.Request) error {
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "vote.methods.title")}, methodsPage())
}

// experiment is fictitious ballots, and what the rules make of them.
type experiment struct {
	options []Option
	groups  []peopleAlike
	method  string // whose picture is shown
	results []tried
	wrong   string
}

// peopleAlike grade the options from 0 to 5 alike: their ranking is that of their grades, and they
// approve of 3 and more; they share their points as their grades. When the first option is proposed to
// them, they raise as many fingers, object at 0 and have a concern below 3.
type peopleAlike struct {
	people int
	grades [4]int
}

// invented are a hundred ballots by which each of the four options wins under some rule.
var invented = []peopleAlike{{24, [4]int{0, 2, 4, 1}}, {22, [4]int{4, 0, 2, 3}}, {26, [4]int{5, 0, 3, 4}}, {13, [4]int{1, 2, 0, 3}}, {15, [4]int{0, 5, 4, 1}}}

func (c *Component) tryMethods(w http.ResponseWriter, r *http.Request) error {
	e := readExperiment(r)
	status := http.StatusOK
	if e.wrong != "" {
		status = http.StatusUnprocessableEntity
	} else if err := e.count(lang(r.Context())); err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "vote.lab.title")}, tryMethodsPage(e))
}

func readExperiment(r *http.Request) experiment {
	q := r.URL.Query()
	e := experiment{method: q.Get("method"), groups: slices.Clone(invented)}
	if _, ok := rule.Find(e.method); !ok {
		e.method = "majority-judgment"
	}
	for label := range strings.SplitSeq(site.T(r.Context(), "vote.lab.options"), "|") {
		e.options = append(e.options, Option{Label: label})
	}
	e.options = optionKeys(e.options)
	number := func(name string, most, value int) int {
		text := q.Get(name)
		if text == "" {
			return value
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > most {
			e.wrong = site.T(r.Context(), "vote.lab.number", "value", text, "max", most)
			return value
		}
		return n
	}
	total := 0
	for i := range e.groups {
		g := &e.groups[i]
		g.people = number(fmt.Sprintf("n%d", i), 10000, g.people)
		for j := range g.grades {
			g.grades[j] = number(fmt.Sprintf("g%d%d", i, j), 5, g.grades[j])
		}
		total += g.people
	}
	if total == 0 && e.wrong == "" {
		e.wrong = site.T(r.Context(), "vote.lab.nobody")
	}
	return e
}

// ballot is what the group says under a rule.
func (g peopleAlike) ballot(r rule.Rule) rule.Ballot {
	var b rule.Ballot
	switch r.Method().Family {
	case rule.Approve:
		var liked []int
		for c, grade := range g.grades {
			if grade >= 3 {
				liked = append(liked, c)
			}
		}
		b.Groups = [][]int{liked}
		b.Blank = len(liked) == 0
	case rule.Rank, rule.One:
		for grade := 5; grade >= 0; grade-- {
			var group []int
			for c, given := range g.grades {
				if given == grade {
					group = append(group, c)
				}
			}
			if len(group) > 0 {
				b.Groups = append(b.Groups, group)
			}
		}
		if r.Method().Family == rule.One {
			b.Groups = b.Groups[:1]
		}
	case rule.Dots:
		b.Values = g.points(r.Max)
		b.Blank = len(b.Values) == 0
	case rule.Fingers:
		b.Word = strconv.Itoa(g.grades[0])
	case rule.Consent:
		b.Word = [...]string{rule.Objection, rule.Concern, rule.Concern, rule.Agree, rule.Agree, rule.Agree}[g.grades[0]]
	default:
		for c, grade := range g.grades {
			b.Values = append(b.Values, tally.Grade{Candidate: c, Value: grade})
		}
	}
	return b
}

// points shares points as the grades, one by one to whom is owed most.
func (g peopleAlike) points(n int) (list []tally.Grade) {
	var given [len(g.grades)]int
	if g.grades == given {
		return nil
	}
	for range n {
		owed := 0
		for c, grade := range g.grades {
			if grade*(given[owed]+1) > g.grades[owed]*(given[c]+1) {
				owed = c
			}
		}
		given[owed]++
	}
	for c, points := range given {
		if points > 0 {
			list = append(list, tally.Grade{Candidate: c, Value: points})
		}
	}
	return list
}

// count counts by every rule; a seat for those made for one, three for the others.
func (e *experiment) count(lang string) error {
	for _, m := range rule.Methods() {
		r := rule.Rule{Name: m.Name}.Clean()
		if m.Family == rule.Grade {
			r.Grades = rule.DefaultGrades(lang)
		}
		var box rule.Box
		for _, g := range e.groups {
			if g.people > 0 {
				box.Cast = append(box.Cast, rule.Cast{Ballot: g.ballot(r), Votes: statute.Int(int64(g.people)), Papers: int64(g.people)})
			}
		}
		seats := 1
		if m.Several {
			seats = 3
		}
		counted, err := r.Count(e.options, seats, []rule.Box{box}, rule.Draw{})
		if err != nil {
			return err
		}
		if counted.Said() {
			e.results = append(e.results, tried{m.Name, counted})
		}
	}
	return nil
}

func (e experiment) chosen() (tried, bool) {
	i := slices.IndexFunc(e.results, func(t tried) bool { return t.name == e.method })
	if i < 0 {
		return tried{}, false
	}
	return e.results[i], true
}

// distinct is how many options win alone under some rule for one seat.
func (e experiment) distinct() int {
	won := map[string]bool{}
	for _, t := range e.results {
		if t.counted.Tally != nil && t.counted.Seats == 1 && len(t.counted.Tally.Winners) == 1 {
			won[t.counted.Tally.Winners[0]] = true
		}
	}
	return len(won)
}

// link is the same ballots with the picture of another rule.
func (e experiment) link(method string) string {
	q := url.Values{"method": {method}}
	for i, g := range e.groups {
		q.Set(fmt.Sprintf("n%d", i), strconv.Itoa(g.people))
		for j, grade := range g.grades {
			q.Set(fmt.Sprintf("g%d%d", i, j), strconv.Itoa(grade))
		}
	}
	return "/methods/try?" + q.Encode() + "#result"
}
