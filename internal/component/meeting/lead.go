package meeting

import (
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// What those who lead a session do.

func openSession(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
	if s.Open {
		return nil, nil
	}
	return []journal.Payload{Opened{}}, nil
}

func closeSession(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	if !s.Open {
		return nil, nil
	}
	return []journal.Payload{Closed{}}, nil
}

// give gives the floor to a request that waits.
func give(hand int64) decision {
	return func(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		i := s.find(hand)
		switch {
		case !s.Open:
			return nil, notOpen()
		case i < 0:
			return nil, fault.New(fault.Conflict, "meeting.hand.gone")
		}
		h := s.Waiting[i]
		return handOver(tx, s, FloorGiven{h.Person, h.Number, h.Kind}), nil
	}
}

// giveNext gives the floor to the first in the queue. seen is who that was on the page of whoever
// asks: where it has changed meanwhile, nothing is done.
func giveNext(seen int64) decision {
	return func(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
		queue := s.Queue()
		if len(queue) == 0 || queue[0].Number != seen {
			return nil, fault.New(fault.Conflict, "meeting.hand.changed")
		}
		return give(seen)(tx, a, s)
	}
}

// giveTo gives the floor to somebody who has not asked for it, by name: whoever is present under
// that name, or somebody in the hall.
func giveTo(name string) decision {
	return func(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		f := fault.Fields{}
		if name = strings.TrimSpace(name); name == "" {
			f.Add("name", "meeting.name.missing")
		}
		tooLong(f, "name", name, maxName)
		switch {
		case len(f) > 0:
			return nil, f
		case !s.Open:
			return nil, notOpen()
		}
		p, found := Person{Name: name}, 0
		for _, other := range s.Present {
			if strings.EqualFold(other.Name, name) {
				p, found = other, found+1
			}
		}
		if found > 1 { // two people of one name: which of them it is cannot be told
			p = Person{Name: name}
		}
		return handOver(tx, s, FloorGiven{Person: p, Kind: Reply}), nil
	}
}

// GiveFloor gives the floor to somebody whom another component names: the author of a question.
func (c *Component) GiveFloor(tx *db.Tx, a space.Access, to component.LivePerson) error {
	return c.act(tx, a, canLead, func(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		switch {
		case !s.Open:
			return nil, notOpen()
		case s.speaks(to.Account):
			return nil, nil
		}
		return handOver(tx, s, FloorGiven{Person: Person{Account: to.Account, Name: to.Name, College: to.College}, Kind: Question}), nil
	})
}

// handOver gives the floor; the journal says how long the speech before it lasted.
func handOver(tx *db.Tx, s *State, to FloorGiven) []journal.Payload {
	if s.Floor == nil {
		return []journal.Payload{to}
	}
	interrupted := to.Kind == Interposed && s.rankOf(to.Hand) == 1
	if interrupted { // it goes on afterwards: it has not ended
		return []journal.Payload{to}
	}
	return []journal.Payload{ended(tx, s), to}
}

// rankOf is the rank of the request, -1 when it does not wait.
func (s *State) rankOf(hand int64) int {
	if i := s.find(hand); i >= 0 {
		return s.rank(s.Waiting[i])
	}
	return -1
}

func ended(tx *db.Tx, s *State) FloorEnded {
	return FloorEnded{s.Floor.Name, seconds(s.Floor.Spoken + tx.Now.Sub(s.Floor.Since))}
}

// end ends the speech under way.
func end(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
	if s.Floor == nil {
		return nil, nil
	}
	return []journal.Payload{ended(tx, s)}, nil
}

// move puts a request at a place of those that the rule orders, from 1, for a reason that
// everybody reads.
func move(hand int64, place int, reason string) decision {
	return func(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		i := s.find(hand)
		if i < 0 {
			return nil, fault.New(fault.Conflict, "meeting.hand.gone")
		}
		f := fault.Fields{}
		if reason = strings.TrimSpace(reason); reason == "" {
			f.Add("reason", "meeting.reason.missing")
		}
		tooLong(f, "reason", reason, maxReason)
		if n := len(s.ordinary()); s.rank(s.Waiting[i]) < 3 || place < 1 || place > n {
			f.Add("place", "meeting.place.wrong")
		}
		return []journal.Payload{HandMoved{hand, s.Waiting[i].Name, place, reason}}, f.Err()
	}
}

// drop sets a request aside, for a reason that everybody may read in the journal.
func drop(hand int64, reason string) decision {
	return func(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		i := s.find(hand)
		if i < 0 {
			return nil, nil // it was taken back meanwhile
		}
		f := fault.Fields{}
		if reason = strings.TrimSpace(reason); reason == "" {
			f.Add("reason", "meeting.reason.missing")
		}
		tooLong(f, "reason", reason, maxReason)
		return []journal.Payload{HandWithdrawn{hand, s.Waiting[i].Name, reason}}, f.Err()
	}
}

// begin turns to an item of the agenda.
func (c *Component) begin(item int64) decision {
	return func(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
		if !s.Open {
			return nil, notOpen()
		}
		agenda, err := c.agenda(tx, a.Space.ID)
		if err != nil || item == s.Item {
			return nil, err
		}
		for _, i := range agenda {
			if i.ID == item {
				return []journal.Payload{ItemBegun{i.ID, i.Title}}, nil
			}
		}
		return nil, fault.New(fault.NotFound, "meeting.item.unknown")
	}
}

// agenda asks for the items of the space's agenda.
func (c *Component) agenda(tx *db.Tx, spaceID int64) (list []component.AgendaItem, err error) {
	err = component.Ask(c.deps, func(k component.AgendaKeeper) error {
		more, err := k.AgendaItems(tx, spaceID)
		list = append(list, more...)
		return err
	})
	return list, err
}

// limits are the times per speech one can choose; 0 is without limit.
var limits = []time.Duration{0, time.Minute, 90 * time.Second, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// setRules sets the time per speech, in seconds, whether the floor passes on by itself at its end,
// and the rule of the order, with its groups where it has some (separated by commas).
func setRules(limit int, auto bool, order Order, groups string) decision {
	return func(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		f := fault.Fields{}
		if limit < 0 || limit > 3600 {
			f.Add("seconds", "meeting.time.wrong")
		}
		if auto && limit == 0 {
			f.Add("auto", "meeting.auto.no_time")
		}
		if _, known := orderWords[order]; !known {
			f.Add("order", "meeting.order.missing")
		}
		list := readGroups(groups)
		if order != InGroups {
			list = nil
		} else if len(list) < 2 || len(list) > maxGroups {
			f.Add("groups", "meeting.groups.wrong", "max", maxGroups)
		}
		tooLong(f, "groups", groups, maxReason)
		var out []journal.Payload
		if seconds(s.Limit) != limit {
			out = append(out, TimeSet{limit})
		}
		if s.Auto != auto {
			out = append(out, PassingSet{auto})
		}
		if s.Order != order || !slices.Equal(s.Groups, list) {
			out = append(out, OrderSet{order, list})
		}
		return out, f.Err()
	}
}

// maxGroups is how many groups can speak in turn.
const maxGroups = 12

// readGroups reads names separated by commas, each once.
func readGroups(text string) (list []string) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// passing is how long a speech may go on behind its time before the floor passes on by itself.
const passing = 10 * time.Second

// passOn gives the floor to the next when the speech's time is over and the rules say so; as long
// as nobody waits, whoever speaks goes on.
func passOn(tx *db.Tx, a space.Access, s *State) ([]journal.Payload, error) {
	left, limited := s.left(tx.Now)
	queue := s.Queue()
	if !s.Open || !s.Auto || !limited || left > -passing || len(queue) == 0 {
		return nil, nil
	}
	return give(queue[0].Number)(tx, a, s)
}

// post tells everybody something; "" takes it away.
func post(text string) decision {
	return func(_ *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
		f := fault.Fields{}
		text = strings.TrimSpace(text)
		tooLong(f, "message", text, maxMessage)
		switch {
		case len(f) > 0:
			return nil, f
		case !s.Open:
			return nil, notOpen()
		case text == s.Message.Text:
			return nil, nil
		}
		return []journal.Payload{MessagePosted{text}}, nil
	}
}
