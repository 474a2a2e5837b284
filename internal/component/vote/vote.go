package vote

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/legalfile/rule"
	"isegoria.org/isegoria/statute"
)

// Series are resolutions put to the vote together, from Opens to Closes. Opened and Closed
// are when that happened; both are zero in a draft.
type Series struct {
	ID     int64
	Space  int64
	Title  string
	Call   int // 1: first convocation
	Opens  time.Time
	Closes time.Time
	Opened time.Time
	Closed time.Time
	Names  bool // who voted what is published to those entitled
	Paper  bool // paper ballots are taken too
	// InSession: the chair opens and closes it in session; its dates are set then.
	InSession bool
	Item      int64 // of the agenda, 0 for none
}

// State is where a series stands.
type State string

const (
	Draft     State = "draft"     // no dates yet
	Waiting   State = "session"   // the chair will open it in session
	Announced State = "announced" // dates set, not open
	Open      State = "open"
	Counting  State = "counting" // closed, paper ballots still to be agreed on
	Decided   State = "decided"  // results known
)

// State is where the series stands at now. decided tells whether its results are in. The
// clock decides whether a vote is open, not a task that might be late.
func (s Series) State(now time.Time, decided bool) State {
	switch {
	case s.InSession && s.Opens.IsZero():
		return Waiting
	case s.Opens.IsZero() || s.Closes.IsZero():
		return Draft
	case now.Before(s.Opens):
		return Announced
	case now.Before(s.Closes):
		return Open
	case decided:
		return Decided
	default:
		return Counting
	}
}

// Form is what is asked.
type Form string

const (
	Motion   Form = "motion"   // for, against, abstention
	Choice   Form = "choice"   // one or several options
	Election Form = "election" // persons to seats
)

// The choices of a motion. Blank is also the blank ballot of a choice or election.
const (
	For        = "for"
	Against    = "against"
	Abstention = "abstention"
	Blank      = "blank"
)

// Resolution is a question put to the vote under a rule of the statutes.
type Resolution struct {
	ID         int64
	Series     int64
	Space      int64
	Number     int
	Title      string
	Text       string // paragraphs separated by an empty line
	Origin     string // who proposes it
	Form       Form
	Rule       string    // key of a motion or an election of the statutes
	Method     rule.Rule // how ballots are made and counted; unset: as the statutes' rule says
	MaxChoices int       // of a choice or election: names at most on a ballot
	Seats      int       // of an election, and of a choice 1
	Options    []Option
	Chair      string // the chair's casting vote, once given
	Seed       string // of a draw between tied candidates, once published
}

// Option is a candidate or an option.
type Option = rule.Option

// Subject is how the journal names the resolution.
func (r Resolution) Subject() string { return fmt.Sprintf("resolution/%d", r.ID) }

// Validate says what of the resolution cannot be accepted under the statutes.
func (r Resolution) Validate(rules statute.Rules) fault.Fields {
	f := fault.Fields{}
	if strings.TrimSpace(r.Title) == "" {
		f.Add("title", "vote.title.missing")
	}
	if strings.TrimSpace(r.Text) == "" {
		f.Add("text", "vote.text.missing")
	}
	if r.Method.Set() {
		r.validateMethod(f)
	}
	if r.Form == Motion {
		if _, ok := rules.Motion(r.Rule); !ok {
			f.Add("rule", "vote.rule.unknown")
		}
		return f
	}
	if r.Form != Choice && r.Form != Election {
		f.Add("form", "vote.form.unknown")
		return f
	}
	if _, ok := rules.Election(r.Rule); !ok {
		f.Add("rule", "vote.rule.unknown")
	}
	if len(r.Options) < 2 && r.Form == Choice || len(r.Options) == 0 {
		f.Add("options", "vote.options.few")
	}
	if !r.Method.Set() && (r.Seats < 1 || r.Seats > max(1, len(r.Options))) {
		f.Add("seats", "vote.seats.range", "max", len(r.Options))
	}
	if r.MaxChoices < 1 || r.MaxChoices > max(1, len(r.Options)) {
		f.Add("max_choices", "vote.choices.range", "max", len(r.Options))
	}
	seen := map[string]bool{}
	for _, o := range r.Options {
		if seen[o.Label] {
			f.Add("options", "vote.options.twice", "label", o.Label)
		}
		seen[o.Label] = true
	}
	return f
}

