package talk

import "isegoria.org/isegoria/internal/space"

// canRead: whoever may see the space reads its questions.
func canRead(a space.Access) bool { return a.CanSee() }

// canWrite: who takes part asks, and supports what others ask.
func canWrite(a space.Access) bool { return a.TakesPart() }

// canLead: who leads answers, merges, sets aside, puts a question on the screen.
func canLead(a space.Access) bool { return a.Leads() }

// canSupport: an open question of somebody else.
func canSupport(a space.Access, q Question) bool {
	return canWrite(a) && q.State == Open && q.Author != a.Viewer.Account
}
