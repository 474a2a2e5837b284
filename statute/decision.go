package statute

// Step is one line of a derivation, or the reason of an answer. The sentences are
// written once, when judged, so that a record keeps what its readers were told.
type Step struct {
	Rule    string   `json:"rule"` // stable code: "quorum", "majority", "proxy-cap" …
	Fr      string   `json:"fr"`
	En      string   `json:"en"`
	Numbers []Number `json:"numbers,omitempty"` // what the sentence is made of, exactly
	Cite
}

// Number is a named exact number of a step.
type Number struct {
	Name  string `json:"name"`
	Value Frac   `json:"value"`
}

// Outcome is the verdict of a decision.
type Outcome string

// Outcomes. A motion is adopted or rejected; an election elects, or leaves seats
// open for a further round, or is tied; either may lack its quorum, and a motion
// whose chair must still break the tie is tied.
const (
	Adopted  Outcome = "adopted"
	Rejected Outcome = "rejected"
	NoQuorum Outcome = "no-quorum"
	Tied     Outcome = "tie"
	Elected  Outcome = "elected"
	Runoff   Outcome = "runoff"
)

// Decision is the judgement of one resolution.
type Decision struct {
	Kind     string         `json:"kind"` // key of the motion or election
	Outcome  Outcome        `json:"outcome"`
	Steps    []Step         `json:"steps"`
	Quorum   *QuorumFigures `json:"quorum,omitempty"`
	For      Frac           `json:"for"`     // share for, of the whole (a motion)
	Against  Frac           `json:"against"` // share against
	Needed   Frac           `json:"needed"`  // share needed; for a simple majority, the share against
	Colleges []CollegeShare `json:"colleges,omitempty"`
	Ranking  []Rank         `json:"ranking,omitempty"` // an election: all candidates, first to last
	Elected  []string       `json:"elected,omitempty"`
	Tied     []string       `json:"tied,omitempty"`
	Open     int            `json:"open,omitempty"`     // seats left to fill
	Withheld []string       `json:"withheld,omitempty"` // colleges whose figures Public has taken out
}

// CollegeShare is what a college brought.
type CollegeShare struct {
	College string `json:"college"`
	Weight  Frac   `json:"weight"`  // after redistribution
	For     Frac   `json:"for"`     // votes
	Against Frac   `json:"against"` // votes
	Base    Frac   `json:"base"`    // votes the share is a fraction of
	Share   Frac   `json:"share"`   // For ÷ Base
}

// Rank is a candidate's place.
type Rank struct {
	Candidate string `json:"candidate"`
	Votes     Frac   `json:"votes"` // all votes received
	Score     Frac   `json:"score"` // what ranks: the share of the votes cast, weighted by college or not
	Elected   bool   `json:"elected"`
}

// QuorumFigures compares attendance with the quorum, in members or votes.
type QuorumFigures struct {
	Reached  bool `json:"reached"`
	Attended Frac `json:"attended"`
	Entitled Frac `json:"entitled"`
	Needed   Frac `json:"needed"` // fraction of Entitled
}

// QuorumDecision is the judgement of a quorum alone.
type QuorumDecision struct {
	QuorumFigures
	Steps []Step `json:"steps"`
}

// Attendance is who attends, college by college (one line, with an empty key,
// where there are none).
type Attendance struct {
	Colleges []CollegeAttendance `json:"colleges"`
}

// CollegeAttendance counts a college's entitled members and votes. Present,
// represented and distance (voted beforehand, neither present nor represented)
// are disjoint.
type CollegeAttendance struct {
	College            string `json:"college"`
	EntitledMembers    int    `json:"entitled_members"`
	PresentMembers     int    `json:"present_members"`
	RepresentedMembers int    `json:"represented_members"`
	DistanceMembers    int    `json:"distance_members"`
	EntitledVotes      Frac   `json:"entitled_votes"`
	PresentVotes       Frac   `json:"present_votes"`
	RepresentedVotes   Frac   `json:"represented_votes"`
	DistanceVotes      Frac   `json:"distance_votes"`
}

// Count is what a motion's ballot boxes gave. Call is 1 for a first convocation.
// Chair is the chair's casting choice, "for" or "against", where a tie asks for one.
type Count struct {
	Call     int            `json:"call"`
	Colleges []CollegeCount `json:"colleges"`
	Chair    string         `json:"chair,omitempty"`
}

// CollegeCount is one college's ballot box, in votes; Voters are the members for
// whom a vote was given.
type CollegeCount struct {
	CollegeAttendance
	Voters     int  `json:"voters"`
	For        Frac `json:"for"`
	Against    Frac `json:"against"`
	Abstention Frac `json:"abstention"`
	Blank      Frac `json:"blank"`
	Null       Frac `json:"null"`
}

// ElectionCount is what the ballot boxes of a choice gave. Round is 1 for the first.
type ElectionCount struct {
	Call       int             `json:"call"`
	Round      int             `json:"round"`
	Seats      int             `json:"seats"`
	Candidates []Candidate     `json:"candidates"`
	Colleges   []CollegeChoice `json:"colleges"`
	Seed       string          `json:"seed,omitempty"` // published seed, where ties are drawn by lot
}

// Candidate is a person or an option. Born, "2006-01-02", serves the rule of the
// older candidate only.
type Candidate struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Born string `json:"born,omitempty"`
}

// CollegeChoice is one college's ballot box in a choice. Cast is the weight in
// votes of the valid ballots, on which an absolute majority is counted: a ballot
// with three names is one ballot. Votes are per candidate key.
type CollegeChoice struct {
	CollegeAttendance
	Voters int             `json:"voters"`
	Cast   Frac            `json:"cast"`
	Blank  Frac            `json:"blank"`
	Null   Frac            `json:"null"`
	Votes  map[string]Frac `json:"votes"`
}
