package vote

import (
	"encoding/json"
	"fmt"

	"isegoria.org/isegoria/internal/component/vote/rule"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/statute"
)

// CollegeVoters is a college's attendance and how many of its electors voted.
type CollegeVoters struct {
	statute.CollegeAttendance
	Voters int `json:"voters"`
}

// weighs tells whether the statutes weigh the colleges in the decision.
func weighs(rules statute.Rules, key string) bool {
	e, ok := rules.Election(key)
	return ok && e.Colleges == statute.Weighted && len(rules.Colleges) > 0
}

// validateMethod says what of the counting rule and its settings cannot be accepted.
func (r Resolution) validateMethod(f fault.Fields, rules statute.Rules) {
	if m := r.Method.Method(); m.Name != "" && m.Proposal() != (r.Form == Motion) {
		key := "vote.method.needs_election"
		if m.Proposal() {
			key = "vote.method.needs_motion"
		}
		f.Add("rule", key)
	}
	for field, e := range r.Method.Validate(r.Options, r.Seats, weighs(rules, r.Rule)) {
		f[field] = e
	}
}

// decideCounted judges the quorum by the statutes, then counts by the resolution's own rule.
func decideCounted(tx *db.Tx, s Series, r Resolution, rules statute.Rules, att statute.Attendance, res *Result) error {
	quorum, err := rules.JudgeQuorum(r.Rule, s.Call, att)
	if err != nil {
		return err
	}
	d := statute.Decision{Kind: r.Rule, Steps: quorum.Steps, Quorum: &quorum.QuorumFigures, Open: r.Seats}
	boxes, err := castBoxes(tx, r, rules, att, res)
	if err != nil {
		return err
	}
	if !quorum.Reached {
		d.Outcome = statute.NoQuorum
		res.Decision = d
		return nil
	}
	counted, err := r.Method.Count(r.Options, r.Seats, boxes, rule.Draw{Chair: r.Chair, Seed: r.Seed})
	if err != nil {
		return fmt.Errorf("counting resolution %d: %w", r.ID, err)
	}
	res.Counted = &counted
	res.Decision = judgeCounted(d, counted)
	return nil
}

// judgeCounted puts what was counted in the words of a decision.
func judgeCounted(d statute.Decision, c rule.Counted) statute.Decision {
	tied := c.Tied()
	switch {
	case !c.Said() && c.Rule.Method().Proposal():
		d.Outcome = statute.Rejected
	case !c.Said():
		d.Outcome = statute.Runoff
	case c.Consent != nil && c.Consent.Passed, c.Fists != nil && c.Fists.Passed:
		d.Outcome = statute.Adopted
	case c.Tally == nil:
		d.Outcome = statute.Rejected
	case tied != nil:
		d.Outcome, d.Tied = statute.Tied, c.Keys(tied)
	default:
		d.Outcome, d.Elected = statute.Elected, c.Keys(c.Tally.Winners)
		if d.Open -= len(d.Elected); c.Rule.Method().Lists() || d.Open < 0 {
			d.Open = 0
		}
		if d.Open > 0 {
			d.Outcome = statute.Runoff // parity has left seats empty
		}
	}
	return d
}

// castBoxes opens the boxes: one per college where the statutes weigh colleges, or one for all.
func castBoxes(tx *db.Tx, r Resolution, rules statute.Rules, att statute.Attendance, res *Result) ([]rule.Box, error) {
	weighted := weighs(rules, r.Rule)
	at, voters := map[string]int{}, map[string]int{}
	boxes := []rule.Box{{}}
	if weighted {
		boxes = nil
		for _, c := range att.Colleges {
			college, ok := rules.College(c.College)
			if !ok || college.Weight == nil {
				continue
			}
			at[c.College] = len(boxes)
			boxes = append(boxes, rule.Box{College: c.College, Share: *college.Weight})
		}
	}
	err := eachBallot(tx, r, func(bl Ballot, _, _, college, votes string) error {
		v, err := statute.ParseFrac(votes)
		if err != nil {
			return err
		}
		b, err := r.Method.Parse(r.Options, bl.Choice)
		if err != nil {
			return fmt.Errorf("a ballot of resolution %d cannot be read: %w", r.ID, err)
		}
		if i, ok := at[college]; ok || !weighted {
			boxes[i].Cast = append(boxes[i].Cast, rule.Cast{Ballot: b, Votes: v})
		}
		voters[college]++
		if bl.ByProxy {
			res.ByProxy++
		} else {
			res.Online++
		}
		return nil
	})
	for _, c := range att.Colleges {
		res.Colleges = append(res.Colleges, CollegeVoters{c, voters[c.College]})
		res.Electors += c.EntitledMembers
	}
	return boxes, err
}

// chairOrder reads the chair's casting order of all the options, for a rule that declares it.
func (r Resolution) chairOrder(values []string) (string, error) {
	b, err := rule.ChairRule.Read(r.Options, values)
	if err != nil {
		return "", err
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

// refusePaper: ballots of a rule of tally are cast one by one on the site; the count of papers by
// figures cannot hold them.
func refusePaper(tx *db.Tx, seriesID int64) (bool, error) {
	var n int
	err := tx.Row("SELECT count(*) FROM vote_resolution WHERE series_id = $1 AND method <> ''", []any{seriesID}, &n)
	return n > 0, err
}
