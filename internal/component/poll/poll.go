package poll

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/fault"
)

// Kind is what one answers with.
type Kind string

const (
	Single   Kind = "single"
	Multiple Kind = "multiple"
	Scale    Kind = "scale"
	Words    Kind = "words"
	Ranking  Kind = "ranking"
)

// Kinds lists the kinds, the usual first.
var Kinds = []Kind{Single, Multiple, Scale, Words, Ranking}

// State is where a poll stands.
type State string

const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

// Methods are the rules by which a ranking is counted: names of package tally.
var Methods = []string{"borda", "schulze"}

// Option is what one may choose. Right marks the good answer of a quiz.
type Option struct {
	Label string `json:"label"`
	Right bool   `json:"right,omitempty"`
}

// Poll is a question put to the room.
type Poll struct {
	ID       int64
	Space    int64
	Item     int64 // of the agenda, 0 for none
	Position int64

	Question    string
	Kind        Kind
	Options     []Option // an option's key is its place from 1
	Fewest      int      // of Multiple: how many one chooses
	Most        int      // of Multiple and Words
	Steps       int      // of Scale
	Low, High   string   // its ends
	Method      string   // of Ranking
	Named       bool
	Held        bool // results are held back until it is closed
	Seconds     int  // after which it closes by itself; 0: by hand
	Explanation string
	Minutes     bool     // its results go with the minutes
	Hidden      []string // words that are not shown

	State    State
	Shown    bool // its results are on everybody's page
	OpenedAt time.Time
	ClosesAt time.Time
	ClosedAt time.Time
}

// Quiz tells whether one of the options is right.
func (p Poll) Quiz() bool {
	return slices.ContainsFunc(p.Options, func(o Option) bool { return o.Right })
}

// openAt tells whether it takes answers: a poll whose time is over does not, though nobody has closed
// it yet.
func (p Poll) openAt(now time.Time) bool {
	return p.State == Open && (p.ClosesAt.IsZero() || now.Before(p.ClosesAt))
}

const (
	maxQuestion    = 300
	maxLabel       = 120
	maxEnd         = 60
	maxExplanation = 2000
	maxOptions     = 20
	maxWords       = 5
	maxWord        = 30
	maxSteps       = 11
	maxSeconds     = 3600
)

func tooLong(f fault.Fields, field, text string, limit int) {
	if utf8.RuneCountInString(text) > limit {
		f.Add(field, "poll.too_long", "max", limit)
	}
}

// validate says what of the poll cannot be accepted.
func (p Poll) validate() fault.Fields {
	f := fault.Fields{}
	if p.Question == "" {
		f.Add("question", "poll.question.missing")
	}
	tooLong(f, "question", p.Question, maxQuestion)
	tooLong(f, "explanation", p.Explanation, maxExplanation)
	if p.Seconds < 0 || p.Seconds > maxSeconds {
		f.Add("seconds", "poll.seconds.wrong", "max", maxSeconds)
	}
	switch p.Kind {
	case Single, Multiple, Ranking:
		p.validateOptions(f)
	case Scale:
		if p.Steps < 2 || p.Steps > maxSteps {
			f.Add("steps", "poll.steps.wrong", "max", maxSteps)
		}
		tooLong(f, "low", p.Low, maxEnd)
		tooLong(f, "high", p.High, maxEnd)
	case Words:
		if p.Most < 1 || p.Most > maxWords {
			f.Add("words", "poll.words.most", "max", maxWords)
		}
	default:
		f.Add("kind", "poll.kind.missing")
	}
	return f
}

func (p Poll) validateOptions(f fault.Fields) {
	if len(p.Options) < 2 {
		f.Add("options", "poll.options.few")
	}
	if len(p.Options) > maxOptions {
		f.Add("options", "poll.options.many", "max", maxOptions)
	}
	seen := map[string]bool{}
	for _, o := range p.Options {
		tooLong(f, "options", o.Label, maxLabel)
		if seen[strings.ToLower(o.Label)] {
			f.Add("options", "poll.options.twice", "label", o.Label)
		}
		seen[strings.ToLower(o.Label)] = true
	}
	if p.Kind == Multiple && (p.Most < 1 || p.Most > len(p.Options) || p.Fewest < 0 || p.Fewest > p.Most) {
		f.Add("most", "poll.most.wrong", "max", len(p.Options))
	}
	if p.Kind == Ranking && !slices.Contains(Methods, p.Method) {
		f.Add("method", "poll.method.missing")
	}
}

// trimmed forgets what the kind has no use for.
func (p Poll) trimmed() Poll {
	if p.Kind == Scale || p.Kind == Words {
		p.Options = nil
	}
	if p.Kind != Single && p.Kind != Multiple {
		for i := range p.Options {
			p.Options[i].Right = false
		}
	}
	if p.Kind != Multiple {
		p.Fewest = 0
	}
	if p.Kind != Multiple && p.Kind != Words {
		p.Most = 1
	}
	if p.Kind != Scale {
		p.Steps, p.Low, p.High = 0, "", ""
	}
	if p.Kind != Ranking {
		p.Method = ""
	}
	return p
}

// parseOptions reads options as typed: one a line, a star before a right one.
func parseOptions(text string) (out []Option) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		label, right := strings.CutPrefix(line, "*")
		if label = strings.TrimSpace(label); label != "" {
			out = append(out, Option{label, right})
		}
	}
	return out
}

