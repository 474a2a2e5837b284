package statute_test

import (
	"fmt"

	"isegoria.org/isegoria/statute"
)

func Example() {
	rules, findings := statute.Parse(statute.Template(statute.Association))
	if findings = append(findings, rules.Check()...); statute.HasError(findings) {
		fmt.Println(findings)
		return
	}
	decision, err := rules.Judge("statuts", statute.Count{Call: 1, Colleges: []statute.CollegeCount{{
		CollegeAttendance: statute.CollegeAttendance{
			EntitledMembers: 120, PresentMembers: 25, RepresentedMembers: 5,
			EntitledVotes: statute.Int(120), PresentVotes: statute.Int(25), RepresentedVotes: statute.Int(5),
		},
		Voters: 30, For: statute.Int(18), Against: statute.Int(9), Abstention: statute.Int(3),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(decision.Outcome)
	fmt.Print(decision.Text("en"))
	// Output:
	// adopted
	// 1. 30 members present or represented out of 120: the quorum of a quarter is reached. (statutes, art. 12)
	// 2. 18 votes for and 9 against, out of 27 votes cast: 66.7% for. (statutes, art. 12)
	// 3. It took at least two thirds of the votes cast: this is the case. (statutes, art. 12)
}
