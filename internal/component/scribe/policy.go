package scribe

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/space"
)

// canFollow: whoever may see the space is told that voices are sent to a machine.
func canFollow(a space.Access) bool { return a.CanSee() }

// canLead: who has voices sent to a machine: those who lead the session. Administrators do not by that
// alone.
func canLead(a space.Access) bool { return a.Leads() }

// maySend: whose voice is sent: that of somebody known who is heard in the plenary of an open session.
// The server of rooms lets nobody be heard there but those who may open their microphone. What is said
// at a table is not sent; nor is what somebody said before they sat down at one.
func maySend(s component.LiveSession, who component.LivePerson, table int64) bool {
	return s.Open && who.Name != "" && table == 0
}
