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

// canReadRoom: what is written to everybody, whoever sees the space; to those who lead, they and the
// person they write with; in private, the two alone.
func canReadRoom(a space.Access, room Room, party int64) bool {
	switch room {
	case Everybody:
		return canRead(a)
	case Leaders:
		return canLead(a) || canWrite(a) && party == a.Viewer.Account
	default:
		return canWrite(a) && party != 0 && party != a.Viewer.Account
	}
}

// canReadMessage: the same of one message.
func canReadMessage(a space.Access, m Message) bool {
	if m.Room == Private {
		return canWrite(a) && m.between(a.Viewer.Account)
	}
	return canReadRoom(a, m.Room, m.Party)
}

// canTakeBack: its author.
func canTakeBack(a space.Access, m Message) bool { return canWrite(a) && m.Author == a.Viewer.Account }

// canReport: who reads it and has not written it.
func canReport(a space.Access, m Message) bool {
	return canWrite(a) && canReadMessage(a, m) && m.Author != a.Viewer.Account
}

// canModerate: who leads; a private message only once one of the two has reported it.
func canModerate(a space.Access, m Message, reported bool) bool {
	return canLead(a) && (m.Room != Private || reported || m.State == Hidden)
}
