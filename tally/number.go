package tally

import (
	"encoding/json"
	"math/big"
)

// Number is an exact number of votes, points or seats. The zero value is 0.
//
// In JSON it is a number when it has at most nine decimals, and otherwise a string "7/3".
type Number struct{ r *big.Rat }

// Int is n as a Number.
func Int(n int64) Number { return Number{new(big.Rat).SetInt64(n)} }

// Frac is a/b as a Number; b is not 0.
func Frac(a, b int64) Number { return Number{big.NewRat(a, b)} }

// Exact is r as a Number; later changes to r do not change it.
func Exact(r *big.Rat) Number { return Number{new(big.Rat).Set(r)} }

// Rat returns a copy of the value.
func (n Number) Rat() *big.Rat {
	if n.r == nil {
		return new(big.Rat)
	}
	return new(big.Rat).Set(n.r)
}

// Cmp compares like big.Rat.Cmp.
func (n Number) Cmp(m Number) int { return n.Rat().Cmp(m.Rat()) }

// String writes "12", "905.13482" or "7/3".
func (n Number) String() string {
	if n.r == nil {
		return "0"
	}
	if places, exact := n.r.FloatPrec(); exact && places <= 9 {
		return n.r.FloatString(places)
	}
	return n.r.String()
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	s := n.String()
	for _, c := range s {
		if c == '/' {
			return json.Marshal(s)
		}
	}
	return []byte(s), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	s := string(data)
	if len(s) > 1 && s[0] == '"' {
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
	}
	n.r = new(big.Rat)
	return n.r.UnmarshalText([]byte(s))
}
