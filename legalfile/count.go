package legalfile

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"isegoria.org/isegoria/statute"
)

// pile is votes of equal weight put together: a weight, as it is written, and how many have it. Only so
// many different weights are taken: adding up arbitrary fractions has no bound.
type pile map[string]int64

const (
	mostWeights   = 1000
	longestWeight = 40 // characters
)

func (p pile) add(votes string) bool {
	if _, known := p[votes]; !known {
		if _, err := statute.ParseFrac(votes); err != nil || len(votes) > longestWeight || len(p) == mostWeights {
			return false
		}
	}
	p[votes]++
	return true
}

func (p pile) total() (all statute.Frac) {
	for votes, n := range p {
		if f, err := statute.ParseFrac(votes); err == nil { // add took no other
			all = all.Add(f.Mul(statute.Int(n)))
		}
	}
	return all
}

// urn is the ballot box of one college: votes per choice, with the papers.
type urn struct {
	voters int
	piles  map[string]pile
	cast   pile // valid and not blank
	papers map[string]statute.Frac
}

const ballotsKey = "ballots" // the papers' own number among the figures of a choice

func (u *urn) votes(choice string) statute.Frac { return u.piles[choice].total().Add(u.papers[choice]) }

// put adds a ballot; under a counting rule what it says is whole, otherwise it is choices.
func (u *urn) put(choice, votes string, whole bool) bool {
	keys := []string{choice}
	if !whole {
		keys = strings.Split(choice, ",")
	}
	for _, key := range keys {
		if u.piles[key] == nil {
			u.piles[key] = pile{}
		}
		if !u.piles[key].add(votes) {
			return false
		}
	}
	u.voters++
	return choice == "blank" || choice == "null" || u.cast.add(votes)
}

// urns are the boxes of a resolution by college, with who voted how.
type urns struct {
	byCollege       map[string]*urn
	online, byProxy int
}

func (u *urns) of(college string) *urn {
	if u.byCollege[college] == nil {
		u.byCollege[college] = &urn{piles: map[string]pile{}, cast: pile{}, papers: map[string]statute.Frac{}}
	}
	return u.byCollege[college]
}

// checkBallots compares the ballots of a resolution with the last that the journal has of each elector,
// and puts them into their urns with the papers; nil where that cannot be done.
func (c *check) checkBallots(s series, r resolution, voters roll, j *replayed) (*urns, error) {
	name := fmt.Sprintf("%sballots-%02d.csv", s.folder, r.Number)
	if c.files[name] == nil {
		c.unchecked(name, "Les bulletins de la résolution %v ne sont pas dans le dossier.", "The ballots of resolution %v are not in the file.", r.Number)
		return nil, nil
	}
	out, seen, differ := &urns{byCollege: map[string]*urn{}}, map[int64]bool{}, 0
	err := c.eachRow(name, []string{"number", "college", "votes", "choice", "by_proxy", "receipt"}, func(row []string) bool {
		e, entitled := voters.byNumber[row[0]]
		b, inJournal := j.ballots[r.ID][e.member]
		byProxy := row[4] == "true"
		switch {
		case !entitled || seen[e.member] || e.college != row[1] || e.votes != row[2]:
			return false
		case inJournal && (b != cast{row[3], row[2], byProxy, row[5]}):
			differ++
			c.fault(name, "le bulletin du n° %.40s n’est pas le dernier que le journal a de cette personne.", "the ballot of no. %.40s is not the last that the journal has of this person.", row[0])
		case !inJournal && j.erased == 0:
			differ++
			c.fault(name, "le bulletin du n° %.40s n’est pas au journal.", "the ballot of no. %.40s is not in the journal.", row[0])
		}
		seen[e.member] = true
		if byProxy {
			out.byProxy++
		} else {
			out.online++
		}
		return out.of(row[1]).put(row[3], row[2], r.Method.Set())
	})
	if err != nil {
		return nil, err
	}
	missing := 0
	for member := range j.ballots[r.ID] {
		if !seen[member] {
			missing++
		}
	}
	switch {
	case missing > 0:
		c.fault(name, "il manque %v bulletins que le journal a.", "%v ballots that the journal has are missing.", missing)
	case j.erased > 0:
		c.unchecked(name, "Des bulletins ont été effacés du journal\u00a0: ceux-là ne se comparent plus.", "Ballots were erased from the journal: those can no longer be compared.")
	case differ == 0:
		c.pass(name, "%v bulletins, chacun le dernier que le journal a de la personne.", "%v ballots, each the last that the journal has of the person.", len(seen))
	}
	for _, v := range s.voters {
		out.of(v.College).voters++
	}
	for college, figures := range s.agreed(r) {
		for key, votes := range figures {
			u := out.of(college)
			u.papers[key] = u.papers[key].Add(votes)
		}
	}
	return out, nil
}

