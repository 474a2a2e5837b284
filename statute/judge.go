package statute

import "fmt"

// Judge decides a motion of that kind. The quorum is judged first, on the
// attendance in the count; without it the motion is not decided. An error is a
// [CountError]: the figures do not stand.
//
// A tie is a simple majority with as many for as against, or an absolute one with
// exactly half; the chair's casting vote breaks it where the rule says so. With
// the majority needed in every college there is no tie: a college agrees or not.
func (r Rules) Judge(kind string, c Count) (Decision, error) {
	m, ok := r.Motion(kind)
	if !ok {
		return Decision{}, badCount(sayf("Les règles ne connaissent pas de décision «"+nbsp+"%[1]s"+nbsp+"».", "The rules know no decision “%[1]s”.", kind))
	}
	if c.Chair != "" && c.Chair != "for" && c.Chair != "against" {
		return Decision{}, badCount(say{"La voix prépondérante est pour ou contre.", "A casting vote is for or against."})
	}
	lines, err := inOrder(r, c.Colleges, func(l CollegeCount) CollegeAttendance { return l.CollegeAttendance })
	if err != nil {
		return Decision{}, err
	}
	a := Attendance{}
	for _, l := range c.Colleges {
		if err := l.check(); err != nil {
			return Decision{}, err
		}
		a.Colleges = append(a.Colleges, l.CollegeAttendance)
	}
	rule, err := m.Majority.threshold(m.Strict)
	if err != nil {
		return Decision{}, err
	}
	q, err := r.JudgeQuorum(kind, c.Call, a)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Kind: kind, Steps: q.Steps, Quorum: &q.QuorumFigures, Needed: rule.share}
	if !q.Reached {
		d.Outcome = NoQuorum
		return d, nil
	}
	j := judgement{Rules: r, motion: m, rule: rule, decision: &d}
	j.setColleges(lines)
	switch {
	case m.Colleges == Each && len(r.Colleges) > 0:
		j.each()
	case m.Colleges == Weighted && len(r.Colleges) > 0:
		j.weighted()
	default:
		j.pooled(lines)
	}
	if d.Outcome == Tied {
		j.breakTie(c.Chair)
	}
	return d, nil
}

func (l CollegeCount) check() error {
	for _, f := range []Frac{l.For, l.Against, l.Abstention, l.Blank, l.Null} {
		if f.Sign() < 0 {
			return badCount(sayf("Un nombre de voix est négatif (collège «"+nbsp+"%[1]s"+nbsp+"»).", "A number of votes is negative (college “%[1]s”).", l.College))
		}
	}
	if l.Voters < 0 || l.Voters > l.EntitledMembers || sum(l.For, l.Against, l.Abstention, l.Blank, l.Null).Cmp(l.attendingVotes()) > 0 {
		return badCount(sayf("Il y a plus de votes que de voix présentes, représentées ou à distance (collège «"+nbsp+"%[1]s"+nbsp+"»).",
			"There are more votes than votes present, represented or at a distance (college “%[1]s”).", l.College))
	}
	return nil
}

// threshold is a majority made ready: simple, or a share that must be reached
// (strict: passed).
type threshold struct {
	simple bool
	share  Frac
	strict bool
}

func (m Majority) threshold(strict bool) (threshold, error) {
	switch m {
	case Simple:
		return threshold{simple: true}, nil
	case Absolute:
		return threshold{share: Ratio(1, 2), strict: true}, nil
	}
	f, err := ParseFrac(string(m))
	if err != nil {
		return threshold{}, badCount(say{err.Error(), err.Error()})
	}
	return threshold{share: f, strict: strict}, nil
}

// met compares the share for with the threshold: the share against, if simple.
func (t threshold) met(shareFor, shareAgainst Frac) Outcome {
	limit := t.share
	if t.simple {
		limit = shareAgainst
	}
	c := shareFor.Cmp(limit)
	switch {
	case c > 0, c == 0 && !t.simple && !t.strict:
		return Adopted
	case c == 0 && shareFor.Sign() > 0 && (t.simple || t.share.Cmp(Ratio(1, 2)) == 0):
		return Tied
	}
	return Rejected
}

