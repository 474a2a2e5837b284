package statute

import (
	"crypto/sha256"
	"slices"
	"testing"
)

// boxes are one college's ballots in which everybody who votes is present.
func boxes(college string, entitled, cast, blank int64, votes map[string]Frac) CollegeChoice {
	n := cast + blank
	return CollegeChoice{
		CollegeAttendance: CollegeAttendance{College: college, EntitledMembers: int(entitled), PresentMembers: int(n), EntitledVotes: Int(entitled), PresentVotes: Int(n)},
		Voters:            int(n), Cast: Int(cast), Blank: Int(blank), Votes: votes,
	}
}

func tallies(pairs ...any) map[string]Frac {
	m := map[string]Frac{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = Int(int64(pairs[i+1].(int)))
	}
	return m
}

func people(keys ...string) []Candidate {
	var cs []Candidate
	for i, k := range keys {
		cs = append(cs, Candidate{Key: k, Name: upper(k), Born: []string{"1970-05-01", "1962-03-09", "1981-12-31", "1962-03-09"}[i%4]})
	}
	return cs
}

// boardCount is a first round by weighted colleges for two seats.
func boardCount() ElectionCount {
	return ElectionCount{
		Call: 1, Round: 1, Seats: 2, Candidates: people("amina", "bruno", "chloé"),
		Colleges: []CollegeChoice{
			boxes("salaries", 100, 50, 0, tallies("amina", 40, "bruno", 20, "chloé", 10)),
			boxes("usagers", 100, 40, 2, tallies("amina", 10, "bruno", 30, "chloé", 10)),
			boxes("partenaires", 20, 10, 0, tallies("bruno", 5, "chloé", 8)),
		},
	}
}

func TestWeightedElection(t *testing.T) {
	d, err := template(t, SCIC).JudgeElection("administrateurs", boardCount())
	if err != nil {
		t.Fatal(err)
	}
	// amina 1/2·4/5 + 3/10·1/4 = 19/40 ; bruno 1/2·2/5 + 3/10·3/4 + 1/5·1/2 = 21/40 ;
	// chloé 1/2·1/5 + 3/10·1/4 + 1/5·4/5 = 67/200. Only bruno passes one half.
	want := []Rank{{"bruno", Int(55), Ratio(21, 40), true}, {"amina", Int(50), Ratio(19, 40), false}, {"chloé", Int(28), Ratio(67, 200), false}}
	for i, w := range want {
		g := d.Ranking[i]
		if g.Candidate != w.Candidate || g.Votes.Cmp(w.Votes) != 0 || g.Score.Cmp(w.Score) != 0 || g.Elected != w.Elected {
			t.Errorf("rank %d: %+v", i+1, g)
		}
	}
	if d.Outcome != Runoff || d.Open != 1 || !slices.Equal(d.Elected, []string{"bruno"}) {
		t.Errorf("%s, %d open, %v", d.Outcome, d.Open, d.Elected)
	}
	second := boardCount()
	second.Round, second.Seats = 2, 1
	second.Candidates = second.Candidates[:1:1]
	for i := range second.Colleges {
		second.Colleges[i].Votes = tallies("amina", 1)
	}
	if d, err = template(t, SCIC).JudgeElection("administrateurs", second); err != nil || d.Outcome != Elected {
		t.Errorf("second round: %s %v", d.Outcome, err)
	}
}

func TestElectionTies(t *testing.T) {
	rules := func(tie Tie, options bool) Rules {
		r := Rules{Kind: Association, Elections: []Election{{Key: "e", Name: "E", Tie: tie, Options: options}}}
		r.setDefaults()
		return r
	}
	lot := []string{"ada", "cléo"}
	slices.SortFunc(lot, func(a, b string) int {
		x, y := sha256.Sum256([]byte("graine|"+a)), sha256.Sum256([]byte("graine|"+b))
		return slices.Compare(x[:], y[:])
	})
	tied := tallies("ada", 5, "béa", 9, "cléo", 5, "dov", 2)
	for _, c := range []struct {
		name    string
		r       Rules
		seats   int
		seed    string
		votes   map[string]Frac
		outcome Outcome
		elected []string
		tied    []string
	}{
		{"no tie", rules(TieNone, false), 1, "", tied, Elected, []string{"béa"}, nil},
		{"tie above the cut", rules(TieNone, false), 3, "", tied, Elected, []string{"béa", "ada", "cléo"}, nil},
		{"tie, no rule", rules(TieNone, false), 2, "", tied, Tied, []string{"béa"}, []string{"ada", "cléo"}},
		{"tie, older", rules(TieOlder, false), 2, "", tied, Elected, []string{"béa", "ada"}, nil},
		{"tie, born the same day", rules(TieOlder, false), 1, "", tallies("béa", 4, "dov", 4), Tied, nil, []string{"béa", "dov"}},
		{"tie, lot", rules(TieLot, false), 2, "graine", tied, Elected, []string{"béa", lot[0]}, nil},
		{"tie, lot without seed", rules(TieLot, false), 2, "", tied, Tied, []string{"béa"}, []string{"ada", "cléo"}},
		{"more seats than votes", rules(TieNone, true), 4, "", tallies("ada", 5, "béa", 1), Runoff, []string{"ada", "béa"}, nil},
		{"nobody votes", rules(TieNone, true), 1, "", nil, Runoff, nil, nil},
		{"all tied", rules(TieNone, false), 1, "", tallies("ada", 3, "béa", 3, "cléo", 3, "dov", 3), Tied, nil, []string{"ada", "béa", "cléo", "dov"}},
	} {
		d, err := c.r.JudgeElection("e", ElectionCount{Call: 1, Round: 1, Seats: c.seats, Candidates: people("ada", "béa", "cléo", "dov"),
			Seed: c.seed, Colleges: []CollegeChoice{boxes("", 20, 12, 1, c.votes)}})
		if err != nil || d.Outcome != c.outcome || !slices.Equal(d.Elected, c.elected) || !slices.Equal(d.Tied, c.tied) || d.Open != c.seats-len(c.elected) {
			t.Errorf("%s: %s %v tied %v open %d %v\n%s", c.name, d.Outcome, d.Elected, d.Tied, d.Open, err, d.Text("fr"))
		}
	}
}

func TestBadElectionCounts(t *testing.T) {
	r := template(t, Association)
	good := ElectionCount{Call: 1, Round: 1, Seats: 1, Candidates: people("ada"), Colleges: []CollegeChoice{boxes("", 9, 3, 0, tallies("ada", 3))}}
	if _, err := r.JudgeElection("conseil", good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*ElectionCount){
		"no seat":             func(c *ElectionCount) { c.Seats = 0 },
		"no candidate":        func(c *ElectionCount) { c.Candidates = nil },
		"candidate twice":     func(c *ElectionCount) { c.Candidates = append(people("ada"), people("ada")...) },
		"stranger has votes":  func(c *ElectionCount) { c.Colleges = []CollegeChoice{boxes("", 9, 3, 0, tallies("bob", 1))} },
		"more than ballots":   func(c *ElectionCount) { c.Colleges = []CollegeChoice{boxes("", 9, 3, 0, tallies("ada", 4))} },
		"more than attending": func(c *ElectionCount) { c.Colleges[0].Null = Int(1) },
	} {
		bad := good
		bad.Colleges = slices.Clone(good.Colleges)
		spoil(&bad)
		if _, err := r.JudgeElection("conseil", bad); err == nil {
			t.Errorf("%s: judged", name)
		}
	}
	if _, err := r.JudgeElection("statuts", good); err == nil {
		t.Error("a motion is judged as an election")
	}
}
