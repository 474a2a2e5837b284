package replay

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// canFollow: whoever may see the space is told that its session is recorded.
func canFollow(a space.Access) bool { return a.CanSee() }

// canAnswer: who may be given the floor is asked whether they may be recorded.
func canAnswer(a space.Access) bool { return a.TakesPart() }

// canRecord: who has a session recorded, publishes its replay and erases what was recorded: the
// bureau. Administrators are not of the bureau by that alone.
func canRecord(a space.Access) bool {
	return a.Viewer.SignedIn() && (a.Roles[people.Chair] || a.Roles[people.Officer])
}

// canWatch: who sees and hears the replay: the bureau, and, once it is published, whoever may see the space.
func canWatch(a space.Access, published bool) bool {
	return canRecord(a) || published && a.CanSee()
}
