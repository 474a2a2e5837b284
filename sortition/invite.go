package sortition

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// SainteLague shares seats (or letters) among groups in proportion to their weights by
// the divisors 1, 3, 5 …; a group gets at most its room (nil: no limit). Ties go to the
// larger weight, then to the earlier group. It shares less than asked when all are full.
func SainteLague(weights []int, room []int, seats int) []int {
	out := make([]int, len(weights))
	for range seats {
		best := -1
		for i, w := range weights {
			if w <= 0 || (room != nil && out[i] >= room[i]) {
				continue
			}
			if best < 0 {
				best = i
				continue
			}
			// w/(2·out+1) against the best, as whole numbers
			a, b := w*(2*out[best]+1), weights[best]*(2*out[i]+1)
			if a > b || (a == b && w > weights[best]) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out[best]++
	}
	return out
}

// Systematic chooses k of n places at equal distances from a start in [0, 1): place i
// is chosen when a multiple of n/k, shifted by the start, falls on it. Each place has
// the same chance k/n when the start is drawn uniformly.
func Systematic(n, k int, start float64) []int {
	var out []int
	for j := range min(k, n) {
		out = append(out, min(n-1, int((float64(j)+start)*float64(n)/float64(min(k, n)))))
	}
	return out
}

// ParsePopulation reads a CSV of strata: a header line, then one line per stratum with its
// name and its population. Errors are *InputError.
func ParsePopulation(data []byte) (map[string]int, error) {
	records, lines, err := readTable(data)
	if err != nil {
		return nil, err
	}
	if len(records) < 2 || len(records[0]) < 2 {
		return nil, inputErrorf(0, "the population needs a header line, then lines with a name and a number")
	}
	out := map[string]int{}
	for i, rec := range records[1:] {
		n, err := strconv.Atoi(strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(rec[1]))
		if err != nil || n < 0 {
			return nil, inputErrorf(lines[i+1], "“%s” is not a whole number", rec[1])
		}
		if _, twice := out[rec[0]]; twice {
			return nil, inputErrorf(lines[i+1], "“%s” is there twice", rec[0])
		}
		out[rec[0]] = n
	}
	return out, nil
}

// Invitation is a letter to send.
type Invitation struct {
	Row     int    // line of the register
	Stratum string // value of the stratum column
	Code    string // what the person types to answer
}

// Invite chooses to whom letters go, from a register of persons or addresses: letters
// are shared among the values of the column stratum by Sainte-Laguë, in proportion to
// population (the lines of the register when nil), then taken within each by systematic
// sampling along the register's order, from a start drawn from the seed: a register in
// order of place, street and age is thus sampled evenly in each. codes is a source of
// secret randomness for the personal codes.
func Invite(register *Pool, stratum string, population map[string]int, letters int, seed string, codes io.Reader) ([]Invitation, error) {
	at := register.column(stratum)
	if at < 0 {
		return nil, inputErrorf(0, "the register has no column “%s”", stratum)
	}
	if letters < 1 || letters > len(register.Rows) {
		return nil, inputErrorf(0, "%d letters cannot be sent to %d lines", letters, len(register.Rows))
	}
	lines := map[string][]int{}
	var order []string
	for i, row := range register.Rows {
		if lines[row[at]] == nil {
			order = append(order, row[at])
		}
		lines[row[at]] = append(lines[row[at]], i)
	}
	slices.Sort(order)
	var weights, room []int
	for _, s := range order {
		w := len(lines[s])
		if population != nil {
			var ok bool
			if w, ok = population[s]; !ok {
				return nil, inputErrorf(register.line(lines[s][0]), "“%s” has no population", s)
			}
		}
		weights, room = append(weights, w), append(room, len(lines[s]))
	}
	share := SainteLague(weights, room, letters)
	rng := seeded(seed, "isegoria invitations")
	var out []Invitation
	for k, s := range order {
		start := rng.Float64()
		for _, i := range Systematic(len(lines[s]), share[k], start) {
			out = append(out, Invitation{Row: lines[s][i], Stratum: s})
		}
	}
	slices.SortFunc(out, func(a, b Invitation) int { return cmp.Compare(a.Row, b.Row) })
	taken := map[string]bool{}
	for i := range out {
		for out[i].Code == "" || taken[out[i].Code] {
			c, err := newCode(codes)
			if err != nil {
				return nil, err
			}
			out[i].Code = c
		}
		taken[out[i].Code] = true
	}
	return out, nil
}

// codeLetters are Crockford's base 32: no I, L, O or U to mistake for another.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode writes 45 secret bits and a check letter as two groups of five.
func newCode(source io.Reader) (string, error) {
	raw := make([]byte, 9)
	if _, err := io.ReadFull(source, raw); err != nil {
		return "", fmt.Errorf("sortition: no randomness for the codes: %w", err)
	}
	var b strings.Builder
	for _, v := range raw {
		b.WriteByte(codeLetters[v%32])
	}
	code := b.String()
	code += string(checkLetter(code))
	return code[:5] + "-" + code[5:], nil
}

// checkLetter weighs the letters 1, 3, 5 …, all odd: any one wrong letter and most
// exchanged neighbours change it.
func checkLetter(code string) byte {
	sum := 0
	for i := range len(code) {
		sum += (2*i + 1) * strings.IndexByte(codeLetters, code[i])
	}
	return codeLetters[sum%32]
}

// CleanCode reads a code as typed (case, spaces, hyphens, O for 0, I or L for 1) and
// reports whether its check letter agrees.
func CleanCode(typed string) (string, bool) {
	s := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(s) != 10 || strings.Trim(s, codeLetters) != "" || checkLetter(s[:9]) != s[9] {
		return "", false
	}
	return s[:5] + "-" + s[5:], true
}
