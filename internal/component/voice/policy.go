package voice

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// leading are the roles of those who lead a session (see [space.Access.Leads]).
var leading = []people.Role{people.Chair, people.Officer, people.Facilitator}

// canSee: whoever may see the space sees how its voice is held.
func canSee(a space.Access) bool { return a.CanSee() }

// canListen: whoever may see the space and has signed in enters its plenary room.
func canListen(a space.Access) bool { return a.Viewer.SignedIn() && a.CanSee() }

// canLead: who sets how the room is held, mutes, removes and bans.
func canLead(a space.Access) bool { return a.Viewer.SignedIn() && a.Leads() }

// canRehearse: who may be given the microphone rehearses. Observers listen.
func canRehearse(a space.Access) bool { return a.TakesPart() }

// canHelp: who sees who has rehearsed, to call the others.
func canHelp(a space.Access) bool {
	return canLead(a) || a.Viewer.SignedIn() && a.Roles[people.Assistant]
}