// judgement carries one motion through its steps.
type judgement struct {
	Rules
	motion   Motion
	rule     threshold
	decision *Decision
}

func (j judgement) add(rule string, s say, c Cite, numbers ...Number) {
	j.decision.Steps = append(j.decision.Steps, step(rule, s, c, numbers...))
}

// base is what the majority is a fraction of in that count. Null ballots are
// never votes cast.
func (m Motion) base(l CollegeCount) Frac {
	switch m.Of {
	case OfAttending:
		return l.attendingVotes()
	case OfEntitled:
		return l.EntitledVotes
	}
	f := l.For.Add(l.Against)
	if m.Abstention {
		f = f.Add(l.Abstention)
	}
	if m.Blank {
		f = f.Add(l.Blank)
	}
	return f
}

// setColleges works out each college's share and its weight after the rules on
// empty and silent colleges.
func (j judgement) setColleges(lines []CollegeCount) {
	if len(j.Colleges) == 0 {
		return
	}
	bases := make([]collegeBase, len(lines))
	for i, l := range lines {
		bases[i] = collegeBase{l.College, l.EntitledVotes, j.motion.base(l)}
	}
	weights, steps := j.weights(bases, j.motion.Colleges)
	if j.motion.Colleges != Pooled {
		j.decision.Steps = append(j.decision.Steps, steps...)
	}
	for i, l := range lines {
		j.decision.Colleges = append(j.decision.Colleges, CollegeShare{
			College: l.College, Weight: weights[i], For: l.For, Against: l.Against,
			Base: bases[i].base, Share: l.For.Over(bases[i].base),
		})
	}
}

type collegeBase struct {
	key            string
	entitled, base Frac
}

// weights gives each college's weight once those that cannot count have given
// theirs away or kept it for nothing, and a step for each of these.
func (r Rules) weights(lines []collegeBase, how Combine) ([]Frac, []Step) {
	weights := make([]Frac, len(lines))
	if how == Pooled {
		return weights, nil
	}
	var steps []Step
	var kept Frac
	for i, l := range lines {
		college, _ := r.College(l.key)
		if how == Each {
			weights[i] = Int(1)
		} else if college.Weight != nil {
			weights[i] = *college.Weight
		}
		if l.base.Sign() == 0 {
			rule, why := r.Counting.Silent, say{"n’a donné aucune voix qui compte", "has given no vote that counts"}
			code := "college-silent"
			if l.entitled.Sign() == 0 {
				rule, why = r.Counting.Empty, say{"n’a aucun membre ayant le droit de vote", "has no member entitled to vote"}
				code = "college-empty"
			}
			what := emptyText(rule, how)
			steps = append(steps, step(code, sayf("Le collège %[1]s %[2]s"+nbsp+": %[4]s.", "The college %[1]s %[3]s: %[5]s.",
				college.Name, why.fr, why.en, what.fr, what.en), r.Counting.Cite))
			if rule == Redistribute {
				weights[i] = Frac{}
			}
		}
		kept = kept.Add(weights[i])
	}
	if how == Weighted {
		for i := range weights {
			weights[i] = weights[i].Over(kept)
		}
	}
	return weights, steps
}

func emptyText(rule EmptyRule, how Combine) say {
	switch {
	case rule == Redistribute && how == Each:
		return say{"son accord n’est pas demandé", "its agreement is not asked for"}
	case rule == Redistribute:
		return say{"son poids est réparti entre les autres", "its weight is shared among the others"}
	case how == Each:
		return say{"son accord manque", "its agreement is missing"}
	}
	return say{"son poids ne compte ni pour ni contre", "its weight counts neither for nor against"}
}

