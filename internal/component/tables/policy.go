package tables

import "isegoria.org/isegoria/internal/space"

// canFollow: whoever may see the space sees what its tables gave, once they are back.
func canFollow(a space.Access) bool { return a.CanSee() }

// canSit: who takes part takes a seat. Observers watch, and so do those who only may look.
func canSit(a space.Access) bool { return a.TakesPart() }

// canLead: who forms tables, visits them, answers their calls and calls everybody back. Administrators
// do not, by that alone.
func canLead(a space.Access) bool { return a.Leads() }

// canRead: who reads a table's page while it works: those who sit or visit there.
func canRead(p Place) bool { return p.Here }

// canWrite: who writes its cards and takes its floor: those who sit there. A visitor listens.
func canWrite(p Place) bool { return p.Here && !p.Visits }

// canGuide: who gives the floor, orders the cards and writes the synthesis: its facilitators, or
// anybody of a table that has none.
func canGuide(p Place) bool { return canWrite(p) && (p.Part != "" || !p.Guided) }

// Place is what somebody is to a table.
type Place struct {
	Here   bool // sits there, or visits it
	Visits bool
	Part   Part
	Guided bool // the table has a facilitator or a co-facilitator
}
