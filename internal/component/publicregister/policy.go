package publicregister

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/space"
)

// reach is how near a reader is to what an event concerns.
type reach int

const (
	outside   reach = iota // may not see the space
	visitor                // may see it
	member                 // may see it, signed in
	organiser              // administrator, chair, officer or scrutineer of it
)

// reachIn is the viewer's reach in a space.
func reachIn(a space.Access) reach {
	switch {
	case a.Has(people.Administrator, people.Chair, people.Officer, people.Scrutineer):
		return organiser
	case !a.CanSee():
		return outside
	case a.Viewer.SignedIn():
		return member
	default:
		return visitor
	}
}

// reachOrganisation is the viewer's reach in what concerns no space.
func reachOrganisation(v people.Viewer) reach {
	switch {
	case v.Admin:
		return organiser
	case v.Member != 0:
		return member
	default:
		return visitor
	}
}

// mayRead tells whether what an event of the kind says may be read at all.
func mayRead(k component.Kind, r reach) bool {
	switch k.Audience {
	case component.ForOrganisers:
		return r == organiser
	case component.ForMembers:
		return r >= member
	case component.ForPublic:
		return r >= visitor
	default:
		return false
	}
}

// mayReadField tells whether one field of what it says may be read.
func mayReadField(k component.Kind, r reach, field string) bool {
	if !mayRead(k, r) {
		return false
	}
	if r == organiser {
		return true
	}
	for _, f := range k.PublicFields {
		if f == field {
			return true
		}
	}
	return false
}
