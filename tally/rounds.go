package tally

// Round is one stage of a count in which ballots move: two-round, instant runoff, STV.
type Round struct {
	Number int `json:"number"`
	// Tallies are the votes at the end of the stage, in the order of the candidates; in a runoff
	// only of those still running.
	Tallies []Tally `json:"tallies"`
	// Quota is what a candidate needs; absent where the rule has none.
	Quota *Number `json:"quota,omitempty"`
	// Exhausted are the votes that no candidate of the stage can receive any more.
	Exhausted Number `json:"exhausted"`
	// Lost is what rounding down to the rule's decimals has lost so far.
	Lost *Number `json:"lost,omitempty"`
	// Surplus names the elected candidate whose surplus the stage transfers, and Value is what
	// each ballot then is multiplied by.
	Surplus string  `json:"surplus,omitempty"`
	Value   *Number `json:"value,omitempty"`
	// Transfers are the votes each candidate gains in the stage.
	Transfers []Tally `json:"transfers,omitempty"`
	// Keep is the share of each ballot that each elected candidate keeps, in Meek's rule.
	Keep []Tally `json:"keep,omitempty"`
	// Elected and Excluded are decided by the stage: an exclusion opens the stage that transfers
	// the ballots of the excluded; an election closes the stage.
	Elected  []string `json:"elected,omitempty"`
	Excluded []string `json:"excluded,omitempty"`
	// Ranked comes next in the ranking, the seats being filled; in instant runoff only.
	Ranked []string `json:"ranked,omitempty"`
}

// Kind implements Step.
func (Round) Kind() string { return "round" }
