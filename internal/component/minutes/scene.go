package minutes

import (
	"encoding/json"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// scene is what a sheet and minutes are made from: the assembly, its rules and its dates.
type scene struct {
	space    space.Space
	identity people.Identity
	rules    statute.Rules
	phases   []space.Phase
	vote     component.Period
	call     int // 1: first convocation
	lang     i18n.Lang
	t        component.Translate
}

func (c *Component) scene(tx *db.Tx, sp space.Space, lang i18n.Lang) (s scene, err error) {
	s = scene{space: sp, lang: lang, t: func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }}
	if s.identity, err = people.LoadIdentity(tx); err != nil {
		return s, err
	}
	if s.rules, err = electorate.Rules(tx, sp.ID); err != nil {
		return s, err
	}
	if s.phases, err = space.Phases(tx, sp.ID); err != nil {
		return s, err
	}
	if s.vote, err = c.votePeriod(tx, sp.ID); err != nil {
		return s, err
	}
	s.call, err = lastCall(tx, sp.ID)
	return s, err
}

// votePeriod asks when the space votes; the zero Period where nothing votes.
func (c *Component) votePeriod(tx *db.Tx, spaceID int64) (p component.Period, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) error { p, err = v.Period(tx, spaceID); return err })
	return p, err
}

// lastCall is the number of the last convocation, as the journal has it; 1 before any.
func lastCall(tx *db.Tx, spaceID int64) (int, error) {
	events, err := journal.Read(tx, journal.Filter{Space: spaceID, Kinds: []string{"convocation.started"}, Newest: true, Limit: 1})
	if err != nil || len(events) == 0 || events[0].Erased() {
		return 1, err
	}
	var e struct {
		Call int `json:"call"`
	}
	err = json.Unmarshal(events[0].Payload, &e)
	return max(1, e.Call), err
}

// phase is the step under key; the zero Phase where the space has none.
func (s scene) phase(key string) space.Phase {
	for _, p := range s.phases {
		if p.Key == key {
			return p
		}
	}
	return space.Phase{}
}

// heldText is when the assembly was held, in words: the meeting's moment, or the period of the vote.
func (s scene) heldText() string {
	zone := s.space.Zone()
	switch {
	case !s.phase(space.PhaseMeeting).Start.IsZero():
		return i18n.DateTime(s.lang, s.phase(space.PhaseMeeting).Start.In(zone))
	case !s.vote.Opens.IsZero():
		return s.t("minutes.held.vote", "opens", s.vote.Opens.In(zone), "closes", s.vote.Closes.In(zone))
	default:
		return s.t("minutes.held.unknown")
	}
}

// collegeName is the name that the statutes, or else the register, give a college.
func (s scene) collegeName(key string) string {
	if c, ok := s.rules.College(key); ok {
		return c.Name
	}
	return s.identity.CollegeName(key)
}

// figures are the sheet's totals and quorums as they stand, without its lines.
func (s scene) figures(tx *db.Tx) (Sheet, error) {
	out := Sheet{Organisation: s.identity, Title: s.space.Title, Place: s.space.Place, Held: s.heldText(), Zone: s.space.TimeZone,
		Lang: string(s.lang), Call: s.call, Colleges: map[string]string{}}
	var err error
	if out.Attendance, err = electorate.Attendance(tx, s.space.ID); err != nil {
		return out, err
	}
	for _, c := range out.Attendance.Colleges {
		out.Colleges[c.College] = s.collegeName(c.College)
	}
	out.Quorums, err = quorums(s.rules, s.call, out.Attendance, string(s.lang))
	return out, err
}

// sheet is the attendance sheet as it stands, with the lines of those who take part, or of
// every elector.
func (s scene) sheet(tx *db.Tx, everybody bool) (Sheet, error) {
	out, err := s.figures(tx)
	if err != nil {
		return out, err
	}
	return out, eachLine(tx, s.space.ID, func(l Line) error {
		if everybody || l.Present() {
			out.Lines = append(out.Lines, l)
		}
		return nil
	})
}
