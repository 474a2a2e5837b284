package draw

import (
	"regexp"
	"strconv"
	"strings"
)

// nationalSource is where the figures below come from.
const nationalSource = "Insee, recensement de la population 2018, France entière, tableau POP1B, 15 ans ou plus (insee.fr/fr/statistiques/5397445)"

// national is the population of France by groups of five years of age from 15, men then
// women: Insee, RP2018, exploitation principale, POP1B "Âge quinquennal", France entière. The
// last group is 100 or more.
var national = [][2]int{
	{2121599, 2007360}, {1891915, 1841407}, {1894988, 1939465}, {1977553, 2080811}, {2047307, 2132161}, {2078773, 2131118},
	{2230818, 2280135}, {2193469, 2277705}, {2090242, 2218884}, {1947372, 2136018}, {1861206, 2079172}, {1406107, 1625770},
	{962304, 1216917}, {758101, 1125544}, {464287, 871288}, {180987, 463804}, {36409, 135150}, {3736, 17392},
}

// groups are five years of age wide and begin at firstAge.
const firstAge = 15

// suggest gives a category the national shares when its values are the two sexes, or groups
// of age that meet without gap and are cut at multiples of five: what the published table can say.
func suggest(c Category) ([]float64, bool) {
	if len(c.Values) == 2 {
		men, women := 0, 0
		for _, g := range national {
			men, women = men+g[0], women+g[1]
		}
		total := float64(men + women)
		a, b := sexOf(c.Values[0].Name), sexOf(c.Values[1].Name)
		shares := map[byte]float64{'m': 100 * float64(men) / total, 'w': 100 * float64(women) / total}
		if a != 0 && b != 0 && a != b {
			return []float64{shares[a], shares[b]}, true
		}
	}
	return suggestAges(c)
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
	ageOpen = regexp.MustCompile(`^(\d{2})\s*(?:\+|ans ou plus|ans et plus|et plus|ou plus|or over|and over)$`)
)

// suggestAges reads "25-39 ans" and "65 ans ou plus".
func suggestAges(c Category) ([]float64, bool) {
	type band struct{ from, to int } // groups, to excluded
	var bands []band
	covered := make([]int, len(national))
	for _, v := range c.Values {
		b := band{to: len(national)}
		text := strings.ToLower(strings.TrimSpace(v.Name))
		if m := ageBand.FindStringSubmatch(text); m != nil {
			from, _ := strconv.Atoi(m[1]) // digits
			to, _ := strconv.Atoi(m[2])
			if from%5 != 0 || to%5 != 4 || from < firstAge || to <= from || to > 99 {
				return nil, false
			}
			b = band{(from - firstAge) / 5, (to + 1 - firstAge) / 5}
		} else if m := ageOpen.FindStringSubmatch(text); m != nil {
			from, _ := strconv.Atoi(m[1])
			if from%5 != 0 || from < firstAge {
				return nil, false
			}
			b.from = (from - firstAge) / 5
		} else {
			return nil, false
		}
		for g := b.from; g < b.to; g++ {
			covered[g]++
		}
		bands = append(bands, b)
	}
	total, inside := 0, false
	for g, n := range covered {
		if n > 1 || n == 0 && inside {
			return nil, false // groups overlap, or leave a gap
		}
		if n == 1 {
			inside = true
			total += national[g][0] + national[g][1]
		}
	}
	var out []float64
	for _, b := range bands {
		sum := 0
		for g := b.from; g < b.to; g++ {
			sum += national[g][0] + national[g][1]
		}
		out = append(out, 100*float64(sum)/float64(total))
	}
	return out, len(out) >= 2
}
