package rule

import (
	"errors"
	"math/big"
	"slices"
	"strings"

	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// Box is the ballots of one college, and the share of the whole that the statutes give it; without
// weights there is one box and no share.
type Box struct {
	College string
	Share   statute.Frac
	Cast    []Cast
	Null    statute.Frac // votes of spoilt papers
}

// Cast is one elector's ballot and what it weighs; or papers that say the same, and what they weigh
// together.
type Cast struct {
	Ballot Ballot
	Votes  statute.Frac
	Papers int64 // 0 for a ballot
}

// Counted is what a count came to, with all that is needed to make it again.
type Counted struct {
	Rule    Rule    `json:"rule"`
	Seats   int     `json:"seats"`
	Options []Named `json:"options,omitempty"`
	// Valid, Blank and Null are votes; blank ballots and spoilt papers take no part in the count.
	Valid statute.Frac `json:"valid"`
	Blank statute.Frac `json:"blank"`
	Null  statute.Frac `json:"null,omitzero"`
	// Unit is how many units of the count one vote is worth: 1, or more where votes are fractions.
	Unit int64 `json:"unit"`
	// Shares are the weights of the colleges that were joined; none where all votes are in one box.
	Shares []Share `json:"shares,omitempty"`
	// Order is the order of preference that the declared tie-break follows, by name.
	Order []string `json:"order,omitempty"`
	Seed  string   `json:"seed,omitempty"`
	// Pending: the declared tie-break is needed, and the chair has not spoken or the lot is not drawn.
	Pending bool `json:"pending,omitempty"`
	// Between are the options that the awaited tie-break will be asked to choose between first; the
	// steps then end where they are tied.
	Between []string `json:"between,omitempty"`

	// Elected are the persons elected on lists, in the order in which the lists win seats.
	Elected []Person `json:"elected,omitempty"`

	Tally   *Tally        `json:"tally,omitempty"`
	Consent *ConsentHeads `json:"consent,omitempty"`
	Fists   *tally.Fists  `json:"fists,omitempty"`
}

// Named is an option and the name it has in the count and in the files that hold its ballots.
type Named struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// Share is what a college weighs.
type Share struct {
	College string       `json:"college"`
	Share   statute.Frac `json:"share"`
}

// ConsentHeads are the people who gave each answer: an objection is a person's, whatever their votes.
type ConsentHeads struct {
	Agreed     int64 `json:"agreed"`
	Concerns   int64 `json:"concerns"`
	Objections int64 `json:"objections"`
	StoodAside int64 `json:"stood_aside"`
	Passed     bool  `json:"passed"`
}

// Said tells whether any ballot says something: without one, nothing is counted.
func (c Counted) Said() bool { return c.Tally != nil || c.Consent != nil || c.Fists != nil }

// Key is the key of the option that has the name in the count.
func (c Counted) Key(name string) string {
	for _, o := range c.Options {
		if o.Name == name {
			return o.Key
		}
	}
	return name
}

// Keys are the keys under names.
func (c Counted) Keys(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = c.Key(name)
	}
	return out
}

// Tied are the options between which seats are left undecided; nil when every seat has its winner.
func (c Counted) Tied() []string {
	if c.Tally == nil {
		return nil
	}
	if len(c.Between) > 0 {
		return c.Between
	}
	t := c.Tally
	if len(t.Winners) > t.Seats {
		for _, tie := range t.Ties {
			if slices.Contains(tie, t.Winners[len(t.Winners)-1]) {
				return tie
			}
		}
		return t.Winners
	}
	switch {
	case !c.Pending:
		return nil
	case len(t.Ties) > 0:
		return slices.Concat(t.Ties...)
	}
	return slices.Concat(t.Ranking...)
}

// Names gives each option a name that ballot files can hold: its label without the signs the
// formats use, and its key behind when two would be the same.
func Names(options []Option) []string {
	const signs = ">=;,#/*^|<\"\n\r\t"
	reserved := []string{"id", "weight", "poids", "count", "nombre"}
	names := make([]string, len(options))
	for i, o := range options {
		name := strings.Join(strings.Fields(strings.Map(func(c rune) rune {
			if strings.ContainsRune(signs, c) {
				return ' '
			}
			return c
		}, o.Label)), " ")
		same := func(s string) bool { return strings.EqualFold(s, name) }
		if name == "" || slices.ContainsFunc(names[:i], same) || slices.ContainsFunc(reserved, same) {
			name = strings.TrimSpace(name + " " + o.Key)
		}
		names[i] = name
	}
	return names
}

// Draw is what the declared tie-break has to go by: the chair's order of all options (as Text
// writes a ranking) or the published seed; empty until it is known.
type Draw struct{ Chair, Seed string }

