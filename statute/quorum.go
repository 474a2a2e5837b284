package statute

import "slices"

// CountError says why figures cannot be judged: they contradict themselves or do
// not fit the rules. It never comes from a vote, always from what prepared it.
type CountError struct{ Fr, En string }

func (e *CountError) Error() string { return e.Fr + " · " + e.En }

// Text is the sentence in the language.
func (e *CountError) Text(lang string) string { return pick(lang, e.Fr, e.En) }

func badCount(s say) error { return &CountError{s.fr, s.en} }

// quorumOf is the quorum of the motion or election of that key; nil for none.
func (r Rules) quorumOf(kind string) (*Quorum, error) {
	key := ""
	if m, ok := r.Motion(kind); ok {
		key = m.Quorum
	} else if e, ok := r.Election(kind); ok {
		key = e.Quorum
	} else {
		return nil, badCount(sayf("Les règles ne connaissent pas de décision «"+nbsp+"%[1]s"+nbsp+"».", "The rules know no decision “%[1]s”.", kind))
	}
	if key == "" {
		return nil, nil
	}
	i := slices.IndexFunc(r.Quorums, func(q Quorum) bool { return q.Key == key })
	if i < 0 || len(r.Quorums[i].Calls) == 0 {
		return nil, badCount(sayf("Les règles ne connaissent pas de quorum «"+nbsp+"%[1]s"+nbsp+"».", "The rules know no quorum “%[1]s”.", key))
	}
	return &r.Quorums[i], nil
}

// Motion is the kind of motion of that key.
func (r Rules) Motion(key string) (Motion, bool) {
	i := slices.IndexFunc(r.Motions, func(m Motion) bool { return m.Key == key })
	if i < 0 {
		return Motion{}, false
	}
	return r.Motions[i], true
}

// Election is the kind of election of that key.
func (r Rules) Election(key string) (Election, bool) {
	i := slices.IndexFunc(r.Elections, func(e Election) bool { return e.Key == key })
	if i < 0 {
		return Election{}, false
	}
	return r.Elections[i], true
}

// JudgeQuorum tells whether the attendance lets a decision of that kind (a motion
// or an election) be taken at that call, 1 being the first convocation.
func (r Rules) JudgeQuorum(kind string, call int, a Attendance) (QuorumDecision, error) {
	q, err := r.quorumOf(kind)
	if err != nil {
		return QuorumDecision{}, err
	}
	lines, err := inOrder(r, a.Colleges, func(c CollegeAttendance) CollegeAttendance { return c })
	if err != nil {
		return QuorumDecision{}, err
	}
	if q == nil {
		return QuorumDecision{QuorumFigures{Reached: true}, []Step{
			step("quorum", say{"Aucun quorum n’est demandé.", "No quorum is asked for."}, Cite{})}}, nil
	}
	needed := q.Calls[min(max(call, 1), len(q.Calls))-1]
	if !q.Each {
		var all CollegeAttendance
		for _, c := range lines {
			all = all.plus(c)
		}
		f, s := r.quorumStep(*q, needed, call, all, "")
		return QuorumDecision{f, []Step{s}}, nil
	}
	// The figures kept are those of the college furthest from its quorum.
	var d QuorumDecision
	first := true
	for _, c := range lines {
		if c.EntitledMembers == 0 {
			continue // a college without members cannot attend, nor prevent the others
		}
		college, _ := r.College(c.College)
		f, s := r.quorumStep(*q, needed, call, c, college.Name)
		reached := f.Reached && (first || d.Reached)
		if first || f.Attended.Over(f.Entitled).Cmp(d.Attended.Over(d.Entitled)) < 0 {
			d.QuorumFigures = f
		}
		d.Reached, first = reached, false
		d.Steps = append(d.Steps, s)
	}
	if first {
		d.QuorumFigures = QuorumFigures{Needed: needed, Reached: needed.Sign() == 0}
		d.Steps = []Step{step("quorum", say{"Personne n’a le droit de vote" + nbsp + ": le quorum n’a pas de sens.",
			"Nobody is entitled to vote: the quorum has no meaning."}, q.Cite)}
	}
	return d, nil
}

