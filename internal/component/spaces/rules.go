package spaces

import (
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/statute"
)

// ruleGroup is a part of the statutes told in words, rule by rule.
type ruleGroup struct {
	Title string
	Rules []rule
}

// rule is one rule in words and the article it comes from.
type rule struct{ Term, Text, Cite string }

// teller tells statutes in one language.
type teller struct {
	statute.Rules
	t    component.Translate
	lang string
}

// tellRules says the statutes in words, for those who vote under them.
func tellRules(r statute.Rules, t component.Translate, lang string) []ruleGroup {
	w := teller{r, t, lang}
	groups := []ruleGroup{
		{t("spaces.rules.who"), w.who()},
		{t("spaces.rules.decisions"), w.decisions()},
		{t("spaces.rules.elections"), w.elections()},
		{t("spaces.rules.proxies"), w.proxies()},
		{t("spaces.rules.around"), w.around()},
	}
	var out []ruleGroup
	for _, g := range groups {
		if len(g.Rules) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (w teller) rule(term, text string, c statute.Cite) rule { return rule{term, text, c.Text(w.lang)} }

// sentences puts sentences together, leaving empty ones out.
func sentences(list ...string) string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// fraction writes simple fractions as such and others as a percentage.
func (w teller) fraction(f statute.Frac) string {
	for _, den := range []int64{2, 3, 4, 5} {
		for num := int64(1); num < den; num++ {
			if f.Cmp(statute.Ratio(num, den)) == 0 {
				return w.t("spaces.rules.fraction." + f.String())
			}
		}
	}
	return w.percent(f)
}

// percent writes a share exactly: "50 %", "33,5 %".
func (w teller) percent(f statute.Frac) string {
	return w.t("spaces.rules.percent", "number", statute.FormatNumber(f.Mul(statute.Int(100)), w.lang))
}

func (w teller) who() []rule {
	out := []rule{
		w.rule(w.t("spaces.rules.entitled"), w.entitled(), w.Entitlement.Cite),
		w.rule(w.t("spaces.rules.votes"), w.votes(w.Votes), w.Votes.Cite),
	}
	for _, c := range w.Colleges {
		var s []string
		switch {
		case c.Advisory:
			s = append(s, w.t("spaces.rules.advisory"))
		case c.Weight != nil:
			s = append(s, w.t("spaces.rules.weight", "share", w.percent(*c.Weight)))
		}
		if c.Votes != nil {
			s = append(s, w.votes(*c.Votes))
		}
		out = append(out, w.rule(w.t("spaces.rules.college", "name", c.Name), sentences(s...), c.Cite))
	}
	if len(w.Colleges) > 1 {
		out = append(out, w.rule(w.t("spaces.rules.counting"), w.t("spaces.rules.counting."+string(w.Counting.Colleges)), w.Counting.Cite))
	}
	return out
}

func (w teller) entitled() string {
	e := w.Entitlement
	s := []string{w.t("spaces.rules.admitted")}
	if e.RecordDays != nil {
		s[0] = w.t("spaces.rules.admitted_before", "n", *e.RecordDays)
	}
	if e.PaidUp {
		s = append(s, w.t("spaces.rules.paid"))
	}
	if len(e.Statuses) > 0 {
		s = append(s, w.t("spaces.rules.statuses", "list", strings.Join(e.Statuses, ", ")))
	}
	return sentences(s...)
}

func (w teller) votes(v statute.VoteRule) string {
	if v.Count != statute.ByShares {
		return w.t("spaces.rules.one_vote")
	}
	s := []string{w.t("spaces.rules.by_shares")}
	if v.MaxVotes != nil {
		s = append(s, w.t("spaces.rules.max_votes", "max", statute.FormatNumber(*v.MaxVotes, w.lang)))
	}
	if v.MaxShare != nil {
		s = append(s, w.t("spaces.rules.max_share", "share", w.fraction(*v.MaxShare)))
	}
	return sentences(s...)
}

func (w teller) name(fr, en string) string {
	if w.lang == "en" && en != "" {
		return en
	}
	return fr
}

func (w teller) decisions() []rule {
	var out []rule
	for _, m := range w.Motions {
		s := []string{w.majority(m)}
		if m.Majority != statute.Simple && m.Of == statute.OfCast {
			s = append(s, w.t("spaces.rules.counted."+yes(m.Abstention)+"_"+yes(m.Blank)))
		}
		if m.Colleges != "" && m.Colleges != w.Counting.Colleges {
			s = append(s, w.t("spaces.rules.counting."+string(m.Colleges)))
		}
		s = append(s, w.quorum(m.Quorum))
		if m.Tie == statute.TieChair {
			s = append(s, w.t("spaces.rules.tie.chair"))
		}
		out = append(out, w.rule(w.name(m.Name, m.NameEn), sentences(s...), m.Cite))
	}
	return out
}

func yes(b bool) string {
	if b {
		return "in"
	}
	return "out"
}

func (w teller) majority(m statute.Motion) string {
	base := w.t("spaces.rules.base." + string(m.Of))
	switch m.Majority {
	case statute.Simple:
		return w.t("spaces.rules.simple")
	case statute.Absolute:
		return w.t("spaces.rules.absolute", "base", base)
	}
	f, err := statute.ParseFrac(string(m.Majority))
	if err != nil {
		return string(m.Majority) // a rule that the checker refuses is shown as it stands
	}
	if m.Strict {
		return w.t("spaces.rules.more_than", "share", w.fraction(f), "base", base)
	}
	return w.t("spaces.rules.at_least", "share", w.fraction(f), "base", base)
}

// quorum says the attendance that a decision needs, call by call.
func (w teller) quorum(key string) string {
	for _, q := range w.Quorums {
		if q.Key != key {
			continue
		}
		var calls []string
		for i, f := range q.Calls {
			need := w.t("spaces.rules.no_quorum_call")
			if f.Sign() > 0 {
				need = w.t("spaces.rules.quorum_of."+string(q.Of), "share", w.fraction(f))
			}
			switch {
			case len(q.Calls) > 1 && i == 0:
				need = w.t("spaces.rules.call.first", "need", need)
			case i == 1:
				need = w.t("spaces.rules.call.second", "need", need)
			case i > 1:
				need = w.t("spaces.rules.call.next", "n", i+1, "need", need)
			}
			calls = append(calls, need)
		}
		s := []string{w.t("spaces.rules.quorum", "calls", strings.Join(calls, w.t("spaces.rules.then"))), w.t("spaces.rules.presence." + string(q.Presence))}
		if q.Distance {
			s = append(s, w.t("spaces.rules.distance"))
		}
		if q.Each {
			s = append(s, w.t("spaces.rules.each"))
		}
		return sentences(s...)
	}
	return w.t("spaces.rules.no_quorum")
}

func (w teller) elections() []rule {
	var out []rule
	for _, e := range w.Elections {
		s := []string{w.t("spaces.rules.most_votes")}
		if e.AbsoluteRounds > 0 {
			s[0] = w.t("spaces.rules.rounds", "n", e.AbsoluteRounds)
		}
		if e.Quorum != "" {
			s = append(s, w.quorum(e.Quorum))
		}
		s = append(s, w.t("spaces.rules.tie."+string(e.Tie)))
		out = append(out, w.rule(w.name(e.Name, e.NameEn), sentences(s...), e.Cite))
	}
	return out
}

func (w teller) proxies() []rule {
	p := w.Proxies
	if !p.Allowed {
		return []rule{w.rule(w.t("spaces.rules.giving"), w.t("spaces.rules.no_proxy"), p.Cite)}
	}
	s := []string{w.t("spaces.rules.holder." + string(p.Holder))}
	if p.SameCollege {
		s = append(s, w.t("spaces.rules.same_college"))
	}
	s = append(s, w.t("spaces.rules.blank."+string(p.Blank)), w.t("spaces.rules.chain."+yes(p.Chain)))
	var caps []string
	if p.MaxNumber != nil {
		caps = append(caps, w.t("spaces.rules.max_number", "n", *p.MaxNumber))
	}
	if p.MaxVotes != nil {
		caps = append(caps, w.t("spaces.rules.max_proxy_votes", "share", w.fraction(*p.MaxVotes)))
	}
	if p.MaxVotes != nil && p.OneAlways {
		caps = append(caps, w.t("spaces.rules.one_always"))
	}
	if len(caps) == 0 {
		caps = []string{w.t("spaces.rules.no_cap")}
	}
	withdraw := w.t("spaces.rules.withdraw." + string(p.WithdrawUntil))
	if p.InPerson {
		withdraw = sentences(withdraw, w.t("spaces.rules.in_person"))
	}
	return []rule{
		w.rule(w.t("spaces.rules.giving"), sentences(s...), p.Cite),
		w.rule(w.t("spaces.rules.caps"), sentences(caps...), p.Cite),
		w.rule(w.t("spaces.rules.withdrawing"), withdraw, p.Cite),
	}
}

func (w teller) around() []rule {
	notice := w.t("spaces.rules.no_notice")
	if n := w.Notice.Calls; len(n) > 0 {
		unit := "days"
		if w.Notice.Clear {
			unit = "clear_days"
		}
		notice = w.t("spaces.rules.notice."+unit, "n", n[0])
		if len(n) > 1 && n[1] != n[0] {
			notice = sentences(notice, w.t("spaces.rules.notice_next."+unit, "n", n[1]))
		}
	}
	out := []rule{
		w.rule(w.t("spaces.rules.convocation"), notice, w.Notice.Cite),
		w.rule(w.t("spaces.rules.results"), sentences(w.t("spaces.rules.results."+string(w.Ballot.Results)), w.t("spaces.rules.paper."+yes(w.Ballot.Paper))), w.Ballot.Cite),
	}
	if n := w.Minutes.Approvals; n > 0 {
		out = append(out, w.rule(w.t("spaces.rules.minutes"), w.t("spaces.rules.approvals", "n", n), w.Minutes.Cite))
	}
	return out
}