// Count counts the boxes of a closed vote. The result is the same whatever the order of ballots.
func (r Rule) Count(options []Option, seats int, boxes []Box, draw Draw) (Counted, error) {
	c := Counted{Rule: r, Seats: max(seats, 1), Unit: 1}
	names := Names(options)
	for i, o := range options {
		c.Options = append(c.Options, Named{o.Key, names[i]})
	}
	for _, b := range boxes {
		c.Null = c.Null.Add(b.Null)
		for _, cast := range b.Cast {
			if cast.Ballot.Blank {
				c.Blank = c.Blank.Add(cast.Votes)
			} else {
				c.Valid = c.Valid.Add(cast.Votes)
			}
		}
	}
	if c.Valid.Sign() == 0 {
		return c, nil
	}
	if r.Method().Proposal() {
		return c, r.heads(&c, boxes)
	}
	var err error
	if c.Unit, err = unit(boxes); err != nil {
		return c, err
	}
	count, err := r.counter(&c, names, boxes)
	if err != nil {
		return c, err
	}
	if r.Parity > 0 && !r.Method().Lists() {
		count = r.withParity(count, options)
	}
	if err := r.conclude(&c, options, draw, count); err != nil {
		return c, err
	}
	c.elect(options)
	return c, nil
}

// heads counts the people who answered a proposal.
func (r Rule) heads(c *Counted, boxes []Box) error {
	var consent tally.Consent
	var raised [6]int64
	for _, b := range boxes {
		for _, cast := range b.Cast {
			people := max(cast.Papers, 1)
			switch word := cast.Ballot.Word; word {
			case Agree:
				consent.Agreed += people
			case Concern:
				consent.Concerns += people
			case Objection:
				consent.Objections += people
			case Aside:
				consent.StoodAside += people
			case "0", "1", "2", "3", "4", "5":
				raised[word[0]-'0'] += people
			}
		}
	}
	if r.Method().Family == Consent {
		c.Consent = &ConsentHeads{consent.Agreed, consent.Concerns, consent.Objections, consent.StoodAside, consent.Passes()}
		return nil
	}
	fists, err := tally.FistToFive(raised, r.Max)
	c.Fists = &fists
	return err
}

// unit is the least number by which all votes become whole.
func unit(boxes []Box) (int64, error) {
	lcm := big.NewInt(1)
	for _, b := range boxes {
		for _, cast := range b.Cast {
			d := rat(cast.Votes).Denom()
			gcd := new(big.Int).GCD(nil, nil, lcm, d)
			lcm.Mul(lcm, new(big.Int).Quo(d, gcd))
		}
	}
	if !lcm.IsInt64() || lcm.Int64() > tally.MaxVotes {
		return 0, errors.New("the votes have no common denominator that can be counted by")
	}
	return lcm.Int64(), nil
}

func rat(f statute.Frac) *big.Rat {
	r, _ := new(big.Rat).SetString(f.String())
	return r
}

// units is what a ballot weighs in the count.
func units(votes statute.Frac, unit int64) int64 {
	r := rat(votes)
	return new(big.Int).Quo(new(big.Int).Mul(r.Num(), big.NewInt(unit)), r.Denom()).Int64()
}

// conclude counts once with the tie-break that is declared and known. Where it is declared and not
// known yet, a count with any order tells whether it is needed at all: if it is not, no order
// changes the result; if it is, the result waits.
func (r Rule) conclude(c *Counted, options []Option, draw Draw, count counter) error {
	declared, known := r.tieBreak(options, draw)
	c.Order, c.Seed = declared.Order, declared.Seed
	result, err := count(declared)
	if err != nil {
		return err
	}
	if !known {
		probe, err := count(tally.TieBreak{Rule: tally.Chair, Order: Names(options)})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(probe.Steps, func(s tally.Step) bool {
			broken, ok := s.(tally.TieBroken)
			return ok && broken.Rule == tally.Chair
		})
		c.Pending = at >= 0
		switch {
		case c.Pending && !r.Method().Lists():
			if broken := probe.Steps[at].(tally.TieBroken); broken.For != "pair" {
				c.Between = broken.Tied
			}
			result.Steps = probe.Steps[:at]
		case r.Parity > 0 && !c.Pending:
			result = probe
		}
	}
	c.Tally = &Tally{result}
	return nil
}

// tieBreak is the declared rule; known is false while the chair or the lot has not spoken.
func (r Rule) tieBreak(options []Option, draw Draw) (t tally.TieBreak, known bool) {
	names := Names(options)
	switch r.TieBreak {
	case tally.Older:
		order := make([]int, len(options))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(options[a].Born, options[b].Born) })
		for _, c := range order {
			t.Order = append(t.Order, names[c])
		}
		t.Rule = tally.Older
		return t, true
	case tally.Lot:
		if draw.Seed == "" {
			return t, false
		}
		return tally.TieBreak{Rule: tally.Lot, Seed: draw.Seed}, true
	case tally.Chair:
		b, err := ChairRule.Parse(options, draw.Chair)
		if err != nil || len(b.Groups) != len(options) {
			return t, false
		}
		for _, group := range b.Groups {
			t.Order = append(t.Order, names[group[0]])
		}
		t.Rule = tally.Chair
		return t, true
	}
	return t, true
}

// ChairRule is the ballot on which the chair puts all options in order.
var ChairRule = Rule{Name: "irv"}