func (c CollegeAttendance) plus(d CollegeAttendance) CollegeAttendance {
	return CollegeAttendance{
		EntitledMembers:    c.EntitledMembers + d.EntitledMembers,
		PresentMembers:     c.PresentMembers + d.PresentMembers,
		RepresentedMembers: c.RepresentedMembers + d.RepresentedMembers,
		DistanceMembers:    c.DistanceMembers + d.DistanceMembers,
		EntitledVotes:      c.EntitledVotes.Add(d.EntitledVotes),
		PresentVotes:       c.PresentVotes.Add(d.PresentVotes),
		RepresentedVotes:   c.RepresentedVotes.Add(d.RepresentedVotes),
		DistanceVotes:      c.DistanceVotes.Add(d.DistanceVotes),
	}
}

// distance tells whether anybody voted at a distance.
func (c CollegeAttendance) distance() bool {
	return c.DistanceMembers > 0 || c.DistanceVotes.Sign() > 0
}

// attended is what counts towards the quorum, and of how much.
func (q Quorum) attended(c CollegeAttendance) (have, of Frac) {
	if q.Of == OfVotes {
		have, of = c.PresentVotes, c.EntitledVotes
		if q.Presence == Represented {
			have = have.Add(c.RepresentedVotes)
		}
		if q.Distance {
			have = have.Add(c.DistanceVotes)
		}
		return have, of
	}
	n := c.PresentMembers
	if q.Presence == Represented {
		n += c.RepresentedMembers
	}
	if q.Distance {
		n += c.DistanceMembers
	}
	return Int(int64(n)), Int(int64(c.EntitledMembers))
}

func (r Rules) quorumStep(q Quorum, needed Frac, call int, c CollegeAttendance, college string) (QuorumFigures, Step) {
	have, of := q.attended(c)
	f := QuorumFigures{Attended: have, Entitled: of, Needed: needed}
	f.Reached = needed.Sign() == 0 || of.Sign() > 0 && have.Over(of).Cmp(needed) >= 0
	unitFr, unitEn := votes(have, "fr"), votes(have, "en")
	feminine := "e"
	if q.Of == OfMembers {
		one, many := r.members("fr")
		unitFr = count(have, "fr", one, many)
		one, many = r.members("en")
		unitEn = count(have, "en", one, many)
		feminine = "·e"
	}
	ending := feminine + "s"
	if have.Cmp(Int(2)) < 0 {
		ending = feminine
	}
	present, represented := "présent"+ending, "représenté"+ending
	how := []say{{present, "present"}}
	if q.Presence == Represented {
		how = append(how, say{represented, "represented"})
	}
	if q.Distance && c.distance() {
		how = append(how, say{"votant à distance", "voting at a distance"})
	}
	numbers := []Number{{"attended", have}, {"entitled", of}, {"needed", needed}}
	head := sayf("%[1]s %[3]s sur %[5]s", "%[2]s %[4]s out of %[6]s",
		unitFr, unitEn, or(how, "fr"), or(how, "en"), FormatNumber(of, "fr"), FormatNumber(of, "en"))
	if college != "" {
		head = say{college + nbsp + ": " + head.fr, college + ": " + head.en}
	}
	tail := sayf("le quorum %[1]s est atteint", "the quorum of %[2]s is reached", de(part(needed, "fr", false)), part(needed, "en", false))
	soit := needed.Mul(of)
	switch {
	case needed.Sign() == 0 && call > 1:
		tail = say{"aucun quorum n’est demandé sur cette convocation", "no quorum is asked for at this call"}
	case needed.Sign() == 0:
		tail = say{"aucun quorum n’est demandé", "no quorum is asked for"}
	case !f.Reached:
		tail = sayf("le quorum %[1]s, soit %[3]s, n’est pas atteint", "the quorum of %[2]s, that is %[4]s, is not reached",
			de(part(needed, "fr", false)), part(needed, "en", false), FormatNumber(soit, "fr"), FormatNumber(soit, "en"))
	}
	return f, step("quorum", say{head.fr + nbsp + ": " + tail.fr + ".", head.en + ": " + tail.en + "."}, q.Cite, numbers...)
}

