package statute

import (
	"fmt"
	"regexp"
	"slices"
)

// Check finds what contradicts itself in the rules, what goes against the law of
// the organisation's kind, and what deserves a look. The findings come in the
// order of the file's sections. Sources of law are cited in the sentences; those
// marked "à vérifier" are to be confirmed by the organisation's lawyer.
func (r Rules) Check() []Finding {
	c := checker{Rules: r}
	c.oneOf("kind", string(r.Kind), string(SCIC), string(SCOP), string(Association), string(Collective))
	c.votes("votes", r.Votes)
	c.colleges()
	c.counting()
	c.quorums()
	c.motions()
	c.elections()
	c.proxies()
	c.others()
	return c.findings
}

type checker struct {
	Rules
	findings []Finding
}

func (c *checker) add(sev Severity, key string, s say) {
	c.findings = append(c.findings, Finding{sev, key, c.line(key), s.fr, s.en})
}

// line is that of the key, or of the nearest table around it.
func (c *checker) line(key string) int {
	for {
		if n := c.lines[key]; n > 0 {
			return n
		}
		i := len(key) - 1
		for i >= 0 && key[i] != '.' {
			i--
		}
		if i < 0 {
			return 0
		}
		key = key[:i]
	}
}

func (c *checker) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		var quoted []string
		for _, a := range allowed {
			quoted = append(quoted, `"`+a+`"`)
		}
		c.add(Error, key, sayf("«"+nbsp+"%[1]s"+nbsp+"» n’est pas possible ici"+nbsp+": choisir entre %[2]s.",
			"“%[1]s” is not possible here: choose among %[3]s.", value, list(quoted, "fr"), list(quoted, "en")))
	}
}

// fraction wants f between zero and one; zero only if it may be.
func (c *checker) fraction(key string, f Frac, zero bool) {
	if f.Sign() < 0 || f.Sign() == 0 && !zero || f.Cmp(Int(1)) > 0 {
		c.add(Error, key, sayf("%[1]s"+nbsp+": il faut une fraction entre 0 et 1 (100"+narrow+"%%).", "%[1]s: a fraction between 0 and 1 (100%%) is needed.", f.String()))
	}
}

var keyShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// key checks the key of an element and that it is not taken.
func (c *checker) key(path, key, name string, taken map[string]bool) {
	switch {
	case !keyShape.MatchString(key):
		c.add(Error, path+".key", sayf("La clé «"+nbsp+"%[1]s"+nbsp+"» doit être faite de lettres minuscules sans accent, de chiffres et de tirets.",
			"The key “%[1]s” must be made of plain lower-case letters, digits and dashes.", key))
	case taken[key]:
		c.add(Error, path+".key", sayf("La clé «"+nbsp+"%[1]s"+nbsp+"» sert déjà.", "The key “%[1]s” is already used.", key))
	}
	taken[key] = true
	if name == "" {
		c.add(Error, path+".name", say{"Il manque un nom, que les membres liront.", "A name is missing, which members will read."})
	}
}

func (c *checker) votes(path string, v VoteRule) {
	c.oneOf(path+".count", string(v.Count), string(ByMember), string(ByShares))
	if v.Count == ByMember && (v.MaxVotes != nil || v.MaxShare != nil) {
		c.add(Warning, path, say{"Un plafond de voix est prévu, mais chaque membre n’a qu’une voix" + nbsp + ": il ne sert pas.",
			"A cap on votes is set, but each member has one vote: it has no effect."})
	}
	if v.MaxVotes != nil && v.MaxVotes.Sign() <= 0 {
		c.add(Error, path+".max_votes", say{"Ce plafond ne laisse aucune voix.", "This cap leaves no vote."})
	}
	if v.MaxShare != nil {
		c.fraction(path+".max_share", *v.MaxShare, false)
	}
	if v.Count == ByShares && (c.Kind == SCIC || c.Kind == SCOP) {
		c.add(Error, path+".count", say{
			"Dans une coopérative, chaque membre a une voix, quel que soit son capital (loi n° 47-1775, art. 1er et 9).",
			"In a cooperative each member has one vote, whatever the capital held (loi n° 47-1775, art. 1er and 9)."})
	}
}

