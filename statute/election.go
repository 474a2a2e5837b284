package statute

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// JudgeElection decides a choice of that kind: it ranks the candidates by their
// share of the votes cast (by college and weighted, where the rule says so) and
// fills the seats from the top. A candidate without any vote is not elected, nor,
// in a round that asks for an absolute majority, one with half of the votes or
// less; their seats stay open and the outcome is [Runoff]. A tie for the last
// seats is broken by the declared rule only, and otherwise reported as [Tied].
func (r Rules) JudgeElection(kind string, c ElectionCount) (Decision, error) {
	e, ok := r.Election(kind)
	if !ok {
		return Decision{}, badCount(sayf("Les règles ne connaissent pas d’élection «"+nbsp+"%[1]s"+nbsp+"».", "The rules know no election “%[1]s”.", kind))
	}
	lines, err := inOrder(r, c.Colleges, func(l CollegeChoice) CollegeAttendance { return l.CollegeAttendance })
	if err != nil {
		return Decision{}, err
	}
	if err := c.check(); err != nil {
		return Decision{}, err
	}
	a := Attendance{}
	for _, l := range c.Colleges {
		a.Colleges = append(a.Colleges, l.CollegeAttendance)
	}
	q, err := r.JudgeQuorum(kind, c.Call, a)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Kind: kind, Steps: q.Steps, Quorum: &q.QuorumFigures, Open: c.Seats}
	if !q.Reached {
		d.Outcome = NoQuorum
		return d, nil
	}
	s := scrutiny{Rules: r, election: e, count: c, decision: &d}
	s.rank(lines)
	s.fill()
	return d, nil
}

func (c ElectionCount) check() error {
	if c.Seats < 1 || len(c.Candidates) == 0 {
		return badCount(say{"Il faut au moins un siège et une candidature.", "At least one seat and one candidate are needed."})
	}
	known := map[string]bool{}
	for _, p := range c.Candidates {
		if known[p.Key] {
			return badCount(sayf("La candidature «"+nbsp+"%[1]s"+nbsp+"» figure deux fois.", "The candidate “%[1]s” appears twice.", p.Key))
		}
		known[p.Key] = true
	}
	for _, l := range c.Colleges {
		for _, k := range sortedKeys(l.Votes) {
			v := l.Votes[k]
			if !known[k] || v.Sign() < 0 || v.Cmp(l.Cast) > 0 {
				return badCount(sayf("Les voix de «"+nbsp+"%[1]s"+nbsp+"» ne tiennent pas dans les bulletins du collège «"+nbsp+"%[2]s"+nbsp+"».",
					"The votes of “%[1]s” do not fit the ballots of the college “%[2]s”.", k, l.College))
			}
		}
		if l.Cast.Sign() < 0 || l.Blank.Sign() < 0 || l.Null.Sign() < 0 || l.Voters < 0 || l.Voters > l.EntitledMembers ||
			sum(l.Cast, l.Blank, l.Null).Cmp(l.attendingVotes()) > 0 {
			return badCount(sayf("Il y a plus de votes que de voix présentes, représentées ou à distance (collège «"+nbsp+"%[1]s"+nbsp+"»).",
				"There are more votes than votes present, represented or at a distance (college “%[1]s”).", l.College))
		}
	}
	return nil
}

func sortedKeys(m map[string]Frac) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// scrutiny carries one election through its steps.
type scrutiny struct {
	Rules
	election Election
	count    ElectionCount
	decision *Decision
}

func (s scrutiny) add(rule string, what say, numbers ...Number) {
	s.decision.Steps = append(s.decision.Steps, step(rule, what, s.election.Cite, numbers...))
}

func (s scrutiny) name(key string) string {
	i := slices.IndexFunc(s.count.Candidates, func(c Candidate) bool { return c.Key == key })
	if n := s.count.Candidates[i].Name; n != "" {
		return n
	}
	return key
}

func (s scrutiny) names(keys []string, lang string) string {
	var names []string
	for _, k := range keys {
		names = append(names, s.name(k))
	}
	return list(names, lang)
}

