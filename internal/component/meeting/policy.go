package meeting

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// canFollow: whoever may see the space follows its session.
func canFollow(a space.Access) bool { return a.CanSee() }

// canSpeak: who asks for the floor. Observers watch, and so do those who only may look.
func canSpeak(a space.Access) bool { return a.TakesPart() }

// canAttend: who says that they are present, and so counts for the quorum.
func canAttend(a space.Access) bool { return a.Viewer.SignedIn() && a.Viewer.Member != 0 && a.Elector }

// canPreside: who opens and closes the session: the bureau. Administrators are not of the
// bureau by that alone.
func canPreside(a space.Access) bool { return a.Roles[people.Chair] || a.Roles[people.Officer] }

// canLead: who gives the floor, orders the queue and turns the agenda's pages.
func canLead(a space.Access) bool { return a.Leads() }
