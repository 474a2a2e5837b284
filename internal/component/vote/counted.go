package vote

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// CollegeVoters is a college's attendance and how many of its electors voted.
type CollegeVoters struct {
	statute.CollegeAttendance
	Voters int `json:"voters"`
}

// validateMethod says what of the counting rule and its settings cannot be accepted.
func (r Resolution) validateMethod(f fault.Fields) {
	if m := r.Method.Method(); m.Name != "" && m.Proposal() != (r.Form == Motion) {
		key := "vote.method.needs_election"
		if m.Proposal() {
			key = "vote.method.needs_motion"
		}
		f.Add("rule", key)
	}
	for field, e := range r.Method.Validate(r.Options, r.Seats) {
		f[field] = fault.New(fault.Invalid, e.Key, e.Args...)
	}
}

// refused is a refusal of a ballot as a fault, so that its sentence is shown.
func refused(err error) error {
	var r *rule.Refusal
	if errors.As(err, &r) {
		return fault.New(fault.Invalid, r.Key, r.Args...)
	}
	return err
}

// decideCounted judges the quorum by the statutes, then counts by the resolution's own rule.
func decideCounted(tx *db.Tx, s Series, r Resolution, rules statute.Rules, att statute.Attendance, papers map[string]Figures, res *Result) error {
	boxes, err := castBoxes(tx, s, r, rules, att, papers, res)
	if err != nil {
		return err
	}
	res.Decision, res.Counted, err = r.Method.Decide(rules, r.Rule, s.Call, att, r.Options, r.Seats, boxes, rule.Draw{Chair: r.Chair, Seed: r.Seed})
	if err != nil {
		return fmt.Errorf("counting resolution %d: %w", r.ID, err)
	}
	return nil
}

// castBoxes fills the boxes with the site's ballots and the agreed papers.
func castBoxes(tx *db.Tx, s Series, r Resolution, rules statute.Rules, att statute.Attendance, papers map[string]Figures, res *Result) ([]rule.Box, error) {
	var colleges []string
	for _, c := range att.Colleges {
		colleges = append(colleges, c.College)
	}
	boxes, voters := r.Method.OpenBoxes(r.Options, rules, r.Rule, colleges), map[string]int{}
	err := eachBallot(tx, r, func(bl Ballot, _, _, college, votes string) error {
		v, err := statute.ParseFrac(votes)
		if err != nil {
			return err
		}
		voters[college]++
		if bl.ByProxy {
			res.ByProxy++
		} else {
			res.Online++
		}
		return boxes.Put(college, bl.Choice, v)
	})
	if err != nil {
		return nil, err
	}
	list, err := paperVoters(tx, s)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		voters[v.College]++
	}
	for _, college := range sortedColleges(papers) {
		if err := boxes.PutPapers(college, papers[college]); err != nil {
			return nil, err
		}
	}
	for _, c := range att.Colleges {
		res.Colleges = append(res.Colleges, CollegeVoters{c, voters[c.College]})
		res.Electors += c.EntitledMembers
	}
	return boxes.Boxes(), nil
}

// chairOrder reads the chair's casting order of all the options, for a rule that declares it.
func (r Resolution) chairOrder(values []string) (string, error) {
	ranked := func(v string) bool { _, rank, _ := strings.Cut(v, "="); return rank != "" }
	if !slices.ContainsFunc(values, ranked) {
		return "", fault.New(fault.Invalid, "vote.tie.all", "n", len(r.Options))
	}
	b, err := rule.ChairRule.Read(r.Options, values)
	if err != nil {
		return "", refused(err)
	}
	if len(b.Groups) != len(r.Options) {
		return "", fault.New(fault.Invalid, "vote.tie.all", "n", len(r.Options))
	}
	return rule.ChairRule.Text(r.Options, b), nil
}

// settingsText is how the settings of a rule stand in their column, without its name.
func settingsText(m rule.Rule) (string, error) {
	m.Name = ""
	text, err := json.Marshal(m)
	return string(text), err
}

func readMethod(name, settings string) (m rule.Rule, err error) {
	if name == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(settings), &m); err != nil {
		return m, fmt.Errorf("the settings of the counting rule %s: %w", name, err)
	}
	m.Name = name
	return m, nil
}
