package draw

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"isegoria.org/isegoria/sortition"
)

// populationSource is where the figures come from; they may be used again under the Licence
// Ouverte 2.0.
const populationSource = "Insee, estimations de population au 1er janvier 2022, par département, sexe et âge quinquennal, 15 ans ou plus (insee.fr/fr/statistiques/8331297)"

//go:embed insee2022.csv
var populationFile string

const (
	firstAge = 15 // where the groups of age begin, five years wide
	groups   = 17 // the last is 95 or more
)

// place is the population of a département: men and women by group of age.
type place struct {
	code, name, region string
	men, women         [groups]int
}

// places reads the published table once.
var places = sync.OnceValue(func() []place {
	lines, err := csv.NewReader(strings.NewReader(populationFile)).ReadAll()
	if err != nil {
		panic(err) // our own file
	}
	var out []place
	for _, l := range lines[1:] {
		p := place{code: l[0], name: l[1], region: l[2]}
		for g := range groups {
			for k, into := range []*int{&p.men[g], &p.women[g]} {
				n, err := strconv.Atoi(l[3+k*groups+g])
				if err != nil {
					panic(err) // our own file
				}
				*into = n
			}
		}
		out = append(out, p)
	}
	return out
})

// territories are what shares can be proposed for: départements by code, then regions by
// name; the whole country is the empty one.
func territories() (departments []place, regions []string) {
	for _, p := range places() {
		if !slices.Contains(regions, p.region) {
			regions = append(regions, p.region)
		}
	}
	slices.Sort(regions)
	return places(), regions
}

// within are the départements of a territory: one by its code, those of a region by its name,
// else all of them.
func within(territory string) (list []place, name string) {
	for _, p := range places() {
		if p.code == territory || p.region == territory {
			list = append(list, p)
		}
	}
	switch {
	case len(list) == 0:
		return places(), "France"
	case list[0].code == territory:
		return list, list[0].name
	}
	return list, territory
}

// adults counts those of 15 or more.
func (p place) adults() (men, women int) {
	for g := range groups {
		men, women = men+p.men[g], women+p.women[g]
	}
	return men, women
}

// suggest gives the values of a category their share of a territory's population, in per cent,
// when the table can say them: the two sexes, groups of age that meet without gap, départements
// or regions. A value that the table does not know has none (negative). source says what was counted.
func suggest(c Category, territory string) (shares []float64, source string, ok bool) {
	list, name := within(territory)
	source = populationSource + " : " + name
	for _, count := range []func(Category, []place) ([]float64, string){bySex, byAge, byPlace} {
		if numbers, note := count(c, list); numbers != nil {
			return percents(numbers), source + note, true
		}
	}
	return nil, "", false
}

// percents turns counts into shares; an unknown count stays unknown.
func percents(counts []float64) []float64 {
	total := 0.0
	for _, n := range counts {
		total += max(0, n)
	}
	out := make([]float64, len(counts))
	for i, n := range counts {
		if out[i] = -1; n >= 0 {
			out[i] = 100 * n / total
		}
	}
	return out
}

// bySex counts women and men where both are among the values.
func bySex(c Category, list []place) ([]float64, string) {
	men, women := 0, 0
	for _, p := range list {
		m, w := p.adults()
		men, women = men+m, women+w
	}
	out, seen := make([]float64, len(c.Values)), ""
	for i, v := range c.Values {
		switch out[i] = -1; sexOf(v.Name) {
		case 'm':
			out[i], seen = float64(men), seen+"m"
		case 'w':
			out[i], seen = float64(women), seen+"w"
		}
	}
	if seen != "mw" && seen != "wm" {
		return nil, ""
	}
	return out, ""
}

func sexOf(value string) byte {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "femme", "femmes", "f", "woman", "women", "female":
		return 'w'
	case "homme", "hommes", "h", "m", "man", "men", "male":
		return 'm'
	}
	return 0
}

var (
	ageBand = regexp.MustCompile(`^(\d{2})\s*(?:-|–|à|to)\s*(\d{2,3})(?:\s*ans)?$`)
	ageOpen = regexp.MustCompile(`^(\d{2})\s*(?:\+|ans \+|ans ou plus|ans et plus|et plus|ou plus|or over|and over)$`)
)

// byAge counts groups such as "25-39 ans" and "65 ans ou plus", cut at multiples of five. The
// youngest may begin inside the group of 15 to 19, whose years are then taken as equal.
func byAge(c Category, list []place) ([]float64, string) {
	type band struct{ from, to int } // groups, to excluded
	var bands []band
	covered := make([]int, groups)
	young := firstAge // where the youngest begins
	for _, v := range c.Values {
		text := strings.ToLower(strings.TrimSpace(v.Name))
		from, to := 0, firstAge+5*groups-1
		if m := ageBand.FindStringSubmatch(text); m != nil {
			from, _ = strconv.Atoi(m[1]) // digits
			to, _ = strconv.Atoi(m[2])
			if to%5 != 4 || to > 94 {
				return nil, ""
			}
		} else if m := ageOpen.FindStringSubmatch(text); m != nil {
			from, _ = strconv.Atoi(m[1])
		} else {
			return nil, ""
		}
		if from > firstAge && from < firstAge+5 {
			young, from = from, firstAge
		}
		if from%5 != 0 || from < firstAge || to <= from {
			return nil, ""
		}
		b := band{(from - firstAge) / 5, (to + 1 - firstAge) / 5}
		for g := b.from; g < b.to; g++ {
			covered[g]++
		}
		bands = append(bands, b)
	}
	if len(bands) < 2 || !adjoining(covered) {
		return nil, ""
	}
	var out []float64
	for _, b := range bands {
		sum := 0.0
		for g := b.from; g < b.to; g++ {
			n := 0
			for _, p := range list {
				n += p.men[g] + p.women[g]
			}
			if g == 0 {
				sum += float64(n) * float64(firstAge+5-young) / 5
			} else {
				sum += float64(n)
			}
		}
		out = append(out, sum)
	}
	if young > firstAge {
		return out, fmt.Sprintf(" ; de %d à 19 ans : parts égales des 15 à 19 ans", young)
	}
	return out, ""
}

// adjoining tells whether the groups covered meet without gap or overlap.
func adjoining(covered []int) bool {
	first := slices.Index(covered, 1)
	for g, n := range covered {
		if n > 1 || n == 0 && first >= 0 && g > first && slices.Contains(covered[g:], 1) {
			return false
		}
	}
	return first >= 0
}

// rest are the names of a value that stands for all other places.
var rest = regexp.MustCompile(`(?i)^(ailleurs|autres?|reste|other|elsewhere)\b`)

// byPlace counts départements, by name or code, or regions; one value may stand for the rest.
func byPlace(c Category, list []place) ([]float64, string) {
	out, other, total := make([]float64, len(c.Values)), -1, 0.0
	for _, p := range list {
		men, women := p.adults()
		total += float64(men + women)
	}
	for i, v := range c.Values {
		if rest.MatchString(v.Name) && other < 0 {
			other = i
			continue
		}
		found := false
		for _, p := range list {
			key := sortition.FrenchAddress(v.Name)
			if key == sortition.FrenchAddress(p.name) || key == sortition.FrenchAddress(p.region) || v.Name == p.code {
				men, women := p.adults()
				out[i], found = out[i]+float64(men+women), true
			}
		}
		if total -= out[i]; !found {
			return nil, ""
		}
	}
	if other >= 0 {
		out[other] = total
	}
	return out, ""
}
