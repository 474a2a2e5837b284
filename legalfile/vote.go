package legalfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// resolution is a line of resolutions.json.
type resolution struct {
	ID      int64
	Series  int64
	Number  int
	Form    string
	Seats   int
	Chair   string
	Seed    string
	Method  rule.Rule
	Options []rule.Option
}

func (r resolution) subject() string { return fmt.Sprintf("resolution/%d", r.ID) }

func (r resolution) motion() bool { return r.Form == "motion" }

// result is a line of results.json.
type result struct {
	Resolution int64                  `json:"resolution"`
	Number     int                    `json:"number"`
	Form       string                 `json:"form"`
	Rule       string                 `json:"rule"`
	Call       int                    `json:"call"`
	Decision   statute.Decision       `json:"decision"`
	Count      *statute.Count         `json:"count"`
	Choice     *statute.ElectionCount `json:"choice"`
	Counted    json.RawMessage        `json:"counted"`
	Colleges   []collegeVoters        `json:"colleges"`
	Online     int                    `json:"online"`
	ByProxy    int                    `json:"by_proxy"`
	Paper      int                    `json:"paper"`
	Electors   int                    `json:"electors"`
}

// collegeVoters is a college's attendance, and how many of it voted, in a count by a rule.
type collegeVoters struct {
	statute.CollegeAttendance
	Voters int `json:"voters"`
}

// paperVoter and paperCount are lines of paper-voters.json and paper-counts.json.
type paperVoter struct {
	Member         int64
	College, Votes string
}

type paperCount struct {
	Resolution int64
	College    string
	Scrutineer int64
	Figures    map[string]statute.Frac
}

// elector is a line of the roll.
type elector struct {
	member         int64
	college, votes string
}

// roll is the electoral roll: by number, and by college how many there are and with how many votes.
type roll struct {
	byNumber map[string]elector
	members  map[string]int
	votes    map[string]statute.Frac
}

// cast is a ballot as the journal has it.
type cast struct {
	Choice  string `json:"choice"`
	Votes   string `json:"votes"`
	ByProxy bool   `json:"by_proxy"`
	receipt string
}

// series is one series of the file.
type series struct {
	folder      string
	resolutions []resolution
	results     []result
	raw         []any // the results as they stand, to be compared with the journal
	voters      []paperVoter
	counts      []paperCount
	papers      map[string]bool         // colleges with paper voters
	byPlace     map[string][]paperCount // the counts by resolution and college
}

// What a series may hold at most, so that a file made to be slow is not.
const (
	mostResolutions = 10_000
	mostCounts      = 50 // by resolution and college
)

var seriesFile = regexp.MustCompile(`^vote/series-[0-9]+/`)

// votes checks the ballots against the journal and the results against the ballots.
func (c *check) votes() error {
	voters, err := c.roll()
	if err != nil {
		return err
	}
	folders := map[string]bool{}
	for name := range c.files {
		if f := seriesFile.FindString(name); f != "" {
			folders[f] = true
		}
	}
	if len(folders) == 0 {
		c.unchecked("", "Le dossier n’a pas de vote.", "The file has no vote.")
		return nil
	}
	var all []series
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		s, err := c.readSeries(folder)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	j := c.replay(all)
	if err := c.checkStatutes(j); err != nil {
		return err
	}
	attended, err := c.attendance()
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := c.checkSeries(s, voters, j, attended); err != nil {
			return err
		}
	}
	c.unchecked("", "Les convocations, les pouvoirs et les documents sont couverts par leur empreinte\u00a0; leur contenu n’est pas comparé au journal.",
		"Convocations, proxies and documents are covered by their hashes; what they say is not compared with the journal.")
	return nil
}

func (c *check) readSeries(folder string) (series, error) {
	s := series{folder: folder}
	for name, v := range map[string]any{"resolutions.json": &s.resolutions, "results.json": &s.results, "paper-voters.json": &s.voters, "paper-counts.json": &s.counts} {
		if _, err := c.decode(folder+name, v); err != nil {
			return s, err
		}
	}
	if _, err := c.decode(folder+"results.json", &s.raw); err != nil {
		return s, err
	}
	if len(s.resolutions) > mostResolutions {
		c.fault(folder+"resolutions.json", "il y a plus de %v résolutions.", "there are more than %v resolutions.", mostResolutions)
		s.resolutions, s.results = nil, nil
	}
	s.papers, s.byPlace = map[string]bool{}, map[string][]paperCount{}
	for _, v := range s.voters {
		s.papers[v.College] = true
	}
	for _, p := range s.counts {
		key := placeKey(p.Resolution, p.College)
		if s.byPlace[key] = append(s.byPlace[key], p); len(s.byPlace[key]) == mostCounts+1 {
			c.fault(folder+"paper-counts.json", "un même vote a plus de %v comptes.", "one vote has more than %v counts.", mostCounts)
			s.counts, s.byPlace = nil, nil
			break
		}
	}
	return s, nil
}

