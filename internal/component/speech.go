package component

import (
	"cmp"
	"slices"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/db"
)

// SpeechKeeper splits up speaking time among those who came to a session: the meeting component fulfils it.
type SpeechKeeper interface {
	// SpeechByCategory splits up how long each account spoke; only categories that tell people apart
	// are there. It is for those who lead: see [SpeechCategory.Public].
	SpeechByCategory(tx *db.Tx, spaceID int64, times map[int64]time.Duration, t Translate) ([]SpeechCategory, error)
	// WrittenSpeeches are those that the chair has read out, in order.
	WrittenSpeeches(tx *db.Tx, spaceID int64) ([]WrittenSpeech, error)
	// SpeechChart draws categories, the share of people beside that of time.
	SpeechChart([]SpeechCategory) templ.Component
}

// WrittenSpeech is what somebody wrote and the chair began to read out then.
type WrittenSpeech struct {
	At   time.Time
	Name string
	Text string
}

// VoiceTimeKeeper measures voices: the voice component fulfils it.
type VoiceTimeKeeper interface {
	// VoiceTimes is how long each account was heard in plenary, in the open session.
	VoiceTimes(tx *db.Tx, spaceID int64) (map[int64]time.Duration, error)
}

// SpeechCategory is a way of telling people apart, with what each part of them had of the time.
type SpeechCategory struct {
	Name   string
	Note   string // who is counted, where it is not everybody who came
	Shares []SpeechShare
}

// SpeechShare is a part of the people: how many came, how many of them spoke, and how long.
type SpeechShare struct {
	Name   string
	People int
	Spoke  int
	Took   time.Duration
}

// FewestShown is of how many people at least a share tells others than those who lead.
const FewestShown = 3

// Public is the category as everybody may read it: those of whom there are too few are told
// together, under the name of the rest, and so are the next until they are enough. Time that nobody
// known spoke exposes nobody. ok is false where nothing is left to compare.
func (c SpeechCategory) Public(rest string) (out SpeechCategory, ok bool) {
	var shares, nobody []SpeechShare
	for _, s := range c.Shares {
		if s.People == 0 {
			nobody = append(nobody, s)
		} else {
			shares = append(shares, s)
		}
	}
	slices.SortStableFunc(shares, func(a, b SpeechShare) int { return cmp.Compare(b.People, a.People) })
	others := SpeechShare{Name: rest}
	for len(shares) > 0 {
		last := shares[len(shares)-1]
		if last.People >= FewestShown && (others.People == 0 || others.People >= FewestShown) {
			break
		}
		others.People, others.Spoke, others.Took = others.People+last.People, others.Spoke+last.Spoke, others.Took+last.Took
		shares = shares[:len(shares)-1]
	}
	if others.People > 0 {
		shares = append(shares, others)
	}
	return SpeechCategory{c.Name, c.Note, append(shares, nobody...)}, len(shares) > 1
}

// Totals are the people and the time of all shares.
func (c SpeechCategory) Totals() (people int, took time.Duration) {
	for _, s := range c.Shares {
		people, took = people+s.People, took+s.Took
	}
	return people, took
}

// SpeechPercent is a part of a whole, rounded to the nearest hundredth; 0 of nothing.
func SpeechPercent[T ~int | ~int64](part, whole T) int {
	if whole <= 0 {
		return 0
	}
	return int((part*100 + whole/2) / whole)
}
