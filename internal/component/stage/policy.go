package stage

import "isegoria.org/isegoria/internal/space"

// canFollow: whoever may see the space sees what its session shows.
func canFollow(a space.Access) bool { return a.CanSee() }

// canLead: who chooses what is shown, brings slides, and says who presents: those who lead the
// session. Administrators do not by that alone.
func canLead(a space.Access) bool { return a.Leads() }

// canPresent: who turns the pages, points and draws: those who lead, and the person to whom they
// gave it.
func canPresent(a space.Access, presenter int64) bool {
	return canLead(a) || a.Viewer.SignedIn() && a.CanSee() && a.Viewer.Account == presenter
}

// canRead: who reads slides: everybody once they were shown, before that who presents.
func canRead(a space.Access, shown bool, presenter int64) bool {
	return shown && canFollow(a) || canPresent(a, presenter)
}

// canCaption: who types what is said: the person whom those who lead named, as long as they see the
// space.
func canCaption(a space.Access, captioner int64) bool {
	return a.Viewer.SignedIn() && a.CanSee() && a.Viewer.Account == captioner
}

// canMend: who corrects a line and takes it off: those who lead, and who types in its language.
func canMend(a space.Access, types bool) bool { return canLead(a) || types }