// ReadChoice checks what a ballot says and writes it in its one form: the motion's word,
// "blank", or the chosen options' keys in the order of the options, separated by commas; under a
// rule of tally, as [rule.Rule.Text] says.
func (r Resolution) ReadChoice(values []string) (string, error) {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if r.Method.Set() {
		b, err := r.Method.Read(r.Options, values)
		if err != nil {
			return "", refused(err)
		}
		return r.Method.Text(r.Options, b), nil
	}
	if r.Form == Motion {
		if len(values) != 1 || !slices.Contains([]string{For, Against, Abstention, Blank}, values[0]) {
			return "", fault.New(fault.Invalid, "vote.choice.missing")
		}
		return values[0], nil
	}
	if slices.Contains(values, Blank) {
		if len(values) > 1 {
			return "", fault.New(fault.Invalid, "vote.choice.blank_and")
		}
		return Blank, nil
	}
	var chosen []string
	for _, o := range r.Options {
		if slices.Contains(values, o.Key) {
			chosen = append(chosen, o.Key)
		}
	}
	switch {
	case len(chosen) == 0:
		return "", fault.New(fault.Invalid, "vote.choice.none")
	case len(chosen) != len(values):
		return "", fault.New(fault.Invalid, "vote.choice.unknown")
	case len(chosen) > r.MaxChoices:
		return "", fault.New(fault.Invalid, "vote.choice.many", "max", r.MaxChoices, "chosen", len(chosen))
	}
	return strings.Join(chosen, ","), nil
}

// Choices lists what a ballot of the resolution may say, for the paper count: the motion's
// words or the options, then blank and null.
func (r Resolution) Choices() []string {
	if r.Form == Motion {
		return []string{For, Against, Abstention, Blank, Null}
	}
	var out []string
	for _, o := range r.Options {
		out = append(out, o.Key)
	}
	return append(out, Blank, Null)
}

// Null is a spoilt paper ballot.
const Null = rule.Null

// Ballot is an open ballot.
type Ballot struct {
	Resolution int64
	Member     int64
	Choice     string
	CastBy     int64
	ByProxy    bool
	CastAt     time.Time
	Receipt    string
}

// Figures are paper ballots as a scrutineer counted them for one college, in votes per
// choice. Ballots is how many papers were valid and not blank, in votes: in a choice of several it
// is not the sum of the options.
type Figures map[string]statute.Frac

// BallotsKey is the key of the papers' own number among the figures of a choice.
const BallotsKey = "ballots"

// Equal tells whether two counts agree.
func (f Figures) Equal(g Figures) bool {
	for key := range f {
		if f[key].Cmp(g[key]) != 0 {
			return false
		}
	}
	for key := range g {
		if f[key].Cmp(g[key]) != 0 {
			return false
		}
	}
	return true
}

// Result is what a resolution came to. Counted is set where a rule of tally counts, Count for
// another motion, Choice otherwise.
type Result struct {
	Resolution int64                  `json:"resolution"`
	Number     int                    `json:"number"`
	Title      string                 `json:"title"`
	Form       Form                   `json:"form"`
	Rule       string                 `json:"rule"`
	Call       int                    `json:"call"`
	Decision   statute.Decision       `json:"decision"`
	Count      *statute.Count         `json:"count,omitempty"`
	Choice     *statute.ElectionCount `json:"choice,omitempty"`
	Counted    *rule.Counted          `json:"counted,omitempty"`
	Colleges   []CollegeVoters        `json:"colleges,omitempty"` // with Counted
	Online     int                    `json:"online"`             // electors whose ballot came by the site, their own
	ByProxy    int                    `json:"by_proxy"`           // electors for whom a holder voted
	Paper      int                    `json:"paper"`              // electors who voted on paper
	Electors   int                    `json:"electors"`
	DecidedAt  time.Time              `json:"decided_at"`
}

// Voters is how many electors' votes are in the result.
func (r Result) Voters() int { return r.Online + r.ByProxy + r.Paper }

// judged tells whether the shares of a motion have been reckoned: without its quorum it is not, and
// there is no picture of nought for and nought against.
func (r Result) judged() bool { return r.Decision.For.Sign() > 0 || r.Decision.Against.Sign() > 0 }

// outcome is the outcome as it is said: options are chosen where persons are elected.
func (r Result) outcome() string {
	if r.Form == Choice && r.Decision.Outcome == statute.Elected {
		return "chosen"
	}
	return string(r.Decision.Outcome)
}

func (r Result) text() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// optionKeys gives each option a stable key made of its place when it has none.
func optionKeys(options []Option) []Option {
	used := map[string]bool{}
	for _, o := range options {
		used[o.Key] = true
	}
	n := 0
	for i := range options {
		for options[i].Key == "" {
			n++
			if key := fmt.Sprintf("o%d", n); !used[key] {
				options[i].Key, used[key] = key, true
			}
		}
	}
	return options
}

func sortedColleges[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
