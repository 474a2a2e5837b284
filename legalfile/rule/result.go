package rule

import (
	"encoding/json"
	"fmt"

	"isegoria.org/isegoria/tally"
)

// Tally is a result of tally that can be read back from its JSON, steps included.
type Tally struct{ *tally.Result }

// UnmarshalJSON reads what tally.Result writes.
func (t *Tally) UnmarshalJSON(data []byte) error {
	type plain tally.Result
	read := struct {
		*plain
		Steps []json.RawMessage `json:"steps"`
	}{plain: &plain{}}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	t.Result = (*tally.Result)(read.plain)
	t.Steps = make([]tally.Step, len(read.Steps))
	for i, text := range read.Steps {
		var err error
		if t.Steps[i], err = readStep(text); err != nil {
			return err
		}
	}
	return nil
}

var stepReaders = map[string]func([]byte) (tally.Step, error){
	tally.Scores{}.Kind():         as[tally.Scores],
	tally.PairwiseMatrix{}.Kind(): as[tally.PairwiseMatrix],
	tally.Duels{}.Kind():          as[tally.Duels],
	tally.Paths{}.Kind():          as[tally.Paths],
	tally.Lock{}.Kind():           as[tally.Lock],
	tally.Defeat{}.Kind():         as[tally.Defeat],
	tally.Record{}.Kind():         as[tally.Record],
	tally.Round{}.Kind():          as[tally.Round],
	tally.MeritProfile{}.Kind():   as[tally.MeritProfile],
	tally.Comparison{}.Kind():     as[tally.Comparison],
	tally.Condition{}.Kind():      as[tally.Condition],
	tally.SeatWon{}.Kind():        as[tally.SeatWon],
	tally.Skipped{}.Kind():        as[tally.Skipped],
	tally.Outcomes{}.Kind():       as[tally.Outcomes],
	tally.Passed{}.Kind():         as[tally.Passed],
	tally.TieBroken{}.Kind():      as[tally.TieBroken],
}

func readStep(text []byte) (tally.Step, error) {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	read, ok := stepReaders[head.Kind]
	if !ok {
		return nil, fmt.Errorf("a result with an unknown step %q", head.Kind)
	}
	return read(text)
}

func as[T tally.Step](text []byte) (tally.Step, error) {
	var s T
	err := json.Unmarshal(text, &s)
	return s, err
}
