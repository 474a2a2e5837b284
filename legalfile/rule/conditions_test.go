package rule

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/statute"
)

// Ada needs three times as many votes before Dan as after, and has five for two; Bob needs nine votes
// before Dan, counted in halves as the ballots are.
func TestConditions(t *testing.T) {
	r := of("schulze")
	r.Conditions = &Conditions{Default: "o4", Of: map[string]Condition{"o1": {Ratio: statute.Int(3)}, "o2": {Quorum: statute.Int(9)}}}
	if f := r.Validate(four, 1); len(f) > 0 {
		t.Fatal(f)
	}
	names := Names(four)
	for _, c := range []struct{ third, wins, dropped string }{
		{"o4>o3*1/2", names[2], names[0] + "majority " + names[1] + "quorum"},
		{"o4>o3*50", names[3], names[0] + "majority " + names[1] + "quorum " + names[2] + "majority"},
	} {
		box := cast(t, r, "o1>o2>o3>o4*5", "o4>o1*3/2", c.third, "blank*4")
		counted, err := r.Count(four, 1, []Box{box}, Draw{})
		if err != nil || !slices.Equal(counted.Tally.Winners, []string{c.wins}) {
			t.Errorf("%v %v", counted.Tally.Winners, err)
		}
		var dropped []string
		for _, d := range counted.Dropped() {
			dropped = append(dropped, d.Option+d.Reason)
		}
		if got := strings.Join(dropped, " "); got != c.dropped {
			t.Errorf("dropped %s, want %s", got, c.dropped)
		}
		want := "--default '" + names[3] + "' --majority '" + names[0] + "=3' --quorum '" + names[1] + "=18' f.cvotes"
		if got := counted.Command("f.cvotes"); counted.Unit != 2 || !strings.HasSuffix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
		kept, _ := json.Marshal(counted)
		var read Counted
		if err := json.Unmarshal(kept, &read); err != nil || read.Rule.Conditions.Of["o2"].Quorum.Cmp(statute.Int(9)) != 0 {
			t.Errorf("%v: %s", err, kept)
		}
	}
}

func TestConditionsThatCannotBe(t *testing.T) {
	for key, c := range map[string]Conditions{
		"vote.method.default_missing": {Of: map[string]Condition{"o1": {Quorum: statute.Int(3)}}},
		"vote.method.default_unknown": {Default: "o9"},
		"vote.method.default_asked":   {Default: "o1", Of: map[string]Condition{"o1": {Quorum: statute.Int(3)}}},
		"vote.method.quorum_range":    {Default: "o1", Of: map[string]Condition{"o2": {Quorum: statute.Int(-3)}}},
		"vote.method.ratio_range":     {Default: "o1", Of: map[string]Condition{"o2": {Ratio: statute.Ratio(1, 2)}}},
	} {
		r := of("copeland")
		r.Conditions = &c
		if e := r.Validate(four, 1)["conditions"]; e == nil || e.Key != key {
			t.Errorf("%+v: %v, want %s", c, e, key)
		}
	}
	r := of("minimax")
	r.Conditions = &Conditions{Default: "o1"}
	if e := r.Validate(four, 2)["conditions"]; e == nil || e.Key != "vote.method.conditions_seats" {
		t.Errorf("two seats: %v", e)
	}
	for _, m := range Methods() {
		r := Rule{Name: m.Name, Conditions: &Conditions{Default: "o1"}}.Clean()
		if duels := slices.Contains([]string{"schulze", "ranked-pairs", "minimax", "copeland"}, m.Name); duels != (r.Conditions != nil) {
			t.Errorf("%s has conditions: %t", m.Name, !duels)
		}
	}
}

// Every rule that chooses between options weighs colleges: one worker's ballot, of three quarters of
// the whole, outweighs three users'.
func TestCollegesUnderEveryRule(t *testing.T) {
	said := map[Family][2]string{
		Approve: {"o1", "o2"}, One: {"o1", "o2"}, Rank: {"o1>o3", "o2>o4"}, Grade: {"o1:5,o2:0", "o1:0,o2:5"},
		Score: {"o1:5,o2:0", "o1:0,o2:5"}, Dots: {"o1:10", "o2:10"},
	}
	for _, m := range Methods() {
		if m.Proposal() {
			continue
		}
		r := of(m.Name)
		users, workers := cast(t, r, said[m.Family][0]+"*3", "blank*1"), cast(t, r, said[m.Family][1]+"*1")
		users.College, users.Share, workers.College, workers.Share = "users", statute.Ratio(1, 4), "workers", statute.Ratio(3, 4)
		c, err := r.Count(four, 1, []Box{users, workers}, Draw{})
		if err != nil || !slices.Equal(c.Tally.Winners, []string{Names(four)[1]}) || len(c.Shares) != 2 {
			t.Errorf("%s: %v %v", m.Name, c.Tally, err)
		}
	}
}