// checkPapers compares who voted on paper, and what was counted, with the journal.
func (c *check) checkPapers(s series, j *replayed) {
	if len(s.resolutions) == 0 {
		return
	}
	id, holds := s.resolutions[0].Series, true
	listed := map[int64]bool{}
	for _, v := range s.voters {
		if listed[v.Member] || !j.paper[id][v.Member] {
			holds = false
		}
		listed[v.Member] = true
	}
	for member, stands := range j.paper[id] {
		if stands && !listed[member] {
			holds = false
		}
	}
	if !holds {
		c.fault(s.folder+"paper-voters.json", "ce ne sont pas les votes sur papier que le journal a notés.", "these are not the paper votes that the journal noted.")
	}
	for _, p := range s.counts {
		var noted map[string]statute.Frac
		if json.Unmarshal(j.counts[countKey(p.Resolution, p.College, p.Scrutineer)], &noted) != nil || !equal(noted, p.Figures) {
			holds = false
			c.fault(s.folder+"paper-counts.json", "un compte de bulletins papier n’est pas celui du journal.", "a count of paper ballots is not the journal’s.")
		}
	}
	if holds && len(s.voters) > 0 {
		c.pass(s.folder+"paper-voters.json", "%v votes sur papier et leurs comptes, comme au journal.", "%v paper votes and their counts, as in the journal.", len(s.voters))
	}
}

// equal tells whether two counts agree; a figure that is absent is zero.
func equal(a, b map[string]statute.Frac) bool {
	for key := range a {
		if a[key].Cmp(b[key]) != 0 {
			return false
		}
	}
	for key := range b {
		if a[key].Cmp(b[key]) != 0 {
			return false
		}
	}
	return true
}

// agreed are the figures of a resolution by college on which two scrutineers agree.
func (s series) agreed(r resolution) map[string]map[string]statute.Frac {
	out := map[string]map[string]statute.Frac{}
	for college := range s.papers {
		list := s.byPlace[placeKey(r.ID, college)]
		for i, a := range list {
			for _, b := range list[i+1:] {
				if a.Scrutineer != b.Scrutineer && equal(a.Figures, b.Figures) {
					out[college] = a.Figures
				}
			}
		}
	}
	return out
}

// recount is what it takes to check one result.
type recount struct {
	series
	resolution
	result
	raw      any // the result as it stands
	urns     *urns
	roll     roll
	rules    statute.Rules
	journal  *replayed
	attended *statute.Attendance
}

// checkResult recounts the urns and decides again by the statutes.
func (c *check) checkResult(x recount) {
	name, number := x.folder+"results.json", x.resolution.Number
	before := len(c.Faults)
	wrong := func(fr, en string, args ...any) {
		c.fault(name, "résolution %v\u00a0: "+fr, "resolution %v: "+en, append([]any{number}, args...)...)
	}
	c.checkStated(x, name, wrong)
	decision, counted, err := x.decide(wrong)
	for _, a := range counted {
		if a.EntitledMembers != x.roll.members[a.College] || a.EntitledVotes.Cmp(x.roll.votes[a.College]) != 0 {
			wrong("les inscrit·es ou leurs voix ne sont pas ceux de la liste électorale.", "the electors or their votes are not those of the roll.")
			break
		}
	}
	if err != nil {
		wrong("les statuts ne permettent pas de la décider à nouveau (%v).", "the statutes do not let it be decided again (%v).", err)
	} else if !sameDecision(decision, x.Decision) {
		wrong("décidée à nouveau par les statuts, elle donne «\u00a0%v\u00a0» et non «\u00a0%v\u00a0», ou d’autres chiffres.", "decided again by the statutes it gives “%v” and not “%v”, or other figures.", decision.Outcome, x.Decision.Outcome)
	}
	if len(c.Faults) == before {
		c.pass(name, "résolution %v\u00a0: recomptée depuis les bulletins, décidée à nouveau par les statuts, même résultat (%v).", "resolution %v: counted again from the ballots, decided again by the statutes, same result (%v).", number, decision.Outcome)
	}
	if x.attended == nil || !sameJSON(x.attended.Colleges, counted) {
		c.unchecked(name, "Résolution %v\u00a0: la présence au moment du résultat n’est pas celle de la feuille signée ensuite, ou il n’y a pas de feuille\u00a0; elle est prise telle quelle.",
			"Resolution %v: attendance at the time of the result is not that of the sheet signed later, or there is no sheet; it is taken as it is.", number)
	}
}

// checkStated compares what the result states with the journal and with the number of ballots.
func (c *check) checkStated(x recount, name string, wrong func(fr, en string, args ...any)) {
	if known, ok := x.journal.results[x.ID]; !ok {
		c.unchecked(name, "Le journal du dossier n’a pas, ou plus, le résultat de la résolution %v.", "The journal of the file has not, or no longer, the result of resolution %v.", x.resolution.Number)
	} else if !same(known.raw, x.raw) {
		wrong("ce n’est pas le résultat que le journal a inscrit (place %v).", "it is not the result that the journal wrote (place %v).", known.seq)
	}
	if t := x.journal.ties[x.subject()]; t.Chair != x.Chair || t.Seed != x.Seed {
		wrong("la voix prépondérante ou la graine du tirage n’est pas celle du journal.", "the casting vote or the seed of the draw is not the journal’s.")
	}
	if x.Online != x.urns.online || x.ByProxy != x.urns.byProxy || x.Paper != len(x.voters) || x.Electors != len(x.roll.byNumber) {
		wrong("le nombre de votant·es n’est pas celui des bulletins.", "the number of voters is not that of the ballots.")
	}
}

