package talk

import (
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/fault"
)

// State is what has become of a question.
type State string

const (
	Open    State = "open"
	Replied State = "answered" // aloud in the session, or in writing
	Aside   State = "aside"    // not taken up, for a reason that is said
	Joined  State = "merged"   // with another that asks the same
)

// Question is a question put to the assembly. Item is 0 for none of the agenda.
type Question struct {
	ID      int64
	Item    int64
	Author  int64
	Name    string
	Text    string
	At      time.Time
	Event   int64
	State   State
	Into    int64  // of a merged one
	Answer  string // in writing; "" for one given aloud
	Reason  string
	By      string // who settled it
	Settled time.Time

	Support int64
	Mine    bool // the viewer supports it
}

// settings are how questions are asked in a space, and how people write to each other.
type settings struct {
	QuestionsClosed  bool
	MinutesQuestions bool
	ScreenQuestion   int64

	ChatClosed  bool
	Private     bool // two people may write to each other
	Slow        int  // seconds between two messages of one person
	MinutesChat bool
}

// The longest texts people write, in characters.
const (
	maxQuestion = 600
	maxAnswer   = 5000
	maxReason   = 300
)

// clean is a text as typed, without what surrounds it.
func clean(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// checkText refuses a text that is missing, under the key given, or too long.
func checkText(f fault.Fields, field, text, missing string, limit int) {
	if text == "" && missing != "" {
		f.Add(field, missing)
	}
	if utf8.RuneCountInString(text) > limit {
		f.Add(field, "talk.too_long", "max", limit)
	}
}

// short is the beginning of a text, on one line.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 70 {
		return strings.TrimSpace(string(runes[:68])) + "…"
	}
	return text
}

// The events of questions.
type (
	// Asked is the event of a question.
	Asked struct {
		Text string `json:"text"`
	}
	// Answered is the event of a question being answered; Answer is "" for an answer given aloud.
	Answered struct {
		Text   string `json:"text"`
		Answer string `json:"answer,omitempty"`
	}
	// SetAside is the event of a question that is not taken up.
	SetAside struct {
		Text   string `json:"text"`
		Reason string `json:"reason"`
	}
	// Merged is the event of a question being joined to another that asks the same.
	Merged struct {
		Text string `json:"text"`
		Into string `json:"into"`
	}
	// Reopened is the event of a question being open again.
	Reopened struct {
		Text string `json:"text"`
	}
	// QuestionsSet is the event of questions being closed or opened to new ones.
	QuestionsSet struct {
		Closed bool `json:"closed"`
	}
)

func (Asked) EventKind() string        { return "talk.asked" }
func (Answered) EventKind() string     { return "talk.answered" }
func (SetAside) EventKind() string     { return "talk.set_aside" }
func (Merged) EventKind() string       { return "talk.merged" }
func (Reopened) EventKind() string     { return "talk.reopened" }
func (QuestionsSet) EventKind() string { return "talk.questions_set" }