func (c *checker) colleges() {
	taken := map[string]bool{}
	var total Frac
	weighted, voting := 0, 0
	for i, college := range c.Colleges {
		path := fmt.Sprintf("colleges[%d]", i+1)
		c.key(path, college.Key, college.Name, taken)
		if college.Votes != nil {
			c.votes(path+".votes", *college.Votes)
		}
		if college.Advisory {
			if college.Weight != nil {
				c.add(Error, path+".weight", say{"Un collège à voix consultative n’a pas de poids.", "An advisory college has no weight."})
			}
			continue
		}
		voting++
		if college.Weight == nil {
			continue
		}
		weighted++
		total = total.Add(*college.Weight)
		c.fraction(path+".weight", *college.Weight, false)
		if c.Kind == SCIC && (college.Weight.Cmp(Ratio(1, 10)) < 0 || college.Weight.Cmp(Ratio(1, 2)) > 0) {
			c.add(Error, path+".weight", sayf(
				"Le collège %[1]s pèse %[2]s"+nbsp+": dans une SCIC, un collège a entre 10"+narrow+"%% et 50"+narrow+"%% des droits de vote (loi n° 47-1775, art. 19 octies, à vérifier).",
				"The college %[1]s weighs %[3]s: in a SCIC a college has between 10%% and 50%% of the voting rights (loi n° 47-1775, art. 19 octies, to be verified).",
				college.Name, FormatPercent(*college.Weight, "fr", Ratio(1, 10), Ratio(1, 2)), FormatPercent(*college.Weight, "en", Ratio(1, 10), Ratio(1, 2))))
		}
	}
	switch {
	case len(c.Colleges) > 0 && voting == 0:
		c.add(Error, "colleges", say{"Aucun collège ne vote.", "No college votes."})
	case weighted > 0 && weighted < voting:
		c.add(Error, "colleges", say{"Certains collèges ont un poids et d’autres non" + nbsp + ": en donner à tous ou à aucun.",
			"Some colleges have a weight and others do not: give one to all or to none."})
	case weighted > 0 && total.Cmp(Int(1)) != 0:
		c.add(Error, "colleges", sayf("Les poids des collèges font %[1]s au lieu de 100"+narrow+"%%.", "The weights of the colleges add up to %[2]s instead of 100%%.",
			FormatPercent(total, "fr", Int(1)), FormatPercent(total, "en", Int(1))))
	}
	if c.Kind == SCIC && voting > 0 && voting < 3 {
		c.add(Warning, "colleges", say{
			"Une SCIC qui s’organise en collèges en a au moins trois (loi n° 47-1775, art. 19 octies, à vérifier).",
			"A SCIC organised in colleges has at least three (loi n° 47-1775, art. 19 octies, to be verified)."})
	}
}

// combine checks a way of bringing colleges together against the colleges there are.
func (c *checker) combine(path string, how Combine) {
	c.oneOf(path, string(how), string(Pooled), string(Weighted), string(Each))
	weights := slices.ContainsFunc(c.Colleges, func(k College) bool { return k.Weight != nil })
	switch {
	case how != Pooled && len(c.Colleges) == 0:
		c.add(Error, path, say{"Cette règle compte par collège, mais il n’y a pas de collège.", "This rule counts by college, but there are no colleges."})
	case how == Weighted && !weights:
		c.add(Error, path, say{"Cette règle pondère les collèges, mais aucun n’a de poids.", "This rule weighs the colleges, but none has a weight."})
	case how != Weighted && weights:
		c.add(Note, path, say{"Les collèges ont un poids, mais cette règle ne s’en sert pas.", "The colleges have weights, but this rule does not use them."})
	}
}

func (c *checker) counting() {
	c.combine("counting.colleges", c.Counting.Colleges)
	c.oneOf("counting.empty", string(c.Counting.Empty), string(Redistribute), string(Nothing))
	c.oneOf("counting.silent", string(c.Counting.Silent), string(Redistribute), string(Nothing))
}

func (c *checker) quorums() {
	taken := map[string]bool{}
	for i, q := range c.Quorums {
		path := fmt.Sprintf("quorums[%d]", i+1)
		c.key(path, q.Key, q.Key, taken)
		c.oneOf(path+".of", string(q.Of), string(OfMembers), string(OfVotes))
		c.oneOf(path+".presence", string(q.Presence), string(PresentOnly), string(Represented))
		if len(q.Calls) == 0 {
			c.add(Error, path+".calls", say{"Il manque la fraction demandée à la première convocation.", "The fraction asked for at the first call is missing."})
		}
		for n, f := range q.Calls {
			c.fraction(path+".calls", f, true)
			if n > 0 && f.Cmp(q.Calls[n-1]) > 0 {
				c.add(Error, path+".calls", sayf("La convocation n° %[1]d demande un quorum plus élevé que la précédente"+nbsp+": l’assemblée pourrait ne jamais délibérer.",
					"Call %[1]d asks for a higher quorum than the one before: the assembly might never decide.", n+1))
			}
		}
		if q.Each && len(c.Colleges) == 0 {
			c.add(Error, path+".each", say{"Ce quorum se compte par collège, mais il n’y a pas de collège.", "This quorum is counted by college, but there are no colleges."})
		}
	}
}

