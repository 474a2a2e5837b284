package statute

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Frac is an exact fraction: the only number that decides anything in this
// package. Its zero value is 0, and it is immutable: every method returns a new
// value. In JSON and in text it is "num/den" in lowest terms, den always written
// ("524/1", "2/3"), so that a record reads the same everywhere.
type Frac struct{ r *big.Rat }

// maxDigits bounds what a fraction read from outside may cost.
const maxDigits = 400

// Int is the whole number n.
func Int(n int64) Frac { return wrap(new(big.Rat).SetInt64(n)) }

// Ratio is num/den; like an integer division it panics when den is zero, so den
// is a constant or has been checked.
func Ratio(num, den int64) Frac { return wrap(big.NewRat(num, den)) }

func wrap(r *big.Rat) Frac {
	if r.Sign() == 0 {
		return Frac{}
	}
	return Frac{r}
}

func (f Frac) rat() *big.Rat {
	if f.r == nil {
		return new(big.Rat)
	}
	return f.r
}

// Add is f + g.
func (f Frac) Add(g Frac) Frac { return wrap(new(big.Rat).Add(f.rat(), g.rat())) }

// Sub is f − g.
func (f Frac) Sub(g Frac) Frac { return wrap(new(big.Rat).Sub(f.rat(), g.rat())) }

// Mul is f × g.
func (f Frac) Mul(g Frac) Frac { return wrap(new(big.Rat).Mul(f.rat(), g.rat())) }

// Over is f ÷ g, and 0 when g is 0: a share of nothing is nothing. Callers that
// must tell the two apart look at g first.
func (f Frac) Over(g Frac) Frac {
	if g.Sign() == 0 {
		return Frac{}
	}
	return wrap(new(big.Rat).Quo(f.rat(), g.rat()))
}

// Cmp is −1, 0 or +1 as f is below, equal to or above g.
func (f Frac) Cmp(g Frac) int { return f.rat().Cmp(g.rat()) }

// Sign is −1, 0 or +1.
func (f Frac) Sign() int { return f.rat().Sign() }

// Float is the nearest float64, for drawing only: nothing is decided with it.
func (f Frac) Float() float64 { v, _ := f.rat().Float64(); return v }

// String is "num/den".
func (f Frac) String() string { return f.rat().String() }

// MarshalText writes "num/den".
func (f Frac) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what ParseFrac reads.
func (f *Frac) UnmarshalText(b []byte) error {
	v, err := ParseFrac(string(b))
	if err != nil {
		return err
	}
	*f = v
	return nil
}

// UnmarshalTOML reads a quoted fraction or a bare whole number. A bare decimal
// is refused: 0.3333 would silently stand for one third.
func (f *Frac) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		return f.UnmarshalText([]byte(v))
	case int64:
		*f = Int(v)
		return nil
	}
	return errors.New(`write a fraction between quotes: "1/3", "50 %" · écrire une fraction entre guillemets : "1/3", "50 %"`)
}

// ParseFrac reads "2/3", "50 %", "12,5 %", "0.5", "7"; blanks are ignored, a
// comma is a decimal point.
func ParseFrac(s string) (Frac, error) {
	bad := fmt.Errorf("« %.40s » n’est pas une fraction (is not a fraction): \"1/3\", \"50 %%\"", s)
	t := strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f':
			return -1
		case ',':
			return '.'
		}
		return c
	}, s)
	t, percent := strings.CutSuffix(t, "%")
	if len(t) == 0 || len(t) > maxDigits || strings.Trim(strings.TrimPrefix(t, "-"), "0123456789./") != "" ||
		strings.ContainsAny(strings.TrimPrefix(t, "-"), "-") || strings.Contains(t, "/") && strings.Contains(t, ".") {
		return Frac{}, bad
	}
	r, ok := new(big.Rat).SetString(t)
	if !ok {
		return Frac{}, bad
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return wrap(r), nil
}

func sum(fs ...Frac) Frac {
	var t Frac
	for _, f := range fs {
		t = t.Add(f)
	}
	return t
}
