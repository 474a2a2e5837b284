package tally

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// Options are what every rule takes.
type Options struct {
	Seats    int // at least 1; 0 means 1
	TieBreak TieBreak
}

// The rules a tie may be broken by. All amount to an order of the candidates, the first being
// preferred: declared before the count (age), after it (the chair), or drawn from a seed.
const (
	Older = "older" // Order is the candidates, oldest first
	Chair = "chair" // Order is the candidates, as the chair prefers them
	Lot   = "lot"   // the candidates in the order of SHA-256(Seed, 0x00, name)
)

// TieBreak is a declared way of breaking ties. The zero value declares none.
type TieBreak struct {
	Rule  string
	Order []string // for Older and Chair: every candidate, once
	Seed  string   // for Lot: published before or at the draw
}

func (t TieBreak) check(names []string) error {
	switch t.Rule {
	case "":
		return nil
	case Lot:
		if t.Seed == "" {
			return errors.New("a draw by lot needs a published seed")
		}
		return nil
	case Older, Chair:
		for _, name := range names {
			if !slices.Contains(t.Order, name) {
				return fmt.Errorf("the tie-break order leaves out %s", name)
			}
		}
		return nil
	}
	return fmt.Errorf("no tie-break called %q: older, chair or lot", t.Rule)
}

// order sorts names by preference.
func (t TieBreak) order(names []string) []string {
	sorted := slices.Clone(names)
	slices.SortFunc(sorted, func(a, b string) int {
		if t.Rule == Lot {
			x, y := t.draw(a), t.draw(b)
			return bytes.Compare(x[:], y[:])
		}
		return cmp.Compare(slices.Index(t.Order, a), slices.Index(t.Order, b))
	})
	return sorted
}

func (t TieBreak) draw(name string) [32]byte { return sha256.Sum256([]byte(t.Seed + "\x00" + name)) }

// TieBroken says that a tie was broken, by what, and into which order (the preferred first).
type TieBroken struct {
	For   string   `json:"for"` // "seat", "exclusion", "surplus", "runoff", "pair"
	Tied  []string `json:"tied"`
	Rule  string   `json:"rule"` // older, chair, lot, or the count's own: "earlier-stage", "duels", "unsettled"
	Seed  string   `json:"seed,omitempty"`
	Order []string `json:"order"`
}

// Kind implements Step.
func (TieBroken) Kind() string { return "tie-broken" }

// settle orders a tied group by the declared tie-break and records it.
func (k *count) settle(group []int, purpose string) []int {
	tied := k.named(group)
	order := k.tie.order(tied)
	sorted := make([]int, len(group))
	for i, name := range order {
		sorted[i] = group[slices.Index(tied, name)]
	}
	k.step(TieBroken{For: purpose, Tied: tied, Rule: k.tie.Rule, Seed: k.tie.Seed, Order: order})
	return sorted
}
