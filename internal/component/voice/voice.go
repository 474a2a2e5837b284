package voice

import (
	"slices"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/room"
)

// Mode is who may open their microphone in plenary.
type Mode string

const (
	FloorOnly Mode = "floor" // those who lead, and whoever has the floor
	OpenMics  Mode = "open"  // everybody who takes part: small meetings
)

// Modes lists the modes, the usual first.
var Modes = []Mode{FloorOnly, OpenMics}

// small is up to how many people open microphones are advised.
const small = 25

// Settings are how voice and video are held in a space.
type Settings struct {
	Mode    Mode
	Cameras bool
	Locked  time.Time // since when nobody new enters; zero: they do
}

// plenary is the place of the whole assembly; every other place is a table's number.
const plenary int64 = 0

// person is somebody known in a space's rooms.
type person struct {
	Account   int64
	Identity  string
	Name      string
	TakesPart bool
	Entered   time.Time
	Banned    time.Time
}

// standing is what decides what a person may send.
type standing struct {
	banned    bool
	leads     bool
	takesPart bool
	speaks    bool // has the floor
	next      bool // is the first in the queue
	seated    bool // is at the table, where the place is one
	unsettled bool // has not said yet whether they may be recorded
	presents  bool // was given the slides
}

// rights is what somebody may send at a place. Nothing else gives a right: tokens and the server's
// grants are made of it.
func rights(place int64, s Settings, p standing) (list []room.Source) {
	microphone, camera, screen := p.leads, p.leads, p.leads
	switch {
	case p.banned:
		return nil
	case place != plenary:
		if !p.seated && !p.leads {
			return nil
		}
		return []room.Source{room.Microphone, room.Camera, room.Screen}
	case p.speaks:
		microphone, camera, screen = true, true, true
	case s.Mode == OpenMics && p.takesPart:
		microphone, camera = true, true
	case p.next && p.takesPart:
		camera = true // so that one sees who comes next
	}
	if p.presents {
		screen = true // what is shown is shown from where it is
	}
	if microphone && (!p.unsettled || p.leads && !p.speaks) {
		list = append(list, room.Microphone)
	}
	if camera && s.Cameras {
		list = append(list, room.Camera)
	}
	if screen {
		list = append(list, room.Screen)
	}
	return list
}

// standingOf is where a person stands in plenary.
func standingOf(p person, leads bool, s component.LiveSession) standing {
	return standing{
		banned:    !p.Banned.IsZero(),
		leads:     leads,
		takesPart: p.TakesPart,
		speaks:    s.Speaker != nil && s.Speaker.Account == p.Account,
		next:      len(s.Queue) > 0 && s.Queue[0].Account == p.Account,
	}
}

// admits tells whether a locked room still opens to somebody: those who lead, and those who were in
// it already and come back after a cut.
func (s Settings) admits(p person, leads bool) bool {
	return s.Locked.IsZero() || leads || !p.Entered.IsZero() && p.Entered.After(s.Locked.Add(-sitting))
}

// sitting is how far back somebody who has been in a room still belongs to the same meeting.
const sitting = 12 * time.Hour

// change is what the server of rooms is told of one person.
type change struct {
	identity string
	away     bool          // send them away
	publish  []room.Source // or let them send this
}

// differences compares what the people in a room may do with what they should be able to do; who is
// not in wanted does not belong there.
func differences(in []room.Participant, wanted map[string][]room.Source) (list []change) {
	for _, p := range in {
		want, belongs := wanted[p.Identity]
		switch {
		case !belongs:
			list = append(list, change{identity: p.Identity, away: true})
		case !sameSources(p.May, want):
			list = append(list, change{identity: p.Identity, publish: want})
		}
	}
	return list
}

func sameSources(a, b []room.Source) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
