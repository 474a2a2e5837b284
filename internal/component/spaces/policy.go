package spaces

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// canEdit: who changes what the space says of itself, its steps, its statutes and its roll.
func canEdit(a space.Access) bool { return a.Organises() }

// mustEdit is canEdit as a refusal: somebody not signed in is asked to sign in.
func mustEdit(a space.Access) error {
	if canEdit(a) {
		return nil
	}
	return refuseEdit(a)
}

// refuseEdit is the refusal to somebody who may not change the space.
func refuseEdit(a space.Access) error {
	if !a.Viewer.SignedIn() {
		return fault.New(fault.Unauthenticated, "site.error.sign_in")
	}
	return site.Forbidden()
}

// canArchive: who puts the space away and takes it out again.
func canArchive(a space.Access) bool { return a.Has(people.Administrator, people.Chair) }

// canGive: who gives a role in a space and takes it back. The chair and the bureau name those who
// help; only administrators name administrators, the chair and the bureau.
func canGive(a space.Access, r people.Role) bool {
	if !known(r) {
		return false
	}
	if a.Has(people.Administrator) {
		return true
	}
	switch r {
	case people.Administrator, people.Chair, people.Officer:
		return false
	default:
		return a.Organises()
	}
}

func known(r people.Role) bool {
	for _, k := range people.Roles {
		if r == k {
			return true
		}
	}
	return false
}

// organisationRoles are those that make sense in every space at once.
var organisationRoles = []people.Role{people.Administrator, people.Officer, people.Observer}

// canGiveEverywhere: who gives a role in the whole organisation.
func canGiveEverywhere(v people.Viewer, r people.Role) bool {
	for _, o := range organisationRoles {
		if r == o {
			return v.Admin
		}
	}
	return false
}

// canSeeRoll: who reads the whole electoral roll, with names. Everybody else learns only
// whether they are on it.
func canSeeRoll(a space.Access) bool { return a.Organises() || a.Has(people.Scrutineer) }
