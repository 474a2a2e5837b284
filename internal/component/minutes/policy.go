package minutes

import (
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// canSeeAttendance: who reads the sheet, which holds names and domiciles.
func canSeeAttendance(a space.Access) bool { return a.Organises() || a.Has(people.Scrutineer) }

// canMark: who signs people in at the door.
func canMark(a space.Access) bool { return canSeeAttendance(a) }

// canSign: who certifies the sheet and approves the minutes: the bureau. Administrators are not
// of the bureau by that alone.
func canSign(a space.Access) bool { return a.Roles[people.Chair] || a.Roles[people.Officer] }

// bureauRole is the role in which the viewer signs.
func bureauRole(a space.Access) people.Role {
	if a.Roles[people.Chair] {
		return people.Chair
	}
	return people.Officer
}

// canWrite: who drafts, edits, submits and publishes the minutes.
func canWrite(a space.Access) bool { return a.Organises() }

// canRead: who reads the minutes. Those who write or check them always; members, participants
// and observers once they are approved, or sooner where the draft is published.
func canRead(a space.Access, approved, published bool) bool {
	if canSeeAttendance(a) {
		return true
	}
	return (approved || published) && (a.Elector || a.Viewer.Member != 0 || len(a.Roles) > 0)
}

// canTakeLegalFile: who takes the legal file, which holds everything by name.
func canTakeLegalFile(a space.Access) bool { return a.Organises() }

// must turns a policy's no into a refusal; somebody not signed in is asked to sign in.
func must(a space.Access, may bool) error {
	switch {
	case may:
		return nil
	case !a.Viewer.SignedIn():
		return fault.New(fault.Unauthenticated, "site.error.sign_in")
	default:
		return site.Forbidden()
	}
}