// each needs the majority in every college that is asked.
func (j judgement) each() {
	asked, d := 0, j.decision
	d.Outcome = Adopted
	for _, c := range d.Colleges {
		if c.Weight.Sign() == 0 {
			continue
		}
		against := c.Against.Over(c.Base)
		agrees := j.rule.met(c.Share, against) == Adopted
		if asked == 0 || c.Share.Cmp(d.For) < 0 {
			d.For, d.Against = c.Share, against
		}
		asked++
		if !agrees {
			d.Outcome = Rejected
		}
		if c.Base.Sign() == 0 {
			continue // its own step has said so
		}
		college, _ := j.College(c.College)
		verdict := say{"ce collège est d’accord", "this college agrees"}
		if !agrees {
			verdict = say{"ce collège n’est pas d’accord", "this college does not agree"}
		}
		body := j.shareText(c.For, c.Against, c.Base)
		j.add("college", sayf("%[1]s"+nbsp+": %[2]s"+narrow+"; %[4]s.", "%[1]s: %[3]s; %[5]s.",
			college.Name, body.fr, body.en, verdict.fr, verdict.en), j.motion.Cite,
			Number{"for", c.For}, Number{"against", c.Against}, Number{"base", c.Base})
	}
	if j.rule.simple {
		d.Needed = d.Against
	}
	if asked == 0 {
		d.Outcome = Rejected
	}
	need := j.needText()
	verdict := say{"tous les collèges sont d’accord", "all the colleges agree"}
	if d.Outcome != Adopted {
		verdict = say{"l’accord de tous les collèges n’est pas réuni", "the colleges do not all agree"}
	}
	j.add("majority", sayf("Dans chaque collège, %[1]s"+nbsp+": %[3]s.", "In each college, %[2]s: %[4]s.", need.fr, need.en, verdict.fr, verdict.en), j.motion.Cite)
}

// pooled puts all votes in one urn.
func (j judgement) pooled(lines []CollegeCount) {
	var all CollegeCount
	for _, l := range lines {
		all.CollegeAttendance = all.plus(l.CollegeAttendance)
		all.For, all.Against = all.For.Add(l.For), all.Against.Add(l.Against)
		all.Abstention, all.Blank, all.Null = all.Abstention.Add(l.Abstention), all.Blank.Add(l.Blank), all.Null.Add(l.Null)
	}
	base := j.motion.base(all)
	if base.Sign() == 0 {
		j.conclude(Frac{}, Frac{}, false)
		return
	}
	s := j.shareText(all.For, all.Against, base)
	j.add("votes", say{upper(s.fr) + ".", upper(s.en) + "."}, j.motion.Cite, Number{"for", all.For}, Number{"against", all.Against},
		Number{"abstention", all.Abstention}, Number{"blank", all.Blank}, Number{"null", all.Null}, Number{"base", base})
	j.conclude(all.For.Over(base), all.Against.Over(base), true)
}

// weighted adds each college's share times its weight.
func (j judgement) weighted() {
	var shareFor, shareAgainst, base Frac
	for _, c := range j.decision.Colleges {
		if c.Weight.Sign() == 0 {
			continue
		}
		shareFor = shareFor.Add(c.Weight.Mul(c.Share))
		shareAgainst = shareAgainst.Add(c.Weight.Mul(c.Against.Over(c.Base)))
		base = base.Add(c.Base)
	}
	if base.Sign() == 0 {
		j.conclude(Frac{}, Frac{}, false)
		return
	}
	fr, numbers := j.sumText("fr", shareFor, shareAgainst)
	en, _ := j.sumText("en", shareFor, shareAgainst)
	j.add("weighted", say{fr, en}, j.Counting.Cite, numbers...)
	j.conclude(shareFor, shareAgainst, true)
}