// decide counts the urns, compares the count with the result's, and judges it.
func (x recount) decide(wrong func(fr, en string, args ...any)) (d statute.Decision, counted []statute.CollegeAttendance, err error) {
	if x.Method.Set() {
		return x.decideByRule(wrong)
	}
	differs := func() {
		wrong("le décompte n’est pas celui des bulletins.", "the count is not that of the ballots.")
	}
	if x.motion() {
		count := x.count()
		if x.Count == nil || !sameJSON(*x.Count, count) { // a motion, stated as a choice
			differs()
		}
		for _, l := range count.Colleges {
			counted = append(counted, l.CollegeAttendance)
		}
		d, err = x.rules.Judge(x.Rule, count)
		return d, counted, err
	}
	count := x.choice()
	if x.Choice == nil || !sameJSON(*x.Choice, count) {
		differs()
	}
	for _, l := range count.Colleges {
		counted = append(counted, l.CollegeAttendance)
	}
	d, err = x.rules.JudgeElection(x.Rule, count)
	return d, counted, err
}

// count is what the urns give, with the attendance of the result.
func (x recount) count() statute.Count {
	out := statute.Count{Call: x.Call, Chair: x.Chair}
	if x.Count == nil {
		return out
	}
	for _, l := range x.Count.Colleges {
		b := x.urns.of(l.College)
		out.Colleges = append(out.Colleges, statute.CollegeCount{CollegeAttendance: l.CollegeAttendance, Voters: b.voters,
			For: b.votes("for"), Against: b.votes("against"), Abstention: b.votes("abstention"), Blank: b.votes("blank"), Null: b.votes("null")})
	}
	return out
}

func (x recount) choice() statute.ElectionCount {
	out := statute.ElectionCount{Call: x.Call, Round: 1, Seats: x.Seats, Seed: x.Seed}
	for _, o := range x.Options {
		out.Candidates = append(out.Candidates, statute.Candidate{Key: o.Key, Name: o.Label, Born: o.Born})
	}
	if x.Choice == nil {
		return out
	}
	for _, l := range x.Choice.Colleges {
		b := x.urns.of(l.College)
		line := statute.CollegeChoice{CollegeAttendance: l.CollegeAttendance, Voters: b.voters, Cast: b.cast.total().Add(b.papers[ballotsKey]),
			Blank: b.votes("blank"), Null: b.votes("null"), Votes: map[string]statute.Frac{}}
		for _, o := range x.Options {
			line.Votes[o.Key] = b.votes(o.Key)
		}
		out.Colleges = append(out.Colleges, line)
	}
	return out
}

// sameDecision compares two decisions by their figures and their outcome: sentences may be worded
// otherwise by another version of the program.
func sameDecision(a, b statute.Decision) bool {
	a.Steps, b.Steps = nil, nil
	return sameJSON(a, b)
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	var v, w any
	return errX == nil && errY == nil && json.Unmarshal(x, &v) == nil && json.Unmarshal(y, &w) == nil && reflect.DeepEqual(v, w)
}

// eachRow reads the columns of a table, named in its first row, and calls fn for every other row; one to
// which it says no is a fault. A file that is missing is none here.
func (c *check) eachRow(name string, columns []string, fn func(row []string) bool) error {
	f := c.files[name]
	if f == nil {
		return nil
	}
	in, err := f.Open()
	if err != nil {
		return c.damaged(name, err)
	}
	defer in.Close()
	rows := csv.NewReader(io.LimitReader(in, largestJSON))
	rows.ReuseRecord = true
	var at []int
	for {
		row, err := rows.Read()
		var syntax *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &syntax):
			c.fault(name, "ce n’est pas le tableau attendu (ligne %v).", "it is not the table expected (line %v).", syntax.Line)
			return nil
		case err != nil:
			return c.damaged(name, err)
		case at == nil:
			for _, want := range columns {
				at = append(at, slices.Index(row, want))
			}
			if slices.Contains(at, -1) {
				c.fault(name, "il manque des colonnes.", "columns are missing.")
				return nil
			}
			continue
		}
		cells := make([]string, len(at))
		for i, n := range at {
			cells[i] = row[n]
		}
		if !fn(cells) {
			line, _ := rows.FieldPos(0)
			c.fault(name, "la ligne %v ne tient pas\u00a0: personne inconnue ou en double, ou d’autres voix que celles de la liste.", "line %v does not stand: somebody unknown or there twice, or other votes than those of the roll.", line)
		}
	}
}
