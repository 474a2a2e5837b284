package vote

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/legalfile/rule"
)

// SeriesSet is the event of a series created or its dates set.
type SeriesSet struct {
	Series int64  `json:"series"`
	Title  string `json:"title"`
	Call   int    `json:"call"`
	Opens  int64  `json:"opens"`  // milliseconds since 1970, 0 for none
	Closes int64  `json:"closes"` // likewise
	Names  bool   `json:"names"`
	Paper  bool   `json:"paper"`
	Reason string `json:"reason,omitempty"`
}

func (SeriesSet) EventKind() string { return "vote.series_set" }

// ResolutionSet is the event of a resolution as it stands from now on.
type ResolutionSet struct {
	Number int       `json:"number"`
	Title  string    `json:"title"`
	Text   string    `json:"text"`
	Form   Form      `json:"form"`
	Rule   string    `json:"rule"`
	Seats  int       `json:"seats"`
	Max    int       `json:"max_choices"`
	Method rule.Rule `json:"method,omitzero"`
	Among  []Option  `json:"options,omitempty"`
}

func (ResolutionSet) EventKind() string { return "vote.resolution_set" }

// ResolutionRemoved is the event of a draft taken out.
type ResolutionRemoved struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
}

func (ResolutionRemoved) EventKind() string { return "vote.resolution_removed" }

// Opened and Closed are the events of a series' opening and closing.
type Opened struct {
	Series int64 `json:"series"`
}

func (Opened) EventKind() string { return "vote.opened" }

// FinishedInSession is the event of the chair closing, in session, a vote before its time.
type FinishedInSession struct {
	Series int64  `json:"series"`
	Title  string `json:"title"`
}

func (FinishedInSession) EventKind() string { return "vote.finished_in_session" }

// Closed is the event of a series' closing.
type Closed struct {
	Series int64 `json:"series"`
}

func (Closed) EventKind() string { return "vote.closed" }

// BallotCast is the event of an open ballot. A later one of the same elector replaces it.
type BallotCast struct {
	Resolution int64  `json:"resolution"`
	Member     int64  `json:"member"`
	Choice     string `json:"choice"`
	Votes      string `json:"votes"`
	ByProxy    bool   `json:"by_proxy,omitempty"`
}

func (BallotCast) EventKind() string { return "vote.ballot_cast" }

// BallotsSetAside is the event of a holder's ballots taken out because the principal voted on
// paper.
type BallotsSetAside struct {
	Series int64 `json:"series"`
	Member int64 `json:"member"`
	Count  int64 `json:"count"`
}

func (BallotsSetAside) EventKind() string { return "vote.ballots_set_aside" }

// PaperVoted is the event of an elector having voted on paper; Undone takes it back.
type PaperVoted struct {
	Series int64 `json:"series"`
	Member int64 `json:"member"`
	Undone bool  `json:"undone,omitempty"`
}

func (PaperVoted) EventKind() string { return "vote.paper_voted" }

// PaperCounted is the event of a scrutineer's count of the paper ballots of a college.
type PaperCounted struct {
	Resolution int64   `json:"resolution"`
	College    string  `json:"college"`
	Figures    Figures `json:"figures"`
}

func (PaperCounted) EventKind() string { return "vote.paper_counted" }

// ChairVoted is the event of the chair's casting vote, or of the seed of a draw.
type ChairVoted struct {
	Number int    `json:"number"`
	Chair  string `json:"chair,omitempty"`
	Seed   string `json:"seed,omitempty"`
}

func (ChairVoted) EventKind() string { return "vote.tie_broken" }

// ResultKnown is the event of a resolution's result, whole.
type ResultKnown struct {
	Number  int    `json:"number"`
	Title   string `json:"title"`
	Outcome string `json:"outcome"`
	Result  Result `json:"result"`
}

func (ResultKnown) EventKind() string { return "vote.result_known" }

// Kinds tells who may read this component's events. What a ballot says is shown by the vote's
// own pages, at the time the statutes set, and by no other.
func (c *Component) Kinds() []component.Kind {
	return []component.Kind{
		{Name: SeriesSet{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "call"}},
		{Name: ResolutionSet{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"number", "title"}},
		{Name: ResolutionRemoved{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"number", "title"}},
		{Name: Opened{}.EventKind(), Audience: component.ForPublic},
		{Name: Closed{}.EventKind(), Audience: component.ForPublic},
		{Name: FinishedInSession{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title"}},
		{Name: BallotCast{}.EventKind(), Audience: component.Sealed},
		{Name: BallotsSetAside{}.EventKind(), Audience: component.ForOrganisers},
		{Name: PaperVoted{}.EventKind(), Audience: component.ForOrganisers},
		{Name: PaperCounted{}.EventKind(), Audience: component.Sealed},
		{Name: ChairVoted{}.EventKind(), Audience: component.ForMembers},
		{Name: ResultKnown{}.EventKind(), Audience: component.Sealed},
	}
}

func aboutSeries(s Series, actor int64) journal.About {
	return journal.About{Space: s.Space, Subject: s.Subject(), Actor: actor}
}

func aboutResolution(r Resolution, actor int64) journal.About {
	return journal.About{Space: r.Space, Subject: r.Subject(), Actor: actor}
}