// conclude compares the shares with the majority and writes the last step.
func (j judgement) conclude(shareFor, shareAgainst Frac, anyVote bool) {
	d := j.decision
	d.For, d.Against = shareFor, shareAgainst
	if j.rule.simple {
		d.Needed = shareAgainst
	}
	if !anyVote {
		d.Outcome = Rejected
		j.add("no-vote", say{"Aucune voix ne compte" + nbsp + ": la résolution n’est pas adoptée.", "No vote counts: the resolution is not adopted."}, j.motion.Cite)
		return
	}
	d.Outcome = j.rule.met(shareFor, shareAgainst)
	need := j.needText()
	verdict := map[Outcome]say{
		Adopted: {"c’est le cas", "this is the case"}, Rejected: {"ce n’est pas le cas", "this is not the case"},
		Tied: {"il y a exactement partage", "the votes balance exactly"},
	}[d.Outcome]
	j.add("majority", say{upper(need.fr) + nbsp + ": " + verdict.fr + ".", upper(need.en) + ": " + verdict.en + "."}, j.motion.Cite,
		Number{"for", shareFor}, Number{"needed", d.Needed})
}

func (j judgement) breakTie(chair string) {
	d := j.decision
	switch {
	case j.motion.Tie != TieChair:
		d.Outcome = Rejected
		j.add("tie", say{"En cas de partage, la résolution est rejetée.", "When votes balance, the resolution is rejected."}, j.motion.Cite)
	case chair == "for":
		d.Outcome = Adopted
		j.add("tie", say{"En cas de partage, la voix de la présidence l’emporte" + nbsp + ": pour.", "When votes balance, the chair’s vote prevails: for."}, j.motion.Cite)
	case chair == "against":
		d.Outcome = Rejected
		j.add("tie", say{"En cas de partage, la voix de la présidence l’emporte" + nbsp + ": contre.", "When votes balance, the chair’s vote prevails: against."}, j.motion.Cite)
	default:
		j.add("tie", say{"En cas de partage, la voix de la présidence l’emporte" + nbsp + ": elle est attendue.", "When votes balance, the chair’s vote prevails: it is awaited."}, j.motion.Cite)
	}
}

// shareText is the count of one urn: "401 voix pour et 99 contre sur 520 voix
// exprimées, abstentions comprises : 77,1 % pour".
func (j judgement) shareText(pour, contre, base Frac) say {
	what := j.baseText()
	limit := j.rule.share
	if j.rule.simple {
		limit = contre.Over(base)
	}
	return say{
		fmt.Sprintf("%s pour et %s contre, sur %s %s"+nbsp+": %s pour", votes(pour, "fr"), FormatNumber(contre, "fr"),
			FormatNumber(base, "fr"), what.fr, FormatPercent(pour.Over(base), "fr", limit)),
		fmt.Sprintf("%s for and %s against, out of %s %s: %s for", votes(pour, "en"), FormatNumber(contre, "en"),
			FormatNumber(base, "en"), what.en, FormatPercent(pour.Over(base), "en", limit)),
	}
}

// baseText names the votes of which the majority is a part.
func (j judgement) baseText() say {
	switch {
	case j.motion.Of == OfAttending:
		return say{"voix présentes, représentées ou à distance", "votes present, represented or at a distance"}
	case j.motion.Of == OfEntitled:
		return say{"voix de toute l’assemblée", "votes of the whole assembly"}
	case j.motion.Abstention && j.motion.Blank:
		return say{"voix exprimées, abstentions et votes blancs compris", "votes cast, abstentions and blank votes included"}
	case j.motion.Abstention:
		return say{"voix exprimées, abstentions comprises", "votes cast, abstentions included"}
	case j.motion.Blank:
		return say{"voix exprimées, votes blancs compris", "votes cast, blank votes included"}
	}
	return say{"voix exprimées", "votes cast"}
}

// needText is the majority in words.
func (j judgement) needText() say {
	if j.rule.simple {
		return say{"il fallait plus de voix pour que de voix contre", "it took more votes for than against"}
	}
	what := j.baseText()
	if j.rule.strict {
		return say{"il fallait plus " + de(part(j.rule.share, "fr", true)) + " des " + what.fr,
			"it took more than " + part(j.rule.share, "en", true) + " of the " + what.en}
	}
	return say{"il fallait au moins " + part(j.rule.share, "fr", true) + " des " + what.fr,
		"it took at least " + part(j.rule.share, "en", true) + " of the " + what.en}
}
