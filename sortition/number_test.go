package sortition

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

func TestBeaconVector(t *testing.T) {
	text, err := os.ReadFile("testdata/quicknet-1000.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Round                 uint64
		Randomness, Signature string
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	random, err := BeaconRandomness(v.Round, v.Signature)
	if err != nil || hex.EncodeToString(random) != v.Randomness {
		t.Fatalf("%x %v, want %s", random, err, v.Randomness)
	}
	if _, err := BeaconRandomness(v.Round+1, v.Signature); err == nil {
		t.Error("the signature of another round is accepted")
	}
	wrong := []byte(v.Signature)
	wrong[20] ^= 1
	if _, err := BeaconRandomness(v.Round, string(wrong)); err == nil {
		t.Error("a changed signature is accepted")
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
