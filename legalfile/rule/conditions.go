package rule

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"isegoria.org/isegoria/statute"
	"isegoria.org/isegoria/tally"
)

// Conditions are what the options must meet against one of them, the one that changes nothing, to be
// eligible under the rules of duels: more votes must prefer them to it than it to them.
type Conditions struct {
	Default string               `json:"default"`      // the key of the option that changes nothing
	Of      map[string]Condition `json:"of,omitempty"` // what is asked of an option besides, by key
}

// Condition is what is asked of one option.
type Condition struct {
	// Quorum is how many votes must prefer it to the default option.
	Quorum statute.Frac `json:"quorum,omitzero"`
	// Ratio is how many votes must prefer it for each that prefers the default option; 0 is more than one.
	Ratio statute.Frac `json:"ratio,omitzero"`
}

// Duels tells whether the method compares the options two by two, so that conditions apply.
func (m Method) Duels() bool {
	counted, _ := tally.MethodByName(m.Name)
	return counted.Duels
}

// maxRatio bounds what may be asked: beyond, one vote against stops everything.
const maxRatio = 100

func (r Rule) validateConditions(f Refusals, options []Option, seats int) {
	c := r.Conditions
	if c == nil {
		return
	}
	label := map[string]string{}
	for _, o := range options {
		label[o.Key] = o.Label
	}
	switch {
	case c.Default == "":
		f.add("conditions", "vote.method.default_missing")
	case label[c.Default] == "":
		f.add("conditions", "vote.method.default_unknown")
	case seats > 1:
		f.add("conditions", "vote.method.conditions_seats")
	}
	for _, key := range slices.Sorted(maps.Keys(c.Of)) {
		of := c.Of[key]
		switch {
		case label[key] == "":
			f.add("conditions", "vote.method.default_unknown")
		case key == c.Default:
			f.add("conditions", "vote.method.default_asked", "option", label[key])
		case of.Quorum.Sign() < 0 || of.Quorum.Cmp(statute.Int(tally.MaxVotes)) > 0:
			f.add("conditions", "vote.method.quorum_range", "option", label[key])
		case of.Ratio.Sign() != 0 && (of.Ratio.Cmp(statute.Int(1)) < 0 || of.Ratio.Cmp(statute.Int(maxRatio)) > 0):
			f.add("conditions", "vote.method.ratio_range", "option", label[key], "max", maxRatio)
		}
	}
}

// conditions are those of the rule on the options by name; a quorum of votes is as many units.
func (c Counted) conditions() *tally.Conditions {
	if c.Rule.Conditions == nil {
		return nil
	}
	out := tally.Conditions{Quorums: map[string]*big.Rat{}, Majority: map[string]*big.Rat{}}
	for _, o := range c.Options {
		of := c.Rule.Conditions.Of[o.Key]
		if o.Key == c.Rule.Conditions.Default {
			out.Default = o.Name
		}
		if of.Quorum.Sign() > 0 {
			out.Quorums[o.Name] = rat(of.Quorum.Mul(statute.Int(c.Unit)))
		}
		if of.Ratio.Sign() > 0 {
			out.Majority[o.Name] = rat(of.Ratio)
		}
	}
	return &out
}

// conditionArgs are the conditions as the command takes them.
func (c Counted) conditionArgs() (args []string) {
	of := c.conditions()
	if of == nil {
		return nil
	}
	args = append(args, "--default", quote(of.Default))
	for _, o := range c.Options {
		if q := of.Quorums[o.Name]; q != nil {
			args = append(args, "--quorum", quote(fmt.Sprintf("%s=%s", o.Name, q.RatString())))
		}
		if m := of.Majority[o.Name]; m != nil {
			args = append(args, "--majority", quote(fmt.Sprintf("%s=%s", o.Name, m.RatString())))
		}
	}
	return args
}

// Dropped are the options that do not meet their conditions, with what they lack.
func (c Counted) Dropped() (list []tally.Condition) {
	if c.Tally == nil {
		return nil
	}
	for _, s := range c.Tally.Steps {
		if of, ok := s.(tally.Condition); ok && !of.Passed {
			list = append(list, of)
		}
	}
	return list
}
