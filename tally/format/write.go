package format

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteCEF writes an election in the Condorcet Election Format. Weights are written as numbers of
// ballots. It refuses names that the format cannot hold.
func WriteCEF(w io.Writer, e *Election) error {
	if e.Rankings == nil {
		return errors.New("the Condorcet Election Format holds rankings only")
	}
	names := e.Rankings.Candidates()
	for _, name := range names {
		if name != strings.TrimSpace(name) || strings.ContainsAny(name, ">=;,#/*^|<\n\r") {
			return fmt.Errorf("the Condorcet Election Format cannot hold the name %q", name)
		}
	}
	out := bufio.NewWriter(w)
	if e.Title != "" {
		fmt.Fprintf(out, "# %s\n", strings.Join(strings.Fields(e.Title), " "))
	}
	fmt.Fprintf(out, "#/Candidates: %s\n", strings.Join(names, " ; "))
	if e.Seats > 0 {
		fmt.Fprintf(out, "#/Number of Seats: %d\n", e.Seats)
	}
	fmt.Fprintf(out, "#/Implicit Ranking: %t\n#/Weight Allowed: false\n\n", !e.Rankings.Explicit)
	e.Rankings.Each(func(ranking [][]int, weight int64) {
		line := "/EMPTY_RANKING/"
		if len(ranking) > 0 {
			line = joinRanking(ranking, " > ", " = ", func(c int) string { return names[c] })
		}
		fmt.Fprintf(out, "%s * %d\n", line, weight)
	})
	return out.Flush()
}

func joinRanking(ranking [][]int, next, tied string, name func(int) string) string {
	groups := make([]string, len(ranking))
	for i, group := range ranking {
		members := make([]string, len(group))
		for j, c := range group {
			members[j] = name(c)
		}
		groups[i] = strings.Join(members, tied)
	}
	return strings.Join(groups, next)
}

// WriteBLT writes an election as BLT; a shared place is written "1=2". Runs of spaces in names
// become one space. It refuses names that the format cannot hold, or hold apart.
func WriteBLT(w io.Writer, e *Election) error {
	if e.Rankings == nil {
		return errors.New("BLT holds rankings only")
	}
	names := e.Rankings.Candidates()
	for i, name := range names {
		names[i] = strings.Join(strings.Fields(name), " ")
		if names[i] == "" || strings.Contains(name, "\"") || slices.Contains(names[:i], names[i]) {
			return fmt.Errorf("BLT cannot hold the name %q", name)
		}
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%d %d\n", len(names), max(e.Seats, 1))
	e.Rankings.Each(func(ranking [][]int, weight int64) {
		fmt.Fprintf(out, "%d ", weight)
		if len(ranking) > 0 {
			fmt.Fprintf(out, "%s ", joinRanking(ranking, " ", "=", func(c int) string { return strconv.Itoa(c + 1) }))
		}
		fmt.Fprintln(out, "0")
	})
	fmt.Fprintln(out, "0")
	for _, name := range append(names, strings.Join(strings.Fields(e.Title), " ")) {
		fmt.Fprintf(out, "\"%s\"\n", strings.ReplaceAll(name, "\"", "'"))
	}
	return out.Flush()
}
