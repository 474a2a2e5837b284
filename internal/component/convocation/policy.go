package convocation

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// canManage: who writes the convocation, sends it, prints its letters and reads its proofs.
func canManage(a space.Access) bool { return a.Organises() }

// canRead: who reads the convocation once it has left: those it is for, the members, and whoever has
// a task in the space.
func canRead(a space.Access) bool {
	return a.CanSee() && (a.Elector || a.Viewer.Member != 0 || a.Viewer.Admin || a.Has(people.Roles...))
}
