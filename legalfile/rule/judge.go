package rule

import (
	"fmt"
	"slices"

	"isegoria.org/isegoria/statute"
)

// Null is a spoilt paper ballot.
const Null = "null"

// Boxes are the ballot boxes of a resolution being filled.
type Boxes struct {
	rule     Rule
	options  []Option
	weighted bool
	at       map[string]int // by college, where the statutes weigh colleges
	boxes    []Box
}

// Weighs tells whether the statutes weigh the colleges in the kind of decision.
func Weighs(rules statute.Rules, kind string) bool {
	e, ok := rules.Election(kind)
	return ok && e.Colleges == statute.Weighted && len(rules.Colleges) > 0
}

// OpenBoxes opens the boxes: one per college where the statutes weigh colleges, in the order of
// colleges, or one for all.
func (r Rule) OpenBoxes(options []Option, rules statute.Rules, kind string, colleges []string) *Boxes {
	b := &Boxes{rule: r, options: options, weighted: Weighs(rules, kind), at: map[string]int{}}
	if !b.weighted {
		b.boxes = []Box{{}}
		return b
	}
	for _, key := range colleges {
		if college, ok := rules.College(key); ok && college.Weight != nil {
			b.at[key] = len(b.boxes)
			b.boxes = append(b.boxes, Box{College: key, Share: *college.Weight})
		}
	}
	return b
}

// box is where the ballots of a college go; nil for one that the statutes give no weight.
func (b *Boxes) box(college string) *Box {
	if !b.weighted {
		return &b.boxes[0]
	}
	if i, ok := b.at[college]; ok {
		return &b.boxes[i]
	}
	return nil
}

// Put puts one ballot, as Text writes it, into the box of its elector's college.
func (b *Boxes) Put(college, text string, votes statute.Frac) error {
	ballot, err := b.rule.Parse(b.options, text)
	if err != nil {
		return fmt.Errorf("a ballot that says %.40q: %w", text, err)
	}
	if box := b.box(college); box != nil {
		box.Cast = append(box.Cast, Cast{Ballot: ballot, Votes: votes})
	}
	return nil
}

// PutPapers puts the papers of a college into its box: the votes for each text, or null. For a
// proposal the votes are people.
func (b *Boxes) PutPapers(college string, figures map[string]statute.Frac) error {
	box := b.box(college)
	if box == nil {
		return nil
	}
	texts := make([]string, 0, len(figures))
	for text := range figures {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		votes := figures[text]
		if votes.Sign() <= 0 {
			continue
		}
		if text == Null {
			box.Null = box.Null.Add(votes)
			continue
		}
		ballot, err := b.rule.Parse(b.options, text)
		if err != nil {
			return fmt.Errorf("a paper that says %.40q: %w", text, err)
		}
		papers := int64(1)
		if n := rat(votes); n.IsInt() && n.Num().IsInt64() {
			papers = n.Num().Int64()
		}
		box.Cast = append(box.Cast, Cast{Ballot: ballot, Votes: votes, Papers: papers})
	}
	return nil
}

// Boxes are the boxes as they are filled.
func (b *Boxes) Boxes() []Box { return b.boxes }

// Decide judges the quorum by the statutes, then counts the boxes by the rule; without quorum
// nothing is counted.
func (r Rule) Decide(rules statute.Rules, kind string, call int, att statute.Attendance, options []Option, seats int, boxes []Box, draw Draw) (statute.Decision, *Counted, error) {
	quorum, err := rules.JudgeQuorum(kind, call, att)
	if err != nil {
		return statute.Decision{}, nil, err
	}
	d := statute.Decision{Kind: kind, Steps: quorum.Steps, Quorum: &quorum.QuorumFigures, Open: seats}
	if !quorum.Reached {
		d.Outcome = statute.NoQuorum
		return d, nil, nil
	}
	counted, err := r.Count(options, seats, boxes, draw)
	if err != nil {
		return d, nil, err
	}
	return judge(d, counted), &counted, nil
}

// judge puts what was counted in the words of a decision.
func judge(d statute.Decision, c Counted) statute.Decision {
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
