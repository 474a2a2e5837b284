package tally_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"isegoria.org/isegoria/tally"
)

type object struct {
	Properties map[string]json.RawMessage `json:"properties"`
	Required   []string                   `json:"required"`
}

func (o object) check(t *testing.T, what string, value map[string]json.RawMessage) {
	t.Helper()
	for key, v := range value {
		if _, known := o.Properties[key]; !known {
			t.Errorf("%s: the schema does not know %q", what, key)
		}
		if string(v) == "null" && what+key != "defeatduel" {
			t.Errorf("%s: %q is null", what, key)
		}
	}
	for _, key := range o.Required {
		if _, there := value[key]; !there {
			t.Errorf("%s: %q is missing", what, key)
		}
	}
}

// The schema names the fields of every result and every step, and no kind of step that no rule
// makes.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	p := rankings(t, "A B C D E", "A>B=C*5", "B>C>A*4", "C>A>B*3", "D>A*4", "E>B*4")
	g, err := tally.NewGrades(p.Candidates())
	if err != nil {
		t.Fatal(err)
	}
	for _, ballot := range [][]int{{3, 3, 0, 1, 2}, {3, 1, 2, 2, 3}, {1, 3, 3, 0, 2}} {
		var grades []tally.Grade
		for c, v := range ballot {
			grades = append(grades, tally.Grade{Candidate: c, Value: v})
		}
		if err := g.Add(grades, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	results := []*tally.Result{}
	for _, m := range tally.Methods() {
		for _, conditions := range []*tally.Conditions{nil, {Default: "E", Quorum: rat(7, 1)}} {
			r, err := tally.Count(m.Name, tally.Ballots{Rankings: p, Grades: g, Conditions: conditions}, tally.Options{
				Seats: 2, TieBreak: tally.TieBreak{Rule: tally.Lot, Seed: "1"},
			})
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, r)
		}
	}
	parity, err := tally.ElectWithParity(results[0], map[string]string{"E": "F"},
		tally.ListRules{MinShare: rat(1, 2), Genders: []string{"F"}}, tally.TieBreak{Rule: tally.Lot, Seed: "1"})
	if err != nil {
		t.Fatal(err)
	}
	results = append(results, parity)

	tied, err := tally.Scottish(rankings(t, "A B C", "A", "B", "C"), tally.Options{})
	if err != nil {
		t.Fatal(err)
	}
	results = append(results, tied)

	kinds := map[string]bool{"number": true, "tally": true, "duel": true, "passed": true} // not steps of a count
	for _, r := range results {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		var steps struct{ Steps []map[string]json.RawMessage }
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &steps); err != nil {
			t.Fatal(err)
		}
		schema.check(t, r.Method, fields)
		for i, s := range steps.Steps {
			kind := r.Steps[i].Kind()
			kinds[kind] = true
			if string(s["kind"]) != `"`+kind+`"` {
				t.Errorf("step %s says it is %s", kind, s["kind"])
			}
			schema.Defs[kind].check(t, kind, s)
		}
	}
	var unmade []string
	for kind := range schema.Defs {
		if !kinds[kind] {
			unmade = append(unmade, kind)
		}
	}
	if slices.Sort(unmade); len(unmade) > 0 {
		t.Errorf("no count makes %v", unmade)
	}
}

func TestNumberJSON(t *testing.T) {
	for n, want := range map[*tally.Number]string{
		{}: "0", ptr(tally.Int(-3)): "-3", ptr(tally.Frac(1, 3)): `"1/3"`, ptr(tally.Frac(90513482, 100000)): "905.13482",
	} {
		data, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		var back tally.Number
		if err := json.Unmarshal(data, &back); err != nil || back.Cmp(*n) != 0 {
			t.Errorf("%s came back as %s: %v", data, back, err)
		}
		if string(data) != want {
			t.Errorf("%s, want %s", data, want)
		}
	}
}

func ptr(n tally.Number) *tally.Number { return &n }
