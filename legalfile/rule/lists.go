package rule

import (
	"math/big"

	"isegoria.org/isegoria/tally"
)

// maxSeats bounds what lists share on one page.
const maxSeats = 200

// validateLists says what of lists cannot be: every list is whole, nobody stands twice, and each has
// the parity asked.
func (r Rule) validateLists(f Refusals, options []Option, seats int) {
	switch r.TieBreak {
	case "", tally.Lot, tally.Chair:
	case tally.Older:
		f.add("tie_break", "vote.method.tie_lists")
	default:
		f.add("tie_break", "vote.method.tie_unknown")
	}
	if r.Parity < 0 || r.Parity > 50 {
		f.add("parity", "vote.method.range", "from", 0, "to", 50)
	}
	if seats < 1 || seats > maxSeats {
		f.add("seats", "vote.seats.range", "max", maxSeats)
	}
	on := map[string]string{} // the list of each candidate
	for _, list := range options {
		for _, m := range list.Members {
			switch {
			case on[m.Name] != "":
				f.add("options", "vote.method.list_twice", "name", m.Name, "list", on[m.Name], "other", list.Label)
			case m.Gender == "" && (r.Parity > 0 || r.Alternate):
				f.add("options", "vote.method.list_gender", "name", m.Name, "list", list.Label)
			}
			on[m.Name] = list.Label
		}
		switch {
		case len(list.Members) == 0:
			f.add("options", "vote.method.list_empty", "list", list.Label)
		case len(list.Members) < seats:
			f.add("options", "vote.method.list_short", "list", list.Label, "n", len(list.Members), "seats", seats)
		}
		r.validateComposition(f, list)
	}
}

// validateComposition checks the parity of one list.
func (r Rule) validateComposition(f Refusals, list Option) {
	rules := tally.ListRules{Alternate: r.Alternate}
	if r.Parity > 0 && r.Parity <= 50 {
		rules.MinShare, rules.Genders = big.NewRat(int64(r.Parity), 100), []string{Woman, Man}
	}
	var members []tally.ListMember
	for _, m := range list.Members {
		members = append(members, tally.ListMember(m))
	}
	for _, fault := range tally.CheckList(members, rules) {
		if fault.After != "" {
			f.add("options", "vote.method.list_follows", "list", list.Label, "name", fault.Member, "before", fault.After)
		} else {
			f.add("options", "vote.method.list_share_"+fault.Gender, "list", list.Label, "n", fault.Have, "of", len(members), "need", fault.Need, "share", r.Parity)
		}
	}
}

// Person is somebody elected on a list.
type Person struct {
	Seat int    `json:"seat"`
	List string `json:"list"` // the list's name in the count
	Name string `json:"name"`
}

// elect names the persons who take the seats of their lists, in the order of each list. Seats that
// a tie leaves undecided have nobody yet.
func (c *Counted) elect(options []Option) {
	if !c.Rule.Method().Lists() || c.Tally == nil {
		return
	}
	decided := c.Tally.Winners
	if extra := len(decided) - c.Seats; extra > 0 || c.Pending {
		decided = decided[:max(len(decided)-len(c.Tied()), 0)]
	}
	next := map[string]int{}
	for i, list := range decided {
		for o, named := range c.Options {
			if named.Name == list && next[list] < len(options[o].Members) {
				c.Elected = append(c.Elected, Person{i + 1, list, options[o].Members[next[list]].Name})
				next[list]++
			}
		}
	}
}
