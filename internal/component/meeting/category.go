package meeting

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// came is who has been in the session since it first opened, with the group in which those who asked
// for the floor counted themselves last.
func (s *State) came() map[int64]Person {
	out := map[int64]Person{}
	for _, p := range s.Passages {
		out[p.Account] = p.Person
	}
	for _, t := range s.Talks {
		note(out, t.Person)
	}
	for _, h := range s.Waiting {
		note(out, h.Person)
	}
	if s.Floor != nil {
		note(out, s.Floor.Person)
	}
	delete(out, 0)
	return out
}

// note keeps the group that somebody said before, where they say none now.
func note(all map[int64]Person, p Person) {
	if known := all[p.Account]; p.Group == "" {
		p.Group = known.Group
	}
	all[p.Account] = p
}

// floorTimes is how long each account has had the floor; those whom the chair named are under 0.
func (s *State) floorTimes() map[int64]time.Duration {
	out := map[int64]time.Duration{}
	for _, t := range s.Talks {
		out[t.Account] += t.Took
	}
	return out
}

// speechTimes is how long each account spoke: measured on the voice where it was heard, or else the
// time for which they had the floor.
func (c *Component) speechTimes(tx *db.Tx, spaceID int64, s *State) (map[int64]time.Duration, error) {
	times := s.floorTimes()
	err := component.Ask(c.deps, func(k component.VoiceTimeKeeper) error {
		measured, err := k.VoiceTimes(tx, spaceID)
		maps.Copy(times, measured)
		return err
	})
	return times, err
}

// SpeechByCategory splits speaking time by college, by whether people had spoken before, by what was
// asked of those drawn by lot, and by the group in which those who asked for the floor count themselves.
// What was asked at a draw is told of nobody: not even those who lead see it of a few people.
func (c *Component) SpeechByCategory(tx *db.Tx, spaceID int64, times map[int64]time.Duration, t component.Translate) ([]component.SpeechCategory, error) {
	s, err := c.state(tx, spaceID)
	if err != nil || !s.Held() {
		return nil, err
	}
	rules, err := electorate.Rules(tx, spaceID)
	if err != nil {
		return nil, err
	}
	identity, err := people.LoadIdentity(tx)
	if err != nil {
		return nil, err
	}
	before, err := c.spokenBefore(tx, spaceID, s)
	if err != nil {
		return nil, err
	}
	crowd := s.came()
	var out []component.SpeechCategory
	add := func(name, note, unknown string, value func(int64) string) {
		if list, apart := split(crowd, times, value, unknown); apart {
			out = append(out, component.SpeechCategory{Name: name, Note: note, Shares: list})
		}
	}
	names := view{rules: rules, identity: identity}
	add(t("meeting.shares.colleges"), "", t("meeting.shares.no_college"), func(account int64) string { return names.college(crowd[account].College) })
	add(t("meeting.shares.first"), t("meeting.shares.first_note"), t("meeting.shares.unknown"), func(account int64) string {
		switch {
		case account == 0:
			return ""
		case before[account]:
			return t("meeting.shares.again")
		default:
			return t("meeting.shares.new")
		}
	})
	groups := map[int64]string{}
	for account, p := range crowd {
		groups[account] = p.Group
	}
	add(t("meeting.shares.groups"), t("meeting.shares.groups_note"), "", func(account int64) string { return groups[account] })
	traits, err := c.traits(tx, spaceID)
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		list, apart := split(crowd, times, func(account int64) string { return traits[name][account] }, t("meeting.shares.unknown"))
		whole := component.SpeechCategory{Name: t("meeting.shares.trait", "name", name), Shares: list}
		if shown, ok := whole.Public(t("meeting.shares.others")); apart && ok {
			out = append(out, shown)
		}
	}
	return out, err
}

// traits are the categories known of people of the space, beside their college.
func (c *Component) traits(tx *db.Tx, spaceID int64) (map[string]map[int64]string, error) {
	all := map[string]map[int64]string{}
	err := component.Ask(c.deps, func(k component.TraitKeeper) error {
		more, err := k.Traits(tx, spaceID)
		maps.Copy(all, more)
		return err
	})
	return all, err
}

// split sums up people and time by value, most people first. Those without a value are told as
// unknown, or not at all where that is empty; apart tells whether there are two values to compare.
func split(crowd map[int64]Person, times map[int64]time.Duration, value func(int64) string, unknown string) (list []component.SpeechShare, apart bool) {
	by := map[string]*component.SpeechShare{}
	values := 0
	share := func(account int64) *component.SpeechShare {
		v := value(account)
		name := cmp.Or(v, unknown)
		if by[name] == nil {
			by[name] = &component.SpeechShare{Name: name}
			if v != "" {
				values++
			}
		}
		return by[name]
	}
	for account := range crowd {
		share(account).People++
	}
	for account, took := range times {
		if took <= 0 {
			continue
		}
		s := share(account)
		s.Took += took
		if _, counted := crowd[account]; !counted && account != 0 {
			s.People++ // heard without ever having had the page open
		}
		if account != 0 {
			s.Spoke++
		}
	}
	for name, s := range by {
		if name != "" {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list, func(a, b component.SpeechShare) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Name, b.Name))
	})
	return list, values > 1
}

// spokenBefore are the accounts that have had the floor in the session of another space before this one
// first opened. What is past stays so: it is read once.
func (c *Component) spokenBefore(tx *db.Tx, spaceID int64, s *State) (map[int64]bool, error) {
	opened := s.Sittings[0].Opened
	c.mu.Lock()
	known, read := c.before[spaceID]
	c.mu.Unlock()
	if read && known.opened.Equal(opened) {
		return known.accounts, nil
	}
	accounts := map[int64]bool{}
	err := tx.Each(`SELECT j.payload FROM meeting_event m JOIN journal j ON j.id = m.event_id
		WHERE m.space_id <> $1 AND j.kind = $2 AND j.at < $3 AND j.payload IS NOT NULL`, []any{spaceID, FloorGiven{}.EventKind(), opened},
		func(scan func(...any) error) error {
			var payload string
			var p Person
			if err := scan(&payload); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(payload), &p)
			accounts[p.Account] = true
			return err
		})
	if err == nil {
		c.mu.Lock()
		c.before[spaceID] = earlier{opened, accounts}
		c.mu.Unlock()
	}
	return accounts, err
}

// earlier is who had had the floor elsewhere when a session first opened.
type earlier struct {
	opened   time.Time
	accounts map[int64]bool
}

// SpeechChart draws categories of speaking time.
func (c *Component) SpeechChart(list []component.SpeechCategory) templ.Component {
	return speechCharts(list)
}

// WrittenSpeeches are those that the chair has read out.
func (c *Component) WrittenSpeeches(tx *db.Tx, spaceID int64) (list []component.WrittenSpeech, err error) {
	s, err := c.state(tx, spaceID)
	if err != nil {
		return nil, err
	}
	for _, t := range s.Talks {
		if t.Written {
			list = append(list, component.WrittenSpeech{At: t.At, Name: t.Name, Text: t.Text})
		}
	}
	return list, nil
}