func (c *checker) quorumKey(path, key string) {
	if key != "" && !slices.ContainsFunc(c.Quorums, func(q Quorum) bool { return q.Key == key }) {
		c.add(Error, path, sayf("Le quorum «"+nbsp+"%[1]s"+nbsp+"» n’est pas défini.", "The quorum “%[1]s” is not defined.", key))
	}
}

func (c *checker) motions() {
	if len(c.Motions) == 0 && len(c.Elections) == 0 {
		c.add(Error, "motions", say{"Ces règles ne permettent aucune décision.", "These rules allow no decision."})
	}
	taken := map[string]bool{}
	for i, m := range c.Motions {
		path := fmt.Sprintf("motions[%d]", i+1)
		c.key(path, m.Key, m.Name, taken)
		c.quorumKey(path+".quorum", m.Quorum)
		c.oneOf(path+".of", string(m.Of), string(OfCast), string(OfAttending), string(OfEntitled))
		c.oneOf(path+".tie", string(m.Tie), string(TieRejected), string(TieChair))
		c.combine(path+".colleges", m.Colleges)
		c.majority(path, m)
	}
}

func (c *checker) majority(path string, m Motion) {
	t, err := m.Majority.threshold(m.Strict)
	if err != nil {
		c.add(Error, path+".majority", sayf(`«`+nbsp+`%[1]s`+nbsp+`» n’est pas une majorité`+nbsp+`: "simple", "absolute" ou une fraction comme "2/3".`,
			`“%[1]s” is not a majority: "simple", "absolute" or a fraction like "2/3".`, m.Majority))
		return
	}
	half := t.share.Cmp(Ratio(1, 2))
	switch {
	case !t.simple && (half < 0 || half == 0 && !t.strict):
		c.add(Error, path+".majority", say{
			"Avec cette majorité, le pour et le contre pourraient gagner tous les deux" + nbsp + `: il faut plus de la moitié ("absolute").`,
			`With this majority both for and against could win: more than half is needed ("absolute").`})
	case t.share.Cmp(Int(1)) > 0 || t.share.Cmp(Int(1)) == 0 && t.strict:
		c.add(Error, path+".majority", say{"Cette majorité ne peut jamais être atteinte.", "This majority can never be reached."})
	}
	if m.Tie == TieChair && (m.Colleges == Each || !t.simple && half != 0) {
		c.add(Warning, path+".tie", say{"Cette majorité ne connaît pas de partage" + nbsp + ": la voix de la présidence ne servira pas.",
			"This majority knows no tie: the chair’s vote will not serve."})
	}
	if m.Of != OfCast && (m.Blank || m.Abstention) {
		c.add(Note, path+".of", say{"Abstentions et votes blancs sont de toute façon dans ce total" + nbsp + ": les mentionner ne change rien.",
			"Abstentions and blank votes are in this total anyway: naming them changes nothing."})
	}
	if m.Article == "" && m.Source == "" {
		c.add(Note, path, say{"Aucun article n’est cité" + nbsp + ": les membres ne sauront pas d’où vient cette règle.",
			"No article is cited: members will not know where this rule comes from."})
	}
}

func (c *checker) elections() {
	taken := map[string]bool{}
	for _, m := range c.Motions {
		taken[m.Key] = true
	}
	for i, e := range c.Elections {
		path := fmt.Sprintf("elections[%d]", i+1)
		c.key(path, e.Key, e.Name, taken)
		c.quorumKey(path+".quorum", e.Quorum)
		c.oneOf(path+".tie", string(e.Tie), string(TieOlder), string(TieLot), string(TieNone))
		c.combine(path+".colleges", e.Colleges)
		if e.Colleges == Each {
			c.add(Error, path+".colleges", say{"Une élection ne se décide pas par l’accord de chaque collège" + nbsp + `: "pooled" ou "weighted".`,
				`An election is not decided by the agreement of each college: "pooled" or "weighted".`})
		}
		if e.Options && e.Tie == TieOlder {
			c.add(Error, path+".tie", say{"Des options n’ont pas d’âge" + nbsp + ": choisir une autre règle d’égalité.", "Options have no age: choose another rule for ties."})
		}
		if e.AbsoluteRounds < 0 {
			c.add(Error, path+".absolute_rounds", say{"Un nombre de tours ne peut pas être négatif.", "A number of rounds cannot be negative."})
		}
	}
}

