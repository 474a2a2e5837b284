package space

import "time"

// Template is a model from which a space is made: its kind, and its steps relative to the
// day on which people meet, or on which a consultation closes.
type Template struct {
	Key    string
	Kind   Kind
	phases func(calendar) []Phase
}

// Templates are the models to offer, in order.
var Templates = []Template{
	{"ordinary", GeneralAssembly, func(c calendar) []Phase {
		sent := c.day(-max(c.notice+6, 14), 9)
		return []Phase{
			{Key: PhaseConvocation, Start: sent},
			{Key: PhaseQuestions, Start: sent, End: c.day(-8, 20)},
			{Key: PhaseVote, Start: c.day(-6, 9), End: c.end},
			{Key: PhaseMeeting, Start: c.start, End: c.end},
			{Key: PhaseResults, Start: c.end},
			{Key: PhaseMinutes, Start: c.end, End: c.day(19, 20)},
		}
	}},
	{"extraordinary", GeneralAssembly, func(c calendar) []Phase {
		return []Phase{
			{Key: PhaseConvocation, Start: c.day(-max(c.notice+3, 10), 9)},
			{Key: PhaseVote, Start: c.day(-4, 9), End: c.end},
			{Key: PhaseMeeting, Start: c.start, End: c.end},
			{Key: PhaseResults, Start: c.end},
			{Key: PhaseMinutes, Start: c.end, End: c.day(19, 20)},
		}
	}},
	{"citizens", CitizensAssembly, func(c calendar) []Phase {
		return []Phase{
			{Key: PhaseVolunteers, Start: c.day(-84, 9), End: c.day(-42, 20)},
			{Key: PhaseDraw, Start: c.day(-35, 18), End: c.day(-35, 20)},
			{Key: PhaseMeeting, Start: c.start, End: c.day(56, 18)},
			{Key: PhaseOpinion, Start: c.day(56, 18)},
		}
	}},
	{"consultation", Process, func(c calendar) []Phase {
		return []Phase{
			{Key: PhaseConvocation, Start: c.day(-14, 9)},
			{Key: PhaseQuestions, Start: c.day(-14, 9), End: c.day(-7, 9)},
			{Key: PhaseVote, Start: c.day(-7, 9), End: c.start},
			{Key: PhaseResults, Start: c.start},
		}
	}},
}

// FindTemplate is the template under key.
func FindTemplate(key string) (Template, bool) {
	for _, t := range Templates {
		if t.Key == key {
			return t, true
		}
	}
	return Template{}, false
}

// MeetingLength is how long a meeting lasts until its organisers say otherwise.
const MeetingLength = 2 * time.Hour

// Phases gives the steps for people who meet at start (in the space's zone), convened noticeDays
// before at the latest. What would have begun before now begins at the next full hour, and a
// step for which no time is left is left out. title names a step by its key.
func (t Template) Phases(start time.Time, noticeDays int, now time.Time, title func(key string) string) []Phase {
	soon := now.Truncate(time.Hour).Add(time.Hour).In(start.Location())
	var out []Phase
	for _, p := range t.phases(calendar{start, start.Add(MeetingLength), noticeDays}) {
		if p.Start.Before(soon) {
			p.Start = soon
		}
		if !p.End.IsZero() && !p.End.After(p.Start) {
			continue
		}
		p.Title = title(p.Key)
		out = append(out, p)
	}
	return out
}

// calendar counts from the day people meet.
type calendar struct {
	start, end time.Time
	notice     int // days
}

// day is an hour of a day of the space's own zone, so many days after the meeting's.
func (c calendar) day(days, hour int) time.Time {
	y, m, d := c.start.Date()
	return time.Date(y, m, d+days, hour, 0, 0, 0, c.start.Location())
}
