package ui

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTokenScale(t *testing.T) {
	for total, want := range map[int]int{0: 1, 1: 1, 100: 1, 101: 2, 200: 2, 201: 5, 500: 5, 501: 10, 1000: 10, 1001: 20, 12345: 200} {
		if got := TokenScale(total); got != want {
			t.Errorf("TokenScale(%d) = %d, want %d", total, got, want)
		}
	}
}

// A drawing never claims more people than there are, and holds a token for all of them.
func TestTokensAreTrueToTheCount(t *testing.T) {
	for _, total := range []int{0, 1, 19, 20, 21, 30, 99, 100, 101, 137, 1000, 54321} {
		for _, filled := range []int{0, 1, total / 3, total - 1, total} {
			if filled < 0 || filled > total {
				continue
			}
			scale := TokenScale(total)
			k := tokenRows(TokensProps{Total: total, Filled: filled})
			on := 0
			for _, class := range k.tokens {
				if class == "token-on" {
					on++
				}
			}
			if on != filled/scale || len(k.tokens)*scale < total || (len(k.tokens)-1)*scale >= total && total > 0 || k.columns > 20 {
				t.Errorf("%d of %d: %d on among %d tokens of %d in %d columns", filled, total, on, len(k.tokens), scale, k.columns)
			}
		}
	}
}

func TestSomeoneDoingItNowAlwaysShows(t *testing.T) {
	k := tokenRows(TokensProps{Total: 1000, Filled: 412, Now: 1})
	if got := slices.Index(k.tokens, "token-now"); got != 41 {
		t.Errorf("token of now at %d, want 41", got)
	}
}

func TestTokensDrawing(t *testing.T) {
	root := render(t, Tokens(TokensProps{Total: 30, Filled: 24, Label: "24 sur 30", Caption: "24 personnes"}))
	svg := one(t, root, "svg")
	if attr(svg, "role") != "img" || attr(svg, "aria-label") != "24 sur 30" || attr(svg, "viewBox") != "0 0 236 18" {
		t.Errorf("svg %v", svg.Attr)
	}
	if got := len(all(root, "rect")); got != 30 {
		t.Errorf("%d tokens, want 30 in two rows of 15", got)
	}
}

func TestVoteBar(t *testing.T) {
	p := VoteBarProps{
		Label: "Pour 60 %, contre 40 %",
		Parts: []VotePart{
			{Kind: For, Label: "Pour", Share: .6, Text: "60 %"},
			{Kind: Against, Label: "Contre", Share: .4, Text: "40 %"},
			{Kind: Abstain, Label: "Abstention", Share: 0, Text: "0 %"},
		},
		Threshold: .5, ThresholdText: "la moitié",
	}
	root := render(t, VoteBar(p))
	rects := all(root, "rect")
	if len(rects) != 2 || attr(rects[1], "x") != "60.00%" || attr(rects[1], "width") != "40.00%" {
		t.Errorf("%d parts drawn, the second %v", len(rects), rects[len(rects)-1].Attr)
	}
	if lines := all(root, "line"); attr(lines[1], "x1") != "50.00%" {
		t.Errorf("threshold %v", lines[1].Attr)
	}
	var legend []string
	for _, li := range all(root, "li") {
		legend = append(legend, text(li))
	}
	if want := []string{"Pour 60 %", "Contre 40 %", "Abstention 0 %", "la moitié"}; !slices.Equal(legend, want) {
		t.Errorf("legend %q", legend)
	}
	if len(all(render(t, VoteBar(VoteBarProps{Label: "rien"})), "line")) != 0 {
		t.Error("a threshold where there is none")
	}
}

func TestVoteBarShapesKeepClearOfTheThreshold(t *testing.T) {
	p := VoteBarProps{Parts: []VotePart{{Kind: For, Share: .31}, {Kind: Against, Share: .69}}, Threshold: .34, ThresholdText: "un tiers"}
	s := p.segments()
	if !s[0].roomy || s[1].roomy {
		t.Errorf("shapes: %+v", s)
	}
}

func TestBarChartShares(t *testing.T) {
	bars := []Bar{{Label: "a", Value: 5}, {Label: "b", Value: 20}, {Label: "c", Value: 0}}
	for _, c := range []struct {
		max  float64
		want string
	}{{0, "25.00% 100.00% 0.00%"}, {40, "12.50% 50.00% 0.00%"}, {10, "50.00% 100.00% 0.00%"}} {
		var got []string
		for _, r := range all(render(t, BarChart(BarChartProps{Bars: bars, Max: c.max})), "rect") {
			if strings.HasPrefix(attr(r, "class"), "bar-value") {
				got = append(got, attr(r, "width"))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("max %v: %v, want %s", c.max, got, c.want)
		}
	}
	if got := (BarChartProps{Bars: []Bar{{}}}).share(Bar{}); got != 0 {
		t.Errorf("share of nothing: %v", got)
	}
}

func TestProgress(t *testing.T) {
	bar := one(t, render(t, ProgressBar(ProgressProps{Label: "Import", Value: 3, Max: 10})), "progress")
	if attr(bar, "value") != "3" || attr(bar, "max") != "10" {
		t.Errorf("progress %v", bar.Attr)
	}
	bar = one(t, render(t, ProgressBar(ProgressProps{Label: "Tirage"})), "progress")
	if has(bar, "value") {
		t.Errorf("progress of unknown length %v", bar.Attr)
	}
}

func TestPageWindow(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        string
	}{{1, 1, "1"}, {1, 3, "1 2 3"}, {1, 9, "1 2 0 9"}, {5, 9, "1 0 4 5 6 0 9"}, {9, 9, "1 0 8 9"}, {2, 4, "1 2 3 4"}} {
		var got []string
		for _, n := range pageWindow(c.page, c.pages) {
			got = append(got, strconv.Itoa(n))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("page %d of %d: %v, want %s", c.page, c.pages, got, c.want)
		}
	}
}