// roll reads the electoral roll, and compares it with what the journal says was drawn up.
func (c *check) roll() (roll, error) {
	out := roll{map[string]elector{}, map[string]int{}, map[string]statute.Frac{}}
	all, piles := pile{}, map[string]pile{}
	err := c.eachRow(RollName, []string{"number", "member", "college", "votes"}, func(row []string) bool {
		member, err := strconv.ParseInt(row[1], 10, 64)
		if _, twice := out.byNumber[row[0]]; twice || err != nil || !all.add(row[3]) {
			return false
		}
		out.byNumber[row[0]] = elector{member, row[2], row[3]}
		out.members[row[2]]++
		if piles[row[2]] == nil {
			piles[row[2]] = pile{}
		}
		piles[row[2]].add(row[3])
		return true
	})
	for college, p := range piles {
		out.votes[college] = p.total()
	}
	if err == nil && c.files[RollName] != nil {
		c.checkDrawn(len(out.byNumber), all.total())
	}
	return out, err
}

// checkDrawn compares the roll with the last that the journal says was drawn up.
func (c *check) checkDrawn(electors int, votes statute.Frac) {
	for _, e := range slices.Backward(c.events) {
		if !e.is("electorate.roll_drawn") {
			continue
		}
		var p struct {
			Electors int    `json:"electors"`
			Votes    string `json:"votes"`
		}
		var drawn statute.Frac
		err := json.Unmarshal([]byte(*e.Payload), &p)
		if err == nil {
			drawn, err = statute.ParseFrac(p.Votes)
		}
		if err != nil || p.Electors != electors || drawn.Cmp(votes) != 0 {
			c.fault(RollName, "ce n’est pas la liste que le journal a arrêtée (place %v).", "it is not the roll that the journal drew up (place %v).", e.Seq)
		} else {
			c.pass(RollName, "%v inscrit·es et leurs voix, comme le journal l’a arrêté.", "%v electors and their votes, as the journal drew it up.", electors)
		}
		return
	}
	c.unchecked(RollName, "Le journal du dossier ne dit pas quand la liste a été arrêtée.", "The journal of the file does not say when the roll was drawn up.")
}

// attendance is that of the sheet the bureau signed; nil without one.
func (c *check) attendance() (*statute.Attendance, error) {
	var sheet struct {
		Attendance statute.Attendance `json:"attendance"`
	}
	ok, err := c.decode(AttendanceName, &sheet)
	if !ok {
		return nil, err
	}
	return &sheet.Attendance, nil
}

// checkSeries checks one series: the papers, the ballots, then each result.
func (c *check) checkSeries(s series, voters roll, j *replayed, attended *statute.Attendance) error {
	c.checkPapers(s, j)
	read := map[int]bool{}
	for _, r := range s.resolutions {
		if read[r.Number] {
			c.fault(s.folder+"resolutions.json", "deux résolutions ont le n° %v.", "two resolutions have no. %v.", r.Number)
			continue
		}
		read[r.Number] = true
		urns, err := c.checkBallots(s, r, voters, j)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.results, func(res result) bool { return res.Resolution == r.ID })
		if i < 0 || i >= len(s.raw) {
			if _, ok := j.results[r.ID]; ok {
				c.fault(s.folder+"results.json", "le résultat de la résolution %v est au journal mais n’est pas dans le dossier.", "the result of resolution %v is in the journal but not in the file.", r.Number)
			} else {
				c.unchecked(s.folder+"results.json", "La résolution %v n’a pas encore de résultat.", "Resolution %v has no result yet.", r.Number)
			}
			continue
		}
		if urns == nil {
			continue
		}
		rules, err := c.rulesAt(j, j.results[r.ID].seq)
		if err != nil {
			return err
		}
		c.checkResult(recount{s, r, s.results[i], s.raw[i], urns, voters, rules, j, attended})
	}
	if len(s.resolutions) == 0 && len(s.results) > 0 {
		c.fault(s.folder+"results.json", "il a des résultats sans résolutions.", "it has results without resolutions.")
	}
	return nil
}

// same tells whether two JSON values say the same, whatever their spaces and the order of their fields.
func same(a json.RawMessage, b any) bool {
	var v any
	return json.Unmarshal(a, &v) == nil && reflect.DeepEqual(v, b)
}
