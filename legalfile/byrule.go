package legalfile

import (
	"fmt"
	"maps"
	"slices"

	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// decideByRule counts the ballots and the papers again by the resolution's counting rule, and compares
// the whole count, every step of it, with the result's.
func (x recount) decideByRule(wrong func(fr, en string, args ...any)) (d statute.Decision, counted []statute.CollegeAttendance, err error) {
	for _, refusal := range x.Method.Validate(x.Options, x.Seats) {
		return d, nil, fmt.Errorf("the settings of the counting rule: %w", refusal)
	}
	var colleges []string
	for _, college := range x.Colleges {
		colleges, counted = append(colleges, college.College), append(counted, college.CollegeAttendance)
		if x.urns.of(college.College).voters != college.Voters {
			wrong("le nombre de votant·es d’un collège n’est pas celui des bulletins.", "the number of voters of a college is not that of the ballots.")
		}
	}
	boxes := x.Method.OpenBoxes(x.Options, x.rules, x.Rule, colleges)
	for _, college := range slices.Sorted(maps.Keys(x.urns.byCollege)) {
		u := x.urns.byCollege[college]
		if err := u.pour(boxes, college); err != nil {
			return d, counted, err
		}
		if err := boxes.PutPapers(college, u.papers); err != nil {
			return d, counted, err
		}
	}
	d, again, err := x.Method.Decide(x.rules, x.Rule, x.Call, statute.Attendance{Colleges: counted}, x.Options, x.Seats, boxes.Boxes(), rule.Draw{Chair: x.Chair, Seed: x.Seed})
	if err != nil {
		return d, counted, err
	}
	if stated := len(x.Counted) > 0 && string(x.Counted) != "null"; stated != (again != nil) || stated && !sameJSON(x.Counted, again) {
		wrong("le décompte n’est pas celui des bulletins.", "the count is not that of the ballots.")
	}
	return d, counted, nil
}

// pour puts the ballots of an urn into the boxes, one by one.
func (u *urn) pour(boxes *rule.Boxes, college string) error {
	for _, text := range slices.Sorted(maps.Keys(u.piles)) {
		for votes, n := range u.piles[text] {
			each, err := statute.ParseFrac(votes)
			if err != nil {
				return err
			}
			for range n {
				if err := boxes.Put(college, text, each); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
