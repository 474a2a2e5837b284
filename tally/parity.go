package tally

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// ListMember is a candidate of a list, in the list's order.
type ListMember struct{ Name, Gender string }

// ListRules are what statutes ask of the composition of a list.
type ListRules struct {
	// Alternate: two members who follow one another are not of the same gender.
	Alternate bool
	// MinShare is the least share of the list each of the Genders has, such as 2/5; nil asks
	// nothing. It is rounded up to whole members; or down, if the list is too short to round up
	// for every gender (halves of an odd list).
	MinShare *big.Rat
	// Genders are those the share is asked for.
	Genders []string
}

// ListFault is what is wrong with a list: Member follows After, of the same gender; or, After being
// empty, the list has fewer members of Gender than it needs.
type ListFault struct {
	Member, After, Gender string
	Have, Need, Of        int
}

func (f ListFault) String() string {
	if f.After != "" {
		return fmt.Sprintf("%s follows %s, of the same gender", f.Member, f.After)
	}
	return fmt.Sprintf("%d of %d members are %s, %d are needed", f.Have, f.Of, f.Gender, f.Need)
}

// CheckList returns what is wrong with a list; nothing if it is as the rules ask.
func CheckList(list []ListMember, rules ListRules) []ListFault {
	var wrong []ListFault
	if rules.Alternate {
		for i := 1; i < len(list); i++ {
			if list[i].Gender == list[i-1].Gender {
				wrong = append(wrong, ListFault{Member: list[i].Name, After: list[i-1].Name, Gender: list[i].Gender})
			}
		}
	}
	if rules.MinShare == nil {
		return wrong
	}
	need := rules.leastSeats(len(list))
	for _, gender := range rules.Genders {
		n := 0
		for _, m := range list {
			if m.Gender == gender {
				n++
			}
		}
		if n < need {
			wrong = append(wrong, ListFault{Gender: gender, Have: n, Need: need, Of: len(list)})
		}
	}
	return wrong
}

// leastSeats is the number of seats each gender is owed.
func (rules ListRules) leastSeats(seats int) int {
	x := new(big.Rat).Mul(rules.MinShare, new(big.Rat).SetInt64(int64(seats)))
	down := int(new(big.Int).Quo(x.Num(), x.Denom()).Int64())
	if !x.IsInt() && (down+1)*len(rules.Genders) <= seats {
		return down + 1
	}
	return down
}

// Skipped is a candidate passed over because all the seats left are owed to other genders.
type Skipped struct {
	Candidate string `json:"candidate"`
	Gender    string `json:"gender"`
}

// Kind implements Step.
func (Skipped) Kind() string { return "skipped" }

// ElectWithParity fills the seats of a counted election in the order of its ranking, so that each
// of the genders has its least share of the seats: a candidate is passed over when the seats left
// are all owed to other genders. Those of no listed gender fill seats owed to nobody. A tied group
// that cannot be seated whole is ordered by the tie-break, which must then be declared. Seats stay
// empty if a gender has too few candidates. The result is new; the steps of the count are followed
// by the candidates passed over.
func ElectWithParity(r *Result, gender map[string]string, rules ListRules, tie TieBreak) (*Result, error) {
	if rules.MinShare == nil || len(rules.Genders) == 0 {
		return nil, errors.New("parity needs a least share and the genders it is for")
	}
	s := seating{need: map[string]int{}, left: r.Seats, gender: gender}
	for _, g := range rules.Genders {
		s.need[g] = rules.leastSeats(r.Seats)
		s.owed += s.need[g]
	}
	if s.owed > r.Seats {
		return nil, fmt.Errorf("the genders are owed %d seats of %d", s.owed, r.Seats)
	}
	parity := *r
	parity.Steps = slices.Clone(r.Steps)
	parity.Winners = []string{}
	for _, group := range r.Ranking {
		if len(group) > 1 && s.left > 0 && !s.fits(group) {
			if tie.Rule == "" {
				return nil, fmt.Errorf("%d candidates are tied for seats: parity needs a declared tie-break", len(group))
			}
			if err := tie.check(group); err != nil {
				return nil, err
			}
			order := tie.order(group)
			parity.Steps = append(parity.Steps, TieBroken{For: "seat", Tied: group, Rule: tie.Rule, Seed: tie.Seed, Order: order})
			group = order
		}
		for _, name := range group {
			switch {
			case s.left == 0:
			case s.take(name):
				parity.Winners = append(parity.Winners, name)
			default:
				parity.Steps = append(parity.Steps, Skipped{name, gender[name]})
			}
		}
	}
	return &parity, nil
}

// seating is the state of seats being filled under parity.
type seating struct {
	need       map[string]int // seats still owed to each gender
	owed, left int
	gender     map[string]string
}

// fits tells whether a group is seated whole in whatever order.
func (s *seating) fits(group []string) bool {
	members := map[string]int{}
	for _, name := range group {
		members[s.gender[name]]++
	}
	owed := s.owed
	for g, n := range members {
		owed -= min(n, s.need[g])
	}
	return s.left-len(group) >= owed
}

// take seats a candidate, unless all the seats left are owed to other genders.
func (s *seating) take(name string) bool {
	g := s.gender[name]
	if s.need[g] == 0 && s.owed == s.left {
		return false
	}
	if s.need[g] > 0 {
		s.need[g]--
		s.owed--
	}
	s.left--
	return true
}