// rank scores the candidates and writes the ranking.
func (s scrutiny) rank(lines []CollegeChoice) {
	d := s.decision
	weighted := s.election.Colleges == Weighted && len(s.Colleges) > 0
	var cast Frac
	bases := make([]collegeBase, len(lines))
	for i, l := range lines {
		cast = cast.Add(l.Cast)
		bases[i] = collegeBase{l.College, l.EntitledVotes, l.Cast}
	}
	var weights []Frac
	if weighted {
		var steps []Step
		weights, steps = s.weights(bases, Weighted)
		d.Steps = append(d.Steps, steps...)
		for i, l := range lines {
			d.Colleges = append(d.Colleges, CollegeShare{College: l.College, Weight: weights[i], Base: l.Cast})
		}
	}
	for _, c := range s.count.Candidates {
		rank := Rank{Candidate: c.Key}
		for i, l := range lines {
			rank.Votes = rank.Votes.Add(l.Votes[c.Key])
			if weighted {
				rank.Score = rank.Score.Add(weights[i].Mul(l.Votes[c.Key].Over(l.Cast)))
			}
		}
		if !weighted {
			rank.Score = rank.Votes.Over(cast)
		}
		d.Ranking = append(d.Ranking, rank)
	}
	slices.SortFunc(d.Ranking, func(a, b Rank) int {
		return cmp.Or(b.Score.Cmp(a.Score), cmp.Compare(a.Candidate, b.Candidate))
	})
	var fr, en []string
	numbers := []Number{{"cast", cast}}
	for i, k := range d.Ranking {
		var limits []Frac
		if s.absolute() {
			limits = append(limits, Ratio(1, 2))
		}
		for _, near := range []int{i - 1, i + 1} {
			if near >= 0 && near < len(d.Ranking) {
				limits = append(limits, d.Ranking[near].Score)
			}
		}
		fr = append(fr, fmt.Sprintf("%s %s, %s", s.name(k.Candidate), votes(k.Votes, "fr"), FormatPercent(k.Score, "fr", limits...)))
		en = append(en, fmt.Sprintf("%s %s, %s", s.name(k.Candidate), votes(k.Votes, "en"), FormatPercent(k.Score, "en", limits...)))
		numbers = append(numbers, Number{k.Candidate, k.Votes})
	}
	how := say{"", ""}
	if weighted {
		how = say{", chaque collège comptant pour son poids", ", each college counting for its weight"}
	}
	s.add("ranking", say{
		votes(cast, "fr") + " exprimées" + how.fr + nbsp + ": " + strings.Join(fr, narrow+"; ") + ".",
		votes(cast, "en") + " cast" + how.en + ": " + strings.Join(en, "; ") + ".",
	}, numbers...)
}

// absolute tells whether this round asks for an absolute majority.
func (s scrutiny) absolute() bool { return max(s.count.Round, 1) <= s.election.AbsoluteRounds }

// fill gives the seats.
func (s scrutiny) fill() {
	d := s.decision
	var eligible []Rank
	for _, k := range d.Ranking {
		if k.Score.Sign() > 0 && (!s.absolute() || k.Score.Cmp(Ratio(1, 2)) > 0) {
			eligible = append(eligible, k)
		}
	}
	if s.absolute() {
		s.add("absolute", say{"À ce tour, il fallait plus de la moitié des voix exprimées.", "In this round, more than half of the votes cast was needed."})
	}
	chosen := eligible[:min(len(eligible), s.count.Seats)]
	if n := len(chosen); len(eligible) > n && eligible[n].Score.Cmp(eligible[n-1].Score) == 0 {
		last := eligible[n].Score
		sure := slices.IndexFunc(eligible, func(k Rank) bool { return k.Score.Cmp(last) == 0 })
		var group []string
		for _, k := range eligible[sure:] {
			if k.Score.Cmp(last) == 0 {
				group = append(group, k.Candidate)
			}
		}
		s.elect(eligible[:sure])
		s.breakTie(group, n-sure)
	} else {
		s.elect(chosen)
	}
	d.Open -= len(d.Elected)
	switch {
	case d.Open == 0:
		d.Outcome = Elected
	case len(d.Tied) > 0:
		d.Outcome = Tied
	default:
		d.Outcome = Runoff
	}
	s.conclude()
}

func (s scrutiny) elect(chosen []Rank) {
	for _, k := range chosen {
		s.electKey(k.Candidate)
	}
}

