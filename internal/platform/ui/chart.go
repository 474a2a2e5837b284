package ui

import (
	"fmt"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// percent writes a share, clipped to between 0 and 1, as an SVG length.
func percent(share float64) string {
	return strconv.FormatFloat(100*min(max(share, 0), 1), 'f', 2, 64) + "%"
}

// maxTokens is how many tokens a drawing holds at most: five rows of twenty.
const maxTokens = 100

// TokenScale is how many people one token stands for in a drawing of total
// people: the smallest of 1, 2, 5, 10, 20, 50 … that needs at most a hundred tokens.
func TokenScale(total int) int {
	for power := 1; ; power *= 10 {
		for _, step := range []int{1, 2, 5} {
			if scale := step * power; total <= scale*maxTokens {
				return scale
			}
		}
	}
}

// kleroterion is a drawing of tokens: the class of each, in rows.
type kleroterion struct {
	columns int
	tokens  []string
}

// tokenRows rounds filled tokens down, so that a drawing never claims a person
// who is not there, and shows at least one token for whoever is doing it now.
func tokenRows(p TokensProps) kleroterion {
	scale := TokenScale(p.Total)
	count := (p.Total + scale - 1) / scale
	filled := p.Filled / scale
	now := p.Now / scale
	if p.Now > 0 && now == 0 {
		now = 1
	}
	rows := max((count+19)/20, 1)
	k := kleroterion{columns: max((count+rows-1)/rows, 1), tokens: make([]string, count)}
	for i := range k.tokens {
		switch {
		case i < filled:
			k.tokens[i] = "token-on"
		case i < filled+now:
			k.tokens[i] = "token-now"
		default:
			k.tokens[i] = "token"
		}
	}
	return k
}

// A token is 12 by 7 units, 4 from the next, in a pitch of 16 by 11.
func (k kleroterion) width() int { return k.columns*16 - 4 }

func (k kleroterion) viewBox() string {
	rows := (len(k.tokens) + k.columns - 1) / k.columns
	return fmt.Sprintf("0 0 %d %d", k.width(), max(rows, 1)*11-4)
}

type segment struct {
	kind     ChoiceKind
	x, width string
	roomy    bool // has room for its shape on a phone, clear of the threshold
}

// segments lays the parts end to end, leaving out those of nobody.
func (p VoteBarProps) segments() []segment {
	var list []segment
	from := 0.0
	for _, part := range p.Parts {
		if part.Share <= 0 {
			continue
		}
		list = append(list, segment{
			kind: part.Kind, x: percent(from), width: percent(part.Share),
			roomy: part.Share >= .16 && part.Kind.icon() != "" && !p.thresholdIn(from, from+.15),
		})
		from += part.Share
	}
	return list
}

func (p VoteBarProps) thresholdIn(from, to float64) bool {
	return p.ThresholdText != "" && p.Threshold >= from && p.Threshold < to
}

func (p BarChartProps) share(b Bar) float64 {
	full := p.Max
	if full == 0 {
		for _, other := range p.Bars {
			full = max(full, other.Value)
		}
	}
	if full <= 0 {
		return 0
	}
	return b.Value / full
}

func (p ProgressProps) id() string {
	if p.ID == "" {
		return "progress"
	}
	return p.ID
}

func emptySlot(i int) string {
	if i == 3 {
		return "token-now"
	}
	return "token"
}

// pageWindow lists the pages to offer: the first, the last, and those around the
// current one; 0 stands for a gap.
func pageWindow(page, pages int) []int {
	var list []int
	for n := 1; n <= pages; n++ {
		if n == 1 || n == pages || n >= page-1 && n <= page+1 {
			list = append(list, n)
		} else if list[len(list)-1] != 0 {
			list = append(list, 0)
		}
	}
	return list
}
