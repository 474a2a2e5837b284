package stage

import (
	"strings"
	"sync"
	"unicode"
)

// Change says what became of some words from one text to the next.
type Change string

const (
	Kept    Change = ""
	Added   Change = "added"
	Removed Change = "removed"
)

// Words are words that follow one another, blanks included, and what became of them.
type Words struct {
	Change Change
	Text   string
}

// largestDiff bounds the table of a comparison, in cells; what is longer is shown replaced whole.
const largestDiff = 4_000_000

// compare is the shortest way from one text to another, word by word: the longest common subsequence
// stays (Wagner and Fischer, 1974). What was removed stands before what was added in its place.
func compare(before, after string) []Words {
	a, b := tokens(before), tokens(after)
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	out := []Words{{Kept, strings.Join(a[:start], "")}}
	x, y := a[start:len(a)-end], b[start:len(b)-end]
	if len(x)*len(y) > largestDiff {
		out = append(out, Words{Removed, strings.Join(x, "")}, Words{Added, strings.Join(y, "")})
	} else {
		out = append(out, shortest(x, y)...)
	}
	return fold(append(out, Words{Kept, strings.Join(a[len(a)-end:], "")}))
}

// compared remembers the last comparison: when a text is put before everybody, each of their pages
// asks for the same one.
type compared struct {
	mu            sync.Mutex
	before, after string
	words         []Words
}

func (c *compared) of(before, after string) []Words {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.words == nil || c.before != before || c.after != after {
		c.before, c.after, c.words = before, after, compare(before, after)
	}
	return c.words
}

// tokens cuts a text into words and the blanks between them.
func tokens(text string) (list []string) {
	begun, blank := 0, false
	for i, r := range text {
		if now := unicode.IsSpace(r); i > 0 && now != blank {
			list = append(list, text[begun:i])
			begun = i
		}
		blank = unicode.IsSpace(r)
	}
	if begun < len(text) {
		list = append(list, text[begun:])
	}
	return list
}

func shortest(a, b []string) (out []Words) {
	// common[i][j] is how long the longest common subsequence of a[i:] and b[j:] is.
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, Words{Kept, a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out = append(out, Words{Removed, a[i]})
			i++
		default:
			out = append(out, Words{Added, b[j]})
			j++
		}
	}
	return append(out, Words{Removed, strings.Join(a[i:], "")}, Words{Added, strings.Join(b[j:], "")})
}

// fold puts together what became the same, and a blank between two changes with them: "two new
// words" are one change.
func fold(list []Words) (out []Words) {
	var removed, added, blank string
	flush := func() {
		for _, w := range []Words{{Removed, removed}, {Added, added}} {
			if w.Text != "" {
				out = append(out, w)
			}
		}
		removed, added = "", ""
	}
	for _, w := range list {
		changed := removed+added != ""
		switch {
		case w.Text == "":
		case w.Change == Kept && changed && strings.TrimSpace(w.Text) == "":
			blank += w.Text
		case w.Change == Kept:
			flush()
			text := blank + w.Text
			blank = ""
			if n := len(out); n > 0 && out[n-1].Change == Kept {
				out[n-1].Text += text
			} else {
				out = append(out, Words{Kept, text})
			}
		default:
			if blank != "" {
				if removed != "" {
					removed += blank
				}
				if added != "" {
					added += blank
				}
				blank = ""
			}
			if w.Change == Removed {
				removed += w.Text
			} else {
				added += w.Text
			}
		}
	}
	flush()
	if blank != "" {
		out = append(out, Words{Kept, blank})
	}
	return out
}
