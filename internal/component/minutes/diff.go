package minutes

import (
	"bytes"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/platform/doc"
)

// ChangeKind says what became of a paragraph from one version to another.
type ChangeKind string

const (
	Same    ChangeKind = "same"
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
)

// Change is a paragraph and what became of it. Several that stay are one change, with their number.
type Change struct {
	Kind  ChangeKind
	Text  string
	Count int // of paragraphs that stay
}

// SectionChange is a section in which something changed.
type SectionChange struct {
	Title   string
	Changes []Change
}

// compare lists what changed between two contents, section by section.
func compare(from, to Content) ([]SectionChange, error) {
	var keys []string
	before, after := map[string]Section{}, map[string]Section{}
	for _, s := range from.Sections {
		keys, before[s.Key] = append(keys, s.Key), s
	}
	for _, s := range to.Sections {
		if _, ok := before[s.Key]; !ok {
			keys = append(keys, s.Key)
		}
		after[s.Key] = s
	}
	var out []SectionChange
	for _, key := range keys {
		a, err := before[key].paragraphs()
		if err != nil {
			return nil, err
		}
		b, err := after[key].paragraphs()
		if err != nil {
			return nil, err
		}
		if slices.Equal(a, b) {
			continue
		}
		title := before[key].title()
		if title == "" {
			title = after[key].title()
		}
		out = append(out, SectionChange{title, fold(diff(a, b))})
	}
	return out, nil
}

// title is the section's own, or that of its first heading.
func (s Section) title() string {
	if s.Title != "" {
		return s.Title
	}
	for _, b := range s.Blocks {
		if h, ok := b.(doc.Heading); ok {
			return h.Text.String()
		}
	}
	return ""
}

// paragraphs are the section's texts, one by one.
func (s Section) paragraphs() ([]string, error) {
	text := s.Text
	if !s.Typed() {
		var b bytes.Buffer
		if err := doc.Text(&b, doc.Document{Blocks: s.Blocks}); err != nil {
			return nil, err
		}
		text = b.String()
	}
	var out []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out, nil
}

// largestDiff bounds the table of a comparison, in cells; what is longer is shown replaced whole.
const largestDiff = 4_000_000

// diff is the shortest way from a to b, paragraph by paragraph: the longest common subsequence stays
// (Wagner and Fischer, 1974).
func diff(a, b []string) []Change {
	var out []Change
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		out = append(out, Change{Kind: Same, Text: a[start]})
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	tail := a[len(a)-end:]
	a, b = a[start:len(a)-end], b[start:len(b)-end]
	if len(a)*len(b) > largestDiff {
		out = append(append(out, changes(Removed, a)...), changes(Added, b)...)
	} else {
		out = append(out, shortest(a, b)...)
	}
	return append(out, changes(Same, tail)...)
}

func changes(kind ChangeKind, list []string) []Change {
	out := make([]Change, len(list))
	for i, text := range list {
		out[i] = Change{Kind: kind, Text: text}
	}
	return out
}

func shortest(a, b []string) []Change {
	// common[i][j] is how long the longest common subsequence of a[i:] and b[j:] is.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
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
	var out []Change
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, Change{Kind: Same, Text: a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out = append(out, Change{Kind: Removed, Text: a[i]})
			i++
		default:
			out = append(out, Change{Kind: Added, Text: b[j]})
			j++
		}
	}
	return append(append(out, changes(Removed, a[i:])...), changes(Added, b[j:])...)
}

// fold makes paragraphs that stay, one after the other, a single change with their number.
func fold(list []Change) []Change {
	var out []Change
	for _, c := range list {
		if c.Kind == Same && len(out) > 0 && out[len(out)-1].Kind == Same {
			out[len(out)-1].Count++
			continue
		}
		c.Count = 1
		out = append(out, c)
	}
	return out
}
