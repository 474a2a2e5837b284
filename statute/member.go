package statute

import (
	"slices"
	"strings"
	"time"
)

// MemberFacts is what the rules need to know of a member. Of Admitted only the
// date is read; its zero value is an unknown date.
type MemberFacts struct {
	College    string // key; "" where there are no colleges
	Admitted   time.Time
	Shares     int64
	PaidShares int64
	Status     string
}

// Totals is what a member's votes may depend on: the shares of all who are
// entitled, before any cap.
type Totals struct{ Shares int64 }

// College is the college of that key.
func (r Rules) College(key string) (College, bool) {
	i := slices.IndexFunc(r.Colleges, func(c College) bool { return c.Key == key })
	if i < 0 {
		return College{}, false
	}
	return r.Colleges[i], true
}

// voteRule is the rule that counts the votes of a college's members.
func (r Rules) voteRule(college string) VoteRule {
	if c, ok := r.College(college); ok && c.Votes != nil {
		return *c.Votes
	}
	return r.Votes
}

// VotesOf gives the votes of an entitled member, with the reason.
func (r Rules) VotesOf(m MemberFacts, t Totals) (Frac, Step) {
	rule := r.voteRule(m.College)
	if rule.Count != ByShares {
		return Int(1), step("votes", say{"Une personne, une voix.", "One person, one vote."}, rule.Cite, Number{"votes", Int(1)})
	}
	own := Int(m.Shares)
	held, why := own, say{}
	if limit := rule.MaxVotes; limit != nil && held.Cmp(*limit) > 0 {
		held, why = *limit, say{", plafonnées à " + votes(*limit, "fr"), ", capped at " + votes(*limit, "en")}
	}
	if rule.MaxShare != nil {
		if limit := rule.MaxShare.Mul(Int(t.Shares)); held.Cmp(limit) > 0 {
			held = limit
			why = say{", plafonnées à " + part(*rule.MaxShare, "fr", false) + " du total, soit " + votes(limit, "fr"),
				", capped at " + part(*rule.MaxShare, "en", false) + " of the total, that is " + votes(limit, "en")}
		}
	}
	return held, step("votes", say{
		"Une part, une voix" + nbsp + ": " + count(own, "fr", "part", "parts") + why.fr + ".",
		"One share, one vote: " + count(own, "en", "share", "shares") + why.en + ".",
	}, rule.Cite, Number{"shares", own}, Number{"votes", held})
}

// Entitled tells whether the member may vote in an assembly held on that date,
// and why. A rule on dates cannot be met by a member whose date is unknown.
func (r Rules) Entitled(m MemberFacts, assembly time.Time) (bool, Step) {
	e := r.Entitlement
	refuse := func(rule string, s say, c Cite) (bool, Step) { return false, step(rule, s, c) }
	college, known := r.College(m.College)
	switch {
	case len(r.Colleges) > 0 && !known:
		return refuse("entitled-college", say{"Ce membre n’est rattaché à aucun collège.", "This member belongs to no college."}, r.Counting.Cite)
	case college.Advisory:
		return refuse("entitled-advisory", sayf("Le collège %s a voix consultative"+nbsp+": il participe sans voter.",
			"The college %s is advisory: it takes part without voting.", college.Name), college.Cite)
	case len(e.Statuses) > 0 && !slices.ContainsFunc(e.Statuses, func(s string) bool {
		return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(m.Status))
	}):
		return refuse("entitled-status", sayf("Le statut «"+nbsp+"%[1]s"+nbsp+"» ne donne pas le droit de vote (il faut"+nbsp+": %[2]s).",
			"The status “%[1]s” gives no right to vote (needed: %[2]s).", m.Status, strings.Join(e.Statuses, ", ")), e.Cite)
	case e.PaidUp && m.PaidShares < m.Shares:
		return refuse("entitled-paid", sayf("Parts non entièrement libérées"+nbsp+": %[1]d sur %[2]d.",
			"Shares not fully paid: %[1]d of %[2]d.", m.PaidShares, m.Shares), e.Cite)
	case r.voteRule(m.College).Count == ByShares && m.Shares <= 0:
		return refuse("entitled-shares", say{"Aucune part" + nbsp + ": aucune voix.", "No share: no vote."}, r.voteRule(m.College).Cite)
	}
	if e.RecordDays != nil && m.Admitted.IsZero() {
		return refuse("entitled-date", say{"Date d’admission inconnue" + nbsp + ": elle est à compléter dans le registre.",
			"Unknown date of admission: complete it in the register."}, e.Cite)
	}
	days := 0
	if e.RecordDays != nil {
		days = *e.RecordDays
	}
	if last := day(assembly) - days; !m.Admitted.IsZero() && day(m.Admitted) > last {
		when := time.Unix(int64(last)*86400, 0).UTC()
		return refuse("entitled-date", say{
			"Admission trop récente" + nbsp + ": il fallait être admis·e au plus tard le " + dateText(when, "fr") + ".",
			"Admitted too recently: admission was needed by " + dateText(when, "en") + ".",
		}, e.Cite)
	}
	return true, step("entitled", say{"A le droit de vote.", "Is entitled to vote."}, e.Cite)
}

