package sortition

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
)

// Contribution is one public source of the number drawn.
type Contribution struct {
	// Kind is "dice" (or balls: one urn per digit), "beacon" or "seed".
	Kind string `json:"kind"`
	// Sides and Throws describe dice: faces 1..Sides, except that ten sides are
	// numbered 0..9, as ten-sided dice and lottery balls are.
	Sides  int   `json:"sides,omitempty"`
	Throws []int `json:"throws,omitempty"`
	// Chain (quicknet where it is empty), Round, Signature and Previous (hexadecimal) are
	// those of a drand round announced before it came.
	Chain     string `json:"chain,omitempty"`
	Round     uint64 `json:"round,omitempty"`
	Signature string `json:"signature,omitempty"`
	Previous  string `json:"previous_signature,omitempty"`
	// Seed is a phrase: fit for trials, since whoever chooses it chooses the number.
	Seed string `json:"seed,omitempty"`
}

// DiceNeeded is how many dice make one throw for a number below m: the fewest whose
// combinations are at least m.
func DiceNeeded(sides, m int) int {
	n := 1
	for total := sides; total < m; total *= sides {
		n++
	}
	return n
}

// Number reads a number below m from the contribution, each with the same chance.
// Dice are read in groups of DiceNeeded, most significant first; a group beyond the
// largest multiple of m is thrown again, that is, the next group is read. listHash ties
// the beacon and the seed to the list published before.
func (c *Contribution) Number(m int, listHash string) (int, error) {
	switch c.Kind {
	case "dice":
		return c.dice(m)
	case "beacon":
		chain, err := FindBeacon(c.Chain)
		if err != nil {
			return 0, err
		}
		random, err := chain.Verify(c.Round, BeaconRound{Signature: c.Signature, Previous: c.Previous})
		if err != nil {
			return 0, err
		}
		return hashBelow(m, "isegoria beacon", listHash, fmt.Sprint(c.Round), hex.EncodeToString(random)), nil
	case "seed":
		return hashBelow(m, "isegoria seed", listHash, c.Seed), nil
	}
	return 0, inputErrorf(0, "“%s” is not a source of numbers: dice, beacon or seed", c.Kind)
}

func (c *Contribution) dice(m int) (int, error) {
	if c.Sides < 2 {
		return 0, inputErrorf(0, "a die has at least two sides")
	}
	first := 1
	if c.Sides == 10 {
		first = 0
	}
	group := DiceNeeded(c.Sides, m)
	total := 1
	for range group {
		total *= c.Sides
	}
	for at := 0; ; at += group {
		if at+group > len(c.Throws) {
			return 0, inputErrorf(0, "%d more dice must be thrown: a throw takes %d dice of %d sides", at+group-len(c.Throws), group, c.Sides)
		}
		v := 0
		for i, d := range c.Throws[at : at+group] {
			if d < first || d >= first+c.Sides {
				return 0, inputErrorf(0, "die %d shows %d, which a die of %d sides cannot", at+i+1, d, c.Sides)
			}
			v = v*c.Sides + d - first
		}
		if v < total/m*m {
			if at+group < len(c.Throws) {
				return 0, inputErrorf(0, "%d dice too many: the number was settled before", len(c.Throws)-at-group)
			}
			return v % m, nil
		}
	}
}

// hashBelow maps texts to a number below m through SHA-256; for m up to a million the
// bias is below 2⁻²³⁰.
func hashBelow(m int, texts ...string) int {
	h := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(h, "%d:%s", len(t), t)
	}
	v := new(big.Int).SetBytes(h.Sum(nil))
	return int(v.Mod(v, big.NewInt(int64(m))).Int64())
}

// Combine adds the contributions' numbers modulo m: as long as one contribution is
// uniform and unknown to the others, so is the sum, and a hand can check it.
func Combine(m int, listHash string, contributions []Contribution) (int, error) {
	if len(contributions) == 0 {
		return 0, inputErrorf(0, "the number drawn needs at least one source")
	}
	sum := 0
	for i := range contributions {
		v, err := contributions[i].Number(m, listHash)
		if err != nil {
			return 0, err
		}
		sum = (sum + v) % m
	}
	return sum, nil
}