// or joins alternatives: "a, b ou c".
func or(words []say, lang string) string {
	s := pick(lang, words[0].fr, words[0].en)
	for i, w := range words[1:] {
		sep := ", "
		if i == len(words)-2 {
			sep = pick(lang, " ou ", " or ")
		}
		s += sep + pick(lang, w.fr, w.en)
	}
	return s
}

// inOrder puts the lines of a count in the order of the rules' voting colleges,
// so that the order they came in changes nothing, and checks that each is there
// once with an attendance that makes sense. Advisory colleges are left aside.
func inOrder[T any](r Rules, lines []T, attendance func(T) CollegeAttendance) ([]T, error) {
	keys := []string{""}
	if len(r.Colleges) > 0 {
		keys = keys[:0]
		for _, c := range r.Colleges {
			keys = append(keys, c.Key)
		}
	}
	found := map[string]T{}
	for _, l := range lines {
		a := attendance(l)
		if _, twice := found[a.College]; twice {
			return nil, badCount(sayf("Le collège «"+nbsp+"%[1]s"+nbsp+"» est compté deux fois.", "The college “%[1]s” is counted twice.", a.College))
		}
		if !slices.Contains(keys, a.College) {
			return nil, badCount(sayf("Les règles ne connaissent pas de collège «"+nbsp+"%[1]s"+nbsp+"».", "The rules know no college “%[1]s”.", a.College))
		}
		if err := a.check(); err != nil {
			return nil, err
		}
		found[a.College] = l
	}
	var ordered []T
	for _, k := range keys {
		if c, _ := r.College(k); c.Advisory {
			continue
		}
		l, ok := found[k]
		if !ok {
			return nil, badCount(sayf("Il manque le décompte du collège «"+nbsp+"%[1]s"+nbsp+"».", "The count of the college “%[1]s” is missing.", k))
		}
		ordered = append(ordered, l)
	}
	return ordered, nil
}

func (c CollegeAttendance) check() error {
	for _, n := range []int{c.EntitledMembers, c.PresentMembers, c.RepresentedMembers, c.DistanceMembers} {
		if n < 0 {
			return badCount(sayf("Un nombre de membres est négatif (collège «"+nbsp+"%[1]s"+nbsp+"»).", "A number of members is negative (college “%[1]s”).", c.College))
		}
	}
	for _, f := range []Frac{c.EntitledVotes, c.PresentVotes, c.RepresentedVotes, c.DistanceVotes} {
		if f.Sign() < 0 {
			return badCount(sayf("Un nombre de voix est négatif (collège «"+nbsp+"%[1]s"+nbsp+"»).", "A number of votes is negative (college “%[1]s”).", c.College))
		}
	}
	if c.PresentMembers+c.RepresentedMembers+c.DistanceMembers > c.EntitledMembers || c.attendingVotes().Cmp(c.EntitledVotes) > 0 {
		return badCount(sayf("Il y a plus de participants ou de voix que d’inscrits (collège «"+nbsp+"%[1]s"+nbsp+"»).",
			"More attend or vote than are entitled (college “%[1]s”).", c.College))
	}
	return nil
}

// attendingVotes are the votes present, represented or given at a distance.
func (c CollegeAttendance) attendingVotes() Frac {
	return sum(c.PresentVotes, c.RepresentedVotes, c.DistanceVotes)
}