// day is the number of the civil day that t has in its own time zone.
func day(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

var monthsFr = []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func dateText(t time.Time, lang string) string {
	if lang == "en" {
		return t.Format("2 January 2006")
	}
	first := ""
	if t.Day() == 1 {
		first = "er"
	}
	return t.Format("2") + first + " " + monthsFr[t.Month()-1] + t.Format(" 2006")
}

// NoticeDecision is the judgement of a convocation's date.
type NoticeDecision struct {
	OK     bool      `json:"ok"`
	Days   int       `json:"days"`   // days of notice given
	Needed int       `json:"needed"` // days of notice the rules ask for
	Latest time.Time `json:"latest"` // last day to send, at 00:00 UTC
	Step   Step      `json:"step"`
}

// CheckNotice compares the days between sending and assembly with the notice due
// at that call (1 for the first convocation). Days are civil days, each date
// being read in its own time zone.
func (r Rules) CheckNotice(call int, sent, held time.Time) NoticeDecision {
	d := NoticeDecision{Days: day(held) - day(sent)}
	if r.Notice.Clear {
		d.Days--
	}
	if n := len(r.Notice.Calls); n > 0 {
		d.Needed = r.Notice.Calls[min(max(call, 1), n)-1]
	}
	d.OK = d.Days >= d.Needed && day(held) >= day(sent)
	d.Latest = time.Unix(int64(day(sent)+d.Days-d.Needed)*86400, 0).UTC()
	unitFr, unitEn := count(Int(int64(d.Days)), "fr", "jour", "jours"), count(Int(int64(d.Days)), "en", "day", "days")
	if r.Notice.Clear {
		unitFr, unitEn = count(Int(int64(d.Days)), "fr", "jour franc", "jours francs"), count(Int(int64(d.Days)), "en", "clear day", "clear days")
	}
	s := sayf("Convocation envoyée %[1]s avant l’assemblée"+nbsp+": le délai de %[2]d est respecté.",
		"Notice sent %[3]s before the assembly: the notice of %[2]d is kept.", unitFr, d.Needed, unitEn)
	if !d.OK {
		s = sayf("Convocation envoyée %[1]s avant l’assemblée"+nbsp+": il en fallait %[2]d, donc un envoi au plus tard le %[4]s.",
			"Notice sent %[3]s before the assembly: %[2]d were needed, so it had to go by %[5]s.",
			unitFr, d.Needed, unitEn, dateText(d.Latest, "fr"), dateText(d.Latest, "en"))
	}
	d.Step = step("notice", s, r.Notice.Cite, Number{"days", Int(int64(d.Days))}, Number{"needed", Int(int64(d.Needed))})
	return d
}
