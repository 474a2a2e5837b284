package charts

import (
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/tally"
)

// dropped are the options that do not meet their conditions, by name.
func dropped(c rule.Counted) map[string]bool {
	out := map[string]bool{}
	for _, d := range c.Dropped() {
		out[d.Option] = true
	}
	return out
}

// fallback is the name of the option that changes nothing.
func (w telling) fallback() string {
	for _, o := range w.Options {
		if w.Rule.Conditions != nil && o.Key == w.Rule.Conditions.Default {
			return o.Name
		}
	}
	return ""
}

// conditioned tells who wins among the options that meet their conditions.
func (w telling) conditioned() string {
	others := len(w.Options) - 1 - len(w.Dropped())
	switch {
	case w.in == w.fallback():
		return w.t("vote.counted.because_default", "in", w.in)
	case others == 1: // the default option
		for _, of := range steps[tally.Condition](w.Counted) {
			if of.Option == w.in {
				return w.t("vote.counted.because_only", "in", w.in, "default", w.fallback(), "x", w.num(of.For), "y", w.num(of.Against))
			}
		}
	}
	return w.duels(others, "vote.counted.because_among")
}

// setAside tells which options do not meet their conditions, and why.
func (w telling) setAside() (out []string) {
	for _, d := range w.Dropped() {
		ratio := d.Majority.Rat()
		args := []any{"option", d.Option, "default", w.fallback(), "for", w.num(d.For), "against", w.num(d.Against), "x", ratio.Num().String(), "y", ratio.Denom().String()}
		switch {
		case d.Reason == "quorum":
			out = append(out, w.t("vote.counted.dropped_quorum", append(args, "quorum", w.num(*d.Quorum))...))
		case ratio.IsInt() && ratio.Num().IsInt64() && ratio.Num().Int64() == 1:
			out = append(out, w.t("vote.counted.dropped_majority", args...))
		default:
			out = append(out, w.t("vote.counted.dropped_ratio", args...))
		}
	}
	return out
}

func (b tabling) conditions() Table {
	list := steps[tally.Condition](b.Counted)
	if len(list) == 0 {
		return Table{}
	}
	fallback := telling{Counted: b.Counted}.fallback()
	out := Table{Caption: b.t("vote.conditions.legend"), Columns: []string{b.t("vote.counted.option"), b.t("vote.counted.before", "default", fallback),
		b.t("vote.counted.after", "default", fallback), b.t("vote.conditions.quorum_label"), b.t("vote.conditions.ratio_label"), b.t("vote.counted.met")}}
	for _, of := range list {
		quorum, met := "–", b.t("vote.counted.no")
		if of.Quorum != nil {
			quorum = b.num(*of.Quorum)
		}
		if of.Passed {
			met = b.t("vote.counted.yes")
		}
		ratio := of.Majority.Rat()
		out.Rows = append(out.Rows, []string{of.Option, b.num(of.For), b.num(of.Against), quorum, ratio.Num().String() + ":" + ratio.Denom().String(), met})
	}
	return out
}
