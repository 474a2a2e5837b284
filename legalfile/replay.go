package legalfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"isegoria.org/isegoria/statute"
)

// replayed is what the journal's events come to.
type replayed struct {
	ballots map[int64]map[int64]cast // by resolution and elector
	erased  int                      // ballots whose event no longer says what it was
	paper   map[int64]map[int64]bool // by series and elector
	counts  map[string][]byte        // figures by resolution, college and scrutineer
	ties    map[string]tie           // by subject
	results map[int64]known          // by resolution
	inForce []text                   // the statutes, each from its place on
}

// text are statutes in force from a place of the journal on; parsed is set once they are needed.
type text struct {
	from   int64
	text   string
	parsed *statute.Rules
}

type tie struct {
	Chair string `json:"chair"`
	Seed  string `json:"seed"`
}

type known struct {
	seq int64
	raw json.RawMessage
}

func placeKey(resolution int64, college string) string {
	return fmt.Sprintf("%d/%s", resolution, college)
}

func countKey(resolution int64, college string, scrutineer int64) string {
	return fmt.Sprintf("%d/%s", scrutineer, placeKey(resolution, college))
}

// put gives an inner map its value, making the map the first time.
func put[K comparable, L comparable, V any](m map[K]map[L]V, k K, l L, v V) {
	if m[k] == nil {
		m[k] = map[L]V{}
	}
	m[k][l] = v
}

// replay follows the events of the vote, in their order: the last ballot of an elector counts.
func (c *check) replay(all []series) *replayed {
	j := &replayed{ballots: map[int64]map[int64]cast{}, paper: map[int64]map[int64]bool{}, counts: map[string][]byte{}, ties: map[string]tie{}, results: map[int64]known{}}
	of := map[int64][]int64{}
	for _, s := range all {
		for _, r := range s.resolutions {
			of[r.Series] = append(of[r.Series], r.ID)
		}
	}
	for _, e := range c.events {
		if e.Kind == "vote.ballot_cast" && e.Payload == nil {
			j.erased++
		}
		if e.Payload != nil && j.follow(e, of) != nil {
			c.fault(EventsName, "place %v\u00a0: l’acte ne dit pas ce que son genre promet.", "place %v: the event does not say what its kind promises.", e.Seq)
		}
	}
	return j
}

// follow takes one event; of are the resolutions by series.
func (j *replayed) follow(e event, of map[int64][]int64) error {
	var p struct {
		Resolution int64           `json:"resolution"`
		Series     int64           `json:"series"`
		Member     int64           `json:"member"`
		Undone     bool            `json:"undone"`
		College    string          `json:"college"`
		Figures    json.RawMessage `json:"figures"`
		Result     json.RawMessage `json:"result"`
		Text       string          `json:"text"`
	}
	var ballot cast
	read := func(v any) error { return json.Unmarshal([]byte(*e.Payload), v) }
	switch e.Kind {
	case "vote.ballot_cast":
		if err := errors.Join(read(&p), read(&ballot)); err != nil || len(e.Digest) < 16 {
			return fmt.Errorf("ballot: %w", err)
		}
		ballot.receipt = e.Digest[:16]
		put(j.ballots, p.Resolution, p.Member, ballot)
	case "vote.ballots_set_aside":
		if err := read(&p); err != nil {
			return err
		}
		for _, id := range of[p.Series] {
			delete(j.ballots[id], p.Member)
		}
	case "vote.paper_voted":
		if err := read(&p); err != nil {
			return err
		}
		put(j.paper, p.Series, p.Member, !p.Undone)
	case "vote.paper_counted":
		if err := read(&p); err != nil {
			return err
		}
		j.counts[countKey(p.Resolution, p.College, e.Actor)] = p.Figures
	case "vote.tie_broken":
		var t tie
		if err := read(&t); err != nil {
			return err
		}
		j.ties[e.Subject] = t
	case "vote.result_known":
		var r result
		if err := read(&p); err != nil {
			return err
		}
		if err := json.Unmarshal(p.Result, &r); err != nil {
			return err
		}
		j.results[r.Resolution] = known{e.Seq, p.Result}
	case "electorate.statutes_changed":
		if err := read(&p); err != nil {
			return err
		}
		j.inForce = append(j.inForce, text{from: e.Seq, text: p.Text})
	}
	return nil
}

// rulesAt are the statutes in force at a place of the journal; without any before it, those of the
// file or, where there are none either, those of a plain collective.
func (c *check) rulesAt(j *replayed, seq int64) (statute.Rules, error) {
	if len(j.inForce) == 0 || j.inForce[0].from > 0 {
		b, err := c.read(StatutesName)
		if err != nil {
			return statute.Rules{}, err
		}
		if len(bytes.TrimSpace(b)) == 0 {
			b = statute.Template(statute.Collective)
		}
		j.inForce = append([]text{{text: string(b)}}, j.inForce...)
	}
	at := 0
	for i, s := range j.inForce {
		if s.from < seq {
			at = i
		}
	}
	t := &j.inForce[at]
	if t.parsed == nil {
		rules, _ := statute.Parse([]byte(t.text))
		t.parsed = &rules
	}
	return *t.parsed, nil
}

// checkStatutes compares the statutes of the file with the last that the journal put in force.
func (c *check) checkStatutes(j *replayed) error {
	if len(j.inForce) == 0 {
		return nil
	}
	b, err := c.read(StatutesName)
	if err != nil || c.files[StatutesName] == nil {
		return err
	}
	last := j.inForce[len(j.inForce)-1]
	if string(b) != last.text {
		c.fault(StatutesName, "ce ne sont pas les statuts que le journal a mis en vigueur (place %v).", "these are not the statutes that the journal put in force (place %v).", last.from)
		return nil
	}
	c.pass(StatutesName, "les statuts mis en vigueur (journal, place %v).", "the statutes put in force (journal, place %v).", last.from)
	return nil
}