func (c *checker) proxies() {
	p := c.Proxies
	c.oneOf("proxies.holder", string(p.Holder), string(HolderEntitled), string(HolderMember), string(HolderAnyone))
	c.oneOf("proxies.blank", string(p.Blank), string(BlankChair), string(BlankRefused))
	c.oneOf("proxies.withdraw_until", string(p.WithdrawUntil), string(UntilOpens), string(UntilUsed))
	if p.MaxVotes != nil {
		c.fraction("proxies.max_votes", *p.MaxVotes, false)
	}
	if p.SameCollege && len(c.Colleges) == 0 {
		c.add(Error, "proxies.same_college", say{"Le même collège est demandé, mais il n’y a pas de collège.", "The same college is asked for, but there are no colleges."})
	}
	if p.SameCollege && p.Holder == HolderAnyone {
		c.add(Error, "proxies.same_college", say{"Une personne qui n’est pas membre n’a pas de collège" + nbsp + ": ces deux règles se contredisent.",
			"Someone who is not a member has no college: these two rules contradict each other."})
	}
	if !p.Allowed {
		return
	}
	switch {
	case p.MaxNumber != nil && *p.MaxNumber <= 0:
		c.add(Error, "proxies.max_number", say{"Les pouvoirs sont admis, mais personne ne peut en recevoir" + nbsp + ": mettre au moins 1, ou allowed = false.",
			"Proxies are allowed but nobody may hold one: put at least 1, or allowed = false."})
	case p.MaxNumber == nil && p.MaxVotes == nil:
		c.add(Warning, "proxies", say{"Une seule personne pourrait détenir tous les pouvoirs" + nbsp + ": aucun plafond n’est prévu.",
			"One person could hold all the proxies: no cap is set."})
	}
	if c.Kind == SCOP && (p.MaxVotes == nil || p.MaxVotes.Cmp(Ratio(1, 20)) > 0) {
		c.add(Warning, "proxies.max_votes", say{
			"Dans une SCOP, une personne ne peut représenter plus d’un vingtième des associé·es, ou plus d’une voix quand ils sont moins de vingt (loi n° 78-763, art. 14, à vérifier).",
			"In a SCOP nobody may represent more than a twentieth of the members, or more than one vote when there are fewer than twenty (loi n° 78-763, art. 14, to be verified)."})
	}
	if c.Kind == SCOP && p.Holder == HolderAnyone {
		c.add(Error, "proxies.holder", say{"Dans une SCOP, on ne peut être représenté·e que par un·e associé·e (loi n° 78-763, art. 14, à vérifier).",
			"In a SCOP only a member may represent a member (loi n° 78-763, art. 14, to be verified)."})
	}
}

// legalNotice is the notice by default in cooperatives with share capital, first
// and later calls (code de commerce, art. R. 225-69; 15 days too in art. R. 223-20).
var legalNotice = []int{15, 10}

func (c *checker) others() {
	for i, d := range c.Notice.Calls {
		switch legal := legalNotice[min(i, 1)]; {
		case d < 0:
			c.add(Error, "notice.calls", say{"Un délai ne peut pas être négatif.", "A notice cannot be negative."})
		case (c.Kind == SCIC || c.Kind == SCOP) && d < legal:
			c.add(Warning, "notice.calls", sayf("Le délai de convocation est de %[1]d jours"+narrow+"; la règle légale par défaut est de %[2]d (code de commerce, art. R. 225-69).",
				"The notice is %[1]d days; the legal default is %[2]d (code de commerce, art. R. 225-69).", d, legal))
		case d == 0:
			c.add(Warning, "notice.calls", say{"Aucun délai de convocation" + nbsp + ": des membres pourraient l’apprendre trop tard.", "No notice period: members could learn of it too late."})
		}
	}
	if len(c.Notice.Calls) == 0 {
		c.add(Warning, "notice", say{"Aucun délai de convocation n’est prévu.", "No notice period is set."})
	}
	if d := c.Entitlement.RecordDays; d != nil && *d < 0 {
		c.add(Error, "entitlement.record_days", say{"Un nombre de jours ne peut pas être négatif.", "A number of days cannot be negative."})
	}
	c.oneOf("ballot.results", string(c.Ballot.Results), string(ResultsEach), string(ResultsSeries))
	if c.Ballot.Disclosure < 2 && len(c.Colleges) > 0 {
		c.add(Warning, "ballot.disclosure", say{"Sans seuil de discrétion, le détail d’un petit collège peut révéler le choix d’une personne.",
			"Without a disclosure threshold, a small college’s figures can reveal a person's choice."})
	}
	if c.Minutes.Approvals < 1 {
		c.add(Warning, "minutes.approvals", say{"Personne n’approuve le procès-verbal.", "Nobody approves the minutes."})
	}
}
