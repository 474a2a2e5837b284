package sortition

import (
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// Rounds that the two chains really published (see testdata/README.md).
func TestBeaconVectors(t *testing.T) {
	for file, chain := range map[string]Beacon{"quicknet-1000.json": Quicknet, "default-1.json": DefaultBeacon, "default-1000000.json": DefaultBeacon} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ParseBeaconRound(string(text))
		if err != nil {
			t.Fatal(err)
		}
		random, err := chain.Verify(v.Round, v)
		if err != nil || hex.EncodeToString(random) != v.Randomness {
			t.Errorf("%s: %x %v, want %s", file, random, err, v.Randomness)
		}
		c := Contribution{Kind: "beacon", Chain: chain.Name, Round: v.Round, Signature: v.Signature, Previous: v.Previous}
		if n, err := c.Number(1000, "00"); err != nil || n < 0 || n > 999 {
			t.Errorf("%s: number %d %v", file, n, err)
		}
		for fault, lie := range map[BeaconFault]func(*BeaconRound){
			RoundOther:      func(r *BeaconRound) { r.Round++ },
			RoundRandomness: func(r *BeaconRound) { r.Randomness = strings.Repeat("0", 64) },
			RoundUnreadable: func(r *BeaconRound) { r.Signature = r.Signature[2:] },
			RoundFalse:      func(r *BeaconRound) { r.Signature = r.Signature[:20] + flip(r.Signature[20]) + r.Signature[21:] },
			RoundPrevious: func(r *BeaconRound) {
				if r.Previous = "00"; chain.Chained() {
					r.Previous = ""
				}
			},
		} {
			w := v
			lie(&w)
			var refused *BeaconError
			if _, err := chain.Verify(v.Round, w); !errors.As(err, &refused) || refused.Fault != fault {
				t.Errorf("%s: %s: %v", file, fault, err)
			}
		}
		bare := BeaconRound{Signature: v.Signature, Previous: v.Previous}
		if _, err := chain.Verify(v.Round+1, bare); err == nil {
			t.Errorf("%s: the signature of another round is accepted", file)
		}
		if chain.Chained() {
			bare.Previous = flip(bare.Previous[0]) + bare.Previous[1:]
			if _, err := chain.Verify(v.Round, bare); err == nil {
				t.Errorf("%s: another signature before is accepted", file)
			}
		}
	}
	if _, err := ParseBeaconRound("{}"); err == nil {
		t.Error("an empty object is read as a round")
	}
	if _, err := FindBeacon("fastnet"); err == nil {
		t.Error("an unknown chain is found")
	}
}

// flip is another hexadecimal digit.
func flip(c byte) string {
	if c == '7' {
		return "8"
	}
	return "7"
}

func TestBeaconRoundIsNotBeforeTheMoment(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 1, 0, time.UTC)
	for _, b := range Beacons() {
		for _, at := range []time.Time{b.Genesis, now, now.Add(time.Second), now.Add(2500 * time.Millisecond)} {
			n, when := b.RoundAt(at)
			if when.Before(at) || when.Sub(at) >= b.Period || !b.Genesis.Add(time.Duration(n-1)*b.Period).Equal(when) {
				t.Errorf("%s: %v: round %d at %v", b.Name, at, n, when)
			}
		}
		if n, _ := b.RoundAt(b.Genesis); n != 1 {
			t.Errorf("%s: the round of the genesis is %d", b.Name, n)
		}
	}
}

// Every throw of the dice is tried: each number must come equally often.
func TestDiceAreUniform(t *testing.T) {
	for _, c := range []struct{ sides, m, dice int }{{10, 1000, 3}, {6, 1000, 4}, {6, 6, 1}, {6, 10, 2}, {20, 100, 2}} {
		if n := DiceNeeded(c.sides, c.m); n != c.dice {
			t.Errorf("%d dice of %d sides for %d, want %d", n, c.sides, c.m, c.dice)
		}
		count := make([]int, c.m)
		again := 0
		throws := make([]int, c.dice)
		first := 1
		if c.sides == 10 {
			first = 0
		}
		var walk func(int)
		walk = func(k int) {
			if k == c.dice {
				v, err := (&Contribution{Kind: "dice", Sides: c.sides, Throws: throws}).Number(c.m, "")
				if err != nil {
					again++
				} else {
					count[v]++
				}
				return
			}
			for d := range c.sides {
				throws[k] = d + first
				walk(k + 1)
			}
		}
		walk(0)
		for v, n := range count {
			if n != count[0] || n == 0 {
				t.Fatalf("%d sides, %d numbers: %d comes %d times and 0 %d times", c.sides, c.m, v, n, count[0])
			}
		}
		if again >= c.m {
			t.Errorf("%d sides, %d numbers: %d throws are lost", c.sides, c.m, again)
		}
	}
}

func TestDiceThrownAgain(t *testing.T) {
	d := Contribution{Kind: "dice", Sides: 6, Throws: []int{6, 6, 6, 6}} // 1295 ≥ 1000
	if _, err := d.Number(1000, ""); err == nil {
		t.Error("a throw beyond the numbers is read")
	}
	d.Throws = append(d.Throws, 1, 1, 2, 3)
	if v, err := d.Number(1000, ""); err != nil || v != 8 {
		t.Errorf("%d %v, want 8", v, err)
	}
	d.Throws = append(d.Throws, 1)
	if _, err := d.Number(1000, ""); err == nil {
		t.Error("dice thrown after the number was settled are accepted")
	}
	if _, err := (&Contribution{Kind: "dice", Sides: 6, Throws: []int{7}}).Number(6, ""); err == nil {
		t.Error("a seven is accepted")
	}
}

// Whatever the others bring, one uniform source makes the sum uniform.
func TestCombineIsUniformInEachSource(t *testing.T) {
	const m = 10
	count := make([]int, m)
	for d := range m {
		v, err := Combine(m, "hash", []Contribution{{Kind: "seed", Seed: "chosen"}, {Kind: "dice", Sides: 10, Throws: []int{d}}})
		if err != nil {
			t.Fatal(err)
		}
		count[v]++
	}
	for v, n := range count {
		if n != 1 {
			t.Errorf("%d comes %d times", v, n)
		}
	}
	if _, err := Combine(m, "hash", nil); err == nil {
		t.Error("a number without a source")
	}
}