func (s scrutiny) electKey(key string) {
	d := s.decision
	d.Elected = append(d.Elected, key)
	i := slices.IndexFunc(d.Ranking, func(k Rank) bool { return k.Candidate == key })
	d.Ranking[i].Elected = true
}

// breakTie gives the seats that remain to a group of equals, by the declared rule.
func (s scrutiny) breakTie(group []string, seats int) {
	var order []string
	switch s.election.Tie {
	case TieOlder:
		order = s.byAge(group, seats)
	case TieLot:
		order = s.byLot(group)
	}
	names := s.names(group, "fr")
	namesEn := s.names(group, "en")
	if order == nil {
		s.decision.Tied = group
		why := say{"aucune règle ne les départage", "no rule separates them"}
		switch s.election.Tie {
		case TieOlder:
			why = say{"l’âge, la règle prévue, ne les départage pas", "age, the declared rule, does not separate them"}
		case TieLot:
			why = say{"le tirage au sort, la règle prévue, attend un germe publié", "drawing lots, the declared rule, awaits a published seed"}
		}
		s.add("tie", sayf("À égalité"+nbsp+": %[1]s"+narrow+"; %[3]s.", "Tied: %[2]s; %[4]s.", names, namesEn, why.fr, why.en))
		return
	}
	how := say{"la candidature la plus âgée l’emporte", "the older candidate prevails"}
	if s.election.Tie == TieLot {
		how = sayf("le sort décide, par ordre croissant de SHA-256(«"+nbsp+"%[1]s|clé"+nbsp+"»)", "lots decide, in increasing order of SHA-256(“%[1]s|key”)", s.count.Seed)
	}
	won, wonEn := s.names(order[:seats], "fr"), s.names(order[:seats], "en")
	s.add("tie", sayf("À égalité"+nbsp+": %[1]s"+narrow+"; %[3]s"+nbsp+": %[5]s.", "Tied: %[2]s; %[4]s: %[6]s.", names, namesEn, how.fr, how.en, won, wonEn))
	for _, k := range order[:seats] {
		s.electKey(k)
	}
}

// byAge orders the group from the oldest; nil when a date is missing or when the
// last seat would still be shared by two born on the same day.
func (s scrutiny) byAge(group []string, seats int) []string {
	born := map[string]string{}
	for _, c := range s.count.Candidates {
		born[c.Key] = c.Born
	}
	order := slices.Clone(group)
	for _, k := range order {
		if born[k] == "" {
			return nil
		}
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(born[a], born[b]), cmp.Compare(a, b)) })
	if born[order[seats-1]] == born[order[seats]] {
		return nil
	}
	return order
}

// byLot orders the group by the SHA-256 of "seed|key", which anyone can recompute
// once the seed, announced to be drawn after the closing, is published.
func (s scrutiny) byLot(group []string) []string {
	if s.count.Seed == "" {
		return nil
	}
	draw := func(key string) string {
		h := sha256.Sum256([]byte(s.count.Seed + "|" + key))
		return hex.EncodeToString(h[:])
	}
	order := slices.Clone(group)
	slices.SortFunc(order, func(a, b string) int { return cmp.Compare(draw(a), draw(b)) })
	return order
}

// conclude says who is elected and what remains.
func (s scrutiny) conclude() {
	d := s.decision
	n := len(d.Elected)
	fr, en := plural(n, "Élu·e", "Élu·es"), "Elected"
	seatFr, seatEn := plural(d.Open, "siège", "sièges"), plural(d.Open, "seat", "seats")
	if s.election.Options {
		fr, en = "Retenu", "Chosen"
		seatFr, seatEn = "choix", plural(d.Open, "choice", "choices")
	}
	text := say{fr + nbsp + ": " + s.names(d.Elected, "fr") + ".", en + ": " + s.names(d.Elected, "en") + "."}
	if n == 0 {
		text = say{"Personne n’est élu à ce tour.", "Nobody is elected in this round."}
		if s.election.Options {
			text = say{"Aucun choix n’est retenu.", "No choice is made."}
		}
	}
	if d.Open > 0 {
		text.fr += fmt.Sprintf(" Il reste %d %s à pourvoir.", d.Open, seatFr)
		text.en += fmt.Sprintf(" %d %s left to fill.", d.Open, seatEn)
	}
	s.add("elected", text, Number{"elected", Int(int64(n))}, Number{"open", Int(int64(d.Open))})
}