func typeOptions(list []Option) string {
	var b strings.Builder
	for _, o := range list {
		if o.Right {
			b.WriteString("* ")
		}
		b.WriteString(o.Label + "\n")
	}
	return b.String()
}

// Answer is what somebody answers: keys of options (of a ranking, the best first), a value of the
// scale, or words.
type Answer []string

// read makes an answer of what was sent, or says why it cannot be. ranks are the ranks given to the
// options of a ranking, by key.
func (p Poll) read(values []string, ranks map[string]string) (Answer, *fault.Error) {
	switch p.Kind {
	case Scale:
		if n, err := strconv.Atoi(first(values)); err != nil || n < 1 || n > p.Steps {
			return nil, fault.New(fault.Invalid, "poll.answer.scale")
		}
		return Answer{first(values)}, nil
	case Words:
		return p.readWords(values)
	case Ranking:
		return p.readRanks(ranks)
	}
	fewest, most := 1, 1
	if p.Kind == Multiple {
		fewest, most = p.Fewest, p.Most
	}
	var a Answer
	for i := range p.Options {
		if slices.Contains(values, key(i)) {
			a = append(a, key(i))
		}
	}
	switch {
	case p.Kind == Single && len(a) != 1:
		return nil, fault.New(fault.Invalid, "poll.answer.single")
	case len(a) < fewest || len(a) > most || len(a) != len(values):
		return nil, fault.New(fault.Invalid, "poll.answer.multiple", "min", fewest, "max", most)
	}
	return a, nil
}

// key is that of the option at a place of the list.
func key(i int) string { return strconv.Itoa(i + 1) }

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (p Poll) readWords(values []string) (Answer, *fault.Error) {
	var a Answer
	for _, v := range values {
		w := word(v)
		if w == "" || slices.Contains(a, w) {
			continue
		}
		if utf8.RuneCountInString(w) > maxWord {
			return nil, fault.New(fault.Invalid, "poll.answer.word_long", "max", maxWord)
		}
		a = append(a, w)
	}
	if len(a) == 0 || len(a) > p.Most {
		return nil, fault.New(fault.Invalid, "poll.answer.words", "max", p.Most)
	}
	return a, nil
}

// word is a word as it is counted: in small letters, without what surrounds it.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToLower(s))
	return strings.Join(strings.Fields(strings.Trim(s, " .,;:!?")), " ")
}

// readRanks orders the options that were given a rank; two may not share one.
func (p Poll) readRanks(ranks map[string]string) (Answer, *fault.Error) {
	at := map[int]string{}
	for i := range p.Options {
		rank := ranks[key(i)]
		if rank == "" {
			continue
		}
		n, err := strconv.Atoi(rank)
		if err != nil || n < 1 || n > len(p.Options) {
			return nil, fault.New(fault.Invalid, "poll.answer.ranking")
		}
		if at[n] != "" {
			return nil, fault.New(fault.Invalid, "poll.answer.same_rank", "rank", n)
		}
		at[n] = key(i)
	}
	var a Answer
	for n := 1; n <= len(p.Options); n++ {
		if at[n] != "" {
			a = append(a, at[n])
		}
	}
	if len(a) == 0 {
		return nil, fault.New(fault.Invalid, "poll.answer.ranking")
	}
	return a, nil
}

// Box is what was answered, without who: how often each answer was given. A ranking is counted whole
// ("2>1>3"), all others by each of their parts.
type Box struct {
	Answered int64            `json:"answered"`
	Counts   map[string]int64 `json:"counts"`
}

// put adds an answer.
func (b *Box) put(p Poll, a Answer) {
	if b.Counts == nil {
		b.Counts = map[string]int64{}
	}
	b.Answered++
	if p.Kind == Ranking {
		b.Counts[strings.Join(a, ">")]++
		return
	}
	for _, part := range a {
		b.Counts[part]++
	}
}

// said is an answer in words.
func (p Poll) said(a Answer) string {
	var out []string
	for _, part := range a {
		if i, err := strconv.Atoi(part); err == nil && i >= 1 && i <= len(p.Options) {
			part = p.Options[i-1].Label
		}
		out = append(out, part)
	}
	if p.Kind == Ranking {
		return strings.Join(out, " > ")
	}
	return strings.Join(out, ", ")
}

// The events of polls.
type (
	// Started is the event of a poll being opened.
	Started struct {
		Question string `json:"question"`
	}
	// Stopped is the event of a poll being closed, by hand or by its time.
	Stopped struct {
		Question string `json:"question"`
		Answered int64  `json:"answered"`
	}
	// WordHidden is the event of a word being taken out of what is shown.
	WordHidden struct {
		Question string `json:"question"`
		Word     string `json:"word"`
	}
	// WordShown is the event of a hidden word being shown again.
	WordShown struct {
		Question string `json:"question"`
		Word     string `json:"word"`
	}
)

func (Started) EventKind() string    { return "poll.started" }
func (Stopped) EventKind() string    { return "poll.stopped" }
func (WordHidden) EventKind() string { return "poll.word_hidden" }
func (WordShown) EventKind() string  { return "poll.word_shown" }

func (p Poll) subject() string { return fmt.Sprintf("poll/%d", p.ID) }
